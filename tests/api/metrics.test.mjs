// SPDX-License-Identifier: ISC
// GET metrics: what all programs count, for who may know, in a text that Prometheus reads and in words that the manual explains.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { Customer } from '../support/people.mjs';
import { api, assertError } from '../support/http.mjs';
import { parse } from '../support/exposition.mjs';
import { sourceTree } from '../support/installation.mjs';
import { converse, part } from '../support/conversation.mjs';

const MONITOR = '127.0.0.1';
const STRANGER = '127.0.0.2';
const WORKERS = 2;
const stack = useStack({ couriers: 1, options: { api_workers: WORKERS, monitor_from: `192.0.2.0/24 ${MONITOR}`, messages_per_second: 1, messages_burst: 3 } });

async function scrape() {
	const answer = await api(stack, 'GET', 'metrics', { from: MONITOR });
	assert.equal(answer.status, 200, answer.text);
	return parse(answer.text);
}

// The first answer that fits; the programs speak every five seconds.
async function scrapeUntil(fits, what) {
	let metrics;
	await until(async () => fits(metrics = await scrape()), { what, every_ms: 250 });
	return metrics;
}

const everybodyHasSpoken = (metrics) => ['relay', 'router', 'courier', 'api'].every((program) => metrics.sum('switchboard_program_up', { program }) === (program === 'api' ? WORKERS : 1));

test('a stranger gets nothing of metrics and no details of health', async () => {
	assertError(await api(stack, 'GET', 'metrics', { from: STRANGER }), 404, 'not_found');
	assertError(await api(stack, 'GET', 'metrics', { from: STRANGER, headers: { 'X-Forwarded-For': MONITOR, 'X-Real-IP': MONITOR, 'Remote-Addr': MONITOR } }), 404, 'not_found');
	assert.deepEqual((await api(stack, 'GET', 'health', { from: STRANGER })).json, { status: 'ok' });
	assert.equal((await api(stack, 'GET', 'health', { from: MONITOR })).json.relays, 1);
	const answer = await api(stack, 'GET', 'metrics', { from: MONITOR });
	assert.deepEqual([answer.status, answer.headers['content-type'], answer.headers['cache-control']], [200, 'text/plain; version=0.0.4; charset=utf-8', 'no-store']);
	assertError(await api(stack, 'POST', 'metrics', { from: MONITOR, body: {} }), 405, 'method_not_allowed');
});

test('the manual and the answer tell the same: names, types, labels, meanings', async () => {
	const { families } = await scrapeUntil(everybodyHasSpoken, 'every program to have spoken');
	const said = [...families.values()].map(({ name, type, help, samples }) => {
		const labels = Object.keys(samples[0].labels).filter((label) => !['program', 'instance', 'le'].includes(label));
		for (const sample of samples) assert.equal('program' in sample.labels && 'instance' in sample.labels, 'program' in samples[0].labels, name);
		return [name, type, labels.join(' '), help];
	});
	const manual = readFileSync(`${sourceTree}/deploy/manual/metrics.md`, 'utf8');
	const told = [...manual.matchAll(/^\| `(switchboard_\w+)` \| (\w+) \| (?:`(\w+)`)? ?\| (.+) \|$/gm)].map(([, name, type, label = '', help]) => [name, type, label, help]);
	assert.ok(told.length > 40);
	const byName = ([one], [other]) => (one < other ? -1 : 1); // programs come in the order in which they have spoken
	assert.deepEqual(said.sort(byName), told.sort(byName));
});

test('a chat moves the counters of every program', async (t) => {
	const before = await scrapeUntil(everybodyHasSpoken, 'every program to have spoken');
	const { operator: ana, customers: [kim] } = await converse(stack, t);
	for (let i = 0; i < 5; i++) await ana.say(kim.chat, `hello ${i}`);
	const seqs = kim.events(kim.chat).map(({ seq }) => seq);
	const again = kim.tab();
	await again.connect({ last_seq: seqs.at(-1) });
	const answers = await Promise.all(Array.from({ length: 8 }, (_, i) => again.post(kim.chat, `too fast ${i}`)));
	assert.ok(answers.some(({ code }) => code === 'rate_limited'));
	again.send({ t: 'no such thing' });
	await again.frame(({ code }) => code === 'unknown_type', 'a strike');
	again.close();
	const waiting = await Customer.open(stack, { queue: 'billing' });
	await assert.rejects(waiting.call('GET', 'no-such-thing'));
	const moved = (now, name, labels) => now.sum(name, labels) - before.sum(name, labels);
	const atLeast = (now) => [
		['switchboard_relay_messages_total', { result: 'stored' }, 8],
		['switchboard_relay_batch_messages_sum', {}, 8],
		['switchboard_relay_commit_seconds_count', {}, 1],
		['switchboard_relay_store_lag_seconds_count', {}, 8],
		['switchboard_relay_delivery_lag_seconds_count', {}, 8],
		['switchboard_relay_connections_opened_total', {}, 3],
		['switchboard_relay_connections_closed_total', { code: 'peer' }, 1],
		['switchboard_relay_resumes_total', {}, 1],
		['switchboard_relay_rate_limited_total', {}, 1],
		['switchboard_relay_strikes_total', {}, 1],
		['switchboard_relay_hints_received_total', {}, 1],
		['switchboard_router_offers_total', {}, 1],
		['switchboard_router_pass_seconds_count', {}, 1],
		['switchboard_api_requests_total', { status: '2xx' }, 5],
		['switchboard_api_requests_total', { status: '4xx' }, 1],
		['switchboard_api_request_seconds_count', {}, 6],
		['switchboard_program_cpu_seconds_total', { program: 'relay' }, 0],
	].filter(([name, labels, least]) => moved(now, name, labels) < least);
	let short;
	const now = await scrapeUntil((metrics) => {
		short = atLeast(metrics);
		if (short.length > 0) throw new Error(`not yet: ${JSON.stringify(short)}`);
		return true;
	}, 'the counters to have moved');
	const value = (name, labels) => now.sum(`switchboard_${name}`, labels);
	assert.deepEqual([value('relay_connections', { party: 'customer' }), value('relay_connections', { party: 'operator' })], [1, 1]);
	assert.equal(value('relay_rooms'), 1);
	assert.equal(value('relay_database_up'), 1);
	assert.equal(value('router_leading'), 1);
	assert.equal(value('queue_waiting', { queue: 'billing' }), 1);
	assert.equal(value('queue_waiting', { queue: 'sales' }), 0);
	assert.ok(value('queue_longest_wait_seconds', { queue: 'billing' }) > 0);
	assert.equal(value('chats', { state: 'active' }), 1);
	assert.equal(value('operators', { presence: 'available' }), 1);
	assert.ok(value('relay_store_lag_seconds_sum') > 0);
	await waiting.call('POST', `chats/${waiting.chat}/end`, {});
	await part(stack, ana, [kim]);
});

test('a program that says nothing is told as down, and its values are left out', async () => {
	const values = JSON.stringify({ switchboard_relay_rooms: 7, switchboard_relay_unknown: 1 });
	await stack.query(`insert into chat.program_metrics values ('relay', 'silent "one"', clock_timestamp() - interval '20 seconds', $1),
		('relay', 'fresh', clock_timestamp() + interval '1 minute', $1)`, [values]);
	const metrics = await scrape();
	assert.equal(metrics.sum('switchboard_program_up', { instance: 'silent "one"' }), 0);
	assert.ok(metrics.sum('switchboard_program_age_seconds', { instance: 'silent "one"' }) >= 20);
	const rooms = metrics.families.get('switchboard_relay_rooms').samples.map(({ labels }) => labels.instance);
	assert.ok(rooms.includes('fresh') && !rooms.includes('silent "one"'));
	assert.ok(!metrics.families.has('switchboard_relay_unknown'), 'what the manual does not know is not told');
	await stack.query("delete from chat.program_metrics where instance in ('silent \"one\"', 'fresh')");
});

test('sessions that are lost are counted, and the counting goes on', async () => {
	const programs = ['relay', 'router', 'courier', 'api'];
	const names = programs.map((program) => `switchboard_${program}_database_reconnects_total`);
	const before = await scrape();
	await stack.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = any ($1)',
		[programs.map((program) => `switchboard-${program}`)]);
	await scrapeUntil((now) => names.every((name) => now.sum(name) > before.sum(name)), 'the reconnects to be counted');
});
