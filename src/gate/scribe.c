/*
 * The scribe's slices: some lines of the ledger are read, their bodies taken
 * apart, all outside of any lock; then what follows is written in one short
 * transaction, together with the mark of how far it came.  If that takes too
 * long, it ends in between.
 */
#include "config.h"

#include "gate/scribe.h"

#include "base/clock.h"
#include "base/log.h"
#include "gate/scribe_call.h"

#define LINES 64
#define LINES_QUICK 4
#define BODY_BYTES (4 * 1024 * 1024)	/* of a slice, about */
#define ARENA_BYTES (64 * 1024 * 1024)
#define WRITE_US 20000
#define WRITE_QUICK_US 3000
#define BODY_LATE_US 3000000	/* by then it is stored, or never will be */

struct slice {
	struct tg_store *store;
	struct tg_arena *a, *own;	/* own: of one call, while writing */
	int64_t now;
	int64_t most, write_us;		/* lines; in one transaction */
	int64_t from;			/* line */
	struct tg_scribe_line *lines;
	struct tg_scribe_call *calls;
	size_t n;
	size_t ready;			/* of them, to be written */
	size_t written;
	bool full;			/* more would be too much at once */
};

static int where(struct tg_db *, void *, struct tg_err *);
static int lines(struct tg_db *, void *, struct tg_err *);
static int run_with_arenas(struct slice *, struct tg_err *);
static int run(struct slice *, struct tg_err *);
static int prepare(struct slice *, struct tg_err *);
static int open_call(struct tg_db *, void *, struct tg_err *);
static int write_calls(struct tg_db *, void *, struct tg_err *);

int
tg_scribe(struct tg_store *s, bool quick, struct tg_err *e)
{
	struct slice w = {
		.store = s,
		.now = tg_wall_us(),
		.most = quick ? LINES_QUICK : LINES,
		.write_us = quick ? WRITE_QUICK_US : WRITE_US,
	};

	return run_with_arenas(&w, e);
}

int
tg_scribe_then(struct tg_store *s, int64_t now, struct tg_err *e)
{
	struct slice w = { .store = s, .now = now, .most = LINES,
		.write_us = WRITE_US };

	return run_with_arenas(&w, e);
}

static int
run_with_arenas(struct slice *w, struct tg_err *e)
{
	int rc;

	w->a = tg_arena_new(ARENA_BYTES);
	w->own = tg_arena_new(ARENA_BYTES);
	rc = run(w, e);
	tg_arena_free(w->own);
	tg_arena_free(w->a);
	return rc;
}

static int
run(struct slice *w, struct tg_err *e)
{
	if (tg_read(w->store, TG_DB_LOG, where, w, e) == -1 ||
	    tg_read(w->store, TG_DB_MAIN, lines, w, e) == -1 ||
	    prepare(w, e) == -1)
		return -1;
	if (w->ready == 0)
		return 0;
	if (tg_write(w->store, TG_DB_LOG, write_calls, w, e) == -1)
		return -1;
	return w->full || (int64_t)w->n == w->most || w->written < w->ready;
}

static int
where(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct slice *w = arg;

	return tg_scribe_at(db, &w->from, e);
}

static int
lines(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct slice *w = arg;

	return tg_scribe_lines(
	    db, w->a, w->from, w->most, &w->lines, &w->n, e);
}

/* --- reading --- */

/* Another attempt followed: the call ended later. */
static bool
ends_call(const struct tg_scribe_line *l)
{
	return l->has_row && l->kind != TG_LINE_ADJUSTMENT && !l->row.follows;
}

/* What attempts cost that others followed. */
static int
add_earlier(struct slice *w, struct tg_scribe_call *c, struct tg_err *e)
{
	struct tg_call_row *rows;
	size_t n;

	if (tg_call_find(
		w->store, w->a, c->line->row.id, &rows, &n, e) == -1)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (rows[i].follows && rows[i].cost_nano != TG_COST_UNKNOWN)
			c->earlier_nano += rows[i].cost_nano;
	return 0;
}

static int
prepare(struct slice *w, struct tg_err *e)
{
	size_t bytes = 0;

	w->calls = tg_arena_zero(w->a, (w->n + 1) * sizeof(*w->calls));
	for (size_t i = 0; i < w->n && !w->full; i++) {
		struct tg_scribe_call *c = &w->calls[i];
		struct tg_err why = { 0 };
		int rc = 0;

		c->line = &w->lines[i];
		if (ends_call(c->line)) {
			rc = tg_read(
			    w->store, TG_DB_LOG, open_call, w, &why);
			bytes += (size_t)c->line->row.request_bytes;
		}
		if (rc != -1 && ends_call(c->line) &&
		    c->line->row.attempt > 1)
			rc = add_earlier(w, c, &why);
		if (rc == -1 && why.code == TG_E_STORE && !c->has_body)
			return tg_err_pass(e, &why);
		if (rc == -1)
			tg_warnx("call not read for search id=%s why=\"%s\"",
			    c->line->row.id, why.msg);
		/* Its body may be on its way. */
		if (ends_call(c->line) && !c->has_body &&
		    c->line->at > w->now - BODY_LATE_US &&
		    c->line->row.state != TG_CALL_REFUSED)
			break;
		w->ready++;
		w->full = bytes >= BODY_BYTES;
	}
	return 0;
}

static int
open_call(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct slice *w = arg;
	struct tg_scribe_call *c = &w->calls[w->ready];
	struct tg_body_look request = { .call_id = c->line->row.id,
		.side = TG_BODY_REQUEST };
	struct tg_body_look answer = { .call_id = c->line->row.id,
		.side = TG_BODY_ANSWER };
	int rc = tg_scribe_has_body(db, c->line->row.id, e);

	if (rc != 1)
		return rc;
	c->has_body = true;
	if (tg_body_look(db, w->a, &request, e) == -1 ||
	    tg_body_look(db, w->a, &answer, e) == -1)
		return -1;
	tg_scribe_open(c, w->a, &request, answer.text);
	return 0;
}

/* --- writing --- */

static int
write_line(struct slice *w, struct tg_db *db, struct tg_scribe_call *c,
    struct tg_err *e)
{
	const struct tg_call_row *row = &c->line->row;
	int rc;

	if (!ends_call(c->line))
		return 0;
	rc = tg_thread_has(db, row->seq, e);
	if (rc == 1 && c->line->kind == TG_LINE_CORRECTION)
		return tg_thread_correct(
		    db, row->seq, c->line->amount_nano, e);
	if (rc == 1)
		return 0;
	/* It may have been pruned since it was read. */
	if (rc == 0 && c->has_body) {
		rc = tg_scribe_has_body(db, row->id, e);
		c->has_body = rc == 1;
	}
	return rc == -1 ? -1 : tg_scribe_write(db, w->own, c, e);
}

static int
write_calls(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct slice *w = arg;
	int64_t end = tg_mono_us() + w->write_us, at;
	int rc = tg_scribe_at(db, &at, e);

	w->written = 0;
	if (rc == -1 || at != w->from)
		return rc;
	while (w->written < w->ready &&
	    (w->written == 0 || tg_mono_us() < end)) {
		rc = write_line(w, db, &w->calls[w->written], e);
		tg_arena_reset(w->own);
		if (rc == -1)
			return -1;
		w->written++;
	}
	return tg_scribe_move(db, w->from,
		   w->lines[w->written - 1].line, e) == -1 ?
	    -1 :
	    0;
}
