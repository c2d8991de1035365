// SPDX-License-Identifier: ISC
// ACCEPTANCE P55: any login role may NOTIFY any channel of its database. A notification is a doorbell and no authority: rubbish on it is one harmless look.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { Customer, Operator } from '../support/people.mjs';

const stack = useStack({ routers: 2, couriers: 1 });
const GROUPS = ['switchboard_dba', 'switchboard_report', 'switchboard_audit']; // in which people log in
const ROLES = ['switchboard_api', 'switchboard_relay', 'switchboard_router', 'switchboard_courier', ...GROUPS];

test('P55: forged and garbage notifications, by any role, change no assignment and stop nobody', async () => {
	const ana = await Operator.logIn(stack, 'ana', ['billing']);
	const ben = await Operator.logIn(stack, 'ben', ['support']);
	await ana.connect();
	await ben.connect();
	const kim = await Customer.open(stack, { queue: 'billing' });
	await kim.connect();
	const offer = await ana.nextOffer();
	const [{ relay }] = await stack.query('select relay from chat.relay');
	const chat = kim.chat;
	const payloads = ['', 'x'.repeat(7900), `c:${chat}`, 'c:00000000-0000-4000-8000-000000000000', 'c:', 'c', ':', 'o:ana o:ben o:nobody', `o:${'a'.repeat(5000)}`, 's:ana', 's:',
		`t:${chat}:operator:1`, `t:${chat}:operator`, 't:::', `p:${chat}:operator:0`, `d:${chat}:operator:r:999999`, `d:${chat}:customer:g:-1`, 'd:::::', 'r:', 'z:z', '\t\n\u{1f600}',
		`assign ${chat} to ben`, '{"offer":"x"}', "'; drop table chat.chat; --", 'ü'.repeat(3000)];
	const before = await stack.query('select chat, c.state, o.operator, o.state as offer from chat.chat c left join chat.offer o using (chat) order by 1, 3');
	for (const role of ROLES) {
		const client = await stack.database.connect(GROUPS.includes(role) ? 'postgres' : role);
		if (GROUPS.includes(role)) await client.query(`set role ${role}`);
		for (const channel of ['switchboard_route', 'switchboard_lead', 'switchboard_outbox', 'switchboard_configuration', `switchboard_relay_${relay}`, 'switchboard_relay_999'])
			for (const payload of payloads) await client.query('select pg_notify($1, $2)', [channel, payload]);
		await client.end();
	}

	assert.deepEqual(await stack.query('select chat, c.state, o.operator, o.state as offer from chat.chat c left join chat.offer o using (chat) order by 1, 3'), before);
	assert.equal(ben.frames.filter(({ t }) => t === 'offer').length, 0, 'nobody gets an offer that is no row');
	await ana.accept(offer);
	const ack = await kim.say('still there?');
	assert.equal(ack.t, 'ack');
	await until(() => ana.events(chat).some(({ body }) => body === 'still there?'), { what: 'the message at the operator' });
	const next = await Customer.open(stack, { queue: 'billing' });
	assert.equal((await ana.nextOffer()).chat, next.chat, 'routing goes on');
	assert.deepEqual(stack.programs.map(({ name, starts }) => [name, starts]), stack.programs.map(({ name }) => [name, 1]), 'no program ended');
	assert.equal(ben.frames.filter(({ t }) => t === 'offer').length, 0);
	for (const person of [ana, ben, kim]) person.close();
});
