// SPDX-License-Identifier: ISC
// The one script a site embeds: <script async src=".../chat/widget.js" data-widget="KEY"></script>
// Until the customer's first click it makes one request without credentials and writes nothing; it is made again only when the server had no time for it.
import { close, events, identify, launch, open } from './launcher.js';
import { lull } from './lull.js';
import { base, key, script } from './site.js';

const page = /** @type {any} */ (window);

/** @returns {Promise<WidgetConfig | void>} nothing: the server has refused it for good, which the site's developer is told */
async function ask() {
	const { locale } = script.dataset;
	const url = `${base}/api/v1/widgets/${encodeURIComponent(key)}${locale ? `?locale=${encodeURIComponent(locale)}` : ''}`;
	for (let failures = 0; ; failures++) {
		let asked = 0;
		try {
			const answer = await fetch(url, { credentials: 'omit' });
			const { ok, status } = answer;
			if (!ok && status < 500 && status !== 429) return console.warn(`Switchboard: the chat is not available here (${status}).`);
			const body = await answer.json();
			if (ok) return body;
			asked = body.error.retry_ms;
		} catch { /* no answer, or none of ours */ }
		await lull(failures, asked);
	}
}

async function start() {
	if (!document.body) await new Promise((go) => addEventListener('DOMContentLoaded', go));
	const config = await ask();
	if (!config) {
		delete page.Switchboard;
		return;
	}
	launch(config);
	if (script.dataset.identity) identify(script.dataset.identity);
	page.Switchboard = Object.freeze({
		open: () => open(),
		close,
		identify,
		logout: () => identify(null),
		/** @param {string} event open, close, unread @param {(detail: unknown) => void} heard @returns {() => void} stops listening */
		on(event, heard) {
			/** @param {Event} e */
			const listener = (e) => heard(/** @type {CustomEvent} */ (e).detail);
			events.addEventListener(event, listener);
			return () => events.removeEventListener(event, listener);
		},
	});
	dispatchEvent(new Event('switchboard'));
}

if (key && base && !('Switchboard' in page)) {
	page.Switchboard = null;
	start();
}
