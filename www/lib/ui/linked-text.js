// SPDX-License-Identifier: ISC
import { html } from 'lit';
import { linkify } from '../linkify.js';

/** A person's text with its web addresses as links. Everything is set as text. @param {string} text */
export const linkedText = (text) => linkify(text).map(({ text: shown, href }) =>
	(href ? html`<a href=${href} target="_blank" rel="noopener noreferrer nofollow">${shown}</a>` : shown));

/** One or two letters that stand for a person. @param {string} name */
export function initials(name) {
	const words = name.trim().split(/\s+/).filter(Boolean);
	const letters = words.length > 1 ? [words[0], words[words.length - 1]] : words;
	return letters.map((word) => [...word][0] ?? '').join('').toLocaleUpperCase();
}
