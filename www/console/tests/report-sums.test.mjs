// SPDX-License-Identifier: ISC
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { sums, today } from '../report-sums.js';

const row = (local_start, offered, answered, within_target, abandoned, wait_avg_s) => ({ local_start, offered, answered, within_target, abandoned, wait_avg_s });

test('several queues add up; a wait counts as often as somebody had it', () => {
	const all = sums([row('2026-10-24', 4, 3, 3, 1, 10), row('2026-10-24', 2, 1, 0, 0, 50), row('2026-10-27', 1, 0, 0, 1, null)]);
	assert.deepEqual([all.offered, all.answered, all.abandoned, all.service_level, all.wait_avg_s], [7, 4, 2, 50, 20]);
	assert.deepEqual(all.days.map(({ day, offered }) => [day, offered]), [['2026-10-24', 6], ['2026-10-25', 0], ['2026-10-26', 0], ['2026-10-27', 1]]);
});

test('a period has all its days, also those on which nothing happened', () => {
	const { days } = sums([row('2026-10-25', 4, 3, 3, 1, 10)], { from: '2026-10-24', to: '2026-10-26' });
	assert.deepEqual(days.map(({ day, offered }) => [day, offered]), [['2026-10-24', 0], ['2026-10-25', 4], ['2026-10-26', 0]]);
});

test('nothing is no division by nothing', () => {
	const { days, offered, service_level, wait_avg_s } = sums([]);
	assert.deepEqual({ days, offered, service_level, wait_avg_s }, { days: [], offered: 0, service_level: undefined, wait_avg_s: undefined });
});

test('days are counted on the reader\'s calendar', () => {
	const now = new Date(2026, 2, 1, 0, 30);
	assert.deepEqual([today(0, now), today(-1, now), today(-28, now)], ['2026-03-01', '2026-02-28', '2026-02-01']);
});
