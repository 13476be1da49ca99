// Hostile words in every place that holds foreign text, looked at on every
// page in Chromium: nothing runs, nothing is fetched, nothing breaks out, the
// policy is never even tried.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { Gateway } from './lib/gateway.mjs';
import { calm, crawl, fetchPage, launch, signIn, visitor }
    from './lib/browser.mjs';
import { ask } from './lib/http.mjs';
import { serve } from './lib/servers.mjs';

const corpus = JSON.parse(fs.readFileSync(new URL(
    '../vectors/injection.json', import.meta.url))).map(c => ({ ...c,
	text: c.text ?? c.repeat.repeat(Math.ceil(c.bytes / c.repeat.length)) }));
const short = corpus.filter(c => c.text.length < 900);
let gw, web, browser, password, ids = [];

const api = (url, body, headers = {}, key = gw.master) => ask({
    port: web.port, url, key, body, headers });
// What a header can carry.
const header = t => t.replace(/[^\x20-\x7e]/g, '.');

async function fill()
{
	let n = 0;
	for (const c of short) {
		n++;
		await api('/team/new', { team_id: 't' + n + c.text.slice(0, 60),
		    team_alias: c.text.slice(0, 200) });
		await api('/user/new', { user_id: 'u' + n + c.text.slice(0, 60),
		    user_alias: c.text.slice(0, 200), auto_create_key: false });
		await api('/customer/new', { user_id: 'c' + n +
		    c.text.slice(0, 60), alias: c.text.slice(0, 200) });
		await api('/budget/new', { budget_id: 'b' + n +
		    c.text.slice(0, 60), max_budget: 1 });
		await api('/tag/new', { name: 'g' + n + c.text.slice(0, 60),
		    description: c.text });
		await api('/key/generate', { key_alias: 'k' + n +
		    c.text.slice(0, 60), metadata: { note: c.text } });
		await api('/model/new', { model_name: 'm' + n +
		    c.text.slice(0, 60), litellm_params: { model: 'openai/x',
		    api_base: 'http://127.0.0.1:9', api_key: 'x' },
		    model_info: { description: c.text } });
	}
	for (const c of corpus) {
		const r = await api('/v1/chat/completions', { model: 'echo',
		    user: c.text.slice(0, 200), messages: [
			{ role: 'system', content: c.text },
			{ role: 'user', name: 'x', content: [
			    { type: 'text', text: c.text },
			    { type: 'image_url', image_url: { url:
				c.text.slice(0, 2000) } }] },
			{ role: 'assistant', reasoning_content: c.text,
			    content: null, tool_calls: [{ id: 'call_1',
			    type: 'function', function: { name:
			    c.text.slice(0, 64), arguments: JSON.stringify({
			    a: c.text }) } }] },
			{ role: 'tool', tool_call_id: 'call_1',
			    content: c.text },
			{ role: c.text.slice(0, 40), content: c.text }],
		    tools: [{ type: 'function', function: { name: c.text.slice(
			0, 64), description: c.text, parameters: { type:
			'object', description: c.text } } }],
		    metadata: { tags: [c.text.slice(0, 60)] } },
		    { 'user-agent': header(c.text.slice(0, 300)),
		      'x-litellm-session-id': header(c.text.slice(0, 100)),
		      'x-foreign': header(c.text.slice(0, 300)) });
		assert.equal(r.status, 200, c.name + r.text.slice(0, 300));
		ids.push(r.headers['x-litellm-call-id']);
		await api('/v1/chat/completions', { model: 'nothing' +
		    c.text.slice(0, 100), messages: [] });
	}
}

before(async () => {
	gw = await Gateway.make({ name: 'injection', conf: { server: {
	    workers: 1 } } });
	password = gw.admin.split(' ')[1];
	web = await serve({ kind: 'lighttpd-external', gw });
	await fill();
	await gw.cli('cron');
	browser = await launch();
}, { timeout: 300000 });

after(async () => {
	await browser?.close();
	await web?.stop();
	await gw?.close();
});

// What no page of ours has, whoever speaks.
const foreign = () => [...document.querySelectorAll(
    'iframe,object,embed,base,meta[http-equiv],script:not([src]),style,' +
    'math,foreignObject,[style],link[href*="evil"],form[action*="evil"],' +
    'a[href^="javascript:" i],a[href^="data:" i],a[href^="vbscript:" i],' +
    'img[src*="evil"],img[src^="http"]')].map(e => e.outerHTML.slice(0, 200))
    .concat([...document.querySelectorAll('*')].flatMap(e =>
	[...e.attributes].filter(a => /^on/i.test(a.name)).map(a =>
	    e.tagName + ' ' + a.name)),
    window.hacked ? ['it ran'] : []);

async function look(ctx, page, path)
{
	const r = await page.goto(web.base + path);
	assert.deepEqual(await page.evaluate(foreign), [], path);
	for (const d of await page.$$('main details:not([open]) > summary'))
		await d.click({ timeout: 500 }).catch(() => {});
	assert.deepEqual(await page.evaluate(foreign), [], path);
	assert.deepEqual(ctx.troubles, [], path);
	return r.status();
}

describe('hostile words', () => {
	test('on every page', async () => {
		const ctx = await visitor(browser);
		const page = await signIn(ctx, web.base, 'admin', password);
		const pages = await crawl(ctx, web.base, ['/admin', '/me']);
		assert.ok(pages.length > 20, String(pages.length));
		for (const p of pages)
			await look(ctx, page, p.path);
		await ctx.close();
	}, { timeout: 300000 });

	test('in each call, rendered and raw', async () => {
		const ctx = await visitor(browser);
		const page = await signIn(ctx, web.base, 'admin', password);
		for (const id of ids) {
			assert.ok(id);
			for (const q of ['', '?view=text', '?view=tools',
			    '?view=json', '?view=headers'])
				assert.equal(await look(ctx, page,
				    '/admin/calls/' + id + q), 200, id + q);
		}
		await ctx.close();
	}, { timeout: 600000 });

	test('asked for: in searches, filters and forms', async () => {
		const ctx = await visitor(browser);
		const page = await signIn(ctx, web.base, 'admin', password);
		for (const c of short) {
			const t = encodeURIComponent(c.text.replace(/\0/g, ''));
			for (const path of ['/admin/search?text=' + t,
			    '/admin/calls?text=' + t, '/admin/calls?model=' + t,
			    '/admin/calls?session=' + t + '&from=' + t,
			    '/admin/keys?text=' + t, '/admin/keys?sort=' + t,
			    '/admin/threads?program=' + t, '/admin/' + t])
				await look(ctx, page, path);
		}
		await ctx.close();
	}, { timeout: 600000 });

	test('do not make a page large, nor slow', async () => {
		const ctx = await visitor(browser);
		await signIn(ctx, web.base, 'admin', password);
		const t = Date.now();
		const r = await fetchPage(ctx, web.base, '/admin/calls/' +
		    ids.at(-1));
		assert.equal(r.status, 200);
		assert.ok(r.text.length < 100 * 1024, String(r.text.length));
		assert.ok(Date.now() - t < 3000);
		calm(ctx);
		await ctx.close();
	});
});
