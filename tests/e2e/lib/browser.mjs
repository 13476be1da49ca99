// Debian's Chromium, and what every page must keep to: nothing is loaded from
// elsewhere, the Content-Security-Policy is never broken, no script fails,
// axe-core finds nothing, the HTML is valid.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';
import { HtmlValidate } from 'html-validate';
import { ask } from './http.mjs';
import { run } from './proc.mjs';

const require = createRequire(import.meta.url);
const AXE = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser']
    .find(f => fs.existsSync(f));

export const DESKTOP = { width: 1280, height: 900 };
export const PHONE = { width: 390, height: 844 };

export function launch()
{
	if (!CHROMIUM)
		throw new Error('no chromium: apt-get install chromium');
	return chromium.launch({ executablePath: CHROMIUM,
	    args: ['--no-sandbox', '--disable-gpu'] });
}

// A visitor of their own, with cookies of their own. opt: { js (true), dark,
// size, lang, zone, state } -> the context, with .troubles: what must not be.
export async function visitor(browser, opt = {})
{
	const ctx = await browser.newContext({
	    javaScriptEnabled: opt.js !== false,
	    colorScheme: opt.dark ? 'dark' : 'light',
	    viewport: opt.size ?? DESKTOP, locale: opt.lang ?? 'en-GB',
	    timezoneId: opt.zone ?? 'Europe/Lisbon', storageState: opt.state,
	    reducedMotion: 'reduce' });
	ctx.setDefaultTimeout(15000);
	ctx.troubles = [];
	const say = t => ctx.troubles.push(t);
	await ctx.addInitScript(() => {
		document.addEventListener('securitypolicyviolation', e =>
			console.error('CSP ' + e.violatedDirective + ' ' +
			    e.blockedURI + ' ' + e.sample));
	});
	ctx.on('page', page => {
		page.on('pageerror', e => say('script: ' + e.message));
		page.on('console', m => {
			// A refused form is a page with a status of its own.
			if (m.type() === 'error' &&
			    !/Failed to load resource/.test(m.text()))
				say(page.url() + ': ' + m.text());
		});
		page.on('dialog', d => {
			say(page.url() + ': dialog ' + d.message());
			d.dismiss();
		});
	});
	ctx.on('request', r => {
		const u = new URL(r.url());
		if (u.protocol.startsWith('http') &&
		    u.hostname !== '127.0.0.1')
			say('a request to ' + u.host);
	});
	return ctx;
}

export function calm(ctx)
{
	assert.deepEqual(ctx.troubles, []);
}

// By the form, as anybody does.
export async function signIn(ctx, base, name, password)
{
	const page = await ctx.newPage();
	await page.goto(base + '/admin/sign-in');
	await page.fill('input[name=name]', name);
	await page.fill('input[name=password]', password);
	await page.click('main button.primary, button[type=submit].primary');
	await page.waitForURL(u => !u.pathname.includes('sign-in'));
	return page;
}

export async function axe(page)
{
	await page.evaluate(AXE);
	const r = await page.evaluate(() => window.axe.run(document, {
	    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa',
		'best-practice'] }));
	return r.violations.map(v => v.id + ': ' + v.nodes.slice(0, 3).map(n =>
	    n.html.slice(0, 160) + ' ' + (n.any[0]?.message ?? '')).join(
	    ' | '));
}

const validator = new HtmlValidate({ root: true,
    extends: ['html-validate:recommended', 'html-validate:document'],
    rules: {
	// Taste, not validity; long-form ARIA is checked by axe.
	'long-title': 'off', 'no-trailing-whitespace': 'off',
	'no-inline-style': 'error', 'require-sri': 'off',
	'void-style': ['error', { style: 'omit' }],
	'prefer-native-element': 'off', 'doctype-style': 'off',
	'heading-level': 'off', 'no-implicit-button-type': 'off',
	'no-implicit-input-type': 'off', 'form-dup-name': 'off',
	'wcag/h37': 'error' } });

export async function invalid(html)
{
	const r = await validator.validateString(html);
	return r.results.flatMap(f => f.messages.map(m => m.line + ':' +
	    m.column + ' ' + m.ruleId + ': ' + m.message + '  ' +
	    html.split('\n')[m.line - 1].trim().slice(0, 100)));
}

// As somebody reads it in a text browser.
export async function text(html)
{
	const r = await run('w3m', ['-dump', '-T', 'text/html', '-cols',
	    '100', '-I', 'UTF-8', '-O', 'UTF-8'], { input: html });
	assert.equal(r.code, 0, r.err);
	return r.out;
}

// A page's bytes with the cookies of a context.
export async function fetchPage(ctx, base, path)
{
	const cookies = await ctx.cookies(base + path);
	return ask({ port: Number(new URL(base).port),
	    url: new URL(base).pathname.replace(/\/$/, '') + path,
	    method: 'GET', headers: { accept: 'text/html', cookie:
	    cookies.map(c => c.name + '=' + c.value).join('; ') } });
}

// The same page for another row is the same page: numbers, ids and queries
// do not count.
const shape = path => path.replace(/[?#].*/, '')
    .replace(/\/[0-9a-f]{8}-[0-9a-f-]{27}/g, '/ID').replace(/\/\d+/g, '/N')
    .replace(/\/calls\/[^/]+$/, '/calls/ID')
    .replace(/\/(providers|budgets)\/(?!new)[^/]+/, '/$1/NAME');

// Follows links from these paths on: one of each shape, at most so many.
export async function crawl(ctx, base, from, most = 120)
{
	const seen = new Map(), todo = [...from];
	const root = new URL(base + '/');
	while (todo.length > 0 && seen.size < most) {
		const path = todo.shift(), key = shape(path);
		if (seen.has(key))
			continue;
		const r = await fetchPage(ctx, base, path);
		if (!/text\/html/.test(r.headers['content-type'] ?? ''))
			continue;
		seen.set(key, { path, status: r.status, html: r.text });
		for (const [, href] of r.text.matchAll(
		    /<a\b[^>]*?\bhref="([^"]*)"/g)) {
			const u = new URL(href.replaceAll('&amp;', '&'),
			    base + path);
			if (u.host === root.host &&
			    u.pathname.startsWith(root.pathname))
				todo.push('/' + u.pathname.slice(
				    root.pathname.length) + u.search);
		}
	}
	return [...seen.values()];
}
