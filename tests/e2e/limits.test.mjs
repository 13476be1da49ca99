// Rates: with every worker hammered, no window of the upstream's own log ever
// holds more than was promised; and who waits their turn, gets it fairly.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { Fake } from '../upstream/fake.mjs';
import { Gateway, upstream } from './lib/gateway.mjs';
import { ask, call } from './lib/http.mjs';
import { luck, manager, SEED, settled, sql, verify } from './lib/money.mjs';
import { now, sleep, waitFor } from './lib/proc.mjs';
import { serve } from './lib/servers.mjs';

const CHAT = '/v1/chat/completions';
const up = new Fake({ count: true });
const rnd = luck(SEED);
let gw, web, api;

before(async () => {
	await up.listen();
	gw = await Gateway.make({ name: 'limits', conf: {
	    server: { workers: 4, keepalive_seconds: 1 },
	    log: { default: 'numbers' },
	    'provider:fake': upstream(up),
	    'model:m': { provider: 'fake', upstream_model: 'up/m' },
	    'model:slow': { provider: 'fake', upstream_model: 'up/slow',
		rpm: 6, queue: 2 } } });
	web = await serve({ kind: 'lighttpd-external', gw });
	api = manager(gw, web);
});

after(async () => {
	await web?.stop();
	await gw?.close();
	await up.close();
});

const key = async body => (await api('/key/generate', body)).key;
const body = (more = {}) => ({ model: 'm', messages: [{ role: 'user',
    content: 'hello' }], ...more });
const post = (k, b = body(), opt = {}) => ask({ port: web.port, url: CHAT,
    key: k, body: b, timeout: 60000, ...opt });

// Loops of calls for some time. -> statuses with their counts
async function hammer(ms, width, fn)
{
	const end = now() + ms;
	const seen = {};

	await Promise.all(Array.from({ length: width }, async (_, i) => {
		while (now() < end) {
			const r = await fn(i);
			seen[r.status] = (seen[r.status] ?? 0) + 1;
			if (r.status !== 200)
				await sleep(5);
		}
	}));
	return seen;
}

// The most that any window of ms holds, by the times of arrival.
function most(entries, ms, amount = () => 1)
{
	let from = 0, sum = 0, max = 0;

	for (const e of entries) {
		sum += amount(e);
		while (e.at - entries[from].at >= ms)
			sum -= amount(entries[from++]);
		max = Math.max(max, sum);
	}
	return max;
}

const since = n => up.account().filter(e => e.n >= n).sort((a, b) => a.at -
    b.at);

describe('never more than N in any window', () => {
	test('requests, of a key', async t => {
		const k = await key({ limits: [{ unit: 'requests', per: '10s',
		    max: 25 }] });
		const n = up.books.length;
		const seen = await hammer(25000, 16, () => post(k));
		const log = since(n);
		t.diagnostic(`seed ${SEED}: ${JSON.stringify(seen)}, most in ` +
		    `10 s: ${most(log, 10000)} of 25`);
		assert.ok(most(log, 10000) <= 25);
		// Nor much less: a window gives back what has left it.
		assert.ok(log.length >= 50, 'only ' + log.length);
	});

	test('tokens, of a team with two keys', async t => {
		await api('/team/new', { team_id: 'tok', limits: [{ unit:
		    'tokens', per: '10s', max: 2000 }] });
		const ks = [await key({ team_id: 'tok' }), await key({ team_id:
		    'tok' })];
		const n = up.books.length;
		const seen = await hammer(22000, 12, i => post(ks[i % 2],
		    body({ max_tokens: rnd.between(10, 60), stream:
		    rnd.chance(0.5), x: { words: rnd.between(1, 50), gap_ms:
		    rnd.between(0, 5) } })));
		const log = since(n);
		const tokens = e => e.prompt_tokens + e.completion_tokens;
		t.diagnostic(`${JSON.stringify(seen)}, most in 10 s: ` +
		    `${most(log, 10000, tokens)} of 2000`);
		assert.ok(most(log, 10000, tokens) <= 2000);
		assert.ok(log.reduce((s, e) => s + tokens(e), 0) > 2500);
	});

	test('input and output apart', async () => {
		const k = await key({ limits: [
		    { unit: 'input', per: '5s', max: 400 },
		    { unit: 'output', per: '5s', max: 150 }] });
		const n = up.books.length;
		await hammer(11000, 8, () => post(k, body({ max_tokens: 20,
		    x: { words: 15 } })));
		const log = since(n);
		assert.ok(most(log, 5000, e => e.prompt_tokens) <= 400);
		assert.ok(most(log, 5000, e => e.completion_tokens) <= 150);
		assert.ok(log.length > 10);
	});

	test('rpm and tpm as LiteLLM spells them; headers tell the truth',
	    async () => {
		const k = await key({ rpm_limit: 5, tpm_limit: 100000 });
		for (let left = 4; left >= 0; left--) {
			const r = await post(k);
			assert.equal(r.status, 200, r.text);
			const h = r.headers;
			assert.equal(h['x-ratelimit-limit-requests'], '5');
			assert.equal(h['x-ratelimit-remaining-requests'],
			    String(left));
			assert.equal(h['x-ratelimit-limit-tokens'], '100000');
			assert.ok(h['x-ratelimit-reset-requests']);
		}
		for (const r of await Promise.all(Array.from({ length: 12 },
		    () => post(k)))) {
			assert.equal(r.status, 429, r.text);
			const s = Number(r.headers['retry-after']);
			assert.ok(s > 50 && s <= 62, 'Retry-After: ' + s);
			assert.match(r.json.error.message,
			    /^Rate limit exceeded/);
			assert.equal(r.json.error.code, '429');
		}
	});

	test('Retry-After is when it goes', async () => {
		const k = await key({ limits: [{ unit: 'requests', per: '3s',
		    max: 2 }] });
		await post(k);
		await post(k);
		const r = await post(k);
		assert.equal(r.status, 429);
		const s = Number(r.headers['retry-after']);
		assert.ok(s >= 1 && s <= 5, 'Retry-After: ' + s);
		await sleep(s * 1000);
		assert.equal((await post(k)).status, 200);
	});

	test('of a deployment, with a queue that is too short', async () => {
		const k = await key({});
		const n = up.books.length;
		const at = now();
		const all = await Promise.all(Array.from({ length: 10 }, () =>
		    post(k, body({ model: 'slow' }))));
		const no = all.filter(r => r.status === 429);
		assert.equal(no.length, 4, all.map(r => r.status).join());
		for (const r of no)
			assert.ok(r.reader.end_at - at > 1800, 'did not wait');
		assert.equal(up.books.length - n, 6);
	});

	test('calls in flight', async () => {
		const k = await key({ max_parallel_requests: 3 });
		let open = 0, max = 0;
		const seen = await hammer(4000, 12, async () => {
			const r = await post(k, body({ x: { head_ms: 40 } }));
			return r;
		});
		const marks = since(0).length && up.books.filter(b => b.at >
		    now() - 4500).flatMap(b => [[b.at, 1], [b.end_at ??
		    b.closed_at, -1]]).sort((a, b) => a[0] - b[0] || a[1] -
		    b[1]);
		for (const [, d] of marks) {
			open += d;
			max = Math.max(max, open);
		}
		assert.ok(max <= 3, max + ' at once');
		assert.ok(seen[200] > 30 && seen[429] > 0,
		    JSON.stringify(seen));
		await settled(gw, 10000);
	});

	test('of a model for one key; of a person over all their keys',
	    async () => {
		const k = await key({ model_rpm_limit: { m: 3 } });
		const r = await Promise.all(Array.from({ length: 10 }, () =>
		    post(k)));
		assert.equal(r.filter(x => x.status === 200).length, 3);
		await api('/user/new', { user_id: 'rated', rpm_limit: 4,
		    auto_create_key: false });
		const ks = [await key({ user_id: 'rated' }), await key({
		    user_id: 'rated' })];
		const s = await Promise.all(Array.from({ length: 12 }, (_, i) =>
		    post(ks[i % 2])));
		assert.equal(s.filter(x => x.status === 200).length, 4);
	});
});

// 1 if all have the same, 1/n if one has all.
const jain = a => a.reduce((s, x) => s + x, 0) ** 2 / (a.length *
    a.reduce((s, x) => s + x * x, 0));

describe('waiting one\'s turn', () => {
	before(() => api('/team/new', { team_id: 'queue', limits: [{ unit:
	    'parallel', max: 2, queue: 20 }] }));

	test('keys share alike, however many calls each has waiting',
	    async t => {
		const ks = await Promise.all([0, 1, 2].map(() => key({
		    team_id: 'queue' })));
		const width = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 2];
		const count = [0, 0, 0];
		await hammer(10000, width.length, async i => {
			const r = await post(ks[width[i]], body({ x: { head_ms:
			    50 } }));
			if (r.status === 200)
				count[width[i]]++;
			return r;
		});
		t.diagnostic(`answers ${count}, Jain's index ` +
		    jain(count).toFixed(3));
		assert.ok(jain(count) >= 0.9, String(count));
		assert.ok(Math.min(...count) > 10, String(count));
	});

	test('streams are kept awake and told their place', async () => {
		const k = await key({ team_id: 'queue' });
		const long = { stream: true, x: { words: 40, gap_ms: 100 } };
		const first = [0, 1].map(() => call({ port: web.port, url:
		    CHAT, key: k, body: body(long) }));
		for (const c of first)
			await c.until(x => x.content.length > 0);
		const waiting = call({ port: web.port, url: CHAT, key: k, body:
		    body({ stream: true, x: { words: 2 } }) });
		assert.ok(await waiting.until(x => x.status === 200, 4000),
		    'no head while waiting');
		assert.equal(waiting.headers['x-tollgate-queue-position'],
		    '1');
		assert.ok(await waiting.until(x => x.events.filter(e =>
		    e.comment !== undefined).length >= 2, 4000));
		await waiting.done;
		assert.ok(waiting.finished, waiting.text);
		for (const c of first)
			await c.done;
	});

	test('a caller who leaves frees its place', async () => {
		const k = await key({ team_id: 'queue' });
		const first = [0, 1].map(() => call({ port: web.port, url:
		    CHAT, key: k, body: body({ stream: true, x: { words: 60,
		    gap_ms: 100 } }) }));
		for (const c of first)
			await c.until(x => x.content.length > 0);
		const n = up.books.length;
		const gone = call({ port: web.port, url: CHAT, key: k, body:
		    body({ stream: true }) });
		const rows = async () => (await sql(gw, 'SELECT * FROM waits'))
		    .length;
		await waitFor('its place', async () => await rows() === 1,
		    5000, 100);
		gone.abort();
		await waitFor('the place to be free', async () => await rows()
		    === 0, 5000, 100);
		for (const c of first)
			c.abort();
		await settled(gw, 15000);
		assert.equal(up.books.length, n, 'it was sent all the same');
	});

	test('nobody waits longer than was said', async () => {
		await api('/team/new', { team_id: 'short', limits: [{ unit:
		    'parallel', max: 1, queue: 1 }] });
		const k = await key({ team_id: 'short' });
		const first = call({ port: web.port, url: CHAT, key: k, body:
		    body({ stream: true, x: { words: 40, gap_ms: 100 } }) });
		await first.until(x => x.content.length > 0);
		const at = now();
		const r = await post(k);
		assert.equal(r.status, 429, r.text);
		assert.ok(now() - at > 900 && now() - at < 4000, (now() - at) +
		    ' ms');
		first.abort();
		await settled(gw, 15000);
	});

	test('priority goes before order of arrival', async () => {
		await api('/team/new', { team_id: 'prio', limits: [{ unit:
		    'parallel', max: 1, queue: 20 }] });
		const slow = await key({ team_id: 'prio', priority: 5 });
		const fast = await key({ team_id: 'prio', priority: -5 });
		const first = call({ port: web.port, url: CHAT, key: slow,
		    body: body({ stream: true, x: { words: 25, gap_ms: 100 } })
		    });
		await first.until(x => x.content.length > 0);
		const order = [];
		const waiting = [slow, slow, fast].map(async (k, i) => {
			await sleep(i * 300);
			const r = await post(k);
			order.push(k === fast ? 'fast' : 'slow');
			assert.equal(r.status, 200, r.text);
		});
		await Promise.all([first.done, ...waiting]);
		assert.deepEqual(order, ['fast', 'slow', 'slow']);
	});

	test('and the books are sound', async () => {
		await settled(gw, 20000);
		await verify(gw);
	});
});
