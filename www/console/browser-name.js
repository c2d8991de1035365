// SPDX-License-Identifier: ISC

// The more special ones first: they all claim to be the others as well.
const BROWSERS = [['Edge', /\bEdg(?:e|A|iOS)?\//], ['Opera', /\bOPR\//], ['Firefox', /\b(?:Firefox|FxiOS)\//], ['Chrome', /(?:Chrome|CriOS)\//], ['Safari', /\bSafari\//]];
const SYSTEMS = [['Android', /Android/], ['iPhone', /iPhone/], ['iPad', /iPad/], ['Windows', /Windows/], ['ChromeOS', /CrOS/], ['macOS', /Mac OS X|Macintosh/], ['Linux', /Linux/]];

/** What a browser calls itself, as a person would: 'Firefox · Linux'; '' for what no browser says. @param {string} [agent] */
export function browserName(agent = '') {
	const find = (/** @type {(string | RegExp)[][]} */ list) => list.find(([, pattern]) => /** @type {RegExp} */ (pattern).test(agent))?.[0];
	return [find(BROWSERS), find(SYSTEMS)].filter(Boolean).join(' · ');
}
