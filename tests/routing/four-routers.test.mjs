// SPDX-License-Identifier: ISC
// Four routers at once, while people accept, decline, end, leave and come back: every offer is judged in its own transaction (watch.sql), I1–I6.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { openCluster } from '../support/database.mjs';
import { findInstallation } from '../support/installation.mjs';
import { openCrowd } from './crowd.mjs';

const CHATS = 250;
const installation = findInstallation();
let cluster;

before(async () => {
	cluster = await openCluster();
});

after(() => cluster.close());

async function judge(crowd, turns, t) {
	const { database } = crowd;
	assert.deepEqual(Object.fromEntries(crowd.errors), {});
	assert.deepEqual(await crowd.violations(), []);
	assert.deepEqual(await database.brokenInvariants(installation.sqlDir), []);
	assert.equal(await crowd.deadlocks(), 0, 'deadlocks');
	const [{ offers, chats }] = await database.query("select (select count(*) from chat.offer) as offers, (select count(*) from chat.chat) as chats");
	assert.ok(chats >= CHATS && offers >= CHATS / 2, `${offers} offers for ${chats} chats`);
	for (const [name, count] of Object.entries(turns)) assert.ok(count > 5, `${name} had ${count} turns`);
	t.diagnostic(`${offers} offers for ${chats} chats, no violation; turns: ${JSON.stringify(turns)}`);
}

test('four routers pass at once beside people who accept, decline, end, leave and are rated anew', { timeout: 300_000 }, async (t) => {
	const crowd = await openCrowd({ cluster, installation });
	try {
		const pass = () => crowd.call('router', 'router_pass');
		const turns = await crowd.run(CHATS, [pass, pass, pass, pass], ['accept', 'accept', 'decline', 'end', 'abandon', 'leave', 'rate']);
		await judge(crowd, turns, t);
	} finally {
		await crowd.database.close();
	}
});

// The lock of a pass keeps apart those who work out who is able to do what. The offer itself must hold without it.
for (const [what, most_slots] of [['one decision after the other', 3], ['decisions written together', 1]]) {
	test(`four decide at once without the lock of the pass, ${what}: caps and owners hold`, { timeout: 300_000 }, async (t) => {
		const crowd = await openCrowd({ cluster, installation, most_slots });
		try {
			await crowd.call('router', 'router_pass');
			const route = async () => {
				if (most_slots === 1) await pause(50); // meanwhile several are free
				await crowd.database.query('select internal.route(clock_timestamp(), 50)');
			};
			const turns = await crowd.run(CHATS, [route, route, route, route], ['accept', 'accept', 'decline', 'end', 'abandon']);
			await judge(crowd, turns, t);
			if (most_slots > 1) return;
			const [{ together }] = await crowd.database.query(`select coalesce(sum(n), 0)::int as together
				from (select count(*) as n from chat.audit where new ->> 'state' = 'offered' group by xmin, cmin::text) a where n > 1`); // by one statement
			assert.ok(together > 10, `${together} offers were made together with others`);
		} finally {
			await crowd.database.close();
		}
	});
}

for (const together of [false, true]) {
	test(`what was decided before another router filled the operator up is looked at again under his lock${together ? ', where decisions are written together' : ''}`, async () => {
		const crowd = await openCrowd({ cluster, installation });
		try {
			assert.equal(await crowd.decideLate({ together }), false, 'no offer beyond the cap');
			assert.deepEqual(await crowd.violations(), []);
		} finally {
			await crowd.database.close();
		}
	});
}
