// SPDX-License-Identifier: ISC

/** @typedef {'message' | 'note' | 'result'} DraftKind */

/** What an operator's tab remembers through a reload: unsent words, what was looked at, chats whose result is not filed. */
export class Papers {
	/** @param {import('../lib/storage.js').Store} store of this operator, in this tab */
	constructor(store) {
		this.store = store;
	}

	/** @param {string} chat @param {DraftKind} kind @returns {string} */
	draft(chat, kind) {
		return String(this.store.get(`draft:${kind}:${chat}`) ?? '');
	}

	/** @param {string} chat @param {DraftKind} kind @param {string} text */
	keepDraft(chat, kind, text) {
		if (text) this.store.set(`draft:${kind}:${chat}`, text);
		else this.store.remove(`draft:${kind}:${chat}`);
	}

	/** @param {string} chat @returns {number} */
	seen(chat) {
		return Number(this.store.get(`seen:${chat}`)) || 0;
	}

	/** @param {string} chat @param {number} seq */
	keepSeen(chat, seq) {
		this.store.set(`seen:${chat}`, seq);
	}

	/** @returns {OperatorChat[]} */
	get unfiled() {
		const kept = this.store.get('unfiled');
		return Array.isArray(kept) ? kept.filter((chat) => typeof chat?.id === 'string') : [];
	}

	/** @param {OperatorChat[]} chats */
	keepUnfiled(chats) {
		this.store.set('unfiled', chats);
	}

	/** @returns {string} */
	get selected() {
		return String(this.store.get('selected') ?? '');
	}

	/** @param {string} chat */
	keepSelected(chat) {
		this.store.set('selected', chat);
	}

	/** @param {string} chat */
	forget(chat) {
		for (const kind of ['message', 'note', 'result']) this.store.remove(`draft:${kind}:${chat}`);
		this.store.remove(`seen:${chat}`);
	}
}
