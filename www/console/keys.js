// SPDX-License-Identifier: ISC

// No key here is one that with Alt writes a letter of some language on a Mac: who writes å or ą must not accept a chat by it.

/**
 * The key that is pressed together with Alt and nothing else, outside of every dialog; '' for anything else. A letter is the one that stands on the key; where Alt
 * writes another sign, as on a Mac, or the letters are not Latin, it is the one in that place of an English keyboard.
 * @param {KeyboardEvent} event
 */
export function keyWithAlt(event) {
	const { key, code, altKey, ctrlKey, metaKey, shiftKey } = event;
	if (!altKey || ctrlKey || metaKey || shiftKey || event.defaultPrevented) return '';
	if (event.composedPath().some((node) => /** @type {Partial<Element>} */ (node).localName === 'dialog')) return '';
	if (/^[a-z]$/i.test(key)) return key.toUpperCase();
	return key.startsWith('Arrow') ? key : /^Key([A-Z])$/.exec(code)?.[1] ?? '';
}

/**
 * The chat above or below the one that is shown, around the ends; undefined where there is no other.
 * @template T @param {T[]} list @param {T | undefined} shown @param {1 | -1} step @returns {T | undefined}
 */
export function neighbour(list, shown, step) {
	const at = shown ? list.indexOf(shown) : -1;
	const to = at < 0 ? list.at(step > 0 ? 0 : -1) : list[(at + step + list.length) % list.length];
	return to === shown ? undefined : to;
}

/**
 * Of the others, the one whose customer has waited longest for a word.
 * @template {{waitingSince: string}} T @param {T[]} list @param {T | undefined} shown @returns {T | undefined}
 */
export function longestWaiting(list, shown) {
	const waiting = list.filter((chat) => chat !== shown && chat.waitingSince);
	return waiting.sort((a, b) => Date.parse(a.waitingSince) - Date.parse(b.waitingSince))[0];
}
