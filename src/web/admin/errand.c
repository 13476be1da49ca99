/*
 * Calls on behalf of who looks at a page, several at a time: each with a
 * thread and a request of its own, in memory.
 */
#include "config.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/limits.h"
#include "gate/rights.h"
#include "web/admin/errand.h"
#include "web/llm.h"
#include "web/page/visitor.h"

#define ANSWER_BYTES ((size_t)256 * 1024 * 1024)

struct crowd {
	struct tg_web *w;
	struct tg_behalf behalf;
	struct tg_errand *all;
	size_t n;
	atomic_size_t next;
	const char *addr;
};

/* --- who --- */

/* Whoever never called has no row among those whom calls are booked to. */
static int
enter_person(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct tg_web *w = arg;
	struct tg_subject s;
	int found = tg_subject_find(db, w->rq->arena, TG_SUBJECT_PERSON,
	    w->visitor->name, &s, e);

	if (found < 0)
		return -1;
	if (found == 0) {
		s = (struct tg_subject){ .kind = TG_SUBJECT_PERSON,
			.name = w->visitor->name, .models = "[]",
			.settings = "{}", .created_by = w->visitor->name };
		if (tg_subject_save(db, &s, e) != 0)
			return -1;
	}
	w->visitor->person = s.id;
	return 0;
}

int
tg_errand_behalf(struct tg_web *w, struct tg_behalf *b)
{
	struct tg_visitor *v = w->visitor;

	*b = (struct tg_behalf){ .key_id = v->key_id };
	if (v->key_id == 0 && v->person == 0 &&
	    tg_write(tg_app_store(w->app), TG_DB_MAIN, enter_person, w,
		&w->rq->err) != 0)
		return -1;
	if (v->key_id == 0)
		b->person = v->person;
	return 0;
}

int
tg_errand_who(struct tg_web *w, const struct tg_who **who)
{
	const struct tg_visitor *v = w->visitor;

	*who = NULL;
	if (v->key_id == 0 && v->person == 0)
		return 0;
	return tg_who_find_row(tg_app_store(w->app), v->key_id, v->person, who,
		   &w->rq->err) < 0 ?
	    -1 :
	    0;
}

/* --- making them --- */

static void
read_answer(struct tg_errand *d)
{
	struct tg_str all = tg_buf_str(&d->raw);
	long at = tg_str_find(all, TG_STR("\r\n\r\n"));
	int64_t status = 0;

	if (all.n < 11 || at < 0)
		return;
	(void)tg_str_i64((struct tg_str){ all.p + 8, 3 }, &status);
	d->status = (int)status;
	d->answer =
	    (struct tg_str){ all.p + at + 4, all.n - (size_t)at - 4 };
}

static void
go(const struct crowd *c, struct tg_errand *d)
{
	struct tg_arena *a = tg_arena_new(TG_MAX_ARENA);
	const struct tg_door_mem_var vars[] = {
		{ "GATEWAY_INTERFACE", "CGI/1.1" },
		{ "REQUEST_METHOD", "POST" },
		{ "REQUEST_URI", "/v1/" },
		{ "SCRIPT_NAME", "" },
		{ "REMOTE_ADDR", c->addr },
		{ "CONTENT_TYPE", "application/json" },
		{ "CONTENT_LENGTH", tg_arena_printf(a, "%zu", d->body.n) },
		{ "HTTP_USER_AGENT", d->agent },
		{ NULL, NULL },
	};
	struct tg_door *door = tg_door_mem_new(vars, d->body, &d->raw);
	struct tg_behalf behalf = c->behalf;
	struct tg_request rq;

	behalf.call_id = d->id;
	if (door != NULL) {
		tg_door_mem_keep(door, d->keep_bytes);
		if (tg_request_open(&rq, door, a) == 0) {
			rq.behalf = &behalf;
			tg_llm_serve(c->w->app, &rq, d->dialect);
		}
		tg_request_close(&rq);
		tg_door_mem_free(door);
	}
	tg_arena_free(a);
	read_answer(d);
}

static void *
walk(void *arg)
{
	struct crowd *c = arg;
	size_t i;

	while ((i = atomic_fetch_add(&c->next, 1)) < c->n)
		go(c, &c->all[i]);
	return NULL;
}

/* This thread walks as well: without any other it only takes longer. */
static void
walk_together(struct crowd *c)
{
	pthread_t others[TG_ERRANDS_AT_ONCE - 1];
	size_t n = 0;
	pthread_attr_t attr;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, TG_THREAD_STACK);
	while (n + 1 < c->n && n < TG_ERRANDS_AT_ONCE - 1 &&
	    pthread_create(&others[n], &attr, walk, c) == 0)
		n++;
	pthread_attr_destroy(&attr);
	(void)walk(c);
	while (n > 0)
		(void)pthread_join(others[--n], NULL);
}

int
tg_errands_run(struct tg_web *w, struct tg_errand *all, size_t n)
{
	struct crowd c = { .w = w, .all = all, .n = n,
		.addr = tg_arena_cstr(w->rq->arena, w->rq->addr) };

	if (tg_errand_behalf(w, &c.behalf) != 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		struct tg_errand *d = &all[i];

		if (d->id[0] == '\0')
			(void)tg_uuid7(d->id);
		d->status = 0;
		d->answer = TG_STR_NONE;
		tg_buf_init(&d->raw, ANSWER_BYTES);
	}
	walk_together(&c);
	return 0;
}

void
tg_errands_free(struct tg_errand *all, size_t n)
{
	for (size_t i = 0; i < n; i++)
		tg_buf_free(&all[i].raw);
}

/* --- models --- */

static bool
speaks(const struct tg_deployment *d, enum tg_dialect_id dialect)
{
	static const char *const modes[] = {
		[TG_DIALECT_CHAT] = "chat",
		[TG_DIALECT_COMPLETIONS] = "completion",
		[TG_DIALECT_EMBEDDINGS] = "embedding",
	};

	return strcmp(d->mode, modes[dialect]) == 0 ||
	    (dialect == TG_DIALECT_COMPLETIONS &&
		strcmp(d->mode, "chat") == 0);
}

json_t *
tg_errand_models(struct tg_web *w, const struct tg_who *who,
    enum tg_dialect_id dialect, bool *wildcards)
{
	const struct tg_catalog *c = w->catalog;
	const char *before = "", *team =
	    who != NULL && who->team != NULL ? who->team->name : NULL;
	json_t *list = json_array();

	*wildcards = false;
	for (size_t i = 0; i < c->n_deployments; i++) {
		const struct tg_deployment *d = &c->deployments[i];

		if (d->blocked || !speaks(d, dialect) ||
		    !tg_deployment_for(d, team) ||
		    strcmp(before, d->model) == 0)
			continue;
		if (d->wildcard) {
			*wildcards = true;
			continue;
		}
		before = d->model;
		if (who == NULL || tg_rights_model(who, c, tg_str(d->model)))
			(void)json_array_append_new(
			    list, json_pack("{s:s}", "name", d->model));
	}
	return list;
}

enum tg_dialect_id
tg_errand_dialect(const char *route)
{
	int i = 0;

	while (i < TG_DIALECT__MAX &&
	    (route == NULL || strcmp(tg_dialects[i].name, route) != 0))
		i++;
	return (enum tg_dialect_id)i;
}
