// SPDX-License-Identifier: ISC
// ROUTING 4.2: every decision of the reference, made again by the real functions in virtual time.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openCluster } from '../support/database.mjs';
import { findInstallation } from '../support/installation.mjs';
import { replay } from './brute-force.mjs';
import { readTrace, traceNames } from './traces.mjs';
import { openPlay, play } from './virtual-time.mjs';

const AT_ONCE = 2;
const installation = findInstallation();
let cluster;

before(async () => {
	cluster = await openCluster();
});

after(() => cluster.close());

// Those chats for whom something else was made, with what it was.
function differences(chats, made) {
	return chats.map(({ chat, agent, assigned_s }, i) => ({ wanted: { chat, agent, assigned_s }, made: made[i] }))
		.filter((pair) => JSON.stringify(pair.wanted) !== JSON.stringify(pair.made));
}

test('a brute force written from the specification makes the decisions of all 26 files', () => {
	assert.equal(traceNames.length, 26);
	for (const name of traceNames) {
		const trace = readTrace(name);
		assert.deepEqual(differences(trace.chats, replay(trace)), [], name);
	}
});

test('every chat gets the operator and the instant of the reference', { concurrency: AT_ONCE }, async (t) => {
	await Promise.all(traceNames.map((name) => t.test(name, async () => {
		const { chats, ...company } = readTrace(name);
		const database = await openPlay({ cluster, installation, ...company });
		try {
			const wrong = differences(chats, await play(database, chats));
			assert.equal(wrong.length, 0, `${wrong.length} of ${chats.length} differ, the first: ${JSON.stringify(wrong[0])}`);
			assert.deepEqual(await database.brokenInvariants(installation.sqlDir), []);
		} finally {
			await database.close();
		}
	})));
});
