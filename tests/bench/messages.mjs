// SPDX-License-Identifier: ISC
// What a message costs from frame to ack and delivery, held against a bare relay on the same libraries and the same database in the same run. Explained in
// tests/bench/README.md.
//
//   SWITCHBOARD_BUILD=BUILD-DIRECTORY node tests/bench/messages.mjs [--pairs 500] [--seconds 8] [--runs 3] [--rate 2000] [--body 120] [--window 1]
//        [--idle 0] [--sessions 2] [--only floor|ours] [--load saturated|steady] [--gather MS] [--json FILE]
//   ... --relays 2 [--nats] [--rate 200]     instead: what it costs that the parties are on different relays

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { LoadedStack, faults, median } from './load.mjs';
import { NatsServer } from '../support/nats.mjs';
import { answers } from '../support/program.mjs';
import { until } from '../support/waiting.mjs';

const { values: given } = parseArgs({
	options: {
		pairs: { type: 'string', default: '500' }, seconds: { type: 'string', default: '8' }, runs: { type: 'string', default: '3' },
		rate: { type: 'string' }, body: { type: 'string', default: '120' }, window: { type: 'string', default: '1' },
		idle: { type: 'string', default: '0' }, sessions: { type: 'string', default: '2' }, only: { type: 'string' }, load: { type: 'string' }, gather: { type: 'string' }, json: { type: 'string' },
		relays: { type: 'string', default: '1' }, nats: { type: 'boolean' },
	},
});
const relays = Number(given.relays);
const fixedRate = Number(given.rate ?? (relays > 1 ? 200 : 2000));
const stack = new LoadedStack({ pairs: Number(given.pairs), idle: Number(given.idle), relays, options: given.gather ? { batch_gather_ms: given.gather } : {} });

const measure = (rate, where = { idle: Number(given.idle) }) => stack.load({ ...where, options: { seconds: given.seconds, rate, body: given.body, window: given.window } });

async function openFloor() {
	const socket = `${stack.dir}/run/floor.sock`;
	const child = spawn(stack.installation.program('tests/load/floor'), ['--socket', socket, '--database', stack.database.dsn(), '--sessions', given.sessions], { stdio: 'inherit' });
	await until(() => answers(socket), { what: 'the floor to listen' });
	return { pid: child.pid, socket, close: () => child.kill() && once(child, 'exit') };
}

const SIDES = {
	async floor(rate) {
		const floor = await openFloor();
		try {
			return await measure(rate, floor);
		} finally {
			await floor.close();
			await stack.query('truncate floor.message');
		}
	},
	ours: (rate) => measure(rate),
};

const FIGURES = ['rate', 'cpu_s_per_100k', 'relay_s_per_100k', 'server_s_per_100k', 'ack_p50_ms', 'ack_p99_ms', 'delivery_p50_ms', 'delivery_p99_ms'];

async function inTurn(sides, rate) {
	const results = Object.fromEntries(Object.keys(sides).map((side) => [side, []]));
	for (let i = 0; i < Number(given.runs); i++) {
		for (const side of Object.keys(sides).filter((name) => !given.only || name === given.only)) {
			const result = await sides[side](rate);
			results[side].push(result);
			const wrong = faults(result);
			if (wrong.length > 0) {
				console.log(`${side}: ${wrong.join(', ')}`);
				process.exitCode = 1;
			}
		}
	}
	return results;
}

async function compare(title, rate) {
	const results = await inTurn(SIDES, rate);
	console.log(`${title.padEnd(34)}${'floor'.padStart(10)}${'ours'.padStart(10)}${'ours/floor'.padStart(12)}`);
	for (const figure of FIGURES) {
		const [floor, ours] = ['floor', 'ours'].map((side) => median(results[side].map((result) => result[figure])));
		const text = (number) => (number === undefined ? '-' : number.toFixed(figure === 'rate' ? 0 : 3)).padStart(10);
		console.log(`  ${figure.padEnd(32)}${text(floor)}${text(ours)}${(floor && ours ? (ours / floor).toFixed(2) : '-').padStart(12)}`);
	}
	return results;
}

// ---- two relays -----------------------------------------------------------------------------------------------------------

const working = () => stack.relays.map((relay) => relay.log.split('event=bus_works').length);

// Each side on relays that have just started. Customers are on the first relay, operators on the last.
const onRelays = (env, operators) => async (rate) => {
	const before = working();
	await Promise.all(stack.relays.map((relay) => relay.stop()));
	for (const relay of stack.relays) relay.change({ env });
	await Promise.all(stack.relays.map((relay) => relay.start()));
	if (env.SWITCHBOARD_NATS_URL) await until(() => working().every((count, i) => count > before[i]), { what: 'NATS to work' });
	return stack.load({ options: { seconds: given.seconds, rate, body: given.body, window: given.window, operators } });
};

async function compareRelays() {
	const nats = given.nats ? await NatsServer.open() : null;
	await nats?.start();
	const other = stack.relaySocket(relays);
	const sides = { 'one relay': onRelays({}), 'two, hints by PostgreSQL': onRelays({}, other) };
	if (nats) sides['two, hints by NATS'] = onRelays({ SWITCHBOARD_NATS_URL: nats.url, SWITCHBOARD_NATS_CREDENTIALS_FILE: nats.credentialsFile }, other);
	const results = await inTurn(sides, fixedRate);
	const figures = ['ack_p50_ms', 'ack_p99_ms', 'delivery_p50_ms', 'delivery_p99_ms'];
	console.log(`${`${fixedRate} messages a second`.padEnd(26)}${figures.map((figure) => figure.padStart(17)).join('')}   p50 more than on one (goal: 12)`);
	const of = (side, figure) => median(results[side].map((result) => result[figure]));
	for (const side of Object.keys(sides)) {
		const more = of(side, 'delivery_p50_ms') - of('one relay', 'delivery_p50_ms');
		console.log(`${side.padEnd(26)}${figures.map((figure) => of(side, figure).toFixed(3).padStart(17)).join('')}   ${side === 'one relay' ? '' : more.toFixed(3)}`);
	}
	await nats?.close();
	return results;
}

await stack.start();
const results = {};
if (relays > 1) {
	results.relays = await compareRelays();
} else {
	if (given.load !== 'steady') results.saturated = await compare(`saturated, ${given.pairs} pairs`, 0);
	if (given.load !== 'saturated' && fixedRate > 0) results.steady = await compare(`${fixedRate} messages a second`, fixedRate);
}
if (given.json) writeFileSync(given.json, `${JSON.stringify(results, null, '\t')}\n`);
await stack.finish();
