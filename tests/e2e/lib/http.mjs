// A plain HTTP/1.1 client over a socket that notes when each piece arrives,
// can wait for 100 Continue, read slowly, and leave at any moment. And what
// is needed to read event streams.
import net from 'node:net';
import tls from 'node:tls';
import { now, sleep } from './proc.mjs';

// Takes the answer apart as its bytes arrive.
class Reader {
	constructor(method)
	{
		this.buf = Buffer.alloc(0);
		this.state = 'head';
		this.method = method;
		this.status = 0;
		this.headers = {};
		this.chunks = [];
		this.complete = false;
		this.interim = [];
	}

	feed(data, at)
	{
		this.buf = this.buf.length ? Buffer.concat([this.buf, data]) :
		    data;
		while (this.step(at))
			;
	}

	step(at)
	{
		if (this.state === 'head')
			return this.head(at);
		if (this.state === 'length' || this.state === 'close') {
			const n = this.state === 'close' ? this.buf.length :
			    Math.min(this.left, this.buf.length);
			if (n > 0)
				this.take(n, at);
			if (this.state === 'length' && (this.left -= n) === 0)
				this.done(at);
			return false;
		}
		if (this.state === 'size') {
			const i = this.buf.indexOf('\r\n');
			if (i < 0)
				return false;
			this.left = parseInt(this.buf.subarray(0, i), 16);
			this.buf = this.buf.subarray(i + 2);
			this.state = this.left > 0 ? 'chunk' : 'last';
			return true;
		}
		if (this.state === 'chunk') {
			const n = Math.min(this.left, this.buf.length);
			if (n > 0)
				this.take(n, at);
			this.left -= n;
			if (this.left > 0)
				return false;
			this.state = 'crlf';
			return true;
		}
		if (this.state === 'crlf' || this.state === 'last') {
			if (this.buf.length < 2)
				return false;
			this.buf = this.buf.subarray(2);
			if (this.state === 'last') {
				this.done(at);
				return false;
			}
			this.state = 'size';
			return true;
		}
		return false;
	}

	head(at)
	{
		const i = this.buf.indexOf('\r\n\r\n');
		if (i < 0)
			return false;
		const lines = this.buf.subarray(0, i).toString('latin1')
		    .split('\r\n');
		this.buf = this.buf.subarray(i + 4);
		const status = Number(lines[0].split(' ')[1]);
		if (status < 200) {
			this.interim.push({ status, at });
			this.onInterim?.(status);
			return true;
		}
		this.status = status;
		this.head_at = at;
		for (const l of lines.slice(1)) {
			const k = l.indexOf(':');
			const name = l.slice(0, k).toLowerCase();
			const v = l.slice(k + 1).trim();
			this.headers[name] = name in this.headers ?
			    this.headers[name] + ', ' + v : v;
		}
		const te = this.headers['transfer-encoding'];
		const cl = this.headers['content-length'];
		if (this.method === 'HEAD' || status === 204 || status === 304)
			this.done(at);
		else if (te)
			this.state = 'size';
		else if (cl !== undefined) {
			this.left = Number(cl);
			this.state = 'length';
			if (this.left === 0)
				this.done(at);
		} else {
			this.state = 'close';
		}
		this.onHead?.();
		return true;
	}

	take(n, at)
	{
		this.chunks.push({ at, data: this.buf.subarray(0, n) });
		this.buf = this.buf.subarray(n);
		this.onData?.();
	}

	done(at)
	{
		this.state = 'done';
		this.complete = true;
		this.end_at = at;
		this.onDone?.();
	}
}

// opt: { port, host, path (socket), tls, url, method, headers, body (Buffer,
// string, value or async iterable of Buffers: sent chunked), expect,
// timeout, pause (start without reading), late (ms between the connection and
// the request) }
// -> a call: { done (promise of itself), abort(), status, headers, body,
//    json, events, chunks, ... }
export class Call {
	constructor(opt)
	{
		this.opt = opt;
		this.sent_at = now();
		const body = opt.body === undefined ? null :
		    Buffer.isBuffer(opt.body) || opt.body[Symbol.asyncIterator] ?
		    opt.body : Buffer.from(typeof opt.body === 'string' ?
			opt.body : JSON.stringify(opt.body));
		const method = opt.method ?? (body ? 'POST' : 'GET');
		this.reader = new Reader(method);
		const where = opt.socket ? { path: opt.socket } :
		    { port: opt.port, host: opt.host ?? '127.0.0.1' };
		this.sock = opt.tls ? tls.connect({ ...where, ...opt.tls }) :
		    net.connect(where);
		this.sock.setNoDelay(true);
		this.done = new Promise(ok => {
			this.finish = how => {
				if (this.how)
					return;
				this.how = how;
				this.closed_at = now();
				clearTimeout(this.timer);
				if (how !== 'done' || !opt.keep)
					this.sock.destroy();
				ok(this);
			};
		});
		this.timer = setTimeout(() => this.finish('timeout'),
		    opt.timeout ?? 30000);
		this.reader.onDone = () => this.finish('done');
		this.sock.on('data', d => this.reader.feed(d, now()));
		this.sock.on('end', () => {
			if (this.reader.state === 'close') {
				this.reader.done(now());
				return;
			}
			this.finish('closed');
		});
		this.sock.on('error', e => {
			this.error = e;
			this.finish('error');
		});
		this.sock.on('close', () => this.finish('closed'));
		if (opt.pause)
			this.sock.pause();
		this.send(method, body).catch(e => {
			this.error ??= e;
		});
	}

	async send(method, body)
	{
		const { opt } = this;
		const iter = body && body[Symbol.asyncIterator] &&
		    !Buffer.isBuffer(body);
		const h = { host: '127.0.0.1:' + opt.port, ...opt.headers };
		if (opt.key)
			h.authorization = 'Bearer ' + opt.key;
		if (body && !Object.keys(h).some(
		    k => k.toLowerCase() === 'content-type'))
			h['content-type'] = 'application/json';
		if (iter)
			h['transfer-encoding'] = 'chunked';
		else if (body && h['content-length'] === undefined)
			h['content-length'] = body.length;
		if (opt.expect)
			h.expect = '100-continue';
		if (!opt.keep)
			h.connection ??= 'close';
		if (opt.late)
			await sleep(opt.late);
		const head = method + ' ' + opt.url + ' HTTP/1.1\r\n' +
		    Object.entries(h).filter(([, v]) => v !== null)
		    .map(([k, v]) => k + ': ' + v + '\r\n').join('') + '\r\n';
		this.sock.write(head);
		if (!body)
			return;
		if (opt.expect) {
			const go = new Promise(ok => {
				this.reader.onInterim = s =>
				    s === 100 && ok('100');
				this.reader.onHead = () => ok('final');
			});
			this.continued = await Promise.race([go,
			    sleep(opt.expect === true ? 1000 : opt.expect)
			    .then(() => 'none')]);
			this.continued_after = now() - this.sent_at;
			if (this.continued === 'final')
				return;
		}
		if (iter) {
			for await (const b of body) {
				if (this.how)
					return;
				const ok = this.sock.write(Buffer.concat([
				    Buffer.from(b.length.toString(16) + '\r\n'),
				    b, Buffer.from('\r\n')]));
				this.uploaded = (this.uploaded ?? 0) + b.length;
				if (!ok)
					await new Promise(r => {
						this.sock.once('drain', r);
						this.sock.once('close', r);
					});
			}
			this.sock.write('0\r\n\r\n');
		} else if (opt.half !== undefined) {
			this.sock.write(body.subarray(0, opt.half));
		} else {
			this.sock.write(body);
		}
	}

	abort()
	{
		this.left_at = now();
		this.finish('left');
		return this.left_at;
	}

	get status() { return this.reader.status; }
	get headers() { return this.reader.headers; }
	get chunks() { return this.reader.chunks; }
	get complete() { return this.reader.complete; }
	get body() { return Buffer.concat(this.chunks.map(c => c.data)); }
	get text() { return this.body.toString(); }

	get json()
	{
		try {
			return JSON.parse(this.text);
		} catch {
			return undefined;
		}
	}

	get events() { return events(this.chunks); }
	get data() { return this.events.filter(e => e.data !== undefined); }

	// All of `delta.content` (or `text`) in order.
	get content()
	{
		return this.data.map(e => e.json?.choices?.[0]?.delta?.content ??
		    e.json?.choices?.[0]?.text ?? '').join('');
	}

	get finished() { return this.data.some(e => e.data === '[DONE]'); }

	get fault()
	{
		return this.data.find(e => e.json?.error)?.json.error;
	}

	// Waits until fn(this) is true, looking at every piece.
	async until(fn, ms = 10000)
	{
		const end = now() + ms;
		while (!fn(this)) {
			if (this.how || now() > end)
				return false;
			await sleep(2);
		}
		return true;
	}
}

export function call(opt)
{
	return new Call(opt);
}

export async function ask(opt)
{
	return new Call(opt).done;
}

// Events with the time at which their last byte came.
// -> [{ at, data, json, event } | { at, comment }]
export function events(chunks)
{
	const out = [];
	let line = '', data = [], name = null;
	const decode = new TextDecoder('utf-8', { fatal: true });

	for (const c of chunks) {
		line += decode.decode(c.data, { stream: true });
		for (;;) {
			const i = line.indexOf('\n');
			if (i < 0)
				break;
			const l = line.slice(0, i).replace(/\r$/, '');
			line = line.slice(i + 1);
			if (l === '') {
				if (data.length)
					out.push(event(c.at, data, name));
				data = [];
				name = null;
			} else if (l[0] === ':') {
				out.push({ at: c.at, comment: l.slice(1)
				    .trim() });
			} else if (l.startsWith('data:')) {
				data.push(l.slice(5).replace(/^ /, ''));
			} else if (l.startsWith('event:')) {
				name = l.slice(6).trim();
			}
		}
	}
	return out;
}

function event(at, lines, name)
{
	const e = { at, data: lines.join('\n'), event: name };
	try {
		e.json = JSON.parse(e.data);
	} catch {
		// [DONE], or something that a test will complain about
	}
	return e;
}
