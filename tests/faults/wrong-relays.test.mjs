// SPDX-License-Identifier: ISC
// The proof of the proofs: relays that are a little wrong, under the load and the faults that the real one passes, are caught by the history checker.

import { test } from 'node:test';
import { randomUUID } from 'node:crypto';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { openWrongRelay } from '../support/wrong-relay.mjs';
import { begin, furnish } from './shift.mjs';

const LONG = { timeout: 600000 };
const stack = useStack({ ownCluster: true, prepare: furnish });

// A shift served by such a relay, with this fault in it, until the checker has found what is wrong.
async function isCaught(t, pattern, change, fault = () => {}) {
	const wrong = await openWrongRelay(stack, change);
	t.after(() => wrong.close());
	const shift = await begin(stack, t, { customers: 6, connection: () => ({ port: wrong.port }) });
	await shift.underWay(40);
	await fault(shift);
	const found = await until(async () => (await shift.historyProblems()).filter((problem) => pattern.test(problem)), { what: `the checker to say ${pattern}`, every_ms: 250 });
	t.diagnostic(`such as: ${found[0]}`);
}

async function cutAll(shift) {
	const before = new Map(shift.talkers.filter((talker) => talker.cut()).map((talker) => [talker, talker.connects]));
	await until(() => [...before].every(([talker, connects]) => talker.connects > connects || talker.over.size > 0), { what: 'everybody to be back' });
	await shift.underWay(10);
}

test('the same proxy changing nothing: the checker finds nothing', LONG, async (t) => {
	const wrong = await openWrongRelay(stack);
	t.after(() => wrong.close());
	const shift = await begin(stack, t, { customers: 6, connection: () => ({ port: wrong.port }) });
	await shift.underWay(40);
	await cutAll(shift);
	await shift.over();
});

test('a relay that drops an event on resume is caught', LONG, async (t) => {
	const toClient = (frame, link) => {
		const resumed = link.hello.last_seq > 0 || Object.keys(link.hello.cursors ?? {}).length > 0;
		if (!resumed || link.dropped || frame.t !== 'event') return [frame];
		link.dropped = true;
		return [];
	};
	await isCaught(t, /^C5 told before/, { toClient }, cutAll);
});

test('a relay that tells a message twice is caught', LONG, async (t) => {
	const toClient = (frame) => (frame.t === 'event' && frame.kind === 'message' ? [frame, frame] : [frame]);
	await isCaught(t, /^C5 told twice/, { toClient });
});

test('a relay that stores a message twice is caught', LONG, async (t) => {
	const toRelay = (frame) => (frame.t === 'send' ? [frame, { ...frame, cid: randomUUID() }] : [frame]);
	await isCaught(t, /^C3 stored but never sent/, { toRelay });
});

// It acks what it passes on and keeps the real ack for itself.
test('a relay that acks before COMMIT is caught when it dies', LONG, async (t) => {
	const toRelay = (frame, link) => {
		if (frame.t === 'send') link.tell({ t: 'ack', chat: frame.chat, cid: frame.cid, seq: (link.last?.get(frame.chat) ?? 0) + 1 });
		return [frame];
	};
	const toClient = (frame, link) => {
		link.last ??= new Map();
		if (frame.t === 'event') link.last.set(frame.chat, frame.seq);
		return frame.t === 'ack' ? [] : [frame];
	};
	await isCaught(t, /^C1 acked but not stored/, { toRelay, toClient }, async (shift) => {
		stack.relay.signal('SIGSTOP'); // what is acked from here on it has not even read
		await shift.underWay(5);
		await stack.relay.kill('SIGKILL');
	});
});

test('a database that has not written what it calls committed is caught when it dies', LONG, async (t) => {
	await stack.query(`alter database ${stack.database.name} set synchronous_commit = off`);
	await stack.query('alter system set wal_writer_delay = \'10s\'');
	await stack.query('alter system set wal_writer_flush_after = \'1GB\'');
	await stack.postgres('restart', '-m', 'fast');
	await isCaught(t, /^C1 acked/, {}, async () => {
		await stack.postgres('stop', '-m', 'immediate');
		await stack.postgres('start');
	});
});
