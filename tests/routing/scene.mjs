// SPDX-License-Identifier: ISC
// The stage for what is offered as soon as it can be: queues for one test, operators who are full or away, chats that wait. scenes.mjs plays on it.

import assert from 'node:assert/strict';
import { Customer, Operator } from '../support/people.mjs';
import { until } from '../support/waiting.mjs';

const LONG_S = 600; // no offer runs out unless a scene wants it to

export async function dbaSession(database) {
	const session = await database.connect();
	await session.query('set role switchboard_dba');
	return session;
}

export class Scene {
	// `dba`: a session of the DBA's role. `hearing`: how operators learn of offers: by their socket, or (where every notification is lost) by asking.
	constructor(stack, { dba, hearing, name }) {
		Object.assign(this, { stack, dba, hearing, name, operators: [] });
		this.line = `${name}-line`;
		this.urgent = `${name}-urgent`;
		this.both = [this.line, this.urgent];
		this.asked = new Set();
	}

	async sql(text, values) {
		return (await this.dba.query(text, values)).rows;
	}

	// Two queues of the same kind; the second is more urgent.
	async queues({ skill = null, min_rating = 1, ...columns } = {}) {
		const names = Object.keys(columns);
		for (const [queue, level] of [[this.line, 1], [this.urgent, 0]]) {
			await this.sql('insert into chat.queue (queue, label, mode, level, offer_timeout_s) values ($1::text, $1::text, $2, $3, $4)', [queue, 'availability', level, LONG_S]);
			if (names.length > 0) {
				await this.sql(`update chat.queue set ${names.map((name, i) => `${name} = $${i + 2}`).join(', ')} where queue = $1`, [queue, ...Object.values(columns)]);
			}
			if (skill) await this.sql('insert into chat.queue_skill (queue, skill, min_rating) values ($1, $2, $3)', [queue, skill, min_rating]);
			await this.sql("insert into chat.widget_queue (widget, queue) values ('demo-shop', $1)", [queue]);
		}
	}

	set(setting, value) {
		return this.sql('update chat.setting set value = $2::text where name = $1', [setting, value]);
	}

	rate(operator, skill, rating) {
		return this.sql('insert into chat.operator_skill (operator, skill, rating) values ($1, $2, $3) on conflict (operator, skill) do update set rating = excluded.rating',
			[operator, skill, rating]);
	}

	// Logged in and connected, with room for so many chats; in no queue and not available yet.
	async comes(name, room = 1) {
		await this.sql('update chat.operator set max_chats = $2 where operator = $1', [name, room]);
		const operator = await Operator.logIn(this.stack, name);
		await operator.call('PUT', 'me/queues', { joined: [] });
		await operator.connect();
		this.operators.push(operator);
		return operator;
	}

	join(operator, queues) {
		return operator.call('PUT', 'me/queues', { joined: queues });
	}

	async onDuty(name, queues = this.both, room = 1) {
		const operator = await this.comes(name, room);
		await this.join(operator, queues);
		await operator.presence('available');
		return operator;
	}

	// On duty and full: with a chat of this queue.
	async isFull(name, { queues = this.both, queue = this.line } = {}) {
		const operator = await this.onDuty(name, queues);
		const chat = await this.arrives(queue);
		await operator.accept(await this.nextOffer(operator, chat));
		return { operator, chat };
	}

	async arrives(queue = this.line) {
		const customer = await Customer.open(this.stack, { queue });
		this.customers ??= new Map();
		this.customers.set(customer.chat, customer);
		return customer.chat;
	}

	// Two in line, then an urgent one; in the order in which they are to be served. None of them can be offered to anybody yet.
	async threeWait() {
		const [first, second, urgent] = [await this.arrives(), await this.arrives(), await this.arrives(this.urgent)];
		await this.wait(first, second, urgent);
		return [urgent, first, second];
	}

	async wait(...chats) {
		const rows = await this.stack.query('select chat from chat.waiting where chat = any ($1)', [chats]);
		assert.equal(rows.length, chats.length, 'they wait');
	}

	customerEnds(chat) {
		return this.customers.get(chat).call('POST', `chats/${chat}/end`, {});
	}

	// The next offer this operator learns of; it must be of this chat.
	async nextOffer(operator, chat) {
		const offer = this.hearing === 'socket' ? await operator.nextOffer() : await until(async () => {
			const { offers } = await operator.call('GET', 'me/chats');
			return offers.find(({ offer: id }) => !this.asked.has(id));
		}, { what: `an offer for ${operator.name}` });
		this.asked.add(offer.offer);
		assert.equal(offer.chat, chat, 'the one whose turn it is');
		return offer;
	}

	// The operator takes these chats one after the other, as they are offered: each ends before the next.
	async serves(operator, chats, first = null) {
		for (const [i, chat] of chats.entries()) {
			const offer = i === 0 && first ? first : await this.nextOffer(operator, chat);
			await operator.accept(offer);
			await operator.end(chat);
		}
	}

	// An instant of the database in this process's performance.now().
	async instant(text, values) {
		const [row] = await this.stack.query(`select extract(epoch from (${text}))::float8 * 1000 as ms`, values);
		assert.ok(row?.ms, `there is an instant: ${text}`);
		return row.ms - performance.timeOrigin;
	}

	// When the chat was held out to this operator, by the database's clock.
	offeredAt({ offer }) {
		return this.instant('select offered_at from chat.offer where offer = $1', [offer]);
	}

	// Nobody is on duty and nobody waits.
	async over() {
		const end = "select internal.end_chat(chat, 'system', '', 'over', clock_timestamp()) from chat.chat where state not in ('wrap_up', 'ended', 'abandoned')";
		for (const operator of this.operators) {
			await operator.presence('offline');
			operator.close();
		}
		await this.stack.query(`begin; ${end}; commit; select internal.finish_wrap_up(chat, clock_timestamp()) from chat.chat where state = 'wrap_up'`);
		await this.stack.query("update chat.setting set value = '0' where name in ('stagger_s', 'missed_offer_penalty_s') and value <> '0'");
	}
}
