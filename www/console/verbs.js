// SPDX-License-Identifier: ISC

/** @typedef {import('./held-chat.js').HeldChat} HeldChat */
/** @typedef {import('./desk.js').Notice} Notice */
/**
 * @typedef {object} Ground what the verbs stand on: the desk as it lets itself be changed
 * @property {import('./offers.js').Offers} offers
 * @property {(notice: Notice | null) => void} say
 * @property {() => void} changed
 * @property {(id: string) => void} answered something was done in a chat: what was asked before knows nothing of it
 * @property {(error: any) => boolean} lost true: the session is over, and the desk with it
 * @property {(info: OperatorChat) => HeldChat} hold
 * @property {(chat: HeldChat) => void} drop
 * @property {(chat: HeldChat) => Promise<void>} fetch
 * @property {(id: string) => void} select
 * @property {() => Promise<void>} refresh
 */
/** @typedef {{name: 'again' | 'closed' | 'conflict' | 'refused', reason: Reason}} Refusal why nothing came of it; `conflict`: the reason says more */

/** @typedef {{answer?: any, refusal?: Refusal}} Outcome */

/** What an operator does with offers and chats: each asks the server, and the desk shows what came of it. */
export class Verbs {
	#api;
	#desk;

	/** @param {import('../lib/api.js').Api} api @param {Ground} desk */
	constructor(api, desk) {
		this.#api = api;
		this.#desk = desk;
	}

	/** @param {string} id @returns {Promise<string>} the chat, '' when it is not ours */
	async accept(id) {
		let taken = '';
		await this.#answer(id, 'accept', ({ chat }) => {
			this.#desk.hold(chat);
			this.#desk.select(chat.id);
			this.#desk.refresh();
			taken = chat.id;
		});
		return taken;
	}

	/** @param {string} id */
	async decline(id) {
		await this.#answer(id, 'decline', () => {});
	}

	/** @param {string} id @param {'accept' | 'decline'} verb @param {(answer: any) => void} done */
	async #answer(id, verb, done) {
		const { offers } = this.#desk;
		const offer = offers.get(id);
		if (!offer || offer.busy) return;
		Object.assign(offer, { busy: verb, problem: '' });
		this.#desk.changed();
		try {
			const answer = await this.#api.post(`offers/${id}/${verb}`);
			offers.over(id);
			done(answer);
		} catch (error) {
			this.#offerRefused(offer, error);
		}
		this.#desk.changed();
	}

	/** @param {import('./offers.js').HeldOffer} offer @param {any} error */
	#offerRefused(offer, error) {
		offer.busy = '';
		if (this.#desk.lost(error)) return;
		if (error.passing) {
			offer.problem = 'again';
			return;
		}
		this.#desk.offers.take(offer.offer);
		this.#desk.say({ kind: 'info', name: error.code === 'already_taken' ? 'notice.offer_taken' : 'notice.offer_expired', values: { name: offer.name ?? '' } });
		this.#desk.refresh();
	}

	/** @param {HeldChat} chat @returns {Promise<boolean>} */
	end(chat) {
		return this.#act(chat, 'end', async () => {
			const { chat: info } = await this.#api.post(`operator/chats/${chat.id}/end`);
			if (info.closing) this.#desk.hold(info); // its bot has the last word: no event tells that it is over for us
			await this.#desk.fetch(chat);
		});
	}

	/** Files the result. @param {HeldChat} chat @param {string} disposition '' for none @param {string} note @returns {Promise<boolean>} */
	wrapUp(chat, disposition, note) {
		return this.#act(chat, 'wrap-up', () => this.#api.post(`operator/chats/${chat.id}/wrap-up`, { ...(disposition ? { disposition } : {}), ...(note ? { note } : {}) }));
	}

	/** @param {HeldChat} chat @param {string} what @param {() => Promise<unknown>} act @returns {Promise<boolean>} */
	async #act(chat, what, act) {
		const refusal = await this.#during(chat, what, act);
		if (refusal) chat.problem = `${what}.${refusal.name === 'again' ? 'again' : 'refused'}`;
		return !refusal;
	}

	/** @param {HeldChat} chat @param {string} what @param {() => Promise<unknown>} act @returns {Promise<Refusal | null>} null: done */
	async #during(chat, what, act) {
		if (chat.busy) return { name: 'again', reason: {} };
		Object.assign(chat, { busy: what, problem: '' });
		this.#desk.changed();
		try {
			await act();
			this.#desk.answered(chat.id);
			return null;
		} catch (error) {
			return this.#refusal(error);
		} finally {
			chat.busy = '';
			this.#desk.refresh();
			this.#desk.changed();
		}
	}

	/** @param {any} error @returns {Refusal} */
	#refusal(error) {
		if (this.#desk.lost(error) || error.passing || !error.code) return { name: 'again', reason: {} };
		if (error.code === 'closed') return { name: 'closed', reason: {} };
		const { reason_code: code, ...figures } = error.details ?? {};
		if (error.code === 'conflict' && code) return { name: 'conflict', reason: { ...figures, code } };
		return { name: 'refused', reason: {} };
	}

	// ---- passing on ----

	/** @param {HeldChat} chat @returns {Promise<Targets>} whom it may be passed on to */
	targets(chat) {
		return this.#api.get(`operator/chats/${chat.id}/targets`);
	}

	/**
	 * To a queue it goes at once; a colleague is asked, and until he accepts it stays here.
	 * @param {HeldChat} chat @param {{queue: string} | {operator: string} | {bot: true}} target @param {string} note @returns {Promise<Refusal | null>}
	 */
	transfer(chat, target, note) {
		return this.#during(chat, 'transfer', async () => {
			const { chat: info } = await this.#api.post(`operator/chats/${chat.id}/transfer`, note ? { ...target, note } : target);
			if (info.transfer) return void this.#desk.hold(info);
			const values = { name: info.name ?? '', queue: info.queue_label ?? info.queue ?? '' };
			this.#desk.say({ kind: 'info', name: info.state === 'bot' ? 'notice.bot' : 'notice.queued', values });
			this.#desk.drop(chat);
		});
	}

	/** @param {HeldChat} chat */
	async takeBack(chat) {
		const refusal = await this.#during(chat, 'transfer', () => this.#api.delete(`operator/chats/${chat.id}/transfer`));
		if (refusal?.name === 'again') this.#desk.say({ kind: 'bad', name: 'notice.again' });
		else if (!refusal) chat.transfer = null;
	}

	// ---- the person behind a chat ----

	/** @param {string} id of a chat that is ours @returns {Promise<{chats: import('./earlier.js').EarlierChat[]}>} earlier ones of the same person */
	earlier(id) {
		return this.#api.get(`operator/chats/${id}/history`);
	}

	/** @param {string} id of a chat that is ours @param {string} earlier @returns {Promise<ChatEvent[]>} its whole transcript */
	earlierEvents(id, earlier) {
		return this.#pages(`operator/chats/${id}/history/${earlier}/events`);
	}

	/** @param {string} path @param {number} [after] @returns {Promise<ChatEvent[]>} all events behind that seq */
	async #pages(path, after = 0) {
		/** @type {ChatEvent[]} */
		const events = [];
		for (;;) {
			const page = await this.#api.get(`${path}?after=${events.at(-1)?.seq ?? after}&limit=500`);
			events.push(...page.events);
			if (!page.more || !page.events.length) return events;
		}
	}

	// ---- a supervisor's ----

	/** What was said in anybody's chat behind that seq. @param {string} id @param {number} after @returns {Promise<ChatEvent[]>} */
	read(id, after) {
		return this.#pages(`operator/chats/${id}/events`, after).catch((error) => {
			this.#desk.lost(error);
			throw error;
		});
	}

	/** Takes the words of a message away. @param {HeldChat} chat @param {number} seq @param {string} reason @returns {Promise<Refusal | null>} */
	async redact(chat, seq, reason) {
		try {
			await this.#api.post(`operator/chats/${chat.id}/messages/${seq}/redact`, reason ? { reason } : {});
			await this.#desk.fetch(chat);
			return null;
		} catch (error) {
			return this.#refusal(error);
		}
	}

	/** @param {HeldChat} chat @param {{kinds: string[], reason: string, days: number, end: boolean}} how days 0: until it is lifted @returns {Promise<Refusal | null>} */
	block(chat, { kinds, reason, days, end }) {
		return this.#during(chat, 'block', async () => {
			await this.#api.post(`operator/chats/${chat.id}/block`, { kinds, reason, end, ...(days ? { days } : {}) });
			this.#desk.say({ kind: 'info', name: 'notice.blocked', values: { name: chat.info.name ?? '' } });
			if (end) await this.#desk.fetch(chat);
		});
	}

	/** @returns {Promise<{blocks: import('./blocks.js').BlockRow[]}>} */
	blocks() {
		return this.#api.get('blocks');
	}

	/** @param {string} block @returns {Promise<Refusal | null>} */
	async lift(block) {
		try {
			await this.#api.delete(`blocks/${block}`);
			return null;
		} catch (error) {
			return this.#refusal(error);
		}
	}

	/** @param {string} operator @param {'logout' | 'totp/reset'} what @returns {Promise<Outcome>} */
	forOperator(operator, what) {
		return this.#outcome(this.#api.post(`operators/${operator}/${what}`));
	}

	/** @returns {Promise<import('./letters.js').LettersView>} what has not been delivered */
	letters() {
		return this.#api.get('outbox').catch((error) => {
			this.#desk.lost(error);
			throw error;
		});
	}

	/** @param {string} item @returns {Promise<Outcome>} */
	sendLetter(item) {
		return this.#outcome(this.#api.post(`outbox/${item}/replay`));
	}

	/** @param {string} kind @param {string} account @returns {Promise<Outcome>} */
	sendLetters(kind, account) {
		return this.#outcome(this.#api.post('outbox/replay', { kind, account }));
	}

	/** @param {string} item @returns {Promise<Outcome>} */
	dropLetter(item) {
		return this.#outcome(this.#api.delete(`outbox/${item}`));
	}

	/** @param {Promise<any>} asked @returns {Promise<Outcome>} */
	async #outcome(asked) {
		try {
			return { answer: await asked };
		} catch (error) {
			return { refusal: this.#refusal(error) };
		}
	}

	/** @returns {Promise<BoardView>} */
	board() {
		return this.#api.get('board').catch((error) => {
			this.#desk.lost(error);
			throw error;
		});
	}

	/** @param {string} locale @returns {Promise<{queues: import('./results.js').QueueResults[]}>} what today's chats came to */
	results(locale) {
		return this.#api.get(`results?${new URLSearchParams({ locale })}`).catch((error) => {
			this.#desk.lost(error);
			throw error;
		});
	}

	/** @param {string} name @param {Record<string, string>} query @returns {Promise<ReportView>} */
	report(name, query) {
		return this.#api.get(`reports/${name}?${new URLSearchParams(query)}`).catch((error) => {
			this.#desk.lost(error);
			throw error;
		});
	}

	/** @param {string} id of anybody's chat, which becomes ours @returns {Promise<Refusal | null>} */
	async take(id) {
		try {
			const { chat } = await this.#api.post(`operator/chats/${id}/take`);
			this.#desk.hold(chat);
			this.#desk.refresh();
			return null;
		} catch (error) {
			return this.#refusal(error);
		}
	}

	/** @param {string} id @param {string} queue @param {string} reason @returns {Promise<Refusal | null>} */
	async requeue(id, queue, reason) {
		try {
			await this.#api.post(`operator/chats/${id}/requeue`, reason ? { queue, reason } : { queue });
			this.#desk.refresh();
			return null;
		} catch (error) {
			return this.#refusal(error);
		}
	}
}
