// SPDX-License-Identifier: ISC
import { clockTime } from './time.js';

/** What a line in the middle of a thread says. @param {ChatEvent} event @param {'customer' | 'operator'} me who reads it @param {import('./i18n.js').Texts} texts */
export function lineText({ kind, author, body, data = {} }, me, texts) {
	const name = author?.kind === 'operator' && author.name ? author.name : String(data.from ?? data.name ?? '');
	const queue = String(data.label ?? data.queue ?? '');
	const to = String(data.to ?? data.operator ?? '');
	const since = data.since ? clockTime(String(data.since), texts.locale) : '';
	/** The first that the reader's texts have. @param {string[]} endings */
	const say = (...endings) => texts.t([...endings.map((ending) => `line.${kind}.${ending}`), `line.${kind}`].find((text) => texts.optional(text)) ?? kind,
		{ name, queue, to, since });
	const by = data.by ?? 'system';
	switch (kind) {
		case 'ended':
			return by === 'system' ? say(String(data.reason), 'system') : say(by === me ? 'me' : name ? 'name' : 'other');
		case 'queued':
			return say(queue ? me : 'any');
		case 'joined':
			return name ? say() : say('any');
		case 'left':
			return name ? say(String(data.reason)) : say('any');
		case 'transferred':
			return to ? say('operator') : queue ? say('queue') : say();
		case 'transfer_failed':
			return to ? say(String(data.reason), 'operator') : say();
		case 'requeued':
			return queue ? say('queue') : say();
		case 'note':
			return texts.t('line.undelivered', { reason: texts.optional(`line.undelivered.${data.reason}`) || String(data.reason ?? '') });
		default:
			return body || say(to);
	}
}
