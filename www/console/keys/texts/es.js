// SPDX-License-Identifier: ISC
export default {
	keys: 'Atajos de teclado',
	'keys.desk': 'En todas partes',
	'keys.chat': 'En un chat',
	'keys.writing': 'Al escribir',
	'keys.accept': 'Aceptar la oferta',
	'keys.waits': 'El chat que más tiempo espera su respuesta',
	'keys.other': 'Chat anterior o siguiente',
	'keys.suggestion': 'Insertar una respuesta propuesta',
	'keys.say': 'Insertar las palabras del paso',
	'keys.mode': 'Mensaje o nota interna',
	'keys.line': 'Línea nueva',
	'keys.phrase': 'Buscar una frase',
	'keys.leave': 'Cerrar lo que está abierto',
};
