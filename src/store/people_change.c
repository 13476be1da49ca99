#include "config.h"

#include "store/people.h"

/* What changes in a person's row; the subject of that name goes along. */
#include "base/clock.h"
#include "store/inner.h"
#include "store/subjects.h"

static const struct role {
	const char *name, *of_subject;
} roles[] = {
	{ "owner", "proxy_admin" },
	{ "admin", "proxy_admin" },
	{ "viewer", "proxy_admin_viewer" },
	{ "member", "internal_user" },
};

static int set_text(struct tg_db *db, enum tg_sql name, int64_t id,
    const char *text, struct tg_err *e);

int
tg_person_rename(struct tg_db *db, struct tg_arena *a, int64_t id,
    const char *name, struct tg_err *e)
{
	struct tg_person p, other;
	struct tg_subject s;
	int rc = tg_person_by_id(db, a, id, &p, e);

	if (rc != 1)
		return rc == 0 ? tg_fail(e, TG_E_NOT_FOUND,
				     "This person is not there any more.") :
				 -1;
	if (strcmp(p.name, name) == 0)
		return 0;
	rc = tg_person_look(db, a, name, &other, e);
	if (rc == 0)
		rc = tg_subject_find(
		    db, a, TG_SUBJECT_PERSON, name, &s, e);
	if (rc != 0)
		return rc == 1 ? tg_fail_param(e, TG_E_CONFLICT, "name",
				     "There is a person named '%s' already.",
				     name) :
				 -1;
	rc = tg_subject_find(db, a, TG_SUBJECT_PERSON, p.name, &s, e);
	if (rc == 1) {
		s.name = name;
		rc = tg_subject_save(db, &s, e);
	}
	return rc < 0 ? -1 :
			set_text(db, TG_SQL_PERSON_SET_NAME, id, name, e);
}

int
tg_person_set_hash(struct tg_db *db, int64_t id, const char *password_hash,
    struct tg_err *e)
{
	return set_text(db, TG_SQL_PERSON_SET_HASH, id, password_hash, e);
}

int
tg_person_set_settings(struct tg_db *db, int64_t id, const char *settings,
    struct tg_err *e)
{
	return set_text(db, TG_SQL_PERSON_SET_SETTINGS, id, settings, e);
}

int
tg_person_set_initial(struct tg_db *db, int64_t id, bool is, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db,
	    is ? TG_SQL_PERSON_SET_INITIAL : TG_SQL_PERSON_UNSET_INITIAL);

	sqlite3_bind_int64(st, 1, id);
	return tg_db_step(db, st, e);
}

static int
set_text(struct tg_db *db, enum tg_sql name, int64_t id, const char *text,
    struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, name);

	sqlite3_bind_int64(st, 1, id);
	tg_bind_text(st, 2, text);
	return tg_db_step(db, st, e);
}

/* --- roles --- */

const char *
tg_person_role_of(const char *user_role)
{
	if (user_role != NULL && strcmp(user_role, "proxy_admin") == 0)
		return "admin";
	if (user_role != NULL && strcmp(user_role, "proxy_admin_viewer") == 0)
		return "viewer";
	return "member";
}

static const struct role *
find_role(const char *name)
{
	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
		if (strcmp(roles[i].name, name) == 0)
			return &roles[i];
	return NULL;
}

const char *
tg_person_user_role(const char *role)
{
	const struct role *r = find_role(role);

	return r != NULL ? r->of_subject : "internal_user";
}

/* Somebody must be able to let the others in. */
static int
check_last_owner(struct tg_db *db, const struct tg_person *p,
    struct tg_err *e)
{
	sqlite3_stmt *st;
	int64_t others;

	if (strcmp(p->role, "owner") != 0)
		return 0;
	st = tg_db_stmt(db, TG_SQL_PERSON_OWNERS);
	sqlite3_bind_int64(st, 1, p->id);
	if (tg_db_step(db, st, e) != 1)
		return -1;
	others = sqlite3_column_int64(st, 0);
	tg_db_done(st);
	if (others > 0)
		return 0;
	return tg_fail_param(e, TG_E_INVALID, "role",
	    "'%s' is the only owner. Make somebody else an owner first.",
	    p->name);
}

int
tg_person_set_role(struct tg_db *db, struct tg_arena *a, int64_t id,
    const char *role, struct tg_err *e)
{
	const struct role *r = find_role(role);
	struct tg_person p;
	struct tg_subject s;
	int rc;

	if (r == NULL)
		return tg_fail_param(e, TG_E_INVALID, "role",
		    "The role must be owner, admin, viewer or member.");
	rc = tg_person_by_id(db, a, id, &p, e);
	if (rc != 1)
		return rc == 0 ? tg_fail(e, TG_E_NOT_FOUND,
				     "This person is not there any more.") :
				 -1;
	if (r != &roles[0] && check_last_owner(db, &p, e) != 0)
		return -1;
	rc = tg_subject_find(db, a, TG_SUBJECT_PERSON, p.name, &s, e);
	if (rc == 1) {
		s.role = r->of_subject;
		rc = tg_subject_save(db, &s, e);
	}
	return rc < 0 ? -1 :
			set_text(db, TG_SQL_PERSON_SET_ROLE, id, role, e);
}

int
tg_person_make(struct tg_db *db, const char *name, const char *role,
    int64_t *id, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_PERSON_ADD);

	tg_bind_text(st, 1, name);
	tg_bind_text(st, 2, role);
	tg_bind_text(st, 3, "");
	sqlite3_bind_int64(st, 4, tg_wall_us());
	if (tg_db_step(db, st, e) == -1)
		return -1;
	*id = sqlite3_last_insert_rowid(db->h);
	return 0;
}

/* --- the second factor --- */

int
tg_person_set_totp(struct tg_db *db, int64_t id, struct tg_str sealed,
    struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_PERSON_SET_TOTP);

	sqlite3_bind_int64(st, 1, id);
	tg_bind_str(st, 2, sealed.n > 0 ? sealed : TG_STR_NONE);
	return tg_db_step(db, st, e);
}

int
tg_person_use_step(struct tg_db *db, int64_t id, int64_t step,
    struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_PERSON_USE_STEP);

	sqlite3_bind_int64(st, 1, id);
	sqlite3_bind_int64(st, 2, step);
	if (tg_db_step(db, st, e) == -1)
		return -1;
	return sqlite3_changes(db->h) > 0;
}
