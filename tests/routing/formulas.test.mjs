// SPDX-License-Identifier: ISC
// ROUTING 4.3: waits in virtual time against the exact formulas. The full size of 50,000 chats through the database is tests/soak/formulas.mjs; here every
// wait of a smaller line is the one of arithmetic, and the arithmetic at full size is what theory says.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openCluster } from '../support/database.mjs';
import { findInstallation } from '../support/installation.mjs';
import { erlangA, erlangB, erlangC } from './erlang.mjs';
import { chance, figures, waitsByOrder, waitsByRouter } from './line.mjs';
import { CASES, exactly, tell } from './formula-cases.mjs';

const CHATS = 1500;
const SEED = 20260601;
const installation = findInstallation();
let cluster;

before(async () => {
	cluster = await openCluster();
});

after(() => cluster.close());

test('the formulas give the values of the specification', () => {
	const near = (value, wanted, digits) => assert.equal(value.toFixed(digits), wanted);
	near(erlangB(2, 1), '0.2', 1); // 1/2 : (1 + 1 + 1/2)
	near(erlangC({ operators: 14, load: 10, aht_s: 300 }).within(30), '0.883', 3);
	const busy = erlangC({ operators: 14, load: 11.5, aht_s: 300 });
	near(busy.wait, '0.38579', 5);
	near(busy.mean_s, '46.3', 1);
	near(busy.within(30), '0.69955', 5);
	const impatient = erlangA({ operators: 14, load: 10, aht_s: 180, patience_s: 300 });
	near(impatient.abandon, '0.01398', 5);
	near(impatient.within(20), '0.91679', 5);
	near(erlangA({ operators: 14, load: 10, aht_s: 300, patience_s: 1e6 }).within(30), '0.883', 3); // whoever has all patience is Erlang's C
});

// How far (root of the mean square) a line of this size is from the exact value by chance: over 100 other seeds.
function spread(given, figure) {
	const exact = exactly(given)[figure];
	const squares = Array.from({ length: 100 }, (_, seed) => {
		const line = chance({ ...given, chats: CHATS, seed });
		return (figures(waitsByOrder(line, given.operators), given.target_s)[figure] - exact) ** 2;
	});
	return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
}

for (const { name, bands, ...given } of CASES) {
	test(`${name}: 50,000 chats in arithmetic are what theory says`, (t) => {
		const found = figures(waitsByOrder(chance({ ...given, chats: 50000, seed: 3 }), given.operators), given.target_s);
		const exact = exactly(given);
		t.diagnostic(tell(found, exact));
		for (const [figure, band] of Object.entries(bands)) assert.ok(Math.abs(found[figure] - exact[figure]) <= band, `${figure}: ${tell(found, exact)}`);
	});

	test(`${name}: ${CHATS} chats through the router wait exactly as long as in arithmetic`, async (t) => {
		const line = chance({ ...given, chats: CHATS, seed: SEED });
		const { waits, broken } = await waitsByRouter({ cluster, installation }, line, given.operators);
		const wanted = waitsByOrder(line, given.operators);
		const wrong = wanted.findIndex((wait, i) => wait !== waits[i]);
		assert.equal(wrong, -1, `chat ${wrong + 1} waited ${waits[wrong]} µs instead of ${wanted[wrong]}`);
		assert.deepEqual(broken, []);
		const found = figures(waits, given.target_s);
		const exact = exactly(given);
		t.diagnostic(tell(found, exact));
		for (const figure of Object.keys(bands)) {
			const band = 4 * spread(given, figure);
			assert.ok(Math.abs(found[figure] - exact[figure]) <= band, `${figure} is more than ${band.toFixed(4)} away: ${tell(found, exact)}`);
		}
	});
}
