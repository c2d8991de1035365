// SPDX-License-Identifier: ISC
// Offers on the operator's socket: shown, taken, declined, and taken away again for each reason (G6, G9, PF14).

import { afterEach, test } from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { Customer } from '../support/people.mjs';
import { onDuty, part } from '../support/conversation.mjs';

const stack = useStack();
let present = { operators: [], customers: [] };

async function duty(name, queue = 'sales') {
	const operator = await onDuty(stack, name, [queue]);
	present.operators.push(operator);
	return operator;
}

async function waits(request = {}) {
	const customer = await Customer.open(stack, { queue: 'sales', ...request });
	present.customers.push(customer);
	await customer.connect();
	return customer;
}

// The answer to accept or decline: `accepted`, `offer_gone` or an error that names the offer.
async function answerTo(operator, frame) {
	const from = operator.frames.length;
	operator.send(frame);
	return until(() => operator.frames.slice(from).find(({ t, offer }) => ['accepted', 'error', 'offer_gone'].includes(t) && offer === frame.offer),
		{ what: `an answer to ${frame.t}` });
}

const gone = (operator, offer) => operator.frame((frame) => frame.t === 'offer_gone' && frame.offer === offer.offer, 'offer_gone');

afterEach(async () => {
	await Promise.all(present.operators.map((operator) => part(stack, operator, present.customers)));
	await Promise.all(present.customers.map((customer) => customer.call('POST', `chats/${customer.chat}/end`, {})));
	await stack.query('update chat.queue set offer_timeout_s = 300');
	present = { operators: [], customers: [] };
});

test('an offer shows whose chat it is, how long it has waited and how long it stands', async () => {
	const ana = await duty('ana', 'billing');
	const kim = await waits({ queue: 'billing', name: 'Kim', page_url: 'http://127.0.0.1/cart', locale: 'de', answers: { order: 'A-7' } });
	const { heard_at, offer, why, decision, waited_s, expires_in_s, ...rest } = await ana.nextOffer();
	assert.ok(heard_at);
	assert.match(offer, /^[0-9a-f-]{36}$/);
	assert.ok(typeof why === 'string' && why.length > 0, 'why is a sentence');
	const [{ rule, score }] = await stack.query("select rule, (why -> 'score')::int as score from chat.offer where offer = $1", [offer]);
	assert.deepEqual(decision, { rule, others: 0, load: 0, ...(score === null ? {} : { score }) });
	const [{ since, left, whole }] = await stack.query(`select extract(epoch from clock_timestamp() - c.arrived_at)::float8 as since,
		extract(epoch from o.expires_at - clock_timestamp())::float8 as left, extract(epoch from o.expires_at - o.offered_at)::float8 as whole
		from chat.offer o join chat.chat c using (chat) where offer = $1`, [offer]);
	assert.equal(whole, 300);
	assert.ok(waited_s >= 0 && waited_s <= Math.ceil(since), `waited ${waited_s} s, now ${since} s`);
	assert.ok(expires_in_s >= Math.floor(left) && expires_in_s <= whole, `${expires_in_s} s left, now ${left} s`);
	assert.deepEqual(rest, { t: 'offer', kind: 'routed', chat: kim.chat, queue: 'billing', queue_label: 'Billing', name: 'Kim', answers: { order: 'A-7' },
		page_url: 'http://127.0.0.1/cart', locale: 'de' });
	assert.ok(!ana.frames.some(({ t, chat }) => t === 'event' && chat === kim.chat), 'the messages are not his yet');
});

test('accept over the socket answers with the chat, then its events follow from the beginning', async () => {
	const ana = await duty('ana');
	const kim = await waits({ name: 'Kim' });
	await kim.say('before anybody was here');
	const offer = await ana.nextOffer();
	const accepted = await answerTo(ana, { t: 'accept', offer: offer.offer });
	assert.deepEqual([accepted.t, accepted.chat.id, accepted.chat.state, accepted.chat.queue, accepted.chat.name],
		['accepted', kim.chat, 'active', 'sales', 'Kim']);
	const joined = await ana.frame(({ t, chat, kind }) => t === 'event' && chat === kim.chat && kind === 'joined', 'joined');
	assert.deepEqual(ana.events(kim.chat).map(({ seq }) => seq), Array.from({ length: joined.seq }, (_, i) => i + 1));
	assert.ok(ana.events(kim.chat).some(({ body }) => body === 'before anybody was here'));
	await kim.frame(({ kind, author }) => kind === 'joined' && author.name === 'Ana Silva', 'the customer to see who has come');
	assert.equal((await ana.say(kim.chat, 'hello')).t, 'ack');
});

test('offers that the router makes together reach every desk', async () => {
	const client = await stack.database.connect();
	await client.query('begin');
	await client.query('select pg_advisory_xact_lock(7398, internal.router_lock((internal.router_term()).term))'); // no pass meanwhile
	const desks = [], customers = [];
	try {
		for (const name of ['ana', 'chloe']) desks.push(await duty(name));
		await stack.query("update chat.operator set max_chats = 1 where operator in ('ana', 'chloe')"); // until each comes on duty again: who gets an offer is out of it
		for (const name of ['Kim', 'Lee']) customers.push(await waits({ name }));
	} finally {
		await client.end();
	}
	const offers = await Promise.all(desks.map((desk) => desk.nextOffer()));
	const chats = customers.map(({ chat }) => chat);
	assert.deepEqual(offers.map(({ chat }) => chat).sort(), chats.sort());
	const statements = await stack.query("select distinct xmin::text, cmin::text from chat.audit where new ->> 'state' = 'offered' and key = any ($1)", [chats]);
	assert.equal(statements.length, 1, 'both were written by one statement');
});

test('accepting what does not exist, is somebody else\'s, was taken or is over is an error that names the offer', async () => {
	const ana = await duty('ana');
	const kim = await waits();
	const offer = await ana.nextOffer();
	const ben = await duty('ben', 'billing');
	assert.equal((await answerTo(ana, { t: 'accept', offer: randomUUID() })).code, 'not_found');
	assert.equal((await answerTo(ben, { t: 'accept', offer: offer.offer })).code, 'not_found', 'somebody else\'s');
	assert.equal((await answerTo(ben, { t: 'decline', offer: offer.offer })).code, 'not_found');
	assert.equal((await answerTo(ana, { t: 'accept', offer: offer.offer })).t, 'accepted');
	assert.equal((await answerTo(ana, { t: 'accept', offer: offer.offer })).code, 'already_taken');
	const lee = await waits({ queue: 'billing' });
	const late = await ben.nextOffer();
	await stack.query('update chat.offer set expires_at = clock_timestamp() where offer = $1', [late.offer]); // the router sees it at its next look
	await gone(ben, late);
	await ben.presence('busy');
	assert.deepEqual([late.chat, (await answerTo(ben, { t: 'accept', offer: late.offer })).code], [lee.chat, 'offer_expired']);
	for (const bad of [undefined, 'x', 7, offer.offer.toUpperCase()]) {
		const from = ana.frames.length;
		ana.send({ t: 'accept', offer: bad });
		const error = await until(() => ana.frames.slice(from).find(({ t }) => t === 'error'), { what: 'an error' });
		assert.deepEqual([error.code, error.field], ['invalid', 'offer']);
	}
	assert.equal((await stack.query('select count(*)::int as n from chat.assignment where chat = $1', [kim.chat]))[0].n, 1);
});

test('declined: the offer is gone, the reason is kept, another operator gets it', async () => {
	const ana = await duty('ana');
	const kim = await waits();
	const offer = await ana.nextOffer();
	const chloe = await duty('chloe');
	const answer = await answerTo(ana, { t: 'decline', offer: offer.offer, reason: 'lunch' });
	assert.deepEqual([answer.t, answer.reason], ['offer_gone', 'declined']);
	assert.equal((await stack.query('select reason from chat.offer where offer = $1', [offer.offer]))[0].reason, 'lunch');
	assert.equal((await chloe.nextOffer()).chat, kim.chat);
	assert.equal((await answerTo(ana, { t: 'decline', offer: offer.offer })).t, 'error', 'there is nothing left to decline');
});

test('expired (G9): the offer is gone when its time is over, by the database\'s clock', async () => {
	await stack.query('update chat.queue set offer_timeout_s = 6 where queue = \'sales\''); // time enough to be told of it
	const ana = await duty('ana');
	const kim = await waits();
	const offer = await ana.nextOffer();
	assert.equal((await gone(ana, offer)).reason, 'expired');
	const [row] = await stack.query('select state, closed_at >= expires_at as due from chat.offer where offer = $1', [offer.offer]);
	assert.deepEqual(row, { state: 'expired', due: true });
	assert.equal(offer.chat, kim.chat);
});

test('taken: accepted in one tab, over the socket or over HTTP, it is gone in the other, which follows the chat too', async () => {
	const ana = await duty('ana');
	const tab = ana.tab();
	await tab.connect();
	for (const accept of [(offer) => answerTo(ana, { t: 'accept', offer: offer.offer }), (offer) => ana.accept(offer)]) {
		const kim = await waits();
		const [offer, same] = await Promise.all([ana.nextOffer(), tab.nextOffer()]);
		assert.equal(offer.offer, same.offer);
		await accept(offer);
		assert.equal((await gone(tab, offer)).reason, 'taken');
		await tab.frame(({ t, chat, kind }) => t === 'event' && chat === kim.chat && kind === 'joined', 'the chat in the other tab');
		assert.equal((await tab.say(kim.chat, 'from the other tab')).t, 'ack');
	}
	tab.close();
});

test('withdrawn: an operator who is busy from now on loses what was held out to him', async () => {
	const ana = await duty('ana');
	const kim = await waits();
	const offer = await ana.nextOffer();
	await ana.presence('busy');
	assert.equal((await gone(ana, offer)).reason, 'withdrawn');
	await ana.presence('available');
	assert.equal((await ana.nextOffer()).chat, kim.chat, 'back, he gets it again');
});

test('abandoned: the customer ends the chat while it is held out', async () => {
	const ana = await duty('ana');
	const kim = await waits();
	const offer = await ana.nextOffer();
	await kim.call('POST', `chats/${kim.chat}/end`, {});
	assert.equal((await gone(ana, offer)).reason, 'abandoned');
	assert.equal((await answerTo(ana, { t: 'accept', offer: offer.offer })).code, 'offer_expired');
});

test('an operator who connects is shown what is held out to him already', async () => {
	const ana = await duty('ana');
	const kim = await waits();
	const offer = await ana.nextOffer();
	const tab = ana.tab();
	await tab.connect();
	const shown = await tab.nextOffer();
	assert.deepEqual([shown.offer, shown.chat], [offer.offer, kim.chat]);
	tab.close();
});

test('PF14 over sockets: fifty tabs accept the same offer at once: one chat, one owner, 49 times already_taken', async () => {
	const ana = await duty('ana');
	const tabs = await Promise.all(Array.from({ length: 49 }, async () => {
		const tab = ana.tab();
		await tab.connect();
		return tab;
	}));
	const kim = await waits();
	const offers = await Promise.all([ana, ...tabs].map((tab) => tab.nextOffer()));
	assert.equal(new Set(offers.map(({ offer }) => offer)).size, 1);
	const from = [ana, ...tabs].map(({ frames }) => frames.length);
	for (const tab of [ana, ...tabs]) tab.send({ t: 'accept', offer: offers[0].offer });
	const answer = ({ frames }, i) => until(() => frames.slice(from[i]).find(({ t }) => ['accepted', 'error'].includes(t)), { what: 'an answer' });
	const answers = await Promise.all([ana, ...tabs].map(answer));
	assert.equal(answers.filter(({ t }) => t === 'accepted').length, 1);
	assert.equal(answers.filter(({ code }) => code === 'already_taken').length, 49);
	assert.equal((await stack.query('select count(*)::int as n from chat.assignment where chat = $1', [kim.chat]))[0].n, 1);
	for (const tab of tabs) tab.close();
});
