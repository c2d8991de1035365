// SPDX-License-Identifier: ISC
// What the site has written into its script tag, and what its tab remembers.

export const script = /** @type {HTMLScriptElement} */ (document.currentScript);
export const key = script?.dataset.widget ?? '';
export const base = script?.src.replace(/\/widget\.js([?#].*)?$/, '') ?? '';

/** Flag of this tab: the chat was `open`, or `shut` while a chat was going on. @param {string} [value] '' removes */
export function flag(value) {
	try {
		const name = `switchboard:${key}`;
		if (value === undefined) return sessionStorage.getItem(name);
		if (value) sessionStorage.setItem(name, value);
		else sessionStorage.removeItem(name);
	} catch { /* storage is denied: the chat does not follow to the next page */ }
	return null;
}
