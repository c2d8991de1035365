// SPDX-License-Identifier: ISC
import { LitElement, html, nothing } from 'lit';
import { Api } from '../lib/api.js';
import { cookieStorage } from '../lib/cookie-storage.js';
import { Store } from '../lib/storage.js';
import base from '../lib/ui/base.sheet.css';
import '../lib/ui/composer.js';
import { icons } from '../lib/ui/icons.js';
import { initials } from '../lib/ui/linked-text.js';
import '../lib/ui/thread.js';
import { applyAccent } from '../lib/ui/theme.js';
import styles from './app.sheet.css';
import { Bridge } from './bridge.js';
import { Person } from './person.js';
import { ChatSession } from './session.js';
import { englishTexts, textsFor } from './texts.js';
import './waiting.js';
import './welcome.js';

// Another tab may have shown it already: then this one keeps quiet.
const QUIET_MS = 700;
const AGAIN_MS = 3000;
// How long a chat can be found again where the browser gives us cookies instead of storage.
const RESUME_S = 86_400;

/** The application in the frame: one header, one conversation, one place to write. */
export class App extends LitElement {
	static styles = [base, styles];
	static properties = {
		config: { state: true },
		texts: { state: true },
		failed: { state: true },
		menu: { state: true },
		large: { state: true },
		notice: { state: true },
		stamp: { state: true },
	};

	constructor() {
		super();
		/** @type {WidgetConfig | null} */
		this.config = null;
		this.texts = englishTexts;
		this.failed = false;
		this.menu = false;
		this.large = false;
		this.notice = '';
		this.stamp = 0;
		/** @type {ChatSession | null} */
		this.session = null;
		/** @type {import('./bridge.js').PageContext} */
		this.page = {};
		this.draft = '';
		this.shown = false;
		/** what the page was told last */
		this.told = { active: false, unread: 0 };
		this.wasPhase = 'welcome';
		this.focusWanted = false;
		this.endLoading = false;
		/** what outlives the tab @type {Store | null} */
		this.store = null;
		/** @type {ReturnType<typeof setTimeout> | undefined} */
		this.noticeTimer = undefined;
		/** @type {ReturnType<typeof setTimeout> | undefined} */
		this.ringTimer = undefined;
		/** @type {ReturnType<typeof setTimeout> | undefined} */
		this.loadTimer = undefined;
		this.key = new URLSearchParams(location.search).get('key') ?? '';
		this.api = new Api(new URL('..', location.href).href.replace(/\/$/, ''));
		this.bridge = new Bridge(location.hash);
		/** of the link in a mail by which somebody came, good once; it stays in no history */
		this.invitation = new URLSearchParams(location.hash.slice(1)).get('invitation') ?? '';
		if (this.invitation) history.replaceState(null, '', location.pathname + location.search);
		this.person = new Person(() => this.bridge.tell('identify'));
		this.tab = new Store(`switchboard-tab:${this.key}:`, () => sessionStorage, () => cookieStorage());
		this.bridge.addEventListener('context', (event) => {
			this.page = /** @type {CustomEvent} */ (event).detail;
			if (this.page.vouched) this.person.expect();
		});
		this.bridge.addEventListener('identity', (event) => this.person.hear(/** @type {CustomEvent} */ (event).detail));
		this.bridge.addEventListener('show', (event) => this.show(true, /** @type {CustomEvent} */ (event).detail.focus));
		this.bridge.addEventListener('hide', () => this.show(false, false));
		document.addEventListener('keydown', (event) => this.keyDown(event));
	}

	connectedCallback() {
		super.connectedCallback();
		this.load();
		this.bridge.tell('ready');
	}

	async load() {
		clearTimeout(this.loadTimer);
		try {
			const locale = this.page.locale ? `?locale=${encodeURIComponent(this.page.locale)}` : '';
			const config = await this.api.get(`widgets/${encodeURIComponent(this.key)}${locale}`);
			this.texts = await textsFor(config.locale, config.texts);
			if (!this.config) this.begin(config);
			this.failed = false;
		} catch (error) {
			if (this.config) return; // another attempt was quicker
			this.failed = true;
			if (error.passing) this.loadTimer = setTimeout(() => this.load(), Math.max(error.retryMs, AGAIN_MS));
		}
	}

	retry() {
		this.failed = false;
		this.load();
	}

	/** @param {WidgetConfig} config */
	begin(config) {
		document.documentElement.lang = this.texts.locale;
		document.documentElement.dir = this.texts.direction;
		applyAccent(config.theme.accent);
		const store = this.store = new Store(`switchboard:${this.key}:`, () => localStorage, () => cookieStorage({ maxAgeS: RESUME_S }));
		this.session = new ChatSession({ api: this.api, key: this.key, store, tab: this.tab, relay: config.relay, person: this.person });
		this.session.addEventListener('change', () => this.changed());
		this.config = config;
		this.draft = this.tab.get('draft') ?? '';
		this.session.show(this.shown || !this.bridge.embedded);
		this.session.resume();
		if (this.invitation && !store.get('chat')) this.session.start({ invitation: this.invitation, locale: this.texts.locale });
	}

	changed() {
		const { session } = this;
		if (!session) return;
		this.stamp++;
		const active = session.phase === 'starting' || (session.phase === 'chat' && session.view.state !== 'ended');
		if (active !== this.told.active) this.bridge.tell('active', { on: active });
		if (session.unread !== this.told.unread) this.bridge.tell('unread', { count: session.unread });
		if (session.unread > this.told.unread) this.ring();
		this.told = { active, unread: session.unread };
		if (session.phase === 'chat') this.loadEnd();
		const opened = session.phase === 'chat' && this.wasPhase === 'starting';
		const left = session.phase === 'welcome' && this.wasPhase === 'chat';
		this.wasPhase = session.phase;
		if (opened || left) this.focusInput();
	}

	/** Something was said that nobody sees. */
	ring() {
		clearTimeout(this.ringTimer);
		if (!this.store?.get('mute')) this.ringTimer = setTimeout(() => this.session?.unread && import('./chime.js').then(({ chime }) => chime(), () => {}), QUIET_MS);
	}

	mute() {
		if (this.store?.get('mute')) this.store.remove('mute');
		else this.store?.set('mute', 1);
	}

	/** What stands at the end of a chat is loaded while it runs; where that fails, with the next change. */
	loadEnd() {
		if (this.endLoading) return;
		this.endLoading = true;
		import('./ended.js').then(() => this.requestUpdate(), () => { this.endLoading = false; });
	}

	/** @param {boolean} shown @param {boolean} focus */
	show(shown, focus) {
		this.shown = shown;
		this.session?.show(shown);
		this.requestUpdate();
		if (shown && focus) this.focusInput();
	}

	/** Puts the cursor where one writes or chooses next, as soon as that is there. */
	focusInput() {
		this.focusWanted = true;
		this.requestUpdate();
	}

	async updated() {
		const target = /** @type {LitElement | HTMLElement | null} */ (this.renderRoot.querySelector('sb-composer, sb-welcome, sb-ended, .retry'));
		if (!this.focusWanted || !target) return;
		this.focusWanted = false;
		if ('updateComplete' in target) await target.updateComplete;
		target.focus();
	}

	/** @param {KeyboardEvent} event */
	keyDown(event) {
		if (event.key !== 'Escape' || event.defaultPrevented || this.dialog?.open) return;
		if (this.menu) this.closeMenu();
		else this.bridge.tell('close');
	}

	get dialog() {
		return /** @type {HTMLDialogElement | null} */ (this.renderRoot.querySelector('dialog'));
	}

	render() {
		return html`${this.header()}${this.banner()}<main>${this.body()}</main>${this.confirmation()}`;
	}

	body() {
		const { session, config, texts } = this;
		if (this.failed) {
			return html`<div class="centre" role="alert"><p>${texts.t('load_failed')}</p>
				<button class="button primary retry" @click=${this.retry}>${texts.t('again')}</button></div>`;
		}
		if (!session || !config) return html`<div class="centre"><span class="spinner" role="status" aria-label=${texts.t('loading')}></span></div>`;
		if (session.phase === 'chat') return this.conversation(session);
		if (session.phase === 'lost') {
			return html`<div class="centre"><h2>${texts.t('lost.title')}</h2><p>${texts.t('lost.text')}</p>
				<button class="button primary retry" @click=${() => session.restart()}>${texts.t('new_chat')}</button></div>`;
		}
		return html`<sb-welcome .texts=${texts} .config=${config} .api=${this.api} .person=${this.person} .tab=${this.tab} .page=${this.page}
			.problem=${session.problem} ?starting=${session.phase === 'starting'} .retryAt=${session.retryAt}
			?active=${this.shown || !this.bridge.embedded} @start=${(/** @type {CustomEvent} */ e) => this.start(e.detail)} @cancel=${() => session.restart()}></sb-welcome>`;
	}

	/** @param {{name: string, queue?: string, answers?: Record<string, string>}} form */
	start({ name, queue, answers }) {
		const { url, referrer, context } = this.page;
		this.session?.start({ name, queue, answers, locale: this.texts.locale, page_url: url, referrer, context });
	}

	/** @param {ChatSession} session */
	conversation(session) {
		const { texts } = this;
		if (!session.events.highest && !session.pending.length) return html`<div class="centre"><span class="spinner" role="status" aria-label=${texts.t('loading')}></span></div>`;
		const ended = session.view.state === 'ended';
		const bot = session.view.state === 'bot';
		return html`
			<sb-thread .texts=${texts} .events=${session.events.events} .pending=${session.pending} .stamp=${this.stamp} me="customer" .got=${session.marks.got}
				.read=${session.marks.read} .question=${session.view.openQuestion} .typing=${this.typist(session)} .label=${texts.t('messages')}
				.botName=${texts.t('bot_name')} aria-busy=${session.synced ? 'false' : 'true'}
				@pick=${(/** @type {CustomEvent} */ e) => this.pick(session, e.detail)} @retry=${(/** @type {CustomEvent} */ e) => session.outbox.retry(e.detail)}
				@discard=${(/** @type {CustomEvent} */ e) => session.outbox.discard(e.detail)}>
				${session.view.state === 'queued' ? html`<sb-waiting slot="end" .texts=${texts} .place=${session.place}></sb-waiting>` : nothing}
				<p class="away" slot="end" role="status" data-testid="operator-away">${session.contact.away && !ended
					? html`<bdi>${texts.t('away', { name: session.view.operator || texts.t('operator') })}</bdi>` : nothing}</p>
			</sb-thread>
			${ended ? html`<sb-ended .texts=${texts} .api=${this.api} .session=${session} .features=${this.config?.features ?? {}} .stamp=${this.stamp}
				@transcript=${this.download}></sb-ended>` : html`
				<footer>
					${bot ? html`<button class="person" @click=${() => this.pick(session, { id: 'person', label: texts.t('person') })}
						?disabled=${session.pending.some((e) => e.choice === 'person')}>${icons.person}${texts.t('person')}</button>` : nothing}
					<sb-composer .texts=${texts} .value=${this.draft} .label=${texts.t('message_label')} .placeholder=${texts.t('placeholder')}
						.sendLabel=${texts.t('send')} @submit-text=${(/** @type {CustomEvent} */ e) => this.say(session, e.detail)}
						@draft=${(/** @type {CustomEvent} */ e) => this.keepDraft(e.detail)}
						@typing=${(/** @type {CustomEvent} */ e) => session.tellTyping(e.detail)}></sb-composer>
				</footer>`}`;
	}

	/** The button goes away, so the focus moves on. @param {ChatSession} session @param {Choice} choice */
	pick(session, choice) {
		session.pick(choice);
		this.focusInput();
	}

	/** @param {ChatSession} session @param {string} text */
	say(session, text) {
		session.say(text);
		/** @type {import('../lib/ui/thread.js').Thread | null} */ (this.renderRoot.querySelector('sb-thread'))?.toEnd();
	}

	/** @param {string} text */
	keepDraft(text) {
		this.draft = text;
		if (text && this.tab.web) this.tab.set('draft', text);
		else this.tab.remove('draft');
	}

	/** @param {ChatSession} session */
	typist(session) {
		return session.typist.name === '…' ? this.texts.t('operator') : session.typist.name;
	}

	header() {
		const { session, texts } = this;
		const chatting = session?.phase === 'chat' && session.events.highest > 0;
		const state = session?.view.state ?? 'bot';
		const operator = chatting && state === 'active' ? session?.view.operator ?? '' : '';
		const title = operator || (chatting && state === 'bot' ? session?.view.bot || texts.t('bot_name') : texts.t('title'));
		const away = operator !== '' && session?.contact.away;
		const stage = ['bot', 'queued', 'active', 'ended'].includes(state) ? state : 'queued';
		const status = !chatting ? texts.t('subtitle') : texts.t(`status.${away ? 'away' : stage}`);
		return html`<header>
			<span class="badge" aria-hidden="true">${operator ? initials(operator) : chatting && state === 'bot' ? icons.bot : icons.chat}
				${operator ? html`<i class=${away ? 'off' : ''}></i>` : nothing}</span>
			<div class="names"><h1><bdi>${title}</bdi></h1><p><bdi>${status}</bdi></p></div>
			${this.menuItems().length ? html`<div class="menu-holder">
				<button class="icon-button" id="menu" aria-label=${texts.t('menu')} title=${texts.t('menu')} aria-expanded=${this.menu} aria-controls="items"
					@click=${() => (this.menu ? this.closeMenu() : this.openMenu())}>${icons.more}</button>
				<ul class="menu" id="items" ?hidden=${!this.menu} @focusout=${this.menuLeft}>${this.menuItems()}</ul></div>` : nothing}
			${this.bridge.embedded ? html`<button class="icon-button" aria-label=${texts.t('minimise')} title=${texts.t('minimise')}
				@click=${() => this.bridge.tell('close')}>${icons.down}</button>` : nothing}
		</header>`;
	}

	menuItems() {
		const { session, texts } = this;
		const items = [];
		const inChat = session?.phase === 'chat';
		const roomy = this.bridge.embedded && matchMedia('(min-width: 380px) and (min-height: 481px)').matches;
		if (roomy) items.push(this.item(icons.expand, texts.t(this.large ? 'smaller' : 'larger'), () => this.resize()));
		const mute = this.store?.get('mute');
		if (inChat) items.push(this.item(mute ? icons.bell : icons.mute, texts.t(mute ? 'sound' : 'mute'), () => this.mute()));
		if (inChat && this.config?.features?.transcript !== false) items.push(this.item(icons.download, texts.t('transcript'), () => this.download()));
		if (inChat && session?.view.state !== 'ended') items.push(this.item(icons.end, texts.t('end'), () => this.dialog?.showModal(), 'danger'));
		return items;
	}

	/** @param {unknown} icon @param {string} label @param {() => void} act @param {string} [kind] */
	item(icon, label, act, kind = '') {
		return html`<li><button class=${kind} @click=${() => { this.closeMenu(); act(); }}>${icon}${label}</button></li>`;
	}

	async openMenu() {
		this.menu = true;
		await this.updateComplete;
		/** @type {HTMLElement | null} */ (this.renderRoot.querySelector('.menu button'))?.focus();
	}

	closeMenu() {
		if (!this.menu) return;
		this.menu = false;
		/** @type {HTMLElement | null} */ (this.renderRoot.querySelector('#menu'))?.focus();
	}

	/** @param {FocusEvent} event */
	menuLeft(event) {
		const to = /** @type {Node | null} */ (event.relatedTarget);
		const holder = this.renderRoot.querySelector('.menu-holder');
		if (!to || !holder?.contains(to)) this.menu = false;
	}

	resize() {
		this.large = !this.large;
		this.bridge.tell('resize', { size: this.large ? 'large' : 'normal' });
	}

	async download() {
		const { session } = this;
		if (!session) return;
		try {
			const url = URL.createObjectURL(await session.transcript());
			const link = document.createElement('a');
			link.href = url;
			link.download = `${this.texts.t('transcript_file')}-${new Date().toISOString().slice(0, 10)}.txt`;
			link.click();
			setTimeout(() => URL.revokeObjectURL(url), 10_000);
		} catch {
			this.announce(this.texts.t('transcript_failed'));
		}
	}

	/** @param {string} notice */
	announce(notice) {
		this.notice = notice;
		clearTimeout(this.noticeTimer);
		this.noticeTimer = setTimeout(() => { this.notice = ''; }, 8000);
	}

	banner() {
		const { session, texts } = this;
		const kind = session?.banner ?? '';
		if (this.notice) return html`<div class="banner bad" role="alert">${icons.alert}<span>${this.notice}</span></div>`;
		if (!session || !kind) {
			return session?.phase === 'chat' && !session.durable && session.view.state !== 'ended'
				? html`<div class="banner" role="status">${icons.info}<span>${texts.t('banner.memory')}</span></div>` : nothing;
		}
		const icon = kind === 'offline' ? icons.offline : kind === 'replaced' ? icons.info : html`<span class="spinner"></span>`;
		return html`<div class="banner ${kind}" role="status">${icon}<span>${texts.t(`banner.${kind}`)}</span>
			${kind === 'replaced' ? html`<button class="button small" @click=${() => session.takeOver()}>${texts.t('banner.use_here')}</button>` : nothing}</div>`;
	}

	confirmation() {
		const { texts, session } = this;
		return html`<dialog aria-labelledby="end-title" @click=${(/** @type {Event} */ e) => e.target === this.dialog && this.dialog?.close()}>
			<div class="card"><h2 id="end-title">${texts.t('end.title')}</h2><p>${texts.t('end.text')}</p>
			<div class="buttons"><button class="button" @click=${() => this.dialog?.close()}>${texts.t('end.no')}</button>
			<button class="button primary" ?disabled=${session?.ending} @click=${this.end}>${texts.t('end.yes')}</button></div></div></dialog>`;
	}

	async end() {
		try {
			await this.session?.end();
		} catch {
			this.announce(this.texts.t('end.failed'));
		}
		this.dialog?.close();
		this.focusInput();
	}
}
customElements.define('switchboard-chat', App);
