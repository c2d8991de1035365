// SPDX-License-Identifier: ISC
// What a DBA does to a company at work: takes a skill away.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { begin, furnish } from './shift.mjs';

const LONG = { timeout: 600000 };
const stack = useStack({ prepare: furnish });

test('PF18: a DBA takes a skill away while chats for it wait and run: those that run go on, none that waits is given to him any more', LONG, async (t) => {
	const shift = await begin(stack, t, { messages: 20, absent: ['ana'], customers: 24 });
	const [ana] = shift.operators;
	const waiting = async () => (await stack.query('select from chat.waiting where queue = \'sales\'')).length;
	const running = await until(async () => {
		const young = [...ana.desk].filter((chat) => shift.said(chat) > 2 && shift.said(chat) < 12); // they cannot end before her words are there
		return young.length > 0 && await waiting() > 0 && young;
	}, { what: 'ana to be in the middle of a chat while others wait', every_ms: 1 });
	const [skill] = await stack.query('delete from chat.operator_skill where operator = \'ana\' and skill = \'sales\' returning *');
	const [{ since }] = await stack.query('select clock_timestamp() as since');
	const words = running.map((chat) => shift.speak(ana, chat, 'still here'));
	await until(() => words.every((cid) => ana.acked.has(cid)), { what: 'her words to be stored' });
	await until(() => shift.there === 0, { what: 'everybody to be served', timeout_ms: LONG.timeout / 2 });
	const given = await stack.query('select offer from chat.offer where operator = \'ana\' and queue = \'sales\' and offered_at > $1', [since]);
	assert.deepEqual(given, [], 'nothing more for her');
	const kept = await stack.query('select chat from chat.assignment where operator <> \'ana\' and chat = any ($1)', [running]);
	assert.deepEqual(kept, [], 'her chats stayed hers to the end');
	await stack.query('insert into chat.operator_skill select * from json_populate_record(null::chat.operator_skill, $1)', [JSON.stringify(skill)]);
	await shift.over();
});
