/* From a body to a row of subjects, for all kinds that are alike. */
#include "config.h"

#include "web/manage/entity.h"

#include "base/id.h"
#include "base/money.h"
#include "gate/rules.h"
#include "store/budgets.h"

/* An explicit null is as good as "not blocked", "no alias", "all models". */
static int
read_columns(
    struct tg_manage *m, const struct tg_manage_entity *t, struct tg_subject *s)
{
	const json_t *models = json_object_get(m->body, "models");

	if (t->alias_member != NULL && tg_manage_has(m, t->alias_member) &&
	    tg_manage_text(m, t->alias_member, &s->alias) != 0)
		return -1;
	if (tg_manage_has(m, "blocked"))
		s->blocked =
		    json_is_true(json_object_get(m->body, "blocked"));
	if (tg_manage_has(m, "models"))
		s->models =
		    json_is_array(models) ? tg_manage_print(m, models) : "[]";
	return 0;
}

static int
read_budget(struct tg_manage *m, struct tg_subject *s)
{
	struct tg_budget b;
	int found;

	if (!tg_manage_has(m, "budget_id"))
		return 0;
	if (tg_manage_text(m, "budget_id", &s->budget) != 0)
		return -1;
	if (s->budget == NULL)
		return 0;
	found = tg_budget_find(m->db, m->a, s->budget, &b, m->e);
	if (found == 0)
		return tg_fail_param(m->e, TG_E_INVALID, "budget_id",
		    "There is no budget with budget_id=%s. Make it with "
		    "/budget/new.",
		    s->budget);
	return found == 1 ? 0 : -1;
}

static int
read_settings(
    struct tg_manage *m, const struct tg_manage_entity *t, struct tg_subject *s)
{
	json_t *settings = s->settings != NULL ?
	    tg_manage_json(m, s->settings) :
	    tg_manage_keep(m, json_object());
	json_t *body = tg_manage_copy(m, m->body);
	const json_t *metadata;

	tg_fields_lift(t->fields, body);
	tg_fields_lift(tg_fields_budget, body);
	m->body = body;
	metadata = json_object_get(body, "metadata");
	if (tg_fields_check(m->e, t->fields, body) != 0 ||
	    tg_fields_check(m->e, tg_fields_budget, body) != 0)
		return -1;
	tg_fields_store(t->fields, body, settings);
	tg_fields_store(tg_fields_budget, body, settings);
	tg_manage_expiry(m, settings);
	if (tg_manage_has(m, "metadata"))
		(void)json_object_set_new(settings, "metadata",
		    json_is_object(metadata) ?
			json_deep_copy(metadata) :
			json_object());
	s->settings = tg_manage_print(m, settings);
	return 0;
}

static int
adjust_spend(
    struct tg_manage *m, const struct tg_manage_entity *t,
    const struct tg_subject *s)
{
	const json_t *spend = json_object_get(m->body, "spend");
	int64_t nano;

	if (!json_is_number(spend))
		return 0;
	if (tg_nano_parse(tg_str(tg_manage_print(m, spend)), &nano) != 0)
		return tg_fail_param(m->e, TG_E_INVALID, "spend",
		    "'spend' must be an amount in USD, 0 or above.");
	return tg_account_adjust(
	    m->db, t->scope, s->id, "", nano, true, m->e);
}

int
tg_manage_entity_save(
    struct tg_manage *m, const struct tg_manage_entity *t, struct tg_subject *s)
{
	if (s->id == 0) {
		s->models = "[]";
		s->created_by = m->w->who;
	}
	s->updated_by = m->w->who;
	if (read_settings(m, t, s) != 0 || read_columns(m, t, s) != 0 ||
	    read_budget(m, s) != 0 || tg_subject_save(m->db, s, m->e) != 0 ||
	    tg_rules_apply(m->db, m->a, t->scope, s->id, m->zone, m->e) != 0)
		return -1;
	return adjust_spend(m, t, s);
}

static bool
has_budget(const json_t *settings)
{
	for (const struct tg_field *f = tg_fields_budget; f->name != NULL;
	     f++) {
		const json_t *v = json_object_get(settings, f->name);
		if (v != NULL && !json_is_null(v))
			return true;
	}
	return false;
}

json_t *
tg_manage_entity_budget(struct tg_manage *m, const struct tg_manage_entity *t,
    const struct tg_subject *s, struct tg_figures *f)
{
	json_t *all = tg_row_settings(m, s->settings, s->budget);
	json_t *own = tg_manage_json(m, s->settings);

	if (all == NULL ||
	    tg_row_figures(m, t->scope, s->id, all, f) != 0)
		return NULL;
	if (s->budget == NULL && has_budget(own))
		return tg_row_own_budget(m, NULL, own, f);
	return tg_row_budget(m, s->budget);
}

json_t *
tg_manage_entity_metadata(struct tg_manage *m, const struct tg_subject *s)
{
	json_t *kept =
	    json_object_get(tg_manage_json(m, s->settings), "metadata");

	return json_is_object(kept) ? kept :
				      tg_manage_keep(m, json_object());
}

int
tg_manage_entity_names(
    struct tg_manage *m, const char *member, const json_t **names)
{
	const json_t *list = json_object_get(m->body, member);
	size_t i;
	json_t *one;

	*names = list;
	if (list == NULL || json_is_null(list) ||
	    (json_is_array(list) && json_array_size(list) == 0))
		return tg_fail_param(m->e, TG_E_MISSING, member,
		    "'%s' is missing: a list of names.", member);
	if (!json_is_array(list))
		goto wrong;
	json_array_foreach(list, i, one) {
		if (!json_is_string(one))
			goto wrong;
	}
	return 0;
wrong:
	return tg_fail_param(m->e, TG_E_TYPE, member,
	    "'%s' must be a list of strings.", member);
}

const char *
tg_manage_entity_id(struct tg_manage *m)
{
	return tg_uuid7(tg_arena_alloc(m->a, TG_UUID_BYTES));
}
