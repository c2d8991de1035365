// SPDX-License-Identifier: ISC
// What becomes of the desk by the server's answers to what an operator does.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError } from '../../lib/api.js';
import { HeldChat } from '../held-chat.js';
import { Offers } from '../offers.js';
import { Verbs } from '../verbs.js';

/** A desk that writes down what is done to it, before a server whose answers are given; an Error is thrown. */
function deskWith(answers) {
	const asked = [];
	const done = [];
	const answer = async (method, path, body) => {
		asked.push([method, path, body]);
		const found = answers[`${method} ${path}`];
		if (found instanceof Error) throw found;
		return found;
	};
	const api = { get: (path) => answer('GET', path), post: (path, body) => answer('POST', path, body), delete: (path) => answer('DELETE', path) };
	const note = (what) => (detail) => { done.push([what, detail?.name ?? detail?.id ?? detail]); };
	const offers = new Offers(() => 0);
	const desk = { offers, say: note('say'), changed: () => {}, answered: () => {}, lost: (error) => error.code === 'unauthorized', hold: note('hold'), drop: note('drop'),
		fetch: async () => {}, select: note('select'), refresh: async () => {} };
	return { verbs: new Verbs(api, desk), asked, done, offers };
}

const kim = () => new HeldChat({ id: 'kim', state: 'active', name: 'Kim' });
const transfer = 'POST operator/chats/kim/transfer';

test('passed on to a queue, a chat leaves the desk; a colleague who is asked leaves it there', async () => {
	const queue = deskWith({ [transfer]: { chat: { id: 'kim', state: 'queued', queue: 'sales' } } });
	assert.equal(await queue.verbs.transfer(kim(), { queue: 'sales' }, ''), null);
	assert.deepEqual(queue.asked, [['POST', 'operator/chats/kim/transfer', { queue: 'sales' }]]);
	assert.deepEqual(queue.done, [['say', 'notice.queued'], ['drop', 'kim']]);
	const asks = deskWith({ [transfer]: { chat: { id: 'kim', state: 'active', transfer: { offer: 'o', name: 'Ben', operator: 'ben', expires_in_s: 9 } } } });
	assert.equal(await asks.verbs.transfer(kim(), { operator: 'ben' }, 'a note'), null);
	assert.deepEqual(asks.asked[0][2], { operator: 'ben', note: 'a note' });
	assert.deepEqual(asks.done, [['hold', 'kim']]);
});

test('what is refused comes back with the reason\'s code and figures; the chat stays and is free for the next try', async () => {
	const full = deskWith({ [transfer]: new ApiError(409, { code: 'conflict', reason: 'has 2 of 2 chats', reason_code: 'full', load: 2, cap: 2 }) });
	const chat = kim();
	assert.deepEqual(await full.verbs.transfer(chat, { operator: 'ben' }, ''), { name: 'conflict', reason: { code: 'full', load: 2, cap: 2, reason: 'has 2 of 2 chats' } });
	assert.deepEqual([chat.busy, full.done], ['', []]);
	const others = [[409, { code: 'closed' }, 'closed'], [0, {}, 'again'], [503, {}, 'again'], [404, { code: 'not_found' }, 'refused']];
	for (const [status, body, name] of others) {
		const error = new ApiError(status, body);
		assert.equal((await deskWith({ [transfer]: error }).verbs.transfer(kim(), { queue: 'sales' }, '')).name, name);
	}
});

test('one thing at a time: what is under way is not asked twice', async () => {
	const { verbs, asked } = deskWith({ [transfer]: { chat: { id: 'kim', state: 'queued' } } });
	const chat = kim();
	const [first, second] = await Promise.all([verbs.transfer(chat, { queue: 'sales' }, ''), verbs.transfer(chat, { queue: 'sales' }, '')]);
	assert.deepEqual([first, second.name, asked.length], [null, 'again', 1]);
});

test('a transfer is taken back; without an answer it goes on, and that is said', async () => {
	const chat = kim();
	chat.transfer = { offer: 'o', operator: 'ben', name: 'Ben', expires_in_s: 9, deadline: 9 };
	const away = deskWith({ 'DELETE operator/chats/kim/transfer': new ApiError(0, {}) });
	await away.verbs.takeBack(chat);
	assert.deepEqual([chat.transfer.name, away.done], ['Ben', [['say', 'notice.again']]]);
	await deskWith({ 'DELETE operator/chats/kim/transfer': null }).verbs.takeBack(chat);
	assert.equal(chat.transfer, null);
});

test('an accepted offer opens its chat; one that is gone goes away and says so; without an answer it stays', async () => {
	const put = (answer) => {
		const desk = deskWith({ 'POST offers/o/accept': answer });
		desk.offers.put({ offer: 'o', chat: 'kim', expires_in_s: 15 });
		return desk;
	};
	const taken = put({ chat: { id: 'kim' } });
	assert.equal(await taken.verbs.accept('o'), 'kim');
	assert.deepEqual([taken.done, taken.offers.list], [[['hold', 'kim'], ['select', 'kim']], []]);
	const late = put(new ApiError(409, { code: 'offer_expired' }));
	assert.equal(await late.verbs.accept('o'), '');
	assert.deepEqual([late.done, late.offers.list], [[['say', 'notice.offer_expired']], []]);
	const lost = put(new ApiError(0, {}));
	assert.equal(await lost.verbs.accept('o'), '');
	assert.deepEqual([lost.offers.get('o').problem, lost.offers.get('o').busy], ['again', '']);
});

test('a supervisor takes a chat, or is told why not', async () => {
	const free = deskWith({ 'POST operator/chats/kim/take': { chat: { id: 'kim' } } });
	assert.equal(await free.verbs.take('kim'), null);
	assert.deepEqual(free.done, [['hold', 'kim']]);
	const full = deskWith({ 'POST operator/chats/kim/take': new ApiError(409, { code: 'conflict', reason_code: 'full', load: 3, cap: 3 }) });
	assert.deepEqual((await full.verbs.take('kim')).reason, { code: 'full', load: 3, cap: 3 });
	const again = deskWith({ 'POST operator/chats/kim/requeue': {} });
	assert.equal(await again.verbs.requeue('kim', 'sales', 'wrong queue'), null);
	assert.deepEqual(again.asked[0][2], { queue: 'sales', reason: 'wrong queue' });
});

test('what has not arrived is sent again or discarded; what somebody else has done already is told apart from no answer', async () => {
	const good = deskWith({ 'POST outbox/x/replay': { item: 'x' }, 'POST outbox/replay': { items: 3 }, 'DELETE outbox/x': { item: 'x' } });
	assert.deepEqual(await good.verbs.sendLetter('x'), { answer: { item: 'x' } });
	assert.deepEqual(await good.verbs.sendLetters('webhook', 'crm'), { answer: { items: 3 } });
	assert.deepEqual(good.asked[1][2], { kind: 'webhook', account: 'crm' });
	assert.deepEqual(await good.verbs.dropLetter('x'), { answer: { item: 'x' } });
	for (const error of [new ApiError(409, { code: 'bad_state', field: 'item' }), new ApiError(404, { code: 'not_found', field: 'item' })])
		assert.equal((await deskWith({ 'POST outbox/x/replay': error }).verbs.sendLetter('x')).refusal.name, 'refused');
	assert.equal((await deskWith({ 'DELETE outbox/x': new ApiError(0, {}) }).verbs.dropLetter('x')).refusal.name, 'again');
});
