// SPDX-License-Identifier: ISC
export default {
	keys: 'اختصارات لوحة المفاتيح',
	'keys.desk': 'في كل مكان',
	'keys.chat': 'في المحادثة',
	'keys.writing': 'أثناء الكتابة',
	'keys.accept': 'قبول العرض',
	'keys.waits': 'المحادثة التي تنتظر ردّك منذ أطول مدة',
	'keys.other': 'المحادثة السابقة أو التالية',
	'keys.suggestion': 'إدراج إجابة مقترحة',
	'keys.say': 'إدراج كلمات الخطوة',
	'keys.mode': 'رسالة أو ملاحظة داخلية',
	'keys.line': 'سطر جديد',
	'keys.phrase': 'البحث عن عبارة',
	'keys.leave': 'إغلاق ما هو مفتوح',
};
