/* One check: a request of ours through the door in memory. */
#include "config.h"

#include "web/health_check.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/limits.h"
#include "store/calls.h"

#define ANSWER_BYTES (1024 * 1024)
#define TEXT_BYTES (64 * 1024)

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

/* --- what was answered --- */

/* The first line "name: value" of the head. */
static const char *
header_of(struct tg_arena *a, struct tg_str head, const char *name)
{
	struct tg_str line;
	size_t n = strlen(name);

	while (tg_str_cut(&head, '\n', &line))
		if (line.n > n && line.p[n] == ':' &&
		    tg_str_ieq((struct tg_str){ line.p, n }, name))
			return tg_arena_cstr(a,
			    tg_str_trim((struct tg_str){
				line.p + n + 1, line.n - n - 1 }));
	return NULL;
}

static const char *
member_text(const json_t *choice, const char *name)
{
	return json_string_value(json_object_get(
	    json_object_get(choice, name), "content"));
}

/* One JSON of the answer: whole, or an event of a stream. */
static void
read_piece(struct tg_arena *a, struct tg_str piece, struct tg_probe *p,
    struct tg_buf *text)
{
	struct tg_err ignored = { 0 };
	json_t *j = tg_jtree_parse(piece, &ignored);
	const json_t *choice =
	    json_array_get(json_object_get(j, "choices"), 0);
	const char *said = json_string_value(
	    json_object_get(json_object_get(j, "error"), "message"));

	if (said != NULL && p->error == NULL)
		p->error = tg_arena_printf(a, "%d: %s", p->status, said);
	said = member_text(choice, "message");
	if (said == NULL)
		said = member_text(choice, "delta");
	if (said == NULL)
		said = json_string_value(json_object_get(choice, "text"));
	if (said != NULL)
		(void)tg_buf_addc(text, said);
	json_decref(j);
}

static void
read_body(struct tg_arena *a, struct tg_str body, struct tg_probe *p,
    struct tg_buf *text)
{
	struct tg_str line;

	if (!p->stream || p->status != 200) {
		read_piece(a, body, p, text);
		return;
	}
	while (tg_str_cut(&body, '\n', &line))
		if (tg_str_starts(line, "data: {"))
			read_piece(a,
			    (struct tg_str){ line.p + 6, line.n - 6 }, p,
			    text);
}

static void
read_answer(struct tg_arena *a, struct tg_str answer, struct tg_probe *p)
{
	long end = tg_str_find(answer, TG_STR("\r\n\r\n"));
	struct tg_buf text;

	p->status = status_of(answer);
	if (p->status == 0 || end < 0) {
		p->error = tg_arena_printf(a,
		    "There was no answer within %d s.", TG_HEALTH_MS / 1000);
		return;
	}
	p->call = header_of(a,
	    (struct tg_str){ answer.p, (size_t)end }, "x-tollgate-call");
	tg_buf_init(&text, TEXT_BYTES);
	answer.p += end + 4;
	answer.n -= (size_t)end + 4;
	read_body(a, answer, p, &text);
	if (text.n > 0)
		p->text = tg_arena_cstr(a, tg_buf_str(&text));
	tg_buf_free(&text);
	if (p->status != 200 && p->error == NULL)
		p->error = tg_arena_printf(
		    a, "%d: no reason given", p->status);
}

/* What only the books know. */
static void
read_books(struct tg_web *w, struct tg_probe *p)
{
	struct tg_err ignored = { 0 };
	struct tg_call_row *rows, *last;
	size_t n;

	if (p->call == NULL ||
	    tg_call_find(tg_app_store(w->app), w->rq->arena, p->call, &rows,
		&n, &ignored) != 0 ||
	    n == 0)
		return;
	last = &rows[n - 1];
	p->first_us = last->first_content_us;
	p->output_tokens = last->tokens[TG_TOK_OUTPUT];
}

struct trial {
	struct tg_web *w;
	const struct tg_deployment *d;
	const struct ask *ask;
	const char *model;
	bool stream;
};

static int
call(const struct trial *t, struct tg_buf *out)
{
	struct tg_arena *a = t->w->rq->arena, *own;
	const char *body = tg_arena_printf(a, "{\"model\":%.*s,%s%s}",
	    TG_PRI(tg_json_quoted(a, tg_str(t->model))), t->ask->body,
	    t->stream ? ",\"stream\":true" : "");
	const struct tg_door_mem_var vars[] = {
		{ "GATEWAY_INTERFACE", "CGI/1.1" },
		{ "REQUEST_METHOD", "POST" },
		{ "REQUEST_URI", t->ask->path },
		{ "SCRIPT_NAME", "" },
		{ "CONTENT_TYPE", "application/json" },
		{ "CONTENT_LENGTH",
		    tg_arena_printf(a, "%zu", strlen(body)) },
		{ "HTTP_USER_AGENT", "tollgate-health" },
		{ "TOLLGATE_LOCAL", "1" },
		{ "TOLLGATE_DEPLOYMENT", t->d->id },
		{ NULL, NULL },
	};
	struct tg_door *door = tg_door_mem_new(vars, tg_str(body), out);

	if (door == NULL)
		return -1;
	tg_door_mem_leave_at(door, tg_mono_ms() + TG_HEALTH_MS);
	own = tg_arena_new(TG_MAX_ARENA);
	tg_app_serve(t->w->app, door, own);
	tg_arena_free(own);
	tg_door_mem_free(door);
	return 0;
}

bool
tg_probe(struct tg_web *w, const struct tg_deployment *d, struct tg_probe *p)
{
	struct tg_arena *a = w->rq->arena;
	struct trial t = { .w = w, .d = d, .model = p->model,
		.ask = ask_of(d->mode), .stream = p->stream };
	int64_t begin = tg_mono_us();
	struct tg_buf answer;

	if (t.model == NULL)
		t.model = model_of(a, d);
	if (t.model == NULL || t.ask == NULL || d->blocked)
		return false;
	/* Vectors come in one piece. */
	t.stream = t.stream && strcmp(t.ask->mode, "embedding") != 0;
	*p = (struct tg_probe){ .stream = t.stream, .model = t.model,
		.first_us = -1, .output_tokens = -1 };
	tg_buf_init(&answer, ANSWER_BYTES);
	if (call(&t, &answer) != 0)
		p->error = "out of memory";
	else
		read_answer(a, tg_buf_str(&answer), p);
	p->took_us = tg_mono_us() - begin;
	tg_buf_free(&answer);
	read_books(w, p);
	return true;
}

bool
tg_health_check(struct tg_web *w, const struct tg_deployment *d,
    struct tg_health_check *out)
{
	struct tg_probe p = { .stream = false };
	int64_t at = tg_wall_us();

	if (!tg_probe(w, d, &p))
		return false;
	*out = (struct tg_health_check){ .deployment = d->id,
		.model = d->model, .at = at, .error = p.error,
		.took_us = p.took_us, .checked_by = w->who };
	return true;
}
