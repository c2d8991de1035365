// SPDX-License-Identifier: ISC
// The systemd units that an administrator gets are well-formed and give the programs no more than they need.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);
const dir = `${process.env.SWITCHBOARD_BUILD}/lib/systemd/system`;
const units = readdirSync(dir).map((name) => `${dir}/${name}`);

test('systemd takes every unit without a complaint', async () => {
	assert.ok(units.length >= 4);
	const { stdout, stderr } = await run('systemd-analyze', ['verify', '--man=no', ...units]);
	assert.equal(stdout + stderr, '');
});

test('a second router of a host is the same unit with a name of its own', () => {
	const [one, more] = ['', '@'].map((at) => readFileSync(`${dir}/switchboard-router${at}.service`, 'utf8').split('\n'));
	const added = more.flatMap((line, i) => (line === one[i] ? [] : [line.replace(one[i], '')]));
	assert.deepEqual(added, [' (%i)', ' --router_name %H-%i']);
});

for (const unit of units.filter((name) => name.endsWith('.service'))) {
	test(`${unit.split('/').pop()} is hardened: exposure below 2.0`, async () => {
		const { stdout } = await run('systemd-analyze', ['security', '--offline=true', unit]);
		assert.ok(Number(/exposure level for \S+: ([\d.]+)/.exec(stdout)?.[1] ?? 10) < 2, stdout.split('\n').at(-2));
	});
}
