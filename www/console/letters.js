// SPDX-License-Identifier: ISC
import { LitElement, html, nothing } from 'lit';
import base from '../lib/ui/base.sheet.css';
import { fullTime, stopwatch } from '../lib/time.js';
import './board-table.js';
import dialog from './dialog.sheet.css';
import { icons } from './icons.js';
import styles from './letters.sheet.css';

/** @typedef {{item: string, kind: 'webhook' | 'channel' | 'mail', account: string, channel?: string, site?: string, tries: number, created_at: string, died_at: string,
 *   reason: {code: string, status?: number, given_up?: 'tries' | 'time'}}} Letter one that has not arrived and is not tried any more */
/** @typedef {{kind: string, account: string, dead: number}} LetterAccount */
/** @typedef {{waiting: number, dead: number, oldest_s?: number, courier: boolean, accounts: LetterAccount[], letters: Letter[]}} LettersView */

/**
 * What has left by no way: how many are waiting, which were given up and why, to send again or to drop. The list is asked for when somebody opens it; `counts` come with the
 * board, so that a supervisor sees without opening it that there is something.
 */
export class Letters extends LitElement {
	static styles = [base, dialog, styles];
	static properties = {
		texts: { attribute: false },
		desk: { attribute: false },
		counts: { attribute: false },
		view: { state: true },
		failed: { state: true },
		dropping: { state: true },
		busy: { state: true },
	};

	constructor() {
		super();
		/** @type {import('../lib/i18n.js').Texts} */
		this.texts;
		/** @type {import('./desk.js').Desk} */
		this.desk;
		/** @type {{waiting: number, dead: number}} */
		this.counts = { waiting: 0, dead: 0 };
		/** @type {LettersView | null} */
		this.view = null;
		this.failed = false;
		/** what is asked about @type {Letter | null} */
		this.dropping = null;
		this.busy = false;
	}

	get details() {
		return /** @type {HTMLDetailsElement | null} */ (this.renderRoot.querySelector('details'));
	}

	get dialog() {
		return /** @type {HTMLDialogElement | null} */ (this.renderRoot.querySelector('dialog'));
	}

	/** The board has other figures than the open list. (Not than it had: what was done here lies between.) @param {Map<string, any>} changed */
	updated(changed) {
		const { counts, view } = this;
		if (changed.has('counts') && view && this.details?.open && (view.dead !== counts.dead || view.waiting !== counts.waiting)) this.load();
	}

	toggled() {
		if (this.details?.open) this.load();
	}

	async load() {
		try {
			this.view = await this.desk.verbs.letters();
			this.failed = false;
		} catch {
			this.failed = true;
		}
	}

	/** @param {() => Promise<{answer?: any, refusal?: import('./verbs.js').Refusal}>} act @param {(answer: any) => import('./desk.js').Notice} done */
	async act(act, done) {
		if (this.busy) return;
		this.busy = true;
		const { answer, refusal } = await act();
		this.busy = false;
		if (refusal) this.desk.say({ kind: 'bad', name: refusal.name === 'refused' ? 'notice.letter_gone' : 'notice.again' });
		else this.desk.say(done(answer));
		await this.load();
		await this.updateComplete;
		this.renderRoot.querySelector('summary')?.focus(); // the button that was pressed is gone with its row
	}

	/** @param {Letter} letter */
	send(letter) {
		return this.act(() => this.desk.verbs.sendLetter(letter.item), () => ({ kind: 'info', name: 'notice.letter_sent' }));
	}

	/** @param {LetterAccount} account */
	sendAll(account) {
		return this.act(() => this.desk.verbs.sendLetters(account.kind, account.account), ({ items }) => ({ kind: 'info', name: 'notice.letters_sent', values: { n: items } }));
	}

	/** @param {Letter} letter */
	async ask(letter) {
		this.dropping = letter;
		await this.updateComplete;
		this.dialog?.showModal();
	}

	drop() {
		const { dropping } = this;
		this.closed();
		if (dropping) this.act(() => this.desk.verbs.dropLetter(dropping.item), () => ({ kind: 'info', name: 'notice.letter_dropped' }));
	}

	closed() {
		this.dialog?.close();
		this.dropping = null;
	}

	render() {
		const { texts, counts, view } = this;
		return html`<details @toggle=${this.toggled}>
				<summary data-testid="letters"><h3>${texts.t('letters')}</h3>${counts.dead
					? html`<span class="count">${icons.alert}<span aria-hidden="true">${texts.number(counts.dead)}</span>
						<span class="visually-hidden">${texts.t('letters.dead', { n: counts.dead })}</span></span>` : nothing}</summary>
				${this.failed ? html`<p role="alert">${texts.t('letters.failed')} <button class="button small" @click=${this.load}>${texts.t('again')}</button></p>`
					: view ? this.list(view) : html`<p role="status"><span class="spinner"></span>${texts.t('loading')}</p>`}</details>
			${this.question()}`;
	}

	/** @param {LettersView} view */
	list(view) {
		const { texts } = this;
		return html`<p data-testid="letters-waiting">${view.waiting ? texts.t('letters.waiting', { n: view.waiting, time: stopwatch(view.oldest_s ?? 0) })
				: texts.t('letters.waiting.none')}</p>
			${view.courier ? nothing : html`<p class="bad" data-testid="letters-courier">${icons.alert}${texts.t('letters.courier')}</p>`}
			<sb-board-table .texts=${texts} label=${texts.t('letters')} .rows=${view.letters} .columns=${this.columns()} .key=${(/** @type {Letter} */ l) => l.item}
				empty=${texts.t('letters.none')} data-testid="letters-table"></sb-board-table>
			${view.dead > view.letters.length ? html`<p>${texts.t('letters.more', { n: view.letters.length })}</p>` : nothing}
			<div class="all">${view.accounts.filter((a) => a.dead > 1).map((a) => html`<button class="button small" data-testid="letters-all"
				aria-disabled=${this.busy ? 'true' : 'false'} @click=${() => this.sendAll(a)}>${texts.t('letters.all', { n: a.dead, account: a.account })}</button>`)}</div>`;
	}

	/** @param {Letter} letter */
	kind(letter) {
		return this.texts.optional(`channel.${letter.channel}`) || this.texts.t(`letters.kind.${letter.kind}`);
	}

	/** @param {Letter} letter */
	why(letter) {
		const { code, status, given_up: end } = letter.reason;
		const name = this.texts.optional(`letters.why.${code}`) ? `letters.why.${code}` : 'letters.why.other';
		const why = this.texts.t(name, { status: String(status ?? '') });
		return end && code !== 'expired' ? this.texts.t(`letters.given_up.${end}`, { why }) : why;
	}

	/** @returns {import('./board-table.js').Column[]} */
	columns() {
		const { texts } = this;
		const time = (/** @type {Letter} */ l) => fullTime(l.died_at, texts.locale);
		const values = (/** @type {Letter} */ l) => ({ account: l.account, time: time(l) });
		return [
			{ name: 'to', label: texts.t('letters.to'), value: (l) => `${this.kind(l)} ${l.account}`,
				cell: (l) => html`<span class="whole">${this.kind(l)}</span><span class="aside key"><bdi>${l.account}</bdi></span>` },
			{ name: 'site', label: texts.t('details.site'), value: (l) => l.site, cell: (l) => html`<bdi>${l.site ?? '–'}</bdi>` },
			{ name: 'died', label: texts.t('letters.died'), down: true, value: (l) => l.died_at, cell: time },
			{ name: 'why', label: texts.t('letters.why'), value: (l) => this.why(l), cell: (l) => this.why(l) },
			{ name: 'tries', label: texts.t('letters.tries'), kind: 'number', down: true, value: (l) => l.tries, cell: (l) => texts.number(l.tries) },
			{ name: 'acts', label: texts.t('board.acts'), kind: 'acts', value: () => undefined, cell: (l) => html`
				<button class="button small" data-testid="letter-send" aria-label=${texts.t('letters.send.label', values(l))}
					@click=${() => this.send(l)}>${texts.t('letters.send')}</button>
				<button class="button small" data-testid="letter-drop" aria-label=${texts.t('letters.drop.label', values(l))} aria-haspopup="dialog"
					@click=${() => this.ask(l)}>${texts.t('letters.drop')}</button>` },
		];
	}

	question() {
		const { texts, dropping } = this;
		if (!dropping) return nothing;
		return html`<dialog aria-labelledby="title" @close=${this.closed} @click=${(/** @type {Event} */ e) => e.target === this.dialog && this.closed()}>
			<div class="card"><h2 id="title">${texts.t('letters.drop.title')}</h2>
				<p>${texts.t('letters.drop.text', { kind: this.kind(dropping), account: dropping.account })}</p>
				<div class="buttons"><button class="button" @click=${this.closed}>${texts.t('cancel')}</button>
					<button class="button danger" data-testid="letter-drop-confirm" @click=${this.drop}>${texts.t('letters.drop')}</button></div></div></dialog>`;
	}
}
customElements.define('sb-letters', Letters);
