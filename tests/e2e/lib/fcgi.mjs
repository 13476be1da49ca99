// A FastCGI client as rude as it needs to be: speaks straight to the
// gateway's socket, can stop in the middle of a body or send without end.
import net from 'node:net';
import { now } from './proc.mjs';

function record(type, data)
{
	const h = Buffer.alloc(8);
	h[0] = 1;
	h[1] = type;
	h.writeUInt16BE(1, 2);
	h.writeUInt16BE(data.length, 4);
	return Buffer.concat([h, data]);
}

function pair(name, value)
{
	const len = n => {
		if (n < 128)
			return Buffer.from([n]);
		const b = Buffer.alloc(4);
		b.writeUInt32BE((n | 0x80000000) >>> 0);
		return b;
	};
	return Buffer.concat([len(Buffer.byteLength(name)),
	    len(Buffer.byteLength(value)), Buffer.from(name),
	    Buffer.from(value)]);
}

const PARAMS = {
	GATEWAY_INTERFACE: 'CGI/1.1', SERVER_PROTOCOL: 'HTTP/1.1',
	REQUEST_METHOD: 'POST', REQUEST_URI: '/v1/chat/completions',
	SCRIPT_NAME: '', REMOTE_ADDR: '127.0.0.1', SERVER_NAME: 'localhost',
	CONTENT_TYPE: 'application/json',
};

// opt: { socket, key, params, body (Buffer or async iterable), half (send
// only so many bytes and wait), raw (bytes instead of all that) }
export class Fcgi {
	constructor(opt)
	{
		this.out = Buffer.alloc(0);
		this.raw = Buffer.alloc(0);
		this.at = now();
		this.sock = net.connect({ path: opt.socket });
		this.done = new Promise(ok => {
			this.sock.on('close', () => {
				this.closed_at = now();
				ok(this);
			});
		});
		this.sock.on('error', e => {
			this.error = e;
		});
		this.sock.on('data', d => this.take(d));
		this.send(opt).catch(() => {});
	}

	take(d)
	{
		this.raw = Buffer.concat([this.raw, d]);
		while (this.raw.length >= 8) {
			const n = this.raw.readUInt16BE(4), pad = this.raw[6];
			if (this.raw.length < 8 + n + pad)
				return;
			if (this.raw[1] === 6)
				this.out = Buffer.concat([this.out,
				    this.raw.subarray(8, 8 + n)]);
			if (this.raw[1] === 3)
				this.ended = true;
			this.raw = this.raw.subarray(8 + n + pad);
		}
	}

	async send(opt)
	{
		if (opt.raw) {
			this.sock.write(opt.raw);
			return;
		}
		const body = opt.body ?? Buffer.alloc(0);
		const p = { ...PARAMS, ...opt.params };
		if (opt.key)
			p.HTTP_AUTHORIZATION = 'Bearer ' + opt.key;
		if (Buffer.isBuffer(body) && p.CONTENT_LENGTH === undefined)
			p.CONTENT_LENGTH = String(body.length);
		this.sock.write(Buffer.concat([
		    record(1, Buffer.from([0, 1, 0, 0, 0, 0, 0, 0])),
		    record(4, Buffer.concat(Object.entries(p)
			.filter(([, v]) => v !== null)
			.map(([k, v]) => pair(k, v)))),
		    record(4, Buffer.alloc(0))]));
		const put = async b => {
			for (let i = 0; i < b.length; i += 32768)
				if (!this.sock.write(record(5,
				    b.subarray(i, i + 32768))))
					await new Promise(ok => {
						this.sock.once('drain', ok);
						this.sock.once('close', ok);
					});
		};
		if (!Buffer.isBuffer(body)) {
			for await (const b of body) {
				if (this.closed_at)
					return;
				await put(b);
				this.sent = (this.sent ?? 0) + b.length;
			}
		} else if (opt.half !== undefined) {
			await put(body.subarray(0, opt.half));
			return;
		} else {
			await put(body);
		}
		this.sock.write(record(5, Buffer.alloc(0)));
	}

	get status()
	{
		const m = /^Status: (\d+)/mi.exec(this.out.toString('latin1'));
		return m ? Number(m[1]) : this.out.length ? 200 : 0;
	}

	get text()
	{
		const i = this.out.indexOf('\r\n\r\n');
		return this.out.subarray(i + 4).toString();
	}

	close()
	{
		this.sock.destroy();
	}
}
