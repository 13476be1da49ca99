// Who is told of a budget's thresholds: webhooks, letters, programs; once a
// period, again after a failure, never with a secret in a log.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { Fake } from '../upstream/fake.mjs';
import { Gateway, upstream } from './lib/gateway.mjs';
import { ask } from './lib/http.mjs';
import { manager, sql } from './lib/money.mjs';
import { own, port, run, waitFor } from './lib/proc.mjs';
import { serve } from './lib/servers.mjs';

const SECRET = 'T000/B000/verysecretpath';
const up = new Fake({ count: true });

// Takes events; fails as long as .fail says a status.
class Hook {
	async listen()
	{
		this.got = [];
		this.server = http.createServer(async (req, res) => {
			let text = '';
			for await (const b of req)
				text += b;
			this.got.push({ url: req.url, headers: req.headers,
			    status: this.fail ?? 200, json: JSON.parse(text) });
			if (this.hang)
				await new Promise(ok => setTimeout(ok,
				    this.hang));
			res.statusCode = this.fail ?? 200;
			res.end('Cannot POST ' + req.url);
		});
		this.port = await port();
		await new Promise(ok => this.server.listen(this.port,
		    '127.0.0.1', ok));
		return this;
	}

	url(name) { return `http://127.0.0.1:${this.port}/${SECRET}/${name}`; }
	of(name) { return this.got.filter(g => g.url.endsWith('/' + name)); }
	good(name) { return this.of(name).filter(g => g.status === 200); }

	close()
	{
		this.server.closeAllConnections();
		return new Promise(ok => this.server.close(ok));
	}
}

const hook = new Hook();

// A program that keeps what it is given: arguments, then standard input.
function keeper(gw, name, status = 0)
{
	const file = path.join(gw.dir, name);
	// Several may run at once: each adds its lines in one piece.
	fs.writeFileSync(file, `#!/bin/sh\nt=$(mktemp)\n{ echo "$0 $*"; env; ` +
	    `echo --; cat; echo; } >"$t"\ncat "$t" >>"${file}.got"\n` +
	    `rm "$t"\nexit ${status}\n`);
	fs.chmodSync(file, 0o755);
	fs.writeFileSync(file + '.got', '');
	own(file + '.got');
	return file;
}
const got = (gw, name) => fs.readFileSync(path.join(gw.dir, name + '.got'),
    'utf8');

const conf = (gw, alerts) => ({
	server: { workers: 4, name: 'gate-1' },
	'provider:fake': upstream(up),
	'model:m': { provider: 'fake', upstream_model: 'up/m',
	    price_input: '0', price_output: '1000' },
	...alerts });

// A call that costs so many thousandths of a dollar.
const milli = (send, words) => send({ model: 'm', max_tokens: words, x: {
    words }, messages: [{ role: 'user', content: 'hi' }] });

const due = gw => run('sqlite3', ['-cmd', '.timeout 5000', gw.data +
    '/tollgate.db', 'UPDATE deliveries SET next_at = 0 WHERE state = 0'],
    { web: true });

before(async () => {
	await up.listen();
	await hook.listen();
});
after(async () => {
	await hook.close();
	await up.close();
});

describe('behind a web server', () => {
	let gw, web, api;

	before(async () => {
		gw = await Gateway.make({ name: 'alerts', serve: false });
		gw.configure(conf(gw, {
			'alert:json': { url: hook.url('json'),
			    'header.X-Token': 'abc' },
			'alert:chat': { url: hook.url('chat'), format: 'slack',
			    events: 'budget.threshold' },
			'alert:boss': { mail: 'boss@example.org', sendmail:
			    keeper(gw, 'sendmail') },
			'alert:run': { command: keeper(gw, 'command') },
		}));
		await gw.start();
		web = await serve({ kind: 'lighttpd-external', gw });
		api = manager(gw, web);
	});
	after(async () => {
		await web?.stop();
		await gw?.close();
	});

	test('every threshold once, to everybody, in their form', async () => {
		const { key, token } = await api('/key/generate', { key_alias:
		    'spender <&>', max_budget: 0.1, budget_duration: '30d',
		    soft_budget: 0.03 });
		const send = body => ask({ port: web.port, key, url:
		    '/v1/chat/completions', body });
		for (let i = 0; i < 25; i++)
			await milli(send, 4);
		assert.equal((await milli(send, 4)).status, 422);
		await waitFor('the webhook', () => hook.good('json').length >=
		    5, 30000, 200);
		await waitFor('all others', async () => (await gw.json(
		    'alerts')).every(a => a.state !== 'waiting'), 30000, 500);
		const events = hook.good('json').map(g => g.json);
		assert.deepEqual(events.filter(e => e.event ===
		    'budget.threshold').map(e => e.percent).sort((a, b) => a -
		    b), [50, 80, 95, 100]);
		assert.equal(events.filter(e => e.event === 'budget.soft')
		    .length, 1);
		const e = events.find(x => x.percent === 50);
		assert.equal(e.gateway, 'gate-1');
		assert.equal(e.scope, 'key');
		assert.equal(e.subject, token);
		assert.equal(e.alias, 'spender <&>');
		assert.equal(e.cap_nano, 100000000);
		assert.equal(e.cap_usd, '0.1');
		assert.equal(e.spent_nano, 52000000);
		assert.equal(e.spent_usd, '0.052');
		assert.match(e.reset_at, /^\d{4}-\d\d-\d\dT/);
		assert.equal(hook.of('json')[0].headers['x-token'], 'abc');

		const chat = hook.good('chat').map(g => g.json);
		assert.equal(chat.length, 4);
		assert.deepEqual(Object.keys(chat[0]), ['text']);
		assert.ok(chat.some(c => /^gate-1: key spender &lt;&amp;&gt; has spent 50 % of its budget: \$0\.052 of \$0\.1, /
		    .test(c.text)), JSON.stringify(chat));

		const mail = got(gw, 'sendmail');
		assert.match(mail, /sendmail -i -- boss@example\.org\n/);
		assert.match(mail, /^To: boss@example\.org$/m);
		assert.match(mail, /^Subject: \[gate-1\] budget\.threshold$/m);
		assert.equal(mail.match(/^To: /mg).length, 5);
		const given = got(gw, 'command').split('\n').filter(l =>
		    l.startsWith('{')).map(l => JSON.parse(l));
		assert.equal(given.length, 5);
		assert.ok(given.some(g => g.percent === 95));
		assert.doesNotMatch(got(gw, 'command'), /TOLLGATE_/);

		const rows = await gw.json('alerts');
		assert.equal(rows.length, 20);
		assert.equal(rows.filter(r => r.state === 'done').length, 19);
		assert.equal(rows.filter(r => r.state === 'skipped').length, 1);
		const table = (await gw.cli('alerts')).out;
		assert.match(table, /^AT +EVENT +WHO +% +TOLD +STATE/);
	});

	test('a hook that fails is tried again, one that refuses is not',
	    async () => {
		const before_ = hook.got.length;
		const { key } = await api('/key/generate', { max_budget: 0.01,
		    budget_thresholds: [50] });
		const send = body => ask({ port: web.port, key, url:
		    '/v1/chat/completions', body });
		hook.fail = 500;
		await milli(send, 6);
		await waitFor('the first try', () => hook.got.slice(before_)
		    .some(g => g.url.endsWith('/json')), 30000, 100);
		let row;
		await waitFor('its failure noted', async () => {
			row = (await gw.json('alerts')).find(a => a.target ===
			    'json' && a.state === 'waiting' && a.error);
			return row;
		}, 10000, 200);
		assert.equal(row.error, 'HTTP 500');
		assert.equal(row.tries, 1);
		const pause = Date.parse(row.next_at) - Date.now();
		assert.ok(pause > 30000 && pause <= 60000, pause + ' ms');
		hook.fail = 404;
		await due(gw);
		await waitFor('giving up', async () => (await gw.json('alerts'))
		    .some(a => a.delivery === row.delivery && a.state ===
		    'given up' && a.error === 'HTTP 404' && a.tries === 2),
		    30000, 300);
		hook.fail = undefined;
	});

	test('trying a target', async () => {
		const n = hook.of('chat').length;
		const r = await gw.cli('alerts', 'test', 'chat');
		assert.equal(r.code, 0, r.err);
		assert.match(r.out, /chat was told \(HTTP 200\)/);
		assert.match(hook.of('chat')[n].json.text, /gate-1: .*test/);
		hook.fail = 403;
		const bad = await gw.cli('alerts', 'test', 'json');
		hook.fail = undefined;
		assert.equal(bad.code, 1);
		assert.match(bad.err, /json was not told: HTTP 403/);
		const no = await gw.cli('alerts', 'test', 'nobody');
		assert.equal(no.code, 1);
		assert.match(no.err, /alert:nobody/);
		for (const name of ['boss', 'run'])
			assert.equal((await gw.json('alerts', 'test', name))
			    .told, true);
	});

	test('no secret in logs, lists and the shown configuration',
	    async () => {
		const all = gw.log + web.log() + (await gw.cli('alerts',
		    '--json')).out + (await gw.cli('config', 'print')).out +
		    (await gw.cli('config', 'print', '--json')).out;
		assert.ok(!all.includes('verysecretpath'), all);
		assert.ok(!all.includes('X-Token = abc'), all);
	});
});

describe('without a master', () => {
	let gw, key;
	const cgi = b => {
		const input = JSON.stringify(b);
		return run(gw.cgi, [], { web: true, input, env: { ...gw.env,
		    GATEWAY_INTERFACE: 'CGI/1.1', REQUEST_METHOD: 'POST',
		    REQUEST_URI: '/v1/chat/completions', SCRIPT_NAME: '',
		    REMOTE_ADDR: '127.0.0.1', CONTENT_TYPE: 'application/json',
		    CONTENT_LENGTH: String(Buffer.byteLength(input)),
		    HTTP_AUTHORIZATION: 'Bearer ' + key } });
	};

	before(async () => {
		gw = await Gateway.make({ name: 'alerts-cgi', serve: false });
	});
	after(() => gw?.close());

	test('eight crons at once tell each of it once', async () => {
		gw.configure(conf(gw, { 'alert:slow': { command: keeper(gw,
		    'slow') }, 'alert:boss': { mail: 'b@example.org', sendmail:
		    keeper(gw, 'mail') } }));
		key = (await gw.json('key', 'create', '--max-budget', '0.01'))
		    .key;
		for (let i = 0; i < 5; i++)
			await milli(cgi, 2);
		const all = await Promise.all(Array.from({ length: 8 }, () =>
		    gw.cli('cron')));
		for (const r of all)
			assert.equal(r.code, 0, r.err);
		const percents = text => text.split('\n').filter(l =>
		    l.startsWith('{')).map(l => JSON.parse(l).percent)
		    .sort((a, b) => a - b);
		assert.deepEqual(percents(got(gw, 'slow')), [50, 80, 95, 100]);
		assert.deepEqual(percents(got(gw, 'mail')), [50, 80, 95, 100]);
		assert.equal((await sql(gw, 'SELECT * FROM deliveries WHERE ' +
		    'state = 1')).length, 8);
	});

	test('a request does a URL\'s in passing, no program', async () => {
		gw.configure(conf(gw, { 'alert:hook': { url: hook.url('cgi') },
		    'alert:run': { command: keeper(gw, 'never') } }));
		key = (await gw.json('key', 'create', '--max-budget', '0.01'))
		    .key;
		const n = hook.good('cgi').length;
		for (let i = 0; i < 12; i++)
			await milli(cgi, 1);
		assert.ok(hook.good('cgi').length > n);
		assert.equal(got(gw, 'never'), '');
	});

	test('a program that fails, or takes too long', async () => {
		const file = path.join(gw.dir, 'sleeper');
		fs.writeFileSync(file, '#!/bin/sh\nsleep 60\n');
		fs.chmodSync(file, 0o755);
		gw.configure(conf(gw, { 'alert:bad': { command: keeper(gw,
		    'bad', 75) }, 'alert:long': { command: file, seconds: 1 },
		    'alert:none': { command: '/nowhere/at/all' } }));
		for (const [name, why] of [['bad', /status 75/],
		    ['long', /not done after 1 s/], ['none', /no such program/]
		    ]) {
			const r = await gw.cli('alerts', 'test', name);
			assert.equal(r.code, 1);
			assert.match(r.err, why);
		}
		gw.configure(conf(gw, { 'alert:two': { url: 'http://x/',
		    mail: 'a@b' } }));
		const check = await gw.cli('config', 'check');
		assert.equal(check.code, 1, check.out);
		assert.match(check.out + check.err, /alert:two.*only one of/);
	});
});
