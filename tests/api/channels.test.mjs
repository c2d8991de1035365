// SPDX-License-Identifier: ISC
// Channels through the web server, with a provider that signs as Twilio and Meta do and takes what we send (P48-P51, SECURITY D19).

import { test, after } from 'node:test';
import assert from 'node:assert/strict';
import { useStack } from '../support/stack.mjs';
import { api, assertError, assertNotLogged, leavesNothing } from '../support/http.mjs';
import { runProgram } from '../support/commandline.mjs';
import { Operator } from '../support/people.mjs';
import { carry, pageMessage, postGeneric, postMessenger, postSms, Provider, smsFields, timedSignature, twilioSignature } from '../support/provider.mjs';
import { until } from '../support/waiting.mjs';

const SECRET = 'a-secret-of-twilio-and-others';
let provider;
const stack = useStack({
	prepare: async (begun) => {
		provider = await Provider.open();
		await begun.query(`insert into chat.channel_account (account, channel, widget, own_address, user_name, api_url, plain_http) values
			('sms', 'sms', 'demo-shop', '+18005550100', 'AC1', $1, true), ('page', 'messenger', 'demo-shop', '900', null, $1, true),
			('bridge', 'generic', 'demo-shop', null, null, $1 || '/bridge', true)`, [provider.url]);
		for (const [account, kind] of [['sms', 'secret'], ['page', 'secret'], ['page', 'token'], ['page', 'verify'], ['bridge', 'secret']])
			await begun.query('select api.add_channel_secret($1, $2, $3)', [account, kind, kind === 'secret' ? SECRET : `the-${kind}-of-the-page`]);
	},
});
after(() => provider?.close());

const sms = (fields, more = {}) => postSms(stack, { account: 'sms', secret: SECRET, fields, ...more });
const page = (messaging, more = {}) => postMessenger(stack, { account: 'page', secret: SECRET, messaging, ...more });
const bridge = (events, more = {}) => postGeneric(stack, { account: 'bridge', secret: SECRET, events, ...more });
const chatOf = async (address) => (await stack.query('select chat from chat.channel_chat where address = $1 order by began_at desc limit 1', [address]))[0]?.chat;
const said = async (address) => (await stack.query(`select m.body from chat.message m join chat.channel_chat k on k.chat = m.chat
	where k.address = $1 and m.author_kind = 'customer' and m.kind = 'message' order by k.began_at, m.seq`, [address])).map(({ body }) => body);
const isEmpty = async () => (await stack.query("select from chat.outbox where state in ('queued', 'sending')")).length === 0;
const carryAll = () => until(async () => (await carry(stack)) === 0 && (await isEmpty()), { what: 'everything to be sent' });

test('P48 D19 an SMS without a signature, or with a wrong one, is 403 and stores nothing', async () => {
	const fields = smsFields('+4915100000001', 'Hello');
	const url = `${stack.url}/api/v1/channels/sms/sms`;
	for (const headers of [{}, { 'X-Twilio-Signature': '' }, { 'X-Twilio-Signature': twilioSignature('another secret', url, fields) },
		{ 'X-Twilio-Signature': twilioSignature(SECRET, `${url}?x=1`, fields) },
		{ 'X-Twilio-Signature': twilioSignature(SECRET, url, { ...fields, Body: 'hello' }) }])
		await leavesNothing(stack, async () => assertError(await sms(fields, { secret: null, headers }), 403, 'forbidden'));
	assert.deepEqual(await stack.query('select from chat.channel_received'), []);
	await until(() => /webhook refused.*account=sms|"account":"sms"/.test(stack.logs), { what: 'the refusal in the log' });
});

test('P48 a form that cannot be meant is 400 before anybody looks at its signature', async () => {
	for (const body of ['MessageSid=SM1&MessageSid=SM1&From=%2B1&Body=x', 'MessageSid=SM1&From=%2B1&Body=%00', 'MessageSid=SM1&From=%2B1&Body=%4', 'MessageSid=SM1&From=%2B1&Body=%FF', 'MessageSid'])
		await leavesNothing(stack, async () => assertError(await sms({}, { body }), 400, 'bad_request'));
	assertError(await sms(smsFields('+1', 'x'), { headers: { 'Content-Type': 'text/plain' } }), 415, 'unsupported_media');
	assertError(await postSms(stack, { account: 'nobody', secret: SECRET, fields: smsFields('+1', 'x') }), 404, 'not_found');
	assertError(await postSms(stack, { account: 'page', secret: SECRET, fields: smsFields('+1', 'x') }), 404, 'not_found');
	assertError(await api(stack, 'GET', 'channels/sms/sms'), 405, 'method_not_allowed');
	assertError(await sms({ MessageSid: 'SM1', Body: 'x' }), 422, 'invalid', 'From');
});

test('P49 D19 a signed SMS that comes twice is 200 both times and one message', async () => {
	const fields = smsFields('+4915100000002', 'Grüße 😀\nund mehr & + %');
	for (let i = 0; i < 2; i++) {
		const answer = await sms(fields);
		assert.equal(answer.status, 200, answer.text);
		assert.match(answer.headers['content-type'], /^text\/xml/);
		assert.match(answer.text, /<Response\/>/);
	}
	assert.deepEqual(await said(fields.From), [fields.Body]);
	await Promise.all(Array.from({ length: 5 }, () => sms({ ...fields, MessageSid: 'SMsame' })));
	assert.equal((await said(fields.From)).length, 2, 'also at the same moment');
	assertNotLogged(stack, fields.Body, SECRET);
});

test('P49 the default port in the URL that Twilio signs, and JSON that the URL vouches for, are good', async () => {
	const fields = { MessageSid: 'SMjson', From: '+4915100000003', Body: 'by JSON' };
	const body = JSON.stringify(fields);
	const hash = (await import('node:crypto')).createHash('sha256').update(body).digest('hex');
	const path = `channels/sms/sms?bodySHA256=${hash}`;
	const headers = { 'Content-Type': 'application/json', 'X-Twilio-Signature': twilioSignature(SECRET, `${stack.url}/api/v1/${path}`, {}) };
	assert.equal((await sms({}, { path, body, headers, secret: null })).status, 200);
	assertError(await sms({}, { path, body: body.replace('JSON', 'json'), headers, secret: null }), 403, 'forbidden');
	assert.deepEqual(await said(fields.From), ['by JSON']);
});

test('P50 the subscription check answers the challenge to who knows the verify token', async () => {
	const ask = (token, more = '') => api(stack, 'GET', `channels/messenger/page?hub.mode=subscribe&hub.verify_token=${token}&hub.challenge=1158201444${more}`);
	assertError(await ask('wrong'), 403, 'forbidden');
	assertError(await ask(''), 403, 'forbidden');
	const good = await ask('the-verify-of-the-page');
	assert.equal(good.status, 200);
	assert.equal(good.text, '1158201444');
	assert.match(good.headers['content-type'], /^text\/plain/);
	assertError(await api(stack, 'GET', 'channels/messenger/page'), 400, 'bad_request');
	assertError(await ask('the-verify-of-the-page', '&x=1'), 422, 'invalid', 'query');
});

test('P51 D19 a Messenger post with a wrong signature is 403 and stores nothing', async () => {
	const messaging = [pageMessage('11', 'Hello')];
	for (const more of [{ secret: null }, { secret: 'another' }, { headers: { 'X-Hub-Signature-256': `sha256=${'0'.repeat(64)}` } }])
		await leavesNothing(stack, async () => assertError(await page(messaging, more), 403, 'forbidden'));
	const attachments = [{ type: 'image', payload: { url: 'https://cdn.example/1.png', more: { a: [1] } } }];
	const deep = await page([pageMessage('11', 'Grüße 😀', { more: { attachments } })]);
	assert.equal(deep.status, 200, deep.text);
	assert.deepEqual(await said('11'), ['Grüße 😀\nhttps://cdn.example/1.png'], 'over the raw bytes, as Meta escapes them');
	assertError(await postMessenger(stack, { account: 'page', secret: SECRET, body: '{"object":"page","object":"page"}' }), 400, 'bad_request');
});

test('D19 a generic webhook whose time stamp is old is refused', async () => {
	const events = [{ kind: 'message', id: 'g1', from: 'zoe', text: 'Hello' }];
	const now = Math.floor(Date.now() / 1000);
	for (const at of [now - 3600, now + 3600]) await leavesNothing(stack, async () => assertError(await bridge(events, { at }), 403, 'forbidden'));
	await leavesNothing(stack, async () => assertError(await bridge(events, { secret: 'wrong' }), 403, 'forbidden'));
	await leavesNothing(stack, async () => assertError(await bridge([{ ...events[0], text: undefined }]), 422, 'invalid', 'text'));
	const first = await bridge(events);
	assert.equal(first.status, 200, first.text);
	assert.equal(first.json.events[0].outcome, 'stored');
	assert.equal((await bridge(events)).json.events[0].outcome, 'repeated');
});

test('D19 two secrets hold while one takes over from the other, and the command stores them', async () => {
	const run = (words, input = '') => runProgram(stack.installation.cli, ['channel', 'secret', ...words, '--database', stack.database.dsn()], { input });
	assert.match((await run(['add', 'nobody', 'secret'], 'x'.repeat(20))).stderr, /no channel account "nobody"/);
	assert.match((await run(['add', 'sms', 'token'], 'x'.repeat(20))).stderr, /KIND is secret, token/);
	assert.equal((await run(['add', 'sms', 'secret'], 'the-newer-secret\n')).code, 0);
	assert.match((await run(['add', 'sms', 'secret'], 'a-third-secret\n')).stderr, /has two of this kind/);
	for (const secret of [SECRET, 'the-newer-secret']) assert.equal((await sms(smsFields('+4915100000004', secret.slice(0, 3)), { secret })).status, 200, secret);
	assert.match((await run(['retire', 'sms', 'secret'])).stdout, /retired secret 1 of sms; 1 left/);
	assertError(await sms(smsFields('+4915100000004', 'late')), 403, 'forbidden');
	assert.match((await run(['retire', 'sms', 'secret'])).stderr, /--last/);
	assert.equal((await run(['add', 'sms', 'secret'], `${SECRET}\n`)).code, 0);
	assert.equal((await run(['retire', 'sms', 'secret'])).code, 0);
	const { stdout } = await run(['add', 'bridge', 'secret', '--generate']);
	assert.match(stdout, /^[\w-]{43}\n$/);
	assert.equal((await bridge([{ kind: 'message', id: 'g9', from: 'zoe', text: 'with the new one' }], { secret: stdout.trim() })).status, 200);
	await run(['retire', 'bridge', 'secret']);
	await run(['add', 'bridge', 'secret'], `${SECRET}\n`);
});

async function onDuty(queues) {
	await stack.query("update chat.operator set max_chats = 20 where operator = 'chloe'");
	const operator = await Operator.logIn(stack, 'chloe', queues);
	await operator.connect();
	return operator;
}

// One whole conversation; `write` brings a word of the customer, `heard` what he was sent, `choose` how he presses a button.
async function converse({ address, write, choose }) {
	const operator = await onDuty(['sales']);
	const heard = () => provider.sent(address);
	await write('Hello');
	await carryAll();
	assert.match(heard().at(-1), /What is it about\?/, 'the bot greets');
	await choose('sales', 'Buy something', 1);
	const chat = await chatOf(address);
	const offer = await operator.frame(({ t, chat: of }) => t === 'offer' && of === chat, 'the offer');
	assert.equal(offer.channel.account.length > 0, true, 'which says by what channel he comes');
	await operator.accept(offer);
	await operator.frame(({ t, chat: of, kind }) => t === 'event' && of === chat && kind === 'joined', 'joined');
	await operator.say(chat, 'How can I help?');
	await write('I want a teapot');
	await operator.frame(({ t, chat: of, body }) => t === 'event' && of === chat && body === 'I want a teapot', 'his words on the operator\'s socket');
	await operator.say(chat, 'A blue one?');
	await carryAll();
	assert.deepEqual(heard().slice(-2), ['How can I help?', 'A blue one?']);
	await operator.end(chat);
	await carryAll();
	assert.match(heard().at(-1), /1 \(poor\) to 5/);
	await write('5');
	await carryAll();
	assert.equal(heard().at(-1), 'Thank you for your rating.');
	const [row] = await stack.query('select r.score, c.state from chat.chat c join chat.chat_rating r on r.chat = c.chat where c.chat = $1', [chat]);
	assert.deepEqual(row, { score: 5, state: 'ended' });
	const events = await operator.call('GET', `operator/chats/${chat}/events?after=0&limit=200`);
	const his = events.events.filter(({ kind, author }) => kind === 'message' && author.kind === 'customer').map(({ body }) => body);
	assert.deepEqual([his[0], his.at(-1), his.length], ['Hello', 'I want a teapot', 3], 'all of it stands in the transcript');
	await operator.presence('offline');
	operator.close();
	return chat;
}

test('who begins an SMS with a question is greeted and answered at once', async () => {
	const address = '+4915100000019';
	assert.equal((await sms(smsFields(address, 'How can I return a lid?'))).status, 200);
	await carryAll();
	const [greeting, answer, ...more] = provider.sent(address);
	assert.ok(!/\n1\. /.test(greeting), 'the list of buttons comes once');
	assert.match(answer, /^You can send everything back within 30 days\.[^]*\n\n1\. /);
	assert.deepEqual(more, []);
	assert.equal((await sms(smsFields(address, '1'))).status, 200);
	assert.equal((await stack.query('select state from chat.chat where chat = $1', [await chatOf(address)]))[0].state, 'queued', 'whose numbers count');
	assert.equal((await sms(smsFields(address, 'STOP'))).status, 200); // nobody shall be offered it
});

test('an SMS conversation goes from the first word by bot, queue and operator to transcript and rating', async () => {
	const address = '+4915100000010';
	const write = async (text, more) => assert.equal((await sms(smsFields(address, text, more))).status, 200);
	const chat = await converse({ address, write, choose: (id, label, number) => write(String(number)) });
	const [greeting] = provider.taken(address);
	assert.match(greeting.text, /\n1\. Buy something\n/, 'buttons are a numbered list');
	assert.equal(greeting.headers.authorization, `Basic ${Buffer.from(`AC1:${SECRET}`).toString('base64')}`);
	assert.equal(greeting.path, '/2010-04-01/Accounts/AC1/Messages.json');
	// Twilio tells where we asked it to
	const callback = new URL(greeting.form.StatusCallback);
	const fields = { MessageSid: greeting.id, MessageStatus: 'delivered', To: address, From: '+18005550100' };
	assert.equal((await postSms(stack, { account: 'sms', secret: SECRET, fields, path: callback.pathname.split('/api/v1/')[1] + callback.search })).status, 200);
	assert.deepEqual(await stack.query('select state from chat.channel_sent where item = $1', [greeting.key]), [{ state: 'delivered' }]);
	assert.equal((await stack.query("select got from chat.delivery where chat = $1 and party = 'customer'", [chat]))[0].got > 0, true);
});

test('a Messenger conversation goes from the first word by bot, queue and operator to transcript and rating', async () => {
	const address = '7700000010';
	const write = async (text, more) => assert.equal((await page([pageMessage(address, text, { more })])).status, 200);
	const chat = await converse({ address, write, choose: (id, label) => write(label, { quick_reply: { payload: id } }) });
	const [greeting] = provider.taken(address);
	assert.deepEqual(greeting.json.message.quick_replies.at(-1), { content_type: 'text', title: 'Talk to a person', payload: 'person' }, 'buttons are quick replies');
	assert.equal(greeting.headers.authorization, 'Bearer the-token-of-the-page');
	assert.equal((await page([{ sender: { id: address }, recipient: { id: '900' }, timestamp: Date.now(), read: { watermark: Date.now() } }])).status, 200);
	assert.deepEqual(await stack.query('select distinct state from chat.channel_sent where chat = $1', [chat]), [{ state: 'read' }]);
});

test('after 24 hours an operator is told that Messenger takes no answer (403 forbidden, field window)', async () => {
	const operator = await onDuty(['sales']);
	await page([pageMessage('7700000011', 'Talk to a person')]);
	await page([pageMessage('7700000011', 'Talk to a person')]);
	const chat = await chatOf('7700000011');
	await operator.accept(await operator.frame(({ t, chat: of }) => t === 'offer' && of === chat, 'the offer'));
	await stack.query("update chat.channel_chat set last_in_at = last_in_at - interval '25 hours' where chat = $1", [chat]);
	await assert.rejects(operator.call('POST', `operator/chats/${chat}/messages`, { cid: crypto.randomUUID(), body: 'too late' }),
		({ status, body }) => status === 403 && body.error.field === 'window');
	await page([pageMessage('7700000011', 'I am back')]);
	await operator.call('POST', `operator/chats/${chat}/messages`, { cid: crypto.randomUUID(), body: 'in time' });
	await carryAll();
	assert.equal(provider.sent('7700000011').at(-1), 'in time');
	await operator.end(chat);
	await operator.presence('offline');
	operator.close();
});
