#include "config.h"

#include "store/subjects.h"

/*
 * People, teams, customers, organizations, projects and tags, as rows.  What
 * their settings promise is read by gate/rules.c; here it only goes with them.
 */
#include "base/clock.h"
#include "store/inner.h"

#define ARENA_BYTES ((size_t)1024 * 1024)

static const struct kind {
	const char *name;
	const char *title;	/* for sentences */
	const char *id_param;	/* LiteLLM's name of its name */
	enum tg_scope scope;
} kinds[TG_SUBJECT__MAX] = {
	[TG_SUBJECT_NONE] = { "none", "Nothing", "id", TG_SCOPE_HOUSE },
	[TG_SUBJECT_PERSON] = { "person", "User", "user_id",
	    TG_SCOPE_PERSON },
	[TG_SUBJECT_TEAM] = { "team", "Team", "team_id", TG_SCOPE_TEAM },
	[TG_SUBJECT_CUSTOMER] = { "customer", "Customer", "user_id",
	    TG_SCOPE_CUSTOMER },
	[TG_SUBJECT_ORGANIZATION] = { "organization", "Organization",
		"organization_id", TG_SCOPE_ORGANIZATION },
	[TG_SUBJECT_PROJECT] = { "project", "Project", "project_id",
	    TG_SCOPE_PROJECT },
	[TG_SUBJECT_TAG] = { "tag", "Tag", "name", TG_SCOPE_TAG },
};

struct found {
	struct tg_subject *rows;
	size_t n;
};

static void bind(sqlite3_stmt *st, const struct tg_subject *s);
static void bind_filter(sqlite3_stmt *st, const struct tg_subject_filter *f);
static int change(struct tg_db *db, struct tg_subject *s, struct tg_err *e);
static int find(struct tg_db *db, sqlite3_stmt *st, int64_t *id,
    struct tg_err *e);
static int insert(struct tg_db *db, struct tg_subject *s, struct tg_err *e);
static int leave(struct tg_db *db, struct tg_arena *a, int64_t id,
    struct tg_err *e);
static void load(struct tg_subject *s, struct tg_arena *a, sqlite3_stmt *st);
static int names_free(struct tg_db *db, const struct tg_subject *s,
    struct tg_err *e);
static int page(struct tg_db *db, struct tg_arena *a, sqlite3_stmt *st,
    struct found *f, struct tg_err *e);
static int remove_row(struct tg_db *db, struct tg_arena *a, int64_t id,
    struct tg_err *e);

const char *
tg_subject_kind_name(enum tg_subject_kind k)
{
	return kinds[k].name;
}

enum tg_scope
tg_subject_scope(enum tg_subject_kind k)
{
	return kinds[k].scope;
}

/* --- finding --- */

int
tg_subject_find(struct tg_db *db, struct tg_arena *a,
    enum tg_subject_kind kind, const char *name, struct tg_subject *s,
    struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_SUBJECT_ID_OF_NAME);
	int64_t id;
	int rc;

	sqlite3_bind_int(st, 1, kind);
	tg_bind_text(st, 2, name);
	rc = find(db, st, &id, e);
	return rc == 1 ? tg_subject_by_id(db, a, id, s, e) : rc;
}

int
tg_person_by_email(struct tg_db *db, struct tg_arena *a, const char *email,
    struct tg_subject *s, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_SUBJECT_ID_OF_EMAIL);
	int64_t id;
	int rc;

	tg_bind_text(st, 1, email);
	rc = find(db, st, &id, e);
	return rc == 1 ? tg_subject_by_id(db, a, id, s, e) : rc;
}

static int
find(struct tg_db *db, sqlite3_stmt *st, int64_t *id, struct tg_err *e)
{
	int rc = tg_db_step(db, st, e);

	if (rc == 1) {
		*id = sqlite3_column_int64(st, 0);
		tg_db_done(st);
	}
	return rc;
}

int
tg_subject_by_id(struct tg_db *db, struct tg_arena *a, int64_t id,
    struct tg_subject *s, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_SUBJECT_BY_ID);
	int rc;

	sqlite3_bind_int64(st, 1, id);
	rc = tg_db_step(db, st, e);
	if (rc == 1) {
		load(s, a, st);
		tg_db_done(st);
	}
	return rc;
}

static void
load(struct tg_subject *s, struct tg_arena *a, sqlite3_stmt *st)
{
	*s = (struct tg_subject){
		.id = sqlite3_column_int64(st, 0),
		.kind = sqlite3_column_int(st, 1),
		.name = tg_col_text(a, st, 2),
		.alias = tg_col_text(a, st, 3),
		.email = tg_col_text(a, st, 4),
		.role = tg_col_text(a, st, 5),
		.parent = sqlite3_column_int64(st, 6),
		.models = tg_col_text(a, st, 7),
		.blocked = sqlite3_column_int(st, 8) != 0,
		.budget = tg_col_text(a, st, 9),
		.settings = tg_col_text(a, st, 10),
		.created_by = tg_col_text(a, st, 11),
		.updated_by = tg_col_text(a, st, 12),
		.created_at = sqlite3_column_int64(st, 13),
		.updated_at = sqlite3_column_int64(st, 14),
		.removed_at = sqlite3_column_int64(st, 15),
	};
}

/* --- storing --- */

int
tg_subject_save(struct tg_db *db, struct tg_subject *s, struct tg_err *e)
{
	int64_t account;
	int rc = 0;

	if (s->id != 0)
		rc = change(db, s, e);
	if (rc == -1)
		return -1;
	if (rc == 0 &&
	    (insert(db, s, e) == -1 ||
		tg_account_make(db, tg_subject_scope(s->kind), s->id, "",
		    &account, e) == -1))
		return -1;
	return tg_rules_bump(db, e);
}

/*
 * 1 changed, 0 to be made after all: a transaction may run twice, and in the
 * second run what the first has made is gone, but its id stands in s.  The
 * time of its making tells one row from another that got the same id.
 */
static int
change(struct tg_db *db, struct tg_subject *s, struct tg_err *e)
{
	struct tg_arena *a = tg_arena_new(ARENA_BYTES);
	sqlite3_stmt *st;
	struct tg_subject now;
	int rc = tg_subject_by_id(db, a, s->id, &now, e);

	if (rc == 1 && (now.created_at != s->created_at ||
	    now.kind != s->kind))
		rc = 0;
	if (rc == 1 && now.removed_at != 0)
		rc = tg_fail_param(e, TG_E_NOT_FOUND, kinds[s->kind].id_param,
		    "%s '%s' has been removed.", kinds[s->kind].title,
		    now.name);
	tg_arena_free(a);
	if (rc == 0)
		s->id = 0;
	if (rc != 1)
		return rc;
	if (names_free(db, s, e) == -1)
		return -1;
	s->updated_at = tg_wall_us();
	st = tg_db_stmt(db, TG_SQL_SUBJECT_UPDATE);
	bind(st, s);
	sqlite3_bind_int64(st, 15, s->id);
	return tg_db_step(db, st, e) == -1 ? -1 : 1;
}

static int
insert(struct tg_db *db, struct tg_subject *s, struct tg_err *e)
{
	sqlite3_stmt *st;

	if (names_free(db, s, e) == -1)
		return -1;
	s->created_at = s->updated_at = tg_wall_us();
	st = tg_db_stmt(db, TG_SQL_SUBJECT_INSERT);
	bind(st, s);
	if (tg_db_step(db, st, e) == -1)
		return -1;
	s->id = sqlite3_last_insert_rowid(db->h);
	return 0;
}

static int
names_free(struct tg_db *db, const struct tg_subject *s, struct tg_err *e)
{
	const struct kind *k = &kinds[s->kind];
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_SUBJECT_ID_OF_NAME);
	int64_t id;
	int rc;

	sqlite3_bind_int(st, 1, s->kind);
	tg_bind_text(st, 2, s->name);
	rc = find(db, st, &id, e);
	if (rc == 1 && id != s->id)
		return tg_fail_param(e, TG_E_CONFLICT, k->id_param,
		    "%s with %s '%s' already exists.", k->title, k->id_param,
		    s->name);
	if (rc == -1 || s->email == NULL || s->kind != TG_SUBJECT_PERSON)
		return rc == -1 ? -1 : 0;
	st = tg_db_stmt(db, TG_SQL_SUBJECT_ID_OF_EMAIL);
	tg_bind_text(st, 1, s->email);
	rc = find(db, st, &id, e);
	if (rc == 1 && id != s->id)
		return tg_fail_param(e, TG_E_CONFLICT, "user_email",
		    "User with user_email '%s' already exists.", s->email);
	return rc == -1 ? -1 : 0;
}

static void
bind(sqlite3_stmt *st, const struct tg_subject *s)
{
	sqlite3_bind_int(st, 1, s->kind);
	tg_bind_text(st, 2, s->name);
	tg_bind_text(st, 3, s->alias);
	tg_bind_text(st, 4, s->email);
	tg_bind_text(st, 5, s->role);
	sqlite3_bind_int64(st, 6, s->parent);
	tg_bind_text(st, 7, s->models != NULL ? s->models : "[]");
	sqlite3_bind_int(st, 8, s->blocked);
	tg_bind_text(st, 9, s->budget);
	tg_bind_text(st, 10, s->settings != NULL ? s->settings : "{}");
	tg_bind_text(st, 11, s->created_by);
	tg_bind_text(st, 12, s->updated_by);
	sqlite3_bind_int64(st, 13, s->created_at);
	sqlite3_bind_int64(st, 14, s->updated_at);
}

int
tg_subject_sight(struct tg_db *db, enum tg_subject_kind kind,
    const char *name, bool make, int64_t *id, struct tg_err *e)
{
	struct tg_subject s = { .kind = kind, .name = name,
		.created_by = "sight" };
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_SUBJECT_ID_OF_NAME);
	int64_t account;
	int rc;

	*id = 0;
	sqlite3_bind_int(st, 1, kind);
	tg_bind_text(st, 2, name);
	rc = find(db, st, id, e);
	if (rc != 0 || !make)
		return rc == -1 ? -1 : 0;
	if (insert(db, &s, e) == -1 ||
	    tg_account_make(
		db, tg_subject_scope(kind), s.id, "", &account, e) == -1)
		return -1;
	*id = s.id;
	return 0;
}

/* --- removing --- */

int
tg_subject_remove(struct tg_db *db, int64_t id, struct tg_err *e)
{
	struct tg_arena *a = tg_arena_new(ARENA_BYTES);
	int rc = remove_row(db, a, id, e);

	tg_arena_free(a);
	return rc;
}

static int
remove_row(struct tg_db *db, struct tg_arena *a, int64_t id, struct tg_err *e)
{
	enum tg_scope by_model;
	sqlite3_stmt *st;
	struct tg_subject s;
	int rc = tg_subject_by_id(db, a, id, &s, e);

	if (rc != 1 || s.removed_at != 0)
		return rc == -1 ? -1 : 0;
	st = tg_db_stmt(db, TG_SQL_SUBJECT_REMOVE);
	sqlite3_bind_int64(st, 1, id);
	sqlite3_bind_int64(st, 2, tg_wall_us());
	if (tg_db_step(db, st, e) == -1 || leave(db, a, id, e) == -1 ||
	    tg_promises_drop(db, a, tg_subject_scope(s.kind), id, e) == -1)
		return -1;
	by_model = tg_scope_by_model(tg_subject_scope(s.kind));
	if (by_model != 0 && tg_promises_drop(db, a, by_model, id, e) == -1)
		return -1;
	return tg_rules_bump(db, e);
}

/* Its members leave, or it leaves where it was one. */
static int
leave(struct tg_db *db, struct tg_arena *a, int64_t id, struct tg_err *e)
{
	struct tg_member *m;
	size_t n;

	for (int as_team = 0; as_team < 2; as_team++) {
		if (tg_member_list(db, a, as_team ? id : 0, as_team ? 0 : id,
			&m, &n, e) == -1)
			return -1;
		for (size_t i = 0; i < n; i++)
			if (tg_member_remove(
				db, m[i].team, m[i].person, e) == -1)
				return -1;
	}
	return 0;
}

int
tg_promises_drop(struct tg_db *db, struct tg_arena *a, enum tg_scope scope,
    int64_t subject, struct tg_err *e)
{
	static const struct tg_promises none;
	struct tg_account *accounts;
	size_t n;

	if (tg_accounts_of(db, a, scope, subject, &accounts, &n, e) == -1)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (accounts[i].n_caps + accounts[i].n_limits > 0 &&
		    tg_promise_set(db, scope, subject, accounts[i].name, &none,
			e) == -1)
			return -1;
	return 0;
}

/* --- listing --- */

static const enum tg_sql pages[] = {
	[TG_SUBJECTS_BY_NAME] = TG_SQL_SUBJECT_PAGE_BY_NAME,
	[TG_SUBJECTS_BY_NAME_DOWN] = TG_SQL_SUBJECT_PAGE_BY_NAME_DOWN,
	[TG_SUBJECTS_NEWEST] = TG_SQL_SUBJECT_PAGE_NEWEST,
	[TG_SUBJECTS_OLDEST] = TG_SQL_SUBJECT_PAGE_OLDEST,
	[TG_SUBJECTS_DEAREST] = TG_SQL_SUBJECT_PAGE_DEAREST,
	[TG_SUBJECTS_CHEAPEST] = TG_SQL_SUBJECT_PAGE_CHEAPEST,
};

int
tg_subject_list(struct tg_db *db, struct tg_arena *a,
    const struct tg_subject_filter *f, struct tg_subject **rows, size_t *n,
    int64_t *total, struct tg_err *e)
{
	enum tg_sql count = TG_SQL_SUBJECT_PAGE_COUNT;
	enum tg_sql rest = pages[f->order];
	struct found found;
	sqlite3_stmt *st;
	int rc;

	if (f->removed) {
		count = TG_SQL_SUBJECT_REMOVED_COUNT;
		rest = TG_SQL_SUBJECT_REMOVED_PAGE;
	}
	st = tg_db_stmt(db, count);
	bind_filter(st, f);
	if (find(db, st, total, e) != 1)
		return -1;
	st = tg_db_stmt(db, rest);
	bind_filter(st, f);
	rc = page(db, a, st, &found, e);
	*rows = found.rows;
	*n = found.n;
	return rc;
}

static void
bind_filter(sqlite3_stmt *st, const struct tg_subject_filter *f)
{
	sqlite3_bind_int(st, 1, f->kind);
	sqlite3_bind_int64(st, 2, f->parent);
	sqlite3_bind_int64(st, 3, f->member);
	tg_bind_text(st, 4, f->like);
	tg_bind_text(st, 5, f->role);
	sqlite3_bind_int64(st, 6, f->limit > 0 ? f->limit : -1);
	sqlite3_bind_int64(st, 7, f->after);
	sqlite3_bind_int(st, 8, tg_subject_scope(f->kind));
}

static int
page(struct tg_db *db, struct tg_arena *a, sqlite3_stmt *st, struct found *f,
    struct tg_err *e)
{
	struct tg_subject *s;
	void *rows = NULL;
	int rc;

	*f = (struct found){ .n = 0 };
	while ((rc = tg_db_step(db, st, e)) == 1) {
		s = tg_rows_add(a, &rows, &f->n, sizeof(*s));
		if (tg_subject_by_id(
			db, a, sqlite3_column_int64(st, 0), s, e) != 1) {
			tg_db_done(st);
			return -1;
		}
	}
	f->rows = rows;
	return rc;
}
