// SPDX-License-Identifier: ISC
// All that the page without JavaScript says: the widget's texts and its own.
import { directionOf } from '../lib/i18n.js';
import arWidget from '../widget/texts/ar.js';
import deWidget from '../widget/texts/de.js';
import enWidget from '../widget/texts/en.js';
import esWidget from '../widget/texts/es.js';
import frWidget from '../widget/texts/fr.js';
import ar from './texts/ar.js';
import de from './texts/de.js';
import en from './texts/en.js';
import es from './texts/es.js';
import fr from './texts/fr.js';

const languages = { ar: { ...arWidget, ...ar }, de: { ...deWidget, ...de }, en: { ...enWidget, ...en }, es: { ...esWidget, ...es }, fr: { ...frWidget, ...fr } };

/** By language: its texts, and what of it the page has to know. @type {Record<string, Record<string, string>>} */
export const words = Object.fromEntries(Object.entries(languages).map(([language, texts]) =>
	[language, { ...texts, language, ...(directionOf(language) === 'rtl' ? { from_right: 'yes' } : {}) }]));
