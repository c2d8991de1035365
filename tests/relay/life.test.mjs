// SPDX-License-Identifier: ISC
// Chats that change hands while sockets are open: passed on, taken, accepted by themselves; and the desk that is told what no other frame tells.

import { beforeEach, test } from 'node:test';
import assert from 'node:assert/strict';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { Customer, Operator } from '../support/people.mjs';

const stack = useStack();
const people = {};

// Everybody of an earlier test is away; these are on duty for sales, each with a socket.
async function duty(...names) {
	for (const name of names) {
		people[name] ??= await Operator.logIn(stack, name, ['sales']);
		const person = people[name];
		person.close();
		Object.assign(person, { frames: [], taken: undefined });
		await person.connect();
		await person.presence('available');
	}
	return names.map((name) => people[name]);
}

async function waits(request = {}) {
	const customer = await Customer.open(stack, { queue: 'sales', name: 'Kim', ...request });
	await customer.connect();
	return customer;
}

const kindsOf = (person, chat) => person.events(chat).map(({ kind }) => kind);
const sees = (person, chat, kind) =>
	until(() => person.events(chat).find((event) => event.kind === kind), { what: `${kind} on the socket of ${person.name ?? 'the customer'}` });

beforeEach(async () => {
	for (const person of Object.values(people)) await person.presence('busy');
	await stack.query("update chat.queue set auto_accept = false, offer_timeout_s = 300 where queue = 'sales'");
});

test('passed on over sockets: the colleague has it from its first event, the giver no more', async () => {
	const [ana] = await duty('ana');
	const kim = await waits();
	await ana.accept(await ana.nextOffer());
	await sees(ana, kim.chat, 'joined');
	const [chloe] = await duty('chloe');
	await ana.call('POST', `operator/chats/${kim.chat}/transfer`, { operator: 'chloe', note: 'Wants French.' });
	const offer = await chloe.nextOffer();
	assert.deepEqual([offer.kind, offer.from, offer.note, offer.name], ['transfer', 'Ana Silva', 'Wants French.', 'Kim']);
	assert.equal((await ana.say(kim.chat, 'one moment')).t, 'ack', 'until then the giver goes on talking');
	chloe.send({ t: 'accept', offer: offer.offer });
	await chloe.frame(({ t, offer: id }) => t === 'accepted' && id === offer.offer, 'accepted');
	await until(() => kindsOf(chloe, kim.chat).filter((kind) => kind === 'joined').length === 2, { what: 'the chat on the colleague\'s socket' });
	assert.deepEqual(kindsOf(chloe, kim.chat), ['queued', 'assigned', 'joined', 'note', 'message', 'transferred', 'left', 'assigned', 'joined']);
	await sees(ana, kim.chat, 'transferred');
	assert.equal((await ana.post(kim.chat, 'am I still here?')).code, 'not_owner');
	await until(() => kindsOf(kim, kim.chat).filter((kind) => kind === 'joined').length === 2, { what: 'the customer to be told' });
	assert.equal((await chloe.say(kim.chat, 'bonjour')).t, 'ack');
	await until(() => kim.events(kim.chat).some(({ body }) => body === 'bonjour'), { what: 'the colleague\'s words' });
	await chloe.end(kim.chat);
});

test('declined over the socket: giver and customer are told, the giver\'s other tab too', async () => {
	const [ana] = await duty('ana');
	const kim = await waits();
	await ana.accept(await ana.nextOffer());
	const [chloe] = await duty('chloe');
	const tab = ana.tab();
	await tab.connect();
	await ana.call('POST', `operator/chats/${kim.chat}/transfer`, { operator: 'chloe' });
	await tab.frame(({ t }) => t === 'desk', 'the other tab to be told that a transfer is under way');
	const offer = await chloe.nextOffer();
	chloe.send({ t: 'decline', offer: offer.offer });
	await chloe.frame(({ t, reason }) => t === 'offer_gone' && reason === 'declined', 'offer_gone');
	for (const who of [ana, tab, kim]) assert.deepEqual((await sees(who, kim.chat, 'transfer_failed')).data, { to: 'Chloé Martin', reason: 'declined' });
	assert.equal((await ana.say(kim.chat, 'I stay with you')).t, 'ack');
	tab.close();
	await ana.end(kim.chat);
});

test('taken by a supervisor: the chat is on his socket without a click', async () => {
	const [ana] = await duty('ana');
	const kim = await waits();
	await ana.accept(await ana.nextOffer());
	const [sam] = await duty('sam');
	await sam.call('POST', `operator/chats/${kim.chat}/take`, {});
	await sees(sam, kim.chat, 'queued');
	assert.equal((await sam.say(kim.chat, 'I am the supervisor')).t, 'ack');
	assert.equal((await sees(ana, kim.chat, 'left')).data.reason, 'supervisor');
	await sees(kim, kim.chat, 'message');
	await sam.end(kim.chat);
});

test('two missed offers: the desk is told, a break with a reason; one click brings the offers back', async () => {
	await stack.query("update chat.queue set offer_timeout_s = 1 where queue = 'sales'");
	const [ana] = await duty('ana');
	const kim = await waits();
	const from = ana.frames.length;
	const expired = () => stack.query("select offer from chat.offer where chat = $1 and state = 'expired'", [kim.chat]);
	await until(async () => (await expired()).length === 2, { what: 'two offers to expire' }); // on a slow machine before her socket was told of them
	await until(async () => {
		const told = ana.frames.slice(from).some(({ t }) => t === 'desk');
		return told && (await ana.call('GET', 'me/chats')).presence.code;
	}, { what: 'the desk to be told' });
	await stack.query("update chat.queue set offer_timeout_s = 300 where queue = 'sales'");
	assert.deepEqual((await ana.call('GET', 'me/chats')).presence, { state: 'break', reason: 'not responding', code: 'not_responding' });
	await ana.presence('available');
	const missed = (await expired()).map(({ offer }) => offer);
	const offer = await ana.frame((frame) => frame.t === 'offer' && !missed.includes(frame.offer), 'another offer');
	assert.equal(offer.chat, kim.chat);
	await ana.accept(offer);
	await ana.end(kim.chat);
});

test('a silent customer\'s chat makes room, and counts again when he writes', async () => {
	await stack.query("update chat.queue set idle_release_s = 1 where queue = 'sales'");
	await stack.query("update chat.operator set max_chats = 1 where operator = 'ana'");
	const [ana] = await duty('ana');
	const kim = await waits();
	await ana.accept(await ana.nextOffer());
	await until(async () => (await ana.chats()).find(({ id }) => id === kim.chat)?.idle, { what: 'the chat to be released' });
	await ana.frame(({ t }) => t === 'desk', 'the desk to be told');
	await stack.query("update chat.queue set idle_release_s = 3600 where queue = 'sales'");
	const lee = await waits({ name: 'Lee' });
	const offer = await ana.nextOffer();
	assert.equal(offer.chat, lee.chat);
	await ana.accept(offer);
	assert.equal((await kim.say('I am back')).t, 'ack');
	await until(async () => (await stack.query("select load from chat.operator_state where operator = 'ana'"))[0].load === 2, { what: 'both to count' });
	assert.equal((await ana.chats()).find(({ id }) => id === kim.chat).idle, undefined);
	await stack.query("update chat.queue set idle_release_s = 0 where queue = 'sales'");
	await stack.query("update chat.operator set max_chats = 2 where operator = 'ana'");
	for (const { chat } of [kim, lee]) await ana.end(chat);
});

test('auto_accept: the chat is on the operator\'s socket without a click, and the customer sees who has come', async () => {
	await stack.query("update chat.queue set auto_accept = true where queue = 'sales'");
	const [ana] = await duty('ana');
	const kim = await waits();
	assert.equal((await sees(kim, kim.chat, 'joined')).author.name, 'Ana Silva');
	await sees(ana, kim.chat, 'joined');
	assert.deepEqual(kindsOf(ana, kim.chat), ['queued', 'assigned', 'joined']);
	assert.ok(!ana.frames.some(({ t }) => t === 'offer' || t === 'accepted'), 'nothing was asked of her');
	assert.equal((await ana.say(kim.chat, 'hello')).t, 'ack');
	assert.ok((await ana.chats()).some(({ id }) => id === kim.chat));
	await ana.end(kim.chat);
});
