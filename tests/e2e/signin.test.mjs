// Ways in: the first run, passwords, sessions, second factors, keys, roles,
// REMOTE_USER of a web server; and what owners take home.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { Gateway } from './lib/gateway.mjs';
import { axe, calm, invalid, launch, visitor } from './lib/browser.mjs';
import { own, run, sleep } from './lib/proc.mjs';
import { serve } from './lib/servers.mjs';

// As a browser asks for a page (fetch() says of itself that it is none).
function request(url, { method = 'GET', headers = {}, body } = {})
{
	return new Promise((good, bad) => {
		const r = http.request(url, { method, headers: { ...headers,
		    ...(body ? { 'content-type':
		    'application/x-www-form-urlencoded',
		    'content-length': Buffer.byteLength(body) } : {}) } },
		    async answer => {
			const parts = [];
			for await (const p of answer)
				parts.push(p);
			good({ status: answer.statusCode, headers:
			    new Headers(Object.entries(answer.headers)
			    .filter(h => h[0] !== 'set-cookie')), cookies:
			    answer.headers['set-cookie'] ?? [], bytes:
			    Buffer.concat(parts) });
		});
		r.on('error', bad);
		r.end(body);
	});
}

// Somebody with a browser: cookies, forms with their token, no redirects
// followed by themselves.
class Person {
	constructor(web, headers = {})
	{
		this.base = web.base;
		this.headers = headers;
		this.jar = new Map();
	}

	async ask(url, opt = {})
	{
		this.at = new URL(url, this.base + '/');
		const r = await request(this.at, { ...opt, headers: {
		    accept: 'text/html', cookie: [...this.jar].map(c =>
		    c.join('=')).join('; '), ...this.headers } });
		for (const c of r.cookies) {
			const [, k, v] = /^([^=]+)=([^;]*)/.exec(c);
			if (v === '')
				this.jar.delete(k);
			else
				this.jar.set(k, v);
		}
		r.page = r.bytes.toString();
		return r;
	}

	get(url) { return this.ask(url); }

	// The form of a page, filled in and sent to where it goes.
	async send(page, action, fields)
	{
		const r = await this.get(page);
		assert.equal(r.status, 200, page + ' ' + r.page.slice(0, 300));
		const csrf = /name="csrf" value="([0-9a-f]{64})"/.exec(
		    r.page)?.[1];
		assert.ok(csrf, 'no token in ' + page);
		return this.ask(action, { method: 'POST', body: String(
		    new URLSearchParams({ csrf, ...fields })) });
	}

	signIn(name, password)
	{
		return this.send('admin/sign-in', 'admin/sign-in',
		    { name, password });
	}
}

function code(base32, shift = 0)
{
	const bits = [...base32.replace(/ /g, '')].map(c =>
	    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2)
	    .padStart(5, '0')).join('');
	const key = Buffer.from(bits.match(/.{8}/g).map(b => parseInt(b, 2)));
	const step = Buffer.alloc(8);
	step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000) + shift));
	const mac = createHmac('sha1', key).update(step).digest();
	const at = mac[19] & 15;
	return String((mac.readUInt32BE(at) & 0x7fffffff) % 1000000)
	    .padStart(6, '0');
}

const GOOD = 'correct horse battery';
let gw, web, printed, owner;

before(async () => {
	gw = await Gateway.make({ name: 'signin', conf: {
	    server: { workers: 3 } } });
	web = await serve({ kind: 'lighttpd-external', gw, prefix: '/llm' });
	printed = gw.admin.split(' ')[1];
});

after(async () => {
	await web?.stop();
	await gw?.close();
});

const api = async (url, body, key = gw.master) => {
	const r = await fetch(web.base + url, { method: 'POST', headers: {
	    authorization: 'Bearer ' + key, 'content-type':
	    'application/json' }, body: JSON.stringify(body) });
	return Object.assign(r, { json: await r.json() });
};

describe('the first run', () => {
	test('a stranger gets nowhere without the printed password',
	    async () => {
		const p = new Person(web);
		assert.match((await p.get('admin/sign-in')).page,
		    /admin\/set-up/);
		const r = await p.send('admin/set-up', 'admin/set-up', {
		    printed: 'guess guess', name: 'eve', password: GOOD,
		    again: GOOD });
		assert.equal(r.status, 403);
		assert.match(r.page, /not the password that tollgate init/);
		assert.ok(!p.jar.has('tollgate_session'));
	});

	test('with it one chooses name and password', async () => {
		owner = new Person(web);
		let r = await owner.send('admin/set-up', 'admin/set-up', {
		    printed, name: 'ada', password: 'short', again: 'short' });
		assert.equal(r.status, 400);
		r = await owner.send('admin/set-up', 'admin/set-up', {
		    printed, name: 'ada', password: GOOD, again: GOOD });
		assert.equal(r.status, 303, r.page);
		assert.equal((await owner.get('admin/backup')).status, 200);
		assert.match((await owner.get('admin/account')).page,
		    /ada · owner/);
	});

	test('the printed one and the old name are gone', async () => {
		const p = new Person(web);
		assert.equal((await p.signIn('admin', printed)).status, 403);
		assert.equal((await p.signIn('ada', printed)).status, 403);
		assert.doesNotMatch((await p.get('admin/sign-in')).page,
		    /admin\/set-up/);
		const r = await p.get('admin/set-up');
		assert.match(r.page, /This is done already/);
		assert.equal((await p.signIn('ada', GOOD)).status, 303);
	});
});

describe('sessions', () => {
	test('a link leads back to where one wanted', async () => {
		const p = new Person(web);
		let r = await p.get('admin/keys?state=blocked');
		assert.equal(r.status, 303);
		const to = new URL(r.headers.get('location'), p.at);
		assert.equal(to.pathname, '/llm/admin/sign-in');
		const next = to.searchParams.get('next');
		r = await p.send(to.href, 'admin/sign-in', { name: 'ada',
		    password: GOOD, next });
		assert.equal(new URL(r.headers.get('location'), p.at).href,
		    web.base + '/admin/keys?state=blocked');
	});

	test('signing out everywhere ends the others', async () => {
		const a = new Person(web), b = new Person(web);
		await a.signIn('ada', GOOD);
		await b.signIn('ada', GOOD);
		const r = await a.send('admin/account',
		    'admin/account/sign-out-everywhere', {});
		assert.equal(r.status, 303);
		assert.equal((await b.get('admin/account')).status, 303);
		assert.equal((await owner.get('admin/account')).status, 303);
		await owner.signIn('ada', GOOD);
	});

	test('another password ends the others, not this one', async () => {
		const b = new Person(web);
		await b.signIn('ada', GOOD);
		let r = await owner.send('admin/account',
		    'admin/account/password', { current: 'wrong one',
		    password: GOOD + '!', again: GOOD + '!' });
		assert.equal(r.status, 403);
		r = await owner.send('admin/account',
		    'admin/account/password', { current: GOOD,
		    password: GOOD + '!', again: GOOD + '!' });
		assert.equal(r.status, 303, r.page);
		assert.equal((await b.get('admin/account')).status, 303);
		assert.equal((await owner.get('admin/account')).status, 200);
		r = await owner.send('admin/account',
		    'admin/account/password', { current: GOOD + '!',
		    password: GOOD, again: GOOD });
		assert.equal(r.status, 303);
	});

	test('the address, language and zone are kept', async () => {
		const r = await owner.send('admin/account', 'admin/look', {
		    language: 'zh-TW', zone: 'Asia/Taipei', theme: 'dark',
		    here: 'admin/account' });
		assert.equal(r.status, 303);
		const page = (await owner.get('admin/account')).page;
		assert.match(page, /<html lang="zh-TW"/);
		assert.match(page, /value="Asia\/Taipei"/);
		await owner.send('admin/account', 'admin/look', {
		    language: '', zone: '', theme: '' });
		const bad = await owner.send('admin/account', 'admin/look',
		    { zone: '../../etc/passwd' });
		assert.equal(bad.status, 400);
	});
});

describe('roles', () => {
	test('a lost role is lost at the next request', async () => {
		await api('/user/new', { user_id: 'tom', user_role:
		    'proxy_admin', password: GOOD, auto_create_key: false });
		const tom = new Person(web);
		assert.equal((await tom.signIn('tom', GOOD)).status, 303);
		assert.equal((await tom.get('admin/settings')).status, 200);
		assert.equal((await tom.get('admin/backup')).status, 403);
		let r = await gw.cli('user', 'role', 'tom', 'member');
		assert.equal(r.code, 0, r.err);
		assert.equal((await tom.get('admin/settings')).status, 403);
		assert.equal((await tom.get('admin/account')).status, 200);
		r = await gw.cli('user', 'remove', 'tom');
		assert.equal(r.code, 0, r.err);
		assert.equal((await tom.get('admin/account')).status, 303);
		r = await gw.cli('user', 'role', 'ada', 'member');
		assert.equal(r.code, 1);
		assert.match(r.err, /only owner/);
	});

	test('a key opens /me until it is blocked', async () => {
		const { json: k } = await api('/key/generate',
		    { key_alias: 'holder' });
		const p = new Person(web);
		let r = await p.send('admin/sign-in', 'admin/sign-in',
		    { key: k.key });
		assert.equal(r.status, 303);
		assert.equal((await p.get('me')).status, 200);
		assert.equal((await p.get('admin/account')).status, 403);
		await api('/key/block', { key: k.key });
		r = await p.get('me');
		assert.equal(r.status, 403);
		assert.match(r.page, /Key is blocked/);
		assert.equal((await p.get('me')).status, 303);
	});

	test('a password by command has to be changed', async () => {
		await api('/user/new', { user_id: 'new-one',
		    auto_create_key: false });
		const { password } = await gw.json('user', 'password',
		    'new-one');
		const p = new Person(web);
		let r = await p.signIn('new-one', password);
		assert.match(r.headers.get('location'), /admin\/set-up$/);
		r = await p.send('admin/set-up', 'admin/set-up', {
		    password: GOOD, again: GOOD });
		assert.equal(r.status, 303, r.page);
		r = await new Person(web).signIn('new-one', GOOD);
		assert.match(r.headers.get('location'), /admin$/);
	});
});

describe('a second factor', () => {
	let secret;

	test('is switched on by showing a code', async () => {
		const r = await owner.get('admin/account/totp');
		secret = /id="secret">([A-Z2-7 ]+)</.exec(r.page)[1];
		const form = Object.fromEntries([...r.page.matchAll(
		    /name="(csrf|wrapped)" value="([0-9a-f]+)"/g)].map(m =>
		    [m[1], m[2]]));
		const on = more => owner.ask('admin/account/totp', {
		    method: 'POST', body: String(new URLSearchParams({
		    ...form, current: GOOD, ...more })) });
		assert.match(r.page, /<svg class="qr"/);
		const bad = await on({ code: '000000' });
		assert.equal(bad.status, 400);
		assert.ok(bad.page.includes(secret), 'another secret');
		assert.equal((await on({ code: code(secret, -1) })).status,
		    303);
	});

	test('asks for a code that was not used, and nothing without it',
	    async () => {
		const p = new Person(web);
		let r = await p.signIn('ada', GOOD);
		assert.match(r.headers.get('location'), /sign-in\/code$/);
		assert.equal((await p.get('admin/account')).status, 303);
		const send = c => p.send('admin/sign-in/code',
		    'admin/sign-in/code', { code: c });
		assert.equal((await send(code(secret, -1))).status, 403);
		r = await send(code(secret));
		assert.equal(r.status, 303, r.page);
		assert.equal((await p.get('admin/account')).status, 200);
		const again = new Person(web);
		await again.signIn('ada', GOOD);
		r = await again.send('admin/sign-in/code',
		    'admin/sign-in/code', { code: code(secret) });
		assert.equal(r.status, 403);
	});

	test('is not to be had around by Basic', async () => {
		const r = await fetch(web.base + '/key/list', { headers: {
		    authorization: 'Basic ' + Buffer.from('ada:' + GOOD)
		    .toString('base64') } });
		assert.equal(r.status, 401);
		assert.match((await r.json()).error.message, /second factor/);
	});

	test('the command takes it away', async () => {
		let r = await gw.cli('user', 'totp', 'ada');
		assert.equal(r.code, 2);
		r = await gw.cli('user', 'totp', 'ada', '--off');
		assert.equal(r.code, 0, r.err);
		const p = new Person(web);
		r = await p.signIn('ada', GOOD);
		assert.match(r.headers.get('location'), /admin$/);
		r = await gw.cli('user', 'sign-out', 'ada');
		assert.equal(r.code, 0, r.err);
		assert.equal((await p.get('admin/account')).status, 303);
	});
});

describe('guessing', () => {
	test('slows down over all processes, and says for how long',
	    async () => {
		const name = 'guessed';
		await api('/user/new', { user_id: name, password: GOOD,
		    auto_create_key: false });
		const p = new Person(web);
		// At once, so that all workers have some of them.
		const tries = await Promise.all(Array.from({ length: 12 },
		    () => new Person(web).signIn(name, 'guess')));
		const by = n => tries.filter(r => r.status === n).length;
		assert.equal(by(403), 6);
		assert.equal(by(429), 6);
		const r = await p.signIn(name, GOOD);
		assert.equal(r.status, 429);
		assert.match(r.page, /Try again in \d+ second/);
		const wait = Number(r.headers.get('retry-after'));
		assert.ok(wait >= 1 && wait <= 2, String(wait));
		await sleep(wait * 1000 + 50);
		assert.equal((await p.signIn(name, GOOD)).status, 303);
	});
});

describe('what owners have', () => {
	before(async () => {
		owner = new Person(web);
		await owner.signIn('ada', GOOD);
	});

	const chat = () => api('/v1/chat/completions', { model: 'echo',
	    messages: [{ role: 'user', content: 'hello there' }] }, gw.key);

	test('settings: what is kept of calls changes at once', async () => {
		assert.equal((await chat()).status, 200);
		let r = await owner.send('admin/settings',
		    'admin/settings/log', { default: 'numbers' });
		assert.equal(r.status, 303, r.page);
		const id = (await chat()).headers.get('x-tollgate-call');
		const call = await gw.json('call', id);
		assert.equal(call.request ?? null, null);
		r = await owner.send('admin/settings', 'admin/settings/log',
		    { default: 'full' });
		assert.equal(r.status, 303);
	});

	test('settings: what would be deleted is said first', async () => {
		for (let i = 0; i < 3; i++)
			await chat();
		let r = await owner.send('admin/settings',
		    'admin/settings/log', { max_rows: '1' });
		assert.equal(r.status, 200);
		assert.match(r.page, /Delete old calls\?/);
		assert.match(r.page, /3 of 4 calls/);
		r = await owner.send('admin/settings', 'admin/settings/log',
		    { max_rows: '1', sure: 'yes' });
		assert.equal(r.status, 303);
		r = await owner.get('admin/settings');
		assert.match(r.page, /name="max_rows"[^>]*value="1"/);
		r = await owner.get('admin/audit?object=LiteLLM_Config');
		assert.match(r.page, /max_rows/);
		await owner.send('admin/settings', 'admin/settings/log',
		    { max_rows: '1000000' });
	});

	test('backup: whole files, nothing left behind', async () => {
		const dir = fs.mkdtempSync(path.join(gw.dir, 'back-'));
		const before = fs.readdirSync(gw.data).sort();
		let r = await owner.send('admin/backup', 'admin/backup',
		    { which: 'main' });
		assert.equal(r.status, 200);
		assert.match(r.headers.get('content-disposition'),
		    /attachment; filename="tollgate-\d{8}-\d{4}\.db"/);
		fs.writeFileSync(dir + '/one.db', r.bytes);
		r = await owner.send('admin/backup', 'admin/backup',
		    { which: 'both' });
		assert.equal(r.bytes.length,
		    Number(r.headers.get('content-length')));
		fs.writeFileSync(dir + '/both.tar', r.bytes);
		let out = await run('tar', ['-xf', 'both.tar'], { cwd: dir });
		assert.equal(out.code, 0, out.err);
		for (const f of ['one.db', 'tollgate.db', 'log.db']) {
			out = await run('sqlite3', [dir + '/' + f,
			    'PRAGMA quick_check']);
			assert.match(out.out + out.err, /^ok$|tollgate/m, f);
		}
		out = await run('sqlite3', [dir + '/tollgate.db',
		    "SELECT name FROM people WHERE role = 'owner'"]);
		assert.equal(out.out.trim(), 'ada');
		const left = fs.readdirSync(gw.data).sort().filter(f =>
		    !before.includes(f) && !/-(wal|shm)$/.test(f));
		assert.deepEqual(left, []);
	});

	test('no secret is on the settings page', async () => {
		const r = await owner.get('admin/settings');
		assert.doesNotMatch(r.page, /sk-[A-Za-z0-9]{10}/);
		assert.match(r.page, /remote_user/);
	});
});

// Basic with a file, by the lines of docs/pages.md.
const BASIC = {
	'apache-proxy-fcgi': file => ({ frame: ['auth_basic', 'authn_core',
	    'authn_file', 'authz_user'].map(m => `LoadModule ${m}_module ` +
	    `/usr/lib/apache2/modules/mod_${m}.so\n`).join(''),
	    edit: t => t.replace('</VirtualHost>',
		'\t<LocationMatch "^/llm/(admin|me)(/|$)">\n' +
		'\t\tAuthType Basic\n\t\tAuthName "Tollgate"\n' +
		`\t\tAuthUserFile ${file}\n\t\tRequire valid-user\n` +
		'\t</LocationMatch>\n</VirtualHost>') }),
	'lighttpd-external': file => ({ edit: t => t.replace(
	    /^server\.modules(\s*)= \(/m, m => m + '"mod_auth", ' +
	    '"mod_authn_file", ') + '\n' +
	    'auth.backend = "htpasswd"\n' +
	    `auth.backend.htpasswd.userfile = "${file}"\n` +
	    '$HTTP["url"] =~ "^/llm/(admin|me)(/|$)" {\n' +
	    '\tauth.require = ("" => ("method" => "basic",\n' +
	    '\t    "realm" => "Tollgate", "require" => "valid-user"))\n}\n' }),
};

BASIC.nginx = file => ({ edit: t => 'map $uri $pages_realm {\n' +
    '\t"~^/llm/(admin|me)(/|$)" "Tollgate";\n\tdefault off;\n}\n' +
    'map $uri $pages_user {\n' +
    '\t"~^/llm/(admin|me)(/|$)" $remote_user;\n\tdefault "";\n}\n' +
    t.replace(/^(\s*fastcgi_param REMOTE_USER )"";/m, (_, a) =>
	'\t\tauth_basic $pages_realm;\n' +
	`\t\tauth_basic_user_file ${file};\n` + a + '$pages_user;') });
BASIC.caddy = file => ({ edit: t => t.replace(/^(\s*)handle /m, (_, a) =>
    '\t@pages path /llm/admin /llm/admin/* /llm/me /llm/me/*\n' +
    '\tbasicauth @pages {\n' + fs.readFileSync(file, 'utf8').trim()
    .split('\n').map(l => '\t\t' + l.split(':')[0] + ' ' +
	Buffer.from(l.split(':')[1]).toString('base64') + '\n').join('') +
    '\t}\n' + a + 'handle ').replace(/^(\s*)env SCRIPT_NAME.*$/m, (m, a) =>
    m + '\n' + a + 'env REMOTE_USER {http.auth.user.id}') });

for (const kind of Object.keys(BASIC))
describe(kind + ' says who it is', () => {
	let front, house;

	before(async () => {
		house = await Gateway.make({ name: 'remote', conf: {
		    server: { workers: 2 }, signin: { remote_user: 'env',
		    default_role: 'member' } } });
		const file = path.join(house.dir, 'users');
		for (const [i, u] of ['ada', 'mia'].entries()) {
			const r = await run('htpasswd', [i ? '-bB' : '-cbB', file,
			    u, GOOD]);
			assert.equal(r.code, 0, r.err);
		}
		fs.chmodSync(own(file), 0o644);
		front = await serve({ kind, gw: house, prefix: '/llm',
		    ...BASIC[kind](file) });
		const r = await house.cli('user', 'create', 'ada');
		assert.equal(r.code, 0, r.err);
		await house.cli('user', 'role', 'ada', 'viewer');
	});

	after(async () => {
		await front?.stop();
		await house?.close();
	});

	const as = name => new Person(front, { authorization: 'Basic ' +
	    Buffer.from(name + ':' + GOOD).toString('base64') });

	test('nobody comes in without it, or by a header', async () => {
		assert.equal((await new Person(front).get('admin/account'))
		    .status, 401);
		const p = new Person(front, { 'remote-user': 'ada',
		    'x-remote-user': 'ada' });
		assert.equal((await p.get('admin/account')).status, 401);
	});

	test('who is known has their role, who is new the default',
	    async () => {
		const ada = as('ada'), mia = as('mia');
		assert.equal((await ada.get('admin/settings')).status, 200);
		assert.equal((await ada.get('admin/backup')).status, 403);
		assert.equal((await mia.get('admin/account')).status, 200);
		assert.equal((await mia.get('admin/settings')).status, 403);
		const r = await house.json('user', 'list');
		assert.ok(r.some(u => u.user_id === 'mia'));
		const page = (await mia.get('admin/account')).page;
		assert.match(page, /The web server says who you are/);
		const look = await mia.send('admin/account', 'admin/look',
		    { theme: 'dark', here: 'admin/account' });
		assert.equal(look.status, 303);
	});

	test('forms need their token there, too', async () => {
		const mia = as('mia');
		await mia.get('admin/account');
		const r = await mia.ask('admin/look', { method: 'POST',
		    body: 'theme=light' });
		assert.equal(r.status, 403);
	});

	test('who was removed begins anew', async () => {
		const r = await house.cli('user', 'remove', 'mia');
		assert.equal(r.code, 0, r.err);
		assert.equal((await as('mia').get('admin/account')).status,
		    200);
		const audit = await house.json('user', 'show', 'mia');
		assert.ok(JSON.stringify(audit).includes('internal_user'));
	});
});

describe('in a browser', () => {
	let browser;

	before(async () => { browser = await launch(); });
	after(async () => { await browser?.close(); });

	for (const js of [true, false])
		test('sign in, look, sign out' + (js ? '' : ', no script'),
		    async () => {
			const ctx = await visitor(browser, { js });
			const page = await ctx.newPage();
			// Written by scripts it would be another text.
			const check = async r => {
				assert.deepEqual(await invalid(
				    await r.text()), [], page.url());
				if (js)
					assert.deepEqual(await axe(page), [],
					    page.url());
			};
			await check(await page.goto(web.base +
			    '/admin/account'));
			await page.fill('[name=name]', 'ada');
			await page.fill('[name=password]', 'not this');
			await page.click('main button.primary');
			await page.waitForSelector('[role=alert]');
			if (js)
				assert.deepEqual(await axe(page), []);
			await page.fill('[name=password]', GOOD);
			await page.click('main button.primary');
			await page.waitForURL('**/admin/account');
			for (const at of ['account', 'account/totp',
			    'settings', 'audit', 'backup', 'about', 'set-up']) {
				await check(await page.goto(web.base +
				    '/admin/' + at));
			}
			await page.goto(web.base + '/admin/account');
			await page.click('main .head button');
			await page.waitForURL('**/sign-in*');
			calm(ctx);
			await ctx.close();
		});
});
