// SPDX-License-Identifier: ISC

/**
 * What customers of the demo's shop might write, and the phrase that answers it: queue, sentence, phrase. None is a sentence of `chat.phrase_text.asked`: most say
 * it in other words, some misspell it.
 */
export const sentences = {
	en: [
		['sales', 'hey, my parcel was supposed to be here on tuesday and still nothing', 'where-is-order'],
		['sales', 'If I buy it this evening, will I have it by friday?', 'delivery-time'],
		['sales', 'do you also send things to Norway and what would that cost me', 'shipping-cost'],
		['sales', 'I usually wear M but your shirts look rather small', 'size-advice'],
		['sales', 'will the green lamp be available again soon?', 'in-stock'],
		['sales', 'Oh no, I picked blue but meant to order the red one', 'change-order'],
		['sales', 'please forget about the order from this morning, I dont want it anymore', 'cancel-order'],
		['sales', 'the vouchar from your newsletter is not accepted', 'discount'],
		['sales', 'It is for my mothers birthday, could it come nicely wrapped?', 'gift'],
		['billing', 'our accountant asks for the receipts of last month', 'invoice-copy'],
		['billing', 'I sent the shoes back two weeks ago, where is my money?', 'refund-time'],
		['billing', 'The jacket is not what I expected. How can I give it back?', 'return-how'],
		['billing', 'is it possible to pay in installments or only with a credit card', 'payment-methods'],
		['billing', 'the checkout always says that my card has been refused', 'payment-failed'],
		['billing', 'There are two payments of 39.90 on my bank statement', 'charged-twice'],
		['support', 'I can not sign in any more, I dont remember my pasword', 'password-reset'],
		['support', 'the text message with the code never comes', 'login-code'],
		['support', 'since yesterday your app keeps crashing on my phone', 'update-app'],
		['support', 'My new speaker will not join our wireless network at home, do I need another router?', 'connect-wifi'],
		['support', 'after 18 months it is now broken, will you repair it for free?', 'warranty'],
	],
	de: [
		['sales', 'Hallo, das Paket sollte schon am Dienstag hier sein und es ist immer noch nichts da', 'where-is-order'],
		['sales', 'Wenn ich es heute Abend bestelle, ist es dann am Freitag da?', 'delivery-time'],
		['sales', 'verschickt ihr auch nach Norwegen und was würde der Versand kosten', 'shipping-cost'],
		['sales', 'Sonst trage ich M, aber die Hemden sehen eher klein aus', 'size-advice'],
		['sales', 'ist die grüne Lampe bald wieder verfügbar?', 'in-stock'],
		['sales', 'Oh nein, ich habe blau gewählt, wollte aber eine andere Farbe bestellen', 'change-order'],
		['sales', 'bitte vergessen Sie meinen Auftrag von heute früh, ich will das nicht mehr', 'cancel-order'],
		['sales', 'der Gutschien aus dem Newsletter wird nicht angenommen', 'discount'],
		['sales', 'Es ist zum Geburtstag meiner Mutter, geht das auch schön eingepackt?', 'gift'],
		['billing', 'unsere Buchhaltung braucht noch die Belege vom letzten Monat', 'invoice-copy'],
		['billing', 'Ich habe die Schuhe vor zwei Wochen zurückgeschickt, wo bleibt mein Geld?', 'refund-time'],
		['billing', 'Die Jacke gefällt mir nicht. Wie gebe ich sie zurück?', 'return-how'],
		['billing', 'kann man auch in Raten zahlen oder nur mit Kreditkarte', 'payment-methods'],
		['billing', 'an der Kasse heißt es immer, meine Karte sei abgelehnt worden', 'payment-failed'],
		['billing', 'Auf meinem Kontoauszug steht der Betrag von 39,90 gleich zweimal', 'charged-twice'],
		['support', 'ich komme nicht mehr in mein Konto, weiß mein Pasword nicht mehr', 'password-reset'],
		['support', 'die SMS mit dem Bestätigungscode kommt nie an', 'login-code'],
		['support', 'seit gestern stürzt eure App auf meinem Handy dauernd ab', 'update-app'],
		['support', 'Mein neuer Lautsprecher findet das WLAN daheim nicht, brauche ich einen anderen Router?', 'connect-wifi'],
		['support', 'nach 18 Monaten ist es jetzt kaputt, wird das umsonst repariert?', 'warranty'],
	],
};
