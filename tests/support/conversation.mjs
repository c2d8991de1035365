// SPDX-License-Identifier: ISC
// Running chats to test with: one operator on duty, some customers he has accepted, all of them connected.
//
//   const { operator, customers: [kim], end } = await converse(stack, t, { operator: 'ana', customers: 1 });     `t` ends them after its test

import assert from 'node:assert/strict';
import { Customer, Operator } from './people.mjs';
import { until } from './waiting.mjs';

const ROOM_FOR = 20;

// Logs an operator in who has room for many, available and connected.
export async function onDuty(stack, name, queues, connection = {}) {
	await stack.query('update chat.operator set max_chats = $2 where operator = $1', [name, ROOM_FOR]);
	const operator = await Operator.logIn(stack, name, queues);
	await operator.connect(connection);
	return operator;
}

// The operator takes this customer's chat; both know it when it resolves.
export async function meet(operator, customer) {
	const offer = await operator.frame(({ t, chat }) => t === 'offer' && chat === customer.chat, `an offer of this chat for ${operator.name}`);
	await operator.accept(offer);
	await operator.frame(({ t, chat, kind }) => t === 'event' && chat === customer.chat && kind === 'joined',
		`${operator.name} to hear his own arrival`);
	return offer;
}

export async function converse(stack, t, { operator: name = 'ana', queue = 'sales', customers: count = 1, relay, customerRelay = relay } = {}) {
	const operator = await onDuty(stack, name, [queue], { relay });
	const customers = [];
	for (let i = 0; i < count; i++) {
		const customer = await Customer.open(stack, { queue, name: `Customer ${i + 1}` });
		await customer.connect({ relay: customerRelay });
		await meet(operator, customer);
		customers.push(customer);
	}
	const end = () => part(stack, operator, customers);
	t?.after(end);
	return { operator, customers, end };
}

// Ends the chats and the operator's shift, so that the next test finds nobody on duty.
export async function part(stack, operator, customers) {
	for (const { chat } of customers) await operator.end(chat).catch((error) => assert.ok([404, 409, 410].includes(error.status), error.message));
	await operator.presence('offline').catch((error) => assert.equal(error.status, 401, error.message));
	for (const person of [operator, ...customers]) person.close();
}

// Everything stored in a chat, in order.
export function transcript(stack, chat) {
	return stack.query('select seq, kind, author_kind, author, body, data, cid from chat.message where chat = $1 order by seq', [chat]);
}

export async function lastSeq(stack, chat) {
	return (await stack.query('select last_seq from chat.chat_counter where chat = $1', [chat]))[0].last_seq;
}

// A stack is well when a stranger can open a chat and gets an ack for what he says.
export async function serves(stack) {
	const stranger = await Customer.open(stack);
	try {
		await stranger.connect();
		assert.equal((await stranger.say('hello')).t, 'ack', 'a good client works');
	} finally {
		stranger.close();
		await stranger.call('POST', `chats/${stranger.chat}/end`, {});
	}
}

// All of them have heard of everything that is stored in the chat.
export function allHeard(stack, chat, people) {
	return until(async () => {
		const last = await lastSeq(stack, chat);
		return people.every((person) => heardUpTo(person, chat) >= last);
	}, { what: 'everybody to have heard everything' });
}

// The highest seq up to which a person has heard of every one, in events or in the acks of his own messages.
export function heardUpTo(person, chat) {
	const seqs = new Set(person.frames.filter((frame) => frame.chat === chat && ['event', 'ack'].includes(frame.t)).map(({ seq }) => seq));
	let seq = 0;
	while (seqs.has(seq + 1)) seq++;
	return seq;
}
