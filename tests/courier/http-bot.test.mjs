// SPDX-License-Identifier: ISC
// An external bot by HTTP: a program of its own, that hands over, fails, dies, is slow, talks rubbish and talks on after it has handed over.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { transcript } from '../support/conversation.mjs';
import { Customer } from '../support/people.mjs';
import { Receiver } from '../support/receiver.mjs';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';

const stack = useStack({ couriers: 1, prepare: (s) => s.query(`
	update chat.setting set value = '1' where name in ('outbox_backoff_s', 'outbox_backoff_max_s');
	insert into chat.skill (skill) values ('german') on conflict do nothing;
	insert into chat.bot (bot, name, kind, url, plain_http, give_up_s) values ('helper', 'Helper', 'http', 'http://127.0.0.1:1/', true, 60);
	insert into chat.widget (widget, site, default_queue, bot) select 'helped', site, 'sales', 'helper' from chat.widget limit 1`) });

const PROGRAM = fileURLToPath(new URL('../support/http-bot.mjs', import.meta.url));

// The program runs, and the table says where; { turns: what it was asked, kill() }.
async function startBot(t, { port } = {}) {
	await stack.query("delete from chat.outgoing_secret where bot = 'helper'");
	const [{ secret }] = await stack.query("select secret from api.add_outgoing_secret('bot', 'helper')");
	const child = spawn(process.execPath, [PROGRAM, secret, ...(port ? [String(port)] : [])], { stdio: ['ignore', 'pipe', 'inherit'] });
	const bot = { turns: [], ended: once(child, 'close'), kill: () => child.kill('SIGKILL') };
	t.after(() => bot.kill());
	createInterface({ input: child.stdout }).on('line', (line) => (bot.port ? bot.turns.push(JSON.parse(line)) : (bot.port = Number(line))));
	await until(() => bot.port, { what: 'the bot to listen' });
	await stack.query("update chat.bot set url = $1, give_up_s = 60, timeout_s = 30 where bot = 'helper'", [`http://127.0.0.1:${bot.port}/turn`]);
	return bot;
}

async function customer(t) {
	const kim = await Customer.open(stack, { widget: 'helped', name: 'Kim' });
	await kim.connect();
	t.after(() => kim.close());
	return kim;
}

const hears = (kim, body) => kim.frame(({ t, kind, body: said }) => t === 'event' && kind === 'bot_message' && said === body, `the bot to say ${body}`);
const becomes = (kim, state) => until(async () => (await kim.call('GET', `chats/${kim.chat}`)).chat.state === state, { what: `the chat to be ${state}` });
const chatRow = async (kim) => (await stack.query(`
	select c.*, (select count(*)::int from chat.message m where m.chat = c.chat and kind = 'queued') as queued from chat.chat c where chat = $1`, [kim.chat]))[0];
const failures = async (kim) => stack.query("select new ->> 'error' as error from chat.audit where action = 'bot failed' and key = $1", [kim.chat]);

test('it greets, answers, shows buttons and hands over to the queue it names, with what it has learnt', async (t) => {
	const bot = await startBot(t);
	const kim = await customer(t);
	await hears(kim, 'Hello, I am a program.');
	await kim.say('good day');
	await hears(kim, 'echo good day');
	await kim.say('hours');
	const shown = await hears(kim, 'Always.');
	assert.deepEqual(shown.data.choices.map(({ id }) => id), ['again', 'person'], 'the way to a person is always there');
	const refused = await kim.post(undefined, { choice: 'other' });
	assert.equal(refused.code, 'invalid', 'a button that is not shown');
	await kim.say(undefined, { choice: 'again' });
	await hears(kim, 'pressed again');
	await kim.say('twice');
	await hears(kim, 'two');
	await kim.say('billing');
	await becomes(kim, 'queued');
	assert.deepEqual(await stack.query('select queue, answers from chat.chat where chat = $1', [kim.chat]), [{ queue: 'billing', answers: { order: 'A-1' } }]);
	await until(() => bot.turns.some(({ event }) => event === 'left'), { what: 'the bot to learn that it has left' });
	assert.deepEqual(bot.turns.map(({ event, message }) => message?.text ?? message?.choice ?? event), ['start', 'good day', 'hours', 'Again', 'twice', 'billing', 'left']);
	assert.equal(bot.turns.at(-1).reason, 'handed_over');
	assert.equal((await stack.query('select count(*)::int as n from chat.operator_state where load > 0'))[0].n, 0, 'it is no operator');
	const said = (await transcript(stack, kim.chat)).filter(({ kind }) => kind === 'bot_message');
	assert.ok(said.every(({ author_kind: kind, author }) => kind === 'bot' && author === 'helper'));
});

test('its customer can have a person at any time, and what it answers then is not heard', async (t) => {
	const bot = await startBot(t);
	const kim = await customer(t);
	await hears(kim, 'Hello, I am a program.');
	await kim.say('slow');
	await until(() => bot.turns.length === 2, { what: 'the bot to be asked' });
	await kim.say(undefined, { choice: 'person' });
	await becomes(kim, 'queued');
	assert.deepEqual(await failures(kim), []);
	assert.equal((await chatRow(kim)).queued, 1);
});

test('an answer that comes after the hand-over is refused', async (t) => {
	const late = await Receiver.open(t);
	await startBot(t);
	await stack.query("update chat.bot set url = $1 where bot = 'helper'", [late.url]);
	let answer;
	late.answer = ({ body }) => (body.event === 'start' ? new Promise((resolve) => { answer = resolve; }) : { status: 200 });
	const kim = await customer(t);
	await until(() => answer, { what: 'the first turn' });
	await kim.say(undefined, { choice: 'person' });
	await becomes(kim, 'queued');
	const before = await transcript(stack, kim.chat);
	answer({ status: 200, body: { messages: [{ text: 'Too late.' }], action: 'end' } });
	await until(() => stack.courier.log.includes(`event=stale`), { what: 'the answer to be refused' });
	assert.deepEqual(await transcript(stack, kim.chat), before);
	assert.equal((await chatRow(kim)).state, 'queued');
});

test('one that is killed in the middle hands over once, and does not get the chat again when it is back', async (t) => {
	const bot = await startBot(t);
	const kim = await customer(t);
	await hears(kim, 'Hello, I am a program.');
	await stack.query("update chat.bot set give_up_s = 2 where bot = 'helper'"); // from the next word on
	await kim.say('die');
	await bot.ended;
	await becomes(kim, 'queued');
	const again = await startBot(t, { port: bot.port });
	await kim.say('are you back?');
	await until(async () => (await transcript(stack, kim.chat)).some(({ body }) => body === 'are you back?'), { what: 'the word to be stored' });
	assert.deepEqual(again.turns.filter(({ event, chat }) => chat.id === kim.chat && event !== 'left'), []);
	assert.equal((await chatRow(kim)).queued, 1);
	assert.equal((await failures(kim)).length, 1);
});

for (const [word, reason] of [['slow', /Timeout|timed out|in time/i], ['rubbish', /invalid: answer/], ['unknown', /invalid: mood/]]) {
	test(`one that is ${word === 'slow' ? 'slower than its limit' : `sending rubbish (${word})`} hands over once`, async (t) => {
		await startBot(t);
		const kim = await customer(t);
		await hears(kim, 'Hello, I am a program.');
		// from the next word on; the first try is to come to its end (what is no answer is refused at once)
		if (word === 'slow') await stack.query("update chat.bot set timeout_s = 1, give_up_s = 5 where bot = 'helper'");
		await kim.say(word);
		await becomes(kim, 'queued');
		const [failure, ...others] = await failures(kim);
		assert.match(failure.error, reason);
		assert.deepEqual(others, []);
		assert.equal((await chatRow(kim)).queued, 1);
	});
}

test('one that is down hands over, and where no queue is open each word tries again', async (t) => {
	const bot = await startBot(t);
	bot.kill();
	await bot.ended;
	await stack.query("update chat.bot set give_up_s = 1 where bot = 'helper'");
	await stack.query("select chat.close_queue('sales', 'Closed today.')");
	t.after(() => stack.query("select chat.open_queue('sales')"));
	const kim = await customer(t);
	await hears(kim, 'Closed today.');
	await kim.say('anybody?');
	await until(async () => (await transcript(stack, kim.chat)).filter(({ body }) => body === 'Closed today.').length === 2, { what: 'the second refusal' });
	await stack.query("select chat.open_queue('sales')");
	await kim.say('now?');
	await becomes(kim, 'queued');
	assert.equal((await failures(kim)).length, 1);
});

test('while the router alone is there, a bot that does not answer hands over all the same', async (t) => {
	await startBot(t);
	await stack.query("update chat.bot set give_up_s = 1 where bot = 'helper'");
	await stack.courier.stop();
	t.after(() => stack.courier.start());
	const kim = await customer(t);
	await becomes(kim, 'queued');
	assert.match((await failures(kim))[0].error, /in time/);
});

test('it can end a chat, and its skills count', async (t) => {
	await startBot(t);
	const kim = await customer(t);
	await hears(kim, 'Hello, I am a program.');
	await kim.say('german');
	await becomes(kim, 'queued');
	assert.deepEqual(await stack.query('select skill, required from chat.chat_skill where chat = $1', [kim.chat]), [{ skill: 'german', required: true }]);
	const lee = await customer(t);
	await hears(lee, 'Hello, I am a program.');
	await lee.say('bye');
	await becomes(lee, 'ended');
	assert.equal((await chatRow(lee)).ended_by, 'bot');
});
