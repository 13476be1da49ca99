// The relay: bytes kept both ways, event streams of every kind, streams that
// never lie, clocks, errors, bad input, and the ways to an upstream.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import fs from 'node:fs';
import net from 'node:net';
import http from 'node:http';
import { Fake, ERROR_SHAPES, sha256 } from '../upstream/fake.mjs';
import { certs } from './lib/certs.mjs';
import { Gateway, upstream } from './lib/gateway.mjs';
import { ask, call } from './lib/http.mjs';
import { now, waitFor } from './lib/proc.mjs';
import { serve } from './lib/servers.mjs';

const SECRET = 'sk-upstream-secret-0123456789';
const CHAT = '/v1/chat/completions';
const up = new Fake();
const other = new Fake();
const seen = [];	// every answer, for the search for secrets
let gw, web, tls, wrongName, h2, unix, proxy, silentTls, ca;

// A proxy as they are in the field: absolute form and CONNECT.
function makeProxy()
{
	const p = { books: [] };
	p.server = http.createServer((req, res) => {
		p.books.push({ method: req.method, url: req.url,
		    headers: req.headers });
		const u = new URL(req.url);
		const out = http.request({ host: u.hostname, port: u.port,
		    path: u.pathname, method: req.method,
		    headers: req.headers }, r => {
			res.writeHead(r.statusCode, r.headers);
			r.pipe(res);
		});
		out.on('error', () => res.destroy());
		req.pipe(out);
	});
	p.server.on('connect', (req, sock, head) => {
		p.books.push({ method: 'CONNECT', url: req.url,
		    headers: req.headers });
		const [host, port] = req.url.split(':');
		const out = net.connect(Number(port), host, () => {
			sock.write('HTTP/1.1 200 ok\r\n\r\n');
			out.write(head);
			out.pipe(sock);
			sock.pipe(out);
		});
		out.on('error', () => sock.destroy());
		sock.on('error', () => out.destroy());
	});
	return new Promise(ok => p.server.listen(0, '127.0.0.1', () => {
		p.port = p.server.address().port;
		ok(p);
	}));
}

before(async () => {
	gw = await Gateway.make({ name: 'relay', serve: false });
	const c = certs(gw.dir);
	ca = c.ca;
	await Promise.all([up.listen(), other.listen()]);
	tls = await Fake.start({ tls: c.good });
	wrongName = await Fake.start({ tls: c.wrong });
	h2 = await Fake.start({ tls: c.good, http2: true });
	unix = await Fake.start({ socketPath: gw.dir + '/up.sock' });
	fs.chmodSync(gw.dir + '/up.sock', 0o666);
	proxy = await makeProxy();
	// Takes connections and says nothing: TLS never comes about.
	silentTls = net.createServer(s => s.on('error', () => {}));
	await new Promise(ok => silentTls.listen(0, '127.0.0.1', ok));
	other.script('*', {});

	const model = (provider, more) => ({ provider, upstream_model:
	    'up/' + provider, ...more });
	gw.configure({
		server: { keepalive_seconds: 1, max_body_bytes: '2M',
		    cors_origins: 'https://app.example' },
		'provider:fake': upstream(up, { 'header.X-Team': 'research',
		    base_url: up.url + '/v1' }),
		'provider:bare': upstream(up, { base_url: up.url }),
		'provider:slash': upstream(up, { base_url: up.url + '/v1/' }),
		'provider:tls': upstream(tls, { ca_file: ca }),
		'provider:tls-unknown': upstream(tls),
		'provider:tls-wrong': upstream(wrongName, { ca_file: ca }),
		'provider:tls-silent': upstream(tls, { base_url:
		    'https://127.0.0.1:' + silentTls.address().port,
		    connect_ms: 500 }),
		'provider:h2': upstream(h2, { ca_file: ca }),
		'provider:h1': upstream(h2, { ca_file: ca, http2: 'no' }),
		'provider:unix': upstream(unix, { base_url: unix.url + '/v1' }),
		'provider:unix-key': upstream(unix, { unix_socket: gw.dir +
		    '/up.sock', base_url: 'http://localhost/v1' }),
		'provider:proxied': upstream(up, { proxy:
		    'http://127.0.0.1:' + proxy.port }),
		'provider:proxied-tls': upstream(tls, { ca_file: ca, proxy:
		    'http://127.0.0.1:' + proxy.port }),
		'provider:down': upstream(up, { base_url:
		    'http://127.0.0.1:1/v1' }),
		'model:m': model('fake'),
		'model:bare': model('bare'), 'model:slash': model('slash'),
		'model:tls': model('tls'),
		'model:tls-unknown': model('tls-unknown'),
		'model:tls-wrong': model('tls-wrong'),
		'model:h2': model('h2'), 'model:h1': model('h1'),
		'model:unix': model('unix'),
		'model:unix-key': model('unix-key'),
		'model:proxied': model('proxied'),
		'model:proxied-tls': model('proxied-tls'),
		'model:down': model('down'),
		'model:slow-connect': model('tls-silent'),
		'model:slow-first': model('fake', { first_byte_ms: 500 }),
		'model:slow-gap': model('fake', { gap_ms: 500 }),
		'model:slow-total': model('fake', { total_ms: 1200 }),
		'provider:small': upstream(up, { max_answer_bytes: '64K' }),
		'model:small': model('small'),
		'model:wild/*': { provider: 'fake', upstream_model: '*' },
	});
	await gw.start();
	web = await serve({ kind: 'lighttpd-external', gw });
});

after(async () => {
	await web?.stop();
	const log = gw?.log ?? '';
	await gw?.close();
	for (const s of [up, other, tls, wrongName, h2, unix])
		await s?.close().catch(() => {});
	proxy?.server.closeAllConnections();
	proxy?.server.close();
	silentTls?.close();
	if (process.env.TOLLGATE_TEST_VERBOSE)
		console.error(log);
});

let marks = 0;
const mark = () => 'mark-' + process.pid + '-' + marks++;

function body(x, more = {})
{
	return { model: 'm', messages: [{ role: 'user', content: 'hello' }],
	    user: mark(), ...(x ? { x } : {}), ...more };
}

async function post(b, opt = {})
{
	const r = await ask({ port: web.port, url: CHAT, key: gw.key, body: b,
	    ...opt });
	seen.push(r);
	return r;
}

const stream = (x, more = {}, opt) =>
    post(body(x, { stream: true, ...more }), opt);

// ---- bytes ----------------------------------------------------------------

describe('bytes are kept', { concurrency: 4 }, () => {
	const odd = (model, name) => Buffer.from('{ "zz_' + name + '":{"b":1.0e0,"a":[1e-7, ' +
	    '0.10, -0, 1E+2,12345678901234567890123]},\t"messages" : [ {"con' +
	    'tent":"h\\u00e9llo \\ud83d\\ude00 \\/ \u00e9 \u{1f600}","role":"' +
	    'user" , "n\\u0061me":"x"} ]\r\n, "temperature":1.00,"model" :  ' +
	    JSON.stringify(model) + ',"seed":9007199254740993, "a":null,' +
	    '"stop":["\\n","</s>"] }');
	const without = (buf, model) => sha256(buf.toString('latin1').replace(
	    JSON.stringify(model), '""'));

	test('a request goes out as it came, but for the model', async () => {
		const n = up.books.length;
		const b = odd('m', 'first');
		const r = await post(b);
		assert.equal(r.status, 200, r.text);
		const e = up.books.slice(n).find(x =>
		    x.body?.includes('zz_first'));
		assert.equal(without(e.body, 'up/fake'), without(b, 'm'));
	});

	test('without a mapping not even the model changes', async () => {
		const b = odd('wild/fake', 'wild');
		up.script('fake', {});
		const r = await post(b);
		assert.equal(r.status, 200, r.text);
		const e = up.books.findLast(x => x.json?.model === 'fake');
		assert.equal(without(e.body, 'fake'), without(b, 'wild/fake'));
	});

	test('a stream\'s request gains the usage flag only', async () => {
		const n = up.books.length;
		const b = Buffer.from(odd('m', 'stream').toString().replace(
		    '"a":null', '"stream":true,"a":null'));
		const r = await post(b);
		assert.equal(r.status, 200, r.text);
		const e = up.books.slice(n).find(x =>
		    x.body?.includes('zz_stream'));
		assert.equal(e.json.stream_options?.include_usage, true);
		const ours = b.toString('latin1').replace('"m"', '""');
		const theirs = e.body.toString('latin1').replace('"up/fake"',
		    '""');
		let i = 0, j = 0;
		while (ours[i] === theirs[i] && i < ours.length)
			i++;
		while (j < ours.length - i &&
		    ours.at(-1 - j) === theirs.at(-1 - j))
			j++;
		assert.equal(i + j, ours.length, 'only something added');
		const added = theirs.slice(i, theirs.length - j);
		assert.match(added, /"stream_options"\s*:/);
		assert.deepEqual({ ...e.json, model: 0, stream_options: 0 },
		    { ...JSON.parse(b), model: 0, stream_options: 0 });
	});

	test('usage asked for by the caller changes nothing', async () => {
		const n = up.books.length;
		const b = Buffer.from(odd('m', 'asked').toString().replace(
		    '"a":null', '"stream":true, "stream_options" : {"inclu' +
		    'de_usage":true ,"zz":1.0}'));
		await post(b);
		const e = up.books.slice(n).find(x =>
		    x.body?.includes('"zz":1.0}'));
		assert.equal(without(e.body, 'up/fake'), without(b, 'm'));
	});

	test('other stream options stay', async () => {
		const r = body(null, { stream: true, stream_options: {
		    include_usage: false, include_obfuscation: false } });
		const a = await post(r);
		const [e] = up.of(r.user);
		assert.deepEqual(e.json.stream_options, { include_usage: true,
		    include_obfuscation: false });
		assert.ok(a.finished);
		assert.ok(!a.data.some(x => x.json?.usage));
	});

	const answer = '{ "zz" : {"k":1.0e0,"j":[1E-7,-0,0.10]}, "id":"a\\u00e' +
	    '9","model":"up/fake", "choices":[ {"index":0,"finish_reason":"st' +
	    'op","message":{"content":"\\ud83d\\ude00 \u00e9 \\/","role":"ass' +
	    'istant","n":null}}],\n"created":1.70e9,"object":"chat.completion' +
	    '","usage":{"total_tokens":3,"completion_tokens":1,"prompt_tokens' +
	    '":2,"cost":0.000010} }';

	for (const framing of ['length', 'chunked', 'close'])
		test('an answer comes as it was (' + framing + ')', async () => {
			const r = await post(body({ body: answer, framing }));
			assert.equal(r.status, 200);
			assert.match(r.headers['content-type'],
			    /^application\/json/);
			assert.equal(without(r.body, 'm'), without(
			    Buffer.from(answer), 'up/fake'));
		});

	test('the model of an answer is the one that was asked for',
	    async () => {
		const r = await post(body({ body: answer }));
		assert.equal(r.json.model, 'm');
		const s = await stream({});
		assert.ok(s.data.filter(e => e.json).every(
		    e => e.json.model === 'm'));
	});

	test('chunks of a stream come as they were', async () => {
		const lines = [0, 1, 2].map(i => '{ "zz":1.0e0, "id" : "c\\u00' +
		    'e9","model":"up/fake","choices":[{"index":0,"delta":{"co' +
		    'ntent":"w' + i + ' \\ud83d\\ude00 \u00e9 \\/", "zz":null' +
		    '},"finish_reason":null}],"n":0.10}');
		lines.push('{"model":"up/fake", "choices":[{"delta":{} ,"inde' +
		    'x":0,"finish_reason":"stop"}]}');
		const r = await stream({ raw: [...lines.map(l => 'data: ' + l +
		    '\n\n'), 'data: [DONE]\n\n'] });
		assert.equal(r.status, 200, r.text);
		assert.ok(r.finished, r.text);
		const got = r.data.map(e => e.data).slice(0, -1);
		assert.deepEqual(got, lines.map(l => l.replace('up/fake',
		    'm')));
	});

	test('large bodies both ways', async () => {
		const b = body({ huge: 5 << 20 }, { pad: 'p'.repeat(1 << 20) });
		const r = await post(b);
		assert.equal(r.status, 200, r.text.slice(0, 300));
		assert.equal(r.json.choices[0].message.content.length, 5 << 20);
		assert.equal(up.of(b.user)[0].json.pad.length, 1 << 20);
	});
});

// ---- usage ----------------------------------------------------------------

describe('usage of streams', { concurrency: 4 }, () => {
	test('is always asked for, shown only if the caller asked',
	    async () => {
		const b = body({}, { stream: true });
		const r = await post(b);
		assert.equal(up.of(b.user)[0].json.stream_options.include_usage,
		    true);
		assert.ok(r.finished);
		assert.ok(!r.data.some(e => e.json && (e.json.usage ||
		    e.json.choices?.length === 0)), r.text);
	});

	test('is shown if asked', async () => {
		const r = await stream({}, { stream_options: {
		    include_usage: true } });
		const last = r.data.at(-2).json;
		assert.deepEqual(last.choices, []);
		assert.equal(last.usage.total_tokens, 12);
		assert.equal(r.data.at(-1).data, '[DONE]');
	});

	test('null in every chunk is no usage', async () => {
		const r = await stream({ usage_null: true }, { stream_options: {
		    include_usage: true } });
		assert.equal(r.data.at(-2).json.usage.total_tokens, 12);
		const s = await stream({ usage_null: true });
		assert.ok(!s.data.some(e => e.json?.usage));
		assert.ok(s.finished);
	});

	for (const [name, x] of Object.entries({
	    'in its own chunk': {}, 'on the finish chunk':
	    { usage_on_finish: true } }))
		test(name + ': is on our books', async () => {
			const b = body({ ...x, usage: { prompt_tokens: 11,
			    completion_tokens: 13, total_tokens: 24 } },
			    { stream: true });
			const r = await post(b);
			assert.ok(r.finished);
			const id = r.headers['x-tollgate-call'];
			const c = await gw.json('call', id);
			assert.match(JSON.stringify(c), /\b11\b/);
			assert.match(JSON.stringify(c), /\b13\b/);
		});
});

// ---- event streams --------------------------------------------------------

describe('event streams of every kind', { concurrency: 4 }, () => {
	const WORDS = ['Gr\u00fc\u00df ', 'Gott, ', '\u4f60\u597d ',
	    '\u{1f600}\u{1f468}\u200d\u{1f469} ', 'end'];
	const KINDS = {
		'LF': {}, 'CRLF': { crlf: true }, 'CR': { cr: true },
		'comments between': { comments: true },
		'byte-order mark': { bom: true },
		'several data lines': { data_lines: true },
		'no space after the colon': { nospace: true },
		'a byte at a time': { drip: 1 },
		'split inside code points': { drip: 3 },
		'CRLF, split everywhere': { crlf: true, drip: 1 },
		'no role chunk': { role: false },
		'no [DONE] after the finish': { done: false },
		'ends with the connection': { framing: 'close' },
		'length known': { framing: 'length' },
		'connection: close': { keep_alive: false },
		'usage though nobody asked': { usage_always: true },
	};

	for (const [name, x] of Object.entries(KINDS))
		test(name, async () => {
			const r = await stream({ words: WORDS, ...x });
			assert.equal(r.status, 200, r.text);
			assert.match(r.headers['content-type'],
			    /^text\/event-stream/);
			assert.equal(r.content, WORDS.join(''));
			assert.ok(r.finished, r.text);
			assert.equal(r.fault, undefined);
			assert.ok(r.complete);
		});

	test('a line above 1 MiB', async () => {
		const r = await stream({ words: ['a', 'b'.repeat(1600000),
		    'c'] });
		assert.equal(r.content.length, 1600002);
		assert.ok(r.finished);
	});

	test('event, id and retry lines, empty events, unknown objects',
	    async () => {
		const chunk = c => 'data: ' + JSON.stringify({ id: 'x', object:
		    'chat.completion.chunk', created: 1, model: 'q', choices:
		    [{ index: 0, delta: { content: c }, finish_reason: null }],
		    }) + '\n\n';
		const r = await stream({ raw: ['id: 7\nretry: 100\nevent: ' +
		    'message\n', chunk('a'), 'data:\n\n', 'data: \n\n',
		    ': x\n\n\n\n', 'event: ping\ndata: {"type":"ping"}\n\n',
		    chunk('b'), 'data: {"choices":[{"index":0,"delta":{},"fi' +
		    'nish_reason":"stop"}]}\n\ndata:  [DONE] \n\n'] });
		assert.equal(r.content, 'ab');
		assert.ok(r.finished, r.text);
	});

	test('the last event lacks its blank line', async () => {
		const r = await stream({ raw: ['data: {"choices":[{"index":0,' +
		    '"delta":{"content":"hi"},"finish_reason":"stop"}]}\n\n' +
		    'data: [DONE]'] });
		assert.equal(r.content, 'hi');
		assert.ok(r.finished, r.text);
	});

	test('plain JSON although a stream was asked', async () => {
		const r = await stream({ plain: true, words: ['one ', 'two'] });
		assert.equal(r.status, 200, r.text);
		assert.match(r.headers['content-type'], /event-stream/);
		assert.equal(r.content, 'one two');
		assert.ok(r.data.some(e => e.json?.choices?.[0]
		    ?.finish_reason === 'stop'));
		assert.ok(r.finished, r.text);
	});

	test('an error in JSON, status 200, although a stream was asked',
	    async () => {
		const r = await stream({ json: { error: { message: 'no way',
		    code: 429 } } });
		assert.equal(r.status, 429, r.text);
		assert.match(r.json.error.message, /no way/);
	});

	test('completions stream', async () => {
		const r = await ask({ port: web.port, key: gw.key,
		    url: '/v1/completions', body: { model: 'm', prompt: 'x',
		    stream: true, x: { words: WORDS } } });
		assert.equal(r.content, WORDS.join(''));
		assert.ok(r.finished);
	});

	test('arrives in pieces, not at the end', async () => {
		const b = body({ words: 10, gap_ms: 60 }, { stream: true });
		const r = await post(b);
		const sent = up.of(b.user)[0].sent;
		const at = r.data.filter(e => e.json?.choices?.[0]?.delta
		    ?.content).map(e => [e.json.choices[0].delta.content,
		    e.at]);
		assert.equal(at.length, 10);
		for (const [word, t] of at) {
			const s = sent.find(p => p.data.includes(word));
			assert.ok(t - s.at < 250, `${word} took ${t - s.at}`);
		}
	});

	test('opens with a comment that names the call', async () => {
		const r = await stream({ words: 4, gap_ms: 50 });
		const [first] = r.events;
		assert.equal(first.comment, 'tollgate ' +
		    r.headers['x-tollgate-call']);
	});
});

// ---- streams never lie ----------------------------------------------------

describe('streams never lie', { concurrency: 6 }, () => {
	const WORDS = ['w00000 ', 'w00001 ', 'w00002 '];
	const after = {
		'cut by reset': [{ cut_after: 3, cut: 'rst', gap_ms: 20 }],
		'cut by an early end': [{ cut_after: 3, cut: 'fin',
		    gap_ms: 20 }],
		'ends early, cleanly': [{ words: 3, finish: false,
		    done: false }],
		'ends early, without framing': [{ words: 3, finish: false,
		    done: false, framing: 'close' }],
		'stalls': [{ stall_after: 3 }, 'slow-gap'],
		'garbage': [{ garbage_after: 3, gap_ms: 20 }],
		'an error object': [{ error_after: 3, gap_ms: 20 }],
		'an error object, then [DONE]': [{ error_after: 3,
		    error_then_done: true, gap_ms: 20 }],
		'never ends': [{ words: 50, gap_ms: 100 }, 'slow-total'],
	};

	for (const [name, [x, model = 'm']] of Object.entries(after))
		test(name + ' after the first content', async () => {
			const b = body({ words: 10, ...x }, { stream: true,
			    model });
			const r = await post(b, { timeout: 8000 });
			assert.equal(r.status, 200);
			assert.ok(r.content.startsWith(WORDS.join('')),
			    r.text);
			assert.ok(!r.finished, '[DONE] was sent:\n' + r.text);
			assert.ok(r.fault, 'no error event:\n' + r.text);
			for (const k of ['message', 'type', 'param', 'code'])
				assert.ok(k in r.fault, k);
			assert.ok(r.complete, 'the answer ends properly');
			const [c] = await gw.json('calls', '--limit', '1000')
			    .then(l => l.filter(y => y.id ===
				r.headers['x-tollgate-call']));
			assert.ok(c, 'on the books');
			assert.notEqual(c.state, 'done');
		});

	test('a truncated stream has its own code', async () => {
		const r = await stream({ words: 10, cut_after: 3,
		    gap_ms: 20 });
		assert.equal(r.fault.type, 'server_error');
		assert.equal(r.fault.code, 'upstream_stream_truncated');
	});

	test('an upstream\'s own error comes through', async () => {
		const r = await stream({ words: 3, error_after: 2, gap_ms: 20,
		    error: { error: { message: 'out of luck', type: 't', param: 'p',
			code: 'c' } } });
		assert.equal(r.fault.message, 'out of luck');
		assert.equal(r.fault.code, 'c');
	});

	const before_ = {
		'reset instead of an answer': [{ wire: [{ end: 'rst' }] }, 502],
		'closed instead of an answer': [{ wire: [{ end: 'fin' }] },
		    502],
		'not HTTP': [{ wire: ['nonsense\r\n\r\n'] }, 502],
		'cut after the headers': [{ raw: [{ end: 'rst' }] }, 502],
		'closed after the headers': [{ raw: [{ end: 'fin' }] }, 502],
		'an empty stream': [{ raw: [] }, 502],
		'only garbage': [{ raw: ['data: <html>\n\n'] }, 502],
		'HTML and 200': [{ raw: ['<html>hello</html>'], headers: {
		    'content-type': 'text/html' } }, 502],
		'an error object first': [{ role: false, error_after: 0,
		    error: { error: { message: 'no', code: 429 } } }, 429],
		'cut before the first content': [{ role: false, cut_after: 0 },
		    502],
		'no first byte': [{ head_ms: 5000 }, 504, 'slow-first'],
	};

	for (const [name, [x, status, model = 'm']] of Object.entries(before_))
		test(name + ': a proper status', async () => {
			const r = await stream({ words: 3, ...x }, { model },
			    { timeout: 8000 });
			assert.equal(r.status, status, r.text);
			assert.ok(r.json?.error?.message, r.text);
		});

	for (const [name, x] of Object.entries({
	    'cut': { raw: ['{"id":"x","cho', { end: 'rst' }] },
	    'cut short of its length': { wire: ['HTTP/1.1 200 OK\r\nContent-' +
		'Type: application/json\r\nContent-Length: 500\r\n\r\n{"id"',
		50, { end: 'fin' }] },
	    'not JSON': { body: 'hello' },
	    'HTML': { body: '<html></html>', headers: { 'content-type':
		'text/html' } },
	    'empty': { body: '' },
	    'an error with status 200': { json: { error: { message: 'x' } } },
	    }))
		test('a whole answer that is ' + name + ': 502', async () => {
			const r = await post(body(x));
			assert.equal(r.status, 502, r.text);
			assert.ok(r.json.error.message);
		});

	test('an answer above max_answer_bytes', async () => {
		const r = await post(body({ huge: 200000 }, { model:
		    'small' }));
		assert.equal(r.status, 502, r.text.slice(0, 200));
		assert.match(r.json.error.message, /large|bytes|limit/i);
	});

	test('leading white space before the JSON is fine', async () => {
		const r = await post(body({ raw: ['\n', 100, '\n \n', 100,
		    '{"object":"chat.completion","model":"q","choices":[{"i' +
		    'ndex":0,"message":{"role":"assistant","content":"ok"},' +
		    '"finish_reason":"stop"}]}'] }));
		assert.equal(r.status, 200, r.text);
		assert.equal(r.json.choices[0].message.content, 'ok');
	});
});

// ---- keep-alive and clocks ------------------------------------------------

describe('silence', { concurrency: 8 }, () => {
	test('a silent stream gets comments', async () => {
		const r = await stream({ words: 3, gap_ms: 2500 }, {},
		    { timeout: 20000 });
		const n = r.events.filter(e => e.comment === 'keep-alive');
		assert.ok(n.length >= 6, r.text);
		assert.ok(r.finished);
	});

	test('silence before the headers commits a 200 and gets comments',
	    async () => {
		const r = await stream({ words: 3, head_ms: 3500 });
		assert.equal(r.status, 200);
		assert.ok(r.head_at - r.sent_at < 2500 ||
		    r.reader.head_at - r.sent_at < 2500);
		assert.ok(r.events.filter(e => e.comment === 'keep-alive')
		    .length >= 1, r.text);
		assert.ok(r.finished);
	});

	test('a failure after that is told inside the stream', async () => {
		const r = await stream({ head_ms: 2500, status: 429 });
		assert.equal(r.status, 200);
		assert.ok(r.fault, r.text);
		assert.ok(!r.finished);
	});

	test('whole answers get no comments', async () => {
		const r = await post(body({ head_ms: 2500 }));
		assert.equal(r.status, 200);
		assert.ok(r.json, r.text);
	});

	const clock = (name, model, x, ms, whole) => test(name + (whole ?
	    '' : ', stream'), async () => {
		const t = now();
		const b = body(x, { model, stream: !whole });
		const r = await post(b, { timeout: 8000 });
		const took = now() - t;
		const err = r.status === 200 ? r.fault : r.json?.error;
		assert.equal(r.how, 'done', r.text);
		if (whole)
			assert.equal(r.status, model === 'slow-connect' ?
			    r.status === 502 ? 502 : 504 : 504, r.text);
		assert.ok(err, r.text);
		assert.ok(took > ms - 100 && took < ms + 1500,
		    `took ${took} ms of ${ms}`);
		if (model === 'slow-connect')
			return;
		assert.match(String(err.code), /timeout/, r.text);
		const [e] = up.of(b.user);
		await waitFor('the upstream to see the end',
		    () => e.closed_at ?? e.end_at, 2000);
	});

	for (const whole of [true, false]) {
		clock('connect', 'slow-connect', {}, 500, whole);
		clock('first byte', 'slow-first', { head_ms: 6000 }, 500,
		    whole);
		clock('first byte after the headers', 'slow-first',
		    { first_ms: 6000 }, 500, whole);
		clock('gap', 'slow-gap', whole ? { raw: ['{"id":"x",',
		    { end: 'stall' }] } : { words: 5, stall_after: 1 }, 500,
		    whole);
		clock('total', 'slow-total', whole ? { raw: Array.from({
		    length: 100 }, (_, i) => i % 2 ? 100 : ' ') } :
		    { words: 50, gap_ms: 100 }, 1200, whole);
	}
});

// ---- errors ---------------------------------------------------------------

describe('errors of upstreams', { concurrency: 6 }, () => {
	for (const [name, s] of Object.entries(ERROR_SHAPES))
		for (const streamed of [false, true])
			test(name + (streamed ? ', stream' : ''), async () => {
				const r = await post(body({ status: 400, body:
				    s.body, headers: { 'content-type':
				    s.ctype ?? 'application/json' } },
				    { stream: streamed }));
				assert.equal(r.status, 400, r.text);
				const e = r.json.error;
				assert.deepEqual(Object.keys(e).filter(k =>
				    ['message', 'type', 'param', 'code']
				    .includes(k)).length, 4, r.text);
				if (s.message)
					assert.match(e.message, /the reason/);
				else
					assert.match(e.message, /400/);
				assert.ok(!/<html>/.test(e.message));
				if (s.code)
					assert.equal(e.code, s.code);
				if (s.type)
					assert.equal(e.type, s.type);
			});

	const statuses = { 400: 400, 401: 401, 402: 402, 403: 403, 404: 404,
	    408: 408, 409: 409, 413: 413, 418: 400, 422: 422, 429: 429,
	    500: 500, 501: 502, 502: 502, 503: 503, 504: 504, 529: 503,
	    498: 503 };
	for (const [given, want] of Object.entries(statuses))
		test(given + ' arrives as ' + want, async () => {
			const r = await post(body({ status: Number(given) }));
			assert.equal(r.status, want, r.text);
			assert.match(r.json.error.message, /fake upstream says/);
		});

	test('Retry-After is kept', async () => {
		for (const status of [429, 503]) {
			const r = await post(body({ status, headers: {
			    'retry-after': '17' } }));
			assert.equal(r.headers['retry-after'], '17');
		}
	});

	test('the provider\'s key is never shown', async () => {
		const r = await post(body({ status: 401, json: { error: {
		    message: 'bad key ' + SECRET + ' given', type: 'x',
		    code: SECRET } } }));
		assert.equal(r.status, 401);
		assert.ok(!r.text.includes(SECRET), r.text);
		const s = await stream({ words: 3, error_after: 2, error: {
		    error: { message: 'bad key ' + SECRET } } });
		assert.ok(!s.text.includes(SECRET), s.text);
	});

	test('an upstream that is down: 502', async () => {
		for (const streamed of [false, true]) {
			const r = await post(body(null, { model: 'down',
			    stream: streamed }));
			assert.equal(r.status, 502, r.text);
			assert.equal(r.json.error.code,
			    'upstream_connection_error');
		}
	});
});

// ---- bad input ------------------------------------------------------------

describe('bad input', { concurrency: 4 }, () => {
	const deep = n => '{"model":"m","messages":[],"d":' + '['.repeat(n) +
	    ']'.repeat(n) + '}';
	const cases = {
		'not JSON': ['hello', 400],
		'JSON cut short': ['{"model":"m","messages":[', 400],
		'something behind the JSON': ['{"model":"m","messages":[]} x',
		    400],
		'no object': ['[1,2]', 400],
		'empty': ['', 400],
		'no model': [{ messages: [] }, 400, 'model'],
		'model is a number': [{ model: 5, messages: [] }, 400, 'model'],
		'model is empty': [{ model: '', messages: [{ role: 'user',
		    content: 'x' }] }, 400],
		'no messages': [{ model: 'm' }, 400, 'messages'],
		'messages is a string': [{ model: 'm', messages: 'x' }, 400,
		    'messages'],
		'stream is a string': [{ model: 'm', messages: [{ role: 'user',
		    content: 'x' }], stream: 'yes' }, 400, 'stream'],
		'stream_options is a list': [{ model: 'm', messages: [{ role:
		    'user', content: 'x' }], stream: true, stream_options:
		    [] }, 400],
		'too deep': [deep(5000), 400],
		'invalid UTF-8': [Buffer.concat([Buffer.from('{"model":"m","m' +
		    'essages":[{"role":"user","content":"'), Buffer.from([0xff,
		    0xc0, 0xaf]), Buffer.from('"}]}')]), 400],
		'a lone surrogate': ['{"model":"m\\ud800","messages":[]}', 400],
		'a NUL byte': [Buffer.from('{"model":"m\0","messages":[]}'),
		    400],
		'unknown model': [{ model: 'no/such', messages: [{ role:
		    'user', content: 'x' }] }, 400],
		'too large': ['{"model":"m","p":"' + 'x'.repeat(2 << 20) +
		    '"}', 413],
	};

	for (const [name, [b, status, param]] of Object.entries(cases))
		test(name, async () => {
			const n = up.books.length;
			const r = await post(Buffer.isBuffer(b) ? b :
			    Buffer.from(typeof b === 'string' ? b :
			    JSON.stringify(b)));
			assert.equal(r.status, status, r.text);
			const e = r.json.error;
			for (const k of ['message', 'type', 'param', 'code'])
				assert.ok(k in e, k + ' in ' + r.text);
			if (param)
				assert.equal(e.param, param);
			if (name === 'unknown model')
				assert.match(e.message, /no\/such/);
			if (name === 'too large')
				assert.match(e.message, /2097152|2 ?M/);
			assert.ok(r.headers['x-request-id']);
			assert.ok(!up.books.slice(n).some(x => x.body?.equals(
			    Buffer.isBuffer(b) ? b : Buffer.from(String(b)))));
		});

	test('duplicate members: the last one wins', async () => {
		const user = mark();
		const r = await post(`{"model":"no/such","model":"m","messages"` +
		    `:[{"role":"user","content":"x"}],"user":"${user}"}`);
		assert.equal(r.status, 200, r.text);
		assert.equal(r.json.model, 'm');
		assert.equal(up.of(user)[0].json.model, 'up/fake');
	});

	test('an escaped member name is the same name', async () => {
		const r = await post('{"m\\u006fdel":"m","messages":[{"role":' +
		    '"user","content":"x"}]}');
		assert.equal(r.status, 200, r.text);
	});

	const get = (url, opt = {}) => ask({ port: web.port, url, key: gw.key,
	    ...opt });

	test('unknown route: 404', async () => {
		const r = await get('/v1/nothing');
		assert.equal(r.status, 404);
		assert.ok(r.json.error.message);
		assert.equal((await get('/v1/models/no/such')).status, 404);
	});

	test('wrong method: 405 with Allow', async () => {
		const r = await get(CHAT);
		assert.equal(r.status, 405, r.text);
		assert.match(r.headers.allow, /POST/);
		const d = await get('/v1/models', { method: 'DELETE' });
		assert.equal(d.status, 405);
		assert.match(d.headers.allow, /GET/);
	});

	for (const [name, headers] of Object.entries({
	    'no key': {}, 'an unknown key': { authorization:
		'Bearer sk-nobody0000000000000000' },
	    'not a key at all': { authorization: 'Bearer hello' },
	    'an empty key': { authorization: 'Bearer ' },
	    'another scheme': { authorization: 'Basic c2s6c2s=' } }))
		test(name + ': 401 that says what to do', async () => {
			const r = await ask({ port: web.port, url: CHAT,
			    headers, body: body() });
			assert.equal(r.status, 401, r.text);
			assert.ok(r.json.error.message.length > 20);
			assert.ok(!r.text.includes('sk-nobody000000'));
		});

	for (const [name, h] of Object.entries({
	    'Authorization': k => ({ authorization: 'Bearer ' + k }),
	    'lower-case bearer': k => ({ authorization: 'bearer ' + k }),
	    'x-api-key': k => ({ 'x-api-key': k }),
	    'api-key': k => ({ 'api-key': k }),
	    'x-litellm-api-key': k => ({ 'x-litellm-api-key': k }),
	    'x-litellm-api-key with Bearer': k => ({ 'x-litellm-api-key':
		'Bearer ' + k }),
	    'x-goog-api-key': k => ({ 'x-goog-api-key': k }) }))
		test('a key by ' + name, async () => {
			const r = await ask({ port: web.port, url: CHAT,
			    headers: h(gw.key), body: body() });
			assert.equal(r.status, 200, r.text);
		});
});

// ---- the other routes -----------------------------------------------------

describe('routes', { concurrency: 4 }, () => {
	const get = (url, opt = {}) => ask({ port: web.port, url, key: gw.key,
	    ...opt });

	test('models, one model, without /v1', async () => {
		for (const p of ['/v1/models', '/models', '/v1/models/']) {
			const r = await get(p);
			assert.equal(r.status, 200, p + r.text);
			assert.equal(r.json.object, 'list');
			assert.ok(r.json.data.some(m => m.id === 'm'));
			assert.ok(r.json.data.some(m => m.id === 'echo'));
		}
		const one = await get('/v1/models/m');
		assert.equal(one.json.id, 'm');
		assert.equal(one.json.object, 'model');
	});

	test('embeddings, with and without /v1', async () => {
		for (const p of ['/v1/embeddings', '/embeddings']) {
			const r = await get(p, { body: { model: 'm', input:
			    ['a', 'b'] } });
			assert.equal(r.status, 200, r.text);
			assert.equal(r.json.data.length, 2);
			assert.equal(r.json.model, 'm');
		}
	});

	test('completions', async () => {
		const r = await get('/completions', { body: { model: 'm',
		    prompt: 'x' } });
		assert.equal(r.status, 200, r.text);
		assert.equal(r.json.object, 'text_completion');
	});

	test('root and health need no key', async () => {
		for (const p of ['/', '/health/liveliness',
		    '/health/liveness', '/health/readiness']) {
			const r = await get(p, { key: undefined });
			assert.equal(r.status, 200, p + ': ' + r.text);
			const h = await get(p, { key: undefined,
			    method: 'HEAD' });
			assert.equal(h.status, 200, p);
			assert.equal(h.body.length, 0);
		}
	});

	test('CORS', async () => {
		const o = await get(CHAT, { method: 'OPTIONS', key: undefined,
		    headers: { origin: 'https://app.example',
		    'access-control-request-method': 'POST',
		    'access-control-request-headers': 'authorization' } });
		assert.ok(o.status === 200 || o.status === 204, o.text);
		assert.equal(o.headers['access-control-allow-origin'],
		    'https://app.example');
		assert.match(o.headers['access-control-allow-headers'],
		    /authorization/i);
		assert.match(o.headers['access-control-allow-methods'], /POST/);
		const r = await post(body(), { headers: { origin:
		    'https://app.example' } });
		assert.equal(r.headers['access-control-allow-origin'],
		    'https://app.example');
		const x = await post(body(), { headers: { origin:
		    'https://evil.example' } });
		assert.equal(x.headers['access-control-allow-origin'],
		    undefined);
	});

	test('headers of every answer', async () => {
		const r = await post(body());
		assert.match(r.headers['x-tollgate-call'], /^[0-9a-f-]{36}$/);
		assert.equal(r.headers['x-litellm-call-id'],
		    r.headers['x-tollgate-call']);
		assert.ok(r.headers['x-request-id']);
		const s = await stream({});
		assert.equal(s.headers['cache-control'], 'no-cache');
		assert.ok(s.headers['x-tollgate-call']);
	});

	test('echo needs no network', async () => {
		const r = await post(body(null, { model: 'echo', messages: [{
		    role: 'user', content: 'one two three' }] }));
		assert.equal(r.json.choices[0].message.content,
		    'one two three');
		const s = await stream(null, { model: 'echo', messages: [{
		    role: 'user', content: 'one two three' }] });
		assert.equal(s.content, 'one two three');
		assert.ok(s.finished);
		const c = await stream(null, { model: 'echo', echo: {
		    cut_after: 1 }, messages: [{ role: 'user', content:
		    'one two three' }] });
		assert.ok(c.fault);
		assert.ok(!c.finished);
		const f = await post(body(null, { model: 'echo', echo: {
		    status: 429, retry_after: 3 } }));
		assert.equal(f.status, 429);
		assert.equal(f.headers['retry-after'], '3');
	});
});

// ---- the ways to an upstream ----------------------------------------------

describe('ways to an upstream', { concurrency: 4 }, () => {
	const goes = (model, to, how = () => {}) => async () => {
		for (const streamed of [false, true]) {
			const b = body(null, { model, stream: streamed });
			const r = await post(b);
			assert.equal(r.status, 200, r.text);
			const [e] = to().of(b.user);
			assert.ok(e, 'not in the upstream\'s books');
			assert.equal(e.path, CHAT);
			assert.equal(e.headers.authorization,
			    'Bearer ' + SECRET);
			how(e);
		}
	};
	const fails = model => async () => {
		const b = body(null, { model });
		const r = await post(b);
		assert.equal(r.status, 502, r.text);
		assert.match(r.json.error.message, /certificate|TLS|SSL/i);
		assert.equal(tls.of(b.user).length, 0);
		assert.equal(wrongName.of(b.user).length, 0);
	};

	test('base URL with /v1', goes('m', () => up));
	test('base URL without /v1', goes('bare', () => up));
	test('base URL with /v1/', goes('slash', () => up));
	test('TLS with a CA of our own', goes('tls', () => tls));
	test('TLS with an unknown CA is refused', fails('tls-unknown'));
	test('TLS with a wrong host name is refused', fails('tls-wrong'));
	test('HTTP/2 where it is offered', goes('h2', () => h2,
	    e => assert.equal(e.httpVersion, '2.0')));
	test('HTTP/1.1 if told so', goes('h1', () => h2,
	    e => assert.equal(e.httpVersion, '1.1')));
	test('Unix socket in the URL', goes('unix', () => unix));
	test('Unix socket as a setting', goes('unix-key', () => unix));
	test('HTTP proxy', async () => {
		const n = proxy.books.length;
		await goes('proxied', () => up)();
		assert.ok(proxy.books.length > n);
		assert.ok(proxy.books.slice(n).some(b =>
		    b.url.includes(':' + up.port)));
	});
	test('HTTP proxy to TLS: CONNECT, which sees no key', async () => {
		await goes('proxied-tls', () => tls)();
		const c = proxy.books.filter(b => b.method === 'CONNECT' &&
		    b.url.endsWith(':' + tls.port));
		assert.ok(c.length > 0);
		assert.ok(!JSON.stringify(c).includes(SECRET));
	});
	test('HTTP proxy of the environment', async () => {
		const g = await Gateway.make({ name: 'relay-env',
		    env: { http_proxy: 'http://127.0.0.1:' + proxy.port },
		    conf: { 'provider:fake': upstream(up), 'model:m':
		    { provider: 'fake', upstream_model: 'q' } } });
		try {
			const n = proxy.books.length;
			const r = await g.cli('model', 'test', 'm');
			assert.equal(r.code, 0, r.err);
			assert.ok(proxy.books.length > n, 'went past it');
		} finally {
			await g.close();
		}
	});

	test('extra headers go out, the caller\'s do not', async () => {
		const b = body();
		await post(b, { headers: { 'x-stainless-lang': 'js', cookie:
		    'a=b', 'x-api-key': 'sk-x', 'openai-organization': 'o',
		    'user-agent': 'tester/1' } });
		const [e] = up.of(b.user);
		assert.equal(e.headers['x-team'], 'research');
		assert.equal(e.headers['content-type'], 'application/json');
		for (const h of ['cookie', 'x-stainless-lang', 'x-api-key'])
			assert.equal(e.headers[h], undefined, h);
		assert.ok(!JSON.stringify(e.headers).includes(gw.key));
	});

	test('connections are kept', async () => {
		const n = up.connections;
		for (let i = 0; i < 30; i++)
			await post(body());
		assert.ok(up.connections - n <= 16,
		    `${up.connections - n} new ones for 30 calls`);
	});

	for (const status of [301, 302, 307, 308])
		test('a redirect (' + status + ') is not followed', async () => {
			const r = await post(body({ status, headers: {
			    location: other.url + CHAT } }));
			assert.ok(r.status >= 500, r.status + r.text);
			assert.ok(!r.headers.location);
			assert.ok(r.json.error.message);
			assert.equal(other.books.length, 0,
			    'credentials went to another host');
		});
});

// ---- secrets --------------------------------------------------------------

test('no answer and no log line holds a secret', async () => {
	for (const r of seen) {
		const all = r.text + JSON.stringify(r.headers);
		assert.ok(!all.includes(SECRET), all.slice(0, 500));
	}
	for (const log of [gw.log, web.log()])
		for (const s of [SECRET, gw.key, gw.master])
			assert.ok(!log.includes(s));
	assert.doesNotMatch(gw.log, /not kept|level=error/);
	for (const b of [...up.books, ...tls.books, ...h2.books])
		for (const s of [gw.key, gw.master])
			assert.ok(!JSON.stringify(b.headers).includes(s) &&
			    !b.body?.includes(s));
});
