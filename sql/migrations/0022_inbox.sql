-- SPDX-License-Identifier: ISC
-- What customers leave when nobody is there, and the mail by which it is answered.
set local role switchboard_owner;

insert into chat.setting (name, value, kind, low, high, description) values
	('inbox_max',             '10000', 'int', 1, 1000000, 'Notes that may wait in the inbox of one queue; a further one is answered queue_full'),
	('notes_per_address',     '10',    'int', 0, 100000,  'Notes that one address (of IPv6: one /64) may leave in 24 hours; a further one is answered rate_limited; 0 = no limit'),
	('transcripts_per_email', '5',     'int', 0, 1000,    'Transcripts that are mailed to one address in 24 hours; 0 = none'),
	('transcripts_per_chat',  '2',     'int', 0, 100,     'Transcripts of one chat that are mailed; 0 = none'),
	('invitation_s',          '604800', 'int', 60, 7776000, 'Seconds in which a customer may open the chat to which an operator invited him by mail');

-- The strict form: what could end a header or name a second person is no address here.
create domain chat.mail_address as text
	constraint plain_mail_address check (char_length(value) <= 254
		and value ~ '^[A-Za-z0-9.!#$%&''*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$');
comment on domain chat.mail_address is 'An e-mail address as name@example.com, without quotes, comments or letters beyond ASCII';

create table chat.inbox (
	entry            uuid primary key default gen_random_uuid(),
	reference        text not null constraint reference_is_its_own unique,
	request_key_hash bytea constraint note_is_left_once unique constraint request_key_hash_is_sha256 check (octet_length(request_key_hash) = 32),
	request_hash     bytea constraint request_hash_is_sha256 check (octet_length(request_hash) = 32),
	site             chat.key not null references chat.site on update cascade,
	widget           chat.key not null references chat.widget on update cascade,
	queue            chat.key not null references chat.queue on update cascade,
	name             chat.person_name,
	email            chat.email,
	email_verified   boolean not null default false,
	person           text constraint person_of_1_to_200 check (char_length(person) between 1 and 200),
	locale           text not null,
	page_url         chat.url,
	body             text constraint body_of_1_to_4000 check (char_length(body) between 1 and 4000),
	address          inet,
	state            text not null default 'new' constraint state_new_taken_answered_done_or_spam check (state in ('new', 'taken', 'answered', 'done', 'spam')),
	operator         chat.key references chat.operator on update cascade,
	created_at       timestamptz not null,
	taken_at         timestamptz,
	closed_at        timestamptz,
	chat             uuid references chat.chat on delete set null,
	erased_at        timestamptz,
	constraint who_has_it_and_since_when check ((operator is null) = (taken_at is null) and (state <> 'taken' or operator is not null) and (state <> 'new' or operator is null)),
	constraint a_closed_one_says_when check ((state in ('answered', 'done', 'spam')) = (closed_at is not null))
) with (fillfactor = 80);
create index inbox_new on chat.inbox (queue, created_at) where state = 'new';
create index inbox_taken on chat.inbox (operator, created_at) where state = 'taken';
create index inbox_closed on chat.inbox (queue, closed_at) where closed_at is not null;
create index inbox_of_address on chat.inbox ((network(set_masklen(coalesce(address, '::'), case family(coalesce(address, '::')) when 4 then 32 else 64 end))), created_at);
create index inbox_full_address on chat.inbox (created_at) where masklen(address) = case family(address) when 4 then 32 else 128 end;
create index inbox_of_email on chat.inbox (lower(email)) where email is not null;
create index inbox_of_chat on chat.inbox (chat) where chat is not null;
comment on table chat.inbox is 'Notes that customers left when nobody was there: an operator takes one, answers it by mail, or files it';
comment on column chat.inbox.entry is 'Its key';
comment on column chat.inbox.reference is 'What the customer was told, to name it by; opens nothing';
comment on column chat.inbox.request_key_hash is 'SHA-256 of the key that the customer''s browser made: the same again is the same note';
comment on column chat.inbox.request_hash is 'SHA-256 of what was sent';
comment on column chat.inbox.name is 'Of the customer, as typed or as the site says';
comment on column chat.inbox.email is 'Where the answer goes';
comment on column chat.inbox.email_verified is 'The address came in a token signed by the site''s server';
comment on column chat.inbox.person is 'The sub of that token; NULL: nobody vouches for who this is';
comment on column chat.inbox.locale is 'The language of the answer''s frame';
comment on column chat.inbox.page_url is 'Where it was written';
comment on column chat.inbox.body is 'What the customer wrote';
comment on column chat.inbox.address is 'Where it came from';
comment on column chat.inbox.state is 'new, taken (by an operator), answered, done (without an answer), spam';
comment on column chat.inbox.created_at is 'When it was left';
comment on column chat.inbox.taken_at is 'When who has it got it';
comment on column chat.inbox.closed_at is 'When it was answered or filed';
comment on column chat.inbox.chat is 'The chat that came of it';
comment on column chat.inbox.erased_at is 'When everything that told of the customer was taken away';

create table chat.inbox_reply (
	entry       uuid not null references chat.inbox on delete cascade,
	n           int not null constraint n_from_1 check (n >= 1),
	kind        text not null constraint kind_answer_or_invitation check (kind in ('answer', 'invitation')),
	cid         uuid not null,
	operator    chat.key not null references chat.operator on update cascade,
	body        text constraint body_up_to_4000 check (char_length(body) <= 4000),
	at          timestamptz not null,
	item        uuid not null,
	message_id  text,
	state       text not null default 'queued' constraint state_queued_sent_or_failed check (state in ('queued', 'sent', 'failed')),
	finished_at timestamptz,
	error       text constraint error_up_to_300 check (char_length(error) <= 300),
	primary key (entry, n),
	constraint reply_is_sent_once unique (entry, cid),
	constraint a_finished_one_says_when check ((state = 'queued') = (finished_at is null))
);
comment on table chat.inbox_reply is 'What was mailed in answer to a note';
comment on column chat.inbox_reply.n is 'Its place among the answers to the note';
comment on column chat.inbox_reply.kind is 'answer, or invitation: with a link that opens a chat';
comment on column chat.inbox_reply.cid is 'Made by the console: the same again is the same answer';
comment on column chat.inbox_reply.body is 'The operator''s words';
comment on column chat.inbox_reply.at is 'When it was written';
comment on column chat.inbox_reply.item is 'The item of chat.outbox that carries it; its mail has this in its Message-ID';
comment on column chat.inbox_reply.message_id is 'Message-ID of the mail, to which the next one refers';
comment on column chat.inbox_reply.state is 'queued, sent (a mail server took it), failed (given up)';
comment on column chat.inbox_reply.finished_at is 'When it was sent or given up';
comment on column chat.inbox_reply.error is 'Why it was given up';

create table chat.invitation (
	invitation bytea primary key constraint invitation_is_sha256 check (octet_length(invitation) = 32),
	entry      uuid not null references chat.inbox on delete cascade,
	operator   chat.key not null references chat.operator on update cascade,
	made_at    timestamptz not null,
	expires_at timestamptz not null
);
create index on chat.invitation (entry);
create index on chat.invitation (expires_at);
comment on table chat.invitation is 'Links by which customers open the chat to which an operator has invited them, once; no role but the owner reads it';
comment on column chat.invitation.invitation is 'SHA-256 of the code in the link';
comment on column chat.invitation.made_at is 'When it was made';
comment on column chat.invitation.expires_at is 'Until when it may be used';

create table chat.mail_account (
	account      chat.key primary key,
	site         chat.key references chat.site on update cascade on delete cascade,
	url          text not null constraint url_of_an_smtp_server check (url ~ '^smtps?://[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?$'),
	starttls     text not null default 'required' constraint starttls_none_optional_or_required check (starttls in ('none', 'optional', 'required')),
	user_name    text constraint user_name_of_1_to_200 check (char_length(user_name) between 1 and 200 and user_name !~ '[\x01-\x1f\x7f]'),
	from_address chat.mail_address not null,
	from_name    chat.label,
	reply_to     chat.mail_address,
	active       boolean not null default true
);
create unique index one_active_mail_account_a_site on chat.mail_account (coalesce(site::text, '')) where active;
create index on chat.mail_account (site);
comment on table chat.mail_account is 'The mail server by which answers, transcripts and notices leave, and in whose name; its password is set by switchboard mail password';
comment on column chat.mail_account.account is 'Its key';
comment on column chat.mail_account.site is 'Whose mails; NULL: those of every site that has no account of its own';
comment on column chat.mail_account.url is 'smtp://mail.example.com:587, or smtps:// for TLS from the first byte on. Where that has a private address, courier_private_hosts must name it, too';
comment on column chat.mail_account.starttls is 'required: nothing is sent without TLS. optional: with TLS where the server offers it. none: never, for a server on this host';
comment on column chat.mail_account.user_name is 'To log in with; NULL: without';
comment on column chat.mail_account.from_address is 'The sender, also of the envelope: what bounces goes there';
comment on column chat.mail_account.from_name is 'The sender''s name; NULL: that of the site';
comment on column chat.mail_account.reply_to is 'Where answers go; NULL: to from_address';
comment on column chat.mail_account.active is 'false: not used';

create table chat.mail_password (
	account  chat.key primary key references chat.mail_account on update cascade on delete cascade,
	password text not null constraint password_of_1_to_500 check (char_length(password) between 1 and 500 and password !~ '[\x01-\x1f\x7f]'),
	set_at   timestamptz not null default now(),
	set_by   text not null default session_user
);
comment on table chat.mail_password is 'Passwords for mail servers; no role but the owner reads one';
comment on column chat.mail_password.password is 'It';
comment on column chat.mail_password.set_at is 'When it was set';
comment on column chat.mail_password.set_by is 'By which database user';

create table chat.inbox_notice (
	queue   chat.key references chat.queue on update cascade on delete cascade,
	address chat.mail_address not null,
	notice  text generated always as (coalesce(queue::text, '*') || '/' || address) stored primary key
);
create index on chat.inbox_notice (queue);
comment on table chat.inbox_notice is 'Who is told by mail of each new note; the mail says nothing of the customer';
comment on column chat.inbox_notice.queue is 'Notes of this queue; NULL: of every one';
comment on column chat.inbox_notice.address is 'Where the notice goes';
comment on column chat.inbox_notice.notice is 'Its key, made of the two';

create table chat.mailed_transcript (
	chat uuid not null references chat.chat on delete cascade,
	n    int not null constraint n_from_1 check (n >= 1),
	at   timestamptz not null,
	item uuid not null,
	primary key (chat, n)
);
create index on chat.mailed_transcript (at);
comment on table chat.mailed_transcript is 'Transcripts that customers have had mailed to the address of their chat';
comment on column chat.mailed_transcript.n is 'The how manieth of the chat';
comment on column chat.mailed_transcript.at is 'When it was asked for';
comment on column chat.mailed_transcript.item is 'The item of chat.outbox that carries it';

alter table chat.retention_run add column notes bigint not null default 0;
comment on column chat.retention_run.notes is 'Notes of the inbox erased';

grant select, insert, update, delete on chat.mail_account, chat.inbox_notice to switchboard_dba;
grant select (account, set_at, set_by), delete on chat.mail_password to switchboard_dba;
grant select (entry, site, widget, queue, locale, state, operator, created_at, taken_at, closed_at, chat, erased_at) on chat.inbox to switchboard_dba, switchboard_report;
grant select (entry, n, kind, operator, at, item, state, finished_at) on chat.inbox_reply to switchboard_dba, switchboard_report;
grant select on chat.mailed_transcript to switchboard_dba, switchboard_report;
alter table chat.inbox enable row level security;
create policy company on chat.inbox for select to switchboard_dba using (true);
create policy one_site on chat.inbox for select to switchboard_report using (current_setting('app.site', true) in (site, '*'));
alter table chat.inbox_reply enable row level security;
create policy company on chat.inbox_reply for select to switchboard_dba using (true);
create policy one_site on chat.inbox_reply for select to switchboard_report using (exists (select from chat.inbox i where i.entry = inbox_reply.entry));
alter table chat.mailed_transcript enable row level security;
create policy company on chat.mailed_transcript for select to switchboard_dba using (true);
create policy one_site on chat.mailed_transcript for select to switchboard_report using (exists (select from chat.chat c where c.chat = mailed_transcript.chat));

insert into chat.text (name, locale, text) values
	('mail_answer_subject', 'en', 'Your message {reference}'),
	('mail_answer_subject', 'de', 'Ihre Nachricht {reference}'),
	('mail_answer_subject', 'fr', 'Votre message {reference}'),
	('mail_answer_subject', 'es', 'Su mensaje {reference}'),
	('mail_answer_subject', 'ar', 'رسالتك {reference}'),
	('mail_answer_quote', 'en', 'You wrote on {date}:'),
	('mail_answer_quote', 'de', 'Sie schrieben am {date}:'),
	('mail_answer_quote', 'fr', 'Le {date}, vous avez écrit :'),
	('mail_answer_quote', 'es', 'El {date} usted escribió:'),
	('mail_answer_quote', 'ar', 'كتبت في {date}:'),
	('mail_invitation', 'en', 'Go on in a chat: {link}'),
	('mail_invitation', 'de', 'Im Chat weitersprechen: {link}'),
	('mail_invitation', 'fr', 'Poursuivre dans une discussion : {link}'),
	('mail_invitation', 'es', 'Continuar en un chat: {link}'),
	('mail_invitation', 'ar', 'متابعة الحديث في محادثة: {link}'),
	('mail_transcript_subject', 'en', 'Your chat of {date}'),
	('mail_transcript_subject', 'de', 'Ihr Chat vom {date}'),
	('mail_transcript_subject', 'fr', 'Votre discussion du {date}'),
	('mail_transcript_subject', 'es', 'Su chat del {date}'),
	('mail_transcript_subject', 'ar', 'محادثتك بتاريخ {date}'),
	('mail_transcript_intro', 'en', 'Here is what was said, as you asked. All times are UTC.'),
	('mail_transcript_intro', 'de', 'Hier ist, wie gewünscht, was gesagt wurde. Alle Zeiten sind in UTC.'),
	('mail_transcript_intro', 'fr', 'Voici, comme demandé, ce qui a été dit. Les heures sont en UTC.'),
	('mail_transcript_intro', 'es', 'Aquí tiene, como pidió, lo que se dijo. Las horas son UTC.'),
	('mail_transcript_intro', 'ar', 'إليك ما قيل كما طلبت. جميع الأوقات بتوقيت UTC.'),
	('mail_notice_subject', 'en', 'New message {reference}: {queue}'),
	('mail_notice_subject', 'de', 'Neue Nachricht {reference}: {queue}'),
	('mail_notice_subject', 'fr', 'Nouveau message {reference} : {queue}'),
	('mail_notice_subject', 'es', 'Mensaje nuevo {reference}: {queue}'),
	('mail_notice_subject', 'ar', 'رسالة جديدة {reference}: {queue}'),
	('mail_notice', 'en', 'A customer has left a message for {queue}. It is in the inbox of the console.'),
	('mail_notice', 'de', 'Ein Kunde hat eine Nachricht für {queue} hinterlassen. Sie liegt im Posteingang der Konsole.'),
	('mail_notice', 'fr', 'Un client a laissé un message pour {queue}. Il est dans la boîte de réception de la console.'),
	('mail_notice', 'es', 'Un cliente ha dejado un mensaje para {queue}. Está en la bandeja de entrada de la consola.'),
	('mail_notice', 'ar', 'ترك عميل رسالة لـ {queue}. تجدها في صندوق الوارد في وحدة التحكم.');
