/*
 * What to add to which web server's configuration: one table, measured with
 * each of them.  The recipes in etc/ hold all of it in its place.
 */
#include "config.h"

#include "prog/doctor.h"

#include "base/buf.h"

struct server {
	const char *mark; /* in its Server header */
	const char *name;
	const char *lines[TG_DOCTOR_FAULT__MAX];
};

/* clang-format off */
static const struct server servers[] = {
	{ "lighttpd", "lighttpd", {
	    [TG_DOCTOR_BUFFERS] =
		"server.stream-response-body = 1\n",
	    [TG_DOCTOR_NO_AUTH] =
		"# lighttpd passes Authorization on; look for a module that\n"
		"# takes it (mod_auth) or a setenv line that removes it.\n",
	    [TG_DOCTOR_SMALL_BODY] =
		"server.max-request-size = 66560\n",
	    [TG_DOCTOR_NO_GATEWAY] =
		"server.modules += ( \"mod_fastcgi\" )\n"
		"fastcgi.server = ( \"/\" => ((\n"
		"\t\"socket\" => \"/run/tollgate/tollgate.sock\",\n"
		"\t\"check-local\" => \"disable\",\n"
		"\t\"fix-root-scriptname\" => \"enable\",\n"
		")) )\n",
	    [TG_DOCTOR_SILENCE] =
		"server.max-write-idle = 3600\n",
	} },
	{ "nginx", "nginx, in the location", {
	    [TG_DOCTOR_BUFFERS] =
		"fastcgi_buffering off;\n"
		"gzip off;\n",
	    [TG_DOCTOR_NO_AUTH] =
		"fastcgi_pass_request_headers on;\n"
		"fastcgi_param HTTP_AUTHORIZATION $http_authorization;\n",
	    [TG_DOCTOR_SMALL_BODY] =
		"client_max_body_size 65m;\n",
	    [TG_DOCTOR_NO_GATEWAY] =
		"include fastcgi_params;\n"
		"fastcgi_param SCRIPT_NAME \"\";\n"
		"fastcgi_pass unix:/run/tollgate/tollgate.sock;\n",
	    [TG_DOCTOR_SILENCE] =
		"fastcgi_read_timeout 1h;\n",
	} },
	{ "Caddy", "Caddy, in the site", {
	    [TG_DOCTOR_BUFFERS] =
		"reverse_proxy unix//run/tollgate/tollgate.sock {\n"
		"\ttransport fastcgi\n"
		"\tflush_interval -1\n"
		"}\n",
	    [TG_DOCTOR_NO_AUTH] =
		"# Caddy passes Authorization on; look for a line\n"
		"# `header_up -Authorization' or `basicauth'.\n",
	    [TG_DOCTOR_SMALL_BODY] =
		"request_body {\n"
		"\tmax_size 68157440\n"
		"}\n",
	    [TG_DOCTOR_NO_GATEWAY] =
		"reverse_proxy unix//run/tollgate/tollgate.sock {\n"
		"\ttransport fastcgi\n"
		"}\n",
	    [TG_DOCTOR_SILENCE] =
		"# Caddy waits without end; look at what stands before it.\n",
	} },
	{ "Apache", "Apache with mod_proxy_fcgi, in the virtual host", {
	    [TG_DOCTOR_BUFFERS] =
		"ProxyPass \"/\" \"unix:/run/tollgate/tollgate.sock|"
		"fcgi://tollgate/\" flushpackets=on timeout=3600\n",
	    [TG_DOCTOR_NO_AUTH] =
		"<Location \"/\">\n"
		"\tCGIPassAuth On\n"
		"</Location>\n",
	    [TG_DOCTOR_SMALL_BODY] =
		"LimitRequestBody 68157440\n",
	    [TG_DOCTOR_NO_GATEWAY] =
		"ProxyPass \"/\" \"unix:/run/tollgate/tollgate.sock|"
		"fcgi://tollgate/\" flushpackets=on timeout=3600\n",
	    [TG_DOCTOR_SILENCE] =
		"ProxyTimeout 3600\n",
	} },
	{ "Apache", "Apache with mod_fcgid, in the virtual host", {
	    [TG_DOCTOR_BUFFERS] =
		"FcgidOutputBufferSize 0\n",
	    [TG_DOCTOR_NO_AUTH] =
		"<Location \"/\">\n"
		"\tCGIPassAuth On\n"
		"</Location>\n",
	    [TG_DOCTOR_SMALL_BODY] =
		"FcgidMaxRequestLen 68157440\n",
	    [TG_DOCTOR_NO_GATEWAY] =
		"ScriptAlias \"/\" \"/usr/local/libexec/tollgate/"
		"tollgate.fcgi/\"\n"
		"<Location \"/\">\n"
		"\tSetHandler fcgid-script\n"
		"\tOptions +ExecCGI\n"
		"\tRequire all granted\n"
		"</Location>\n",
	    [TG_DOCTOR_SILENCE] =
		"FcgidIOTimeout 3600\n"
		"FcgidBusyTimeout 3600\n",
	} },
	{ "Apache", "Apache with plain CGI, in .htaccess", {
	    [TG_DOCTOR_BUFFERS] =
		"# Plain CGI streams by itself; an output filter keeps it\n"
		"# back: remove `SetOutputFilter DEFLATE'.\n"
		"RemoveOutputFilter .cgi\n",
	    [TG_DOCTOR_NO_AUTH] =
		"CGIPassAuth On\n"
		"# or, where the hosting refuses that:\n"
		"RewriteEngine On\n"
		"RewriteRule .* - [E=HTTP_AUTHORIZATION:"
		"%{HTTP:Authorization}]\n",
	    [TG_DOCTOR_SMALL_BODY] =
		"LimitRequestBody 68157440\n",
	    [TG_DOCTOR_NO_GATEWAY] =
		"Options +ExecCGI\n"
		"AddHandler cgi-script .cgi\n"
		"RewriteEngine On\n"
		"RewriteCond %{REQUEST_FILENAME} !-f\n"
		"RewriteRule ^(.*)$ tollgate.cgi/$1 [L,QSA]\n",
	    [TG_DOCTOR_SILENCE] =
		"<IfModule mod_cgid.c>\n"
		"\tCGIDScriptTimeout 3600\n"
		"</IfModule>\n",
	} },
};

/* clang-format on */

#define SERVERS (sizeof(servers) / sizeof(servers[0]))

const char *
tg_doctor_lines(struct tg_arena *a, const char *server,
    enum tg_doctor_fault fault)
{
	bool known = false;
	struct tg_buf b;
	const char *text;
	size_t i;

	for (i = 0; i < SERVERS; i++)
		if (tg_str_ifind(tg_str(server), servers[i].mark) != -1)
			known = true;
	tg_buf_init(&b, 64 * 1024);
	for (i = 0; i < SERVERS; i++) {
		if (known &&
		    tg_str_ifind(tg_str(server), servers[i].mark) == -1)
			continue;
		tg_buf_printf(&b, "# %s:\n%s", servers[i].name,
		    servers[i].lines[fault]);
	}
	text = tg_arena_cstr(a, tg_buf_str(&b));
	tg_buf_free(&b);
	return text;
}
