// Calls that pages make: replays on two models, the playground's stream and
// its stop button, the same without script; and the books agree after it.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { Fake } from '../upstream/fake.mjs';
import { axe, calm, fetchPage, invalid, launch, signIn, visitor }
    from './lib/browser.mjs';
import { Gateway, upstream } from './lib/gateway.mjs';
import { ask } from './lib/http.mjs';
import { sql, verify } from './lib/money.mjs';
import { waitFor } from './lib/proc.mjs';
import { serve } from './lib/servers.mjs';

const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlE' +
    'QVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
const PRICE = { price_input: '1', price_output: '4' };

const up = new Fake();
let gw, web, browser, ctx, page, original;

before(async () => {
	await up.listen();
	up.script('up/one', { words: ['Hello ', 'from ', 'one.'] });
	up.script('up/two', { words: ['Hello ', 'from ', '**two**.'] });
	up.script('up/slow', { words: 400, gap_ms: 25 });
	up.script('up/tool', { raw: [...['{"role":"assistant","tool_calls":[' +
	    '{"index":0,"id":"call_1","type":"function","function":{"name":' +
	    '"weather","arguments":"{\\"city\\":"}}]}', '{"tool_calls":[{' +
	    '"index":0,"function":{"arguments":"\\"Porto\\"}"}}]}'].map(d =>
		'data: {"id":"x","object":"chat.completion.chunk","choices":[' +
		`{"index":0,"delta":${d},"finish_reason":null}]}\n\n`),
	    'data: {"id":"x","object":"chat.completion.chunk","choices":[{' +
	    '"index":0,"delta":{},"finish_reason":"tool_calls"}],"usage":{' +
	    '"prompt_tokens":5,"completion_tokens":5,"total_tokens":10}}\n\n',
	    'data: [DONE]\n\n'], headers: { 'content-type':
	    'text/event-stream' } });
	up.script('up/bad', { status: 429, json: { error: { message:
	    'Slow down, please.', type: 'rate_limit_error' } } });
	gw = await Gateway.make({ name: 'play', conf: {
	    house: { retries: 0 },
	    'provider:fake': upstream(up),
	    ...Object.fromEntries(['one', 'two', 'slow', 'tool', 'bad'].map(m =>
		['model:' + m, { provider: 'fake', upstream_model: 'up/' + m,
		...PRICE }])) } });
	web = await serve({ kind: 'lighttpd-external', gw });
	browser = await launch();
	ctx = await visitor(browser);
	page = await signIn(ctx, web.base, 'admin', gw.admin.split(' ')[1]);
	const r = await ask({ port: web.port,
	    url: '/v1/chat/completions', key: gw.key, body: { model: 'one',
	    user: 'somebody', messages: [{ role: 'system', content:
	    'Be kind.' }, { role: 'user', content: 'Say <b>hello</b>' }] } });
	assert.equal(r.status, 200, r.text);
	original = r.headers['x-tollgate-call'];
});

after(async () => {
	await browser?.close();
	await web?.stop();
	await gw?.close();
	await up.close();
});

// The page as it stands, by the two checkers.
async function good()
{
	const r = await fetchPage(ctx, web.base,
	    page.url().slice(web.base.length));

	assert.deepEqual(await invalid(r.text), []);
	assert.deepEqual(await axe(page), []);
	calm(ctx);
}

test('a call is made again on two models, side by side', async () => {
	await page.goto(web.base + '/admin/calls/' + original);
	await page.click('#replays a:has-text("Make it again")');
	await page.check('input[value=two]');
	await page.fill('input[name=times]', '2');
	await page.fill('textarea[name="content[]"] >> nth=1', 'Say hi');
	await good();
	await page.click('button:has-text("Make the calls")');
	await page.waitForURL(/\/admin\/runs\//);
	const cards = page.locator('.compare > section');
	assert.equal(await cards.count(), 5);
	assert.match(await cards.nth(0).innerText(), /Original.*one/s);
	const texts = await cards.allInnerTexts();
	assert.equal(texts.filter(t => /Hello from two\./.test(t)).length, 2);
	assert.equal(texts.filter(t => /the same words/.test(t)).length, 2);
	await good();
	await page.click('nav.tabs a:has-text("Differences")');
	assert.match(await page.innerText('.compare'), /Say hi/);
	assert.match(await page.innerText('.compare'), /two/);
	await good();
});

test('replays are marked, and booked to who asked', async () => {
	const rows = await sql(gw, 'SELECT c.key_id, c.person, c.customer, ' +
	    's.name FROM replays r JOIN calls c ON c.call = r.call ' +
	    'LEFT JOIN subjects s ON s.id = c.person');
	assert.equal(rows.length, 4);
	for (const r of rows) {
		assert.equal(r.key_id, 0);
		assert.equal(r.customer, 0);
		assert.equal(r.name, 'admin');
	}
	assert.equal(up.books.filter(b => b.path.endsWith('/completions'))
	    .length, 5);
	await page.goto(web.base + '/admin/calls/' + original);
	assert.match(await page.innerText('#replays'), /4 calls/);
});

async function say(text)
{
	await page.fill('#play-user', text);
	await page.click('#play-send');
}

const settled = () => page.waitForFunction(() =>
    !document.getElementById('play-send').disabled);

test('the playground streams, and goes on with what was said', async () => {
	await page.goto(web.base + '/admin/playground');
	await page.selectOption('select[name=model]', 'one');
	await page.fill('textarea[name=system]', 'Be brief.');
	await page.setInputFiles('#play-images', { name: 'a.png', mimeType:
	    'image/png', buffer: PNG });
	await say('What is this?');
	await page.waitForSelector('#play-facts');
	assert.match(await page.innerText('#play-talk'), /Hello from one\./);
	assert.match(await page.innerText('#play-facts'), /Cost\s+.*\$/);
	await say('Again');
	await settled();
	const sent = up.books.at(-1).json;
	assert.deepEqual(sent.messages.map(m => m.role), ['system', 'user',
	    'assistant', 'user']);
	assert.equal(sent.messages[1].content[0].text, 'What is this?');
	assert.equal(sent.messages[1].content[1].image_url.url,
	    'data:image/png;base64,' + PNG.toString('base64'));
	assert.equal(sent.messages[2].content, 'Hello from one.');
	assert.equal(sent.stream, true);
	await good();
});

test('the stop button ends the call upstream', async () => {
	await page.selectOption('select[name=model]', 'slow');
	await say('Go on and on');
	await page.waitForFunction(() => /w00010/.test(
	    document.getElementById('play-talk').textContent));
	await page.click('#play-stop');
	const b = up.books.at(-1);
	await waitFor('the end upstream', () => b.closed_at, 3000);
	assert.ok(b.made < 200, String(b.made));
	await settled();
	assert.match(await page.innerText('#play-state'), /Stopped/);
	await page.waitForSelector('#play-facts :text("499")');
	calm(ctx);
});

test('calls of tools are shown, and a result can be given', async () => {
	await page.selectOption('select[name=model]', 'tool');
	await say('How is the weather?');
	await page.waitForSelector('textarea[name="tool_result[]"]');
	assert.match(await page.innerText('#play-talk'),
	    /weather\s+\{\s*"city":\s*"Porto"\s*\}/);
	await page.selectOption('select[name=model]', 'one');
	await page.fill('textarea[name="tool_result[]"]', 'Rain');
	await page.click('#play-send');
	await settled();
	const sent = up.books.at(-1).json.messages;
	assert.deepEqual(sent.at(-1), { role: 'tool', tool_call_id: 'call_1',
	    content: 'Rain' });
	assert.equal(sent.at(-2).tool_calls[0].function.arguments,
	    '{"city":"Porto"}');
});

test('errors are shown as they are', async () => {
	await page.selectOption('select[name=model]', 'bad');
	await say('Hello?');
	await settled();
	assert.match(await page.innerText('#play-fault'), /Slow down, please/);
	calm(ctx);
});

test('without script the answer comes in one piece', async () => {
	const plain = await visitor(browser, { js: false,
	    state: await ctx.storageState() });
	const p = await plain.newPage();
	await p.goto(web.base + '/admin/playground');
	await p.selectOption('select[name=model]', 'two');
	await p.setInputFiles('#play-images', { name: 'a.png', mimeType:
	    'image/png', buffer: PNG });
	await p.fill('#play-user', 'Look');
	await p.click('#play-send');
	assert.match(await p.innerText('#play-talk'), /Hello from two\./);
	assert.equal(await p.locator('#play-talk img').count(), 1);
	assert.match(await p.innerText('#play-facts'), /200/);
	await p.fill('#play-user', 'And now?');
	await p.click('#play-send');
	const sent = up.books.at(-1).json;
	assert.deepEqual(sent.messages.map(m => m.role), ['user', 'assistant',
	    'user']);
	await p.fill('#play-user', "it's");
	await p.click('button:has-text("Show as curl")');
	assert.match(await p.innerText('#play-curl'), /it'\\''s/);
	assert.equal(await p.inputValue('#play-user'), "it's");
	calm(plain);
	await plain.close();
});

test('a thumb, the sums of scores, a dataset of them', async () => {
	await page.goto(web.base + '/admin/calls/' + original);
	await page.click('button[value=up]');
	await page.waitForSelector('#scores button[aria-pressed=true]');
	await page.goto(web.base + '/admin/scores');
	assert.match(await page.innerText('main'), /thumb\s+one/);
	await good();
	await page.click('a:has-text("Dataset of scored calls")');
	await good();
	const [file] = await Promise.all([page.waitForEvent('download'),
	    page.click('a:has-text("Download JSONL")')]);
	let text = '';
	for await (const part of await file.createReadStream())
		text += part;
	const lines = text.trim().split('\n').map(l => JSON.parse(l));
	assert.deepEqual(lines, [{ messages: [{ role: 'system', content:
	    'Be kind.' }, { role: 'user', content: 'Say <b>hello</b>' },
	    { role: 'assistant', content: 'Hello from one.' }] }]);
});

test('the ledger agrees', async () => {
	await waitFor('the last calls', async () => (await sql(gw,
	    'SELECT count(*) AS n FROM calls WHERE state = 0'))[0].n === 0);
	await verify(gw);
});
