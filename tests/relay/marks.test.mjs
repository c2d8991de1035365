// SPDX-License-Identifier: ISC
// Delivery state outlives the socket: who comes back, on whatever relay or device, sees how far each side has got and read; and who is there without a socket.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { converse, lastSeq } from '../support/conversation.mjs';

const stack = useStack({ relays: 2 });
const apart = { relay: 1, customerRelay: 2 };
const noted = async (chat, party) => (await stack.query('select got::int, read::int from chat.delivery where chat = $1 and party = $2', [chat, party]))[0];
const isNoted = (chat, party, got, read) => until(async () => {
	const row = await noted(chat, party);
	return row?.got === got && row.read === read;
}, { what: `${party} at ${got}/${read}` });
const synced = async (person, chat, from = 0) => {
	await until(() => person.frames.slice(from).some((frame) => frame.t === 'synced' && frame.chat === chat), { what: 'synced' });
	return person.frames.slice(from).findLast((frame) => frame.t === 'synced' && frame.chat === chat).marks;
};
const presence = (person, from = 0) => person.frames.slice(from).findLast(({ t }) => t === 'presence');

test('a reload and another device, on any relay, see how far both sides have got and read', async (t) => {
	const { operator: ana, customers: [kim] } = await converse(stack, t, apart);
	const { seq } = await ana.say(kim.chat, 'how many?');
	const answer = await kim.say('three');
	kim.send({ t: 'got', chat: kim.chat, seq: answer.seq });
	kim.send({ t: 'read', chat: kim.chat, seq });
	ana.send({ t: 'read', chat: kim.chat, seq: answer.seq });
	await isNoted(kim.chat, 'customer', answer.seq, seq);
	await isNoted(kim.chat, 'operator', answer.seq, answer.seq);
	const marks = { customer: { got: answer.seq, read: seq }, operator: { got: answer.seq, read: answer.seq } };
	for (const relay of [1, 2]) {
		const phone = kim.tab();
		await phone.connect({ relay });
		assert.deepEqual(await synced(phone, kim.chat), marks, `the customer on relay ${relay}`);
		phone.close();
		const laptop = ana.tab();
		await laptop.connect({ relay });
		assert.deepEqual(await synced(laptop, kim.chat), marks, `the operator on relay ${relay}`);
		laptop.close();
	}
	assert.deepEqual((await kim.view()).marks, marks);
	assert.deepEqual((await kim.call('GET', `chats/${kim.chat}/events`)).marks, marks);
	assert.deepEqual((await ana.chats()).find(({ id }) => id === kim.chat).marks, marks);
	assert.deepEqual((await ana.call('GET', `operator/chats/${kim.chat}/events`)).marks, marks);
});

test('marks told before SIGTERM are there after it; what a crash forgets the client tells again', { timeout: 300000 }, async (t) => {
	const { operator: ana, customers: [kim] } = await converse(stack, t, { relay: 1 });
	const { seq } = await ana.say(kim.chat, 'before the restart');
	kim.send({ t: 'read', chat: kim.chat, seq });
	await ana.frame(({ t: type, seq: upTo }) => type === 'read' && upTo === seq, 'read');
	await stack.relay.stop();
	assert.deepEqual(await noted(kim.chat, 'customer'), { got: seq, read: seq });
	await stack.relay.start();
	await ana.connect({ relay: 1 });
	await kim.connect({ relay: 1, last_seq: await lastSeq(stack, kim.chat) });
	const second = await ana.say(kim.chat, 'before the crash');
	kim.send({ t: 'read', chat: kim.chat, seq: second.seq });
	await ana.frame(({ t: type, seq: upTo }) => type === 'read' && upTo === second.seq, 'read');
	await stack.relay.kill('SIGKILL');
	await stack.relay.start();
	await ana.connect({ relay: 1 });
	const from = ana.frames.length;
	await kim.connect({ relay: 1, last_seq: second.seq });
	kim.send({ t: 'read', chat: kim.chat, seq: second.seq });
	await until(() => ana.frames.slice(from).some(({ t: type, seq: upTo }) => type === 'read' && upTo === second.seq), { what: 'read, told again' });
	await isNoted(kim.chat, 'customer', second.seq, second.seq);
});

test('marks told over HTTP reach the sockets of the other side; what is not stored cannot be read', async (t) => {
	const { operator: ana, customers: [kim] } = await converse(stack, t, apart);
	const { seq } = await ana.say(kim.chat, 'over HTTP?');
	await kim.call('POST', `chats/${kim.chat}/marks`, { got: seq });
	assert.equal((await ana.frame(({ t: type, chat, seq: upTo }) => type === 'got' && chat === kim.chat && upTo === seq, 'got')).author.kind, 'customer');
	const { marks } = await kim.call('POST', `chats/${kim.chat}/marks`, { read: 1000000 });
	assert.deepEqual(marks.customer, { got: seq, read: seq });
	await ana.frame(({ t: type, chat, seq: upTo }) => type === 'read' && chat === kim.chat && upTo === seq, 'read');
	const answer = await kim.say('yes');
	await ana.call('POST', `operator/chats/${kim.chat}/marks`, { got: answer.seq, read: answer.seq });
	await kim.frame(({ t: type, seq: upTo }) => type === 'read' && upTo === answer.seq, 'the operator\'s mark');
	for (const [body, field] of [[{}, 'got'], [{ got: 0 }, 'got'], [{ read: '3' }, 'read'], [{ got: -1 }, 'got'], [{ seen: 1 }, 'seen']]) {
		await assert.rejects(kim.call('POST', `chats/${kim.chat}/marks`, body), ({ status, body: { error } }) => status === 422 && error.field === field, JSON.stringify(body));
	}
	await assert.rejects(kim.tab().call('POST', `chats/${kim.chat}/marks`, { got: 1 }, { Authorization: 'Bearer wrong' }), { status: 401 });
});

test('the operator is told since when the customer is gone, also after a reload of his own', { timeout: 300000 }, async (t) => {
	const { operator: ana, customers: [kim] } = await converse(stack, t, apart);
	await until(() => presence(ana)?.online, { what: 'the customer to be there' });
	const from = ana.frames.length;
	const left = Date.now();
	kim.close();
	await until(() => presence(ana, from)?.online === false, { what: 'the customer to be gone' });
	assert.ok(presence(ana, from).away_s <= 5 + (Date.now() - left) / 1000, `${presence(ana, from).away_s} s`);
	const desk = async () => (await ana.chats()).find(({ id }) => id === kim.chat);
	await until(async () => (await desk()).customer_here === false, { what: 'the desk to say so' });
	const { customer_away_since: since } = await desk();
	assert.ok(Date.parse(since) >= left - 5000 && Date.parse(since) <= Date.now(), since);
	for (const relay of [1, 2]) {
		const laptop = ana.tab();
		await laptop.connect({ relay });
		await until(() => presence(laptop)?.away_s !== undefined, { what: 'since when' });
		assert.equal(presence(laptop).online, false);
		laptop.close();
	}
	await kim.connect({ relay: 1, last_seq: await lastSeq(stack, kim.chat) });
	await until(() => presence(ana, from).online, { what: 'the customer to be back' });
});

test('a customer without a socket, who asks over HTTP, is there for the operator; and gone when he asks no more', { timeout: 300000 }, async (t) => {
	const { operator: ana, customers: [kim] } = await converse(stack, t, apart);
	const from = ana.frames.length;
	kim.close();
	await until(() => presence(ana, from)?.online === false, { what: 'the socket to be gone' });
	const events = () => kim.call('GET', `chats/${kim.chat}/events?after=0`);
	await until(async () => (await events()) && presence(ana, from).online, { what: 'him to be there without a socket' });
	const polled = ana.frames.length;
	await until(() => presence(ana, polled)?.online === false, { what: 'him to be gone', timeout_ms: 120000 });
	assert.ok(presence(ana, polled).away_s >= 15, 'counted from his last question');
});

test('a customer who vanishes together with his relay is gone for the operator on another one', { timeout: 300000 }, async (t) => {
	const { operator: ana, customers: [kim] } = await converse(stack, t, apart);
	await until(() => presence(ana)?.online, { what: 'the customer to be there' });
	const from = ana.frames.length;
	await stack.relays[1].kill('SIGKILL');
	kim.close();
	await until(() => presence(ana, from)?.online === false, { what: 'the customer to be gone', timeout_ms: 120000 });
	await stack.relays[1].start();
});
