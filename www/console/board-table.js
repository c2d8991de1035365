// SPDX-License-Identifier: ISC
import { LitElement, html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import base from '../lib/ui/base.sheet.css';
import styles from './board-table.sheet.css';
import { icons } from './icons.js';
import { ordered } from './order.js';

/**
 * @typedef {object} Column
 * @property {string} name
 * @property {string} label
 * @property {(row: any) => string | number | undefined} value what the rows are ordered by
 * @property {(row: any) => unknown} cell what is shown
 * @property {boolean} [down] the first click puts the largest on top
 * @property {'number' | 'acts'} [kind]
 */

/** A table whose columns can be ordered; on a phone each row is a card. The first column names its row. */
export class BoardTable extends LitElement {
	static styles = [base, styles];
	static properties = {
		texts: { attribute: false },
		label: { type: String },
		empty: { type: String },
		columns: { attribute: false },
		rows: { attribute: false },
		key: { attribute: false },
		order: { state: true },
	};

	constructor() {
		super();
		/** @type {import('../lib/i18n.js').Texts} */
		this.texts;
		this.label = '';
		this.empty = '';
		/** @type {Column[]} */
		this.columns = [];
		/** @type {any[]} */
		this.rows = [];
		/** @type {(row: any) => string} */
		this.key = String;
		/** null: as the rows come @type {import('./order.js').Order | null} */
		this.order = null;
	}

	/** @param {Column} column */
	sort(column) {
		const again = this.order?.by === column.name;
		this.order = { by: column.name, down: again ? !this.order?.down : column.down === true };
	}

	// Roles are said as well, because a row that is laid out as a card is none any more to some browsers.
	render() {
		const { columns, order } = this;
		if (!this.rows.length) return html`<p class="empty">${this.empty}</p>`;
		const by = columns.find((column) => column.name === order?.by);
		const rows = order && by ? ordered(this.rows, order, by.value, this.texts.locale) : this.rows;
		return html`<table role="table" aria-label=${this.label}>
			<thead role="rowgroup"><tr role="row">${columns.map((column) => this.head(column))}</tr></thead>
			<tbody role="rowgroup">${repeat(rows, this.key, (row) => html`<tr role="row" data-key=${this.key(row)}>${columns.map((column, i) => (i
				? html`<td role="cell" class=${column.kind ?? ''} data-label=${column.label}>${column.cell(row)}</td>`
				: html`<th role="rowheader" scope="row">${column.cell(row)}</th>`))}</tr>`)}</tbody></table>`;
	}

	/** @param {Column} column */
	head(column) {
		const { order } = this;
		if (column.kind === 'acts') return html`<th role="columnheader" scope="col" class="acts"><span class="visually-hidden">${column.label}</span></th>`;
		const sorted = order?.by === column.name ? (order.down ? 'descending' : 'ascending') : 'none';
		return html`<th role="columnheader" scope="col" class=${column.kind ?? ''} aria-sort=${sorted}>
			<button @click=${() => this.sort(column)}>${column.label}${sorted === 'none' ? nothing : html`<span class=${sorted}>${icons.down}</span>`}</button></th>`;
	}
}
customElements.define('sb-board-table', BoardTable);
