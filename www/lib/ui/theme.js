// SPDX-License-Identifier: ISC
import { hexColour, readableOn, solidAccent } from '../colour.js';

// Where the accent is written: the surface, and the ground that is hardest for it (bubbles, soft fills).
const GROUNDS = { light: { surface: '#ffffff', hardest: '#e6ebf2' }, dark: { surface: '#161a22', hardest: '#2a3140' } };

/** Sets the site's accent for the scheme the person uses, and again when that changes. @param {unknown} accent #rrggbb */
export function applyAccent(accent) {
	if (!accent) return;
	const colour = hexColour(accent, '#3457d5');
	const dark = matchMedia('(prefers-color-scheme: dark)');
	const apply = () => {
		const { solid, ink } = solidAccent(colour);
		const { surface, hardest } = dark.matches ? GROUNDS.dark : GROUNDS.light;
		const text = readableOn(colour, hardest);
		const style = document.documentElement.style;
		style.setProperty('--accent', solid);
		style.setProperty('--on-accent', ink);
		style.setProperty('--accent-strong', `color-mix(in srgb, ${solid} 84%, ${ink === '#ffffff' ? 'black' : 'white'})`);
		style.setProperty('--accent-text', text);
		style.setProperty('--accent-soft', `color-mix(in srgb, ${colour} ${dark.matches ? 16 : 10}%, ${surface})`);
	};
	apply();
	dark.addEventListener('change', apply);
}
