// Web servers, each started from the recipe as it is shipped in etc/. What a
// person would set (address, sub-path, program, data folder, socket) is
// replaced by text in the lines marked for it, and nothing else.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { connects, own, port, sleep, start, stop, waitFor, WEB }
    from './proc.mjs';

export const ETC = fileURLToPath(new URL('../../../etc/', import.meta.url));

const RECIPES = {
	'lighttpd': { file: 'lighttpd/tollgate.conf', spawns: true },
	'lighttpd-external': { file: 'lighttpd/tollgate-external.conf' },
	'lighttpd-cgi': { file: 'lighttpd/tollgate-cgi.conf', cgi: true },
	'apache-proxy-fcgi': { file: 'apache/tollgate-proxy-fcgi.conf',
	    modules: ['proxy', 'proxy_fcgi'] },
	'apache-fcgid': { file: 'apache/tollgate-fcgid.conf', spawns: true,
	    modules: ['fcgid'] },
	'apache-cgi': { file: 'apache/shared-hosting/.htaccess', cgi: true,
	    modules: ['cgid', 'rewrite'] },
	'caddy': { file: 'caddy/Caddyfile' },
	'nginx': { file: 'nginx/tollgate.conf' },
};
export const KINDS = Object.keys(RECIPES);
export const recipe = kind => RECIPES[kind];

function replace(text, re, value)
{
	const out = text.replace(re, value);
	if (out === text && !text.match(re))
		throw new Error('the recipe has no line ' + re);
	return out;
}

// ---- the one substitution of each family ----------------------------------

export function lighttpd(text, vars)
{
	for (const [k, v] of Object.entries(vars))
		text = replace(text, new RegExp(
		    `^(var\\.tollgate_${k}\\s*= )("[^"]*"|\\d+)`, 'm'),
		    (_, a) => a + (typeof v === 'number' ? v : `"${v}"`));
	return text;
}

export function apache(text, vars)
{
	for (const [k, v] of Object.entries(vars))
		text = replace(text, new RegExp(
		    `^(Define TOLLGATE_${k} ).*$`, 'm'), (_, a) => a + v);
	return text;
}

export function htaccess(text, vars)
{
	return replace(text, /^(SetEnv TOLLGATE_DATA ).*$/m,
	    (_, a) => a + vars.DATA);
}

export function nginx(text, vars)
{
	text = replace(text, /^(\s*listen )\S+;(\s*# set)$/m,
	    (_, a, b) => a + vars.listen + ';' + b);
	text = replace(text, /^(\s*location )\S+ \{(\s*# set)$/m,
	    (_, a, b) => a + vars.prefix + '/ {' + b);
	text = replace(text,
	    /^(\s*fastcgi_param SCRIPT_NAME )"";(\s*# set)$/m,
	    (_, a, b) => a + '"' + vars.prefix + '";' + b);
	return replace(text, /^(\s*fastcgi_pass )\S+;(\s*# set)$/m,
	    (_, a, b) => a + 'unix:' + vars.socket + ';' + b);
}

// ---- frames: what a Debian machine has around a site file -----------------

const MODS = '/usr/lib/apache2/modules/mod_';

function apacheFrame(dir, modules, include, extra)
{
	const mods = ['mpm_event', 'authz_core', 'authz_host', 'alias', 'env',
	    'setenvif', 'mime', 'dir', 'reqtimeout', ...modules];
	return mods.map(m => `LoadModule ${m}_module ${MODS}${m}.so\n`).join('') +
	    (WEB ? `User ${WEB.name}\nGroup ${WEB.name}\n` : '') +
	    `ServerRoot ${dir}\nServerName localhost\n` +
	    `PidFile ${dir}/apache.pid\nErrorLog ${dir}/error.log\n` +
	    `DefaultRuntimeDir ${dir}\nMutex file:${dir}\n` +
	    `TypesConfig /etc/mime.types\nLogLevel warn\n` +
	    // Apache's own default; Debian's reqtimeout.conf.
	    'Timeout 60\nKeepAlive On\nKeepAliveTimeout 5\n' +
	    'RequestReadTimeout header=20-40,minrate=500\n' +
	    'RequestReadTimeout body=10,minrate=500\n' +
	    '<Directory />\n\tOptions FollowSymLinks\n\tAllowOverride None\n' +
	    '\tRequire all denied\n</Directory>\n' +
	    (modules.includes('cgid') ? `ScriptSock ${dir}/cgid.sock\n` : '') +
	    (modules.includes('fcgid') ?
		`FcgidIPCDir ${dir}/fcgid\n` +
		`FcgidProcessTableFile ${dir}/fcgid.shm\n` : '') +
	    (extra ?? '') + (include ? `Include ${include}\n` : '');
}

function nginxFrame(dir, include)
{
	return (WEB ? `user ${WEB.name};\n` : '') +
	    `worker_processes 2;\nworker_rlimit_nofile 16384;\n` +
	    `pid ${dir}/nginx.pid;\nerror_log ${dir}/error.log;\n` +
	    'events { worker_connections 8192; }\nhttp {\n' +
	    `\taccess_log off;\n\tgzip on;\n` +
	    ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
		n => `\t${n}_temp_path ${dir}/${n};\n`).join('') +
	    `\tinclude ${include};\n}\n`;
}

// opt: { kind, gw: { dir, data, socket, program, env }, prefix,
//        edit(text): breaks or mends the recipe }
// -> { kind, port, prefix, base, stop(), log() }
export async function serve(opt)
{
	const { kind, gw, prefix = '', edit = t => t } = opt;
	const r = RECIPES[kind];
	const p = await port();
	const dir = own(fs.mkdtempSync(path.join(gw.dir, kind + '-')));
	fs.chmodSync(dir, 0o755);
	const text = fs.readFileSync(path.join(ETC, r.file), 'utf8');
	const file = path.join(dir, path.basename(r.file));
	const env = { ...process.env, ...gw.env };
	let proc, at = prefix;

	if (kind.startsWith('lighttpd')) {
		const vars = { port: p, prefix: prefix +
		    (r.cgi || !prefix ? '/' : ''), spool: dir };
		if (WEB)
			vars.user = WEB.name;
		if (r.spawns || r.cgi)
			Object.assign(vars, { program: r.cgi ? gw.cgi :
			    gw.program, data: gw.data });
		if (!r.cgi)
			vars.socket = r.spawns ? dir + '/lt.sock' : gw.socket;
		fs.writeFileSync(file, edit(lighttpd(text, vars)));
		proc = start('/usr/sbin/lighttpd', ['-D', '-f', file], { env });
	} else if (kind === 'apache-cgi') {
		at = prefix || '/llm';
		const docs = path.join(dir, 'public_html');
		const folder = path.join(docs, at);
		fs.mkdirSync(folder, { recursive: true });
		fs.copyFileSync(gw.program, path.join(folder, 'tollgate.cgi'));
		fs.chmodSync(path.join(folder, 'tollgate.cgi'), 0o755);
		fs.writeFileSync(path.join(folder, '.htaccess'),
		    edit(htaccess(text, { DATA: gw.data })));
		const conf = path.join(dir, 'httpd.conf');
		fs.writeFileSync(conf, apacheFrame(dir, r.modules, null,
		    `Listen 127.0.0.1:${p}\nDocumentRoot ${docs}\n` +
		    `AllowEncodedSlashes NoDecode\n` +
		    `<Directory ${docs}>\n\tAllowOverride All\n` +
		    '\tRequire all granted\n</Directory>\n'));
		proc = start('/usr/sbin/apache2', ['-DFOREGROUND', '-f', conf],
		    { env });
	} else if (kind.startsWith('apache')) {
		const vars = { LISTEN: '127.0.0.1:' + p,
		    PREFIX: `"${prefix}/"` };
		if (r.spawns)
			Object.assign(vars, { PROGRAM: gw.program,
			    DATA: gw.data });
		else
			vars.SOCKET = gw.socket;
		fs.writeFileSync(file, edit(apache(text, vars)));
		const conf = path.join(dir, 'httpd.conf');
		fs.writeFileSync(conf, apacheFrame(dir, r.modules, file,
		    opt.frame));
		proc = start('/usr/sbin/apache2', ['-DFOREGROUND', '-f', conf],
		    { env });
	} else if (kind === 'caddy') {
		fs.writeFileSync(file, edit(text));
		proc = start('/usr/bin/caddy', ['run', '--adapter',
		    'caddyfile', '--config', file], { web: true, env: { ...env,
		    HOME: dir, XDG_DATA_HOME: dir, XDG_CONFIG_HOME: dir,
		    TOLLGATE_ADDRESS: 'http://127.0.0.1:' + p,
		    TOLLGATE_PREFIX: prefix, TOLLGATE_SOCKET: gw.socket } });
	} else if (kind === 'nginx') {
		fs.writeFileSync(file, edit(nginx(text, { prefix,
		    listen: '127.0.0.1:' + p, socket: gw.socket })));
		const conf = path.join(dir, 'nginx.conf');
		fs.writeFileSync(conf, nginxFrame(dir, file));
		proc = start('/usr/sbin/nginx', ['-p', dir, '-c', conf, '-g',
		    'daemon off;'], { env });
	}
	const log = () => proc.out + (fs.existsSync(dir + '/error.log') ?
	    fs.readFileSync(dir + '/error.log', 'utf8') : '');
	try {
		await waitFor(kind, () => {
			if (proc.exitCode !== null)
				throw Object.assign(new Error('ended: ' +
				    log()), { hopeless: true });
			return connects(p);
		}, 10000);
	} catch (e) {
		await stop(proc, 'SIGKILL');
		throw new Error(e.message + '\n' + log());
	}
	return { kind, recipe: r, port: p, prefix: at, dir, proc, log, file,
	    base: `http://127.0.0.1:${p}${at}`,
	    stop: async () => {
		    // lighttpd and apache end what they spawned themselves.
		    await stop(proc, 'SIGTERM', 8000);
		    await sleep(10);
	    } };
}
