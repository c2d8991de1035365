// SPDX-License-Identifier: ISC
// The same scenes with every notification lost: the router's sweep finds what nobody told it, and operators ask for their offers. Lost means: each function of
// the database that notifies does everything but that.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { useStack } from '../support/stack.mjs';
import { dbaSession, Scene } from './scene.mjs';
import { SCENES } from './scenes.mjs';

const SWEEP_S = 1;
const stack = useStack({ options: { router_sweep_s: SWEEP_S }, prepare: silence });
const heard = [];
let dba, ear;

async function silence({ database }) {
	await database.query("update chat.setting set value = '0' where name in ('stagger_s', 'missed_offer_penalty_s')");
	await database.query('create function internal.lost(p_channel text, p_payload text) returns void language sql as $$ select $$');
	const loud = await database.query(`select p.oid::regprocedure::text as name, pg_get_functiondef(p.oid) as definition
		from pg_proc p join pg_namespace n on n.oid = p.pronamespace
		where n.nspname in ('api', 'internal', 'chat') and (p.prosrc ~* 'pg_notify' or p.prosrc ~* '\\mnotify\\M\\s+[a-z]')`);
	assert.ok(loud.some(({ name }) => name === 'internal.ring_router()'), 'the router\'s bell is among them');
	for (const { definition } of loud) await database.query(definition.replaceAll(/\bpg_notify\s*\(/g, 'internal.lost('));
	dba = await dbaSession(database);
	ear = await database.connect();
	ear.on('notification', ({ channel }) => heard.push(channel));
	for (const channel of ['route', 'relay_1', 'relay_2']) await ear.query(`listen switchboard_${channel}`);
}

after(() => Promise.all([dba?.end(), ear?.end()]));

for (const [index, [name, play]] of Object.entries(SCENES).entries()) {
	test(`offered by the sweep: ${name}`, async (t) => {
		const scene = new Scene(stack, { dba, hearing: 'asking', name: `scene${index}` });
		try {
			const { operator, order, act, due, after: last } = await play(scene);
			await act?.();
			const event = due ?? performance.now();
			const offer = await scene.nextOffer(operator, order[0]);
			const offered = await scene.offeredAt(offer);
			if (due) assert.ok(offered >= due, `not before its time: ${(due - offered).toFixed(1)} ms early`);
			t.diagnostic(`${due ? 'due' : 'done'} → decided ${(offered - event).toFixed(0)} ms, the sweep comes every ${SWEEP_S * 1000} ms`);
			await scene.serves(operator, order, offer);
			await last?.();
		} finally {
			await scene.over();
		}
	});
}

test('the socket shows an offer of which no notification told', async (t) => {
	const scene = new Scene(stack, { dba, hearing: 'socket', name: 'unheard' });
	try {
		await scene.queues();
		const ana = await scene.onDuty('ana');
		const chat = await scene.arrives();
		const offer = await scene.nextOffer(ana, chat);
		t.diagnostic(`decided → on the socket ${(offer.heard_at - await scene.offeredAt(offer)).toFixed(0)} ms`);
		await scene.serves(ana, [chat], offer);
	} finally {
		await scene.over();
	}
});

test('nothing was heard all the time', () => {
	assert.deepEqual(heard, []);
});
