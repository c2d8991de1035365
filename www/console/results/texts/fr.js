// SPDX-License-Identifier: ISC
export default {
	results: 'Résultats du jour',
	'results.failed': 'Impossible de charger les résultats pour le moment.',
	'results.none': 'Aucune discussion avec un conseiller ne s’est terminée aujourd’hui.',
	'results.chats.one': '{n} discussion',
	'results.chats.other': '{n} discussions',
	'results.unfiled': 'Sans résultat',
	'results.own_words': 'Dans les mots du conseiller',
	'results.more': 'Autres résultats',
	'results.required': 'Un résultat est demandé ici',
};
