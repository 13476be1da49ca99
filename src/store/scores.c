#include "config.h"

/* What is said of calls: put, listed, summed up. */
#include "store/scores.h"

#include "store/inner.h"

static void load(struct tg_score *s, struct tg_arena *a, sqlite3_stmt *st);
static void bind_filter(sqlite3_stmt *st, const struct tg_score_filter *f);
static void bind_query(sqlite3_stmt *st, const struct tg_score_query *q);
static int of_maker(struct tg_db *db, struct tg_score *s, struct tg_err *e);
static void bind_value(sqlite3_stmt *st, int i, const struct tg_score *s);

int
tg_score_put(struct tg_db *db, struct tg_score *s, struct tg_err *e)
{
	int found = of_maker(db, s, e);
	sqlite3_stmt *st;

	if (found == -1)
		return -1;
	if (found == 1) {
		st = tg_db_stmt(db, TG_SQL_SCORE_CHANGE);
		sqlite3_bind_int64(st, 1, s->id);
		bind_value(st, 2, s);
		tg_bind_text(st, 5, s->made_by);
		sqlite3_bind_int64(st, 6, s->updated_at);
		return tg_db_step(db, st, e);
	}
	s->at = s->updated_at;
	st = tg_db_stmt(db, TG_SQL_SCORE_ADD);
	tg_bind_text(st, 1, s->call);
	tg_bind_text(st, 2, s->name);
	bind_value(st, 3, s);
	tg_bind_text(st, 6, s->source);
	tg_bind_text(st, 7, s->made_by);
	sqlite3_bind_int64(st, 8, s->key_id);
	sqlite3_bind_int64(st, 9, s->at);
	sqlite3_bind_int64(st, 10, s->updated_at);
	if (tg_db_step(db, st, e) == -1)
		return -1;
	s->id = sqlite3_last_insert_rowid(db->h);
	return 0;
}

static int
of_maker(struct tg_db *db, struct tg_score *s, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_SCORE_OF_MAKER);
	int rc;

	tg_bind_text(st, 1, s->call);
	tg_bind_text(st, 2, s->name);
	tg_bind_text(st, 3, s->source);
	sqlite3_bind_int64(st, 4, s->key_id);
	tg_bind_text(st, 5, s->made_by);
	rc = tg_db_step(db, st, e);
	if (rc == 1) {
		s->id = sqlite3_column_int64(st, 0);
		s->at = sqlite3_column_int64(st, 1);
		tg_db_done(st);
	}
	return rc;
}

/* Number, label and comment, in this order. */
static void
bind_value(sqlite3_stmt *st, int i, const struct tg_score *s)
{
	if (s->has_number)
		sqlite3_bind_double(st, i, s->number);
	else
		sqlite3_bind_null(st, i);
	tg_bind_text(st, i + 1, s->label);
	tg_bind_text(st, i + 2, s->comment);
}

static void
load(struct tg_score *s, struct tg_arena *a, sqlite3_stmt *st)
{
	s->id = sqlite3_column_int64(st, 0);
	s->call = tg_col_text(a, st, 1);
	s->name = tg_col_text(a, st, 2);
	s->has_number = sqlite3_column_type(st, 3) != SQLITE_NULL;
	s->number = sqlite3_column_double(st, 3);
	s->label = tg_col_text(a, st, 4);
	s->comment = tg_col_text(a, st, 5);
	s->source = tg_col_text(a, st, 6);
	s->made_by = tg_col_text(a, st, 7);
	s->key_id = sqlite3_column_int64(st, 8);
	s->at = sqlite3_column_int64(st, 9);
	s->updated_at = sqlite3_column_int64(st, 10);
}

int
tg_score_find(struct tg_db *db, struct tg_arena *a, int64_t id,
    struct tg_score *s, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_SCORE_BY_ID);
	int rc;

	sqlite3_bind_int64(st, 1, id);
	rc = tg_db_step(db, st, e);
	if (rc == 1) {
		load(s, a, st);
		tg_db_done(st);
	}
	return rc;
}

int
tg_score_drop(struct tg_db *db, int64_t id, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_SCORE_DROP);

	sqlite3_bind_int64(st, 1, id);
	return tg_db_step(db, st, e);
}

int
tg_score_list(struct tg_db *db, struct tg_arena *a, const char *call,
    struct tg_score **rows, size_t *n, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_SCORE_OF_CALL);
	void *list = NULL;
	int rc;

	*n = 0;
	tg_bind_text(st, 1, call);
	while ((rc = tg_db_step(db, st, e)) == 1)
		load(tg_rows_add(a, &list, n, sizeof(**rows)), a, st);
	*rows = list;
	return rc;
}

int
tg_score_names(struct tg_db *db, struct tg_arena *a, const char ***names,
    size_t *n, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_SCORE_NAMES);
	void *list = NULL;
	int rc;

	*n = 0;
	while ((rc = tg_db_step(db, st, e)) == 1) {
		const char **name = tg_rows_add(a, &list, n, sizeof(*name));

		*name = tg_col_text(a, st, 0);
	}
	*names = list;
	return rc;
}

/* --- by filters --- */

static void
bind_filter(sqlite3_stmt *st, const struct tg_score_filter *f)
{
	tg_bind_text(st, 1, f->name);
	tg_bind_text(st, 2, f->label);
	if (f->by_min)
		sqlite3_bind_double(st, 3, f->min);
	else
		sqlite3_bind_null(st, 3);
	if (f->by_max)
		sqlite3_bind_double(st, 4, f->max);
	else
		sqlite3_bind_null(st, 4);
}

static void
bind_query(sqlite3_stmt *st, const struct tg_score_query *q)
{
	bind_filter(st, &q->filter);
	sqlite3_bind_int64(st, 5, q->key_id);
	sqlite3_bind_int64(st, 6, q->person);
	sqlite3_bind_int64(st, 7, q->from_at);
	sqlite3_bind_int64(st, 8, q->to_at != 0 ? q->to_at : INT64_MAX);
	tg_bind_text(st, 9, q->call);
}

int
tg_score_calls(struct tg_db *db, struct tg_arena *a,
    const struct tg_score_filter *f, int64_t limit, int64_t **seqs, size_t *n,
    struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_SCORE_CALLS);
	void *list = NULL;
	int rc;

	*n = 0;
	bind_filter(st, f);
	sqlite3_bind_int64(st, 5, limit > 0 ? limit : -1);
	while ((rc = tg_db_step(db, st, e)) == 1) {
		int64_t *seq = tg_rows_add(a, &list, n, sizeof(*seq));

		*seq = sqlite3_column_int64(st, 0);
	}
	*seqs = list;
	return rc;
}

static int
count(struct tg_db *db, const struct tg_score_query *q, int64_t *total,
    struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_SCORE_COUNT);

	bind_query(st, q);
	if (tg_db_step(db, st, e) != 1)
		return -1;
	*total = sqlite3_column_int64(st, 0);
	tg_db_done(st);
	return 0;
}

int
tg_score_page(struct tg_db *db, struct tg_arena *a,
    const struct tg_score_query *q, struct tg_score_row **rows, size_t *n,
    int64_t *total, struct tg_err *e)
{
	sqlite3_stmt *st;
	void *list = NULL;
	int rc;

	*n = 0;
	if (total != NULL && count(db, q, total, e) == -1)
		return -1;
	st = tg_db_stmt(db, TG_SQL_SCORE_PAGE);
	bind_query(st, q);
	sqlite3_bind_int64(st, 10, q->limit > 0 ? q->limit : -1);
	sqlite3_bind_int64(st, 11, q->after);
	while ((rc = tg_db_step(db, st, e)) == 1) {
		struct tg_score_row *r =
		    tg_rows_add(a, &list, n, sizeof(*r));

		load(&r->score, a, st);
		r->model = tg_col_text(a, st, 11);
	}
	*rows = list;
	return rc;
}

int
tg_score_sums(struct tg_db *db, struct tg_arena *a,
    const struct tg_score_query *q, struct tg_score_sum **rows, size_t *n,
    struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_SCORE_SUMS);
	void *list = NULL;
	int rc;

	*n = 0;
	bind_query(st, q);
	while ((rc = tg_db_step(db, st, e)) == 1) {
		struct tg_score_sum *r =
		    tg_rows_add(a, &list, n, sizeof(*r));

		r->name = tg_col_text(a, st, 0);
		r->model = tg_col_text(a, st, 1);
		r->n = sqlite3_column_int64(st, 2);
		r->numbers = sqlite3_column_int64(st, 3);
		r->mean = sqlite3_column_double(st, 4);
		r->min = sqlite3_column_double(st, 5);
		r->max = sqlite3_column_double(st, 6);
		r->comments = sqlite3_column_int64(st, 7);
	}
	*rows = list;
	return rc;
}

int
tg_score_labels(struct tg_db *db, struct tg_arena *a,
    const struct tg_score_query *q, struct tg_score_label **rows, size_t *n,
    struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_SCORE_LABELS);
	void *list = NULL;
	int rc;

	*n = 0;
	bind_query(st, q);
	while ((rc = tg_db_step(db, st, e)) == 1) {
		struct tg_score_label *r =
		    tg_rows_add(a, &list, n, sizeof(*r));

		r->name = tg_col_text(a, st, 0);
		r->model = tg_col_text(a, st, 1);
		r->label = tg_col_text(a, st, 2);
		r->n = sqlite3_column_int64(st, 3);
	}
	*rows = list;
	return rc;
}

int
tg_score_call_seen(struct tg_db *db, const char *call, int64_t key_id,
    int64_t person, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_SCORE_CALL_SEEN);
	int rc;

	tg_bind_text(st, 1, call);
	sqlite3_bind_int64(st, 2, key_id);
	sqlite3_bind_int64(st, 3, person);
	rc = tg_db_step(db, st, e);
	if (rc == 1)
		tg_db_done(st);
	return rc;
}

int
tg_score_call_of(struct tg_db *db, struct tg_arena *a, const char *answer,
    int64_t key_id, int64_t person, const char **call, struct tg_err *e)
{
	enum tg_sql name = key_id != 0 ? TG_SQL_SCORE_CALL_OF_KEY :
					 TG_SQL_SCORE_CALL_OF_ALL;
	sqlite3_stmt *st = tg_db_stmt(db, name);
	int rc;

	tg_bind_text(st, 1, answer);
	if (key_id != 0)
		sqlite3_bind_int64(st, 2, key_id);
	else
		sqlite3_bind_int64(st, 3, person);
	rc = tg_db_step(db, st, e);
	if (rc == 1) {
		*call = tg_col_text(a, st, 0);
		tg_db_done(st);
	}
	return rc;
}
