// Measures, prints a table, writes docs/bench.md. See run.
import { execFile, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Fcgi } from '../e2e/lib/fcgi.mjs';
import { Gateway } from '../e2e/lib/gateway.mjs';
import { ask } from '../e2e/lib/http.mjs';
import { connects, family, now, port, pss, run, sleep, start, stop, waitFor,
    WEB } from '../e2e/lib/proc.mjs';
import { serve } from '../e2e/lib/servers.mjs';
import * as budgets from './budgets.mjs';
import * as pages from './pages.mjs';

const QUICK = !!process.env.BENCH_QUICK;
const TOOLS = process.env.BENCH_TOOLS;
const HERE = path.dirname(fileURLToPath(import.meta.url));
const CHAT = '/v1/chat/completions';
const ROUNDS = QUICK ? 1 : 3;
const SECONDS = QUICK ? 2 : 4;
const SIZES = [['size-200', 200], ['size-2k', 2048], ['size-76k', 76000]];
const TICK = 10000;	// us; /proc counts in 1/100 s

const median = a => [...a].sort((x, y) => x - y)[Math.floor(a.length / 2)];
const say = s => process.stderr.write(s + '\n');

// ---- who costs what --------------------------------------------------------

function cpuUs(pid)
{
	let us = 0;
	for (const p of family(pid)) {
		try {
			const st = fs.readFileSync(`/proc/${p}/stat`, 'utf8');
			const f = st.slice(st.lastIndexOf(')') + 2).split(' ');
			// utime stime cutime cstime
			us += [11, 12, 13, 14].reduce((n, i) => n +
			    Number(f[i]), 0) * TICK;
		} catch {
			// It ended while we looked.
		}
	}
	return us;
}

function tool(cmd, args)
{
	return new Promise((ok, no) => execFile(cmd, args.map(String),
	    { maxBuffer: 1 << 26 }, (e, out, err) => e ?
	    no(new Error(e.message + err)) : ok(out)));
}

// ---- what is measured ------------------------------------------------------

async function throughput(way, [model, bytes])
{
	const groups = Object.entries(way.groups);
	const before = groups.map(([, pid]) => cpuUs(pid));
	const out = await tool('wrk', ['-t1', '-c16', `-d${SECONDS}s`,
	    '--latency', '-s', HERE + '/post.lua', `http://127.0.0.1:` +
	    way.port + CHAT, '--', model, bytes, way.key]);
	const n = Number(/(\d+) requests in/.exec(out)[1]);
	const bad = /Non-2xx or 3xx responses: (\d+)/.exec(out);
	const sock = /Socket errors: (.*)/.exec(out);
	if (bad || sock)
		say(`  ${way.name} ${model}: ${bad?.[0] ?? ''} ` +
		    `${sock?.[0] ?? ''} of ${n}`);
	return { rps: Number(/Requests\/sec:\s+([\d.]+)/.exec(out)[1]),
	    bad: Number(bad?.[1] ?? 0),
	    cpu: Object.fromEntries(groups.map(([name, pid], i) => [name,
		(cpuUs(pid) - before[i]) / n])) };
}

async function latency(way, [model, bytes])
{
	return JSON.parse(await tool(TOOLS + '/client', ['paced', way.port,
	    CHAT, way.key, 16, 300, SECONDS, model, bytes]));
}

async function firstToken(way)
{
	return JSON.parse(await tool(TOOLS + '/client', ['streams', way.port,
	    CHAT, way.key, QUICK ? 100 : 400, 1, 100]));
}

// Opens n streams and weighs the processes while all are open.
async function weigh(way, n)
{
	const rate = 500;
	const p = spawn(TOOLS + '/client', ['streams', way.port, CHAT, way.key,
	    n, Math.ceil(n / rate) + (QUICK ? 6 : 10), rate].map(String));
	let out = '', open;
	const opened = new Promise(ok => {
		open = ok;
	});
	p.stdout.on('data', d => {
		out += d;
	});
	p.stderr.on('data', () => open(true));
	const ended = new Promise(ok => p.on('exit', () => {
		open(false);
		ok();
	}));
	const all = await opened;
	await sleep(1500);
	const mem = Object.fromEntries(Object.entries(way.groups).map(
	    ([name, pid]) => [name, pss(pid)]));
	const before = cpuUs(way.groups.gateway ?? way.groups.server);
	const at = now();
	await sleep(2000);
	const cpu = (cpuUs(way.groups.gateway ?? way.groups.server) - before) /
	    (n * (now() - at) / 1000);
	await ended;
	return { ...JSON.parse(out || '{"completed":0}'), all, mem, cpu };
}

async function cgiTime(gw)
{
	const s = await serve({ kind: 'lighttpd-cgi', gw });
	const ms = [];
	for (let i = 0; i < (QUICK ? 10 : 40); i++) {
		const t = now();
		const r = await ask({ port: s.port, url: CHAT, key: gw.key,
		    body: { model: 'size-2k', messages: [{ role: 'user',
		    content: 'x'.repeat(1900) }] } });
		if (r.status !== 200)
			throw new Error('CGI: ' + r.status + r.text);
		ms.push(now() - t);
	}
	await s.stop();
	return { p50: median(ms), max: Math.max(...ms) };
}

async function startTime(gw)
{
	const ms = [];
	for (let i = 0; i < (QUICK ? 5 : 15); i++) {
		const socket = gw.dir + '/start.sock';
		fs.rmSync(socket, { force: true });
		const t = now();
		const p = start(gw.program, ['serve', '--socket', socket],
		    { env: gw.env, web: true });
		for (;;) {
			if (fs.existsSync(socket)) {
				const r = await new Fcgi({ socket, key: gw.key,
				    body: Buffer.from(JSON.stringify({ model:
				    'echo', messages: [{ role: 'user', content:
				    'hi' }] })) }).done;
				if (r.status === 200)
					break;
			}
			await sleep(1);
		}
		ms.push(now() - t);
		await stop(p);
	}
	return { p50: median(ms), max: Math.max(...ms) };
}

// ---- the stage -------------------------------------------------------------

async function stage()
{
	const upPort = await port();
	const up = start(TOOLS + '/upstream', [upPort]);
	const models = Object.fromEntries([...SIZES.map(s => s[0]), 'stream']
	    .map(m => ['model:' + m, { provider: 'fake', price_input: '0.5',
		price_output: '1.5' }]));
	const gw = await Gateway.make({ name: 'bench', conf: {
	    server: { max_streams: 6000 }, 'provider:fake': { type: 'openai',
	    base_url: `http://127.0.0.1:${upPort}/v1`, api_key: 'x' },
	    ...models } });
	const idle = await idleMemory(gw);
	const lighttpd = await serve({ kind: 'lighttpd-external', gw });
	const nginx = await serve({ kind: 'nginx', gw });
	const plainPort = await port();
	const plain = await proxyPass(gw.dir, plainPort, upPort);
	const way = (name, p, groups) => ({ name, port: p, key: gw.key,
	    groups: { ...groups, upstream: up.pid } });
	return { gw, up, idle, servers: [lighttpd, nginx], plain, ways: [
		way('upstream alone', upPort, {}),
		way('nginx proxy_pass', plainPort, { server: plain.pid }),
		way('lighttpd + tollgate', lighttpd.port, { server:
		    lighttpd.proc.pid, gateway: gw.master_pid }),
		way('nginx + tollgate', nginx.port, { server: nginx.proc.pid,
		    gateway: gw.master_pid }),
	] };
}

async function idleMemory(gw)
{
	await sleep(500);
	return pss(gw.master_pid);
}

async function proxyPass(dir, at, upPort)
{
	const d = path.join(dir, 'proxy');
	fs.mkdirSync(d);
	fs.writeFileSync(d + '/nginx.conf', (WEB ? `user ${WEB.name};\n` : '') +
	    `worker_processes 2;\nworker_rlimit_nofile 16384;\n` +
	    `pid ${d}/nginx.pid;\nerror_log ${d}/error.log;\n` +
	    'events { worker_connections 16384; }\nhttp {\n access_log off;\n' +
	    ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
		n => ` ${n}_temp_path ${d}/${n};\n`).join('') +
	    ` upstream up { server 127.0.0.1:${upPort}; keepalive 64; }\n` +
	    ` server { listen 127.0.0.1:${at}; client_max_body_size 65m;\n` +
	    '  client_body_buffer_size 128k;\n' +
	    '  location / { proxy_pass http://up; proxy_http_version 1.1;\n' +
	    '   proxy_set_header Connection ""; proxy_buffering off;\n' +
	    '   proxy_read_timeout 1h; } }\n}\n');
	const p = start('/usr/sbin/nginx', ['-p', d, '-c', d + '/nginx.conf',
	    '-g', 'daemon off;']);
	await waitFor('nginx', () => connects(at));
	return p;
}

// ---- the report ------------------------------------------------------------

const mb = b => (b / 1e6).toFixed(0) + ' MB';
const us = v => v === undefined ? '–' : v.toFixed(0);
const ms = v => (v / 1000).toFixed(2);
const verdict = (value, limit, text) => [text, value <= limit ? 'met' :
    '**missed**'];

function table(head, rows)
{
	return [head, head.map(() => '---'), ...rows].map(r => '| ' +
	    r.join(' | ') + ' |').join('\n') + '\n';
}

function report(m)
{
	const { ways } = m;
	const [alone, proxy, lt, ng] = ways.map(w => w.name);
	const r = (way, size) => m.rps[way][size];
	const cpu2k = (r(lt, 'size-2k').cpu.gateway +
	    r(lt, 'size-2k').cpu.server) / r(proxy, 'size-2k').cpu.server;
	const add = (way, size, q) => m.lat[way][size].latency[q] -
	    m.lat[alone][size].latency[q];
	const ttft = way => m.ttft[way].first.p50 - m.ttft[alone].first.p50;
	const weight = n => m.weigh[n][lt].mem.gateway;
	const rows = [
		['CPU per 2 KB call, gateway and its web server, against ' +
		    'nginx proxy_pass', '≤ 10 × at first, ≤ 6 × in the end',
		    ...verdict(cpu2k, 10, cpu2k.toFixed(1) + ' ×' +
		    (cpu2k > 6 && cpu2k <= 10 ?
		    ' (6 × not yet)' : ''))],
		['requests per second, 2 KB', '≥ 5,000', ...verdict(
		    -r(lt, 'size-2k').rps, -5000,
		    r(lt, 'size-2k').rps.toFixed(0))],
		['requests per second, 76 KB', '≥ 1,500', ...verdict(
		    -r(lt, 'size-76k').rps, -1500,
		    r(lt, 'size-76k').rps.toFixed(0))],
		['added latency p50, 16 connections, 300 calls/s', '≤ 0.7 ms',
		    ...verdict(add(lt, 'size-2k', 'p50'), 700,
		    ms(add(lt, 'size-2k', 'p50')) + ' ms')],
		['added latency p99', '≤ 3 ms', ...verdict(add(lt, 'size-2k',
		    'p99'), 3000, ms(add(lt, 'size-2k', 'p99')) + ' ms')],
		['added time to first token, p50', '≤ 1 ms', ...verdict(
		    ttft(lt), 1000, ms(ttft(lt)) + ' ms')],
		...budgets.targets(m.budgets, verdict),
		...pages.targets(m.pages, verdict),
		['memory, all processes, idle', '≤ 20 MB', ...verdict(m.idle,
		    20e6, mb(m.idle))],
		['memory, 1,000 open streams', '≤ 90 MB', ...verdict(
		    weight(1000), 90e6, mb(weight(1000)))],
		...(m.weigh[5000] ? [['memory, 5,000 open streams', '≤ 350 MB',
		    ...verdict(weight(5000), 350e6, mb(weight(5000)))]] : []),
		['start to first answer', '≤ 50 ms', ...verdict(m.start.p50,
		    50, m.start.p50.toFixed(0) + ' ms')],
		['CGI call', '≤ 20 ms', ...verdict(m.cgi.p50, 20,
		    m.cgi.p50.toFixed(0) + ' ms')],
		['installed size of the program, stripped', '≤ 3 MB',
		    ...verdict(m.size, 3e6, (m.size / 1e6).toFixed(1) +
		    ' MB')],
	];
	let t = '# Figures\n\n' +
	    `Made by \`make bench\` on ${new Date().toISOString()
		.slice(0, 10)}.\n\n` +
	    `Machine: ${m.cpu} (${os.cpus().length} cores), ` +
	    `${(os.totalmem() / 2 ** 30).toFixed(0)} GiB, Linux ` +
	    `${os.release()}. Load generator, web server, gateway and ` +
	    'upstream share it; everything over 127.0.0.1, without TLS. ' +
	    'Everything is on: keys, books with `synchronous = full`, whole ' +
	    'bodies. ' + (QUICK ? 'A shortened run. ' : '') + `Each figure ` +
	    `is the median of ${ROUNDS} interleaved round(s) of ${SECONDS} s ` +
	    'with 16 connections unless said otherwise. Differences below ' +
	    '20 % are noise.\n\nFast answers come from an upstream that ' +
	    'answers at once: a real model takes a thousand times longer.\n\n' +
	    '## Targets\n\n(Behind lighttpd.)\n\n' +
	    table(['what', 'target', 'measured', ''], rows) +
	    '\n## Requests per second and CPU\n\nA body of 200 B, 2 KB or 76 ' +
	    'KB is sent; the answer has 200 B, 2 KB and 2 KB. CPU is µs per ' +
	    'request, of all processes of a kind.\n\n';
	t += table(['way', 'body', 'requests/s', 'range', 'web server µs',
	    'gateway µs', 'upstream µs', 'errors'], ways.flatMap(w =>
	    SIZES.map(([s]) => {
		    const x = r(w.name, s);
		    return [w.name, s.slice(5), x.rps.toFixed(0),
			x.range.map(v => v.toFixed(0)).join('–'),
			us(x.cpu.server), us(x.cpu.gateway),
			us(x.cpu.upstream), x.bad];
	    })));
	t += '\n## Latency without a queue\n\n16 connections, 300 calls a ' +
	    'second in all; milliseconds.\n\n' + table(['way', 'body', 'p50',
	    'p99', 'added p50', 'added p99'], ways.flatMap(w => SIZES.map(
	    ([s]) => [w.name, s.slice(5), ms(m.lat[w.name][s].latency.p50),
	    ms(m.lat[w.name][s].latency.p99), ms(add(w.name, s, 'p50')),
	    ms(add(w.name, s, 'p99'))])));
	t += '\n## Time to first token\n\nOne stream every 10 ms; ' +
	    'milliseconds.\n\n' + table(['way', 'p50', 'p99', 'added p50'],
	    ways.map(w => [w.name, ms(m.ttft[w.name].first.p50),
	    ms(m.ttft[w.name].first.p99), ms(ttft(w.name))]));
	t += budgets.report(m.budgets, table);
	t += pages.report(m.pages, table);
	t += '\n## Open streams\n\nA chunk a second each. Memory is ' +
	    'proportional set size; chunk age is the time from the ' +
	    'upstream to the client.\n\n' + table(['streams', 'way',
	    'completed', 'gateway', 'web server', 'gateway KB each',
	    'CPU µs per chunk', 'chunk age p50', 'p99'],
	    Object.entries(m.weigh).flatMap(([n, by]) => Object.entries(by)
	    .map(([way, x]) => [n, way, x.completed, x.mem.gateway ?
	    mb(x.mem.gateway) : '–', mb(x.mem.server), x.mem.gateway ?
	    ((x.mem.gateway - m.idle) / n / 1000).toFixed(0) : '–',
	    x.cpu.toFixed(0), ms(x.age.p50) + ' ms', ms(x.age.p99) +
	    ' ms'])));
	t += `\n## Starting\n\nFrom the start of \`tollgate serve\` to its ` +
	    `first answer: median ${m.start.p50.toFixed(0)} ms, worst ` +
	    `${m.start.max.toFixed(0)} ms. A whole call as CGI under ` +
	    `lighttpd: median ${m.cgi.p50.toFixed(0)} ms, worst ` +
	    `${m.cgi.max.toFixed(0)} ms. Idle: ${mb(m.idle)} in ` +
	    `${m.processes} processes.\n`;
	return t;
}

// ---- all of it -------------------------------------------------------------

async function main()
{
	const s = await stage();
	const m = { ways: s.ways, idle: s.idle, rps: {}, lat: {}, ttft: {},
	    weigh: {}, processes: family(s.gw.master_pid).length,
	    cpu: os.cpus()[0].model.trim() };

	for (const w of s.ways) {
		m.rps[w.name] = Object.fromEntries(SIZES.map(([x]) => [x, []]));
		m.lat[w.name] = {};
		// Everything is warm before anything counts.
		await latency(w, SIZES[1]);
	}
	for (let i = 0; i < ROUNDS; i++)
		for (const size of SIZES)
			for (const w of s.ways) {
				say(`round ${i + 1} ${size[0]} ${w.name}`);
				m.rps[w.name][size[0]].push(
				    await throughput(w, size));
			}
	for (const by of Object.values(m.rps))
		for (const [x, list] of Object.entries(by)) {
			const rps = list.map(l => l.rps);
			const mid = list.find(l => l.rps === median(rps));
			by[x] = { ...mid, range: [Math.min(...rps),
			    Math.max(...rps)], bad: list.reduce((n, l) => n +
			    l.bad, 0) };
		}
	for (const w of s.ways) {
		for (const size of SIZES) {
			say(`latency ${size[0]} ${w.name}`);
			m.lat[w.name][size[0]] = await latency(w, size);
		}
		m.ttft[w.name] = await firstToken(w);
	}
	m.budgets = await budgets.measure({ gw: s.gw, way: s.ways[2], rounds:
	    ROUNDS, seconds: SECONDS, say, tool: process.env.BENCH_BOOKS,
	    throughput: w => throughput(w, SIZES[1]),
	    latency: w => latency(w, SIZES[1]) });
	for (const n of QUICK ? [1000] : [1000, 5000]) {
		m.weigh[n] = {};
		for (const w of s.ways.slice(1)) {
			say(`${n} streams ${w.name}`);
			m.weigh[n][w.name] = await weigh(w, n);
		}
	}
	await Promise.all(s.servers.map(x => x.stop()));
	await stop(s.plain);
	await s.gw.stop();
	m.start = await startTime(s.gw);
	m.cgi = await cgiTime(s.gw);
	const bare = s.gw.dir + '/stripped';
	m.size = (await run('strip', ['-o', bare, s.gw.program])).code === 0 ?
	    fs.statSync(bare).size : fs.statSync(s.gw.program).size;
	await stop(s.up);
	say('the property test of budgets');
	m.budgets.fire = await budgets.underFire(path.join(HERE,
	    '../e2e/run'), process.env.builddir, QUICK ? 2000 : 100000);
	await s.gw.close();
	m.pages = await pages.measure({ fill: process.env.BENCH_FILL, say,
	    calls: QUICK ? 20000 : 1000000, rounds: QUICK ? 5 : 20 });
	const text = report(m);
	process.stdout.write(text);
	const out = process.env.BENCH_OUT ?? (QUICK ? null :
	    path.join(HERE, '../../docs/bench.md'));
	if (out) {
		fs.mkdirSync(path.dirname(out), { recursive: true });
		fs.writeFileSync(out, text);
	}
}

await main().then(() => process.exit(0), e => {
	console.error(e);
	process.exit(1);
});
