-- SPDX-License-Identifier: ISC
-- French punctuation keeps to its word by a no-break space, so that no line begins with a question mark: in the built-in texts that nobody has changed.
set local role switchboard_owner;

update chat.text t set text = regexp_replace(t.text, ' ([:;?!])', U&'\00A0\\1', 'g')
from (values
	('not_understood', 'Désolé, je n’ai pas compris. Veuillez choisir :'),
	('silent_customer', 'Êtes-vous toujours là ? Nous poursuivons dès que vous le souhaitez.'),
	('mail_answer_quote', 'Le {date}, vous avez écrit :'),
	('mail_invitation', 'Poursuivre dans une discussion : {link}'),
	('mail_notice_subject', 'Nouveau message {reference} : {queue}'),
	('answer_choice', 'Choisissez l’une de ces réponses :'),
	('channel_closed', 'Merci, nous avons reçu votre message. Il n’y a personne pour le moment ; vous recevrez la réponse ici dès notre retour.'),
	('channel_rating', 'Comment cela s’est-il passé ? Répondez par un chiffre de 1 (mauvais) à 5 (très bien).'),
	('channel_help', '{name} : écrivez-nous ici, nous vous répondrons. Répondez STOP pour ne plus recevoir de messages.'),
	('channel_start', '{name} : vous recevrez de nouveau nos messages.')
) b (name, text) where t.locale = 'fr' and t.name = b.name and t.text = b.text;
