// SPDX-License-Identifier: ISC
// Reads Prometheus' text exposition format, version 0.0.4, as strictly as Prometheus and its linter do; throws at the first line that is wrong.
//
//   const metrics = parse(text);   metrics.families.get('x_total').samples[0].labels.program   metrics.sum('x_total', { program: 'relay' })

import assert from 'node:assert/strict';

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (\\S+)$`);
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)/;
const SUFFIXES = { histogram: ['_bucket', '_sum', '_count'] };

export function parse(text) {
	const families = new Map();
	const seen = new Set();
	let family = null;
	assert.ok(text.endsWith('\n'), 'the last line ends');
	for (const line of text.slice(0, -1).split('\n')) {
		const head = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line);
		if (head?.[1] === 'HELP') {
			assert.ok(!families.has(head[2]), `HELP once: ${line}`);
			families.set(head[2], family = { name: head[2], help: head[3], type: null, samples: [] });
		} else if (head) {
			assert.ok(head[2] === family?.name && !family.type && family.samples.length === 0, `TYPE once, behind its HELP: ${line}`);
			assert.match(head[3], /^(counter|gauge|histogram)$/, line);
			family.type = head[3];
		} else {
			const sample = readSample(line);
			const names = SUFFIXES[family?.type]?.map((suffix) => family.name + suffix) ?? [family?.name];
			assert.ok(family?.type && names.includes(sample.name), `a value stands with its family: ${line}`);
			const key = `${sample.name} ${JSON.stringify(Object.entries(sample.labels).sort())}`;
			assert.ok(!seen.has(key), `a value once: ${line}`);
			seen.add(key);
			family.samples.push(sample);
		}
	}
	for (const each of families.values()) checkFamily(each);
	return { families, sum: (name, labels = {}) => sum(families, name, labels) };
}

function readSample(line) {
	const [, name, inside, number] = SAMPLE.exec(line) ?? assert.fail(`no sample: ${line}`);
	const labels = {};
	let rest = inside ?? '';
	while (rest) {
		const [all, label, value] = LABEL.exec(rest) ?? assert.fail(`labels: ${line}`);
		assert.ok(!(label in labels), `a label once: ${line}`);
		labels[label] = value.replace(/\\(.)/g, (_, c) => (c === 'n' ? '\n' : c));
		rest = rest.slice(all.length);
	}
	assert.match(number, /^-?\d+(\.\d+)?(e[+-]\d+)?$/, `a number: ${line}`);
	return { name, labels, value: Number(number) };
}

function checkFamily({ name, type, samples }) {
	assert.ok(samples.length > 0, `${name} has a value`);
	assert.equal(name.endsWith('_total'), type === 'counter', `${name}: counters, and they alone, are a _total`);
	if (type === 'counter') assert.ok(samples.every(({ value }) => value >= 0), `${name} counts`);
	if (type === 'histogram') checkHistogram(name, samples);
}

// Each set of labels: its buckets in order, never fewer in a larger one, the last one +Inf and all there are, then sum and count.
function checkHistogram(name, samples) {
	const groups = Map.groupBy ? Map.groupBy(samples, groupOf) : groupBy(samples, groupOf);
	for (const [labels, group] of groups) {
		const buckets = group.filter((sample) => sample.name === `${name}_bucket`);
		const bounds = buckets.map((sample) => Number(sample.labels.le.replace('+Inf', 'Infinity')));
		assert.ok(bounds.every((bound, i) => i === 0 || bound > bounds[i - 1]) && bounds.at(-1) === Infinity, `${name}${labels}: bounds rise to +Inf`);
		assert.ok(buckets.every(({ value }, i) => i === 0 || value >= buckets[i - 1].value), `${name}${labels}: buckets hold the smaller ones`);
		assert.deepEqual(group.slice(buckets.length).map((sample) => sample.name), [`${name}_sum`, `${name}_count`]);
		assert.equal(group.at(-1).value, buckets.at(-1).value, `${name}${labels}: +Inf holds all`);
	}
}

function groupOf({ labels: { le, ...labels } }) {
	return JSON.stringify(labels);
}

function groupBy(list, key) {
	const groups = new Map();
	for (const each of list) groups.set(key(each), [...(groups.get(key(each)) ?? []), each]);
	return groups;
}

// Of all values of this name (of a histogram: with its suffix) whose labels are so.
function sum(families, name, wanted) {
	const family = families.get(name) ?? families.get(name.replace(/_(bucket|sum|count)$/, ''));
	return (family?.samples ?? [])
		.filter((sample) => sample.name === name && Object.entries(wanted).every(([label, value]) => sample.labels[label] === value))
		.reduce((total, { value }) => total + value, 0);
}
