// SPDX-License-Identifier: ISC
// The one script a site embeds: <script async src=".../chat/widget.js" data-widget="KEY"></script>
// Until the customer's first click it makes one request without credentials and writes nothing.
import { Launcher } from './launcher.js';

const script = /** @type {HTMLScriptElement} */ (document.currentScript);
const page = /** @type {any} */ (window);
const key = script?.dataset.widget ?? '';
const base = script?.src.replace(/\/widget\.js([?#].*)?$/, '') ?? '';

/** Flag of this tab: the chat was `open`, or `shut` while a chat was going on. @param {string} [value] '' removes */
function flag(value) {
	try {
		const name = `switchboard:${key}`;
		if (value === undefined) return sessionStorage.getItem(name);
		if (value) sessionStorage.setItem(name, value);
		else sessionStorage.removeItem(name);
	} catch { /* storage is denied: the chat does not follow to the next page */ }
	return null;
}

async function start() {
	const { locale, context } = script.dataset;
	const query = locale ? `?locale=${encodeURIComponent(locale)}` : '';
	const answer = await fetch(`${base}/api/v1/widgets/${encodeURIComponent(key)}${query}`, { credentials: 'omit' });
	if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
	const launcher = new Launcher({ base, key, locale, context, config: await answer.json(), flag });
	if (script.dataset.identity) launcher.identify(script.dataset.identity);
	const api = {
		open: () => launcher.open(),
		close: () => launcher.close(),
		/** @param {import('./launcher.js').Vouching} vouching */
		identify: (vouching) => launcher.identify(vouching),
		logout: () => launcher.identify(null),
		/** @param {string} event open, close, unread @param {(detail: unknown) => void} heard @returns {() => void} stops listening */
		on(event, heard) {
			/** @param {Event} e */
			const listener = (e) => heard(/** @type {CustomEvent} */ (e).detail);
			launcher.addEventListener(event, listener);
			return () => launcher.removeEventListener(event, listener);
		},
	};
	page.Switchboard = Object.freeze(api);
	dispatchEvent(new Event('switchboard'));
}

if (key && base && !('Switchboard' in page)) {
	page.Switchboard = null;
	const ready = document.body ? Promise.resolve() : new Promise((go) => addEventListener('DOMContentLoaded', go));
	ready.then(start).catch((error) => {
		delete page.Switchboard;
		console.warn('Switchboard: the chat is not available here.', error.message);
	});
}
