// SPDX-License-Identifier: ISC
// What the page without JavaScript says besides the widget's own texts.
export default {
	'plain.minutes': '{n} min',
	'plain.updates': 'New messages appear here every few seconds. All times are UTC.',
	'plain.pause': 'Stop updating',
	'plain.paused': 'New messages do not appear at the moment, and we cannot see that you are here.',
	'plain.resume': 'Show new messages',
	'plain.continue': 'Continue',
	'plain.back': 'Back to the chat',
	'plain.code': 'Error {code}: {name}',
	'error.bad': 'Your browser sent something we do not understand. Please go back and try again.',
	'error.cookies': 'This form is too old, or your browser keeps no cookies. Please allow cookies for this page and open it again.',
	'error.forbidden': 'This is not possible here. Please open the chat again from our site.',
	'error.not_found': 'There is nothing here. The address may be wrong, or the chat is gone.',
	'error.method': 'This page cannot be asked for like that. Please go back to the chat.',
	'error.conflict': 'This has been answered already. Please look at the chat before you try again.',
	'error.invalid': 'Something in the form is not right. Please check it and send it again.',
	'error.body': 'Please shorten your message: it can have 4,000 characters.',
	'error.busy': 'That was too much at once. Please wait {n} s and try again.',
	'error.unavailable': 'The chat cannot be reached right now. Please try again in a moment.',
};
