// SPDX-License-Identifier: ISC
export default {
	results: 'Ergebnisse heute',
	'results.failed': 'Die Ergebnisse lassen sich gerade nicht laden.',
	'results.none': 'Heute ist noch kein betreuter Chat zu Ende gegangen.',
	'results.chats.one': '{n} Chat',
	'results.chats.other': '{n} Chats',
	'results.unfiled': 'Ohne Ergebnis',
	'results.own_words': 'In eigenen Worten',
	'results.more': 'Andere Ergebnisse',
	'results.required': 'Hier ist ein Ergebnis Pflicht',
};
