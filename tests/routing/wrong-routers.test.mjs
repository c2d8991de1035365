// SPDX-License-Identifier: ISC
// The proof of the proofs: routers that are a little wrong, each an edit of the real functions in a test's own database, are caught by the tests that
// the real one passes.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openCluster } from '../support/database.mjs';
import { findInstallation } from '../support/installation.mjs';
import { openCrowd } from './crowd.mjs';
import { drawHistory, openStage, playHistory, shrink } from './history.mjs';

const installation = findInstallation();
let cluster;

before(async () => {
	cluster = await openCluster();
});

after(() => cluster.close());

// Replaces `right` by `wrong` in a function; it must stand there exactly once.
async function spoil(database, name, right, wrong) {
	const [{ text }] = await database.query('select pg_get_functiondef($1::regproc) as text', [`internal.${name}`]);
	const parts = text.split(right);
	assert.equal(parts.length, 2, `internal.${name} holds "${right}" once`);
	await database.query(parts.join(wrong));
}

// The first history that goes wrong, shrunk; histories are those of property.test.mjs.
async function firstCaught(stage) {
	for (let seed = 1; seed <= 300; seed++) {
		const history = drawHistory(seed, 40);
		const { wrong } = await playHistory(stage, history);
		if (wrong) return { seed, wrong, events: (await shrink(stage, history)).events.length };
	}
	return { wrong: 'nothing' };
}

async function caughtByHistories(t, spoilIt, pattern) {
	const stage = await openStage({ cluster, installation });
	try {
		await spoilIt(stage.database);
		const { seed, wrong, events } = await firstCaught(stage);
		assert.match(wrong, pattern);
		t.diagnostic(`seed ${seed}, ${events} events are enough: ${wrong}`);
	} finally {
		await stage.close();
	}
}

test('longest idle before fewest chats is caught', { timeout: 600_000 }, (t) => caughtByHistories(t, (database) =>
	spoil(database, 'line_candidates', 's.load, s.last_accept_at nulls first', 's.last_accept_at nulls first, s.load'), /the model wants \w+ to \w+ by (availability|skill)/));

test('no stagger is caught', { timeout: 600_000 }, (t) => caughtByHistories(t, async (database) => {
	await spoil(database, 'look', 's.last_offer_at + r.stagger <= p_now', 'true');
	for (const name of ['make_offer', 'make_offers']) await spoil(database, name, 's.last_offer_at + r.stagger <= p_now', 'true');
}, /the router made|the router is idle|stagger/));

// Where decisions are made one after the other and written together. (tests/sql/routing_many.sql looks closer.)
test('who is asked twice in one go is caught', { timeout: 600_000 }, (t) => caughtByHistories(t, (database) =>
	spoil(database, 'line_pairs', 'v_taken[v_who[v_place]] > 0', 'false'), /in one go the router makes/));

for (const [name, cap] of [['make_offer', 's.load < (p_candidates[1]).cap'], ['make_offers', 's.load < (p.candidates[1]).cap']]) {
	test(`capacity looked at before the lock alone is caught, ${name}`, async (t) => {
		const crowd = await openCrowd({ cluster, installation });
		try {
			await spoil(crowd.database, name, cap, 'true');
			await crowd.decideLate({ together: name === 'make_offers' });
			const violations = await crowd.violations();
			assert.deepEqual(violations.map(({ rule }) => rule), ['I2 load within cap']);
			assert.match((await crowd.database.brokenInvariants(installation.sqlDir)).join('\n'), /no operator held his cap or more when an offer was made \(I2\)/);
			t.diagnostic(`an operator held ${violations[0].detail}`);
		} finally {
			await crowd.database.close();
		}
	});
}
