// SPDX-License-Identifier: ISC
// Who was let in once does not stay for ever: a token that is replaced, a chat that is erased or over, a session that is gone close their sockets, at once
// when that is told, and soon when it is not (SECURITY D8).

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { useStack } from '../support/stack.mjs';
import { Customer, Operator } from '../support/people.mjs';
import { serves } from '../support/conversation.mjs';

const CHECK_S = 5;
const ROUNDS = 25;
const stack = useStack({ options: { token_check_s: CHECK_S } });

async function connected(request = { queue: 'billing' }) {
	const customer = await Customer.open(stack, request);
	await customer.connect();
	return customer;
}

// Gives the chat another token, which is told to the relays or (as when a notification is lost) to nobody.
async function replaceToken({ chat }, { told }) {
	const token = randomBytes(32).toString('base64url');
	const client = await stack.database.connect();
	try {
		await client.query('begin');
		if (!told) await client.query('set local session_replication_role = replica'); // no trigger of ours
		await client.query('update chat.chat_access set token_hash = $2 where chat = $1', [chat, createHash('sha256').update(token).digest()]);
		await client.query('commit');
	} finally {
		await client.end();
	}
	return token;
}

// Nobody is rung meanwhile.
async function withoutBells(work) {
	const [{ text: keep }] = await stack.query('select pg_get_functiondef(\'internal.ring_relays\'::regproc) as text');
	await stack.query(keep.replace(/\$function\$.*\$function\$/s, () => '$function$ begin end $function$'));
	try {
		return await work();
	} finally {
		await stack.query(keep);
	}
}

test('a token that is replaced: all its sockets are closed with 4401 although nobody told; the new one is let in, others stay', async () => {
	const [kim, lee] = [await connected(), await connected()];
	const tab = kim.tab();
	await tab.connect();
	const token = await replaceToken(kim, { told: false });
	assert.deepEqual([await kim.closeCode(), await tab.closeCode()], [4401, 4401]);
	await assert.rejects(kim.connect(), { closed: 4401 });
	kim.token = token;
	await kim.connect();
	assert.equal((await kim.say('with a new token')).t, 'ack');
	assert.equal((await lee.say('untouched')).t, 'ack');
	for (const person of [kim, lee]) person.close();
});

test('a replaced token that is told closes at once: before one of which nobody was told', async (t) => {
	for (let round = 1; round <= ROUNDS; round++) {
		const [quiet, loud] = [await connected(), await connected()]; // the first one's turn comes first
		await replaceToken(quiet, { told: false });
		await replaceToken(loud, { told: true });
		assert.equal(await loud.closeCode(), 4401);
		const first = quiet.closed === null;
		assert.equal(await quiet.closeCode(), 4401);
		if (first) return;
		t.diagnostic(`round ${round}: the machine was so slow that both were found by their turn`);
	}
	assert.fail(`in ${ROUNDS} rounds no socket was closed by what was told`);
});

test('a chat that is erased closes its sockets with 4401, and the relay goes on', async () => {
	const kim = await connected();
	await kim.say('forget this');
	await stack.query('delete from chat.chat where chat = $1', [kim.chat]);
	assert.equal(await kim.closeCode(), 4401);
	await serves(stack);
	assert.equal(stack.relay.starts, 1);
});

test('a chat that is over although nobody told is told to its end, then closed with 4410', async () => {
	const kim = await connected();
	await withoutBells(async () => {
		await kim.call('POST', `chats/${kim.chat}/end`, {});
		assert.equal(await kim.closeCode(), 4410);
	});
	assert.equal(kim.events(kim.chat).at(-1).kind, 'ended');
});

test('a session that is gone although nobody told: its sockets are closed with 4401, those of another session stay', { timeout: 300000 }, async () => {
	const [ana, ben] = [await Operator.logIn(stack, 'ana'), await Operator.logIn(stack, 'ben')];
	for (const person of [ana, ben]) await person.connect();
	await stack.query("delete from chat.session where operator = 'ana'");
	assert.equal(await ana.closeCode(), 4401);
	await ben.settled();
	ben.close();
});
