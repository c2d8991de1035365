// SPDX-License-Identifier: ISC
// A port on 127.0.0.1 that is this process's until it ends: for a program that is told its port and listens on it later, or again.
//
// The kernel gives a port that nobody has only as long as somebody holds it, and hands it to the next connection or listener afterwards. So one is held here for
// good, and the program gets another that goes with it: below those that the kernel gives by itself.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';

const UNPRIVILEGED = 1024;
const [LOW] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').trim().split(/\s+/).map(Number);

export async function ownPort() {
	for (;;) {
		const guard = await listen(0);
		guard.unref();
		const port = LOW - 1 - (guard.address().port - LOW);
		if (port < UNPRIVILEGED) return close(guard); // where the kernel gives almost all of them there is none below
		const program = await listen(port).catch(() => null); // somebody else's, such as a server's of this machine
		if (program) return close(program);
	}
}

function listen(port) {
	return new Promise((resolve, reject) => {
		const server = createServer().once('error', reject).listen(port, '127.0.0.1', () => resolve(server));
	});
}

function close(server) {
	const { port } = server.address();
	return new Promise((resolve) => {
		server.close(() => resolve(port));
	});
}
