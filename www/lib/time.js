// SPDX-License-Identifier: ISC

/** @param {string | Date} at @param {string} locale */
export const clockTime = (at, locale) => new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit' }).format(new Date(at));

/** @param {string} at @param {string} locale */
export const fullTime = (at, locale) => new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short' }).format(new Date(at));

/** @param {string} at */
export function dayKey(at) {
	const d = new Date(at);
	return `${d.getFullYear()}-${d.getMonth()}-${d.getDate()}`;
}

/** Today, yesterday, or the date. @param {string} at @param {string} locale @param {Date} [now] */
export function dayName(at, locale, now = new Date()) {
	const days = Math.round((startOfDay(new Date(at)) - startOfDay(now)) / 86_400_000);
	if (days === 0 || days === -1) return capital(new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(days, 'day'), locale);
	return new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long' }).format(new Date(at));
}

/** @param {Date} d */
const startOfDay = (d) => new Date(d.getFullYear(), d.getMonth(), d.getDate()).getTime();

/** @param {string} text @param {string} locale */
const capital = (text, locale) => text.charAt(0).toLocaleUpperCase(locale) + text.slice(1);

/** Seconds as 0:42, 3:07, 1:02:03. @param {number} seconds */
export function stopwatch(seconds) {
	const s = Math.max(0, Math.floor(seconds));
	const parts = [Math.floor(s / 3600), Math.floor(s / 60) % 60, s % 60];
	const shown = parts[0] ? parts : parts.slice(1);
	return shown.map((n, i) => (i ? String(n).padStart(2, '0') : String(n))).join(':');
}

/** A range such as “1–3 minutes”, never less than one. @param {{low_s: number, high_s: number}} wait @param {string} locale */
export function waitRange({ low_s: low, high_s: high }, locale) {
	const from = Math.max(1, Math.floor(low / 60));
	const to = Math.max(from, Math.ceil(high / 60));
	const format = new Intl.NumberFormat(locale, { style: 'unit', unit: 'minute', unitDisplay: 'long' });
	if (from === to) return format.format(to);
	// older browsers cannot say a range
	if (typeof (/** @type {{formatRange?: unknown}} */ (format)).formatRange !== 'function') return `${new Intl.NumberFormat(locale).format(from)}–${format.format(to)}`;
	return format.formatRange(from, to);
}

/** When a closed queue opens: the time, with its day where that is not today. @param {string} at @param {string} locale */
export function openingTime(at, locale) {
	const when = new Date(at);
	const soon = when.getTime() - Date.now() < 6 * 86_400_000;
	/** @type {Intl.DateTimeFormatOptions} */
	const day = dayKey(at) === dayKey(new Date().toISOString()) ? {} : soon ? { weekday: 'long' } : { weekday: 'short', day: 'numeric', month: 'short' };
	return new Intl.DateTimeFormat(locale, { ...day, hour: 'numeric', minute: '2-digit' }).format(when);
}
