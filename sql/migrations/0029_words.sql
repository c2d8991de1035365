-- SPDX-License-Identifier: ISC
-- The first word by a channel is answered, unless it is a greeting.
set local role switchboard_owner;

insert into chat.setting (name, value, kind, low, high, description) values
	('greeting_words', 'HELLO HI HEY GOOD MORNING AFTERNOON EVENING DAY THERE HALLO GUTEN TAG MORGEN ABEND MOIN SERVUS GRÜSS GOTT BONJOUR SALUT BONSOIR COUCOU HOLA BUENAS BUENOS DÍAS DIAS TARDES'
		' NOCHES QUÉ QUE TAL مرحبا أهلا اهلا السلام عليكم صباح مساء الخير START', 'text', null, null,
		'Words of greeting, separated by spaces: a first message by a channel that has no others is greeted by the bot; one that says more is answered, too');
