/* What was stored of a call, made ready to be sent again. */
#include "config.h"

#include <stdio.h>

#include "store/bodies.h"
#include "store/call_pages.h"
#include "web/admin/replay.h"

#define BODY_BYTES ((size_t)512 * 1024 * 1024)
#define LONG_DATA 1000
#define REFERENCE "stored:"

/*
 * Who asked, and for whom: this time it is somebody else.  What is told by
 * the form in another way, or would be kept elsewhere.
 */
static const char *const dropped[] = { "user", "safety_identifier",
	"metadata", "litellm_metadata", "litellm_session_id", "tags",
	"store" };
static const char *const told_otherwise[] = { "model", "models", "stream",
	"stream_options" };

static void take_data(json_t *, json_t *);
static json_t *stripped(const char *, json_t *, json_t *);

int
tg_replay_call(struct tg_manage *m, const char *id, struct tg_call_row **rows,
    size_t *n)
{
	struct tg_call_query q;
	int64_t person, key_id;
	int found;

	tg_visitor_scope(m->w, &person, &key_id);
	found = tg_score_call_seen(m->db, id, key_id, person, m->e);
	if (found != 1)
		return found;
	tg_call_query_init(&q);
	q.id = id;
	if (tg_call_page(m->db, m->a, &q, rows, n, NULL, m->e) != 0)
		return -1;
	return *n > 0;
}

static json_t *
stored_request(struct tg_manage *m, struct tg_replay_source *s)
{
	struct tg_arena *a = tg_arena_new(BODY_BYTES);
	struct tg_err why = { 0 };
	json_t *j = NULL;
	struct tg_str text;

	/* Damaged or no JSON: it is as if it were not there. */
	if (tg_body_get(tg_app_store(m->w->app), a, s->row.id,
		TG_BODY_REQUEST, &text, &why) == 1) {
		s->bytes = (int64_t)text.n;
		j = tg_jtree_parse(text, &why);
	}
	tg_arena_free(a);
	if (json_is_object(j))
		return j;
	json_decref(j);
	return NULL;
}

void
tg_replay_plain(json_t *request)
{
	for (size_t i = 0; i < sizeof(dropped) / sizeof(dropped[0]); i++)
		(void)json_object_del(request, dropped[i]);
	for (size_t i = 0; i < 4; i++)
		(void)json_object_del(request, told_otherwise[i]);
}

int
tg_replay_source(
    struct tg_manage *m, const char *id, struct tg_replay_source *s)
{
	struct tg_call_row *rows;
	int found;
	size_t n;

	*s = (struct tg_replay_source){ .data = json_array(),
		.dropped = json_array() };
	found = tg_replay_call(m, id, &rows, &n);
	if (found == 0)
		return tg_fail(m->e, TG_E_NOT_FOUND,
		    N_("There is no such call that is over, or it is not "
		    "yours."));
	if (found < 0)
		return -1;
	s->row = rows[n - 1];
	s->dialect = tg_errand_dialect(s->row.route);
	if (s->dialect == TG_DIALECT__MAX)
		return 0;
	s->request = stored_request(m, s);
	for (size_t i = 0; i < sizeof(dropped) / sizeof(dropped[0]); i++)
		if (json_object_get(s->request, dropped[i]) != NULL)
			(void)json_array_append_new(
			    s->dropped, json_string(dropped[i]));
	tg_replay_plain(s->request);
	take_data(s->request, s->data);
	return 0;
}

void
tg_replay_source_free(struct tg_replay_source *s)
{
	json_decref(s->request);
	json_decref(s->data);
	json_decref(s->dropped);
	s->request = s->data = s->dropped = NULL;
}

/* --- long data --- */

/* What stands for v, or NULL: it stays.  name: the member that holds it. */
static json_t *
stripped(const char *name, json_t *v, json_t *data)
{
	char reference[32];

	if (!json_is_string(v) || json_string_length(v) < LONG_DATA ||
	    (strncmp(json_string_value(v), "data:", 5) != 0 &&
		(name == NULL || strcmp(name, "data") != 0))) {
		take_data(v, data);
		return NULL;
	}
	(void)snprintf(reference, sizeof(reference), REFERENCE "%zu",
	    json_array_size(data));
	(void)json_array_append(data, v);
	return json_string(reference);
}

static void
take_data(json_t *in, json_t *data)
{
	const char *name;
	json_t *v, *other;
	size_t i;

	json_array_foreach(in, i, v) {
		other = stripped(NULL, v, data);
		if (other != NULL)
			(void)json_array_set_new(in, i, other);
	}
	json_object_foreach(in, name, v) {
		other = stripped(name, v, data);
		if (other != NULL)
			(void)json_object_set_new(in, name, other);
	}
}

/* What v stands for, or NULL. */
static json_t *
restored(const struct tg_replay_source *s, json_t *v)
{
	struct tg_str text = tg_str(json_string_value(v));
	int64_t i;

	if (text.p == NULL) {
		tg_replay_restore(s, v);
		return NULL;
	}
	if (!tg_str_starts(text, REFERENCE))
		return NULL;
	text.p += strlen(REFERENCE);
	text.n -= strlen(REFERENCE);
	if (!tg_str_i64(text, &i) || i < 0)
		return NULL;
	return json_array_get(s->data, (size_t)i);
}

void
tg_replay_restore(const struct tg_replay_source *s, json_t *in)
{
	const char *name;
	json_t *v, *data;
	size_t i;

	json_array_foreach(in, i, v) {
		data = restored(s, v);
		if (data != NULL)
			(void)json_array_set(in, i, data);
	}
	json_object_foreach(in, name, v) {
		data = restored(s, v);
		if (data != NULL)
			(void)json_object_set(in, name, data);
	}
}
