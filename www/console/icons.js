// SPDX-License-Identifier: ISC
import { svg } from 'lit';
import { icon, icons as shared } from '../lib/ui/icons.js';

/** Those that both applications show, and the console's own. */
export const icons = {
	...shared,
	pass: icon(svg`<path class="flip" d="m14.500 5 5 5-5 5m5-5H9.500a5 5 0 0 0-5 5v4"/>`),
	board: icon(svg`<rect x="4" y="4.500" width="16" height="15" rx="2.500"/><path d="M4 10h16M10 10v9.500"/>`),
	idle: icon(svg`<path d="M19.500 14.200A8 8 0 0 1 9.800 4.500a8 8 0 1 0 9.700 9.700Z"/>`),
	search: icon(svg`<circle cx="10.800" cy="10.800" r="6.300"/><path d="m15.500 15.500 4.500 4.500"/>`),
	verified: icon(svg`<path d="M12 3.500 5 6v5.500c0 4.300 2.900 7.300 7 9 4.100-1.700 7-4.700 7-9V6Z"/><path d="m8.800 12 2.300 2.300 4.200-4.400"/>`),
	guide: icon(svg`<path d="M9.500 18h5M10.200 20.500h3.600M12 3.500a6 6 0 0 0-3.500 10.900c.6.400 1 1.100 1 1.900h5c0-.8.400-1.500 1-1.900A6 6 0 0 0 12 3.500Z"/>`),
	queue: icon(svg`<path d="M5 6.500h14M5 12h14M5 17.500h8"/>`),
};
