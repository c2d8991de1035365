// SPDX-License-Identifier: ISC
// switchboard operator: people are added and given passwords, of which only the hash leaves the command.

import { before, test } from 'node:test';
import assert from 'node:assert/strict';
import { runProgram, useCommandLine } from '../support/commandline.mjs';

const line = useCommandLine();
let database;
before(async () => {
	database = await line.emptyDatabase();
	assert.equal((await database.run(['migrate'])).code, 0);
});

async function hashOf(operator) {
	return (await database.query('select hash from chat.operator_password where operator = $1', [operator]))[0]?.hash;
}

test('an operator is added with what was said, and the rest by default', async () => {
	const added = await database.run(['operator', 'add', 'ana', '--name', 'Ana Silva', '--role=supervisor', '--max-chats', '5']);
	assert.deepEqual({ code: added.code, stderr: added.stderr }, { code: 0, stderr: '' });
	assert.equal((await database.run(['operator', 'add', 'ben', '--name=Ben Ökoro'])).code, 0);
	assert.deepEqual(await database.query('select operator, name, role, max_chats from chat.operator order by 1'), [
		{ operator: 'ana', name: 'Ana Silva', role: 'supervisor', max_chats: 5 },
		{ operator: 'ben', name: 'Ben Ökoro', role: 'operator', max_chats: 3 },
	]);
});

test('what the database does not take is told in its words', async () => {
	const twice = await database.run(['operator', 'add', 'ana', '--name=Ana']);
	assert.equal(twice.code, 1);
	assert.match(twice.stderr, /^switchboard: the operator was not added: .*\(ana\) already exists/s);
	const spaced = await database.run(['operator', 'add', 'Ana S', '--name=Ana']);
	assert.equal(spaced.code, 1);
	assert.match(spaced.stderr, /lower_case_word/);
});

test('what the command line does not take is told before the database is asked', async () => {
	const env = { SWITCHBOARD_DATABASE: 'host=/nonexistent' };
	const cases = [
		[['operator', 'add', 'x'], /^--name: must be given/],
		[['operator', 'add', '--name=X'], /takes 1 word, not 0/],
		[['operator', 'add', 'x', 'y', '--name=X'], /takes 1 word, not 2/],
		[['operator', 'add', 'x', '--name=X', '--max-chats=0'], /max_chats must be a whole number from 1 to 1000, not "0"/],
		[['operator', 'add', 'x', '--name=X', '--role=boss'], /role must be one of operator\|supervisor, not "boss"/],
		[['operator', 'add', 'x', '--nmae=X'], /there is no option "nmae"; did you mean "name"/],
		[['operator', 'frob'], /there is no command "operator frob"/],
		[['frob'], /there is no command "frob"/],
		[[], /^Usage: switchboard COMMAND/],
	];
	for (const [args, expected] of cases) {
		const { code, stdout, stderr } = await database.run(args, { env });
		assert.equal(code, 1, args.join(' '));
		assert.equal(stdout, '');
		assert.match(stderr, expected);
	}
});

test('a password comes from standard input and is stored hashed', async () => {
	const set = await database.run(['operator', 'password', 'ana'], { input: 'correct horse battery\n' });
	assert.deepEqual(set, { code: 0, stdout: '', stderr: '' });
	assert.match(await hashOf('ana'), /^\$y\$/);
});

test('a generated password is printed alone', async () => {
	const before = await hashOf('ana');
	const { code, stdout, stderr } = await database.run(['operator', 'password', 'ana', '--generate']);
	assert.equal(code, 0);
	assert.equal(stderr, '');
	assert.match(stdout, /^[A-Za-z0-9_-]{16}\n$/);
	assert.notEqual(await hashOf('ana'), before);
	assert.notEqual((await database.run(['operator', 'password', 'ana', '--generate'])).stdout, stdout);
});

test('a bad password or operator changes nothing', async () => {
	const before = await hashOf('ana');
	const cases = [
		['ana', 'short\n', /fewer than 8 characters/],
		['ana', '\n', /no password was given/],
		['ana', '', /no password was given/],
		['ana', `${'x'.repeat(2000)}\n`, /too long/],
		['ana', `${'x'.repeat(300)}\n`, /longer than 256 bytes/],
		['ana', 'Iloveyou\n', /tried first/],
		['ana', 'zero\0byte here\n', /zero byte/],
		['nobody', 'correct horse battery\n', /there is no operator "nobody"/],
	];
	for (const [operator, input, expected] of cases) {
		const { code, stdout, stderr } = await database.run(['operator', 'password', operator], { input });
		assert.equal(code, 1, expected.source);
		assert.equal(stdout, '');
		assert.match(stderr, expected);
	}
	assert.equal(await hashOf('ana'), before);
	assert.equal(await hashOf('nobody'), undefined);
});

test('a new password ends the sessions', async () => {
	await database.query(`insert into chat.session (session, operator, created_at, last_used_at) values (sha256('x'), 'ana', now(), now()), (sha256('y'), 'ben', now(), now())`);
	await database.run(['operator', 'password', 'ana'], { input: 'correct horse battery\n' });
	assert.deepEqual(await database.query('select operator from chat.session'), [{ operator: 'ben' }]);
});

// script(1) gives the command a terminal. What is typed before the prompt is thrown away, as it was not meant for it.
function onTerminal(first, second) {
	const command = `${line.program} operator password ben`;
	const env = { SWITCHBOARD_DATABASE: database.dsn, SHELL: '/bin/sh' };
	return runProgram('script', ['-qec', command, '/dev/null'], { env, answers: [['Password: ', `${first}\n`], ['Once more: ', `${second}\n`]] });
}

test('on a terminal the password is asked for twice and not shown', async () => {
	const { code, stdout } = await onTerminal('a secret phrase', 'a secret phrase');
	assert.equal(code, 0, stdout);
	assert.match(stdout, /^Password: \r?\nOnce more: \r?\n$/);
	assert.match(await hashOf('ben'), /^\$y\$/);
});

test('on a terminal two different passwords set none', async () => {
	const before = await hashOf('ben');
	const { code, stdout } = await onTerminal('a secret phrase', 'another phrase');
	assert.equal(code, 1);
	assert.match(stdout, /the two passwords differ/);
	assert.doesNotMatch(stdout, /phrase/);
	assert.equal(await hashOf('ben'), before);
});
