// What budgets cost: the two transactions of a call by themselves (books.c),
// and whole calls with a key that has five budgets beside one that has none.
// And the property test of tests/e2e/budget.test.mjs with many more calls.
import { execFile } from 'node:child_process';
import { ask } from '../e2e/lib/http.mjs';

const HUGE = 1e6;	// USD: never reached

// Two budgets of the key itself, its person's, its team's, and the person's
// within the team.
async function keysOf(gw, port)
{
	const api = async (url, body) => {
		const r = await ask({ port, url, key: gw.master, body });
		if (r.status !== 200)
			throw new Error(url + ': ' + r.status + r.text);
		return r.json;
	};
	const money = { max_budget: HUGE, budget_duration: '30d' };

	await api('/team/new', { team_id: 'bench', ...money });
	await api('/user/new', { user_id: 'bench', auto_create_key: false,
	    ...money });
	await api('/team/member_add', { team_id: 'bench', member: {
	    role: 'user', user_id: 'bench' }, max_budget_in_team: HUGE });
	return { none: (await api('/key/generate', {})).key,
	    five: (await api('/key/generate', { team_id: 'bench', user_id:
		'bench', budget_limits: [
		{ max_budget: HUGE, budget_duration: '1d' },
		{ max_budget: HUGE, budget_duration: '30d' }] })).key };
}

function books(tool, seconds)
{
	return new Promise((ok, no) => execFile(tool, [String(seconds)],
	    (e, out, err) => e ? no(new Error(e.message + err)) :
	    ok(JSON.parse(out))));
}

// -> what the test says of itself; a failure is one of the bench too
export function underFire(run, builddir, calls)
{
	return new Promise((ok, no) => execFile(run, [builddir, 'budget'],
	    { maxBuffer: 1 << 26, env: { ...process.env, TOLLGATE_TEST_CALLS:
	    String(calls) } }, (e, out) => {
		const said = out.split('\n').filter(l => /^\u2139 .*( calls in |nano|looked)/
		    .test(l)).map(l => l.replace(/^\u2139 /, ''));
		if (e)
			no(new Error(out));
		else
			ok(said);
	}));
}

// opt: { gw, way, tool, rounds, seconds, throughput(way), latency(way), say }
export async function measure(opt)
{
	const { gw, way, rounds } = opt;
	const keys = await keysOf(gw, way.port);
	const m = { none: [], five: [] };

	for (let i = 0; i < rounds; i++)
		for (const name of Object.keys(m)) {
			opt.say(`budgets: ${name}, round ${i + 1}`);
			const w = { ...way, key: keys[name] };
			m[name].push({ rps: (await opt.throughput(w)).rps,
			    latency: (await opt.latency(w)).latency });
		}
	opt.say('budgets: the transactions alone');
	const by = (list, fn) => list.map(fn).sort((a, b) => a - b)[
	    Math.floor(list.length / 2)];
	const sum = list => ({ rps: by(list, x => x.rps),
	    p50: by(list, x => x.latency.p50),
	    p99: by(list, x => x.latency.p99) });
	return { none: sum(m.none), five: sum(m.five),
	    books: await books(opt.tool, opt.seconds) };
}

export function targets(m, verdict)
{
	const added = m.five.p50 - m.none.p50;

	return [
		['added by five budgets at low load, p50', '≤ 150 µs',
		    ...verdict(added, 150, added.toFixed(0) + ' µs')],
		['2 KB calls per second, five budgets on each', '≥ 5,000',
		    ...verdict(-m.five.rps, -5000, m.five.rps.toFixed(0))],
	];
}

export function report(m, table)
{
	const ms = v => (v / 1000).toFixed(2);
	const us = v => v.toFixed(0);

	return '\n## What budgets cost\n\nCalls of 2 KB behind lighttpd, with ' +
	    'a key without any budget and with one that has five (two of its ' +
	    'own, its person\'s, its team\'s, the person\'s in the team); ' +
	    'latency at 300 calls a second, in ms.\n\n' +
	    table(['budgets', 'requests/s', 'p50', 'p99'],
		['none', 'five'].map(n => [n, m[n].rps.toFixed(0),
		ms(m[n].p50), ms(m[n].p99)])) +
	    '\nThe two transactions by themselves, without the rest of a ' +
	    'call: admission (hold, row) and settlement (row, ledger line, ' +
	    'sums), in µs; alone, and with 16 threads, which share ' +
	    'commits.\n\n' +
	    table(['synchronous', 'budgets', 'threads', 'calls/s',
		'admission p50', 'p99', 'settlement p50', 'p99'],
		m.books.map(b => [b.synchronous, b.budgets, b.threads,
		b.rps.toFixed(0), us(b.open_p50), us(b.open_p99),
		us(b.settle_p50), us(b.settle_p99)])) +
	    '\nThe property test (`tests/e2e/budget.test.mjs`: nested ' +
	    'budgets, aborts, faults, killed workers; no budget over its cap ' +
	    'whenever the database is looked at, the ledger equal to what ' +
	    'the upstream counted) passed:\n\n' +
	    m.fire.map(l => '- ' + l + '\n').join('');
}
