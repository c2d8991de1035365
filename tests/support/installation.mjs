// SPDX-License-Identifier: ISC
// Where the programs under test are: SWITCHBOARD_BUILD names a build directory or an installed tree (tests/run sets it).

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const sourceTree = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

function first(what, candidates) {
	const found = candidates.find((path) => existsSync(path));
	if (!found) throw new Error(`no ${what}: looked for ${candidates.join(', ')}`);
	return found;
}

function findBase(base) {
	if (!base) throw new Error('set SWITCHBOARD_BUILD to a build directory or an installed tree, or use tests/run');
	return base;
}

export function findProgram(name, base = findBase(process.env.SWITCHBOARD_BUILD)) {
	return first(name, [`${base}/libexec/${name}`, `${base}/bin/${name}`, `${base}/${name}`]);
}

export function findInstallation(base = findBase(process.env.SWITCHBOARD_BUILD)) {
	const program = (name) => findProgram(name, base);
	return {
		source: sourceTree,
		program,
		get cli() { return program('switchboard'); },
		get sqlDir() { return first('SQL files', [`${base}/share/switchboard/sql`, `${sourceTree}/sql`]); },
		get staticDir() { return first('built front end', [`${base}/share/switchboard/www`, `${base}/www/dist`, `${sourceTree}/www/dist`]); },
		shop: `${sourceTree}/www/demo`,
		renderWeb: (server) => `${sourceTree}/deploy/${server}/render`,
		webTemplates: (server) => ['stack.conf', 'stack-site.conf'].map((name) => `${sourceTree}/deploy/${server}/${name}`),
	};
}
