// SPDX-License-Identifier: ISC
// What is shown of a dialog while its steps and ticks are on their way to the server.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Guide } from '../guide.js';
import { HeldChat } from '../held-chat.js';

globalThis.document = { documentElement: { lang: 'en' } };

const steps = (done) => [{ step: 'identify', items: [{ item: 'order', done }], actions: [] }, { step: 'reason', items: [], actions: [] }];
const dialog = (step, done) => ({ dialogs: [], dialog: { dialog: 'return', step, steps: steps(done) } });
const settle = () => new Promise((go) => { setTimeout(go); });

/** A guide of one chat before a server that answers when the test says so: asked[n].answer(value), or .fail(error). */
async function begin() {
	const asked = [];
	const ask = (path, change) => new Promise((answer, fail) => { asked.push({ path, change, answer, fail }); });
	const guide = new Guide({ get: ask, post: ask });
	const kim = new HeldChat({ id: 'kim', state: 'active' });
	guide.addEventListener('change', () => guide.look(kim)); // as the panel does
	guide.look(kim);
	await settle();
	asked[0].answer({ suggestions: [], phrases: false, ...dialog('identify', false) });
	await settle();
	const shown = () => {
		const { step, steps: [{ items: [{ done }] }] } = guide.of('kim').dialog;
		return [step, done];
	};
	return { asked, guide, kim, shown };
}

test('a tick and the next step reach the server in their order, and an answer to the first does not lead back', async () => {
	const { asked, guide, shown } = await begin();
	guide.tick('kim', 'identify', 'order', true);
	const gone = guide.go('kim', 'return', 'reason');
	await settle();
	assert.deepEqual(shown(), ['reason', true]);
	assert.deepEqual(asked.slice(1).map(({ change }) => change), [{ dialog: 'return', step: 'identify', item: 'order', done: true }], 'the step waits for the tick');
	asked[1].answer(dialog('identify', true));
	await settle();
	assert.deepEqual(shown(), ['reason', true]);
	assert.deepEqual(asked[2].change, { dialog: 'return', step: 'reason' });
	asked[2].answer(dialog('reason', true));
	assert.equal(await gone, true);
	assert.deepEqual(shown(), ['reason', true]);
});

test('advice that was asked for before a tick does not take it back', async () => {
	const { asked, guide, kim, shown } = await begin();
	kim.take([{ chat: 'kim', seq: 1, kind: 'message', author: { kind: 'customer' }, body: 'Well?' }]);
	guide.look(kim);
	await settle();
	guide.tick('kim', 'identify', 'order', true);
	await settle();
	asked[2].answer(dialog('identify', true));
	await settle();
	asked[1].answer({ suggestions: [{ phrase: 'p' }], phrases: true, ...dialog('identify', false) });
	await settle();
	assert.deepEqual(shown(), ['identify', true]);
	assert.equal(guide.of('kim').suggestions.length, 1, 'what else it says counts');
});

test('what the server did not keep is shown as it has it', async () => {
	const { asked, guide, shown } = await begin();
	const kept = guide.tick('kim', 'identify', 'order', true);
	await settle();
	asked[1].fail(Object.assign(new Error(), { code: 'unavailable', passing: true }));
	assert.equal(await kept, false);
	await settle();
	asked[2].answer({ suggestions: [], phrases: false, ...dialog('identify', false) });
	await settle();
	assert.deepEqual(shown(), ['identify', false]);
});
