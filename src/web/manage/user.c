/* Making people (litellm-compat.md 2.2), and the routes of /user. */
#include "config.h"

#include "web/manage/user.h"

#include "base/id.h"
#include "store/budgets.h"
#include "store/setup.h"
#include "web/manage/key.h"
#include "web/manage/team.h"

static int join_teams(
    struct tg_manage *, const json_t *, const struct tg_subject *);

/* default_internal_user_params, for who is no administrator. */
static int
add_defaults(struct tg_manage *m, json_t *body)
{
	const char *role =
	    json_string_value(json_object_get(body, "user_role"));
	const char *text = NULL, *name;
	json_t *defaults, *v;
	int rc;

	if (role != NULL && strncmp(role, "internal_user", 13) != 0)
		return 0;
	rc = tg_config_get(
	    m->db, m->a, "default_internal_user_params", &text, m->e);
	if (rc < 0)
		return -1;
	defaults = tg_manage_json(m, rc == 1 ? text : "{}");
	json_object_foreach(defaults, name, v) {
		const json_t *sent = json_object_get(body, name);
		if (sent == NULL || json_is_null(sent))
			(void)json_object_set(body, name, v);
	}
	return 0;
}

static int
exists(struct tg_manage *m, const char *member, const char *value)
{
	return tg_fail_param(m->e, TG_E_EXISTS, member,
	    "User with %s %s already exists. Use /user/update to change it.",
	    strcmp(member, "user_id") == 0 ? "id" : "email", value);
}

/* One that a key named before is completed; else there must be none. */
static int
begin(struct tg_manage *m, const json_t *body, struct tg_subject *s)
{
	const char *id = NULL, *email = NULL;
	struct tg_subject other;
	int rc;

	*s = (struct tg_subject){
		.kind = TG_SUBJECT_PERSON,
		.role = "internal_user",
		.models = "[]",
		.settings = "{}",
		.created_by = m->w->who,
	};
	if (tg_jtree_text(body, "user_id", &id, m->e) != 0 ||
	    tg_jtree_text(body, "user_email", &email, m->e) != 0)
		return -1;
	if (id == NULL || *id == '\0')
		id = tg_uuid7(tg_arena_alloc(m->a, TG_UUID_BYTES));
	s->name = tg_arena_cstr(m->a, tg_str(id));
	rc = tg_subject_find(
	    m->db, m->a, TG_SUBJECT_PERSON, id, &other, m->e);
	if (rc == 1 && !tg_subject_implied(m, &other))
		return exists(m, "user_id", id);
	if (rc == 1)
		*s = other;
	if (rc >= 0 && email != NULL && *email != '\0') {
		rc = tg_person_by_email(m->db, m->a, email, &other, m->e);
		if (rc == 1 && other.id != s->id)
			return exists(m, "user_email", email);
	}
	return rc < 0 ? -1 : 0;
}

/* Its first key, of what a key shares with its person. */
static int
make_key(struct tg_manage *m, const json_t *body,
    const struct tg_subject *s, struct tg_key *key, const char **secret)
{
	static const char *const shared[] = { "key_alias", "duration",
		"models", "aliases", "config", "permissions",
		"allowed_cache_controls", "guardrails", "tags", "key", NULL };
	json_t *of_key =
	    tg_manage_keep(m, json_pack("{s:s}", "user_id", s->name));

	for (size_t i = 0; shared[i] != NULL; i++) {
		json_t *v = json_object_get(body, shared[i]);
		if (v != NULL && !json_is_null(v))
			(void)json_object_set(of_key, shared[i], v);
	}
	if (tg_key_secret(m, of_key, "key", key, secret) != 0 ||
	    tg_key_read(m, of_key, key) != 0 || tg_key_store(m, key) != 0)
		return -1;
	return tg_manage_audit(m, "created", TG_TABLE_KEY, key->token, NULL,
	    tg_key_row(m, key));
}

/* The key's members, over them the person's. */
static int
answer(struct tg_manage *m, const json_t *body, const struct tg_subject *s,
    const struct tg_key *key, const char *secret)
{
	json_t *row = tg_key_new_row(m, key, body, secret);
	json_t *user = tg_row_user(m, s, false);

	if (row == NULL || user == NULL)
		return -1;
	(void)json_object_update(row, user);
	if (key->id == 0) {
		(void)json_object_set_new(row, "key", json_string(""));
		(void)json_object_set_new(row, "token", json_null());
		(void)json_object_set_new(row, "token_id", json_null());
	}
	m->answer = json_incref(row);
	return 0;
}

int
tg_web_user_new(struct tg_manage *m)
{
	json_t *body = tg_manage_copy(m, m->body);
	struct tg_key key = { .role = TG_KEY_CALLER,
		.models = "[]",
		.metadata = "{}",
		.settings = "{}",
		.created_by = m->w->who,
		.created_at = m->now,
		.updated_at = m->now };
	const char *secret = NULL;
	struct tg_subject s;
	bool with_key = true;

	tg_fields_lift(tg_fields_user, body);
	if (tg_caller_need_admin(m->w, m->e) != 0 ||
	    add_defaults(m, body) != 0 ||
	    tg_fields_check(m->e, tg_fields_user, body) != 0 ||
	    tg_jtree_bool(body, "auto_create_key", &with_key, m->e) != 0 ||
	    begin(m, body, &s) != 0 || tg_user_read(m, body, &s) != 0 ||
	    tg_user_store(m, body, &s) != 0 ||
	    tg_user_spend(m, body, &s, TG_SCOPE_PERSON) != 0 ||
	    tg_user_join(m, body, &s) != 0 ||
	    tg_manage_audit(m, "created", TG_TABLE_USER, s.name, NULL,
		tg_row_user(m, &s, false)) != 0 ||
	    (with_key && make_key(m, body, &s, &key, &secret) != 0))
		return -1;
	return answer(m, body, &s, &key, secret);
}

/* --- into teams --- */

int
tg_user_join(
    struct tg_manage *m, const json_t *body, const struct tg_subject *s)
{
	struct tg_member row = { .person = s->id, .settings = "{}" };
	size_t i;
	json_t *one;

	if (join_teams(m, body, s) != 0)
		return -1;
	json_array_foreach(json_object_get(body, "organizations"), i, one) {
		const char *name = json_string_value(one);
		struct tg_member known;
		int rc;

		if (name == NULL)
			return tg_fail_param(m->e, TG_E_TYPE,
			    "organizations",
			    "'organizations' must be a list of strings.");
		row.id = 0;
		row.role = s->role != NULL ? s->role : "internal_user";
		if (tg_key_owner(m, TG_SUBJECT_ORGANIZATION, name,
			&row.team) != 0)
			return -1;
		rc = tg_member_find(
		    m->db, m->a, row.team, s->id, &known, m->e);
		if (rc < 0 ||
		    (rc == 0 && tg_member_save(m->db, &row, m->e) != 0))
			return -1;
	}
	return 0;
}

/* A team by its id, or {team_id, max_budget_in_team, user_role}. */
static int
join_teams(
    struct tg_manage *m, const json_t *body, const struct tg_subject *s)
{
	size_t i;
	json_t *one;

	json_array_foreach(json_object_get(body, "teams"), i, one) {
		const json_t *of = json_is_object(one) ?
		    json_object_get(one, "team_id") :
		    one;
		const char *role =
		    json_string_value(json_object_get(one, "user_role"));
		struct tg_subject team;
		int64_t id;

		if (!json_is_string(of))
			return tg_fail_param(m->e, TG_E_TYPE, "teams",
			    "'teams' must be a list of ids, or of objects "
			    "with 'team_id'.");
		if (tg_key_owner(m, TG_SUBJECT_TEAM, json_string_value(of),
			&id) != 0 ||
		    tg_subject_by_id(m->db, m->a, id, &team, m->e) < 0 ||
		    tg_team_join(m, &team, s,
			role != NULL ? role : "user",
			json_is_object(one) ? one : NULL) < 0)
			return -1;
	}
	return 0;
}

/* clang-format off */
const struct tg_route tg_routes_user[] = {
	{ TG_POST, "/user/new", TG_ACCESS_KEY, tg_run_change, tg_web_user_new,
	    "Make a user, with a first key", TG_FAULT_ERROR },
	{ TG_GET, "/user/info", TG_ACCESS_KEY, tg_run_look, tg_web_user_info,
	    "About a user, without argument the caller", TG_FAULT_ERROR },
	{ TG_GET, "/v2/user/info", TG_ACCESS_KEY, tg_run_look, tg_web_user_row,
	    "About a user, the row alone", TG_FAULT_ERROR },
	{ TG_POST, "/user/update", TG_ACCESS_KEY, tg_run_change,
	    tg_web_user_update, "Change a user", TG_FAULT_ERROR },
	{ TG_POST, "/user/bulk_update", TG_ACCESS_KEY, tg_run_change,
	    tg_web_users_update, "Change several users", TG_FAULT_ERROR },
	{ TG_GET, "/user/list", TG_ACCESS_ADMIN, tg_run_look, tg_web_user_list,
	    "Users by page", TG_FAULT_ERROR },
	{ TG_POST, "/user/delete", TG_ACCESS_KEY, tg_run_change,
	    tg_web_user_delete, "Delete users with their keys",
	    TG_FAULT_DETAIL },
	{ TG_GET, "/user/available_users", TG_ACCESS_KEY, tg_run_look,
	    tg_web_user_limits, "How many users and teams there are",
	    TG_FAULT_ERROR },
	{ TG_GET, "/user/available_roles", TG_ACCESS_KEY, tg_run_look,
	    tg_web_user_roles, "What a user's role means", TG_FAULT_ERROR },
	{ .path = NULL },
};
/* clang-format on */
