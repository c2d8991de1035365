// SPDX-License-Identifier: ISC
// What abuse.mjs does to a server from one address, 127.0.0.1, all at once, as a process of its own: slowhttptest in its three modes, connections opened and
// dropped, upgrades that are never finished and sockets that never say hello, sockets that write and do not read, chat requests without end.
//
//   node tests/soak/attacker.mjs URL SECONDS CHATS        CHATS: [{ chat, token }] as JSON, of the slow readers; the last line is what was done, as JSON

import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { Agent, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { encode, upgradeLines } from '../support/raw-socket.mjs';

const [url, seconds, chats] = [process.argv[2], Number(process.argv[3]), JSON.parse(process.argv[4])];
const { port, host, origin, pathname } = new URL(url);
const until = performance.now() + seconds * 1000;
const done = {};
const count = (what) => { done[what] = (done[what] ?? 0) + 1; };
const going = () => performance.now() < until;

// So many a second, evenly, whatever becomes of them.
async function each(rate, act) {
	const started = performance.now();
	for (let n = 0; going(); await pause(10)) {
		for (const due = (performance.now() - started) / 1000 * rate; n < due; n++) act(n);
	}
}

function slowhttptest(mode, path, ...more) {
	const tool = spawn('slowhttptest', [mode, '-c', '1000', '-r', '200', '-i', '5', '-l', String(seconds), '-p', '3', '-u', `${url}${path}`, ...more],
		{ stdio: ['ignore', 'pipe', 'pipe'] });
	let said = '';
	for (const stream of [tool.stdout, tool.stderr]) stream.on('data', (chunk) => { said = (said + chunk).slice(-20000); });
	return new Promise((resolve) => tool.once('close', (code) => {
		const last = (name) => Number(said.replace(/\x1b\[[0-9;]*m/g, '').match(new RegExp(`${name}:\\s+(\\d+)`, 'g'))?.pop().match(/\d+$/)[0] ?? 0);
		done[`slowhttptest ${mode}`] = `connected ${last('connected')}, closed ${last('closed')}, ended with ${code}`;
		resolve();
	}));
}

// Keeps `wanted` connections that have sent `text` and take nothing; who is cut comes again.
async function hold(what, wanted, text) {
	const held = new Set();
	while (going()) {
		for (let i = 0; held.size < wanted && i < 50; i++) {
			const socket = connect(port, '127.0.0.1', () => { count(what); socket.write(text()); });
			held.add(socket);
			socket.on('error', () => {}).on('close', () => held.delete(socket)).resume();
		}
		await pause(50);
	}
	for (const socket of held) socket.destroy();
}

const upgrade = (lines = upgradeLines({ host, origin, first: `GET ${pathname}/relay HTTP/1.1` })) => lines.join('\r\n');

// A customer's socket that writes as much as it may and reads nothing.
async function slowReader({ chat, token }) {
	while (going()) {
		const socket = connect(port, '127.0.0.1');
		let over = false;
		socket.on('error', () => {}).on('close', () => { over = true; });
		socket.pause().write(`${upgrade()}\r\n\r\n`);
		count('slow readers');
		await pause(300);
		const say = (frame) => socket.write(encode({ payload: Buffer.from(JSON.stringify(frame)) }));
		say({ t: 'hello', token, chat, last_seq: 0 });
		for (let n = 0; going() && !over; n++) {
			say(n % 4 ? { t: 'ping', n } : { t: 'send', chat, cid: randomUUID(), body: 'x'.repeat(1000) });
			await pause(500);
		}
		socket.destroy();
	}
}

const agent = new Agent({ keepAlive: true, maxSockets: 50 });

function chatRequest() {
	const body = JSON.stringify({ request_key: randomUUID(), widget: 'demo-shop', name: 'Mallory' });
	const outgoing = httpRequest({ host: '127.0.0.1', port, agent, method: 'POST', path: `${pathname}/api/v1/chats`, timeout: 10000,
		headers: { Host: host, 'Content-Type': 'application/json', 'Content-Length': body.length } }, (answer) => {
		count(`chat request: ${answer.statusCode}`);
		answer.resume();
	});
	outgoing.on('timeout', () => outgoing.destroy()).on('error', () => count('chat request: no answer'));
	outgoing.end(body);
}

function comeAndGo() {
	const socket = connect(port, '127.0.0.1', () => {
		count('connections opened and dropped');
		setTimeout(() => socket.destroy(), 200);
	});
	socket.on('error', () => count('connections refused'));
}

await Promise.all([
	slowhttptest('-H', '/api/v1/health', '-x', '24'),
	slowhttptest('-B', '/api/v1/chats', '-f', 'application/json', '-s', '60000', '-x', '10'),
	slowhttptest('-X', '/console/', '-k', '5', '-w', '10', '-y', '20', '-n', '5', '-z', '32'),
	each(500, comeAndGo),
	hold('unfinished upgrades', 500, () => upgrade()),
	hold('silent sockets', 500, () => `${upgrade()}\r\n\r\n`),
	...Array.from({ length: 40 }, (_, i) => slowReader(chats[i % chats.length])),
	each(100, chatRequest),
]);
agent.destroy();
console.log(JSON.stringify(done));
process.exit(0);
