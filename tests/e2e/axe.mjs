// SPDX-License-Identifier: ISC
// The machine-checkable rules of WCAG 2.2 AA on a page as it stands, and that it fits its width.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const source = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** The rules look at what is there when every movement is over. @param {import('playwright-core').Page | import('playwright-core').Frame} frame */
export async function axe(frame, what) {
	await frame.evaluate(async () => {
		const trees = (root) => [root, ...[...root.querySelectorAll('*')].flatMap((node) => (node.shadowRoot ? trees(node.shadowRoot) : []))];
		const finite = trees(document).flatMap((root) => root.getAnimations()).filter((a) => a.effect?.getTiming().iterations !== Infinity);
		await Promise.allSettled(finite.map((a) => a.finished));
	});
	await frame.evaluate(source);
	const { violations, passes } = await frame.evaluate((values) => globalThis.axe.run(document, { runOnly: values }), RULES);
	assert.ok(passes.length > 5, `${what}: the rules were applied`);
	const found = violations.flatMap(({ id, nodes }) => nodes.map(({ target, any }) => `${what}: ${id} ${JSON.stringify(target)} ${any.map((a) => a.message)}`));
	assert.deepEqual(found, []);
}

/** At 320 CSS px nothing may need scrolling sideways (WCAG 1.4.10). */
export async function fits(frame, what) {
	const over = await frame.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
	assert.ok(over <= 0, `${what}: ${over} px too wide`);
}
