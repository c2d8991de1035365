-- SPDX-License-Identifier: ISC
-- What a DBA configures: sites and widgets, skills, operators and their ratings, queues and what they ask for, hours, settings, the menu bot.
-- Every key is a word that a person types. Runtime state stands in 0002, so that an open `update chat.operator` blocks nobody.
set local role switchboard_owner;

create domain chat.key as text
	constraint lower_case_word_of_up_to_63 check (value ~ '^[a-z0-9][a-z0-9_.-]{0,62}$');
comment on domain chat.key is 'A natural key: lower-case letters, digits, _ . - ; starts with a letter or digit; up to 63 characters';

create domain chat.label as text
	constraint trimmed_line_of_1_to_100 check (char_length(value) between 1 and 100 and value !~ '^\s|\s$|[\x01-\x1f\x7f]');
comment on domain chat.label is 'One trimmed line that people read, up to 100 characters';

create domain chat.locale as text
	constraint language_tag check (value ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$' and char_length(value) <= 35);
comment on domain chat.locale is 'A language tag such as en, de-AT or zh-Hans';

create table chat.setting (
	setting     chat.key primary key,
	value       text not null,
	kind        text not null constraint kind_int_or_text check (kind in ('int', 'text')),
	low         bigint,
	high        bigint,
	description text not null,
	constraint value_in_the_range_of_the_setting check (case when kind = 'int' then value ~ '^-?[0-9]{1,15}$' and value::bigint between low and high else true end)
);
comment on table chat.setting is 'Company-wide numbers and texts; a change counts from COMMIT on';

insert into chat.setting (setting, value, kind, low, high, description) values
	('max_chats',              '20',    'int', 1, 1000,    'No operator holds more chats and offers than this, whatever his own limit says'),
	('stagger_s',              '5',     'int', 0, 600,     'Seconds between two offers to the same operator'),
	('missed_offer_penalty_s', '15',    'int', 0, 3600,    'Seconds without offers for an operator who let an offer expire'),
	('operator_lease_s',       '30',    'int', 2, 600,     'Seconds an operator counts as live after his last sign of life'),
	('operator_grace_s',       '60',    'int', 0, 3600,    'Seconds after the lease until the chats of a vanished operator are queued again'),
	('customer_gone_s',        '120',   'int', 2, 86400,   'Seconds a vanished customer keeps the place in a queue'),
	('customer_resume_s',      '1800',  'int', 2, 604800,  'Seconds a vanished customer may come back into a running chat before it ends'),
	('relay_lost_s',           '30',    'int', 2, 600,     'Seconds without heartbeat after which a relay counts as dead'),
	('session_idle_s',         '1800',  'int', 60, 86400,  'Seconds without use after which an operator must log in again'),
	('session_max_s',          '43200', 'int', 300, 604800, 'Seconds after which an operator must log in again in any case'),
	('promote_s',              '600',   'int', 0, 86400,   'A waiting chat rises one level each time this many seconds have passed; 0 = never'),
	('bot_misses_max',         '3',     'int', 1, 20,      'Answers in a row that a bot did not understand before it hands over');

create table chat.site (
	site    chat.key primary key,
	name    chat.label not null,
	origins text[] not null default '{}',
	active  boolean not null default true,
	constraint origins_are_scheme_and_host_only check (cardinality(origins) = 0
		or btrim(origins::text, '{}') || ',' ~ '^(https?://[a-z0-9.-]+(:[0-9]{1,5})?,)+$'), -- as text: an odd element would be quoted
	constraint up_to_50_origins check (cardinality(origins) <= 50)
);
comment on table chat.site is 'A web site that embeds a widget';
comment on column chat.site.origins is 'Exact origins (scheme://host[:port], lower case) that may embed the widget and send chat requests';

create table chat.skill (
	skill       chat.key primary key,
	description text not null default ''
);
comment on table chat.skill is 'Something an operator can be good at: a topic, a product, a language';

create table chat.operator (
	operator   chat.key primary key,
	name       chat.label not null,
	role       text not null default 'operator' constraint role_operator_or_supervisor check (role in ('operator', 'supervisor')),
	max_chats  int not null default 3 constraint max_chats_between_1_and_100 check (max_chats between 1 and 100),
	active     boolean not null default true,
	created_at timestamptz not null default now()
);
comment on table chat.operator is 'A customer service representative. Set active to false instead of deleting one that has a history';

create table chat.operator_skill (
	operator   chat.key not null references chat.operator on update cascade on delete cascade,
	skill      chat.key not null references chat.skill on update cascade,
	rating     int not null constraint rating_between_1_and_10 check (rating between 1 and 10),
	valid_from timestamptz,
	valid_to   timestamptz,
	primary key (operator, skill),
	constraint valid_from_before_valid_to check (valid_from < valid_to)
);
create index on chat.operator_skill (skill);
comment on table chat.operator_skill is 'How good an operator is at a skill, 1 to 10; without dates the rating always counts';

create table chat.queue (
	queue            chat.key primary key,
	label            chat.label not null,
	mode             text not null default 'availability' constraint mode_availability_or_skill check (mode in ('availability', 'skill')),
	level            int not null default 1 constraint level_between_0_and_9 check (level between 0 and 9),
	target_s         int not null default 30 constraint target_between_1_s_and_1_day check (target_s between 1 and 86400),
	offer_timeout_s  int not null default 20 constraint offer_timeout_between_1_s_and_10_min check (offer_timeout_s between 1 and 600),
	wrap_up_s        int not null default 0 constraint wrap_up_up_to_1_hour check (wrap_up_s between 0 and 3600),
	max_per_operator int not null default 100 constraint max_per_operator_between_1_and_100 check (max_per_operator between 1 and 100),
	max_length       int not null default 100 constraint max_length_up_to_1000000 check (max_length between 0 and 1000000),
	time_zone        text not null default 'UTC',
	active           boolean not null default true
);
comment on table chat.queue is 'Where chats wait for an operator';
comment on column chat.queue.mode is 'availability: fewest chats, then longest idle. skill: highest sum of ratings over the required skills, then as availability';
comment on column chat.queue.level is '0 is the most urgent; a lower level is always served first';
comment on column chat.queue.max_length is 'Chats that may wait; 0 = no limit; beyond it a chat request is answered queue_full';

create table chat.queue_label (
	queue  chat.key not null references chat.queue on update cascade on delete cascade,
	locale chat.locale not null,
	label  chat.label not null,
	primary key (queue, locale)
);
comment on table chat.queue_label is 'A queue''s label in other languages';

create table chat.queue_skill (
	queue      chat.key not null references chat.queue on update cascade on delete cascade,
	skill      chat.key not null references chat.skill on update cascade,
	required   boolean not null default true,
	min_rating int not null default 1 constraint min_rating_between_1_and_10 check (min_rating between 1 and 10),
	weight     numeric(6, 3) not null default 1 constraint weight_above_0_up_to_100 check (weight > 0 and weight <= 100),
	primary key (queue, skill)
);
create index on chat.queue_skill (skill);
comment on table chat.queue_skill is 'What a queue asks of an operator: required skills with their lowest rating, and desired ones';

create table chat.queue_member (
	queue    chat.key not null references chat.queue on update cascade on delete cascade,
	operator chat.key not null references chat.operator on update cascade on delete cascade,
	primary key (queue, operator)
);
create index on chat.queue_member (operator);
comment on table chat.queue_member is 'Where a queue has members, only they may join it; a queue without members is open to all who have its skills';

create table chat.opening_hours (
	queue   chat.key not null references chat.queue on update cascade on delete cascade,
	weekday int not null constraint weekday_1_monday_to_7_sunday check (weekday between 1 and 7),
	opens   time not null,
	closes  time not null,
	primary key (queue, weekday, opens)
);
comment on table chat.opening_hours is 'Local times in the queue''s time zone; closes at or before opens means the next day. A queue without rows is always open';

create table chat.opening_exception (
	queue  chat.key not null references chat.queue on update cascade on delete cascade,
	day    date not null,
	opens  time,
	closes time,
	reason text not null default '',
	primary key (queue, day),
	constraint both_times_or_none check ((opens is null) = (closes is null))
);
comment on table chat.opening_exception is 'Replaces the hours that begin on one day; without times the queue is closed that day';

create table chat.bot (
	bot        chat.key primary key,
	name       chat.label not null,
	first_node chat.key not null default 'start',
	active     boolean not null default true
);
comment on table chat.bot is 'A built-in menu bot';

create table chat.bot_node (
	bot   chat.key not null references chat.bot on update cascade on delete cascade,
	node  chat.key not null,
	queue chat.key references chat.queue on update cascade,
	primary key (bot, node)
);
comment on table chat.bot_node is 'One step of a bot: what it says stands in bot_text, its buttons in bot_choice';
comment on column chat.bot_node.queue is 'Reaching this node hands the chat over to that queue';

create table chat.bot_choice (
	bot       chat.key not null,
	node      chat.key not null,
	choice    chat.key not null constraint person_is_reserved check (choice <> 'person'),
	position  int not null default 1,
	next_node chat.key not null,
	primary key (bot, node, choice),
	foreign key (bot, node) references chat.bot_node on update cascade on delete cascade,
	foreign key (bot, next_node) references chat.bot_node (bot, node) on update cascade
);
comment on table chat.bot_choice is 'A button of a node and where it leads';

create table chat.bot_text (
	bot    chat.key not null,
	node   chat.key not null,
	choice text not null default '',
	locale chat.locale not null,
	text   text not null constraint text_of_1_to_4000 check (char_length(text) between 1 and 4000),
	primary key (bot, node, choice, locale),
	foreign key (bot, node) references chat.bot_node on update cascade on delete cascade
);
comment on table chat.bot_text is 'What a node says (choice empty) and how a button is labelled, by language';

create table chat.widget (
	widget        chat.key primary key,
	site          chat.key not null references chat.site on update cascade,
	title         chat.label not null default 'Chat with us',
	locale        chat.locale not null default 'en',
	bot           chat.key references chat.bot on update cascade,
	default_queue chat.key not null references chat.queue on update cascade,
	accent        text not null default '#1f5eff' constraint accent_is_a_hex_colour check (accent ~ '^#[0-9a-f]{6}$'),
	position      text not null default 'right' constraint position_left_or_right check (position in ('left', 'right')),
	features      jsonb not null default '{}' constraint features_is_an_object check (jsonb_typeof(features) = 'object'),
	active        boolean not null default true
);
create index on chat.widget (site);
comment on table chat.widget is 'One embedding of the chat: its key stands in the script tag';
comment on column chat.widget.default_queue is 'Where a customer lands who asks for a person without naming a queue';

create table chat.widget_queue (
	widget   chat.key not null references chat.widget on update cascade on delete cascade,
	queue    chat.key not null references chat.queue on update cascade,
	position int not null default 1,
	primary key (widget, queue)
);
comment on table chat.widget_queue is 'The queues a customer of this widget may choose';

create table chat.widget_text (
	widget chat.key not null references chat.widget on update cascade on delete cascade,
	locale chat.locale not null,
	name   chat.key not null,
	text   text not null constraint text_of_1_to_1000 check (char_length(text) between 1 and 1000),
	primary key (widget, locale, name)
);
comment on table chat.widget_text is 'Texts of one widget that replace the built-in ones, by language';

create table chat.text (
	name   chat.key not null,
	locale chat.locale not null,
	text   text not null constraint text_of_1_to_1000 check (char_length(text) between 1 and 1000),
	primary key (name, locale)
);
comment on table chat.text is 'What the system says by itself, by language; change a row to change the words';
insert into chat.text (name, locale, text) values
	('person', 'en', 'Talk to a person'),
	('person', 'de', 'Mit einem Menschen sprechen'),
	('person', 'fr', 'Parler à une personne'),
	('person', 'es', 'Hablar con una persona'),
	('person', 'ar', 'التحدث إلى شخص'),
	('not_understood', 'en', 'Sorry, I did not understand that. Please choose one of these:'),
	('not_understood', 'de', 'Das habe ich leider nicht verstanden. Bitte wählen Sie:'),
	('not_understood', 'fr', 'Désolé, je n’ai pas compris. Veuillez choisir :'),
	('not_understood', 'es', 'Lo siento, no lo he entendido. Elija una opción:'),
	('not_understood', 'ar', 'عذرًا، لم أفهم ذلك. يرجى الاختيار:'),
	('hand_over', 'en', 'I am passing you on to a colleague.'),
	('hand_over', 'de', 'Ich verbinde Sie mit einer Kollegin oder einem Kollegen.'),
	('hand_over', 'fr', 'Je vous mets en relation avec un collègue.'),
	('hand_over', 'es', 'Le paso con un compañero.'),
	('hand_over', 'ar', 'سأحوّلك إلى أحد الزملاء.'),
	('queue_closed', 'en', 'Nobody is there right now. Please choose something else or come back later.'),
	('queue_closed', 'de', 'Gerade ist niemand da. Bitte wählen Sie etwas anderes oder kommen Sie später wieder.'),
	('queue_closed', 'fr', 'Il n’y a personne pour le moment. Choisissez autre chose ou revenez plus tard.'),
	('queue_closed', 'es', 'Ahora mismo no hay nadie. Elija otra opción o vuelva más tarde.'),
	('queue_closed', 'ar', 'لا يوجد أحد الآن. يرجى اختيار شيء آخر أو العودة لاحقًا.'),
	('queue_full', 'en', 'Too many people are waiting there right now. Please choose something else or try again in a few minutes.'),
	('queue_full', 'de', 'Dort warten gerade zu viele. Bitte wählen Sie etwas anderes oder versuchen Sie es in einigen Minuten wieder.'),
	('queue_full', 'fr', 'Trop de personnes attendent déjà. Choisissez autre chose ou réessayez dans quelques minutes.'),
	('queue_full', 'es', 'Hay demasiadas personas esperando. Elija otra opción o inténtelo en unos minutos.'),
	('queue_full', 'ar', 'ينتظر هناك عدد كبير الآن. يرجى اختيار شيء آخر أو المحاولة بعد دقائق.');
