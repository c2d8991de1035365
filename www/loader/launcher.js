// SPDX-License-Identifier: ISC
// The button on the host page and the panel with the frame. A page has one, so what is known of it is known to this module.
import sheet from './launcher.sheet.css';
import { lull } from './lull.js';
import { base, flag, key, script } from './site.js';

/** @typedef {string | null | (() => string | null | Promise<string | null>)} Vouching a signed token, what fetches one, or null: nobody is logged in */

const words = /** @type {Record<string, string[]>} */ ({
	en: ['Chat with us', 'The chat cannot be reached right now.', 'Try again'],
	de: ['Mit uns chatten', 'Der Chat ist gerade nicht erreichbar.', 'Nochmal versuchen'],
	fr: ['Discuter avec nous', 'Le chat est momentanément injoignable.', 'Réessayer'],
	es: ['Chatea con nosotros', 'No se puede acceder al chat ahora.', 'Reintentar'],
	ar: ['تحدث معنا', 'لا يمكن الوصول إلى المحادثة الآن.', 'حاول مجددًا'],
});

/** @param {string} tag @param {Record<string, string>} attributes @param {...(Node | string)} children */
function make(tag, attributes, ...children) {
	const node = /svg|path/.test(tag) ? document.createElementNS('http://www.w3.org/2000/svg', tag) : document.createElement(tag);
	for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
	node.append(...children);
	return /** @type {any} */ (node);
}

const server = base && new URL(base).origin;
const view = /** @type {VisualViewport} */ (visualViewport);

/** `open`, `close`, `unread` (detail: number) */
export const events = new EventTarget();

let isOpen = false;
/** a chat is going on */
let active = false;
/** the frame has said that it hears us */
let ready = false;
let focusWhenReady = false;
/** frames that came without a word, one after the other */
let failures = 0;
let texts = words.en;
let title = '';
/** @type {Vouching | undefined} */
let vouching;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
/** @type {HTMLIFrameElement | undefined} */
let frame;
/** lies over the frame until that is ready @type {HTMLElement} */
let veil;
/** @type {HTMLElement} */
let badge;
/** @type {HTMLElement} */
let button;
/** @type {HTMLElement} */
let panel;
/** @type {HTMLElement} */
let box;

const onPhone = () => matchMedia('(max-width:480px),(max-height:480px)').matches;

/** @param {WidgetConfig} config */
export function launch({ locale, texts: own, theme: { accent, position } }) {
	texts = words[locale.split('-')[0]] ?? texts;
	const label = own.launcher || texts[0];
	title = own.title || label;
	const host = make('switchboard-widget', {});
	const root = host.attachShadow({ mode: 'open' });
	root.adoptedStyleSheets = [sheet];
	host.lang = locale;
	host.dir = /^(ar|he|fa|ur)\b/.test(locale) ? 'rtl' : 'ltr';
	const [r, g, b] = [1, 3, 5].map((i) => parseInt(accent.slice(i, i + 2), 16));
	host.style.cssText = `--a:${accent};--i:${r * 3 + g * 6 + b > 1650 ? '#10151d' : '#fff'}`;
	badge = make('span', { class: 'badge', hidden: '' });
	button = make('button', { class: 'launcher', 'aria-expanded': 'false', 'aria-haspopup': 'dialog' },
		make('svg', { viewBox: '0 0 24 24', 'aria-hidden': 'true' },
			make('path', { class: 'ask', d: 'M12 4c-5 0-9 3.3-9 7.5 0 2.3 1.2 4.3 3 5.7L5.5 21l4-2c.8.2 1.6.3 2.5.3 5 0 9-3.5 9-7.8S17 4 12 4Z' }),
			make('path', { class: 'shut', d: 'm6 9.5 6 6 6-6' })),
		make('span', { class: 'label' }, label), badge);
	veil = make('div', { class: 'veil' });
	panel = make('div', { class: 'panel', role: 'dialog', 'aria-label': title, hidden: '' });
	box = make('div', { class: position === 'left' ? 'box left' : 'box' }, panel, button);
	button.onclick = () => (isOpen ? close() : open());
	root.addEventListener('keydown', (/** @type {KeyboardEvent} */ e) => e.key === 'Escape' && close());
	addEventListener('message', hear);
	view.addEventListener('resize', fit);
	root.append(box);
	document.body.append(host);
	const was = flag();
	if (was === 'open' && !onPhone()) open(false);
	else if (was) load();
}

/** What is slow is waited for, behind a word about it; the customer may begin anew. */
function load() {
	veil.replaceChildren(make('div', { class: 'ring', role: 'progressbar', 'aria-label': title }));
	clearTimeout(timer);
	timer = setTimeout(() => {
		const again = make('button', {}, texts[2]);
		again.onclick = () => {
			button.focus();
			load();
		};
		veil.replaceChildren(make('p', { role: 'alert' }, texts[1]), again);
	}, 15000);
	bring();
}

/** A frame that has loaded and says nothing is an error's page, or has not got its script. */
function bring() {
	ready = false;
	box.classList.remove('ready');
	const mine = frame = make('iframe', {
		src: `${base}/widget/?key=${encodeURIComponent(key)}#host=${encodeURIComponent(location.origin)}`,
		title, referrerpolicy: 'origin',
		sandbox: 'allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox allow-downloads',
	});
	mine.onload = async () => {
		await lull(failures++, 2000);
		if (frame === mine && !ready) bring();
	};
	panel.replaceChildren(mine, veil);
}

/** @param {boolean} [focus] */
export function open(focus = true) {
	if (!frame) load();
	if (isOpen) return;
	isOpen = true;
	show();
	if (focus && ready) frame?.focus();
	focusWhenReady = focus;
	tell('show', { focus });
	events.dispatchEvent(new Event('open'));
}

export function close() {
	if (!isOpen) return;
	isOpen = false;
	show();
	tell('hide');
	button.focus();
	events.dispatchEvent(new Event('close'));
}

function show() {
	flag(isOpen ? 'open' : active ? 'shut' : '');
	panel.hidden = !isOpen;
	box.classList.toggle('open', isOpen);
	button.setAttribute('aria-expanded', String(isOpen));
	// a full screen panel must not let the page scroll behind it
	document.documentElement.style.overflow = isOpen && onPhone() ? 'hidden' : '';
	fit();
}

/** The keyboard of a phone shrinks what can be seen, not the page. */
function fit() {
	panel.style.cssText = isOpen && onPhone() ? `height:${view.height}px;top:${view.offsetTop}px` : '';
}

/** @param {string} type @param {object} [members] */
function tell(type, members) {
	if (ready) frame?.contentWindow?.postMessage({ switchboard: 1, type, ...members }, server);
}

/** @param {MessageEvent} event */
function hear({ source, origin, data }) {
	if (!frame || source !== frame.contentWindow || origin !== server || data?.switchboard !== 1) return;
	const { type } = data;
	if (type === 'ready') greet();
	else if (type === 'close') close();
	else if (type === 'identify') vouch();
	else if (type === 'unread' && Number.isInteger(data.count)) count(data.count);
	else if (type === 'resize') box.classList.toggle('large', data.size === 'large');
	else if (type === 'active') {
		active = data.on === true;
		if (!isOpen) flag(active ? 'shut' : '');
	}
}

function greet() {
	clearTimeout(timer);
	ready = true;
	failures = 0;
	box.classList.add('ready');
	const { locale, context } = script.dataset;
	const url = location.href.split('#')[0].slice(0, 2000);
	tell('context', { url, referrer: document.referrer.slice(0, 2000), locale, context, vouched: vouching !== undefined });
	vouch();
	if (!isOpen) return;
	tell('show', { focus: focusWhenReady });
	if (focusWhenReady) frame?.focus();
}

/** Who is here, as the site's server has signed it. @param {Vouching} by */
export function identify(by) {
	vouching = by;
	vouch();
}

/** Only the frame hears it, and only while it is there. */
async function vouch() {
	const by = vouching;
	if (!ready || by === undefined) return;
	const token = await (typeof by === 'function' ? by() : by);
	if (by === vouching) tell('identity', { token: token || null });
}

/** On the button, and in the title for who looks at another page meanwhile. @param {number} n */
function count(n) {
	badge.hidden = !n;
	badge.textContent = n > 9 ? '9+' : String(n);
	document.title = document.title.replace(/^(\(\d+\+?\) )?/, n ? `(${badge.textContent}) ` : '');
	events.dispatchEvent(new CustomEvent('unread', { detail: n }));
}
