// SPDX-License-Identifier: ISC
// Guidance over HTTP, with the demo's company: which phrases are proposed for what customers write, the dialog, dispositions; what they do is held by tests/sql/guidance.sql.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { Customer, Operator } from '../support/people.mjs';
import { api, assertError } from '../support/http.mjs';
import { sentences } from '../support/sentences.mjs';

const stack = useStack({ prepare: (fresh) => fresh.query("update chat.operator set max_chats = 20 where operator = 'dara'") });
const queues = ['sales', 'billing', 'support'];
let dara;

async function talk(queue, request = {}) {
	dara ??= await Operator.logIn(stack, 'dara', queues);
	await dara.presence('available');
	const customer = await Customer.open(stack, { queue, name: 'Kim', ...request });
	const { offer } = await until(async () => (await stack.query("select offer from chat.offer where chat = $1 and state = 'open'", [customer.chat]))[0], { what: 'an offer' });
	await dara.accept({ offer });
	return customer;
}
const say = (customer, body) => customer.call('POST', `chats/${customer.chat}/messages`, { cid: randomUUID(), body });
const answer = ({ chat }, body) => dara.call('POST', `operator/chats/${chat}/messages`, { cid: randomUUID(), body });
const guidance = ({ chat }, locale = 'en') => dara.call('GET', `guidance?chat=${chat}&locale=${locale}`);
const ask = (method, path, body) => api(stack, method, path, { body, headers: dara.headers() });

for (const [locale, list] of Object.entries(sentences)) {
	test(`guidance proposes the right phrase among the first three for ${list.length} sentences of customers (${locale})`, async () => {
		assert.ok(list.length >= 20);
		const customers = {};
		for (const queue of queues) customers[queue] = await talk(queue, { locale });
		const missed = [];
		let first = 0;
		for (const [queue, said, phrase] of list) {
			await say(customers[queue], said);
			const { suggestions, locale: spoken } = await guidance(customers[queue]);
			assert.equal(spoken, locale);
			assert.ok(suggestions.length <= 3 && suggestions.every((one) => one.locale === locale), 'three at most, all in the language of the chat');
			const at = suggestions.findIndex((one) => one.phrase === phrase);
			if (at < 0) missed.push([said, phrase, suggestions.map((one) => one.phrase)]);
			first += at === 0;
			await answer(customers[queue], 'I see.');
		}
		assert.deepEqual(missed, []);
		assert.ok(first >= list.length * 0.75, `${first} of ${list.length} stand first`);
		for (const queue of queues) await dara.end(customers[queue].chat);
	});
}

test('phrases are filled for the chat, what has no value is named, and a use is counted', async () => {
	const kim = await talk('sales', { locale: 'en', answers: { order: '4711' } });
	const { phrases, more } = await dara.call('GET', `phrases?chat=${kim.chat}`);
	assert.equal(more, false);
	const text = (name) => phrases.find(({ phrase }) => phrase === name);
	assert.match(text('hello').text, /^Hello Kim! I am Dara Novak of The Corner Shop\./);
	assert.match(text('where-is-order').text, /^Your order 4711 has left/);
	assert.ok(!text('refund-time'), 'none of another queue');
	const [found] = (await dara.call('GET', `phrases?chat=${kim.chat}&q=trac&limit=5`)).phrases;
	assert.equal(found.phrase, 'where-is-order');
	const used = await dara.call('POST', `operator/chats/${kim.chat}/phrases`, { phrase: 'hello' });
	assert.equal(used.uses, (text('hello').uses ?? 0) + 1);
	const plain = (await dara.call('GET', 'phrases?locale=de&q=hello&limit=1')).phrases[0];
	assert.deepEqual([plain.locale, plain.uses], ['de', used.uses], 'without a chat: as it is written, with its uses');
	assert.match(plain.text, /\{operator\}/);
	const jo = await talk('sales', { locale: 'en' });
	const [lost] = (await dara.call('GET', `phrases?chat=${jo.chat}&q=track`)).phrases;
	assert.deepEqual(lost.missing, ['answer.order', 'answer.order']);
	for (const { chat } of [kim, jo]) await dara.end(chat);
});

test('a step is kept, a change of the DBA counts at once, a disposition is asked for', async () => {
	const kim = await talk('billing', { locale: 'de' });
	const { dialog } = await guidance(kim, 'de');
	assert.deepEqual([dialog.title, dialog.step, dialog.steps.length], ['Erstattung', 'identify', 3]);
	assert.match(dialog.steps[0].say.text, /^Hallo Kim/);
	await dara.call('POST', `operator/chats/${kim.chat}/dialog`, { dialog: 'refund', step: 'identify', item: 'order', done: true });
	const moved = await dara.call('POST', `operator/chats/${kim.chat}/dialog?locale=en`, { dialog: 'refund', step: 'pay' });
	assert.deepEqual([moved.dialog.step, moved.dialog.steps[0].items[0].done, moved.dialog.steps[2].title], ['pay', true, 'Refund']);
	await stack.query("update chat.dialog_step_text set title = 'Pay it back' where dialog = 'refund' and step = 'pay' and locale = 'en'");
	const { dialog: again, dispositions } = await guidance(kim);
	assert.deepEqual([again.step, again.steps[2].title], ['pay', 'Pay it back'], 'G19');
	assert.equal(dispositions.required, true);
	assert.deepEqual(dispositions.codes.find(({ disposition }) => disposition === 'payment').codes.map(({ label }) => label), ['Solved', 'Up to the bank']);
	assertError(await ask('POST', `operator/chats/${kim.chat}/dialog`, { dialog: 'refund', step: 'nowhere' }), 422, 'invalid', 'step');
	assertError(await ask('POST', `operator/chats/${kim.chat}/dialog`, { step: 'pay' }), 422, 'invalid', 'dialog');
	await dara.end(kim.chat);
	for (const body of [{}, { disposition: 'sold' }, { disposition: 'payment' }, { disposition: 'anything' }]) {
		assertError(await ask('POST', `operator/chats/${kim.chat}/wrap-up`, body), 422, 'invalid', 'disposition');
	}
	await dara.call('POST', `operator/chats/${kim.chat}/wrap-up`, { disposition: 'refunded', note: 'All of it.' });
	assert.deepEqual(await stack.query('select filed_under, wrap_up_note from chat.chat where chat = $1', [kim.chat]), [{ filed_under: 'refunded', wrap_up_note: 'All of it.' }]);
});

test('what is not there or not his is told (P47)', async () => {
	const kim = await talk('sales');
	const eve = await Operator.logIn(stack, 'chloe');
	for (const [method, path, body] of [['GET', `guidance?chat=${kim.chat}`], ['GET', `phrases?chat=${kim.chat}`], ['POST', `operator/chats/${kim.chat}/dialog`, { dialog: 'sale' }],
		['POST', `operator/chats/${kim.chat}/phrases`, { phrase: 'hello' }]]) {
		assertError(await api(stack, method, path, { body, headers: eve.headers() }), 404, 'not_found');
	}
	assertError(await ask('GET', 'guidance'), 422, 'invalid', 'chat');
	assertError(await ask('GET', "guidance?chat=1'--"), 422, 'invalid', 'chat');
	assertError(await ask('GET', `phrases?chat=${kim.chat}&limit=501`), 422, 'invalid', 'limit');
	assertError(await ask('GET', `phrases?chat=${kim.chat}&locale=x!`), 422, 'invalid', 'locale');
	assertError(await ask('GET', `phrases?chat=${kim.chat}&q=${'a'.repeat(101)}`), 422, 'invalid', 'q');
	assertError(await ask('POST', `operator/chats/${kim.chat}/phrases`, { phrase: 'nothing' }), 404, 'not_found', 'phrase');
	for (const typed of ['.*', '((', '\\', '%', "'", '[a', '🙂']) assert.ok(Array.isArray((await dara.call('GET', `phrases?chat=${kim.chat}&q=${encodeURIComponent(typed.repeat(4))}`)).phrases), typed);
	await dara.end(kim.chat);
});
