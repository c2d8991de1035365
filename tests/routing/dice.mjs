// SPDX-License-Identifier: ISC
// Random choices that a seed repeats (mulberry32).

export class Dice {
	#state;

	constructor(seed) {
		this.#state = seed >>> 0;
	}

	// 0 <= x < 1
	roll() {
		this.#state = (this.#state + 0x6d2b79f5) >>> 0;
		let t = this.#state;
		t = Math.imul(t ^ (t >>> 15), t | 1);
		t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
		return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
	}

	chance(p) {
		return this.roll() < p;
	}

	// low, low + 1 … high
	int(low, high) {
		return low + Math.floor(this.roll() * (high - low + 1));
	}

	pick(list) {
		return list[Math.floor(this.roll() * list.length)];
	}

	some(list, p) {
		return list.filter(() => this.chance(p));
	}

	// { name: weight } → a name
	weighted(weights) {
		const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
		let left = this.roll() * total;
		for (const [name, weight] of Object.entries(weights)) {
			left -= weight;
			if (left < 0) return name;
		}
		return Object.keys(weights).at(-1);
	}
}
