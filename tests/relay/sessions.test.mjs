// SPDX-License-Identifier: ISC
// A session that is ended, by whomever, closes its sockets with 4401 at once; the others stay (SECURITY D8).
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { Customer, Operator } from '../support/people.mjs';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';

const stack = useStack();

async function connected(...names) {
	const people = await Promise.all(names.map((name) => Operator.logIn(stack, name)));
	for (const person of people) await person.connect();
	return people;
}

const endings = {
	'the person logs out elsewhere': ({ second }) => second.call('DELETE', 'session'),
	'the person ends all other sessions': ({ first }) => first.call('POST', 'session/end', { others: true }),
	'the person ends one of the others': async ({ first }) => {
		const { sessions } = await first.call('GET', 'session/list');
		await first.call('POST', 'session/end', { session: sessions.find(({ current }) => !current).id });
	},
	'the person chooses a new password': ({ first }) =>
		first.call('POST', 'account/password', { password: stack.passwords.ana, new_password: stack.passwords.ana }),
};
for (const [what, end] of Object.entries(endings))
	test(`D8 ${what}: that socket is closed with 4401, this one and a colleague's stay`, async () => {
		await stack.query("select chat.end_sessions('ana')");
		const [first, second, ben] = await connected('ana', 'ana', 'ben');
		await end({ first, second });
		assert.equal(await second.closeCode(), 4401);
		await assert.rejects(second.connect(), { code: 'unauthorized' });
		for (const person of [first, ben]) await person.settled();
		for (const person of [first, ben]) person.close();
	});

const takings = {
	'a supervisor ends the sessions of somebody': ({ sam }) => sam.call('POST', 'operators/ana/logout', {}),
	'a DBA ends them in SQL': () => stack.query("select chat.end_sessions('ana')"),
	'the operator is switched off': () => stack.query("update chat.operator set active = false where operator = 'ana'"),
	'the role changes': () => stack.query("update chat.operator set role = 'supervisor' where operator = 'ana'"),
	'a link sets another password': async ({ ben }) => {
		await stack.query("select from api.make_link('ana', 'reset', sha256(convert_to($1, 'UTF8')))", ['a'.repeat(43)]);
		await ben.call('POST', 'link/password', { token: 'a'.repeat(43), password: stack.passwords.ana });
	},
};
for (const [what, take] of Object.entries(takings))
	test(`D8 ${what}: all sockets of that operator are closed with 4401, the others stay`, async () => {
		const [first, second, ben, sam] = await connected('ana', 'ana', 'ben', 'sam');
		await take({ ben, sam });
		assert.deepEqual([await first.closeCode(), await second.closeCode()], [4401, 4401]);
		await assert.rejects(first.call('GET', 'session'), { code: 'unauthorized' });
		for (const person of [ben, sam]) await person.settled();
		for (const person of [ben, sam]) person.close();
		await stack.query("update chat.operator set active = true, role = 'operator' where operator = 'ana'");
	});

test('D8 each of these is told to every relay at COMMIT: nobody waits for the next beat', async () => {
	const client = await stack.database.connect();
	const heard = [];
	client.on('notification', ({ payload }) => heard.push(payload));
	const [{ relay }] = await stack.query('select relay from chat.relay');
	await client.query(`listen switchboard_relay_${relay}`);
	for (const [what, end] of Object.entries({ ...endings, ...takings })) {
		const [first, second, ben, sam] = await Promise.all(['ana', 'ana', 'ben', 'sam'].map((name) => Operator.logIn(stack, name)));
		heard.length = 0;
		await end({ first, second, ben, sam });
		await until(async () => (await client.query('select 1')) && heard.includes('s:ana'), { what: `the relays to be told that ${what}` });
		await stack.query("update chat.operator set active = true, role = 'operator' where operator = 'ana'");
	}
	await client.end();
});

test('the chat of who was logged out is queued again when his time is over', async () => {
	const ana = await Operator.logIn(stack, 'ana', ['billing']);
	await ana.connect();
	const kim = await Customer.open(stack, { queue: 'billing' });
	await ana.accept(await ana.nextOffer());
	await stack.query("select chat.end_sessions('ana')");
	assert.equal(await ana.closeCode(), 4401);
	assert.equal((await kim.view()).state, 'active', 'not at once');
	await stack.query("update chat.setting set value = '0' where name = 'operator_grace_s'");
	await stack.query("update chat.operator_state set lease_until = clock_timestamp() where operator = 'ana'");
	await until(async () => (await kim.view()).state === 'queued', { what: 'the chat to wait again' });
	await kim.call('POST', `chats/${kim.chat}/end`, {});
});
