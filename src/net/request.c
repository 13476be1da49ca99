/*
 * A request's head and body, from the variables and bytes of a door.  What the
 * web servers disagree about (webservers.md 2, 3) ends here: CONTENT_LENGTH is
 * a hint, Authorization may hide under another name, and only REQUEST_URI
 * says which path was asked for.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "net/request.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/limits.h"

#define READ_BYTES (16 * 1024)
#define HEAD_BYTES 1000	/* most answers' heads */

static const char *const methods[] = {
	[TG_GET] = "GET",
	[TG_HEAD] = "HEAD",
	[TG_POST] = "POST",
	[TG_PUT] = "PUT",
	[TG_PATCH] = "PATCH",
	[TG_DELETE] = "DELETE",
	[TG_OPTIONS] = "OPTIONS",
};

static struct tg_str variable(struct tg_request *rq, const char *name);
static enum tg_method read_method(struct tg_str name);
static int read_target(struct tg_request *rq);
static struct tg_str whole_path(struct tg_request *rq);
static struct tg_str strip_origin(struct tg_str target);
static bool below(struct tg_str path, struct tg_str mount);
static struct tg_str find_mount(struct tg_request *rq, struct tg_str path);
static struct tg_str without_slash(struct tg_str s);
static int too_large(struct tg_request *rq, size_t max_bytes);
static int broken_body(struct tg_request *rq);

int
tg_request_open(struct tg_request *rq, struct tg_door *d, struct tg_arena *a)
{
	*rq = (struct tg_request){ .door = d, .arena = a, .length = -1 };
	tg_err_reset(&rq->err);
	rq->start_us = tg_mono_us();
	rq->start_wall_us = tg_wall_us();
	memcpy(rq->id, "req_", 4);
	tg_random_text(rq->id + 4, 24);
	tg_buf_init(&rq->head, TG_MAX_REQUEST_HEAD);
	(void)tg_buf_room(&rq->head, HEAD_BYTES);
	tg_buf_init(&rq->body, 0);
	rq->content_type = variable(rq, "CONTENT_TYPE");
	rq->addr = variable(rq, "REMOTE_ADDR");
	rq->agent = variable(rq, "HTTP_USER_AGENT");
	if (!tg_str_i64(variable(rq, "CONTENT_LENGTH"), &rq->length) ||
	    rq->length < 0)
		rq->length = -1;
	rq->method = read_method(variable(rq, "REQUEST_METHOD"));
	return read_target(rq);
}

int
tg_request_body(struct tg_request *rq, size_t max_bytes)
{
	const struct tg_door_ops *ops = rq->door->ops;
	size_t want = READ_BYTES;
	char *room;
	long got;

	if (rq->given)
		return rq->body.n > max_bytes ? too_large(rq, max_bytes) : 0;
	if (rq->length > 0 && (uint64_t)rq->length > max_bytes)
		return too_large(rq, max_bytes);
	tg_buf_free(&rq->body);
	/* One byte more shows a body above the limit, or its end. */
	tg_buf_init(&rq->body, max_bytes + 1);
	if (rq->length > 0)
		want = (size_t)rq->length + 1;
	for (;;) {
		if (want > max_bytes + 1 - rq->body.n)
			want = max_bytes + 1 - rq->body.n;
		room = tg_buf_room(&rq->body, want);
		if (room == NULL)
			return tg_fail(&rq->err, TG_E_INTERNAL,
			    "There is no memory for the request body.");
		got = ops->read(rq->door, room, want);
		if (got < 0)
			return broken_body(rq);
		if (got == 0)
			break;
		rq->body.n += (size_t)got;
		rq->body.p[rq->body.n] = '\0';
		if (rq->body.n > max_bytes)
			return too_large(rq, max_bytes);
		want = rq->body.n < READ_BYTES ? READ_BYTES : rq->body.n;
		if (rq->length > 0 && rq->body.n <= (size_t)rq->length)
			want = (size_t)rq->length + 1 - rq->body.n;
	}
	if (rq->length > 0 && rq->body.n < (size_t)rq->length)
		return broken_body(rq);
	return 0;
}

void
tg_request_give(struct tg_request *rq, struct tg_buf *b)
{
	tg_buf_free(&rq->body);
	rq->body = *b;
	rq->given = true;
	tg_buf_init(b, 0);
}

struct tg_str
tg_request_header(struct tg_request *rq, const char *name)
{
	char var[128] = "HTTP_";
	struct tg_str value;
	size_t i, n = strlen(name);

	if (n + 6 > sizeof(var))
		return TG_STR_NONE;
	for (i = 0; i <= n; i++) {
		char c = name[i];

		if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		var[5 + i] = c == '-' ? '_' : c;
	}
	if (strcmp(var + 5, "CONTENT_TYPE") == 0 ||
	    strcmp(var + 5, "CONTENT_LENGTH") == 0)
		return variable(rq, var + 5);
	value = variable(rq, var);
	/* Apache's rewriting renames what CGI programs may not see. */
	if (value.n == 0 && strcmp(var, "HTTP_AUTHORIZATION") == 0)
		value = variable(rq, "REDIRECT_HTTP_AUTHORIZATION");
	return value;
}

bool
tg_request_header_each(struct tg_request *rq, size_t *i, struct tg_str *name,
    struct tg_str *value)
{
	const char *text;

	while (rq->door->ops->env_at(rq->door, (*i)++, name, &text)) {
		*value = tg_str_trim(tg_str(text));
		/* Some servers tell these two twice. */
		if (tg_str_is(*name, "HTTP_CONTENT_TYPE") ||
		    tg_str_is(*name, "HTTP_CONTENT_LENGTH"))
			continue;
		if (tg_str_starts(*name, "HTTP_")) {
			name->p += 5;
			name->n -= 5;
		} else if (!tg_str_is(*name, "CONTENT_TYPE") &&
		    !tg_str_is(*name, "CONTENT_LENGTH"))
			continue;
		if (value->n > 0)
			return true;
	}
	return false;
}

const char *
tg_method_name(enum tg_method m)
{
	return m < TG_METHOD_OTHER ? methods[m] : "other";
}

void
tg_request_finish(struct tg_request *rq)
{
	if (rq->finished)
		return;
	if (rq->state == TG_REPLY_STREAM)
		(void)tg_reply_end(rq);
	rq->door->ops->finish(rq->door);
	rq->finished = true;
}

void
tg_request_close(struct tg_request *rq)
{
	tg_request_finish(rq);
	tg_buf_free(&rq->body);
	tg_buf_free(&rq->head);
}

bool
tg_request_gone(struct tg_request *rq)
{
	return rq->broken || rq->door->ops->gone(rq->door);
}

static struct tg_str
variable(struct tg_request *rq, const char *name)
{
	return tg_str_trim(tg_str(rq->door->ops->env(rq->door, name)));
}

static enum tg_method
read_method(struct tg_str name)
{
	size_t i;

	for (i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		if (tg_str_is(name, methods[i]))
			return (enum tg_method)i;
	}
	return TG_METHOD_OTHER;
}

static int
read_target(struct tg_request *rq)
{
	struct tg_str path = whole_path(rq);

	/* What can be answered is answered below "/". */
	rq->path = rq->whole = TG_STR("/");
	if (path.n > TG_MAX_URL)
		return tg_fail(&rq->err, TG_E_INVALID,
		    "The URL is longer than %d bytes.", TG_MAX_URL);
	if (path.n == 0 || path.p[0] != '/') {
		if (path.n == 0 || tg_str_is(path, "*"))
			return 0;
		return tg_fail(&rq->err, TG_E_INVALID,
		    "The request's path does not begin with '/'.");
	}
	rq->whole = path;
	rq->mount = find_mount(rq, path);
	path.p += rq->mount.n;
	path.n -= rq->mount.n;
	if (path.n > 0)
		rq->path = path;
	return 0;
}

/* Sets the query too. */
static struct tg_str
whole_path(struct tg_request *rq)
{
	struct tg_str target = variable(rq, "REQUEST_URI");
	struct tg_str rest, path;

	if (target.n == 0) {
		rq->query = variable(rq, "QUERY_STRING");
		return tg_str(tg_arena_printf(rq->arena, "%.*s%.*s",
		    TG_PRI(variable(rq, "SCRIPT_NAME")),
		    TG_PRI(variable(rq, "PATH_INFO"))));
	}
	rest = strip_origin(target);
	if (!tg_str_cut(&rest, '#', &target))
		target = TG_STR_NONE;
	rest = target;
	if (!tg_str_cut(&rest, '?', &path))
		path = TG_STR_NONE;
	rq->query = rest;
	if (path.n == 0)
		path = TG_STR("/");
	return path;
}

/* "http://host/path", which a client may send too (RFC 9112, 3.2.2). */
static struct tg_str
strip_origin(struct tg_str target)
{
	struct tg_str s = target;
	const char *slash;

	if (tg_str_ifind(target, "http://") == 0)
		s.p += 7;
	else if (tg_str_ifind(target, "https://") == 0)
		s.p += 8;
	else
		return target;
	s.n -= (size_t)(s.p - target.p);
	for (slash = s.p; slash < s.p + s.n; slash++) {
		if (*slash == '/' || *slash == '?' || *slash == '#')
			break;
	}
	s.n -= (size_t)(slash - s.p);
	s.p = slash;
	return s.n > 0 ? s : TG_STR("/");
}

static bool
below(struct tg_str path, struct tg_str mount)
{
	return mount.n > 0 && path.n > mount.n && path.p[mount.n] == '/' &&
	    memcmp(path.p, mount.p, mount.n) == 0;
}

static struct tg_str
without_slash(struct tg_str s)
{
	while (s.n > 0 && s.p[s.n - 1] == '/')
		s.n--;
	return s;
}

/* See the head of request.h. */
static struct tg_str
find_mount(struct tg_request *rq, struct tg_str path)
{
	struct tg_str base = variable(rq, "TOLLGATE_BASE_PATH");
	struct tg_str script = variable(rq, "SCRIPT_NAME");
	struct tg_str folder = script;
	bool file = tg_str_ends(script, ".cgi") || tg_str_ends(script, ".fcgi");

	if (base.n > 0) {
		base = without_slash(base);
		if (below(path, base) || tg_str_eq(path, base))
			return base;
		return TG_STR_NONE;
	}
	script = without_slash(script);
	if (below(path, script) || (file && tg_str_eq(path, script)))
		return script;
	if (!file)
		return TG_STR_NONE;
	while (folder.n > 0 && folder.p[folder.n - 1] != '/')
		folder.n--;
	folder = without_slash(folder);
	return below(path, folder) ? folder : TG_STR_NONE;
}

static int
too_large(struct tg_request *rq, size_t max_bytes)
{
	tg_buf_free(&rq->body);
	return tg_fail(&rq->err, TG_E_TOO_LARGE,
	    "The request body is larger than the limit of %zu bytes.",
	    max_bytes);
}

static int
broken_body(struct tg_request *rq)
{
	tg_buf_free(&rq->body);
	return tg_fail(&rq->err, TG_E_SLOW_BODY,
	    "The request body did not come whole, or too slowly.");
}
