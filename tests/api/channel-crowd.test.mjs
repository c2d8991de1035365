// SPDX-License-Identifier: ISC
// Many conversations at once by SMS and Messenger, from the first word by bot, queue and operator to the rating, with deliveries that come twice, out of order and
// forged, and a provider that fails half of our calls: nothing is lost, nothing doubled, and each chat has its order (SECURITY D19). With
// SWITCHBOARD_CONVERSATIONS=1000 it is the soak's (tests/soak/README.md).

import { test, after } from 'node:test';
import assert from 'node:assert/strict';
import { useStack } from '../support/stack.mjs';
import { Operator } from '../support/people.mjs';
import { pageMessage, postMessenger, postSms, Provider, smsFields } from '../support/provider.mjs';
import { seeded } from '../support/seeded.mjs';
import { until } from '../support/waiting.mjs';

const CONVERSATIONS = Number(process.env.SWITCHBOARD_CONVERSATIONS ?? 30);
const WORDS = 4;
const SCORE = 4;
const SECRET = 'a-secret-of-twilio-and-others';
const random = seeded(20251129);
let provider;
const firstTries = new Set();
const stack = useStack({
	couriers: 2,
	prepare: async (begun) => {
		// half of the calls fail at first: some before the message is taken, some after
		provider = await Provider.open({ fails: ({ key }) => {
			if (firstTries.has(key)) return false;
			firstTries.add(key);
			return random() < 0.5 ? (random() < 0.5 ? 'before' : 'after') : false;
		} });
		await begun.query(`insert into chat.channel_account (account, channel, widget, own_address, user_name, api_url, plain_http) values
			('sms', 'sms', 'demo-shop', '+18005550100', 'AC1', $1, true), ('page', 'messenger', 'demo-shop', '900', null, $1, true)`, [provider.url]);
		for (const [account, kind] of [['sms', 'secret'], ['page', 'secret'], ['page', 'token']]) await begun.query('select api.add_channel_secret($1, $2, $3)', [account, kind, SECRET]);
		await begun.query(`update chat.setting set value = d.value
			from (values ('max_chats', '1000'), ('outbox_backoff_s', '1'), ('outbox_backoff_max_s', '1')) d (name, value) where chat.setting.name = d.name`);
		await begun.query("update chat.queue set auto_accept = true, max_per_operator = 100, max_length = 0");
		await begun.query("update chat.operator set max_chats = 100");
	},
});
after(() => provider?.close());

class Customer {
	constructor(n) {
		this.kind = n % 2 ? 'messenger' : 'sms';
		this.address = this.kind === 'sms' ? `+4916${String(n).padStart(8, '0')}` : `880000${n}`;
		this.said = []; // what of it is a message of the chat
		this.posts = [];
	}

	// The request of one message: posted again it is the same; as somebody else would sign it.
	request(text, at, more = {}) {
		if (this.kind === 'sms') {
			const fields = smsFields(this.address, text);
			const post = (secret, more = {}) => postSms(stack, { account: 'sms', secret, fields: { ...fields, ...more } });
			return { post: () => post(SECRET), forged: () => post('guessed-by-somebody', { MessageSid: `F${fields.MessageSid}` }) };
		}
		const message = pageMessage(this.address, text, { at, more });
		const post = (secret, mid) => postMessenger(stack, { account: 'page', secret, messaging: [{ ...message, message: { ...message.message, mid } }] });
		return { post: () => post(SECRET, message.message.mid), forged: () => post('guessed-by-somebody', `F${message.message.mid}`) };
	}

	async take(request, text) {
		const answer = await request.post();
		assert.equal(answer.status, 200, answer.text);
		this.said.push(text);
		this.posts.push(request);
	}

	// The bot's button, as the provider of this customer says it.
	async choose({ id, label, number }, at) {
		if (this.kind === 'sms') await this.take(this.request(String(number), at), String(number));
		else await this.take(this.request(label, at, { quick_reply: { payload: id } }), label);
	}

	async speak() {
		const base = Date.now() - 600_000;
		await this.take(this.request('Hello', base - 2000), 'Hello');
		await this.choose({ id: 'sales', label: 'Buy something', number: 1 }, base - 1000);
		for (let i = 0; i < WORDS; i++) {
			const text = `${this.address} says ${i}`;
			if (this.kind === 'messenger' && i === 1) { // the second and third are swapped on their way
				const late = this.request(text, base + i * 1000);
				const next = `${this.address} says 2`;
				await this.take(this.request(next, base + 2000), next);
				await this.take(late, text);
				this.late = text;
				i++;
				continue;
			}
			await this.take(this.request(text, base + i * 1000), text);
			if (random() < 0.4) await Promise.all([this.posts.at(-1).post(), this.posts[Math.floor(random() * this.posts.length)].post()]);
			if (random() < 0.4) assert.equal((await this.posts.at(-1).forged()).status, 403);
		}
	}

	// Delivered twice, counted once.
	async rate() {
		const { post } = this.request(String(SCORE), Date.now());
		for (const answer of await Promise.all([post(), post()])) assert.equal(answer.status, 200, answer.text);
	}
}

// An operator who answers each word of a customer with one of his own, in the order in which he sees them, and ends the chat after the last.
async function answering(name, over) {
	const operator = await Operator.logIn(stack, name, ['sales']);
	await operator.connect();
	const answered = new Map();
	let at = 0;
	const run = (async () => {
		while (!over() || at < operator.frames.length) {
			const frame = operator.frames[at];
			if (!frame) {
				await new Promise((resolve) => setTimeout(resolve, 10));
				continue;
			}
			at++;
			if (frame.t !== 'event' || frame.kind !== 'message' || frame.author?.kind !== 'customer' || !frame.body.includes(' says ')) continue;
			await operator.say(frame.chat, `re: ${frame.body}`);
			answered.set(frame.chat, (answered.get(frame.chat) ?? 0) + 1);
			if (answered.get(frame.chat) === WORDS) await operator.end(frame.chat);
		}
	})();
	return { operator, run };
}

test(`D19 ${CONVERSATIONS} conversations at once lose nothing, double nothing and keep their order, whatever is repeated, swapped, forged or failed`, async (t) => {
	const customers = Array.from({ length: CONVERSATIONS }, (_, n) => new Customer(n));
	let over = false;
	const operators = await Promise.all(['ana', 'chloe', 'dara', 'sam'].map((name) => answering(name, () => over)));
	const expected = CONVERSATIONS * WORDS;
	const count = async (what) => (await stack.query(`select count(*)::int as n from ${what}`))[0].n;
	try {
		const each = async (act) => {
			const waiting = [...customers];
			await Promise.all(Array.from({ length: 8 }, async () => {
				while (waiting.length > 0) await act(waiting.shift());
			}));
		};
		await each((customer) => customer.speak());
		await until(async () => (await count("chat.message where kind = 'message' and author_kind = 'operator'")) >= expected, { what: 'every word to be answered', timeout_ms: 600_000 });
		await until(async () => (await count('chat.chat where ended_at is null')) === 0, { what: 'every chat to end', timeout_ms: 600_000 });
		await each((customer) => customer.rate());
		await until(async () => (await count("chat.outbox where state in ('queued', 'sending')")) === 0, { what: 'everything to be sent', timeout_ms: 600_000 });
	} finally {
		over = true; // or the operators would go on for ever
	}
	await Promise.all(operators.map(({ run }) => run));

	const rows = await stack.query(`select k.address, m.author_kind, m.body, m.data ->> 'late' as late from chat.channel_chat k join chat.message m on m.chat = k.chat
		where m.kind = 'message' order by k.address, m.seq`);
	for (const customer of customers) {
		const mine = rows.filter(({ address }) => address === customer.address);
		assert.deepEqual(mine.filter(({ author_kind }) => author_kind === 'customer').map(({ body }) => body), customer.said, `${customer.address}: what he wrote, once, as it was taken`);
		assert.deepEqual(mine.filter(({ late }) => late).map(({ body }) => body), customer.late ? [customer.late] : [], `${customer.address}: what came late is marked`);
		const answers = mine.filter(({ author_kind }) => author_kind === 'operator').map(({ body }) => body);
		assert.equal(answers.length, WORDS);
		const sent = provider.sent(customer.address);
		assert.match(sent[0], /What is it about\?/, `${customer.address}: the bot greets first`);
		assert.match(sent.at(-2), /1 \(poor\) to 5/, `${customer.address}: the end comes last`);
		assert.equal(sent.at(-1), 'Thank you for your rating.', customer.address);
		assert.deepEqual(sent.filter((text) => text.startsWith('re: ')), answers, `${customer.address}: what he was sent, once, in order`);
		const keys = provider.requests.filter(({ to, failed }) => to === customer.address && !failed).map(({ key }) => key);
		assert.equal(new Set(keys).size, keys.length, `${customer.address}: nothing that was answered is sent again`);
	}
	assert.equal(await count('chat.chat'), CONVERSATIONS, 'one chat each');
	assert.equal(await count(`chat.chat_rating where score = ${SCORE}`), CONVERSATIONS, 'and one rating each');
	const failed = provider.requests.filter(({ failed: it }) => it).length;
	assert.ok(failed > expected / 4, `the provider failed ${failed} of ${provider.requests.length} calls`);
	t.diagnostic(`${expected + 3 * CONVERSATIONS} words of customers; the provider was called ${provider.requests.length} times and failed ${failed} of them`);
	for (const { operator } of operators) operator.close();
});
