// A certificate authority of our own, a server certificate for localhost and
// one for another name, made by openssl in a scratch folder.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

export function certs(dir)
{
	const f = n => path.join(dir, n);
	const ssl = (...a) => execFileSync('openssl', a, { stdio: 'pipe' });
	const out = { ca: f('ca.pem') };

	ssl('req', '-x509', '-newkey', 'ec', '-pkeyopt',
	    'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj',
	    '/CN=Tollgate test CA', '-keyout', f('ca.key'), '-out', out.ca);
	for (const [name, san] of [
	    ['good', 'DNS:localhost,IP:127.0.0.1'],
	    ['wrong', 'DNS:elsewhere.example']]) {
		fs.writeFileSync(f(name + '.ext'), 'subjectAltName=' + san +
		    '\n');
		ssl('req', '-newkey', 'ec', '-pkeyopt',
		    'ec_paramgen_curve:P-256', '-nodes', '-subj',
		    '/CN=' + name, '-keyout', f(name + '.key'), '-out',
		    f(name + '.csr'));
		ssl('x509', '-req', '-in', f(name + '.csr'), '-CA', out.ca,
		    '-CAkey', f('ca.key'), '-CAcreateserial', '-days', '2',
		    '-extfile', f(name + '.ext'), '-out', f(name + '.pem'));
		out[name] = { key: fs.readFileSync(f(name + '.key')),
		    cert: fs.readFileSync(f(name + '.pem')) };
	}
	fs.chmodSync(out.ca, 0o644);
	return out;
}
