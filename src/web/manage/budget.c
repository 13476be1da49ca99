/*
 * /budget: settings that keys, people, members, customers share by name
 * (litellm-compat.md 2.4).  A change is in force at once for everyone who is
 * linked to it; what each has spent is not touched.
 */
#include "config.h"

#include "base/id.h"
#include "gate/rules.h"
#include "store/budgets.h"
#include "web/manage/fields.h"
#include "web/manage/rights.h"
#include "web/manage/rows.h"

#define TABLE "LiteLLM_BudgetTable"

/* Those that /budget/settings tells of. */
static const struct setting {
	const char *name, *type, *help;
} settings_told[] = {
	{ "max_parallel_requests", "Integer",
	    "Calls that may be in flight at once." },
	{ "tpm_limit", "Integer", "Tokens a minute." },
	{ "rpm_limit", "Integer", "Requests a minute." },
	{ "budget_duration", "String",
	    "After which spending begins anew, such as 30d." },
	{ "max_budget", "Float", "USD that are never exceeded." },
	{ "soft_budget", "Float", "USD from which on it is told." },
};
#define SETTINGS_TOLD (sizeof(settings_told) / sizeof(settings_told[0]))

/* 1 found, 0 not: then rq->err says so, if it must be there. */
static int
find(struct tg_manage *m, const char *name, bool must, struct tg_budget *b)
{
	int found = tg_budget_find(m->db, m->a, name, b, m->e);

	if (found == 0 && must)
		return tg_fail_param(m->e, TG_E_NOT_FOUND, "budget_id",
		    "Budget not found, budget_id=%s", name);
	return found;
}

/* What was sent over what is there; proven to be rules before it is kept. */
static int
save(struct tg_manage *m, struct tg_budget *b, const char *action)
{
	struct tg_rules rules;
	json_t *before = NULL, *settings;
	json_t *body = tg_manage_copy(m, m->body);
	bool is_new = b->settings == NULL;

	settings = is_new ? tg_manage_keep(m, json_object()) :
			    tg_manage_json(m, b->settings);
	if (!is_new && (before = tg_row_budget(m, b->name)) == NULL)
		return -1;
	tg_fields_lift(tg_fields_budget, body);
	if (tg_fields_check(m->e, tg_fields_budget, body) != 0)
		return -1;
	tg_fields_store(tg_fields_budget, body, settings);
	tg_manage_expiry(m, settings);
	if (tg_rules_read(m->a, settings, NULL, NULL, m->zone, &rules, m->e) !=
	    0)
		return -1;
	b->settings = tg_manage_print(m, settings);
	b->updated_by = m->w->who;
	if (tg_budget_save(m->db, b, m->e) != 0 ||
	    (!is_new && tg_rules_apply_budget(m->db, m->a, b->name, m->zone,
			    m->e) != 0))
		return -1;
	m->answer = json_incref(tg_row_budget(m, b->name));
	if (m->answer == NULL)
		return -1;
	return tg_manage_audit(m, action, TABLE, b->name, before, m->answer);
}

static int
budget_new(struct tg_manage *m)
{
	struct tg_budget b = { .created_by = m->w->who }, old;
	int found;

	if (tg_manage_text(m, "budget_id", &b.name) != 0)
		return -1;
	if (b.name == NULL)
		b.name = tg_uuid7(tg_arena_alloc(m->a, TG_UUID_BYTES));
	found = find(m, b.name, false, &old);
	if (found == 1)
		return tg_fail_param(m->e, TG_E_CONFLICT, "budget_id",
		    "A budget with budget_id=%s exists already. Change it "
		    "with /budget/update.",
		    b.name);
	return found == 0 ? save(m, &b, "created") : -1;
}

/* An id that is missing is 400 here, not 422. */
static int
need_id(struct tg_manage *m, const char *member, const char **id)
{
	if (tg_manage_text(m, member, id) != 0)
		return -1;
	if (*id == NULL)
		return tg_fail_param(m->e, TG_E_INVALID, member,
		    "'%s' is required.", member);
	return 0;
}

static int
budget_update(struct tg_manage *m)
{
	struct tg_budget b;
	const char *id;

	if (need_id(m, "budget_id", &id) != 0 || find(m, id, true, &b) != 1)
		return -1;
	return save(m, &b, "updated");
}

static int
budget_info(struct tg_manage *m)
{
	const json_t *ids = json_object_get(m->body, "budgets");
	struct tg_budget b;
	json_t *one, *row;
	size_t i;

	if (ids != NULL && !json_is_array(ids))
		return tg_fail_param(m->e, TG_E_TYPE, "budgets",
		    "'budgets' must be a list of ids.");
	if (json_array_size(ids) == 0)
		return tg_fail_param(m->e, TG_E_INVALID, "budgets",
		    "Specify list of budget id's to query. Passed in=[]");
	m->answer = json_array();
	json_array_foreach(ids, i, one) {
		int found = json_is_string(one) ?
		    find(m, json_string_value(one), false, &b) :
		    0;
		if (found < 0)
			return -1;
		if (found == 0)
			continue;
		row = tg_row_budget(m, b.name);
		if (row == NULL)
			return -1;
		(void)json_array_append(m->answer, row);
	}
	return 0;
}

/* Who is not an administrator is told so with 400 (2.4). */
static int
need_admin(struct tg_manage *m, bool viewer)
{
	if (m->w->caller->admin || (viewer && m->w->caller->viewer))
		return 0;
	return tg_fail(m->e, TG_E_INVALID,
	    "Admin-only endpoint. Your user role=%s",
	    m->w->caller->role != NULL ? m->w->caller->role : "internal_user");
}

static int
budget_list(struct tg_manage *m)
{
	struct tg_budget *rows;
	json_t *row;
	size_t n;

	if (need_admin(m, true) != 0 ||
	    tg_budget_list(m->db, m->a, &rows, &n, m->e) != 0)
		return -1;
	m->answer = json_array();
	for (size_t i = 0; i < n; i++) {
		row = tg_row_budget(m, rows[i].name);
		if (row == NULL)
			return -1;
		(void)json_array_append(m->answer, row);
	}
	return 0;
}

static int
budget_settings(struct tg_manage *m)
{
	const char *id = tg_manage_query(m, "budget_id");
	struct tg_budget b = { .settings = "{}" };
	json_t *settings, *value;

	if (need_admin(m, true) != 0)
		return -1;
	if (id == NULL)
		return tg_fail_param(m->e, TG_E_MISSING, "budget_id",
		    "'budget_id' is missing.");
	if (find(m, id, false, &b) < 0)
		return -1;
	settings = tg_manage_json(m, b.settings);
	m->answer = json_array();
	for (size_t i = 0; i < SETTINGS_TOLD; i++) {
		const struct setting *s = &settings_told[i];
		value = json_object_get(settings, s->name);
		(void)json_array_append_new(m->answer,
		    json_pack("{s:s, s:s, s:s, s:O?, s:b, s:n}", "field_name",
			s->name, "field_type", s->type, "field_description",
			s->help, "field_value", value, "stored_in_db",
			value != NULL && !json_is_null(value),
			"field_default_value"));
	}
	return 0;
}

static int
budget_delete(struct tg_manage *m)
{
	struct tg_budget_user *users;
	struct tg_budget b;
	const char *id;
	json_t *row;
	size_t n;

	if (need_admin(m, false) != 0 || need_id(m, "id", &id) != 0 ||
	    find(m, id, true, &b) != 1)
		return -1;
	row = tg_row_budget(m, b.name);
	if (row == NULL ||
	    tg_budget_users(m->db, m->a, b.name, &users, &n, m->e) != 0 ||
	    tg_budget_remove(m->db, b.name, m->e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (tg_rules_apply(m->db, m->a, (enum tg_scope)users[i].scope,
			users[i].subject, m->zone, m->e) != 0)
			return -1;
	m->answer = json_incref(row);
	return tg_manage_audit(m, "deleted", TABLE, b.name, row, NULL);
}

const struct tg_route tg_routes_budget[] = {
	{ TG_POST, "/budget/new", TG_ACCESS_ADMIN, tg_run_change, budget_new,
	    "Make a budget to be shared", TG_FAULT_DETAIL },
	{ TG_POST, "/budget/update", TG_ACCESS_ADMIN, tg_run_change,
	    budget_update, "Change it, for all who share it", TG_FAULT_DETAIL },
	{ TG_POST, "/budget/info", TG_ACCESS_ADMIN, tg_run_look, budget_info,
	    "About some budgets", TG_FAULT_DETAIL },
	{ TG_GET, "/budget/list", TG_ACCESS_KEY, tg_run_look, budget_list,
	    "All budgets", TG_FAULT_DETAIL },
	{ TG_GET, "/budget/settings", TG_ACCESS_KEY, tg_run_look,
	    budget_settings, "What a budget may say", TG_FAULT_DETAIL },
	{ TG_POST, "/budget/delete", TG_ACCESS_KEY, tg_run_change,
	    budget_delete, "Remove a budget; those who shared it lose it",
	    TG_FAULT_DETAIL },
	{ .path = NULL },
};
