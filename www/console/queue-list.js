// SPDX-License-Identifier: ISC
import { LitElement, html, nothing } from 'lit';
import base from '../lib/ui/base.sheet.css';
import styles from './queue-list.sheet.css';
import { reasonText } from './reason.js';

/** The queues an operator takes chats from, those he may not take from with the reason, and how many wait in each. */
export class QueueList extends LitElement {
	static styles = [base, styles];
	static properties = {
		texts: { attribute: false },
		desk: { attribute: false },
		stamp: { attribute: false },
	};

	constructor() {
		super();
		/** @type {import('../lib/i18n.js').Texts} */
		this.texts;
		/** @type {import('./desk.js').Desk} */
		this.desk;
		this.stamp = 0;
	}

	render() {
		const { queues } = this.desk.duty;
		if (!queues.length) return this.desk.loaded ? html`<p class="none">${this.texts.t('queues.none')}</p>` : nothing;
		return html`<ul>${queues.map((queue) => this.row(queue))}</ul>`;
	}

	/** @param {QueueMembership} queue */
	row(queue) {
		const { texts } = this;
		const open = queue.eligible || queue.joined;
		const waiting = queue.waiting ?? 0;
		return html`<li class=${open ? '' : 'closed'}><label>
			<input type="checkbox" role="switch" .checked=${queue.joined} ?disabled=${!open} data-testid="queue-${queue.name}"
				aria-describedby=${queue.eligible ? nothing : `why-${queue.name}`} @change=${(/** @type {Event} */ e) => this.toggle(e, queue)}>
			<span class="text"><span class="name"><bdi>${queue.label}</bdi></span>
				${queue.eligible ? nothing : html`<span class="why" id="why-${queue.name}">${reasonText(queue, texts)}</span>`}</span>
			<span class="waiting ${waiting ? 'some' : ''}">${waiting ? texts.t('queue.waiting', { n: waiting }) : texts.t('queue.empty')}</span>
		</label></li>`;
	}

	/** @param {Event} event @param {QueueMembership} queue */
	toggle(event, queue) {
		const box = /** @type {HTMLInputElement} */ (event.target);
		const wanted = box.checked;
		if (this.desk.duty.joining) box.checked = queue.joined;
		else this.desk.join(queue.name, wanted).then(() => { box.checked = this.desk.duty.queues.some((q) => q.name === queue.name && q.joined); });
	}
}
customElements.define('sb-queue-list', QueueList);
