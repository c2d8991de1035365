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
	('guide', 'start', '', 'fr', 'Bonjour ! Je suis le guide de la boutique. De quoi s’agit-il ?'),
	('guide', 'start', '', 'es', '¡Hola! Soy la guía de la tienda. ¿De qué se trata?'),
	('guide', 'start', '', 'ar', 'مرحبًا! أنا دليل المتجر. بماذا يمكنني مساعدتك؟'),
	('guide', 'start', 'sales', 'en', 'Buy something'), ('guide', 'start', 'sales', 'de', 'Etwas kaufen'), ('guide', 'start', 'sales', 'fr', 'Acheter'),
	('guide', 'start', 'sales', 'es', 'Comprar'), ('guide', 'start', 'sales', 'ar', 'شراء منتج'),
	('guide', 'start', 'billing', 'en', 'Billing'), ('guide', 'start', 'billing', 'de', 'Rechnung'), ('guide', 'start', 'billing', 'fr', 'Facturation'),
	('guide', 'start', 'billing', 'es', 'Facturación'), ('guide', 'start', 'billing', 'ar', 'الفواتير'),
	('guide', 'start', 'support', 'en', 'Something does not work'), ('guide', 'start', 'support', 'de', 'Etwas funktioniert nicht'),
	('guide', 'start', 'support', 'fr', 'Quelque chose ne marche pas'), ('guide', 'start', 'support', 'es', 'Algo no funciona'), ('guide', 'start', 'support', 'ar', 'هناك مشكلة تقنية'),
	('guide', 'start', 'hours', 'en', 'When are you open?'), ('guide', 'start', 'hours', 'de', 'Wann habt ihr offen?'), ('guide', 'start', 'hours', 'fr', 'Quand êtes-vous ouverts ?'),
	('guide', 'start', 'hours', 'es', '¿Cuál es el horario?'), ('guide', 'start', 'hours', 'ar', 'ما هي ساعات العمل؟'),
	('guide', 'hours', '', 'en', 'We are here around the clock. What else can I do for you?'),
	('guide', 'hours', '', 'de', 'Wir sind rund um die Uhr da. Was kann ich noch tun?'),
	('guide', 'hours', '', 'fr', 'Nous sommes là jour et nuit. Autre chose ?'),
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
	('order_number', 'fr', 'Quel est votre numéro de commande ?', 'Un numéro de commande ressemble à A-12345.'),
	('order_number', 'es', '¿Cuál es su número de pedido?', 'Un número de pedido es como A-12345.'),
	('order_number', 'ar', 'ما هو رقم طلبك؟', 'رقم الطلب يكون مثل A-12345.'),
	('matter', 'en', 'What do you need?', null), ('matter', 'de', 'Was brauchen Sie?', null), ('matter', 'fr', 'De quoi avez-vous besoin ?', null), ('matter', 'es', '¿Qué necesita?', null),
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
	('guide', 'german', '', 'fr', 'Vous parlerez avec quelqu’un qui connaît l’allemand. De quoi s’agit-il ?'),
	('guide', 'german', '', 'es', 'Hablará con alguien que sabe alemán. ¿De qué se trata?'), ('guide', 'german', '', 'ar', 'ستتحدث مع شخص يجيد الألمانية. ما الموضوع؟');
insert into chat.bot_text (bot, node, choice, locale, text)
select t.bot, 'german', t.choice, t.locale, t.text from chat.bot_text t where t.bot = 'guide' and t.node = 'start' and t.choice in ('sales', 'billing', 'support')
union all
select t.bot, 'order', t.choice, t.locale, t.text from chat.bot_text t where t.bot = 'guide' and t.node = 'hours' and t.choice = 'back';
-- Where it goes on when an operator gives a chat back. Who only thanks there is done.
insert into chat.bot_node (bot, node, ends, courtesy_node) values ('guide', 'again', false, 'farewell'), ('guide', 'farewell', true, null);
insert into chat.bot_choice (bot, node, choice, position, next_node) values ('guide', 'again', 'topics', 1, 'start'), ('guide', 'again', 'done', 2, 'farewell');
insert into chat.bot_text (bot, node, choice, locale, text) values
	('guide', 'again', '', 'en', 'Can I do anything else for you?'), ('guide', 'again', '', 'de', 'Kann ich noch etwas für Sie tun?'),
	('guide', 'again', '', 'fr', 'Puis-je faire autre chose pour vous ?'), ('guide', 'again', '', 'es', '¿Puedo hacer algo más por usted?'), ('guide', 'again', '', 'ar', 'هل من شيء آخر يمكنني فعله؟'),
	('guide', 'again', 'topics', 'en', 'Yes, something else'), ('guide', 'again', 'topics', 'de', 'Ja, noch etwas'), ('guide', 'again', 'topics', 'fr', 'Oui, autre chose'),
	('guide', 'again', 'topics', 'es', 'Sí, otra cosa'), ('guide', 'again', 'topics', 'ar', 'نعم، شيء آخر'), ('guide', 'again', 'done', 'en', 'No, thank you'),
	('guide', 'again', 'done', 'de', 'Nein, danke'), ('guide', 'again', 'done', 'fr', 'Non, merci'), ('guide', 'again', 'done', 'es', 'No, gracias'),
	('guide', 'farewell', '', 'en', 'You are welcome. Good-bye!'), ('guide', 'farewell', '', 'de', 'Gern geschehen. Auf Wiedersehen!'), ('guide', 'farewell', '', 'fr', 'Avec plaisir. Au revoir !'),
	('guide', 'again', 'done', 'ar', 'لا، شكرًا'), ('guide', 'farewell', '', 'es', 'De nada. ¡Hasta luego!'), ('guide', 'farewell', '', 'ar', 'على الرحب والسعة. إلى اللقاء!');
update chat.bot set return_node = 'again' where bot = 'guide';
update chat.queue set bot_returns = true;
-- What it can answer. The question holds the words by which an answer is found.
insert into chat.bot_answer (bot, answer, locale, question, text) values
	('guide', 'returns', 'en', 'How do I return something? send back, give back, exchange, refund, return policy',
		'You can send everything back within 30 days. The label is in your parcel, the way back is free.'),
	('guide', 'returns', 'de', 'Wie kann ich etwas zurückgeben? zurückschicken, Rückgabe, Rücksendung, Retoure, Umtausch, umtauschen',
		'Alles kann innerhalb von 30 Tagen zurück. Der Aufkleber liegt im Paket, der Rückweg ist kostenlos.'),
	('guide', 'returns', 'fr', 'Comment retourner un article ? renvoyer, rendre, échanger, retour, remboursement',
		'Vous pouvez tout renvoyer sous 30 jours. L’étiquette est dans le colis, le retour est gratuit.'),
	('guide', 'returns', 'es', '¿Cómo puedo devolver un artículo? devolución, cambiar, reembolso', 'Puede devolver todo en 30 días. La etiqueta está en el paquete y la devolución es gratuita.'),
	('guide', 'returns', 'ar', 'كيف يمكنني إرجاع المنتج؟ استرجاع، استبدال، إعادة', 'يمكنك إعادة كل شيء خلال 30 يومًا. الملصق داخل الطرد والإرجاع مجاني.'),
	('guide', 'delivery', 'en', 'Where is my parcel? delivery, shipping, ship, deliver, package, late, arrive, how long does it take',
		'Parcels leave the day you order and are with you in two to three days.'),
	('guide', 'delivery', 'de', 'Wo ist mein Paket? Lieferung, liefern, Versand, Sendung, Lieferzeit, wann kommt, wie lange dauert',
		'Pakete gehen am Tag der Bestellung ab und sind nach zwei bis drei Tagen bei Ihnen.'),
	('guide', 'delivery', 'fr', 'Où est mon colis ? livraison, livrer, expédition, délai, retard', 'Les colis partent le jour de la commande et arrivent en deux à trois jours.'),
	('guide', 'delivery', 'es', '¿Dónde está mi paquete? entrega, envío, enviar, plazo, tarda, llegar', 'Los paquetes salen el día del pedido y llegan en dos o tres días.'),
	('guide', 'delivery', 'ar', 'أين طردي؟ توصيل، شحن، موعد الوصول، متى يصل، تأخر', 'تُرسل الطرود في يوم الطلب وتصل خلال يومين إلى ثلاثة أيام.'),
	('guide', 'payment', 'en', 'How can I pay? payment, card, credit card, PayPal, bank transfer, pay later', 'You can pay by card, PayPal or bank transfer.'),
	('guide', 'payment', 'de', 'Wie kann ich bezahlen? Zahlung, zahlen, Karte, Kreditkarte, PayPal, Überweisung, Zahlungsarten', 'Sie können mit Karte, PayPal oder Überweisung bezahlen.'),
	('guide', 'payment', 'fr', 'Comment payer ? paiement, carte, carte bancaire, PayPal, virement', 'Vous pouvez payer par carte, PayPal ou virement.'),
	('guide', 'payment', 'es', '¿Cómo puedo pagar? pago, tarjeta, PayPal, transferencia', 'Puede pagar con tarjeta, PayPal o transferencia.'),
	('guide', 'payment', 'ar', 'كيف يمكنني الدفع؟ دفع، بطاقة، تحويل بنكي', 'يمكنك الدفع بالبطاقة أو PayPal أو تحويل بنكي.'),
	('guide', 'warranty', 'en', 'How long is the warranty? guarantee, broken, defective, repair', 'Everything has a warranty of three years. If something breaks, we repair or replace it.'),
	('guide', 'warranty', 'de', 'Wie lange ist Garantie? Gewährleistung, kaputt, defekt, Reparatur, reparieren',
		'Auf alles gibt es drei Jahre Garantie. Was kaputtgeht, reparieren oder ersetzen wir.'),
	('guide', 'warranty', 'fr', 'Quelle est la durée de la garantie ? cassé, défectueux, réparation, réparer', 'Tout est garanti trois ans. Ce qui casse, nous le réparons ou le remplaçons.'),
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

-- What operators are guided by: phrases (how customers ask for them stands last), a dialog for each queue, what a chat is filed under.
insert into chat.phrase (phrase, queue, shortcut) values
	('hello', null, 'hello'), ('moment', null, 'moment'), ('anything-else', null, 'else'), ('goodbye', null, 'farewell'), ('complaint', null, 'sorry'),
	('delivery-time', 'sales', 'delivery'), ('where-is-order', 'sales', 'track'), ('shipping-cost', 'sales', 'shipping'), ('size-advice', 'sales', 'size'),
	('in-stock', 'sales', 'stock'), ('change-order', 'sales', 'change'), ('cancel-order', 'sales', 'cancel'), ('discount', 'sales', 'discount'), ('gift', 'sales', 'gift'),
	('invoice-copy', 'billing', 'invoice'), ('refund-time', 'billing', 'refund'), ('return-how', 'billing', 'return'), ('payment-methods', 'billing', 'pay'),
	('payment-failed', 'billing', 'declined'), ('charged-twice', 'billing', 'twice'), ('vat-number', 'billing', 'vat'), ('change-address', 'billing', 'address'),
	('password-reset', 'support', 'password'), ('login-code', 'support', 'code'), ('update-app', 'support', 'update'), ('connect-wifi', 'support', 'wifi'),
	('battery', 'support', 'battery'), ('warranty', 'support', 'warranty'), ('restart', 'support', 'restart'), ('spare-part', 'support', 'parts');
insert into chat.phrase_text (phrase, locale, title, text, asked) values
	('hello', 'en', 'Greeting', 'Hello {customer|and welcome}! I am {operator} of {site}. How can I help?', 'Hello. Hi, is anybody there? Good morning.'),
	('hello', 'de', 'Begrüßung', 'Hallo {customer|und willkommen}! Ich bin {operator} von {site}. Was kann ich für Sie tun?', 'Hallo. Ist jemand da? Guten Tag, guten Morgen.'),
	('moment', 'en', 'One moment', 'One moment please, I am looking into it.', 'Are you still there? How long does it take? Hurry up.'),
	('moment', 'de', 'Einen Moment', 'Einen Moment bitte, ich sehe nach.', 'Sind Sie noch da? Wie lange dauert das noch? Warum antwortet niemand?'),
	('anything-else', 'en', 'Anything else?', 'Is there anything else I can do for you?', 'Thank you, that helped. Great, it works now.'),
	('anything-else', 'de', 'Noch etwas?', 'Kann ich sonst noch etwas für Sie tun?', 'Danke, das hat geholfen. Super, jetzt klappt es.'),
	('goodbye', 'en', 'Goodbye', 'Thank you for your visit, {customer|and goodbye}. Have a good day!', 'Goodbye. No, that was all. Have a nice day.'),
	('goodbye', 'de', 'Verabschiedung', 'Danke für Ihren Besuch, {customer|auf Wiedersehen}. Einen schönen Tag noch!', 'Tschüss. Nein, das war alles. Schönen Tag noch.'),
	('complaint', 'en', 'Apology', 'I am sorry for the trouble, {customer|really}. Let us put this right together.',
		'I am very disappointed, angry, annoyed. Terrible service. I want to complain.'),
	('complaint', 'de', 'Entschuldigung', 'Der Ärger tut mir leid, {customer|wirklich}. Wir bringen das zusammen in Ordnung.',
		'Ich bin enttäuscht, verärgert, sauer. Schlechter Service. Ich möchte mich beschweren.'),
	('delivery-time', 'en', 'Delivery time', 'We ship within one working day; a parcel is on its way for two to three days.',
		'How long does delivery take? When will it arrive if I order today? Can I have it by Friday, before the weekend? Shipping time, express.'),
	('delivery-time', 'de', 'Lieferzeit', 'Wir versenden innerhalb eines Werktags; ein Paket ist zwei bis drei Tage unterwegs.',
		'Wie lange dauert die Lieferung? Wann kommt es an, wenn ich heute bestelle? Habe ich es vor dem Wochenende? Versanddauer, Express.'),
	('where-is-order', 'en', 'Where is the order?', 'Your order {answer.order} has left our house. You can follow the parcel here: https://shop.example/track/{answer.order}',
		'Where is my parcel? My package has not arrived yet. Track my order, tracking number. Delivery is late.'),
	('where-is-order', 'de', 'Wo ist die Bestellung?', 'Ihre Bestellung {answer.order} hat unser Haus verlassen. Hier können Sie das Paket verfolgen: https://shop.example/track/{answer.order}',
		'Wo ist mein Paket? Meine Bestellung ist noch nicht angekommen. Sendung verfolgen, Sendungsnummer. Die Lieferung verspätet sich.'),
	('shipping-cost', 'en', 'Shipping costs', 'Shipping is 4.90, and free from 50 on. We ship to all countries of the EU.',
		'How much is shipping? Do you ship abroad? Postage, free delivery, delivery charge to other countries.'),
	('shipping-cost', 'de', 'Versandkosten', 'Der Versand kostet 4,90 und ist ab 50 kostenlos. Wir liefern in alle Länder der EU.',
		'Was kostet der Versand? Liefern Sie ins Ausland? Porto, versandkostenfrei, Lieferkosten.'),
	('size-advice', 'en', 'Size advice', 'It runs true to size. Between two sizes take the larger one; exchanging is free.',
		'Which size should I take? Does it run small or large? It does not fit. Size chart.'),
	('size-advice', 'de', 'Größenberatung', 'Es fällt normal aus. Zwischen zwei Größen nehmen Sie die größere; der Umtausch ist kostenlos.',
		'Welche Größe soll ich nehmen? Fällt es klein oder groß aus? Es passt nicht. Größentabelle.'),
	('in-stock', 'en', 'In stock?', 'I have looked: it is in stock and ships today.', 'Is it available? Is this item in stock? When will you have it again? Sold out.'),
	('in-stock', 'de', 'Auf Lager?', 'Ich habe nachgesehen: es ist auf Lager und geht heute hinaus.',
		'Ist der Artikel verfügbar? Haben Sie das auf Lager? Wann ist es wieder lieferbar? Ausverkauft.'),
	('change-order', 'en', 'Change an order', 'An order can be changed until it is packed. What would you like to change?',
		'Can I change my order? I ordered the wrong colour, picked the wrong size, meant another one. Add an item. Mistake in my order.'),
	('change-order', 'de', 'Bestellung ändern', 'Eine Bestellung lässt sich ändern, bis sie gepackt ist. Was möchten Sie ändern?',
		'Kann ich meine Bestellung ändern? Ich habe die falsche Farbe bestellt, die falsche Größe gewählt. Noch einen Artikel hinzufügen.'),
	('cancel-order', 'en', 'Cancel an order', 'I have cancelled order {answer.order}. Nothing will be charged.', 'I want to cancel my order. Please stop it, I do not want it any more.'),
	('cancel-order', 'de', 'Bestellung stornieren', 'Ich habe die Bestellung {answer.order} storniert. Es wird nichts abgebucht.',
		'Ich möchte meine Bestellung stornieren. Auftrag widerrufen, ich will sie nicht mehr, abbestellen.'),
	('discount', 'en', 'Discount code', 'Enter the code in the basket, under the sum. One code an order; it does not count for reduced goods.',
		'My voucher does not work. Discount code, coupon, promotion. Is there a sale?'),
	('discount', 'de', 'Gutscheincode', 'Geben Sie den Code im Warenkorb unter der Summe ein. Ein Code je Bestellung; er gilt nicht für reduzierte Ware.',
		'Mein Gutschein funktioniert nicht. Rabattcode, Aktion. Gibt es einen Nachlass?'),
	('gift', 'en', 'Gift wrapping', 'With pleasure: choose gift wrapping in the basket, and write your card there. The invoice comes by e-mail only.',
		'Can you wrap it as a present? Gift card, birthday message.'),
	('gift', 'de', 'Geschenkverpackung', 'Sehr gern: wählen Sie im Warenkorb die Geschenkverpackung und schreiben Sie dort Ihre Karte. Die Rechnung kommt nur per E-Mail.',
		'Können Sie es als Geschenk einpacken? Geschenkkarte, Geburtstag, Grußkarte.'),
	('invoice-copy', 'en', 'Copy of an invoice', 'I am sending you the invoice again. It is in your account as well, under Orders.',
		'I need an invoice. Please send me the bill again, a receipt for my order, a copy for the tax office.'),
	('invoice-copy', 'de', 'Rechnungskopie', 'Ich sende Ihnen die Rechnung noch einmal. Sie steht auch in Ihrem Konto unter Bestellungen.',
		'Ich brauche eine Rechnung. Bitte schicken Sie mir die Rechnung noch einmal, einen Beleg, eine Quittung für das Finanzamt.'),
	('refund-time', 'en', 'Refund: when', 'Your refund was sent; banks take three to five working days until you see it.',
		'When do I get my money back? My refund has not arrived. How long does a refund take?'),
	('refund-time', 'de', 'Erstattung: wann', 'Ihre Erstattung ist angewiesen; Banken brauchen drei bis fünf Werktage, bis Sie sie sehen.',
		'Wann bekomme ich mein Geld zurück? Die Erstattung ist nicht da. Wie lange dauert die Rückzahlung?'),
	('return-how', 'en', 'Return: how', 'You can send it back within 30 days. The label is in your account: print it, stick it on, hand the parcel in anywhere.',
		'How do I return an item? I want to send it back. Return label, return policy, exchange.'),
	('return-how', 'de', 'Rücksendung: wie', 'Sie können es 30 Tage lang zurücksenden. Das Etikett steht in Ihrem Konto: drucken, aufkleben, Paket irgendwo abgeben.',
		'Wie kann ich etwas zurückschicken? Ich möchte den Artikel zurückgeben. Retoure, Rücksendeetikett, Umtausch, Widerruf.'),
	('payment-methods', 'en', 'Ways to pay', 'You can pay by card, PayPal, direct debit or on account.', 'How can I pay? Which payment methods do you accept? Credit card, PayPal, instalments.'),
	('payment-methods', 'de', 'Zahlungsarten', 'Sie können mit Karte, PayPal, Lastschrift oder auf Rechnung zahlen.',
		'Wie kann ich bezahlen? Welche Zahlungsarten gibt es? Kreditkarte, Paypal, Raten, Kauf auf Rechnung.'),
	('payment-failed', 'en', 'Payment failed', 'Your bank has refused the payment. Please try another card, or pay by PayPal; the basket is kept.',
		'My card was declined. The payment does not go through. Error when paying at the checkout.'),
	('payment-failed', 'de', 'Zahlung fehlgeschlagen', 'Ihre Bank hat die Zahlung abgelehnt. Bitte versuchen Sie es mit einer anderen Karte oder PayPal; der Warenkorb bleibt.',
		'Meine Karte wurde abgelehnt. Die Zahlung geht nicht durch. Fehler beim Bezahlen an der Kasse.'),
	('charged-twice', 'en', 'Charged twice', 'One of the two is only reserved and goes away by itself within three days. If it does not, I give the money back at once.',
		'I was charged twice. The amount was taken two times. Double payment, wrong amount on my statement.'),
	('charged-twice', 'de', 'Doppelt abgebucht', 'Eine der beiden Buchungen ist nur vorgemerkt und verschwindet in drei Tagen von selbst. Sonst erstatte ich sie sofort.',
		'Der Betrag wurde zweimal abgebucht. Doppelt bezahlt, falscher Betrag auf dem Kontoauszug.'),
	('vat-number', 'en', 'VAT number', 'Please tell me the VAT number of your company; I put it on the invoice.',
		'We are a company. VAT ID on the invoice, without tax, reverse charge, business customer.'),
	('vat-number', 'de', 'Umsatzsteuer-ID', 'Nennen Sie mir bitte die USt-IdNr. Ihrer Firma; ich setze sie auf die Rechnung.',
		'Wir sind eine Firma. USt-ID, Umsatzsteuer, Mehrwertsteuer auf der Rechnung, Geschäftskunde, netto.'),
	('change-address', 'en', 'Billing address', 'I have changed the billing address. Later invoices bear the new one.',
		'I have moved. Wrong address on the invoice. Change my address or the name of my account.'),
	('change-address', 'de', 'Rechnungsadresse', 'Ich habe die Rechnungsadresse geändert. Künftige Rechnungen tragen die neue.',
		'Ich bin umgezogen. Falsche Anschrift auf der Rechnung. Meine Adresse oder meinen Namen ändern.'),
	('password-reset', 'en', 'Reset the password', 'I am sending you a link for a new password. It is good for one hour; look into the spam folder too.',
		'I forgot my password. I cannot log in. My account is locked. Reset, sign in.'),
	('password-reset', 'de', 'Passwort zurücksetzen', 'Ich sende Ihnen einen Link für ein neues Passwort. Er gilt eine Stunde; sehen Sie auch im Spamordner nach.',
		'Ich habe mein Passwort vergessen. Ich kann mich nicht anmelden. Mein Konto ist gesperrt. Kennwort, einloggen.'),
	('login-code', 'en', 'No code arrives', 'Please check the telephone number in your account. A new code can be asked for every 60 seconds.',
		'I do not receive the verification code. No text message, SMS, confirmation, two-factor.'),
	('login-code', 'de', 'Kein Code kommt an', 'Bitte prüfen Sie die Telefonnummer in Ihrem Konto. Einen neuen Code gibt es alle 60 Sekunden.',
		'Ich erhalte keinen Bestätigungscode. Die SMS kommt nicht an. Verifizierung, Zwei-Faktor.'),
	('update-app', 'en', 'Update the app', 'Please install version 4.2 from the store, then open the app again. That cures it.',
		'The app crashes. It closes by itself when I open it. App error, black screen, freezes.'),
	('update-app', 'de', 'App aktualisieren', 'Bitte installieren Sie Version 4.2 aus dem Store und öffnen Sie die App neu. Das behebt es.',
		'Die App stürzt ab. Sie schließt sich von selbst beim Öffnen. Fehler in der App, schwarzer Bildschirm, hängt.'),
	('connect-wifi', 'en', 'Connect to the Wi-Fi', 'Hold the round button for five seconds until it blinks blue, then choose your network in the app. It needs 2.4 GHz.',
		'The device does not connect to the Wi-Fi. It cannot find my network. Router, internet, Bluetooth pairing.'),
	('connect-wifi', 'de', 'Mit dem WLAN verbinden', 'Halten Sie den runden Knopf fünf Sekunden, bis er blau blinkt, und wählen Sie dann in der App Ihr Netz. Es braucht 2,4 GHz.',
		'Das Gerät verbindet sich nicht mit dem WLAN. Es findet mein Netzwerk nicht. Router, Internet, Bluetooth, koppeln.'),
	('battery', 'en', 'Battery', 'Charge it for four hours with the cable from the box and switch the display to saving. Does that help?',
		'The battery is empty after an hour. It does not charge. Battery life, charger.'),
	('battery', 'de', 'Akku', 'Laden Sie es vier Stunden mit dem Kabel aus der Schachtel und stellen Sie die Anzeige auf Sparen. Hilft das?',
		'Der Akku ist nach einer Stunde leer. Es lädt nicht. Akkulaufzeit, Ladegerät.'),
	('warranty', 'en', 'Warranty', 'You have two years of warranty from the day of purchase. I only need the number of the order.',
		'It is broken. The device is defective, damaged. Is this covered by the warranty? Repair, replacement.'),
	('warranty', 'de', 'Garantie', 'Sie haben zwei Jahre Garantie vom Tag des Kaufs an. Ich brauche nur die Bestellnummer.',
		'Es ist kaputt. Das Gerät ist defekt, beschädigt. Fällt das unter die Garantie? Gewährleistung, Reparatur, Ersatz.'),
	('restart', 'en', 'Restart', 'Please switch the device off, wait ten seconds, and switch it on again.', 'It does not react. The device hangs, does not turn on, is frozen.'),
	('restart', 'de', 'Neu starten', 'Bitte schalten Sie das Gerät aus, warten Sie zehn Sekunden und schalten Sie es wieder ein.',
		'Es reagiert nicht. Das Gerät hängt, geht nicht an, lässt sich nicht einschalten.'),
	('spare-part', 'en', 'Spare parts', 'There are spare parts for ten years: https://shop.example/parts. Which one do you need?',
		'I lost a part. Where can I buy a spare part, a cable, a cover, accessories?'),
	('spare-part', 'de', 'Ersatzteile', 'Es gibt zehn Jahre lang Ersatzteile: https://shop.example/parts. Welches brauchen Sie?',
		'Ich habe ein Teil verloren. Wo bekomme ich Ersatzteile, ein Kabel, einen Deckel, Zubehör?');

-- The same in the other languages of the shop.
insert into chat.phrase_text (phrase, locale, title, text, asked) values
	('hello', 'fr', 'Salutation', 'Bonjour {customer|et bienvenue} ! Je suis {operator}, de {site}. Comment puis-je vous aider ?', 'Bonjour. Bonsoir. Il y a quelqu''un ?'),
	('hello', 'es', 'Saludo', '¡Hola {customer|y bienvenido}! Soy {operator}, de {site}. ¿En qué puedo ayudarle?', 'Hola. Buenos días, buenas tardes. ¿Hay alguien?'),
	('hello', 'ar', 'ترحيب', 'مرحبًا {customer|بك}! أنا {operator} من {site}. كيف يمكنني مساعدتك؟', 'مرحبا. السلام عليكم. صباح الخير. هل من أحد؟'),
	('moment', 'fr', 'Un instant', 'Un instant, je vous prie, je regarde.', 'Vous êtes toujours là ? Combien de temps encore ? Pourquoi personne ne répond ?'),
	('moment', 'es', 'Un momento', 'Un momento, por favor, lo estoy mirando.', '¿Sigue ahí? ¿Cuánto falta? ¿Por qué no responde nadie?'),
	('moment', 'ar', 'لحظة', 'لحظة من فضلك، أنا أتحقق من الأمر.', 'هل ما زلت هنا؟ كم سيستغرق ذلك؟ لماذا لا يرد أحد؟'),
	('anything-else', 'fr', 'Autre chose ?', 'Puis-je faire autre chose pour vous ?', 'Merci, cela m''a aidé. Parfait, maintenant ça marche.'),
	('anything-else', 'es', '¿Algo más?', '¿Puedo hacer algo más por usted?', 'Gracias, me ha ayudado. Perfecto, ya funciona.'),
	('anything-else', 'ar', 'شيء آخر؟', 'هل يمكنني مساعدتك في شيء آخر؟', 'شكرًا، لقد ساعدني ذلك. رائع، إنه يعمل الآن.'),
	('goodbye', 'fr', 'Au revoir', 'Merci de votre visite, {customer|au revoir}. Bonne journée !', 'Au revoir. Non, c''est tout. Bonne journée.'),
	('goodbye', 'es', 'Despedida', 'Gracias por su visita, {customer|hasta pronto}. ¡Que tenga un buen día!', 'Adiós. No, eso es todo. Que tenga un buen día.'),
	('goodbye', 'ar', 'وداع', 'شكرًا على زيارتك، {customer|إلى اللقاء}. أتمنى لك يومًا سعيدًا!', 'مع السلامة. لا، هذا كل شيء. يومًا سعيدًا.'),
	('complaint', 'fr', 'Excuses', 'Je suis désolé de ces désagréments, {customer|vraiment}. Nous allons régler cela ensemble.', 'Je suis très déçu, fâché. Service lamentable. Je veux me plaindre.'),
	('complaint', 'es', 'Disculpas', 'Lamento las molestias, {customer|de verdad}. Vamos a arreglarlo juntos.', 'Estoy muy decepcionado, enfadado. Pésimo servicio. Quiero quejarme.'),
	('complaint', 'ar', 'اعتذار', 'نأسف على الإزعاج، {customer|حقًا}. سنحل الأمر معًا.', 'أنا مستاء جدًا وغاضب. خدمة سيئة. أريد تقديم شكوى.'),
	('delivery-time', 'fr', 'Délai de livraison', 'Nous expédions sous un jour ouvré ; un colis met deux à trois jours.',
		'Quel est le délai de livraison ? Quand arrivera-t-il si je commande aujourd''hui ? Livraison express avant le week-end.'),
	('delivery-time', 'es', 'Plazo de entrega', 'Enviamos en un día laborable; un paquete tarda de dos a tres días.',
		'¿Cuánto tarda la entrega? ¿Cuándo llega si pido hoy? Envío urgente antes del fin de semana.'),
	('delivery-time', 'ar', 'مدة التوصيل', 'نرسل الطلب خلال يوم عمل واحد، ويصل الطرد خلال يومين إلى ثلاثة أيام.', 'كم تستغرق مدة التوصيل؟ متى يصل إذا طلبت اليوم؟ توصيل سريع قبل نهاية الأسبوع.'),
	('where-is-order', 'fr', 'Où est la commande ?', 'Votre commande {answer.order} est partie de chez nous. Vous pouvez suivre le colis ici : https://shop.example/track/{answer.order}',
		'Où est mon colis ? Ma commande n''est pas encore arrivée. Suivre mon colis, numéro de suivi, retard.'),
	('where-is-order', 'es', '¿Dónde está el pedido?', 'Su pedido {answer.order} ya ha salido. Puede seguir el paquete aquí: https://shop.example/track/{answer.order}',
		'¿Dónde está mi paquete? Mi pedido todavía no ha llegado. Seguimiento del envío, retraso.'),
	('where-is-order', 'ar', 'أين الطلب؟', 'لقد غادر طلبك {answer.order} مستودعنا. يمكنك تتبع الطرد هنا: https://shop.example/track/{answer.order}',
		'أين طردي؟ لم يصل طلبي بعد. تتبع الشحنة، رقم التتبع، تأخير.'),
	('shipping-cost', 'fr', 'Frais de port', 'La livraison coûte 4,90 et elle est gratuite à partir de 50. Nous livrons dans tous les pays de l''UE.',
		'Combien coûte la livraison ? Livrez-vous à l''étranger ? Frais de port, livraison gratuite.'),
	('shipping-cost', 'es', 'Gastos de envío', 'El envío cuesta 4,90 y es gratuito a partir de 50. Enviamos a todos los países de la UE.',
		'¿Cuánto cuesta el envío? ¿Envían al extranjero? Gastos de envío, envío gratis.'),
	('shipping-cost', 'ar', 'تكلفة الشحن', 'تكلفة الشحن 4.90، وهو مجاني ابتداءً من 50. نشحن إلى جميع دول الاتحاد الأوروبي.', 'كم تكلفة الشحن؟ هل تشحنون إلى الخارج؟ شحن مجاني، رسوم التوصيل.'),
	('size-advice', 'fr', 'Conseil de taille', 'Il taille normalement. Entre deux tailles, prenez la plus grande ; l''échange est gratuit.',
		'Quelle taille choisir ? Taille petit ou grand ? Ça ne me va pas. Guide des tailles.'),
	('size-advice', 'es', 'Qué talla', 'Talla normal. Entre dos tallas, elija la mayor; el cambio es gratuito.', '¿Qué talla debo elegir? ¿Talla grande o pequeño? No me queda bien. Guía de tallas.'),
	('size-advice', 'ar', 'نصيحة المقاس', 'المقاس مطابق. إذا كنت بين مقاسين فاختر الأكبر؛ التبديل مجاني.', 'أي مقاس أختار؟ هل هو صغير أم كبير؟ لا يناسبني. جدول المقاسات.'),
	('in-stock', 'fr', 'En stock ?', 'J''ai vérifié : il est en stock et part aujourd''hui.', 'Est-il disponible ? Cet article est-il en stock ? Quand sera-t-il de retour ? Épuisé.'),
	('in-stock', 'es', '¿Disponible?', 'Lo he comprobado: está disponible y sale hoy.', '¿Está disponible? ¿Tienen este artículo en existencias? ¿Cuándo vuelve? Agotado.'),
	('in-stock', 'ar', 'متوفر؟', 'لقد تحققت: المنتج متوفر ويُشحن اليوم.', 'هل المنتج متوفر؟ هل هو في المخزون؟ متى يتوفر مرة أخرى؟ نفدت الكمية.'),
	('change-order', 'fr', 'Modifier une commande', 'Une commande peut être modifiée jusqu''à son emballage. Que souhaitez-vous changer ?',
		'Puis-je modifier ma commande ? J''ai commandé la mauvaise couleur, la mauvaise taille. Ajouter un article.'),
	('change-order', 'es', 'Cambiar un pedido', 'Un pedido se puede cambiar hasta que se empaqueta. ¿Qué desea cambiar?',
		'¿Puedo cambiar mi pedido? He pedido el color equivocado, la talla equivocada. Añadir un artículo.'),
	('change-order', 'ar', 'تعديل طلب', 'يمكن تعديل الطلب حتى يتم تغليفه. ماذا تريد أن تغيّر؟', 'هل يمكنني تعديل طلبي؟ طلبت اللون الخطأ أو المقاس الخطأ. إضافة منتج.'),
	('cancel-order', 'fr', 'Annuler une commande', 'J''ai annulé la commande {answer.order}. Rien ne sera débité.', 'Je veux annuler ma commande. Je n''en veux plus, annulation.'),
	('cancel-order', 'es', 'Cancelar un pedido', 'He cancelado el pedido {answer.order}. No se cobrará nada.', 'Quiero cancelar mi pedido. Ya no lo quiero, anular.'),
	('cancel-order', 'ar', 'إلغاء طلب', 'لقد ألغيت الطلب {answer.order}. لن يُخصم أي مبلغ.', 'أريد إلغاء طلبي. لم أعد أريده، إلغاء.'),
	('discount', 'fr', 'Code de réduction', 'Saisissez le code dans le panier, sous le total. Un code par commande ; il ne vaut pas pour les articles soldés.',
		'Mon bon ne fonctionne pas. Code promo, réduction, soldes.'),
	('discount', 'es', 'Código de descuento', 'Introduzca el código en la cesta, debajo del total. Un código por pedido; no vale para artículos rebajados.',
		'Mi cupón no funciona. Código de descuento, promoción, rebajas.'),
	('discount', 'ar', 'رمز الخصم', 'أدخل الرمز في السلة تحت المجموع. رمز واحد لكل طلب، ولا يسري على المنتجات المخفضة.', 'القسيمة لا تعمل. رمز الخصم، عرض، تخفيضات.'),
	('gift', 'fr', 'Emballage cadeau', 'Avec plaisir : choisissez l''emballage cadeau dans le panier et écrivez-y votre carte. La facture n''arrive que par e-mail.',
		'Pouvez-vous l''emballer en cadeau ? Carte cadeau, anniversaire.'),
	('gift', 'es', 'Envolver para regalo', 'Con mucho gusto: elija el envoltorio de regalo en la cesta y escriba allí su tarjeta. La factura llega solo por correo electrónico.',
		'¿Pueden envolverlo para regalo? Tarjeta regalo, cumpleaños.'),
	('gift', 'ar', 'تغليف هدية', 'بكل سرور: اختر تغليف الهدايا في السلة واكتب بطاقتك هناك. تصل الفاتورة بالبريد الإلكتروني فقط.', 'هل يمكن تغليفه كهدية؟ بطاقة هدية، عيد ميلاد.'),
	('invoice-copy', 'fr', 'Copie de facture', 'Je vous renvoie la facture. Elle se trouve aussi dans votre compte, sous Commandes.',
		'J''ai besoin d''une facture. Renvoyez-moi la facture, un reçu, un justificatif.'),
	('invoice-copy', 'es', 'Copia de la factura', 'Le envío la factura de nuevo. También está en su cuenta, en Pedidos.',
		'Necesito una factura. Envíeme otra vez la factura, un recibo, un comprobante.'),
	('invoice-copy', 'ar', 'نسخة من الفاتورة', 'سأرسل لك الفاتورة مرة أخرى. تجدها أيضًا في حسابك تحت الطلبات.', 'أحتاج إلى فاتورة. أرسلوا لي الفاتورة مرة أخرى، إيصال.'),
	('refund-time', 'fr', 'Remboursement : quand', 'Votre remboursement est parti ; les banques mettent trois à cinq jours ouvrés.',
		'Quand serai-je remboursé ? Mon remboursement n''est pas arrivé.'),
	('refund-time', 'es', 'Reembolso: cuándo', 'Su reembolso ya se ha enviado; los bancos tardan de tres a cinco días laborables.', '¿Cuándo me devuelven el dinero? Mi reembolso no ha llegado.'),
	('refund-time', 'ar', 'موعد استرداد المبلغ', 'تم إرسال المبلغ المسترد؛ تحتاج البنوك من ثلاثة إلى خمسة أيام عمل.', 'متى أسترد نقودي؟ لم يصل المبلغ المسترد.'),
	('return-how', 'fr', 'Retour : comment', 'Vous pouvez le renvoyer sous 30 jours. L''étiquette est dans votre compte : imprimez-la, collez-la et déposez le colis n''importe où.',
		'Comment retourner un article ? Je veux le renvoyer. Étiquette de retour, échange.'),
	('return-how', 'es', 'Devolución: cómo', 'Puede devolverlo en 30 días. La etiqueta está en su cuenta: imprímala, péguela y entregue el paquete en cualquier punto.',
		'¿Cómo devuelvo un artículo? Quiero devolverlo. Etiqueta de devolución, cambio.'),
	('return-how', 'ar', 'كيفية الإرجاع', 'يمكنك إرجاعه خلال 30 يومًا. الملصق موجود في حسابك: اطبعه وألصقه وسلّم الطرد في أي نقطة.', 'كيف أرجع منتجًا؟ أريد إعادته. ملصق الإرجاع، استبدال.'),
	('payment-methods', 'fr', 'Moyens de paiement', 'Vous pouvez payer par carte, PayPal, prélèvement ou sur facture.',
		'Comment puis-je payer ? Quels moyens de paiement acceptez-vous ? Carte bancaire, PayPal, plusieurs fois.'),
	('payment-methods', 'es', 'Formas de pago', 'Puede pagar con tarjeta, PayPal, domiciliación o factura.', '¿Cómo puedo pagar? ¿Qué formas de pago aceptan? Tarjeta de crédito, PayPal, a plazos.'),
	('payment-methods', 'ar', 'طرق الدفع', 'يمكنك الدفع بالبطاقة أو PayPal أو الخصم المباشر أو بالفاتورة.', 'كيف يمكنني الدفع؟ ما طرق الدفع المتاحة؟ بطاقة ائتمان، تقسيط.'),
	('payment-failed', 'fr', 'Paiement refusé', 'Votre banque a refusé le paiement. Essayez une autre carte ou PayPal ; le panier est conservé.',
		'Ma carte a été refusée. Le paiement ne passe pas. Erreur lors du paiement.'),
	('payment-failed', 'es', 'Pago rechazado', 'Su banco ha rechazado el pago. Pruebe con otra tarjeta o con PayPal; la cesta se conserva.',
		'Mi tarjeta fue rechazada. El pago no funciona. Error al pagar.'),
	('payment-failed', 'ar', 'فشل الدفع', 'رفض البنك عملية الدفع. جرّب بطاقة أخرى أو PayPal؛ تبقى السلة محفوظة.', 'تم رفض بطاقتي. الدفع لا يتم. خطأ عند الدفع.'),
	('charged-twice', 'fr', 'Débité deux fois', 'L''un des deux montants n''est que réservé et disparaît sous trois jours. Sinon, je vous rembourse aussitôt.',
		'J''ai été débité deux fois. Double paiement, montant erroné sur mon relevé.'),
	('charged-twice', 'es', 'Cobrado dos veces', 'Uno de los dos cargos solo está retenido y desaparece en tres días. Si no, le devuelvo el dinero enseguida.',
		'Me han cobrado dos veces. Pago doble, importe incorrecto en mi extracto.'),
	('charged-twice', 'ar', 'خصم مزدوج', 'أحد المبلغين محجوز فقط ويختفي خلال ثلاثة أيام. وإلا فسأعيد المبلغ فورًا.', 'تم الخصم مرتين. دفع مزدوج، مبلغ خاطئ في كشف الحساب.'),
	('vat-number', 'fr', 'Numéro de TVA', 'Indiquez-moi le numéro de TVA de votre entreprise ; je l''ajoute à la facture.',
		'Nous sommes une entreprise. Numéro de TVA sur la facture, hors taxes, client professionnel.'),
	('vat-number', 'es', 'NIF-IVA', 'Indíqueme el NIF-IVA de su empresa; lo pongo en la factura.', 'Somos una empresa. NIF en la factura, sin IVA, cliente profesional.'),
	('vat-number', 'ar', 'الرقم الضريبي', 'أخبرني من فضلك بالرقم الضريبي لشركتك وسأضيفه إلى الفاتورة.', 'نحن شركة. الرقم الضريبي على الفاتورة، بدون ضريبة.'),
	('change-address', 'fr', 'Adresse de facturation', 'J''ai changé l''adresse de facturation. Les prochaines factures porteront la nouvelle.',
		'J''ai déménagé. Mauvaise adresse sur la facture. Changer mon adresse ou mon nom.'),
	('change-address', 'es', 'Dirección de facturación', 'He cambiado la dirección de facturación. Las próximas facturas llevarán la nueva.',
		'Me he mudado. Dirección equivocada en la factura. Cambiar mi dirección o mi nombre.'),
	('change-address', 'ar', 'عنوان الفاتورة', 'لقد غيّرت عنوان الفاتورة. ستحمل الفواتير القادمة العنوان الجديد.', 'لقد انتقلت. العنوان خاطئ على الفاتورة. تغيير عنواني أو اسمي.'),
	('password-reset', 'fr', 'Nouveau mot de passe', 'Je vous envoie un lien pour un nouveau mot de passe. Il est valable une heure ; regardez aussi dans les indésirables.',
		'J''ai oublié mon mot de passe. Je ne peux pas me connecter. Mon compte est bloqué.'),
	('password-reset', 'es', 'Nueva contraseña', 'Le envío un enlace para una contraseña nueva. Vale una hora; mire también en el correo no deseado.',
		'He olvidado mi contraseña. No puedo iniciar sesión. Mi cuenta está bloqueada.'),
	('password-reset', 'ar', 'كلمة مرور جديدة', 'سأرسل لك رابطًا لكلمة مرور جديدة. صلاحيته ساعة واحدة؛ تحقق أيضًا من البريد غير المرغوب.', 'نسيت كلمة المرور. لا أستطيع تسجيل الدخول. حسابي مقفل.'),
	('login-code', 'fr', 'Aucun code reçu', 'Vérifiez le numéro de téléphone de votre compte. Un nouveau code peut être demandé toutes les 60 secondes.',
		'Je ne reçois pas le code de vérification. Pas de SMS, confirmation.'),
	('login-code', 'es', 'No llega el código', 'Compruebe el teléfono de su cuenta. Se puede pedir un código nuevo cada 60 segundos.',
		'No recibo el código de verificación. No llega el SMS, confirmación.'),
	('login-code', 'ar', 'لا يصل الرمز', 'تحقق من رقم الهاتف في حسابك. يمكن طلب رمز جديد كل 60 ثانية.', 'لا يصلني رمز التحقق. لا تصل الرسالة القصيرة، تأكيد.'),
	('update-app', 'fr', 'Mettre à jour l''application', 'Installez la version 4.2 depuis la boutique, puis rouvrez l''application. Cela résout le problème.',
		'L''application plante. Elle se ferme toute seule. Écran noir, erreur.'),
	('update-app', 'es', 'Actualizar la aplicación', 'Instale la versión 4.2 desde la tienda y vuelva a abrir la aplicación. Eso lo soluciona.',
		'La aplicación falla. Se cierra sola al abrirla. Pantalla negra, error.'),
	('update-app', 'ar', 'تحديث التطبيق', 'ثبّت الإصدار 4.2 من المتجر ثم افتح التطبيق مرة أخرى. هذا يحل المشكلة.', 'التطبيق يتعطل. يغلق من تلقاء نفسه. شاشة سوداء، خطأ.'),
	('connect-wifi', 'fr', 'Connexion au Wi-Fi', 'Maintenez le bouton rond cinq secondes jusqu''à ce qu''il clignote en bleu, puis choisissez votre réseau dans l''application. Il faut du 2,4 GHz.',
		'L''appareil ne se connecte pas au Wi-Fi. Il ne trouve pas mon réseau. Routeur, box, Bluetooth.'),
	('connect-wifi', 'es', 'Conectar al wifi', 'Mantenga pulsado el botón redondo cinco segundos hasta que parpadee en azul y elija su red en la aplicación. Necesita 2,4 GHz.',
		'El dispositivo no se conecta al wifi. No encuentra mi red. Router, internet, Bluetooth.'),
	('connect-wifi', 'ar', 'الاتصال بالواي فاي', 'اضغط على الزر المستدير خمس ثوانٍ حتى يومض بالأزرق، ثم اختر شبكتك في التطبيق. يلزم تردد 2.4 غيغاهرتز.',
		'الجهاز لا يتصل بالواي فاي. لا يجد شبكتي. راوتر، إنترنت، بلوتوث.'),
	('battery', 'fr', 'Batterie', 'Chargez-la quatre heures avec le câble de la boîte et mettez l''écran en mode économie. Est-ce que cela aide ?',
		'La batterie est vide après une heure. Elle ne charge pas. Autonomie, chargeur.'),
	('battery', 'es', 'Batería', 'Cárguela cuatro horas con el cable de la caja y ponga la pantalla en modo ahorro. ¿Le ayuda?', 'La batería se agota en una hora. No carga. Autonomía, cargador.'),
	('battery', 'ar', 'البطارية', 'اشحنها أربع ساعات بالكابل المرفق واضبط الشاشة على وضع التوفير. هل ساعد ذلك؟', 'البطارية تفرغ بعد ساعة. لا تشحن. عمر البطارية، شاحن.'),
	('warranty', 'fr', 'Garantie', 'Vous avez deux ans de garantie à compter de l''achat. Il me faut seulement le numéro de la commande.',
		'Il est cassé. L''appareil est défectueux, endommagé. Est-ce sous garantie ? Réparation, remplacement.'),
	('warranty', 'es', 'Garantía', 'Tiene dos años de garantía desde la compra. Solo necesito el número del pedido.',
		'Está roto. El aparato es defectuoso, está dañado. ¿Lo cubre la garantía? Reparación, sustitución.'),
	('warranty', 'ar', 'الضمان', 'لديك ضمان لمدة سنتين من يوم الشراء. أحتاج فقط إلى رقم الطلب.', 'إنه مكسور. الجهاز معطل أو تالف. هل يشمله الضمان؟ إصلاح، استبدال.'),
	('restart', 'fr', 'Redémarrer', 'Éteignez l''appareil, attendez dix secondes, puis rallumez-le.', 'Il ne réagit pas. L''appareil est bloqué, ne s''allume pas, est figé.'),
	('restart', 'es', 'Reiniciar', 'Apague el dispositivo, espere diez segundos y vuelva a encenderlo.', 'No responde. El dispositivo se queda colgado, no se enciende.'),
	('restart', 'ar', 'إعادة التشغيل', 'أطفئ الجهاز من فضلك وانتظر عشر ثوانٍ ثم شغّله مرة أخرى.', 'لا يستجيب. الجهاز معلق، لا يعمل، متجمد.'),
	('spare-part', 'fr', 'Pièces détachées', 'Les pièces détachées sont disponibles pendant dix ans : https://shop.example/parts. Laquelle vous faut-il ?',
		'J''ai perdu une pièce. Où acheter une pièce détachée, un câble, un couvercle, des accessoires ?'),
	('spare-part', 'es', 'Recambios', 'Hay recambios durante diez años: https://shop.example/parts. ¿Cuál necesita?',
		'He perdido una pieza. ¿Dónde compro un recambio, un cable, una tapa, accesorios?'),
	('spare-part', 'ar', 'قطع الغيار', 'قطع الغيار متوفرة لمدة عشر سنوات: https://shop.example/parts. أي قطعة تحتاج؟', 'فقدت قطعة. أين أشتري قطعة غيار أو كابلًا أو غطاءً أو ملحقات؟');

insert into chat.disposition_code (disposition, queue, parent, position) values
	('sold', 'sales', null, 1), ('advice', 'sales', null, 2), ('order', 'sales', null, 3), ('order-status', 'sales', 'order', 1), ('order-changed', 'sales', 'order', 2),
	('order-cancelled', 'sales', 'order', 3),
	('refunded', 'billing', null, 1), ('invoice-sent', 'billing', null, 2), ('payment', 'billing', null, 3), ('payment-solved', 'billing', 'payment', 1),
	('payment-bank', 'billing', 'payment', 2),
	('solved', 'support', null, 1), ('replaced', 'support', null, 2), ('access', 'support', null, 3),
	('no-answer', 'support', null, 8), ('wrong-place', 'sales', null, 9);
insert into chat.disposition_text (disposition, locale, label) values
	('sold', 'en', 'Sold'), ('sold', 'de', 'Verkauft'), ('advice', 'en', 'Advice'), ('advice', 'de', 'Beratung'), ('order', 'en', 'Order'), ('order', 'de', 'Bestellung'),
	('order-status', 'en', 'Status told'), ('order-status', 'de', 'Stand mitgeteilt'), ('order-changed', 'en', 'Changed'), ('order-changed', 'de', 'Geändert'),
	('order-cancelled', 'en', 'Cancelled'), ('order-cancelled', 'de', 'Storniert'),
	('refunded', 'en', 'Refunded'), ('refunded', 'de', 'Erstattet'), ('invoice-sent', 'en', 'Invoice sent'), ('invoice-sent', 'de', 'Rechnung gesendet'),
	('payment', 'en', 'Payment'), ('payment', 'de', 'Zahlung'), ('payment-solved', 'en', 'Solved'), ('payment-solved', 'de', 'Gelöst'),
	('payment-bank', 'en', 'Up to the bank'), ('payment-bank', 'de', 'Liegt bei der Bank'),
	('solved', 'en', 'Solved'), ('solved', 'de', 'Gelöst'), ('replaced', 'en', 'Replaced'), ('replaced', 'de', 'Ersetzt'), ('access', 'en', 'Access restored'),
	('access', 'de', 'Zugang hergestellt'),
	('no-answer', 'en', 'No answer'), ('no-answer', 'de', 'Keine Antwort'), ('wrong-place', 'en', 'Wrong place'), ('wrong-place', 'de', 'Falsch hier');
update chat.queue set disposition_required = true where queue = 'billing';

insert into chat.dialog (dialog, queue) values ('sale', 'sales'), ('refund', 'billing'), ('trouble', 'support');
insert into chat.dialog_text (dialog, locale, title) values
	('sale', 'en', 'From question to order'), ('sale', 'de', 'Von der Frage zur Bestellung'), ('refund', 'en', 'Refund'), ('refund', 'de', 'Erstattung'),
	('trouble', 'en', 'Find the fault'), ('trouble', 'de', 'Fehlersuche');
insert into chat.dialog_step (dialog, step, position) values
	('sale', 'need', 1), ('sale', 'offer', 2), ('sale', 'close', 3), ('refund', 'identify', 1), ('refund', 'reason', 2), ('refund', 'pay', 3),
	('trouble', 'describe', 1), ('trouble', 'try', 2), ('trouble', 'result', 3);
insert into chat.dialog_step_text (dialog, step, locale, title, say, tip) values
	('sale', 'need', 'en', 'What is needed', 'Hello {customer|and welcome}! What are you looking for, and for whom is it?', 'Ask one thing at a time.'),
	('sale', 'need', 'de', 'Was gebraucht wird', 'Hallo {customer|und willkommen}! Was suchen Sie, und für wen soll es sein?', 'Immer nur eine Frage auf einmal.'),
	('sale', 'offer', 'en', 'Offer', 'This one would suit you: ', 'At most two proposals, with a link each.'),
	('sale', 'offer', 'de', 'Vorschlag', 'Das hier würde passen: ', 'Höchstens zwei Vorschläge, jeder mit Link.'),
	('sale', 'close', 'en', 'Order', 'Shall I put it into your basket?', ''),
	('sale', 'close', 'de', 'Bestellung', 'Soll ich es Ihnen in den Warenkorb legen?', ''),
	('refund', 'identify', 'en', 'Find the order', 'Hello {customer|and thank you for writing}. Which order is it about?',
		'Name and address must match before you say anything about an order.'),
	('refund', 'identify', 'de', 'Bestellung finden', 'Hallo {customer|und danke für Ihre Nachricht}. Um welche Bestellung geht es?',
		'Name und Adresse müssen stimmen, bevor Sie etwas über eine Bestellung sagen.'),
	('refund', 'reason', 'en', 'Ask for the reason', 'May I ask what was wrong with it?', 'Damaged in transit: ask for a photo. Anything else needs none.'),
	('refund', 'reason', 'de', 'Nach dem Grund fragen', 'Darf ich fragen, was daran nicht in Ordnung war?', 'Transportschaden: um ein Foto bitten. Sonst braucht es keines.'),
	('refund', 'pay', 'en', 'Refund', 'I have started the refund. Banks take three to five working days.', 'Above 200 a supervisor has to agree.'),
	('refund', 'pay', 'de', 'Erstatten', 'Ich habe die Erstattung angestoßen. Banken brauchen drei bis fünf Werktage.', 'Über 200 muss die Teamleitung zustimmen.'),
	('trouble', 'describe', 'en', 'What happens', 'Hello {customer|and welcome}. What exactly does it do, and since when?', ''),
	('trouble', 'describe', 'de', 'Was geschieht', 'Hallo {customer|und willkommen}. Was genau passiert, und seit wann?', ''),
	('trouble', 'try', 'en', 'Try', 'Let us try something together.', 'The simple things first: restart, update, charge.'),
	('trouble', 'try', 'de', 'Probieren', 'Probieren wir gemeinsam etwas aus.', 'Das Einfache zuerst: Neustart, Update, Laden.'),
	('trouble', 'result', 'en', 'Result', 'Does it work now?', ''),
	('trouble', 'result', 'de', 'Ergebnis', 'Funktioniert es jetzt?', '');
insert into chat.dialog_item (dialog, step, item, position) values
	('sale', 'need', 'budget', 1), ('sale', 'need', 'occasion', 2), ('refund', 'identify', 'order', 1), ('refund', 'identify', 'address', 2), ('refund', 'pay', 'amount', 1),
	('refund', 'pay', 'mail', 2), ('trouble', 'describe', 'model', 1), ('trouble', 'describe', 'version', 2), ('trouble', 'try', 'restarted', 1), ('trouble', 'try', 'updated', 2);
insert into chat.dialog_item_text (dialog, step, item, locale, text) values
	('sale', 'need', 'budget', 'en', 'Budget known'), ('sale', 'need', 'budget', 'de', 'Budget bekannt'),
	('sale', 'need', 'occasion', 'en', 'For whom, which occasion'), ('sale', 'need', 'occasion', 'de', 'Für wen, welcher Anlass'),
	('refund', 'identify', 'order', 'en', 'Order found'), ('refund', 'identify', 'order', 'de', 'Bestellung gefunden'),
	('refund', 'identify', 'address', 'en', 'Name and address checked'), ('refund', 'identify', 'address', 'de', 'Name und Adresse geprüft'),
	('refund', 'pay', 'amount', 'en', 'Amount said'), ('refund', 'pay', 'amount', 'de', 'Betrag genannt'),
	('refund', 'pay', 'mail', 'en', 'E-mail address for the confirmation'), ('refund', 'pay', 'mail', 'de', 'E-Mail-Adresse für die Bestätigung'),
	('trouble', 'describe', 'model', 'en', 'Model'), ('trouble', 'describe', 'model', 'de', 'Modell'),
	('trouble', 'describe', 'version', 'en', 'Version of the app'), ('trouble', 'describe', 'version', 'de', 'Version der App'),
	('trouble', 'try', 'restarted', 'en', 'Restarted'), ('trouble', 'try', 'restarted', 'de', 'Neu gestartet'),
	('trouble', 'try', 'updated', 'en', 'App updated'), ('trouble', 'try', 'updated', 'de', 'App aktualisiert');
insert into chat.dialog_action (dialog, step, position, kind, phrase, next_step, queue, disposition) values
	('sale', 'need', 1, 'ask', 'size-advice', null, null, null), ('sale', 'offer', 1, 'ask', 'delivery-time', null, null, null),
	('sale', 'close', 1, 'wrap_up', null, null, null, 'sold'), ('sale', 'close', 2, 'transfer', null, null, 'billing', null),
	('refund', 'reason', 1, 'transfer', null, null, 'support', null), ('refund', 'reason', 2, 'ask', 'return-how', null, null, null),
	('refund', 'pay', 1, 'wrap_up', null, null, null, 'refunded'),
	('trouble', 'try', 1, 'ask', 'restart', null, null, null), ('trouble', 'try', 2, 'ask', 'update-app', null, null, null),
	('trouble', 'result', 1, 'wrap_up', null, null, null, 'solved'), ('trouble', 'result', 2, 'step', null, 'try', null, null), ('trouble', 'result', 3, 'ask', 'warranty', null, null, null);

-- A demo is tried by one person with many windows: no pauses between offers.
update chat.setting set value = '0' where name in ('stagger_s', 'missed_offer_penalty_s');
reset role;
