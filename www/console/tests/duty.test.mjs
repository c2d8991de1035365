// SPDX-License-Identifier: ISC
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Duty } from '../duty.js';

const settle = () => new Promise((go) => { setTimeout(go); });

/** Somebody's duty before a server that answers when the test says so. */
function begin() {
	const asked = [];
	const put = (path, { state }) => new Promise((answer, fail) => {
		asked.push({ state, fail, answer: () => answer({ operator: { operator: 'ana', presence: { state } } }) });
	});
	return { asked, duty: new Duty({ put }, { operator: 'ana', presence: { state: 'offline' } }) };
}

test('who changes his mind while the server is told gets what he wanted last, and the server hears it last', async () => {
	const { asked, duty } = begin();
	const first = duty.setPresence('break');
	for (const state of ['offline', 'available']) await duty.setPresence(state);
	assert.equal(duty.presence, 'available');
	assert.deepEqual(asked.map(({ state }) => state), ['break'], 'one at a time');
	asked[0].answer();
	await settle();
	assert.deepEqual(asked.map(({ state }) => state), ['break', 'available'], 'what he no longer wants is not told');
	assert.equal(duty.presence, 'available', 'the answer to the first does not show');
	asked[1].answer();
	await first;
	assert.deepEqual([duty.presence, duty.wanted], ['available', '']);
});

test('what the server refuses is as it was', async () => {
	const { asked, duty } = begin();
	const refused = duty.setPresence('available');
	asked[0].fail(new Error('no'));
	await assert.rejects(refused);
	assert.deepEqual([duty.presence, duty.wanted], ['offline', '']);
});
