#include "config.h"

#include "store/keeping.h"

/* Kept as JSON in config; foreseen by the numbers of the bodies alone. */
#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/json.h"
#include "store/inner.h"
#include "store/setup.h"

#define NAME "log"

static int64_t
number_of(struct tg_str text, const char *name)
{
	struct tg_str value;
	int64_t n;

	return tg_json_get(text, name, &value) && tg_str_i64(value, &n) &&
		n >= 0 ?
	    n :
	    -1;
}

int
tg_keeping_get(struct tg_db *db, struct tg_keeping *k, struct tg_err *e)
{
	struct tg_arena *a = tg_arena_new(64 * 1024);
	const char *text = NULL;
	struct tg_str doc, value;
	int rc = tg_config_get(db, a, NAME, &text, e);

	*k = (struct tg_keeping){ -1, -1, -1, TG_LOG_UNSET };
	doc = tg_str(text);
	if (rc == 1) {
		k->max_age_days = number_of(doc, "max_age_days");
		k->max_rows = number_of(doc, "max_rows");
		k->max_bytes = number_of(doc, "max_bytes");
		if (tg_json_get(doc, "default", &value) &&
		    tg_json_raw_text(value, &value))
			(void)tg_log_mode_parse(value, &k->log);
	}
	tg_arena_free(a);
	return rc < 0 ? -1 : 0;
}

int
tg_keeping_set(struct tg_db *db, const struct tg_keeping *k, const char *by,
    struct tg_err *e)
{
	char text[256];
	const char *log = tg_log_mode_name(k->log);

	(void)snprintf(text, sizeof(text),
	    "{\"max_age_days\":%" PRId64 ",\"max_rows\":%" PRId64
	    ",\"max_bytes\":%" PRId64 ",\"default\":\"%s\"}",
	    k->max_age_days, k->max_rows, k->max_bytes,
	    log != NULL ? log : "");
	return tg_config_set(db, NAME, text, by, e) < 0 ? -1 : 0;
}

void
tg_keeping_apply(const struct tg_keeping *k, struct tg_body_caps *caps)
{
	if (k->max_age_days >= 0)
		caps->max_age_s = k->max_age_days * 86400;
	if (k->max_rows >= 0)
		caps->max_rows = k->max_rows;
	if (k->max_bytes >= 0)
		caps->max_bytes = k->max_bytes;
}

/* --- foreseeing --- */

struct foresee {
	const struct tg_body_caps *caps;
	struct tg_foresight *f;
	int64_t first, last;
};

/* When the body of that number or the next was kept; 0: there is none. */
static int
at_of(struct tg_db *db, int64_t id, int64_t *at, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_BODY_AT);
	int rc;

	*at = 0;
	sqlite3_bind_int64(st, 1, id);
	rc = tg_db_step(db, st, e);
	if (rc == 1) {
		*at = sqlite3_column_int64(st, 0);
		tg_db_done(st);
	}
	return rc < 0 ? -1 : 0;
}

/* Numbers grow with time: the first that is young enough, by halves. */
static int
first_young(struct tg_db *db, const struct foresee *n, int64_t *id,
    struct tg_err *e)
{
	int64_t cutoff = tg_wall_us() - n->caps->max_age_s * 1000000;
	int64_t low = n->first, high = n->last + 1, at;

	while (n->caps->max_age_s > 0 && low < high) {
		int64_t mid = low + (high - low) / 2;

		if (at_of(db, mid, &at, e) != 0)
			return -1;
		if (at != 0 && at < cutoff)
			low = mid + 1;
		else
			high = mid;
	}
	*id = low;
	return 0;
}

static int
bytes_used(struct tg_db *db, int64_t *bytes, struct tg_err *e)
{
	int64_t pages, idle, size;

	if (tg_db_pragma(db, "PRAGMA page_count", &pages, e) != 0 ||
	    tg_db_pragma(db, "PRAGMA freelist_count", &idle, e) != 0 ||
	    tg_db_pragma(db, "PRAGMA page_size", &size, e) != 0)
		return -1;
	*bytes = (pages - idle) * size;
	return 0;
}

static int64_t
share(int64_t whole, int64_t part, int64_t of)
{
	return of > 0 ? (int64_t)((__int128)whole * part / of) : 0;
}

static int
range_of(struct tg_db *db, struct foresee *n, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_BODY_RANGE);

	if (tg_db_step(db, st, e) != 1)
		return -1;
	n->first = sqlite3_column_int64(st, 0);
	n->last = sqlite3_column_int64(st, 1);
	tg_db_done(st);
	return 0;
}

static int
foresee(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct foresee *n = arg;
	struct tg_foresight *f = n->f;
	int64_t keep = n->caps->max_rows, gone, over;

	if (range_of(db, n, e) != 0 || bytes_used(db, &f->bytes, e) != 0 ||
	    at_of(db, n->first, &f->oldest_at, e) != 0 ||
	    first_young(db, n, &gone, e) != 0)
		return -1;
	f->rows = n->last >= n->first ? n->last - n->first + 1 : 0;
	f->gone_rows = gone - n->first;
	if (keep > 0 && f->rows - keep > f->gone_rows)
		f->gone_rows = f->rows - keep;
	over = n->caps->max_bytes > 0 ? f->bytes - n->caps->max_bytes : 0;
	if (over > 0 && share(f->rows, over, f->bytes) > f->gone_rows)
		f->gone_rows = share(f->rows, over, f->bytes);
	f->gone_bytes = share(f->bytes, f->gone_rows, f->rows);
	return at_of(db, n->first + f->gone_rows, &f->kept_from, e);
}

int
tg_keeping_foresee(struct tg_store *s, const struct tg_body_caps *caps,
    struct tg_foresight *f, struct tg_err *e)
{
	struct foresee n = { .caps = caps, .f = f };

	*f = (struct tg_foresight){ 0 };
	return tg_read(s, TG_DB_LOG, foresee, &n, e);
}
