// SPDX-License-Identifier: ISC

const TIMEOUT_MS = 12_000;

const REFERENCE_DIGITS = 8;

/** An answer that is not 2xx, or none at all (`code` = `offline`). */
export class ApiError extends Error {
	/**
	 * @param {number} status HTTP code, 0 without an answer
	 * @param {{code?: string, message?: string, field?: string, retry_ms?: number, [member: string]: unknown}} problem
	 * @param {number} [retryMs]
	 */
	constructor(status, problem, retryMs) {
		super(problem.message ?? problem.code ?? 'no answer');
		this.status = status;
		this.code = problem.code ?? (status === 0 ? 'offline' : status >= 500 ? 'unavailable' : 'bad_request');
		this.field = problem.field;
		this.retryMs = problem.retry_ms ?? retryMs ?? 0;
		/** what else the server said, such as `next_opening` or `chat` */
		this.details = problem;
	}

	/** What a person can read out, so that somebody finds this request in the logs: how its id begins; '' when the server has not seen it. */
	get reference() {
		return String(this.details.request_id ?? '').slice(0, REFERENCE_DIGITS);
	}

	/** The same request may succeed later. */
	get passing() {
		return this.status === 0 || this.status === 429 || (this.status >= 500 && this.code !== 'queue_full');
	}
}

/** The HTTP API under `<base>/api/v1/`. One for customers (`token`) or operators (cookie and CSRF header). */
export class Api {
	#root;
	#operator;
	/** @type {string | null} the chat token */
	token = null;

	/** @param {string} base URL of the server's prefix, without slash at the end @param {{operator?: boolean}} [options] */
	constructor(base, { operator = false } = {}) {
		this.#root = `${base}/api/v1/`;
		this.#operator = operator;
	}

	/** @param {string} path @returns {Promise<any>} */
	get(path) {
		return this.#call('GET', path);
	}

	/** @param {string} path @param {object} [body] @returns {Promise<any>} */
	post(path, body = {}) {
		return this.#call('POST', path, body);
	}

	/** @param {string} path @param {object} body @returns {Promise<any>} */
	put(path, body) {
		return this.#call('PUT', path, body);
	}

	/** @param {string} path @returns {Promise<any>} */
	delete(path) {
		return this.#call('DELETE', path);
	}

	/** @param {string} path @returns {Promise<Blob>} */
	async blob(path) {
		return (await this.#fetch('GET', path)).blob();
	}

	/** @param {string} method @param {string} path @param {object} [body] */
	async #call(method, path, body) {
		const answer = await this.#fetch(method, path, body);
		if (answer.status === 204) return null;
		const text = await answer.text().catch(() => { throw new ApiError(0, {}); });
		try {
			return text ? JSON.parse(text) : null;
		} catch {
			throw new ApiError(502, { code: 'unavailable' });
		}
	}

	/** @param {string} method @param {string} path @param {object} [body] @returns {Promise<Response>} */
	async #fetch(method, path, body) {
		/** @type {Record<string, string>} */
		const headers = {};
		if (body) headers['Content-Type'] = 'application/json';
		if (this.token) headers.Authorization = `Bearer ${this.token}`;
		if (this.#operator && method !== 'GET') headers['X-Requested-With'] = 'switchboard';
		let answer;
		try {
			answer = await fetch(this.#root + path, {
				method,
				headers,
				body: body && JSON.stringify(body),
				credentials: this.#operator ? 'same-origin' : 'omit',
				signal: AbortSignal.timeout(TIMEOUT_MS),
			});
		} catch {
			throw new ApiError(0, {});
		}
		if (answer.ok) return answer;
		const wrapped = await answer.json().catch(() => ({}));
		throw new ApiError(answer.status, wrapped?.error ?? {}, Number(answer.headers.get('Retry-After')) * 1000 || 0);
	}
}
