// SPDX-License-Identifier: ISC
import { html, nothing } from 'lit';
import { Composer } from '../lib/ui/composer.js';
import styles from './guided-composer.sheet.css';
import { gapIn, typedFor } from './phrases.js';

/** @typedef {import('./phrases.js').Phrase} Phrase */

const SHOWN_MAX = 50;

/**
 * A composer in which a slash finds phrases: arrows choose, Enter or Tab inserts, Escape leaves what was typed. A placeholder without a value is selected to be
 * written over, and nothing is sent while one is left.
 */
export class GuidedComposer extends Composer {
	static styles = [...Composer.styles, styles];
	static properties = {
		...Composer.properties,
		guide: { attribute: false },
		chat: { type: String },
		found: { state: true },
		chosen: { state: true },
		gap: { state: true },
	};

	constructor() {
		super();
		/** @type {import('./guide.js').Guide} */
		this.guide;
		this.chat = '';
		/** @type {Phrase[] | null} null: nothing is looked for */
		this.found = null;
		this.chosen = 0;
		/** the placeholder for which something was not sent */
		this.gap = '';
		this.typed = '';
		this.looking = 0;
	}

	render() {
		return html`${this.list()}${super.render()}
			${this.gap ? html`<p class="gap" role="alert" data-testid="phrase-gap">${this.texts.t('phrase.gap', { name: this.gap })}</p>` : nothing}`;
	}

	list() {
		const { found, texts } = this;
		if (!found) return nothing;
		return html`<div class="found" data-testid="phrases">
			<p class="hint"><span role="status">${found.length ? texts.t('phrase.found', { n: found.length }) : texts.t('phrase.none')}</span>
				${found.length ? html`<span class="keys" aria-hidden="true"><kbd>↑</kbd><kbd>↓</kbd> <kbd>↵</kbd> <kbd>Esc</kbd></span>` : nothing}</p>
			<ul role="listbox" id="phrases" aria-label=${texts.t('phrases')} ?hidden=${!found.length}>${found.map((phrase, i) => html`
				<li role="option" id="phrase-${i}" aria-selected=${i === this.chosen ? 'true' : 'false'} data-testid="phrase-${phrase.phrase}"
					@mousedown=${(/** @type {Event} */ e) => e.preventDefault()} @click=${() => this.choose(i)}>
					<span class="title"><bdi>${phrase.title}</bdi> <code dir="ltr">/${phrase.shortcut}</code></span>
					<span class="text" dir="auto">${phrase.text}</span></li>`)}</ul></div>`;
	}

	updated() {
		super.updated();
		const open = Boolean(this.found?.length);
		const told = { 'aria-haspopup': 'listbox', 'aria-autocomplete': open && 'list', 'aria-controls': open && 'phrases',
			'aria-activedescendant': open && `phrase-${this.chosen}` };
		for (const [name, value] of Object.entries(told)) {
			if (value) this.field.setAttribute(name, value);
			else this.field.removeAttribute(name);
		}
		if (open) this.renderRoot.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
	}

	input() {
		super.input();
		this.gap = '';
		this.look();
	}

	/** Looks for what stands behind the slash at the caret, if anything does. */
	async look() {
		const looking = ++this.looking;
		const typed = typedFor(this.value.slice(0, this.field.selectionStart));
		if (typed === null || !this.guide) return this.shut();
		this.typed = typed;
		const found = await this.guide.phrases(this.chat, typed).catch(() => []);
		if (looking !== this.looking) return;
		this.found = found.slice(0, SHOWN_MAX);
		this.chosen = 0;
	}

	shut() {
		this.looking++;
		this.found = null;
	}

	/** @param {KeyboardEvent} event */
	key(event) {
		if (!this.found || event.isComposing || event.keyCode === 229) return super.key(event);
		const last = this.found.length - 1;
		const to = { ArrowDown: this.chosen === last ? 0 : this.chosen + 1, ArrowUp: this.chosen ? this.chosen - 1 : last }[event.key];
		if (event.key === 'Escape') this.shut();
		else if (last < 0) return void (event.key === 'Enter' ? (this.shut(), super.key(event)) : undefined);
		else if (to !== undefined) this.chosen = to;
		else if ((event.key === 'Enter' || event.key === 'Tab') && !event.shiftKey) this.choose(this.chosen);
		else return super.key(event);
		event.preventDefault();
		event.stopPropagation();
	}

	/** @param {number} i */
	choose(i) {
		const phrase = this.found?.[i];
		if (!phrase) return;
		const end = this.field.selectionStart;
		this.put(phrase, end - this.typed.length - 1, end);
	}

	/** Words from elsewhere, at the caret. @param {Phrase} phrase */
	insert(phrase) {
		const at = this.field.selectionStart;
		const pause = at > 0 && !/\s$/u.test(this.value.slice(0, at)) ? ' ' : '';
		this.put({ ...phrase, text: pause + phrase.text }, at, this.field.selectionEnd);
	}

	/** @param {Phrase} phrase @param {number} from @param {number} to what it replaces */
	put(phrase, from, to) {
		const { field } = this;
		field.focus({ preventScroll: true });
		field.setRangeText(phrase.text, from, to, 'end');
		this.value = field.value;
		this.shut();
		this.gap = '';
		this.guide.inserted(this.chat, phrase);
		this.dispatchEvent(new CustomEvent('draft', { detail: this.value }));
		this.typing(true);
		this.toGap(from);
	}

	/** Selects the first placeholder that is left. @param {number} from @returns {string} */
	toGap(from = 0) {
		const gap = gapIn(this.value.slice(from), this.guide?.unknown(this.chat));
		const at = this.value.indexOf(gap, from);
		if (gap) this.field.setSelectionRange(at, at + gap.length);
		return gap;
	}

	submit() {
		const gap = this.note ? '' : this.toGap();
		this.gap = gap;
		if (gap) return this.field.focus({ preventScroll: true });
		this.shut();
		super.submit();
	}
}
customElements.define('sb-guided-composer', GuidedComposer);
