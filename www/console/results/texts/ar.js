// SPDX-License-Identifier: ISC
export default {
	results: 'نتائج اليوم',
	'results.failed': 'لا يمكن تحميل النتائج الآن.',
	'results.none': 'لم تنتهِ اليوم أي محادثة مع موظف.',
	'results.chats.zero': 'لا محادثات',
	'results.chats.one': 'محادثة واحدة',
	'results.chats.two': 'محادثتان',
	'results.chats.few': '{n} محادثات',
	'results.chats.many': '{n} محادثة',
	'results.chats.other': '{n} محادثة',
	'results.unfiled': 'بلا نتيجة',
	'results.own_words': 'بكلمات الموظف',
	'results.more': 'نتائج أخرى',
	'results.required': 'النتيجة مطلوبة هنا',
};
