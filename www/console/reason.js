// SPDX-License-Identifier: ISC

/**
 * Why something cannot be, in the reader's language by its code; what we have no words for, in the server's own.
 * @param {Reason} reason @param {import('../lib/i18n.js').Texts} texts @param {'me' | 'them'} [who] whom it is about
 */
export function reasonText(reason, texts, who = 'me') {
	const { code = '', state = '' } = reason;
	const names = [`reason.${who}.${code}`, `reason.${code}`, code === 'presence' ? `presence.${state}` : ''];
	const name = names.find((each) => each && texts.optional(each));
	if (!name) return reason.reason ?? '';
	const figures = Object.entries(reason).filter(([, value]) => typeof value === 'string' || typeof value === 'number');
	return texts.t(name, /** @type {Record<string, string | number>} */ (Object.fromEntries(figures)));
}
