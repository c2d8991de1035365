// SPDX-License-Identifier: ISC
// An error that people cannot mend comes with a reference they can read out: by it the request is found in the logs, and in the database what it did.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { useBrowser } from './browser.mjs';

const stack = useStack();
const browser = useBrowser(stack);

// The whole ids of requests that begin so, in the log of the api and in that of the web server.
function found(reference) {
	const ids = [...stack.logs.matchAll(new RegExp(`event=request request_id=(${reference}[0-9a-f]{24}) .*`, 'g'))].map(([line, id]) => ({ id, line }));
	return ids.filter(({ id }) => new RegExp(`^.* ${id}$`, 'm').test(stack.logs));
}

// What a click makes appear, read as soon as it is there: a notice stands for some seconds only.
async function readReference(place, click) {
	const [text] = await Promise.all([place.innerText(), click()]);
	const [, reference] = /: \u2066?([0-9a-f]{8})\u2069?$/.exec(text) ?? assert.fail(text);
	return until(() => found(reference).at(-1), { what: `the request ${reference} in both logs` });
}

test('a customer whose chat cannot be started is told a reference that finds the request', async () => {
	const mia = await browser.person('mia');
	await mia.visit();
	await mia.open();
	const start = mia.chat.getByRole('button', { name: 'Start chat' });
	await start.waitFor();
	await stack.query("update chat.widget set active = false where widget = 'demo-shop'");
	const { line } = await readReference(mia.chat.locator('.reference'), () => start.click());
	await mia.shoot('is refused');
	await stack.query("update chat.widget set active = true where widget = 'demo-shop'");
	assert.match(line, /method=POST route=api\/v1\/chats code=404 result=not_found/);
});

test('so is an operator, and the audit names the request that changed something', async () => {
	const ana = await browser.person('ana');
	await ana.takeDuty('ana', ['sales']);
	const [login] = await stack.query("select request_id, application from chat.audit where action = 'login' and key = 'ana'");
	assert.equal(login.application, 'switchboard-api');
	const { line: entry } = await until(() => found(login.request_id.slice(0, 8)).at(-1), { what: 'the login in both logs' });
	assert.match(entry, /route=api\/v1\/session code=200/);
	await stack.query('revoke execute on function api.set_presence from switchboard_api');
	const { line } = await readReference(ana.at('notice').locator('.reference'), () => ana.at('presence-break').click());
	await ana.shoot('is refused');
	await stack.query('grant execute on function api.set_presence to switchboard_api');
	assert.match(line, /route=api\/v1\/me\/presence code=500/);
});
