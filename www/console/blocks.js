// SPDX-License-Identifier: ISC
import { LitElement, html, nothing } from 'lit';
import { Again } from '../lib/again.js';
import { fullTime } from '../lib/time.js';
import base from '../lib/ui/base.sheet.css';
import './board-table.js';
import styles from './blocks.sheet.css';

/** @typedef {{block: string, kind: string, value: string, site?: string, since: string, until?: string, over?: boolean, reason: string, made_by: string}} BlockRow */

/** Who is blocked, for supervisors: asked for when somebody opens it, because hardly anybody does. */
export class Blocks extends LitElement {
	static styles = [base, styles];
	static properties = {
		texts: { attribute: false },
		desk: { attribute: false },
		rows: { state: true },
		failed: { state: true },
	};

	constructor() {
		super();
		/** @type {import('../lib/i18n.js').Texts} */
		this.texts;
		/** @type {import('./desk.js').Desk} */
		this.desk;
		/** @type {BlockRow[] | null} */
		this.rows = null;
		this.failed = false;
		this.again = new Again(this, () => this.load());
	}

	/** @param {Event} event */
	toggled(event) {
		if (/** @type {HTMLDetailsElement} */ (event.target).open) this.load();
	}

	async load() {
		try {
			this.rows = (await this.desk.verbs.blocks()).blocks;
			this.failed = false;
			this.again.rest();
		} catch (error) {
			this.failed = true;
			this.again.after(error);
		}
	}

	/** @param {BlockRow} row */
	async lift(row) {
		const refusal = await this.desk.verbs.lift(row.block);
		if (refusal) this.desk.say({ kind: 'bad', name: 'notice.again' });
		else this.desk.say({ kind: 'info', name: 'notice.lifted', values: { value: row.value } });
		await this.load();
		await this.updateComplete;
		this.renderRoot.querySelector('summary')?.focus();
	}

	render() {
		const { texts, rows } = this;
		return html`<details @toggle=${this.toggled}><summary data-testid="blocks"><h3>${texts.t('blocks')}</h3></summary>
			${this.failed ? html`<p role="alert">${texts.t('blocks.failed')} <button class="button small" @click=${this.load}>${texts.t('again')}</button></p>`
				: rows ? html`<sb-board-table .texts=${texts} label=${texts.t('blocks')} .rows=${rows} .columns=${this.columns()}
					.key=${(/** @type {BlockRow} */ r) => r.block}
					empty=${texts.t('blocks.none')} data-testid="blocks-table"></sb-board-table>`
					: html`<p role="status"><span class="spinner"></span>${texts.t('loading')}</p>`}</details>`;
	}

	/** @returns {import('./board-table.js').Column[]} */
	columns() {
		const { texts } = this;
		/** @type {(name: string, label: string, value: (row: BlockRow) => string | undefined, cell?: (row: BlockRow) => unknown) => import('./board-table.js').Column} */
		const column = (name, label, value, cell = (row) => html`<bdi>${value(row) ?? '–'}</bdi>`) => ({ name, label, value, cell });
		return [
			column('value', texts.t('blocks.who'), (r) => r.value, (r) => html`<bdi>${r.value}</bdi><span class="aside">${texts.optional(`block.${r.kind}`) || r.kind}</span>`),
			column('site', texts.t('details.site'), (r) => r.site),
			column('until', texts.t('blocks.until'), (r) => r.until ?? '9', (r) => html`${r.until ? fullTime(r.until, texts.locale) : texts.t('block.always')}
				${r.over ? html` <span class="tag">${texts.t('blocks.over')}</span>` : nothing}`),
			column('reason', texts.t('block.reason'), (r) => r.reason),
			column('made_by', texts.t('blocks.made_by'), (r) => r.made_by),
			{ name: 'acts', label: texts.t('board.acts'), kind: 'acts', value: () => undefined, cell: (/** @type {BlockRow} */ r) => html`
				<button class="button small" data-testid="lift" aria-label=${texts.t('blocks.lift.label', { value: r.value })}
					@click=${() => this.lift(r)}>${texts.t('blocks.lift')}</button>` },
		];
	}
}
customElements.define('sb-blocks', Blocks);
