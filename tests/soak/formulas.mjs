// SPDX-License-Identifier: ISC
// ROUTING 4.3 at full size: 50,000 chats of each case through the real functions in virtual time, against the exact formulas. By hand; takes a while.
//
//   SWITCHBOARD_BUILD=... node tests/soak/formulas.mjs [CHATS] [SEED]

import { openCluster } from '../support/database.mjs';
import { findInstallation } from '../support/installation.mjs';
import { CASES, exactly, tell } from '../routing/formula-cases.mjs';
import { chance, figures, waitsByOrder, waitsByRouter } from '../routing/line.mjs';

const [chats, seed] = [Number(process.argv[2] ?? 50000), Number(process.argv[3] ?? 3)];
const installation = findInstallation();
const cluster = await openCluster();
try {
	for (const { name, bands, ...given } of CASES) {
		const began = performance.now();
		const line = chance({ ...given, chats, seed });
		const { waits, broken } = await waitsByRouter({ cluster, installation }, line, given.operators);
		const found = figures(waits, given.target_s);
		const exact = exactly(given);
		const outside = Object.entries(bands).filter(([figure, band]) => Math.abs(found[figure] - exact[figure]) > band);
		const different = waitsByOrder(line, given.operators).filter((wait, i) => wait !== waits[i]).length;
		const minutes = (performance.now() - began) / 60000;
		console.log(`${name}, ${chats} chats, seed ${seed}: ${tell(found, exact)}; ${different} waits differ from arithmetic; `
			+ `${broken.length} broken invariants; ${minutes.toFixed(1)} min`);
		if (outside.length + different + broken.length > 0) {
			console.log(`  not as it must be: ${[...outside.map(([figure, band]) => `${figure} is more than ${band} away`), ...broken.slice(0, 5)].join('; ')}`);
			process.exitCode = 1;
		}
	}
} finally {
	await cluster.close();
}
