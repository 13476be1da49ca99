#include "config.h"

#include "web/manage/sign_in.h"

/* Roles, passwords, second factors and sessions of others. */
#include "base/hash.h"
#include "base/id.h"
#include "store/sessions.h"
#include "web/manage/rights.h"

#define OBJECT "person"
#define PASSWORD_LENGTH 16

static enum tg_visit
rank_of(const char *role)
{
	if (strcmp(role, "owner") == 0)
		return TG_VISIT_OWNER;
	if (strcmp(role, "admin") == 0)
		return TG_VISIT_ADMIN;
	return strcmp(role, "viewer") == 0 ? TG_VISIT_VIEWER :
					     TG_VISIT_MEMBER;
}

int
tg_sign_in_rank(struct tg_manage *m, enum tg_visit *rank)
{
	const struct tg_web *w = m->w;
	struct tg_person p;
	int rc;

	*rank = TG_VISIT_NONE;
	if (w->visitor != NULL) {
		*rank = w->visitor->role;
		return 0;
	}
	if (!w->caller->admin)
		return 0;
	*rank = TG_VISIT_ADMIN;
	if (w->self != NULL) {
		if (w->self->key.role == TG_KEY_MASTER)
			*rank = TG_VISIT_OWNER;
		return 0;
	}
	rc = tg_person_look(m->db, m->a, w->who, &p, m->e);
	if (rc == 1)
		*rank = rank_of(p.role);
	return rc < 0 ? -1 : 0;
}

int
tg_sign_in_may(struct tg_manage *m, const struct tg_person *p)
{
	enum tg_visit rank;

	if (tg_sign_in_rank(m, &rank) != 0)
		return -1;
	if (rank == TG_VISIT_OWNER ||
	    (rank == TG_VISIT_ADMIN && rank_of(p->role) < TG_VISIT_ADMIN))
		return 0;
	return tg_fail(m->e, TG_E_FORBIDDEN,
	    "Only an owner may change how admins and owners sign in.");
}

/* Whom the body names, if the caller may change that one. */
static int
named(struct tg_manage *m, struct tg_person *p)
{
	const char *name;
	int rc;

	if (tg_manage_need(m, "user_id", &name) != 0)
		return -1;
	rc = tg_person_look(m->db, m->a, name, p, m->e);
	if (rc == 0)
		return tg_fail_param(m->e, TG_E_NOT_FOUND, "user_id",
		    "Nobody named '%s' signs in here.", name);
	return rc == 1 ? tg_sign_in_may(m, p) : -1;
}

static int
note(struct tg_manage *m, const char *action, const struct tg_person *p)
{
	if (m->answer == NULL)
		m->answer = json_pack("{s:s}", "user_id", p->name);
	return tg_manage_audit(m, action, OBJECT, p->name, NULL, NULL);
}

/* One without a row has never signed in by a password. */
static int
made(struct tg_manage *m, struct tg_person *p)
{
	struct tg_subject s;
	const char *name;
	int64_t id;
	int rc;

	if (tg_manage_need(m, "user_id", &name) != 0)
		return -1;
	rc = tg_person_look(m->db, m->a, name, p, m->e);
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	rc = tg_subject_find(
	    m->db, m->a, TG_SUBJECT_PERSON, name, &s, m->e);
	if (rc != 1)
		return rc < 0 ? -1 :
				tg_fail_param(m->e, TG_E_NOT_FOUND,
				    "user_id", "There is no person '%s'.",
				    name);
	if (tg_person_make(m->db, name, tg_person_role_of(s.role), &id,
		m->e) != 0)
		return -1;
	return tg_person_by_id(m->db, m->a, id, p, m->e) == 1 ? 0 : -1;
}

int
tg_web_sign_in_role(struct tg_manage *m)
{
	struct tg_person p;
	const char *role;
	enum tg_visit rank;
	json_t *before, *after;

	if (tg_manage_need(m, "role", &role) != 0 ||
	    tg_sign_in_rank(m, &rank) != 0)
		return -1;
	if (rank != TG_VISIT_OWNER)
		return tg_fail(m->e, TG_E_FORBIDDEN,
		    "Only an owner may change roles.");
	if (made(m, &p) != 0 ||
	    tg_person_set_role(m->db, m->a, p.id, role, m->e) != 0)
		return -1;
	before = tg_manage_keep(m, json_pack("{s:s}", "role", p.role));
	after = tg_manage_keep(m, json_pack("{s:s}", "role", role));
	m->answer = json_pack("{s:s, s:s}", "user_id", p.name, "role", role);
	return tg_manage_audit(m, "updated", OBJECT, p.name, before, after);
}

int
tg_web_sign_in_password(struct tg_manage *m)
{
	char text[PASSWORD_LENGTH + 1], hash[TG_PASSWORD_HASH_BYTES];
	struct tg_person p;

	if (made(m, &p) != 0 || tg_sign_in_may(m, &p) != 0)
		return -1;
	tg_random_text(text, PASSWORD_LENGTH);
	if (tg_password_hash(tg_str(text), hash) != 0)
		return tg_fail(m->e, TG_E_INTERNAL,
		    "The password cannot be hashed.");
	if (tg_person_set_hash(m->db, p.id, hash, m->e) != 0 ||
	    tg_person_set_initial(m->db, p.id, true, m->e) != 0 ||
	    tg_session_drop_person(m->db, p.id, NULL, m->e) != 0 ||
	    tg_attempt_good(m->db, p.name, NULL, m->e) != 0)
		return -1;
	m->answer = json_pack(
	    "{s:s, s:s}", "user_id", p.name, "password", text);
	tg_wipe(text, sizeof(text));
	return note(m, "password_reset", &p);
}

int
tg_web_sign_in_totp_off(struct tg_manage *m)
{
	struct tg_person p;

	if (named(m, &p) != 0 ||
	    tg_person_set_totp(m->db, p.id, TG_STR_NONE, m->e) != 0)
		return -1;
	return note(m, "totp_off", &p);
}

int
tg_web_sign_in_sign_out(struct tg_manage *m)
{
	struct tg_person p;

	if (named(m, &p) != 0 ||
	    tg_session_drop_person(m->db, p.id, NULL, m->e) != 0)
		return -1;
	return note(m, "signed_out", &p);
}

const struct tg_route tg_routes_sign_in[] = {
	{ TG_POST, "/api/v1/people/role", TG_ACCESS_KEY, tg_run_change,
	    tg_web_sign_in_role, "Make somebody owner, admin, viewer, member",
	    TG_FAULT_ERROR },
	{ TG_POST, "/api/v1/people/password", TG_ACCESS_KEY, tg_run_change,
	    tg_web_sign_in_password, "A new password for somebody",
	    TG_FAULT_ERROR },
	{ TG_POST, "/api/v1/people/totp-off", TG_ACCESS_KEY, tg_run_change,
	    tg_web_sign_in_totp_off, "Somebody without a second factor",
	    TG_FAULT_ERROR },
	{ TG_POST, "/api/v1/people/sign-out", TG_ACCESS_KEY, tg_run_change,
	    tg_web_sign_in_sign_out, "End all sessions of somebody",
	    TG_FAULT_ERROR },
	{ .path = NULL },
};
