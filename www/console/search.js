// SPDX-License-Identifier: ISC

/** Without case, accents and what else nobody types in a hurry. @param {string} text */
const plain = (text) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLocaleLowerCase();

/** Does every word that is looked for begin or stand in one of the texts? @param {string} words @param {...string} texts */
export function found(words, ...texts) {
	const all = plain(texts.join('\n'));
	return plain(words).split(/\s+/).every((word) => all.includes(word));
}
