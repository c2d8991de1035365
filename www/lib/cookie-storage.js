// SPDX-License-Identifier: ISC
// Browsers that deny web storage to frames of other sites (Chromium with third-party data blocked) still grant partitioned cookies. What is kept here is
// what would be kept in localStorage, for the page we are embedded in and for the path of the frame's own document only: no API request carries it.
/* eslint no-restricted-properties: off */

// The web server reads request headers into 8 KiB; a frame whose cookies do not fit there would never load again.
const TOTAL_MAX = 3500;

/** @param {{maxAgeS?: number, path?: string}} [options] without maxAgeS it ends with the browser @returns {Storage} */
export function cookieStorage({ maxAgeS, path = location.pathname } = {}) {
	const attributes = `; Path=${path}; Secure; SameSite=None; Partitioned`;
	const read = () => new Map(document.cookie.split('; ').filter(Boolean).map((pair) => {
		const cut = pair.indexOf('=');
		return /** @type {[string, string]} */ ([decode(pair.slice(0, cut)), decode(pair.slice(cut + 1))]);
	}));
	return {
		get length() { return read().size; },
		key: (i) => [...read().keys()][i] ?? null,
		getItem: (key) => read().get(key) ?? null,
		setItem(key, value) {
			const pair = `${encodeURIComponent(key)}=${encodeURIComponent(value)}`;
			const others = document.cookie.split('; ').filter((other) => !other.startsWith(`${encodeURIComponent(key)}=`)).join('; ');
			if (others.length + pair.length > TOTAL_MAX) throw new RangeError('no room');
			document.cookie = pair + attributes + (maxAgeS ? `; Max-Age=${maxAgeS}` : '');
			if (read().get(key) !== value) throw new Error('denied');
		},
		removeItem(key) {
			document.cookie = `${encodeURIComponent(key)}=${attributes}; Max-Age=0`;
		},
		clear() {
			for (const key of read().keys()) this.removeItem(key);
		},
	};
}

/** @param {string} text */
function decode(text) {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}
