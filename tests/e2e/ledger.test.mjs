// The books by the command: proof, reports, statements, bills; and by LiteLLM's
// names, with SQL.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { Fake } from '../upstream/fake.mjs';
import { Gateway, upstream } from './lib/gateway.mjs';
import { ask } from './lib/http.mjs';
import { serve } from './lib/servers.mjs';

const CALLS = 30;
// 3 and 15 USD a million, in nano-dollars a token.
const IN = 3000, OUT = 15000;
const up = new Fake({ count: true });
const month = new Date().toISOString().slice(0, 7);
const today = new Date().toISOString().slice(0, 10);
const evil = '<b onmouseover="x()">&amp;\'</b>';
let gw, web, red, spent = 0;

const api = (url, body, key = gw.master) => ask({ port: web.port, url, key,
    ...(body === undefined ? {} : { body }) });

before(async () => {
	await up.listen();
	gw = await Gateway.make({ name: 'ledger', conf: {
	    server: { workers: 2 },
	    'provider:fake': upstream(up),
	    'model:m': { provider: 'fake', upstream_model: 'up/m',
		price_input: '3', price_output: '15' },
	    'model:free': { provider: 'fake', upstream_model: 'up/f',
		price_input: '0', price_output: '0' } } });
	web = await serve({ kind: 'lighttpd-external', gw });
	await api('/team/new', { team_id: 'red', team_alias: evil,
	    max_budget: 10, budget_duration: '30d' });
	red = (await api('/key/generate', { team_id: 'red', key_alias:
	    'red-key' })).json;
	for (let i = 0; i < CALLS; i++) {
		const r = await api('/v1/chat/completions', { model: i % 10 === 9 ?
		    'free' : 'm', max_tokens: 50, messages: [{ role: 'user',
		    content: 'word '.repeat(i) }] }, red.key);
		assert.equal(r.status, 200, r.text);
		if (i % 10 !== 9)
			spent += r.json.usage.prompt_tokens * IN +
			    r.json.usage.completion_tokens * OUT;
	}
});

after(async () => {
	await web?.stop();
	await gw?.close();
	await up.close();
});

function sql(text)
{
	const code = 'import sqlite3,sys,json\n' +
	    'db = sqlite3.connect(sys.argv[1])\n' +
	    'print(json.dumps(db.execute(sys.argv[2]).fetchall()))';
	return JSON.parse(execFileSync('python3', ['-c', code,
	    path.join(gw.data, 'tollgate.db'), text]));
}

describe('ledger', () => {
	test('verify', async () => {
		const v = await gw.json('ledger', 'verify');
		assert.equal(v.agrees, true);
		assert.equal(v.wrong, 0);
		assert.equal(v.total_nano, spent);
		assert.equal(v.calls, CALLS);
		assert.match(v.head, /^[0-9a-f]{64}$/);
		const r = await gw.cli('ledger', 'verify');
		assert.equal(r.code, 0);
		assert.ok(r.out.includes(v.head), r.out);
	});

	test('report by model, by day and key; CSV', async () => {
		const j = await gw.json('ledger', 'report', '--by', 'model');
		assert.deepEqual(j.rows.map(r => [r.model, r.calls,
		    r.spend_nano]), [['m', CALLS - 3, spent], ['free', 3, 0]]);
		assert.equal(j.total.spend_nano, spent);
		const k = await gw.json('ledger', 'report', '--by', 'day,key',
		    '--from', today, '--to', today);
		assert.deepEqual(k.rows.map(r => [r.day, r.key, r.key_hash,
		    r.spend_nano]), [[today, 'red-key', red.token, spent]]);
		const csv = (await gw.cli('ledger', 'report', '--by', 'team',
		    '--csv')).out.trimEnd().split('\r\n');
		assert.equal(csv.length, 2);
		assert.match(csv[0], /^team,calls,failed,unpriced,input_tokens,/);
		const cells = csv[1].split(',');
		assert.equal(cells[0], 'red');
		assert.equal(Math.round(Number(cells.at(-1)) * 1e9), spent);
		const table = (await gw.cli('ledger', 'report')).out;
		assert.match(table, new RegExp('^' + today + ' ', 'm'));
		const none = await gw.json('ledger', 'report', '--by', 'tag');
		assert.deepEqual(none.rows, []);
		const bad = await gw.cli('ledger', 'report', '--by', 'colour');
		assert.equal(bad.code, 1);
		// From a day on; up to one alone says nothing.
		assert.deepEqual((await gw.json('ledger', 'report', '--by',
		    'day,key', '--from', today)).rows, k.rows);
		assert.equal((await gw.cli('ledger', 'report', '--to',
		    today)).code, 2);
	});

	test('statement: JSON, table and page', async () => {
		const j = await gw.json('ledger', 'statement', '--team', 'red');
		assert.equal(j.month, month);
		assert.equal(j.total.spend_nano, spent);
		assert.equal(j.budgets[0].nano.spent, spent);
		const file = path.join(gw.data, 'statement.html');
		const r = await gw.cli('ledger', 'statement', '--team', 'red',
		    '--month', month, '--html', file);
		assert.equal(r.code, 0, r.err);
		const page = fs.readFileSync(file, 'utf8');
		assert.ok(!page.includes(evil), 'not escaped');
		assert.ok(page.includes('&lt;b onmouseover='));
		assert.ok(page.includes(j.ledger.hash));
		assert.ok(page.startsWith('<!DOCTYPE html>'));
		assert.ok(!/<script|https?:\/\//.test(page));
		const k = await gw.cli('ledger', 'statement', '--key', 'red-key',
		    '--html', '-');
		assert.match(k.out, /red-key/);
		assert.equal((await gw.cli('ledger', 'statement', '--team',
		    'blue')).code, 1);
		assert.equal((await gw.cli('ledger', 'statement')).code, 2);
		assert.equal((await gw.cli('ledger', 'statement', '--team',
		    'red', '--month', 'May')).code, 1);
	});

	test('the bill of a call', async () => {
		const call = (await gw.calls()).at(-2);
		const j = await gw.json('call', call.id, '--bill');
		const bill = j.attempts[0].bill;
		const sum = bill.lines.reduce((s, l) => s + Math.round(l.amount *
		    1e12), 0);
		assert.equal(sum, Math.round(call.cost * 1e9) * 1000);
		const r = await gw.cli('call', call.id, '--bill');
		assert.equal(r.code, 0, r.err);
		assert.match(r.out, /^input +\d+ +0\.000003 /m);
		assert.match(r.out, /^Total: 0\.\d+ USD$/m);
	});

	test('LiteLLM\'s tables by SQL agree with the ledger', async () => {
		const [[logs]] = sql('SELECT sum(spend) FROM ' +
		    '"LiteLLM_SpendLogs"');
		const [[lines]] = sql('SELECT sum(amount_nano) FROM ledger');
		assert.equal(Math.round(logs * 1e9), lines);
		assert.equal(lines, spent);
		for (const table of ['LiteLLM_DailyUserSpend',
		    'LiteLLM_DailyTeamSpend', 'LiteLLM_VerificationToken',
		    'LiteLLM_TeamTable']) {
			const [[sum]] = sql(`SELECT sum(spend) FROM "${table}"`);
			assert.equal(Math.round(sum * 1e9), spent, table);
		}
		assert.deepEqual(sql('SELECT team_alias, max_budget FROM ' +
		    '"LiteLLM_TeamTable"'), [[evil, 10]]);
	});

	test('a name in CSV is no formula', async () => {
		const key = (await api('/key/generate', { key_alias: '=1+1,x' }))
		    .json.key;
		assert.equal((await api('/v1/chat/completions', { model: 'free',
		    messages: [{ role: 'user', content: 'hi' }] }, key)).status,
		    200);
		const csv = (await gw.cli('ledger', 'report', '--by', 'key',
		    '--csv')).out;
		assert.match(csv, /^"'=1\+1,x",1,/m);
	});

	// Last: from here on the books are wrong.
	test('a changed row is found', async () => {
		execFileSync('python3', ['-c', 'import sqlite3,sys\n' +
		    'db = sqlite3.connect(sys.argv[1])\n' +
		    'db.execute("UPDATE calls SET cost_nano = cost_nano + 1 ' +
		    'WHERE seq = 5")\ndb.commit()', path.join(gw.data,
		    'tollgate.db')]);
		const r = await gw.cli('ledger', 'verify');
		assert.equal(r.code, 1);
		assert.match(r.err, /call|line/);
		const j = await gw.cli('ledger', 'verify', '--json');
		assert.equal(j.code, 1);
		assert.equal(JSON.parse(j.out).agrees, false);
	});
});
