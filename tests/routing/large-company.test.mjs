// SPDX-License-Identifier: ISC
// A company of thousands: what the router does for all of them at once is done in statements that its statement_timeout lets end. (What it costs is measured in
// tests/bench/routing.mjs.)

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { openCluster, openDatabase } from '../support/database.mjs';
import { findInstallation } from '../support/installation.mjs';

const OPERATORS = 3000;
let cluster, database, client;

before(async () => {
	cluster = await openCluster();
	database = await openDatabase({ cluster, installation: findInstallation(), demo: false });
	client = await database.connect();
	await client.query(readFileSync(new URL('../bench/company.sql', import.meta.url), 'utf8'));
	await client.query('select bench.build($1, 5, 3, 1)', [OPERATORS]);
	await client.query('select bench.sign_in()');
	await client.query("set statement_timeout = '5s'");
});

after(async () => {
	await client.end();
	await database.close();
	await cluster.close();
});

// They have just been imported: the planner knows nothing of them yet. Going through all pairs of them took 18 s, so that every try was cut off.
test('three thousand operators are worked out within a statement of the router, also after every queue has changed', async () => {
	for (const mode of ['skill', 'balanced']) {
		await client.query('update chat.queue set mode = $1', [mode]);
		await client.query('select internal.route(clock_timestamp(), 50)');
		const { rows: [{ pairs }] } = await client.query('select count(*)::int as pairs from internal.able');
		assert.equal(pairs, 3 * OPERATORS);
	}
});

// All of them free at once and chats enough for all: fifty balanced decisions took minutes, and a pass that is cut off has offered nothing.
for (const mode of ['balanced', 'skill']) {
	test(`while all are free, each pass ends and has made offers (${mode})`, async () => {
		await client.query('update chat.queue set mode = $1', [mode]);
		await client.query('select bench.arrive(200)');
		for (let pass = 0; pass < 3; pass++) {
			const { rows: [{ offers, more }] } = await client.query('select offers, more from api.router_pass()');
			assert.ok(offers > 0 && more, `pass ${pass}: ${offers} offers, ${more ? 'more' : 'no more'} to come`);
		}
	});
}
