// SPDX-License-Identifier: ISC
// An external bot that connects to the relay with its own token: it hands over, dies, is slow, talks rubbish, and talks on when the chat is no longer its.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { meet, onDuty, transcript } from '../support/conversation.mjs';
import { Customer } from '../support/people.mjs';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';

const stack = useStack({ prepare: (s) => s.query(`
	insert into chat.bot (bot, name, kind, give_up_s) values ('talker', 'Talker', 'relay', 60);
	insert into chat.widget (widget, site, default_queue, bot) select 'talked', site, 'sales', 'talker' from chat.widget limit 1`) });

const PROGRAM = fileURLToPath(new URL('../support/relay-bot.mjs', import.meta.url));

async function newToken() {
	await stack.query("delete from chat.outgoing_secret where bot = 'talker'");
	return (await stack.query("select secret from api.add_outgoing_secret('token', 'talker')"))[0].secret;
}

// From the next word on.
const givesUpAfter = (seconds) => stack.query("update chat.bot set give_up_s = $1 where bot = 'talker'", [seconds]);

// The program is connected; { frames, ended, kill() }.
async function startBot(t, { token } = {}) {
	await givesUpAfter(60);
	const child = spawn(process.execPath, [PROGRAM, `ws://localhost:${stack.port}/chat/relay`, new URL(stack.url).origin, token ?? await newToken()], { stdio: ['ignore', 'pipe', 'inherit'] });
	const bot = { frames: [], ended: once(child, 'close'), kill: () => child.kill('SIGKILL') };
	t.after(async () => {
		bot.kill();
		await bot.ended;
	});
	createInterface({ input: child.stdout }).on('line', (line) => bot.frames.push(JSON.parse(line)));
	await until(() => bot.frames.some(({ t: type }) => type === 'ready' || type === 'closed'), { what: 'the bot to be let in' });
	return bot;
}

async function customer(t) {
	const kim = await Customer.open(stack, { widget: 'talked', name: 'Kim' });
	await kim.connect();
	t.after(() => kim.close());
	return kim;
}

const hears = (kim, body) => kim.frame(({ t, kind, body: said }) => t === 'event' && kind === 'bot_message' && said === body, `the bot to say ${body}`);
const greeted = (kim) => hears(kim, 'Hello Kim, I am connected.');
const becomes = (kim, state) => until(async () => (await kim.view()).state === state, { what: `the chat to be ${state}` });
const failures = async (kim) => (await stack.query("select new ->> 'error' as error from chat.audit where action = 'bot failed' and key = $1", [kim.chat])).map(({ error }) => error);
const timesQueued = async (kim) => (await transcript(stack, kim.chat)).filter(({ kind }) => kind === 'queued').length;

test('it greets, answers in turns and with send, shows buttons and hands over with what it has learnt', async (t) => {
	const bot = await startBot(t);
	const kim = await customer(t);
	await greeted(kim);
	await kim.say('good day');
	await hears(kim, 'echo good day');
	await kim.say('plain');
	await hears(kim, 'just so');
	await kim.say('hours');
	const shown = await hears(kim, 'Always.');
	assert.deepEqual(shown.data.choices.map(({ id }) => id), ['again', 'person']);
	await kim.say(undefined, { choice: 'again' });
	await hears(kim, 'pressed again');
	await kim.say('twice');
	await hears(kim, 'two');
	await kim.say('billing');
	await becomes(kim, 'queued');
	assert.deepEqual(await stack.query('select queue, answers from chat.chat where chat = $1', [kim.chat]), [{ queue: 'billing', answers: { order: 'A-1' } }]);
	assert.deepEqual(await failures(kim), []);
	assert.equal((await stack.query('select count(*)::int as n from chat.assignment'))[0].n, 0, 'it is no operator');
	const about = bot.frames.find(({ t: type }) => type === 'chat');
	assert.deepEqual([about.chat, about.widget, about.customer.name], [kim.chat, 'talked', 'Kim']);
	assert.ok(bot.frames.filter(({ t: type }) => type === 'ack').length >= 6);
});

test('what a bot says after its hand-over, an operator of a chat that is no longer his, a customer of one that is over: each is refused as documented', async (t) => {
	const bot = await startBot(t);
	const kim = await customer(t);
	await greeted(kim);
	await kim.say('late');
	await becomes(kim, 'queued');
	const refused = await until(() => bot.frames.find(({ t: type }) => type === 'error'), { what: 'the bot to be refused' });
	assert.equal(refused.code, 'not_owner');
	assert.ok(!(await transcript(stack, kim.chat)).some(({ body }) => body === 'One more thing.'));
	const ana = await onDuty(stack, 'ana', ['sales']);
	t.after(async () => {
		ana.close();
		await stack.query("select internal.change_presence('ana', 'offline', null, clock_timestamp())");
	});
	await meet(ana, kim);
	await stack.query("select internal.requeue($1, 'test', clock_timestamp())", [kim.chat]);
	assert.equal((await ana.post(kim.chat, 'still there?')).code, 'not_owner');
	await kim.call('POST', `chats/${kim.chat}/end`, {});
	await assert.rejects(kim.call('POST', `chats/${kim.chat}/messages`, { cid: randomUUID(), body: 'hello?' }), { code: 'gone' });
});

test('one that is killed in the middle hands over once, and does not get the chat again when it is back', async (t) => {
	const token = await newToken();
	const bot = await startBot(t, { token });
	const kim = await customer(t);
	await greeted(kim);
	await givesUpAfter(2);
	await kim.say('die');
	await bot.ended;
	await becomes(kim, 'queued');
	const again = await startBot(t, { token });
	await kim.say('are you back?');
	const lee = await customer(t);
	await greeted(lee);
	assert.ok(!again.frames.some(({ chat }) => chat === kim.chat));
	assert.equal(await timesQueued(kim), 1);
	assert.equal((await failures(kim)).length, 1);
});

for (const word of ['slow', 'rubbish', 'unknown']) {
	test(`one that ${word === 'slow' ? 'is slower than its limit' : `sends rubbish (${word})`} hands over once`, async (t) => {
		const bot = await startBot(t);
		const kim = await customer(t);
		await greeted(kim);
		await givesUpAfter(3);
		await kim.say(word);
		await becomes(kim, 'queued');
		assert.deepEqual(await failures(kim), ['it has not answered in time']);
		assert.equal(await timesQueued(kim), 1);
		if (word === 'slow') return;
		const errors = await until(() => { // the bot may tell of it later than the chat has gone on
			const found = bot.frames.filter(({ t: type }) => type === 'error');
			return found.length > 0 && found;
		}, { what: 'the bot to be refused' });
		assert.deepEqual(errors.map(({ code, field }) => [code, field ?? null]), [word === 'unknown' ? ['invalid', 'mood'] : ['bad_json', null]]);
	});
}

test('where it is not connected people take the chat at once', async (t) => {
	await until(async () => (await stack.query('select count(*)::int as n from chat.bot_session'))[0].n === 0, { what: 'the others to be gone' });
	const kim = await customer(t);
	await becomes(kim, 'queued');
	assert.deepEqual(await failures(kim), ['it is not connected']);
});

test('a token that is none, one that is retired, and a page of somebody else\'s do not get in', async (t) => {
	const none = await startBot(t, { token: `sb_${'A'.repeat(43)}` });
	assert.deepEqual(none.frames, [{ t: 'closed', code: 4401 }]);
	const token = await newToken();
	const page = new Customer(stack);
	await assert.rejects(page.connect({ hello: { chat: undefined, last_seq: undefined, token: undefined, bot_token: token }, origin: new URL(stack.shopUrl).origin }), { closed: 4403 });
	const bot = await startBot(t, { token });
	assert.equal(bot.frames[0].t, 'ready');
	await stack.query("delete from chat.outgoing_secret where bot = 'talker'");
	await bot.ended;
	assert.equal(bot.frames.at(-1).code, 4401);
});

test('it can end a chat', async (t) => {
	await startBot(t);
	const kim = await customer(t);
	await greeted(kim);
	await kim.say('bye');
	await becomes(kim, 'ended');
});
