-- SPDX-License-Identifier: ISC
-- Who is polite to a bot asks for nothing: that is answered in kind and is no miss.
set local role switchboard_owner;

create table chat.courtesy_phrase (
	locale chat.locale not null,
	phrase chat.label not null,
	primary key (locale, phrase)
);
comment on table chat.courtesy_phrase is 'What is said to a bot out of politeness: who types nothing but these gets a kind word, and it is no miss; they hold for all'
	' bots and whatever language the chat has';
comment on column chat.courtesy_phrase.locale is 'The language it is of';
comment on column chat.courtesy_phrase.phrase is 'Whole words; a message may be made of several: thanks, great, bye. Upper or lower case and punctuation do not count';
insert into chat.courtesy_phrase (locale, phrase) values
	('en', 'thanks'), ('en', 'thank you'), ('en', 'many thanks'), ('en', 'thanks a lot'), ('en', 'thx'), ('en', 'thank you very much'), ('en', 'thank you so much'), ('en', 'no thanks'),
	('en', 'no thank you'), ('en', 'ok'), ('en', 'okay'), ('en', 'great'), ('en', 'good'), ('en', 'very good'), ('en', 'perfect'), ('en', 'that helped'), ('en', 'that helps'), ('en', 'that is all'),
	('en', 'that s all'), ('en', 'that was all'), ('en', 'no that is all'), ('en', 'no that s all'), ('en', 'bye'), ('en', 'good bye'), ('en', 'goodbye'), ('en', 'see you'),
	('en', 'have a nice day'), ('en', 'for your help'), ('en', '👍'), ('en', '🙏'),
	('de', 'danke'), ('de', 'danke schön'), ('de', 'dankeschön'), ('de', 'vielen dank'), ('de', 'besten dank'), ('de', 'danke sehr'), ('de', 'nein danke'), ('de', 'super'), ('de', 'prima'),
	('de', 'toll'), ('de', 'gut'), ('de', 'sehr gut'), ('de', 'perfekt'), ('de', 'alles klar'), ('de', 'passt'), ('de', 'das hat geholfen'), ('de', 'das hilft'), ('de', 'das war alles'),
	('de', 'das war s'), ('de', 'nein das war alles'), ('de', 'nein das war s'), ('de', 'tschüss'), ('de', 'auf wiedersehen'), ('de', 'schönen tag noch'), ('de', 'für die hilfe'),
	('de', 'für ihre hilfe'),
	('fr', 'merci'), ('fr', 'merci beaucoup'), ('fr', 'merci bien'), ('fr', 'merci à vous'), ('fr', 'non merci'), ('fr', 'd accord'), ('fr', 'très bien'), ('fr', 'parfait'), ('fr', 'super'),
	('fr', 'c est bon'), ('fr', 'c est tout'), ('fr', 'non c est tout'), ('fr', 'ça marche'), ('fr', 'au revoir'), ('fr', 'bonne journée'), ('fr', 'pour votre aide'),
	('es', 'gracias'), ('es', 'muchas gracias'), ('es', 'mil gracias'), ('es', 'no gracias'), ('es', 'vale'), ('es', 'de acuerdo'), ('es', 'muy bien'), ('es', 'perfecto'), ('es', 'genial'),
	('es', 'eso es todo'), ('es', 'no eso es todo'), ('es', 'adiós'), ('es', 'hasta luego'), ('es', 'buen día'), ('es', 'por su ayuda'), ('es', 'por tu ayuda'),
	('ar', 'شكرا'), ('ar', 'شكرًا'), ('ar', 'شكرا جزيلا'), ('ar', 'شكرًا جزيلًا'), ('ar', 'شكرا لك'), ('ar', 'شكرًا لك'), ('ar', 'لا شكرا'), ('ar', 'لا شكرًا'), ('ar', 'حسنا'), ('ar', 'حسنًا'),
	('ar', 'ممتاز'), ('ar', 'تمام'), ('ar', 'رائع'), ('ar', 'هذا كل شيء'), ('ar', 'لا هذا كل شيء'), ('ar', 'مع السلامة'), ('ar', 'إلى اللقاء'), ('ar', 'على المساعدة');
grant select, insert, update, delete on chat.courtesy_phrase to switchboard_dba;

alter table chat.bot_node
	add column courtesy_node chat.key,
	add foreign key (bot, courtesy_node) references chat.bot_node (bot, node) on update cascade,
	add constraint thanked_is_only_who_stays check (courtesy_node is null or (question is null and not ends and not escalates and (queue is null or stays)));
comment on column chat.bot_node.courtesy_node is 'Where thanks or a good-bye lead from here (chat.courtesy_phrase), as after "Can I do anything else?"; NULL: the text courtesy is said, and it stays';

insert into chat.text (name, locale, text) values
	('courtesy', 'en', 'You are welcome. If there is anything else, I am here.'),
	('courtesy', 'de', 'Gern geschehen. Wenn noch etwas ist, bin ich da.'),
	('courtesy', 'fr', 'Avec plaisir. S’il y a autre chose, je suis là.'),
	('courtesy', 'es', 'De nada. Si necesita algo más, aquí estoy.'),
	('courtesy', 'ar', 'على الرحب والسعة. إن احتجت إلى شيء آخر فأنا هنا.');

update chat.setting set description = 'Words of greeting, separated by spaces: who writes nothing else to a bot is greeted, which is no miss; a first message by a channel that says more is answered'
	', too'
where name = 'greeting_words';
