// SPDX-License-Identifier: ISC

const CANDIDATE = /\bhttps?:\/\/[^\s<>"'`\u0000-\u0020\u202a-\u202e\u2066-\u2069]+/gi;
const CLOSERS = /** @type {Record<string, string>} */ ({ ')': '(', ']': '[', '}': '{' });

/**
 * Looks at each character once or twice: who writes an address of thousands of brackets must not keep a screen busy.
 * @param {string} text @returns {string} without the punctuation that belongs to the sentence around the address
 */
function trimmed(text) {
	const counts = /** @type {Record<string, number>} */ ({ '(': 0, ')': 0, '[': 0, ']': 0, '{': 0, '}': 0 });
	for (const c of text) if (c in counts) counts[c]++;
	for (let end = text.length; ; end--) {
		const last = text[end - 1] ?? '';
		const closes = last in CLOSERS && counts[last] > counts[CLOSERS[last]];
		if (closes) counts[last]--;
		else if (!/[.,;:!?…'"»«”“„’‘*_~]/.test(last)) return text.slice(0, end);
	}
}

/** @param {string} text @returns {string | null} */
function safeHref(text) {
	try {
		const url = new URL(text);
		if (url.protocol !== 'http:' && url.protocol !== 'https:') return null;
		// http://bank.example@evil.example/ reads as one place and leads to another
		return url.username || url.password ? null : url.href;
	} catch {
		return null;
	}
}

/**
 * Cuts a text into plain parts and web addresses. Only http and https become links; everything else stays text.
 * @param {string} text @returns {{text: string, href?: string}[]}
 */
export function linkify(text) {
	/** @type {{text: string, href?: string}[]} */
	const parts = [];
	let from = 0;
	for (const match of text.matchAll(CANDIDATE)) {
		const shown = trimmed(match[0]);
		const href = safeHref(shown);
		if (!href) continue;
		if (match.index > from) parts.push({ text: text.slice(from, match.index) });
		parts.push({ text: shown, href });
		from = match.index + shown.length;
	}
	if (from < text.length) parts.push({ text: text.slice(from) });
	return parts;
}
