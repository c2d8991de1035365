// SPDX-License-Identifier: ISC

/** What a customer answered before the chat, or what the site told, as lines of text. @param {unknown} answers @returns {[string, string][]} name and value */
export function answerRows(answers) {
	if (!answers || typeof answers !== 'object') return [];
	/** @type {[string, string][]} */
	const rows = [];
	for (const [name, value] of Object.entries(answers)) {
		const text = Array.isArray(value) ? value.filter((v) => v !== null && typeof v !== 'object').join(', ')
			: value === null || value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
		if (text.trim()) rows.push([name, text]);
	}
	return rows;
}
