// SPDX-License-Identifier: ISC
// A NATS server of a test's own on a port of its own, with a user and a password.
//
//   const nats = await NatsServer.make();    nats.url, nats.credentialsFile     await nats.start()     await nats.kill()     nats.signal('SIGSTOP')
//   await NatsServer.open()                  the same for who is no test: await nats.close()
//   await NatsServer.make({ tls: true })     nats.caFile                        its certificate is for `localhost`

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { after } from 'node:test';
import { promisify } from 'node:util';
import { ownPort } from './port.mjs';
import { unprivileged } from './stack.mjs';
import { until } from './waiting.mjs';

const run = promisify(execFile);

export class NatsServer {
	#child = null;

	// Gone with the test file, however that ends.
	static async make(options) {
		const server = await NatsServer.open(options);
		after(() => server.close());
		return server;
	}

	static async open({ tls = false } = {}) {
		const server = new NatsServer();
		server.dir = mkdtempSync('/tmp/sbn.');
		server.port = await ownPort();
		server.url = tls ? `tls://localhost:${server.port}` : `nats://127.0.0.1:${server.port}`;
		server.credentialsFile = server.#write('credentials', 'switchboard:only for this test\n');
		if (tls) await server.#makeCertificates();
		const lines = [`listen: 127.0.0.1:${server.port}`, 'authorization { user: switchboard, password: "only for this test" }'];
		if (tls) lines.push(`tls { cert_file: "${server.dir}/server.pem", key_file: "${server.dir}/server.key" }`);
		server.#write('nats.conf', lines.join('\n'));
		const account = await unprivileged();
		chmodSync(server.dir, 0o755);
		if (account.uid !== undefined) chownSync(server.credentialsFile, account.uid, account.gid);
		process.once('exit', () => server.#child?.kill('SIGKILL'));
		return server;
	}

	async start() {
		if (this.#child) return;
		this.#child = spawn('nats-server', ['-c', `${this.dir}/nats.conf`, '-l', `${this.dir}/nats.log`], { stdio: 'ignore', env: { PATH: `${process.env.PATH}:/usr/sbin` } });
		await until(() => answersAt(this.port), { what: 'the NATS server to listen' });
	}

	// At once and without a word to its clients.
	async kill() {
		const child = this.#child;
		if (!child) return;
		this.#child = null;
		const gone = once(child, 'exit');
		child.kill('SIGKILL');
		await gone;
	}

	async close() {
		await this.kill();
		rmSync(this.dir, { recursive: true, force: true });
	}

	signal(name) {
		this.#child.kill(name);
	}

	#write(name, text) {
		writeFileSync(`${this.dir}/${name}`, text, { mode: 0o600 });
		return `${this.dir}/${name}`;
	}

	async #makeCertificates() {
		const openssl = (...args) => run('openssl', args, { cwd: this.dir });
		this.caFile = `${this.dir}/ca.pem`;
		await openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=a CA of this test', '-keyout', 'ca.key', '-out', 'ca.pem');
		await openssl('req', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=localhost', '-keyout', 'server.key', '-out', 'server.csr');
		this.#write('names', 'subjectAltName=DNS:localhost\n');
		await openssl('x509', '-req', '-in', 'server.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'names', '-out', 'server.pem');
		chmodSync(this.caFile, 0o644);
	}
}

function answersAt(port) {
	return new Promise((resolve) => {
		const socket = connect({ port, host: '127.0.0.1' });
		socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
		socket.once('connect', () => socket.destroy());
	});
}
