// SPDX-License-Identifier: ISC
// Chance that comes again: the same seed gives the same numbers on every machine.

// mulberry32; each call gives a number in [0, 1).
export function seeded(seed) {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

// A time with this mean, exponentially distributed.
export function exponential(random, mean) {
	return -mean * Math.log(1 - random());
}
