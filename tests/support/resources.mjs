// SPDX-License-Identifier: ISC
// What the programs of a stack hold (ACCEPTANCE C14): descriptors are back where they were when nobody was there, memory is within its limit, nobody is a zombie.

import { readdirSync, readFileSync } from 'node:fs';
import { until } from './waiting.mjs';

const MEMORY_KIB = 512 * 1024; // SECURITY section 5, the relay's; sanitizers keep what is freed for a while, so that the product alone needs far less

// Descriptors a program; taken when nobody is connected and every session with the database stands.
export async function readResources(stack) {
	const wanted = 4 * stack.relays.length;
	await until(async () => {
		const [{ n }] = await stack.query('select count(*)::int as n from pg_stat_activity where datname = current_database() and application_name like \'switchboard-relay%\'');
		return n >= wanted && stack.relays.every((relay) => relay.running);
	}, { what: 'the sessions of the relays' });
	return new Map(stack.relays.map((relay) => [relay.name, descriptors(relay.pid)]));
}

// Problems, as texts.
export async function judgeResources(stack, idle) {
	const problems = [];
	const left = async () => [...await readResources(stack)].filter(([name, n]) => n > idle.get(name)).map(([name, n]) => `C14 ${name} holds ${n} descriptors, ${idle.get(name)} when idle`);
	await until(async () => (await left()).length === 0).catch(async () => problems.push(...await left()));
	await until(() => zombies(stack).length === 0).catch(() => problems.push(...zombies(stack)));
	for (const relay of stack.relays) if (memoryKiB(relay.pid) > MEMORY_KIB) problems.push(`C14 ${relay.name} holds ${memoryKiB(relay.pid)} KiB`);
	return problems;
}

export function memoryKiB(pid) {
	return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);
}

// What a process holds of the machine: pages that it shares are divided among those who share them.
export function pssKiB(pid) {
	return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))[1]);
}

// What these processes have computed so far, by the kernel's scheduler; one that has ended counts nothing.
export function computedSeconds(pids) {
	const ofThread = (path) => Number(readFileSync(path, 'utf8').split(' ')[0]) / 1e9;
	return pids.reduce((sum, pid) => {
		try {
			return sum + readdirSync(`/proc/${pid}/task`).reduce((all, thread) => all + ofThread(`/proc/${pid}/task/${thread}/schedstat`), 0);
		} catch {
			return sum;
		}
	}, 0);
}

function descriptors(pid) {
	return readdirSync(`/proc/${pid}/fd`).length;
}

// Children of our programs that have ended and that nobody has waited for.
function zombies(stack) {
	const parents = new Map(stack.programs.filter(({ running }) => running).map(({ name, pid }) => [pid, name]));
	return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((pid) => {
		try {
			const [, state, parent] = /\) (\S) (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'));
			return state === 'Z' && parents.has(Number(parent)) ? [`C14 a zombie of ${parents.get(Number(parent))}: ${pid}`] : [];
		} catch {
			return []; // it ended while we looked
		}
	});
}

// The children of a program, such as the workers of the api.
export function children(pid) {
	return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).filter((name) => {
		try {
			return Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${name}/stat`, 'utf8'))[1]) === pid;
		} catch {
			return false;
		}
	}).map(Number);
}
