// SPDX-License-Identifier: ISC
// From an event's COMMIT to the offer on the operator's socket, and what each hop of the way takes. Explained in tests/bench/README.md.
//
//   SWITCHBOARD_BUILD=... tests/support/with-postgres node tests/bench/offer-latency.mjs [--rounds 500] [--event opens|frees] [--fsync]

import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Operator } from '../support/people.mjs';
import { Stack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';

const { values: given } = parseArgs({
	options: { rounds: { type: 'string', default: '500' }, event: { type: 'string', default: 'opens' }, fsync: { type: 'boolean', default: false } },
});
const sha256 = (text) => createHash('sha256').update(text).digest();
const stack = new Stack({ ownCluster: true, options: { log_level: 'info' } });
const rung = { route: [], relay: [] };
let operator, client, ears;

async function open() {
	const id = randomUUID();
	await client.query({
		name: 'open', text: "select api.open_chat($1, $2, $3, $4, 'demo-shop', null, 'sales', 'Kim', null, 'en', null, null, null, null, null, '')",
		values: [id, sha256(`token ${id}`), sha256(`key ${id}`), sha256('')],
	});
	return id;
}

const end = (chat) => client.query({ name: 'end', text: 'select api.customer_end($1, $2, null)', values: [chat, sha256(`token ${chat}`)] });
const offerOf = (chat) => until(() => operator.frames.find((frame) => frame.t === 'offer' && frame.chat === chat), { what: 'the offer', every_ms: 1 });

// A chat opens while the operator is free; or the only chat of an operator with one slot ends while another waits.
const EVENTS = {
	async opens() {
		const began = performance.now();
		const chat = await open();
		return { chat, began, committed: performance.now(), over: () => end(chat) };
	},
	async frees() {
		const held = await open();
		await offerOf(held);
		const chat = await open();
		await pause(20);
		forget();
		const began = performance.now();
		await end(held);
		return { chat, began, committed: performance.now(), over: () => end(chat) };
	},
};

function forget() {
	rung.route.length = 0;
	rung.relay.length = 0;
}

// What a notification alone costs here and now: everything else stands on it.
async function notify() {
	const began = performance.now();
	const heard = new Promise((resolve) => ears.once('notification', () => resolve(performance.now())));
	await client.query('notify switchboard_bench');
	return await heard - began;
}

async function round() {
	await pause(15 + Math.random() * 30); // whatever the last one left to do is done, and no clock of ours beats with one of theirs
	forget();
	const { chat, began, committed, over } = await EVENTS[given.event]();
	const { heard_at: heard } = await offerOf(chat);
	const [{ offered }] = await stack.query('select extract(epoch from offered_at)::float8 * 1000 offered from chat.offer where chat = $1', [chat]);
	const decided = offered - performance.timeOrigin;
	const after = (times, instant) => until(() => times.find((at) => at >= instant), { what: 'the ring to be heard here too', every_ms: 1 });
	const route = await after(rung.route, began);
	const relay = await after(rung.relay, decided);
	await over();
	return { notify: await notify(), whole: heard - committed, statement: committed - began, ring: route - committed, wake: decided - route, decide: relay - decided, show: heard - relay };
}

const at = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))].toFixed(2).padStart(7);

function print(rounds) {
	const rows = {
		whole: 'COMMIT answered → offer on the socket', statement: '  (before that: the event\'s own statement)', ring: '  COMMIT answered → ring heard', wake: '  ring → the pass looks at the clock',
		decide: '  the pass: decision, COMMIT, hint to the relay', show: '  hint → frame read by the operator', notify: 'for comparison: NOTIFY → heard by a listener',
	};
	console.log(`${rounds.length} × a ${given.event === 'opens' ? 'chat opens' : 'slot frees'}, fsync ${given.fsync ? 'on' : 'off'}    p50     p90     p99 ms`);
	for (const [key, text] of Object.entries(rows)) {
		const sorted = rounds.map((row) => row[key]).sort((a, b) => a - b);
		console.log(`${text.padEnd(48)}${at(sorted, 0.5)} ${at(sorted, 0.9)} ${at(sorted, 0.99)}`);
	}
}

process.once('exit', () => stack.abandon());
await stack.start();
if (given.fsync) await stack.query('alter system set fsync = on').then(() => stack.query('select pg_reload_conf()'));
await stack.query("update chat.setting set value = '0' where name in ('stagger_s', 'missed_offer_penalty_s')");
await stack.query('update chat.queue set wrap_up_s = 0');
await stack.query('update chat.operator set max_chats = $1 where operator = \'ana\'', [given.event === 'opens' ? 10 : 1]);
operator = await Operator.logIn(stack, 'ana', ['sales']);
await operator.connect();
client = await stack.database.connect();
ears = await stack.database.connect();
ears.on('notification', ({ channel, payload }) => {
	if (channel === 'switchboard_route') rung.route.push(performance.now());
	else if (payload === 'o:ana') rung.relay.push(performance.now());
});
await ears.query('listen switchboard_route');
await ears.query('listen switchboard_bench');
for (const { relay } of await stack.query('select relay from chat.relay')) await ears.query(`listen switchboard_relay_${relay}`);
const rounds = [];
for (let i = 0; i < 20; i++) await round(); // plans are made, caches are warm
for (let i = 0; i < Number(given.rounds); i++) rounds.push(await round());
print(rounds);
await Promise.all([client.end(), ears.end()]);
await stack.finish();
