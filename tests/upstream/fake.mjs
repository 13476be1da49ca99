#!/usr/bin/env node
// A fake OpenAI-format upstream with its own books.
//
// What a request gets is decided by a script: a plain object (below). It is
// taken from the request's `x` member (an object, or the name of a script),
// else by the name in `model`, else the default answer is given. Scripts are
// registered with `up.script(name, object)`; a few stand in BUILT_IN.
// The one that is named "/models" is for GET /models.
//
// Everything that happens is written down in `up.books`, one entry a
// request, in order of arrival, with times in milliseconds since the epoch
// (fractions kept). Tests compare these books with the gateway's. GET
// /__books answers with what a bill needs of them: when a request came, with
// which key, for which model, and the tokens it is charged with.
//
// With `new Fake({ count: true })` tokens are a function of the request, and
// not more than any honest upper bound:
//   prompt      3, and for each message (or the prompt, the input) 3 more and
//               a quarter of its text's UTF-8 bytes, rounded up; with the
//               script's `dense` a token a byte
//   completion  a word is a token; max_completion_tokens or max_tokens cuts
//               them (finish_reason "length"), n makes as many choices
// What is counted is what was made until the answer's end or until the
// connection broke; a failure costs nothing. There may be many requests, so
// bodies and pieces that were sent are not kept then.
//
// A script's members, all optional:
//   status, headers     of the answer (200)
//   body | json         the exact answer (string, Buffer) | a value to print
//   framing             "length" (default for whole answers) | "chunked" |
//                       "close" (ends with the connection)
//   keep_alive: false   Connection: close
//   head_ms, first_ms   silence before the headers | before the first byte
//   gap_ms              silence between the pieces of a stream
//   words               number of content chunks, or a list of their texts
//   role: false         no leading role chunk
//   usage               object (default counts words) | null: never sent
//   usage_always        usage chunk though nobody asked
//   usage_on_finish     usage on the finish chunk, choices kept
//   usage_null          `usage: null` in every chunk
//   done: false         no [DONE]; finish: false  no finish chunk either
//   cut_after n, cut    connection ends after n words: "rst" | "fin"
//                       (fin ends a chunked answer without its last chunk)
//   stall_after n       silence for ever after n words
//   garbage_after n     a line that is no JSON after n words, then the end
//   error_after n       `error` (an object) as an event after n words
//   plain               whole JSON although a stream was asked
//   crlf | cr           line ends
//   comments            a comment before every event
//   bom                 byte-order mark first
//   data_lines          each event's JSON over several data: lines
//   nospace             `data:{` without the space
//   drip n              the whole stream in pieces of n bytes
//   raw                 list of exact pieces for the body: strings, Buffers,
//                       {b64}, numbers (ms of silence), "rst" | "fin" objects
//                       {end: "rst"|"fin"|"stall"}
//   wire                as raw, but written to the socket as it is, status
//                       line and all
//   huge                content of so many bytes
//   dense               (counting) a token a byte of the prompt
//   cached n            (counting) so many prompt tokens came from a cache
import http from 'node:http';
import https from 'node:https';
import http2 from 'node:http2';
import fs from 'node:fs';
import { createHash } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';

export const now = () => performance.timeOrigin + performance.now();

export const sha256 = b => createHash('sha256').update(b).digest('hex');

// The shapes of error bodies in the field (providers' generic error reader).
export const ERROR_SHAPES = {
	object: { body: JSON.stringify({ error: { message: 'the reason',
	    type: 'tokens', param: null, code: 'some_code' } }),
	    message: 'the reason', code: 'some_code', type: 'tokens' },
	numeric_code: { body: JSON.stringify({ error: { message: 'the reason',
	    code: 429 } }), message: 'the reason' },
	string: { body: JSON.stringify({ error: 'the reason' }),
	    message: 'the reason' },
	message: { body: JSON.stringify({ object: 'error',
	    message: 'the reason', type: 'invalid', param: null,
	    code: 'flat_code' }), message: 'the reason', code: 'flat_code' },
	detail: { body: JSON.stringify({ detail: 'the reason' }),
	    message: 'the reason' },
	detail_list: { body: JSON.stringify({ detail: [{
	    loc: ['body', 'x'], msg: 'the reason', type: 't' }] }),
	    message: 'the reason' },
	detail_error: { body: JSON.stringify({ detail: {
	    error: 'the reason' } }), message: 'the reason' },
	msg: { body: JSON.stringify({ msg: 'the reason' }),
	    message: 'the reason' },
	base_resp: { body: JSON.stringify({ base_resp: { status_code: 1008,
	    status_msg: 'the reason' } }), message: 'the reason' },
	errors: { body: JSON.stringify({ errors: [{
	    message: 'the reason' }] }), message: 'the reason' },
	aws: { body: JSON.stringify({ Message: 'the reason' }),
	    message: 'the reason' },
	array: { body: JSON.stringify([{ error: { message: 'the reason',
	    code: 400, status: 'INVALID_ARGUMENT' } }]),
	    message: 'the reason' },
	html: { body: '<html><body><h1>502 Bad Gateway</h1></body></html>',
	    ctype: 'text/html', message: null },
	text: { body: 'upstream is sad', ctype: 'text/plain', message: null },
	empty: { body: '', message: null },
};

export const BUILT_IN = {
	plain: {},
	stream: { words: 10, gap_ms: 100 },
	slow: { words: 60, gap_ms: 1000 },
	silent: { head_ms: 3600e3 },
	cut: { words: 10, cut_after: 3, gap_ms: 20 },
	stall: { words: 10, stall_after: 3, gap_ms: 20 },
	garbage: { words: 10, garbage_after: 3, gap_ms: 20 },
	nodone: { words: 3, done: false },
};

const CREATED = 1700000000;

function wordsOf(s)
{
	if (Array.isArray(s.words))
		return s.words;
	const n = s.words ?? 5;
	return Array.from({ length: n },
	    (_, i) => 'w' + String(i).padStart(5, '0') + ' ');
}

// ---- counting -------------------------------------------------------------

const textOf = c => typeof c === 'string' ? c : Array.isArray(c) ?
    c.map(p => p?.text ?? '').join('') : '';

export function promptTokens(json, dense)
{
	const texts = Array.isArray(json?.messages) ?
	    json.messages.map(m => textOf(m?.content)) :
	    [json?.prompt ?? json?.input ?? ''].flat()
		.map(t => typeof t === 'string' ? t : '');
	return 3 + texts.reduce((n, t) => n + 3 + (dense ?
	    Buffer.byteLength(t) : Math.ceil(Buffer.byteLength(t) / 4)), 0);
}

// -> { words, choices, cut, prompt } of an answer that is counted
function measure(s, rq)
{
	const max = rq.json?.max_completion_tokens ?? rq.json?.max_tokens;
	const all = wordsOf(s);
	const words = Number.isInteger(max) ? all.slice(0, max) : all;
	return { words, choices: rq.json?.n ?? 1,
	    cut: words.length < all.length,
	    prompt: promptTokens(rq.json, s.dense) };
}

function usageOf(s, words, rq)
{
	if (s.usage !== undefined)
		return s.usage;
	const prompt = rq?.count ? rq.count.prompt : 7;
	const made = words.length * (rq?.count?.choices ?? 1);
	return { prompt_tokens: prompt, completion_tokens: made,
	    total_tokens: prompt + made, ...(s.cached ?
	    { prompt_tokens_details: { cached_tokens:
		Math.min(s.cached, prompt) } } : {}) };
}

// ---- what is answered: lists of steps -----------------------------------
// A step is a Buffer (written at once), a number (ms of silence) or
// { end: "rst" | "fin" | "stall" }. A list without an end ends properly.

function textStream(s, rq)
{
	const nl = s.crlf ? '\r\n' : s.cr ? '\r' : '\n';
	const words = rq.count?.words ?? wordsOf(s);
	const n = rq.count?.choices ?? 1;
	const completions = /\/completions$/.test(rq.path) &&
	    !/chat\/completions$/.test(rq.path);
	const usage = usageOf(s, words, rq);
	const asked = rq.json?.stream_options?.include_usage === true;
	const steps = [];
	const chunk = (choices, extra) => ({
		id: s.id ?? 'chatcmpl-fake' + rq.n,
		object: completions ? 'text_completion' :
		    'chat.completion.chunk',
		created: CREATED, model: s.model ?? rq.json?.model ?? 'fake',
		choices, ...(s.usage_null ? { usage: null } : {}), ...extra });
	const choice = (delta, fin, index = 0) => [completions ?
	    { text: delta.content ?? '', index, logprobs: null,
	      finish_reason: fin } :
	    { index, delta, finish_reason: fin }];
	const event = v => {
		const sp = s.nospace ? '' : ' ';
		const json = typeof v === 'string' ? v : JSON.stringify(v);
		const pre = s.comments ? ': OPENROUTER PROCESSING' + nl + nl :
		    '';
		let lines = ['data:' + sp + json];
		// A break is allowed where JSON allows white space only.
		if (s.data_lines && typeof v !== 'string')
			lines = JSON.stringify(v, null, 1).split('\n')
			    .map(l => 'data:' + sp + l);
		return Buffer.from(pre + lines.join(nl) + nl + nl);
	};
	const push = b => {
		if (steps.length > 0 && s.gap_ms)
			steps.push(s.gap_ms);
		steps.push(b);
	};

	if (s.bom)
		steps.push(Buffer.from([0xef, 0xbb, 0xbf]));
	if (s.role !== false && !completions)
		push(event(chunk(choice({ role: 'assistant', content: '' },
		    null))));
	for (let i = 0; i <= words.length; i++) {
		if (s.cut_after === i)
			return [...steps, s.gap_ms ?? 0,
			    { end: s.cut ?? 'rst' }];
		if (s.stall_after === i)
			return [...steps, { end: 'stall' }];
		if (s.garbage_after === i) {
			push(event('{"choices":[{"delta":{"cont'));
			push(event('<html>not json at all'));
			return steps;
		}
		if (s.error_after === i) {
			push(event(s.error ?? { error: {
				message: 'in the stream', type: 'server_error',
				param: null, code: 'stream_broke' } }));
			if (s.error_then_done)
				push(event('[DONE]'));
			return steps;
		}
		for (let k = 0; i < words.length && k < n; k++)
			push(Object.assign(event(chunk(choice({ content:
			    words[i] }, null, k))), { words: 1 }));
	}
	for (let k = 0; s.finish !== false && k < n; k++)
		push(event(chunk(choice({}, rq.count?.cut ? 'length' : 'stop',
		    k), s.usage_on_finish && k === n - 1 ? { usage } : {})));
	if (usage && !s.usage_on_finish && (asked || s.usage_always))
		push(event(chunk([], { usage })));
	if (s.done !== false)
		push(event('[DONE]'));
	return steps;
}

function wholeAnswer(s, rq)
{
	const words = rq.count?.words ?? wordsOf(s);
	const model = s.model ?? rq.json?.model ?? 'fake';
	if (/\/models$/.test(rq.path))
		return { object: 'list', data: [{ id: 'fake', object: 'model',
		    created: CREATED, owned_by: 'fake' }] };
	if (/\/embeddings$/.test(rq.path)) {
		const input = rq.json?.input;
		const n = Array.isArray(input) &&
		    (typeof input[0] === 'string' || Array.isArray(input[0])) ?
		    input.length : 1;
		const b64 = rq.json?.encoding_format === 'base64';
		const v = [0.5, -0.25, 1, 0.125];
		return { object: 'list', data: Array.from({ length: n },
		    (_, index) => ({ object: 'embedding', index, embedding: b64 ?
			Buffer.from(new Float32Array(v).buffer)
			.toString('base64') : v })), model,
		    usage: { prompt_tokens: rq.count?.prompt ?? 4,
		    total_tokens: rq.count?.prompt ?? 4 } };
	}
	const text = s.huge ? 'x'.repeat(s.huge) : words.join('');
	const chat = /chat\/completions$/.test(rq.path);
	const finish_reason = rq.count?.cut ? 'length' : 'stop';
	const a = {
		id: s.id ?? 'chatcmpl-fake' + rq.n,
		object: chat ? 'chat.completion' : 'text_completion',
		created: CREATED, model,
		choices: Array.from({ length: rq.count?.choices ?? 1 },
		    (_, index) => chat ? { index, message: { role: 'assistant',
		    content: text }, finish_reason } :
		    { text, index, logprobs: null, finish_reason }),
	};
	const usage = usageOf(s, words, rq);
	if (usage)
		a.usage = usage;
	return a;
}

function rawSteps(list)
{
	return list.map(p => typeof p === 'string' ? Buffer.from(p) :
	    p?.b64 !== undefined ? Buffer.from(p.b64, 'base64') : p);
}

function drip(steps, n)
{
	const all = Buffer.concat(steps.filter(Buffer.isBuffer));
	const tail = steps.filter(p => p?.end);
	const out = [];
	for (let i = 0; i < all.length; i += n)
		out.push(all.subarray(i, i + n), 1);
	return [...out, ...tail];
}

// -> { status, headers, steps, framing }
function plan(s, rq)
{
	const stream = rq.json?.stream === true && !s.plain;
	const p = { status: s.status ?? 200, headers: { ...s.headers },
	    framing: s.framing ?? 'length' };
	const type = t => {
		if (!Object.keys(p.headers).some(
		    k => k.toLowerCase() === 'content-type'))
			p.headers['content-type'] = t;
	};

	if (s.raw) {
		p.steps = rawSteps(s.raw);
		p.framing = s.framing ?? 'chunked';
		type(stream ? 'text/event-stream' : 'application/json');
	} else if (s.body !== undefined) {
		p.steps = [Buffer.from(s.body)];
		type('application/json');
	} else if (s.json !== undefined) {
		p.steps = [Buffer.from(JSON.stringify(s.json))];
		type('application/json');
	} else if (p.status >= 300) {
		p.steps = [Buffer.from(JSON.stringify({ error: {
			message: 'the fake upstream says ' + p.status,
			type: null, param: null, code: null } }))];
		type('application/json');
	} else if (stream) {
		p.steps = textStream(s, rq);
		p.framing = s.framing ?? 'chunked';
		type('text/event-stream; charset=utf-8');
	} else {
		p.steps = [Object.assign(Buffer.from(JSON.stringify(
		    wholeAnswer(s, rq))), { words: rq.count &&
		    !/\/embeddings$/.test(rq.path) ? rq.count.words.length *
		    rq.count.choices : 0 })];
		type('application/json');
	}
	if (s.drip)
		p.steps = drip(p.steps, s.drip);
	return p;
}

// ---- the server ---------------------------------------------------------

export class Fake {
	constructor(opt = {})
	{
		this.opt = opt;
		this.books = [];
		this.scripts = new Map();
		this.sockets = new Set();
		this.connections = 0;
	}

	static async start(opt = {})
	{
		const up = new Fake(opt);
		await up.listen();
		return up;
	}

	async listen()
	{
		const { tls, http2: h2, socketPath, host = '127.0.0.1',
		    port = 0 } = this.opt;
		const handler = (req, res) => this.take(req, res);
		if (h2)
			this.server = http2.createSecureServer({ ...tls,
			    allowHTTP1: true }, handler);
		else if (tls)
			this.server = https.createServer(tls, handler);
		else
			this.server = http.createServer(handler);
		this.server.keepAliveTimeout = 0;
		this.server.requestTimeout = 0;
		this.server.headersTimeout = 0;
		const evt = tls && !h2 ? 'secureConnection' : 'connection';
		this.server.on(evt, sock => {
			this.connections++;
			this.sockets.add(sock);
			sock.setNoDelay?.(true);
			sock.on('close', () => this.sockets.delete(sock));
			sock.on('error', () => {});
		});
		this.server.on('sessionError', () => {});
		this.server.on('tlsClientError', () => {});
		await new Promise((ok, no) => {
			this.server.once('error', no);
			this.server.listen(socketPath ? { path: socketPath } :
			    { host, port, backlog: 4096 }, ok);
		});
		this.port = socketPath ? 0 : this.server.address().port;
		this.url = socketPath ?
		    'http+unix://' + encodeURIComponent(socketPath) :
		    (tls || h2 ? 'https' : 'http') + '://' + host + ':' +
		    this.port;
		return this;
	}

	script(name, s)
	{
		this.scripts.set(name, s);
		return name;
	}

	// Entries whose body carries `user: marker`.
	of(marker)
	{
		return this.books.filter(b => b.json?.user === marker);
	}

	choose(json)
	{
		const x = json?.x;
		if (x && typeof x === 'object')
			return x;
		const name = typeof x === 'string' ? x : json?.model;
		return this.scripts.get(name) ?? BUILT_IN[name] ??
		    this.scripts.get('*') ?? {};
	}

	// What a bill needs: one line a request that was read.
	account()
	{
		return this.books.filter(b => b.json).map(b => ({ n: b.n,
		    at: b.at, key: b.headers.authorization, model: b.json.model,
		    user: b.json.user ?? null, stream: b.json.stream === true,
		    status: b.status ?? 0, prompt_tokens: b.charged ?
			b.count?.prompt ?? 0 : 0, cached_tokens: b.charged ?
			b.cached ?? 0 : 0, completion_tokens: b.made,
		    end: b.end_at === null ? b.closed_at === null ? 'open' :
			'left' : b.cut ? 'cut' : 'whole' }));
	}

	async take(req, res)
	{
		if (req.url === '/__books') {
			res.setHeader('content-type', 'application/json');
			res.end(JSON.stringify(this.account()));
			return;
		}
		const e = {
			n: this.books.length, at: now(), method: req.method,
			path: req.url.split('?')[0], url: req.url,
			headers: req.headers, rawHeaders: req.rawHeaders,
			httpVersion: req.httpVersion, body: null, sha256: null,
			json: undefined, head_at: null, sent: [], end_at: null,
			closed_at: null, usage: null, made: 0,
			charged: false, remote: req.socket
			    ?.remoteAddress,
		};
		this.books.push(e);
		const gone = () => {
			if (e.closed_at === null && e.end_at === null)
				e.closed_at = now();
			e.wake?.();
		};
		if (req.httpVersionMajor === 1) {
			req.socket.once('end', gone);
			req.socket.once('close', gone);
			res.once('finish', () => {
				req.socket.off('end', gone);
				req.socket.off('close', gone);
			});
		}
		res.once('close', gone);
		res.on('error', () => {});
		req.on('error', () => {});
		const parts = [];
		try {
			for await (const b of req)
				parts.push(b);
		} catch {
			return gone();
		}
		e.body = Buffer.concat(parts);
		e.body_at = now();
		e.sha256 = sha256(e.body);
		try {
			e.json = JSON.parse(e.body.toString());
		} catch {
			// Bytes that are no JSON are written down as they are.
		}
		if (this.opt.count)
			e.body = null;
		try {
			await this.answer(e, /\/models$/.test(e.path) ?
			    this.scripts.get('/models') ?? {} :
			    this.choose(e.json), req, res);
		} catch (err) {
			e.failed = err;
			res.destroy?.();
		}
	}

	// Silence that ends early when the caller leaves. -> still there?
	async silence(e, ms)
	{
		if (ms > 0 && e.closed_at === null)
			await new Promise(ok => {
				const t = ms === Infinity ? null :
				    setTimeout(ok, ms);
				e.wake = () => {
					clearTimeout(t);
					ok();
				};
			});
		e.wake = null;
		return e.closed_at === null;
	}

	async answer(e, s, req, res)
	{
		const h2 = req.httpVersionMajor === 2;
		const end = async how => {
			if (how === 'stall') {
				await this.silence(e, Infinity);
				return;
			}
			e.end_at = now();
			e.cut = how;
			if (h2)
				res.stream.close(how === 'rst' ?
				    http2.constants.NGHTTP2_INTERNAL_ERROR : 0);
			else if (how === 'rst')
				req.socket.resetAndDestroy ?
				    req.socket.resetAndDestroy() :
				    req.socket.destroy();
			else
				req.socket.end();
		};
		const put = (out, b) => {
			const at = now();
			const full = !out.write(b);
			if (!this.opt.count)
				e.sent.push({ at, bytes: b.length, data:
				    b.length < 65536 ? b : b.subarray(0,
				    64) });
			return full ? new Promise(ok => {
				const fin = () => {
					out.off('drain', fin);
					ok();
				};
				out.once('drain', fin);
				e.wake = fin;
			}) : null;
		};

		if (this.opt.count)
			e.count = measure(s, e);
		if (!await this.silence(e, s.head_ms ?? 0))
			return;
		if (s.wire) {
			for (const p of rawSteps(s.wire)) {
				if (typeof p === 'number') {
					if (!await this.silence(e, p))
						return;
				} else if (p.end) {
					return end(p.end);
				} else {
					await put(req.socket, p);
				}
			}
			e.end_at = now();
			req.socket.end();
			return;
		}
		const p = plan(s, e);
		const total = p.steps.filter(Buffer.isBuffer)
		    .reduce((n, b) => n + b.length, 0);
		if (p.framing === 'length')
			p.headers['content-length'] = total;
		if (!h2 && (s.keep_alive === false || p.framing === 'close'))
			p.headers.connection = 'close';
		if (!h2 && p.framing === 'close') {
			res.useChunkedEncodingByDefault = false;
			res.removeHeader('transfer-encoding');
		}
		e.status = p.status;
		e.charged = p.status < 300;
		e.cached = Math.min(s.cached ?? 0, e.count?.prompt ?? 0);
		res.writeHead(p.status, p.headers);
		res.flushHeaders?.();
		e.head_at = now();
		if (!await this.silence(e, s.first_ms ?? 0))
			return;
		for (const step of p.steps) {
			if (typeof step === 'number') {
				if (!await this.silence(e, step))
					return;
			} else if (step.end) {
				return end(step.end);
			} else if (step.length > 0) {
				e.made += step.words ?? 0;
				await put(res, step);
			}
			if (e.closed_at !== null)
				return;
		}
		e.usage = p.status < 300 ? usageOf(s, e.count?.words ??
		    wordsOf(s), e) : null;
		e.end_at = now();
		res.end();
	}

	async close()
	{
		for (const s of this.sockets)
			s.destroy();
		await new Promise(ok => this.server.close(() => ok()));
	}
}

// ---- as a program -------------------------------------------------------
//   fake.mjs [--port N] [--socket PATH] [--tls KEY CERT] [--h2] [--count]
// prints its address; GET /books answers with the books as JSON, GET /__books
// with the account.

async function main(argv)
{
	const opt = {};
	for (let i = 0; i < argv.length; i++) {
		if (argv[i] === '--port')
			opt.port = Number(argv[++i]);
		else if (argv[i] === '--socket')
			opt.socketPath = argv[++i];
		else if (argv[i] === '--tls')
			opt.tls = { key: fs.readFileSync(argv[++i]),
			    cert: fs.readFileSync(argv[++i]) };
		else if (argv[i] === '--h2')
			opt.http2 = true;
		else if (argv[i] === '--count')
			opt.count = true;
		else {
			console.error('usage: fake.mjs [--port N] [--socket ' +
			    'PATH] [--tls KEY CERT] [--h2] [--count]');
			process.exit(2);
		}
	}
	const up = new Fake(opt);
	const take = up.take.bind(up);
	up.take = (req, res) => {
		if (req.url !== '/books')
			return take(req, res);
		res.setHeader('content-type', 'application/json');
		res.end(JSON.stringify(up.books.map(b => ({ ...b,
		    body: b.body?.toString(), wake: undefined,
		    sent: b.sent.map(x => ({ at: x.at, bytes: x.bytes })) }))));
	};
	await up.listen();
	console.log(up.url);
	for (const sig of ['SIGINT', 'SIGTERM'])
		process.on(sig, () => process.exit(0));
}

if (process.argv[1] && import.meta.url ===
    pathToFileURL(fs.realpathSync(process.argv[1])).href)
	await main(process.argv.slice(2));
