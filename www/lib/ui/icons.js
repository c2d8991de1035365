// SPDX-License-Identifier: ISC
import { svg } from 'lit';

/** @param {import('lit').TemplateResult} paths */
export const icon = (paths) => svg`<svg viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" stroke-width="1.9"
	stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">${paths}</svg>`;

export const icons = {
	send: icon(svg`<path d="M4.5 12 4 4.6a.6.6 0 0 1 .87-.58l15.2 7.44a.6.6 0 0 1 0 1.08L4.87 19.98A.6.6 0 0 1 4 19.4L4.5 12Zm0 0h7.5"/>`),
	close: icon(svg`<path d="m6 6 12 12M18 6 6 18"/>`),
	down: icon(svg`<path d="m6 9.5 6 6 6-6"/>`),
	back: icon(svg`<path class="flip" d="m14.5 5-7 7 7 7"/>`),
	more: icon(svg`<circle cx="5" cy="12" r=".8"/><circle cx="12" cy="12" r=".8"/><circle cx="19" cy="12" r=".8"/>`),
	bot: icon(svg`<rect x="4.5" y="8" width="15" height="11" rx="3.5"/><path d="M12 8V4.8"/><circle cx="12" cy="4" r=".9"/><path d="M9.3
		12.6v1.4m5.4-1.4v1.4"/>`),
	person: icon(svg`<circle cx="12" cy="8" r="3.6"/><path d="M5 19.5c.9-3.4 3.6-5 7-5s6.100 1.600 7 5"/>`),
	clock: icon(svg`<circle cx="12" cy="12" r="8"/><path d="M12 7.500V12l3 2"/>`),
	check: icon(svg`<path d="m5 12.500 4.500 4.500L19 7.500"/>`),
	checks: icon(svg`<path d="m2.500 12.800 4.200 4.200 8-9.200m-2.500 8.500.7.700 8.300-9.200"/>`),
	alert: icon(svg`<circle cx="12" cy="12" r="8.500"/><path d="M12 7.800v5M12 16.200v.050"/>`),
	download: icon(svg`<path d="M12 4v10.500m0 0 4-4m-4 4-4-4M5 19.500h14"/>`),
	end: icon(svg`<path d="M9 4.500H6.500a2 2 0 0 0-2 2v11a2 2 0 0 0 2 2H9m4-3.500 4-4m0 0-4-4m4 4H9.500"/>`),
	star: icon(svg`<path class="fill" d="m12 3.800 2.500 5.100 5.600.800-4 4 .9 5.500-5-2.600-5 2.600.9-5.500-4-4 5.600-.800L12 3.800Z"/>`),
	chat: icon(svg`<path d="M12 4.500c-4.700 0-8.500 3.100-8.500 7 0 2.200 1.200 4.100 3 5.400L6 20l3.500-1.700c.8.200 1.600.3 2.500.3 4.700 0
		8.500-3.200 8.500-7.100s-3.800-7-8.500-7Z"/>`),
	note: icon(svg`<path d="M6 4.500h12a1.500 1.500 0 0 1 1.500 1.500v8.500l-5 5H6A1.500 1.500 0 0 1 4.500 18V6A1.500 1.500 0 0 1 6
		4.500Zm8.500 15v-5h5M8.500 9h7M8.500 12.500h3.500"/>`),
	bell: icon(svg`<path d="M6.500 10a5.500 5.500 0 0 1 11 0c0 4.500 1.800 6 1.800 6H4.700s1.800-1.500 1.800-6Zm3.800 9a1.900 1.900 0 0 0
		3.400 0"/>`),
	mute: icon(svg`<path d="M8 6a5.500 5.500 0 0 1 9.500 4c0 4.500 1.800 6 1.800 6M15 16H4.700s1.800-1.500 1.800-6m3.800 9a1.900 1.900 0 0 0
		3.400 0M4 4l16 16"/>`),
	globe: icon(svg`<circle cx="12" cy="12" r="8.300"/><path d="M3.700 12h16.600M12 3.700c2.300 2.400 3.300 5.200 3.300 8.300s-1 5.900-3.300
		8.300c-2.300-2.400-3.300-5.200-3.300-8.300s1-5.900 3.300-8.300Z"/>`),
	page: icon(svg`<path d="M13 4H7.500A1.500 1.500 0 0 0 6 5.500v13A1.500 1.500 0 0 0 7.500 20h9a1.500 1.500 0 0 0 1.500-1.500V9l-5-5Zm0 0v5h5"/>`),
	list: icon(svg`<path d="M8.500 6.500h11M8.500 12h11M8.500 17.500h11M4.500 6.500h.05M4.500 12h.05M4.500 17.500h.05"/>`),
	expand: icon(svg`<path d="M14 4.500h5.500V10M10 19.500H4.500V14M19.500 4.500 13.500 10.500M4.500 19.500l6-6"/>`),
	desktop: icon(svg`<rect x="3.5" y="4.5" width="17" height="11.5" rx="2"/><path d="M9 20h6M12 16v4"/>`),
	remove: icon(svg`<path d="M5 7h14M9.500 7V4.800h5V7M7 7l.8 12.500h8.400L17 7M10.300 10.500v5.500m3.400-5.500v5.500"/>`),
	plus: icon(svg`<path d="M12 5v14M5 12h14"/>`),
	info: icon(svg`<circle cx="12" cy="12" r="8.500"/><path d="M12 11v5M12 7.800v.050"/>`),
	offline: icon(svg`<path d="M4 4l16 16M8.500 15.500a5 5 0 0 1 6.500-.500M5.500 12a9.500 9.500 0 0 1 4-2.200m3.500-.300c2.100.200 4 1.100
		5.500 2.500M2.500 8.800a14 14 0 0 1 3.500-2.300m4-1.300c4.200-.600 8.400.700 11.500 3.600M12 19.200v.050"/>`),
};
