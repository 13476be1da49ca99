#include "config.h"

/*
 * Calls that wait for a limit's room, in a line that all processes share.  A
 * key's first waiting call gets the turn that the line has reached, its next
 * the turn after; so keys alternate, whoever came with how many.  Who asks no
 * more is dead and stands in nobody's way.
 */
#include "store/booking.h"

/* Asking is a read, mostly: this often it is written that one still asks. */
#define SEEN_US (TG_WAIT_DEAD_US / 4)

static int ahead(struct tg_db *db, const struct tg_waiter *w, int64_t limit,
    struct tg_line_place *p, struct tg_err *e);
static int turn(struct tg_db *db, const struct tg_waiter *w, int64_t limit,
    int64_t *turn, struct tg_err *e);

int
tg_wait_find(struct tg_db *db, struct tg_waiter *w, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_WAIT_GET);
	int rc;

	sqlite3_bind_int64(st, 1, w->id);
	tg_bind_text(st, 2, w->call);
	rc = tg_db_step(db, st, e);
	if (rc == 1) {
		w->limit_id = sqlite3_column_int64(st, 0);
		w->turn = sqlite3_column_int64(st, 1);
		w->need = sqlite3_column_int64(st, 2);
		w->since_at = sqlite3_column_int64(st, 3);
		w->seen_at = sqlite3_column_int64(st, 4);
		tg_db_done(st);
	} else
		w->id = 0;
	return rc == -1 ? -1 : 0;
}

int
tg_wait_place(struct tg_db *db, const struct tg_waiter *w, int64_t limit,
    struct tg_line_place *p, struct tg_err *e)
{
	struct tg_waiter me = *w;

	*p = (struct tg_line_place){ 0 };
	if (w->id == 0 || w->limit_id != limit) {
		/* Newly come: behind all of its turn. */
		me.id = INT64_MAX;
		if (turn(db, w, limit, &me.turn, e) == -1)
			return -1;
	}
	p->turn = me.turn;
	return ahead(db, &me, limit, p, e);
}

static int
turn(struct tg_db *db, const struct tg_waiter *w, int64_t limit, int64_t *turn,
    struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_WAIT_TURN);
	int64_t own;

	sqlite3_bind_int64(st, 1, limit);
	sqlite3_bind_int64(st, 2, w->now - TG_WAIT_DEAD_US);
	sqlite3_bind_int64(st, 3, w->key_id);
	if (tg_db_step(db, st, e) == -1)
		return -1;
	*turn = tg_col_i64(st, 0, 0);
	own = tg_col_i64(st, 1, -1);
	if (own >= *turn)
		*turn = own + 1;
	tg_db_done(st);
	return 0;
}

static int
ahead(struct tg_db *db, const struct tg_waiter *w, int64_t limit,
    struct tg_line_place *p, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_WAIT_AHEAD);

	sqlite3_bind_int64(st, 1, limit);
	sqlite3_bind_int64(st, 2, w->now - TG_WAIT_DEAD_US);
	sqlite3_bind_int(st, 3, w->priority);
	sqlite3_bind_int64(st, 4, w->turn);
	sqlite3_bind_int64(st, 5, w->id);
	if (tg_db_step(db, st, e) == -1)
		return -1;
	p->ahead = sqlite3_column_int(st, 0);
	p->need_ahead = sqlite3_column_int64(st, 1);
	tg_db_done(st);
	return 0;
}

int
tg_wait_stand(struct tg_db *db, struct tg_waiter *w, struct tg_err *e)
{
	sqlite3_stmt *st;

	if (w->id != 0) {
		if (w->now - w->seen_at < SEEN_US)
			return 0;
		st = tg_db_stmt(db, TG_SQL_WAIT_MOVE);
		sqlite3_bind_int64(st, 1, w->id);
		sqlite3_bind_int64(st, 2, w->limit_id);
		sqlite3_bind_int64(st, 3, w->turn);
		sqlite3_bind_int64(st, 4, w->need);
		sqlite3_bind_int64(st, 5, w->now);
		return tg_db_step(db, st, e);
	}
	st = tg_db_stmt(db, TG_SQL_WAIT_ADD);
	tg_bind_text(st, 1, w->call);
	sqlite3_bind_int64(st, 2, w->limit_id);
	sqlite3_bind_int64(st, 3, w->key_id);
	sqlite3_bind_int(st, 4, w->priority);
	sqlite3_bind_int64(st, 5, w->turn);
	sqlite3_bind_int64(st, 6, w->need);
	tg_bind_text(st, 7, tg_worker_name());
	sqlite3_bind_int64(st, 8, w->now);
	if (tg_db_step(db, st, e) == -1)
		return -1;
	w->id = sqlite3_last_insert_rowid(db->h);
	return 0;
}

int
tg_wait_leave(struct tg_db *db, int64_t id, const char *call,
    struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_WAIT_LEAVE);

	sqlite3_bind_int64(st, 1, id);
	tg_bind_text(st, 2, call);
	return tg_db_step(db, st, e);
}

int
tg_waits_prune(struct tg_db *db, int64_t now, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_WAIT_PRUNE);

	sqlite3_bind_int64(st, 1, now - TG_WAIT_DEAD_US);
	return tg_db_step(db, st, e);
}
