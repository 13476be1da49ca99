/*
 * What commands share: options, opening the configuration and the data
 * folder, showing JSON, and calling the handlers of the HTTP API in this
 * process, through the door in memory.
 */
#include "config.h"

#include "prog/command.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/jtree.h"
#include "base/limits.h"
#include "base/money.h"
#include "prog/janitor.h"

#define REPLY_BYTES (256 * 1024 * 1024)
#define CRON_MS (5 * 60 * 1000)

static int read_reply(struct tg_cmd *c, struct tg_str raw,
    struct tg_cmd_reply *reply);
static void reply_error(struct tg_cmd *c, const struct tg_cmd_reply *reply);

const char *
tg_cmd_option(const struct tg_cmd *c, const char *name)
{
	int i;

	for (i = c->n_given - 1; i >= 0; i--)
		if (strcmp(c->given[i].option->name, name) == 0)
			return c->given[i].value;
	return NULL;
}

bool
tg_cmd_flag(const struct tg_cmd *c, const char *name)
{
	int i;

	for (i = 0; i < c->n_given; i++)
		if (strcmp(c->given[i].option->name, name) == 0)
			return true;
	return false;
}

int
tg_cmd_number(struct tg_cmd *c, const char *name, int64_t min, int64_t max,
    int64_t *out)
{
	const char *text = tg_cmd_option(c, name);
	int64_t n;

	if (text == NULL)
		return 0;
	if (!tg_str_i64(tg_str(text), &n) || n < min || n > max)
		return tg_fail(&c->err, TG_E_INVALID,
		    "%s must be a number "
		    "from %" PRId64 " to %" PRId64 ", not %s",
		    name, min, max, text);
	*out = n;
	return 0;
}

int
tg_cmd_conf(struct tg_cmd *c)
{
	if (c->conf != NULL)
		return 0;
	if (tg_conf_load(c->conf_file, &c->conf, NULL, &c->err) == -1)
		return -1;
	tg_log_level_set(c->conf->prog.log_level);
	return 0;
}

int
tg_cmd_app(struct tg_cmd *c)
{
	if (c->app != NULL)
		return 0;
	if (tg_cmd_conf(c) == -1)
		return -1;
	return tg_app_open(&c->conf->app, &c->app, &c->err);
}

struct tg_store *
tg_cmd_store(struct tg_cmd *c)
{
	return tg_app_store(c->app);
}

int
tg_cmd_fail(struct tg_cmd *c, const char *fmt, ...)
{
	char text[sizeof(c->err.msg)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	tg_fail(&c->err, TG_E_INVALID, "%s", text);
	return TG_EXIT_FAILED;
}

int
tg_cmd_usage(struct tg_cmd *c, const char *fmt, ...)
{
	char text[sizeof(c->err.msg)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	tg_fail(&c->err, TG_E_INVALID, "%s", text);
	return TG_EXIT_USAGE;
}

int
tg_cmd_rows(struct tg_cmd *c, json_t *rows, const struct tg_column *columns)
{
	if (c->json)
		return tg_cmd_json(c, rows);
	tg_table_rows(c->out, rows, columns, tg_table_width(c->out));
	json_decref(rows);
	return TG_EXIT_GOOD;
}

int
tg_cmd_pairs(struct tg_cmd *c, json_t *object, const struct tg_column *columns)
{
	if (c->json)
		return tg_cmd_json(c, object);
	tg_table_pairs(c->out, object, columns);
	json_decref(object);
	return TG_EXIT_GOOD;
}

int
tg_cmd_said(struct tg_cmd *c, json_t *object, const char *fmt, ...)
{
	va_list ap;

	if (c->json)
		return tg_cmd_json(c, object);
	va_start(ap, fmt);
	vfprintf(c->out, fmt, ap);
	va_end(ap);
	fputc('\n', c->out);
	json_decref(object);
	return TG_EXIT_GOOD;
}

int
tg_cmd_json(struct tg_cmd *c, json_t *j)
{
	char *text = tg_jtree_pretty(j);

	json_decref(j);
	if (text == NULL)
		return tg_cmd_fail(c, "out of memory");
	fprintf(c->out, "%s\n", text);
	free(text);
	return TG_EXIT_GOOD;
}

int
tg_cmd_call(struct tg_cmd *c, const char *method, const char *path,
    json_t *body, json_t **answer)
{
	struct tg_cmd_reply reply;
	char *text = body != NULL ? tg_jtree_print(body) : NULL;
	int rc;

	json_decref(body);
	*answer = NULL;
	rc = tg_cmd_call_raw(c, method, path, tg_str(text), &reply);
	free(text);
	if (rc == -1)
		return -1;
	if (reply.status != 200) {
		reply_error(c, &reply);
		return -1;
	}
	*answer = tg_jtree_parse(reply.body, &c->err);
	return *answer != NULL ? 0 : -1;
}

int
tg_cmd_call_raw(struct tg_cmd *c, const char *method, const char *path,
    struct tg_str body, struct tg_cmd_reply *reply)
{
	char length[24];
	const struct tg_door_mem_var vars[] = {
		{ "GATEWAY_INTERFACE", "CGI/1.1" },
		{ "REQUEST_METHOD", method },
		{ "REQUEST_URI", path },
		{ "SCRIPT_NAME", "" },
		{ "CONTENT_TYPE", "application/json" },
		{ "CONTENT_LENGTH", length },
		{ "HTTP_USER_AGENT", "tollgate" },
		/* Only this door can carry it: the command is the master. */
		{ "TOLLGATE_LOCAL", "1" },
		{ NULL, NULL },
	};
	struct tg_arena *arena;
	struct tg_door *door;
	struct tg_buf out;
	int rc;

	if (tg_cmd_app(c) == -1)
		return -1;
	snprintf(length, sizeof(length), "%zu", body.n);
	tg_buf_init(&out, REPLY_BYTES);
	door = tg_door_mem_new(vars, body, &out);
	if (door == NULL)
		return tg_fail(&c->err, TG_E_INTERNAL, "out of memory");
	arena = tg_arena_new(TG_MAX_ARENA);
	tg_app_serve(c->app, door, arena);
	tg_arena_free(arena);
	tg_door_mem_free(door);
	rc = read_reply(c, tg_arena_copy(c->arena, tg_buf_str(&out)), reply);
	tg_buf_free(&out);
	return rc;
}

static int
read_reply(struct tg_cmd *c, struct tg_str raw, struct tg_cmd_reply *reply)
{
	long end = tg_str_find(raw, TG_STR("\r\n\r\n"));
	struct tg_str line, rest;
	int64_t status;

	if (end == -1)
		return tg_fail(&c->err, TG_E_INTERNAL, "no answer");
	*reply = (struct tg_cmd_reply){
		.status = 200,
		.head = { raw.p, (size_t)end + 2 },
		.body = { raw.p + end + 4, raw.n - (size_t)end - 4 },
	};
	rest = reply->head;
	while (tg_str_cut(&rest, '\n', &line))
		if (tg_str_starts(line, "Status: ") && line.n >= 11 &&
		    tg_str_i64((struct tg_str){ line.p + 8, 3 }, &status))
			reply->status = (int)status;
	return 0;
}

static void
reply_error(struct tg_cmd *c, const struct tg_cmd_reply *reply)
{
	struct tg_err ignored = { 0 };
	json_t *j = tg_jtree_parse(reply->body, &ignored);
	/* Three forms of it: litellm-compat.md 3.0. */
	const json_t *detail = json_object_get(j, "detail");
	const json_t *form = json_array_get(detail, 0);
	const char *message =
	    json_string_value(json_object_get(json_object_get(j, "error"),
		"message"));

	if (message == NULL)
		message = json_string_value(json_object_get(form, "msg"));
	if (message == NULL)
		message = json_string_value(detail);
	if (message == NULL)
		message = json_string_value(json_object_get(detail, "error"));
	if (message != NULL)
		tg_fail(&c->err, TG_E_INVALID, "%s", message);
	else
		tg_fail(&c->err, TG_E_INVALID, "refused with status %d",
		    reply->status);
	json_decref(j);
}

json_t *
tg_cmd_json_text(const char *text)
{
	json_t *j = text != NULL ? json_string(text) : NULL;

	/* What is not UTF-8 is none for JSON either. */
	return j != NULL ? j : json_null();
}

json_t *
tg_cmd_json_time(int64_t wall_us)
{
	char text[TG_ISO_BYTES];

	return wall_us == 0 ? json_null() :
			      json_string(tg_iso_time(wall_us, text));
}

json_t *
tg_cmd_json_usd(int64_t nano)
{
	struct tg_buf b;
	json_t *j;

	if (nano == TG_COST_UNKNOWN)
		return json_null();
	tg_buf_init(&b, 64);
	(void)tg_nano_print(&b, nano);
	j = json_real(strtod(b.p != NULL ? b.p : "0", NULL));
	tg_buf_free(&b);
	return j;
}

int
tg_cmd_version(struct tg_cmd *c)
{
	return tg_cmd_said(c,
	    json_pack("{s:s,s:s}", "name", "tollgate", "version",
		PACKAGE_VERSION),
	    "tollgate %s", PACKAGE_VERSION);
}

int
tg_cmd_cron(struct tg_cmd *c)
{
	if (tg_cmd_conf(c) == -1)
		return TG_EXIT_FAILED;
	if (tg_janitor_is_there(c->conf->prog.data))
		return tg_cmd_said(c, json_pack("{s:b}", "done", 0),
		    "a gateway runs here, and its janitor does this already");
	if (tg_cmd_app(c) == -1)
		return TG_EXIT_FAILED;
	if (tg_janitor_round(c->conf, c->app, CRON_MS) == -1)
		return tg_cmd_fail(c, "housekeeping failed");
	/* cron(8) would send a letter for every word. */
	return c->json ? tg_cmd_json(c, json_pack("{s:b}", "done", 1)) :
			 TG_EXIT_GOOD;
}
