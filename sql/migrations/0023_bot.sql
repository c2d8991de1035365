-- SPDX-License-Identifier: ISC
-- The built-in bot in full: answers by full-text search, questions, skills, how it gives up; what customers are asked before the chat; rules that choose queue and skills.
set local role switchboard_owner;

-- ---- questions ------------------------------------------------------------------------------------------------------

create table chat.question (
	question   chat.key primary key constraint skip_and_person_are_reserved check (question not in ('skip', 'person')) constraint key_up_to_50 check (char_length(question) <= 50),
	kind       text not null default 'text' constraint known_kind check (kind in ('text', 'email', 'phone', 'number', 'choice', 'pattern')),
	pattern    text,
	example    text not null default '' constraint example_up_to_100 check (char_length(example) <= 100),
	max_length int not null default 500 constraint max_length_between_1_and_2000 check (max_length between 1 and 2000),
	low        numeric,
	high       numeric,
	field      text constraint field_name_or_email check (field in ('name', 'email')),
	constraint pattern_belongs_to_kind_pattern check ((kind = 'pattern') = (pattern is not null)),
	constraint pattern_is_a_regular_expression_up_to_200 check (pattern is null or (char_length(pattern) <= 200 and ('' ~ pattern) is not null)),
	constraint low_and_high_belong_to_kind_number check (kind = 'number' or (low is null and high is null)),
	constraint low_not_above_high check (low <= high),
	constraint field_fits_the_kind check (case field when 'email' then kind = 'email' when 'name' then kind = 'text' else true end)
);
comment on table chat.question is 'What a customer may be asked before the chat, by the form of a queue or by a bot; its words stand in chat.question_text';
comment on column chat.question.question is 'Its key, under which the answer is kept: order, topic, phone';
comment on column chat.question.kind is 'What answers it: text, email, phone, number, choice (rows of chat.question_choice) or pattern';
comment on column chat.question.pattern is 'Of kind pattern: the regular expression that the whole answer must match, upper or lower case: A-[0-9]{5}';
comment on column chat.question.example is 'An answer as it should look, shown in the empty field: A-12345';
comment on column chat.question.max_length is 'The longest answer of kind text, in characters';
comment on column chat.question.low is 'Of kind number: the smallest';
comment on column chat.question.high is 'Of kind number: the largest';
comment on column chat.question.field is 'name or email: the answer is the customer''s name or address, and who has told it already is not asked';

create table chat.question_text (
	question chat.key not null references chat.question on update cascade on delete cascade,
	locale   chat.locale not null,
	label    text not null constraint label_of_1_to_300 check (char_length(label) between 1 and 300),
	error    text constraint error_of_1_to_300 check (char_length(error) between 1 and 300),
	primary key (question, locale)
);
comment on table chat.question_text is 'The words of a question, by language';
comment on column chat.question_text.locale is 'The language; en stands in for one that is missing';
comment on column chat.question_text.label is 'What is asked: Your order number';
comment on column chat.question_text.error is 'What is said to an answer that does not fit; NULL: the words of its kind in chat.text';

create table chat.question_choice (
	question chat.key not null references chat.question on update cascade on delete cascade,
	choice   chat.key not null constraint skip_and_person_are_reserved check (choice not in ('skip', 'person')),
	position int not null default 1,
	primary key (question, choice)
);
comment on table chat.question_choice is 'What a question of kind choice may be answered with';
comment on column chat.question_choice.choice is 'Its key, which is kept as the answer';
comment on column chat.question_choice.position is 'The order in which they are shown, 1 first';

create table chat.question_choice_text (
	question chat.key not null,
	choice   chat.key not null,
	locale   chat.locale not null,
	label    chat.label not null,
	primary key (question, choice, locale),
	foreign key (question, choice) references chat.question_choice on update cascade on delete cascade
);
comment on table chat.question_choice_text is 'The label of such an answer, by language';
comment on column chat.question_choice_text.locale is 'The language of this label; en stands in for one that is missing';
comment on column chat.question_choice_text.label is 'The label';

create table chat.queue_question (
	queue    chat.key not null references chat.queue on update cascade on delete cascade,
	question chat.key not null references chat.question on update cascade,
	position int not null default 1,
	required boolean not null default true,
	primary key (queue, question)
);
create index on chat.queue_question (question);
comment on table chat.queue_question is 'What customers are asked before they enter a queue, by the form of the widget; what is required also by the bot that hands over';
comment on column chat.queue_question.position is 'The order in which they are asked, 1 first';
comment on column chat.queue_question.required is 'true: no chat request for this queue without an answer. false: may be left out';

-- ---- the bot --------------------------------------------------------------------------------------------------------

alter table chat.bot
	add column misses_max int constraint misses_max_between_1_and_20 check (misses_max between 1 and 20),
	add column min_score numeric(3, 2) not null default 0.5 constraint min_score_between_0_and_1 check (min_score between 0 and 1),
	add column queue chat.key references chat.queue on update cascade;
comment on column chat.bot.misses_max is 'Messages in a row that it does not understand before it hands over to people; NULL: the setting bot_misses_max';
comment on column chat.bot.min_score is 'How well an answer must fit a message to be given, 0 to 1: the share of the message''s words, weighed by how rare they are, that its question has';
comment on column chat.bot.queue is 'Where its customers get who ask for a person and for whom nothing else has chosen a queue; NULL: the default of the widget';

alter table chat.bot_node
	add column stays boolean not null default false,
	add column escalates boolean not null default false,
	add column question chat.key references chat.question on update cascade,
	add column optional boolean not null default false,
	add column next_node chat.key,
	add column ends boolean not null default false,
	add foreign key (bot, next_node) references chat.bot_node (bot, node) on update cascade,
	add constraint a_node_does_one_thing check ((queue is not null and not stays)::int + escalates::int + (question is not null)::int + ends::int <= 1),
	add constraint who_stays_has_a_queue check (queue is not null or not stays),
	add constraint a_question_has_a_next_node check ((question is null) = (next_node is null)),
	add constraint only_a_question_is_optional check (question is not null or not optional);
comment on column chat.bot_node.stays is 'true: the queue is only chosen: the bot goes on, and who asks for a person from here on gets there';
comment on column chat.bot_node.escalates is 'true: hands over to people, in the queue that was chosen on the way, by a rule, by the bot or by the widget';
comment on column chat.bot_node.question is 'Reaching this node asks that question, unless the answer is known; then next_node follows';
comment on column chat.bot_node.optional is 'true: the question may be skipped';
comment on column chat.bot_node.next_node is 'Where the answer to the question leads';
comment on column chat.bot_node.ends is 'true: says its text and ends the chat';

create table chat.bot_node_skill (
	bot        chat.key not null,
	node       chat.key not null,
	skill      chat.key not null references chat.skill on update cascade,
	required   boolean not null default true,
	min_rating int not null default 1 constraint min_rating_between_1_and_10 check (min_rating between 1 and 10),
	weight     numeric(6, 3) not null default 1 constraint weight_above_0_up_to_100 check (weight > 0 and weight <= 100),
	primary key (bot, node, skill),
	foreign key (bot, node) references chat.bot_node on update cascade on delete cascade
);
create index on chat.bot_node_skill (skill);
comment on table chat.bot_node_skill is 'What a chat that has reached a node asks of its operator, beyond what its queue asks: a language, a product';
comment on column chat.bot_node_skill.required is 'true: who has not min_rating gets no such chat. false: a wish';
comment on column chat.bot_node_skill.min_rating is 'The lowest rating that will do, where required';
comment on column chat.bot_node_skill.weight is 'How much a point of rating counts for the fit in mode balanced';

create table chat.bot_answer (
	bot       chat.key not null references chat.bot on update cascade on delete cascade,
	locale    chat.locale not null,
	answer    chat.key not null,
	question  text not null constraint question_of_1_to_2000 check (char_length(question) between 1 and 2000),
	text      text not null constraint text_of_1_to_4000 check (char_length(text) between 1 and 4000),
	next_node chat.key,
	search    tsvector not null,
	primary key (bot, locale, answer),
	foreign key (bot, next_node) references chat.bot_node (bot, node) on update cascade
);
create index bot_answer_search on chat.bot_answer using gin (search) with (fastupdate = off);
create index on chat.bot_answer (bot, next_node) where next_node is not null;
comment on table chat.bot_answer is 'Questions and answers of a bot: what customers type freely is looked up here';
comment on column chat.bot_answer.answer is 'Its key, the same in every language';
comment on column chat.bot_answer.locale is 'The language of this row; customers of other languages are not answered with it';
comment on column chat.bot_answer.question is 'The question in the words of customers; several ways to ask and further words that belong to it are welcome';
comment on column chat.bot_answer.text is 'The answer';
comment on column chat.bot_answer.next_node is 'Where the bot goes after the answer; NULL: it stays where it is';
comment on column chat.bot_answer.search is 'The words of the question as the search knows them; kept by a trigger';

create table chat.escalation_phrase (
	locale chat.locale not null,
	phrase chat.label not null,
	primary key (locale, phrase)
);
comment on table chat.escalation_phrase is 'Who types one of these to a bot is handed over to people; they hold for all bots and whatever language the chat has';
comment on column chat.escalation_phrase.locale is 'The language it is of';
comment on column chat.escalation_phrase.phrase is 'Whole words, in any place of the message; upper or lower case and punctuation do not count';
insert into chat.escalation_phrase (locale, phrase) values
	('en', 'agent'), ('en', 'human'), ('en', 'real person'), ('en', 'a person'), ('en', 'talk to somebody'), ('en', 'talk to someone'), ('en', 'speak to somebody'), ('en', 'speak to someone'),
	('en', 'representative'), ('en', 'an operator'),
	('de', 'mensch'), ('de', 'einem menschen'), ('de', 'mitarbeiter'), ('de', 'mitarbeiterin'), ('de', 'mit jemandem sprechen'),
	('de', 'jemanden sprechen'), ('de', 'richtige person'), ('de', 'kundenberater'),
	('fr', 'un humain'), ('fr', 'une personne'), ('fr', 'un conseiller'), ('fr', 'une conseillère'), ('fr', 'parler à quelqu’un'), ('fr', 'un agent'),
	('es', 'un humano'), ('es', 'una persona'), ('es', 'un agente'), ('es', 'una agente'), ('es', 'hablar con alguien'), ('es', 'persona real'),
	('ar', 'شخص حقيقي'), ('ar', 'التحدث مع شخص'), ('ar', 'التحدث إلى شخص'), ('ar', 'موظف'), ('ar', 'إنسان'), ('ar', 'خدمة العملاء');

alter table chat.chat
	add column bot_queue chat.key references chat.queue on update cascade,
	add column bot_question chat.key references chat.question on update cascade on delete set null,
	add column bot_hands_over boolean not null default false;
comment on column chat.chat.bot_queue is 'The queue that was chosen on the way through the bot';
comment on column chat.chat.bot_question is 'The question that the bot waits to have answered';
comment on column chat.chat.bot_hands_over is 'It is one of bot_queue: the last answer hands over';

-- ---- rules ----------------------------------------------------------------------------------------------------------

create table chat.entry_rule (
	rule       chat.key primary key,
	position   int not null default 100,
	active     boolean not null default true,
	site       chat.key references chat.site on update cascade on delete cascade,
	widget     chat.key references chat.widget on update cascade on delete cascade,
	locale     chat.locale,
	page_url   text constraint page_url_of_1_to_500 check (char_length(page_url) between 1 and 500),
	context    jsonb not null default '{}' constraint context_is_an_object check (jsonb_typeof(context) = 'object'),
	answers    jsonb not null default '{}' constraint answers_is_an_object check (jsonb_typeof(answers) = 'object'),
	from_queue chat.key references chat.queue on update cascade on delete cascade,
	queue      chat.key references chat.queue on update cascade,
	bypass     boolean not null default false,
	level      int constraint level_between_0_and_9 check (level between 0 and 9),
	skill      chat.key references chat.skill on update cascade,
	required   boolean not null default true,
	min_rating int not null default 1 constraint min_rating_between_1_and_10 check (min_rating between 1 and 10),
	weight     numeric(6, 3) not null default 1 constraint weight_above_0_up_to_100 check (weight > 0 and weight <= 100),
	constraint a_rule_does_something check (queue is not null or bypass or level is not null or skill is not null)
);
create index on chat.entry_rule (skill);
comment on table chat.entry_rule is 'Which queue a chat enters and what it asks for, by its page, context, answers or language. All conditions of a row must hold; of the rows that hold the first that'
	' names a queue (or level) decides it, and each adds its skill';
comment on column chat.entry_rule.rule is 'Its key';
comment on column chat.entry_rule.position is 'The order in which rules are read, the smallest first';
comment on column chat.entry_rule.active is 'false: is passed over';
comment on column chat.entry_rule.locale is 'Condition: the chat''s language; de holds for de-AT too';
comment on column chat.entry_rule.page_url is 'Condition: the page the chat was opened on; * stands for anything: https://shop.example/help/*.'
	' With a / in front it is the path alone; without ? what follows one does not count';
comment on column chat.entry_rule.context is 'Condition: the context that the site gave has these members: {"plan": "gold"}';
comment on column chat.entry_rule.answers is 'Condition: these answers were given: {"topic": "refund"}';
comment on column chat.entry_rule.from_queue is 'Condition: the customer or the bot has chosen this queue. Only with it a rule may lead away from a queue that was chosen';
comment on column chat.entry_rule.queue is 'The queue to enter';
comment on column chat.entry_rule.bypass is 'true: past the bot, straight to the queue';
comment on column chat.entry_rule.level is 'Urgency of the chat, 0 the most urgent';
comment on column chat.entry_rule.skill is 'A skill that the chat asks for, unless it does already, as by its bot';
comment on column chat.entry_rule.required is 'true: who has not min_rating of the skill gets no such chat. false: a wish';
comment on column chat.entry_rule.min_rating is 'The lowest rating that will do, where required';
comment on column chat.entry_rule.weight is 'How much a point of rating counts for the fit in mode balanced';

insert into chat.text (name, locale, text) values
	('skip', 'en', 'Skip'), ('skip', 'de', 'Überspringen'), ('skip', 'fr', 'Passer'), ('skip', 'es', 'Omitir'), ('skip', 'ar', 'تخطي'),
	('bot_failed', 'en', 'Something went wrong on my side. I am passing you on to a colleague.'),
	('bot_failed', 'de', 'Bei mir ist etwas schiefgegangen. Ich verbinde Sie mit einer Kollegin oder einem Kollegen.'),
	('bot_failed', 'fr', 'Un problème est survenu de mon côté. Je vous mets en relation avec un collègue.'),
	('bot_failed', 'es', 'Algo ha fallado por mi parte. Le paso con un compañero.'),
	('bot_failed', 'ar', 'حدث خطأ من جهتي. سأحوّلك إلى أحد الزملاء.'),
	('answer_text', 'en', 'That is too long or empty. Please write it in a few words.'),
	('answer_text', 'de', 'Das ist zu lang oder leer. Bitte in wenigen Worten.'),
	('answer_text', 'fr', 'C’est trop long ou vide. Répondez en quelques mots.'),
	('answer_text', 'es', 'Es demasiado largo o está vacío. Escríbalo en pocas palabras.'),
	('answer_text', 'ar', 'النص طويل جدًا أو فارغ. اكتبه في بضع كلمات.'),
	('answer_email', 'en', 'That does not look like an e-mail address. It should be like name@example.com.'),
	('answer_email', 'de', 'Das sieht nicht wie eine E-Mail-Adresse aus, zum Beispiel name@example.com.'),
	('answer_email', 'fr', 'Cela ne ressemble pas à une adresse e-mail, par exemple nom@example.com.'),
	('answer_email', 'es', 'No parece una dirección de correo, por ejemplo nombre@example.com.'),
	('answer_email', 'ar', 'لا يبدو هذا عنوان بريد إلكتروني، مثل name@example.com.'),
	('answer_phone', 'en', 'That does not look like a telephone number. Please write it with its area code.'),
	('answer_phone', 'de', 'Das sieht nicht wie eine Telefonnummer aus. Bitte mit Vorwahl.'),
	('answer_phone', 'fr', 'Cela ne ressemble pas à un numéro de téléphone. Indiquez-le en entier.'),
	('answer_phone', 'es', 'No parece un número de teléfono. Escríbalo completo.'),
	('answer_phone', 'ar', 'لا يبدو هذا رقم هاتف. اكتبه كاملًا.'),
	('answer_number', 'en', 'That is not a number that fits. Please write it in figures.'),
	('answer_number', 'de', 'Das ist keine passende Zahl. Bitte in Ziffern.'),
	('answer_number', 'fr', 'Ce n’est pas un nombre possible. Écrivez-le en chiffres.'),
	('answer_number', 'es', 'No es un número válido. Escríbalo en cifras.'),
	('answer_number', 'ar', 'هذا ليس رقمًا مناسبًا. اكتبه بالأرقام.'),
	('answer_choice', 'en', 'Please choose one of these:'), ('answer_choice', 'de', 'Bitte wählen Sie eine der Antworten:'), ('answer_choice', 'fr', 'Choisissez l’une de ces réponses :'),
	('answer_choice', 'es', 'Elija una de estas respuestas:'), ('answer_choice', 'ar', 'يرجى اختيار إحدى الإجابات:'),
	('answer_pattern', 'en', 'That does not look right.'), ('answer_pattern', 'de', 'Das sieht nicht richtig aus.'), ('answer_pattern', 'fr', 'Cela ne semble pas correct.'),
	('answer_pattern', 'es', 'No parece correcto.'), ('answer_pattern', 'ar', 'لا يبدو هذا صحيحًا.');

grant select, insert, update, delete on chat.question, chat.question_text, chat.question_choice, chat.question_choice_text, chat.queue_question, chat.bot_node_skill,
	chat.escalation_phrase, chat.entry_rule to switchboard_dba;
grant select, insert, update, delete on chat.bot_answer to switchboard_dba;
