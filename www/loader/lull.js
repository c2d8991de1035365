// SPDX-License-Identifier: ISC

/** @type {((value?: unknown) => void) | undefined} */
let wake;
for (const type of ['online', 'visibilitychange']) addEventListener(type, () => document.hidden || wake?.());

/**
 * Resolves when it is time to try again: ever later from one failure to the next, at random, so that not all pages come at once; when the network is back or
 * somebody looks at the page again, at once. Nothing makes it shorter than the server has asked for.
 * @param {number} failures so far @param {number} [asked] milliseconds
 */
export async function lull(failures, asked) {
	await new Promise((go) => setTimeout(go, asked));
	await new Promise((go) => setTimeout(wake = go, 500 * (1 + Math.random()) * 2 ** Math.min(failures, 6)));
}
