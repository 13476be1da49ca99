/* Users that are there already: changed, several at once, deleted. */
#include "config.h"

#include "store/people.h"
#include "web/manage/key.h"
#include "web/manage/sign_in.h"
#include "web/manage/team.h"
#include "web/manage/user.h"

#define BULK_MOST 500

/* What people may change of themselves. */
static const char *const own[] = { "user_id", "user_email", "user_alias",
	"password", "metadata", "send_invite_email", NULL };

static int
may_change(struct tg_manage *m, const json_t *body,
    const struct tg_subject *s)
{
	const struct tg_caller *c = m->w->caller;
	const char *name;
	json_t *v;

	if (c->admin)
		return 0;
	if (s == NULL || c->person.id != s->id || !c->may_write)
		return tg_caller_deny(m, "change other users");
	json_object_foreach((json_t *)body, name, v) {
		size_t i = 0;

		while (own[i] != NULL && strcmp(own[i], name) != 0)
			i++;
		if (own[i] == NULL && !json_is_null(v))
			return tg_fail(m->e, TG_E_FORBIDDEN,
			    "Only an administrator may set '%s'.", name);
	}
	return 0;
}

/* Admins do not touch those who may do as much as they do. */
static int
may_touch(struct tg_manage *m, const struct tg_subject *s)
{
	struct tg_person p;
	int rc = tg_person_look(m->db, m->a, s->name, &p, m->e);

	return rc == 1 ? tg_sign_in_may(m, &p) : rc;
}

/*
 * By password or e-mail one comes in as that person; who is blocked comes in
 * no more, and somebody must be left who lets them in again.
 */
static int
may_let_in(struct tg_manage *m, const json_t *body,
    const struct tg_subject *s)
{
	bool self = m->w->caller->person.id == s->id;
	bool blocks = json_object_get(body, "blocked") != NULL;

	if (self && json_is_true(json_object_get(body, "blocked")))
		return tg_fail_param(m->e, TG_E_INVALID, "blocked",
		    "Nobody can block themselves.");
	if (self ||
	    (!blocks && json_object_get(body, "password") == NULL &&
		json_object_get(body, "user_email") == NULL))
		return 0;
	return may_touch(m, s);
}

/* What is missing is made, as LiteLLM does. */
static int
change(struct tg_manage *m, const json_t *sent, struct tg_subject *s)
{
	json_t *body = tg_manage_copy(m, sent), *before = NULL;
	int rc;

	tg_fields_lift(tg_fields_user, body);
	if (tg_fields_check(m->e, tg_fields_user, body) != 0)
		return -1;
	rc = tg_user_given(m, body, s);
	if (rc < 0 || may_change(m, body, rc == 1 ? s : NULL) != 0 ||
	    (rc == 1 && may_let_in(m, body, s) != 0))
		return -1;
	if (rc == 1)
		before = tg_row_user(m, s, false);
	else
		rc = tg_user_ensure(m, body, "internal_user", s);
	if (rc < 0 || tg_user_read(m, body, s) != 0 ||
	    tg_user_store(m, body, s) != 0 ||
	    tg_user_spend(m, body, s, TG_SCOPE_PERSON) != 0 ||
	    tg_user_join(m, body, s) != 0)
		return -1;
	return tg_manage_audit(m, before != NULL ? "updated" : "created",
	    TG_TABLE_USER, s->name, before, tg_row_user(m, s, false));
}

int
tg_web_user_update(struct tg_manage *m)
{
	struct tg_subject s;
	json_t *row;

	if (change(m, m->body, &s) != 0 ||
	    (row = tg_row_user(m, &s, false)) == NULL)
		return -1;
	m->answer = json_pack(
	    "{s:s, s:O}", "user_id", s.name, "data", row);
	return 0;
}

/* --- several --- */

/* Each for itself; only a failing database ends it all. */
static int
update_one(struct tg_manage *m, const json_t *body, json_t *results,
    json_int_t *good)
{
	struct tg_err mine = { 0 }, *all = m->e;
	struct tg_subject s = { 0 };
	json_t *row = NULL;
	int rc;

	m->e = &mine;
	rc = change(m, body, &s);
	if (rc == 0)
		row = tg_row_user(m, &s, false);
	m->e = all;
	if (mine.code == TG_E_STORE)
		return tg_err_pass(all, &mine);
	*good += row != NULL;
	return json_array_append_new(results,
	    json_pack("{s:O?, s:O?, s:b, s:s?, s:O?}", "user_id",
		json_object_get(body, "user_id"), "user_email",
		json_object_get(body, "user_email"), "success", row != NULL,
		"error", row != NULL ? NULL : mine.msg, "updated_user",
		row));
}

/* The bodies: those given, or one for every user. */
static json_t *
bodies(struct tg_manage *m)
{
	const json_t *updates = json_object_get(m->body, "user_updates");
	struct tg_subject_filter f = { .kind = TG_SUBJECT_PERSON };
	json_t *list = tg_manage_keep(m, json_array()), *one;
	struct tg_subject *people;
	int64_t total;
	size_t n;

	if (!json_is_true(json_object_get(m->body, "all_users")))
		return json_object_get(m->body, "users");
	if (!json_is_object(updates)) {
		(void)tg_fail_param(m->e, TG_E_INVALID, "user_updates",
		    "With 'all_users' give 'user_updates', an object.");
		return NULL;
	}
	if (tg_subject_list(m->db, m->a, &f, &people, &n, &total, m->e) < 0)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		one = json_deep_copy(updates);
		(void)json_object_del(one, "user_email");
		tg_jtree_set_text(one, "user_id", people[i].name);
		(void)json_array_append_new(list, one);
	}
	return list;
}

int
tg_web_users_update(struct tg_manage *m)
{
	json_t *results = tg_manage_keep(m, json_array()), *list, *one;
	json_int_t good = 0;
	size_t i, n;

	if (tg_caller_need_admin(m->w, m->e) != 0)
		return -1;
	list = bodies(m);
	n = json_array_size(list);
	if (m->e->code != TG_OK)
		return -1;
	if (n == 0 || n > BULK_MOST)
		return tg_fail_param(m->e, TG_E_INVALID, "users",
		    "Give 'users', a list of 1 to %d of them, or "
		    "'all_users' with 'user_updates'.",
		    BULK_MOST);
	json_array_foreach(list, i, one) {
		if (!json_is_object(one))
			return tg_fail_param(m->e, TG_E_TYPE, "users",
			    "'users' must be a list of objects.");
		if (update_one(m, one, results, &good) != 0)
			return -1;
	}
	m->answer = json_pack("{s:O, s:I, s:I, s:I}", "results", results,
	    "total_requested", (json_int_t)n, "successful_updates", good,
	    "failed_updates", (json_int_t)n - good);
	return 0;
}

/* --- deleting --- */

int
tg_user_drop_keys(struct tg_manage *m, const struct tg_key_filter *f)
{
	struct tg_key *keys;
	int64_t total;
	size_t n;

	if (tg_key_page(m->db, m->a, f, &keys, &n, &total, m->e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		json_t *before = tg_key_row(m, &keys[i]);
		if (before == NULL ||
		    tg_key_drop(m->db, keys[i].id, m->w->who, m->e) < 0 ||
		    tg_manage_audit(m, "deleted", TG_TABLE_KEY,
			keys[i].token, before, NULL) != 0)
			return -1;
	}
	return 0;
}

static int
delete_one(struct tg_manage *m, const char *id)
{
	struct tg_key_filter f = { 0 };
	struct tg_subject s;
	struct tg_member *members;
	json_t *before;
	size_t n;
	int rc = tg_subject_find(
	    m->db, m->a, TG_SUBJECT_PERSON, id, &s, m->e);

	if (rc < 0)
		return -1;
	if (rc == 0)
		return tg_fail_param(m->e, TG_E_NOT_FOUND, "user_ids",
		    "User not found, passed user_id=%s", id);
	before = tg_row_user(m, &s, false);
	f.person = s.id;
	if (before == NULL || may_touch(m, &s) != 0 ||
	    tg_user_drop_keys(m, &f) != 0 ||
	    tg_person_drop(m->db, s.name, m->e) < 0 ||
	    tg_member_list(m->db, m->a, 0, s.id, &members, &n, m->e) < 0 ||
	    tg_subject_remove(m->db, s.id, m->e) < 0 ||
	    tg_team_forget(m, members, n) != 0)
		return -1;
	return tg_manage_audit(
	    m, "deleted", TG_TABLE_USER, s.name, before, NULL);
}

int
tg_web_user_delete(struct tg_manage *m)
{
	json_t *ids = json_object_get(m->body, "user_ids"), *one;
	size_t i;

	if (tg_caller_need_admin(m->w, m->e) != 0)
		return -1;
	if (!json_is_array(ids))
		return tg_fail_param(m->e, TG_E_MISSING, "user_ids",
		    "'user_ids' is missing: a list of strings.");
	json_array_foreach(ids, i, one) {
		if (!json_is_string(one))
			return tg_fail_param(m->e, TG_E_TYPE, "user_ids",
			    "'user_ids' must be a list of strings.");
		if (delete_one(m, json_string_value(one)) != 0)
			return -1;
	}
	m->answer = json_integer((json_int_t)json_array_size(ids));
	return 0;
}
