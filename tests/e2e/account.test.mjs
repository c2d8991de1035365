// SPDX-License-Identifier: ISC
// Somebody's own account in a real browser: from an invitation to a login in two steps, sessions that are ended, and how it looks (WCAG 2.2 AA).
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { halfMinutePasses, totp, wrongTotp } from '../support/authenticator.mjs';
import { Operator } from '../support/people.mjs';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { axe, fits } from './axe.mjs';
import { useBrowser } from './browser.mjs';

const stack = useStack();
const browser = useBrowser(stack);
const ways = [
	{ name: 'light', colorScheme: 'light', viewport: { width: 1280, height: 860 }, locale: 'en-GB' },
	{ name: 'dark at 320 px', colorScheme: 'dark', viewport: { width: 320, height: 640 }, locale: 'de-DE' },
	{ name: 'right to left', colorScheme: 'light', viewport: { width: 400, height: 800 }, locale: 'ar' },
];

async function makeLink(operator, purpose) {
	const token = randomBytes(32).toString('base64url');
	await stack.query("select from api.make_link($1, $2, sha256(convert_to($3, 'UTF8')))", [operator, purpose, token]);
	return `${stack.url}/console/#link=${token}`;
}

const secretOn = async (person) => (await person.at('totp-secret').textContent()).replaceAll(' ', '');
const focused = (person) => person.page.evaluate(() => {
	let element = document.activeElement;
	while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
	return element?.dataset.testid ?? element?.id ?? '';
});

for (const { name, ...context } of ways)
	test(`an invitation, a password, a login in two steps, sessions, ${name}`, async () => {
		const who = `eva-${ways.findIndex((way) => way.name === name)}`;
		await stack.query('insert into chat.operator (operator, name) values ($1, $2)', [who, 'Eva-Maria Lindström']);
		await stack.query('insert into chat.operator_skill (operator, skill, rating) select $1, skill, 5 from chat.skill', [who]);
		const eva = await browser.person(`eva ${name}`, { ...context, bypassCSP: true });
		const look = async (what) => {
			await axe(eva.page, what);
			await fits(eva.page, what);
			await eva.shoot(what);
		};
		const link = await makeLink(who, 'invite');
		await eva.page.goto(link);
		await eva.at('link-password').waitFor();
		assert.ok(!eva.page.url().includes('link='), 'the token is out of the address');
		await eva.at('link-password').fill('short');
		await eva.at('link-submit').click();
		await eva.at('link-problem').waitFor();
		await look('invitation');
		await eva.at('link-password').fill('four words of mine');
		await eva.at('link-submit').click();
		await eva.at('login-told').waitFor();
		await look('password set');
		assert.equal(await eva.at('login-operator').inputValue(), who);
		await eva.at('login-password').fill('four words of mine');
		await eva.at('login-submit').click();

		await eva.at('account').click();
		await eva.at('account-password').waitFor();
		await look('account');
		await eva.at('totp-on').click();
		await eva.at('totp-password').fill('four words of mine');
		await eva.at('totp-submit').click();
		await eva.at('totp-qr').waitFor();
		await look('enrol');
		const secret = await secretOn(eva);
		await eva.at('totp-code').fill(wrongTotp(secret));
		await eva.at('totp-submit').click();
		await eva.at('totp-problem').waitFor();
		await eva.at('totp-code').fill(totp(secret));
		await eva.at('totp-submit').click();
		await eva.at('totp-codes').waitFor();
		assert.equal(await eva.at('totp-codes').locator('li').count(), 10);
		const [recovery] = await eva.at('totp-codes').locator('li').allTextContents();
		await look('recovery codes');
		await eva.at('totp-done').click();
		await eva.at('totp-renew').waitFor();

		const other = await browser.person(`other ${name}`, { ...context, bypassCSP: true, quiet: [] });
		await other.page.goto(`${stack.url}/console/`);
		await other.at('login-operator').fill(who);
		await other.at('login-password').fill('four words of mine');
		await other.at('login-submit').click();
		await other.at('login-code').waitFor();
		await until(async () => (await focused(other)) === 'login-code', { what: 'the code to be asked for' });
		await other.at('login-code').fill(wrongTotp(secret));
		await other.at('login-submit').click();
		await other.at('login-problem').waitFor();
		await axe(other.page, 'second step');
		await fits(other.page, 'second step');
		await other.shoot('second step');
		await other.at('login-code').fill(recovery);
		await other.at('login-submit').click();
		await other.at('account').waitFor();

		await eva.page.keyboard.press('Escape');
		await until(async () => (await focused(eva)) === 'account', { what: 'the focus to be back' });
		await eva.page.keyboard.press('Enter');
		await eva.at('session-end').waitFor();
		await look('sessions');
		await eva.at('sessions-others').click();
		await eva.at('session-end').waitFor({ state: 'detached' });
		await other.at('login-operator').waitFor();

		await halfMinutePasses(stack, who);
		await eva.at('totp-off').click();
		await eva.at('account-proof').fill('four words of mine');
		await eva.at('account-totp').fill(totp(secret));
		await look('switch off');
		await eva.at('account-submit').click();
		await eva.at('totp-on').waitFor();
		await eva.at('account-password').click();
		await eva.at('account-old').fill('not it');
		await eva.at('account-new').fill('five other words of mine');
		await eva.at('account-submit').click();
		await eva.at('account-problem').waitFor();
		await look('wrong password');
		await eva.at('account-old').fill('four words of mine');
		await eva.at('account-submit').click();
		await eva.at('account-password').waitFor();

		await eva.page.goto('about:blank');
		await eva.page.goto(link);
		await eva.at('link-problem').waitFor();
		await look('void link');
		await eva.at('link-leave').click();
		await eva.at('account').waitFor();
	});

test('where the role asks for it, the second step is set up before the desk, under the policy of the console', async () => {
	await stack.query("update chat.setting set value = '1' where name = 'totp_operators'");
	const ana = await browser.person('ana');
	await ana.page.goto(`${stack.url}/console/`);
	await ana.at('login-operator').fill('ana');
	await ana.at('login-password').fill(stack.passwords.ana);
	await ana.at('login-submit').click();
	await ana.at('enrol').waitFor();
	await ana.page.reload();
	await ana.at('totp-submit').click();
	await ana.at('totp-qr').waitFor();
	await ana.shoot('required');
	await ana.at('totp-code').fill(totp(await secretOn(ana)));
	await ana.at('totp-submit').click();
	await ana.at('totp-done').click();
	await ana.at('account').waitFor();
	await stack.query("update chat.setting set value = '0' where name = 'totp_operators'");
	await stack.query("select chat.reset_totp('ana')");
	await ana.at('login-operator').waitFor();
	assert.ok(await Operator.logIn(stack, 'ana'));
});
