// SPDX-License-Identifier: ISC
// Two relays that tell each other by a NATS server where to look: what it carries, and that nothing depends on it.
//
// That words went by NATS is seen by taking the database's way away: internal.ring_relays rings nobody then, and only a sweep (up to 20 s) would find them.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chownSync, writeFileSync } from 'node:fs';
import { withBody } from '../support/function-body.mjs';
import { NatsServer } from '../support/nats.mjs';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { gather } from '../support/crowd.mjs';
import { allHeard, converse, onDuty, serves } from '../support/conversation.mjs';
import { Customer } from '../support/people.mjs';

const SWEEP_MS = 20000;
const LONG = { timeout: 300000 };
const nats = await NatsServer.make();
const secure = await NatsServer.make({ tls: true });
const stack = useStack({ relays: 2, options: { nats_url: nats.url, nats_credentials_file: nats.credentialsFile }, prepare: () => nats.start() });
const apart = { relay: 1, customerRelay: 2 };

const silenced = (work) => withBody(stack, 'ring_relays', 'begin end', work);
const works = (relay) => [...relay.log.matchAll(/event=(bus_works|bus_fails|stopped)/g)].at(-1)?.[1] === 'bus_works'; // by what it said last

// What a relay counts of the bus, as it last wrote it down, all at one time.
async function counted({ name }, ...what) {
	const [row] = await stack.query('select metrics from chat.program_metrics where program = \'relay\' and instance = $1', [name]);
	return what.map((each) => Number(row?.metrics[`switchboard_relay_${each}`] ?? 0));
}

// The words of each go to the other by NATS.
async function bothWork() {
	for (const relay of stack.relays) await until(() => works(relay), { what: `NATS to work for ${relay.name}` });
}

// How long messages of the operator took to the customer, in ms and in order.
async function cross(ana, kim, count = 15) {
	const took = [];
	for (let i = 0; i < count; i++) {
		const { seq } = await ana.say(kim.chat, `message ${i}`);
		const acked = performance.now();
		const event = await kim.frame(({ t, chat, seq: at }) => t === 'event' && chat === kim.chat && at === seq, 'the message');
		took.push(event.heard_at - acked);
	}
	return took.sort((a, b) => a - b);
}

const middle = (sorted) => sorted[Math.floor(sorted.length / 2)];

// Restarts a relay with other options; back as it was after the test.
async function otherwise(t, relay, env) {
	relay.change({ env });
	await relay.stop();
	await relay.start();
	t.after(async () => {
		relay.change();
		await relay.stop();
		await relay.start();
		await bothWork();
	});
}

test('messages, typing, marks and presence cross by NATS, without the database\'s doorbell', LONG, async (t) => {
	await bothWork();
	const { operator: ana, customers: [kim] } = await converse(stack, t, apart);
	await silenced(async () => {
		const took = await cross(ana, kim);
		t.diagnostic(`from the ack here to the event there: p50 ${middle(took).toFixed(1)} ms, max ${took.at(-1).toFixed(1)} ms`);
		assert.ok(middle(took) < SWEEP_MS / 4, `p50 ${middle(took)} ms: a sweep, no hint`);
		kim.send({ t: 'typing', chat: kim.chat, on: true });
		await ana.frame(({ t: type, on, author }) => type === 'typing' && on && author.kind === 'customer', 'typing to cross');
		const { seq } = await ana.say(kim.chat, 'read this');
		await kim.frame(({ t: type, seq: at }) => type === 'event' && at === seq, 'the event');
		kim.send({ t: 'read', chat: kim.chat, seq });
		await ana.frame(({ t: type, seq: upTo }) => type === 'read' && upTo === seq, 'the mark to cross');
		await allHeard(stack, kim.chat, [kim, ana]);
	});
	for (const relay of stack.relays) {
		await until(async () => {
			const [sent, received, up] = await counted(relay, 'bus_sent_total', 'bus_received_total', 'bus_up');
			return sent > 0 && received > 0 && up === 1;
		}, { what: `${relay.name} to have counted what went by NATS`, every_ms: 250 });
	}
});

test('while NATS reaches everybody the database is asked now and then, not for every word', LONG, async (t) => {
	const { operator: ana, customers: [kim] } = await converse(stack, t, apart);
	await bothWork();
	const before = await counted(stack.relay, 'bus_sent_total', 'hint_statements_total');
	let moved;
	await until(async () => {
		await cross(ana, kim, 5);
		const now = await counted(stack.relay, 'bus_sent_total', 'hint_statements_total');
		moved = { payloads: now[0] - before[0], statements: now[1] - before[1] };
		return moved.payloads >= 60;
	}, { what: 'NATS to have carried a good many' });
	t.diagnostic(`${moved.payloads} payloads, ${moved.statements} statements`);
	assert.ok(moved.statements < moved.payloads, `${moved.statements} statements beside ${moved.payloads} payloads`);
});

test('PF24: NATS is killed and comes back while people talk across both relays: nothing is lost, doubled or out of order (C1–C7)', LONG, async (t) => {
	const crowd = await gather(stack, t, { operators: ['ana', 'chloe'], perOperator: 2, connection: (kind, i) => () => ({ relay: i % 2 + 1 }) });
	let faulty = true;
	const talk = crowd.chatter({ messages: 150, every_ms: 20, goesOn: () => faulty });
	for (let round = 0; round < 3; round++) {
		const so_far = crowd.history.entries.filter(({ what }) => what === 'ack').length;
		await nats.kill();
		await until(() => crowd.history.entries.filter(({ what }) => what === 'ack').length >= so_far + 60, { what: 'the talk to go on without NATS' });
		await nats.start();
	}
	faulty = false;
	await talk;
	await crowd.settle();
	await crowd.judge();
	await bothWork();
	for (const relay of stack.relays) assert.ok(relay.log.includes('event=bus_fails'), 'it was noticed');
});

test('without NATS hints go by the database, and it is taken up again when it is there', LONG, async (t) => {
	const { operator: ana, customers: [kim] } = await converse(stack, t, apart);
	await nats.kill();
	try {
		for (const relay of stack.relays) await until(() => !works(relay), { what: `${relay.name} to notice` });
		const took = await cross(ana, kim);
		assert.ok(middle(took) < SWEEP_MS / 4, `p50 ${middle(took)} ms: a sweep, no hint`);
	} finally {
		await nats.start();
	}
	await bothWork();
	await silenced(async () => assert.ok(middle(await cross(ana, kim)) < SWEEP_MS / 4, 'by NATS again'));
});

test('a NATS server that takes and says nothing is noticed; nobody waits for it', LONG, async (t) => {
	const { operator: ana, customers: [kim] } = await converse(stack, t, apart);
	await bothWork();
	nats.signal('SIGSTOP');
	try {
		await until(async () => {
			assert.equal((await ana.say(kim.chat, 'still here')).t, 'ack', 'the relay goes on');
			return stack.relays.every((relay) => !works(relay));
		}, { what: 'both to notice' });
		assert.ok(middle(await cross(ana, kim)) < SWEEP_MS / 4, 'by the database');
		assert.deepEqual(await stack.relay.stop(), { code: 0, signal: null }, 'it can be stopped meanwhile');
		await stack.relay.start();
	} finally {
		nats.signal('SIGCONT');
	}
	await bothWork();
});

test('without any hint, by NATS or by the database, a sweep finds what there is', LONG, async (t) => {
	const { operator: ana, customers: [kim] } = await converse(stack, t, apart);
	await nats.kill();
	try {
		await silenced(async () => {
			for (let i = 0; i < 5; i++) await Promise.all([kim.say(`unheard ${i}`), ana.say(kim.chat, `unheard ${i}`)]);
			await allHeard(stack, kim.chat, [kim, ana]);
		});
	} finally {
		await nats.start();
	}
	await bothWork();
});

test('a relay with NATS and one without work together, and are told apart by the database alone', LONG, async (t) => {
	await otherwise(t, stack.relays[1], { SWITCHBOARD_NATS_URL: '' });
	const { operator: ana, customers: [kim] } = await converse(stack, t, apart);
	const here = await cross(ana, kim);
	assert.ok(middle(here) < SWEEP_MS / 4, `p50 ${middle(here)} ms from the one with NATS: a sweep, no hint`);
	kim.send({ t: 'typing', chat: kim.chat, on: true });
	await ana.frame(({ t: type, on }) => type === 'typing' && on, 'typing to cross from the one without');
	await allHeard(stack, kim.chat, [kim, ana]);
});

test('a relay starts and serves while NATS is not there, and takes it up by itself', LONG, async () => {
	await nats.kill();
	const from = stack.relay.log.length;
	await stack.relay.stop();
	await stack.relay.start();
	try {
		await serves(stack);
		await until(() => /event=nats_down .*reason=/.test(stack.relay.log.slice(from)), { what: 'a word of it in the log' });
		const ana = await onDuty(stack, 'ana', ['sales'], { relay: 1 });
		const kim = await Customer.open(stack, { queue: 'sales' });
		await kim.connect({ relay: 2 });
		await ana.accept(await ana.frame(({ t, chat }) => t === 'offer' && chat === kim.chat, 'an offer'));
		assert.ok(middle(await cross(ana, kim)) < SWEEP_MS / 4, 'by the database');
		await ana.end(kim.chat);
		await ana.presence('offline');
		for (const person of [ana, kim]) person.close();
	} finally {
		await nats.start();
	}
	await bothWork();
});

test('a wrong password is told in the log, and the relay serves', LONG, async (t) => {
	const wrong = `${nats.dir}/wrong`;
	writeFileSync(wrong, 'switchboard:a guess\n', { mode: 0o600 });
	const from = stack.relays[1].log.length;
	if (stack.account.uid !== undefined) chownSync(wrong, stack.account.uid, stack.account.gid);
	await otherwise(t, stack.relays[1], { SWITCHBOARD_NATS_CREDENTIALS_FILE: wrong });
	await until(() => /event=nats_down .*[Aa]uthorization/.test(stack.relays[1].log.slice(from)), { what: 'the reason in the log' });
	assert.ok(!stack.relays[1].log.includes('a guess'), 'the password is not');
	const { operator: ana, customers: [kim] } = await converse(stack, t, apart);
	assert.ok(middle(await cross(ana, kim)) < SWEEP_MS / 4, 'by the database');
});

test('with tls:// the server must show a certificate of that CA for that name', LONG, async (t) => {
	await secure.start();
	const from = stack.relays[1].log.length;
	const since = () => stack.relays[1].log.slice(from);
	await otherwise(t, stack.relays[1], { SWITCHBOARD_NATS_URL: secure.url, SWITCHBOARD_NATS_CA_FILE: secure.caFile });
	await until(() => since().includes('event=bus_works'), { what: 'NATS to work' });
	for (const [env, why] of [
		[{ SWITCHBOARD_NATS_URL: secure.url.replace('localhost', '127.0.0.1'), SWITCHBOARD_NATS_CA_FILE: secure.caFile }, 'another name'],
		[{ SWITCHBOARD_NATS_URL: secure.url, SWITCHBOARD_NATS_CA_FILE: '/etc/ssl/certs/ca-certificates.crt' }, 'another CA'],
		[{ SWITCHBOARD_NATS_URL: nats.url.replace('nats:', 'tls:').replace('127.0.0.1', 'localhost'), SWITCHBOARD_NATS_CA_FILE: secure.caFile }, 'a server without TLS'],
	]) {
		stack.relays[1].change({ env });
		await stack.relays[1].stop();
		const then = stack.relays[1].log.length;
		await stack.relays[1].start();
		await until(() => stack.relays[1].log.slice(then).includes('event=nats_down'), { what: `${why} to be refused` });
		assert.ok(!stack.relays[1].log.slice(then).includes('event=nats_up'), why);
	}
});

test('options that cannot be meant are refused at the start, with the reason', () => {
	const open = `${nats.dir}/open`;
	writeFileSync(open, 'switchboard:x\n', { mode: 0o644 });
	for (const [args, reason] of [
		[['--nats_url', 'localhost:4222'], /nats_url.*nats:\/\/HOST:PORT/],
		[['--nats_url', 'nats://ana:secret@localhost:4222'], /nats_credentials_file/],
		[['--nats_url', 'nats://localhost:0'], /port/],
		[['--nats_url', 'tls://localhost:4222'], /nats_ca_file/],
		[['--nats_credentials_file', open], /readable by others/],
		[['--nats_credentials_file', `${nats.dir}/none`], /No such file/],
	]) {
		const { status, stderr } = spawnSync(stack.installation.program('switchboard-relay'), ['--config', stack.config, '--relay_socket', `${nats.dir}/relay.sock`, ...args],
			{ encoding: 'utf8', timeout: 60000 });
		assert.equal(status, 1, stderr);
		assert.match(stderr, reason);
		assert.ok(!stderr.includes('secret'), 'no password in the log');
	}
});
