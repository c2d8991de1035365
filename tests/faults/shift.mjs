// SPDX-License-Identifier: ISC
// The load under which faults happen (ACCEPTANCE section 4): twenty customers come, four operators with room for three chats each serve them, everybody says ten
// messages into each chat, then one of the two ends it. Everybody does what the real clients do: keeps what is not stored yet, comes back by himself, asks again
// over HTTP with the same key.
//
//   const stack = useStack({ prepare: furnish });
//   const shift = await begin(stack, t);          operators at their desks, the first customers on their way
//   await shift.underWay();   ...a fault...       acks are coming in
//   await shift.over();                           every chat has been served and ended, everybody has heard everything; then the judges
//
// What must hold then: the history (C1–C7), the service (C8–C11) and the invariants (C12, C13), each message stored once, nothing refused, no descriptor and no
// zombie left, memory within its limit (C14).

import assert from 'node:assert/strict';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { History, judgeHistory, readTables } from '../support/history.mjs';
import { Customer, Operator } from '../support/people.mjs';
import { judgeResources, readResources } from '../support/resources.mjs';
import { judgeService, readService } from '../support/service.mjs';
import { Talker } from '../support/talker.mjs';
import { PATIENCE_MS, until } from '../support/waiting.mjs';

const SELLERS = ['ana', 'ben', 'chloe', 'dara'];
const FREE_MS = 30000; // G8 says 5 s: a stack that is short of processors gets six times that, and the fault its time
const PROBE = { operator: 'sam', queue: 'support', room: 20 }; // who serves the strangers that ask whether the service is back
const LOAD = { customers: 20, room: 3, messages: 10, every_ms: 120, arrive_ms: 40, queue: 'sales', absent: [], free_ms: FREE_MS, hold: false };
const SERVED_MS = 3 * PATIENCE_MS; // for a whole shift with a fault in it, on a machine that is many times slower

// The demo's company, a little changed: four who can sell. Once a stack, as its `prepare`.
export async function furnish(stack) {
	for (const role of ['switchboard_api', 'switchboard_relay']) await stack.query(`alter role ${role} in database ${stack.database.name} reset all`); // the product's own limits
	await stack.query('insert into chat.operator_skill (operator, skill, rating) values (\'ben\', \'sales\', 5)');
	await stack.query('update chat.queue set max_length = 0');
	await stack.query('update chat.operator set max_chats = $2 where operator = any ($1)', [SELLERS, LOAD.room]);
	await stack.query('update chat.operator set max_chats = $2 where operator = $1', [PROBE.operator, PROBE.room]);
}

// Options: those of LOAD; `connection(kind, i)`, the connects of the i-th customer or operator as Talker has them; `talker(person, history, options)`, another
// kind of talker; `absent`: operators who are cut off for long, so that the service is not judged by them; `hold`: no chat ends until shift.hold is false again.
export async function begin(stack, t, options = {}) {
	const shift = new Shift(stack, t, options);
	t?.after(() => shift.close());
	await shift.open();
	return shift;
}

// What a client does with a call that found nobody, or was told to come again: comes again. `accepted`: codes that are an answer, too.
export async function insist(call, accepted = []) {
	const { answer, error } = await until(async () => {
		try {
			return { answer: await call() };
		} catch (problem) {
			if (accepted.includes(problem.status)) return {};
			if (problem.status === undefined || [429, 502, 503].includes(problem.status)) throw problem;
			return { error: problem };
		}
	}, { what: 'an answer over HTTP', every_ms: 100, timeout_ms: SERVED_MS });
	if (error) throw error;
	return answer;
}

// One log-in a person and stack: each costs a password hash.
async function atWork(stack, name, queue) {
	stack.staff ??= new Map();
	if (!stack.staff.has(name)) stack.staff.set(name, await Operator.logIn(stack, name));
	const operator = stack.staff.get(name).tab();
	await operator.call('PUT', 'me/queues', { joined: [queue] });
	await operator.presence('available');
	return operator;
}

// A session as a log-in makes it, without the password (a hash takes long); gives what asks over HTTP with it.
export async function session(stack, operator) {
	const token = randomBytes(32).toString('base64url');
	await stack.query('select api.login($1, $2, null, null)', [operator, createHash('sha256').update(token).digest()], 'switchboard_api');
	const [name] = [...stack.staff.values()][0].cookie.split('=');
	return async (method, path, body) => {
		const answer = await fetch(`${stack.url}/api/v1/${path}`, {
			method, headers: { Cookie: `${name}=${token}`, 'X-Requested-With': 'switchboard', 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
		return { status: answer.status, body: await answer.json() };
	};
}

class Shift {
	#lives = [];
	#counts = new Map(); // chat → what is said in it
	#arriving = null;
	#closed = false;

	constructor(stack, t, options) {
		Object.assign(this, LOAD, { stack, t, connection: () => ({}), talker: (...args) => new Talker(...args) }, options);
		this.history = new History();
		this.operators = [];
		this.talkingCustomers = [];
		this.since = new Date();
		this.there = 0; // customers who are not served to the end yet
	}

	get talkers() {
		return [...this.operators, ...this.talkingCustomers];
	}

	get acks() {
		return this.history.entries.filter(({ what }) => what === 'ack').length;
	}

	async open() {
		this.idle = await readResources(this.stack);
		for (const name of SELLERS) await this.#addOperator(name, this.queue);
		await this.#addOperator(PROBE.operator, PROBE.queue);
		this.#arriving = this.#arrive();
	}

	async #addOperator(name, queue) {
		const person = await atWork(this.stack, name, queue);
		const operator = this.talker(person, this.history, { connection: this.connection('operator', this.operators.length) });
		operator.desk = new Set(); // chats he talks in
		operator.onFrame = (frame) => this.#atDesk(operator, frame);
		this.operators.push(operator);
		await operator.start();
	}

	async #arrive() {
		for (let i = 0; i < this.customers && !this.#closed; i++) {
			this.visit();
			await pause(this.arrive_ms);
		}
	}

	// A customer comes, talks and leaves again; resolves when his chat is over. `says` and `answers`: how many messages of each side.
	visit({ queue = this.queue, says = this.messages, answers = says, every_ms = this.every_ms, size = 0 } = {}) {
		this.there++;
		const life = this.#live(this.#lives.length, { queue, says, answers, every_ms, size }).finally(() => this.there--);
		life.catch(() => {}); // over() waits for it
		this.#lives.push(life);
		return life;
	}

	async #live(i, { queue, says, answers, every_ms, size }) {
		const request_key = randomUUID();
		const person = await insist(() => Customer.open(this.stack, { request_key, queue, name: `Customer ${i}` }));
		const counts = this.expect(person.chat, { customer: says, operator: answers, byOperator: i % 2 === 1 });
		const customer = this.talker(person, this.history, { connection: this.connection('customer', i) });
		this.talkingCustomers.push(customer);
		let served = false;
		const heard = new Set();
		customer.onFrame = ({ t, kind, author, seq }) => {
			served ||= t === 'event' && kind === 'joined';
			if (t === 'event' && kind === 'message' && author.kind === 'operator') heard.add(seq);
		};
		await customer.start(SERVED_MS);
		await this.#wait(() => served, `customer ${i} to be served`);
		for (let n = 0; n < says; n++) {
			customer.say(person.chat, `customer ${i} says ${n}`.padEnd(size, '.'));
			await pause(every_ms);
		}
		await this.#wait(() => customer.outbox.size === 0 && heard.size >= answers, `customer ${i} to be answered`).catch((error) => this.#explain(error, customer));
		await this.#wait(() => !this.hold, 'chats to be allowed to end');
		if (!counts.byOperator) await insist(() => person.call('POST', `chats/${person.chat}/end`, {}), [410]);
		await this.#wait(() => customer.over.has(person.chat), `customer ${i} to hear the end`).catch((error) => this.#explain(error, customer));
		counts.over = true;
		await customer.stop();
	}

	#wait(condition, what) {
		return until(condition, { what, timeout_ms: SERVED_MS, hopeless: () => this.#closed && 'the shift was closed' });
	}

	// Who waits in vain says how far everybody has come.
	#explain(error, customer) {
		const { chat } = customer.person;
		const { said, heard } = this.#countsOf(chat);
		const lines = [`said ${said.size}, heard ${heard.size}; the customer: ready ${customer.ready}, ${customer.outbox.size} to be stored, closed ${customer.codes}`];
		for (const { who, desk, following, ready, outbox, acked, failed } of this.operators.filter((operator) => operator.desk.has(chat) || operator.following.has(chat))) {
			lines.push(`${who.name}: desk ${desk.has(chat)}, follows ${following.has(chat)}, ready ${ready}, of his words ${[...said].filter((cid) => acked.has(cid)).length} acked,`
				+ ` ${[...said].filter((cid) => outbox.has(cid)).length} to be stored, failed ${[...failed.values()]}`);
		}
		const entries = this.history.entries.filter((entry) => entry.chat === chat).slice(-12);
		lines.push(...entries.map(({ who, at, what, seq, code, cid, kind }) => `${Math.round(at)} ${who.kind} ${who.name} ${what} ${[seq, code, kind, cid].filter(Boolean).join(' ')}`));
		throw new Error(`${error.message}\n  ${lines.join('\n  ')}`, { cause: error });
	}

	// An operator may hear of a chat before its customer does: he waits until it is `known` how much is to be said in it.
	#countsOf(chat) {
		if (!this.#counts.has(chat)) this.#counts.set(chat, { known: false, said: new Set(), heard: new Set(), over: false });
		return this.#counts.get(chat);
	}

	// So many messages of each side belong into this chat, and the operator ends it if he is to.
	expect(chat, { customer, operator, byOperator }) {
		return Object.assign(this.#countsOf(chat), { customer, operator, byOperator, known: true });
	}

	// What an operator does: takes what he is offered, talks in his chats.
	#atDesk(operator, frame) {
		const { t, offer, chat, cid, code, retry_ms } = frame;
		if (t === 'offer') operator.person.send({ t: 'accept', offer });
		if (t === 'error' && offer) this.history.note(operator.who, { what: 'refused', offer, code });
		if (t === 'error' && offer && code === 'unavailable') pause(retry_ms ?? 1000).then(() => operator.ready && operator.person.send({ t: 'accept', offer })); // somebody held his row
		if (t === 'error' && operator.failed.has(cid)) this.#refused(operator, cid);
		if (t === 'event') this.#hears(operator, chat, frame);
	}

	#refused(operator, cid) {
		for (const [chat, { said }] of this.#counts) if (said.delete(cid)) operator.desk.delete(chat); // not his any more: somebody else goes on
	}

	#hears(operator, chat, { kind, author, seq }) {
		if (kind === 'message' && author.kind === 'customer') this.#countsOf(chat).heard.add(seq);
		if (author.name !== operator.who.display || author.kind !== 'operator') return;
		if (kind === 'left') operator.desk.delete(chat);
		if (kind !== 'joined' || operator.desk.has(chat)) return;
		this.history.note(operator.who, { what: 'accepted', chat });
		operator.desk.add(chat);
		this.#talk(operator, chat).catch(() => {}); // who waits for his words tells
	}

	async #talk(operator, chat) {
		const counts = this.#countsOf(chat);
		const his = () => !this.#closed && !counts.over && operator.desk.has(chat) && !operator.over.has(chat);
		await this.#wait(() => counts.known, 'the customer to know of his chat');
		const allSaid = () => counts.said.size >= counts.operator && ![...counts.said].some((cid) => this.operators.some(({ outbox }) => outbox.has(cid)));
		while (his()) {
			if (counts.said.size < counts.operator) this.speak(operator, chat, `${operator.who.name} says ${counts.said.size}`);
			await pause(this.every_ms);
			if (counts.byOperator && !this.hold && allSaid() && counts.heard.size >= counts.customer && his()) {
				await insist(() => operator.person.end(chat), [404, 409, 410]);
				return;
			}
		}
	}

	// ---- for the tests ------------------------------------------------------------------------------------------

	// So many acks have come in since: the load is on, and a fault hits it in the middle.
	underWay(acks = 120) {
		const from = this.acks;
		return this.#wait(() => this.acks >= from + acks, 'the shift to be under way');
	}

	// One of the operator's messages of this chat; when it is refused somebody else has to say it.
	speak(operator, chat, body) {
		const cid = operator.say(chat, body);
		this.#countsOf(chat).said.add(cid);
		return cid;
	}

	said(chat) {
		return this.#countsOf(chat).said.size;
	}

	// Until a new chat can be opened and answered (the RTO of the specification); tells how long it took.
	async back(what, since = performance.now()) {
		await this.visit({ queue: PROBE.queue, says: 1 });
		const took_ms = Math.round(performance.now() - since);
		this.t?.diagnostic(`a new chat was served ${took_ms} ms after ${what}`);
		return took_ms;
	}

	// Codes with which sockets were closed, those of ended chats apart.
	get codes() {
		return new Set(this.talkers.flatMap(({ codes }) => codes).filter((code) => code !== 4410));
	}

	acksBetween(from, to) {
		return this.history.entries.filter(({ what, at }) => what === 'ack' && at > from && at < to);
	}

	async over() {
		await this.#arriving;
		for (let i = 0; i < this.#lives.length; i++) await this.#lives[i]; // more may come meanwhile
		await this.#settle();
		await this.judge();
	}

	// Every outbox is empty, and every operator has heard all of the chats that he follows.
	async #settle() {
		const last = new Map((await this.stack.query('select chat, last_seq from chat.chat_counter')).map(({ chat, last_seq }) => [chat, last_seq]));
		for (const operator of this.operators) {
			await this.#wait(() => operator.ready && operator.outbox.size === 0 && [...operator.following].every((chat) => operator.cursors.get(chat) >= last.get(chat)),
				`${operator.who.name} to be up to date`);
		}
		await this.close();
	}

	// What the checker says of the history so far.
	async historyProblems() {
		const entries = [...this.history.entries]; // first: what was acked before the tables are read is in them
		return judgeHistory(entries, await readTables(this.stack));
	}

	async judge() {
		const { stack, t } = this;
		const service = judgeService(await readService(stack, { queue: this.queue, since: this.since, absent: this.absent }));
		this.longest_ms = Math.round(service.longest_ms);
		t?.diagnostic(`${this.acks} acks; the longest wait beside a free operator: ${this.longest_ms} ms`);
		const problems = [
			...await this.historyProblems(), ...service.problems, ...await stack.database.brokenInvariants(stack.installation.sqlDir),
			...await this.#miscounted(), ...this.#refusals(), ...await judgeResources(stack, this.idle),
		];
		if (this.longest_ms > this.free_ms) problems.push(`C11 somebody waited ${this.longest_ms} ms beside a free operator`);
		assert.deepEqual(problems.slice(0, 20), [], `${problems.length} problems in the history`);
	}

	// A message is refused to nobody who may write.
	#refusals() {
		const rightly = (who, code) => this.absent.includes(who.name) && code === 'not_owner';
		return this.talkers.flatMap(({ who, failed }) => [...failed].filter(([, code]) => !rightly(who, code)).map(([cid, code]) => `${who.kind} ${who.name}: ${cid} was refused as ${code}`));
	}

	// Every chat holds what was said in it, once, and nothing else.
	async #miscounted() {
		const rows = await this.stack.query('select chat, author_kind, count(*)::int as n from chat.message where kind = \'message\' and chat = any ($1) group by 1, 2',
			[[...this.#counts.keys()]]);
		const stored = new Map(rows.map(({ chat, author_kind, n }) => [`${chat} ${author_kind}`, n]));
		return [...this.#counts].flatMap(([chat, counts]) => ['customer', 'operator'].flatMap((kind) => {
			const n = stored.get(`${chat} ${kind}`) ?? 0;
			return n === counts[kind] ? [] : [`chat ${chat} holds ${n} messages of its ${kind} instead of ${counts[kind]}`];
		}));
	}

	// Everybody goes home; safe to call again.
	async close() {
		if (this.#closed) return;
		this.#closed = true;
		await Promise.all(this.talkers.map((talker) => talker.stop()));
		// after a failure: who still waits would be given to the operators of the next shift, and answered by nobody
		for (const { person, over } of this.talkingCustomers) if (!over.has(person.chat)) await insist(() => person.call('POST', `chats/${person.chat}/end`, {}), [404, 410]);
		const open = await this.stack.query('select chat, operator from chat.assignment where ended_at is null');
		for (const { person } of this.operators) {
			for (const { chat } of open.filter(({ operator }) => operator === person.name)) await insist(() => person.end(chat), [404, 409, 410]);
			await insist(() => person.presence('offline'));
		}
	}
}
