// SPDX-License-Identifier: ISC
// A chat in two browsers while one part of the server after the other dies: nobody reloads, nothing is lost or doubled, no typed text goes away.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { useBrowser } from './browser.mjs';

const run = promisify(execFile);
const stack = useStack({ ownCluster: true });
const browser = useBrowser(stack);

const workers = async () => (await run('pgrep', ['-P', String(stack.api.pid)])).stdout.trim().split('\n');

async function talk(mia, ana, word) {
	await mia.say(`customer ${word}`);
	await ana.deskSay(`operator ${word}`);
	await ana.deskBubble(`customer ${word}`).waitFor();
	await mia.bubble(`operator ${word}`).waitFor();
}

/** Nothing of ours waits to be stored any more, on either side. */
async function settled(mia, ana) {
	const open = '.message.waiting, .message.sending, .message.failed';
	await until(async () => (await mia.chat.locator(open).count()) + (await ana.at('thread').locator(open).count()) === 0,
		{ what: 'every message to be stored' });
}

test('the chat goes on through the death of the relay, an API worker, the router and the database', async () => {
	const ana = await browser.person('ana');
	await ana.takeDuty('ana', ['billing']);
	const mia = await browser.person('mia');
	await mia.startChat('Mia');
	await mia.pick('Billing');
	await ana.at('offer-accept').click();
	await mia.chat.getByText('Ana Silva is here to help').waitFor();
	await ana.deskBubble('Billing').first().waitFor();
	// a mark that a reload would wipe
	for (const { page } of [mia, ana]) await page.evaluate(() => { window.never = 'reloaded'; });
	await talk(mia, ana, 'before');

	await ana.deskComposer.fill('half a sentence');
	await stack.relay.kill('SIGKILL');
	await mia.say('customer while the relay is away');
	await ana.deskBubble('customer while the relay is away').waitFor();
	assert.equal(await ana.deskComposer.inputValue(), 'half a sentence', 'the typed text is still there');
	await talk(mia, ana, 'after the relay');
	await mia.shoot('after the relay');

	const [worker] = await workers();
	process.kill(Number(worker), 'SIGKILL');
	await talk(mia, ana, 'after an API worker');

	await stack.router.kill('SIGKILL');
	await talk(mia, ana, 'after the router');

	await mia.chat.locator('sb-composer textarea').fill('half a question');
	await stack.postgres('stop', '-m', 'immediate');
	await ana.deskSay('operator while the database is away');
	await mia.say('customer while the database is away');
	await mia.chat.locator('.message.sending, .message.waiting').first().waitFor();
	await ana.shoot('database away');
	await mia.shoot('database away');
	await stack.postgres('start');
	await ana.deskBubble('customer while the database is away').waitFor();
	await mia.bubble('operator while the database is away').waitFor();
	await talk(mia, ana, 'at the end');
	await settled(mia, ana);
	await ana.shoot('at the end');
	await mia.shoot('at the end');

	for (const { page } of [mia, ana]) assert.equal(await page.evaluate(() => window.never), 'reloaded');
	const stored = await stack.query('select body, seq::int from chat.message where chat = (select chat from chat.chat limit 1) and body is not null order by seq');
	const bodies = stored.map(({ body }) => body);
	assert.equal(new Set(bodies).size, bodies.length, 'each message once');
	await until(async () => (await mia.messages()).length === bodies.length && (await ana.deskMessages()).length === bodies.length, { what: 'both to have all of it' });
	assert.deepEqual(await mia.messages(), bodies);
	assert.deepEqual(await ana.deskMessages(), bodies);
});
