// SPDX-License-Identifier: ISC
import { Texts, safeLocale } from '../lib/i18n.js';
import english from './texts/en.js';

const languages = /** @type {Record<string, () => Promise<{default: Record<string, string>}>>} */ ({
	ar: () => import('./texts/ar.js'),
	de: () => import('./texts/de.js'),
	es: () => import('./texts/es.js'),
	fr: () => import('./texts/fr.js'),
});

/** The first of the reader's languages that we speak, else English. @param {readonly string[]} wanted @returns {Promise<Texts>} */
export async function textsFor(wanted) {
	const locale = wanted.map(safeLocale).find((tag) => tag.startsWith('en') || Object.hasOwn(languages, tag.split('-')[0])) ?? 'en';
	const built = await languages[locale.split('-')[0]]?.().then((m) => m.default).catch(() => undefined);
	return built ? new Texts(locale, { built, english }) : new Texts(locale.startsWith('en') ? locale : 'en', { english });
}

export const englishTexts = new Texts('en', { english });
