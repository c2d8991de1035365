// SPDX-License-Identifier: ISC

/**
 * @typedef {object} Phrase something operators say often, filled for a chat
 * @property {string} phrase
 * @property {string} shortcut
 * @property {string} title
 * @property {string} text
 * @property {string} [locale]
 * @property {number} [uses]
 * @property {string[]} [missing] placeholders that have no value in this chat
 * @property {string[]} [unknown] placeholders that nobody knows
 */

/** @param {string} text */
const plain = (text) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLocaleLowerCase();

/** How well a phrase answers to what is typed behind the slash: 0 best, -1 not at all. @param {Phrase} phrase @param {string} typed plain */
function distance({ shortcut, title, text }, typed) {
	const name = plain(title);
	const key = plain(shortcut);
	if (!typed || key === typed) return 0;
	if (key.startsWith(typed)) return 1;
	if (name.startsWith(typed)) return 2;
	if (`${name} ${key}`.split(/[\s\-_.]+/).some((word) => word.startsWith(typed))) return 3;
	if (key.includes(typed) || name.includes(typed)) return 4;
	if (plain(text).includes(typed)) return 5;
	return typed.length > 2 && inOrder(typed, `${key} ${name}`) ? 6 : -1;
}

/** Are these letters there, one after the other? @param {string} letters @param {string} text */
function inOrder(letters, text) {
	let at = 0;
	return [...letters].every((letter) => {
		at = text.indexOf(letter, at) + 1;
		return at > 0;
	});
}

/** Those that answer to what is typed, the nearest first; equals stay in their order. @param {Phrase[]} phrases @param {string} typed @returns {Phrase[]} */
export function rankPhrases(phrases, typed) {
	const words = plain(typed.trim());
	return phrases.map((phrase) => ({ phrase, far: distance(phrase, words) })).filter(({ far }) => far >= 0)
		.sort((a, b) => a.far - b.far).map(({ phrase }) => phrase);
}

/** What is being looked for when the caret stands behind this text: the words behind a slash that begins the text or a word; null: nothing. @param {string} before */
export function typedFor(before) {
	const typed = /^\/([^\n/]{0,60})$/u.exec(before) ?? /\s\/([^\s/]{0,60})$/u.exec(before);
	return typed ? typed[1] : null;
}

const PLACE = /\{(?:customer|operator|queue|site|(?:answer|context)\.[\w.-]+)(?:\|[^{}]*)?\}/u;

/** The first placeholder that is left in a text. @param {string} text @param {Iterable<string>} unknown names that phrases brought along */
export function gapIn(text, unknown = []) {
	const places = [PLACE.exec(text)?.[0] ?? '', ...[...unknown].map((name) => `{${name}}`)].filter((place) => place && text.includes(place));
	return places.sort((a, b) => text.indexOf(a) - text.indexOf(b))[0] ?? '';
}
