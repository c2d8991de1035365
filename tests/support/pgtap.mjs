// SPDX-License-Identifier: ISC
// Runs pgTAP files, each against its own clone of the migrated database, bare: node tests/support/pgtap.mjs FILE...

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { openCluster, openDatabase } from './database.mjs';
import { findInstallation } from './installation.mjs';

const run = promisify(execFile);
const installation = findInstallation();
const cluster = await openCluster();
const files = process.argv.slice(2);
if (files.length === 0) throw new Error('no test files');

// The file's TAP with its name in front of each test; a file that fails without a failed test is one.
async function prove(file) {
	const database = await openDatabase({ cluster, installation, demo: false });
	try {
		await database.query('create extension pgtap');
		const args = ['-X', '-q', '-A', '-t', '-P', 'pager=off', '-v', 'ON_ERROR_STOP=1', '-d', database.dsn(), '-f', file];
		const { stdout, stderr, code = 0 } = await run('psql', args, { maxBuffer: 64 << 20 }).catch((error) => error);
		const lines = `${stdout}${stderr.replaceAll(/^/gm, '# ')}`.split('\n').filter((line) => line.trim() !== '' && line !== '# ');
		const planned = Number(/^1\.\.(\d+)/m.exec(stdout)?.[1] ?? 0);
		const done = lines.filter((line) => /^(not )?ok\b/.test(line)).length;
		const broken = lines.some((line) => line.startsWith('not ok'));
		if (code !== 0 || planned === 0 || (done !== planned && !broken)) {
			lines.unshift(`not ok - psql code ${code}, ${done} of ${planned} tests ran`);
		}
		lines.push(...(await database.brokenInvariants(installation.sqlDir)).map((text) => `not ok - ${text}`));
		for (const line of lines) console.log(line.replace(/^((?:not )?ok\b[ \d]*)(?:- )?/, `$1- ${file}: `));
		return !broken && code === 0;
	} finally {
		await database.close();
	}
}

for (const file of files) {
	if (!await prove(file)) process.exitCode = 1;
}
await cluster.close();
