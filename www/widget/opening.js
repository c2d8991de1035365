// SPDX-License-Identifier: ISC
import { Backoff } from '../lib/backoff.js';
import { uuid } from '../lib/uuid.js';

/**
 * @typedef {{kind: 'closed' | 'full' | 'refused' | 'invalid' | 'identity' | 'invitation', next?: string, text?: string, field?: string, code?: string,
 *   reference?: string}} StartProblem
 */

/**
 * The chat request, the same until there is an answer: its key makes a repeat harmless. Who has a chat open already, on another device or from before, gets back into it.
 * @param {{api: import('../lib/api.js').Api, request: Record<string, unknown>, person: import('./person.js').Person, keep: (request: Record<string, unknown>) => void,
 *   wanted: () => boolean, waits: (until: number) => void}} given `keep` puts by what must be sent again after a reload, `waits` hears until when we were asked to wait; 0: not
 *   any more
 * @returns {Promise<import('./session.js').Credential | null>} null: not wanted any more
 */
export async function openChat({ api, request, person, keep, wanted, waits }) {
	const backoff = new Backoff();
	let refreshed = false;
	for (;;) {
		try {
			const identity = await person.fresh();
			const { chat, token, relay } = await api.post('chats', identity ? { ...request, identity } : request);
			return wanted() ? { id: chat.id, token, relay, ...(chat.identified ? { person: true } : {}) } : null;
		} catch (error) {
			if (!wanted()) return null;
			if (error.code === 'chat_exists' && error.details?.chat && !request.resume) {
				request = { request_key: uuid(), widget: request.widget, resume: error.details.chat };
				keep(request);
			} else if (error.status === 401 && error.field === 'identity' && !refreshed) {
				refreshed = true;
				await person.fresh(true);
			} else if (error.passing) {
				const pause = Math.max(error.retryMs ?? 0, backoff.next());
				if (error.status === 429) waits(Date.now() + pause);
				await new Promise((go) => { setTimeout(go, pause); });
				if (wanted()) waits(0);
			} else {
				throw error;
			}
		}
		if (!wanted()) return null;
	}
}

/** Why no chat was opened, as the welcome tells it. @param {import('../lib/api.js').ApiError} error @returns {StartProblem} */
export function problemOf({ code, field, details, reference }) {
	const kinds = /** @type {Record<string, StartProblem['kind']>} */ ({ closed: 'closed', queue_full: 'full', invalid: 'invalid', identity_required: 'identity' });
	const kind = field === 'invitation' ? 'invitation' : kinds[code] ?? 'refused';
	return { kind, field, code, next: String(details?.next_opening ?? ''), text: String(details?.text ?? ''), reference: kind === 'refused' ? reference : '' };
}

/** What the customer has written, as the event it has become. @param {{entry: OutboxEntry} & import('../lib/acks.js').Ack} sent @returns {ChatEvent} */
export function ownEvent({ entry, seq, at, body }) {
	return {
		chat: entry.chat, seq, kind: 'message', author: { kind: 'customer' }, body: body ?? entry.body ?? entry.label, at: at ?? entry.at, cid: entry.cid,
		data: entry.choice ? { choice: entry.choice } : undefined, local: true,
	};
}
