// SPDX-License-Identifier: ISC
// ROUTING 4.1 at full size: random histories by the thousand, every decision judged by the model and every invariant after each step. By hand; takes an hour.
//
//   SWITCHBOARD_BUILD=... node tests/soak/histories.mjs [HISTORIES] [SEED]

import { openCluster } from '../support/database.mjs';
import { findInstallation } from '../support/installation.mjs';
import { playMany } from '../routing/history.mjs';

const [count, seed] = [Number(process.argv[2] ?? 10000), Number(process.argv[3] ?? 1)];
const installation = findInstallation();
const cluster = await openCluster();
const began = performance.now();
let told = 0;
const figures = ({ histories, steps, decisions, failures }) => `${histories} histories from seed ${seed} on: ${steps} steps, ${decisions} decisions, `
	+ `${failures.length} wrong; ${((performance.now() - began) / 60000).toFixed(1)} min`;
try {
	const total = await playMany({ cluster, installation }, { seed, count, length: 40, enough: 20, progress: (so_far) => {
		for (; told < so_far.failures.length; told++) console.log(so_far.failures[told]);
		if (so_far.histories % 250 === 0) console.log(figures(so_far));
	} });
	console.log(figures(total));
	process.exitCode = total.failures.length > 0 ? 1 : 0;
} finally {
	await cluster.close();
}
