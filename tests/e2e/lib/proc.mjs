// Processes, scratch folders and ports: whatever a test starts is ended with
// it, also when it fails or is interrupted.
import { spawn, execFile } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';

export const now = () => performance.timeOrigin + performance.now();
export const sleep = ms => new Promise(ok => setTimeout(ok, ms));

const children = new Set();
const folders = new Set();

function endAll()
{
	for (const c of children)
		endGroup(c.pid, 'SIGKILL');
	for (const d of folders)
		fs.rmSync(d, { recursive: true, force: true, maxRetries: 3 });
}
process.on('exit', endAll);
for (const sig of ['SIGINT', 'SIGTERM', 'SIGHUP'])
	process.on(sig, () => process.exit(1));

// The whole family: a child leads a process group of its own.
export function endGroup(pid, sig)
{
	try {
		process.kill(-pid, sig);
	} catch {
		// It has ended by itself.
	}
}

export const ROOT = process.getuid() === 0;
// Programs run as the web server's user when the tests run as root.
export const WEB = ROOT ? webUser() : null;

function webUser()
{
	const line = fs.readFileSync('/etc/passwd', 'utf8').split('\n')
	    .find(l => l.startsWith('www-data:'));
	const f = line.split(':');
	return { uid: Number(f[2]), gid: Number(f[3]), name: 'www-data' };
}

export function own(file)
{
	if (WEB)
		fs.chownSync(file, WEB.uid, WEB.gid);
	return file;
}

// A folder that the web server's user owns; removed at the end.
export function scratch(name)
{
	const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tollgate-e2e-' +
	    name + '-'));
	folders.add(dir);
	fs.chmodSync(dir, 0o755);
	return own(dir);
}

export function drop(dir)
{
	fs.rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
	folders.delete(dir);
}

// Starts a program in its own process group. Its output is kept in
// `.out` (and in a file beside it when `log` is given).
export function start(cmd, args, opt = {})
{
	const p = spawn(cmd, args, {
		stdio: ['ignore', 'pipe', 'pipe'], detached: true,
		...(opt.web !== false && WEB && opt.web ?
		    { uid: WEB.uid, gid: WEB.gid } : {}),
		...opt, env: opt.env ?? process.env });
	p.out = '';
	p.ended = new Promise(ok => p.once('exit', (code, sig) => {
		p.code = code;
		p.signal = sig;
		ok(code ?? sig);
	}));
	p.on('error', e => {
		p.out += e.message;
	});
	for (const s of [p.stdout, p.stderr])
		s?.on('data', d => {
			p.out = (p.out + d).slice(-1 << 20);
		});
	children.add(p);
	return p;
}

// Ends a program and all it started. -> milliseconds it took
export async function stop(p, sig = 'SIGTERM', limit = 5000)
{
	const t = now();
	if (p.exitCode === null && p.signalCode === null) {
		try {
			p.kill(sig);
		} catch {
			// gone already
		}
		await Promise.race([p.ended, sleep(limit)]);
	}
	endGroup(p.pid, 'SIGKILL');
	if (p.exitCode === null && p.signalCode === null)
		await Promise.race([p.ended, sleep(2000)]);
	children.delete(p);
	return now() - t;
}

// Runs a program to its end. -> { code, out, err }
export function run(cmd, args, opt = {})
{
	return new Promise(ok => {
		const who = opt.web && WEB ? { uid: WEB.uid, gid: WEB.gid } : {};
		const p = execFile(cmd, args, { maxBuffer: 1 << 28,
		    encoding: 'utf8', timeout: opt.timeout ?? 60000, ...who,
		    ...opt }, (e, out, err) => ok({
			code: e ? e.code ?? e.signal : 0, out, err }));
		p.stdin.end(opt.input);
	});
}

export async function waitFor(what, fn, ms = 10000, step = 20)
{
	const end = now() + ms;
	for (;;) {
		let v = null, err = null;
		try {
			v = await fn();
		} catch (e) {
			err = e;
		}
		if (v)
			return v;
		if (now() > end || err?.hopeless)
			throw new Error('waited ' + ms + ' ms in vain for ' +
			    what + (err ? ': ' + err.message : ''));
		await sleep(step);
	}
}

// ---- ports ----------------------------------------------------------------
// Each test file has a range of its own, so that files can run side by side.

const RANGES = { webservers: 0, relay: 100, clients: 150, durable: 200,
    bodies: 300, doctor: 350, manage: 450, fake: 500, budget: 550,
    alerts: 600, limits: 650, crash: 700, litellm: 750, pages: 800,
    signin: 840, providers: 870, play: 890, injection: 910, forms: 930 };
const base = Number(process.env.TOLLGATE_TEST_PORT ?? 18000);
let next = 0;

export async function port()
{
	const file = path.basename(process.argv[1] ?? '').split('.')[0];
	const first = base + (RANGES[file] ?? 900);
	for (;;) {
		const p = first + next++ % 100;
		if (await free(p))
			return p;
	}
}

function free(p)
{
	return new Promise(ok => {
		const s = net.createServer();
		s.once('error', () => ok(false));
		s.listen({ port: p, host: '127.0.0.1' },
		    () => s.close(() => ok(true)));
	});
}

export function connects(where)
{
	return new Promise(ok => {
		const s = net.connect(typeof where === 'string' ?
		    { path: where } : { port: where, host: '127.0.0.1' });
		s.once('connect', () => {
			s.destroy();
			ok(true);
		});
		s.once('error', () => ok(false));
	});
}

// Descendants of a process, itself first.
export function family(pid)
{
	const parents = new Map();
	for (const d of fs.readdirSync('/proc')) {
		if (!/^\d+$/.test(d))
			continue;
		try {
			const st = fs.readFileSync(`/proc/${d}/stat`, 'utf8');
			parents.set(Number(d), Number(
			    st.slice(st.lastIndexOf(')') + 2).split(' ')[1]));
		} catch {
			// It ended while we looked.
		}
	}
	const out = [pid];
	for (let i = 0; i < out.length; i++)
		for (const [c, p] of parents)
			if (p === out[i])
				out.push(c);
	return out;
}

export function alive(pid)
{
	try {
		process.kill(pid, 0);
		const st = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
		return !/\) Z /.test(st);
	} catch {
		return false;
	}
}

// Memory of a process family in bytes, shared pages counted by share. Who may
// not look inside (not root) gets the resident size, shared pages and all.
export function pss(pid)
{
	let kb = 0;
	for (const p of family(pid)) {
		kb += field(`/proc/${p}/smaps_rollup`, /^Pss:\s+(\d+)/m) ??
		    field(`/proc/${p}/status`, /^VmRSS:\s+(\d+)/m) ?? 0;
	}
	return kb * 1024;
}

function field(file, re)
{
	try {
		return Number(re.exec(fs.readFileSync(file, 'utf8'))[1]);
	} catch {
		return null;
	}
}
