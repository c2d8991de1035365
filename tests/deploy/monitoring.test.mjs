// SPDX-License-Identifier: ISC
// The alert rules and the dashboard: they are what their programs read, name nothing that is not there, and the alerts speak when they should.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { sourceTree } from '../support/installation.mjs';

const run = promisify(execFile);
const dir = `${sourceTree}/deploy/monitoring`;
const read = (name) => readFileSync(`${dir}/${name}`, 'utf8');
const dashboard = JSON.parse(read('switchboard-dashboard.json'));
const panels = dashboard.panels.filter(({ type }) => type !== 'row');
const expressions = (text) => [...text.matchAll(/^\s+expr: (.+)$/gm)].map(([, expression]) => expression);

// What deploy/manual/metrics.md explains (and GET metrics tells: tests/api/metrics.test.mjs): name → { type, label }
const manual = new Map([...readFileSync(`${sourceTree}/deploy/manual/metrics.md`, 'utf8').matchAll(/^\| `(switchboard_\w+)` \| (\w+) \| (?:`(\w+)`)? ?\|/gm)]
	.map(([, name, type, label]) => [name, { type, label }]));

test('the rules are rules, and each alert speaks and is silent when it should', async () => {
	await run('promtool', ['check', 'rules', 'switchboard-alerts.yml'], { cwd: dir });
	await run('promtool', ['test', 'rules', 'switchboard-alerts.test.yml'], { cwd: dir });
	const alerts = [...read('switchboard-alerts.yml').matchAll(/- alert: (\w+)/g)].map(([, name]) => name);
	const tests = read('switchboard-alerts.test.yml');
	for (const alert of alerts) assert.ok(tests.includes(`"${alert}"`), `a test in which ${alert} speaks`);
	assert.ok(alerts.length >= 15);
});

test('every metric that alerts and dashboard name is explained in the manual, with such labels', () => {
	const all = [...expressions(read('switchboard-alerts.yml')), ...panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))];
	const named = new Set();
	for (const expression of all) {
		for (const [, name, labels = ''] of expression.matchAll(/(switchboard_\w+)(?:\{([^}]*)\})?/g)) {
			const metric = manual.get(name) ?? manual.get(name.replace(/_(bucket|sum|count)$/, ''));
			assert.ok(metric, `${name} in: ${expression}`);
			if (name.endsWith('_bucket')) assert.equal(metric.type, 'histogram', expression);
			for (const [, label] of labels.matchAll(/(\w+)=/g)) assert.ok([metric.label, 'program', 'instance'].includes(label), `${label} in: ${expression}`);
			if (metric.type === 'counter') assert.match(expression, /\b(rate|increase|resets|changes)\(/, `a counter says nothing by itself: ${expression}`);
			named.add(metric);
		}
	}
	assert.ok(named.size >= 40, 'most of what is counted is shown somewhere');
});

test('the dashboard is one that Grafana can read: panels in their places, with words, for whichever data source', () => {
	assert.equal(dashboard.templating.list[0].query, 'prometheus');
	assert.equal(new Set(dashboard.panels.map(({ id }) => id)).size, dashboard.panels.length);
	const taken = new Set();
	for (const { title, targets, datasource, gridPos: { x, y, w, h } } of panels) {
		assert.ok(title && targets.length > 0 && datasource.uid === '${datasource}', title);
		assert.ok(x + w <= 24);
		for (let i = x; i < x + w; i++) for (let j = y; j < y + h; j++) {
			assert.ok(!taken.has(`${i} ${j}`), `${title} lies on another`);
			taken.add(`${i} ${j}`);
		}
	}
});
