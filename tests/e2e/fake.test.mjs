// The fake upstream by itself: that it is as broken as it says, and that its
// books are right. A test that trusts it needs this one.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import http2 from 'node:http2';
import { Fake } from '../upstream/fake.mjs';
import { certs } from './lib/certs.mjs';
import { ask, call } from './lib/http.mjs';
import { scratch, sleep, waitFor } from './lib/proc.mjs';

const up = new Fake();
const dir = scratch('fake');
const url = '/v1/chat/completions';
let c;

before(() => {
	c = certs(dir);
	return up.listen();
});
after(() => up.close());

const post = (x, more = {}, opt = {}) => ask({ port: up.port, url, body: {
    model: 'm', ...more, x }, ...opt });

test('a whole answer, and the books about it', async () => {
	const r = await post({}, { user: 'book' });
	assert.equal(r.json.usage.total_tokens, 12);
	const [e] = up.of('book');
	assert.equal(e.body.toString(), JSON.stringify({ model: 'm',
	    user: 'book', x: {} }));
	assert.ok(e.end_at >= e.at);
	assert.equal(e.closed_at, null);
});

test('a stream, its chunks at their times', async () => {
	const r = await post({ words: 5, gap_ms: 50 }, { stream: true,
	    user: 'times' });
	assert.ok(r.finished);
	const [e] = up.of('times');
	for (const d of r.data.slice(1, 6)) {
		const s = e.sent.find(p => p.data.includes(
		    d.json.choices[0].delta.content));
		assert.ok(d.at - s.at < 30);
	}
});

test('cut by reset, by an early end', async () => {
	for (const cut of ['rst', 'fin']) {
		const r = await post({ words: 5, cut_after: 2, cut, gap_ms: 5 },
		    { stream: true });
		assert.equal(r.content, 'w00000 w00001 ');
		assert.ok(!r.complete);
		assert.equal(r.how, cut === 'rst' ? 'error' : 'closed');
	}
});

test('split inside code points, CR, comments, data lines', async () => {
	for (const x of [{ drip: 1 }, { drip: 3 }, { comments: true },
	    { data_lines: true }, { crlf: true }]) {
		const words = ['\u4f60\u597d', '\u{1f600}'];
		const r = await post({ ...x, words }, { stream: true });
		assert.equal(r.content, words.join(''), JSON.stringify(x));
	}
});

test('exact bytes', async () => {
	const body = '{"a" : 1.0e0,"\\u00e9":"\u00e9"}';
	for (const framing of ['length', 'chunked', 'close']) {
		const r = await post({ body, framing });
		assert.equal(r.text, body);
		assert.equal('content-length' in r.headers,
		    framing === 'length');
	}
	const w = await post({ wire: ['HTTP/1.1 299 Odd\r\nContent-Length: ' +
	    '2\r\n\r\n', 10, 'hi'] });
	assert.equal(w.status, 299);
	assert.equal(w.text, 'hi');
});

test('who leaves is seen at once', async () => {
	for (const x of [{ head_ms: 60000 }, { first_ms: 60000 },
	    { words: 2, stall_after: 1 }]) {
		const user = 'leaves' + JSON.stringify(x);
		const q = call({ port: up.port, url, body: { model: 'm', user,
		    stream: true, x } });
		const e = await waitFor('the request', () => up.of(user)[0]);
		await sleep(50);
		const left = q.abort();
		await waitFor('the close', () => e.closed_at, 1000);
		assert.ok(e.closed_at - left < 50);
	}
});

test('TLS, HTTP/2, Unix socket', async () => {
	const t = await Fake.start({ tls: c.good });
	const r = await ask({ port: t.port, tls: { ca: c.good.cert,
	    rejectUnauthorized: false }, url, body: { model: 'm' } });
	assert.equal(r.status, 200);
	await t.close();

	const u = await Fake.start({ socketPath: dir + '/s.sock' });
	const s = await ask({ socket: dir + '/s.sock', url, body: {
	    model: 'm' } });
	assert.equal(s.status, 200);
	await u.close();

	const h = await Fake.start({ tls: c.good, http2: true });
	const client = http2.connect(h.url, { rejectUnauthorized: false });
	const q = client.request({ ':method': 'POST', ':path': url });
	q.end('{"model":"m"}');
	let text = '';
	for await (const b of q)
		text += b;
	assert.match(text, /chat.completion/);
	assert.equal(h.books[0].httpVersion, '2.0');
	client.destroy();
	await h.close();
});

test('counting: tokens by rule, maximum obeyed, the account', async t => {
	const c2 = new Fake({ count: true });
	await c2.listen();
	t.after(() => c2.close());
	const send = (x, more = {}) => ask({ port: c2.port, url, key: 'k',
	    body: { model: 'm', messages: [{ role: 'user', content: 'hello' },
	    { role: 'user', content: [{ type: 'text', text: '\u4f60\u597d' }] }],
	    x, ...more } });
	const whole = await send({ words: 9 });
	// 3 + (3 + 2) + (3 + 2)
	assert.deepEqual(whole.json.usage, { prompt_tokens: 13,
	    completion_tokens: 9, total_tokens: 22 });
	assert.equal(whole.json.choices[0].finish_reason, 'stop');
	const dense = await send({ words: 9, dense: true }, { max_tokens: 4,
	    n: 2 });
	assert.equal(dense.json.usage.prompt_tokens, 20);
	assert.equal(dense.json.usage.completion_tokens, 8);
	assert.equal(dense.json.choices[1].finish_reason, 'length');
	const s = await send({ words: 9 }, { stream: true,
	    max_completion_tokens: 3, stream_options: { include_usage: true } });
	assert.equal(s.content, 'w00000 w00001 w00002 ');
	assert.equal(s.data.at(-2).json.usage.completion_tokens, 3);
	const left = call({ port: c2.port, url, body: { model: 'm', stream:
	    true, messages: [], x: { words: 50, gap_ms: 20 } } });
	await left.until(x => x.content.length > 12);
	left.abort();
	await send({ status: 500 });
	await sleep(100);
	const all = (await ask({ port: c2.port, url: '/__books' })).json;
	assert.deepEqual(all.map(e => e.end), ['whole', 'whole', 'whole',
	    'left', 'whole']);
	assert.deepEqual(all.map(e => e.prompt_tokens), [13, 20, 13, 3, 0]);
	assert.deepEqual(all.slice(0, 3).map(e => e.completion_tokens), [9, 8,
	    3]);
	assert.ok(all[3].completion_tokens >= 2 && all[3].completion_tokens <
	    50);
	assert.equal(all[0].key, 'Bearer k');
	assert.equal(all[4].status, 500);
});
