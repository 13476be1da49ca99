/* A == request section becomes what a web server would hand over. */
#include "config.h"

#include "serve.h"

#include <stdlib.h>

#include "net/door.h"

#define ARENA_BYTES (64 * 1024 * 1024)

struct call {
	struct tg_door_mem_var vars[64];
	size_t n;
	long leave_after;
};

static void
add_var(struct call *c, const char *name, const char *value)
{
	if (c->n + 1 < sizeof(c->vars) / sizeof(c->vars[0])) {
		c->vars[c->n].name = name;
		c->vars[c->n++].value = value;
	}
}

/* "%NAME=value" a variable, "%leave 100", else "Header: value". */
static int
read_line(struct call *c, struct tg_arena *a, struct tg_str line)
{
	struct tg_str name, rest = line;
	char *var;
	int64_t n;

	if (tg_str_starts(line, "%leave ")) {
		rest.p += 7;
		rest.n -= 7;
		if (!tg_str_i64(rest, &n))
			return -1;
		c->leave_after = (long)n;
		return 0;
	}
	if (*line.p == '%') {
		rest.p++;
		rest.n--;
		if (!tg_str_cut(&rest, '=', &name))
			return -1;
		add_var(c, tg_arena_cstr(a, name), tg_arena_cstr(a, rest));
		return 0;
	}
	if (memchr(line.p, ':', line.n) == NULL)
		return -1;
	(void)tg_str_cut(&rest, ':', &name);
	var = tg_arena_printf(a, "HTTP_%.*s", TG_PRI(name));
	for (char *p = var; *p != '\0'; p++)
		*p = *p == '-'		     ? '_' :
		    *p >= 'a' && *p <= 'z' ? (char)(*p - 'a' + 'A') :
					     *p;
	if (strcmp(var, "HTTP_CONTENT_TYPE") == 0 ||
	    strcmp(var, "HTTP_CONTENT_LENGTH") == 0)
		var += 5;
	add_var(c, var, tg_arena_cstr(a, tg_str_trim(rest)));
	return 0;
}

static int
read_head(struct call *c, struct tg_arena *a, struct tg_str head)
{
	struct tg_str line, method;
	bool ended;

	if (!wire_line(&head, &line, &ended))
		return -1;
	method = wire_word(&line);
	add_var(c, "REQUEST_METHOD", tg_arena_cstr(a, method));
	add_var(c, "REQUEST_URI", tg_arena_cstr(a, tg_str_trim(line)));
	while (wire_line(&head, &line, &ended))
		if (line.n > 0 && read_line(c, a, line) != 0)
			return -1;
	add_var(c, "REMOTE_ADDR", "192.0.2.7");
	add_var(c, "SERVER_PROTOCOL", "HTTP/1.1");
	add_var(c, "GATEWAY_INTERFACE", "CGI/1.1");
	return 0;
}

int
wire_serve(struct tg_app *app, struct tg_arena *a, struct tg_str request,
    struct tg_buf *out, struct tg_buf *why)
{
	struct tg_arena *own = tg_arena_new(ARENA_BYTES);
	struct call c = { .leave_after = -1 };
	struct tg_str head, text, body;
	struct tg_door *door;

	(void)wire_split(request, &head, &text);
	if (read_head(&c, a, head) != 0 || wire_body(a, text, &body) != 0) {
		(void)tg_buf_addc(why, "the request is not written well\n");
		tg_arena_free(own);
		return -1;
	}
	if (body.n > 0)
		add_var(&c, "CONTENT_LENGTH",
		    tg_arena_printf(a, "%zu", body.n));
	door = tg_door_mem_new(c.vars, body, out);
	if (door == NULL)
		abort();
	if (c.leave_after >= 0)
		tg_door_mem_leave_after(door, c.leave_after);
	tg_app_serve(app, door, own);
	tg_door_mem_free(door);
	tg_arena_free(own);
	return 0;
}
