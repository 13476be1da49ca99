// What a script written for LiteLLM does with models: added, changed, blocked,
// priced, bounded, tried; each holds on every worker with the next call.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { Fake } from '../upstream/fake.mjs';
import { Gateway, upstream } from './lib/gateway.mjs';
import { serve } from './lib/servers.mjs';

const up = new Fake({ count: true });
let gw, web, base;

before(async () => {
	await up.listen();
	gw = await Gateway.make({ name: 'models', conf: {
	    server: { workers: 4 }, 'provider:fake': upstream(up) } });
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
const good = async p => {
	const r = await p;
	assert.equal(r.status, 200, r.text);
	return r.json;
};
const POST = (url, body, key) => http('POST', url, body, key);
const chat = (model, key = gw.key) => POST('/v1/chat/completions', { model,
    max_tokens: 3, x: { words: 3 }, messages: [{ role: 'user',
    content: 'hi' }] }, key);

// Enough of them at once to meet every worker.
async function everywhere(model, status, key)
{
	const all = await Promise.all(Array.from({ length: 24 }, () =>
	    chat(model, key)));
	for (const r of all)
		assert.equal(r.status, status, r.text);
	return all;
}

const fresh = (name, id, params = {}) => POST('/model/new', { model_name:
    name, litellm_params: { model: 'openai/up/' + name, api_base: up.url,
    api_key: 'sk-of-' + name, ...params }, model_info: { id } });

describe('a deployment', () => {
	test('is there with the next call, and gone with the next', async () => {
		await good(fresh('now', 'now-1'));
		await everywhere('now', 200);
		await good(POST('/model/delete', { id: 'now-1' }));
		await everywhere('now', 400);
	});

	test('another place, another price, at once', async () => {
		await good(fresh('moved', 'moved-1',
		    { output_cost_per_token: 0.001, input_cost_per_token: 0 }));
		for (const r of await everywhere('moved', 200))
			assert.equal(Number(r.headers.get(
			    'x-litellm-response-cost')), 0.003);
		await good(http('PATCH', '/model/moved-1/update', {
		    litellm_params: { model: 'openai/up/elsewhere',
		    output_cost_per_token: 0.002 } }));
		for (const r of await everywhere('moved', 200))
			assert.equal(Number(r.headers.get(
			    'x-litellm-response-cost')), 0.006);
		assert.equal(up.books.at(-1).json.model, 'up/elsewhere');
	});

	test('blocked and let go again', async () => {
		await good(fresh('shut', 'shut-1'));
		await everywhere('shut', 200);
		await good(POST('/model/block', { model_id: 'shut-1' }));
		await everywhere('shut', 400);
		await good(POST('/model/unblock', { model_id: 'shut-1' }));
		await everywhere('shut', 200);
	});

	test('its own rpm holds over all workers', async () => {
		await good(fresh('slow', 'slow-1', { rpm: 5 }));
		const all = await Promise.all(Array.from({ length: 24 }, () =>
		    chat('slow')));
		assert.equal(all.filter(r => r.status === 200).length, 5);
		assert.equal(all.filter(r => r.status === 429).length, 19);
	});
});

describe('a credential', () => {
	test('a new secret is used by all who name it', async () => {
		await good(POST('/credentials', { credential_name: 'shared',
		    credential_info: {}, credential_values: { api_base: up.url,
		    api_key: 'sk-first-secret' } }));
		await good(POST('/model/new', { model_name: 'by-name',
		    litellm_params: { model: 'openai/up/by-name',
		    litellm_credential_name: 'shared' } }));
		await everywhere('by-name', 200);
		assert.equal(up.books.at(-1).headers.authorization,
		    'Bearer sk-first-secret');
		await good(http('PATCH', '/credentials/shared', {
		    credential_values: { api_key: 'sk-second-secret' } }));
		const from = up.books.length;
		await everywhere('by-name', 200);
		for (const b of up.books.slice(from))
			assert.equal(b.headers.authorization,
			    'Bearer sk-second-secret');
		const all = await http('GET', '/credentials');
		assert.ok(!all.text.includes('second-secret'), all.text);
	});
});

describe('an access group', () => {
	test('its models are its keys\' with the next call', async () => {
		await good(fresh('one', 'one-1'));
		await good(fresh('other', 'other-1'));
		await good(POST('/access_group/new', { access_group: 'circle',
		    model_names: ['one'] }));
		const { key } = await good(POST('/key/generate', { models:
		    ['circle'] }));
		await everywhere('one', 200, key);
		await everywhere('other', 403, key);
		await good(http('PUT', '/access_group/circle/update',
		    { model_names: ['other'] }));
		await everywhere('one', 403, key);
		await everywhere('other', 200, key);
		const list = await good(http('GET', '/v1/models', undefined,
		    key));
		assert.deepEqual(list.data.map(m => m.id), ['other']);
	});
});

describe('health', () => {
	test('each deployment is called, and remembered', async () => {
		await good(fresh('well', 'well-1'));
		const r = await good(http('GET', '/health?model=well'));
		assert.equal(r.healthy_count, 1, JSON.stringify(r));
		assert.equal(r.unhealthy_count, 0);
		const l = await good(http('GET', '/health/latest', undefined,
		    gw.key));
		assert.equal(l.latest_health_checks['well-1'].status,
		    'healthy');
		const calls = await good(http('GET',
		    '/spend/logs/v2?start_date=2020-01-01&end_date=2099-01-01' +
		    '&model_group=well'));
		assert.equal(calls.total, 1, JSON.stringify(calls));
	});

	test('a connection is tried, and nothing of it stays', async () => {
		const r = await good(POST('/health/test_connection', { mode:
		    'chat', litellm_params: { model: 'openai/up/tried',
		    api_base: up.url, api_key: 'sk-tried' } }));
		assert.equal(r.status, 'success', JSON.stringify(r));
		const no = await good(POST('/health/test_connection', {
		    litellm_params: { model: 'openai/x', api_base:
		    'http://127.0.0.1:1/v1' } }));
		assert.equal(no.status, 'error');
		const left = await good(http('GET',
		    '/v2/model/info?search=test-connection'));
		assert.equal(left.total_count, 0);
	});
});
