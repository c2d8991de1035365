// SPDX-License-Identifier: ISC

/**
 * A store under a prefix: the first of the given storages that the browser grants, else memory (`durable` = false: what is kept ends with the page).
 * `web` says that it is the first, web storage: roomy, and other tabs are told of changes.
 */
export class Store {
	#prefix;
	/** @type {Storage} */
	#storage;
	durable = true;
	web = true;

	/** @param {string} prefix @param {...(() => Storage)} openers such as `() => localStorage` */
	constructor(prefix, ...openers) {
		this.#prefix = prefix;
		for (const open of openers) {
			const storage = usable(open, `${prefix}probe`);
			if (storage) {
				this.#storage = storage;
				return;
			}
			this.web = false;
		}
		this.#storage = memoryStorage();
		this.durable = this.web = false;
	}

	/** @param {string} name @returns {any} null when absent or unreadable */
	get(name) {
		try {
			return JSON.parse(this.#storage.getItem(this.#prefix + name) ?? 'null');
		} catch {
			return null;
		}
	}

	/** @param {string} name @param {unknown} value @returns {boolean} false: no room; the value is only in the caller's hands */
	set(name, value) {
		try {
			this.#storage.setItem(this.#prefix + name, JSON.stringify(value));
			return true;
		} catch {
			return false;
		}
	}

	/** @param {string} name */
	remove(name) {
		try {
			this.#storage.removeItem(this.#prefix + name);
		} catch { /* denied: then it is not there either */ }
	}

	/** @param {string} [start] @returns {string[]} names beginning with `start` */
	names(start = '') {
		const names = [];
		for (let i = 0; i < this.#storage.length; i++) {
			const key = this.#storage.key(i);
			if (key?.startsWith(this.#prefix + start)) names.push(key.slice(this.#prefix.length));
		}
		return names;
	}

	/** Another tab changed something. @param {(name: string) => void} changed @returns {() => void} stops */
	watch(changed) {
		/** @param {StorageEvent} event */
		const heard = (event) => {
			if (event.storageArea === this.#storage && event.key?.startsWith(this.#prefix)) changed(event.key.slice(this.#prefix.length));
		};
		addEventListener('storage', heard);
		return () => removeEventListener('storage', heard);
	}
}

/** @param {() => Storage} open @param {string} name of a key to try */
function usable(open, name) {
	try {
		const storage = open();
		storage.setItem(name, '1');
		storage.removeItem(name);
		return storage;
	} catch {
		return null;
	}
}

/** @returns {Storage} */
function memoryStorage() {
	/** @type {Map<string, string>} */
	const map = new Map();
	return {
		get length() { return map.size; },
		key: (i) => [...map.keys()][i] ?? null,
		getItem: (key) => map.get(key) ?? null,
		setItem: (key, value) => void map.set(key, String(value)),
		removeItem: (key) => void map.delete(key),
		clear: () => map.clear(),
	};
}
