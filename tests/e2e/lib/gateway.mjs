// The gateway with a scratch data folder: made, configured, started, ended.
import fs from 'node:fs';
import path from 'node:path';
import { alive, connects, drop, family, own, run, scratch, sleep, start, stop,
    waitFor, WEB } from './proc.mjs';

const BIN = process.env.TOLLGATE_BIN;

// { section: { key: value } } -> the text of a tollgate.ini
export function ini(conf)
{
	return Object.entries(conf).map(([section, keys]) => `[${section}]\n` +
	    Object.entries(keys).map(([k, v]) => `${k} = ${v}\n`).join(''))
	    .join('\n');
}

// A provider for a fake upstream, and models on it.
export function upstream(up, opt = {})
{
	return { type: 'openai', base_url: up.url, api_key:
	    'sk-upstream-secret-0123456789', ...opt };
}

function cleanEnv(extra)
{
	const env = { ...process.env };
	for (const k of Object.keys(env))
		if (/_API_KEY$|^TOLLGATE_|^OLLAMA_HOST$|_proxy$|_PROXY$/.test(k))
			delete env[k];
	return { ...env, ...extra };
}

export class Gateway {
	// opt: { name, conf (sections), env, args, serve (true) }
	static async make(opt = {})
	{
		if (!BIN || !fs.existsSync(BIN))
			throw new Error('TOLLGATE_BIN does not name the ' +
			    'program: run tests/e2e/run BUILDDIR');
		const gw = new Gateway();
		gw.opt = opt;
		gw.dir = scratch(opt.name ?? 'gw');
		gw.data = path.join(gw.dir, 'data');
		gw.socket = path.join(gw.dir, 'gw.sock');
		gw.program = path.join(gw.dir, 'tollgate');
		fs.copyFileSync(BIN, gw.program);
		fs.chmodSync(gw.program, 0o755);
		for (const link of ['fcgi', 'cgi']) {
			gw[link] = path.join(gw.dir, 'tollgate.' + link);
			fs.symlinkSync(gw.program, gw[link]);
		}
		gw.env = cleanEnv({ TOLLGATE_DATA: gw.data, ...opt.env });
		await gw.init();
		if (opt.conf)
			gw.configure(opt.conf);
		if (opt.serve !== false)
			await gw.start();
		return gw;
	}

	async init()
	{
		fs.mkdirSync(this.data, { mode: 0o700, recursive: true });
		own(this.data);
		const r = await run(this.program, ['init'],
		    { env: this.env, web: true });
		if (r.code !== 0)
			throw new Error('init: ' + r.code + ' ' + r.err + r.out);
		const line = re => re.exec(r.out)?.[1];
		this.master = line(/^master key: (\S+)$/m);
		this.key = line(/^key: (\S+)$/m);
		this.admin = line(/^admin: (.*)$/m);
		if (!this.master || !this.key)
			throw new Error('init printed no keys: ' + r.out);
	}

	configure(conf)
	{
		const file = path.join(this.data, 'tollgate.ini');
		this.conf = conf;
		fs.writeFileSync(file, ini(conf));
		fs.chmodSync(file, 0o600);
		own(file);
	}

	async start()
	{
		fs.rmSync(this.socket, { force: true });
		this.proc = start(this.program, ['serve', '--socket',
		    this.socket, ...this.opt.args ?? []],
		    { env: this.env, web: true, cwd: this.dir });
		await waitFor('the gateway', () => {
			if (this.proc.exitCode !== null)
				throw Object.assign(new Error('ended: ' +
				    this.proc.out), { hopeless: true });
			return connects(this.socket);
		}, 10000).catch(async e => {
			await stop(this.proc, 'SIGKILL');
			throw new Error(e.message + '\n' + this.proc.out);
		});
	}

	// The command, as the user that owns the data.
	cli(...args)
	{
		const opt = typeof args.at(-1) === 'object' ? args.pop() : {};
		return run(opt.program ?? this.program, args.map(String),
		    { env: { ...this.env, ...opt.env }, web: true, ...opt.run,
		      input: opt.input });
	}

	async json(...args)
	{
		const r = await this.cli(...args, '--json');
		if (r.code !== 0)
			throw new Error(args.join(' ') + ': ' + r.code + ' ' +
			    r.err + r.out);
		return JSON.parse(r.out);
	}

	// All rows of the books, by the command.
	async calls(...filters)
	{
		return this.json('calls', '--limit', '100000', ...filters);
	}

	get log() { return this.proc?.out ?? ''; }
	get master_pid() { return this.proc.pid; }

	// Children of the master, with the names that they give themselves (15
	// bytes of them).
	children()
	{
		return family(this.proc.pid).slice(1).filter(alive).map(pid => ({
			pid, title: title(pid) }));
	}

	workers()
	{
		return this.children().filter(c => /worker/.test(c.title));
	}

	janitor()
	{
		return this.children().find(c => /janito/.test(c.title));
	}

	async stop(sig = 'SIGTERM', limit = 5000)
	{
		if (!this.proc)
			return 0;
		const ms = await stop(this.proc, sig, limit);
		return ms;
	}

	async close()
	{
		await this.stop('SIGTERM', 2000);
		await sleep(10);
		drop(this.dir);
	}
}

function title(pid)
{
	try {
		return fs.readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
	} catch {
		return '';
	}
}

export { WEB };
