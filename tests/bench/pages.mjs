// How long the server takes for each page, and how large it is, with a year
// of calls in the books.
import { Gateway } from '../e2e/lib/gateway.mjs';
import { ask } from '../e2e/lib/http.mjs';
import { now, run } from '../e2e/lib/proc.mjs';
import { serve } from '../e2e/lib/servers.mjs';

const PAGES = [
	['overview, 7 days', '/admin'],
	['overview, 30 days', '/admin?period=30d'],
	['overview, a year by key', '/admin?period=year&by=key'],
	['overview, a year by team', '/admin?period=year&by=team'],
	['calls', '/admin/calls'],
	['calls of a model', '/admin/calls?model=MODEL'],
	['calls of a key', '/admin/calls?key=KEY'],
	['calls that failed', '/admin/calls?status=error'],
	['calls, the dearest', '/admin/calls?sort=cost&period=year'],
	['calls with a tag and a model', '/admin/calls?tag=1&model=MODEL'],
	['one call', '/admin/calls/CALL'],
	['sessions', '/admin/threads'],
	['programs', '/admin/programs'],
	['search, a rare word', '/admin/search?text=RARE'],
	['search, a common word', '/admin/search?text=COMMON'],
	['search, a phrase', '/admin/search?text=%22PHRASE%22'],
	['search, two Chinese characters', '/admin/search?text=CHINESE'],
	['search, nothing found', '/admin/search?text=ABSENT'],
	['search, a common word of a key',
	    '/admin/search?text=COMMON&key=KEY'],
	['search, a common word in a month',
	    '/admin/search?text=COMMON&period=30d'],
	['keys', '/admin/keys'],
	['keys, by spending', '/admin/keys?sort=spend'],
	['keys, searched', '/admin/keys?text=77'],
	['people', '/admin/people'],
	['teams', '/admin/teams'],
	['customers', '/admin/customers'],
	['budgets', '/admin/budgets'],
	['models', '/admin/models'],
	['providers', '/admin/providers'],
	['settings', '/admin/settings'],
	['audit', '/admin/audit'],
	['API reference', '/admin/api'],
];

const cookieOf = r => [r.headers['set-cookie'] ?? []].flat().map(c =>
    c.split(';')[0]).join('; ');

async function signIn(port, password)
{
	const form = await ask({ port, url: '/admin/sign-in', method: 'GET',
	    headers: { accept: 'application/json' } });
	const r = await ask({ port, url: '/admin/sign-in', method: 'POST',
	    headers: { cookie: cookieOf(form), 'content-type':
	    'application/x-www-form-urlencoded' }, body: Buffer.from(
	    new URLSearchParams({ name: 'admin', password, csrf:
	    form.json.csrf }).toString()) });
	if (r.status !== 303)
		throw new Error('sign-in: ' + r.status + r.text);
	return cookieOf(r);
}

const median = a => [...a].sort((x, y) => x - y)[Math.floor(a.length / 2)];

// -> rows: how long each page takes, from request to last byte
export async function look({ gw, facts, password, rounds, say })
{
	const web = await serve({ kind: 'lighttpd-external', gw });
	const cookie = await signIn(web.port, password);
	const names = new RegExp('\\b(' + Object.keys(facts).map(k =>
	    k.toUpperCase()).join('|') + ')\\b', 'g');
	const rows = [];

	for (const [name, path] of PAGES) {
		const url = path.replace(names, w =>
		    encodeURIComponent(facts[w.toLowerCase()]));
		const ms = [];
		let bytes = 0;
		for (let i = 0; i < rounds + 1; i++) {
			const t = now();
			const r = await ask({ port: web.port, url, method:
			    'GET', headers: { cookie, accept: 'text/html' } });
			if (r.status !== 200)
				throw new Error(url + ': ' + r.status);
			ms.push(now() - t);
			bytes = Buffer.byteLength(r.text);
		}
		// The first fills caches; it is told by itself.
		rows.push({ name, first: ms[0], p50: median(ms.slice(1)),
		    max: Math.max(...ms.slice(1)), bytes });
		say(`pages: ${name} ${rows.at(-1).p50.toFixed(1)} ms`);
	}
	await web.stop();
	return rows;
}

// fill: the program of that name; calls: how many
export async function measure({ fill, calls, rounds, say })
{
	const gw = await Gateway.make({ name: 'pages-bench', serve: false });
	say(`pages: ${calls} calls are made`);
	const made = await run(fill, [gw.data, String(calls)], { web: true,
	    timeout: 1800000, env: gw.env });
	if (made.code !== 0)
		throw new Error('fill: ' + made.err);
	const facts = JSON.parse(made.out);
	await gw.start();
	const rows = await look({ gw, facts, rounds, say,
	    password: gw.admin.split(' ')[1] });
	await gw.close();
	return { rows, calls, keys: facts.keys };
}

const of = (m, name) => m.rows.find(r => r.name.startsWith(name));

export function targets(m, verdict)
{
	const ms = v => v.toFixed(1) + ' ms';
	const row = (what, name, limit) => [what, `≤ ${limit} ms`, ...verdict(
	    of(m, name).p50, limit, ms(of(m, name).p50))];
	const worst = m.rows.filter(r => /^calls/.test(r.name))
	    .reduce((a, b) => a.p50 > b.p50 ? a : b);
	const found = m.rows.filter(r => /^search/.test(r.name))
	    .reduce((a, b) => a.p50 > b.p50 ? a : b);

	return [
		row('first page, a year of calls', 'overview, 30', 30),
		[`list of calls, the slowest filter (${worst.name})`,
		    '≤ 100 ms', ...verdict(worst.p50, 100, ms(worst.p50))],
		[`search, the slowest (${found.name})`, '≤ 50 ms',
		    ...verdict(found.p50, 50, ms(found.p50))],
	];
}

export function report(m, table)
{
	return '\n## Pages\n\n' + `With ${m.calls.toLocaleString('en')} ` +
	    `calls of a year and ${m.keys.toLocaleString('en')} keys, behind ` +
	    'lighttpd, one visitor, in ms from request to last byte: the ' +
	    'first time, then the median and the worst of the next.\n\n' +
	    table(['page', 'first', 'median', 'worst', 'bytes'],
		m.rows.map(r => [r.name, r.first.toFixed(1), r.p50.toFixed(1),
		r.max.toFixed(1), r.bytes.toLocaleString('en')]));
}
