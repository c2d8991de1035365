// SPDX-License-Identifier: ISC
// What somebody who waits is told, in words.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import english from '../../widget/texts/en.js';
import german from '../../widget/texts/de.js';
import { Texts } from '../i18n.js';
import { placeText, waitText } from '../wait-text.js';

const en = new Texts('en', { english });
const de = new Texts('de', { built: german, english });

test('an expected wait is a range in whole minutes, and never more exact than it is', () => {
	assert.equal(waitText({ low_s: 0, high_s: 30 }, en), 'Less than a minute');
	assert.equal(waitText({ low_s: 30, high_s: 60 }, en), 'Less than a minute');
	assert.equal(waitText({ low_s: 30, high_s: 180 }, en), 'Up to 3 minutes');
	assert.match(waitText({ low_s: 120, high_s: 240 }, en), /^About 2\s?[–-]\s?4 minutes$/);
	assert.match(waitText({ low_s: 120, high_s: 240 }, de), /^Etwa 2\s?[–-]\s?4 Minuten$/);
	assert.match(waitText({ low_s: 60, high_s: 120 }, en, 'queue.wait'), /^Online, about 1\s?[–-]\s?2 minutes$/);
});

test('without a basis there are no words about time', () => {
	for (const wait of [null, undefined, {}, { state: 'unstaffed' }]) assert.equal(waitText(wait, en), '');
});

test('the place is told, and the first in line that he is next', () => {
	assert.deepEqual(placeText({ position: 3, wait: { low_s: 0, high_s: 120 } }, en),
		{ title: 'Number 3 in line', detail: 'Up to 2 minutes', advice: english['wait.stay'] });
	assert.equal(placeText({ position: 1, wait: null }, en).title, 'You are next');
	assert.equal(placeText(null, en).title, 'You are in line');
});

test('when nobody will come that is said first, with the next opening where there is one', () => {
	assert.deepEqual(placeText({ position: 2, wait: { state: 'unstaffed' } }, en),
		{ title: 'Nobody is there right now', detail: 'Number 2 in line', advice: english['wait.keep'] });
	const closed = placeText({ position: 2, wait: { state: 'closed', next_opening: '2020-01-06T08:00:00.000Z' } }, de);
	assert.equal(closed.title, 'Wir haben gerade geschlossen');
	assert.match(closed.detail, /^Wir sind wieder da: /);
	assert.equal(placeText({ position: 2, wait: { state: 'closing' } }, en).title, 'We may close before it is your turn');
	assert.equal(placeText({ position: 2, wait: { state: 'nobody knows this one', low_s: 60, high_s: 120 } }, en).title, 'Number 2 in line', 'a newer server');
});
