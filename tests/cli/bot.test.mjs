// SPDX-License-Identifier: ISC
// switchboard bot test plays a dialogue on the terminal; switchboard check finds what is wrong with bots, questions and rules.

import { before, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { useCommandLine } from '../support/commandline.mjs';

const line = useCommandLine();
let company;
before(async () => {
	company = await line.emptyDatabase();
	assert.equal((await company.run(['migrate'])).code, 0);
	await company.query(readFileSync(`${line.sqlDir}/demo.sql`, 'utf8'));
});

const play = (lines, ...flags) => company.run(['bot', 'test', 'guide', ...flags], { input: lines.map((each) => `${each}\n`).join('') });
const count = async () => (await company.query('select ((select count(*) from chat.chat) + (select count(*) from chat.message) + (select count(*) from chat.audit))::int as n'))[0].n;

test('a dialogue: what the bot says with its buttons, and what became of the chat', async () => {
	const kept = await count();
	const { code, stdout, stderr } = await play(['how can I send something back?', '/order', 'no idea', 'it is A-12345']);
	assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
	const said = stdout.trimEnd().split('\n');
	assert.equal(said[0], "bot: Hello! I am the shop's guide. What is it about?");
	assert.equal(said[1], '    /sales = Buy something');
	assert.deepEqual(said.filter((each) => !each.startsWith('    ')).slice(1), [
		'customer: how can I send something back?', 'bot: You can send everything back within 30 days. The label is in your parcel, the way back is free.',
		'customer: It is about my order', 'bot: What is your order number?', 'customer: no idea', 'bot: An order number looks like A-12345.', 'customer: it is A-12345',
		'bot: I am passing you on to a colleague.', 'system: goes to the queue billing', 'result: waits in billing', 'result: knows order_number: A-12345']);
	assert.ok(said.includes('    /skip = Skip') && said.includes('    /person = Talk to a person'));
	assert.equal(await count(), kept, 'nothing of it is kept');
});

test('the language, the page and the widget are the customer\'s', async () => {
	const german = await play(['/german', '/sales'], '--locale=de');
	assert.match(german.stdout, /^bot: Hallo! Ich bin der Wegweiser des Ladens\. Worum geht es\?\n/);
	assert.match(german.stdout, /\nresult: waits in sales\nresult: asks for german at 5 or better\n$/);
	assert.match((await play(['/person'], '--page-url=https://shop.example/help/lids', '--widget=demo-form')).stdout, /\nresult: waits in support\n$/);
	assert.match((await play(['¿Cómo puedo pagar?'], '--locale=es-MX')).stdout, /\nbot: Puede pagar con tarjeta, PayPal o transferencia\.\n/);
	assert.match((await play([])).stdout, /\nresult: is with the bot, at node start\n$/);
});

test('where the customer speaks first the bot greets with its answer, as by a channel', async () => {
	const said = ({ stdout }) => stdout.trimEnd().split('\n').filter((each) => !each.startsWith('    '));
	const asked = await play(['How can I pay?', 'Great, thank you!'], '--customer-first');
	assert.deepEqual({ code: asked.code, stderr: asked.stderr, said: said(asked) }, { code: 0, stderr: '', said: ['customer: How can I pay?',
		"bot: Hello! I am the shop's guide. What is it about?", 'bot: You can pay by card, PayPal or bank transfer.', 'customer: Great, thank you!',
		'bot: You are welcome. If there is anything else, I am here.', 'result: is with the bot, at node start'] });
	assert.doesNotMatch(asked.stdout, /about\?\n    \//, 'the buttons stand below the answer only');
	assert.deepEqual(said(await play([], '--customer-first')), ['result: is with the bot, at no node']);
	const wrong = await play(['/back', 'Hello'], '--customer-first');
	assert.deepEqual({ code: wrong.code, stderr: wrong.stderr, said: said(wrong).slice(0, 2) }, { code: 1, stderr: 'switchboard: there is no button /back here\n',
		said: ['customer: Hello', "bot: Hello! I am the shop's guide. What is it about?"] });
});

test('who only says thanks where the bot has asked whether that was all is done', async () => {
	await company.query("update chat.bot set first_node = 'again' where bot = 'guide'");
	try {
		for (const [locale, thanks, farewell] of [['de', 'Danke, das war alles!', 'Gern geschehen. Auf Wiedersehen!'], ['fr', 'Merci !', 'Avec plaisir. Au revoir\u00a0!']]) {
			assert.match((await play([thanks], `--locale=${locale}`)).stdout, new RegExp(`\\nbot: ${farewell}\\nsystem: the chat is ended\\nresult: is over\\n$`));
		}
	} finally {
		await company.query("update chat.bot set first_node = 'start' where bot = 'guide'");
	}
});

test('three misses hand over; what is wrong ends with a code', async () => {
	assert.match((await play(['xyzzy', 'xyzzy', 'xyzzy'])).stdout, /bot: I am passing you on to a colleague\.\nsystem: goes to the queue sales\n/);
	const button = await play(['/nothing', '/hours']);
	assert.equal(button.code, 1);
	assert.equal(button.stderr, 'switchboard: there is no button /nothing here\n');
	assert.match(button.stdout, /bot: We are here around the clock/, 'the dialogue goes on without it');
	assert.deepEqual(await company.run(['bot', 'test', 'nobody']), { code: 1, stdout: '', stderr: 'switchboard: there is no bot nobody\n' });
	assert.deepEqual(await company.run(['bot', 'test']), { code: 1, stdout: '', stderr: 'switchboard: bot test takes 1 word, not 0; usage: switchboard bot test BOT [OPTION...]\n' });
});

test('a bot that fails says how', async () => {
	await company.query("insert into chat.bot_node (bot, node, question, next_node) values ('guide', 'a', 'order_number', 'start'), ('guide', 'b', 'order_number', 'a')");
	await company.query("update chat.bot_node set next_node = 'b' where node = 'a'");
	await company.query("update chat.bot_choice set next_node = 'a' where node = 'start' and choice = 'hours'");
	const { code, stdout } = await play(['/hours', 'A-1']);
	assert.equal(code, 1);
	assert.match(stdout, /\nbot: Something went wrong on my side\. I am passing you on to a colleague\.\n/);
	assert.match(stdout, /\nerror: bot failed: the bot guide goes round in circles at node a \(P0001\)\n/);
	const { stdout: found, code: verdict } = await company.run(['check', '--only=configuration']);
	assert.equal(verdict, 2);
	assert.match(found, /error: bot_node guide\/a: The questions of the bot guide lead in a circle from a to b to a/);
	assert.match(found, /notice: bot_node guide\/hours: No button, question or answer of the bot guide leads to node hours\./);
});

test('the demo\'s own bot, questions and rules are without fault', async () => {
	const fresh = await line.emptyDatabase();
	assert.equal((await fresh.run(['migrate'])).code, 0);
	await fresh.query(readFileSync(`${line.sqlDir}/demo.sql`, 'utf8'));
	const { stdout } = await fresh.run(['check', '--only=configuration']);
	for (const object of ['bot', 'question', 'rule']) assert.doesNotMatch(stdout, new RegExp(`: ${object}`), stdout);
});
