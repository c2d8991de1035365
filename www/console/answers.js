// SPDX-License-Identifier: ISC

/** What a customer answered before the chat, or what the site told, as lines of text. @param {unknown} answers @returns {[string, string][]} name and value */
export function answerRows(answers) {
	if (!answers || typeof answers !== 'object') return [];
	/** @type {[string, string][]} */
	const rows = [];
	for (const [name, value] of Object.entries(answers)) {
		const text = textOf(value);
		if (text.trim()) rows.push([name, text]);
	}
	return rows;
}

/** @param {unknown} value */
function textOf(value) {
	if (Array.isArray(value)) return value.filter((v) => v !== null && typeof v !== 'object').join(', ');
	return value === null || value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** The words in a reader's language, else in English, else in any. @param {Record<string, string> | undefined} words @param {string} locale */
function inLanguage(words, locale) {
	if (!words) return undefined;
	return words[locale] ?? words[locale.split('-')[0]] ?? words.en ?? Object.values(words)[0];
}

/**
 * What was asked and answered, in the operator's language and in the order in which it was asked; where the server tells no more than the answers, those.
 * @param {{told?: Told[], answers?: Record<string, unknown>}} chat @param {string} locale @returns {[string, string][]} question and answer
 */
export function toldRows({ told, answers }, locale) {
	if (!told) return answerRows(answers);
	/** @type {[string, string][]} */
	const rows = told.map(({ name, value, labels, values }) => [inLanguage(labels, locale) ?? name, inLanguage(values, locale) ?? textOf(value)]);
	return rows.filter(([, text]) => text.trim());
}
