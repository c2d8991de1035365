// SPDX-License-Identifier: ISC
// Several routers and many people at once on one database, through the verbs of the programs: chats come until there were enough, and go until none is left.

import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { openDatabase } from '../support/database.mjs';

const sha256 = (text) => createHash('sha256').update(text).digest();
const session = (operator) => sha256(`session ${operator}`);
const any = (list) => list[Math.floor(Math.random() * list.length)];

const OPERATORS = ['ana', 'bo', 'cy', 'dora', 'eve', 'fay'];
const QUEUES = ['plain', 'expert', 'weighed'];
// What a verb answers to who comes too late, or waited too long for another's lock (the roles have a lock_timeout).
const LATE = ['already_taken', 'offer_expired', 'not_found', 'not_owner', 'gone', 'conflict', 'canceling statement due to lock timeout'];

// A company with a queue of each mode: whoever has the skill may take all of them. Few slots (most_slots: 1 gives each one, so that decisions are written together), and no
// stagger: everybody is contended for.
export async function openCrowd({ cluster, installation, most_slots = 3 }) {
	const database = await openDatabase({ cluster, installation, demo: false });
	await database.query(`alter database ${database.name} set deadlock_timeout = '20ms'`); // a deadlock shows at once
	for (const program of ['api', 'router']) await database.query(`alter role switchboard_${program} in database ${database.name} set statement_timeout = '60s'`);
	await database.query(readFileSync(new URL('watch.sql', import.meta.url), 'utf8'));
	await database.query(`
		insert into chat.skill (skill) values ('depth');
		insert into chat.queue (queue, label, mode, max_length, max_per_operator) values ('plain', 'Plain', 'availability', 0, 100), ('expert', 'Expert', 'skill', 0, 1),
			('weighed', 'Weighed', 'balanced', 0, 100);
		insert into chat.queue_skill (queue, skill, min_rating) values ('expert', 'depth', 3), ('weighed', 'depth', 2);
		insert into chat.site (site, name) values ('shop', 'Shop');
		insert into chat.widget (widget, site, default_queue) values ('shop', 'shop', 'plain');
		insert into chat.widget_queue (widget, queue) values ('shop', 'plain'), ('shop', 'expert'), ('shop', 'weighed');
		update chat.setting set value = '0' where name in ('stagger_s', 'missed_offer_penalty_s');
		update chat.setting set value = '600' where name = 'operator_lease_s'`);
	const crowd = new Crowd(database);
	for (const [i, operator] of OPERATORS.entries()) {
		await database.query('insert into chat.operator (operator, name, max_chats) values ($1::text, $1::text, $2)', [operator, 1 + i % most_slots]);
		await database.query("insert into chat.operator_skill (operator, skill, rating) values ($1, 'depth', $2)", [operator, 4 + i]);
		await crowd.call('api', 'login', operator, session(operator), null, null);
		await crowd.call('api', 'join_queues', session(operator), QUEUES);
		await crowd.call('api', 'set_presence', session(operator), 'available', null);
	}
	return crowd;
}

// Who finds nothing to do looks again a little later.
const pause = () => new Promise((resolve) => { setTimeout(resolve, 5); });

class Crowd {
	errors = new Map();

	constructor(database) {
		this.database = database;
	}

	// A verb, as the program that may call it.
	call(program, verb, ...values) {
		return this.database.query(`select * from api.${verb}(${values.map((_, i) => `$${i + 1}`).join(', ')})`, values, `switchboard_${program}`);
	}

	async one(sql) {
		return any(await this.database.query(sql));
	}

	open(queue = any(QUEUES)) {
		const id = randomUUID();
		return this.call('api', 'open_chat', id, sha256(`token ${id}`), sha256(`key ${id}`), sha256(''), 'shop', null, queue, 'Kim', null, 'en', null, null, null, null, null, '');
	}

	async accept() {
		const offer = await this.one("select offer, operator from chat.offer where state = 'open'");
		if (offer) await this.call('api', 'accept_offer', session(offer.operator), offer.offer);
	}

	async decline() {
		const offer = await this.one("select offer, operator from chat.offer where state = 'open'");
		if (offer && Math.random() < 0.3) await this.call('api', 'decline_offer', session(offer.operator), offer.offer, null);
	}

	async end() {
		const chat = await this.one('select chat, operator from chat.assignment where ended_at is null');
		if (chat) await this.call('api', 'operator_end', session(chat.operator), chat.chat);
	}

	async abandon() {
		const chat = await this.one("select chat from chat.chat where state in ('queued', 'offered')");
		if (chat && Math.random() < 0.2) await this.call('api', 'customer_end', chat.chat, sha256(`token ${chat.chat}`), null);
	}

	// Away and back again.
	async leave() {
		const operator = any(OPERATORS);
		await this.call('api', 'set_presence', session(operator), any(['break', 'busy', 'offline']), null);
		await this.call('api', 'set_presence', session(operator), 'available', null);
	}

	// A DBA takes a rating away and gives it back: between two passes, so that it is certain what each of them had to know.
	async rate() {
		const client = await this.database.connect();
		try {
			await client.query('begin');
			await client.query('select pg_advisory_xact_lock(7398, 0)'); // of a pass, while no router leads
			await client.query("update chat.operator_skill set rating = $2 where operator = $1", [any(OPERATORS), any([1, 2, 5, 9])]);
			await client.query('commit');
		} finally {
			await client.end();
		}
	}

	// Runs each of the jobs again and again until `chats` have come and gone; gives back how often each had its turn.
	async run(chats, routers, jobs) {
		const turns = {};
		let [opened, over] = [0, false];
		const again = async (name, work) => {
			for (turns[name] = 0; !over; turns[name]++) {
				await work().catch((error) => {
					const what = error.constraint ?? error.message;
					if (!LATE.includes(what)) this.errors.set(`${name}: ${what}`, error.where?.split('\n')[0] ?? '');
				});
				await pause();
			}
		};
		const arrivals = async () => {
			for (; opened < chats; opened++) {
				await this.open();
				if (opened % 10 === 0) await this.lull();
			}
		};
		const watch = async () => {
			await Promise.all([arrivals(), arrivals()]);
			for (; !over; await pause()) over = (await this.one('select count(*) from chat.chat where ended_at is null')).count === 0 || this.errors.size > 5;
		};
		await Promise.all([watch(), ...routers.map((work, i) => again(`router ${i + 1}`, work)), ...jobs.map((job) => again(job, () => this[job]()))]);
		return turns;
	}

	// Not more than the staff can hold three times over, so that decisions are made among few and many.
	async lull() {
		while ((await this.one("select count(*) from chat.chat where state = 'queued'")).count > 30 && this.errors.size <= 5) await pause();
	}

	// One router has made up its mind when another gives the operator as much as he may hold; then it goes on, with a decision alone or one of many. Gives back whether it made
	// its offer.
	async decideLate({ together = false } = {}) {
		await this.database.query("update chat.operator_state set presence = 'break' where operator <> 'ana'");
		await Promise.all([this.open('plain'), this.open('plain')]);
		const [slow, fast] = [await this.database.connect(), await this.database.connect()];
		try {
			await slow.query('select internal.refresh(clock_timestamp())');
			await slow.query(`create temp table mind as select p.* from internal.look(clock_timestamp()) l,
				internal.next_in_line(true, l.free, null, '{}', (l.rule).promote_s, (l.rule).candidates, clock_timestamp()) p`);
			const { rowCount } = await slow.query("update mind set chat = w.chat from chat.waiting w where w.chat <> mind.chat and operator = 'ana'");
			if (rowCount !== 1) throw new Error('there is no pair to decide on');
			const { rows: [{ made }] } = await fast.query('select internal.route(clock_timestamp(), 50) as made');
			if (made !== 1) throw new Error(`${made} offers for a single slot`);
			const { rows: [{ late }] } = await slow.query(together ? 'select internal.make_offers(array[row(m.*)::internal.pair], clock_timestamp()) = 1 as late from mind m'
				: `select internal.make_offer(m.need, m.level, m.chat, m.declined, m.preferred, m.operator, m.free, m.candidates, clock_timestamp()) = 'made' as late from mind m`);
			return late;
		} finally {
			await Promise.all([slow.end(), fast.end()]);
		}
	}

	async violations() {
		return this.database.query('select rule, count(*), min(detail) as detail from watch.violation group by 1 order by 1');
	}

	async deadlocks() {
		await this.database.query('select pg_stat_force_next_flush()');
		return (await this.one('select deadlocks from pg_stat_database where datname = current_database()')).deadlocks;
	}
}
