// SPDX-License-Identifier: ISC

const RTL = new Set(['ar', 'he', 'fa', 'ur', 'ps', 'sd', 'ug', 'yi', 'dv', 'ckb']);

/** @param {string | undefined} locale @returns {string} a tag that Intl takes */
export function safeLocale(locale) {
	try {
		return Intl.getCanonicalLocales((locale ?? '').replace('_', '-'))[0] ?? 'en';
	} catch {
		return 'en';
	}
}

/** @param {string} locale @returns {'rtl' | 'ltr'} */
export const directionOf = (locale) => (RTL.has(locale.split('-')[0]) ? 'rtl' : 'ltr');

/** The reader's own variety of a language (their clock, their dates), where the browser names one. @param {string} locale */
function regional(locale) {
	if (locale.includes('-') || typeof navigator === 'undefined') return locale;
	return navigator.languages?.map(safeLocale).find((own) => own.split('-')[0] === locale) ?? locale;
}

/** Texts of one language, the server's own wording first. */
export class Texts {
	#own;
	#built;
	#english;
	#plural;

	/**
	 * @param {string} locale
	 * @param {{own?: Record<string, string>, built?: Record<string, string>, english: Record<string, string>}} sources
	 */
	constructor(locale, { own = {}, built = {}, english }) {
		this.locale = regional(safeLocale(locale));
		this.direction = directionOf(this.locale);
		this.#own = own;
		this.#built = built;
		this.#english = english;
		this.#plural = new Intl.PluralRules(this.locale);
	}

	/** @param {string} name @param {Record<string, string | number>} [values] for {placeholders}; `n` also picks `name.one`, `name.few`, … */
	t(name, values) {
		const plural = typeof values?.n === 'number' ? `${name}.${this.#plural.select(values.n)}` : name;
		const text = this.#find(plural) ?? this.#find(`${name}.other`) ?? this.#find(name) ?? name;
		if (!values) return text;
		return text.replace(/\{(\w+)\}/g, (whole, key) => {
			const value = values[key];
			if (value === undefined) return whole;
			if (typeof value === 'number') return this.number(value);
			// a Latin name must not turn an Arabic sentence around
			return this.direction === 'rtl' ? `\u2068${value}\u2069` : value;
		});
	}

	/** @param {string} name @returns {string} '' where neither the site nor the language has one */
	optional(name) {
		return this.#find(name) ?? '';
	}

	/** @param {number} value */
	number(value) {
		return new Intl.NumberFormat(this.locale).format(value);
	}

	/** @param {string} name @returns {string | undefined} */
	#find(name) {
		for (const source of [this.#own, this.#built, this.#english])
			if (Object.hasOwn(source, name) && typeof source[name] === 'string') return source[name];
		return undefined;
	}
}
