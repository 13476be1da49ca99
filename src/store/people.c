#include "config.h"

#include "store/people.h"

/* People who sign in, by their name; to calls they are subjects. */
#include "base/clock.h"
#include "base/json.h"
#include "store/inner.h"
#include "store/sessions.h"
#include "store/subjects.h"

struct put {
	const char *name, *role, *password_hash;
};

struct find {
	struct tg_arena *a;
	const char *name;
	struct tg_person *p;
};

static int add(struct tg_db *db, void *arg, struct tg_err *e);
static int count(struct tg_db *db, void *arg, struct tg_err *e);
static int find(struct tg_db *db, void *arg, struct tg_err *e);
static int load(struct tg_db *db, struct tg_arena *a, sqlite3_stmt *st,
    struct tg_person *p, struct tg_err *e);
static int known(struct tg_db *db, const struct put *p, struct tg_err *e);

int
tg_person_add(struct tg_store *s, const char *name, const char *role,
    const char *password_hash, struct tg_err *e)
{
	struct put p = { name, role, password_hash };

	return tg_write(s, TG_DB_MAIN, add, &p, e);
}

static int
add(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct put *p = arg;
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_PERSON_BY_NAME);
	int rc;

	tg_bind_text(st, 1, p->name);
	rc = tg_db_step(db, st, e);
	if (rc == 1) {
		tg_db_done(st);
		return tg_fail_param(e, TG_E_CONFLICT, "name",
		    "There is a person named '%s' already.", p->name);
	}
	if (rc == -1)
		return -1;
	st = tg_db_stmt(db, TG_SQL_PERSON_ADD);
	tg_bind_text(st, 1, p->name);
	tg_bind_text(st, 2, p->role);
	tg_bind_text(st, 3, p->password_hash);
	sqlite3_bind_int64(st, 4, tg_wall_us());
	if (tg_db_step(db, st, e) == -1)
		return -1;
	return known(db, p, e);
}

/* A subject of that name is the same person, with the role it has. */
static int
known(struct tg_db *db, const struct put *p, struct tg_err *e)
{
	struct tg_subject s = { .kind = TG_SUBJECT_PERSON, .name = p->name,
		.role = "proxy_admin", .created_by = "init" };
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_SUBJECT_ID_OF_NAME);
	int rc;

	sqlite3_bind_int(st, 1, s.kind);
	tg_bind_text(st, 2, s.name);
	rc = tg_db_step(db, st, e);
	if (rc == 1)
		tg_db_done(st);
	if (rc != 0)
		return rc == -1 ? -1 : 0;
	if (strcmp(p->role, "viewer") == 0)
		s.role = "proxy_admin_viewer";
	else if (strcmp(p->role, "member") == 0)
		s.role = "internal_user";
	return tg_subject_save(db, &s, e);
}

int
tg_person_find(struct tg_store *s, struct tg_arena *a, const char *name,
    struct tg_person *p, struct tg_err *e)
{
	struct find f = { a, name, p };

	return tg_read(s, TG_DB_MAIN, find, &f, e);
}

static int
find(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct find *f = arg;

	return tg_person_look(db, f->a, f->name, f->p, e);
}

int
tg_person_look(struct tg_db *db, struct tg_arena *a, const char *name,
    struct tg_person *p, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_PERSON_BY_NAME);

	tg_bind_text(st, 1, name);
	return load(db, a, st, p, e);
}

int
tg_person_by_id(struct tg_db *db, struct tg_arena *a, int64_t id,
    struct tg_person *p, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_PERSON_BY_ID);

	sqlite3_bind_int64(st, 1, id);
	return load(db, a, st, p, e);
}

int
tg_person_initial(struct tg_db *db, struct tg_arena *a, struct tg_person *p,
    struct tg_err *e)
{
	return load(db, a, tg_db_stmt(db, TG_SQL_PERSON_INITIAL), p, e);
}

bool
tg_person_is_initial(const struct tg_person *p)
{
	struct tg_str value;

	return tg_json_get(tg_str(p->settings), "initial", &value) &&
	    tg_str_is(value, "true");
}

static int
load(struct tg_db *db, struct tg_arena *a, sqlite3_stmt *st,
    struct tg_person *p, struct tg_err *e)
{
	int rc = tg_db_step(db, st, e);

	if (rc != 1)
		return rc;
	*p = (struct tg_person){
		.id = sqlite3_column_int64(st, 0),
		.name = tg_col_text(a, st, 1),
		.role = tg_col_text(a, st, 2),
		.password_hash = tg_col_text(a, st, 3),
		.created_at = sqlite3_column_int64(st, 4),
		.settings = tg_col_text(a, st, 5),
		.totp_step = sqlite3_column_int64(st, 7),
	};
	p->totp = tg_col_blob(a, st, 6, &p->totp_bytes);
	tg_db_done(st);
	return 1;
}

int
tg_person_count(struct tg_store *s, int64_t *n, struct tg_err *e)
{
	*n = 0;
	return tg_read(s, TG_DB_MAIN, count, n, e);
}

static int
count(struct tg_db *db, void *arg, struct tg_err *e)
{
	int64_t *n = arg;
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_PERSON_COUNT);
	int rc = tg_db_step(db, st, e);

	if (rc != 1)
		return -1;
	*n = sqlite3_column_int64(st, 0);
	tg_db_done(st);
	return 0;
}

int
tg_person_put(struct tg_db *db, const char *name, const char *role,
    const char *password_hash, struct tg_err *e)
{
	sqlite3_stmt *st;

	if (password_hash != NULL) {
		st = tg_db_stmt(db, TG_SQL_PERSON_PUT);
		tg_bind_text(st, 1, name);
		tg_bind_text(st, 2, role);
		tg_bind_text(st, 3, password_hash);
		sqlite3_bind_int64(st, 4, tg_wall_us());
		if (tg_db_step(db, st, e) == -1)
			return -1;
	}
	st = tg_db_stmt(db, TG_SQL_PERSON_ROLE);
	tg_bind_text(st, 1, name);
	tg_bind_text(st, 2, role);
	return tg_db_step(db, st, e);
}

int
tg_person_drop(struct tg_db *db, const char *name, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_PERSON_BY_NAME);
	int64_t id;
	bool owner;
	int rc;

	tg_bind_text(st, 1, name);
	rc = tg_db_step(db, st, e);
	if (rc != 1)
		return rc;
	id = sqlite3_column_int64(st, 0);
	owner = strcmp((const char *)sqlite3_column_text(st, 2), "owner") == 0;
	tg_db_done(st);
	if (owner)
		return tg_fail(e, TG_E_INVALID,
		    "'%s' is the owner and cannot be deleted.", name);
	/* The row's number may be another person's one day. */
	if (tg_session_drop_person(db, id, NULL, e) == -1)
		return -1;
	st = tg_db_stmt(db, TG_SQL_PERSON_DROP);
	tg_bind_text(st, 1, name);
	return tg_db_step(db, st, e);
}
