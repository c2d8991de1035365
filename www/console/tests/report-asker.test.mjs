// SPDX-License-Identifier: ISC
// Reports are asked for one at a time, the newest question counts, and a server that is busy is asked again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError } from '../../lib/api.js';
import { ReportAsker } from '../report-asker.js';

/** A server that answers when it is told to. */
function slowServer() {
	const open = [];
	const names = [];
	const asker = new ReportAsker((name) => {
		names.push(name);
		return new Promise((answer, refuse) => { open.push({ answer: () => answer({ report: name }), refuse }); });
	});
	const settle = () => new Promise((go) => { setImmediate(go); });
	return { asker, names, open, settle, async next(how = 'answer', error) {
		await settle();
		open.shift()[how](error);
		await settle();
	} };
}

const busy = (ms) => new ApiError(503, { code: 'unavailable', retry_ms: ms });

test('one is asked when the one before is answered', async () => {
	const { asker, names, next } = slowServer();
	const views = asker.ask([['service', {}], ['operators', {}]]);
	await next();
	assert.deepEqual(names, ['service', 'operators']);
	await next();
	assert.deepEqual((await views).map(({ report }) => report), ['service', 'operators']);
});

test('newer questions wait for the one under way, take the place of the others, and get their answers alone', async () => {
	const { asker, names, open, next, settle } = slowServer();
	const oldest = asker.ask([['a', {}], ['never', {}]]);
	await settle();
	const [older, newest] = [asker.ask([['never', {}]]), asker.ask([['b', {}]])];
	await settle();
	assert.deepEqual([names, open.length], [['a'], 1]);
	await next();
	assert.deepEqual(names, ['a', 'b']);
	await next();
	assert.deepEqual([await oldest, await older, (await newest)[0].report], [null, null, 'b']);
});

test('what is refused to an older question is no error of the newer', async () => {
	const { asker, next, settle } = slowServer();
	const older = asker.ask([['a', {}]]);
	await settle();
	const newer = asker.ask([['b', {}]]);
	await next('refuse', new ApiError(422, {}));
	await next();
	assert.deepEqual([await older, (await newer)[0].report], [null, 'b']);
});

test('a busy server is asked again, until it is no use', async () => {
	let asked = 0;
	const soon = new ReportAsker(async () => {
		if (++asked < 3) throw busy(100);
		return { report: 'service' };
	});
	assert.equal((await soon.ask([['service', {}]]))[0].report, 'service');
	assert.equal(asked, 3);
	const never = new ReportAsker(async () => { throw busy(100); });
	await assert.rejects(never.ask([['service', {}]]), { status: 503 });
});

test('what took long before it failed is not asked again, nor what is wrong', async () => {
	for (const [took, error] of [[20, busy(5)], [0, new ApiError(422, {})], [0, new ApiError(0, {})]]) {
		let asked = 0;
		const asker = new ReportAsker(async () => {
			asked++;
			await new Promise((go) => { setTimeout(go, took); });
			throw error;
		});
		await assert.rejects(asker.ask([['service', {}]]), error);
		assert.equal(asked, 1);
	}
});

test('who is no longer interested waits for nothing', async () => {
	const { asker, names, next } = slowServer();
	const views = asker.ask([['a', {}]]);
	await next('refuse', busy(60_000));
	asker.drop();
	assert.equal(await views, null);
	assert.deepEqual(names, ['a']);
});
