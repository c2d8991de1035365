// SPDX-License-Identifier: ISC
// A browser that runs no scripts, for the page without JavaScript: it keeps cookies, follows a 303, reads forms off a page and sends them as they stand.
//
//   const kim = new PlainBrowser(stack);   await kim.open();   await kim.submit('', { name: 'Kim' });   kim.page.text   await kim.read()

import assert from 'node:assert/strict';
import { send } from './http.mjs';

const ENTITIES = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
export const unescaped = (text) => text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name) => ENTITIES[name]);
// What a reader sees of a page.
export const words = (html) => unescaped(html.replace(/<\/?a\b[^>]*>/g, '').replace(/<[^>]*>/g, ' ')).replace(/\s+/g, ' ');

export class PlainBrowser {
	cookies = new Map();
	page = null;

	constructor(stack, { widget = 'demo-shop', headers = {} } = {}) {
		Object.assign(this, { stack, widget, headers });
	}

	get own() {
		return new URL(this.stack.url).origin;
	}

	// One request; what it sets is kept. `at` is what stands behind the widget's key.
	async ask(method, at, { body, headers = {}, cookies = true } = {}) {
		const jar = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
		const form = body === undefined ? {} : { 'Content-Type': 'application/x-www-form-urlencoded', Origin: this.own, 'Sec-Fetch-Site': 'same-origin' };
		const answer = await send(this.stack, { method, path: `/plain/${this.widget}${at}`, body,
			headers: { ...form, ...(cookies && jar ? { Cookie: jar } : {}), ...this.headers, ...headers } });
		for (const line of answer.headers['set-cookie'] ?? []) {
			const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
			if (/Max-Age=0/.test(line)) this.cookies.delete(name);
			else this.cookies.set(name, value);
		}
		return answer;
	}

	async #follow(answer) {
		for (let i = 0; answer.status === 303 && i < 5; i++) answer = await this.ask('GET', this.below(answer.headers.location));
		this.page = answer;
		return answer;
	}

	below(location) {
		const start = `${this.stack.url}/plain/${this.widget}`;
		assert.ok(location.startsWith(start), location);
		return location.slice(start.length);
	}

	async open(at = '') {
		return this.#follow(await this.ask('GET', at));
	}

	// The conversation, as the frame has it.
	read() {
		return this.ask('GET', '/messages');
	}

	// The form that goes to `at`: what it holds by itself, and where it goes.
	form(at, html = this.page.text) {
		const form = [...html.matchAll(/<form [^>]*action="([^"]*)"[^>]*>(.*?)<\/form>/gs)].find(([, action]) => unescaped(action).split('?')[0].endsWith(`/plain/${this.widget}${at}`));
		assert.ok(form, `a form for ${at || 'the chat'} in ${words(html)}`);
		const fields = Object.fromEntries([...form[2].matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)].map(([, name, value]) => [name, unescaped(value)]));
		return { fields, action: this.below(this.own + unescaped(form[1])) };
	}

	fields(at, html) {
		return this.form(at, html).fields;
	}

	// Sends that form; `more` is what somebody fills in. → the page it leads to
	async submit(at, more = {}, { html, ...rest } = {}) {
		const { fields, action } = this.form(at, html);
		return this.#follow(await this.ask('POST', action, { body: String(new URLSearchParams({ ...fields, ...more })), ...rest }));
	}

	get chat() {
		return [...this.cookies].find(([name]) => name.endsWith('chat'))?.[1].split('.')[0];
	}

	get token() {
		return [...this.cookies].find(([name]) => name.endsWith('chat'))?.[1].split('.')[1];
	}
}
