// SPDX-License-Identifier: ISC
import { LitElement, html, nothing } from 'lit';
import base from '../lib/ui/base.sheet.css';
import styles from './dispositions.sheet.css';

/** @typedef {import('./guide.js').Code} Code */

/** What a chat can be filed under: one of a list, headings with theirs. Event `change` (detail the key). */
export class Dispositions extends LitElement {
	static styles = [base, styles];
	static properties = {
		texts: { attribute: false },
		codes: { attribute: false },
		value: { type: String },
		required: { type: Boolean },
		missing: { type: Boolean },
	};

	constructor() {
		super();
		/** @type {import('../lib/i18n.js').Texts} */
		this.texts;
		/** @type {Code[]} */
		this.codes = [];
		this.value = '';
		this.required = false;
		this.missing = false;
	}

	focus() {
		const chosen = this.renderRoot.querySelector('input:checked') ?? this.renderRoot.querySelector('input');
		/** @type {HTMLElement | null} */ (chosen)?.focus({ preventScroll: true });
	}

	render() {
		const { texts, codes, required, missing } = this;
		const alone = codes.filter(({ codes: under }) => !under);
		const headed = codes.filter(({ codes: under }) => under);
		return html`<div role="radiogroup" aria-labelledby="legend" aria-required=${required ? 'true' : 'false'} aria-invalid=${missing ? 'true' : 'false'}
				aria-describedby=${missing ? 'missing' : nothing} data-testid="dispositions">
			<p id="legend" class="label">${texts.t('wrap.disposition')} ${required ? nothing : html`<span class="optional">(${texts.t('wrap.optional')})</span>`}</p>
			${alone.length ? html`<div class="chips">${alone.map((code) => this.chip(code))}</div>` : nothing}
			${headed.map((heading) => html`<div class="group" role="group" aria-label=${heading.label}><span class="heading"><bdi>${heading.label}</bdi></span>
				<div class="chips">${(heading.codes ?? []).map((code) => this.chip(code))}</div></div>`)}
			${missing ? html`<p class="error" id="missing" role="alert" data-testid="disposition-missing">${texts.t('wrap.choose')}</p>` : nothing}</div>`;
	}

	/** @param {Code} code */
	chip({ disposition, label }) {
		return html`<label class="chip"><input type="radio" name="disposition" value=${disposition} .checked=${this.value === disposition} data-testid="disposition-${disposition}"
			@change=${() => this.choose(disposition)} @click=${() => this.value === disposition && !this.required && this.choose('')}><bdi>${label}</bdi></label>`;
	}

	/** @param {string} value */
	choose(value) {
		this.value = value;
		this.dispatchEvent(new CustomEvent('change', { detail: value }));
	}
}
customElements.define('sb-dispositions', Dispositions);
