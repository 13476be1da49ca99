// Money under fire: random calls from many callers over nested budgets, with
// aborts, faults and killed workers. At no moment is a budget over its cap,
// and in the end the ledger is what the upstream counted, times the prices.
//
// TOLLGATE_TEST_CALLS says how many (10,000), TOLLGATE_TEST_SEED which.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { Fake } from '../upstream/fake.mjs';
import { Gateway, upstream } from './lib/gateway.mjs';
import { call } from './lib/http.mjs';
import { bill, luck, manager, SEED, settled, sql, usd, verify, watch }
    from './lib/money.mjs';
import { now, sleep } from './lib/proc.mjs';
import { serve } from './lib/servers.mjs';

const CALLS = Number(process.env.TOLLGATE_TEST_CALLS ?? 10000);
const WIDTH = 32;
const KILLS = Math.max(2, Math.min(20, Math.floor(CALLS / 1500)));
const CHAT = '/v1/chat/completions';
const REFUSED = 5;	// state of a row: nothing was sent

const up = new Fake({ count: true });
const rnd = luck(SEED);
let gw, web, api, keys, prices;

// Prices with all their digits, so that every rounding shows.
function randomPrices()
{
	const usd = hi => (rnd.next() * hi).toFixed(6);
	return {
		small: { price_input: usd(1), price_output: usd(4) },
		large: { price_input: usd(5), price_output: usd(25) },
		cached: { price_input: usd(3), price_output: usd(9),
		    price_cache_read: usd(0.3) },
		dense: { price_input: usd(2), price_output: usd(2),
		    price_call: '0.000' + rnd.between(10, 99) },
		free: { price_input: '0', price_output: '0' },
	};
}

before(async () => {
	await up.listen();
	prices = randomPrices();
	up.script('up/cached', { cached: 40, words: 12 });
	up.script('up/dense', { dense: true, words: 6 });
	gw = await Gateway.make({ name: 'budget', conf: {
	    server: { workers: 4, keepalive_seconds: 1, max_streams: 200 },
	    log: { default: 'numbers' },
	    house: { max_budget: usd(CALLS * 3e5), budget_duration: '1d',
		default_output_tokens: 64, retries: 1 },
	    'provider:fake': upstream(up, { max_budget: usd(CALLS * 2.5e5) }),
	    ...Object.fromEntries(Object.entries(prices).map(([m, p]) =>
		['model:' + m, { provider: 'fake', upstream_model: 'up/' + m,
		...p }])),
	    'model:small#2': { provider: 'fake', upstream_model: 'up/small',
		...prices.small, max_budget: usd(CALLS * 1e4) },
	    'model:large#2': { provider: 'fake', upstream_model: 'up/large',
		...prices.large, model_max_budget: usd(CALLS * 1e5) } } });
	web = await serve({ kind: 'lighttpd-external', gw });
	api = manager(gw, web);
	keys = await people();
});

after(async () => {
	await web?.stop();
	await gw?.close();
	await up.close();
});

// Teams, people in them, people alone, customers, tags, a shared budget, and
// keys of all of them: nested, with budgets that some of the traffic exceeds.
async function people()
{
	const scale = CALLS / 10000;
	const money = (lo, hi) => Number((scale * (lo + rnd.next() *
	    (hi - lo))).toFixed(6));
	const out = [];
	const key = async body => out.push((await api('/key/generate',
	    body)).key);

	await api('/budget/new', { budget_id: 'shared', max_budget:
	    money(0.05, 0.2), budget_duration: '1d' });
	for (let i = 0; i < 3; i++)
		await api('/team/new', { team_id: 't' + i, max_budget:
		    money(0.2, 1), budget_duration: rnd.pick(['1d', '1h',
		    '30d']) });
	for (let i = 0; i < 5; i++)
		await api('/user/new', { user_id: 'u' + i, auto_create_key:
		    false, max_budget: money(0.1, 1) });
	for (let i = 0; i < 4; i++)
		await api('/team/member_add', { team_id: 't' + i % 3, member:
		    { role: 'user', user_id: 'u' + i }, max_budget_in_team:
		    money(0.05, 0.4) });
	for (let i = 0; i < 4; i++)
		await api('/customer/new', { user_id: 'c' + i, max_budget:
		    money(0.05, 0.5) });
	for (let i = 0; i < 2; i++)
		await api('/tag/new', { name: 'g' + i, max_budget:
		    money(0.2, 0.8) });
	for (let i = 0; i < 4; i++)
		await key({ user_id: 'u' + i, team_id: 't' + i % 3, max_budget:
		    money(0.05, 0.3) });
	for (let i = 0; i < 3; i++)
		await key({ team_id: 't' + i, model_max_budget: { large: {
		    max_budget: money(0.02, 0.1), budget_duration: '1d' } } });
	await key({ user_id: 'u4', budget_limits: [
	    { max_budget: money(0.05, 0.2), budget_duration: '1h' },
	    { max_budget: money(0.2, 0.4), budget_duration: '30d' }] });
	await key({ budget_id: 'shared' });
	await key({ budget_id: 'shared', over_budget: 'refuse' });
	await key({ max_budget: money(0.05, 0.1), at_budget: 'switch',
	    switch_model: 'free', switch_percent: 90 });
	await key({ soft_budget: 0.0001 });
	return out;
}

function randomCall()
{
	const stream = rnd.chance(0.5);
	const x = { words: rnd.between(1, 40) };

	if (stream && rnd.chance(0.3))
		x.gap_ms = rnd.between(1, 20);
	if (rnd.chance(0.03))
		Object.assign(x, { status: rnd.pick([400, 429, 500, 503]) });
	else if (stream && rnd.chance(0.04))
		Object.assign(x, { cut_after: rnd.below(x.words), gap_ms: 2 });
	else if (rnd.chance(0.02))
		x.usage = null;
	if (rnd.chance(0.1))
		x.first_ms = rnd.between(1, 50);
	const model = rnd.pick(Object.keys(prices));
	if (model === 'cached')
		x.cached = rnd.between(0, 60);
	if (model === 'dense')
		x.dense = true;
	return { model, stream, x, messages: [{ role: 'user', content:
	    rnd.pick(['x', 'words and ', '\u4f60\u597d']).repeat(
		rnd.between(1, 120)) }],
	    ...(rnd.chance(0.5) ? { max_tokens: rnd.between(1, 60) } : {}),
	    ...(rnd.chance(0.1) ? { n: 2 } : {}),
	    ...(rnd.chance(0.4) ? { user: 'c' + rnd.below(4) } : {}),
	    ...(rnd.chance(0.3) ? { metadata: { tags: ['g' + rnd.below(2)] } }
		: {}) };
}

// -> how many answers of each kind
async function traffic()
{
	const seen = {};
	let left = CALLS;

	await Promise.all(Array.from({ length: WIDTH }, async () => {
		while (left-- > 0) {
			const c = call({ port: web.port, url: CHAT, key:
			    rnd.pick(keys), body: randomCall(), timeout:
			    30000 });
			if (rnd.chance(0.05))
				setTimeout(() => c.abort(), rnd.below(60));
			await c.done;
			const what = c.how === 'left' ? 'left' : c.status;
			seen[what] = (seen[what] ?? 0) + 1;
			if (c.status === 422)
				assert.equal(c.headers['x-should-retry'],
				    'false');
			if (c.how === 'timeout')
				throw new Error('an answer never came');
		}
	}));
	return seen;
}

async function killer(until)
{
	let killed = 0;

	while (!until.done && killed < KILLS) {
		await sleep(rnd.between(1500, 4000));
		const w = gw.workers();
		if (!until.done && w.length > 0) {
			try {
				process.kill(rnd.pick(w).pid, 'SIGKILL');
				killed++;
			} catch {
				// It has ended by itself.
			}
		}
	}
	return killed;
}

test('no budget over its cap at any moment, books as the upstream\'s',
    { timeout: Math.max(300e3, CALLS * 60) }, async t => {
	const state = {};
	const eye = watch(gw, 150);
	const kills = killer(state);
	const at = now();
	const seen = await traffic();
	const ms = now() - at;
	state.done = true;
	const killed = await kills;
	t.diagnostic(`seed ${SEED}: ${CALLS} calls in ` +
	    `${(ms / 1000).toFixed(0)} s, ${killed} workers killed, ` +
	    JSON.stringify(seen));
	await settled(gw);
	const w = await eye.stop();
	t.diagnostic(`looked ${w.looks} times`);
	assert.deepEqual(w.found, []);
	assert.ok(seen[200] > CALLS / 10, 'answers: ' + seen[200]);
	assert.ok(seen[422] > 0, 'no budget was ever exhausted');
	t.diagnostic((await verify(gw)).trim());
	await compare(t);
});

async function compare(t)
{
	const account = new Map(up.account().map(e => ['chatcmpl-fake' + e.n,
	    e]));
	const rows = await sql(gw, `SELECT seq, call, attempt, state, status,
	    model, upstream_model, upstream_id, estimated, sent_us, cost_nano,
	    hold_nano, head FROM calls`);
	let exact = 0n, ours = 0n, guessed = 0n, estimated = 0, blind = 0;

	for (const r of rows) {
		const e = account.get(r.upstream_id);

		account.delete(r.upstream_id);
		if (r.hold_nano !== null && r.cost_nano !== null)
			assert.ok(r.cost_nano <= r.hold_nano, 'seq ' + r.seq +
			    ' costs more than was held for it');
		if (r.estimated) {
			estimated++;
			guessed += BigInt(r.cost_nano ?? 0);
			blind += e ? 0 : 1;
		} else if (e?.end === 'whole' && r.cost_nano !== null) {
			const should = bill(prices[r.upstream_model.slice(3)],
			    e);
			assert.equal(BigInt(r.cost_nano), should, 'seq ' +
			    r.seq + ' ' + JSON.stringify(e));
			exact += should;
			ours += BigInt(r.cost_nano);
		}
	}
	assert.equal(ours, exact);
	// What the upstream charged and nobody read is an estimate with us,
	// not nothing.
	const unread = [...account.values()].filter(e => e.prompt_tokens > 0);
	t.diagnostic(`to the nano: $${usd(ours)}; ${estimated} rows are ` +
	    `estimates, $${usd(guessed)} in all, ${unread.length} of which ` +
	    'the upstream charged unread');
	assert.ok(unread.length <= blind, `${unread.length} answers were ` +
	    `charged that nobody read, ${blind} rows say so`);
	const sent = rows.filter(r => r.state !== REFUSED).length;
	assert.ok(up.account().length <= sent, `${up.account().length} ` +
	    `requests came, ${sent} rows`);
	await exhausted(t);
}

// Which budgets were put to the test at all.
async function exhausted(t)
{
	const full = await sql(gw, `SELECT a.scope, count(*) AS n FROM balances
	    b JOIN caps c ON c.id = b.cap JOIN accounts a ON a.id = c.account
	    WHERE b.spent_nano > c.cap_nano * 9 / 10 GROUP BY 1`);
	t.diagnostic('budgets nearly spent, by scope: ' + full.map(f =>
	    f.scope + ': ' + f.n).join(', '));
	assert.ok(full.length >= 2, 'too few kinds of budgets were spent');
}
