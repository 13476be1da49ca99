#include "config.h"

/*
 * Pages of the books: first the numbers of the rows, by the statement whose
 * order costs least, then the rows.
 */
#include "store/call_pages.h"

#include "store/inner.h"

#define DEFAULT_LIMIT 100

struct page {
	struct tg_db *db;
	struct tg_arena *a;
	struct tg_err *e;
	struct tg_call_row *rows;
	size_t n;
};

static int bind(struct page *p, sqlite3_stmt *st,
    const struct tg_call_query *q);
static int of_call(struct page *p, const struct tg_call_query *q);
static int read_page(struct page *p, const struct tg_call_query *q);
static int count(struct page *p, const struct tg_call_query *q,
    int64_t *total);
static int gather(struct page *p, sqlite3_stmt *st);

void
tg_call_query_init(struct tg_call_query *q)
{
	*q = (struct tg_call_query){
		.min_nano = TG_COST_UNKNOWN,
		.max_nano = TG_COST_UNKNOWN,
		.limit = DEFAULT_LIMIT,
	};
}

int
tg_call_page(struct tg_db *db, struct tg_arena *a,
    const struct tg_call_query *q, struct tg_call_row **rows, size_t *n,
    int64_t *total, struct tg_err *e)
{
	struct page p = { .db = db, .a = a, .e = e };
	bool found = false;
	int rc = 0;

	/* The call's own id is indexed; the upstream's is looked for. */
	if (q->id != NULL) {
		rc = of_call(&p, q);
		found = p.n > 0;
		if (total != NULL)
			*total = (int64_t)p.n;
	}
	if (rc == 0 && !found) {
		rc = read_page(&p, q);
		if (rc == 0 && total != NULL)
			rc = count(&p, q, total);
	}
	*rows = p.rows;
	*n = p.n;
	return rc;
}

static int
read_page(struct page *p, const struct tg_call_query *q)
{
	enum tg_sql name = TG_SQL_CALL_PAGE_SORTED;
	sqlite3_stmt *st;

	if (q->sort == TG_CALLS_BY_START && !q->ascending)
		name = q->key_id != 0 ? TG_SQL_CALL_PAGE_NEWEST_OF_KEY :
					TG_SQL_CALL_PAGE_NEWEST;
	st = tg_db_stmt(p->db, name);
	if (bind(p, st, q) == -1)
		return -1;
	sqlite3_bind_int64(st, 20, q->limit);
	sqlite3_bind_int64(st, 21, q->after);
	if (name == TG_SQL_CALL_PAGE_SORTED) {
		sqlite3_bind_int(st, 22, (int)q->sort);
		sqlite3_bind_int(st, 23, q->ascending ? 1 : -1);
	}
	return gather(p, st);
}

static int
bind(struct page *p, sqlite3_stmt *st, const struct tg_call_query *q)
{
	struct tg_call_filter times = {
		.since_at = q->from_at,
		.until_at = q->to_at,
	};
	int64_t first, last;

	if (tg_call_bounds(p->db, &times, &first, &last, p->e) == -1)
		return -1;
	sqlite3_bind_int64(st, 1, first);
	sqlite3_bind_int64(st, 2, last);
	sqlite3_bind_int64(st, 3, q->from_at);
	sqlite3_bind_int64(st, 4, q->to_at != 0 ? q->to_at : INT64_MAX);
	sqlite3_bind_int64(st, 5, q->key_id);
	sqlite3_bind_int64(st, 6, q->person);
	sqlite3_bind_int64(st, 7, q->team);
	sqlite3_bind_int64(st, 8, q->organization);
	tg_bind_text(st, 9, q->model);
	tg_bind_text(st, 10, q->upstream_model);
	tg_bind_text(st, 11, q->deployment);
	tg_bind_text(st, 12, q->session);
	tg_bind_text(st, 13, q->user);
	tg_bind_text(st, 14, q->id);
	sqlite3_bind_int(st, 15, q->status);
	sqlite3_bind_int(st, 16, q->outcome);
	tg_bind_i64(st, 17, q->min_nano, TG_COST_UNKNOWN);
	tg_bind_i64(st, 18, q->max_nano, TG_COST_UNKNOWN);
	tg_bind_text(st, 19, q->error);
	return 0;
}

static int
count(struct page *p, const struct tg_call_query *q, int64_t *total)
{
	sqlite3_stmt *st = tg_db_stmt(p->db,
	    q->key_id != 0 ? TG_SQL_CALL_PAGE_COUNT_OF_KEY :
			     TG_SQL_CALL_PAGE_COUNT);
	int rc;

	if (bind(p, st, q) == -1)
		return -1;
	rc = tg_db_step(p->db, st, p->e);
	if (rc == 1) {
		*total = sqlite3_column_int64(st, 0);
		tg_db_done(st);
	}
	return rc == -1 ? -1 : 0;
}

/* --- rows --- */

static bool
fits(const struct tg_call_query *q, const struct tg_call_row *r)
{
	return (q->key_id == 0 || q->key_id == r->key_id) &&
	    (q->person == 0 || q->person == r->person) &&
	    (q->team == 0 || q->team == r->team) &&
	    (q->organization == 0 || q->organization == r->organization);
}

static int
of_call(struct page *p, const struct tg_call_query *q)
{
	sqlite3_stmt *st = tg_db_stmt(p->db, TG_SQL_CALL_PAGE_OF_CALL);
	size_t kept = 0;

	tg_bind_text(st, 1, q->id);
	if (gather(p, st) == -1)
		return -1;
	for (size_t i = 0; i < p->n; i++)
		if (fits(q, &p->rows[i]))
			p->rows[kept++] = p->rows[i];
	p->n = kept;
	return 0;
}

static int
load_row(struct page *p, int64_t seq, struct tg_call_row *row)
{
	sqlite3_stmt *st = tg_db_stmt(p->db, TG_SQL_CALL_BY_SEQ);
	int rc;

	sqlite3_bind_int64(st, 1, seq);
	rc = tg_db_step(p->db, st, p->e);
	if (rc == 1) {
		tg_call_load(row, p->a, st);
		tg_db_done(st);
	}
	return rc == -1 ? -1 : 0;
}

static int
gather(struct page *p, sqlite3_stmt *st)
{
	void *list = NULL;
	int rc;

	while ((rc = tg_db_step(p->db, st, p->e)) == 1)
		if (load_row(p, sqlite3_column_int64(st, 0),
			tg_rows_add(p->a, &list, &p->n,
			    sizeof(*p->rows))) == -1) {
			tg_db_done(st);
			return -1;
		}
	p->rows = list;
	return rc;
}

/* --- refusals for rates --- */

int
tg_call_429s(struct tg_db *db, struct tg_arena *a,
    const struct tg_call_429_query *q, struct tg_call_429 **rows, size_t *n,
    struct tg_err *e)
{
	struct tg_call_filter times = {
		.since_at = q->from_at,
		.until_at = q->to_at,
	};
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_CALL_429S);
	int64_t first, last;
	void *list = NULL;
	int rc;

	*n = 0;
	if (tg_call_bounds(db, &times, &first, &last, e) == -1)
		return -1;
	sqlite3_bind_int64(st, 1, first);
	sqlite3_bind_int64(st, 2, last);
	sqlite3_bind_int64(st, 3, q->from_at);
	sqlite3_bind_int64(st, 4, q->to_at);
	tg_bind_text(st, 5, q->model);
	while ((rc = tg_db_step(db, st, e)) == 1) {
		struct tg_call_429 *r =
		    tg_rows_add(a, &list, n, sizeof(*r));
		r->day = sqlite3_column_int64(st, 0);
		r->deployment = tg_col_text(a, st, 1);
		r->n = sqlite3_column_int64(st, 2);
	}
	*rows = list;
	return rc;
}

int
tg_call_span(struct tg_db *db, const int64_t at[2], int64_t seqs[2],
    struct tg_err *e)
{
	struct tg_call_filter times = { .since_at = at[0], .until_at = at[1] };

	return tg_call_bounds(db, &times, &seqs[0], &seqs[1], e);
}
