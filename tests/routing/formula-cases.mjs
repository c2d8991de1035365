// SPDX-License-Identifier: ISC
// The three lines of ROUTING 4.3, how far 50,000 chats may be from the exact values, and how they are told.

import { erlangA, erlangC } from './erlang.mjs';

export const CASES = [
	{ name: '14 operators at load 10', operators: 14, load: 10, aht_s: 300, target_s: 30, bands: { within: 0.025 } },
	{ name: '14 operators at load 11.5', operators: 14, load: 11.5, aht_s: 300, target_s: 30, bands: { within: 0.05, wait: 0.05, mean_s: 10 } },
	{ name: '14 operators at load 10, customers give up', operators: 14, load: 10, aht_s: 180, target_s: 20, patience_s: 300, bands: { within: 0.025, abandon: 0.004 } },
];

export function exactly({ target_s, ...given }) {
	if (!given.patience_s) {
		const { within, ...rest } = erlangC(given);
		return { ...rest, within: within(target_s) };
	}
	const { within, abandon } = erlangA(given);
	return { within: within(target_s), abandon };
}

// "wait 0.3861 (exact 0.3858), …"
export function tell(found, exact) {
	const digits = (name, value) => value.toFixed(name === 'mean_s' ? 2 : 5);
	return Object.keys(exact).map((name) => `${name} ${digits(name, found[name])} (exact ${digits(name, exact[name])})`).join(', ');
}
