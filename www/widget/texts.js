// SPDX-License-Identifier: ISC
import { Texts, safeLocale } from '../lib/i18n.js';
import english from './texts/en.js';

// English is part of the application and stands in for whatever a translation lacks; of the others one is fetched.
const languages = /** @type {Record<string, () => Promise<{default: Record<string, string>}>>} */ ({
	ar: () => import('./texts/ar.js'),
	de: () => import('./texts/de.js'),
	es: () => import('./texts/es.js'),
	fr: () => import('./texts/fr.js'),
});

/** @param {string | undefined} locale @param {Record<string, string>} [own] the site's wording @returns {Promise<Texts>} */
export async function textsFor(locale, own) {
	const wanted = safeLocale(locale);
	const load = languages[wanted.split('-')[0]];
	const built = load ? await load().then((m) => m.default).catch(() => undefined) : undefined;
	return new Texts(wanted, { own, built, english });
}

export const englishTexts = new Texts('en', { english });
