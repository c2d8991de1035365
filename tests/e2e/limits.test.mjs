// SPDX-License-Identifier: ISC
// What people see of limits: a site that is asked for too much, a login that failed too often.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Customer } from '../support/people.mjs';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { useBrowser } from './browser.mjs';

const stack = useStack({ options: { limit_exempt: '' } });
const browser = useBrowser(stack);
const set = (name, value) => stack.query('update chat.setting set value = $2 where name = $1', [name, `${value}`]);

test('a customer whom the site has no room for is told so, waits, and the chat begins by itself', async () => {
	await set('site_chats_per_minute', 1);
	await Customer.open(stack);
	await stack.query("update chat.site_rate set full_at = clock_timestamp() + interval '5 minutes'"); // however long the browser takes
	const mia = await browser.person('mia');
	await mia.visit();
	await mia.open();
	await mia.chat.locator('sb-welcome #name').fill('Mia');
	await mia.chat.getByRole('button', { name: 'Start chat' }).click();
	const told = mia.chat.locator('sb-welcome .slow');
	await told.filter({ hasText: 'very busy' }).waitFor();
	assert.match(await told.textContent(), /Next try in \d:\d\d/);
	await mia.shoot('site busy');
	const before = await told.textContent();
	await until(async () => (await told.textContent()) !== before, { what: 'the time to run' });
	await told.getByRole('button', { name: 'Cancel' }).click();
	await told.waitFor({ state: 'detached' });

	await set('site_chats_per_minute', 60); // a minute's worth is there within two seconds
	await stack.query("update chat.site_rate set full_at = clock_timestamp() + interval '61 seconds'");
	await mia.chat.getByRole('button', { name: 'Start chat' }).click();
	await mia.chat.locator('.choice').first().waitFor();
});

test('in Arabic, on a phone and in the dark, the same is told', async () => {
	await stack.query("update chat.site_rate set full_at = clock_timestamp() + interval '10 minutes'");
	const mia = await browser.person('mia', { locale: 'ar', viewport: { width: 360, height: 740 }, colorScheme: 'dark' });
	await mia.visit();
	await mia.open();
	await mia.chat.locator('sb-welcome form button[type=submit]').click();
	await mia.chat.locator('sb-welcome .slow').filter({ hasText: 'الازدحام' }).waitFor();
	await mia.shoot('site busy arabic dark phone');
	await stack.query('delete from chat.site_rate');
});

test('P45 after too many wrong passwords the login counts the wait down and is then as it was', async () => {
	await set('login_failures_max', 1);
	await set('login_delay_s', 600);
	await set('login_delay_max_s', 600);
	const ana = await browser.person('ana');
	await ana.page.clock.install();
	await ana.page.goto(`${stack.url}/console/`);
	await ana.at('login-operator').fill('ana');
	await ana.at('login-password').fill('not the password');
	await ana.at('login-submit').click();
	await ana.at('login-problem').filter({ hasText: 'do not belong together' }).waitFor();
	await ana.at('login-submit').click();
	const problem = ana.at('login-problem').filter({ hasText: 'Too many attempts' });
	await problem.waitFor();
	assert.equal(await ana.at('login-submit').getAttribute('aria-disabled'), 'true');
	await ana.shoot('login limited');
	const seen = problem.locator('[aria-hidden=true]').last();
	const first = await seen.textContent();
	await until(async () => (await seen.textContent()) !== first, { what: 'the time to run' });
	const asked = ana.requests.length;
	await ana.at('login-password').fill(stack.passwords.ana);
	await ana.at('login-password').press('Enter');
	assert.equal(ana.requests.slice(asked).filter((request) => request.method() === 'POST').length, 0, 'nothing is sent meanwhile');
	await stack.query('delete from chat.login_failure');
	await ana.page.clock.fastForward(600_000);
	await problem.waitFor({ state: 'detached' });
	assert.equal(await ana.at('login-operator').inputValue(), 'ana');
	await ana.at('login-submit').click();
	await ana.at('queue-sales').waitFor();
});
