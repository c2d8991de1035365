// SPDX-License-Identifier: ISC
// switchboard outbox, webhook secret, bot secret, bot token: what an administrator types about what leaves.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { useCommandLine } from '../support/commandline.mjs';

const line = useCommandLine();
let database;
const run = (...args) => database.run(args);

test('an outbox is listed, its dead letters are sent again, one is dropped', async () => {
	database = await line.emptyDatabase();
	await run('migrate');
	await database.query("insert into chat.webhook (webhook, url) values ('crm', 'https://crm.example/')");
	await database.query(`select internal.send_out('webhook', 'lane ' || n, 'crm', null, '{"event": "note_left"}', clock_timestamp()) from generate_series(1, 3) n`);
	const claimed = await database.query('select c.item, o.outcome from api.claim_outbox(1, 2) c, api.outbox_failed(c.item, c.lease, \'no such user\', true, \'refused\', 550) o');
	assert.deepEqual(claimed.map(({ outcome }) => outcome), ['dead', 'dead']);

	const listed = await run('outbox', 'list');
	assert.equal(listed.code, 0);
	assert.match(listed.stdout, /^\S+  dead     webhook\/crm  tries 1  since \S+\n      refused 550: no such user\n\S+  dead .*\n.*\n\S+  queued .*\n3 items\n$/);
	const json = JSON.parse((await run('outbox', 'list', '--state=dead', '--json')).stdout);
	assert.deepEqual(json.map(({ item }) => item), claimed.map(({ item }) => item));

	const [{ item }] = claimed;
	assert.deepEqual(await run('outbox', 'replay', item), { code: 0, stdout: `sending again ${item}\n`, stderr: '' });
	assert.match((await run('outbox', 'replay', item)).stderr, /only a dead letter can be sent again/);
	assert.match((await run('outbox', 'replay', 'webhook/crm')).stdout, /^sending 1 again/);
	assert.equal((await run('outbox', 'drop', item)).stdout, `dropped ${item}\n`);
	assert.match((await run('outbox', 'drop', item)).stderr, /there is no item/);
	assert.match((await run('outbox', 'replay', 'x')).stderr, /neither the key of an item nor KIND\/ACCOUNT/);
	for (const kind of ['bot', 'crm']) assert.match((await run('outbox', 'replay', `${kind}/helper`)).stderr, new RegExp(`"${kind}" is nothing that is sent again: webhook, channel and mail are`));
	assert.match((await run('outbox', 'list')).stdout, /^2 items$/m);
	assert.deepEqual((await database.query("select action, actor_kind from chat.audit where object = 'outbox' order by audit")).map(({ action }) => action), ['replay', 'replay', 'drop']);
});

test('secrets and tokens are shown once, two hold, the last goes when that is said (D19)', async () => {
	await database.query("insert into chat.bot (bot, name, kind, url) values ('helper', 'Helper', 'http', 'https://bot.example/')");
	await database.query("insert into chat.bot (bot, name, kind) values ('talker', 'Talker', 'relay')");
	for (const [command, name] of [['webhook secret', 'crm'], ['bot secret', 'helper'], ['bot token', 'talker']]) {
		const words = command.split(' ');
		const first = await run(...words, 'add', name);
		assert.match(first.stdout, /^sb_[A-Za-z0-9_-]{43}\n$/, command);
		assert.notEqual((await run(...words, 'add', name)).stdout, first.stdout);
		assert.match((await run(...words, 'add', name)).stderr, /has two already/);
		assert.match((await run(...words, 'retire', name)).stdout, /1 left/);
		assert.match((await run(...words, 'retire', name)).stderr, /say --last/);
		assert.match((await run(...words, 'retire', name, '--last')).stdout, /0 left/);
		assert.match((await run(...words, 'retire', name)).stderr, /has none/);
		assert.match((await run(...words, 'add', 'nobody')).stderr, /there is no/);
	}
	assert.match((await run('bot', 'token', 'add', 'helper')).stderr, /there is no/);
	const { stdout } = await run('check', '--json');
	for (const code of ['webhook_no_secret', 'bot_no_secret']) assert.ok(stdout.includes(code), code);
});
