// SPDX-License-Identifier: ISC

/** What an operator does at all: presence, and the queues he takes chats from. Event `change`. */
export class Duty extends EventTarget {
	/** @type {QueueMembership[]} */
	queues = [];
	/** the state of presence being asked for, '' when none is */
	wanted = '';
	joining = false;

	#api;
	/** when the last change was answered, by the page's clock: what was asked before says nothing about it */
	#changedAt = { presence: 0, queues: 0 };

	/** @param {import('../lib/api.js').Api} api @param {Operator} operator */
	constructor(api, operator) {
		super();
		this.#api = api;
		this.operator = operator;
	}

	/** @returns {string} */
	get presence() {
		return this.wanted || this.operator.presence?.state || 'offline';
	}

	/** Why the server changed the presence, '' when the operator did. */
	get code() {
		return this.wanted ? '' : this.operator.presence?.code ?? '';
	}

	/** Why no chat comes, where it is for the operator to change that; '' where nothing stands in the way. @returns {'' | 'offline' | 'paused' | 'queues'} */
	get lacking() {
		if (this.presence === 'offline') return 'offline';
		if (this.presence !== 'available') return 'paused';
		return this.queues.some(({ joined }) => joined) ? '' : 'queues';
	}

	/** @param {Presence | undefined} presence what the server says @param {number} asked when it was asked, by the page's clock */
	hear(presence, asked) {
		if (presence && !this.wanted && asked >= this.#changedAt.presence) this.operator = { ...this.operator, presence };
	}

	/** What is wanted while the server is told of an earlier wish is told after it: of two at once it might hear the later one first. @param {string} state */
	async setPresence(state) {
		const telling = this.wanted !== '';
		this.wanted = state;
		this.#changed();
		if (telling) return;
		try {
			for (let told = ''; told !== this.wanted;) {
				told = this.wanted;
				this.operator = (await this.#api.put('me/presence', { state: told })).operator;
			}
		} finally {
			this.wanted = '';
			this.#changedAt.presence = performance.now();
			this.#changed();
		}
	}

	/** @param {string} name @param {boolean} joined */
	async join(name, joined) {
		const before = this.queues;
		this.joining = true;
		this.queues = before.map((q) => (q.name === name ? { ...q, joined } : q));
		this.#changed();
		try {
			this.queues = (await this.#api.put('me/queues', { joined: this.queues.filter((q) => q.joined).map((q) => q.name) })).queues;
		} catch (error) {
			this.queues = before;
			throw error;
		} finally {
			this.joining = false;
			this.#changedAt.queues = performance.now();
			this.#changed();
		}
	}

	async refresh() {
		const asked = performance.now();
		const { queues } = await this.#api.get('me/queues');
		if (!this.joining && asked >= this.#changedAt.queues) this.queues = queues;
	}

	#changed() {
		this.dispatchEvent(new Event('change'));
	}
}
