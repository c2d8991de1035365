// SPDX-License-Identifier: ISC
// What the applications make of events, texts, colours and times.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { Backoff } from '../backoff.js';
import { readChat } from '../chat-state.js';
import { contrast, hexColour, inkOn, readableOn, solidAccent } from '../colour.js';
import { Texts, directionOf, safeLocale } from '../i18n.js';
import { lineText } from '../line-text.js';
import { threadRows } from '../rows.js';
import { Store } from '../storage.js';
import { stopwatch, waitRange } from '../time.js';
import { fakeStorage } from './fakes.mjs';

const at = '2026-01-01T10:00:00.000Z';
const bot = (seq, body, choices) => ({ chat: 'c', seq, kind: 'bot_message', author: { kind: 'bot', name: 'Guide' }, body, at, data: choices && { choices } });
const said = (seq, kind, name, body) => ({ chat: 'c', seq, kind: 'message', author: { kind, name }, body, at, cid: `cid${seq}` });
const line = (seq, kind, data, author = { kind: 'system', name: '' }) => ({ chat: 'c', seq, kind, author, data, at });

test('a chat is read from its events', () => {
	const events = [bot(1, 'Hi', [{ id: 'a', label: 'A' }])];
	assert.equal(readChat(events).openQuestion, '1');
	events.push(said(2, 'customer', 'Mia', 'A'), line(3, 'queued', { queue: 'billing', label: 'Billing' }));
	assert.deepEqual([readChat(events).state, readChat(events).queue, readChat(events).openQuestion], ['queued', 'Billing', '']);
	events.push(line(4, 'assigned', {}), line(5, 'joined', {}, { kind: 'operator', name: 'Ana' }));
	assert.deepEqual([readChat(events).state, readChat(events).operator], ['active', 'Ana']);
	events.push(line(6, 'left', { reason: 'gone' }, { kind: 'operator', name: 'Ana' }), line(7, 'requeued', { reason: 'gone' }));
	assert.deepEqual([readChat(events).state, readChat(events).operator], ['queued', '']);
	events.push(line(8, 'ended', { by: 'customer', reason: 'customer_left' }), line(9, 'rated', { score: 4 }));
	assert.deepEqual([readChat(events).state, readChat(events).endedBy, readChat(events).rating], ['ended', 'customer', 4]);
});

test('rows: days, groups, sides; a message on its way keeps its place and its key when it is stored', () => {
	const pending = [{ cid: 'cid3', chat: 'c', kind: 'message', body: 'third', order: 1, at, state: 'sending' }];
	const events = [said(1, 'customer', 'Mia', 'one'), said(2, 'customer', 'Mia', 'two')];
	const before = threadRows({ events, pending, me: 'customer' });
	assert.deepEqual(before.map((r) => r.type), ['day', 'message', 'message', 'message']);
	assert.deepEqual(before.slice(1).map((r) => [r.first, r.last]), [[true, false], [false, false], [false, true]]);
	assert.equal(before[3].state, 'sending');
	const after = threadRows({ events: [...events, said(3, 'customer', 'Mia', 'third')], pending, me: 'customer', got: 2, read: 1 });
	assert.deepEqual(after.map((r) => r.key), before.map((r) => r.key));
	assert.deepEqual(after.slice(1).map((r) => r.state), ['read', 'got', 'sent']);
	assert.deepEqual(threadRows({ events, pending: [], me: 'operator' }).slice(1).map((r) => r.side), ['theirs', 'theirs']);
});

test('a note that a customer may not read leaves no row', () => {
	assert.deepEqual(threadRows({ events: [{ chat: 'c', seq: 1, kind: 'note', at }], pending: [], me: 'customer' }), []);
});

test('a chat that is passed on is one line, whoever left and whatever it waits for again; other leaving is told', () => {
	const operator = { kind: 'operator', name: 'Ana' };
	const kinds = (events) => threadRows({ events, pending: [], me: 'operator' }).slice(1).map((row) => row.event.kind);
	const passed = line(1, 'transferred', { from: 'Ana', to: 'Ben' });
	assert.deepEqual(kinds([passed, line(2, 'left', { reason: 'transferred' }, operator), line(3, 'assigned', {}), line(4, 'joined', {}, operator)]), ['transferred', 'joined']);
	const queued = line(3, 'queued', { queue: 'sales', label: 'Sales' });
	assert.deepEqual(kinds([line(1, 'transferred', { from: 'Ana', queue: 'sales' }), line(2, 'left', { reason: 'transferred' }, operator), queued]), ['transferred']);
	const written = said(2, 'customer', 'Mia', 'hello?');
	assert.equal(threadRows({ events: [passed, written, line(3, 'left', { reason: 'operator_gone' }, operator)], pending: [], me: 'operator' }).length, 4, 'later leaving is told');
	assert.deepEqual(kinds([line(1, 'left', { reason: 'operator_gone' }, operator), line(2, 'requeued', {}), queued]), ['left', 'requeued', 'queued']);
});

test('lines say who passed a chat on to whom, and what became of it', async () => {
	const { default: english } = await import('../../console/texts/en.js');
	const texts = new Texts('en', { english });
	const says = (kind, data, author) => lineText(line(1, kind, data, author), 'operator', texts);
	const ana = { kind: 'operator', name: 'Ana' };
	assert.equal(says('transferred', { to: 'Ben' }, ana), 'Ana transferred the chat to Ben');
	assert.equal(says('left', { reason: 'supervisor' }, ana), 'A supervisor took the chat from Ana');
	assert.equal(says('transferred', { queue: 'sales', label: 'Sales' }, ana), 'Ana transferred the chat to Sales');
	assert.equal(says('transfer_failed', { operator: 'Ben', reason: 'declined' }), 'Ben declined to take it over');
	assert.equal(says('transfer_failed', { operator: 'Ben', reason: 'something new' }), 'Ben could not take it over');
	assert.equal(says('left', { reason: 'operator_gone' }, ana), 'Ana has lost the connection');
	assert.equal(says('left', { reason: 'something new' }, ana), 'Ana has left');
	assert.equal(says('requeued', { label: 'Sales' }), 'Back in the queue: Sales');
	assert.equal(says('constructor', {}), 'constructor');
});

test('every accent gives text that can be read, on itself and on both schemes', () => {
	for (const accent of ['#0b6e4f', '#ffffff', '#000000', '#ffd400', '#ff0000', '#7f7f7f', '#00e5ff', '#ff69b4']) {
		const { solid, ink } = solidAccent(accent);
		assert.ok(contrast(solid, ink) >= 4.5, `${accent}: ${solid} under ${ink}`);
		for (const surface of ['#ffffff', '#161a22']) assert.ok(contrast(readableOn(accent, surface), surface) >= 4.5, `${accent} on ${surface}`);
	}
	assert.equal(hexColour('#ABC', '#111111'), '#aabbcc');
	assert.equal(hexColour('red; background:url(x)', '#111111'), '#111111');
	assert.equal(inkOn('#ffffff'), '#10151d');
});

test('texts: the site\'s own wording, then the language, then English; plurals by the language\'s rules', () => {
	const english = { hi: 'Hello {name}', 'left.one': '{n} left', 'left.other': '{n} are left', only: 'only English' };
	const texts = new Texts('ar', { own: { hi: 'Own {name}' }, built: { 'left.two': 'بقي حرفان', 'left.other': 'بقي {n}' }, english });
	assert.equal(texts.t('hi', { name: '{name} <b>' }), 'Own \u2068{name} <b>\u2069', 'a name keeps its own direction');
	assert.equal(texts.t('left', { n: 2 }), 'بقي حرفان');
	assert.equal(texts.t('only'), 'only English');
	assert.equal(texts.t('constructor'), 'constructor');
	assert.equal(texts.direction, 'rtl');
	assert.equal(directionOf('de-AT'), 'ltr');
	assert.equal(safeLocale('nonsense!'), 'en');
});

for (const folder of ['../../widget/texts', '../../console/texts'])
	test(`every language of ${folder.slice(6)} has every text, with the same placeholders`, async () => {
		const files = readdirSync(new URL(folder, import.meta.url));
		const { default: english } = await import(`${folder}/en.js`);
		const bare = (name) => name.replace(/\.(zero|one|two|few|many|other)$/, '');
		const holders = (text) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();
		for (const file of files) {
			const { default: texts } = await import(`${folder}/${file}`);
			const names = new Set(Object.keys(texts).map(bare));
			for (const name of Object.keys(english)) {
				if (english[name] === '') continue;
				assert.ok(names.has(bare(name)), `${file} lacks ${name}`);
				if (texts[name] && !/\.(zero|one|two)$/.test(name)) assert.deepEqual(holders(texts[name]), holders(english[name]), `${file}: ${name}`);
			}
			for (const name of names) assert.ok(Object.keys(english).some((n) => bare(n) === name), `${file}: nobody asks for ${name}`);
		}
	});

test('French punctuation keeps to its word: no line begins with a colon', async () => {
	for (const texts of ['widget/texts', 'console/texts', 'plain/texts']) {
		const { default: french } = await import(`../../${texts}/fr.js`);
		for (const [name, text] of Object.entries(french)) assert.doesNotMatch(text, / [:;?!»]|« /, `${texts}: ${name}`);
	}
});

test('the back-off is drawn from a range that doubles up to its bound', () => {
	const most = new Backoff({ random: () => 1 });
	assert.deepEqual(Array.from({ length: 8 }, () => most.next()), [1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000]);
	const least = new Backoff({ random: () => 0 });
	assert.deepEqual([least.next(), least.next()], [500, 500]);
	most.reset();
	assert.equal(most.next(), 1000);
});

test('a store falls back to the next storage, and to memory when all are denied', () => {
	const denied = () => { throw new Error('denied'); };
	const first = new Store('a:', () => fakeStorage());
	assert.deepEqual([first.web, first.durable], [true, true]);
	const storage = fakeStorage();
	const second = new Store('a:', denied, () => storage);
	assert.deepEqual([second.web, second.durable], [false, true]);
	second.set('x', { y: 1 });
	assert.equal(storage.getItem('a:x'), '{"y":1}');
	const memory = new Store('a:', denied, denied);
	assert.deepEqual([memory.web, memory.durable], [false, false]);
	memory.set('out:1', 1);
	memory.set('z', 2);
	assert.deepEqual(memory.names('out:'), ['out:1']);
	assert.equal(memory.get('z'), 2);
	memory.remove('z');
	assert.equal(memory.get('z'), null);
});

test('durations are told as people say them', () => {
	assert.equal(stopwatch(42.9), '0:42');
	assert.equal(stopwatch(3723), '1:02:03');
	assert.equal(stopwatch(-5), '0:00');
	assert.equal(waitRange({ low_s: 0, high_s: 20 }, 'en'), '1 minute');
	assert.match(waitRange({ low_s: 60, high_s: 170 }, 'en'), /^(1\s?–\s?)?3 minutes$/);
});
