// See tests/e2e/shots.
import fs from 'node:fs';
import path from 'node:path';
import { Gateway } from './lib/gateway.mjs';
import { crawl, DESKTOP, launch, PHONE, signIn, visitor }
    from './lib/browser.mjs';
import { serve } from './lib/servers.mjs';

const readme = process.argv.includes('--readme');
const dir = readme ? path.resolve('../../docs/images') :
    path.join(process.env.builddir, 'shots');
fs.mkdirSync(dir, { recursive: true });

// name -> which of the pages that were found, and how it is looked at
const README = {
	overview: { at: /^\/admin\/?$/ },
	call: { find: call },
	keys: { at: /^\/admin\/keys$/ },
	calls: { at: /^\/admin\/calls$/, dark: true },
	compare: { find: compare },
};

const gw = await Gateway.make({ name: 'shots', serve: false });
const made = await gw.cli('demo');
if (made.code !== 0)
	throw new Error(made.err);
await gw.cli('cron');
await gw.start();
const web = await serve({ kind: 'lighttpd-external', gw });
const browser = await launch();
const password = gw.admin.split(' ')[1];

// A call in the midst of a session of an agent that ran tools.
async function call(page)
{
	await page.goto(web.base + '/admin/threads?program=Cline');
	const all = await page.$$eval('main table a[href*="threads/"]',
	    list => list.map(a => a.href));
	for (const thread of all) {
		await page.goto(thread);
		const links = await page.$$eval('main a[href*="calls/"]',
		    list => list.map(a => a.href));
		if (links.length < 5 || await page.locator('main .badge.bad')
		    .count() > 0)
			continue;
		await page.goto(links[4]);
		return;
	}
}

// Two models answer the same question.
async function compare(page)
{
	const calls = web.base + '/admin/calls?model=gpt-5.6-sol&text=limerick';
	await page.goto(calls);
	const href = await page.$eval('main table a[href*="calls/"]',
	    a => a.href);
	await page.goto(href.replace('/calls/', '/replay/'));
	for (const name of ['gpt-5.6-luna', 'gpt-5.6-sol'])
		await page.check(`input[value="${name}"]`);
	await page.click('main form button.primary');
	await page.waitForURL(/\/runs\//);
	await page.waitForTimeout(3000);
	await page.reload();
}

async function shoot(page, name)
{
	await page.screenshot({ path: path.join(dir, name + '.png'),
	    fullPage: !readme });
}

const name = p => p.path.replace(/[?#].*/, '').replace(/^\//, '')
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, 'ID').replace(/\W+/g, '-') || 'root';

async function all()
{
	const ctx = await visitor(browser);
	await signIn(ctx, web.base, 'admin', password);
	const pages = await crawl(ctx, web.base, ['/admin', '/me']);
	await ctx.close();
	for (const [kind, opt] of [['wide', { size: DESKTOP }], ['wide-dark',
	    { size: DESKTOP, dark: true }], ['phone', { size: PHONE }],
	    ['phone-dark', { size: PHONE, dark: true }]]) {
		const seen = await visitor(browser, opt);
		const page = await signIn(seen, web.base, 'admin', password);
		for (const p of pages) {
			await page.goto(web.base + p.path);
			await shoot(page, name(p) + '.' + kind);
		}
		await seen.close();
		const out = await visitor(browser, opt);
		const door = await out.newPage();
		await door.goto(web.base + '/admin/sign-in');
		await shoot(door, 'sign-in.' + kind);
		await out.close();
	}
	console.log(dir + ': ' + pages.length + ' pages, four of each');
}

async function few()
{
	const ctx = await visitor(browser);
	await signIn(ctx, web.base, 'admin', password);
	const pages = await crawl(ctx, web.base, ['/admin']);
	await ctx.close();
	for (const [shot, want] of Object.entries(README)) {
		const one = await visitor(browser, { dark: want.dark,
		    size: { width: 1280, height: 860 } });
		const page = await signIn(one, web.base, 'admin', password);
		if (want.find)
			await want.find(page);
		else
			await page.goto(web.base + pages.find(p => want.at.test(
			    p.path.replace(/[?#].*/, ''))).path);
		await shoot(page, shot);
		await one.close();
	}
	console.log(dir + ': ' + Object.keys(README).join(', '));
}

try {
	await (readme ? few() : all());
} finally {
	await browser.close();
	await web.stop();
	await gw.close();
}
