// SPDX-License-Identifier: ISC
// The worked example of a generic channel (deploy/bridge/terminal.mjs): somebody types, a bot and an operator answer.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { sourceTree } from '../support/installation.mjs';
import { runProgram } from '../support/commandline.mjs';
import { Operator } from '../support/people.mjs';
import { ownPort } from '../support/port.mjs';
import { carry } from '../support/provider.mjs';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';

const stack = useStack();

test('a chat in the terminal goes through a generic channel, there and back', async (t) => {
	const port = await ownPort();
	await stack.query("insert into chat.channel_account (account, channel, widget, api_url, plain_http) values ('terminal', 'generic', 'demo-shop', $1, true)",
		[`http://127.0.0.1:${port}/`]);
	const { stdout: secret } = await runProgram(stack.installation.cli, ['channel', 'secret', 'add', 'terminal', 'secret', '--generate', '--database', stack.database.dsn()]);
	const file = `${stack.dir}/etc/bridge-secret`;
	writeFileSync(file, secret, { mode: 0o600 });
	const bridge = spawn(process.execPath, [`${sourceTree}/deploy/bridge/terminal.mjs`, '--to', `${stack.url}/api/v1/channels/generic/terminal`, '--secret-file', file,
		'--listen', `127.0.0.1:${port}`, '--from', 'zoe']);
	t.after(() => bridge.kill());
	let shown = '';
	for (const stream of [bridge.stdout, bridge.stderr]) stream.setEncoding('utf8').on('data', (text) => (shown += text));
	const see = (words) => until(async () => (await carry(stack), shown.includes(words)), { what: `${words} on the terminal; there was: ${shown}` });

	await see('You are zoe.');
	bridge.stdin.write('Hello\n');
	await see('  1. Buy something');
	const operator = await Operator.logIn(stack, 'chloe', ['sales']);
	await operator.connect();
	bridge.stdin.write('1\n');
	await see('passing you on');
	const offer = await operator.frame((frame) => frame.t === 'offer', 'the offer');
	assert.deepEqual(offer.channel, { kind: 'generic', account: 'terminal', address: 'zoe' });
	await operator.accept(offer);
	await operator.say(offer.chat, 'Good morning, Zoë');
	await see('Chloé Martin: Good morning, Zoë');
	bridge.stdin.write('Good morning\n');
	await operator.frame(({ t: kind, body }) => kind === 'event' && body === 'Good morning', 'his words');
	await until(async () => (await stack.query("select from chat.channel_sent where chat = $1 and state <> 'delivered'", [offer.chat])).length === 0,
		{ what: 'the bridge to say that all was delivered' });
	await operator.end(offer.chat);
	await see('1 (poor) to 5');
	bridge.stdin.write('5\n');
	await see('Thank you for your rating.');
	bridge.stdin.end();
	await until(() => bridge.exitCode === 0, { what: 'the bridge to end' });
	operator.close();
});
