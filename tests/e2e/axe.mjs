// SPDX-License-Identifier: ISC
// The machine-checkable rules of WCAG 2.2 AA on a page as it stands, and that it fits its width.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { until } from '../support/waiting.mjs';

const source = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** The rules look at what is there when every movement is over; from the beginning where the document is replaced meanwhile, as one that refreshes itself is. */
async function judge(frame) {
	await frame.evaluate(async () => {
		const trees = (root) => [root, ...[...root.querySelectorAll('*')].flatMap((node) => (node.shadowRoot ? trees(node.shadowRoot) : []))];
		const finite = trees(document).flatMap((root) => root.getAnimations()).filter((a) => a.effect?.getTiming().iterations !== Infinity);
		await Promise.allSettled(finite.map((a) => a.finished));
	});
	await frame.evaluate(source);
	return frame.evaluate((values) => globalThis.axe.run(document, { runOnly: values }), RULES);
}

/** @param {import('playwright-core').Page | import('playwright-core').Frame} frame */
export async function axe(frame, what) {
	const { violations, passes } = await until(() => judge(frame), { what: `the rules to be applied to ${what}` });
	assert.ok(passes.length > 5, `${what}: the rules were applied`);
	const found = violations.flatMap(({ id, nodes }) => nodes.map(({ target, any }) => `${what}: ${id} ${JSON.stringify(target)} ${any.map((a) => a.message)}`));
	assert.deepEqual(found, []);
}

/** At 320 CSS px nothing may need scrolling sideways (WCAG 1.4.10). */
export async function fits(frame, what) {
	const { over } = await until(() => frame.evaluate(() => ({ over: document.documentElement.scrollWidth - document.documentElement.clientWidth })), { what: `the width of ${what}` });
	assert.ok(over <= 0, `${what}: ${over} px too wide`);
}
