// SPDX-License-Identifier: ISC
// What an operator's desk makes of events, offers and reasons.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Texts } from '../../lib/i18n.js';
import { Store } from '../../lib/storage.js';
import { fakeStorage } from '../../lib/tests/fakes.mjs';
import { answerRows, toldRows } from '../answers.js';
import { Duty } from '../duty.js';
import { HeldChat } from '../held-chat.js';
import { Offers } from '../offers.js';
import { ordered } from '../order.js';
import { Papers } from '../papers.js';
import { reasonText } from '../reason.js';
import { found } from '../search.js';
import english from '../texts/en.js';

const at = (n) => `2026-01-01T10:00:${String(n).padStart(2, '0')}.000Z`;
const event = (seq, kind, author, body) => ({ chat: 'c', seq, kind, author: { kind: author, name: '' }, body, at: at(seq) });
const chatOf = (...events) => {
	const chat = new HeldChat({ id: 'c', state: 'active' });
	chat.take(events);
	return chat;
};

test('what the customer told the bot is history: neither unread nor waiting', () => {
	const chat = chatOf(event(1, 'bot_message', 'bot', 'Hi'), event(2, 'message', 'customer', 'Billing'), event(3, 'queued', 'system'),
		event(4, 'joined', 'operator'));
	assert.equal(chat.unread, 0);
	assert.equal(chat.waitingSince, at(4), 'the customer waits for a first word since the operator came');
});

test('who did not take a chat over is told once, also when a look at the desk came before the event', () => {
	const failed = (seq, reason) => ({ ...event(seq, 'transfer_failed', 'system'), data: { reason } });
	const chat = new HeldChat({ id: 'c', state: 'active' });
	assert.equal(chat.refusedBy(chat.take([failed(1, 'declined')])), '', 'of a time before ours');
	chat.update({ id: 'c', state: 'active', transfer: { offer: 'o', operator: 'ben', name: 'Ben', expires_in_s: 20 } });
	chat.update({ id: 'c', state: 'active' });
	assert.equal(chat.transfer, null);
	assert.equal(chat.refusedBy(chat.take([event(2, 'message', 'customer', 'Hi')])), '');
	assert.equal(chat.refusedBy(chat.take([failed(3, 'declined')])), 'Ben');
	assert.equal(chat.refusedBy(chat.take([failed(4, 'declined')])), '');
	chat.update({ id: 'c', state: 'active', transfer: { offer: 'p', operator: 'ben', name: 'Ben', expires_in_s: 20 } });
	assert.equal(chat.refusedBy(chat.take([failed(5, 'withdrawn')])), '', 'we took it back ourselves');
});

test('what the server said before the last change of presence or queues does not undo it', async () => {
	const answers = [];
	const ask = () => new Promise((resolve) => answers.push(resolve));
	const duty = new Duty({ get: ask, put: ask }, { operator: 'ana', name: 'Ana', role: 'operator', presence: { state: 'break' } });
	const early = performance.now() - 1;
	const [looking, joining, coming] = [duty.refresh(), duty.join('sales', true), duty.setPresence('available')];
	answers[1]({ queues: [{ name: 'sales', joined: true }] });
	answers[2]({ operator: { operator: 'ana', name: 'Ana', role: 'operator', presence: { state: 'available' } } });
	await Promise.all([joining, coming]);
	answers[0]({ queues: [{ name: 'sales', joined: false }] });
	await looking;
	duty.hear({ state: 'break' }, early);
	assert.deepEqual([duty.presence, duty.queues[0].joined], ['available', true]);
	duty.hear({ state: 'offline' }, performance.now());
	assert.equal(duty.presence, 'offline', 'what it says afterwards counts');
});

test('a customer waits since the first message that nobody answered', () => {
	const chat = chatOf(event(1, 'joined', 'operator'), event(2, 'message', 'operator', 'Hello'));
	assert.equal(chat.waitingSince, '');
	chat.take([event(3, 'message', 'customer', 'one'), event(4, 'message', 'customer', 'two'), event(5, 'note', 'operator', 'hm')]);
	assert.equal(chat.waitingSince, at(3));
	assert.equal(chat.unread, 2);
	chat.seen = 3;
	assert.equal(chat.unread, 1);
	chat.take([event(6, 'message', 'operator', 'answer')]);
	assert.deepEqual([chat.waitingSince, chat.unread], ['', 0], 'who answers has read');
});

test('an event is taken once, whatever it comes by, and never another chat\'s', () => {
	const chat = chatOf(event(1, 'joined', 'operator'));
	assert.deepEqual(chat.take([event(1, 'joined', 'operator'), { ...event(2, 'message', 'customer', 'x'), chat: 'd' }]), []);
	assert.equal(chat.take([event(2, 'message', 'customer', 'x')]).length, 1);
});

test('typing ends with the message, and an ended chat is never waiting', () => {
	const chat = chatOf(event(1, 'joined', 'operator'));
	chat.typing = true;
	chat.take([event(2, 'message', 'customer', 'x')]);
	assert.equal(chat.typing, false);
	chat.take([event(3, 'ended', 'customer')]);
	assert.deepEqual([chat.ended, chat.waitingSince], [true, '']);
});

test('the server\'s list of offers does not take away what came after it was asked for', () => {
	let now = 1000;
	const offers = new Offers(() => now);
	assert.equal(offers.put({ offer: 'a', chat: 'x', expires_in_s: 15 }), true);
	now = 2000;
	offers.put({ offer: 'b', chat: 'y', expires_in_s: 15, waited_s: 4 });
	assert.deepEqual(offers.replace([], 1500), []);
	assert.deepEqual(offers.list.map((o) => o.offer), ['b']);
	assert.deepEqual([offers.get('b').deadline, offers.get('b').waitingFrom], [17000, -2000]);
	assert.deepEqual(offers.replace([{ offer: 'b', chat: 'y', expires_in_s: 3 }, { offer: 'c', chat: 'z', expires_in_s: 9 }], 3000).map((o) => o.offer), ['c']);
	assert.equal(offers.get('b').deadline, 5000, 'the server\'s time counts');
});

test('what became of an offer is told once, also when the list was without it before', () => {
	const offers = new Offers(() => 0);
	offers.put({ offer: 'a', chat: 'x', name: 'Kim', expires_in_s: 15 });
	offers.put({ offer: 'b', chat: 'y', name: 'Zoë', expires_in_s: 15 });
	offers.replace([{ offer: 'b', chat: 'y', expires_in_s: 15 }], 10);
	assert.deepEqual(offers.list.map((o) => o.offer), ['b']);
	assert.deepEqual(['a', 'b', 'a', 'b'].map((id) => offers.gone(id)?.name), ['Kim', 'Zoë', undefined, undefined]);
	assert.deepEqual(offers.list, []);
	for (let i = 0; i < 30; i++) offers.put({ offer: `o${i}`, chat: 'x', expires_in_s: 15 });
	offers.replace([], 10);
	assert.deepEqual([offers.gone('o0'), offers.gone('o29')?.offer], [undefined, 'o29'], 'not for ever');
});

test('an offer that is over does not come back by a list that was asked for before', () => {
	const offers = new Offers(() => 0);
	const [a, b] = ['a', 'b'].map((offer) => ({ offer, chat: offer, expires_in_s: 15 }));
	for (const offer of [a, b]) offers.put(offer);
	offers.over('a');
	offers.gone('b');
	assert.deepEqual(offers.replace([a, b], 10), []);
	assert.deepEqual(offers.list, []);
});

test('an offer being answered stays until its answer', () => {
	const offers = new Offers(() => 0);
	offers.put({ offer: 'a', chat: 'x', expires_in_s: 15 });
	offers.get('a').busy = 'accept';
	offers.replace([], 10);
	assert.equal(offers.list.length, 1);
});

test('why something cannot be is told in the reader\'s language by its code, of him or of others; an unknown code as the server says it', () => {
	const texts = new Texts('en', { english });
	assert.equal(reasonText({ code: 'missing_skill', skill: 'billing', needs: 4 }, texts), 'Needs the skill “billing”');
	assert.equal(reasonText({ code: 'below_minimum', skill: 'french', needs: 7, has: 3 }, texts), 'Needs “french” at 7 or better, you have 3');
	assert.equal(reasonText({ code: 'below_minimum', skill: 'french', needs: 7, has: 3 }, texts, 'them'), 'Has “french” at 3, needed is 7');
	assert.equal(reasonText({ code: 'presence', state: 'break' }, texts, 'them'), 'Break');
	assert.equal(reasonText({ code: 'moon', reason: 'the moon is full' }, texts), 'the moon is full');
	assert.equal(reasonText({}, texts), '');
});

test('a chat that is being passed on knows until when, and forgets with the server', () => {
	const chat = chatOf();
	chat.update({ id: 'c', state: 'active', idle: true, transfer: { offer: 'o', operator: 'ben', name: 'Ben', expires_in_s: 10 } });
	assert.equal(chat.info.idle, true);
	assert.ok(chat.transfer.deadline > performance.now() + 9000 && chat.transfer.deadline <= performance.now() + 10_000);
	chat.update({ id: 'c', state: 'active' });
	assert.deepEqual([chat.transfer, chat.info.idle], [null, false]);
});

test('rows are ordered by a value, what has none last either way, equals as they came', () => {
	const rows = [{ n: 'b', v: 2 }, { n: 'a', v: undefined }, { n: 'd', v: 10 }, { n: 'c', v: 2 }];
	const names = (down, by) => ordered(rows, { by: '', down }, (row) => row[by], 'en').map((row) => row.n).join('');
	assert.deepEqual([names(false, 'v'), names(true, 'v'), names(false, 'n'), names(true, 'n')], ['bcda', 'dbca', 'abcd', 'dcba']);
	assert.deepEqual(ordered(['é', 'f', 'e'], { by: '', down: false }, (row) => row, 'fr'), ['e', 'é', 'f']);
});

test('who is looked for is found without case and accents, by any of his names', () => {
	assert.ok(found('CHLOE mar', 'Chloé Martin', 'chloe'));
	assert.ok(found('', 'anybody'));
	assert.ok(!found('chloe x', 'Chloé Martin', 'chloe'));
	assert.ok(found('ولي', 'وليد'));
});

test('answers become lines of text; what says nothing is left out', () => {
	assert.deepEqual(answerRows({ order: 4711, empty: '', none: null, many: ['a', 'b'], deep: { x: 1 } }), [['order', '4711'], ['many', 'a, b'], ['deep', '{"x":1}']]);
	assert.deepEqual(answerRows(null), []);
});

test('what was asked is told in the operator\'s language, else in English, else by its name', () => {
	const told = [
		{ name: 'order', value: 'A-1', labels: { en: 'Order', de: 'Bestellung' } }, { name: 'topic', value: 'refund', labels: { fr: 'Sujet' }, values: { en: 'Money', de: 'Geld' } },
		{ name: 'plan', value: 3 }, { name: 'left', value: null },
	];
	assert.deepEqual(toldRows({ told }, 'de-AT'), [['Bestellung', 'A-1'], ['Sujet', 'Geld'], ['plan', '3']]);
	assert.deepEqual(toldRows({ told }, 'es'), [['Order', 'A-1'], ['Sujet', 'Money'], ['plan', '3']]);
	assert.deepEqual(toldRows({ answers: { order: 'A-1' } }, 'de'), [['order', 'A-1']], 'a server that tells no more');
	assert.deepEqual(toldRows({}, 'de'), []);
});

test('drafts are kept for each chat and each kind, and go with the chat', () => {
	const papers = new Papers(new Store('t:', () => fakeStorage()));
	papers.keepDraft('c', 'message', 'half a sentence');
	papers.keepDraft('c', 'note', 'a note');
	assert.deepEqual([papers.draft('c', 'message'), papers.draft('c', 'note'), papers.draft('d', 'message')], ['half a sentence', 'a note', '']);
	papers.forget('c');
	assert.deepEqual([papers.draft('c', 'message'), papers.draft('c', 'note')], ['', '']);
	papers.store.set('unfiled', [{ id: 'c' }, null, 7]);
	assert.deepEqual(papers.unfiled, [{ id: 'c' }]);
});

test('a list that was asked before the customer left does not bring him back; a later one does', (t) => {
	let now = 5000;
	t.mock.method(performance, 'now', () => now);
	const chat = new HeldChat({ id: 'c', state: 'active', customer_here: true });
	chat.hear({ t: 'presence', online: false, away_s: 60 });
	chat.update({ id: 'c', state: 'active', customer_here: true });
	assert.equal(chat.here, false);
	assert.ok(Math.abs(Date.now() - Date.parse(chat.awaySince) - 60_000) < 30_000, 'since a minute ago');
	now += 2001;
	chat.update({ id: 'c', state: 'active', customer_here: true });
	assert.deepEqual([chat.here, chat.awaySince], [true, '']);
	chat.update({ id: 'c', state: 'active', customer_here: false, customer_away_since: '2026-06-01T12:03:00.000Z' });
	assert.deepEqual([chat.here, chat.awaySince], [false, '2026-06-01T12:03:00.000Z']);
});

test('what was read on another device counts as read here', () => {
	const chat = new HeldChat({ id: 'c', state: 'active', marks: { operator: { got: 3, read: 2 } } });
	chat.take([1, 2, 3].map((seq) => ({ chat: 'c', seq, kind: 'message', author: { kind: 'customer' }, body: `m${seq}`, at: '2026-06-01T12:00:00Z' })));
	assert.equal(chat.unread, 1);
	chat.update({ id: 'c', state: 'active', marks: { operator: { got: 3, read: 3 } } });
	assert.equal(chat.unread, 0);
});
