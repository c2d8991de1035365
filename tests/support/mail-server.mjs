// SPDX-License-Identifier: ISC
// A real mail server on a port of its own, that keeps what it gets: envelope, head, parts.
//
//   const mail = await MailServer.open(t, { user: 'desk', password: 'secret' });    without them nobody logs in
//   mail.url      smtp://127.0.0.1:PORT       const letter = await mail.letter(({ to }) => to.includes('kim@mail.example'));
//   mail.refuse = (address) => 550            an answer to RCPT TO instead of taking it

import assert from 'node:assert/strict';
import { SMTPServer } from 'smtp-server';
import { until } from './waiting.mjs';

export class MailServer {
	static async open(t, { user, password, ...more } = {}) {
		const mail = new MailServer();
		mail.server = new SMTPServer({
			disabledCommands: user ? ['STARTTLS'] : ['STARTTLS', 'AUTH'], authOptional: !user, allowInsecureAuth: true, disableReverseLookup: true, logger: false, closeTimeout: 100,
			onAuth: ({ username, password: word }, session, callback) => (username === user && word === password
				? callback(null, { user }) : callback(Object.assign(new Error('no'), { responseCode: 535 }))),
			onRcptTo: ({ address }, session, callback) => {
				const code = mail.refuse(address);
				callback(code ? Object.assign(new Error('not here'), { responseCode: code }) : null);
			},
			onData: (stream, session, callback) => mail.#keep(stream, session, callback),
			...more,
		});
		mail.server.on('error', () => {}); // a client that hangs up; the test sees what came of it
		await new Promise((resolve) => { mail.server.listen(0, '127.0.0.1', resolve); });
		mail.url = `smtp://127.0.0.1:${mail.server.server.address().port}`;
		t.after(() => mail.close());
		return mail;
	}

	letters = [];
	refuse = () => 0;

	#keep(stream, session, callback) {
		const chunks = [];
		stream.on('data', (chunk) => chunks.push(chunk));
		stream.on('end', () => {
			const { mailFrom, rcptTo } = session.envelope;
			this.letters.push(new Letter(Buffer.concat(chunks).toString('latin1'), mailFrom.address, rcptTo.map(({ address }) => address), session.user));
			callback();
		});
	}

	letter(fits = () => true, what = 'a mail') {
		return until(() => this.letters.find(fits), { what });
	}

	close() {
		return new Promise((resolve) => { this.server.close(resolve); });
	}
}

// As it came over the wire; every line of it ends in CRLF and is short enough.
class Letter {
	constructor(text, from, to, user) {
		assert.ok(!/(^|[^\r])\n|\r(?!\n)/.test(text), 'lines end in CRLF and nothing else');
		assert.ok(text.split('\r\n').every((line) => line.length <= 998), 'no line is too long');
		Object.assign(this, { from, to, user, text, headers: headersOf(splitOnce(text, '\r\n\r\n')[0]), parts: partsOf(text) });
	}

	header(name) {
		return this.headers.find(([own]) => own.toLowerCase() === name)?.[1] ?? '';
	}

	part(type) {
		return this.parts.find((part) => part.type === type)?.text ?? '';
	}
}

const splitOnce = (text, by) => [text.slice(0, text.indexOf(by)), text.slice(text.indexOf(by) + by.length)];

// Names as they stand, values unfolded and with their encoded words read.
function headersOf(head) {
	return head.replace(/\r\n[ \t]+/g, ' ').split('\r\n').filter(Boolean).map((line) => {
		const [name, value] = splitOnce(line, ':');
		return [name, value.trim().replace(/\?=\s+=\?/g, '?==?').replace(/=\?utf-8\?b\?([^?]*)\?=/gi, (_, word) => `\u0000${word}\u0000`)
			.replace(/\u0000([^\u0000]*)\u0000/g, (_, word) => Buffer.from(word, 'base64').toString('latin1'))].map((word) => Buffer.from(word, 'latin1').toString('utf8'));
	});
}

// What there is to read, however it is wrapped.
function partsOf(raw) {
	const [head, body] = splitOnce(raw, '\r\n\r\n');
	const headers = Object.fromEntries(headersOf(head).map(([name, value]) => [name.toLowerCase(), value]));
	const boundary = /boundary="?([^";]+)"?/.exec(headers['content-type'])?.[1];
	if (boundary) return body.split(`--${boundary}`).slice(1, -1).flatMap((part) => partsOf(part.slice(2)));
	const bytes = headers['content-transfer-encoding'] === 'quoted-printable'
		? Buffer.from(body.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16))), 'latin1') : Buffer.from(body, 'latin1');
	return [{ type: (headers['content-type'] ?? 'text/plain').split(';')[0].trim(), text: bytes.toString('utf8').replaceAll('\r\n', '\n') }];
}
