/* One check: a request of ours through the door in memory. */
#include "config.h"

#include "web/health_check.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/limits.h"

#define ANSWER_BYTES (1024 * 1024)

/* What is asked for, by mode. */
static const struct ask {
	const char *mode, *path;
	const char *body;	/* after the model */
} asks[] = {
	{ "chat", "/v1/chat/completions",
	    "\"messages\":[{\"role\":\"user\",\"content\":\"Reply with the "
	    "word ok.\"}]" },
	{ "completion", "/v1/completions", "\"prompt\":\"ok\"" },
	{ "embedding", "/v1/embeddings", "\"input\":\"ok\"" },
};

static const struct ask *
ask_of(const char *mode)
{
	for (size_t i = 0; i < sizeof(asks) / sizeof(asks[0]); i++)
		if (strcmp(asks[i].mode, mode) == 0)
			return &asks[i];
	return NULL;
}

/* A wildcard serves nothing by itself: one of its names must be told. */
static const char *
model_of(struct tg_arena *a, const struct tg_deployment *d)
{
	struct tg_err ignored = { 0 };
	const char *name = NULL;
	json_t *info;

	if (!d->wildcard)
		return d->model;
	info = tg_jtree_parse(
	    tg_str(d->info != NULL ? d->info : "{}"), &ignored);
	if (tg_jtree_text(info, "health_check_model", &name, &ignored) == 0 &&
	    name != NULL && tg_str_glob(tg_str(d->model), tg_str(name)))
		name = tg_arena_cstr(a, tg_str(name));
	else
		name = NULL;
	json_decref(info);
	return name;
}

static int
status_of(struct tg_str answer)
{
	int64_t status = 0;
	long at = tg_str_find(answer, TG_STR("Status: "));

	if (at < 0 || answer.n < (size_t)at + 11)
		return 0;
	(void)tg_str_i64(
	    (struct tg_str){ answer.p + at + 8, 3 }, &status);
	return (int)status;
}

/* NULL: it is well. */
static const char *
error_of(struct tg_arena *a, struct tg_str answer)
{
	int status = status_of(answer);
	long body = tg_str_find(answer, TG_STR("\r\n\r\n"));
	struct tg_err ignored = { 0 };
	const char *text, *said = NULL;
	json_t *j;

	if (status == 200)
		return NULL;
	if (status == 0 || body < 0)
		return tg_arena_printf(a, "There was no answer within %d s.",
		    TG_HEALTH_MS / 1000);
	answer.p += body + 4;
	answer.n -= (size_t)body + 4;
	j = tg_jtree_parse(answer, &ignored);
	text = json_string_value(
	    json_object_get(json_object_get(j, "error"), "message"));
	said = tg_arena_printf(
	    a, "%d: %s", status, text != NULL ? text : "no reason given");
	json_decref(j);
	return said;
}

static int
call(struct tg_web *w, const struct ask *ask, const char *model,
    const struct tg_deployment *d, struct tg_buf *out)
{
	struct tg_arena *a = w->rq->arena, *own;
	const char *body = tg_arena_printf(a, "{\"model\":%.*s,%s}",
	    TG_PRI(tg_json_quoted(a, tg_str(model))), ask->body);
	const struct tg_door_mem_var vars[] = {
		{ "GATEWAY_INTERFACE", "CGI/1.1" },
		{ "REQUEST_METHOD", "POST" },
		{ "REQUEST_URI", ask->path },
		{ "SCRIPT_NAME", "" },
		{ "CONTENT_TYPE", "application/json" },
		{ "CONTENT_LENGTH",
		    tg_arena_printf(a, "%zu", strlen(body)) },
		{ "HTTP_USER_AGENT", "tollgate-health" },
		{ "TOLLGATE_LOCAL", "1" },
		{ "TOLLGATE_DEPLOYMENT", d->id },
		{ NULL, NULL },
	};
	struct tg_door *door = tg_door_mem_new(vars, tg_str(body), out);

	if (door == NULL)
		return -1;
	tg_door_mem_leave_at(door, tg_mono_ms() + TG_HEALTH_MS);
	own = tg_arena_new(TG_MAX_ARENA);
	tg_app_serve(w->app, door, own);
	tg_arena_free(own);
	tg_door_mem_free(door);
	return 0;
}

bool
tg_health_check(struct tg_web *w, const struct tg_deployment *d,
    struct tg_health_check *out)
{
	struct tg_arena *a = w->rq->arena;
	const char *model = model_of(a, d);
	const struct ask *ask = ask_of(d->mode);
	int64_t begin = tg_mono_us();
	struct tg_buf answer;

	if (model == NULL || ask == NULL || d->blocked)
		return false;
	*out = (struct tg_health_check){ .deployment = d->id,
		.model = d->model, .at = tg_wall_us(),
		.checked_by = w->who };
	tg_buf_init(&answer, ANSWER_BYTES);
	if (call(w, ask, model, d, &answer) != 0)
		out->error = "out of memory";
	else
		out->error = error_of(a, tg_buf_str(&answer));
	out->took_us = tg_mono_us() - begin;
	tg_buf_free(&answer);
	return true;
}
