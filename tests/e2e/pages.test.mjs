// Every page, found by following links from the overview, through real web
// servers: with and without JavaScript, wide and narrow, light and dark, in a
// text browser, in three languages.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { Gateway } from './lib/gateway.mjs';
import { axe, calm, crawl, DESKTOP, fetchPage, invalid, launch, PHONE, signIn,
    text, visitor } from './lib/browser.mjs';
import { serve } from './lib/servers.mjs';

const BYTES = 100 * 1024;
let gw, web, apache, browser, password, owner, pages;

before(async () => {
	gw = await Gateway.make({ name: 'pages', serve: false });
	password = gw.admin.split(' ')[1];
	const r = await gw.cli('demo');
	assert.equal(r.code, 0, r.err);
	await gw.cli('cron');
	await gw.start();
	web = await serve({ kind: 'lighttpd-external', gw });
	apache = await serve({ kind: 'apache-proxy-fcgi', gw,
	    prefix: '/tools/llm' });
	browser = await launch();
	const ctx = await visitor(browser);
	await signIn(ctx, web.base, 'admin', password);
	calm(ctx);
	owner = await ctx.storageState();
	pages = await crawl(ctx, web.base, ['/admin', '/me']);
	await ctx.close();
});

after(async () => {
	await browser?.close();
	await web?.stop();
	await apache?.stop();
	await gw?.close();
});

// Everything that has a name in the issue must be among them.
const KNOWN = ['/admin', '/admin/calls', '/admin/threads', '/admin/programs',
    '/admin/search', '/admin/playground', '/admin/keys', '/admin/keys/new',
    '/admin/people', '/admin/teams', '/admin/customers', '/admin/budgets',
    '/admin/tags', '/admin/providers', '/admin/models', '/admin/catalog',
    '/admin/scores', '/admin/alerts', '/admin/audit', '/admin/settings',
    '/admin/backup', '/admin/api', '/admin/about', '/admin/account', '/me'];
const plain = path => path.replace(/[?#].*/, '').replace(/(.)\/$/, '$1');

describe('every page', () => {
	test('is found by links from the first', () => {
		const found = new Set(pages.map(p => plain(p.path)));
		for (const path of KNOWN)
			assert.ok(found.has(path), path);
		assert.ok(pages.some(p => /^\/admin\/calls\/[^/]+$/.test(
		    plain(p.path))), 'a call');
		assert.ok(pages.some(p => /^\/admin\/threads\/\d+$/.test(
		    plain(p.path))), 'a thread');
	});

	test('answers, is small, and says nothing of templates', () => {
		for (const p of pages) {
			assert.equal(p.status, 200, p.path);
			assert.ok(p.html.length < BYTES, p.path + ': ' +
			    p.html.length);
			assert.doesNotMatch(p.html.replace(
			    /<(pre|textarea|code)[^]*?<\/\1>/g, ''),
			    /\{\{|\bundefined\b/, p.path);
		}
	});

	test('has relative links only, and nothing from elsewhere', () => {
		for (const p of pages)
			for (const [, a, url] of p.html.matchAll(
			    /\s(href|src|action|poster)="([^"]*)"/g))
				assert.ok(!/^(\/|javascript:|\/\/)/i.test(url) &&
				    (a === 'href' || !/^https?:/.test(url)),
				    p.path + ' ' + a + '=' + url);
	});

	test('is valid HTML', async () => {
		const wrong = [];
		for (const p of pages)
			for (const m of await invalid(p.html))
				wrong.push(p.path + ' ' + m);
		assert.deepEqual(wrong, []);
	});

	test('can be read in a text browser', async () => {
		for (const p of pages) {
			const h1 = /<h1[^>]*>([^]*?)<\/h1>/.exec(p.html);
			assert.ok(h1, p.path + ' has no heading');
			const words = h1[1].replace(/<[^>]*>/g, '').trim()
			    .replace(/&[#\w]+;/g, '').split(/\s+/)[0];
			assert.ok((await text(p.html)).includes(words),
			    p.path);
		}
	});
});

// -> what is wrong on all pages for a visitor of this kind
async function look(base, opt, check)
{
	const ctx = await visitor(browser, opt);
	const wrong = [];
	const page = await signIn(ctx, base, 'admin', password);
	for (const p of pages) {
		await page.goto(base + p.path);
		for (const w of await check(page, p))
			wrong.push(p.path + ' ' + w);
	}
	wrong.push(...ctx.troubles);
	await ctx.close();
	return wrong;
}

async function wide(page)
{
	return await page.evaluate(() =>
	    document.documentElement.scrollWidth >
	    document.documentElement.clientWidth + 1) ? ['is too wide'] : [];
}

describe('no finding of axe-core, no breach of the policy', () => {
	for (const dark of [false, true])
		for (const size of [DESKTOP, PHONE])
			test((dark ? 'dark' : 'light') + ', ' + size.width,
			    async () => {
				assert.deepEqual(await look(web.base,
				    { dark, size }, async page => [
					...await axe(page),
					...await wide(page)]), []);
			});
});

test('under a sub-path of Apache, without JavaScript', async () => {
	assert.deepEqual(await look(apache.base, { js: false, size: PHONE },
	    async (page, p) => {
		const r = await fetchPage(page.context(), apache.base, p.path);
		return [...r.status === 200 ? [] : ['is ' + r.status],
		    ...await wide(page)];
	}), []);
});

test('in Chinese: no English is left', async () => {
	for (const [lang, mark] of [['zh-TW', /lang="zh-(TW|Hant)/],
	    ['zh-CN', /lang="zh-(CN|Hans)/]]) {
		const ctx = await visitor(browser, { lang, state: owner });
		const page = await ctx.newPage();
		await page.goto(web.base + '/admin');
		const html = await page.content();
		assert.match(html, mark);
		assert.match(await page.innerText('nav'), /[\u4e00-\u9fff]{2}/);
		assert.doesNotMatch(await page.innerText('nav'),
		    /\b(Keys|Calls|Teams|Settings|Overview)\b/);
		calm(ctx);
		await ctx.close();
	}
});

describe('who is not signed in', () => {
	test('is asked to, and comes back to where they were', async () => {
		const own = 'correct horse battery';
		const ctx = await visitor(browser, { js: false });
		const page = await ctx.newPage();
		// Once with the printed password, which is to be replaced.
		for (const word of [password, own]) {
			await ctx.clearCookies();
			await page.goto(web.base + '/admin/keys');
			assert.match(page.url(), /sign-in/);
			await page.fill('input[name=name]', 'admin');
			await page.fill('input[name=password]', word);
			await page.click('button.primary');
			if (word === own)
				break;
			assert.match(page.url(), /set-up$/);
			await page.fill('input[name=password]', own);
			await page.fill('input[name=again]', own);
			await page.click('button.primary');
		}
		assert.match(page.url(), /\/admin\/keys$/);
		calm(ctx);
		await ctx.close();
	});

	test('sees no page', async () => {
		const ctx = await visitor(browser);
		for (const p of pages) {
			const r = await fetchPage(ctx, web.base, p.path);
			assert.ok([303, 401, 403].includes(r.status) ||
			    /sign-in|set-up/.test(p.path),
			    p.path + ' ' + r.status);
		}
		await ctx.close();
	});
});
