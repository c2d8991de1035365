// SPDX-License-Identifier: ISC
// Many sessions at once, as the programs' own roles: one winner, no cap exceeded, order kept, nothing behind the end, no deadlock (PF14, PF15).

import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { openCluster, openDatabase } from '../support/database.mjs';
import { findInstallation } from '../support/installation.mjs';
import { until } from '../support/waiting.mjs';

const installation = findInstallation();
const sha256 = (text) => createHash('sha256').update(text).digest();
const session = (operator) => sha256(`session ${operator}`);
const OPERATORS = ['ana', 'bo', 'cy', 'dora'];
// What is answered to who comes a moment too late.
const EXPECTED = new Set(['already_taken', 'offer_expired', 'not_found', 'not_owner', 'gone', 'conflict', 'bad_state', 'unauthorized']);
let cluster, database;

before(async () => {
	cluster = await openCluster();
});

after(() => cluster.close());

beforeEach(async () => {
	database = await openDatabase({ cluster, installation, demo: false });
	await database.query(`alter database ${database.name} set deadlock_timeout = '20ms'`); // a deadlock shows at once
	for (const program of ['api', 'relay', 'router']) { // everybody waits for his turn here, on a machine that may be slow
		for (const limit of ['lock_timeout', 'statement_timeout']) await database.query(`alter role switchboard_${program} in database ${database.name} set ${limit} = '60s'`);
	}
	await database.query(`
		insert into chat.queue (queue, label, max_length) values ('sales', 'Sales', 0), ('billing', 'Billing', 0);
		insert into chat.site (site, name) values ('shop', 'Shop');
		insert into chat.widget (widget, site, default_queue) values ('plain', 'shop', 'sales');
		insert into chat.widget_queue (widget, queue) values ('plain', 'billing');
		update chat.setting set value = '0' where name in ('stagger_s', 'missed_offer_penalty_s');
		update chat.setting set value = '600' where name = 'operator_lease_s'`);
	for (const operator of OPERATORS) {
		await database.query('insert into chat.operator (operator, name) values ($1, $2)', [operator, operator]);
		await call('api', 'login', operator, session(operator), null, null);
		await call('api', 'join_queues', session(operator), ['sales', 'billing']);
		await call('api', 'set_presence', session(operator), 'available', null);
	}
});

afterEach(async () => {
	try {
		assert.deepEqual(await database.brokenInvariants(installation.sqlDir), []);
		assert.equal(await deadlocks(), 0, 'deadlocks');
	} finally {
		await database.close();
	}
});

// A verb, as the program that may call it.
function call(program, verb, ...values) {
	const places = values.map((_, i) => `$${i + 1}`).join(', ');
	return database.query(`select * from api.${verb}(${places})`, values, `switchboard_${program}`);
}

function open({ id = randomUUID(), key = id, queue = null } = {}) {
	return call('api', 'open_chat', id, sha256(`token ${id}`), sha256(`key ${key}`), sha256(''), 'plain', null, queue, 'Kim', null, 'en', null, null, null, null, null, '');
}

function post(chat, body, program = 'relay') {
	const [credential, cid] = [sha256(`token ${chat}`), randomUUID()];
	if (program === 'api') return call('api', 'post_message', chat, credential, null, 'message', cid, body, null, 'customer').then(() => 'ok', (error) => error.constraint);
	return call('relay', 'post_messages', [credential], [chat], ['message'], [cid], [body], [null]).then(([row]) => row.status);
}

async function deadlocks() {
	await database.query('select pg_stat_force_next_flush()');
	const [{ count }] = await database.query('select deadlocks count from pg_stat_database where datname = current_database()');
	return count;
}

// Router passes from four sessions until each has found nothing to do.
async function routeUntilIdle() {
	const pass = async () => {
		for (let offers = 1; offers > 0;) [{ offers }] = await call('router', 'router_pass');
	};
	await Promise.all([pass(), pass(), pass(), pass()]);
}

function openOffers() {
	return database.query("select offer, chat, operator from chat.offer where state = 'open' order by chat");
}

async function serveAll() {
	await routeUntilIdle();
	const offers = await openOffers();
	await Promise.all(offers.map(({ offer, operator }) => call('api', 'accept_offer', session(operator), offer)));
	return offers;
}

test('one request_key from many sessions at once makes one chat', async () => {
	const answers = (await Promise.all(Array.from({ length: 30 }, () => open({ key: 'one' })))).flat();
	assert.equal(new Set(answers.map(({ chat }) => chat)).size, 1);
	assert.equal(answers.filter(({ created }) => created).length, 1);
	const [{ count }] = await database.query('select count(*) from chat.chat');
	assert.equal(count, 1);
});

test('who ticks something off in a dialog is not led back to its step when he has gone on in the same moment', async () => {
	await database.query(`insert into chat.dialog (dialog, queue) values ('sale', 'sales');
		insert into chat.dialog_step (dialog, step, position) values ('sale', 'ask', 1), ('sale', 'close', 2);
		insert into chat.dialog_item (dialog, step, item) values ('sale', 'ask', 'name')`);
	await open();
	const [{ chat, operator }] = await serveAll();
	const going = await database.connect('switchboard_api');
	try {
		await going.query('begin');
		await going.query("select from api.guide_chat($1, $2, 'sale', 'close', null, null, 'en')", [session(operator), chat]);
		const ticked = call('api', 'guide_chat', session(operator), chat, 'sale', 'ask', 'name', true, 'en');
		const waiting = () => database.query("select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'");
		await until(async () => (await waiting()).length > 0, { what: 'the tick to meet the step' });
		await going.query('commit');
		await ticked;
	} finally {
		await going.end();
	}
	assert.deepEqual(await database.query('select d.step, i.item from chat.chat_dialog d join chat.chat_dialog_item i using (chat)'), [{ step: 'close', item: 'name' }]);
});

test('a full queue is full, however many come at once', async () => {
	await database.query("update chat.queue set max_length = 5 where queue = 'sales'");
	const answers = await Promise.allSettled(Array.from({ length: 40 }, () => open()));
	assert.equal(answers.filter(({ status }) => status === 'fulfilled').length, 5);
	assert.ok(answers.every(({ reason }) => !reason || reason.constraint === 'queue_full'), 'the others were told');
});

test('PF14: of fifty accepts of one offer one succeeds, the others are told already_taken', async () => {
	await open();
	await routeUntilIdle();
	const [{ offer, operator }] = await openOffers();
	const answers = await Promise.allSettled(Array.from({ length: 50 }, () => call('api', 'accept_offer', session(operator), offer)));
	assert.equal(answers.filter(({ status }) => status === 'fulfilled').length, 1);
	assert.equal(answers.filter(({ reason }) => reason?.constraint === 'already_taken').length, 49);
	const [{ count }] = await database.query('select count(*) from chat.assignment');
	assert.equal(count, 1);
});

test('accept, decline and the customer leaving at once: one of them wins', async () => {
	for (let round = 0; round < 15; round++) {
		const [{ chat }] = await open();
		await routeUntilIdle();
		const [{ offer, operator }] = await openOffers();
		const answers = await Promise.allSettled([
			call('api', 'accept_offer', session(operator), offer), call('relay', 'decline_offer', session(operator), offer, null),
			call('api', 'customer_end', chat, sha256(`token ${chat}`), null), call('api', 'set_presence', session(operator), 'break', null)]);
		for (const { reason } of answers) assert.ok(!reason || ['already_taken', 'offer_expired'].includes(reason.constraint), reason?.message);
		assert.equal(answers[2].status, 'fulfilled', 'a customer may always leave');
		const [{ state }] = await database.query('select state from chat.chat where chat = $1', [chat]);
		assert.match(state, /^(ended|abandoned)$/);
		await call('api', 'set_presence', session(operator), 'available', null);
	}
});

test('PF15: 200 chats at once for 4 operators x 3: never more than 12, and in their order', async () => {
	await Promise.all(Array.from({ length: 200 }, () => open()));
	const most = async () => (await database.query('select max(load) most, sum(load)::int total from chat.operator_state'))[0];
	let served = 0;
	while (served < 200) {
		const offers = await serveAll();
		assert.ok(offers.length > 0, `it stands still after ${served}`);
		const { most: load, total } = await most();
		assert.ok(load <= 3 && total <= 12, `load ${load}, ${total} in all`);
		assert.equal(total, Math.min(12, 200 - served), 'and nobody is left idle');
		served += offers.length;
		const held = await database.query('select chat, operator from chat.assignment where ended_at is null order by random()');
		const over = served > 188 ? held : held.slice(0, 7);
		await Promise.all(over.map(({ chat, operator }) => call('api', 'operator_end', session(operator), chat)));
	}
	const overtaken = await database.query(`
		select a.chat from chat.offer a join chat.chat x on x.chat = a.chat, chat.offer b join chat.chat y on y.chat = b.chat
		where (x.arrived_at, x.chat) < (y.arrived_at, y.chat) and a.offered_at > b.offered_at`);
	assert.deepEqual(overtaken, [], 'nobody was overtaken');
});

test('posts and the end of the same chat at once: nothing stands behind the end, what was acknowledged is stored', async () => {
	for (let round = 0; round < 10; round++) {
		const chats = (await Promise.all([open(), open(), open()])).flat().map(({ chat }) => chat);
		await serveAll();
		const posts = chats.flatMap((chat) => Array.from({ length: 6 }, (_, i) => post(chat, `${i}`, i % 2 ? 'api' : 'relay')));
		const ends = chats.map((chat) => call('api', 'customer_end', chat, sha256(`token ${chat}`), null));
		const statuses = await Promise.all(posts);
		await Promise.all(ends);
		for (const status of statuses) assert.ok(['ok', 'busy', 'gone'].includes(status), status);
		const [{ count }] = await database.query("select count(*) from chat.message where kind = 'message' and chat = any ($1)", [chats]);
		assert.equal(count, statuses.filter((status) => status === 'ok').length);
	}
});

test('presence, beats, arrivals, answers, transfers, a supervisor, ends and four routers at once: no deadlock, nothing lost', async () => {
	await database.query("update chat.operator set role = 'supervisor' where operator = 'dora'");
	await call('api', 'login', 'dora', session('dora'), null, null); // another role is another session
	await database.query('update chat.queue set idle_release_s = 1, wrap_up_s = 1, offer_timeout_s = 1');
	await database.query(`update chat.setting set value = case name when 'operator_grace_s' then '0' else '2' end
		where name in ('operator_grace_s', 'customer_gone_s', 'customer_resume_s')`);
	const least = Date.now() + 6000;
	const most = Date.now() + 120000;
	const [{ relay }] = await call('relay', 'relay_register', 'r1', []);
	const errors = new Map();
	const turns = new Map();
	const again = async (name, one) => {
		while (Date.now() < least || (Date.now() < most && Math.min(...Object.keys(work).map((each) => turns.get(each) ?? 0)) <= 10)) {
			turns.set(name, (turns.get(name) ?? 0) + 1);
			await one().catch((error) => {
				const what = error.constraint ?? error.message;
				if (!EXPECTED.has(what)) errors.set(`${name}: ${what}`, (errors.get(`${name}: ${what}`) ?? 0) + 1);
			});
		}
	};
	const quiet = randomUUID(); // ended: who finds nothing else to do comes here
	await open({ id: quiet });
	await call('api', 'customer_end', quiet, sha256(`token ${quiet}`), null);
	const any = (list) => list[Math.floor(Math.random() * list.length)];
	const someChat = async () => any(await database.query('select chat from chat.chat where ended_at is null order by random() limit 1'))?.chat ?? quiet;
	const pass = () => call('router', 'router_pass');
	const work = {
		pass1: pass, pass2: pass, pass3: pass, pass4: pass,
		open: () => open({ queue: any(['sales', 'billing', null]) }),
		beat: () => call('relay', 'relay_beat', relay, OPERATORS.map(session).reverse()),
		age: async () => {
			for (const operator of OPERATORS) await database.query("update chat.operator_state set lease_until = now() + $2::interval where operator = $1",
				[operator, any(['10 s', '10 s', '10 s', '-1 s'])]);
		},
		presence: () => call('api', 'set_presence', session(any(OPERATORS)), any(['available', 'available', 'available', 'break']), null),
		accept: async () => {
			const offer = any(await openOffers());
			if (offer) await call('relay', 'accept_offer', session(offer.operator), offer.offer);
		},
		decline: async () => {
			const offer = any(await openOffers());
			if (offer && Math.random() < 0.2) await call('api', 'decline_offer', session(offer.operator), offer.offer, null);
		},
		transfer: async () => {
			const owned = any(await database.query('select chat, operator from chat.assignment where ended_at is null order by random() limit 1'));
			if (!owned) return;
			const to = any([['sales', null], ['billing', null], [null, any(OPERATORS)], [null, any(OPERATORS)]]);
			if (to[1] !== owned.operator) await call('api', 'transfer_chat', session(owned.operator), owned.chat, ...to, any([null, 'a note']));
		},
		back: async () => {
			const pending = any(await database.query("select chat, from_operator from chat.offer where state = 'open' and kind = 'transfer' order by random() limit 1"));
			if (pending) await call('api', 'withdraw_transfer', session(pending.from_operator), pending.chat);
		},
		take: async () => call('api', 'take_chat', session('dora'), await someChat()),
		requeue: async () => call('api', 'requeue_chat', session('dora'), await someChat(), any([null, 'billing']), null),
		leave: async () => {
			const operator = any(['ana', 'bo']);
			if (Math.random() < 0.1) await call('api', 'logout', session(operator), true);
			else await call('api', 'login', operator, session(operator), null, null).catch(() => {}); // is there already
		},
		end: async () => {
			const chat = await someChat();
			await call('api', 'customer_end', chat, sha256(`token ${chat}`), null);
		},
		post: async () => post(await someChat(), 'hello', any(['api', 'relay'])),
		gone: async () => call('relay', 'customers_gone', relay, [await someChat(), await someChat(), await someChat()]),
		view: async () => {
			const chat = await someChat();
			await call('api', 'chat_view', chat, sha256(`token ${chat}`), null);
		},
	};
	await Promise.all(Object.entries(work).map(([name, one]) => again(name, one)));
	assert.deepEqual(Object.fromEntries(errors), {});
	for (const name of Object.keys(work)) assert.ok(turns.get(name) > 10, `${name} had ${turns.get(name)} turns`);
	await database.query('update chat.queue set offer_timeout_s = 600');
	for (const operator of OPERATORS) {
		await call('api', 'login', operator, session(operator), null, null).catch(() => {});
		await call('api', 'set_presence', session(operator), 'available', null);
	}
	await routeUntilIdle();
	const [{ idle }] = await database.query(`
		select count(*) idle from chat.operator_state s where s.load < 3 and s.presence = 'available' and exists (select from chat.waiting w where s.operator <> all (w.declined))`);
	assert.equal(idle, 0, 'L1: nobody waits beside a free operator');
});
