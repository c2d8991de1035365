// SPDX-License-Identifier: ISC
export default {
	results: 'Results today',
	'results.failed': 'The results cannot be loaded right now.',
	'results.none': 'No chat with an operator has ended today.',
	'results.chats.one': '{n} chat',
	'results.chats.other': '{n} chats',
	'results.unfiled': 'Without a result',
	'results.own_words': 'In the operator’s own words',
	'results.more': 'Other results',
	'results.required': 'A result is asked for here',
};
