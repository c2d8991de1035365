// SPDX-License-Identifier: ISC
import { LitElement, html, nothing } from 'lit';
import base from './base.sheet.css';
import styles from './composer.sheet.css';
import { icons } from './icons.js';

const MAX = 4000;
const COUNT_FROM = 3600;
const TYPING_EVERY_MS = 3000;
const TYPING_ENDS_MS = 4000;

/**
 * Where a message is written. Enter sends, Shift+Enter breaks the line; nothing is sent while an input method composes a character.
 * Events: `submit-text` (detail text), `draft` (detail text), `typing` (detail boolean).
 */
export class Composer extends LitElement {
	static styles = [base, styles];
	static properties = {
		texts: { attribute: false },
		value: { attribute: false },
		label: { type: String },
		placeholder: { type: String },
		sendLabel: { type: String },
		disabled: { type: Boolean },
		note: { type: Boolean },
	};

	constructor() {
		super();
		/** @type {import('../i18n.js').Texts} */
		this.texts;
		this.value = '';
		this.label = '';
		this.placeholder = '';
		this.sendLabel = '';
		this.disabled = false;
		this.note = false;
		this.typingAt = 0;
		/** @type {ReturnType<typeof setTimeout> | undefined} */
		this.typingTimer = undefined;
	}

	get field() {
		return /** @type {HTMLTextAreaElement} */ (this.renderRoot?.querySelector('textarea'));
	}

	focus() {
		this.field?.focus({ preventScroll: true });
	}

	get length() {
		return this.value.length < COUNT_FROM / 2 ? this.value.length : [...this.value].length;
	}

	render() {
		const left = MAX - this.length;
		const ready = !this.disabled && this.value.trim() && left >= 0;
		return html`
			<div class="box ${this.note ? 'note' : ''}">
				<textarea data-testid="composer-input" rows="1" dir=${this.value ? 'auto' : nothing} enterkeyhint="send" autocomplete="off"
					.value=${this.value} aria-label=${this.label}
					placeholder=${this.placeholder} ?disabled=${this.disabled} aria-invalid=${left < 0 ? 'true' : 'false'}
					aria-describedby=${left <= MAX - COUNT_FROM ? 'count' : nothing}
					@input=${this.input} @keydown=${this.key} @blur=${() => this.typing(false)}></textarea>
				<button class="send" type="button" data-testid="composer-send" aria-label=${this.sendLabel} title=${this.sendLabel} ?disabled=${!ready} @click=${this.submit}>
					<span class="flip">${icons.send}</span></button>
			</div>
			${left <= MAX - COUNT_FROM ? html`<div class="under" id="count">
				<span class=${left < 0 ? 'over' : ''} role=${left < 0 ? 'alert' : nothing}>
					${left < 0 ? this.texts.t('too_long', { n: -left }) : this.texts.t('characters_left', { n: left })}</span></div>` : nothing}`;
	}

	updated() {
		const field = this.field;
		field.style.height = 'auto';
		field.style.height = `${Math.min(field.scrollHeight, 150)}px`;
	}

	input() {
		this.value = this.field.value;
		this.dispatchEvent(new CustomEvent('draft', { detail: this.value }));
		this.typing(this.value.trim() !== '');
	}

	/** @param {KeyboardEvent} event */
	key(event) {
		if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
		event.preventDefault();
		this.submit();
	}

	submit() {
		const text = this.value.replace(/\r\n?/g, '\n').trim();
		if (this.disabled || !text || [...text].length > MAX) return;
		this.value = '';
		this.typing(false);
		this.dispatchEvent(new CustomEvent('submit-text', { detail: text }));
		this.dispatchEvent(new CustomEvent('draft', { detail: '' }));
		this.focus();
	}

	/** Said at once, repeated while it lasts, taken back after a pause. @param {boolean} on */
	typing(on) {
		clearTimeout(this.typingTimer);
		if (this.note) return;
		const now = Date.now();
		if (on) this.typingTimer = setTimeout(() => this.typing(false), TYPING_ENDS_MS);
		if (on ? now - this.typingAt < TYPING_EVERY_MS : !this.typingAt) return;
		this.typingAt = on ? now : 0;
		this.dispatchEvent(new CustomEvent('typing', { detail: on }));
	}
}
customElements.define('sb-composer', Composer);
