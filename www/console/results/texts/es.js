// SPDX-License-Identifier: ISC
export default {
	results: 'Resultados de hoy',
	'results.failed': 'Los resultados no se pueden cargar ahora mismo.',
	'results.none': 'Hoy no ha terminado ningún chat con un agente.',
	'results.chats.one': '{n} chat',
	'results.chats.other': '{n} chats',
	'results.unfiled': 'Sin resultado',
	'results.own_words': 'Con palabras del agente',
	'results.more': 'Otros resultados',
	'results.required': 'Aquí se pide un resultado',
};
