// SPDX-License-Identifier: ISC
import { Backoff } from '../lib/backoff.js';

/**
 * Sends the same chat request until there is an answer: its key makes a repeat harmless. Throws an error that will not pass by waiting.
 * @param {import('../lib/api.js').Api} api
 * @param {Record<string, unknown>} request
 * @param {{wanted: () => boolean, waits: (until: number) => void}} given `waits` hears until when we were asked to wait; 0: not any more
 * @returns {Promise<any>} null when it is not wanted any more
 */
export async function askForChat(api, request, { wanted, waits }) {
	const backoff = new Backoff();
	for (;;) {
		try {
			const answer = await api.post('chats', request);
			return wanted() ? answer : null;
		} catch (error) {
			if (!wanted()) return null;
			if (!error.passing) throw error;
			const pause = Math.max(error.retryMs ?? 0, backoff.next());
			if (error.status === 429) waits(Date.now() + pause);
			await new Promise((go) => { setTimeout(go, pause); });
			if (!wanted()) return null;
			waits(0);
		}
	}
}
