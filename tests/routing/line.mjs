// SPDX-License-Identifier: ISC
// One line, served in its order by equal operators with one chat each: arrivals by chance with a seed, played through the real functions in virtual time,
// and the same line worked out in a few lines of arithmetic.

import { exponential, seeded } from '../support/seeded.mjs';
import { openPlay, play } from './virtual-time.mjs';

const SECOND = 1e6; // all instants are whole microseconds
const asText = (micros) => `${Math.floor(micros / SECOND)}.${String(micros % SECOND).padStart(6, '0')}`;
const asMicros = (text) => Math.round(Number(text) * SECOND);

// [{ arrive, work, patience? }] in microseconds, in order of arrival, no two at the same instant.
export function chance({ load, aht_s, patience_s, chats, seed }) {
	const random = seeded(seed);
	const time = (mean_s) => Math.max(1, Math.round(exponential(random, mean_s) * SECOND));
	let now = 0;
	return Array.from({ length: chats }, () => {
		now += time(aht_s / load);
		return { arrive: now, work: time(aht_s), ...(patience_s ? { patience: time(patience_s) } : {}) };
	});
}

// The wait of each chat when the first in line takes whoever is free first; null for who gave up.
export function waitsByOrder(line, operators) {
	const free = new Array(operators).fill(0);
	return line.map(({ arrive, work, patience = Infinity }) => {
		const next = free.indexOf(Math.min(...free));
		const start = Math.max(arrive, free[next]);
		if (start - arrive >= patience) return null;
		free[next] = start + work;
		return start - arrive;
	});
}

// The same through the real functions, on a database of its own.
export async function waitsByRouter({ cluster, installation, mode = 'availability' }, line, operators) {
	const scenario = { queues: [{ name: 'Q', target: 30 }], pools: [{ n: operators, ratings: { Q: 5 } }] };
	const database = await openPlay({ cluster, installation, scenario, mode });
	try {
		const made = await play(database, line.map(({ arrive, work, patience }, i) => ({
			chat: i + 1, queue: 'Q', arrive_s: asText(arrive), work_s: asText(work), ...(patience ? { patience_s: asText(patience) } : {}),
		})));
		const broken = await database.brokenInvariants(installation.sqlDir);
		return { broken, waits: made.map(({ assigned_s }, i) => (assigned_s === null ? null : asMicros(assigned_s) - line[i].arrive)) };
	} finally {
		await database.close();
	}
}

// Shares of all chats, and the mean in seconds.
export function figures(waits, target_s) {
	const served = waits.filter((wait) => wait !== null);
	const share = (count) => count / waits.length;
	return {
		wait: share(served.filter((wait) => wait > 0).length + waits.length - served.length),
		within: share(served.filter((wait) => wait <= target_s * SECOND).length),
		mean_s: served.reduce((sum, wait) => sum + wait, 0) / served.length / SECOND,
		abandon: share(waits.length - served.length),
	};
}
