#include "config.h"

/* Who is a member of which team or organization. */
#include <string.h>

#include "base/clock.h"
#include "store/inner.h"
#include "store/subjects.h"

#define ARENA_BYTES ((size_t)64 * 1024)

static int drop(struct tg_db *db, int64_t id, int64_t team, int64_t person,
    struct tg_err *e);
static int find(struct tg_db *db, struct tg_arena *a, sqlite3_stmt *st,
    struct tg_member *m, struct tg_err *e);
static void load(struct tg_member *m, struct tg_arena *a, sqlite3_stmt *st);

int
tg_member_find(struct tg_db *db, struct tg_arena *a, int64_t team,
    int64_t person, struct tg_member *m, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_MEMBER_FIND);

	sqlite3_bind_int64(st, 1, team);
	sqlite3_bind_int64(st, 2, person);
	return find(db, a, st, m, e);
}

int
tg_member_by_id(struct tg_db *db, struct tg_arena *a, int64_t id,
    struct tg_member *m, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_MEMBER_BY_ID);

	sqlite3_bind_int64(st, 1, id);
	return find(db, a, st, m, e);
}

static int
find(struct tg_db *db, struct tg_arena *a, sqlite3_stmt *st,
    struct tg_member *m, struct tg_err *e)
{
	int rc = tg_db_step(db, st, e);

	if (rc == 1) {
		load(m, a, st);
		tg_db_done(st);
	}
	return rc;
}

static void
load(struct tg_member *m, struct tg_arena *a, sqlite3_stmt *st)
{
	*m = (struct tg_member){
		.id = sqlite3_column_int64(st, 0),
		.team = sqlite3_column_int64(st, 1),
		.person = sqlite3_column_int64(st, 2),
		.role = tg_col_text(a, st, 3),
		.budget = tg_col_text(a, st, 4),
		.settings = tg_col_text(a, st, 5),
		.created_at = sqlite3_column_int64(st, 6),
		.updated_at = sqlite3_column_int64(st, 7),
	};
}

int
tg_member_save(struct tg_db *db, struct tg_member *m, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_MEMBER_PUT);
	int64_t account;

	sqlite3_bind_int64(st, 1, m->team);
	sqlite3_bind_int64(st, 2, m->person);
	tg_bind_text(st, 3, m->role != NULL ? m->role : "user");
	tg_bind_text(st, 4, m->budget);
	tg_bind_text(st, 5, m->settings != NULL ? m->settings : "{}");
	sqlite3_bind_int64(st, 6, tg_wall_us());
	if (tg_db_step(db, st, e) != 1)
		return -1;
	m->id = sqlite3_column_int64(st, 0);
	m->created_at = sqlite3_column_int64(st, 1);
	m->updated_at = sqlite3_column_int64(st, 2);
	tg_db_done(st);
	if (tg_account_make(db, TG_SCOPE_MEMBER, m->id, "", &account, e) == -1)
		return -1;
	return tg_rules_bump(db, e);
}

int
tg_member_remove(struct tg_db *db, int64_t team, int64_t person,
    struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_MEMBER_FIND);
	int64_t id;
	int rc;

	sqlite3_bind_int64(st, 1, team);
	sqlite3_bind_int64(st, 2, person);
	rc = tg_db_step(db, st, e);
	if (rc != 1)
		return rc;
	id = sqlite3_column_int64(st, 0);
	tg_db_done(st);
	if (drop(db, id, team, person, e) == -1)
		return -1;
	st = tg_db_stmt(db, TG_SQL_MEMBER_REMOVE);
	sqlite3_bind_int64(st, 1, id);
	if (tg_db_step(db, st, e) == -1)
		return -1;
	return tg_rules_bump(db, e);
}

/* As one of an organization it promises under a name of his. */
static int
drop_named(struct tg_db *db, struct tg_arena *a, int64_t team, int64_t person,
    struct tg_err *e)
{
	static const struct tg_promises none;
	char name[TG_SCOPE_NUMBER_BYTES];
	struct tg_account *accounts;
	size_t n;

	(void)tg_scope_number(team, name);
	if (tg_accounts_of(db, a, TG_SCOPE_ORGANIZATION_MEMBER, person,
		&accounts, &n, e) == -1)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (strcmp(accounts[i].name, name) == 0 &&
		    tg_promise_set(db, TG_SCOPE_ORGANIZATION_MEMBER, person,
			name, &none, e) == -1)
			return -1;
	return 0;
}

static int
drop(struct tg_db *db, int64_t id, int64_t team, int64_t person,
    struct tg_err *e)
{
	struct tg_arena *a = tg_arena_new(ARENA_BYTES);
	int rc = tg_promises_drop(db, a, TG_SCOPE_MEMBER, id, e);

	if (rc == 0)
		rc = drop_named(db, a, team, person, e);
	tg_arena_free(a);
	return rc;
}

int
tg_member_list(struct tg_db *db, struct tg_arena *a, int64_t team,
    int64_t person, struct tg_member **rows, size_t *n, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, team != 0 ?
	    TG_SQL_MEMBERS_OF_TEAM : TG_SQL_MEMBERS_OF_PERSON);
	void *found = NULL;
	int rc;

	sqlite3_bind_int64(st, 1, team != 0 ? team : person);
	*n = 0;
	while ((rc = tg_db_step(db, st, e)) == 1)
		load(tg_rows_add(a, &found, n, sizeof(**rows)), a, st);
	*rows = found;
	return rc;
}
