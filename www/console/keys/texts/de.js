// SPDX-License-Identifier: ISC
export default {
	keys: 'Tastenkürzel',
	'keys.desk': 'Überall',
	'keys.chat': 'In einem Chat',
	'keys.writing': 'Beim Schreiben',
	'keys.accept': 'Angebot annehmen',
	'keys.waits': 'Der Chat, der am längsten auf Ihre Antwort wartet',
	'keys.other': 'Voriger oder nächster Chat',
	'keys.suggestion': 'Vorgeschlagene Antwort einsetzen',
	'keys.say': 'Worte des Schritts einsetzen',
	'keys.mode': 'Nachricht oder interne Notiz',
	'keys.line': 'Neue Zeile',
	'keys.phrase': 'Textbaustein suchen',
	'keys.leave': 'Schließen, was offen ist',
};
