// SPDX-License-Identifier: ISC
import { svg } from 'lit';
import { icon, icons as shared } from '../lib/ui/icons.js';

/** Those that both applications show, and the console's own. */
export const icons = {
	...shared,
	close: icon(svg`<path d="m6 6 12 12M18 6 6 18"/>`),
	back: icon(svg`<path class="flip" d="m14.5 5-7 7 7 7"/>`),
	list: icon(svg`<path d="M8.5 6.5h11M8.5 12h11M8.5 17.5h11M4.5 6.5h.05M4.5 12h.05M4.5 17.5h.05"/>`),
	desktop: icon(svg`<rect x="3.5" y="4.5" width="17" height="11.5" rx="2"/><path d="M9 20h6M12 16v4"/>`),
	pass: icon(svg`<path class="flip" d="m14.5 5 5 5-5 5m5-5H9.5a5 5 0 0 0-5 5v4"/>`),
	board: icon(svg`<rect x="4" y="4.5" width="16" height="15" rx="2.5"/><path d="M4 10h16M10 10v9.5"/>`),
	reports: icon(svg`<path d="M4.5 19.5h15M7 16.5v-4M12 16.5v-11M17 16.5v-7"/>`),
	idle: icon(svg`<path d="M19.5 14.2A8 8 0 0 1 9.8 4.5a8 8 0 1 0 9.7 9.7Z"/>`),
	search: icon(svg`<circle cx="10.8" cy="10.8" r="6.3"/><path d="m15.5 15.5 4.5 4.5"/>`),
	verified: icon(svg`<path d="M12 3.5 5 6v5.5c0 4.3 2.9 7.3 7 9 4.1-1.7 7-4.7 7-9V6Z"/><path d="m8.8 12 2.3 2.3 4.2-4.4"/>`),
	inbox: icon(svg`<path d="M4.5 13.5 7 5.5h10l2.5 8v4a1.5 1.5 0 0 1-1.5 1.5H6a1.5 1.5 0 0 1-1.5-1.5Zm0 0H9l1.2 2.5h3.6l1.2-2.5h4.5"/>`),
	sms: icon(svg`<rect x="7" y="3" width="10" height="18" rx="2.2"/><path d="M10.5 18h3"/>`),
	messenger: icon(svg`<path
		d="M12 3.8c-4.7 0-8.3 3.4-8.3 7.7 0 2.3 1 4.2 2.7 5.6v3l2.7-1.5c.9.3 1.9.4 2.9.4 4.7 0 8.3-3.3 8.3-7.5S16.7 3.8 12 3.8Z"/>
		<path d="m7.5 13.2 3.2-3.3 2.5 2.2 3.3-2.6"/>`),
	generic: icon(svg`<path d="M9.5 14.5 14.5 9.5M8 11l-2.3 2.3a3.5 3.5 0 0 0 5 5L13 16m3-3 2.3-2.3a3.5 3.5 0 0 0-5-5L11 8"/>`),
	guide: icon(svg`<path d="M9.5 18h5M10.2 20.5h3.6M12 3.5a6 6 0 0 0-3.5 10.9c.6.4 1 1.1 1 1.9h5c0-.8.4-1.5 1-1.9A6 6 0 0 0 12 3.5Z"/>`),
	keyboard: icon(svg`<rect x="3" y="6.5" width="18" height="11.5" rx="2.2"/><path d="M7 10.2h.05M10.3 10.2h.05M13.7 10.2h.05M17 10.2h.05M8.5 14.3h7"/>`),
	queue: icon(svg`<path d="M5 6.5h14M5 12h14M5 17.5h8"/>`),
};
