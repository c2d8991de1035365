// SPDX-License-Identifier: ISC
import { openingTime, waitRange } from './time.js';

/** @typedef {import('./i18n.js').Texts} Texts */

/**
 * The expected wait in words; '' where nobody can say. `prefix` names the family of texts: {prefix}.time, .upto and .soon.
 * @param {Wait | null | undefined} wait @param {Texts} texts @param {string} [prefix]
 */
export function waitText(wait, texts, prefix = 'wait') {
	if (typeof wait?.low_s !== 'number' || typeof wait.high_s !== 'number') return '';
	const { low_s, high_s } = wait;
	if (high_s <= 60) return texts.t(`${prefix}.soon`);
	if (low_s < 60) return texts.t(`${prefix}.upto`, { wait: waitRange({ low_s: high_s, high_s }, texts.locale) });
	return texts.t(`${prefix}.time`, { wait: waitRange({ low_s, high_s }, texts.locale) });
}

/**
 * What somebody who waits is told: the place, or that nobody will come; how long, or when we are back; what to do.
 * @param {{position: number, wait: Wait | null} | null} place @param {Texts} texts
 */
export function placeText(place, texts) {
	const title = !place ? texts.t('wait.title') : place.position === 1 ? texts.t('wait.next') : texts.t('wait.position', { n: place.position });
	const state = place?.wait?.state;
	if (!state || !['unstaffed', 'closed', 'closing'].includes(state)) return { title, detail: waitText(place?.wait, texts), advice: texts.t('wait.stay') };
	const next = place.wait?.next_opening;
	return { title: texts.t(`wait.${state}`), detail: next ? texts.t('wait.back', { time: openingTime(next, texts.locale) }) : title, advice: texts.t('wait.keep') };
}
