// What a script written for LiteLLM does, done here: people, teams, budgets,
// keys, spending, by plain fetch; and how OpenAI's own client takes refusals.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import OpenAI from 'openai';
import { Fake } from '../upstream/fake.mjs';
import { Gateway, upstream } from './lib/gateway.mjs';
import { sleep } from './lib/proc.mjs';
import { serve } from './lib/servers.mjs';

const up = new Fake({ count: true });
const sha = s => createHash('sha256').update(s).digest('hex');
let gw, web, base;

before(async () => {
	await up.listen();
	gw = await Gateway.make({ name: 'litellm', conf: {
	    server: { workers: 4 }, customers: { create: 'yes' },
	    tags: { create: 'yes' }, 'provider:fake': upstream(up),
	    'model:m': { provider: 'fake', upstream_model: 'up/m',
		price_input: '0', price_output: '1000' } } });
	web = await serve({ kind: 'lighttpd-external', gw });
	base = `http://127.0.0.1:${web.port}`;
});

after(async () => {
	await web?.stop();
	await gw?.close();
	await up.close();
});

async function http(method, url, body, key = gw.master)
{
	const r = await fetch(base + url, { method, headers: {
	    authorization: 'Bearer ' + key, 'content-type':
	    'application/json' }, ...(body === undefined ? {} :
	    { body: JSON.stringify(body) }) });
	const text = await r.text();
	let json;
	try {
		json = JSON.parse(text);
	} catch {
		// A test will say so.
	}
	return { status: r.status, headers: r.headers, text, json };
}
const GET = (url, key) => http('GET', url, undefined, key);
const POST = (url, body, key) => http('POST', url, body, key);
const good = async p => {
	const r = await p;
	assert.equal(r.status, 200, r.text);
	return r.json;
};
const chat = (key, words = 3, more = {}) => POST('/chat/completions', {
    model: 'm', max_tokens: words, x: { words }, messages: [{ role: 'user',
    content: 'hi' }], ...more }, key);

// Enough of them at once to meet every worker.
async function everywhere(key, status, pattern = /./)
{
	const all = await Promise.all(Array.from({ length: 24 }, () =>
	    chat(key, 1)));
	for (const r of all) {
		assert.equal(r.status, status, r.text);
		assert.match(r.text, pattern);
	}
}

describe('an onboarding script', () => {
	let key;

	test('budget, team, person, membership, key', async () => {
		const b = await good(POST('/budget/new', { budget_id: 'free',
		    max_budget: 0.02, budget_duration: '1d', rpm_limit: 100 }));
		assert.equal(b.budget_id, 'free');
		assert.equal(b.max_budget, 0.02);
		const t = await good(POST('/team/new', { team_alias: 'Research',
		    models: ['m'], max_budget: 1, budget_duration: '30d',
		    tpm_limit: 100000, metadata: { cost_center: 7 } }));
		assert.ok(t.team_id);
		assert.equal(t.team_alias, 'Research');
		assert.equal(t.max_budget, 1);
		assert.equal(t.spend, 0);
		const u = await good(POST('/user/new', { user_email:
		    'ann@example.org', user_role: 'internal_user', max_budget:
		    0.5, budget_duration: '30d' }));
		assert.match(u.key, /^sk-/);
		assert.ok(u.user_id);
		const m = await good(POST('/team/member_add', { team_id:
		    t.team_id, member: { role: 'user', user_id: u.user_id },
		    max_budget_in_team: 0.25 }));
		assert.ok(m.members_with_roles.some(x => x.user_id ===
		    u.user_id));
		const again = await POST('/team/member_add', { team_id:
		    t.team_id, member: { role: 'user', user_id: u.user_id } });
		assert.equal(again.status, 400);
		assert.equal(again.json.error.type,
		    'team_member_already_in_team');
		const k = await good(POST('/key/generate', { team_id: t.team_id,
		    user_id: u.user_id, key_alias: 'ann-research', max_budget:
		    0.1, tags: ['pilot'], metadata: { a: 1 } }));
		assert.equal(k.token, sha(k.key));
		assert.equal(k.team_id, t.team_id);
		assert.equal(k.user_id, u.user_id);
		key = { ...k, team: t.team_id, user: u.user_id };
		const dup = await POST('/user/new', { user_email:
		    'ann@example.org' });
		assert.equal(dup.status, 409, dup.text);
	});

	test('calls are spent everywhere at once', async () => {
		const r = await chat(key.key, 10, { user: 'end-1' });
		assert.equal(r.status, 200, r.text);
		assert.equal(r.headers.get('x-litellm-response-cost'),
		    '0.01');
		assert.equal(Number(r.headers.get('x-litellm-key-spend')),
		    0.01);
		const k = await good(GET('/key/info?key=' + key.key));
		assert.equal(k.info.spend, 0.01);
		assert.equal(k.info.max_budget, 0.1);
		const own = await good(GET('/key/info', key.key));
		assert.equal(own.info.spend, 0.01);
		const t = await good(GET('/team/info?team_id=' + key.team));
		assert.equal(t.team_info.spend, 0.01);
		assert.equal(t.keys.length, 1);
		assert.equal(t.team_memberships[0].spend, 0.01);
		const u = await good(GET('/user/info?user_id=' + key.user));
		assert.equal(u.user_info.spend, 0.01);
		const c = await good(GET('/customer/info?end_user_id=end-1'));
		assert.equal(c.spend, 0.01);
		const me = await good(GET('/api/v1/me', key.key));
		assert.ok(me, JSON.stringify(me));
		const day = new Date().toISOString().slice(0, 10);
		const logs = await good(GET('/spend/logs?start_date=' + day +
		    '&end_date=' + day + '&summarize=false'));
		const row = logs.find(l => l.api_key === key.token);
		assert.equal(row.spend, 0.01);
		assert.equal(row.end_user, 'end-1');
		assert.equal(row.team_id, key.team);
		const tags = await good(GET('/spend/tags'));
		assert.ok(tags.some(g => g.individual_request_tag === 'pilot' &&
		    g.total_spend === 0.01), JSON.stringify(tags));
		const teams = await good(GET('/team/list'));
		assert.ok(teams.some(x => x.team_id === key.team && x.spend ===
		    0.01));
		const list = await good(GET('/key/list?team_id=' + key.team +
		    '&return_full_object=true'));
		assert.equal(list.total_count, 1);
		assert.equal(list.keys[0].spend, 0.01);
	});

	test('a spent budget, raised, reset', async () => {
		for (let i = 0; i < 9; i++)
			assert.equal((await chat(key.key, 10)).status, 200);
		const r = await chat(key.key, 10);
		assert.equal(r.status, 422, r.text);
		assert.equal(r.json.error.type, 'budget_exceeded');
		assert.equal(r.json.error.code, '422');
		for (const part of ['Budget has been exceeded!',
		    'Current cost:', 'Max budget:'])
			assert.ok(r.json.error.message.includes(part), r.text);
		assert.equal(r.headers.get('x-should-retry'), 'false');
		await everywhere(key.key, 422);
		await good(POST('/key/update', { key: key.key, max_budget:
		    0.2 }));
		await everywhere(key.key, 200);
		const k = await good(GET('/key/info?key=' + key.key));
		assert.equal(k.info.spend, 0.124);
		await good(POST('/key/update', { key: key.key, max_budget: 0.1
		    }));
		await everywhere(key.key, 422);
		await good(POST('/key/' + key.token + '/reset_spend',
		    { reset_to: 0 }));
		await everywhere(key.key, 200);
	});

	test('blocked is blocked on every worker, with the next call',
	    async () => {
		await good(POST('/key/block', { key: key.key }));
		await everywhere(key.key, 401, /Key is blocked/);
		await good(POST('/key/unblock', { key: key.key }));
		await everywhere(key.key, 200);
		await good(POST('/team/block', { team_id: key.team }));
		await everywhere(key.key, 401, /is blocked/);
		await good(POST('/team/unblock', { team_id: key.team }));
		await everywhere(key.key, 200);
		await good(POST('/key/update', { key: key.key, models:
		    ['other'] }));
		await everywhere(key.key, 403, /key_model_access_denied/);
		await good(POST('/key/update', { key: key.key, models: [] }));
		await everywhere(key.key, 200);
	});

	test('a rotated key: both for a while, then the new one', async () => {
		const k = await good(POST('/key/generate', { max_budget: 1 }));
		assert.equal((await chat(k.key, 10)).status, 200);
		const r = await good(POST('/key/' + k.token + '/regenerate',
		    { grace_period: '3s' }));
		assert.notEqual(r.key, k.key);
		await everywhere(k.key, 200);
		await everywhere(r.key, 200);
		await sleep(3200);
		await everywhere(k.key, 401);
		await everywhere(r.key, 200);
		const i = await good(GET('/key/info?key=' + r.key));
		assert.equal(i.info.spend, 0.082);
	});

	test('a person, a team that is gone takes its keys along', async () => {
		await good(POST('/user/delete', { user_ids: [key.user] }));
		await everywhere(key.key, 401);
		const t = await good(POST('/team/new', { team_alias: 'gone' }));
		const k = await good(POST('/key/generate', { team_id:
		    t.team_id }));
		await everywhere(k.key, 200);
		assert.deepEqual((await good(POST('/team/delete', { team_ids:
		    [t.team_id] }))).deleted_teams, [t.team_id]);
		await everywhere(k.key, 401);
		const d = await good(POST('/key/generate', { key_alias: 'd' }));
		await everywhere(d.key, 200);
		await good(POST('/key/delete', { key_aliases: ['d'] }));
		await everywhere(d.key, 401);
	});

	test('who changed what', async () => {
		const a = await good(GET('/audit?page_size=100'));
		const text = JSON.stringify(a);
		assert.ok(a.total > 10);
		assert.ok(a.audit_logs.some(x => x.action === 'blocked'));
		assert.ok(!text.includes(key.key), 'a secret in the audit');
	});
});

describe('a customer of a front end', () => {
	test('budget by name, blocked, unblocked', async () => {
		const { key } = await good(POST('/key/generate', {}));
		await good(POST('/customer/new', { user_id: 'visitor',
		    max_budget: 0.01, alias: 'A visitor' }));
		const say = (n = 5) => chat(key, n, { user: 'visitor' });
		assert.equal((await say()).status, 200);
		assert.equal((await say()).status, 200);
		const r = await say();
		assert.equal(r.status, 422, r.text);
		assert.match(r.json.error.message, /ExceededBudget: End User=visitor/);
		assert.equal((await chat(key, 5, { user: 'other' })).status,
		    200);
		await good(POST('/customer/update', { user_id: 'visitor',
		    max_budget: 1 }));
		assert.equal((await say()).status, 200);
		await good(POST('/customer/block', { user_ids: ['visitor'] }));
		const b = await say();
		assert.ok(b.status === 400 || b.status === 401, b.text);
		await good(POST('/customer/unblock', { user_ids:
		    ['visitor'] }));
		assert.equal((await say()).status, 200);
	});
});

describe('the OpenAI client', () => {
	// Counts what it sends.
	const client = key => {
		const c = new OpenAI({ apiKey: key, baseURL: base + '/v1',
		    maxRetries: 2, fetch: (...a) => {
			c.sent++;
			return fetch(...a);
		} });
		c.sent = 0;
		return c;
	};
	const ask = (c, more = {}) => c.chat.completions.create({ model: 'm',
	    max_tokens: 4, messages: [{ role: 'user', content: 'hi' }],
	    ...more });

	test('does not try three times for money', async () => {
		const { key } = await good(POST('/key/generate', { max_budget:
		    0.001 }));
		const c = client(key);
		await ask(c, { max_tokens: 1 });
		c.sent = 0;
		const e = await ask(c).then(() => null, x => x);
		assert.equal(e.status, 422, String(e));
		assert.equal(e.type, 'budget_exceeded');
		assert.equal(c.sent, 1);
	});

	test('waits as long as it is told for a rate', async () => {
		const { key } = await good(POST('/key/generate', { limits: [{
		    unit: 'requests', per: '3s', max: 1 }] }));
		const c = client(key);
		await ask(c);
		c.sent = 0;
		const at = Date.now();
		const r = await ask(c);
		assert.ok(r.choices[0].message.content);
		assert.equal(c.sent, 2);
		assert.ok(Date.now() - at >= 1000 && Date.now() - at < 8000);
	});

	test('is clamped to what is left, and told so', async () => {
		const { key } = await good(POST('/key/generate', { max_budget:
		    0.03 }));
		const r = await ask(client(key), { max_tokens: undefined, x: {
		    words: 200 } });
		assert.equal(r.choices[0].finish_reason, 'length');
		assert.equal(r.usage.completion_tokens, 30);
		const i = await good(GET('/key/info?key=' + key));
		assert.equal(i.info.spend, 0.03);
	});

	test('may not name its own price', async () => {
		const { key } = await good(POST('/key/generate', { max_budget:
		    1 }));
		for (const more of [{ input_cost_per_token: 0 },
		    { api_base: 'http://127.0.0.1:1' }, { api_key: 'sk-x' }]) {
			const r = await chat(key, 1, more);
			assert.ok(r.status === 200 || (r.status >= 400 &&
			    r.status < 404), r.text);
			if (r.status === 200)
				assert.equal(r.headers.get(
				    'x-litellm-response-cost'), '0.001');
		}
	});
});

describe('the same by command', () => {
	const cli = async (...args) => {
		const r = await gw.cli(...args);
		assert.equal(r.code, 0, args.join(' ') + ': ' + r.err);
		return r.out;
	};

	test('a shared budget, a team, a person, a customer, a tag',
	    async () => {
		assert.match(await cli('budget', 'create', 'small',
		    '--max-budget', '0.5', '--budget-duration', '30d'),
		    /^budget small is there$/m);
		assert.match(await cli('team', 'create', 'red', '--alias',
		    'Red', '--models', 'm,echo', '--budget', 'small', '--rpm',
		    '60'), /^team red is there$/m);
		await cli('user', 'create', 'bob', '--email',
		    'bob@example.org', '--role', 'internal_user',
		    '--max-budget', '1.25', '--soft-budget', '1');
		assert.match(await cli('team', 'add-member', 'red', 'bob',
		    '--max-budget', '0.1'), /^bob is in team red$/m);
		await cli('customer', 'create', 'shop', '--max-budget', '2');
		await cli('tag', 'create', 'nightly', '--description',
		    'the night\'s runs', '--max-budget', '3');

		const team = await gw.json('team', 'show', 'red');
		assert.equal(team.team_alias, 'Red');
		assert.deepEqual(team.models, ['m', 'echo']);
		assert.equal(team.rpm_limit, 60);
		assert.match(await cli('team', 'show', 'red'),
		    /^team_alias +Red$/m);
		assert.match(await cli('team', 'list'),
		    /^ID +NAME +BLOCKED +MODELS +SPENT +BUDGET +EACH +RPM +TPM/);
		assert.match(await cli('user', 'list'),
		    /^bob .*bob@example\.org +internal_user .* 1\.25 /m);
		assert.match(await cli('customer', 'list'),
		    /^shop .* 2 /m);
		assert.match(await cli('budget', 'list'),
		    /^small .* 0\.5 +30d/m);
		assert.match(await cli('tag', 'list'), /^nightly +the night/m);
		assert.equal((await gw.json('tag', 'show', 'nightly'))
		    .max_budget, 3);
		assert.equal((await gw.json('budget', 'show', 'small'))
		    .budget_duration, '30d');
		assert.equal((await gw.json('customer', 'show', 'shop'))
		    .max_budget, 2);
		assert.equal((await gw.json('user', 'show', 'bob'))
		    .max_budget, 1.25);
	});

	test('a key with all of it; changed, blocked, rotated', async () => {
		const k = await gw.json('key', 'create', '--alias', 'full',
		    '--user', 'bob', '--team', 'red', '--max-budget', '0.05',
		    '--budget-duration', '1d', '--rpm', '50', '--tpm', '9000',
		    '--parallel', '40', '--allowed-ip', '127.0.0.0/8,::1',
		    '--allowed-route', '/v1/chat/completions',
		    '--allowed-route', '/chat/completions', '--tag', 'nightly',
		    '--over-budget', 'refuse');
		assert.equal((await chat(k.key, 2)).status, 200);
		// A slip of the pen makes no team without a budget.
		assert.equal((await gw.cli('key', 'create', '--team',
		    'rde')).code, 1);
		assert.equal((await gw.cli('team', 'show', 'rde')).code, 1);
		const shown = await gw.json('key', 'show', 'full');
		assert.equal(shown.spend, 0.002);
		assert.equal(shown.max_budget, 0.05);
		assert.equal(shown.rpm_limit, 50);
		assert.equal(shown.team_id, 'red');
		assert.match(await cli('key', 'show', 'full'),
		    /^spent +0\.002$/m);
		assert.equal((await gw.json('tag', 'show', 'nightly')).spend,
		    0.002);

		await cli('key', 'update', 'full', '--max-budget', '0.003',
		    '--rpm', 'none');
		const now_ = await gw.json('key', 'show', 'full');
		assert.equal(now_.max_budget, 0.003);
		assert.equal(now_.rpm_limit, null);
		assert.equal((await chat(k.key, 2)).status, 422);
		await cli('key', 'update', 'full', '--max-budget', 'none');
		assert.equal((await chat(k.key, 2)).status, 200);
		assert.match(await cli('key', 'block', 'full'),
		    /^key full is blocked$/m);
		await everywhere(k.key, 401);
		await cli('key', 'unblock', 'full');
		const out = await cli('key', 'rotate', 'full', '--grace', '1h');
		const fresh = /^key: (sk-\S+)$/m.exec(out)[1];
		await everywhere(fresh, 200);
		await everywhere(k.key, 200);
	});

	test('update and remove; what is wrong is said', async () => {
		await cli('team', 'update', 'red', '--alias', 'Crimson');
		assert.equal((await gw.json('team', 'show', 'red')).team_alias,
		    'Crimson');
		await cli('team', 'remove-member', 'red', 'bob');
		for (const [noun, id] of [['customer', 'shop'], ['tag',
		    'nightly'], ['team', 'red'], ['user', 'bob'], ['budget',
		    'small']]) {
			assert.match(await cli(noun, 'remove', id),
			    /is removed$/m);
			const r = await gw.cli(noun, 'show', id);
			assert.equal(r.code, 1, r.out);
			assert.ok(r.err.startsWith('tollgate: '), r.err);
		}
		for (const [args, why] of [
		    [['user', 'create', 'x', '--max-budget', 'much'],
			/--max-budget must be an amount/],
		    [['team', 'create', 'x', '--rpm', '-1'],
			/--rpm must be a number/],
		    [['key', 'update', 'none-such'], /what is to change/],
		    [['team', 'add-member', 'x'], /missing/]]) {
			const r = await gw.cli(...args);
			assert.equal(r.code, 2, r.out);
			assert.match(r.err, why);
		}
	});
});
