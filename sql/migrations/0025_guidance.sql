-- SPDX-License-Identifier: ISC
-- Guidance for operators: phrases, dialogs, dispositions, and how far each chat has come. What may be proposed is judged in sql/api/62_guidance.sql.
set local role switchboard_owner;

-- ---- phrases --------------------------------------------------------------------------------------------------------
create table chat.phrase (
	phrase   chat.key primary key,
	queue    chat.key references chat.queue on update cascade on delete cascade,
	shortcut chat.key,
	active   boolean not null default true
);
create index on chat.phrase (queue);
comment on table chat.phrase is 'Something that operators say often. Its words, by language, stand in phrase_text';
comment on column chat.phrase.phrase is 'Its key';
comment on column chat.phrase.queue is 'For chats of this queue; NULL: for chats of every queue';
comment on column chat.phrase.shortcut is 'What is typed behind / in the console; NULL: its key';
comment on column chat.phrase.active is 'false: proposed to nobody';

create table chat.phrase_text (
	phrase chat.key not null references chat.phrase on update cascade on delete cascade,
	locale chat.locale not null,
	title  chat.label not null,
	text   text not null constraint text_of_1_to_4000 check (char_length(text) between 1 and 4000),
	asked  text not null default '' constraint asked_up_to_2000 check (char_length(asked) <= 2000),
	primary key (phrase, locale)
);
comment on table chat.phrase_text is 'A phrase in one language';
comment on column chat.phrase_text.locale is 'The language';
comment on column chat.phrase_text.title is 'What operators call it';
comment on column chat.phrase_text.text is 'The words, with placeholders: {customer} {operator} {queue} {site} {answer.NAME} {context.NAME}; {customer|there} says there where no name is known';
comment on column chat.phrase_text.asked is 'How customers ask for it, in their words: questions, keywords. The more of it, the better it is proposed';

create table chat.phrase_use (
	phrase chat.key not null references chat.phrase on update cascade on delete cascade,
	day    date not null,
	queue  chat.key not null references chat.queue on update cascade on delete cascade,
	uses   int not null constraint uses_from_1 check (uses > 0),
	primary key (phrase, day, queue)
);
create index on chat.phrase_use (queue);
comment on table chat.phrase_use is 'How often a phrase was sent: by day (UTC) and queue of the chat';
comment on column chat.phrase_use.day is 'The day';
comment on column chat.phrase_use.uses is 'How often';

-- ---- dialogs --------------------------------------------------------------------------------------------------------
create table chat.dialog (
	dialog   chat.key primary key,
	queue    chat.key references chat.queue on update cascade on delete cascade,
	position int not null default 1,
	active   boolean not null default true
);
create index on chat.dialog (queue);
comment on table chat.dialog is 'A guided conversation: steps in an order, with the words to say. Its title, by language, stands in dialog_text';
comment on column chat.dialog.dialog is 'Its key';
comment on column chat.dialog.queue is 'For chats of this queue; NULL: for chats of every queue';
comment on column chat.dialog.position is 'The lowest is the one a chat begins with; those of its own queue go before those of every queue';
comment on column chat.dialog.active is 'false: shown to nobody';

create table chat.dialog_text (
	dialog chat.key not null references chat.dialog on update cascade on delete cascade,
	locale chat.locale not null,
	title  chat.label not null,
	primary key (dialog, locale)
);
comment on table chat.dialog_text is 'A dialog''s title in one language';
comment on column chat.dialog_text.locale is 'The language';
comment on column chat.dialog_text.title is 'What operators call it';

create table chat.dialog_step (
	dialog   chat.key not null references chat.dialog on update cascade on delete cascade,
	step     chat.key not null,
	position int not null default 1,
	primary key (dialog, step)
);
comment on table chat.dialog_step is 'A step of a dialog. Its words, by language, stand in dialog_step_text, what is to be ticked off in dialog_item, what comes next in dialog_action';
comment on column chat.dialog_step.step is 'Its key in the dialog';
comment on column chat.dialog_step.position is 'Its place: the lowest is the first';

create table chat.dialog_step_text (
	dialog chat.key not null,
	step   chat.key not null,
	locale chat.locale not null,
	title  chat.label not null,
	say    text not null default '' constraint say_up_to_4000 check (char_length(say) <= 4000),
	tip    text not null default '' constraint tip_up_to_2000 check (char_length(tip) <= 2000),
	primary key (dialog, step, locale),
	foreign key (dialog, step) references chat.dialog_step on update cascade on delete cascade
);
comment on table chat.dialog_step_text is 'A step in one language: operators read title and tip in theirs, and say what is to be said in the customer''s';
comment on column chat.dialog_step_text.locale is 'The language';
comment on column chat.dialog_step_text.title is 'What the step is called';
comment on column chat.dialog_step_text.say is 'The words to say, with placeholders as in phrase_text.text; empty: none';
comment on column chat.dialog_step_text.tip is 'Advice that only operators see; empty: none';

create table chat.dialog_item (
	dialog   chat.key not null,
	step     chat.key not null,
	item     chat.key not null,
	position int not null default 1,
	primary key (dialog, step, item),
	foreign key (dialog, step) references chat.dialog_step on update cascade on delete cascade
);
comment on table chat.dialog_item is 'Something to be ticked off in a step';
comment on column chat.dialog_item.item is 'Its key in the step';
comment on column chat.dialog_item.position is 'Its place in the list';

create table chat.dialog_item_text (
	dialog chat.key not null,
	step   chat.key not null,
	item   chat.key not null,
	locale chat.locale not null,
	text   text not null constraint text_of_1_to_200 check (char_length(text) between 1 and 200),
	primary key (dialog, step, item, locale),
	foreign key (dialog, step, item) references chat.dialog_item on update cascade on delete cascade
);
comment on table chat.dialog_item_text is 'What is to be ticked off, in one language';
comment on column chat.dialog_item_text.locale is 'The language';
comment on column chat.dialog_item_text.text is 'The words';

-- ---- dispositions ---------------------------------------------------------------------------------------------------
create table chat.disposition_code (
	disposition chat.key primary key,
	queue       chat.key references chat.queue on update cascade on delete cascade,
	parent      chat.key references chat.disposition_code on update cascade constraint parent_is_another check (parent <> disposition),
	position    int not null default 1,
	active      boolean not null default true
);
create index on chat.disposition_code (queue);
create index on chat.disposition_code (parent);
comment on table chat.disposition_code is 'What a chat can be filed under when it is over, two levels deep. A queue for which there is none takes the operator''s own words';
comment on column chat.disposition_code.disposition is 'Its key, by which reports count';
comment on column chat.disposition_code.queue is 'For chats of this queue; NULL: for chats of every queue';
comment on column chat.disposition_code.parent is 'The heading it stands under, which is none itself; a heading cannot be chosen';
comment on column chat.disposition_code.position is 'Its place in the list';
comment on column chat.disposition_code.active is 'false: can no longer be chosen; what was filed under it stays so';

create table chat.disposition_text (
	disposition chat.key not null references chat.disposition_code on update cascade on delete cascade,
	locale      chat.locale not null,
	label       chat.label not null,
	primary key (disposition, locale)
);
comment on table chat.disposition_text is 'A disposition''s label in one language';
comment on column chat.disposition_text.locale is 'The language';
comment on column chat.disposition_text.label is 'The words';

alter table chat.queue add column disposition_required boolean not null default false;
comment on column chat.queue.disposition_required is 'true: a chat cannot be filed without a disposition';
alter table chat.chat add column filed_under chat.key references chat.disposition_code on update cascade;
create index on chat.chat (filed_under) where filed_under is not null;
comment on column chat.chat.filed_under is 'The disposition it was filed under; of queues without dispositions the words stand in disposition';
grant select (filed_under) on chat.chat to switchboard_dba, switchboard_report;

-- ---- what comes next ------------------------------------------------------------------------------------------------
create table chat.dialog_action (
	dialog      chat.key not null,
	step        chat.key not null,
	position    int not null default 1,
	kind        text not null constraint known_kind check (kind in ('ask', 'step', 'transfer', 'wrap_up')),
	phrase      chat.key references chat.phrase on update cascade on delete cascade,
	next_step   chat.key,
	queue       chat.key references chat.queue on update cascade on delete cascade,
	disposition chat.key references chat.disposition_code on update cascade on delete cascade,
	primary key (dialog, step, position),
	foreign key (dialog, step) references chat.dialog_step on update cascade on delete cascade,
	foreign key (dialog, next_step) references chat.dialog_step (dialog, step) on update cascade on delete cascade,
	constraint what_the_kind_needs_and_nothing_else check (case kind
		when 'ask' then phrase is not null and num_nonnulls(next_step, queue, disposition) = 0
		when 'step' then next_step is not null and num_nonnulls(phrase, queue, disposition) = 0
		when 'transfer' then num_nonnulls(phrase, next_step, disposition) = 0
		else num_nonnulls(phrase, next_step, queue) = 0 end)
);
create index on chat.dialog_action (phrase);
create index on chat.dialog_action (dialog, next_step);
create index on chat.dialog_action (queue);
create index on chat.dialog_action (disposition);
comment on table chat.dialog_action is 'What a step suggests to do next';
comment on column chat.dialog_action.position is 'Its place in the step';
comment on column chat.dialog_action.kind is 'ask: say a phrase. step: go on at another step than the next. transfer: pass the chat on. wrap_up: end and file it';
comment on column chat.dialog_action.phrase is 'ask: which';
comment on column chat.dialog_action.next_step is 'step: which';
comment on column chat.dialog_action.queue is 'transfer: to which queue; NULL: the operator chooses';
comment on column chat.dialog_action.disposition is 'wrap_up: what it is filed under; NULL: the operator chooses';

-- ---- how far a chat has come: keys only, so that no open change of the configuration holds an operator up ---------------
create table chat.chat_dialog (
	chat     uuid primary key references chat.chat on delete cascade,
	dialog   chat.key not null,
	step     chat.key not null,
	operator chat.key references chat.operator on update cascade on delete set null,
	at       timestamptz not null
);
create index on chat.chat_dialog (operator);
comment on table chat.chat_dialog is 'Where a chat stands in a dialog; no row: at the first step of its first one';
comment on column chat.chat_dialog.dialog is 'The dialog; one that is gone counts as none';
comment on column chat.chat_dialog.step is 'The step; one that is gone counts as the first';
comment on column chat.chat_dialog.at is 'Since when';

create table chat.chat_dialog_item (
	chat     uuid not null references chat.chat on delete cascade,
	dialog   chat.key not null,
	step     chat.key not null,
	item     chat.key not null,
	operator chat.key references chat.operator on update cascade on delete set null,
	at       timestamptz not null,
	primary key (chat, dialog, step, item)
);
create index on chat.chat_dialog_item (operator);
comment on table chat.chat_dialog_item is 'What has been ticked off in a chat';
comment on column chat.chat_dialog_item.dialog is 'The dialog';
comment on column chat.chat_dialog_item.step is 'The step';
comment on column chat.chat_dialog_item.item is 'What was ticked off';
comment on column chat.chat_dialog_item.at is 'When';

-- ---- the index by which phrases are found; made from phrase_text by its triggers, and anew at each deploy ------------------
create table internal.phrase_word (
	locale chat.locale not null,
	word   text collate "C" not null,
	phrase chat.key not null,
	weight real not null,
	primary key (locale, word, phrase),
	foreign key (phrase, locale) references chat.phrase_text (phrase, locale) on update cascade on delete cascade
);
create index on internal.phrase_word (phrase, locale);
comment on table internal.phrase_word is 'Which words (stems) a phrase is found by, and how much each tells of it';

create table internal.phrase_vocabulary (
	locale   chat.locale not null,
	word     text collate "C" not null,
	trigrams text[] not null,
	primary key (locale, word)
);
comment on table internal.phrase_vocabulary is 'Every word that some phrase was ever found by: what a word that none knows may have been meant for';

grant select, insert, update, delete on chat.phrase, chat.phrase_text, chat.dialog, chat.dialog_text, chat.dialog_step, chat.dialog_step_text, chat.dialog_item, chat.dialog_item_text,
	chat.dialog_action, chat.disposition_code, chat.disposition_text to switchboard_dba;
grant select on chat.phrase_use, chat.chat_dialog, chat.chat_dialog_item to switchboard_dba;
grant select on chat.phrase, chat.phrase_text, chat.phrase_use, chat.dialog, chat.dialog_text, chat.dialog_step, chat.disposition_code, chat.disposition_text to switchboard_report;
