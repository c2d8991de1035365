// SPDX-License-Identifier: ISC
// switchboard check names mistakes in the configuration and what is broken, and ends with a code for cron; --help and friends say what there is.

import { before, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { useCommandLine } from '../support/commandline.mjs';

const line = useCommandLine();
let database;
before(async () => {
	database = await line.emptyDatabase();
});

async function check(invariants) {
	return database.run(['check', '--only=invariants'], { sqlDir: line.sqlDirectory({ invariants }).path });
}

test('what an invariant finds is printed under its sentence', async () => {
	const { code, stdout, stderr } = await check(`-- what must not exist
-- name: nothing is wrong
select 1 where false;
-- name: numbers are small
select n, null::text as why from generate_series(8, 9) n;
`);
	assert.equal(code, 2);
	assert.equal(stderr, '');
	assert.equal(stdout, 'broken: numbers are small (2)\n   n=8 why=NULL\n   n=9 why=NULL\n2 invariants checked, 1 broken, 0 could not be checked\n');
});

test('many violations are counted, not listed', async () => {
	const { code, stdout } = await check('-- name: none\nselect n from generate_series(1, 1000) n;\n');
	assert.equal(code, 2);
	assert.match(stdout, /^broken: none \(1000\)\n( {3}n=\d+\n){20} {3}and 980 more\n/);
});

test('an invariant that cannot be checked is not a healthy one', async () => {
	const { code, stdout, stderr } = await check('-- name: tables are there\nselect * from nowhere;\n-- name: fine\nselect 1 where false;\n');
	assert.equal(code, 2);
	assert.match(stderr, /could not check "tables are there": ERROR: {2}relation "nowhere" does not exist/);
	assert.match(stdout, /2 invariants checked, 0 broken, 1 could not be checked/);
	assert.equal((await check('-- nothing\n')).code, 2);
	assert.equal((await database.run(['check'], { sqlDir: '/nonexistent' })).code, 2);
	assert.equal((await database.run(['check', '--database=host=/nonexistent'])).code, 2);
});

test('broken invariants as JSON', async () => {
	const { path } = line.sqlDirectory({ invariants: '-- name: nothing\nselect 1 where false;\n-- name: few\nselect n, null as why from generate_series(1, 30) n;\n' });
	const { code, stdout } = await database.run(['check', '--only=invariants', '--json'], { sqlDir: path });
	assert.equal(code, 2);
	const { invariants, ...rest } = JSON.parse(stdout);
	assert.deepEqual(rest, { findings: [], errors: 0, warnings: 0, notices: 0, checked: 2, broken: 1, unchecked: 0 });
	assert.deepEqual({ ...invariants[0], rows: invariants[0].rows.length }, { invariant: 'few', violations: 30, rows: 20 });
	assert.deepEqual(invariants[0].rows[0], { n: '1', why: null });
});

test('a configuration that cannot be read is not a sound one', async () => {
	const { code, stderr } = await database.run(['check', '--only=configuration']);
	assert.equal(code, 2);
	assert.match(stderr, /the configuration could not be checked: ERROR: {2}schema "chat" does not exist/);
});

test('findings are printed with what to type, and the code is for cron', async () => {
	const company = await line.emptyDatabase();
	assert.equal((await company.run(['migrate'])).code, 0);
	await company.query(readFileSync(`${line.sqlDir}/demo.sql`, 'utf8'));
	const clean = await company.run(['check']);
	assert.equal(clean.code, 0, clean.stdout + clean.stderr);
	assert.match(clean.stdout, /^configuration: 0 errors, 0 warnings, 0 notices\n\d+ invariants checked, 0 broken, 0 could not be checked\n$/);

	await company.query('update chat.queue set max_length = 0 where queue = \'sales\'');
	const noticed = await company.run(['check', '--strict', '--only=configuration']);
	assert.equal(noticed.code, 0, 'a notice is no reason to write to anybody');
	assert.match(noticed.stdout, /^notice: queue sales: The line of sales has no limit .*\n {4}update chat\.queue set max_length = 100 where queue = 'sales'\n/);

	await company.query('update chat.queue set offer_timeout_s = 31 where queue = \'sales\'');
	assert.equal((await company.run(['check', '--only=configuration'])).code, 0, 'nor is a warning, unless asked for');
	assert.equal((await company.run(['check', '--only=configuration', '--strict'])).code, 1);

	await company.query('update chat.site set origins = array[]::text[]');
	const wrong = await company.run(['check', '--only=configuration']);
	assert.equal(wrong.code, 2);
	assert.match(wrong.stdout, /^error: site shop: [^]*\nconfiguration: 1 errors, 1 warnings, 1 notices\n$/);
	const { findings, errors, warnings, notices, checked } = JSON.parse((await company.run(['check', '--only=configuration', '--json'])).stdout);
	assert.deepEqual({ errors, warnings, notices, checked }, { errors: 1, warnings: 1, notices: 1, checked: 0 });
	assert.deepEqual(findings.map(({ severity, code, object, key }) => ({ severity, code, object, key }))[0], { severity: 'error', code: 'site_no_origins', object: 'site', key: 'shop' });
	for (const { sentence, hint } of findings) assert.ok(sentence && hint);
});

test('every command explains itself', async () => {
	const { code, stdout, stderr } = await database.run(['--help']);
	assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
	const names = [...stdout.matchAll(/^ {2}([a-z]+(?: [a-z]+)*) /gm)].map(([, name]) => name).filter((name) => name !== 'switchboard');
	assert.ok(names.includes('migrate') && names.includes('operator password') && names.includes('site secret add') && names.includes('check'));
	for (const name of names) {
		const help = await database.run([...name.split(' '), '--help']);
		assert.equal(help.code, 0);
		assert.ok(help.stdout.startsWith(`Usage: switchboard ${name} `), name);
		assert.match(help.stdout, /^ {2}--database=TEXT/m);
	}
});

test('version and example configuration are printed, and the example is good', async () => {
	assert.match((await database.run(['--version'])).stdout, /^switchboard \d+\.\d+\.\d+\n$/);
	const { stdout } = await database.run(['--print-config']);
	assert.match(stdout, /^#database = /m);
	const directory = line.sqlDirectory();
	directory.write('example', stdout.replace(/^#(\w+ = )/gm, '$1'));
	const checked = await database.run(['-t', `--config=${directory.path}/example.sql`]);
	assert.deepEqual(checked, { code: 0, stdout: 'The configuration is good.\n', stderr: '' });
});
