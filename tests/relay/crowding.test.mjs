// SPDX-License-Identifier: ISC
// How many sockets one address may hold, and what becomes of a storm of them: refused with 503 at the handshake, while those who are there go on.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { request, upgradeLines } from '../support/raw-socket.mjs';
import { Customer } from '../support/people.mjs';

const SHARE = 3;
const BURST = 40; // more than the tests before the storm need
const stack = useStack({ options: { limit_exempt: '10.1.0.0/16', sockets_per_address: SHARE, sockets_per_second: 1, sockets_burst: BURST } });

const open = [];
async function handshake(to, headers = {}) {
	const { status, socket } = await request(to, upgradeLines({ host: new URL(stack.url).host, origin: new URL(stack.url).origin, ...headers }));
	if (status === 101) open.push(socket);
	else socket.destroy();
	return status;
}
const from = (address) => handshake({ path: stack.relaySocket() }, { 'X-Real-IP': address });
const several = async (count, work) => {
	const statuses = [];
	for (let i = 0; i < count; i++) statuses.push(await work(i));
	return statuses;
};
const leave = () => open.splice(0).forEach((socket) => socket.destroy());

test('an address holds so many sockets and is refused a further one with 503 until one has gone; others are not', async () => {
	assert.deepEqual(await several(SHARE + 1, () => from('192.0.2.1')), [101, 101, 101, 503]);
	assert.equal(await from('192.0.2.2'), 101);
	open.shift().destroy();
	await until(async () => (await from('192.0.2.1')) === 101, { what: 'a place to be free', every_ms: 200 });
	assert.match(stack.relay.log, /stream=security event="limit reached" address=192\.0\.2\.1 what=sockets_per_address/);
	leave();
});

test('a /64 of IPv6 is one address; who is exempt or has none is not counted', async () => {
	assert.deepEqual(await several(SHARE + 1, (i) => from(`2001:db8::${i}`)), [101, 101, 101, 503]);
	assert.deepEqual(await several(SHARE + 1, () => from('10.1.2.3')), [101, 101, 101, 101]);
	leave();
});

test('what a client says of its address does not count behind the web server (D3)', async () => {
	assert.deepEqual(await several(SHARE + 1, (i) => handshake({ port: stack.port }, { 'X-Real-IP': `192.0.2.${i}`, 'X-Forwarded-For': `192.0.2.${i}` })), [101, 101, 101, 503]);
	leave();
});

test('of a storm of sockets some are taken in and the others told to come again, while those who are there go on', async () => {
	const kim = await Customer.open(stack, { queue: 'billing' });
	await until(() => kim.connect().then(() => true), { what: 'a place for Kim' });
	const statuses = await Promise.all(Array.from({ length: 100 }, () => handshake({ path: stack.relaySocket() })));
	assert.ok(statuses.every((status) => status === 101 || status === 503), statuses.join());
	assert.ok(statuses.includes(503));
	assert.match(stack.relay.log, /event=sockets_refused so_far=\d+ why=arrivals/);
	assert.equal((await kim.say('still here')).t, 'ack');
	kim.close();
	leave();
});
