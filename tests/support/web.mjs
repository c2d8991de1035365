// SPDX-License-Identifier: ISC
// The web servers a stack can stand behind, as deploy/ configures them: nginx, Apache with mod_proxy_fcgi, Apache with mod_fcgid (which starts the api itself).
//
//   const command = await configureWeb(stack);       renders what stack.settings ask for below stack.dir, and says how the server is started

import { execFile } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);
const MODULES = '/usr/lib/apache2/modules';
const APACHE = ['mpm_event', 'authz_core', 'alias', 'asis', 'cache', 'cache_disk', 'deflate', 'dir', 'env', 'filter', 'headers', 'include', 'lbmethod_bybusyness',
	'mime', 'proxy', 'proxy_balancer', 'proxy_http', 'remoteip', 'reqtimeout', 'setenvif', 'slotmem_shm', 'unique_id'];
const NEEDS = { qos: 'LoadFile libpcre.so.3\n' }; // deploy/README.md, section 6

export const MOUNTS = {
	nginx: { title: 'nginx', server: 'nginx' },
	proxy_fcgi: { title: 'Apache mod_proxy_fcgi', server: 'apache', modules: [...APACHE, 'buffer', 'proxy_fcgi'] },
	fcgid: { title: 'Apache mod_fcgid', server: 'apache', modules: [...APACHE, 'fcgid'] },
};

export async function configureWeb(stack) {
	const { server } = MOUNTS[stack.settings.web];
	const output = `${stack.dir}/etc/${server}`;
	const { settings, installation } = stack;
	shopPages(stack);
	await run(installation.renderWeb(server), [
		'--public-url', stack.url, '--output', output, '--static-dir', installation.staticDir, '--cache-seconds', settings.cacheSeconds,
		...installation.webTemplates(server).flatMap((file) => ['--template', file]),
		...stack.relaySockets.flatMap((socket) => ['--relay-socket', socket]),
		...(settings.limitExempt ? ['127.0.0.0/8', '::1'] : settings.exempt).flatMap((network) => ['--exempt', network]),
		...settings.behind.flatMap((network) => ['--behind', network]),
		...(settings.tls ? await tlsArguments(stack) : []),
		...(server === 'nginx' ? nginxArguments : apacheArguments)(stack),
		...set({ PORT: stack.plainPort, SITE: settings.tls ? 'switchboard-tls' : 'stack-site', RUN_DIR: `${stack.dir}/run`, LOG_DIR: `${stack.dir}/log`, SHOP_DIR: `${stack.dir}/shop` }),
	].map(String));
	if (server === 'nginx') return ['nginx', '-p', `${stack.dir}/run`, '-e', 'stderr', '-c', `${output}/stack.conf`, '-g', 'daemon off;'];
	return ['apache2', '-f', `${output}/stack.conf`, '-DFOREGROUND'];
}

const set = (values) => Object.entries(values).flatMap(([name, value]) => ['--set', `${name}=${value}`]);

function shopPages({ dir, installation, url }) {
	cpSync(installation.shop, `${dir}/shop`, { recursive: true });
	for (const name of readdirSync(`${dir}/shop`, { recursive: true }).filter((path) => path.endsWith('.html'))) {
		const page = readFileSync(`${dir}/shop/${name}`, 'utf8');
		writeFileSync(`${dir}/shop/${name}`, page.replaceAll('@SERVER_URL@', url).replaceAll('@WIDGET@', 'demo-shop'));
	}
}

function nginxArguments(stack) {
	return ['--api-socket', stack.apiSocket, '--cache-dir', `${stack.dir}/run/nginx-cache`,
		...set({ LISTEN_IPV6: loopbackHasIpv6() ? `listen [::1]:${stack.plainPort};` : '' })];
}

function apacheArguments(stack) {
	const { web } = stack.settings;
	const listen = [`Listen 127.0.0.1:${stack.plainPort}`, ...(loopbackHasIpv6() ? [`Listen [::1]:${stack.plainPort}`] : [])];
	const names = [...MOUNTS[web].modules, ...(stack.settings.tls ? ['ssl'] : []), ...stack.settings.modules];
	const modules = names.map((name) => `${NEEDS[name] ?? ''}LoadModule ${name}_module ${MODULES}/mod_${name}.so`);
	return ['--mount', web, '--run-dir', `${stack.dir}/run`, '--cache-dir', `${stack.dir}/run/apache-cache`,
		'--api-socket', stack.apiSocket, '--api-program', stack.installation.program('switchboard-api'), '--config', stack.apiConfig,
		...set({ LOAD_MODULES: modules.join('\n'), LISTEN: stack.settings.tls ? '' : listen.join('\n') })];
}

// A certificate for localhost, signed by itself.
async function tlsArguments(stack) {
	const [certificate, key] = ['crt', 'key'].map((ending) => `${stack.dir}/etc/localhost.${ending}`);
	await run('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=localhost',
		'-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', certificate]);
	stack.own(key);
	stack.certificate = readFileSync(certificate, 'utf8');
	return ['--certificate', certificate, '--certificate-key', key, '--listen', '127.0.0.1', '--http-port', stack.plainPort, '--log-dir', `${stack.dir}/log`];
}

function loopbackHasIpv6() {
	return existsSync('/proc/net/if_inet6') && /^0{31}1 /m.test(readFileSync('/proc/net/if_inet6', 'utf8'));
}
