// Bad luck on purpose: processes killed, disks full, callers that are slow,
// rude or many. What reached the upstream is on our books, always.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import dgram from 'node:dgram';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Fake } from '../upstream/fake.mjs';
import { Fcgi } from './lib/fcgi.mjs';
import { Gateway, upstream } from './lib/gateway.mjs';
import { ask, call } from './lib/http.mjs';
import { alive, family, now, own, pss, ROOT, sleep, waitFor }
    from './lib/proc.mjs';
import { serve } from './lib/servers.mjs';

const CHAT = '/v1/chat/completions';
const up = new Fake();
let marks = 0;

before(() => up.listen());
after(() => up.close());

const conf = (server = {}, more = {}) => ({
	server: { workers: 2, keepalive_seconds: 1, ...server },
	'provider:fake': upstream(up),
	'model:m': { provider: 'fake', upstream_model: 'up/m' }, ...more });

const body = (x, more = {}) => ({ model: 'm', user: 'user-' + marks++,
    messages: [{ role: 'user', content: 'hello' }], ...(x ? { x } : {}),
    ...more });

// A gateway and a web server for one test, ended with it.
async function stand(t, opt = {}, kind = 'lighttpd-external')
{
	const gw = await Gateway.make({ name: 'durable', conf: conf(),
	    ...opt });
	const web = await serve({ kind, gw });
	t.after(async () => {
		await web.stop();
		await gw.close();
	});
	const post = (b, o = {}) => ask({ port: web.port, url: CHAT,
	    key: gw.key, body: b, ...o });
	const open = (b, o = {}) => call({ port: web.port, url: CHAT,
	    key: gw.key, body: b, timeout: 60000, ...o });
	const ready = () => ask({ port: web.port, url: '/health/readiness' });
	return { gw, web, post, open, ready };
}

// Users in the upstream's books since n that our books lack.
async function missing(gw, n)
{
	const rows = await gw.calls();
	const ours = new Set(rows.map(r => r.user));
	return up.books.slice(n).filter(b => b.json && !ours.has(b.json.user))
	    .map(b => b.json.user);
}

// Loops of calls until told to stop. -> { stop(), ok: [ids], failed }
function load(post, width, make = () => body())
{
	const l = { on: true, ids: [], failed: 0, odd: [] };
	l.loops = Promise.all(Array.from({ length: width }, async () => {
		while (l.on) {
			const r = await post(make(), { timeout: 15000 });
			if (r.status === 200 && r.complete)
				l.ids.push(r.headers['x-tollgate-call']);
			else
				l.failed++;
			if (r.how === 'timeout')
				l.odd.push(r);
		}
	}));
	l.stop = () => {
		l.on = false;
		return l.loops;
	};
	return l;
}

describe('kill -9', () => {
	test('of workers under load: no call is missing', async t => {
		const { gw, post } = await stand(t);
		const n = up.books.length;
		const l = load(post, 16, () => marks % 3 ? body() : body({
		    words: 3, gap_ms: 5 }, { stream: true }));
		let killed = 0;
		for (let i = 0; i < 16; i++) {
			await sleep(400);
			const w = gw.workers();
			if (w.length > 0) {
				process.kill(w[i % w.length].pid, 'SIGKILL');
				killed++;
			}
		}
		await l.stop();
		assert.ok(killed >= 8, 'workers killed: ' + killed);
		assert.ok(l.ids.length > 100, 'answers: ' + l.ids.length);
		assert.deepEqual(l.odd, []);
		t.diagnostic(`${killed} workers killed, ${l.ids.length} ` +
		    `answers, ${l.failed} failed, ` +
		    `${up.books.length - n} reached the upstream`);
		assert.deepEqual(await missing(gw, n), []);
		const rows = new Map((await gw.calls()).map(r => [r.id, r]));
		for (const id of l.ids)
			assert.equal(rows.get(id)?.state, 'done', id);
		await waitFor('the sweeper to close what was open', async () =>
		    !(await gw.calls()).some(r => r.state === 'open'), 90000,
		    1000);
	});

	test('of everything: what was answered is done, all is there',
	    async t => {
		const { gw, web, post } = await stand(t);
		const n = up.books.length;
		const l = load(post, 8);
		await sleep(1500);
		const pids = family(gw.master_pid);
		for (const p of pids)
			process.kill(p, 'SIGKILL');
		await sleep(200);
		await l.stop();
		await gw.start();
		assert.deepEqual(await missing(gw, n), []);
		const rows = new Map((await gw.calls()).map(r => [r.id, r]));
		for (const id of l.ids)
			assert.equal(rows.get(id)?.state, 'done');
		const r = await waitFor('an answer', async () => {
			const a = await post(body());
			return a.status === 200 && a;
		}, 5000, 200);
		assert.ok(r, web.log());
		assert.equal((await gw.cli('db', 'check')).code, 0);
	});

	test('of the master: the others end too', async t => {
		const { gw } = await stand(t);
		const pids = family(gw.master_pid);
		assert.ok(pids.length >= 3, 'processes: ' + pids.length);
		process.kill(gw.master_pid, 'SIGKILL');
		await waitFor('the workers to end', () => !pids.some(alive),
		    10000);
	});

	test('of the janitor: it comes back', async t => {
		const { gw, post } = await stand(t);
		const j = await waitFor('the janitor', () => gw.janitor());
		process.kill(j.pid, 'SIGKILL');
		const k = await waitFor('another', () => {
			const x = gw.janitor();
			return x && x.pid !== j.pid && x;
		}, 10000);
		assert.ok(k);
		assert.equal((await post(body())).status, 200);
	});

	test('again and again: the delay grows', async t => {
		const { gw, post } = await stand(t);
		const delays = [];
		for (let i = 0; i < 5; i++) {
			const before_ = gw.workers();
			const pid = before_[0].pid;
			process.kill(pid, 'SIGKILL');
			const at = now();
			await waitFor('a new worker', () => {
				const w = gw.workers();
				return w.length === before_.length &&
				    !w.some(x => x.pid === pid);
			}, 30000, 5);
			delays.push(now() - at);
			assert.equal((await post(body())).status, 200);
		}
		t.diagnostic('delays ' + delays.map(d => d.toFixed(0)));
		assert.ok(delays[0] < 2000);
		assert.ok(delays[4] > delays[0], String(delays));
	});
});

describe('signals', () => {
	test('SIGHUP: no stream is dropped, new settings hold', async t => {
		const { gw, open, post } = await stand(t);
		const streams = Array.from({ length: 20 }, () => open(body({
		    words: 40, gap_ms: 100 }, { stream: true })));
		for (const s of streams)
			await s.until(c => c.content.length > 0);
		const old = gw.workers().map(w => w.pid);
		const l = load(post, 4);
		gw.configure(conf({}, { 'model:fresh': { provider: 'fake',
		    upstream_model: 'up/fresh' } }));
		process.kill(gw.master_pid, 'SIGHUP');
		await waitFor('the new model', async () => (await post(body(
		    null, { model: 'fresh' }))).status === 200, 5000);
		process.kill(gw.master_pid, 'SIGHUP');
		await sleep(500);
		await l.stop();
		assert.equal(l.failed, 0, 'calls failed during the reload');
		for (const s of streams) {
			await s.done;
			assert.ok(s.finished, s.how + s.text.slice(-200));
		}
		await waitFor('the old workers to end', () =>
		    !old.some(alive), 10000);
	});

	test('SIGHUP with a broken file keeps the old settings', async t => {
		const { gw, post } = await stand(t);
		fs.writeFileSync(path.join(gw.data, 'tollgate.ini'),
		    '[server]\nworkers = many\n');
		process.kill(gw.master_pid, 'SIGHUP');
		await sleep(1000);
		assert.equal((await post(body())).status, 200);
		assert.match(gw.log, /workers/);
	});

	test('SIGTERM: streams may end, but not for ever', async t => {
		const { gw, open } = await stand(t, { conf: conf({
		    grace_seconds: 3 }) });
		const short = open(body({ words: 15, gap_ms: 100 },
		    { stream: true }));
		const long = open(body({ words: 600, gap_ms: 100 },
		    { stream: true }));
		await short.until(c => c.content.length > 0);
		await long.until(c => c.content.length > 0);
		const pids = family(gw.master_pid);
		const at = now();
		process.kill(gw.master_pid, 'SIGTERM');
		await short.done;
		assert.ok(short.finished, short.text.slice(-300));
		await long.done;
		assert.ok(!long.finished);
		assert.ok(long.fault, 'no error event: ' +
		    long.text.slice(-300));
		await waitFor('the end', () => !pids.some(alive), 6000);
		const ms = now() - at;
		assert.ok(ms > 2500 && ms < 5500, ms + ' ms');
	});

	test('SIGTERM twice: at once; SIGTERM when idle: at once',
	    async t => {
		const { gw, open } = await stand(t, { conf: conf({
		    grace_seconds: 30 }) });
		const s = open(body({ words: 600, gap_ms: 100 },
		    { stream: true }));
		await s.until(c => c.content.length > 0);
		const pids = family(gw.master_pid);
		process.kill(gw.master_pid, 'SIGTERM');
		await sleep(500);
		assert.ok(alive(gw.master_pid));
		process.kill(gw.master_pid, 'SIGTERM');
		await waitFor('the end', () => !pids.some(alive), 2000);
		await s.done;
		await gw.start();
		const again = family(gw.master_pid);
		process.kill(gw.master_pid, 'SIGTERM');
		await waitFor('the end', () => !again.some(alive), 2000);
	});

	test('SIGUSR1 ends gracefully', async t => {
		const { gw } = await stand(t);
		const pids = family(gw.master_pid);
		process.kill(gw.master_pid, 'SIGUSR1');
		await waitFor('the end', () => !pids.some(alive), 5000);
	});
});

describe('too many, too slow, too large', () => {
	test('max_streams: 503 with Retry-After', async t => {
		const { open, post } = await stand(t, { conf: conf({
		    max_streams: 8 }) });
		const streams = Array.from({ length: 8 }, () => open(body({
		    words: 30, gap_ms: 100 }, { stream: true })));
		for (const s of streams)
			await s.until(c => c.content.length > 0);
		const more = await Promise.all(Array.from({ length: 20 },
		    () => post(body())));
		const busy = more.filter(r => r.status === 503);
		t.diagnostic(`${busy.length} of 20 more were refused`);
		assert.ok(busy.length >= 18, more.map(r => r.status).join());
		for (const r of busy) {
			assert.match(r.headers['retry-after'], /^\d+$/);
			assert.ok(r.json.error.message);
		}
		for (const s of streams) {
			await s.done;
			assert.ok(s.finished, s.text.slice(-200));
		}
		const l = await Promise.all(Array.from({ length: 4 },
		    () => post(body())));
		assert.ok(l.every(r => r.status === 200));
	});

	test('200 slow readers stall nobody else', async t => {
		const { gw, open, post } = await stand(t, { conf: conf({
		    send_seconds: 3, keepalive_seconds: 0 }) }, 'nginx');
		const slow = Array.from({ length: 200 }, () => open(body({
		    huge: 4 << 20 }), { pause: true }));
		await sleep(2500);
		let worst = 0;
		for (let i = 0; i < 50; i++) {
			const at = now();
			const r = await post(body());
			assert.equal(r.status, 200, r.text);
			worst = Math.max(worst, now() - at);
		}
		t.diagnostic(`slowest other call ${worst.toFixed(0)} ms`);
		assert.ok(worst < 1500, worst + ' ms');
		await sleep(4000);
		for (const s of slow)
			s.abort();
		await waitFor('all calls to be closed', async () =>
		    !(await gw.calls()).some(r => r.state === 'open'), 15000,
		    500);
	});

	test('2,000 half-open requests', async t => {
		const { web, post } = await stand(t);
		const socks = [];
		t.after(() => socks.forEach(s => s.destroy()));
		for (let i = 0; i < 2000; i++) {
			const s = net.connect(web.port, '127.0.0.1');
			s.on('error', () => {});
			s.write('POST ' + CHAT + ' HTTP/1.1\r\nHost: x\r\n' +
			    (i % 2 ? 'Content-Length: 1000\r\n\r\n{"mod' :
			    'X-Half'));
			socks.push(s);
			if (i % 100 === 0)
				await sleep(5);
		}
		await sleep(500);
		for (let i = 0; i < 20; i++) {
			const at = now();
			const r = await post(body());
			assert.equal(r.status, 200, r.text);
			assert.ok(now() - at < 1500);
		}
	});

	test('500 requests that stop in their body, straight to the gateway',
	    async t => {
		const { gw, post } = await stand(t, { conf: conf({
		    body_seconds: 2 }) });
		const b = Buffer.from(JSON.stringify(body()));
		const half = Array.from({ length: 500 }, () => new Fcgi({
		    socket: gw.socket, key: gw.key, body: b, half: 20 }));
		t.after(() => half.forEach(h => h.close()));
		await sleep(800);
		for (let i = 0; i < 10; i++)
			assert.equal((await post(body())).status, 200);
		await waitFor('all to be closed', () => half.every(h =>
		    h.closed_at), 12000);
		for (const h of half)
			assert.ok(h.status === 408 || h.status === 0,
			    h.out.toString());
	});

	test('connections that say nothing, or nonsense', async t => {
		const { gw, post } = await stand(t, { conf: conf({
		    body_seconds: 2 }) });
		const lie = Buffer.alloc(8 + 16);
		lie.set([1, 4, 0, 1, 0, 16]);
		lie.writeUInt32BE(0xfffffff0, 8);
		lie.writeUInt32BE(0xfffffff0, 12);
		const rude = [];
		for (let i = 0; i < 100; i++) {
			rude.push(new Fcgi({ socket: gw.socket, raw:
			    Buffer.alloc(0) }), new Fcgi({ socket: gw.socket,
			    raw: Buffer.from('GET / HTTP/1.0\r\n\r\n') }));
		}
		t.after(() => rude.forEach(h => h.close()));
		for (let i = 0; i < 10; i++)
			assert.equal((await post(body())).status, 200);
		// The library's own abort on lengths near 2^31: a worker may
		// die of it, the service may not.
		rude.push(new Fcgi({ socket: gw.socket, raw: Buffer.concat([
		    Buffer.from([1, 1, 0, 1, 0, 8, 0, 0, 0, 1, 0, 0, 0, 0, 0,
		    0]), lie]) }));
		await sleep(300);
		await waitFor('an answer', async () => (await post(body()))
		    .status === 200, 5000, 100);
	});

	test('a 1 GB upload: 413, and no memory', async t => {
		const { gw, web, post } = await stand(t, { conf: conf({
		    max_body_bytes: '2M' }) });
		const mb = Buffer.alloc(1 << 20, 'x');
		const gigabyte = async function* () {
			for (let i = 0; i < 1024; i++)
				yield mb;
		};
		await post(body());
		const before_ = pss(gw.master_pid);
		let most = before_;
		const timer = setInterval(() => {
			most = Math.max(most, pss(gw.master_pid));
		}, 50);
		const [a, b, c] = await Promise.all([
			ask({ port: web.port, url: CHAT, key: gw.key, timeout:
			    60000, body: gigabyte() }),
			new Fcgi({ socket: gw.socket, key: gw.key,
			    body: gigabyte() }).done,
			new Fcgi({ socket: gw.socket, key: gw.key,
			    body: gigabyte(), params: { CONTENT_LENGTH:
			    String(1 << 30) } }).done,
		]);
		clearInterval(timer);
		t.diagnostic(`memory ${(before_ / 1e6).toFixed(1)} MB, at ` +
		    `most ${(most / 1e6).toFixed(1)} MB`);
		assert.equal(a.status, 413, a.how + a.text);
		assert.equal(b.status, 413, b.out.toString());
		assert.equal(c.status, 413, c.out.toString());
		assert.match(b.text, /2097152|2 ?M/);
		assert.ok(most - before_ < 16e6);
		assert.equal((await post(body())).status, 200);
	});
});

describe('disks', () => {
	const needsRoot = ROOT ? false : 'only root can mount a small disk';

	function smallDisk(t, gw, mb)
	{
		execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mb}m,` +
		    'mode=0700', 'tmpfs', gw.data]);
		own(gw.data);
		t.after(() => spawnSync('umount', ['-l', gw.data]));
	}

	test('full: 503, nothing goes out, nothing is lost', { skip:
	    needsRoot }, async t => {
		const gw = await Gateway.make({ name: 'full', serve: false });
		smallDisk(t, gw, 12);
		await gw.init();
		gw.configure(conf());
		await gw.start();
		const web = await serve({ kind: 'lighttpd-external', gw });
		t.after(async () => {
			await web.stop();
			await gw.close();
		});
		const post = b => ask({ port: web.port, url: CHAT, key: gw.key,
		    body: b });
		const n = up.books.length;
		assert.equal((await post(body())).status, 200);

		const ballast = path.join(gw.data, 'ballast');
		fs.writeFileSync(ballast, Buffer.alloc(1 << 20));
		try {
			for (;;)
				fs.appendFileSync(ballast, Buffer.alloc(4096));
		} catch (e) {
			assert.equal(e.code, 'ENOSPC');
		}
		const seen = new Set();
		for (let i = 0; i < 400; i++) {
			const r = await post(body());
			seen.add(r.status);
			if (r.status === 503) {
				assert.match(r.json.error.message,
				    /disk|space|full|database/i);
				break;
			}
			assert.equal(r.status, 200, r.text);
		}
		assert.ok(seen.has(503), 'never refused: ' + [...seen]);
		const at = up.books.length;
		for (let i = 0; i < 5; i++) {
			const r = await post(body());
			assert.equal(r.status, 503, r.text);
		}
		assert.equal(up.books.length, at,
		    'calls went out that could not be written down');
		const h = await ask({ port: web.port,
		    url: '/health/readiness' });
		assert.equal(h.status, 503, h.text);
		const k = await ask({ port: web.port, url: CHAT, key: 'sk-' +
		    'wrong-00000000000', body: body() });
		assert.ok(k.status === 401 || k.status === 503);

		fs.rmSync(ballast);
		await waitFor('calls to work again', async () =>
		    (await post(body())).status === 200, 10000, 200);
		assert.deepEqual(await missing(gw, n), []);
		assert.equal((await gw.cli('db', 'check')).code, 0);
	});

	test('a database that cannot be written from the start: it says so ' +
	    'and does not serve', async t => {
		const { gw, post } = await stand(t);
		await gw.stop();
		const files = fs.readdirSync(gw.data).map(f =>
		    path.join(gw.data, f));
		for (const f of files)
			fs.chmodSync(f, 0o400);
		fs.chmodSync(gw.data, 0o500);
		const n = up.books.length;
		try {
			// The socket may be there for a moment before it ends.
			await gw.start().catch(() => {});
			await waitFor('it to end', () =>
			    gw.proc.exitCode !== null, 5000);
			assert.notEqual(gw.proc.exitCode, 0);
			assert.match(gw.log, /(tollgate|log)\.db cannot be written/);
			assert.equal(up.books.length, n);
		} finally {
			fs.chmodSync(gw.data, 0o700);
			for (const f of files)
				fs.chmodSync(f, 0o600);
		}
		await gw.start();
		assert.equal((await post(body())).status, 200);
	});

	// An immutable file refuses writes of whoever has it open already.
	const canFreeze = ROOT && spawnSync('sh', ['-c', 'f=$(mktemp) && ' +
	    'exec 3>"$f" && chattr +i "$f" && ! echo x >&3; r=$?; ' +
	    'chattr -i "$f"; rm -f "$f"; exit $r'], { stdio: 'ignore' })
	    .status === 0;

	test('a database that can no longer be written: red, 503', { skip:
	    canFreeze ? false : 'needs root and chattr +i' }, async t => {
		const { gw, post, ready } = await stand(t);
		assert.equal((await post(body())).status, 200);
		assert.equal((await ready()).status, 200);
		const files = fs.readdirSync(gw.data).filter(f =>
		    /^tollgate\.db(-wal)?$/.test(f)).map(f => path.join(gw.data, f));
		execFileSync('chattr', ['+i', ...files]);
		const n = up.books.length;
		try {
			const r = await post(body());
			assert.equal(r.status, 503, r.text);
			assert.match(r.json.error.message, /database|written/i);
			const h = await ready();
			assert.equal(h.status, 503, h.text);
			const k = await post(body(), { key: undefined });
			assert.ok(k.status === 401 || k.status === 503);
			assert.equal(up.books.length, n);
		} finally {
			execFileSync('chattr', ['-i', ...files]);
		}
		await waitFor('calls to work again', async () =>
		    (await post(body())).status === 200, 10000, 200);
		assert.equal((await ready()).status, 200);
		assert.deepEqual(await missing(gw, n), []);
	});
});

describe('names and clocks', () => {
	test('names that do not resolve', async t => {
		const { post } = await stand(t, { conf: conf({}, {
		    'provider:lost': upstream(up, { base_url:
			'http://nowhere.invalid/v1', connect_ms: 3000 }),
		    'model:lost': { provider: 'lost' } }) });
		const r = await post(body(null, { model: 'lost' }));
		assert.equal(r.status, 502, r.text);
		assert.match(r.json.error.message, /resolve|name|connect/i);
	});

	test('a name server that does not answer', { skip: ROOT ? false :
	    'only root can set another name server' }, async t => {
		const silent = dgram.createSocket('udp4');
		silent.on('message', () => {});
		await new Promise((ok, no) => {
			silent.once('error', no);
			silent.bind(53, '127.0.0.9', ok);
		});
		t.after(() => silent.close());
		const gw = await Gateway.make({ name: 'dns', serve: false,
		    conf: conf({}, {
		    'provider:slow': upstream(up, { base_url:
			'http://slow.example/v1', connect_ms: 1000 }),
		    'model:slow': { provider: 'slow' } }) });
		const conf_ = path.join(gw.dir, 'resolv.conf');
		fs.writeFileSync(conf_, 'nameserver 127.0.0.9\n');
		const real = gw.program;
		const wrapper = path.join(gw.dir, 'in-namespace');
		// A mount namespace of its own with another resolv.conf; back
		// to the web server's user inside of it.
		fs.writeFileSync(wrapper, '#!/bin/sh\nexec unshare -m sh -c \'' +
		    `mount --bind ${conf_} /etc/resolv.conf && exec setpriv ` +
		    `--reuid=33 --regid=33 --clear-groups ${real} "$@"' x ` +
		    '"$@"\n');
		fs.chmodSync(wrapper, 0o755);
		const { start, stop, connects } = await import(
		    './lib/proc.mjs');
		const p = start(wrapper, ['serve', '--socket', gw.socket],
		    { env: gw.env });
		t.after(async () => {
			await stop(p);
			await gw.close();
		});
		await waitFor('the gateway', () => connects(gw.socket));
		fs.chmodSync(gw.socket, 0o666);
		const web = await serve({ kind: 'lighttpd-external', gw });
		t.after(() => web.stop());
		const post = b => ask({ port: web.port, url: CHAT, key: gw.key,
		    body: b });
		const at = now();
		const [slow, ...other] = await Promise.all([
		    post(body(null, { model: 'slow' })),
		    ...Array.from({ length: 10 }, () => post(body()))]);
		assert.ok(slow.status === 502 || slow.status === 504,
		    slow.text);
		assert.ok(now() - at < 4000);
		assert.ok(other.every(r => r.status === 200));
		assert.ok(other.every(r => r.closed_at - r.sent_at < 1000));
	});

	test('the wall clock jumps', async t => {
		const asan = spawnSync('sh', ['-c', 'grep -q __asan_init ' +
		    process.env.TOLLGATE_BIN]).status === 0;
		if (asan)
			return t.skip('a sanitizer must be loaded first');
		const gw = await Gateway.make({ name: 'clock', serve: false });
		const lib = path.join(gw.dir, 'clockjump.so');
		const file = path.join(gw.dir, 'jump');
		const set = s => {
			const b = Buffer.alloc(8);
			b.writeBigInt64LE(BigInt(s));
			const fd = fs.openSync(file, 'r+');
			fs.writeSync(fd, b);
			fs.closeSync(fd);
		};
		execFileSync('cc', ['-shared', '-fPIC', '-O1', '-I',
		    process.env.builddir ??
		    path.dirname(process.env.TOLLGATE_BIN), '-o', lib,
		    fileURLToPath(new URL('lib/clockjump.c', import.meta.url))]);
		fs.writeFileSync(file, Buffer.alloc(8));
		fs.chmodSync(file, 0o644);
		gw.configure(conf({}, { 'model:quick': { provider: 'fake',
		    gap_ms: 1500, first_byte_ms: 1500, total_ms: 20000 } }));
		gw.env = { ...gw.env, LD_PRELOAD: lib, CLOCKJUMP: file };
		await gw.start();
		const web = await serve({ kind: 'lighttpd-external', gw: {
		    ...gw, env: {} } });
		t.after(async () => {
			await web.stop();
			await gw.close();
		});
		const n = up.books.length;
		const open = b => call({ port: web.port, url: CHAT,
		    key: gw.key, body: b });
		const s = open(body({ words: 40, gap_ms: 100 }, { stream: true,
		    model: 'quick' }));
		await s.until(c => c.content.length > 0);
		set(86400 * 365);
		await sleep(1200);
		const mid = await open(body()).done;
		assert.equal(mid.status, 200, mid.text);
		set(-86400 * 365);
		await sleep(1200);
		const low = await open(body()).done;
		assert.equal(low.status, 200, low.text);
		await s.done;
		assert.ok(s.finished, s.text.slice(-300));
		set(0);
		assert.deepEqual(await missing(gw, n), []);
		for (const r of await gw.calls())
			for (const [k, v] of Object.entries(r))
				if (/_us$|_ms$/.test(k) && v !== null)
					assert.ok(v >= -1 && v < 60e6,
					    `${k} = ${v}`);
	});
});
