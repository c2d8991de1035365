// SPDX-License-Identifier: ISC
import { svg } from 'lit';

/** @param {import('lit').TemplateResult} paths */
export const icon = (paths) => svg`<svg viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" stroke-width="1.9"
	stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">${paths}</svg>`;

export const icons = {
	send: icon(svg`<path d="M4.5 12 4 4.6a.6.6 0 0 1 .87-.58l15.2 7.44a.6.6 0 0 1 0 1.08L4.87 19.98A.6.6 0 0 1 4 19.4L4.5 12Zm0 0h7.5"/>`),
	down: icon(svg`<path d="m6 9.5 6 6 6-6"/>`),
	more: icon(svg`<circle cx="5" cy="12" r=".8"/><circle cx="12" cy="12" r=".8"/><circle cx="19" cy="12" r=".8"/>`),
	bot: icon(svg`<rect x="4.5" y="8" width="15" height="11" rx="3.5"/><path d="M12 8V4.8"/><circle cx="12" cy="4" r=".9"/><path d="M9.3
		12.6v1.4m5.4-1.4v1.4"/>`),
	person: icon(svg`<circle cx="12" cy="8" r="3.6"/><path d="M5 19.5c.9-3.4 3.6-5 7-5s6.1 1.6 7 5"/>`),
	clock: icon(svg`<circle cx="12" cy="12" r="8"/><path d="M12 7.5V12l3 2"/>`),
	check: icon(svg`<path d="m5 12.5 4.5 4.5L19 7.5"/>`),
	checks: icon(svg`<path d="m2.5 12.8 4.2 4.2 8-9.2m-2.5 8.5.7.7 8.3-9.2"/>`),
	alert: icon(svg`<circle cx="12" cy="12" r="8.5"/><path d="M12 7.8v5M12 16.2v.05"/>`),
	download: icon(svg`<path d="M12 4v10.5m0 0 4-4m-4 4-4-4M5 19.5h14"/>`),
	end: icon(svg`<path d="M9 4.5H6.5a2 2 0 0 0-2 2v11a2 2 0 0 0 2 2H9m4-3.5 4-4m0 0-4-4m4 4H9.5"/>`),
	star: icon(svg`<path class="fill" d="m12 3.8 2.5 5.1 5.6.8-4 4 .9 5.5-5-2.6-5 2.6.9-5.5-4-4 5.6-.8L12 3.8Z"/>`),
	chat: icon(svg`<path d="M12 4.5c-4.7 0-8.5 3.1-8.5 7 0 2.2 1.2 4.1 3 5.4L6 20l3.5-1.7c.8.2 1.6.3 2.5.3 4.7 0
		8.5-3.2 8.5-7.1s-3.8-7-8.5-7Z"/>`),
	note: icon(svg`<path d="M6 4.5h12a1.5 1.5 0 0 1 1.5 1.5v8.5l-5 5H6A1.5 1.5 0 0 1 4.5 18V6A1.5 1.5 0 0 1 6
		4.5Zm8.5 15v-5h5M8.5 9h7M8.5 12.5h3.5"/>`),
	bell: icon(svg`<path d="M6.5 10a5.5 5.5 0 0 1 11 0c0 4.5 1.8 6 1.8 6H4.7s1.8-1.5 1.8-6Zm3.8 9a1.9 1.9 0 0 0
		3.4 0"/>`),
	mute: icon(svg`<path d="M8 6a5.5 5.5 0 0 1 9.5 4c0 4.5 1.8 6 1.8 6M15 16H4.7s1.8-1.5 1.8-6m3.8 9a1.9 1.9 0 0 0
		3.4 0M4 4l16 16"/>`),
	expand: icon(svg`<path d="M14 4.5h5.5V10M10 19.5H4.5V14M19.5 4.5 13.5 10.5M4.5 19.5l6-6"/>`),
	remove: icon(svg`<path d="M5 7h14M9.5 7V4.8h5V7M7 7l.8 12.5h8.4L17 7M10.3 10.5v5.5m3.4-5.5v5.5"/>`),
	info: icon(svg`<circle cx="12" cy="12" r="8.5"/><path d="M12 11v5M12 7.8v.05"/>`),
	offline: icon(svg`<path d="M4 4l16 16M8.5 15.5a5 5 0 0 1 6.5-.5M5.5 12a9.5 9.5 0 0 1 4-2.2m3.5-.3c2.1.2 4 1.1
		5.5 2.5M2.5 8.8a14 14 0 0 1 3.5-2.3m4-1.3c4.2-.6 8.4.7 11.5 3.6M12 19.2v.05"/>`),
};
