// `tollgate doctor` against recipes that were broken as people break them,
// and against the shipped ones: what is wrong is found, and the exact lines
// to add are printed.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { Gateway } from './lib/gateway.mjs';
import { KINDS, serve } from './lib/servers.mjs';

let gw;

before(async () => {
	gw = await Gateway.make({ name: 'doctor', conf: { server: {
	    workers: 2 } } });
});

after(async () => {
	await gw?.close();
});

const doctor = (url, ...a) => gw.cli('doctor', url, '--key', gw.key, ...a);
const without = re => text => {
	const out = text.replace(re, '');
	assert.notEqual(out, text, 'the recipe no longer says ' + re);
	return out;
};
const all = (...fns) => text => fns.reduce((t, f) => f(t), text);

// [recipe, what is wrong, how it is broken, the line that mends it]
const BROKEN = [
	['lighttpd', 'buffers', without(/^server\.stream-response-body.*$/m),
	    'server.stream-response-body = 1'],
	['lighttpd-external', 'buffers', without(
	    /^server\.stream-response-body.*$/m),
	    'server.stream-response-body = 1'],
	['lighttpd-cgi', 'buffers', without(
	    /^server\.stream-response-body.*$/m),
	    'server.stream-response-body = 1'],
	['nginx', 'buffers', text => text.replace('fastcgi_buffering off;',
	    'fastcgi_buffering on; fastcgi_ignore_headers ' +
	    'X-Accel-Buffering;'), 'fastcgi_buffering off;'],
	['apache-proxy-fcgi', 'buffers', without(/ flushpackets=on/),
	    'flushpackets=on'],
	['apache-proxy-fcgi', 'hides the key', without(/CGIPassAuth On/),
	    'CGIPassAuth On'],
	['apache-fcgid', 'buffers', without(/FcgidOutputBufferSize 0/),
	    'FcgidOutputBufferSize 0'],
	['apache-fcgid', 'hides the key', without(/CGIPassAuth On/),
	    'CGIPassAuth On'],
	['apache-cgi', 'hides the key', all(without(/^CGIPassAuth On$/m),
	    without(/^RewriteRule .\* - \[E=HTTP_AUTH.*$/m)),
	    'CGIPassAuth On'],
];

describe('broken', () => {
	for (const [kind, what, edit, line] of BROKEN)
		test(`${kind} ${what}`, async () => {
			const s = await serve({ kind, gw, edit });
			try {
				const r = await doctor(s.base);
				const out = r.out + r.err;
				assert.equal(r.code, 1, out);
				assert.ok(out.includes(line), out);
			} finally {
				await s.stop();
			}
		});
});

describe('as shipped', () => {
	for (const kind of KINDS)
		test(kind, async () => {
			const s = await serve({ kind, gw });
			try {
				const r = await doctor(s.base);
				assert.equal(r.code, 0, r.out + r.err);
				const j = await doctor(s.base, '--json');
				assert.equal(j.code, 0);
				JSON.parse(j.out);
			} finally {
				await s.stop();
			}
		});

	test('under a sub-path', async () => {
		const s = await serve({ kind: 'nginx', gw, prefix: '/llm' });
		try {
			const r = await doctor(s.base);
			assert.equal(r.code, 0, r.out + r.err);
		} finally {
			await s.stop();
		}
	});
});

describe('other complaints', () => {
	test('nobody listens', async () => {
		const r = await doctor('http://127.0.0.1:1');
		assert.equal(r.code, 1);
		assert.match(r.out + r.err, /refused|connect/i);
	});

	test('a wrong key', async () => {
		const s = await serve({ kind: 'nginx', gw });
		try {
			const r = await gw.cli('doctor', s.base, '--key',
			    'sk-wrong-000000000000000');
			assert.equal(r.code, 1, r.out);
			assert.match(r.out + r.err, /key/i);
		} finally {
			await s.stop();
		}
	});

	test('files that others can read', async () => {
		const s = await serve({ kind: 'nginx', gw });
		const file = path.join(gw.data, 'tollgate.key');
		try {
			fs.chmodSync(file, 0o644);
			const r = await doctor(s.base);
			assert.equal(r.code, 1, r.out);
			assert.match(r.out + r.err, /chmod 0?600 \S*key/);
		} finally {
			fs.chmodSync(file, 0o600);
			await s.stop();
		}
	});
});
