// SPDX-License-Identifier: ISC
// G18: after erasure no row, export or application log line holds the person's data. A word is planted in every field that a customer or an operator can fill, through
// the real programs; then the person is handed out and erased by the command line, and the word looked for in a dump of the whole database and in all logs.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { Customer, Operator } from '../support/people.mjs';
import { converse, meet, onDuty, part } from '../support/conversation.mjs';

const run = promisify(execFile);
// Chats are filed in operators' own words here.
const stack = useStack({ relays: 2, prepare: (fresh) => fresh.query('update chat.disposition_code set active = false') });
const command = (...args) => run(stack.installation.program('switchboard'), args, { env: { SWITCHBOARD_DATABASE: stack.database.dsn() } });
const dump = async () => (await run('pg_dump', ['--data-only', '--no-owner', '-d', stack.database.dsn()], { maxBuffer: 2 ** 28 })).stdout;
const gone = (error) => error.status === 410;

// Each field gets a word of its own, so that a test that fails says which.
class Words {
	#base = `mark${randomBytes(6).toString('hex')}`;
	used = [];

	plant(field) {
		const word = `${this.#base}${field.replace(/\W/g, '')}end`;
		this.used.push(word);
		return word;
	}

	in(text) {
		return this.used.filter((word) => text.includes(word));
	}
}

async function meetAgain(operator, { chat }) {
	const offers = () => operator.frames.filter((frame) => frame.t === 'offer' && frame.chat === chat);
	await until(() => offers().length > 1, { what: `another offer for ${operator.name}` });
	await operator.accept(offers().at(-1));
}

// Everything that can be filled about a customer: by himself, by an operator, by a supervisor.
async function plant(t) {
	const words = new Words();
	const email = `${words.plant('email')}@customer.example`;
	const kim = await Customer.open(stack, {
		name: words.plant('name'), email, page_url: `https://shop.example/${words.plant('page')}`, referrer: `https://else.example/?q=${words.plant('referrer')}`,
		answers: { [words.plant('question')]: words.plant('answer') }, context: { basket: [words.plant('context')] },
	});
	await kim.connect({ relay: 1 });
	await kim.say(words.plant('tobot'));
	await kim.call('POST', `chats/${kim.chat}/messages`, { cid: randomUUID(), body: words.plant('overhttp') });
	await stack.query('update chat.setting set value = \'0\' where name = \'missed_offer_penalty_s\'');
	const sam = await onDuty(stack, 'sam', ['sales']);
	await kim.call('POST', `chats/${kim.chat}/queue`, { queue: 'sales' });
	const first = await sam.frame(({ t: type, chat }) => type === 'offer' && chat === kim.chat, 'the first offer');
	const ana = await onDuty(stack, 'ana', ['sales', 'billing'], { relay: 2 });
	await sam.call('POST', `offers/${first.offer}/decline`, { reason: words.plant('decline') });
	await meet(ana, kim);
	t.after(() => part(stack, sam, []));
	t.after(() => part(stack, ana, [kim]));
	await kim.say(words.plant('message'));
	await ana.say(kim.chat, words.plant('answertokim'));
	await ana.say(kim.chat, words.plant('note'), { t: 'note' });
	await ana.call('POST', `operator/chats/${kim.chat}/notes`, { cid: randomUUID(), body: words.plant('noteoverhttp') });
	await ana.call('POST', `operator/chats/${kim.chat}/transfer`, { operator: 'sam', note: words.plant('transfer') });
	await ana.call('DELETE', `operator/chats/${kim.chat}/transfer`);
	await sam.presence('break');
	await sam.call('POST', `operator/chats/${kim.chat}/requeue`, { queue: 'billing', reason: words.plant('requeue') });
	await meetAgain(ana, kim);
	const { seq } = await kim.say('to be taken away');
	await sam.call('POST', `operator/chats/${kim.chat}/messages/${seq}/redact`, { reason: words.plant('redact') });
	await kim.call('POST', `chats/${kim.chat}/rating`, { score: 4, comment: words.plant('comment') });
	return { words, email, kim, ana, sam };
}

test('G18: erased by address, a person is nowhere: not in a dump, not in a log, on no screen; the numbers stay', async (t) => {
	const { words, email, kim, ana } = await plant(t);
	// a second chat, over already: filed and ended
	const before = await Customer.open(stack, { queue: 'sales', name: words.plant('earliername'), email: email.toUpperCase() });
	await before.connect();
	await meet(ana, before);
	await ana.end(before.chat);
	await ana.call('POST', `operator/chats/${before.chat}/wrap-up`, { disposition: words.plant('disposition'), note: words.plant('wrapup') });
	const other = await Customer.open(stack, { name: 'Somebody else' });

	const exported = JSON.parse((await command('export', `--email=${email}`)).stdout);
	assert.deepEqual(new Set(exported.chats.map(({ chat }) => chat)), new Set([kim.chat, before.chat]));
	assert.deepEqual(words.used.filter((word) => !JSON.stringify(exported).toLowerCase().includes(word)), [], 'the export has every word');
	assert.deepEqual(words.in((await dump()).toLowerCase()), words.used, 'and so has the database');
	const dry = await command('erase', `--email=${email}`, '--dry-run');
	assert.match(dry.stdout, /^would erase 2 chats .*nothing was changed$/m);
	assert.equal((await kim.view()).state, 'active', 'a dry run does nothing');

	assert.match((await command('erase', `--email=${email}`)).stdout, /^erased 2 chats and what hangs on them, \d+ further rows$/m);
	const text = (await dump()).toLowerCase();
	assert.deepEqual(words.in(text), [], 'nothing in the database');
	assert.ok(text.includes('somebody else'), 'but of others');
	assert.ok([4401, 4410].includes(await kim.closeCode()), 'an open socket is closed');
	await assert.rejects(kim.call('GET', `chats/${kim.chat}/events?after=0`), { status: 401 });
	await assert.rejects(kim.connect(), { closed: 4401 });
	await ana.frame(({ t: type, chat, kind, data }) => type === 'event' && chat === kim.chat && kind === 'ended' && data.reason === 'erased', 'the end, at the operator');
	await assert.rejects(ana.call('GET', `operator/chats/${kim.chat}/events?after=0`), gone);
	await assert.rejects(ana.call('POST', `operator/chats/${kim.chat}/wrap-up`, { disposition: 'x' }), gone);
	assert.ok(!(await ana.chats()).some(({ id }) => id === kim.chat), 'the operator who looks again sees nothing of it');
	const [numbers] = await stack.query(`select c.queue, c.state, c.ended_at - c.created_at > '0' as lasted, r.score, (select count(*)::int from chat.assignment a where a.chat = c.chat) as owners
		from chat.chat c left join chat.chat_rating r on r.chat = c.chat where c.chat = $1`, [kim.chat]);
	assert.deepEqual(numbers, { queue: 'billing', state: 'ended', lasted: true, score: 4, owners: 2 });
	assert.deepEqual(words.in(stack.logs.toLowerCase()), [], 'no program has logged a word of it');
	assert.deepEqual(JSON.parse((await command('export', `--email=${email}`)).stdout).chats, [], 'and there is nobody to hand out any more');
	await other.call('POST', `chats/${other.chat}/end`, {});
});

test('one chat by its key; what is not said clearly is refused', async (t) => {
	const { customers: [kim, lee] } = await converse(stack, t, { customers: 2 });
	assert.match((await command('erase', `--chat=${kim.chat}`)).stdout, /^erased 1 chat and what hangs on it/m);
	await until(() => kim.closed !== null, { what: 'the socket to be closed' });
	assert.equal((await lee.say('still here')).t, 'ack', 'the other chat goes on');
	for (const [args, said] of [[[], 'say who is meant'], [[`--chat=${kim.chat}`, '--email=a@b.example'], 'say who is meant'], [['--chat=17'], 'is the key of a chat'],
		[[`--chat=${kim.chat}`, '--site=shop'], '--site goes with --email'], [['--identity=u-1'], '--identity needs --site'],
		[[`--chat=${randomUUID()}`], 'nothing was erased'], [['--email=a@b.example', '--site=nowhere'], 'nothing was erased']]) {
		await assert.rejects(command('erase', ...args), (error) => error.code === 1 && error.stderr.includes(said), said);
	}
});

test('Operator: only a supervisor takes words away, and only with a path that names a seq', async (t) => {
	const { operator: ana, customers: [kim] } = await converse(stack, t);
	const sam = await Operator.logIn(stack, 'sam');
	const { seq } = await kim.say('a secret');
	const redact = (who, at, body = {}) => who.call('POST', `operator/chats/${kim.chat}/messages/${at}/redact`, body);
	await assert.rejects(redact(ana, seq), { status: 403 });
	for (const at of ['0', '01', 'x', '1'.repeat(16), 1, seq + 5]) await assert.rejects(redact(sam, at), { status: 404 });
	await assert.rejects(redact(sam, seq, { reason: 5 }), { status: 422 });
	await assert.rejects(redact(sam, seq, { reason: 'x'.repeat(201) }), { status: 422 });
	assert.deepEqual(await redact(sam, seq, { reason: 'asked for' }), { chat: kim.chat, seq, removed: 'redacted' });
	assert.ok(!(await dump()).includes('a secret'));
	for (const format of ['txt', 'html', 'json']) assert.match(JSON.stringify(await kim.call('GET', `chats/${kim.chat}/transcript?format=${format}`)), /removed/);
	assert.ok(!stack.logs.includes('a secret'));
});
