-- SPDX-License-Identifier: ISC
-- Channels: SMS, Messenger, and a generic one. Their chats are chats like any other; what is here is how they come and go.
set local role switchboard_owner;

insert into chat.setting (name, value, kind, low, high, description) values
	('webhook_tolerance_s', '300',  'int', 1, 86400, 'Seconds that the time in a signature of a generic channel''s webhook may be off the database''s clock'),
	('channel_seen_days',   '30',   'int', 1, 3650,  'Days for which the ids of messages that came by a channel are kept: a message that comes again within them is not stored again'),
	('sms_stop_words',  'STOP STOPALL UNSUBSCRIBE CANCEL END QUIT REVOKE OPTOUT STOPP ABMELDEN ARRET ARRÊT BAJA ALTO إيقاف', 'text', null, null,
		'Words, separated by spaces, by which somebody who writes an SMS is sent nothing any more; they count when they are the whole message'),
	('sms_start_words', 'START UNSTOP', 'text', null, null, 'Words by which somebody who was sent nothing any more is sent messages again'),
	('sms_help_words',  'HELP INFO HILFE AIDE AYUDA مساعدة', 'text', null, null, 'Words that are answered with the text channel_help');

create table chat.channel_account (
	account        chat.key primary key,
	channel        text not null constraint channel_sms_messenger_or_generic check (channel in ('sms', 'messenger', 'generic')),
	widget         chat.key not null references chat.widget on update cascade,
	own_address    text constraint own_address_up_to_200 check (char_length(own_address) between 1 and 200 and own_address !~ '[\x01-\x20\x7f]'),
	user_name      text constraint user_name_up_to_200 check (char_length(user_name) between 1 and 200 and user_name ~ '^[\x21-\x7e]+$'),
	api_url        text constraint api_url_is_http check (char_length(api_url) <= 500 and api_url ~ '^https?://[^\s/?#@]+(/[^\s?#]*)?$'),
	allowed_hosts  text[] not null default '{}' constraint up_to_20_allowed_hosts check (cardinality(allowed_hosts) <= 20),
	plain_http     boolean not null default false,
	locale         chat.locale,
	idle_release_s int not null default 600 constraint idle_release_up_to_1_day check (idle_release_s between 0 and 86400),
	idle_end_s     int not null default 604800 constraint idle_end_up_to_90_days check (idle_end_s between 0 and 7776000),
	reopen_s       int not null default 259200 constraint reopen_up_to_90_days check (reopen_s between 0 and 7776000),
	ask_rating     boolean not null default true,
	rating_s       int not null default 86400 constraint rating_up_to_30_days check (rating_s between 60 and 2592000),
	active         boolean not null default true,
	constraint sms_has_a_user_name_and_an_own_address check (channel <> 'sms' or (user_name is not null and own_address is not null)),
	constraint generic_has_an_api_url check (channel <> 'generic' or api_url is not null),
	constraint plain_http_is_allowed_where_it_is_used check (api_url is null or api_url like 'https:%' or plain_http)
);
comment on table chat.channel_account is 'A number, a page or a bridge by which customers write to us. Its webhook is channels/<channel>/<account> of the API';
comment on column chat.channel_account.widget is 'Whose site, bot and queues its chats have';
comment on column chat.channel_account.own_address is 'Our number (+…) or messaging service (MG…) at Twilio; the id of the page: webhooks of other pages are left alone; generic: free';
comment on column chat.channel_account.user_name is 'sms: the account SID (AC…)';
comment on column chat.channel_account.api_url is 'Where what we send goes to; NULL: https://api.twilio.com, https://graph.facebook.com/v21.0. generic: the bridge''s own webhook';
comment on column chat.channel_account.allowed_hosts is 'Hosts that may be asked, lower case; none: any that is public';
comment on column chat.channel_account.plain_http is 'http:// is good enough: a bridge on the same machine';
comment on column chat.channel_account.locale is 'The language of its customers where they do not say; NULL: that of the widget';
comment on column chat.channel_account.idle_release_s is 'Seconds of the customer''s silence after which a chat takes no place of its operator''s any more; 0: as its queue says';
comment on column chat.channel_account.idle_end_s is 'Seconds without a word of anybody after which a chat with a bot or an operator is closed; 0: never. One that waits in a queue is never';
comment on column chat.channel_account.reopen_s is 'Who writes again within so many seconds after the end comes back to the same queue, without the bot, and its operator is asked first';
comment on column chat.channel_account.ask_rating is 'Ask for a number from 1 to 5 when a conversation with an operator is over';
comment on column chat.channel_account.rating_s is 'Seconds for which such a number is taken for the answer';

-- The key allows two of a kind, so that one can take over from the other.
create table chat.channel_secret (
	account      chat.key not null references chat.channel_account on update cascade on delete cascade,
	kind         text not null constraint kind_secret_token_or_verify check (kind in ('secret', 'token', 'verify')),
	slot         int not null constraint slot_1_or_2 check (slot in (1, 2)),
	secret       text not null constraint secret_of_8_to_1000_characters check (char_length(secret) between 8 and 1000 and secret ~ '^[\x21-\x7e]+$'),
	created_at   timestamptz not null default now(),
	created_by   text not null default session_user,
	last_used_at timestamptz,
	primary key (account, kind, slot)
) with (fillfactor = 50);
comment on table chat.channel_secret is 'What an account shares with its provider; stored and retired by switchboard channel secret. No role but the owner reads the secret itself';
comment on column chat.channel_secret.kind is
	'secret: signs what comes in (Twilio: the auth token; generic: also what goes out). token: Messenger''s page access token. verify: Messenger''s verify token';
comment on column chat.channel_secret.slot is 'Two may hold at once, while one takes over from the other; the newer one is used for what leaves';
comment on column chat.channel_secret.last_used_at is 'When a webhook signed with it was last accepted, to the hour';

create table chat.channel_state (
	account     chat.key primary key references chat.channel_account on update cascade on delete cascade,
	webhook_url text not null,
	last_in_at  timestamptz not null
) with (fillfactor = 50);
comment on table chat.channel_state is 'What was last heard of the provider of an account';
comment on column chat.channel_state.webhook_url is 'Where its webhooks reach us; Twilio is asked to tell there what became of a message';
comment on column chat.channel_state.last_in_at is 'When a signed webhook last came, to the minute';

create table chat.channel_chat (
	chat         uuid primary key references chat.chat on delete cascade,
	account      chat.key not null references chat.channel_account on update cascade,
	address      text not null constraint address_of_1_to_150 check (char_length(address) between 1 and 150),
	began_at     timestamptz not null,
	last_in_at   timestamptz not null,
	sent_at      timestamptz,
	choices      jsonb,
	rating_until timestamptz,
	idle_end_at  timestamptz
) with (fillfactor = 80);
create index channel_chat_of_address on chat.channel_chat (account, address, began_at);
create index channel_chat_idle_end_at on chat.channel_chat (idle_end_at) where idle_end_at is not null;
comment on table chat.channel_chat is 'The chats that came by a channel, and who is at the other end';
comment on column chat.channel_chat.address is 'The customer''s number, Messenger id, or what a bridge calls him';
comment on column chat.channel_chat.last_in_at is 'When the customer''s last message came; Messenger takes answers for 24 hours from then';
comment on column chat.channel_chat.sent_at is 'The latest time that the provider gave for a message of the customer; one with an earlier time came late';
comment on column chat.channel_chat.choices is 'The buttons that the customer was shown last: by SMS he answers with their number';
comment on column chat.channel_chat.rating_until is 'Until then a number from 1 to 5 is taken for a rating';
comment on column chat.channel_chat.idle_end_at is 'When to look whether nobody has written for idle_end_s';

create table chat.channel_received (
	account chat.key not null references chat.channel_account on update cascade on delete cascade,
	id      text not null constraint id_of_1_to_200 check (char_length(id) between 1 and 200),
	at      timestamptz not null,
	outcome text not null constraint known_outcome check (outcome in ('stored', 'rated', 'stopped', 'started', 'helped', 'silenced', 'blocked', 'full')),
	chat    uuid references chat.chat on delete set null,
	primary key (account, id)
);
create index channel_received_at on chat.channel_received (at);
create index channel_received_of_chat on chat.channel_received (chat) where chat is not null;
comment on table chat.channel_received is 'The messages that came by a channel, by the provider''s id: each is taken once';
comment on column chat.channel_received.id is 'MessageSid, mid, or the id that a bridge gave it';
comment on column chat.channel_received.outcome is
	'stored, rated (a number from 1 to 5 after the end), stopped, started, helped (STOP, START, HELP), silenced (from somebody who said STOP), blocked, full (the queue was)';

create table chat.channel_sent (
	item    uuid primary key,
	chat    uuid not null references chat.chat on delete cascade,
	seq     bigint not null,
	part    int not null,
	account chat.key not null references chat.channel_account on update cascade,
	state   text not null default 'queued' constraint known_delivery_state check (state in ('queued', 'sent', 'delivered', 'read', 'failed')),
	id      text constraint id_of_1_to_200 check (char_length(id) between 1 and 200),
	error   text constraint error_up_to_300 check (char_length(error) <= 300),
	at      timestamptz not null,
	unique (chat, seq, part)
) with (fillfactor = 70);
create index channel_sent_id on chat.channel_sent (account, id) where id is not null;
comment on table chat.channel_sent is 'What was sent by a channel, part by part of each message, and what became of it';
comment on column chat.channel_sent.item is 'Its item of chat.outbox';
comment on column chat.channel_sent.state is 'queued, sent (the provider took it), delivered, read (Messenger), failed (error says why)';
comment on column chat.channel_sent.id is 'The provider''s id of it';
comment on column chat.channel_sent.error is 'The provider''s code or our word: window (24 hours were over), opted_out, full';
comment on column chat.channel_sent.at is 'When it came into this state';

create table chat.channel_stop (
	account      chat.key not null references chat.channel_account on update cascade on delete cascade,
	address_hash bytea not null constraint address_hash_is_sha256 check (octet_length(address_hash) = 32),
	at           timestamptz not null,
	primary key (account, address_hash)
);
comment on table chat.channel_stop is 'Who said STOP, as the SHA-256 of account, a space and address: it must be kept when everything else of him is erased';

-- Whoever writes an event holds this row: whether there is somebody to send it to costs no further look.
alter table chat.chat_counter add column by_channel boolean not null default false;
comment on column chat.chat_counter.by_channel is 'The chat came by a channel: what its customer should see is sent';

insert into chat.text (name, locale, text) values
	('channel_waiting', 'en', 'Thank you, we have your message. Somebody will answer you here.'),
	('channel_waiting', 'de', 'Danke, Ihre Nachricht ist da. Sie bekommen die Antwort hier.'),
	('channel_waiting', 'fr', 'Merci, nous avons reçu votre message. Vous recevrez la réponse ici.'),
	('channel_waiting', 'es', 'Gracias, hemos recibido su mensaje. Le responderemos aquí.'),
	('channel_waiting', 'ar', 'شكرًا، وصلتنا رسالتك. سنرد عليك هنا.'),
	('channel_closed', 'en', 'Thank you, we have your message. Nobody is there right now; you will get the answer here when we are back.'),
	('channel_closed', 'de', 'Danke, Ihre Nachricht ist da. Gerade ist niemand hier; Sie bekommen die Antwort, sobald wir zurück sind.'),
	('channel_closed', 'fr', 'Merci, nous avons reçu votre message. Il n’y a personne pour le moment ; vous recevrez la réponse ici dès notre retour.'),
	('channel_closed', 'es', 'Gracias, hemos recibido su mensaje. Ahora no hay nadie; le responderemos aquí en cuanto volvamos.'),
	('channel_closed', 'ar', 'شكرًا، وصلتنا رسالتك. لا يوجد أحد الآن، وسنرد عليك هنا عند عودتنا.'),
	('channel_full', 'en', 'Too many people are waiting right now. Please write again in a few minutes.'),
	('channel_full', 'de', 'Gerade warten zu viele. Bitte schreiben Sie in einigen Minuten noch einmal.'),
	('channel_full', 'fr', 'Trop de personnes attendent en ce moment. Écrivez-nous de nouveau dans quelques minutes.'),
	('channel_full', 'es', 'Hay demasiadas personas esperando. Escríbanos de nuevo en unos minutos.'),
	('channel_full', 'ar', 'ينتظر عدد كبير الآن. يرجى الكتابة مرة أخرى بعد بضع دقائق.'),
	('channel_ended', 'en', 'This conversation is closed. Write again whenever you need us.'),
	('channel_ended', 'de', 'Dieses Gespräch ist beendet. Schreiben Sie wieder, wann immer Sie uns brauchen.'),
	('channel_ended', 'fr', 'Cette conversation est terminée. Écrivez-nous de nouveau quand vous voulez.'),
	('channel_ended', 'es', 'Esta conversación ha terminado. Escríbanos de nuevo cuando nos necesite.'),
	('channel_ended', 'ar', 'انتهت هذه المحادثة. اكتب لنا مجددًا متى احتجت إلينا.'),
	('channel_rating', 'en', 'How was it? Please answer with a number from 1 (poor) to 5 (very good).'),
	('channel_rating', 'de', 'Wie war es? Bitte antworten Sie mit einer Zahl von 1 (schlecht) bis 5 (sehr gut).'),
	('channel_rating', 'fr', 'Comment cela s’est-il passé ? Répondez par un chiffre de 1 (mauvais) à 5 (très bien).'),
	('channel_rating', 'es', '¿Qué tal ha ido? Responda con un número del 1 (mal) al 5 (muy bien).'),
	('channel_rating', 'ar', 'كيف كانت الخدمة؟ يرجى الرد برقم من 1 (سيئة) إلى 5 (ممتازة).'),
	('channel_rated', 'en', 'Thank you for your rating.'),
	('channel_rated', 'de', 'Danke für Ihre Bewertung.'),
	('channel_rated', 'fr', 'Merci pour votre évaluation.'),
	('channel_rated', 'es', 'Gracias por su valoración.'),
	('channel_rated', 'ar', 'شكرًا لتقييمك.'),
	('channel_help', 'en', '{name}: write to us here and somebody will answer. Answer STOP to receive no more messages.'),
	('channel_help', 'de', '{name}: Schreiben Sie uns hier, wir antworten Ihnen. Antworten Sie STOP, um keine Nachrichten mehr zu bekommen.'),
	('channel_help', 'fr', '{name} : écrivez-nous ici, nous vous répondrons. Répondez STOP pour ne plus recevoir de messages.'),
	('channel_help', 'es', '{name}: escríbanos aquí y le responderemos. Responda STOP para no recibir más mensajes.'),
	('channel_help', 'ar', '{name}: اكتب لنا هنا وسنرد عليك. أرسل STOP لإيقاف الرسائل.'),
	('channel_start', 'en', '{name}: you will receive our messages again.'),
	('channel_start', 'de', '{name}: Sie bekommen unsere Nachrichten wieder.'),
	('channel_start', 'fr', '{name} : vous recevrez de nouveau nos messages.'),
	('channel_start', 'es', '{name}: volverá a recibir nuestros mensajes.'),
	('channel_start', 'ar', '{name}: ستصلك رسائلنا من جديد.');

comment on column chat.channel_account.account is 'Its key, in the URL of its webhook';
comment on column chat.channel_account.channel is 'sms (Twilio), messenger (Meta), generic (a bridge that speaks our own form)';
comment on column chat.channel_account.active is 'false: its webhook is answered 404, and nothing is sent';
comment on column chat.channel_secret.secret is 'The secret itself';
comment on column chat.channel_secret.created_at is 'When it was stored; the later of two is the newer one';
comment on column chat.channel_secret.created_by is 'The database user who stored it';
comment on column chat.channel_chat.began_at is 'When the chat was opened; the last one of a customer is the one that counts';
comment on column chat.channel_received.at is 'When it came first';
comment on column chat.channel_sent.seq is 'The event it tells of';
comment on column chat.channel_sent.part is 'From 1: a long text is sent in parts';
comment on column chat.channel_stop.address_hash is 'SHA-256 of account, a space and address';
comment on column chat.channel_stop.at is 'When he said so';

grant select, insert, update, delete on chat.channel_account to switchboard_dba;
grant select (account, kind, slot, created_at, created_by, last_used_at), delete on chat.channel_secret to switchboard_dba;
grant select on chat.channel_state, chat.channel_received to switchboard_dba;
grant select (chat, account, began_at, last_in_at, sent_at, rating_until, idle_end_at) on chat.channel_chat to switchboard_dba;
grant select (item, chat, seq, part, account, state, id, error, at) on chat.channel_sent to switchboard_dba;
