-- SPDX-License-Identifier: ISC
-- A small company to try things with: a shop, three queues, five people of different skill. Passwords are set apart.
-- Whoever serves the shop from elsewhere says so: update chat.site set origins = array['http://127.0.0.1:8081'] where site = 'shop'.
set role switchboard_owner;

insert into chat.skill (skill, description) values
	('sales', 'Knows the catalogue and closes an order'),
	('billing', 'Invoices, refunds, payment methods'),
	('technical', 'Finds out why it does not work'),
	('german', 'Answers in German'),
	('french', 'Answers in French');

insert into chat.operator (operator, name, role, max_chats) values
	('ana', 'Ana Silva', 'operator', 2),
	('ben', 'Ben Okoro', 'operator', 2),
	('chloe', 'Chloé Martin', 'operator', 2),
	('dara', 'Dara Novak', 'operator', 3),
	('sam', 'Sam Reyes', 'supervisor', 3);

insert into chat.operator_skill (operator, skill, rating) values
	('ana', 'billing', 8), ('ana', 'sales', 6), ('ana', 'german', 7),
	('ben', 'billing', 5), ('ben', 'technical', 9),
	('chloe', 'sales', 9), ('chloe', 'french', 10), ('chloe', 'billing', 3),
	('dara', 'technical', 6), ('dara', 'billing', 6), ('dara', 'sales', 4),
	('sam', 'billing', 7), ('sam', 'sales', 7), ('sam', 'technical', 7);

insert into chat.queue (queue, label, mode, level, target_s, max_length, time_zone) values
	('sales', 'Sales', 'availability', 1, 30, 100, 'Europe/Berlin'),
	('billing', 'Billing', 'skill', 1, 60, 100, 'Europe/Berlin'),
	('support', 'Technical support', 'skill', 2, 60, 100, 'Europe/Berlin');

insert into chat.queue_label (queue, locale, label) values
	('sales', 'de', 'Verkauf'), ('sales', 'fr', 'Ventes'), ('sales', 'es', 'Ventas'), ('sales', 'ar', 'المبيعات'),
	('billing', 'de', 'Rechnung'), ('billing', 'fr', 'Facturation'), ('billing', 'es', 'Facturación'), ('billing', 'ar', 'الفواتير'),
	('support', 'de', 'Technik'), ('support', 'fr', 'Assistance technique'), ('support', 'es', 'Soporte técnico'), ('support', 'ar', 'الدعم الفني');

insert into chat.queue_skill (queue, skill, min_rating) values
	('sales', 'sales', 3),
	('billing', 'billing', 4),
	('support', 'technical', 5);

insert into chat.bot (bot, name, first_node) values ('guide', 'Guide', 'start');
insert into chat.bot_node (bot, node, queue) values
	('guide', 'start', null),
	('guide', 'hours', null),
	('guide', 'to-sales', 'sales'),
	('guide', 'to-billing', 'billing'),
	('guide', 'to-support', 'support');
insert into chat.bot_choice (bot, node, choice, position, next_node) values
	('guide', 'start', 'sales', 1, 'to-sales'),
	('guide', 'start', 'billing', 2, 'to-billing'),
	('guide', 'start', 'support', 3, 'to-support'),
	('guide', 'start', 'hours', 4, 'hours'),
	('guide', 'hours', 'back', 1, 'start');
insert into chat.bot_text (bot, node, choice, locale, text) values
	('guide', 'start', '', 'en', 'Hello! I am the shop''s guide. What is it about?'),
	('guide', 'start', '', 'de', 'Hallo! Ich bin der Wegweiser des Ladens. Worum geht es?'),
	('guide', 'start', '', 'fr', 'Bonjour ! Je suis le guide de la boutique. De quoi s’agit-il ?'),
	('guide', 'start', '', 'es', '¡Hola! Soy la guía de la tienda. ¿De qué se trata?'),
	('guide', 'start', '', 'ar', 'مرحبًا! أنا دليل المتجر. بماذا يمكنني مساعدتك؟'),
	('guide', 'start', 'sales', 'en', 'Buy something'), ('guide', 'start', 'sales', 'de', 'Etwas kaufen'), ('guide', 'start', 'sales', 'fr', 'Acheter'),
	('guide', 'start', 'sales', 'es', 'Comprar'), ('guide', 'start', 'sales', 'ar', 'شراء منتج'),
	('guide', 'start', 'billing', 'en', 'Billing'), ('guide', 'start', 'billing', 'de', 'Rechnung'), ('guide', 'start', 'billing', 'fr', 'Facturation'),
	('guide', 'start', 'billing', 'es', 'Facturación'), ('guide', 'start', 'billing', 'ar', 'الفواتير'),
	('guide', 'start', 'support', 'en', 'Something does not work'), ('guide', 'start', 'support', 'de', 'Etwas funktioniert nicht'),
	('guide', 'start', 'support', 'fr', 'Quelque chose ne marche pas'), ('guide', 'start', 'support', 'es', 'Algo no funciona'), ('guide', 'start', 'support', 'ar', 'هناك مشكلة تقنية'),
	('guide', 'start', 'hours', 'en', 'When are you open?'), ('guide', 'start', 'hours', 'de', 'Wann habt ihr offen?'), ('guide', 'start', 'hours', 'fr', 'Quand êtes-vous ouverts ?'),
	('guide', 'start', 'hours', 'es', '¿Cuál es el horario?'), ('guide', 'start', 'hours', 'ar', 'ما هي ساعات العمل؟'),
	('guide', 'hours', '', 'en', 'We are here around the clock. What else can I do for you?'),
	('guide', 'hours', '', 'de', 'Wir sind rund um die Uhr da. Was kann ich noch tun?'),
	('guide', 'hours', '', 'fr', 'Nous sommes là jour et nuit. Autre chose ?'),
	('guide', 'hours', '', 'es', 'Estamos disponibles las 24 horas. ¿Algo más?'),
	('guide', 'hours', '', 'ar', 'نحن هنا على مدار الساعة. هل من شيء آخر؟'),
	('guide', 'hours', 'back', 'en', 'Back to the topics'), ('guide', 'hours', 'back', 'de', 'Zurück zu den Themen'), ('guide', 'hours', 'back', 'fr', 'Retour aux sujets'),
	('guide', 'hours', 'back', 'es', 'Volver a los temas'), ('guide', 'hours', 'back', 'ar', 'العودة إلى المواضيع');

insert into chat.site (site, name, origins) values ('shop', 'The Corner Shop', array['http://127.0.0.1:8080']);
insert into chat.widget (widget, site, title, bot, default_queue, accent) values ('demo-shop', 'shop', 'The Corner Shop', 'guide', 'sales', '#0b6e4f');
insert into chat.widget_queue (widget, queue, position) values ('demo-shop', 'sales', 1), ('demo-shop', 'billing', 2), ('demo-shop', 'support', 3);

-- A demo is tried by one person with many windows: no pauses between offers.
update chat.setting set value = '0' where name in ('stagger_s', 'missed_offer_penalty_s');
reset role;
