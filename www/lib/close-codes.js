// SPDX-License-Identifier: ISC
// The table of the protocol: what a client does after each close code.

/**
 * retry: back off and connect again. once: connect again once, then report. renew: get a new credential, once. stop: stay closed.
 * @typedef {'retry' | 'once' | 'renew' | 'stop'} CloseAction
 * @type {Record<number, {action: CloseAction, reason: string}>}
 */
const table = {
	1000: { action: 'stop', reason: 'done' },
	1001: { action: 'retry', reason: 'going_away' },
	1002: { action: 'once', reason: 'protocol' },
	1003: { action: 'once', reason: 'protocol' },
	1007: { action: 'once', reason: 'protocol' },
	1008: { action: 'once', reason: 'protocol' },
	1009: { action: 'once', reason: 'too_large' },
	1011: { action: 'retry', reason: 'internal' },
	1013: { action: 'retry', reason: 'overloaded' },
	4400: { action: 'stop', reason: 'protocol' },
	4401: { action: 'renew', reason: 'unauthorized' },
	4403: { action: 'stop', reason: 'forbidden' },
	4404: { action: 'stop', reason: 'not_found' },
	4408: { action: 'retry', reason: 'deadline' },
	4409: { action: 'stop', reason: 'replaced' },
	4410: { action: 'stop', reason: 'gone' },
	4429: { action: 'retry', reason: 'rate_limited' },
	4503: { action: 'retry', reason: 'unavailable' },
};

/** @param {number} code */
export function closeRule(code) {
	return table[code] ?? { action: 'retry', reason: 'lost' };
}
