// SPDX-License-Identifier: ISC
export default {
	keys: 'Raccourcis clavier',
	'keys.desk': 'Partout',
	'keys.chat': 'Dans une conversation',
	'keys.writing': 'En écrivant',
	'keys.accept': 'Accepter la proposition',
	'keys.waits': 'La conversation qui attend votre réponse depuis le plus longtemps',
	'keys.other': 'Conversation précédente ou suivante',
	'keys.suggestion': 'Insérer une réponse proposée',
	'keys.say': 'Insérer les mots de l’étape',
	'keys.mode': 'Message ou note interne',
	'keys.line': 'Nouvelle ligne',
	'keys.phrase': 'Chercher une phrase',
	'keys.leave': 'Fermer ce qui est ouvert',
};
