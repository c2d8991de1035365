// SPDX-License-Identifier: ISC
// Tests wait for a condition with a deadline, never for a time. The deadline ends what hangs; it measures nothing, so that a machine that is many times
// slower passes the same tests.

import { setTimeout as pause } from 'node:timers/promises';

export const PATIENCE_MS = 60000;

// Resolves with the first truthy answer of `condition` (which may be async and may throw); rejects after `timeout_ms`, naming what was waited for, or as
// soon as `hopeless` gives a reason why it will never come.
export async function until(condition, { what = condition.toString(), timeout_ms = PATIENCE_MS, every_ms = 25, hopeless = () => null } = {}) {
	const deadline = Date.now() + timeout_ms;
	let last;
	for (;;) {
		try {
			const answer = await condition();
			if (answer) return answer;
			last = undefined;
		} catch (error) {
			last = error;
		}
		const reason = hopeless();
		if (reason) throw new Error(`waited in vain for: ${what}\n${reason}`, { cause: last });
		if (Date.now() >= deadline) throw new Error(`waited ${timeout_ms} ms in vain for: ${what}${last ? `\nlast: ${last.message}` : ''}`, { cause: last });
		await pause(every_ms);
	}
}
