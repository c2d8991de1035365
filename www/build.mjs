// SPDX-License-Identifier: ISC
// node build.mjs [output directory]: bundles the loader, the widget and the console. Needs nothing but what `npm ci` installed.
import { build, transform } from 'esbuild';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { words } from './plain/words.js';

const here = dirname(fileURLToPath(import.meta.url));
const out = resolve(process.argv[2] ?? join(here, 'dist'));
const targets = ['chrome100', 'firefox101', 'safari16.4'];

// What a visitor of somebody else's shop has to download, gzipped. A larger build is a failed build.
const LOADER_MAX = 4 * 1024;
const WIDGET_MAX = 40 * 1024;

// `import sheet from './x.sheet.css'` gives a minified constructed style sheet: nothing inline, so a strict policy holds.
const sheets = {
	name: 'sheets',
	setup(b) {
		b.onLoad({ filter: /\.sheet\.css$/ }, async ({ path }) => {
			const css = await transform(await readFile(path, 'utf8'), { loader: 'css', minify: true, target: targets });
			return { contents: `const s = new CSSStyleSheet(); s.replaceSync(${JSON.stringify(css.code)}); export default s;`, loader: 'js' };
		});
	},
};

const common = {
	absWorkingDir: here,
	bundle: true,
	minify: true,
	charset: 'utf8',
	target: targets,
	metafile: true,
	plugins: [sheets],
	logLevel: 'warning',
};

const gzipSize = async (file) => gzipSync(await readFile(file), { level: 9 }).length;

async function buildLoader() {
	const outfile = join(out, 'widget.js');
	await build({ ...common, entryPoints: ['loader/main.js'], outfile, format: 'iife', legalComments: 'none' });
	return gzipSize(outfile);
}

/** In what is built, a line ends nowhere but inside a template: there its indentation is worth a space. @param {string[]} files */
async function dense(files) {
	for (const file of files.filter((name) => name.endsWith('.js'))) await writeFile(file, (await readFile(file, 'utf8')).replace(/\n\t+/g, ' '));
}

/** Builds one application. Returns what the page has to name, and all files that were written. */
async function buildApp(name, entry) {
	const { metafile } = await build({
		...common,
		entryPoints: [{ in: entry, out: name }],
		outdir: join(out, 'assets'),
		format: 'esm',
		splitting: true,
		entryNames: '[name]-[hash]',
		chunkNames: '[name]-[hash]',
		legalComments: 'external',
	});
	const files = Object.entries(metafile.outputs).map(([path, info]) => ({ path: resolve(here, path), info }));
	await dense(files.map(({ path }) => path));
	const main = files.find((f) => f.info.entryPoint === entry);
	const css = main.info.cssBundle && resolve(here, main.info.cssBundle);
	return { js: url(main.path), css: url(css), files: files.map((f) => f.path), main: main.path, cssFile: css };
}

const url = (path) => relative(out, path).split('\\').join('/');

/** The widget's first visit: entry, style sheet and the largest of the languages, of which one is loaded. */
async function widgetSize(app) {
	let largest = 0;
	for (const file of app.files)
		if (file.endsWith('.js') && file !== app.main && !basename(file).startsWith('chunk-')) largest = Math.max(largest, await gzipSize(file));
	let shared = 0;
	for (const file of app.files) if (file.endsWith('.js') && basename(file).startsWith('chunk-')) shared += await gzipSize(file);
	return (await gzipSize(app.main)) + (await gzipSize(app.cssFile)) + largest + shared;
}

/** What every operator loads, without the languages; and what only supervisors load besides. */
async function consoleSizes(app) {
	const scripts = (name) => app.files.filter((file) => file.endsWith('.js') && basename(file).startsWith(name));
	const sizes = async (files) => (await Promise.all(files.map(gzipSize))).reduce((sum, size) => sum + size, 0);
	return { desk: await sizes([...scripts('console-'), ...scripts('chunk-')]), board: await sizes(scripts('board-')) };
}

function within(what, size, max) {
	if (size >= max) throw new Error(`${what} is ${size} bytes gzipped, the limit is ${max}`);
	console.log(`${what}: ${size} of ${max} bytes gzipped`);
}

async function writeConsolePage(app) {
	const icon = await readFile(join(here, 'console/icon.svg'));
	const iconPath = 'assets/icon-' + (await contentHash(icon)) + '.svg';
	await writeFile(join(out, iconPath), icon);
	const page = (await readFile(join(here, 'console/index.html'), 'utf8'))
		.replace('@CONSOLE_JS@', `../${app.js}`).replace('@CONSOLE_CSS@', `../${app.css}`).replace('@ICON@', `../${iconPath}`);
	await mkdir(join(out, 'console'), { recursive: true });
	await writeFile(join(out, 'console/index.html'), page);
}

/** The page without JavaScript is written by the server (app/api/plain*.c): its style sheet, and what it says in words.json. */
async function buildPlain() {
	const { metafile } = await build({ ...common, entryPoints: [{ in: 'plain/plain.css', out: 'plain' }], outdir: join(out, 'assets'), entryNames: '[name]-[hash]' });
	await writeFile(join(out, 'words.json'), JSON.stringify(words) + '\n');
	return { css: url(resolve(here, Object.keys(metafile.outputs)[0])) };
}

async function contentHash(data) {
	const { createHash } = await import('node:crypto');
	return createHash('sha256').update(data).digest('hex').slice(0, 8).toUpperCase();
}

await rm(out, { recursive: true, force: true });
await mkdir(join(out, 'assets'), { recursive: true });
within('widget.js', await buildLoader(), LOADER_MAX);
const widget = await buildApp('widget', 'widget/main.js');
within('widget application', await widgetSize(widget), WIDGET_MAX);
const desk = await buildApp('console', 'console/main.js');
await writeConsolePage(desk);
const sizes = await consoleSizes(desk);
console.log(`console: ${sizes.desk} bytes gzipped, its board: ${sizes.board}`);
const plain = await buildPlain();
const manifest = { widget: { js: widget.js, css: widget.css }, plain, console: { js: desk.js, css: desk.css } };
// Written last: a tree with a manifest is a whole tree.
await writeFile(join(out, 'manifest.json'), JSON.stringify(manifest, null, '\t') + '\n');
