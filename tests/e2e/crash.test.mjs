// Killed at any moment: what the upstream was asked is on our books, and no
// budget is overrun, whoever dies and however many processes there are.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { Fake } from '../upstream/fake.mjs';
import { Gateway, upstream } from './lib/gateway.mjs';
import { ask } from './lib/http.mjs';
import { bill, luck, manager, overrun, SEED, settled, sql, usd, verify,
    watch } from './lib/money.mjs';
import { family, run, sleep, start, waitFor } from './lib/proc.mjs';
import { serve } from './lib/servers.mjs';

const CHAT = '/v1/chat/completions';
const PRICES = { price_input: '3', price_output: '15' };
const up = new Fake({ count: true });
const rnd = luck(SEED);
let marks = 0;

before(() => up.listen());
after(() => up.close());

const conf = (more = {}) => ({
	server: { workers: 4, keepalive_seconds: 1 }, log: { default:
	    'numbers' }, 'provider:fake': upstream(up),
	'model:m': { provider: 'fake', upstream_model: 'up/m', ...PRICES },
	...more });

const body = (more = {}) => ({ model: 'm', user: 'mark-' + marks++,
    messages: [{ role: 'user', content: 'hello '.repeat(rnd.between(1,
	40)) }], stream: rnd.chance(0.5), x: { words: rnd.between(1, 20),
	...(rnd.chance(0.5) ? { gap_ms: rnd.between(1, 15) } : {}) },
    ...more });

// Kills something every so often. what() names who is next.
async function killing(ms, what)
{
	const end = Date.now() + ms;
	let n = 0;

	while (Date.now() < end) {
		await sleep(rnd.between(200, 700));
		const pid = what();
		try {
			if (pid) {
				process.kill(pid, 'SIGKILL');
				n++;
			}
		} catch {
			// It has ended by itself.
		}
	}
	return n;
}

function load(web, key, width)
{
	const l = { on: true, good: 0, other: 0 };
	l.loops = Promise.all(Array.from({ length: width }, async () => {
		while (l.on) {
			const r = await ask({ port: web.port, url: CHAT, key:
			    rnd.pick(key), body: body(), timeout: 15000 });
			if (r.status === 200 && r.complete) {
				l.good++;
			} else {
				l.other++;
				await sleep(20);
			}
		}
	}));
	l.stop = () => {
		l.on = false;
		return l.loops;
	};
	return l;
}

// Requests since entry n of the upstream's books that ours lack.
async function missing(gw, n)
{
	const ours = new Set((await sql(gw, 'SELECT user FROM calls WHERE ' +
	    'state <> 5')).map(r => r.user));
	return up.books.slice(n).filter(b => b.json && !ours.has(b.json.user))
	    .map(b => b.json.user);
}

for (const synchronous of ['full', 'normal'])
describe('kill -9, synchronous = ' + synchronous, () => {
	let gw, web, keys;

	before(async () => {
		gw = await Gateway.make({ name: 'crash', conf: conf({
		    database: { synchronous } }) });
		web = await serve({ kind: 'lighttpd-external', gw });
		const api = manager(gw, web);
		await api('/team/new', { team_id: 't', max_budget: 1.5 });
		keys = [];
		for (const max_budget of [0.05, 0.3, null])
			keys.push((await api('/key/generate', { team_id: 't',
			    ...(max_budget ? { max_budget } : {}) })).key);
	});
	after(async () => {
		await web?.stop();
		await gw?.close();
	});

	test('of workers and the janitor under load', async t => {
		const n = up.books.length;
		const eye = watch(gw);
		const l = load(web, keys, 12);
		const killed = await killing(7000, () => rnd.chance(0.2) ?
		    gw.janitor()?.pid : rnd.pick(gw.workers())?.pid);
		await l.stop();
		await settled(gw);
		assert.deepEqual((await eye.stop()).found, []);
		t.diagnostic(`seed ${SEED}: ${killed} killed, ${l.good} ` +
		    `answers, ${l.other} others, ${up.books.length - n} ` +
		    'reached the upstream');
		assert.ok(killed >= 5 && l.good > 50);
		assert.deepEqual(await missing(gw, n), []);
		await verify(gw);
	});

	test('of everything at once, twice', async () => {
		for (let i = 0; i < 2; i++) {
			const n = up.books.length;
			const l = load(web, keys, 8);
			await sleep(rnd.between(800, 1600));
			for (const p of family(gw.master_pid))
				process.kill(p, 'SIGKILL');
			await sleep(100);
			await l.stop();
			await gw.start();
			await settled(gw);
			assert.deepEqual(await missing(gw, n), []);
			assert.deepEqual(await overrun(gw), []);
			await verify(gw);
		}
	});

	test('what was lost is an estimate, never more than its hold',
	    async () => {
		const rows = await sql(gw, 'SELECT * FROM calls WHERE ' +
		    'state = 4');
		assert.ok(rows.length > 0, 'nothing was lost');
		for (const r of rows) {
			assert.equal(r.estimated, 1);
			assert.ok(r.cost_nano <= r.hold_nano, 'seq ' + r.seq);
		}
	});
});

describe('CGI: a process a call, 50 at once', () => {
	let gw;

	before(async () => {
		gw = await Gateway.make({ name: 'cgi', conf: conf(), serve:
		    false });
	});
	after(() => gw?.close());

	const cgi = (key, b) => {
		const input = JSON.stringify(b);
		return run(gw.cgi, [], { web: true, input, timeout: 60000,
		    env: { ...gw.env, GATEWAY_INTERFACE: 'CGI/1.1',
		    SERVER_PROTOCOL: 'HTTP/1.1', REQUEST_METHOD: 'POST',
		    REQUEST_URI: CHAT, SCRIPT_NAME: '', REMOTE_ADDR:
		    '127.0.0.1', CONTENT_TYPE: 'application/json',
		    CONTENT_LENGTH: String(Buffer.byteLength(input)),
		    HTTP_AUTHORIZATION: 'Bearer ' + key } });
	};
	const status = r => Number(/^Status: (\d+)/m.exec(r.out)?.[1] ??
	    (r.out ? 200 : 0));
	const many = (key, n, b) => Promise.all(Array.from({ length: n },
	    () => cgi(key, b())));

	test('a budget that pays for some of them', async t => {
		const cap = 0.01;
		const { key } = await gw.json('key', 'create', '--max-budget',
		    cap);
		const n = up.books.length;
		const seen = {};
		const eye = watch(gw, 50);
		for (let i = 0; i < 3; i++)
			for (const r of await many(key, 50, () => body({
			    max_tokens: 20, stream: false, x: { words: 20,
			    first_ms: 50 } })))
				seen[status(r)] = (seen[status(r)] ?? 0) + 1;
		assert.deepEqual((await eye.stop()).found, []);
		const spent = up.account().slice(n).reduce((sum, e) => sum +
		    bill(PRICES, e), 0n);
		t.diagnostic(JSON.stringify(seen) + ` $${usd(spent)} of ` +
		    `$${cap}`);
		assert.ok(spent <= BigInt(Math.round(cap * 1e9)));
		assert.ok(seen[200] >= 10 && seen[422] >= 10, 'some pass and ' +
		    'some do not');
		const info = await gw.json('key', 'show', key);
		assert.equal(Math.round(info.spend * 1e9), Number(spent));
		await verify(gw);
	});

	test('a limit of requests holds over all processes', async () => {
		const { key } = await gw.json('key', 'create', '--rpm', 12);
		const n = up.books.length;
		const all = await many(key, 50, () => body({ x: {} }));
		const good = all.filter(r => status(r) === 200).length;
		assert.ok(good >= 1 && good <= 12, 'answers: ' + good);
		assert.equal(up.books.length - n, good);
		assert.equal(all.filter(r => status(r) === 429).length, 50 -
		    good);
	});

	test('processes that are killed: cron closes what they left',
	    async () => {
		const { key } = await gw.json('key', 'create', '--max-budget',
		    '0.01');
		const n = up.books.length;
		const input = JSON.stringify(body({ stream: true, x: { words:
		    500, gap_ms: 20 } }));
		const p = start('/bin/sh', ['-c', 'exec "$0" <"$1"', gw.cgi,
		    write(gw, input)], { web: true, env: { ...gw.env,
		    GATEWAY_INTERFACE: 'CGI/1.1', REQUEST_METHOD: 'POST',
		    REQUEST_URI: CHAT, SCRIPT_NAME: '', REMOTE_ADDR:
		    '127.0.0.1', CONTENT_TYPE: 'application/json',
		    CONTENT_LENGTH: String(Buffer.byteLength(input)),
		    HTTP_AUTHORIZATION: 'Bearer ' + key } });
		await waitFor('the stream', () => up.books.length > n &&
		    p.out.includes('w00003'));
		process.kill(p.pid, 'SIGKILL');
		await p.ended;
		assert.equal((await gw.cli('cron')).code, 0);
		await settled(gw, 5000);
		assert.deepEqual(await missing(gw, n), []);
		const info = await gw.json('key', 'show', key);
		assert.ok(info.spend > 0 && info.spend <= 0.01);
		await verify(gw);
	});
});

function write(gw, text)
{
	const file = gw.dir + '/input.json';
	fs.writeFileSync(file, text);
	return file;
}
