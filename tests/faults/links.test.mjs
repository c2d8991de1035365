// SPDX-License-Identifier: ISC
// The network between the clients and two relays breaks, falls silent or is not read: everybody resumes, nobody else feels it.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import WebSocket from 'ws';
import { ChatSocket } from '../../www/lib/chat-socket.js';
import { openLink } from '../support/link.mjs';
import { RawSocket } from '../support/raw-socket.mjs';
import { memoryKiB } from '../support/resources.mjs';
import { seeded } from '../support/seeded.mjs';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { begin, furnish } from './shift.mjs';

const LONG = { timeout: 600000 };
const HEARTBEAT_S = 4; // who reads and answers does so in that time even on a machine that is very busy
const BACK_OFF_MS = 500; // of the widget and the console, at least
const CLOCK_MS = 5;
const CUTS = 200;
const GROWN_KIB = 131072;
const stack = useStack({ relays: 2, prepare: furnish, options: { heartbeat_s: HEARTBEAT_S, out_queue_max_bytes: 65536, out_queue_max_events: 50 } });
// ChatSocket is written for browsers; Node 18, which Debian has, lacks this one
globalThis.CustomEvent ??= class extends Event {
	constructor(type, { detail = null, ...given } = {}) {
		super(type, given);
		this.detail = detail;
	}
};
const closings = () => stack.relays.reduce((sum, { log }) => sum + log.split('event=closing code=4408').length - 1, 0);
const origin = () => new URL(stack.url).origin;

async function linkFor(t) {
	const link = await openLink(stack.port);
	t.after(() => link.close());
	return link;
}

test('200 random cuts, some in the middle of a frame: nothing lost, doubled, out of order or told to a stranger', LONG, async (t) => {
	const seed = Date.now() % 2 ** 31;
	t.diagnostic(`seed ${seed}`);
	const next = seeded(seed);
	const link = await linkFor(t);
	const shift = await begin(stack, t, { connection: () => ({ port: link.port }) });
	let cuts = 0;
	while (cuts + link.cuts < CUTS) {
		if (next() < 0.5) link.cutLater(next(), Math.floor(next() * 600));
		else cuts += shift.talkers[Math.floor(next() * shift.talkers.length)].cut() ? 1 : 0;
		if (shift.there < 8) shift.visit();
		await pause(next() * 30);
	}
	await shift.over();
	t.diagnostic(`${cuts} cuts by the clients, ${link.cuts} in between, ${shift.talkers.reduce((sum, { connects }) => sum + connects, 0)} hellos`);
});

test('what was sent later over one connection arrives before what was sent earlier over another: every receiver has the same order all the same (C5)', LONG, async (t) => {
	const seed = Date.now() % 2 ** 31;
	t.diagnostic(`seed ${seed}`);
	const link = await linkFor(t);
	link.reorder(seeded(seed), 60);
	const shift = await begin(stack, t, { connection: () => ({ port: link.port }) });
	await shift.over();
	t.diagnostic(`${link.overtaken} pieces were overtaken`);
	assert.ok(link.overtaken > 200, `${link.overtaken} pieces were overtaken`);
	assert.deepEqual([...shift.codes], [], 'no socket was closed for it');
});

// The widget's own connection as another tab of a customer, and when it lost and tried again.
class WidgetTab {
	constructor({ chat, token }, link) {
		Object.assign(this, { chat, seq: 0, gaps: 0, lost_at: null, waits: [] });
		const OwnOrigin = class extends WebSocket {
			constructor(url, protocol) {
				super(url, protocol, { origin: origin() });
				super.on('error', () => {});
			}
		};
		this.socket = new ChatSocket({ url: () => `ws://localhost:${link.port}/chat/relay`, hello: () => ({ t: 'hello', token, chat, last_seq: this.seq }), WebSocket: OwnOrigin });
		this.socket.addEventListener('frame', ({ detail }) => this.#hear(detail));
		this.socket.addEventListener('state', () => this.#turn());
		this.socket.start();
	}

	get state() {
		return this.socket.state;
	}

	#hear({ t, seq }) {
		if (t !== 'event') return;
		if (seq !== this.seq + 1) this.gaps++;
		this.seq = seq;
	}

	#turn() {
		if (this.state === 'waiting') this.lost_at = performance.now();
		if (this.state === 'connecting' && this.lost_at !== null) this.waits.push(performance.now() - this.lost_at);
		if (this.state !== 'waiting') this.lost_at = null;
	}
}

test('PF11: all connections of customers are reset at once: all resume, the widget no sooner than its back-off allows', LONG, async (t) => {
	const link = await linkFor(t);
	const shift = await begin(stack, t, { hold: true, connection: (kind) => (kind === 'customer' ? { port: link.port } : {}) });
	await shift.underWay();
	const tabs = shift.talkers.filter(({ person }) => person.chat).map(({ person }) => new WidgetTab(person, link));
	t.after(() => tabs.forEach(({ socket }) => socket.stop()));
	await until(() => tabs.every(({ state }) => state === 'ready'), { what: 'the widgets to be connected' });
	const cut = link.cut();
	t.diagnostic(`${cut} connections were reset`);
	assert.ok(cut > tabs.length, 'the customers\' own and the widgets\'');
	await until(() => tabs.every(({ waits, state }) => waits.length > 0 && state === 'ready'), { what: 'every widget to be back' });
	shift.hold = false;
	await shift.over();
	await until(() => tabs.every(({ socket }) => socket.state === 'stopped'), { what: 'the widgets to hear of the end' });
	assert.deepEqual(tabs.filter(({ gaps }) => gaps > 0), [], 'no widget missed or repeated an event');
	const waits = tabs.flatMap((tab) => tab.waits);
	t.diagnostic(`the widgets tried again after ${Math.round(Math.min(...waits))} to ${Math.round(Math.max(...waits))} ms`);
	assert.ok(Math.min(...waits) >= BACK_OFF_MS - CLOCK_MS);
});

test('PF12: an operator\'s link falls silent: noticed, his chats go to others; back again he cannot write into them', LONG, async (t) => {
	const link = await linkFor(t);
	const shift = await begin(stack, t, { messages: 20, absent: ['ana'], connection: (kind, i) => (kind === 'operator' && i === 0 ? { port: link.port } : {}) });
	const [ana] = shift.operators;
	const his = () => stack.query('select chat from chat.assignment where operator = \'ana\' and ended_at is null');
	const chats = await until(() => {
		const young = [...ana.desk].filter((chat) => shift.said(chat) > 2 && shift.said(chat) < 15); // they cannot end before her words are answered
		return young.length > 0 && young;
	}, { what: 'ana to be in the middle of a chat', every_ms: 1 });
	const before = closings();
	const since = performance.now();
	link.stall();
	const words = chats.map((chat) => shift.speak(ana, chat, 'into the silence'));
	await until(() => closings() > before, { what: 'the silence to be noticed' });
	t.diagnostic(`noticed after ${Math.round(performance.now() - since)} ms, with a heartbeat of ${HEARTBEAT_S} s`);
	await until(async () => { // the time she has to come back passes
		await stack.query('update chat.operator_state set lease_until = now() - interval \'1 hour\' where operator = \'ana\'');
		return (await his()).length === 0;
	}, { what: 'her chats to go back into the line', every_ms: 500 });
	link.restore();
	await until(() => words.every((cid) => ana.failed.has(cid)), { what: 'her words to be refused' });
	assert.deepEqual(words.map((cid) => ana.failed.get(cid)), words.map(() => 'not_owner'));
	assert.deepEqual(await stack.query('select seq from chat.message where cid = any ($1)', [words]), [], 'none of them is stored');
	await shift.over();
});

test('PF13: a browser that reads nothing while 1000 events come: closed with 4408, memory bounded, nobody else feels it', LONG, async (t) => {
	const shift = await begin(stack, t, { customers: 12, messages: 30 });
	const sam = shift.operators.at(-1);
	const raw = await RawSocket.open({ path: stack.relaySocket(1) }, { origin: origin() });
	raw.text({ t: 'hello', ticket: await sam.person.ticket(), cursors: {} });
	await raw.message(({ t: type }) => type === 'ready', 'ready');
	await shift.underWay();
	const [before, closed] = [memoryKiB(stack.relay.pid), closings()];
	const calm = shift.history.entries.length;
	raw.pause();
	const flood = shift.visit({ queue: 'support', says: 1000, answers: 1, every_ms: 1, size: 2000 });
	await until(() => closings() > closed, { what: 'the one who reads nothing to be closed', timeout_ms: 240000 });
	raw.resume(); // at once: the Close frame waits for him 5 s, no longer
	assert.equal(await raw.closed(), 4408);
	await flood;
	const grown = memoryKiB(stack.relay.pid) - before;
	t.diagnostic(`the relay has grown by ${grown} KiB; acks of the others took ${p99(shift, 0, calm)} ms before, ${p99(shift, calm)} ms meanwhile (p99)`);
	assert.ok(grown < GROWN_KIB, `the relay has grown by ${grown} KiB`);
	await shift.over();
	assert.deepEqual([...shift.codes], [], 'no other socket was closed');
});

// Of the messages of the queue everybody else is in, sent between two places of the history.
function p99(shift, from, to = Infinity) {
	const sent = new Map();
	const took = [];
	for (const [i, { what, cid, at, body }] of shift.history.entries.entries()) {
		if (what === 'send' && i >= from && i < to && body.length < 1000) sent.set(cid, at);
		if (what === 'ack' && sent.has(cid)) took.push(at - sent.get(cid));
	}
	return took.sort((a, b) => a - b)[Math.floor(took.length * 0.99)]?.toFixed(1);
}
