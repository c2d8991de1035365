// SPDX-License-Identifier: ISC
import { tone } from '../lib/tone.js';

const FLASH_MS = 1000;

/** What reaches an operator who looks elsewhere: a sound, the title, a notification of the desktop. */
export class Alerts {
	#store;
	/** @type {AudioContext | null} */
	#audio = null;
	/** @type {ReturnType<typeof setInterval> | undefined} */
	#flash;
	#title = document.title;
	#count = 0;

	/** @param {import('../lib/storage.js').Store} store lasting */
	constructor(store) {
		this.#store = store;
		// browsers let a page sound only after somebody has touched it
		const wake = () => this.#wake();
		for (const gesture of ['pointerdown', 'keydown']) addEventListener(gesture, wake, { once: true, capture: true });
		document.addEventListener('visibilitychange', () => this.#calm());
	}

	get sound() {
		return this.#store.get('sound') !== false;
	}

	/** @param {boolean} on */
	setSound(on) {
		this.#store.set('sound', on);
		if (on) this.play('message');
	}

	/** @returns {'granted' | 'denied' | 'default'} */
	get desktop() {
		return 'Notification' in window ? Notification.permission : 'denied';
	}

	/** Only from a click: browsers ignore anything else. */
	async askDesktop() {
		await Notification.requestPermission().catch(() => {});
	}

	#wake() {
		try {
			this.#audio ??= new AudioContext();
		} catch { /* no sound device */ }
	}

	/** @param {'offer' | 'message'} kind */
	play(kind) {
		const audio = this.#audio;
		if (!audio || !this.sound) return;
		audio.resume().catch(() => {});
		const notes = kind === 'offer' ? [[659, 0], [880, 0.16], [1047, 0.32]] : [[740, 0]];
		for (const [pitch, after] of notes) tone(audio, pitch, audio.currentTime + after);
	}

	/** @param {number} count what waits for a look @param {string} title */
	show(count, title) {
		this.#count = count;
		this.#title = title;
		document.title = count ? `(${count}) ${title}` : title;
	}

	/**
	 * @param {'offer' | 'message'} kind @param {string} headline
	 * @param {{about?: string, words?: string, act?: () => void}} [more] `about`: a later one about the same takes its place; `act`: a click leads there
	 */
	call(kind, headline, { about = '', words = '', act } = {}) {
		this.play(kind);
		if (document.visibilityState === 'visible' && document.hasFocus()) return;
		this.#flashTitle(headline);
		if (this.desktop !== 'granted') return;
		try {
			const shown = new Notification(headline, { tag: `${kind}:${about}`, body: words });
			shown.onclick = () => { focus(); shown.close(); act?.(); };
		} catch { /* some systems let only service workers notify */ }
	}

	/** @param {string} headline */
	#flashTitle(headline) {
		clearInterval(this.#flash);
		let on = true;
		document.title = headline;
		this.#flash = setInterval(() => {
			if (document.hasFocus()) return this.#calm();
			on = !on;
			document.title = on ? headline : `(${this.#count}) ${this.#title}`;
		}, FLASH_MS);
	}

	#calm() {
		if (document.visibilityState !== 'visible') return;
		clearInterval(this.#flash);
		this.show(this.#count, this.#title);
	}
}
