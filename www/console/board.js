// SPDX-License-Identifier: ISC
import { LitElement, html, nothing } from 'lit';
import base from '../lib/ui/base.sheet.css';
import { clockTime, stopwatch } from '../lib/time.js';
import './account-of.js';
import './board-table.js';
import './blocks.js';
import styles from './board.sheet.css';
import dialog from './dialog.sheet.css';
import { icons } from './icons.js';
import './letters.js';
import { reasonText } from './reason.js';
import './reader.js';
import './results.js';
import { Tick } from './tick.js';

const EVERY_MS = 5000;
const AFTER_A_HINT_MS = 700;
const REASON_MAX = 200;
const ROWS_MAX = 500;

/** What a supervisor sees: queues, people, chats; and what he does with a chat. Events: `back`, `taken` (detail id of the chat). */
export class Board extends LitElement {
	static styles = [base, dialog, styles];
	static properties = {
		texts: { attribute: false },
		desk: { attribute: false },
		view: { state: true },
		failed: { state: true },
		doing: { state: true },
		problem: { state: true },
		busy: { state: true },
	};

	constructor() {
		super();
		/** @type {import('../lib/i18n.js').Texts} */
		this.texts;
		/** @type {import('./desk.js').Desk} */
		this.desk;
		/** @type {BoardView | null} */
		this.view = null;
		/** when it came, by the page's clock */
		this.since = 0;
		/** counts the questions; an answer to one before that which is shown is none any more */
		this.asked = this.shown = 0;
		this.failed = false;
		/** what is asked about @type {{verb: 'take' | 'requeue', chat: BoardChat} | null} */
		this.doing = null;
		/** @type {import('./verbs.js').Refusal | null} */
		this.problem = null;
		this.busy = false;
		/** @type {ReturnType<typeof setTimeout> | undefined} */
		this.timer = undefined;
		this.tick = new Tick(this);
		this.hinted = () => this.askAfter(AFTER_A_HINT_MS);
		this.seen = () => document.visibilityState === 'visible' && this.ask();
	}

	connectedCallback() {
		super.connectedCallback();
		this.desk.addEventListener('moved', this.hinted);
		document.addEventListener('visibilitychange', this.seen);
		this.ask();
	}

	disconnectedCallback() {
		super.disconnectedCallback();
		clearTimeout(this.timer);
		this.desk.removeEventListener('moved', this.hinted);
		document.removeEventListener('visibilitychange', this.seen);
	}

	focus() {
		this.renderRoot.querySelector('h2')?.focus();
	}

	/** @param {number} ms */
	askAfter(ms) {
		clearTimeout(this.timer);
		this.timer = setTimeout(() => this.ask(), ms);
	}

	/** Nobody is asked for what nobody looks at. */
	async ask() {
		const turn = ++this.asked;
		if (document.visibilityState === 'visible') {
			const view = await this.desk.verbs.board().catch(() => null);
			if (turn <= this.shown) return;
			this.shown = turn;
			this.failed = !view;
			if (view) Object.assign(this, { view, since: performance.now() });
		}
		if (this.isConnected) this.askAfter(EVERY_MS);
	}

	get passed() {
		return (performance.now() - this.since) / 1000;
	}

	get dialog() {
		return /** @type {HTMLDialogElement | null} */ (this.renderRoot.querySelector('dialog'));
	}

	render() {
		const { texts, view } = this;
		return html`<header>
				<button class="icon-button back" aria-label=${texts.t('back')} title=${texts.t('back')} data-testid="board-back"
					@click=${() => this.dispatchEvent(new Event('back'))}>${icons.back}</button>
				<h2 tabindex="-1">${texts.t('board')}</h2>
				${view ? html`<span class="at ${this.failed ? 'stale' : ''}">${this.failed ? icons.alert : nothing}${texts.t(this.failed ? 'board.stale' : 'board.at',
					{ time: clockTime(view.at, texts.locale) })}</span>` : nothing}
			</header>
			${view ? html`<div class="scroll">${this.queues(view)}${this.people(view)}${this.chats(view)}
				<sb-results .texts=${texts} .desk=${this.desk}></sb-results>
				<sb-letters .texts=${texts} .desk=${this.desk} .counts=${view.outbox}></sb-letters>
				<sb-blocks .texts=${texts} .desk=${this.desk}></sb-blocks></div>` : this.nothingYet()}
			<sb-account-of .texts=${texts} .desk=${this.desk}></sb-account-of>
			<sb-reader .texts=${texts} .desk=${this.desk} .chats=${view?.chats ?? []} @take=${(/** @type {CustomEvent} */ e) => this.start('take', e.detail)}></sb-reader>
			${this.question()}`;
	}

	nothingYet() {
		return html`<div class="centre" role="status">${this.failed ? this.texts.t('board.failed') : html`<span class="spinner"></span>${this.texts.t('loading')}`}</div>`;
	}

	/** @param {BoardView} view */
	queues(view) {
		const { texts, passed } = this;
		const oldest = (/** @type {BoardQueue} */ q) => (q.waiting && typeof q.oldest_s === 'number' ? q.oldest_s + passed : undefined);
		const late = (/** @type {BoardQueue} */ q) => (oldest(q) ?? 0) > (q.target_s ?? Infinity);
		/** @type {import('./board-table.js').Column[]} */
		const columns = [
			{ name: 'label', label: texts.t('board.queue'), value: (q) => q.label, cell: (q) => html`<bdi>${q.label}</bdi>
				${q.state === 'open' ? nothing : html` <span class="tag">${texts.t(`board.${q.state}`)}</span>`}` },
			{ name: 'waiting', label: texts.t('board.waiting'), kind: 'number', down: true, value: (q) => q.waiting, cell: (q) => texts.number(q.waiting) },
			{ name: 'oldest', label: texts.t('board.oldest'), kind: 'number', down: true, value: oldest, cell: (q) => html`
				<span class=${late(q) ? 'late' : ''}>${late(q) ? html`${icons.alert}<span class="visually-hidden">${texts.t('board.late')}</span>` : nothing}
					${oldest(q) === undefined ? '–' : stopwatch(oldest(q) ?? 0)}</span>
				${q.target_s ? html`<span class="aside">${texts.t('board.target', { time: stopwatch(q.target_s) })}</span>` : nothing}` },
			{ name: 'on_duty', label: texts.t('board.on_duty'), kind: 'number', down: true, value: (q) => q.on_duty, cell: (q) => texts.number(q.on_duty) },
			{ name: 'free', label: texts.t('board.free'), kind: 'number', down: true, value: (q) => q.free, cell: (q) => texts.number(q.free) },
		];
		return this.section('queues', texts.t('queues'), view.queues, columns, (q) => q.name, texts.t('queues.none'));
	}

	/** @param {BoardView} view */
	people(view) {
		const { texts } = this;
		const state = (/** @type {BoardOperator} */ o) => o.presence?.state ?? 'offline';
		/** @type {import('./board-table.js').Column[]} */
		const columns = [
			{ name: 'name', label: texts.t('details.name'), value: (o) => o.name, cell: (o) => html`<bdi>${o.name}</bdi>` },
			{ name: 'presence', label: texts.t('board.presence'), value: (o) => ['available', 'busy', 'break', 'offline'].indexOf(state(o)), cell: (o) => html`
				<span class="presence ${state(o)}"><i aria-hidden="true"></i>${texts.t(`presence.${state(o)}`)}</span>
				${o.presence?.code ? html`<span class="aside">${texts.optional(`board.${o.presence.code}`)}</span>` : nothing}` },
			{ name: 'load', label: texts.t('board.load'), kind: 'number', down: true, value: (o) => o.load / Math.max(1, o.cap),
				cell: (o) => texts.t('board.of', { load: o.load, cap: o.cap }) },
			{ name: 'acts', label: texts.t('board.acts'), kind: 'acts', value: () => undefined, cell: (o) => this.account(o) },
		];
		return this.section('people', texts.t('board.people'), view.operators, columns, (o) => o.operator, texts.t('board.no_people'));
	}

	/** @param {BoardOperator} operator */
	account(operator) {
		const label = this.texts.t('account_of.title', { name: operator.name });
		return html`<button class="icon-button" data-testid="board-account" aria-label=${label} title=${label} aria-haspopup="dialog"
			@click=${() => /** @type {import('./account-of.js').AccountOf} */ (this.renderRoot.querySelector('sb-account-of')).open(operator)}>${icons.person}</button>`;
	}

	/** @param {BoardView} view */
	chats(view) {
		const { texts, passed } = this;
		const waits = (/** @type {BoardChat} */ c) => c.state === 'queued' || c.state === 'offered';
		const waited = (/** @type {BoardChat} */ c) => (typeof c.waited_s === 'number' ? c.waited_s + (waits(c) ? passed : 0) : undefined);
		const lasts = (/** @type {BoardChat} */ c) => (typeof c.assigned_s === 'number' ? c.assigned_s + passed : undefined);
		const owner = (/** @type {BoardChat} */ c) => c.operator_name ?? view.operators.find((o) => o.operator === c.operator)?.name ?? c.operator ?? '';
		/** @type {import('./board-table.js').Column[]} */
		const columns = [
			{ name: 'name', label: texts.t('board.customer'), value: (c) => c.name || undefined, cell: (c) => html`<bdi>${c.name || texts.t('customer')}</bdi>` },
			{ name: 'state', label: texts.t('board.state'), value: (c) => ['queued', 'offered', 'active', 'wrap_up'].indexOf(c.state), cell: (c) => html`
				<span class="tag ${c.state}">${texts.optional(`board.state.${c.state}`) || c.state}</span>` },
			{ name: 'queue', label: texts.t('board.queue'), value: (c) => c.queue_label ?? c.queue, cell: (c) => html`<bdi>${c.queue_label ?? c.queue ?? '–'}</bdi>` },
			{ name: 'operator', label: texts.t('board.operator'), value: (c) => owner(c) || undefined, cell: (c) => html`<bdi>${owner(c) || '–'}</bdi>` },
			{ name: 'waited', label: texts.t('board.waited'), kind: 'number', down: true, value: waited,
				cell: (c) => (waited(c) === undefined ? '–' : stopwatch(waited(c) ?? 0)) },
			{ name: 'lasts', label: texts.t('board.lasts'), kind: 'number', down: true, value: lasts, cell: (c) => (lasts(c) === undefined ? '–' : stopwatch(lasts(c) ?? 0)) },
			{ name: 'acts', label: texts.t('board.acts'), kind: 'acts', value: () => undefined, cell: (c) => this.acts(c) },
		];
		const empty = texts.t('board.no_chats');
		return html`${this.section('chats', texts.t('board.chats'), view.chats, columns, (c) => c.id, empty)}
			${view.chats.length >= ROWS_MAX ? html`<p class="more">${texts.t('board.more', { n: ROWS_MAX })}</p>` : nothing}`;
	}

	/** @param {BoardChat} chat */
	acts(chat) {
		const { texts } = this;
		if (!['queued', 'offered', 'active'].includes(chat.state)) return nothing;
		const name = chat.name || texts.t('customer');
		const mine = chat.operator === this.desk.duty.operator.operator && chat.state === 'active';
		const button = (/** @type {'take' | 'requeue'} */ verb) => html`<button class="button small" data-testid="board-${verb}" aria-label=${texts.t(`${verb}.label`, { name })}
			@click=${() => this.start(verb, chat)}>${texts.t(verb)}</button>`;
		const read = html`<button class="button small" data-testid="board-read" aria-label=${texts.t('read.label', { name })} aria-haspopup="dialog"
			@click=${() => /** @type {import('./reader.js').Reader} */ (this.renderRoot.querySelector('sb-reader')).open(chat)}>${texts.t('read')}</button>`;
		return html`${mine ? nothing : html`${read}${button('take')}`}${button('requeue')}`;
	}

	/**
	 * @param {string} id @param {string} title @param {any[]} rows @param {import('./board-table.js').Column[]} columns
	 * @param {(row: any) => string} key @param {string} empty
	 */
	section(id, title, rows, columns, key, empty) {
		return html`<section aria-labelledby=${id}><h3 id=${id}>${title}${rows.length ? html`<span class="count">${this.texts.number(rows.length)}</span>` : nothing}</h3>
			<sb-board-table .texts=${this.texts} label=${title} .rows=${rows} .columns=${columns} .key=${key} empty=${empty} data-testid="board-${id}"></sb-board-table></section>`;
	}

	/** What takes a chat from somebody is asked about first. @param {'take' | 'requeue'} verb @param {BoardChat} chat */
	async start(verb, chat) {
		Object.assign(this, { doing: { verb, chat }, problem: null });
		if (verb === 'take' && chat.state !== 'active') {
			await this.act();
			if (!this.problem) return;
		}
		await this.updateComplete;
		this.dialog?.showModal();
	}

	async act() {
		const { doing, desk } = this;
		if (!doing || this.busy) return;
		const { verb, chat } = doing;
		const value = (/** @type {string} */ name) => /** @type {HTMLInputElement | null} */ (this.renderRoot.querySelector(name))?.value.trim() ?? '';
		Object.assign(this, { busy: true, problem: null });
		this.problem = verb === 'take' ? await desk.verbs.take(chat.id) : await desk.verbs.requeue(chat.id, value('select'), value('input'));
		this.busy = false;
		this.askAfter(0);
		if (this.problem) return;
		this.closed();
		if (verb === 'take') this.dispatchEvent(new CustomEvent('taken', { detail: chat.id }));
		else desk.say({ kind: 'info', name: 'notice.requeued', values: { name: chat.name ?? '' } });
	}

	closed() {
		this.dialog?.close();
		this.doing = null;
	}

	question() {
		const { texts, doing, problem } = this;
		if (!doing) return nothing;
		const { verb, chat } = doing;
		const values = { name: chat.name || texts.t('customer'), operator: chat.operator_name ?? chat.operator ?? '' };
		return html`<dialog aria-labelledby="title" @close=${this.closed} @click=${(/** @type {Event} */ e) => e.target === this.dialog && this.closed()}>
			<form class="card" @submit=${(/** @type {Event} */ e) => { e.preventDefault(); this.act(); }} novalidate>
				<h2 id="title">${texts.t(`${verb}.title`, values)}</h2>
				<p>${texts.t(chat.state === 'active' ? `${verb}.active` : `${verb}.waiting`, values)}</p>
				${verb === 'requeue' ? this.where(chat) : nothing}
				${problem ? html`<p class="error" role="alert">${texts.t(`no.${problem.name}`, { reason: reasonText(problem.reason, texts, 'me') })}</p>` : nothing}
				<div class="buttons"><button type="button" class="button" @click=${this.closed}>${texts.t('cancel')}</button>
					<button class="button primary" data-testid="board-confirm" aria-disabled=${this.busy ? 'true' : 'false'}>${texts.t(verb)}</button></div>
			</form></dialog>`;
	}

	/** @param {BoardChat} chat */
	where(chat) {
		const { texts } = this;
		return html`<div class="field"><label for="queue">${texts.t('board.queue')}</label>
				<select class="input" id="queue" data-testid="requeue-queue">${this.view?.queues.map((q) => html`
					<option value=${q.name} ?selected=${q.name === chat.queue} ?disabled=${q.state === 'closed' && q.name !== chat.queue}>${q.label}</option>`)}</select></div>
			<div class="field"><label for="reason">${texts.t('requeue.reason')} <span class="optional">(${texts.t('wrap.optional')})</span></label>
				<input class="input" id="reason" maxlength=${REASON_MAX} dir="auto" autocomplete="off" data-testid="requeue-reason"></div>`;
	}
}
customElements.define('sb-board', Board);
