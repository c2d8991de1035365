// SPDX-License-Identifier: ISC
// A site chooses one accent colour; these keep it readable on both schemes (WCAG 2.2: 4.5:1 for text).

/** @param {string} hex #rrggbb @returns {number[]} */
const channels = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));

/** @param {string} hex @returns {number} relative luminance, 0–1 */
function luminance(hex) {
	const [r, g, b] = channels(hex).map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
	return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** @param {string} a @param {string} b @returns {number} 1–21 */
export function contrast(a, b) {
	const [x, y] = [luminance(a), luminance(b)].sort((m, n) => n - m);
	return (x + 0.05) / (y + 0.05);
}

/** @param {unknown} text @param {string} fallback @returns {string} #rrggbb in lower case */
export function hexColour(text, fallback) {
	const value = typeof text === 'string' ? text.trim().toLowerCase() : '';
	if (/^#[0-9a-f]{6}$/.test(value)) return value;
	if (/^#[0-9a-f]{3}$/.test(value)) return '#' + [...value.slice(1)].map((c) => c + c).join('');
	return fallback;
}

/** @param {string} background @returns {string} what is written on it: white where that can be read, else near-black */
export function inkOn(background) {
	return contrast(background, '#ffffff') >= 4.5 || contrast(background, '#ffffff') >= contrast(background, '#10151d') ? '#ffffff' : '#10151d';
}

/** @param {string} hex @param {string} towards @param {number} share 0–1 */
function mix(hex, towards, share) {
	const [a, b] = [channels(hex), channels(towards)];
	return '#' + a.map((c, i) => Math.round(c + (b[i] - c) * share).toString(16).padStart(2, '0')).join('');
}

/** The colour, moved towards white or black only as far as needed. @param {string} hex @param {string} background @param {number} [ratio] */
export function readableOn(hex, background, ratio = 4.5) {
	const towards = luminance(background) > 0.4 ? '#000000' : '#ffffff';
	for (let share = 0; share < 1; share += 0.04) {
		const candidate = mix(hex, towards, share);
		if (contrast(candidate, background) >= ratio) return candidate;
	}
	return towards;
}

/** The accent that carries text on itself. @param {string} hex */
export function solidAccent(hex) {
	const ink = inkOn(hex);
	return { solid: readableOn(hex, ink), ink };
}
