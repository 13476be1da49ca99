// Keys and models by LiteLLM's management API and by the command.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { Fake } from '../upstream/fake.mjs';
import { Gateway, upstream } from './lib/gateway.mjs';
import { ask } from './lib/http.mjs';
import { run, sleep, start, stop, waitFor } from './lib/proc.mjs';
import { serve } from './lib/servers.mjs';

const SECRET = 'sk-upstream-secret-0123456789';
const up = new Fake();
let gw, web;

before(async () => {
	await up.listen();
	gw = await Gateway.make({ name: 'manage', conf: {
	    server: { workers: 3 },
	    'provider:fake': upstream(up),
	    'model:m': { provider: 'fake', upstream_model: 'up/m',
		price_input: '3', price_output: '15' },
	    'model:n': { provider: 'fake', upstream_model: 'up/n' } } });
	web = await serve({ kind: 'lighttpd-external', gw });
});

after(async () => {
	await web?.stop();
	await gw?.close();
	await up.close();
});

const api = (url, body, key = gw.master) => ask({ port: web.port, url, key,
    ...(body === undefined ? {} : { body }) });
const chat = (key, more = {}) => ask({ port: web.port, key,
    url: '/v1/chat/completions', body: { model: 'm', messages: [{ role:
    'user', content: 'hi' }], ...more } });
const sha = s => createHash('sha256').update(s).digest('hex');

// The very next calls, enough of them to meet every worker.
async function all(n, fn)
{
	return Promise.all(Array.from({ length: n }, fn));
}

describe('keys', () => {
	test('generate, use, info, delete', async () => {
		const r = await api('/key/generate', { key_alias: 'first-one',
		    models: ['m'], metadata: { team: 'a' }, unknown: 1 });
		assert.equal(r.status, 200, r.text);
		const k = r.json;
		assert.match(k.key, /^sk-.{22,}/);
		assert.equal(k.token, sha(k.key));
		assert.equal(k.token_id ?? k.token, k.token);
		assert.equal(k.key_name, 'sk-...' + k.key.slice(-4));
		assert.equal(k.key_alias, 'first-one');
		assert.deepEqual(k.models, ['m']);
		assert.deepEqual(k.metadata, { team: 'a' });
		for (const f of ['expires', 'max_budget', 'user_id', 'team_id',
		    'created_at', 'spend'])
			assert.ok(f in k, f);

		for (const c of await all(12, () => chat(k.key)))
			assert.equal(c.status, 200, c.text);
		const no = await chat(k.key, { model: 'n' });
		assert.equal(no.status, 403, no.text);
		assert.equal(no.json.error.type, 'key_model_access_denied');
		const list = await api('/v1/models', undefined, k.key);
		assert.deepEqual(list.json.data.map(m => m.id), ['m']);

		for (const id of [k.key, k.token]) {
			const i = await api('/key/info?key=' + id);
			assert.equal(i.status, 200, i.text);
			assert.equal(i.json.key, id);
			assert.equal(i.json.info.key_alias, 'first-one');
			assert.deepEqual(i.json.info.models, ['m']);
			assert.ok(!('token' in i.json.info));
			assert.ok(!JSON.stringify(i.json.info).includes(k.key));
		}
		const self = await api('/key/info', undefined, k.key);
		assert.equal(self.status, 200, self.text);
		assert.equal(self.json.key, k.token);

		const d = await api('/key/delete', { keys: [k.key] });
		assert.equal(d.status, 200, d.text);
		assert.deepEqual(d.json, { deleted_keys: [k.key] });
		for (const c of await all(12, () => chat(k.key)))
			assert.equal(c.status, 401, 'a deleted key still ' +
			    'works: ' + c.text);
	});

	test('by alias, by hash; nothing there', async () => {
		const a = (await api('/key/generate', { key_alias: 'al' })).json;
		const b = (await api('/key/generate', {})).json;
		assert.deepEqual((await api('/key/delete', { key_aliases:
		    ['al'] })).json.deleted_keys, ['al']);
		assert.deepEqual((await api('/key/delete', { keys: [b.token] }))
		    .json.deleted_keys, [b.token]);
		assert.equal((await chat(a.key)).status, 401);
		assert.equal((await chat(b.key)).status, 401);
		const n = await api('/key/delete', { keys: ['sk-nothing0000'] });
		assert.equal(n.status, 404);
		assert.match(n.json.error.message, /No keys found/);
		const i = await api('/key/info?key=sk-nothing0000');
		assert.equal(i.status, 404);
		assert.equal(i.json.error.type, 'not_found_error');
		assert.equal(i.json.error.param, 'key');
	});

	test('an alias is unique, a key of one\'s own starts with sk-',
	    async () => {
		await api('/key/generate', { key_alias: 'twice' });
		const r = await api('/key/generate', { key_alias: 'twice' });
		assert.equal(r.status, 400, r.text);
		assert.equal(r.json.error.param, 'key_alias');
		const own = await api('/key/generate', { key:
		    'sk-my-own-key-0123456789' });
		assert.equal(own.json.key, 'sk-my-own-key-0123456789');
		assert.equal((await chat(own.json.key)).status, 200);
		const bad = await api('/key/generate', { key: 'mine' });
		assert.equal(bad.status, 400, bad.text);
	});

	test('a key that has expired', async () => {
		const k = (await api('/key/generate', { duration: '1s' })).json;
		assert.ok(k.expires);
		assert.equal((await chat(k.key)).status, 200);
		await sleep(1600);
		const r = await chat(k.key);
		assert.equal(r.status, 401, r.text);
		assert.equal(r.json.error.type, 'expired_key');
	});

	test('only the master key may', async () => {
		for (const [url, body] of [['/user/new', {}],
		    ['/model/new', { model_name: 'x', litellm_params: {
		    model: 'openai/x' }, model_info: {} }], ['/model/delete',
		    { id: 'x' }]]) {
			const r = await api(url, body, gw.key);
			assert.ok(r.status === 401 || r.status === 403,
			    url + r.status + r.text);
			const n = await ask({ port: web.port, url, body });
			assert.equal(n.status, 401, url + n.text);
		}
	});

	test('wrong types: 422', async () => {
		const r = await api('/key/generate', { models: 'x' });
		assert.equal(r.status, 422, r.text);
		assert.ok(Array.isArray(r.json.detail), r.text);
	});
});

describe('models', () => {
	test('new, used at once, info, delete', async () => {
		const r = await api('/model/new', { model_name: 'fresh',
		    litellm_params: { model: 'openai/up-fresh', api_base:
		    up.url + '/v1', api_key: SECRET, input_cost_per_token:
		    0.000003, output_cost_per_token: 0.000015 },
		    model_info: { id: 'fresh-id' } });
		assert.equal(r.status, 200, r.text);
		assert.equal(r.json.model_id, 'fresh-id');
		assert.equal(r.json.model_name, 'fresh');
		for (const c of await all(12, () => chat(gw.key,
		    { model: 'fresh', user: 'fresh' })))
			assert.equal(c.status, 200, c.text);
		const e = up.of('fresh')[0];
		assert.equal(e.json.model, 'up-fresh');
		assert.equal(e.headers.authorization, 'Bearer ' + SECRET);

		for (const u of ['/model/info', '/v1/model/info']) {
			const i = await api(u);
			assert.equal(i.status, 200, i.text);
			const m = i.json.data.find(x =>
			    x.model_name === 'fresh');
			assert.equal(m.model_info.id, 'fresh-id');
			assert.equal(m.model_info.db_model, true);
			assert.equal(m.litellm_params.api_base,
			    up.url + '/v1');
			assert.ok(Math.abs(m.model_info.input_cost_per_token -
			    3e-6) < 1e-12);
			assert.ok(!i.text.includes(SECRET));
			const f = i.json.data.find(x => x.model_name === 'm');
			assert.equal(f.model_info.db_model, false);
		}
		const one = await api('/model/info?litellm_model_id=fresh-id');
		assert.equal(one.json.data.length, 1);

		const d = await api('/model/delete', { id: 'fresh-id' });
		assert.equal(d.status, 200, d.text);
		assert.equal(d.json.message,
		    'Model: fresh-id deleted successfully');
		for (const c of await all(12, () => chat(gw.key,
		    { model: 'fresh' })))
			assert.equal(c.status, 400, c.text);
		const n = await api('/model/delete', { id: 'fresh-id' });
		assert.equal(n.status, 400, n.text);
		assert.match(n.json.error.message, /not found in db/);
	});

	test('info shows only what a key may use', async () => {
		const k = (await api('/key/generate', { models: ['n'] })).json;
		const i = await api('/model/info', undefined, k.key);
		assert.deepEqual(i.json.data.map(m => m.model_name), ['n']);
	});
});

describe('the command', () => {
	const ok = async (...a) => {
		const r = await gw.cli(...a);
		assert.equal(r.code, 0, a.join(' ') + ': ' + r.err + r.out);
		return r.out;
	};

	test('key create, list, show, revoke', async () => {
		const k = await gw.json('key', 'create', '--alias', 'by-hand',
		    '--models', 'm,n', '--log', 'numbers', '--duration', '30d');
		assert.equal(k.token, sha(k.key));
		assert.equal(k.key_alias, 'by-hand');
		assert.equal((await chat(k.key)).status, 200);
		const list = await gw.json('key', 'list');
		assert.ok(JSON.stringify(list).includes('by-hand'));
		assert.ok(!JSON.stringify(list).includes(k.key));
		const table = await ok('key', 'list');
		assert.match(table, /by-hand/);
		assert.match(await ok('key', 'show', k.token), /by-hand/);
		await ok('key', 'revoke', k.token);
		for (const c of await all(12, () => chat(k.key)))
			assert.equal(c.status, 401);
		assert.equal((await gw.cli('key', 'revoke', 'nobody')).code, 1);
	});

	test('provider add, model add, list, test, remove', async () => {
		await ok('provider', 'add', 'mine', '--type', 'openai',
		    '--base-url', up.url + '/v1', '--api-key', SECRET,
		    '--header', 'X-Via: command');
		await ok('model', 'add', 'handmade', '--provider', 'mine',
		    '--upstream-model', 'up-handmade', '--price-input', '1');
		const r = await chat(gw.key, { model: 'handmade',
		    user: 'handmade' });
		assert.equal(r.status, 200, r.text);
		assert.equal(up.of('handmade')[0].headers['x-via'], 'command');
		assert.match(await ok('model', 'list'), /handmade/);
		assert.match(await ok('provider', 'list'), /mine/);
		assert.ok(!(await ok('provider', 'list', '--json'))
		    .includes(SECRET));
		await ok('model', 'test', 'handmade');
		assert.equal((await gw.cli('model', 'test', 'no-such')).code,
		    1);
		await ok('model', 'remove', 'handmade');
		await ok('provider', 'remove', 'mine');
		assert.equal((await chat(gw.key, { model: 'handmade' })).status,
		    400);
	});

	test('calls, call', async () => {
		const r = await chat(gw.key, { user: 'looked-up',
		    messages: [{ role: 'user', content: 'find me' }] });
		const id = r.headers['x-tollgate-call'];
		const rows = await gw.calls('--model', 'm');
		assert.ok(rows.some(c => c.id === id));
		assert.match(await ok('calls'), /\bm\b/);
		assert.equal((await gw.calls('--status', '500')).length, 0);
		const c = await gw.json('call', id);
		assert.equal(c.request.messages[0].content, 'find me');
		assert.equal(c.answer.choices[0].finish_reason, 'stop');
		assert.match(JSON.stringify(c), /\b5\b/);
		assert.match(await ok('call', id), /find me/);
		const curl = await ok('call', id, '--curl');
		assert.match(curl, /^curl /m);
		assert.ok(!curl.includes(gw.key));
		assert.equal((await gw.cli('call',
		    '00000000-0000-4000-8000-000000000000')).code, 1);
	});

	// What curl would have got on its standard input.
	const replay = script => {
		const file = path.join(gw.dir, 'replay.sh');
		fs.writeFileSync(file, 'curl() { cat; }\n' + script);
		return run('bash', [file]);
	};

	test('call --curl of a large request comes back to the byte',
	    async () => {
		for (const tail of ['', '\n', '\nTOLLGATE_EOF\n\n']) {
			const body = JSON.stringify({ model: 'm', messages: [{
			    role: 'user', content: 'it\'s "€ $HOME `x` \\ ' +
			    'TOLLGATE_EOF\n'.repeat(12000) }] },
			    null, 1) + tail.replace('TOLLGATE_EOF', ' ');
			const r = await ask({ port: web.port, key: gw.key,
			    url: '/v1/chat/completions', body });
			assert.equal(r.status, 200, r.text);
			// It is kept after the caller has everything.
			const script = await waitFor('the body', () => ok(
			    'call', r.headers['x-tollgate-call'], '--curl'));
			const back = await replay(script);
			assert.equal(back.code, 0, back.err);
			assert.ok(back.out === body, script.slice(0, 300));
		}
	});

	test('calls --follow', async () => {
		const p = start(gw.program, ['calls', '--follow', '--json'],
		    { env: gw.env, web: true });
		await sleep(500);
		const r = await chat(gw.key);
		await waitFor('the call to be shown', () => p.out.includes(
		    r.headers['x-tollgate-call']), 5000);
		await stop(p, 'SIGINT');
	});

	test('cost is counted', async () => {
		const r = await chat(gw.key, { x: { usage: { prompt_tokens: 1000,
		    completion_tokens: 100, total_tokens: 1100 } } });
		const c = await gw.json('call', r.headers['x-tollgate-call']);
		// 1000 x 3 + 100 x 15 USD per million = 0.0045 USD
		assert.match(JSON.stringify(c), /0\.0045|4500000\b/);
	});

	test('config check and print', async () => {
		await ok('config', 'check');
		const out = await ok('config', 'print');
		assert.match(out, /\[server\]/);
		assert.match(out, /workers\s*=\s*3/);
		assert.ok(!out.includes(SECRET), 'prints a secret');
		const bad = path.join(gw.dir, 'bad.ini');
		fs.writeFileSync(bad, '[server]\nworkers = many\n[log]\n' +
		    'nonsense = 1\n');
		fs.chmodSync(bad, 0o644);
		const r = await gw.cli('-c', bad, 'config', 'check');
		assert.equal(r.code, 1, r.out);
		assert.match(r.err + r.out, /workers/);
		assert.match(r.err + r.out, /nonsense/);
	});

	test('the shipped sample is good', async () => {
		const sample = new URL('../../etc/tollgate.ini',
		    import.meta.url).pathname;
		const mine = path.join(gw.dir, 'sample.ini');
		fs.copyFileSync(sample, mine);
		// Every line that is off, put in force, is understood too.
		const r = await gw.cli('-c', mine, 'config', 'check');
		assert.equal(r.code, 0, r.err + r.out);
		fs.writeFileSync(mine, fs.readFileSync(sample, 'utf8')
		    .replace(/^; (?=[a-z]\S* = \S)/gm, '')
		    .replace(/^; (?=\[)/gm, '')
		    .replace(/^(master_key|key_file|data|api_key) = .*$/gm,
			'; off')
		    .replace(/^(\w+ =) +;.*$/gm, '; off'));
		const all = await gw.cli('-c', mine, 'config', 'check');
		assert.equal(all.code, 0, all.err + all.out + '\n' +
		    fs.readFileSync(mine, 'utf8'));
	});

	test('db check, backup, vacuum; cron', async () => {
		await ok('db', 'check');
		const to = path.join(gw.dir, 'backup.db');
		await ok('db', 'backup', path.join(gw.data, 'backup.db'));
		assert.ok(fs.statSync(path.join(gw.data, 'backup.db')).size >
		    4096, to);
		await ok('db', 'vacuum');
		await ok('cron');
	});

	test('usage errors are 2, a missing folder says what to do',
	    async () => {
		for (const a of [['nonsense'], ['key'], ['key', 'create',
		    '--nonsense'], ['call']])
			assert.equal((await gw.cli(...a)).code, 2, a.join(' '));
		const r = await gw.cli('key', 'list', { env: { TOLLGATE_DATA:
		    path.join(gw.dir, 'nowhere') } });
		assert.equal(r.code, 1);
		assert.match(r.err, /tollgate init/);
		assert.match(await ok('version'), /\d+\.\d+/);
	});

	test('init again changes nothing', async () => {
		const out = await ok('init');
		assert.ok(!/^(master key|key|admin):/m.test(out), out);
		assert.equal((await chat(gw.key)).status, 200);
	});

	test('the links are the same program', async () => {
		const r = await run(gw.fcgi, ['version'], { env: gw.env,
		    web: true });
		assert.equal(r.code, 0, r.err);
	});
});
