// SPDX-License-Identifier: ISC

// What has less than this to live is asked for anew.
const FRESH_MS = 20_000;
// The page may have to ask its own server first.
const PATIENCE_MS = 5000;

/**
 * Who the site says is here: a token that its server has signed, which we pass on and never keep. Event `change` when it is somebody else, or nobody.
 * What we read in the token ourselves only decides when to ask; who is who decides the server.
 */
export class Person extends EventTarget {
	/** @type {string | null | undefined} a token; null: nobody is logged in; undefined: the site has said nothing */
	token = undefined;

	#ask;
	#expected = false;
	/** @type {(() => void)[]} */
	#waiting = [];

	/** @param {() => void} [ask] asks the page for a fresh token */
	constructor(ask = () => {}) {
		super();
		this.#ask = ask;
	}

	/** The page will say it in a moment. */
	expect() {
		this.#expected = this.token === undefined;
	}

	/** @param {string | null} token */
	hear(token) {
		const other = this.token === undefined || claimsOf(token).sub !== claimsOf(this.token).sub;
		this.token = token;
		this.#expected = false;
		for (const go of this.#waiting.splice(0)) go();
		if (other) this.dispatchEvent(new Event('change'));
	}

	/** A token that holds for a while yet. @param {boolean} [anew] what we have was refused @returns {Promise<string | undefined>} nobody, or not known */
	async fresh(anew = false) {
		const stale = typeof this.token === 'string' && (anew || Number(claimsOf(this.token).exp) * 1000 - Date.now() < FRESH_MS);
		if (!stale && !this.#expected) return this.token ?? undefined;
		const heard = new Promise((go) => {
			const timer = setTimeout(go, PATIENCE_MS);
			this.#waiting.push(() => { clearTimeout(timer); go(undefined); });
		});
		if (stale) this.#ask();
		await heard;
		return this.token ?? undefined;
	}

	/**
	 * May a chat that this browser has kept be shown to who is here? On a shared computer somebody else may have come.
	 * @param {import('../lib/api.js').Api} api with the token of that chat @param {string} widget @param {import('./session.js').Credential} saved
	 * @returns {Promise<'yes' | 'bound' | 'no' | 'unknown'>} bound: yes, and it is this person's from now on
	 */
	async judge(api, widget, saved) {
		await (this.#expected ? this.fresh() : undefined);
		if (typeof this.token !== 'string') return saved.person ? (this.token === null ? 'no' : 'unknown') : 'yes';
		try {
			await api.post(`chats/${saved.id}/identity`, { widget, identity: await this.fresh() });
			return 'bound';
		} catch (error) {
			if (error.code === 'conflict') return 'no';
			const undecided = error.passing || error.field === 'identity';
			return undecided && saved.person ? 'unknown' : 'yes';
		}
	}
}

/** @param {string | null | undefined} token @returns {{sub?: unknown, exp?: unknown}} */
function claimsOf(token) {
	try {
		const bytes = Uint8Array.from(atob((token ?? '').split('.')[1].replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
		return JSON.parse(new TextDecoder().decode(bytes)) ?? {};
	} catch {
		return {};
	}
}
