// SPDX-License-Identifier: ISC
// switchboard migrate: whatever happens, the ledger tells what the database holds.

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { runProgram, useCommandLine } from '../support/commandline.mjs';

const line = useCommandLine();
const LEDGER = 'select number, name, sha256, applied_by from internal.migration order by number';

const first = { 'migrations/0001_first': 'create table internal.one (n int);' };
const second = { ...first, 'migrations/0002_second': 'create table internal.two (n int);' };
const functions = { ...second, 'api/10_b': 'create or replace function internal.f() returns text language sql as $$ select internal.g() $$;',
	'api/05_a': "create or replace function internal.g() returns text language sql as $$ select 'old' $$;" };

async function tables(database) {
	const rows = await database.query("select relname from pg_class where relnamespace = 'internal'::regnamespace and relkind = 'r' order by 1");
	return rows.map(({ relname }) => relname).join(' ');
}

describe('the real files', () => {
	test('they apply to an empty database, and a second run changes nothing', async () => {
		const database = await line.emptyDatabase();
		const made = await database.run(['migrate']);
		assert.deepEqual({ code: made.code, stderr: made.stderr }, { code: 0, stderr: '' });
		assert.match(made.stdout, /^applied 0001_\w+\n(applied \d{4}_\w+\n)*rebuilt the functions of \d+ files\n$/);
		const ledger = await database.query('select * from internal.migration order by number');
		const again = await database.run(['migrate']);
		assert.equal(again.code, 0);
		assert.match(again.stdout, /^nothing to do: \d+ migrations and the functions are as in the files\n$/);
		assert.deepEqual(await database.query('select * from internal.migration order by number'), ledger);
	});

	test('the invariants hold on a fresh database', async () => {
		const database = await line.emptyDatabase();
		assert.equal((await database.run(['migrate'])).code, 0);
		const checked = await database.run(['check']);
		assert.deepEqual({ code: checked.code, stderr: checked.stderr }, { code: 0, stderr: '' });
		assert.match(checked.stdout, /^configuration: 0 errors, 0 warnings, \d notices\n[1-9]\d* invariants checked, 0 broken, 0 could not be checked\n$/m);
	});

	test('functions can be rebuilt while nothing has changed', async () => {
		const database = await line.emptyDatabase();
		await database.run(['migrate']);
		const signatures = 'select p.oid::regprocedure::text as f from pg_proc p where pronamespace in (\'api\'::regnamespace, \'internal\'::regnamespace) order by 1';
		const before = await database.query(signatures);
		const forced = await database.run(['migrate', '--force']);
		assert.equal(forced.code, 0);
		assert.match(forced.stdout, /^rebuilt the functions of \d+ files\n$/);
		assert.deepEqual(await database.query(signatures), before);
	});
});

test('each migration is applied once, in order, with its row in the ledger', async () => {
	const database = await line.emptyDatabase();
	const directory = line.sqlDirectory(first);
	assert.equal((await database.run(['migrate'], { sqlDir: directory.path })).stdout, 'applied 0001_first\nrebuilt the functions of 0 files\n');
	directory.write('migrations/0002_second', 'insert into internal.one values (2); create table internal.two (n int);');
	assert.equal((await database.run(['migrate'], { sqlDir: directory.path })).stdout, 'applied 0002_second\nrebuilt the functions of 0 files\n');
	assert.deepEqual(await database.query('select n from internal.one'), [{ n: 2 }]);
	const rows = await database.query(LEDGER);
	assert.deepEqual(rows.map(({ number, name }) => [number, name]), [[0, 'functions'], [1, '0001_first'], [2, '0002_second']]);
	for (const { sha256, applied_by } of rows) {
		assert.match(sha256, /^[0-9a-f]{64}$/);
		assert.equal(applied_by, 'postgres');
	}
});

test('two at once wait for each other: everything runs once', async () => {
	const database = await line.emptyDatabase();
	const directory = line.sqlDirectory({ ...first, 'migrations/0002_second': 'select pg_sleep(0.3); create table internal.two (n int);' });
	const runs = await Promise.all([1, 2, 3].map(() => database.run(['migrate'], { sqlDir: directory.path })));
	for (const { code, stderr } of runs) assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
	assert.equal(runs.filter(({ stdout }) => stdout.includes('applied 0002_second')).length, 1);
	assert.equal(runs.filter(({ stdout }) => stdout.startsWith('nothing to do')).length, 2);
});

test('a migration that was edited after it had been applied is refused by name', async () => {
	const database = await line.emptyDatabase();
	const directory = line.sqlDirectory(first);
	await database.run(['migrate'], { sqlDir: directory.path });
	directory.write('migrations/0001_first', 'create table internal.one (n int); -- edited');
	directory.write('migrations/0002_second', 'create table internal.two (n int);');
	const { code, stdout, stderr } = await database.run(['migrate'], { sqlDir: directory.path });
	assert.equal(code, 1);
	assert.equal(stdout, '');
	assert.match(stderr, /migrations\/0001_first\.sql differs from migration 0001_first that was applied/);
	assert.equal(await tables(database), 'migration one');
});

test('a migration that the files do not have means that the files are older', async () => {
	const database = await line.emptyDatabase();
	const directory = line.sqlDirectory(second);
	await database.run(['migrate'], { sqlDir: directory.path });
	directory.remove('migrations/0002_second');
	const { code, stderr } = await database.run(['migrate'], { sqlDir: directory.path });
	assert.equal(code, 1);
	assert.match(stderr, /migration 0002_second has been applied to this database but is not among the files/);
});

test('a file that fails leaves nothing behind, names itself and the line, and can be mended', async () => {
	const database = await line.emptyDatabase();
	const directory = line.sqlDirectory({ ...first, 'migrations/0002_second': 'create table internal.two (n int);\ninsert into internal.nowhere values (1);' });
	const { code, stdout, stderr } = await database.run(['migrate'], { sqlDir: directory.path });
	assert.equal(code, 1);
	assert.equal(stdout, 'applied 0001_first\n');
	assert.match(stderr, /^switchboard: 0002_second\.sql failed, and nothing of its transaction was kept: ERROR: {2}relation "internal\.nowhere" does not exist\nLINE 2: /);
	assert.equal(await tables(database), 'migration one');
	directory.write('migrations/0002_second', 'create table internal.two (n int);');
	assert.equal((await database.run(['migrate'], { sqlDir: directory.path })).code, 0);
	assert.equal(await tables(database), 'migration one two');
});

test('a session that ends within a migration leaves nothing behind and is not replaced by another', async () => {
	const database = await line.emptyDatabase();
	const directory = line.sqlDirectory({ ...first, 'migrations/0002_second': 'create table internal.two (n int); select pg_terminate_backend(pg_backend_pid());' });
	const { code, stderr } = await database.run(['migrate'], { sqlDir: directory.path });
	assert.equal(code, 1);
	assert.match(stderr, /0002_second\.sql failed/);
	assert.equal(await tables(database), 'migration one');
	assert.deepEqual((await database.query(LEDGER)).map(({ number }) => number), [1]);
});

test('functions are rebuilt in name order, when a file changed, and all or none', async () => {
	const database = await line.emptyDatabase();
	const directory = line.sqlDirectory(functions);
	assert.equal((await database.run(['migrate'], { sqlDir: directory.path })).code, 0);
	assert.deepEqual(await database.query('select internal.f()'), [{ f: 'old' }]);
	directory.write('api/05_a', "create or replace function internal.g() returns text language sql as $$ select 'new' $$;");
	directory.write('api/20_c', 'create function internal.broken() returns int language sql as $$ select nonsense $$;');
	const failed = await database.run(['migrate'], { sqlDir: directory.path });
	assert.equal(failed.code, 1);
	assert.match(failed.stderr, /20_c\.sql failed/);
	assert.deepEqual(await database.query('select internal.f()'), [{ f: 'old' }]);
	directory.remove('api/20_c');
	assert.equal((await database.run(['migrate'], { sqlDir: directory.path })).stdout, 'rebuilt the functions of 2 files\n');
	assert.deepEqual(await database.query('select internal.f()'), [{ f: 'new' }]);
	assert.match((await database.run(['migrate'], { sqlDir: directory.path })).stdout, /^nothing to do/);
});

test('a dry run says what would be done and does nothing', async () => {
	const database = await line.emptyDatabase();
	const directory = line.sqlDirectory(functions);
	const expected = 'would apply 0001_first\nwould apply 0002_second\nwould rebuild the functions of 2 files\n';
	assert.deepEqual(await database.run(['migrate', '--dry-run'], { sqlDir: directory.path }), { code: 0, stdout: expected, stderr: '' });
	assert.deepEqual(await database.query("select to_regnamespace('internal') as schema"), [{ schema: null }]);
	await database.run(['migrate'], { sqlDir: directory.path });
	assert.match((await database.run(['migrate', '--dry-run'], { sqlDir: directory.path })).stdout, /^nothing to do/);
});

test('the printed script does by hand what the command does', async () => {
	const byHand = await line.emptyDatabase();
	const byCommand = await line.emptyDatabase();
	const script = await byHand.run(['migrate', '--print-sql']);
	assert.deepEqual({ code: script.code, stderr: script.stderr }, { code: 0, stderr: '' });
	assert.deepEqual(await byHand.query("select to_regnamespace('internal') as schema"), [{ schema: null }]);
	const psql = await runProgram('psql', ['-X', '-q', '-d', byHand.dsn], { input: script.stdout });
	assert.equal(psql.code, 0, psql.stderr);
	await byCommand.run(['migrate']);
	assert.deepEqual(await byHand.query(LEDGER), await byCommand.query(LEDGER));
	assert.match((await byHand.run(['migrate'])).stdout, /^nothing to do/);
	assert.match((await byHand.run(['migrate', '--print-sql'])).stdout, /^-- nothing to do.*\n$/);
});

describe('a directory that is not in order is refused before anything runs', () => {
	const refused = {
		'a gap in the numbers': [{ ...first, 'migrations/0003_third': 'select 1' }, /0003_third\.sql: migration 0002 is missing before it/],
		'no number one': [{ 'migrations/0002_second': 'select 1' }, /0002_second\.sql: migration 0001 is missing before it/],
		'a number that is there twice': [{ ...first, 'migrations/0001_other': 'select 1' }, /0001_other\.sql: there is another migration of the number 0001/],
		'a name without number': [{ ...first, 'migrations/later': 'select 1' }, /later\.sql: a migration is named NNNN_name\.sql/],
		'a file that is no text': [{ 'migrations/0001_first': Buffer.from([0x73, 0xff]) }, /0001_first\.sql: not UTF-8 text/],
		'a zero byte': [{ 'migrations/0001_first': 'select 1;\0drop' }, /0001_first\.sql: not UTF-8 text/],
	};
	for (const [what, [files, expected]] of Object.entries(refused)) {
		test(what, async () => {
			const database = await line.emptyDatabase();
			const { code, stderr } = await database.run(['migrate'], { sqlDir: line.sqlDirectory(files).path });
			assert.equal(code, 1);
			assert.match(stderr, expected);
			assert.deepEqual(await database.query("select to_regnamespace('internal') as schema"), [{ schema: null }]);
		});
	}

	test('no directory at all', async () => {
		const database = await line.emptyDatabase();
		const { code, stderr } = await database.run(['migrate'], { sqlDir: '/nonexistent' });
		assert.equal(code, 1);
		assert.match(stderr, /^switchboard: \/nonexistent\/roles\.sql: No such file or directory\n$/);
	});
});

test('without a server the reason is told', async () => {
	const database = await line.emptyDatabase();
	const { code, stderr } = await database.run(['migrate', '--database=host=/nonexistent dbname=x']);
	assert.equal(code, 1);
	assert.match(stderr, /^switchboard: no connection to the database: .*\/nonexistent/);
});
