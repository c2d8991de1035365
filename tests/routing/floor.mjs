// SPDX-License-Identifier: ISC
// A database with one operator who has room for everybody, and routers beside it: what the tests of several routers stand on. No web server, no relay.
//
//   const floor = await openFloor(cluster);          routers look at the clock every 60 s only: what they notice sooner they were told, or are told by a heartbeat
//   floor.router('r1', { dsn, around: [command...] })    a program (program.mjs), not started
//   await floor.chat()                                a customer waits: his id
//   await floor.offered(id)                           resolves when the chat has been offered
//   const asked = await floor.questions(); …   await floor.tookOver(next, asked)    holds that the stand-by did not ask for longer than it may
//   await floor.leader()                              { term, router, cause, pid, … } of chat.router_term
//   await floor.close()                               stops everything and judges: throws what is wrong

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { openDatabase } from '../support/database.mjs';
import { findInstallation } from '../support/installation.mjs';
import { judge } from '../support/judgement.mjs';
import { Program } from '../support/program.mjs';
import { until } from '../support/waiting.mjs';

// The specification gives a stand-by 5 s, in which it asks twice a second. Its questions are counted instead of seconds: a slow machine has it ask more slowly.
const WITHIN_QUESTIONS = 12;
const ROOM_FOR = 100;
const sha256 = (text) => createHash('sha256').update(text).digest();

// Whom programs run as: ourselves, or PostgreSQL's user when we are root, because nothing here shall need root.
export function account() {
	if (process.getuid() !== 0) return {};
	const [uid, gid] = ['-u', '-g'].map((flag) => Number(execFileSync('id', [flag, 'postgres'])));
	return { uid, gid };
}

export function directory() {
	const dir = mkdtempSync('/tmp/sbf.');
	const { uid, gid } = account();
	for (const path of [dir, `${dir}/log`, `${dir}/run`]) {
		if (path !== dir) mkdirSync(path);
		if (uid !== undefined) chownSync(path, uid, gid);
	}
	return dir;
}

export function median(numbers) {
	const sorted = [...numbers].sort((a, b) => a - b);
	return sorted[Math.floor(sorted.length / 2)];
}

export async function openFloor(cluster) {
	const installation = findInstallation();
	const floor = new Floor(cluster, installation, await openDatabase({ cluster, installation, demo: false }));
	await floor.furnish();
	return floor;
}

class Floor {
	constructor(cluster, installation, database) {
		Object.assign(this, { cluster, installation, database, dir: directory(), problems: [], routers: [] });
		this.config = `${this.dir}/switchboard.conf`;
		writeFileSync(this.config, 'log_level = debug\nrouter_sweep_s = 60\n');
	}

	// One operator, signed in for the whole test; offers stand for the whole test.
	async furnish() {
		await this.query(`
			insert into chat.queue (queue, label, max_length, offer_timeout_s) values ('sales', 'Sales', 0, 600);
			insert into chat.site (site, name) values ('shop', 'Shop');
			insert into chat.widget (widget, site, default_queue) values ('plain', 'shop', 'sales');
			insert into chat.operator (operator, name, max_chats) values ('ana', 'Ana', ${ROOM_FOR});
			update chat.setting set value = '0' where name in ('stagger_s', 'missed_offer_penalty_s');
			update chat.setting set value = '600' where name = 'operator_lease_s';
			update chat.setting set value = '${ROOM_FOR}' where name = 'max_chats'`);
		await this.query(`
			create table internal.began (term bigint, questions bigint);
			create function internal.term_began() returns trigger language plpgsql security definer as $$ begin
				insert into internal.began select new.term, r.beat from chat.router r where r.pid = new.pid and r.backend_start = new.backend_start;
				return null;
			end $$;
			create trigger began after insert on chat.router_term for each row execute function internal.term_began()`);
		await this.query('select api.login($1, $2, null, null)', ['ana', sha256('ana')]);
		await this.query('select api.join_queues($1, $2)', [sha256('ana'), ['sales']]);
		await this.query('select api.set_presence($1, $2, null)', [sha256('ana'), 'available']);
	}

	query(sql, values, role) {
		return this.database.query(sql, values, role);
	}

	router(name, { dsn = this.database.dsn('switchboard_router'), around = [] } = {}) {
		const command = [...around, this.installation.program('switchboard-router'), '--config', this.config, '--router_name', name];
		const program = new Program({
			name, command, env: { SWITCHBOARD_DATABASE: dsn }, ready: () => true, cwd: `${this.dir}/run`, log: `${this.dir}/log/${name}.log`, account: account(),
			problems: this.problems,
		});
		this.routers.push(program);
		return program;
	}

	async chat() {
		const id = randomUUID();
		await this.query("select api.open_chat($1, $2, $3, $4, 'plain', null, null, 'Kim', null, 'en', null, null, null, null, null, '')",
			[id, sha256(`token ${id}`), sha256(`key ${id}`), sha256('')]);
		return id;
	}

	offered(chat) {
		return until(async () => (await this.query('select 1 from chat.offer where chat = $1', [chat])).length > 0, { what: `an offer of ${chat}`, every_ms: 10 });
	}

	// How often each router has asked whether it leads, by the process number of its session.
	async questions() {
		return new Map((await this.query('select pid, beat from chat.router')).map(({ pid, beat }) => [pid, beat]));
	}

	// `next` has begun its term; `asked` are the questions() of when there was reason to.
	async tookOver(next, asked) {
		const [{ questions }] = await this.query('select questions from internal.began where term = $1', [next.term]);
		const needed = questions - (asked.get(next.pid) ?? 0);
		assert.ok(needed <= WITHIN_QUESTIONS, `it led at its question ${needed} only`);
	}

	async leader() {
		const [row] = await this.query(`select t.*, (extract(epoch from t.leaderless_for) * 1000)::float8 leaderless_ms, r.heartbeat_at, r.beat
			from chat.router_term t left join chat.router r using (pid, backend_start) order by t.term desc limit 1`);
		return row;
	}

	// The first leader of a later term.
	successor(before) {
		return until(async () => {
			const now = await this.leader();
			return now && now.term > (before?.term ?? 0) && now;
		}, { what: `a leader after ${before?.router}`, every_ms: 5 });
	}

	// `name` asks whether it may lead.
	async standsBy(name) {
		return until(async () => (await this.query('select seen_times from chat.router where name = $1 and not leads and seen_times > 0', [name])).length > 0,
			{ what: `${name} to stand by` });
	}

	async close() {
		await Promise.all(this.routers.map((router) => router.stop()));
		await judge(this);
		await this.database.close();
		const logs = this.routers.map((router) => `--- ${router.name}\n${router.log}`).join('');
		rmSync(this.dir, { recursive: true, force: true });
		if (this.problems.length > 0) throw new Error(`after the test:\n  ${this.problems.join('\n  ')}\n${logs}`);
	}

	abandon() {
		for (const router of this.routers) router.abandon();
		rmSync(this.dir, { recursive: true, force: true });
	}
}
