#include "config.h"

#include "store/outbox.h"

/*
 * The outbox: events, and for each target how far it has been told.  A target
 * gets its deliveries when it is looked after, so an event costs one row.
 */
#include <string.h>

#include "base/clock.h"
#include "store/inner.h"

struct deliveries {
	struct tg_arena *a;
	void *rows;
	size_t n;
};

static void load(struct deliveries *l, sqlite3_stmt *st);
static bool wanted(const char *const *targets, size_t n, const char *target);

int
tg_outbox_add(struct tg_db *db, const char *kind, const char *body,
    struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_OUTBOX_ADD);

	sqlite3_bind_int64(st, 1, tg_wall_us());
	tg_bind_text(st, 2, kind);
	tg_bind_text(st, 3, body);
	return tg_db_step(db, st, e);
}

int
tg_outbox_due(struct tg_db *db, struct tg_arena *a, const char *const *targets,
    size_t n_targets, int64_t now, int64_t limit, struct tg_delivery **rows,
    size_t *n, struct tg_err *e)
{
	struct deliveries l = { .a = a };
	sqlite3_stmt *st;
	int rc;

	for (size_t i = 0; i < n_targets; i++) {
		st = tg_db_stmt(db, TG_SQL_OUTBOX_GIVE);
		tg_bind_text(st, 1, targets[i]);
		sqlite3_bind_int64(st, 2, now);
		if (tg_db_step(db, st, e) == -1)
			return -1;
	}
	st = tg_db_stmt(db, TG_SQL_OUTBOX_DUE);
	sqlite3_bind_int64(st, 1, now);
	while ((rc = tg_db_step(db, st, e)) == 1)
		if (wanted(targets, n_targets,
			(const char *)sqlite3_column_text(st, 1))) {
			load(&l, st);
			if ((int64_t)l.n == limit) {
				tg_db_done(st);
				break;
			}
		}
	*rows = l.rows;
	*n = l.n;
	return rc == -1 ? -1 : 0;
}

/* Targets that are no longer configured keep their rows. */
static bool
wanted(const char *const *targets, size_t n, const char *target)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(targets[i], target) == 0)
			return true;
	return false;
}

static void
load(struct deliveries *l, sqlite3_stmt *st)
{
	struct tg_delivery *d =
	    tg_rows_add(l->a, &l->rows, &l->n, sizeof(*d));

	*d = (struct tg_delivery){
		.id = sqlite3_column_int64(st, 0),
		.target = tg_col_text(l->a, st, 1),
		.state = sqlite3_column_int(st, 2),
		.tries = sqlite3_column_int(st, 3),
		.next_at = sqlite3_column_int64(st, 4),
		.done_at = sqlite3_column_int64(st, 5),
		.error = tg_col_text(l->a, st, 6),
		.event = { .id = sqlite3_column_int64(st, 7),
		    .at = sqlite3_column_int64(st, 8),
		    .kind = tg_col_text(l->a, st, 9),
		    .body = tg_col_text(l->a, st, 10) },
	};
}

int
tg_outbox_claim(struct tg_db *db, int64_t delivery, int64_t until_at,
    struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_OUTBOX_CLAIM);

	sqlite3_bind_int64(st, 1, delivery);
	sqlite3_bind_int64(st, 2, until_at);
	return tg_db_step(db, st, e);
}

int
tg_outbox_tried(struct tg_db *db, int64_t delivery, const char *error,
    int64_t next_at, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_OUTBOX_TRIED);
	enum tg_delivery_state state = TG_DELIVERY_WAITING;

	if (error == NULL)
		state = TG_DELIVERY_DONE;
	else if (next_at == 0)
		state = TG_DELIVERY_GIVEN_UP;
	sqlite3_bind_int64(st, 1, delivery);
	sqlite3_bind_int(st, 2, state);
	sqlite3_bind_int64(st, 3, next_at);
	sqlite3_bind_int64(
	    st, 4, state == TG_DELIVERY_WAITING ? 0 : tg_wall_us());
	tg_bind_text(st, 5, error);
	return tg_db_step(db, st, e);
}

int
tg_outbox_list(struct tg_db *db, struct tg_arena *a, int64_t limit,
    struct tg_delivery **rows, size_t *n, struct tg_err *e)
{
	struct deliveries l = { .a = a };
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_OUTBOX_LIST);
	int rc;

	sqlite3_bind_int64(st, 1, limit);
	while ((rc = tg_db_step(db, st, e)) == 1)
		load(&l, st);
	*rows = l.rows;
	*n = l.n;
	return rc;
}

int
tg_outbox_retry(struct tg_db *db, int64_t delivery, int64_t now,
    struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_OUTBOX_RETRY);

	sqlite3_bind_int64(st, 1, delivery);
	sqlite3_bind_int64(st, 2, now);
	if (tg_db_step(db, st, e) == -1)
		return -1;
	return sqlite3_changes(db->h) > 0;
}

/* The newest stays: it says from where on events are new. */
int
tg_outbox_prune(struct tg_db *db, int64_t before, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_OUTBOX_PRUNE_DELIVERIES);

	sqlite3_bind_int64(st, 1, before);
	if (tg_db_step(db, st, e) == -1)
		return -1;
	st = tg_db_stmt(db, TG_SQL_OUTBOX_PRUNE);
	sqlite3_bind_int64(st, 1, before);
	return tg_db_step(db, st, e);
}
