// SPDX-License-Identifier: ISC
// The manual and the example configuration in the tree are what the program says of itself, the reference is what the database says.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { runProgram, useCommandLine } from '../support/commandline.mjs';
import { findProgram, sourceTree } from '../support/installation.mjs';

const line = useCommandLine();

test('the manual is up to date: `make manual` would change nothing', async () => {
	const made = mkdtempSync(`${tmpdir()}/manual-`);
	try {
		const { code, stderr } = await runProgram(`${sourceTree}/deploy/manual/write`, [findProgram('switchboard'), made]);
		assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
		for (const file of ['switchboard.1', 'switchboard.conf.5', 'switchboard.conf.example']) {
			const text = readFileSync(`${made}/${file}`, 'utf8');
			assert.ok(text.length > 1000, file);
			assert.equal(readFileSync(`${sourceTree}/deploy/manual/${file}`, 'utf8'), text, `${file}: run make manual`);
		}
	} finally {
		rmSync(made, { recursive: true });
	}
});

test('the reference is up to date: `make reference` would change nothing', async () => {
	const database = await line.emptyDatabase();
	assert.equal((await database.run(['migrate'])).code, 0);
	const { code, stdout, stderr } = await runProgram('psql', ['-X', '-q', '-A', '-t', '-d', database.dsn, '-f', `${sourceTree}/deploy/manual/reference.sql`]);
	assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
	for (const word of ['### chat.check()', '### chat.why_idle(', '### chat.operator_skill', '| `stagger_s` | 5 |', 'rating_between_1_and_10']) assert.ok(stdout.includes(word), word);
	assert.equal(readFileSync(`${sourceTree}/deploy/manual/reference.md`, 'utf8'), stdout, 'run make reference');
});

test('what the README has a DBA type is true: every line runs with the rights of a DBA', async () => {
	const database = await line.emptyDatabase();
	assert.equal((await database.run(['migrate'])).code, 0);
	await database.query(readFileSync(`${sourceTree}/sql/demo.sql`, 'utf8'));
	const chat = '00000000-0000-4000-8000-000000000001';
	await database.query(`insert into chat.chat (chat, site, widget, state, queue, arrived_at, locale, created_at, customer_seen_at)
		values ('${chat}', 'shop', 'demo-shop', 'queued', 'billing', now(), 'en', now(), now())`);
	const section = /^## For the DBA\n([^]*?)^## /m.exec(readFileSync(`${sourceTree}/README.md`, 'utf8'))[1];
	const typed = [...section.matchAll(/^ {4}(.+)$/gm)].map(([, text]) => text.replace('<chat id>', chat));
	assert.equal(typed.length, 10);
	await database.query('set role switchboard_dba');
	for (const text of typed) await database.query(text);
	const answers = await database.query(typed.find((text) => text.includes('chat.why(')));
	assert.deepEqual(answers.map(({ operator }) => operator ?? '').sort(), ['', 'ana', 'ben', 'chloe', 'dara', 'eva', 'sam']);
});
