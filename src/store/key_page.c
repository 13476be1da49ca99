#include "config.h"

/* Keys, many at a time: pages for the management API, and all of them. */
#include "store/inner.h"
#include "store/keys.h"

/* As sql/keys.sql numbers them. */
static const char *const sorts[] = { "created_at", "updated_at", "key_alias",
	"token", "spend", "max_budget", "last_used_at" };

struct found {
	struct tg_key *keys;
	size_t n;
};

/* Numbered there, too. */
enum which { WHICH_LIVING, WHICH_REVOKED, WHICH_BOTH };

static void bind(sqlite3_stmt *st, const struct tg_key_filter *f, int sort);
static int count(struct tg_db *db, const struct tg_key_filter *f,
    int64_t *total, struct tg_err *e);
static int load(struct tg_db *db, struct tg_arena *a, sqlite3_stmt *st,
    struct found *f, struct tg_err *e);
static enum tg_sql page(const struct tg_key_filter *f, int sort);
static int sort_by(const char *name, struct tg_err *e);
static enum which which(const struct tg_key_filter *f);

int
tg_key_page(struct tg_db *db, struct tg_arena *a,
    const struct tg_key_filter *f, struct tg_key **keys, size_t *n,
    int64_t *total, struct tg_err *e)
{
	int rc, sort = sort_by(f->sort, e);
	struct found found;
	sqlite3_stmt *st;

	if (sort == -1 || count(db, f, total, e) == -1)
		return -1;
	st = tg_db_stmt(db, page(f, sort));
	bind(st, f, sort);
	rc = load(db, a, st, &found, e);
	*keys = found.keys;
	*n = found.n;
	return rc;
}

static int
sort_by(const char *name, struct tg_err *e)
{
	if (name == NULL)
		return 0;
	for (size_t i = 0; i < sizeof(sorts) / sizeof(sorts[0]); i++)
		if (strcmp(name, sorts[i]) == 0)
			return (int)i;
	return tg_fail_param(e, TG_E_INVALID, "sort_by", "Keys can be sorted "
	    "by created_at, updated_at, key_alias, token, spend, max_budget "
	    "or last_used_at, not by '%s'.", name);
}

static int
count(struct tg_db *db, const struct tg_key_filter *f, int64_t *total,
    struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_KEY_PAGE_COUNT);

	bind(st, f, 0);
	if (tg_db_step(db, st, e) != 1)
		return -1;
	*total = sqlite3_column_int64(st, 0);
	tg_db_done(st);
	return 0;
}

/* Rows are numbered as they are made: the newest need no sorting. */
static enum tg_sql
page(const struct tg_key_filter *f, int sort)
{
	if (f->ascending)
		return TG_SQL_KEY_PAGE_UP;
	if (sort == 0 && f->person == 0 && f->team == 0)
		return TG_SQL_KEY_PAGE_NEWEST;
	return TG_SQL_KEY_PAGE_DOWN;
}

static void
bind(sqlite3_stmt *st, const struct tg_key_filter *f, int sort)
{
	sqlite3_bind_int64(st, 1, f->person);
	sqlite3_bind_int64(st, 2, f->team);
	sqlite3_bind_int64(st, 3, f->project);
	sqlite3_bind_int64(st, 4, f->organization);
	tg_bind_text(st, 5, f->alias);
	tg_bind_text(st, 6, f->token);
	tg_bind_text(st, 7, f->like);
	sqlite3_bind_int(st, 8, which(f));
	tg_bind_text(st, 9, f->created_by);
	sqlite3_bind_int(st, 10, sort);
	sqlite3_bind_int64(st, 11, f->limit > 0 ? f->limit : -1);
	sqlite3_bind_int64(st, 12, f->after);
	sqlite3_bind_int(st, 13, f->state);
	sqlite3_bind_int64(st, 14, f->now);
}

static enum which
which(const struct tg_key_filter *f)
{
	if (f->with_revoked)
		return WHICH_BOTH;
	return f->revoked ? WHICH_REVOKED : WHICH_LIVING;
}

/* The statement gives ids in their order. */
static int
load(struct tg_db *db, struct tg_arena *a, sqlite3_stmt *st,
    struct found *f, struct tg_err *e)
{
	struct tg_key *k;
	void *rows = NULL;
	int rc;

	*f = (struct found){ .n = 0 };
	while ((rc = tg_db_step(db, st, e)) == 1) {
		k = tg_rows_add(a, &rows, &f->n, sizeof(*k));
		if (tg_key_get_id(
			db, a, sqlite3_column_int64(st, 0), k, e) != 1) {
			tg_db_done(st);
			return -1;
		}
	}
	f->keys = rows;
	return rc;
}

int
tg_key_all(struct tg_db *db, struct tg_arena *a, bool with_revoked,
    struct tg_key **keys, size_t *n, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_KEY_LIST);
	struct found found;
	int rc;

	sqlite3_bind_int(st, 1, with_revoked);
	rc = load(db, a, st, &found, e);
	*keys = found.keys;
	*n = found.n;
	return rc;
}
