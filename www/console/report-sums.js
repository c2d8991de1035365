// SPDX-License-Identifier: ISC

/** Today's date where the reader is, so many days from it, as YYYY-MM-DD. @param {number} days @param {Date} [now] */
export function today(days, now = new Date()) {
	return new Date(Date.UTC(now.getFullYear(), now.getMonth(), now.getDate() + days)).toISOString().slice(0, 10);
}

/** A day such as 25 Oct. @param {string} day YYYY-MM-DD @param {string} locale */
export function dayText(day, locale) {
	return new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', timeZone: 'UTC' }).format(new Date(`${day}T00:00:00Z`));
}

/** @param {string} day */
const next = (day) => new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);

/**
 * The rows of a service report by day, several queues in it: every day of the period, or where none is given between the first and the last, and all of it together.
 * @param {Record<string, any>[]} rows @param {{from: string, to: string}} [period] its days, or times of them
 */
export function sums(rows, period) {
	/** @type {Map<string, {day: string, offered: number, answered: number, abandoned: number}>} */
	const found = new Map();
	const all = { offered: 0, answered: 0, abandoned: 0 };
	let within = 0;
	let waited = 0;
	for (const row of rows) {
		const day = found.get(row.local_start) ?? { day: row.local_start, offered: 0, answered: 0, abandoned: 0 };
		found.set(day.day, day);
		for (const name of /** @type {const} */ (['offered', 'answered', 'abandoned'])) {
			day[name] += row[name];
			all[name] += row[name];
		}
		within += row.within_target;
		waited += (row.wait_avg_s ?? 0) * row.answered;
	}
	const known = [...found.keys(), ...(period ? [period.from, period.to].map((at) => at.slice(0, 10)) : [])].sort();
	const days = [];
	for (let day = known[0]; day && day <= known[known.length - 1]; day = next(day)) days.push(found.get(day) ?? { day, offered: 0, answered: 0, abandoned: 0 });
	const served = all.answered + all.abandoned;
	return { ...all, days, service_level: served ? (100 * within) / served : undefined, wait_avg_s: all.answered ? waited / all.answered : undefined };
}
