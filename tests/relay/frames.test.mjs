// SPDX-License-Identifier: ISC
// What a frame may say: bad JSON, unknown types and wrong states are strikes, everything else that is wrong is an error that names its field
// (P14, P38, P39, P43).

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { Customer } from '../support/people.mjs';
import { converse, lastSeq, serves, transcript } from '../support/conversation.mjs';

const MARK = `mark${randomUUID()}`;
const stack = useStack();

async function connected() {
	const kim = await Customer.open(stack, { queue: 'billing' });
	await kim.connect();
	return kim;
}

// The next error the socket hears after it has been told this text (or object).
function errorTo(person, frame) {
	const from = person.frames.length;
	const text = typeof frame === 'string' ? frame : JSON.stringify(frame);
	person.socket.send(text);
	return until(() => person.frames.slice(from).find(({ t }) => t === 'error'), { what: `an error to ${text.slice(0, 200)}` });
}

const BAD_JSON = {
	'an open brace': '{', 'nothing': '', 'an array': '[]', 'a number': '1', 'a string': '"x"', 'null': 'null', 'text behind': '{"t":"ping","n":1} x',
	'two objects': '{"t":"ping","n":1}{}',
	'a name twice': '{"t":"ping","n":1,"n":2}', 'NaN': '{"t":"ping","n":NaN}', 'Infinity': '{"t":"ping","n":-Infinity}',
	'single quotes': '{\'t\':\'ping\'}',
	'a NUL escape': '{"t":"send","body":"\\u0000"}', 'a lone surrogate': '{"t":"send","body":"\\ud800"}',
	'swapped surrogates': '{"t":"send","body":"\\udc00\\ud800"}',
	'a raw line feed in a string': '{"t":"send","body":"a\nb"}', 'a raw control character': '{"t":"send","body":"a\u0001b"}',
	'a byte order mark': '\ufeff{"t":"ping","n":1}',
	'a comment': '{"t":"ping","n":1/**/}', 'a trailing comma': '{"t":"ping","n":1,}',
	'nine levels': `{"t":"send","x":${'['.repeat(8)}${']'.repeat(8)}}`,
	'ten thousand levels': '['.repeat(10000), 'hex': '{"t":"ping","n":0x1}', 'a leading zero': '{"t":"ping","n":01}', 'a bare word': '{"t":ping}',
	'a raw NUL': '{"t":"ping"}\u0000',
};

test('what is no I-JSON object is bad_json: a strike after which the connection stays', async () => {
	const cases = Object.entries(BAD_JSON);
	for (let i = 0; i < cases.length; i += 2) {
		const kim = await connected();
		for (const [what, text] of cases.slice(i, i + 2)) {
			const error = await errorTo(kim, text);
			assert.equal(error?.code, 'bad_json', what);
		}
		assert.equal((await kim.say('still here')).t, 'ack', 'the connection stays');
		kim.close();
	}
});

test('the third text that is no JSON closes with 4400', async () => {
	const kim = await connected();
	for (const text of ['{', '[', '"']) kim.socket.send(text);
	assert.equal(await kim.closeCode(), 4400);
	assert.deepEqual(kim.frames.filter(({ t }) => t === 'error').slice(0, 2).map(({ code }) => code), ['bad_json', 'bad_json']);
});

test('P38: an unknown type is unknown_type, the third time closes with 4400', async () => {
	const kim = await connected();
	assert.equal((await errorTo(kim, { t: 'Send' })).code, 'unknown_type');
	assert.equal((await errorTo(kim, { t: 'constructor' })).code, 'unknown_type');
	assert.equal((await kim.say('still here')).t, 'ack', 'the connection stays');
	kim.send({ t: 'x'.repeat(5000) });
	assert.equal(await kim.closeCode(), 4400);
});

test('a type that is missing or no string is a strike', async () => {
	const kim = await connected();
	for (const frame of [{}, { t: 7 }]) assert.ok(['unknown_type', 'bad_json'].includes((await errorTo(kim, frame)).code));
	kim.send({ t: null });
	assert.equal(await kim.closeCode(), 4400);
});

test('strikes of all kinds count together', async () => {
	const kim = await connected();
	kim.socket.send('{');
	kim.send({ t: 'dance' });
	kim.send({ t: 'hello', token: kim.token, chat: kim.chat, last_seq: 0 });
	assert.equal(await kim.closeCode(), 4400);
	assert.deepEqual(kim.frames.filter(({ t }) => t === 'error').slice(0, 2).map(({ code }) => code), ['bad_json', 'unknown_type']);
});

test('P39: a send without cid or with one that is no canonical UUID is invalid, field cid', async () => {
	const kim = await connected();
	const good = { t: 'send', chat: kim.chat, cid: randomUUID(), body: MARK };
	for (const cid of [undefined, null, '', 'x', 7, {}, randomUUID().toUpperCase().replace('0', 'A'), `{${randomUUID()}}`,
		randomUUID().replaceAll('-', ''), `${randomUUID()}0`]) {
		const error = await errorTo(kim, { ...good, cid });
		assert.deepEqual([error?.code, error?.field], ['invalid', 'cid'], `cid ${JSON.stringify(cid)}`);
	}
	assert.equal((await kim.say('still here')).t, 'ack', 'such errors are no strikes');
	assert.equal(await lastSeq(stack, kim.chat), 2, 'only the good one is stored');
	kim.close();
});

test('P14: an unknown field is invalid and named', async () => {
	const kim = await connected();
	const { chat } = kim;
	const frames = [{ t: 'send', chat, cid: randomUUID(), body: MARK, seq: 1 }, { t: 'got', chat, seq: 1, by: 'me' },
		{ t: 'typing', chat, on: true, name: 'x' },
		{ t: 'ping', n: 1, m: 2 }, { t: 'ping', n: 1, eight_levels: [[[[[[[]]]]]]] }];
	for (const frame of frames) {
		const error = await errorTo(kim, frame);
		assert.deepEqual([error?.code, error?.field], ['invalid', Object.keys(frame).at(-1)], JSON.stringify(frame));
	}
	assert.equal(await lastSeq(stack, kim.chat), 1, 'nothing is stored');
	kim.close();
});

test('wrong types and values are invalid and name the field', async () => {
	const kim = await connected();
	const { chat } = kim;
	const send = { t: 'send', chat, cid: randomUUID(), body: MARK };
	const wrong = [
		[{ ...send, chat: undefined }, 'chat'], [{ ...send, chat: 'x' }, 'chat'], [{ ...send, chat: `${chat.slice(0, -1)}A` }, 'chat'],
		[{ ...send, chat: [chat] }, 'chat'],
		[{ ...send, body: undefined }, 'body'], [{ ...send, body: 7 }, 'body'], [{ ...send, body: null }, 'body'], [{ ...send, body: {} }, 'body'],
		[{ ...send, choice: 7 }, 'choice'],
		[{ t: 'got', chat, seq: '1' }, 'seq'], [{ t: 'got', chat, seq: 1.5 }, 'seq'], [{ t: 'got', chat, seq: -1 }, 'seq'],
		[{ t: 'got', chat }, 'seq'], [{ t: 'read', chat, seq: 2 ** 60 }, 'seq'],
		[{ t: 'read', seq: 1 }, 'chat'], [{ t: 'typing', chat, on: 'yes' }, 'on'], [{ t: 'typing', chat, on: 1 }, 'on'],
		[{ t: 'typing', chat }, 'on'], [{ t: 'ping', n: 'x' }, 'n'], [{ t: 'ping' }, 'n'],
	];
	for (const [frame, field] of wrong) {
		const error = await errorTo(kim, frame);
		assert.deepEqual([error?.code, error?.field], ['invalid', field], JSON.stringify(frame));
	}
	assert.equal(await lastSeq(stack, chat), 1, 'nothing is stored');
	kim.close();
});

test('an error to a message carries its cid', async () => {
	const kim = await connected();
	const cid = randomUUID();
	const error = await errorTo(kim, { t: 'send', chat: kim.chat, cid, body: '' });
	assert.deepEqual([error.code, error.field, error.cid], ['invalid', 'body', cid]);
	kim.close();
});

test('bodies: empty, white, too long and control characters are invalid; 4,000 code points, TAB and LF are kept, CRLF becomes LF', async () => {
	const kim = await connected();
	const white = ['', ' ', '\n\t \n', '\u00a0', '\u2003\u3000'];
	for (const body of [...white, 'x'.repeat(4001), '😀'.repeat(4001), 'bell\u0007', 'esc\u001b[31m', 'del\u007f', 'lone\rreturn']) {
		const error = await errorTo(kim, { t: 'send', chat: kim.chat, cid: randomUUID(), body });
		assert.deepEqual([error?.code, error?.field], ['invalid', 'body'], JSON.stringify(body.slice(0, 20)));
	}
	const good = ['x'.repeat(4000), '😀'.repeat(4000), ' kept \t spaces\n', 'a\r\nb\r\n', 'e\u0301 ﷽ \u202e'];
	for (const body of good) assert.equal((await kim.say(body)).t, 'ack', JSON.stringify(body.slice(0, 20)));
	const stored = (await transcript(stack, kim.chat)).filter(({ kind }) => kind === 'message').map(({ body }) => body);
	assert.deepEqual(stored, good.map((body) => body.replaceAll('\r\n', '\n')));
	kim.close();
});

test('P43: an operator\'s words from a customer are forbidden, and no strike', async () => {
	const kim = await connected();
	const words = [{ t: 'accept', offer: randomUUID() }, { t: 'decline', offer: randomUUID() },
		{ t: 'note', chat: kim.chat, cid: randomUUID(), body: MARK },
		{ t: 'transfer', chat: kim.chat, queue: 'billing' }, { t: 'accept' }];
	for (const word of words) assert.equal((await errorTo(kim, word))?.code, 'forbidden', word.t);
	assert.equal((await kim.say('still here')).t, 'ack');
	assert.equal(await lastSeq(stack, kim.chat), 2);
	kim.close();
});

test('P25 over the socket: another chat does not exist for a customer, whether there is one or not', async () => {
	const [kim, lee] = [await connected(), await connected()];
	for (const chat of [lee.chat, randomUUID()]) {
		assert.equal((await errorTo(kim, { t: 'send', chat, cid: randomUUID(), body: MARK }))?.code, 'not_found');
		for (const frame of [{ t: 'got', chat, seq: 1 }, { t: 'read', chat, seq: 1 }, { t: 'typing', chat, on: true }]) {
			assert.equal((await errorTo(kim, frame))?.code, 'not_found', frame.t);
		}
	}
	assert.equal(await lastSeq(stack, lee.chat), 1);
	await lee.settled();
	assert.ok(!lee.frames.some(({ t }) => ['typing', 'got', 'read'].includes(t)), 'the other heard nothing');
	for (const person of [kim, lee]) person.close();
});

test('P47 over the socket: a chat an operator neither owns nor was offered does not exist for him', async (t) => {
	const { customers: [kim] } = await converse(stack, t, { operator: 'ana' });
	const { operator: ben } = await converse(stack, t, { operator: 'ben', queue: 'billing', customers: 0 });
	const before = await lastSeq(stack, kim.chat);
	for (const chat of [kim.chat, randomUUID()]) {
		const said = { chat, cid: randomUUID(), body: MARK };
		for (const frame of [{ t: 'send', ...said }, { t: 'note', ...said }, { t: 'got', chat, seq: 1 }, { t: 'typing', chat, on: true }]) {
			assert.equal((await errorTo(ben, frame)).code, 'not_found', frame.t);
		}
	}
	assert.equal(await lastSeq(stack, kim.chat), before);
	assert.ok(!ben.frames.some(({ chat }) => chat === kim.chat), 'he hears nothing of it either');
	assert.ok(!kim.frames.some(({ t: type, on }) => type === 'typing' && on), 'nor does the customer hear of him');
});

test('ping is answered with its number', async () => {
	const kim = await connected();
	for (const n of [0, 1, 2 ** 53 - 1]) {
		kim.send({ t: 'ping', n });
		assert.equal((await kim.frame(({ t, n: echo }) => t === 'pong' && echo === n, `pong ${n}`)).n, n);
	}
	kim.close();
});

test('a flood of pings closes with 1008', async () => {
	const kim = await connected();
	for (let n = 0; n < 200; n++) kim.send({ t: 'ping', n });
	assert.equal(await kim.closeCode(), 1008);
});

test('nothing of the bad input is stored or logged, and the same relay serves', async () => {
	await serves(stack);
	assert.equal(stack.relay.starts, 1);
	assert.equal((await stack.query('select count(*)::int as n from chat.message where body like $1', [`%${MARK}%`]))[0].n, 0);
	assert.ok(!stack.logs.includes(MARK));
});
