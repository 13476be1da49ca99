// Every web server, started from its shipped recipe, through one matrix.
//
// Whether the gateway can learn that a caller has left depends on the server
// (`tells` below). nginx says so at once. lighttpd, with the recipes'
// tcp-fin-propagate, says so as soon as the answer has begun, and before that
// when the connection was open for a moment before the request came (TLS,
// HTTP/2, a kept connection, or simply a network in between: `late` below).
// The others only let a write fail, so that a stream learns it from its next
// pieces or keep-alive comments, and a whole answer not before its end.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { Fake, sha256 } from '../upstream/fake.mjs';
import { Gateway, upstream } from './lib/gateway.mjs';
import { ask, call } from './lib/http.mjs';
import { now, sleep, waitFor } from './lib/proc.mjs';
import { KINDS, serve } from './lib/servers.mjs';

const CHAT = '/v1/chat/completions';

// silent_s: longer than the server's own default timeout.
// whole: does a silent whole answer survive it?
const FACTS = {
	'lighttpd': { tells: true, silent_s: 65, whole: true },
	'lighttpd-external': { tells: true, silent_s: 65, whole: true },
	'lighttpd-cgi': { tells: true, silent_s: 65, whole: true },
	'apache-proxy-fcgi': { tells: false, silent_s: 65, whole: true },
	'apache-fcgid': { tells: false, silent_s: 45, whole: true },
	'apache-cgi': { tells: false, silent_s: 65, whole: false },
	'caddy': { tells: false, silent_s: 65, whole: true },
	'nginx': { tells: true, silent_s: 65, whole: true },
};

const up = new Fake();
const servers = {}, subs = {}, silent = {}, table = {};
let gw, marks = 0;

const body = (x, more = {}) => ({ model: 'm', user: 'mark' + marks++,
    messages: [{ role: 'user', content: 'hello' }], ...(x ? { x } : {}),
    ...more });

before(async () => {
	await up.listen();
	gw = await Gateway.make({ name: 'web', conf: {
		server: { keepalive_seconds: 1, workers: 2 },
		'provider:fake': upstream(up),
		'model:m': { provider: 'fake', upstream_model: 'up/m' },
		'model:org/name': { provider: 'fake' } } });
	await Promise.all(KINDS.map(async kind => {
		servers[kind] = await serve({ kind, gw });
		subs[kind] = await serve({ kind, gw, prefix: '/sub/llm' });
	}));
	// The long silences of all servers run side by side, from now on.
	for (const kind of KINDS) {
		const ms = FACTS[kind].silent_s * 1000;
		const one = b => ask({ port: servers[kind].port, key: gw.key,
		    url: servers[kind].prefix + CHAT, timeout: ms + 15000,
		    body: b });
		silent[kind] = {
			stream: one(body({ words: 3, head_ms: 500,
			    first_ms: ms - 1000, gap_ms: 300 },
			    { stream: true })),
			whole: FACTS[kind].whole ? one(body({ head_ms: ms })) :
			    null,
		};
	}
});

after(async () => {
	for (const s of [...Object.values(servers), ...Object.values(subs)])
		await s.stop();
	await gw?.close();
	await up.close();
});

async function post(s, b, opt = {})
{
	return ask({ port: s.port, url: s.prefix + CHAT, key: gw.key, body: b,
	    ...opt });
}

// Once more if the machine was busy; the second time counts.
async function steady(fn)
{
	try {
		return await fn();
	} catch (e) {
		if (e.code !== 'ERR_ASSERTION')
			throw e;
		await sleep(500);
		return fn();
	}
}

async function chunksInTime(t, s)
{
	const b = body({ words: 40, gap_ms: 50 }, { stream: true });
	const r = await post(s, b);
	const { sent } = up.of(b.user)[0];
	const late = [];
	let worst = 0;

	assert.equal(r.status, 200, r.text + s.log());
	assert.ok(r.finished, r.text);
	for (const e of r.data) {
		const word = e.json?.choices?.[0]?.delta?.content;
		if (!word)
			continue;
		const ms = e.at - sent.find(p => p.data.includes(word)).at;
		worst = Math.max(worst, ms);
		if (ms > 50)
			late.push(ms.toFixed(0));
	}
	t.diagnostic(`slowest chunk ${worst.toFixed(1)} ms`);
	assert.ok(late.length <= 4, `${late.length} of 40 chunks took more ` +
	    `than 50 ms: ${late}`);
}

// The caller leaves when `when` is true; -> ms until the upstream saw it.
async function leave(s, b, when, limit, opt = {})
{
	const c = call({ port: s.port, url: s.prefix + CHAT, key: gw.key,
	    body: b, timeout: 30000, ...opt });
	await when(c, await waitFor('the upstream to be called',
	    () => up.of(b.user)[0], 5000));
	const left = c.abort();
	const [e] = up.of(b.user);
	await waitFor('the upstream to see the close', () => e.closed_at,
	    limit).catch(() => {});
	return e.closed_at === null ? null : e.closed_at - left;
}

for (const kind of KINDS)
	describe(kind, () => {
		const fact = FACTS[kind];
		let s;
		before(() => {
			s = servers[kind];
			table[kind] = {};
		});

		test('plain call; Authorization arrives', async () => {
			const b = body();
			const r = await post(s, b);
			assert.equal(r.status, 200, r.text + s.log());
			assert.equal(r.json.model, 'm');
			assert.equal(up.of(b.user).length, 1);
			const no = await post(s, body(), { key: undefined });
			assert.equal(no.status, 401, no.text);
			const wrong = await post(s, body(), { key:
			    'sk-wrong-0000000000000000' });
			assert.equal(wrong.status, 401);
			const c = await gw.json('call',
			    r.headers['x-tollgate-call']);
			assert.match(JSON.stringify(c), /127\.0\.0\.1/);
		});

		test('names with a slash in paths', async () => {
			for (const id of ['org/name', 'org%2Fname']) {
				const r = await ask({ port: s.port, key: gw.key,
				    url: s.prefix + '/v1/models/' + id });
				assert.equal(r.status, 200, id + r.text);
				assert.equal(r.json.id, 'org/name');
			}
		});

		test('chunks arrive within 50 ms of being sent', async t => {
			await steady(() => chunksInTime(t, s));
		});

		test('20 MB body', async () => {
			const pad = 'abcdefghijklmno\n'.repeat(20 << 16);
			const b = body(null, { pad });
			const r = await post(s, b, { timeout: 60000 });
			assert.equal(r.status, 200, r.text + s.log());
			assert.equal(sha256(up.of(b.user)[0].json.pad),
			    sha256(pad));
		});

		test('chunked upload', async () => {
			const b = body();
			const all = Buffer.from(JSON.stringify({ ...b,
			    pad: 'y'.repeat(300000) }));
			const r = await post(s, (async function* () {
				for (let i = 0; i < all.length; i += 50000) {
					yield all.subarray(i, i + 50000);
					await sleep(5);
				}
			})());
			assert.equal(r.status, 200, r.text);
			assert.equal(up.of(b.user)[0].json.pad.length, 300000);
		});

		test('Expect: 100-continue', async t => {
			const b = body(null, { pad: 'z'.repeat(100000) });
			const r = await post(s, b, { expect: 3000 });
			assert.equal(r.status, 200, r.text);
			assert.equal(r.continued, '100',
			    'the server never said 100 Continue');
			t.diagnostic(`after ${r.continued_after.toFixed(1)} ms`);
			assert.ok(r.continued_after < 500);
		});

		test('HEAD', async () => {
			for (const p of ['/', '/health/liveliness',
			    '/v1/models']) {
				const r = await ask({ port: s.port,
				    url: s.prefix + p, method: 'HEAD',
				    key: gw.key });
				assert.equal(r.status, 200, p);
				assert.equal(r.body.length, 0);
				assert.equal(r.how, 'done');
			}
		});

		const seen = (t, what, ms, limit) => {
			table[kind][what] = ms;
			t.diagnostic(ms === null ? 'the upstream was not told' :
			    `the upstream saw it after ${ms.toFixed(1)} ms`);
			assert.ok(ms !== null && ms <= limit,
			    `${ms} ms, limit ${limit}`);
		};

		test('the caller leaves mid-stream', async t => {
			await steady(async () => seen(t, 'mid-stream',
			    await leave(s, body({ words: 300, gap_ms: 100 },
			    { stream: true }), c => c.until(() =>
			    c.content.length > 20), 5000),
			    fact.tells ? 100 : 2000));
		});

		test('the caller leaves before the first token', async t => {
			await steady(async () => seen(t, 'before token',
			    await leave(s, body({ words: 3, first_ms: 30000 },
			    { stream: true }), c => c.until(() =>
			    c.chunks.length > 0), 8000), fact.tells ? 100 :
			    5000));
		});

		test('the caller leaves before anything came', async t => {
			await steady(async () => seen(t, 'before anything',
			    await leave(s, body({ head_ms: 30000 },
			    { stream: true }), () => sleep(250), 8000,
			    { late: 30 }), fact.tells ? 100 : 5000));
		});

		test('the same, the request sent with the connection',
		    async t => {
			await steady(async () => seen(t, 'at once',
			    await leave(s, body({ head_ms: 30000 },
			    { stream: true }), () => sleep(250), 8000),
			    kind === 'nginx' ? 100 : 5000));
		});

		test('the caller of a whole answer leaves', { skip: fact.tells ?
		    false : kind + ' does not tell: a whole answer has no ' +
		    'earlier write to fail' }, async t => {
			await steady(async () => seen(t, 'whole answer',
			    await leave(s, body({ head_ms: 30000 }),
			    () => sleep(250), 5000, { late: 30 }), 100));
		});

		describe('under a sub-path', () => {
			let s2;
			before(() => {
				s2 = subs[kind];
			});

			test('plain call, stream, models, HEAD, errors',
			    async t => {
				const r = await post(s2, body());
				assert.equal(r.status, 200, r.text + s2.log());
				await steady(() => chunksInTime(t, s2));
				const get = (p, o) => ask({ port: s2.port,
				    url: s2.prefix + p, key: gw.key, ...o });
				assert.equal((await get('/models')).status,
				    200);
				assert.equal((await get('/', { method: 'HEAD' }))
				    .status, 200);
				const no = await get('/v1/nothing');
				assert.equal(no.status, 404);
				assert.ok(no.json.error.message);
			});
		});
	});

describe('an upstream silent for longer than the server\'s default timeout',
    { concurrency: true }, () => {
	for (const kind of KINDS) {
		const f = FACTS[kind];
		test(`${kind}: stream, ${f.silent_s} s`, async () => {
			const r = await silent[kind].stream;
			assert.equal(r.status, 200, r.text + r.how);
			assert.ok(r.finished, r.how + ': ' +
			    r.text.slice(-300));
			assert.equal(r.content, 'w00000 w00001 w00002 ');
		});
		test(`${kind}: whole answer, ${f.silent_s} s`, { skip: f.whole ?
		    false : 'on shared hosting the server\'s Timeout cannot ' +
		    'be changed; the .htaccess says to ask for a stream' },
		    async () => {
			const r = await silent[kind].whole;
			assert.equal(r.status, 200, r.how + ': ' + r.text);
			assert.ok(r.json.choices);
		});
	}
});

test('which server tells that a caller has left', t => {
	for (const kind of KINDS)
		t.diagnostic(kind.padEnd(18) + (FACTS[kind].tells ? 'tells' :
		    'only by a failing write') + Object.entries(table[kind])
		    .map(([k, v]) => `; ${k} ${v === null ? 'never' :
		    v.toFixed(0) + ' ms'}`).join(''));
});
