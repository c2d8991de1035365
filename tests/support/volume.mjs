// SPDX-License-Identifier: ISC
// The volume that a stack's data lies on ({ volume: '400M' }) is filled to the last byte, and emptied again. By SQL, because nobody else sees it; over a session of its
// own that stays, because a new one may need room (PostgreSQL writes a file of what it knows of its catalogues for the sessions after it).

import assert from 'node:assert/strict';

export async function filler(stack) {
	const session = await stack.database.connect();
	const { rows: [{ dir }] } = await session.query('select current_setting(\'data_directory\') as dir');
	// a series in the select list is not gathered in a file first
	const write = (rows) => session.query(`copy (select repeat('x', 8000), generate_series(1, ${rows})) to '${dir}/filler'`);
	return {
		fill: () => assert.rejects(write(100000000), { code: '53100' }, 'the volume is full'),
		empty: async () => { // the file is written anew
			await write(0);
			await session.end();
		},
	};
}
