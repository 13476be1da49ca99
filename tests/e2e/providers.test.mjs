// Providers, models, the catalogue and alerts by their pages: in a browser,
// with and without JavaScript, against an upstream that lists its models.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import http from 'node:http';
import { Fake } from '../upstream/fake.mjs';
import { axe, calm, fetchPage, invalid, launch, PHONE, signIn, visitor }
    from './lib/browser.mjs';
import { Gateway, upstream } from './lib/gateway.mjs';
import { ask } from './lib/http.mjs';
import { port, waitFor } from './lib/proc.mjs';
import { serve } from './lib/servers.mjs';

const SECRET = 'sk-of-the-provider-9876543210';
const HOOK = 'T000/B000/verysecretpath';
const LIST = { data: Array.from({ length: 60 }, (_, i) => ({
	id: 'lab/model-' + i, name: 'Lab <b>' + i + '</b>',
	context_length: 128000,
	pricing: i % 2 ? { prompt: '0.000003', completion: '0.000015' } :
	    undefined,
	supported_parameters: ['tools'] })).concat([{ id: 'whisper-x' }]) };

const up = new Fake();
let gw, web, browser, ctx, page, hook;
const told = [];

async function listen()
{
	const server = http.createServer(async (req, res) => {
		let text = '';
		for await (const b of req)
			text += b;
		told.push({ url: req.url, text });
		res.end('ok');
	});
	server.port = await port();
	await new Promise(ok => server.listen(server.port, '127.0.0.1', ok));
	return server;
}

async function clean(path, ctx_ = ctx)
{
	const r = await fetchPage(ctx_, web.base, path);
	const html = r.text ?? r.body.toString();
	assert.equal(r.status, 200, path);
	assert.deepEqual(await invalid(html), [], path);
	assert.ok(html.length < 100 * 1024, path);
	for (const secret of [SECRET, HOOK, 'sk-upstream-secret'])
		assert.ok(!html.includes(secret), path + ' shows ' + secret);
	return html;
}

async function call(model)
{
	return ask({ port: web.port, url: '/v1/chat/completions', key: gw.key,
	    body: { model, messages: [{ role: 'user', content: 'hi' }] } });
}

describe('providers and models by pages', { concurrency: false }, () => {
	before(async () => {
		await up.listen();
		up.script('/models', { json: LIST });
		hook = await listen();
		gw = await Gateway.make({ name: 'prov', conf: {
			'provider:fixed': upstream(up),
			'model:inside': { provider: 'fixed',
			    price_input: 1, price_output: 2 },
			'alert:ops': { url: `http://127.0.0.1:${hook.port}/` +
			    HOOK, format: 'slack' },
			'alert:other': { url: `http://127.0.0.1:${hook.port}/` +
			    HOOK + '/other' } } });
		web = await serve({ kind: 'lighttpd-external', gw });
		browser = await launch();
		ctx = await visitor(browser);
		page = await signIn(ctx, web.base, ...gw.admin.split(' '));
	});
	after(async () => {
		await browser?.close();
		await web?.stop();
		await gw?.close();
		hook?.close();
		await up.close?.();
	});

	test('a provider is added and its models chosen from its list',
	    async () => {
		await page.goto(web.base + '/admin/providers');
		await page.click('a[href*="providers/new"]');
		await page.click('a[href*="type=custom_openai"]');
		await page.fill('input[name=name]', 'lab');
		await page.fill('input[name=base_url]', up.url + '/v1');
		await page.fill('input[name=api_key]', SECRET);
		await page.click('main form button.primary');
		await page.waitForURL(/providers\/lab\/models/);
		assert.equal(await page.textContent('main small'), 'Lab <b>0</b>');
		assert.ok(!await page.isVisible('text=whisper-x'));
		await page.check('input[value="lab/model-0"]');
		await page.check('input[value="lab/model-1"]');
		await page.click('main form button.primary');
		await page.waitForURL(/providers\/lab\?done=added/);
		assert.equal((await call('lab/model-1')).status, 200);
		const asked = up.books.at(-1);
		assert.equal(asked.headers.authorization, 'Bearer ' + SECRET);
		assert.equal(asked.json.model, 'lab/model-1');
		const row = (await gw.calls()).find(c => c.model ===
		    'lab/model-1');
		assert.ok(Number(row.cost_usd ?? row.cost) > 0);
	});

	test('a test shows the time to the first token, or the words of failure',
	    async () => {
		await page.goto(web.base + '/admin/providers/lab');
		await page.fill('input[name=model]', 'lab/model-1');
		await page.click('button[name=stream]');
		assert.match(await page.textContent('main'),
		    /Time to first token/);
		up.script('*', { status: 429, json: { error: { message:
		    'Slow <i>down</i>, key ' + SECRET } } });
		await page.goto(web.base + '/admin/providers/lab');
		await page.fill('input[name=model]', 'lab/model-0');
		await page.click('main form button:not([name])');
		const text = await page.textContent('main');
		up.script('*', {});
		assert.match(text, /429.*Slow <i>down<\/i>/s);
		assert.ok(!text.includes(SECRET));
		assert.match(text, /Failing/);
	});

	test('a price follows another, and a model gets a second name',
	    async () => {
		await page.goto(web.base + '/admin/models?q=model-0');
		await page.click('main table a');
		const id = new URL(page.url()).searchParams.get('id');
		await page.click('main a[href*="models/prices"]');
		await page.fill('input[name=price_input]', '0.25');
		await page.fill('input[name=price_output]', '1');
		await page.fill('input[name=source]', 'their list');
		await page.click('main form button.primary');
		await page.waitForURL(/deployment\?id=/);
		assert.match(await page.textContent('main'),
		    /\$0\.25 per M.*their list/s);
		await page.click('main a[href*="like="]');
		await page.fill('input[name=model_name]', 'quick');
		await page.click('main form button.primary');
		await page.waitForURL(/done=created/);
		assert.match(await page.textContent('main'),
		    /\$0\.25 per M.*Also offered as.*lab\/model-0/s);
		assert.equal((await call('quick')).status, 200);
		assert.equal(up.books.at(-1).json.model, 'lab/model-0');
		for (const p of ['deployment', 'edit', 'prices'])
			await clean(`/admin/models/${p}?id=` + id);
	});

	test('one target is tested, the other hears nothing', async () => {
		await page.goto(web.base + '/admin/alerts');
		assert.match(await page.textContent('main'), /\*{8}/);
		await page.click('main tr:has-text("ops") button');
		await page.waitForURL(/done=sent/);
		await waitFor('the test event', () => told.length > 0, 30000);
		await waitFor('the result', async () => {
			await page.goto(web.base + '/admin/alerts');
			return /Delivered/.test(await page.textContent('main'));
		}, 30000);
		assert.deepEqual(told.map(t => t.url), ['/' + HOOK]);
		assert.match(told[0].text, /this is a test/);
	});

	test('without script: the same forms', async () => {
		const bare = await visitor(browser, { js: false,
		    size: PHONE, state: await ctx.storageState() });
		const p = await bare.newPage();
		await p.goto(web.base + '/admin/models/new');
		await p.fill('input[name=model_name]', 'bare');
		await p.selectOption('select[name=provider]', 'lab');
		await p.fill('input[name=upstream_model]', 'lab/model-5');
		await p.click('main form button.primary');
		await p.waitForURL(/done=created/);
		assert.equal((await call('bare')).status, 200);
		await p.click('form[action*="models/remove"] button');
		await p.waitForURL(/done=removed/);
		assert.equal((await call('bare')).status, 400);
		calm(bare);
		await bare.close();
	});

	test('a key holder sees the catalogue, and no more', async () => {
		const holder = await visitor(browser);
		const p = await holder.newPage();
		await p.goto(web.base + '/admin/sign-in');
		const fold = 'details:has(input[name=key]) > summary';
		await p.click(fold);
		await p.fill('input[name=key]', gw.key);
		await p.click('form:has(input[name=key]) button');
		await p.waitForURL(u => !u.pathname.includes('sign-in'));
		await p.goto(web.base + '/admin/catalog?q=quick');
		assert.match(await p.textContent('main'), /quick.*\$0\.25/s);
		assert.deepEqual(await axe(p), []);
		await clean('/admin/catalog', holder);
		await clean('/admin/api', holder);
		const r = await p.goto(web.base + '/admin/providers');
		assert.equal(r.status(), 403);
		await holder.close();
	});

	test('every page is valid, accessible and shows no secret', async () => {
		for (const path of ['/admin/providers', '/admin/providers/new',
		    '/admin/providers/new?type=openrouter',
		    '/admin/providers/lab', '/admin/providers/lab/edit',
		    '/admin/providers/lab/models',
		    '/admin/providers/lab/remove', '/admin/providers/fixed',
		    '/admin/models', '/admin/models/new',
		    '/admin/models/deployment?id=ini:inside', '/admin/catalog',
		    '/admin/alerts', '/admin/api', '/admin/api/errors',
		    '/admin/api/keys', '/admin/api/models',
		    '/admin/api/pages']) {
			await clean(path);
			await page.goto(web.base + path);
			assert.deepEqual(await axe(page), [], path);
		}
		calm(ctx);
	});

	test('a provider goes with what it serves', async () => {
		await page.goto(web.base + '/admin/providers/lab/remove');
		assert.match(await page.textContent('main'), /quick/);
		await page.click('main form button.danger');
		await page.waitForURL(/done=removed/);
		assert.equal((await call('quick')).status, 400);
		assert.equal((await call('inside')).status, 200);
	});
});
