// SPDX-License-Identifier: ISC
// A company of thousands: what a decision stands on is worked out in the time that the router has. (What it costs is measured in tests/bench/routing.mjs.)

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { openCluster, openDatabase } from '../support/database.mjs';
import { findInstallation } from '../support/installation.mjs';

const OPERATORS = 3000;
let cluster, database;

before(async () => {
	cluster = await openCluster();
	database = await openDatabase({ cluster, installation: findInstallation(), demo: false });
});

after(async () => {
	await database.close();
	await cluster.close();
});

// They have just been imported: the planner knows nothing of them yet. Going through all pairs of them took 18 s, so that statement_timeout cut off every try.
test('three thousand operators are worked out within a statement of the router, also after every queue has changed', async () => {
	const client = await database.connect();
	try {
		await client.query(readFileSync(new URL('../bench/company.sql', import.meta.url), 'utf8'));
		await client.query('select bench.build($1, 5, 3, 1)', [OPERATORS]);
		await client.query('select bench.sign_in()');
		await client.query("set statement_timeout = '5s'");
		for (const mode of ['skill', 'balanced']) {
			await client.query('update chat.queue set mode = $1', [mode]);
			await client.query('select internal.route(clock_timestamp(), 50)');
			const { rows: [{ pairs }] } = await client.query('select count(*)::int as pairs from internal.able');
			assert.equal(pairs, 3 * OPERATORS);
		}
	} finally {
		await client.end();
	}
});
