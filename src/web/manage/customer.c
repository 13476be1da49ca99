/*
 * /customer and its other name /end_user: whom applications call for
 * (litellm-compat.md 2.5).  Those who were never registered here may be there
 * all the same: a call can make them, if tollgate.ini says so.
 */
#include "config.h"

#include "web/manage/entity.h"

#define TABLE "LiteLLM_EndUserTable"

const struct tg_field tg_fields_customer[] = {
	{ "user_id", TG_IS_TEXT, TG_FIELD_OWN, NULL },
	{ "alias", TG_IS_TEXT, TG_FIELD_OWN, NULL },
	{ "blocked", TG_IS_BOOL, TG_FIELD_OWN, NULL },
	{ "spend", TG_IS_MONEY, TG_FIELD_OWN, NULL },
	{ "budget_id", TG_IS_TEXT, TG_FIELD_OWN, NULL },
	{ "default_model", TG_IS_TEXT, 0, "null" },
	{ "allowed_model_region", TG_IS_TEXT, 0, "null" },
	{ "object_permission", TG_IS_OBJECT, TG_FIELD_REFUSED, "null" },
	{ .name = NULL },
};

static const struct tg_manage_entity customer = {
	.kind = TG_SUBJECT_CUSTOMER,
	.scope = TG_SCOPE_CUSTOMER,
	.alias_member = "alias",
	.fields = tg_fields_customer,
};

static json_t *
row_of(struct tg_manage *m, const struct tg_subject *s)
{
	struct tg_figures f;
	json_t *row = tg_manage_keep(m, json_object()), *budget;

	budget = tg_manage_entity_budget(m, &customer, s, &f);
	if (budget == NULL)
		return NULL;
	tg_jtree_set_text(row, "user_id", s->name);
	(void)json_object_set_new(row, "blocked", json_boolean(s->blocked));
	tg_jtree_set_text(row, "alias", s->alias);
	(void)json_object_set_new(row, "spend", tg_manage_usd(f.spent_nano));
	tg_fields_show(tg_fields_customer, tg_manage_json(m, s->settings), row);
	tg_jtree_set_text(row, "budget_id", s->budget);
	(void)json_object_set(row, "litellm_budget_table", budget);
	(void)json_object_set_new(row, "object_permission_id", json_null());
	return row;
}

/* 1 found; 0 not, which is a failure if it must be there. */
static int
find(struct tg_manage *m, const char *name, bool must, struct tg_subject *s)
{
	int found = tg_subject_find(m->db, m->a, TG_SUBJECT_CUSTOMER, name, s,
	    m->e);

	if (found == 0 && must)
		return tg_manage_fail(m->e, TG_E_NOT_FOUND, "not_found",
		    "user_id", "End User Id=%s does not exist in db", name);
	return found;
}

static int
save(struct tg_manage *m, struct tg_subject *s, const char *action)
{
	json_t *before = NULL;

	if (s->id != 0 && (before = row_of(m, s)) == NULL)
		return -1;
	if (tg_manage_entity_save(m, &customer, s) != 0)
		return -1;
	m->answer = json_incref(row_of(m, s));
	if (m->answer == NULL)
		return -1;
	return tg_manage_audit(m, action, TABLE, s->name, before, m->answer);
}

static int
customer_new(struct tg_manage *m)
{
	struct tg_subject s = { .kind = TG_SUBJECT_CUSTOMER }, old;
	int found;

	if (tg_manage_need(m, "user_id", &s.name) != 0)
		return -1;
	found = find(m, s.name, false, &old);
	if (found == 1)
		return tg_manage_fail(m->e, TG_E_CONFLICT, "bad_request",
		    "user_id",
		    "Customer already exists, passed user_id=%s. Please pass "
		    "a new user_id.",
		    s.name);
	return found == 0 ? save(m, &s, "created") : -1;
}

static int
customer_update(struct tg_manage *m)
{
	struct tg_subject s;
	const char *name;

	if (tg_manage_need(m, "user_id", &name) != 0 ||
	    find(m, name, true, &s) != 1)
		return -1;
	return save(m, &s, "updated");
}

static int
customer_info(struct tg_manage *m)
{
	const char *name = tg_manage_query(m, "end_user_id");
	struct tg_subject s;

	if (name == NULL)
		return tg_fail_param(m->e, TG_E_MISSING, "end_user_id",
		    "'end_user_id' is missing.");
	if (find(m, name, true, &s) != 1)
		return -1;
	m->answer = json_incref(row_of(m, &s));
	return m->answer != NULL ? 0 : -1;
}

static int
customer_list(struct tg_manage *m)
{
	struct tg_subject_filter f = { .kind = TG_SUBJECT_CUSTOMER };
	struct tg_subject *rows;
	int64_t total;
	size_t n;

	if (tg_subject_list(m->db, m->a, &f, &rows, &n, &total, m->e) != 0)
		return -1;
	m->answer = json_array();
	for (size_t i = 0; i < n; i++) {
		json_t *row = row_of(m, &rows[i]);
		if (row == NULL)
			return -1;
		(void)json_array_append(m->answer, row);
	}
	return 0;
}

/* --- several at once --- */

static int
remove_one(struct tg_manage *m, const char *name)
{
	struct tg_subject s;
	json_t *before;

	if (find(m, name, true, &s) != 1 ||
	    (before = row_of(m, &s)) == NULL ||
	    tg_subject_remove(m->db, s.id, m->e) != 0)
		return -1;
	return tg_manage_audit(m, "deleted", TABLE, name, before, NULL);
}

static int
customer_delete(struct tg_manage *m)
{
	const json_t *ids;
	const char *list = "";
	size_t i;
	json_t *one;

	if (tg_manage_entity_names(m, "user_ids", &ids) != 0)
		return -1;
	json_array_foreach(ids, i, one) {
		if (remove_one(m, json_string_value(one)) != 0)
			return -1;
		list = tg_arena_printf(m->a, "%s%s%s", list, i > 0 ? ", " : "",
		    json_string_value(one));
	}
	m->answer = json_pack("{s:I, s:s}", "deleted_customers",
	    (json_int_t)json_array_size(ids), "message",
	    tg_arena_printf(m->a,
		"Successfully deleted customers with ids: [%s]", list));
	return 0;
}

/* Blocking makes those who are not known yet: they must not get in later. */
static int
block_one(struct tg_manage *m, const char *name, bool blocked)
{
	struct tg_subject s;
	json_t *before = NULL, *after;
	int found = find(m, name, !blocked, &s);

	if (found < 0 || (found == 1 && (before = row_of(m, &s)) == NULL))
		return -1;
	if (found == 0)
		s = (struct tg_subject){ .kind = TG_SUBJECT_CUSTOMER,
			.name = name, .models = "[]", .settings = "{}",
			.created_by = m->w->who };
	s.blocked = blocked;
	s.updated_by = m->w->who;
	if (tg_subject_save(m->db, &s, m->e) != 0 ||
	    (after = row_of(m, &s)) == NULL)
		return -1;
	(void)json_array_append(
	    json_object_get(m->answer, "blocked_users"), after);
	return tg_manage_audit(
	    m, blocked ? "blocked" : "unblocked", TABLE, name, before, after);
}

static int
block(struct tg_manage *m, bool blocked)
{
	const json_t *ids;
	size_t i;
	json_t *one;

	if (tg_manage_entity_names(m, "user_ids", &ids) != 0)
		return -1;
	m->answer = json_pack("{s:[]}", "blocked_users");
	json_array_foreach(ids, i, one) {
		if (block_one(m, json_string_value(one), blocked) != 0)
			return -1;
	}
	return 0;
}

static int
customer_block(struct tg_manage *m)
{
	return block(m, true);
}

static int
customer_unblock(struct tg_manage *m)
{
	return block(m, false);
}

#define ROUTES(base)                                                          \
	{ TG_POST, base "/new", TG_ACCESS_ADMIN, tg_run_change, customer_new, \
	    "Register a customer", TG_FAULT_ERROR },                          \
	{ TG_POST, base "/update", TG_ACCESS_ADMIN, tg_run_change,            \
	    customer_update, "Change a customer", TG_FAULT_ERROR },           \
	{ TG_POST, base "/delete", TG_ACCESS_ADMIN, tg_run_change,            \
	    customer_delete, "Remove customers", TG_FAULT_ERROR },            \
	{ TG_GET, base "/info", TG_ACCESS_ADMIN, tg_run_look, customer_info,  \
	    "About a customer", TG_FAULT_ERROR },                             \
	{ TG_GET, base "/list", TG_ACCESS_ADMIN, tg_run_look, customer_list,  \
	    "All customers", TG_FAULT_ERROR },                                \
	{ TG_POST, base "/block", TG_ACCESS_ADMIN, tg_run_change,             \
	    customer_block, "Refuse their calls", TG_FAULT_ERROR },           \
	{ TG_POST, base "/unblock", TG_ACCESS_ADMIN, tg_run_change,           \
	    customer_unblock, "Let them call again", TG_FAULT_ERROR }

const struct tg_route tg_routes_customer[] = {
	ROUTES("/customer"),
	ROUTES("/end_user"),
	{ .path = NULL },
};
