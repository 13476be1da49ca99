// What people do on the pages, by the forms, through real web servers: with a
// script behind lighttpd, without one under a sub-path of Apache.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { Gateway } from './lib/gateway.mjs';
import { calm, launch, PHONE, signIn, visitor } from './lib/browser.mjs';
import { ask } from './lib/http.mjs';
import { waitFor } from './lib/proc.mjs';
import { serve } from './lib/servers.mjs';

let gw, browser, password;
const doors = {};

before(async () => {
	gw = await Gateway.make({ name: 'forms', conf: { 'model:m': {
	    provider: 'echo', price_input: '1000', price_output: '1000' } } });
	password = gw.admin.split(' ')[1];
	doors.lighttpd = await serve({ kind: 'lighttpd-external', gw });
	doors.apache = await serve({ kind: 'apache-proxy-fcgi', gw,
	    prefix: '/tools/llm' });
	browser = await launch();
});

after(async () => {
	await browser?.close();
	for (const d of Object.values(doors))
		await d.stop();
	await gw?.close();
});

const call = (key, more = {}) => ask({ port: doors.lighttpd.port, key,
    url: '/v1/chat/completions', body: { model: 'm', messages: [{ role:
    'user', content: 'hello there' }], ...more } });

async function enter(door, opt, name = 'admin', word = password)
{
	const ctx = await visitor(browser, opt);
	const page = await signIn(ctx, doors[door].base, name, word);
	const at = path => page.goto(doors[door].base + path);
	// With a script some buttons ask once more.
	const press = async label => {
		await page.getByRole('button', { name: label, exact: true })
		    .first().click();
		const sure = page.locator('dialog[open] button.danger, ' +
		    'dialog[open] button.primary');
		if (opt.js !== false && await sure.count() > 0)
			await sure.first().click();
		await page.waitForLoadState();
	};
	return { ctx, page, at, press, leave: async () => {
		calm(ctx);
		await ctx.close();
	} };
}

const text = async page => (await page.innerText('main'))
    .replace(/\s+/g, ' ');

for (const [door, opt] of [['lighttpd', {}], ['apache', { js: false, size:
    PHONE }]]) {
	const mark = door[0];

	describe(opt.js === false ? 'without JavaScript, under a sub-path' :
	    'with JavaScript', () => {
		test('a key: made, shown once, used, changed, ended',
		    async () => {
			const v = await enter(door, opt);
			await v.at('/admin/keys');
			await v.page.getByRole('link', { name: 'New key' })
			    .first().click();
			await v.page.getByLabel('Name').first().fill(
			    'key-' + mark);
			await v.press('Create key');
			const key = (await v.page.innerText('#secret')).trim();
			assert.match(key, /^sk-.{22}/);
			assert.ok((await text(v.page)).includes(
			    doors[door].base + '/v1'), 'snippets');
			assert.equal((await call(key)).status, 200);

			// It is shown this once.
			await v.at('/admin/keys?text=key-' + mark);
			assert.ok(!(await v.page.content()).includes(key));
			await v.page.getByRole('link', { name: 'key-' + mark })
			    .click();
			const own = v.page.url();
			await v.press('Block');
			assert.notEqual((await call(key)).status, 200);
			await v.page.goto(own);
			await v.press('Unblock');
			assert.equal((await call(key)).status, 200);

			await v.page.goto(own + '/edit');
			await v.page.getByLabel('Budget in USD').fill('none');
			await v.press('Save');
			assert.equal(await v.page.inputValue(
			    'input[name=max_budget]'), 'none');
			assert.ok(await v.page.locator('.note.bad, .fault')
			    .count() > 0, 'what is wrong is said');
			await v.page.getByLabel('Budget in USD').fill(
			    '0.000001');
			await v.press('Save');
			const over = await call(key);
			assert.ok([400, 402, 422, 429].includes(over.status),
			    over.status + over.text);

			await v.page.goto(own + '/rotate');
			await v.press('Make a new secret');
			const fresh = (await v.page.innerText('#secret')).trim();
			assert.notEqual(fresh, key);
			assert.equal((await call(key)).status, 401);
			await v.page.goto(own + '/delete');
			await v.press('Delete key');
			assert.equal((await call(fresh)).status, 401);
			await v.leave();
		});

		test('a team, a customer, a tag, a budget', async () => {
			const v = await enter(door, opt);
			for (const path of ['teams', 'customers', 'tags',
			    'budgets']) {
				const wanted = path + '-' + mark;
				await v.at(`/admin/${path}/new`);
				await v.page.locator('main form input' +
				    '[type=text]:visible').first().fill(wanted);
				await v.page.getByLabel('Budget in USD')
				    .fill('12.5');
				await v.page.locator('main form button.primary')
				    .click();
				await v.page.waitForLoadState();
				await v.at('/admin/' + path);
				assert.ok((await text(v.page)).includes(wanted),
				    path);
			}
			await v.leave();
		});

		test('people by roles: who sees what', async () => {
			const v = await enter(door, opt);
			await call(gw.key);
			await v.leave();
			for (const [role, sees] of [['proxy_admin_viewer', 1],
			    ['internal_user', 0]]) {
				const name = role + mark;
				const made = await ask({ port: doors.lighttpd
				    .port, url: '/user/new', key: gw.master,
				    body: { user_id: name, user_role: role,
				    auto_create_key: false } });
				assert.equal(made.status, 200, made.text);
				const { password: word } = await gw.json(
				    'user', 'password', name);
				const m = await enter(door, opt, name, word);
				const people = await m.at('/admin/people');
				assert.equal(people.status(), sees ? 200 : 403);
				await m.at('/admin/calls');
				assert.equal(await m.page.locator('main tbody' +
				    ' a[href*="calls/"]').count() > 0, !!sees,
				    'calls of others: ' + role);
				await m.at('/admin/keys');
				assert.equal(await m.page.locator('main a' +
				    '[href$="keys/new"]').count() > 0, !sees);
				const form = await m.page.request.post(
				    doors[door].base + '/admin/keys/2/block',
				    { form: { csrf: 'x' } });
				assert.equal(form.status(), 403);
				await m.leave();
			}
		});

		test('a call is found, read, scored, and found by its score',
		    async () => {
			const word = 'quokka' + mark;
			await call(gw.key, { session_id: 's-' + mark, messages: [
			    { role: 'system', content: 'Be **brief**.' },
			    { role: 'user', content: 'A ' + word + '?' }] });
			const v = await enter(door, opt);
			// The janitor reads it within seconds.
			await waitFor('a hit', async () => {
				await v.at('/admin/search');
				await v.page.locator('main input[name=text]')
				    .first().fill(word);
				await v.page.locator('main form button')
				    .first().click();
				await v.page.waitForLoadState();
				return await v.page.locator('mark').count() > 0;
			}, 20000, 500);
			await v.page.locator('main a[href*="calls/"]').first()
			    .click();
			assert.ok((await text(v.page)).includes(word));
			const own = v.page.url();
			await v.press('▲ Good');
			await v.at('/admin/calls?score=thumb');
			const links = await v.page.$$eval(
			    'main a[href*="calls/"]', l => l.map(a => a.href));
			assert.ok(links.some(l => l.split('#')[0] ===
			    own.split(/[?#]/)[0]), own);
			for (const kind of ['csv', 'jsonl']) {
				const at = new URL(doors[door].base +
				    '/admin/calls.' + kind + '?score=thumb');
				const r = await v.page.request.get(at.href);
				assert.equal(r.status(), 200);
				assert.ok((await r.text()).length > 100);
			}
			await v.leave();
		});

		test('a key signs in to its own page', async () => {
			const ctx = await visitor(browser, opt);
			const page = await ctx.newPage();
			await page.goto(doors[door].base + '/admin/sign-in');
			await page.locator('summary:has-text("key")').click();
			await page.fill('input[name=key]', gw.key);
			await page.locator('form:has(input[name=key]) button')
			    .click();
			await page.waitForURL(/\/me$/);
			assert.ok(!page.url().includes('sk-'));
			const r = await page.goto(doors[door].base +
			    '/admin/keys');
			assert.equal(r.status(), 403);
			calm(ctx);
			await ctx.close();
		});

		test('what is changed stands in the audit', async () => {
			const v = await enter(door, opt);
			await v.at('/admin/settings');
			await v.page.getByLabel('Days').fill('21');
			await v.press('Save');
			const more = v.page.getByRole('button', { name:
			    /^(Save|Delete|Do it|Yes)/ });
			if (/\bdelete/i.test(await text(v.page)) &&
			    await v.page.locator('button.danger').count() > 0)
				await more.first().click();
			await v.at('/admin/settings');
			assert.equal(await v.page.getByLabel('Days')
			    .inputValue(), '21');
			await v.at('/admin/audit');
			assert.match(await text(v.page), /key-/);
			await v.leave();
		});

		test('who signs out is out', async () => {
			const v = await enter(door, opt);
			await v.at('/admin');
			await v.page.request.post(doors[door].base +
			    '/admin/sign-out', { form: { csrf: 'wrong' } });
			assert.equal((await v.at('/admin/keys')).status(), 200);
			const csrf = await v.page.locator('form[action*=' +
			    '"sign-out"] input[name=csrf]').first()
			    .inputValue();
			await v.page.request.post(doors[door].base +
			    '/admin/sign-out', { form: { csrf } });
			await v.at('/admin/keys');
			assert.match(v.page.url(), /sign-in/);
			await v.ctx.close();
		});
	});
}
