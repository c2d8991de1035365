// SPDX-License-Identifier: ISC
import sheet from './launcher.sheet.css';

/** @typedef {(value?: string) => string | null} Flag */
/** @typedef {string | null | (() => string | null | Promise<string | null>)} Vouching a signed token, what fetches one, or null: nobody is logged in */

const PHONE = '(max-width: 480px), (max-height: 480px)';
const words = /** @type {Record<string, string[]>} */ ({
	en: ['Chat with us', 'The chat cannot be reached right now.', 'Try again'],
	de: ['Mit uns chatten', 'Der Chat ist gerade nicht erreichbar.', 'Nochmal versuchen'],
	fr: ['Discuter avec nous', 'Le chat est momentanément injoignable.', 'Réessayer'],
	es: ['Chatea con nosotros', 'No se puede acceder al chat ahora.', 'Reintentar'],
	ar: ['تحدث معنا', 'لا يمكن الوصول إلى المحادثة الآن.', 'حاول مجددًا'],
});

/** @param {string} tag @param {Record<string, string>} attributes @param {...(Node | string)} children */
function make(tag, attributes, ...children) {
	const svg = tag === 'svg' || tag === 'path';
	const node = svg ? document.createElementNS('http://www.w3.org/2000/svg', tag) : document.createElement(tag);
	for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
	node.append(...children);
	return /** @type {any} */ (node);
}

/** The button on the host page and the panel with the frame. Events: `open`, `close`, `unread` (detail number). */
export class Launcher extends EventTarget {
	/** @param {{base: string, key: string, locale?: string, context?: string, config: WidgetConfig, flag: Flag}} given */
	constructor({ base, key, locale, context, config, flag }) {
		super();
		this.base = base;
		this.key = key;
		this.locale = locale;
		this.context = context;
		this.flag = flag;
		this.lang = config.locale || 'en';
		this.texts = words[this.lang.split('-')[0]] ?? words.en;
		this.label = config.texts?.launcher || this.texts[0];
		this.title = config.texts?.title || this.label;
		this.isOpen = this.active = this.ready = false;
		/** @type {Vouching | undefined} */
		this.vouching = undefined;
		/** @type {HTMLIFrameElement | null} */
		this.frame = null;
		this.build(config);
		const was = flag();
		if (was === 'open' && !this.phone) this.open(false);
		else if (was) this.load();
	}

	get phone() {
		return matchMedia(PHONE).matches;
	}

	/** @param {WidgetConfig} config */
	build({ theme }) {
		const host = make('switchboard-widget', {});
		const root = host.attachShadow({ mode: 'open' });
		root.adoptedStyleSheets = [sheet];
		host.lang = this.lang;
		host.dir = /^(ar|he|fa|ur)\b/.test(this.lang) ? 'rtl' : 'ltr';
		const accent = /^#[0-9a-f]{6}$/i.test(theme?.accent ?? '') ? /** @type {string} */ (theme?.accent) : '#3457d5';
		const [r, g, b] = [1, 3, 5].map((i) => parseInt(accent.slice(i, i + 2), 16));
		host.style.setProperty('--a', accent);
		host.style.setProperty('--i', r * 3 + g * 6 + b > 1650 ? '#10151d' : '#fff');
		this.badge = make('span', { class: 'badge', hidden: '' });
		this.button = make('button', { type: 'button', class: 'launcher', 'aria-expanded': 'false', 'aria-haspopup': 'dialog' },
			make('svg', { viewBox: '0 0 24 24', 'aria-hidden': 'true' },
				make('path', { class: 'ask', d: 'M12 4c-5 0-9 3.3-9 7.5 0 2.3 1.2 4.3 3 5.7L5.5 21l4-2c.8.2 1.6.3 2.5.3 5 0 9-3.5 9-7.8S17 4 12 4Z' }),
				make('path', { class: 'shut', d: 'm6 9.5 6 6 6-6' })),
			make('span', { class: 'label' }, this.label), this.badge);
		this.panel = make('div', { class: 'panel', role: 'dialog', 'aria-label': this.title, hidden: '' });
		this.box = make('div', { class: theme?.position === 'left' ? 'box left' : 'box' }, this.panel, this.button);
		this.button.addEventListener('click', () => (this.isOpen ? this.close() : this.open()));
		root.addEventListener('keydown', (/** @type {KeyboardEvent} */ e) => e.key === 'Escape' && this.close());
		addEventListener('message', (event) => this.hear(event));
		visualViewport?.addEventListener('resize', () => this.fit());
		root.append(this.box);
		document.body.append(host);
	}

	load() {
		if (this.frame) return;
		this.ready = false;
		const src = `${this.base}/widget/?key=${encodeURIComponent(this.key)}#host=${encodeURIComponent(location.origin)}`;
		this.frame = make('iframe', {
			src, title: this.title, allow: '', referrerpolicy: 'origin',
			sandbox: 'allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox allow-downloads',
		});
		this.panel.replaceChildren(this.frame);
		this.timer = setTimeout(() => this.failed(), 15000);
	}

	failed() {
		const again = make('button', { type: 'button' }, this.texts[2]);
		again.addEventListener('click', () => this.load());
		this.frame = null;
		this.panel.replaceChildren(make('div', { class: 'failed' }, make('p', { role: 'alert' }, this.texts[1]), again));
	}

	/** @param {boolean} [focus] */
	open(focus = true) {
		this.load();
		if (this.isOpen) return;
		this.isOpen = true;
		this.show();
		if (focus && this.ready) this.frame?.focus();
		this.focusWhenReady = focus;
		this.tell('show', { focus });
		this.dispatchEvent(new Event('open'));
	}

	close() {
		if (!this.isOpen) return;
		this.isOpen = false;
		this.show();
		this.tell('hide');
		this.button.focus();
		this.dispatchEvent(new Event('close'));
	}

	show() {
		const { isOpen } = this;
		this.flag(isOpen ? 'open' : this.active ? 'shut' : '');
		this.panel.hidden = !isOpen;
		this.box.classList.toggle('open', isOpen);
		this.button.setAttribute('aria-expanded', String(isOpen));
		// a full screen panel must not let the page scroll behind it
		document.documentElement.style.overflow = isOpen && this.phone ? 'hidden' : '';
		this.fit();
	}

	/** The keyboard of a phone shrinks what can be seen, not the page. */
	fit() {
		const view = visualViewport;
		const style = this.panel.style;
		style.height = this.isOpen && this.phone && view ? `${view.height}px` : '';
		style.top = style.height ? `${view?.offsetTop}px` : '';
	}

	/** @param {string} type @param {object} [members] */
	tell(type, members) {
		if (this.ready) this.frame?.contentWindow?.postMessage({ switchboard: 1, type, ...members }, new URL(this.base).origin);
	}

	/** @param {MessageEvent} event */
	hear({ source, origin, data }) {
		if (!this.frame || source !== this.frame.contentWindow || origin !== new URL(this.base).origin || data?.switchboard !== 1) return;
		const { type } = data;
		if (type === 'ready') this.greet();
		else if (type === 'close') this.close();
		else if (type === 'identify') this.vouch();
		else if (type === 'unread' && Number.isInteger(data.count)) this.count(data.count);
		else if (type === 'resize') this.box.classList.toggle('large', data.size === 'large');
		else if (type === 'active') {
			this.active = data.on === true;
			if (!this.isOpen) this.flag(this.active ? 'shut' : '');
		}
	}

	greet() {
		clearTimeout(this.timer);
		this.ready = true;
		const url = location.href.split('#')[0].slice(0, 2000);
		this.tell('context', { url, referrer: document.referrer.slice(0, 2000), locale: this.locale, context: this.context, vouched: this.vouching !== undefined });
		this.vouch();
		if (!this.isOpen) return;
		this.tell('show', { focus: this.focusWhenReady });
		if (this.focusWhenReady) this.frame?.focus();
	}

	/** Who is here, as the site's server has signed it. @param {Vouching} vouching */
	identify(vouching) {
		this.vouching = vouching;
		this.vouch();
	}

	/** Only the frame hears it, and only while it is there. */
	async vouch() {
		const { vouching } = this;
		if (!this.ready || vouching === undefined) return;
		const token = await (typeof vouching === 'function' ? vouching() : vouching);
		if (vouching === this.vouching) this.tell('identity', { token: token || null });
	}

	/** On the button, and in the title for who looks at another page meanwhile. @param {number} n */
	count(n) {
		this.badge.hidden = !n;
		this.badge.textContent = n > 9 ? '9+' : n;
		document.title = document.title.replace(/^(\(\d\+?\) )?/, n ? `(${this.badge.textContent}) ` : '');
		this.dispatchEvent(new CustomEvent('unread', { detail: n }));
	}
}
