// What the tests of budgets and limits share: the books read as they stand in
// the database, bills made again in whole numbers, and luck that can be had
// once more.
import assert from 'node:assert/strict';
import { ask } from './http.mjs';
import { run, waitFor } from './proc.mjs';

// Numbers that depend on the seed alone (mulberry32).
export function luck(seed)
{
	let a = seed >>> 0;
	const next = () => {
		a = (a + 0x6d2b79f5) >>> 0;
		let t = Math.imul(a ^ (a >>> 15), 1 | a);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
	};
	return {
		next,
		below: n => Math.floor(next() * n),
		between: (lo, hi) => lo + Math.floor(next() * (hi - lo + 1)),
		chance: p => next() < p,
		pick: list => list[Math.floor(next() * list.length)],
	};
}

export const SEED = Number(process.env.TOLLGATE_TEST_SEED ??
    Math.floor(Math.random() * 1e9));

// Rows of a query, in one snapshot; as the user that owns the files.
export async function sql(gw, query)
{
	const r = await run('sqlite3', ['-readonly', '-json', '-cmd',
	    '.timeout 10000', gw.data + '/tollgate.db', query], { web: true });
	if (r.code !== 0)
		throw new Error('sqlite3: ' + r.err);
	return r.out.trim() ? JSON.parse(r.out) : [];
}

// Caps that hold and spent together exceed, at this moment: none, ever.
// What only warns (at_cap 1) is no cap.
const OVERRUN = `
WITH sums AS (SELECT cap, period_at, sum(n) AS n FROM (
	SELECT cap, period_at, spent_nano AS n FROM balances UNION ALL
	SELECT cap, period_at, amount_nano FROM holds) GROUP BY 1, 2)
SELECT a.scope, a.subject, a.name, c.period, c.cap_nano, s.n
FROM sums s JOIN caps c ON c.id = s.cap JOIN accounts a ON a.id = c.account
WHERE c.cap_nano IS NOT NULL AND c.at_cap <> 1
	AND s.n > c.cap_nano + c.extra_nano`;

export function overrun(gw)
{
	return sql(gw, OVERRUN);
}

// Looks again and again until stopped. -> { stop(), looks, found }
export function watch(gw, ms = 100)
{
	const w = { on: true, looks: 0, found: [] };
	w.loop = (async () => {
		while (w.on) {
			w.found.push(...await overrun(gw));
			w.looks++;
			await new Promise(ok => setTimeout(ok, ms));
		}
	})();
	w.stop = async () => {
		w.on = false;
		await w.loop;
		w.found.push(...await overrun(gw));
		return w;
	};
	return w;
}

// "0.27" USD a million tokens -> pico USD a token.
export function pico(text)
{
	const [whole, part = ''] = String(text).split('.');
	return BigInt(whole) * 1000000n + BigInt((part + '000000').slice(0, 6));
}

// What an entry of the upstream's account costs, in nano USD: half up once,
// over the sum. prices: { price_input, price_output, price_cache_read,
// price_call } as in tollgate.ini.
export function bill(prices, e)
{
	if (e.status >= 300)
		return 0n;
	const fresh = BigInt(e.prompt_tokens - (e.cached_tokens ?? 0));
	const cached = BigInt(e.cached_tokens ?? 0);
	const p = fresh * pico(prices.price_input) +
	    cached * pico(prices.price_cache_read ?? prices.price_input) +
	    BigInt(e.completion_tokens) * pico(prices.price_output) +
	    pico(prices.price_call ?? '0') * 1000000n;
	return (p + 500n) / 1000n;
}

// Until nothing is open, held or in flight any more.
export function settled(gw, ms = 90000)
{
	return waitFor('all calls to be settled', async () => {
		const [n] = await sql(gw, `SELECT
		    (SELECT count(*) FROM calls WHERE state = 0) AS open,
		    (SELECT count(*) FROM holds) AS holds,
		    (SELECT count(*) FROM flights) AS flights,
		    (SELECT count(*) FROM waits) AS waits`);
		return n.open + n.holds + n.flights + n.waits === 0;
	}, ms, 500);
}

export async function verify(gw)
{
	const r = await gw.cli('ledger', 'verify');
	assert.equal(r.code, 0, r.out + r.err);
	return r.out;
}

// The management API as the master. -> the answer's JSON
export function manager(gw, web)
{
	const send = async (url, body, key = gw.master, more = {}) => {
		const r = await ask({ port: web.port, url, key,
		    ...(body === undefined ? {} : { body }), ...more });
		assert.equal(r.status, 200, url + ' ' + r.status + ' ' +
		    r.text);
		return r.json;
	};
	return send;
}

export const usd = nano => (Number(nano) / 1e9).toFixed(9);
