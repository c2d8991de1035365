// SPDX-License-Identifier: ISC

/**
 * @typedef {object} ChatView
 * @property {ChatState} state
 * @property {string} queue label of the queue that was chosen
 * @property {string} operator name of who talks to the customer now
 * @property {'' | 'customer' | 'operator' | 'system'} endedBy
 * @property {string} endReason
 * @property {number | null} rating
 * @property {string} bot name of the bot
 * @property {string} openQuestion seq of the bot message whose choices can still be picked, '' if none
 */

/** What a chat's events say about it; the same for everybody who reads them. @param {ChatEvent[]} events @returns {ChatView} */
export function readChat(events) {
	/** @type {ChatView} */
	const view = { state: 'bot', queue: '', operator: '', endedBy: '', endReason: '', rating: null, bot: '', openQuestion: '' };
	for (const event of events) step(view, event);
	return view;
}

/** @param {ChatView} view @param {ChatEvent} event */
function step(view, event) {
	switch (event.kind) {
		case 'bot_message':
			view.bot = event.author?.name || view.bot;
			if (view.state === 'active') view.state = 'bot'; // an operator has given it back, or ended his part
			view.openQuestion = event.data?.choices?.length ? String(event.seq) : view.openQuestion;
			break;
		case 'message':
			if (event.author?.kind === 'customer') view.openQuestion = '';
			break;
		case 'queued':
		case 'requeued':
			Object.assign(view, { state: 'queued', operator: '', openQuestion: '', queue: event.data?.label ?? event.data?.queue ?? view.queue });
			break;
		case 'joined':
			Object.assign(view, { state: 'active', operator: event.author?.name ?? '', openQuestion: '' });
			break;
		case 'left':
			view.operator = '';
			break;
		case 'ended':
			Object.assign(view, { state: 'ended', openQuestion: '', endedBy: event.data?.by ?? 'system', endReason: event.data?.reason ?? '' });
			break;
		case 'rated':
			view.rating = event.data?.score ?? view.rating;
			break;
		default:
			break;
	}
}
