// SPDX-License-Identifier: ISC
import { ApiError } from '../lib/api.js';

const TRIES = 10;

/** @typedef {[name: string, query: Record<string, string>]} Question */

/**
 * Asks for reports one at a time, because the server makes only a few at once for everybody. The newest questions count: they are asked as soon as the one under way is
 * answered, and nobody gets the answer of older ones. Where the server says that it is busy (503 at once, with the time to wait), they are asked again then.
 */
export class ReportAsker {
	#report;
	#turn = 0;
	/** @type {Promise<unknown>} */
	#last = Promise.resolve();
	#stopWaiting = () => {};

	/** @param {(name: string, query: Record<string, string>) => Promise<ReportView>} report */
	constructor(report) {
		this.#report = report;
	}

	/** @param {Question[]} questions @returns {Promise<ReportView[] | null>} in their order; null: there are newer ones. Rejects with what the server refused. */
	ask(questions) {
		const turn = this.drop();
		const views = this.#last.then(() => this.#askAll(turn, questions)).catch((error) => {
			if (turn === this.#turn) throw error;
			return null;
		});
		this.#last = views.catch(() => {});
		return views;
	}

	/** Nobody wants to know any more. */
	drop() {
		this.#stopWaiting();
		return ++this.#turn;
	}

	/** @param {number} turn @param {Question[]} questions */
	async #askAll(turn, questions) {
		const views = [];
		for (const [name, query] of questions) {
			const view = await this.#askOne(turn, name, query);
			if (!view) return null;
			views.push(view);
		}
		return turn === this.#turn ? views : null;
	}

	/** @param {number} turn @param {string} name @param {Record<string, string>} query */
	async #askOne(turn, name, query) {
		for (let tries = 1; turn === this.#turn; tries++) {
			const began = Date.now();
			try {
				return await this.#report(name, query);
			} catch (error) {
				const busy = error instanceof ApiError && error.status === 503 && Date.now() - began < error.retryMs;
				if (!busy || tries === TRIES) throw error;
				await this.#wait(error.retryMs);
			}
		}
		return null;
	}

	/** @param {number} ms */
	#wait(ms) {
		return new Promise((go) => {
			const timer = setTimeout(go, ms);
			this.#stopWaiting = () => {
				clearTimeout(timer);
				go(undefined);
			};
		});
	}
}
