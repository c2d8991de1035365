// SPDX-License-Identifier: ISC
import { LitElement, html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import base from '../lib/ui/base.sheet.css';
import styles from './guidance.sheet.css';
import { icons } from './icons.js';

/** @typedef {import('./guide.js').Guidance} Guidance */
/** @typedef {import('./guide.js').Step} Step */
/** @typedef {import('./guide.js').Action} Action */
/** @typedef {import('./phrases.js').Phrase} Phrase */

/** What is advised beside a chat: phrases that answer the customer (Alt+1 to 3 writes one), the step of the dialog (Alt+0 writes its words), what to do next. Event `close`. */
export class GuidancePanel extends LitElement {
	static styles = [base, styles];
	static properties = {
		texts: { attribute: false },
		desk: { attribute: false },
		chat: { attribute: false },
		stamp: { attribute: false },
		folded: { type: Boolean },
		failed: { state: true },
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
		this.folded = false;
		/** what was chosen last was not kept */
		this.failed = false;
		this.pressed = (/** @type {KeyboardEvent} */ event) => this.shortcut(event);
	}

	connectedCallback() {
		super.connectedCallback();
		document.addEventListener('keydown', this.pressed);
	}

	disconnectedCallback() {
		super.disconnectedCallback();
		document.removeEventListener('keydown', this.pressed);
	}

	/** @param {Map<string, unknown>} changed */
	willUpdate(changed) {
		if (changed.has('chat')) this.failed = false;
		this.desk.guide.look(this.chat);
	}

	get guidance() {
		return this.desk.guide.of(this.chat.id);
	}

	/** @returns {Step | undefined} where the chat stands */
	get step() {
		const dialog = this.guidance?.dialog;
		return dialog?.steps.find(({ step }) => step === dialog.step);
	}

	focus() {
		/** @type {HTMLElement | null} */ (this.renderRoot.querySelector('button'))?.focus({ preventScroll: true });
	}

	/** By the place of the key: with Alt some keyboards write another letter. @param {KeyboardEvent} event */
	shortcut(event) {
		const digit = /^(?:Digit|Numpad)([0-3])$/.exec(event.code)?.[1];
		if (!digit || !event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || this.chat.ended) return;
		if (event.composedPath().some((element) => element instanceof HTMLDialogElement)) return;
		const phrase = digit === '0' ? this.step?.say : this.guidance?.suggestions[Number(digit) - 1];
		if (!phrase) return;
		event.preventDefault();
		this.write(phrase);
	}

	/** @param {Phrase} phrase */
	write(phrase) {
		this.desk.guide.insert(this.chat.id, phrase);
	}

	/** @param {Promise<boolean>} kept */
	async keep(kept) {
		this.failed = false;
		const { chat } = this;
		const good = await kept;
		if (chat === this.chat) this.failed = !good;
	}

	/** @param {string} step */
	go(step) {
		const dialog = this.guidance?.dialog;
		if (dialog && dialog.step !== step) this.keep(this.desk.guide.go(this.chat.id, dialog.dialog, step));
	}

	/** @param {Action} action */
	act(action) {
		if (action.kind === 'ask' && action.phrase) this.write(action.phrase);
		else if (action.kind === 'step' && action.step) this.go(action.step);
		else this.desk.guide.act(this.chat.id, action);
	}

	render() {
		const { texts, guidance, folded } = this;
		this.hidden = !guidance || !this.desk.guide.speaks(this.chat.id) || this.chat.ended;
		if (!guidance || this.hidden) return nothing;
		return html`<section aria-labelledby="title" data-testid="guidance">
			<header><h2 id="title"><button class="fold" aria-expanded=${folded ? 'false' : 'true'} aria-controls="body" data-testid="guidance-fold"
					@click=${() => this.dispatchEvent(new Event('fold'))}>${icons.down}${texts.t('guide')}</button></h2>
				<button class="icon-button close" aria-label=${texts.t('guide.close')} title=${texts.t('guide.close')} data-testid="guidance-close"
					@click=${() => this.dispatchEvent(new Event('close'))}>${icons.close}</button></header>
			<div id="body" ?hidden=${folded}>${this.suggestions(guidance)}${this.dialog(guidance)}
				${this.failed ? html`<p class="error" role="alert">${texts.t('guide.failed')}</p>` : nothing}</div></section>`;
	}

	/** @param {Guidance} guidance */
	suggestions({ suggestions, phrases }) {
		const { texts } = this;
		if (!phrases) return nothing;
		return html`<h3 id="fitting">${texts.t('guide.suggestions')}</h3>
			<div class="visually-hidden" role="status">${suggestions.length ? texts.t('guide.fitting', { n: suggestions.length }) : ''}</div>
			${suggestions.length ? html`<ul aria-labelledby="fitting">${repeat(suggestions, ({ phrase }) => phrase, (phrase, i) => html`<li>
				<button class="card" data-testid="suggestion" data-phrase=${phrase.phrase} aria-keyshortcuts="Alt+${i + 1}" @click=${() => this.write(phrase)}>
					<span class="name"><bdi>${phrase.title}</bdi><kbd aria-hidden="true">Alt ${i + 1}</kbd></span>
					<span class="words" dir="auto">${phrase.text}</span>${this.gaps(phrase)}</button></li>`)}</ul>`
				: html`<p class="none">${texts.t('guide.none')}</p>`}`;
	}

	/** What the operator will have to fill in. @param {Phrase} phrase */
	gaps({ missing = [], unknown = [] }) {
		const names = [...missing, ...unknown];
		return names.length ? html`<span class="gaps">${this.texts.t('guide.gaps', { names: names.join(', ') })}</span>` : nothing;
	}

	/** @param {Guidance} guidance */
	dialog({ dialog, dialogs }) {
		const { texts, step } = this;
		if (!dialog || !step) return nothing;
		const at = dialog.steps.indexOf(step);
		return html`<div class="head"><h3 id="dialog">${texts.t('guide.dialog')}</h3>
				<span class="count">${texts.t('guide.step', { n: at + 1, of: dialog.steps.length })}</span></div>
			${dialogs.length > 1 ? html`<select class="input" aria-labelledby="dialog" data-testid="dialog-choice"
				@change=${(/** @type {Event} */ e) => this.keep(this.desk.guide.go(this.chat.id, /** @type {HTMLSelectElement} */ (e.target).value))}>${dialogs.map((one) => html`
				<option value=${one.dialog} ?selected=${one.dialog === dialog.dialog}>${one.title}</option>`)}</select>` : html`<p class="which"><bdi>${dialog.title}</bdi></p>`}
			<ol class="steps" aria-labelledby="dialog">${dialog.steps.map((one, i) => html`<li class=${i < at ? 'past' : i === at ? 'now' : ''}>
				<button aria-current=${i === at ? 'step' : 'false'} data-testid="step-${one.step}" @click=${() => this.go(one.step)}><span class="dot" aria-hidden="true">${i < at
					? icons.check : i + 1}</span><bdi>${one.title}</bdi></button>${i === at ? this.details(step, dialog.steps[at + 1]) : nothing}</li>`)}</ol>`;
	}

	/** @param {Step} step @param {Step | undefined} next */
	details(step, next) {
		const { texts } = this;
		return html`<div class="step" data-testid="step">
			${step.say ? html`<button class="card" data-testid="say" aria-keyshortcuts="Alt+0"
				@click=${() => this.write(/** @type {Phrase} */ (step.say))}>
				<span class="name">${texts.t('guide.say')}<kbd aria-hidden="true">Alt 0</kbd></span>
				<span class="words all" dir="auto">${step.say.text}</span>${this.gaps(step.say)}</button>` : nothing}
			${step.tip ? html`<p class="tip">${icons.info}<span dir="auto">${step.tip}</span></p>` : nothing}
			${step.items.length ? html`<ul class="items">${step.items.map((item) => html`<li><label><input type="checkbox" .checked=${item.done} data-testid="item-${item.item}"
				@change=${(/** @type {Event} */ e) => this.keep(this.desk.guide.tick(this.chat.id, step.step, item.item, /** @type {HTMLInputElement} */ (e.target).checked))}>
				<span dir="auto">${item.text}</span></label></li>`)}</ul>` : nothing}
			${step.actions.length || next ? html`<div class="next" role="group" aria-label=${texts.t('guide.next')}>
				${step.actions.map((action) => html`<button class="button small" data-testid="action-${action.kind}"
					@click=${() => this.act(action)}>${this.words(action)}</button>`)}
				${next ? html`<button class="button small primary" data-testid="step-next"
					@click=${() => this.go(next.step)}>${texts.t('guide.onward')}</button>` : nothing}</div>` : nothing}
			</div>`;
	}

	/** @param {Action} action */
	words({ kind, label }) {
		const { texts } = this;
		return label ? texts.t(`guide.${kind === 'step' ? 'goto' : kind}`, { name: label }) : texts.t(kind === 'transfer' ? 'transfer' : 'end');
	}
}
customElements.define('sb-guidance', GuidancePanel);
