// SPDX-License-Identifier: ISC
import { svg } from 'lit';
import { icon, icons as shared } from '../lib/ui/icons.js';

/** Those that both applications show, and the console's own. */
export const icons = {
	...shared,
	pass: icon(svg`<path class="flip" d="m14.500 5 5 5-5 5m5-5H9.500a5 5 0 0 0-5 5v4"/>`),
	board: icon(svg`<rect x="4" y="4.500" width="16" height="15" rx="2.500"/><path d="M4 10h16M10 10v9.500"/>`),
	reports: icon(svg`<path d="M4.500 19.500h15M7 16.500v-4M12 16.500v-11M17 16.500v-7"/>`),
	idle: icon(svg`<path d="M19.500 14.200A8 8 0 0 1 9.800 4.500a8 8 0 1 0 9.700 9.700Z"/>`),
	search: icon(svg`<circle cx="10.800" cy="10.800" r="6.300"/><path d="m15.500 15.500 4.500 4.500"/>`),
	verified: icon(svg`<path d="M12 3.500 5 6v5.500c0 4.300 2.900 7.300 7 9 4.100-1.700 7-4.700 7-9V6Z"/><path d="m8.800 12 2.300 2.300 4.200-4.400"/>`),
	inbox: icon(svg`<path d="M4.500 13.500 7 5.500h10l2.500 8v4a1.500 1.500 0 0 1-1.500 1.500H6a1.500 1.500 0 0 1-1.500-1.500Zm0 0H9l1.200 2.500h3.600l1.200-2.500h4.500"/>`),
	sms: icon(svg`<rect x="7" y="3" width="10" height="18" rx="2.200"/><path d="M10.500 18h3"/>`),
	messenger: icon(svg`<path
		d="M12 3.800c-4.700 0-8.300 3.400-8.300 7.700 0 2.300 1 4.200 2.700 5.600v3l2.700-1.500c.9.300 1.900.4 2.900.4 4.700 0 8.300-3.300 8.300-7.500S16.700 3.800 12 3.800Z"/>
		<path d="m7.500 13.200 3.200-3.300 2.500 2.200 3.300-2.600"/>`),
	generic: icon(svg`<path d="M9.500 14.500 14.500 9.500M8 11l-2.300 2.300a3.500 3.500 0 0 0 5 5L13 16m3-3 2.300-2.300a3.500 3.500 0 0 0-5-5L11 8"/>`),
	guide: icon(svg`<path d="M9.500 18h5M10.200 20.500h3.600M12 3.500a6 6 0 0 0-3.500 10.900c.6.400 1 1.100 1 1.900h5c0-.8.400-1.500 1-1.900A6 6 0 0 0 12 3.500Z"/>`),
	queue: icon(svg`<path d="M5 6.500h14M5 12h14M5 17.500h8"/>`),
};
