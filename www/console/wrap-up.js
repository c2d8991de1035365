// SPDX-License-Identifier: ISC
import { LitElement, html, nothing } from 'lit';
import base from '../lib/ui/base.sheet.css';
import { icons } from './icons.js';
import styles from './wrap-up.sheet.css';

const SUGGESTED = ['solved', 'follow_up', 'no_answer', 'wrong'];
const DISPOSITION_MAX = 200;
const NOTE_MAX = 4000;

/** The result of a chat that has ended: a few words, and a note. What is typed is kept as a draft until it is saved. */
export class WrapUp extends LitElement {
	static styles = [base, styles];
	static properties = {
		texts: { attribute: false },
		desk: { attribute: false },
		chat: { attribute: false },
		stamp: { attribute: false },
		missing: { state: true },
	};

	constructor() {
		super();
		/** @type {import('../lib/i18n.js').Texts} */
		this.texts;
		/** @type {import('./desk.js').Desk} */
		this.desk;
		/** @type {import('./held-chat.js').HeldChat} */
		this.chat;
		this.stamp = 0;
		this.missing = false;
	}

	focus() {
		this.renderRoot.querySelector('input')?.focus({ preventScroll: true });
	}

	/** @returns {{disposition: string, note: string}} */
	get entered() {
		try {
			return { disposition: '', note: '', ...JSON.parse(this.desk.papers.draft(this.chat.id, 'result') || '{}') };
		} catch {
			return { disposition: '', note: '' };
		}
	}

	/** @param {Partial<{disposition: string, note: string}>} change */
	enter(change) {
		if (change.disposition) this.missing = false;
		this.desk.keepDraft(this.chat.id, 'result', JSON.stringify({ ...this.entered, ...change }));
		this.requestUpdate();
	}

	/** @param {Event} event */
	async save(event) {
		event.preventDefault();
		const { disposition, note } = this.entered;
		const result = disposition.trim().replace(/\s+/g, ' ');
		this.missing = !result;
		if (this.missing) return this.focus();
		const { chat, desk } = this;
		if (await desk.verbs.wrapUp(chat, result, note.replace(/\r\n?/g, '\n').trim())) desk.clear(chat);
	}

	render() {
		const { texts, chat } = this;
		const { disposition, note } = this.entered;
		const problem = this.missing ? 'wrap.required' : chat.problem.startsWith('wrap-up.') ? chat.problem : '';
		return html`<form @submit=${this.save} novalidate aria-labelledby="title">
			<h3 id="title">${texts.t('wrap.title')}</h3>
			<div class="suggested">${SUGGESTED.map((name) => texts.t(`wrap.${name}`)).map((text) => html`
				<button type="button" class="chip" aria-pressed=${disposition === text ? 'true' : 'false'}
					@click=${() => this.enter({ disposition: text })}>${text}</button>`)}</div>
			<div class="fields">
				<div class="field"><label for="disposition">${texts.t('wrap.disposition')}</label>
					<input class="input" id="disposition" maxlength=${DISPOSITION_MAX} dir="auto" autocomplete="off" .value=${disposition}
						placeholder=${texts.t('wrap.placeholder')} data-testid="wrap-up-disposition" aria-invalid=${this.missing ? 'true' : 'false'}
						aria-describedby=${problem ? 'problem' : nothing}
						@input=${(/** @type {Event} */ e) => this.enter({ disposition: valueOf(e) })}></div>
				<div class="field"><label for="note">${texts.t('wrap.note')} <span class="optional">(${texts.t('wrap.optional')})</span></label>
					<textarea class="input" id="note" rows="1" maxlength=${NOTE_MAX} dir="auto" .value=${note} data-testid="wrap-up-note"
						@input=${(/** @type {Event} */ e) => this.enter({ note: valueOf(e) })}></textarea></div>
			</div>
			${problem ? html`<p class="error" id="problem" role="alert">${texts.t(problem)}</p>` : nothing}
			<div class="buttons">
				<button class="button primary" data-testid="wrap-up-save" aria-disabled=${chat.busy ? 'true' : 'false'}>${icons.check}${texts.t('wrap.save')}</button>
				${chat.owned ? nothing : html`<button type="button" class="button" data-testid="wrap-up-skip"
					@click=${() => this.desk.clear(chat)}>${texts.t('wrap.skip')}</button>`}
			</div></form>`;
	}
}

/** @param {Event} event */
const valueOf = (event) => /** @type {HTMLInputElement} */ (event.target).value;

customElements.define('sb-wrap-up', WrapUp);
