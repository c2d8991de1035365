// SPDX-License-Identifier: ISC
// Several operators with several running chats each, as talkers (talker.mjs) that note a common history.
//
//   const crowd = await gather(stack, t, { operators: ['ana', 'chloe'], perOperator: 2 });
//   const talk = crowd.chatter({ messages: 50, every_ms: 20 });   ...a fault...   await talk;   await crowd.settle();   await crowd.judge();

import { setTimeout as pause } from 'node:timers/promises';
import { assertHistory, History } from './history.mjs';
import { Customer, Operator } from './people.mjs';
import { Talker } from './talker.mjs';
import { until } from './waiting.mjs';

// `connection(kind, i)` gives the options of the connects of the i-th customer or operator.
export async function gather(stack, t, { operators: names = ['ana'], perOperator = 1, queue = 'sales', connection = () => ({}) } = {}) {
	const crowd = new Crowd(stack);
	t?.after(() => crowd.end());
	for (const [i, name] of names.entries()) await crowd.addOperator(name, queue, perOperator, connection('operator', i));
	for (let i = 0; i < names.length * perOperator; i++) await crowd.addCustomer(queue, connection('customer', i));
	await until(async () => (await crowd.owners()).size === crowd.customers.length, { what: 'every chat to have an operator' });
	return crowd;
}

export class Crowd {
	#over = false;

	constructor(stack) {
		this.stack = stack;
		this.history = new History();
		this.operators = [];
		this.customers = [];
	}

	get talkers() {
		return [...this.operators, ...this.customers];
	}

	async addOperator(name, queue, room, connection = {}) {
		await this.stack.query('update chat.operator set max_chats = $2 where operator = $1', [name, room]);
		const operator = new Talker(await Operator.logIn(this.stack, name, [queue]), this.history, { connection });
		operator.onFrame = ({ t, offer }) => {
			if (t === 'offer') operator.person.send({ t: 'accept', offer });
		};
		this.operators.push(operator);
		return operator.start();
	}

	async addCustomer(queue, connection = {}) {
		const person = await Customer.open(this.stack, { queue, name: `Customer ${this.customers.length + 1}` });
		const customer = new Talker(person, this.history, { connection });
		this.customers.push(customer);
		return customer.start();
	}

	// chat → name of the operator who owns it now
	async owners() {
		const chats = this.customers.map(({ person }) => person.chat);
		const rows = await this.stack.query('select chat, operator from chat.assignment where ended_at is null and chat = any ($1)', [chats]);
		return new Map(rows.map(({ chat, operator }) => [chat, operator]));
	}

	// Everybody says so many messages into each of his chats, one every so often, and goes on as long as `goesOn()`; resolves when all are said, not when they are acked.
	async chatter({ messages, every_ms, goesOn = () => false }) {
		const owners = await this.owners();
		for (let i = 0; i < messages || (goesOn() && !this.#over); i++) {
			for (const customer of this.customers) customer.say(customer.person.chat, `customer ${i}`);
			for (const operator of this.operators) {
				for (const [chat, name] of owners) if (name === operator.person.name) operator.say(chat, `operator ${i}`);
			}
			await pause(every_ms);
		}
	}

	// Until every outbox is empty and everybody has heard everything of his chats.
	async settle() {
		await Promise.all(this.talkers.map((talker) => talker.quiet()));
		const rows = await this.stack.query('select chat, last_seq from chat.chat_counter where chat = any ($1)',
			[this.customers.map(({ person }) => person.chat)]);
		const last = new Map(rows.map(({ chat, last_seq }) => [chat, last_seq]));
		const owners = await this.owners();
		await Promise.all(this.talkers.map((talker) => {
			const his = [...last].filter(([chat]) => (talker.person.chat ? chat === talker.person.chat : owners.get(chat) === talker.person.name));
			return talker.quiet(new Map(his));
		}));
	}

	judge() {
		return assertHistory(this.stack, this.history);
	}

	// Acks noted between two instants (performance.now()).
	acksBetween(from, to) {
		return this.history.entries.filter(({ what, at }) => what === 'ack' && at > from && at < to);
	}

	async end() {
		this.#over = true;
		await Promise.all(this.talkers.map((talker) => talker.stop()));
		await Promise.all(this.customers.map(({ person }) => person.call('POST', `chats/${person.chat}/end`, {})));
		await Promise.all(this.operators.map(({ person }) => person.presence('offline')));
	}
}
