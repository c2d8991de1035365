// SPDX-License-Identifier: ISC

const TO_HOST = { ready: [], close: [], unread: ['count'], active: ['on'], resize: ['size'], identify: [] };
const TOKEN = /^[\w-]+\.[\w-]+\.[\w-]+$/;
const TOKEN_MAX = 4096;
const CONTEXT_MAX = 4096;

/**
 * `vouched`: the page will say who is here; `context`: what the site tells of the visit
 * @typedef {{url?: string, referrer?: string, locale?: string, vouched?: boolean, context?: Record<string, unknown>}} PageContext
 */

/**
 * The only way between the frame and the page around it. The page names its origin in the fragment of our URL; a lie gains nothing: what we post goes only to
 * that origin, what we hear is taken only from it, and no message carries a secret.
 *
 * Events: `context` (detail PageContext), `identity` (detail: a token, or null for nobody), `show`, `hide`.
 */
export class Bridge extends EventTarget {
	#origin;

	/** @param {string} hash such as #host=https%3A%2F%2Fshop.example */
	constructor(hash) {
		super();
		this.#origin = originIn(hash);
		if (this.embedded) addEventListener('message', (event) => this.#hear(event));
	}

	get embedded() {
		return this.#origin !== '' && window.parent !== window;
	}

	/** @param {keyof typeof TO_HOST} type @param {Record<string, unknown>} [members] */
	tell(type, members = {}) {
		if (!this.embedded) return;
		const allowed = TO_HOST[type].map((name) => [name, members[name]]);
		window.parent.postMessage({ switchboard: 1, type, ...Object.fromEntries(allowed) }, this.#origin);
	}

	/** @param {MessageEvent} event */
	#hear(event) {
		if (event.source !== window.parent || event.origin !== this.#origin) return;
		const message = event.data;
		if (message?.switchboard !== 1) return;
		if (message.type === 'show' || message.type === 'hide') this.dispatchEvent(new CustomEvent(message.type, { detail: { focus: message.focus === true } }));
		if (message.type === 'identity' && isToken(message.token)) this.dispatchEvent(new CustomEvent('identity', { detail: message.token }));
		if (message.type === 'context') this.dispatchEvent(new CustomEvent('context', { detail: contextOf(message) }));
	}
}

/** @param {string} hash */
function originIn(hash) {
	try {
		const url = new URL(new URLSearchParams(hash.replace(/^#/, '')).get('host') ?? '');
		return url.protocol === 'https:' || url.protocol === 'http:' ? url.origin : '';
	} catch {
		return '';
	}
}

/** @param {any} message @returns {PageContext} */
function contextOf(message) {
	/** @param {unknown} value @param {number} max */
	const text = (value, max) => (typeof value === 'string' && value && value.length <= max ? value : undefined);
	return { url: text(message.url, 2000), referrer: text(message.referrer, 2000), locale: text(message.locale, 35), vouched: message.vouched === true,
		context: objectIn(text(message.context, CONTEXT_MAX)) };
}

/** @param {string | undefined} json @returns {Record<string, unknown> | undefined} */
function objectIn(json) {
	try {
		const value = JSON.parse(json ?? 'null');
		return value && typeof value === 'object' && !Array.isArray(value) ? value : undefined;
	} catch {
		return undefined;
	}
}

/** @param {unknown} token */
function isToken(token) {
	return token === null || (typeof token === 'string' && token.length <= TOKEN_MAX && TOKEN.test(token));
}
