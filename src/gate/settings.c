/*
 * One row a setting: its name, what it is, where it goes.  Sits between the
 * sources of the catalog (ini file, database, management API), which bring
 * names and texts, and the catalog's structs.
 */
#include "config.h"

#include "gate/settings.h"

#include <limits.h>
#include <stddef.h>
#include <strings.h>

#include "base/escape.h"

enum kind { TEXT, MS, BYTES, FLAG, COUNT, WORDS, WHOLE };

struct row {
	const char *key;
	enum kind kind;
	size_t offset;
};

static const struct row route_rows[] = {
	{ "unix_socket", TEXT, offsetof(struct tg_fetch_route, unix_socket) },
	{ "proxy", TEXT, offsetof(struct tg_fetch_route, proxy) },
	{ "ca_file", TEXT, offsetof(struct tg_fetch_route, ca_file) },
	{ "ca_path", TEXT, offsetof(struct tg_fetch_route, ca_path) },
	{ "http2", FLAG, offsetof(struct tg_fetch_route, http2) },
	{ "connect_ms", MS, offsetof(struct tg_fetch_route, connect_ms) },
	{ "first_byte_ms", MS,
	    offsetof(struct tg_fetch_route, first_byte_ms) },
	{ "gap_ms", MS, offsetof(struct tg_fetch_route, gap_ms) },
	{ "total_ms", MS, offsetof(struct tg_fetch_route, total_ms) },
	{ "max_answer_bytes", BYTES,
	    offsetof(struct tg_fetch_route, max_answer_bytes) },
	{ NULL, 0, 0 },
};

static const struct row upstream_rows[] = {
	{ "base_url", TEXT, offsetof(struct tg_upstream, base_url) },
	{ "auth_header", TEXT, offsetof(struct tg_upstream, auth_header) },
	{ "lost", TEXT, offsetof(struct tg_upstream, lost) },
	{ "charge_errors", FLAG,
	    offsetof(struct tg_upstream, charge_errors) },
	{ NULL, 0, 0 },
};

static const struct row deployment_rows[] = {
	{ "upstream_model", TEXT,
	    offsetof(struct tg_deployment, upstream_model) },
	{ "mode", TEXT, offsetof(struct tg_deployment, mode) },
	{ "weight", COUNT, offsetof(struct tg_deployment, weight) },
	{ "order", COUNT, offsetof(struct tg_deployment, order) },
	{ "lost", TEXT, offsetof(struct tg_deployment, lost) },
	{ "max_input_tokens", WHOLE,
	    offsetof(struct tg_deployment, max_input_tokens) },
	{ "max_output_tokens", WHOLE,
	    offsetof(struct tg_deployment, max_output_tokens) },
	{ NULL, 0, 0 },
};

static const struct row echo_rows[] = {
	{ "echo_delay_ms", WORDS, offsetof(struct tg_echo_settings, delay_ms) },
	{ "echo_chunk_ms", WORDS, offsetof(struct tg_echo_settings, chunk_ms) },
	{ "echo_status", WORDS, offsetof(struct tg_echo_settings, status) },
	{ "echo_retry_after", WORDS,
	    offsetof(struct tg_echo_settings, retry_after) },
	{ "echo_cut_after", WORDS,
	    offsetof(struct tg_echo_settings, cut_after) },
	{ "echo_stall_after", WORDS,
	    offsetof(struct tg_echo_settings, stall_after) },
	{ "echo_words", WORDS, offsetof(struct tg_echo_settings, words) },
	{ "echo_text", TEXT, offsetof(struct tg_echo_settings, text) },
	{ NULL, 0, 0 },
};

/* Read where they stand, not by a row. */
static const char *const other_upstream[] = { "type", "api_key", "open",
	"discount", "margin", NULL };
static const char *const other_deployment[] = { "provider", "echo_usage",
	"echo_tokens_per_second", NULL };

static const struct row *row_find(const struct row *, const char *);
static int row_read(const struct row *, const struct tg_section *,
    const struct tg_setting *, void *, struct tg_err *);
static bool listed(const char *const *, const char *);
static int read_flag(const struct tg_section *, const struct tg_setting *,
    bool *, struct tg_err *);
static int bad(const struct tg_section *, const struct tg_setting *,
    struct tg_err *, const char *);

const char *
tg_settings_get(const struct tg_section *s, const char *key)
{
	const char *value = NULL;

	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->settings[i].key, key) == 0)
			value = s->settings[i].value;
	return value;
}

int
tg_settings_kind(const char *key)
{
	int kind = tg_settings_promise_kind(key);

	if (row_find(route_rows, key) != NULL)
		return 3;
	if (row_find(upstream_rows, key) != NULL ||
	    listed(other_upstream, key) || strncmp(key, "header.", 7) == 0)
		kind |= 1;
	if (row_find(deployment_rows, key) != NULL ||
	    row_find(echo_rows, key) != NULL || listed(other_deployment, key) ||
	    tg_settings_is_price(key))
		kind |= 2;
	return kind;
}

/* --- a provider's --- */

static int
read_type(const struct tg_section *s, struct tg_upstream *u, struct tg_err *e)
{
	const char *type = tg_settings_get(s, "type");
	const struct tg_known *k;

	if (type == NULL)
		type = tg_known_find(tg_str(u->name)) != NULL ? u->name :
								"openai";
	k = tg_known_find(tg_str(type));
	if (k == NULL)
		return tg_fail(e, TG_E_INVALID,
		    "[provider:%s] type = %s is not known; use `openai` for "
		    "anything that speaks OpenAI's API",
		    s->name, type);
	u->type = k->name;
	u->family = k->family;
	u->auth_header = k->auth_header != NULL ? k->auth_header :
						  "Authorization: Bearer ";
	/* An address of its own is never another provider's by accident. */
	if (strcmp(k->name, "openai") != 0 ||
	    strcmp(u->name, "openai") == 0 ||
	    tg_settings_get(s, "type") != NULL)
		u->base_url = k->base_url;
	return 0;
}

static int
read_open(const struct tg_section *s, struct tg_upstream *u, struct tg_err *e)
{
	bool open = true;

	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->settings[i].key, "open") == 0 &&
		    read_flag(s, &s->settings[i], &open, e) != 0)
			return -1;
	u->closed = !open;
	return 0;
}

static bool
header_ok(const char *name, const char *value)
{
	return *name != '\0' && strpbrk(name, " \t\r\n:") == NULL &&
	    strpbrk(value, "\r\n") == NULL;
}

static int
read_headers(struct tg_arena *a, const struct tg_section *s,
    struct tg_upstream *u, struct tg_err *e)
{
	const char **lines = tg_arena_zero(a, (s->n + 1) * sizeof(*lines));
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++) {
		const struct tg_setting *t = &s->settings[i];
		if (strncmp(t->key, "header.", 7) != 0)
			continue;
		if (!header_ok(t->key + 7, t->value))
			return bad(s, t, e, "a header name and one line");
		lines[n++] = tg_arena_printf(a, "%s: %s", t->key + 7, t->value);
	}
	u->headers = lines;
	return 0;
}

/* http+unix://%2Frun%2Fx.sock/v1: the socket in the place of the host. */
static int
split_unix_url(struct tg_arena *a, const struct tg_section *s,
    struct tg_upstream *u, struct tg_err *e)
{
	static const char scheme[] = "http+unix://";
	struct tg_str rest, socket;

	if (u->base_url == NULL ||
	    strncmp(u->base_url, scheme, sizeof(scheme) - 1) != 0)
		return 0;
	rest = tg_str(u->base_url + sizeof(scheme) - 1);
	if (!tg_str_cut(&rest, '/', &socket) || socket.n == 0)
		return tg_fail(e, TG_E_INVALID,
		    "[provider:%s] base_url: write the socket's path with %%2F "
		    "for its slashes, as http+unix://%%2Frun%%2Fx.sock/v1",
		    s->name);
	u->route.unix_socket = tg_arena_cstr(a, tg_url_decode(a, socket));
	u->base_url = tg_arena_printf(a, "http://localhost/%.*s", TG_PRI(rest));
	return 0;
}

static int
check_address(const struct tg_section *s, struct tg_upstream *u,
    struct tg_err *e)
{
	if (u->family == TG_FAMILY_ECHO)
		return 0;
	u->add_v1 = tg_settings_get(s, "base_url") != NULL;
	if (u->base_url == NULL && u->route.unix_socket != NULL)
		u->base_url = "http://localhost/v1";
	if (u->base_url == NULL)
		return tg_fail(e, TG_E_INVALID,
		    "[provider:%s] has no address: add "
		    "`base_url = https://...`",
		    s->name);
	if (strncmp(u->base_url, "http://", 7) != 0 &&
	    strncmp(u->base_url, "https://", 8) != 0)
		return tg_fail(e, TG_E_INVALID,
		    "[provider:%s] base_url must begin with http:// or "
		    "https://",
		    s->name);
	return 0;
}

int
tg_settings_upstream(struct tg_arena *a, const struct tg_section *s,
    struct tg_upstream *u, struct tg_err *e)
{
	const char *key = tg_settings_get(s, "api_key");

	if (read_type(s, u, e) != 0)
		return -1;
	for (size_t i = 0; i < s->n; i++) {
		const struct tg_setting *t = &s->settings[i];
		int rc = row_read(route_rows, s, t, &u->route, e);
		if (rc == 0)
			rc = row_read(upstream_rows, s, t, u, e);
		if (rc < 0)
			return -1;
		if (rc == 0 && tg_settings_kind(t->key) == 0)
			return bad(s, t, e, NULL);
	}
	if (tg_settings_percent(s, "discount", TG_MOST_DISCOUNT,
		&u->discount_ppm, e) != 0 ||
	    tg_settings_percent(
		s, "margin", TG_MOST_MARGIN, &u->margin_ppm, e) != 0)
		return -1;
	tg_settings_promises(a, s, &u->promises, NULL);
	if (tg_settings_lost(s, u->lost, e) < 0 || read_open(s, u, e) != 0 ||
	    read_headers(a, s, u, e) != 0 ||
	    split_unix_url(a, s, u, e) != 0 || check_address(s, u, e) != 0)
		return -1;
	if (key != NULL && *key != '\0')
		u->key = tg_secret_new(tg_str(key));
	return 0;
}

/* --- a model's --- */

static int
read_echo(const struct tg_section *s, const struct tg_setting *t,
    struct tg_deployment *d, struct tg_err *e)
{
	struct tg_str in, out = tg_str(t->value);
	int64_t n;

	if (strcmp(t->key, "echo_tokens_per_second") == 0) {
		if (!tg_str_i64(tg_str(t->value), &n) || n < 1 || n > 100000)
			return bad(s, t, e, "a number from 1 to 100000");
		d->echo.chunk_ms = n > 1000 ? 1 : 1000 / n;
		return 1;
	}
	if (strcmp(t->key, "echo_usage") != 0)
		return 0;
	if (!tg_str_cut(&out, '/', &in) ||
	    !tg_str_i64(tg_str_trim(in), &d->echo.prompt_tokens) ||
	    !tg_str_i64(tg_str_trim(out), &d->echo.completion_tokens))
		return bad(s, t, e, "two counts, such as 100/20");
	return 1;
}

static int
read_deployment_setting(const struct tg_section *s, const struct tg_setting *t,
    struct tg_deployment *d, struct tg_err *e)
{
	int rc = row_read(route_rows, s, t, &d->route, e);

	if (rc == 0)
		rc = row_read(deployment_rows, s, t, d, e);
	if (rc == 0)
		rc = row_read(echo_rows, s, t, &d->echo, e);
	if (rc == 0)
		rc = read_echo(s, t, d, e);
	if (rc == 0 && tg_settings_kind(t->key) == 0)
		return bad(s, t, e, NULL);
	return rc < 0 ? -1 : 0;
}

int
tg_settings_deployment(struct tg_arena *a, const struct tg_section *s,
    struct tg_deployment *d, struct tg_err *e)
{
	static const char *const modes[] = { "chat", "completion", "embedding",
		NULL };
	int lost;

	for (size_t i = 0; i < s->n; i++)
		if (read_deployment_setting(s, &s->settings[i], d, e) != 0)
			return -1;
	if (tg_settings_prices(a, s, &d->prices, e) != 0)
		return -1;
	tg_settings_promises(a, s, &d->promises, &d->model_promises);
	lost = tg_settings_lost(s,
	    d->lost != NULL || d->upstream == NULL ? d->lost :
						     d->upstream->lost,
	    e);
	if (lost < 0)
		return -1;
	d->lost_policy = lost;
	if (!listed(modes, d->mode))
		return tg_fail(e, TG_E_INVALID,
		    "[model:%s] mode must be chat, completion or embedding",
		    s->name);
	if (strchr(d->model, '*') == NULL &&
	    strchr(d->upstream_model, '*') != NULL)
		return tg_fail(e, TG_E_INVALID,
		    "[model:%s] upstream_model has a '*' but the name has none",
		    s->name);
	return 0;
}

/* --- rows --- */

static const struct row *
row_find(const struct row *rows, const char *key)
{
	for (; rows->key != NULL; rows++)
		if (strcmp(rows->key, key) == 0)
			return rows;
	return NULL;
}

static bool
listed(const char *const *list, const char *key)
{
	for (; *list != NULL; list++)
		if (strcmp(*list, key) == 0)
			return true;
	return false;
}

static int
bad(const struct tg_section *s, const struct tg_setting *t, struct tg_err *e,
    const char *wanted)
{
	if (wanted == NULL)
		return tg_fail(e, TG_E_INVALID,
		    "[%s] has a setting \"%s\" that is not known; see "
		    "tollgate.ini(5)",
		    s->name, t->key);
	return tg_fail(e, TG_E_INVALID, "[%s] %s = %s: wanted is %s", s->name,
	    t->key, t->value, wanted);
}

static int
read_number(const struct row *row, const struct tg_section *s,
    const struct tg_setting *t, int64_t *n, struct tg_err *e)
{
	bool fits_int = row->kind == MS || row->kind == COUNT;
	int64_t max = fits_int ? INT_MAX : INT64_MAX;
	struct tg_str v = tg_str_trim(tg_str(t->value));
	int64_t unit = 1;

	if (row->kind == BYTES && v.n > 0) {
		const char *mult = "KMG";
		const char *m = strchr(mult, v.p[v.n - 1]);
		if (m != NULL && *m != '\0') {
			unit = (int64_t)1 << (10 * (m - mult + 1));
			v.n--;
		}
	}
	if (!tg_str_i64(v, n) || *n > max / unit ||
	    (*n < 0 && row->kind != WORDS))
		return bad(s, t, e,
		    row->kind == MS ? "milliseconds, a whole number" :
				      "a whole number");
	*n *= unit;
	return 0;
}

static int
read_flag(const struct tg_section *s, const struct tg_setting *t, bool *out,
    struct tg_err *e)
{
	static const char *const yes[] = { "yes", "true", "on", "1", NULL };
	static const char *const no[] = { "no", "false", "off", "0", NULL };

	if (!listed(yes, t->value) && !listed(no, t->value))
		return bad(s, t, e, "yes or no");
	*out = listed(yes, t->value);
	return 0;
}

/* 1: it was one of these rows, 0: not, -1: its value is wrong. */
static int
row_read(const struct row *rows, const struct tg_section *s,
    const struct tg_setting *t, void *base, struct tg_err *e)
{
	const struct row *row = row_find(rows, t->key);
	char *at;
	int64_t n = 0;

	if (row == NULL)
		return 0;
	at = (char *)base + row->offset;
	if (row->kind == TEXT) {
		*(const char **)(void *)at = t->value;
		return 1;
	}
	if (row->kind == FLAG)
		return read_flag(s, t, (bool *)(void *)at, e) != 0 ? -1 : 1;
	if (read_number(row, s, t, &n, e) != 0)
		return -1;
	if (row->kind == MS || row->kind == COUNT)
		*(int *)(void *)at = (int)n;
	else if (row->kind == BYTES)
		*(size_t *)(void *)at = (size_t)n;
	else
		*(int64_t *)(void *)at = n;
	return 1;
}
