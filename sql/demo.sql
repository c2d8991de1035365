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

-- What the guide asks: the number of an order (A-12345) where it is about one; a form asks for it too.
insert into chat.question (question, kind, pattern, example) values ('order_number', 'pattern', '[A-Z]{1,2}-?[0-9]{1,8}|[0-9]{4,10}', 'A-12345');
insert into chat.question (question, kind) values ('matter', 'choice');
insert into chat.question (question, kind, field) values ('reply_to', 'email', 'email');
insert into chat.question_text (question, locale, label, error) values
	('order_number', 'en', 'What is your order number?', 'An order number looks like A-12345.'),
	('order_number', 'de', 'Wie lautet Ihre Bestellnummer?', 'Eine Bestellnummer sieht so aus: A-12345.'),
	('order_number', 'fr', 'Quel est votre numéro de commande ?', 'Un numéro de commande ressemble à A-12345.'),
	('order_number', 'es', '¿Cuál es su número de pedido?', 'Un número de pedido es como A-12345.'),
	('order_number', 'ar', 'ما هو رقم طلبك؟', 'رقم الطلب يكون مثل A-12345.'),
	('matter', 'en', 'What do you need?', null), ('matter', 'de', 'Was brauchen Sie?', null), ('matter', 'fr', 'De quoi avez-vous besoin ?', null), ('matter', 'es', '¿Qué necesita?', null),
	('matter', 'ar', 'ماذا تحتاج؟', null),
	('reply_to', 'en', 'Your e-mail address', null), ('reply_to', 'de', 'Ihre E-Mail-Adresse', null), ('reply_to', 'fr', 'Votre adresse e-mail', null),
	('reply_to', 'es', 'Su correo electrónico', null), ('reply_to', 'ar', 'بريدك الإلكتروني', null);
insert into chat.question_choice (question, choice, position) values ('matter', 'invoice', 1), ('matter', 'refund', 2), ('matter', 'other', 3);
insert into chat.question_choice_text (question, choice, locale, label) values
	('matter', 'invoice', 'en', 'An invoice'), ('matter', 'invoice', 'de', 'Eine Rechnung'), ('matter', 'invoice', 'fr', 'Une facture'), ('matter', 'invoice', 'es', 'Una factura'),
	('matter', 'invoice', 'ar', 'فاتورة'),
	('matter', 'refund', 'en', 'My money back'), ('matter', 'refund', 'de', 'Eine Erstattung'), ('matter', 'refund', 'fr', 'Un remboursement'), ('matter', 'refund', 'es', 'Un reembolso'),
	('matter', 'refund', 'ar', 'استرداد المال'),
	('matter', 'other', 'en', 'Something else'), ('matter', 'other', 'de', 'Etwas anderes'), ('matter', 'other', 'fr', 'Autre chose'), ('matter', 'other', 'es', 'Otra cosa'),
	('matter', 'other', 'ar', 'شيء آخر');
insert into chat.queue_question (queue, question, position, required) values ('billing', 'matter', 1, false), ('billing', 'order_number', 2, false), ('billing', 'reply_to', 3, false);

-- What the guide does beyond its menu: it asks for the order, and finds somebody who speaks German.
insert into chat.bot_node (bot, node, question, optional, next_node) values ('guide', 'order', 'order_number', true, 'to-billing');
insert into chat.bot_node (bot, node) values ('guide', 'german');
insert into chat.bot_node_skill (bot, node, skill, min_rating) values ('guide', 'german', 'german', 5);
insert into chat.bot_choice (bot, node, choice, position, next_node) values
	('guide', 'start', 'order', 5, 'order'), ('guide', 'start', 'german', 6, 'german'), ('guide', 'order', 'back', 1, 'start'),
	('guide', 'german', 'sales', 1, 'to-sales'), ('guide', 'german', 'billing', 2, 'to-billing'), ('guide', 'german', 'support', 3, 'to-support');
insert into chat.bot_text (bot, node, choice, locale, text) values
	('guide', 'start', 'order', 'en', 'It is about my order'), ('guide', 'start', 'order', 'de', 'Es geht um meine Bestellung'), ('guide', 'start', 'order', 'fr',
		'C’est à propos de ma commande'),
	('guide', 'start', 'order', 'es', 'Es sobre mi pedido'), ('guide', 'start', 'order', 'ar', 'الأمر يتعلق بطلبي'),
	('guide', 'start', 'german', 'en', 'In German, please'), ('guide', 'start', 'german', 'de', 'Auf Deutsch, bitte'), ('guide', 'start', 'german', 'fr', 'En allemand, s’il vous plaît'),
	('guide', 'start', 'german', 'es', 'En alemán, por favor'), ('guide', 'start', 'german', 'ar', 'بالألمانية من فضلك'),
	('guide', 'german', '', 'en', 'You will talk to somebody who speaks German. What is it about?'), ('guide', 'german', '', 'de', 'Sie sprechen mit jemandem, der Deutsch kann. Worum geht es?'),
	('guide', 'german', '', 'fr', 'Vous parlerez avec quelqu’un qui connaît l’allemand. De quoi s’agit-il ?'),
	('guide', 'german', '', 'es', 'Hablará con alguien que sabe alemán. ¿De qué se trata?'), ('guide', 'german', '', 'ar', 'ستتحدث مع شخص يجيد الألمانية. ما الموضوع؟');
insert into chat.bot_text (bot, node, choice, locale, text)
select t.bot, 'german', t.choice, t.locale, t.text from chat.bot_text t where t.bot = 'guide' and t.node = 'start' and t.choice in ('sales', 'billing', 'support')
union all
select t.bot, 'order', t.choice, t.locale, t.text from chat.bot_text t where t.bot = 'guide' and t.node = 'hours' and t.choice = 'back';

-- What it can answer. The question holds the words by which an answer is found.
insert into chat.bot_answer (bot, answer, locale, question, text) values
	('guide', 'returns', 'en', 'How do I return something? send back, give back, exchange, refund, return policy',
		'You can send everything back within 30 days. The label is in your parcel, the way back is free.'),
	('guide', 'returns', 'de', 'Wie kann ich etwas zurückgeben? zurückschicken, Rückgabe, Rücksendung, Retoure, Umtausch, umtauschen',
		'Alles kann innerhalb von 30 Tagen zurück. Der Aufkleber liegt im Paket, der Rückweg ist kostenlos.'),
	('guide', 'returns', 'fr', 'Comment retourner un article ? renvoyer, rendre, échanger, retour, remboursement',
		'Vous pouvez tout renvoyer sous 30 jours. L’étiquette est dans le colis, le retour est gratuit.'),
	('guide', 'returns', 'es', '¿Cómo puedo devolver un artículo? devolución, cambiar, reembolso', 'Puede devolver todo en 30 días. La etiqueta está en el paquete y la devolución es gratuita.'),
	('guide', 'returns', 'ar', 'كيف يمكنني إرجاع المنتج؟ استرجاع، استبدال، إعادة', 'يمكنك إعادة كل شيء خلال 30 يومًا. الملصق داخل الطرد والإرجاع مجاني.'),
	('guide', 'delivery', 'en', 'Where is my parcel? delivery, shipping, ship, deliver, package, late, arrive, how long does it take',
		'Parcels leave the day you order and are with you in two to three days.'),
	('guide', 'delivery', 'de', 'Wo ist mein Paket? Lieferung, liefern, Versand, Sendung, Lieferzeit, wann kommt, wie lange dauert',
		'Pakete gehen am Tag der Bestellung ab und sind nach zwei bis drei Tagen bei Ihnen.'),
	('guide', 'delivery', 'fr', 'Où est mon colis ? livraison, livrer, expédition, délai, retard', 'Les colis partent le jour de la commande et arrivent en deux à trois jours.'),
	('guide', 'delivery', 'es', '¿Dónde está mi paquete? entrega, envío, enviar, plazo, tarda, llegar', 'Los paquetes salen el día del pedido y llegan en dos o tres días.'),
	('guide', 'delivery', 'ar', 'أين طردي؟ توصيل، شحن، موعد الوصول، متى يصل، تأخر', 'تُرسل الطرود في يوم الطلب وتصل خلال يومين إلى ثلاثة أيام.'),
	('guide', 'payment', 'en', 'How can I pay? payment, card, credit card, PayPal, bank transfer, invoice later', 'You can pay by card, PayPal or bank transfer.'),
	('guide', 'payment', 'de', 'Wie kann ich bezahlen? Zahlung, zahlen, Karte, Kreditkarte, PayPal, Überweisung, Zahlungsarten', 'Sie können mit Karte, PayPal oder Überweisung bezahlen.'),
	('guide', 'payment', 'fr', 'Comment payer ? paiement, carte, carte bancaire, PayPal, virement', 'Vous pouvez payer par carte, PayPal ou virement.'),
	('guide', 'payment', 'es', '¿Cómo puedo pagar? pago, tarjeta, PayPal, transferencia', 'Puede pagar con tarjeta, PayPal o transferencia.'),
	('guide', 'payment', 'ar', 'كيف يمكنني الدفع؟ دفع، بطاقة، تحويل بنكي', 'يمكنك الدفع بالبطاقة أو PayPal أو تحويل بنكي.'),
	('guide', 'warranty', 'en', 'How long is the warranty? guarantee, broken, defective, repair', 'Everything has a warranty of three years. If something breaks, we repair or replace it.'),
	('guide', 'warranty', 'de', 'Wie lange ist Garantie? Gewährleistung, kaputt, defekt, Reparatur, reparieren',
		'Auf alles gibt es drei Jahre Garantie. Was kaputtgeht, reparieren oder ersetzen wir.'),
	('guide', 'warranty', 'fr', 'Quelle est la durée de la garantie ? cassé, défectueux, réparation, réparer', 'Tout est garanti trois ans. Ce qui casse, nous le réparons ou le remplaçons.'),
	('guide', 'warranty', 'es', '¿Cuánto dura la garantía? roto, defectuoso, reparación, reparar', 'Todo tiene tres años de garantía. Si algo se rompe, lo reparamos o lo cambiamos.'),
	('guide', 'warranty', 'ar', 'ما مدة الضمان؟ كفالة، مكسور، تالف، إصلاح', 'كل شيء مضمون لثلاث سنوات. ما يتعطل نصلحه أو نستبدله.');

insert into chat.site (site, name, origins) values ('shop', 'The Corner Shop', array['http://127.0.0.1:8080']);
insert into chat.widget (widget, site, title, bot, default_queue, accent) values ('demo-shop', 'shop', 'The Corner Shop', 'guide', 'sales', '#0b6e4f');
insert into chat.widget_queue (widget, queue, position) values ('demo-shop', 'sales', 1), ('demo-shop', 'billing', 2), ('demo-shop', 'support', 3);

-- The same shop without the guide: a form asks what it is about.
insert into chat.widget (widget, site, title, default_queue, accent) values ('demo-form', 'shop', 'The Corner Shop', 'sales', '#0b6e4f');
insert into chat.widget_queue (widget, queue, position) values ('demo-form', 'sales', 1), ('demo-form', 'billing', 2), ('demo-form', 'support', 3);

-- Who writes in German is matched with somebody who speaks it, where the queue weighs wishes (mode balanced); who comes from the help pages belongs to the technicians.
insert into chat.entry_rule (rule, position, locale, skill, required, weight) values ('german', 10, 'de', 'german', false, 2);
insert into chat.entry_rule (rule, position, page_url, queue) values ('help-pages', 20, '/help/*', 'support');

-- A demo is tried by one person with many windows: no pauses between offers.
update chat.setting set value = '0' where name in ('stagger_s', 'missed_offer_penalty_s');
reset role;
