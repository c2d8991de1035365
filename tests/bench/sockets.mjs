// SPDX-License-Identifier: ISC
// What sockets cost that say nothing: memory and computing time of the relay, what a message costs beside them, and how quickly all are back when they are cut
// at once. Explained in tests/bench/README.md.
//
//   SWITCHBOARD_BUILD=BUILD-DIRECTORY node tests/bench/sockets.mjs [--few 100] [--many 10000] [--storm 5000] [--pairs 100] [--rate 500] [--seconds 10]
//        [--runs 3] [--only quiet|messages|storm]

import { parseArgs } from 'node:util';
import { LoadedStack, faults, median } from './load.mjs';

const { values: given } = parseArgs({
	options: {
		few: { type: 'string', default: '100' }, many: { type: 'string', default: '10000' }, storm: { type: 'string', default: '5000' },
		pairs: { type: 'string', default: '100' }, rate: { type: 'string', default: '500' }, seconds: { type: 'string', default: '10' },
		runs: { type: 'string', default: '3' }, only: { type: 'string' },
	},
});
const [few, many, storm, rate, seconds, runs] = ['few', 'many', 'storm', 'rate', 'seconds', 'runs'].map((name) => Number(given[name]));
const stack = new LoadedStack({ pairs: Number(given.pairs), idle: Math.max(few, many, storm) });

async function measure(idle, options) {
	const result = await stack.load({ idle, options: { seconds, ...options } });
	const wrong = faults(result);
	if (wrong.length > 0) {
		console.log(`${idle} idle: ${wrong.join(', ')}`);
		process.exitCode = 1;
	}
	return result;
}

// Medians of runs in turn.
async function compare(title, options, figures) {
	const results = [few, many].map(() => []);
	for (let i = 0; i < runs; i++) for (const [n, idle] of [few, many].entries()) results[n].push(await measure(idle, options));
	console.log(`${title.padEnd(34)}${`${few} idle`.padStart(12)}${`${many} idle`.padStart(12)}${'ratio'.padStart(8)}`);
	for (const [name, figure] of Object.entries(figures)) {
		const [a, b] = results.map((list) => (figure.of ?? median)(list.map(figure)));
		console.log(`  ${name.padEnd(32)}${a.toFixed(3).padStart(12)}${b.toFixed(3).padStart(12)}${(b / a).toFixed(2).padStart(8)}`);
	}
}

// The first run alone takes memory from the kernel; the later ones find what it left.
const idleKb = Object.assign((result) => result.idle_kb, { of: (list) => list[0] });

const PARTS = {
	// by then it is written down how far each has read the bot's first words, and every customer has been looked at once by whoever looks
	quiet: () => compare('nobody writes', { window: 0, warm: 40, seconds: 4 * seconds }, {
		'relay: KB an idle connection': idleKb,
		'relay: % of a core': (r) => r.relay_s / (4 * seconds) * 100,
		'server: % of a core': (r) => r.server_s / (4 * seconds) * 100,
	}),
	messages: () => compare(`${rate} messages a second`, { rate }, {
		...Object.fromEntries(['cpu_s_per_100k', 'relay_s_per_100k', 'server_s_per_100k', 'ack_p50_ms', 'ack_p99_ms'].map((name) => [name, (r) => r[name]])),
	}),
	async storm() {
		const results = [];
		for (let i = 0; i < runs; i++) results.push(await measure(storm, { rate, storm: true, seconds: 2 * seconds }));
		if (results.some((result) => result.storm_s < 0)) process.exitCode = 1;
		const of = (name) => median(results.map((result) => result[name])).toFixed(3);
		console.log(`${storm} cut at once: all synced after ${results.map((result) => result.storm_s).join(', ')} s (-1: not in time)`);
		console.log(`  the others' acks: p50 ${of('ack_p50_ms')} ms before and after, ${of('storm_p50_ms')} meanwhile; p99 ${of('ack_p99_ms')} and ${of('storm_p99_ms')}`);
	},
};

await stack.start();
for (const [name, part] of Object.entries(PARTS)) if (!given.only || name === given.only) await part();
await stack.finish();
