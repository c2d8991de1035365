// SPDX-License-Identifier: ISC
import { LitElement, html, nothing, svg } from 'lit';
import { Again } from '../lib/again.js';
import base from '../lib/ui/base.sheet.css';
import { clockTime, stopwatch } from '../lib/time.js';
import './board-table.js';
import { icons } from './icons.js';
import './past-chat.js';
import { ReportAsker } from './report-asker.js';
import { dayText, sums, today } from './report-sums.js';
import styles from './reports.sheet.css';

const REPORTS = /** @type {const} */ (['service', 'operators', 'ratings', 'dispositions', 'channels', 'bots', 'chats']);
const PERIODS = [1, 7, 28, 90, 0]; // days up to today, which begins in each queue by its own clock and not the reader's; 0: own dates
/** What each table shows: the column that names the row, then figures. */
const COLUMNS = /** @type {Record<string, string[]>} */ ({
	service: ['label', 'offered', 'answered', 'abandoned', 'service_level', 'wait_avg_s', 'wait_p90_s'],
	operators: ['name', 'label', 'chats', 'handled_avg_s', 'accepted', 'declined', 'missed', 'rating_avg'],
	ratings: ['label', 'ratings', 'rating_avg'],
	dispositions: ['disposition', 'label', 'chats'],
	channels: ['channel', 'label', 'offered', 'answered', 'abandoned', 'wait_avg_s', 'rating_avg'],
	bots: ['bot', 'label', 'chats', 'contained', 'escalated', 'left'],
	chats: ['local_end', 'label', 'name', 'filed', 'score', 'duration_s', 'acts'],
});
const WORDS = ['label', 'name', 'disposition', 'channel', 'bot', 'local_end', 'filed'];

/** What happened in a period, for supervisors: figures, a chart, a table, and all of it as CSV. Event: `back`. */
export class Reports extends LitElement {
	static styles = [base, styles];
	static properties = {
		texts: { attribute: false },
		desk: { attribute: false },
		report: { state: true },
		days: { state: true },
		from: { state: true },
		to: { state: true },
		queue: { state: true },
		queues: { state: true },
		byDay: { state: true },
		view: { state: true },
		failed: { state: true },
		asking: { state: true },
	};

	constructor() {
		super();
		/** @type {import('../lib/i18n.js').Texts} */
		this.texts;
		/** @type {import('./desk.js').Desk} */
		this.desk;
		/** @type {typeof REPORTS[number]} */
		this.report = 'service';
		this.days = 7;
		this.from = '';
		this.to = '';
		this.queue = '';
		/** @type {BoardQueue[]} */
		this.queues = [];
		/** the service by day @type {ReportView | null} */
		this.byDay = null;
		/** the chosen report @type {ReportView | null} */
		this.view = null;
		/** @type {'' | 'reports.failed' | 'reports.bad_dates'} */
		this.failed = '';
		this.asking = false;
		this.again = new Again(this, () => this.loadQueues());
		this.asker = new ReportAsker((name, query) => this.desk.verbs.report(name, query));
	}

	connectedCallback() {
		super.connectedCallback();
		this.loadQueues();
		this.load();
	}

	focus() {
		this.renderRoot.querySelector('h2')?.focus();
	}

	/** @param {Record<string, string>} [more] */
	query(more = {}) {
		return { ...(this.days ? { days: String(this.days) } : { from: this.from, to: this.to }), ...(this.queue ? { queue: this.queue } : {}), ...more };
	}

	disconnectedCallback() {
		super.disconnectedCallback();
		this.asker.drop();
	}

	async loadQueues() {
		try {
			this.queues = (await this.desk.verbs.board()).queues;
		} catch (error) {
			this.again.after(error);
		}
	}

	async load() {
		if (!this.days && (!this.from || !this.to)) return;
		if (!this.days && this.from > this.to) {
			this.asker.drop();
			return void Object.assign(this, { asking: false, failed: 'reports.bad_dates' });
		}
		this.asking = true;
		try {
			const views = await this.asker.ask([['service', this.query({ by: 'day' })], [this.report, this.query()]]);
			if (views) Object.assign(this, { byDay: views[0], view: views[1], asking: false, failed: '' });
		} catch (error) {
			Object.assign(this, { asking: false, failed: /** @type {any} */ (error).status === 422 ? 'reports.bad_dates' : 'reports.failed' });
		}
	}

	/** @param {Partial<Reports>} change */
	choose(change) {
		Object.assign(this, change);
		this.load();
	}

	/** Own dates begin with those of the period before. @param {number} days */
	chooseDays(days) {
		const { from, to } = this.byDay?.days === this.days ? this.byDay : { from: today(1 - this.days), to: today(0) };
		this.choose(days ? { days } : { days, from, to });
	}

	render() {
		const { texts, view } = this;
		return html`<header>
				<button class="icon-button back" aria-label=${texts.t('back')} title=${texts.t('back')} data-testid="reports-back"
					@click=${() => this.dispatchEvent(new Event('back'))}>${icons.back}</button>
				<h2 tabindex="-1">${texts.t('reports')}</h2>
				${this.asking && view ? html`<span class="spinner" role="status" aria-label=${texts.t('loading')}></span>` : nothing}
				${view ? html`<span class="at">${texts.t('board.at', { time: clockTime(view.at, texts.locale) })}</span>` : nothing}
			</header>
			<div class="scroll">
				${this.choices()}
				${this.failed ? html`<p class="failed" role="alert">${icons.alert}${texts.t(this.failed)}
					${this.failed === 'reports.failed' ? html`<button class="button small" @click=${this.load}>${texts.t('again')}</button>` : nothing}</p>` : nothing}
				${this.byDay && view ? html`${this.figures(this.byDay)}${this.chart(this.byDay)}${this.table(view)}`
					: this.failed ? nothing : html`<div class="centre" role="status"><span class="spinner"></span>${texts.t('loading')}</div>`}
			</div>`;
	}

	choices() {
		const { texts } = this;
		const value = (/** @type {Event} */ e) => /** @type {HTMLInputElement} */ (e.target).value;
		const latest = [today(1), this.to].sort()[1]; // the queue's today may be tomorrow
		const date = (/** @type {'from' | 'to'} */ name) => html`<div class="field"><label for=${name}>${texts.t(`reports.${name}`)}</label>
			<input class="input" type="date" id=${name} .value=${this[name]} max=${latest} required data-testid="reports-${name}"
				@change=${(/** @type {Event} */ e) => this.choose({ [name]: value(e) })}></div>`;
		return html`<div class="choices">
			<div class="field"><label for="period">${texts.t('reports.period')}</label>
				<select class="input" id="period" data-testid="reports-period" @change=${(/** @type {Event} */ e) => this.chooseDays(Number(value(e)))}>
					${PERIODS.map((days) => html`<option value=${days} ?selected=${days === this.days}>${texts.t(`reports.days.${days}`)}</option>`)}</select></div>
			${this.days ? nothing : html`${date('from')}${date('to')}`}
			<div class="field"><label for="queue">${texts.t('reports.queue')}</label>
				<select class="input" id="queue" data-testid="reports-queue" @change=${(/** @type {Event} */ e) => this.choose({ queue: value(e) })}>
					<option value="" ?selected=${!this.queue}>${texts.t('reports.all')}</option>
					${this.queues.map((q) => html`<option value=${q.name} ?selected=${q.name === this.queue}>${q.label}</option>`)}</select></div>
		</div>`;
	}

	/** @param {ReportView} byDay */
	figures(byDay) {
		const { texts } = this;
		const all = sums(byDay.rows);
		const tile = (/** @type {string} */ name, /** @type {string} */ value) => html`<div>
			<dt>${texts.t(`reports.c.${name}`)}</dt><dd data-testid="figure-${name}">${value}</dd></div>`;
		return html`<dl>${tile('offered', texts.number(all.offered))}${tile('answered', texts.number(all.answered))}${tile('abandoned', texts.number(all.abandoned))}
			${tile('service_level', this.figure('service_level', all.service_level))}${tile('wait_avg_s', this.figure('wait_avg_s', all.wait_avg_s))}</dl>`;
	}

	/** The table below says the same, so it is one picture to who does not see it. @param {ReportView} byDay */
	chart(byDay) {
		const { texts } = this;
		const all = sums(byDay.rows, byDay);
		if (!all.offered) return nothing;
		const broad = 0.72 * Math.min(1, all.days.length / 7); // one day alone is no wall
		const top = Math.max(1, ...all.days.map((d) => d.offered));
		const bar = (/** @type {string} */ name, /** @type {number} */ x, /** @type {number} */ below, /** @type {number} */ n) => (n
			? svg`<rect class=${name} x=${x + 0.5 - broad / 2} width=${broad} y=${100 - (100 * (below + n)) / top} height=${(100 * n) / top}/>`
			: nothing);
		return html`<section aria-labelledby="by-day"><h3 id="by-day">${texts.t('reports.by_day')}</h3><figure>
			<div class="plot"><span class="top" aria-hidden="true">${texts.number(top)}</span>
				<svg class="flip" role="img" viewBox="0 0 ${all.days.length} 100" preserveAspectRatio="none" data-testid="reports-chart"
					aria-label=${texts.t('reports.chart', { answered: all.answered, abandoned: all.abandoned })}>${all.days.map((d, x) => svg`<g>
						<title>${dayText(d.day, texts.locale)}: ${texts.number(d.answered)} / ${texts.number(d.abandoned)}</title>
						${bar('answered', x, 0, d.answered)}${bar('abandoned', x, d.answered, d.abandoned)}
						${bar('other', x, d.answered + d.abandoned, d.offered - d.answered - d.abandoned)}</g>`)}</svg>
				<span aria-hidden="true">${dayText(all.days[0].day, texts.locale)}</span>
				<span class="last" aria-hidden="true">${dayText(all.days[all.days.length - 1].day, texts.locale)}</span></div>
			<figcaption><span class="answered">${texts.t('reports.c.answered')}</span>
				<span class="abandoned">${texts.t('reports.c.abandoned')}</span>
				${all.offered > all.answered + all.abandoned ? html`<span class="other">${texts.t('board.waiting')}</span>` : nothing}</figcaption></figure></section>`;
	}

	/** @param {ReportView} view */
	table(view) {
		const { texts } = this;
		const names = COLUMNS[view.report] ?? [];
		/** @type {import('./board-table.js').Column[]} */
		const columns = names.map((name) => (name === 'acts'
			? { name, label: texts.t('board.acts'), kind: 'acts', value: () => undefined, cell: (row) => this.reading(row) } : WORDS.includes(name)
			? { name, label: this.heading(view.report, name), value: (row) => row[name] ?? undefined,
				cell: (row) => html`<bdi>${this.word(name, name === 'filed' && !row.operator ? '–' : row[name])}</bdi>` }
			: { name, label: texts.t(`reports.c.${name}`), kind: 'number', down: true, value: (row) => row[name] ?? undefined, cell: (row) => this.figure(name, row[name]) }));
		return html`<section aria-labelledby="table"><div class="bar">
				<h3 id="table" class="visually-hidden">${texts.t(`reports.${view.report}`)}</h3>
				<div class="tabs" role="group" aria-label=${texts.t('reports.which')}>${REPORTS.map((report) => html`
					<button aria-pressed=${report === this.report ? 'true' : 'false'} data-testid="report-${report}"
						@click=${() => this.choose({ report })}>${texts.t(`reports.${report}`)}</button>`)}</div>
				<a class="button small" download href="../api/v1/reports/${this.report}?${new URLSearchParams(this.query({ by: 'day', format: 'csv' }))}" data-testid="reports-csv">
					${texts.t('reports.csv')}</a></div>
			<sb-board-table .texts=${texts} label=${texts.t(`reports.${view.report}`)} .rows=${view.rows} 
				.columns=${columns} .key=${(/** @type {any} */ row) => view.rows.indexOf(row).toString()}
				empty=${texts.t('reports.none')} data-testid="reports-table"></sb-board-table>
			<p class="zone">${texts.t('reports.zone')}</p></section>
			<sb-past-chat name="closed-chat" .texts=${texts} .label=${texts.t('reports.chats')}></sb-past-chat>`;
	}

	/** @param {string} report @param {string} name */
	heading(report, name) {
		return this.texts.t(name === 'label' ? 'reports.queue' : report === 'chats' && name === 'name' ? 'board.operator' : `reports.c.${name}`);
	}

	/** @param {any} row */
	reading(row) {
		const label = this.texts.t('earlier.read', { time: row.local_end });
		return html`<button class="icon-button" data-testid="report-read" aria-label=${label} title=${label} aria-haspopup="dialog"
			@click=${() => this.read(row)}>${icons.chat}</button>`;
	}

	/** That a supervisor reads it is written down by the server. @param {{chat: string, local_end: string, label?: string, name?: string, filed?: string}} row */
	read(row) {
		/** @type {import('./past-chat.js').PastChat} */ (this.renderRoot.querySelector('sb-past-chat')).open({
			title: row.local_end, about: [row.label ?? '', row.name ?? '', row.filed ?? this.texts.t('reports.not_filed')].filter(Boolean),
			events: () => this.desk.verbs.read(row.chat, 0),
		});
	}

	/** @param {string} name @param {string | null | undefined} value */
	word(name, value) {
		return value ?? (['disposition', 'filed'].includes(name) ? this.texts.t('reports.not_filed') : '–');
	}

	/** @param {string} name @param {number | null | undefined} value */
	figure(name, value) {
		if (value === null || value === undefined) return '–';
		if (name.endsWith('_s')) return stopwatch(value);
		if (name === 'service_level') return new Intl.NumberFormat(this.texts.locale, { style: 'percent', maximumFractionDigits: 1 }).format(value / 100);
		return this.texts.number(value);
	}
}
customElements.define('sb-reports', Reports);
