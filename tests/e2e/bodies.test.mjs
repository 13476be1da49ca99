// What is kept of requests and answers: all of it, to the byte, in a tenth of
// the room, and nothing where a key says so. Secrets are in no file.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { Fake } from '../upstream/fake.mjs';
import { conversation } from './lib/conversation.mjs';
import { Gateway, upstream } from './lib/gateway.mjs';
import { ask } from './lib/http.mjs';
import { run, sleep, waitFor } from './lib/proc.mjs';
import { serve } from './lib/servers.mjs';

const SECRET = 'sk-upstream-secret-' + randomBytes(12).toString('hex');
const CHAT = '/v1/chat/completions';
const up = new Fake();
let gw, web;

before(async () => {
	await up.listen();
	gw = await Gateway.make({ name: 'bodies', conf: {
	    server: { workers: 2 },
	    'provider:fake': upstream(up, { api_key: SECRET }),
	    'model:m': { provider: 'fake', upstream_model: 'm' } } });
	web = await serve({ kind: 'lighttpd-external', gw });
});

after(async () => {
	await web?.stop();
	await gw?.close();
	await up.close();
});

const post = (body, key = gw.key) => ask({ port: web.port, url: CHAT, key,
    body });
const size = name => ['', '-wal'].reduce((n, s) => {
	const f = path.join(gw.data, name + s);
	return n + (fs.existsSync(f) ? fs.statSync(f).size : 0);
}, 0);
const raw = async (id, side) => {
	const r = await gw.cli('call', id, '--' + side);
	assert.equal(r.code, 0, r.err);
	return r.out;
};

test('a hundred turns of an agent: a tenth of the bytes, all identical',
    async t => {
	const turns = conversation(100);
	const first = size('log.db');
	const kept = [];
	let rawBytes = 0;

	for (const turn of turns) {
		up.script('m', { body: turn.answer });
		const r = await post(turn.request);
		assert.equal(r.status, 200, r.text);
		rawBytes += turn.request.length + turn.answer.length;
		kept.push({ id: r.headers['x-tollgate-call'], ...turn });
	}
	up.scripts.delete('m');
	// The answers' bodies are written after the caller has everything.
	await waitFor('the last body', async () => (await gw.cli('call',
	    kept.at(-1).id, '--answer')).code === 0);
	for (const k of kept) {
		const q = await raw(k.id, 'request');
		const a = await raw(k.id, 'answer');
		assert.ok(q === k.request.toString() ||
		    q === k.request + '\n', 'request differs');
		assert.ok(a === k.answer.toString() || a === k.answer + '\n',
		    'answer differs');
	}
	await gw.cli('db', 'vacuum');
	const grown = size('log.db') - first;
	t.diagnostic(`${rawBytes} bytes of bodies took ${grown}: 1/` +
	    (rawBytes / grown).toFixed(1));
	assert.ok(grown <= rawBytes / 10, `${grown} of ${rawBytes}`);
});

test('a stream is kept as the answer it amounts to', async () => {
	const words = ['Gr\u00fc\u00df ', '\u4f60\u597d ', '"quoted" \\ '];
	const r = await post({ model: 'm', stream: true, x: { words },
	    messages: [{ role: 'user', content: 'q' }] });
	const id = r.headers['x-tollgate-call'];
	const c = await waitFor('the body', async () => {
		const j = await gw.json('call', id);
		return j.answer && j;
	});
	assert.equal(c.answer.choices[0].message.content, words.join(''));
	assert.equal(c.answer.choices[0].finish_reason, 'stop');
	assert.equal(c.answer.usage.total_tokens, 10);
	assert.equal(c.request.stream, true);
});

describe('log = full | numbers | none', () => {
	for (const mode of ['full', 'numbers', 'none'])
		test(mode, async () => {
			const key = (await gw.json('key', 'create', '--alias',
			    'log-' + mode, '--log', mode)).key;
			const secret = 'private-' + mode + '-' +
			    randomBytes(8).toString('hex');
			const r = await post({ model: 'm', messages: [{ role:
			    'user', content: secret }], x: { words: [secret +
			    '-answer'] } }, key);
			assert.equal(r.status, 200, r.text);
			await sleep(700);
			const rows = (await gw.calls()).filter(c => c.id ===
			    r.headers['x-tollgate-call']);
			// The numbers are the books: they are always kept.
			assert.equal(rows.length, 1);
			const q = await gw.cli('call',
			    r.headers['x-tollgate-call'], '--request');
			if (mode === 'full')
				assert.match(q.out, new RegExp(secret));
			else
				assert.ok(!q.out.includes(secret));
		});
});

test('an aborted stream keeps what was made', async () => {
	const r = await post({ model: 'm', stream: true, messages: [{ role:
	    'user', content: 'q' }], x: { words: 10, cut_after: 4,
	    gap_ms: 20 } });
	const c = await waitFor('the body', async () => {
		const j = await gw.json('call', r.headers['x-tollgate-call']);
		return j.answer && j;
	});
	assert.match(JSON.stringify(c.answer), /w00003/);
});

test('caps are kept and the file shrinks', async t => {
	const g = await Gateway.make({ name: 'caps', conf: {
	    log: { max_rows: 50 }, 'provider:fake': upstream(up),
	    'model:m': { provider: 'fake' } } });
	const w = await serve({ kind: 'lighttpd-external', gw: g });
	const bytes = () => fs.statSync(path.join(g.data, 'log.db')).size;
	try {
		for (let i = 0; i < 200; i++) {
			const r = await ask({ port: w.port, url: CHAT,
			    key: g.key, body: { model: 'm', messages: [{ role:
			    'user', content: randomBytes(6000).toString('hex')
			    }] } });
			assert.equal(r.status, 200, r.text);
		}
		const kept = async () => Number((await run('sqlite3', [path
		    .join(g.data, 'log.db'), 'SELECT count(*) FROM bodies'])).out);
		await waitFor('the janitor', async () => await kept() === 50,
		    40000, 500);
		const small = bytes();
		t.diagnostic(`log.db ${small} bytes, rows kept: 50 of 200`);
		// All of them, each 12 KB of noise, are 5.6 MB with the index.
		assert.ok(small < 3600000, small + ' bytes');
		const rows = await g.calls();
		assert.ok(rows.length >= 200, 'the books lost rows: ' +
		    rows.length);
	} finally {
		await w.stop();
		await g.close();
	}
});

test('secrets are in no file', async () => {
	await gw.cli('provider', 'add', 'sealed', '--type', 'openai',
	    '--base-url', up.url, '--api-key', SECRET + '-sealed');
	// The key of the ini file is where the owner put it.
	fs.rmSync(path.join(gw.data, 'tollgate.ini'));
	const secrets = [SECRET, gw.key, gw.master, gw.key.slice(3),
	    gw.admin.split(' ').at(-1)];
	for (const f of fs.readdirSync(gw.data, { recursive: true })) {
		const file = path.join(gw.data, f);
		if (!fs.statSync(file).isFile())
			continue;
		const b = fs.readFileSync(file);
		for (const s of secrets) {
			assert.ok(!b.includes(s), `${f} holds a secret`);
			assert.ok(!b.includes(Buffer.from(s).toString('hex')),
			    f);
		}
		assert.equal(fs.statSync(file).mode & 0o077, 0, f +
		    ' can be read by others');
	}
	assert.equal(fs.statSync(gw.data).mode & 0o077, 0);
});
