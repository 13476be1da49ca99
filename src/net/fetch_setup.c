/*
 * A call's options, from our words into libcurl's.  Everything is set anew for
 * each call (half a microsecond), so that nothing of the call before, least
 * of all its key, can be left in a handle.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "net/fetch_handle.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "0"
#endif

#define HOLD_BYTES	(256 * 1024)	/* more is not taken off the network */
#define NO_TIMEOUT_MS	(24L * 3600 * 1000)
#define RETRY_MS	1000	/* see allow_send() */

/* Our own lines, after the spec's. */
enum { EXTRA_EXPECT, EXTRA_TYPE, EXTRA__MAX };

static const struct {
	CURLoption option;
	long value;
} fixed[] = {
	{ CURLOPT_NOSIGNAL, 1 },
	{ CURLOPT_NOPROGRESS, 1 },
	{ CURLOPT_TCP_NODELAY, 1 },
	{ CURLOPT_TCP_KEEPALIVE, 1 },
	{ CURLOPT_TCP_KEEPIDLE, 60 },
	{ CURLOPT_TCP_KEEPINTVL, 30 },
	/* Allocated for each open stream. */
	{ CURLOPT_BUFFERSIZE, 16 * 1024 },
	/*
	 * Used by bodies that are larger, and by TLS: 16 KiB would cost a
	 * 76 KiB body 28 us more.
	 */
	{ CURLOPT_UPLOAD_BUFFERSIZE, 64 * 1024 },
	{ CURLOPT_FOLLOWLOCATION, 0 },
	{ CURLOPT_UNRESTRICTED_AUTH, 0 },
	{ CURLOPT_SSL_VERIFYPEER, 1 },
	{ CURLOPT_SSL_VERIFYHOST, 2 },
	{ CURLOPT_PROXY_SSL_VERIFYPEER, 1 },
	{ CURLOPT_PROXY_SSL_VERIFYHOST, 2 },
	/* Our headers hold the provider's key: none for the proxy. */
	{ CURLOPT_HEADEROPT, CURLHEADER_SEPARATE },
	{ CURLOPT_SUPPRESS_CONNECT_HEADERS, 1 },
	/* Else closing waits for a resolver thread that hangs. */
	{ CURLOPT_QUICK_EXIT, 1 },
};

static int add_key(char *key, size_t *n, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
static int unusable(struct tg_err *e, const char *what);
static void set_network(struct tg_fetch *f, const char *url);
static void set_certificates(struct tg_fetch *f);
static void set_body(CURL *easy, const struct tg_fetch_spec *spec);
static int set_fields(struct tg_fetch *f, const struct tg_fetch_spec *spec,
    struct tg_err *e);
static bool is_field(const char *line);
static bool names(const char *line, const char *name);
static size_t on_head(char *p, size_t size, size_t n, void *arg);
static int begin_head(struct tg_fetch *f, struct tg_str line);
static size_t on_body(char *p, size_t size, size_t n, void *arg);
static int allow_send(void *arg, char *peer, char *local, int peer_port,
    int local_port);

int
tg_fetch_name(const struct tg_fetch_spec *spec, char *key, char *host,
    struct tg_err *e)
{
	const struct tg_fetch_route *r = spec->route;
	char *scheme = NULL, *name = NULL, *port = NULL;
	CURLU *u = curl_url();
	size_t n = 0;
	int result = -1;

	if (u == NULL ||
	    curl_url_set(u, CURLUPART_URL, spec->url, 0) != CURLUE_OK ||
	    curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
	    curl_url_get(u, CURLUPART_HOST, &name, 0) != CURLUE_OK ||
	    curl_url_get(u, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) !=
	    CURLUE_OK)
		unusable(e, "it is not a URL");
	else if (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0)
		unusable(e, "only http and https can be called");
	else if (snprintf(host, TG_FETCH_HOST_BYTES, "%s", name) >=
	    TG_FETCH_HOST_BYTES ||
	    add_key(key, &n, "%s://%s:%s", scheme, name, port) != 0 ||
	    (r->unix_socket != NULL &&
	    add_key(key, &n, "|unix=%s", r->unix_socket) != 0) ||
	    (r->proxy != NULL && add_key(key, &n, "|proxy=%s", r->proxy) != 0) ||
	    (r->ca_file != NULL && add_key(key, &n, "|ca=%s", r->ca_file) != 0) ||
	    (r->ca_path != NULL &&
	    add_key(key, &n, "|certs=%s", r->ca_path) != 0) ||
	    (r->http2 && add_key(key, &n, "|h2") != 0))
		unusable(e, "it, or a path set for it, is too long");
	else
		result = 0;
	curl_free(scheme);
	curl_free(name);
	curl_free(port);
	curl_url_cleanup(u);
	return result;
}

int
tg_fetch_setup(struct tg_fetch *f, const struct tg_fetch_spec *spec,
    struct tg_err *e)
{
	CURL *easy = f->easy;
	size_t i;

	curl_easy_reset(easy);
	for (i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
		curl_easy_setopt(easy, fixed[i].option, fixed[i].value);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "tollgate/" PACKAGE_VERSION);
	f->why[0] = '\0';
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, f->why);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_head);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, f);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, f);
	curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, allow_send);
	curl_easy_setopt(easy, CURLOPT_PREREQDATA, f);
	if (curl_easy_setopt(easy, CURLOPT_URL, spec->url) != CURLE_OK)
		return unusable(e, "there is no memory for it");
	set_network(f, spec->url);
	set_certificates(f);
	set_body(easy, spec);
	return set_fields(f, spec, e);
}

void
tg_fetch_unset(struct tg_fetch *f)
{
	if (f->fields == NULL)
		return;
	tg_wipe(f->fields, f->fields_bytes);
	free(f->fields);
	f->fields = NULL;
}

static int
add_key(char *key, size_t *n, const char *fmt, ...)
{
	va_list ap;
	int put;

	va_start(ap, fmt);
	put = vsnprintf(key + *n, TG_FETCH_KEY_BYTES - *n, fmt, ap);
	va_end(ap);
	if (put < 0 || (size_t)put >= TG_FETCH_KEY_BYTES - *n)
		return -1;
	*n += (size_t)put;
	return 0;
}

static int
unusable(struct tg_err *e, const char *what)
{
	return tg_fail(e, TG_E_CONNECT,
	    "The upstream's base URL cannot be used: %s.", what);
}

static void
set_network(struct tg_fetch *f, const char *url)
{
	const struct tg_fetch_route *r = &f->route;
	bool tls = strncasecmp(url, "https:", 6) == 0;
	long connect_ms = r->connect_ms > 0 ? r->connect_ms : NO_TIMEOUT_MS;

	curl_easy_setopt(f->easy, CURLOPT_CONNECTTIMEOUT_MS, connect_ms);
	curl_easy_setopt(f->easy, CURLOPT_HTTP_VERSION, r->http2 && tls ?
	    (long)CURL_HTTP_VERSION_2TLS : (long)CURL_HTTP_VERSION_1_1);
	if (r->unix_socket != NULL)
		curl_easy_setopt(f->easy, CURLOPT_UNIX_SOCKET_PATH,
		    r->unix_socket);
	if (r->proxy != NULL || r->unix_socket != NULL)
		curl_easy_setopt(f->easy, CURLOPT_PROXY,
		    r->proxy != NULL ? r->proxy : "");
}

/* A bundle is parsed for each connection, a hashed folder only looked into. */
static void
set_certificates(struct tg_fetch *f)
{
	const struct tg_fetch_route *r = &f->route;
	const char *folder = r->ca_path;

	if (folder == NULL)
		folder = tg_fetch_ca_path(f->pool);
	if (r->ca_file == NULL && folder == NULL)
		return;
	if (r->ca_file != NULL)
		folder = NULL;
	curl_easy_setopt(f->easy, CURLOPT_CAINFO, r->ca_file);
	curl_easy_setopt(f->easy, CURLOPT_CAPATH, folder);
	curl_easy_setopt(f->easy, CURLOPT_PROXY_CAINFO, r->ca_file);
	curl_easy_setopt(f->easy, CURLOPT_PROXY_CAPATH, folder);
}

static void
set_body(CURL *easy, const struct tg_fetch_spec *spec)
{
	bool post = strcmp(spec->method, "POST") == 0;

	if (post || spec->body.n > 0) {
		curl_easy_setopt(easy, CURLOPT_POST, 1L);
		curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
		    (curl_off_t)spec->body.n);
		curl_easy_setopt(easy, CURLOPT_POSTFIELDS,
		    spec->body.n > 0 ? spec->body.p : "");
	} else if (strcmp(spec->method, "HEAD") == 0) {
		curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
		return;
	} else
		curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
	if (!post)
		curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, spec->method);
}

/*
 * The list's nodes and a copy of the lines in one block, which libcurl only
 * borrows: it can be wiped.
 */
static int
set_fields(struct tg_fetch *f, const struct tg_fetch_spec *spec,
    struct tg_err *e)
{
	static const char *const extra[EXTRA__MAX] = {
		[EXTRA_EXPECT] = "Expect:",	/* no 100-continue round trip */
		[EXTRA_TYPE] = "Content-Type:",	/* no form's type */
	};
	size_t n = spec->n_headers + EXTRA__MAX;
	size_t bytes = n * (sizeof(*f->fields) + sizeof("Content-Type:"));
	size_t i, len;
	bool typed = false;
	char *text;

	for (i = 0; i < spec->n_headers; i++) {
		if (!is_field(spec->headers[i].line))
			return unusable(e, "a header set for it is not of the "
			    "form \"Name: value\"");
		bytes += strlen(spec->headers[i].line) + 2;
		typed |= names(spec->headers[i].line, "Content-Type");
	}
	f->fields = calloc(1, bytes);
	if (f->fields == NULL)
		return unusable(e, "there is no memory for it");
	f->fields_bytes = bytes;
	text = (char *)(f->fields + n);
	n -= typed;
	for (i = 0; i < n; i++) {
		const char *line = i < spec->n_headers ?
		    spec->headers[i].line : extra[i - spec->n_headers];

		len = strlen(line);
		memcpy(text, line, len + 1);
		/* Told so, libcurl sends a header without a value. */
		if (i < spec->n_headers && text[strcspn(text, ":") + 1] == '\0')
			text[len - 1] = ';';
		f->fields[i].data = text;
		f->fields[i].next = i + 1 < n ? &f->fields[i + 1] : NULL;
		text += len + 1;
	}
	curl_easy_setopt(f->easy, CURLOPT_HTTPHEADER, f->fields);
	return 0;
}

static bool
is_field(const char *line)
{
	const char *p;

	for (p = line; *p != '\0'; p++) {
		if ((unsigned char)*p < 0x20 && *p != '\t')
			return false;
	}
	p = strchr(line, ':');
	return p != NULL && p > line;
}

static bool
names(const char *line, const char *name)
{
	size_t n = strlen(name);

	return strncasecmp(line, name, n) == 0 && line[n] == ':';
}

/* A line at a time; each answer, 1xx ones too, begins anew. */
static size_t
on_head(char *p, size_t size, size_t n, void *arg)
{
	struct tg_fetch *f = arg;
	struct tg_str line = tg_str_trim((struct tg_str){ p, size * n });

	/* Trailers come after the body, and say nothing that we need. */
	if (f->head_ready)
		return size * n;
	if (tg_str_starts(line, "HTTP/"))
		return begin_head(f, line) == 0 ? size * n : 0;
	if (line.n == 0) {
		f->head_ready = f->status >= 200;
		return size * n;
	}
	tg_buf_adds(&f->head, line);
	if (tg_buf_byte(&f->head, '\n') != 0) {
		f->head_over = true;
		return 0;
	}
	return size * n;
}

static int
begin_head(struct tg_fetch *f, struct tg_str line)
{
	struct tg_str word;
	int64_t status = 0;

	tg_buf_reset(&f->head);
	if (!tg_str_cut(&line, ' ', &word) ||
	    !tg_str_cut(&line, ' ', &word) || !tg_str_i64(word, &status) ||
	    status < 100 || status > 999)
		return -1;
	f->status = (int)status;
	return 0;
}

static size_t
on_body(char *p, size_t size, size_t n, void *arg)
{
	struct tg_fetch *f = arg;
	size_t max = f->route.max_answer_bytes;

	n *= size;
	if (f->in.n >= HOLD_BYTES) {
		f->paused = true;
		return CURL_WRITEFUNC_PAUSE;
	}
	if (max > 0 && n > max - f->received) {
		f->body_over = true;
		return 0;
	}
	if (tg_buf_add(&f->in, p, n) != 0)
		return 0;
	f->received += n;
	f->piece_ms = tg_mono_ms();
	return n;
}

/*
 * Called when a connection stands and the request is about to go out.  When a
 * kept connection turns out to be dead before a byte was received, libcurl
 * asks again on a new one.  That is right at once after sending; later the
 * upstream may have worked, and billed, before it broke off, and asking again
 * would do it twice.
 */
static int
allow_send(void *arg, char *peer, char *local, int peer_port, int local_port)
{
	struct tg_fetch *f = arg;
	int64_t now = tg_mono_ms();

	(void)peer;
	(void)local;
	(void)peer_port;
	(void)local_port;
	if (f->sent && now - f->sent_ms > RETRY_MS) {
		f->late_retry = true;
		return CURL_PREREQFUNC_ABORT;
	}
	if (f->on_send != NULL && f->on_send(f->on_send_arg) != 0)
		return CURL_PREREQFUNC_ABORT;
	now = tg_mono_ms();
	if (!f->sent)
		f->sent_ms = now;
	f->sent = true;
	f->progress_ms = now;
	return CURL_PREREQFUNC_OK;
}
