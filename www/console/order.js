// SPDX-License-Identifier: ISC

/** @typedef {{by: string, down: boolean}} Order */

/**
 * Rows in the order of one of their values; what has none comes last either way, and equals stay as they are.
 * @template T @param {T[]} rows @param {Order} order @param {(row: T) => string | number | undefined} value @param {string} locale @returns {T[]}
 */
export function ordered(rows, { down }, value, locale) {
	const { compare } = new Intl.Collator(locale, { numeric: true });
	const sign = down ? -1 : 1;
	return rows.map((row) => ({ row, key: value(row) })).sort((a, b) => {
		if (a.key === undefined || b.key === undefined) return Number(a.key === undefined) - Number(b.key === undefined);
		if (typeof a.key === 'number' && typeof b.key === 'number') return sign * (a.key - b.key);
		return sign * compare(String(a.key), String(b.key));
	}).map(({ row }) => row);
}
