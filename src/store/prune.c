#include "config.h"

#include "store/bodies.h"

/*
 * Keeping log.db within its caps, oldest first, a slice at a time: pieces that
 * no body uses any more, bodies above a cap, then free pages back to the
 * system.  Bodies go only from the low end; bodies.c tells why a piece whose
 * epoch is before that of the first body left is used by none.
 */
#include <stdlib.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/inner.h"
#include "store/search.h"

#define SLICE 250
#define SLICE_US 25000		/* what was said takes its time to go */
#define JUMP_US (3600 * 1000000LL)
#define DAY_US (24 * 3600 * 1000000LL)
#define FREE_PAGES 64		/* not worth giving back */
#define FREE_SHARE 32		/* nor is this part of the file */
#define WAL_BYTES (1024 * 1024)

struct prune {
	const struct tg_body_caps *caps;
	int64_t now;
	int64_t end_us;
	bool by_age;
	bool more;
};

struct stale {
	int64_t piece, said_by;
};

/* The bodies there are; first > last: none. */
struct range {
	int64_t first, last, epoch;
};

static int cut_bodies(struct tg_db *db, struct prune *p,
    const struct range *r, struct tg_err *e);
static int by_age(struct tg_db *db, const struct prune *p,
    const struct range *r, int64_t *upto, struct tg_err *e);
static int by_bytes(struct tg_db *db, const struct prune *p,
    const struct range *r, int64_t *upto, struct tg_err *e);
static void by_rows(
    const struct prune *p, const struct range *r, int64_t *upto);
static int cut_pieces(struct tg_db *db, struct prune *p, int64_t epoch,
    struct tg_err *e);
static int cut_said(struct tg_db *db, const struct prune *p,
    const struct range *r, int64_t *upto, struct tg_err *e);
static int delete_piece(struct tg_db *db, const struct stale *s,
    struct tg_err *e);
static int file_shrunk(struct tg_store *s, struct tg_err *e);
static int get_range(struct tg_db *db, struct range *r, struct tg_err *e);
static bool jumped(struct tg_store *s, int64_t wall_us, int64_t boot_us);
static int next_epoch(struct tg_db *db, int64_t now, struct tg_err *e);
static int number(struct tg_db *db, sqlite3_stmt *st, int64_t *value,
    struct tg_err *e);
static int size(struct tg_db *db, void *arg, struct tg_err *e);
static int slice(struct tg_db *db, void *arg, struct tg_err *e);
static int vacuum(struct tg_db *db, struct prune *p, struct tg_err *e);

int
tg_body_prune(
    struct tg_store *s, const struct tg_body_caps *caps, struct tg_err *e)
{
	return tg_body_prune_at(s, caps, tg_wall_us(), tg_boot_us(), e);
}

int
tg_body_prune_at(struct tg_store *s, const struct tg_body_caps *caps,
    int64_t wall_us, int64_t boot_us, struct tg_err *e)
{
	struct prune p = { .caps = caps, .now = wall_us };

	p.by_age = caps->max_age_s > 0 && !jumped(s, wall_us, boot_us);
	if (tg_write(s, TG_DB_LOG, slice, &p, e) == -1)
		return -1;
	if (p.more)
		return 1;
	return file_shrunk(s, e);
}

/*
 * A clock that was set since we began cannot tell an age: better keep all
 * until somebody has looked, or we begin anew.
 */
static bool
jumped(struct tg_store *s, int64_t wall_us, int64_t boot_us)
{
	int64_t by =
	    (wall_us - s->open_wall_us) - (boot_us - s->open_boot_us);

	if (llabs(by) <= JUMP_US)
		return false;
	if (!atomic_exchange(&s->jump_told, true))
		tg_warnx("the clock was set by %lld s: nothing is pruned by "
		    "age until the next start", (long long)(by / 1000000));
	return true;
}

static int
slice(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct prune *p = arg;
	int64_t aged = 0;
	struct range r;

	if (p->by_age)
		aged = p->now - p->caps->max_age_s * 1000000;
	p->more = false;
	p->end_us = tg_mono_us() + SLICE_US;
	if (get_range(db, &r, e) == -1 ||
	    cut_pieces(db, p, r.epoch, e) == -1)
		return -1;
	/* Without bodies, those of the running epoch went too: it ends. */
	if (p->more && r.first > r.last && next_epoch(db, p->now, e) == -1)
		return -1;
	if (!p->more && cut_bodies(db, p, &r, e) == -1)
		return -1;
	if (!p->more && tg_said_upkeep(db, aged, &p->more, e) == -1)
		return -1;
	return p->more ? 0 : vacuum(db, p, e);
}

static int
next_epoch(struct tg_db *db, int64_t now, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_PACE_NEXT);

	sqlite3_bind_int64(st, 1, now);
	sqlite3_bind_int64(st, 2, 1);
	return tg_db_step(db, st, e);
}

static int
get_range(struct tg_db *db, struct range *r, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_BODY_FIRST);
	int rc = tg_db_step(db, st, e);

	*r = (struct range){ 1, 0, INT64_MAX };
	if (rc != 1)
		return rc;
	r->first = sqlite3_column_int64(st, 0);
	r->epoch = sqlite3_column_int64(st, 1);
	tg_db_done(st);
	return number(db, tg_db_stmt(db, TG_SQL_BODY_LAST), &r->last, e);
}

/* Leaves *value alone when there is no row, or NULL in it. */
static int
number(struct tg_db *db, sqlite3_stmt *st, int64_t *value, struct tg_err *e)
{
	int rc = tg_db_step(db, st, e);

	if (rc != 1)
		return rc;
	if (sqlite3_column_type(st, 0) != SQLITE_NULL)
		*value = sqlite3_column_int64(st, 0);
	tg_db_done(st);
	return 0;
}

/* --- pieces --- */

static int
cut_pieces(struct tg_db *db, struct prune *p, int64_t epoch, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_PIECE_STALE);
	struct stale all[SLICE];
	int n = 0, rc;

	sqlite3_bind_int64(st, 1, epoch);
	sqlite3_bind_int(st, 2, SLICE);
	while ((rc = tg_db_step(db, st, e)) == 1)
		all[n++] = (struct stale){ sqlite3_column_int64(st, 0),
			sqlite3_column_int64(st, 1) };
	for (int i = 0; rc == 0 && i < n && tg_mono_us() < p->end_us; i++)
		rc = delete_piece(db, &all[i], e);
	p->more = n > 0;
	return rc;
}

/* What several conversations said has a text of its own. */
static int
delete_piece(struct tg_db *db, const struct stale *s, struct tg_err *e)
{
	sqlite3_stmt *st;

	if (s->said_by < 0 && tg_said_drop(db, -s->piece, e) == -1)
		return -1;
	st = tg_db_stmt(db, TG_SQL_PIECE_DELETE);
	sqlite3_bind_int64(st, 1, s->piece);
	if (tg_db_step(db, st, e) == -1)
		return -1;
	st = tg_db_stmt(db, TG_SQL_USE_DELETE);
	sqlite3_bind_int64(st, 1, s->piece);
	return tg_db_step(db, st, e);
}

/* --- bodies --- */

static int
cut_bodies(struct tg_db *db, struct prune *p, const struct range *r,
    struct tg_err *e)
{
	int64_t upto = r->first - 1;
	sqlite3_stmt *st;

	if (r->first > r->last)
		return 0;
	by_rows(p, r, &upto);
	if (by_age(db, p, r, &upto, e) == -1 ||
	    by_bytes(db, p, r, &upto, e) == -1)
		return -1;
	if (upto < r->first)
		return 0;
	if (upto >= r->first + SLICE)
		upto = r->first + SLICE - 1;
	if (cut_said(db, p, r, &upto, e) == -1)
		return -1;
	st = tg_db_stmt(db, TG_SQL_BODY_PRUNE);
	sqlite3_bind_int64(st, 1, upto);
	p->more = true;
	return tg_db_step(db, st, e);
}

/* With a body all goes that was made of it; fewer, if that takes long. */
static int
cut_said(struct tg_db *db, const struct prune *p, const struct range *r,
    int64_t *upto, struct tg_err *e)
{
	int64_t id = r->first;

	do {
		if (tg_said_forget(db, id, e) == -1)
			return -1;
	} while (id++ < *upto && tg_mono_us() < p->end_us);
	*upto = id - 1;
	return 0;
}

static void
by_rows(const struct prune *p, const struct range *r, int64_t *upto)
{
	int64_t cut = r->last - p->caps->max_rows;

	if (p->caps->max_rows > 0 && cut > *upto)
		*upto = cut;
}

/*
 * Up to the last aged one that stands before the first current one.  Bodies
 * that came while the clock was ahead are of a future time; they go with the
 * aged ones behind them.
 */
static int
by_age(struct tg_db *db, const struct prune *p, const struct range *r,
    int64_t *upto, struct tg_err *e)
{
	int64_t cutoff = p->now - p->caps->max_age_s * 1000000;
	int64_t stop = r->first + SLICE, aged = 0;
	sqlite3_stmt *st;

	if (!p->by_age)
		return 0;
	st = tg_db_stmt(db, TG_SQL_BODY_CURRENT);
	sqlite3_bind_int64(st, 1, r->first);
	sqlite3_bind_int64(st, 2, stop);
	sqlite3_bind_int64(st, 3, cutoff);
	sqlite3_bind_int64(st, 4, p->now + DAY_US);
	if (number(db, st, &stop, e) == -1)
		return -1;
	st = tg_db_stmt(db, TG_SQL_BODY_AGED);
	sqlite3_bind_int64(st, 1, r->first);
	sqlite3_bind_int64(st, 2, stop);
	sqlite3_bind_int64(st, 3, cutoff);
	if (number(db, st, &aged, e) == -1)
		return -1;
	if (aged > *upto)
		*upto = aged;
	return 0;
}

/*
 * The pages in use, free ones not counted.  Deleting bodies lets pieces go
 * in the next slices, so this looks again before it takes more.
 */
static int
by_bytes(struct tg_db *db, const struct prune *p, const struct range *r,
    int64_t *upto, struct tg_err *e)
{
	int64_t pages = 0, unused = 0, bytes = 0;

	if (p->caps->max_bytes <= 0)
		return 0;
	if (tg_db_pragma(db, "PRAGMA page_count", &pages, e) == -1 ||
	    tg_db_pragma(db, "PRAGMA freelist_count", &unused, e) == -1 ||
	    tg_db_pragma(db, "PRAGMA page_size", &bytes, e) == -1)
		return -1;
	if ((pages - unused) * bytes > p->caps->max_bytes &&
	    *upto < r->first + SLICE - 1)
		*upto = r->first + SLICE - 1;
	return 0;
}

/* --- the file --- */

static int
vacuum(struct tg_db *db, struct prune *p, struct tg_err *e)
{
	int64_t pages = 0, unused = 0;

	if (tg_db_pragma(db, "PRAGMA page_count", &pages, e) == -1 ||
	    tg_db_pragma(db, "PRAGMA freelist_count", &unused, e) == -1)
		return -1;
	if (unused <= FREE_PAGES || unused <= pages / FREE_SHARE)
		return 0;
	p->more = true;
	if (sqlite3_exec(db->h, "PRAGMA incremental_vacuum(1000)", NULL, NULL,
		NULL) != SQLITE_OK)
		return tg_db_fail(db, e);
	return 0;
}

/* What was given back leaves the disk when the log is written back. */
static int
file_shrunk(struct tg_store *s, struct tg_err *e)
{
	char *path = tg_store_path(s, tg_db_names[TG_DB_LOG], "");
	struct stat st;
	int64_t bytes = 0, file = 0;

	if (stat(path, &st) == 0)
		file = st.st_size;
	free(path);
	if (tg_read(s, TG_DB_LOG, size, &bytes, e) == -1)
		return -1;
	if (file <= bytes && tg_store_bytes(s, TG_DB_LOG) - file < WAL_BYTES)
		return 0;
	return tg_db_checkpoint(s, TG_DB_LOG, e);
}

static int
size(struct tg_db *db, void *arg, struct tg_err *e)
{
	int64_t *bytes = arg, pages = 0, page = 0;

	if (tg_db_pragma(db, "PRAGMA page_count", &pages, e) == -1 ||
	    tg_db_pragma(db, "PRAGMA page_size", &page, e) == -1)
		return -1;
	*bytes = pages * page;
	return 0;
}
