/* About one user, and about users and roles as such. */
#include "config.h"

#include "web/manage/user.h"

#define KEYS_MOST 100

/* A person's teams as rows; who is none: those of the caller's key. */
static json_t *
teams_of(struct tg_manage *m, int64_t person)
{
	struct tg_subject_filter f = { .kind = TG_SUBJECT_TEAM,
		.member = person };
	json_t *rows = tg_manage_keep(m, json_array()), *row;
	struct tg_subject *teams;
	int64_t total;
	size_t n;

	if (person == 0 && !m->w->caller->viewer)
		return rows;
	if (person == 0)
		f.limit = KEYS_MOST;
	if (tg_subject_list(m->db, m->a, &f, &teams, &n, &total, m->e) < 0)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		row = tg_row_team(m, &teams[i], false);
		if (row == NULL)
			return NULL;
		(void)json_array_append(rows, row);
	}
	return rows;
}

static int
answer(struct tg_manage *m, const char *id, json_t *user, int64_t person)
{
	struct tg_key_filter f = { .person = person };
	json_t *keys, *teams;

	if (person == 0) { /* all of them, or the key itself */
		f.limit = KEYS_MOST;
		if (!m->w->caller->viewer)
			f.token = m->w->key.token;
	}
	keys = tg_row_keys(m, &f);
	teams = teams_of(m, person);
	if (keys == NULL || teams == NULL)
		return -1;
	m->answer = json_pack("{s:s?, s:O, s:O, s:O}", "user_id", id,
	    "user_info", user, "keys", keys, "teams", teams);
	return 0;
}

/* 1 found and visible, 0 there is none. */
static int
find(struct tg_manage *m, const char *id, struct tg_subject *s)
{
	int rc = tg_subject_find(
	    m->db, m->a, TG_SUBJECT_PERSON, id, s, m->e);

	if (rc < 0)
		return -1;
	if (!tg_caller_sees_person(m, rc == 1 ? s->id : 0))
		return tg_caller_deny(m, "see other users");
	return rc;
}

static int
not_found(struct tg_manage *m, const char *id)
{
	return tg_fail_param(m->e, TG_E_NOT_FOUND, "user_id",
	    "User not found, passed user_id=%s.", id);
}

int
tg_web_user_info(struct tg_manage *m)
{
	const char *id = tg_manage_query(m, "user_id");
	struct tg_subject s = m->w->caller->person;
	bool old = tg_app_web(m->w->app)->compat == TG_COMPAT_1_83;
	json_t *row = tg_manage_keep(m, json_null());
	int rc = s.id != 0;

	if (id != NULL)
		rc = find(m, id, &s);
	if (rc < 0)
		return -1;
	if (rc == 0 && id != NULL && !old)
		return not_found(m, id);
	if (rc == 0 && id != NULL) {
		m->answer = json_pack("{s:s, s:n, s:[], s:[]}", "user_id",
		    id, "user_info", "keys", "teams");
		return 0;
	}
	if (rc == 1)
		row = tg_row_user(m, &s, true);
	return row != NULL ?
	    answer(m, rc == 1 ? s.name : NULL, row, rc == 1 ? s.id : 0) :
	    -1;
}

int
tg_web_user_row(struct tg_manage *m)
{
	const char *id = tg_manage_query(m, "user_id");
	struct tg_subject s;
	int rc;

	if (id == NULL)
		return tg_fail_param(m->e, TG_E_INVALID, "user_id",
		    "'user_id' is missing.");
	rc = find(m, id, &s);
	if (rc <= 0)
		return rc < 0 ? -1 : not_found(m, id);
	m->answer = json_incref(tg_row_user(m, &s, true));
	return m->answer != NULL ? 0 : -1;
}

/* --- how many, and who may what --- */

static int
count(struct tg_manage *m, enum tg_subject_kind kind, int64_t *total)
{
	struct tg_subject_filter f = { .kind = kind, .limit = 1 };
	struct tg_subject *rows;
	size_t n;

	return tg_subject_list(
		   m->db, m->a, &f, &rows, &n, total, m->e) < 0 ?
	    -1 :
	    0;
}

/* There is no licence, so there is no most. */
int
tg_web_user_limits(struct tg_manage *m)
{
	int64_t users, teams;

	if (count(m, TG_SUBJECT_PERSON, &users) != 0 ||
	    count(m, TG_SUBJECT_TEAM, &teams) != 0)
		return -1;
	m->answer = json_pack("{s:n, s:n, s:I, s:I, s:n, s:n}",
	    "total_users", "total_teams", "total_users_used",
	    (json_int_t)users, "total_teams_used", (json_int_t)teams,
	    "total_users_remaining", "total_teams_remaining");
	return 0;
}

int
tg_web_user_roles(struct tg_manage *m)
{
	static const struct {
		const char *role, *label, *says;
	} all[] = {
		{ "proxy_admin", "Admin", "may do everything" },
		{ "proxy_admin_viewer", "Admin (view only)",
		    "sees all keys, users, teams and spending" },
		{ "org_admin", "Organization admin",
		    "manages the teams of an organization" },
		{ "internal_user", "User",
		    "makes, sees and deletes keys of its own" },
		{ "internal_user_viewer", "User (view only)",
		    "sees keys and spending of its own" },
	};

	m->answer = json_object();
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		(void)json_object_set_new(m->answer, all[i].role,
		    json_pack("{s:s, s:s}", "description", all[i].says,
			"ui_label", all[i].label));
	return 0;
}
