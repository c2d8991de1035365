// SPDX-License-Identifier: ISC
import { LitElement, html, nothing } from 'lit';
import base from '../lib/ui/base.sheet.css';
import './dispositions.js';
import { icons } from './icons.js';
import styles from './wrap-up.sheet.css';

const SUGGESTED = ['solved', 'follow_up', 'no_answer', 'wrong'];
const DISPOSITION_MAX = 200;
const NOTE_MAX = 4000;

/** The result of a chat that has ended: a disposition of its queue, or a few words where that has none, and a note. What is typed is kept as a draft until it is saved. */
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
		/** saved before it was known what there is to choose from, or before the chat's end was answered, of which an event had told already: then, as soon as it is */
		this.early = false;
	}

	/** @param {Map<string, unknown>} changed */
	willUpdate(changed) {
		if (changed.has('chat')) this.early = false;
	}

	updated() {
		if (this.early && this.listed && !this.chat.busy) this.save();
	}

	focus() {
		/** @type {HTMLElement | null} */ (this.renderRoot.querySelector('sb-dispositions, input'))?.focus({ preventScroll: true });
	}

	/** @returns {{disposition: string, filed: string, note: string}} */
	get entered() {
		try {
			return { disposition: '', filed: '', note: '', ...JSON.parse(this.desk.papers.draft(this.chat.id, 'result') || '{}') };
		} catch {
			return { disposition: '', filed: '', note: '' };
		}
	}

	/** @param {Partial<{disposition: string, filed: string, note: string}>} change */
	enter(change) {
		if (change.disposition || change.filed) this.missing = false;
		this.desk.keepDraft(this.chat.id, 'result', JSON.stringify({ ...this.entered, ...change }));
		this.requestUpdate();
	}

	/** @param {Event} [event] */
	async save(event) {
		event?.preventDefault();
		const { disposition, filed, note } = this.entered;
		const { listed } = this;
		if (this.chat.busy === 'wrap-up') return; // a second click
		this.early = !listed || Boolean(this.chat.busy);
		if (!listed || this.early) return;
		const chosen = isThere(listed.codes, filed) ? filed : '';
		const result = listed.codes.length ? chosen : disposition.trim().replace(/\s+/g, ' ');
		this.missing = !result && (listed.required || !listed.codes.length);
		if (this.missing) return void (await this.updateComplete, this.focus());
		const { chat, desk } = this;
		if (await desk.verbs.wrapUp(chat, result, note.replace(/\r\n?/g, '\n').trim())) desk.clear(chat);
	}

	/** What its queue has to choose from; undefined: not known yet. */
	get listed() {
		return this.desk.guide.of(this.chat.id)?.dispositions;
	}

	/** The operator's own words. @param {string} disposition @param {string} problem */
	words(disposition, problem) {
		const { texts } = this;
		return html`<div class="suggested">${SUGGESTED.map((name) => texts.t(`wrap.${name}`)).map((text) => html`
				<button type="button" class="chip" aria-pressed=${disposition === text ? 'true' : 'false'}
					@click=${() => this.enter({ disposition: text })}>${text}</button>`)}</div>
			<div class="field"><label for="disposition">${texts.t('wrap.disposition')}</label>
				<input class="input" id="disposition" maxlength=${DISPOSITION_MAX} dir="auto" autocomplete="off" .value=${disposition}
					placeholder=${texts.t('wrap.placeholder')} data-testid="wrap-up-disposition" aria-invalid=${this.missing ? 'true' : 'false'}
					aria-describedby=${problem ? 'problem' : nothing}
					@input=${(/** @type {Event} */ e) => this.enter({ disposition: valueOf(e) })}></div>`;
	}

	/** @param {string} disposition @param {string} filed @param {string} problem */
	result(disposition, filed, problem) {
		const { texts, listed } = this;
		if (!listed) return html`<p role="status"><span class="spinner"></span></p>`;
		if (!listed.codes.length) return this.words(disposition, problem);
		return html`<sb-dispositions .texts=${texts} .codes=${listed.codes} .value=${filed} ?required=${listed.required} ?missing=${this.missing}
			@change=${(/** @type {CustomEvent} */ e) => this.enter({ filed: e.detail })}></sb-dispositions>`;
	}

	render() {
		const { texts, chat } = this;
		const { disposition, filed, note } = this.entered;
		const chosen = this.missing && this.listed?.codes.length; // the list says so itself
		const problem = chosen ? '' : this.missing ? 'wrap.required' : chat.problem.startsWith('wrap-up.') ? chat.problem : '';
		return html`<form @submit=${this.save} novalidate aria-labelledby="title">
			<h3 id="title">${chat.info.closing ? texts.t('wrap.closing', { bot: chat.info.closing }) : texts.t('wrap.title')}</h3>
			${this.result(disposition, filed, problem)}
			<div class="fields">
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

/** @param {import('./guide.js').Code[]} codes @param {string} disposition @returns {boolean} */
const isThere = (codes, disposition) => codes.some((code) => (code.codes ? isThere(code.codes, disposition) : code.disposition === disposition));

customElements.define('sb-wrap-up', WrapUp);
