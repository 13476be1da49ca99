#include "config.h"

#include "store/sessions.h"

/* Rows of sessions and attempts. Times are the wall clock's, in us. */
#include <stdio.h>

#include "base/clock.h"
#include "store/inner.h"

#define SECOND_US	INT64_C(1000000)
#define QUIET_US	(3600 * SECOND_US)
#define LONGEST_US	(900 * SECOND_US)
#define FREE_OF_NAME	5
#define FREE_OF_ADDR	20

/* Of a name, or of an address. */
struct attempt {
	char who[300];
	int64_t allowed, n;
};

static void load(struct tg_session *s, struct tg_arena *a, sqlite3_stmt *st);
static int drop_over(struct tg_db *db, enum tg_sql name, int64_t until,
    struct tg_err *e);
static int change(struct tg_db *db, enum tg_sql name, const char *kind,
    const char *text, struct tg_err *e);
static int look(struct tg_db *db, struct attempt *t, int64_t now,
    int64_t *until, struct tg_err *e);
static int count(struct tg_db *db, struct attempt *t, int64_t now,
    struct tg_err *e);

int
tg_session_add(struct tg_db *db, const struct tg_session *s, struct tg_err *e)
{
	sqlite3_stmt *st;

	if (drop_over(db, TG_SQL_SESSION_DROP_OVER, s->created_at, e) == -1)
		return -1;
	st = tg_db_stmt(db, TG_SQL_SESSION_ADD);
	tg_bind_text(st, 1, s->token);
	sqlite3_bind_int64(st, 2, s->person);
	sqlite3_bind_int64(st, 3, s->key_id);
	tg_bind_text(st, 4, s->addr);
	tg_bind_text(st, 5, s->agent);
	tg_bind_text(st, 6, s->settings != NULL ? s->settings : "{}");
	sqlite3_bind_int64(st, 7, s->created_at);
	sqlite3_bind_int64(st, 8, s->seen_at);
	sqlite3_bind_int64(st, 9, s->expires_at);
	return tg_db_step(db, st, e);
}

int
tg_session_find(struct tg_db *db, struct tg_arena *a, const char *token,
    int64_t now, struct tg_session *s, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_SESSION_FIND);
	int rc;

	tg_bind_text(st, 1, token);
	sqlite3_bind_int64(st, 2, now);
	rc = tg_db_step(db, st, e);
	if (rc == 1) {
		load(s, a, st);
		tg_db_done(st);
	}
	return rc;
}

int
tg_session_touch(struct tg_db *db, const char *token, int64_t now,
    int64_t until, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_SESSION_TOUCH);

	tg_bind_text(st, 1, token);
	sqlite3_bind_int64(st, 2, now);
	sqlite3_bind_int64(st, 3, until);
	return tg_db_step(db, st, e);
}

int
tg_session_set(struct tg_db *db, const char *token, const char *settings,
    struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_SESSION_SET);

	tg_bind_text(st, 1, token);
	tg_bind_text(st, 2, settings);
	return tg_db_step(db, st, e);
}

int
tg_session_drop(struct tg_db *db, const char *token, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_SESSION_DROP);

	tg_bind_text(st, 1, token);
	return tg_db_step(db, st, e);
}

int
tg_session_drop_person(struct tg_db *db, int64_t person,
    const char *but_token, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_SESSION_DROP_PERSON);

	sqlite3_bind_int64(st, 1, person);
	tg_bind_text(st, 2, but_token);
	return tg_db_step(db, st, e);
}

int
tg_session_drop_key(struct tg_db *db, int64_t key_id, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_SESSION_DROP_KEY);

	sqlite3_bind_int64(st, 1, key_id);
	return tg_db_step(db, st, e);
}

int
tg_session_list(struct tg_db *db, struct tg_arena *a, int64_t person,
    struct tg_session **rows, size_t *n, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_SESSION_LIST);
	void *found = NULL;
	int rc;

	sqlite3_bind_int64(st, 1, person);
	sqlite3_bind_int64(st, 2, tg_wall_us());
	*n = 0;
	while ((rc = tg_db_step(db, st, e)) == 1)
		load(tg_rows_add(a, &found, n, sizeof(**rows)), a, st);
	*rows = found;
	return rc;
}

static void
load(struct tg_session *s, struct tg_arena *a, sqlite3_stmt *st)
{
	*s = (struct tg_session){
		.token = tg_col_text(a, st, 0),
		.person = sqlite3_column_int64(st, 1),
		.key_id = sqlite3_column_int64(st, 2),
		.addr = tg_col_text(a, st, 3),
		.agent = tg_col_text(a, st, 4),
		.settings = tg_col_text(a, st, 5),
		.created_at = sqlite3_column_int64(st, 6),
		.seen_at = sqlite3_column_int64(st, 7),
		.expires_at = sqlite3_column_int64(st, 8),
	};
}

static int
drop_over(struct tg_db *db, enum tg_sql name, int64_t until, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, name);

	sqlite3_bind_int64(st, 1, until);
	return tg_db_step(db, st, e);
}

/* --- attempts --- */

static void
name_attempt(struct attempt *t, const char *kind, const char *text,
    int64_t allowed)
{
	(void)snprintf(t->who, sizeof(t->who), "%s:%s", kind, text);
	t->allowed = allowed;
	t->n = 0;
}

int
tg_attempt_begin(struct tg_db *db, const char *name, const char *addr,
    int64_t now, int64_t *wait_us, struct tg_err *e)
{
	struct attempt by_name, by_addr;
	int64_t until = now;

	*wait_us = 0;
	name_attempt(&by_name, "name", name != NULL ? name : "", FREE_OF_NAME);
	name_attempt(&by_addr, "addr", addr, FREE_OF_ADDR);
	if (drop_over(db, TG_SQL_ATTEMPT_DROP_OVER, now - QUIET_US, e) == -1 ||
	    look(db, &by_addr, now, &until, e) == -1 ||
	    (name != NULL && look(db, &by_name, now, &until, e) == -1))
		return -1;
	if (until > now) {
		*wait_us = until - now;
		return 0;
	}
	if (count(db, &by_addr, now, e) == -1)
		return -1;
	return name != NULL ? count(db, &by_name, now, e) : 0;
}

int
tg_attempt_good(struct tg_db *db, const char *name, const char *addr,
    struct tg_err *e)
{
	if (name != NULL &&
	    change(db, TG_SQL_ATTEMPT_DROP, "name", name, e) == -1)
		return -1;
	return addr != NULL ?
	    change(db, TG_SQL_ATTEMPT_UNDO, "addr", addr, e) :
	    0;
}

int
tg_attempt_undo(struct tg_db *db, const char *name, const char *addr,
    struct tg_err *e)
{
	if (change(db, TG_SQL_ATTEMPT_UNDO, "name", name, e) == -1)
		return -1;
	return change(db, TG_SQL_ATTEMPT_UNDO, "addr", addr, e);
}

static int
change(struct tg_db *db, enum tg_sql name, const char *kind, const char *text,
    struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, name);
	struct attempt t;

	name_attempt(&t, kind, text, 0);
	tg_bind_text(st, 1, t.who);
	return tg_db_step(db, st, e);
}

/* *until becomes the later one; a clock that was set back holds nobody. */
static int
look(struct tg_db *db, struct attempt *t, int64_t now, int64_t *until,
    struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_ATTEMPT_FIND);
	int64_t at;
	int rc;

	tg_bind_text(st, 1, t->who);
	rc = tg_db_step(db, st, e);
	if (rc != 1)
		return rc;
	t->n = sqlite3_column_int64(st, 0);
	at = sqlite3_column_int64(st, 1);
	if (at > *until && at <= now + LONGEST_US)
		*until = at;
	tg_db_done(st);
	return 0;
}

static int
count(struct tg_db *db, struct attempt *t, int64_t now, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_ATTEMPT_PUT);
	int64_t more = ++t->n - t->allowed, wait = 0;

	if (more > 0)
		wait = more < 10 ? SECOND_US << more : LONGEST_US;
	tg_bind_text(st, 1, t->who);
	sqlite3_bind_int64(st, 2, t->n);
	sqlite3_bind_int64(st, 3, now);
	sqlite3_bind_int64(st, 4, now + wait);
	return tg_db_step(db, st, e);
}
