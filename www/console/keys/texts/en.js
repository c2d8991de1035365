// SPDX-License-Identifier: ISC
export default {
	keys: 'Keyboard shortcuts',
	'keys.desk': 'Everywhere',
	'keys.chat': 'In a chat',
	'keys.writing': 'While you write',
	'keys.accept': 'Accept the offer',
	'keys.waits': 'The chat that waits longest for your answer',
	'keys.other': 'Previous or next chat',
	'keys.suggestion': 'Write a suggested answer',
	'keys.say': 'Write the words of the step',
	'keys.mode': 'Message or internal note',
	'keys.line': 'New line',
	'keys.phrase': 'Look for a phrase',
	'keys.leave': 'Close what is open',
};
