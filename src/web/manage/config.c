/*
 * /config/update, and discounts and margins (litellm-compat.md 2.6): the few
 * settings of LiteLLM's config.yaml that have a meaning here.  All others are
 * refused by name: what is not done must not look as if it were.
 */
#include "config.h"

#include "store/setup.h"
#include "web/manage/credential.h"
#include "web/manage/fields.h"

#define TABLE "LiteLLM_Config"

/* What "litellm_settings" may hold; kept under these names. */
static const struct tg_field known[] = {
	{ "default_key_generate_params", TG_IS_OBJECT, 0, NULL },
	{ "upperbound_key_generate_params", TG_IS_OBJECT, 0, NULL },
	{ "key_generation_settings", TG_IS_OBJECT, 0, NULL },
	{ "default_internal_user_params", TG_IS_OBJECT, 0, NULL },
	{ "default_team_params", TG_IS_OBJECT, 0, NULL },
	{ "max_budget", TG_IS_MONEY, 0, NULL },
	{ "budget_duration", TG_IS_DURATION, 0, NULL },
	{ "cost_discount_config", TG_IS_OBJECT, 0, NULL },
	{ "cost_margin_config", TG_IS_OBJECT, 0, NULL },
	{ .name = NULL },
};
static const char *const sections[] = { "litellm_settings",
	"general_settings", "router_settings", "environment_variables",
	NULL };

static bool
is_known(const char *name)
{
	for (const struct tg_field *f = known; f->name != NULL; f++)
		if (strcmp(f->name, name) == 0)
			return true;
	return false;
}

/* Fractions of the bill: 0.05 is 5 %. */
static int
check_share(struct tg_manage *m, const char *config, const char *provider,
    const json_t *v, double most)
{
	if (json_is_object(v))
		v = json_object_size(v) == 1 ?
		    json_object_get(v, "percentage") :
		    NULL;
	if (json_is_number(v) && json_number_value(v) >= 0 &&
	    json_number_value(v) <= most)
		return 0;
	return tg_fail_param(m->e, TG_E_INVALID, config,
	    "'%s' of %s must be a number from 0 to %g, such as 0.05 for 5 %%; "
	    "amounts that are fixed per call are not possible.",
	    config, provider, most);
}

static int
check_shares(
    struct tg_manage *m, const char *config, const json_t *values, double most)
{
	const char *provider;
	json_t *v;

	json_object_foreach((json_t *)values, provider, v) {
		if (check_share(m, config, provider, v, most) != 0)
			return -1;
	}
	return 0;
}

static int
check_value(struct tg_manage *m, const char *name, const json_t *v)
{
	if (json_is_null(v))
		return 0;
	if (strcmp(name, "cost_discount_config") == 0)
		return check_shares(m, name, v, 1);
	if (strcmp(name, "cost_margin_config") == 0)
		return check_shares(m, name, v, 100);
	return 0;
}

/* One setting, with its row in the audit. */
static int
set(struct tg_manage *m, const char *name, const json_t *v)
{
	json_t *before = NULL;
	const char *old = NULL;

	if (check_value(m, name, v) != 0 ||
	    tg_config_get(m->db, m->a, name, &old, m->e) < 0)
		return -1;
	if (old != NULL)
		before = tg_manage_json(m, old);
	if (tg_config_set(m->db, name,
		json_is_null(v) ? NULL : tg_manage_print(m, v), m->w->who,
		m->e) < 0)
		return -1;
	return tg_manage_audit(m, "updated", TABLE, name, before, v);
}

static int
refuse(struct tg_manage *m, const char *section, const char *name)
{
	return tg_fail_param(m->e, TG_E_UNSUPPORTED, name,
	    "'%s.%s' is not a setting of this gateway, or is set in "
	    "tollgate.ini; see docs/litellm.md.",
	    section, name);
}

static int
update_section(
    struct tg_manage *m, const char *section, const json_t *values)
{
	bool ours = strcmp(section, sections[0]) == 0;
	const char *name;
	json_t *v;

	if (!json_is_object(values) && !json_is_null(values))
		return tg_fail_param(m->e, TG_E_TYPE, section,
		    "'%s' must be an object.", section);
	if (ours && tg_fields_check(m->e, known, values) != 0)
		return -1;
	json_object_foreach((json_t *)values, name, v) {
		if (!ours || !is_known(name))
			return refuse(m, section, name);
		if (set(m, name, v) != 0)
			return -1;
	}
	return 0;
}

int
tg_web_config_update(struct tg_manage *m)
{
	const char *name;
	json_t *v;

	json_object_foreach((json_t *)m->body, name, v) {
		int i = 0;
		while (sections[i] != NULL && strcmp(sections[i], name) != 0)
			i++;
		if (sections[i] == NULL)
			return tg_fail_param(m->e, TG_E_UNSUPPORTED, name,
			    "'%s' is not a section that can be changed. Give "
			    "'litellm_settings'.",
			    name);
		if (update_section(m, name, v) != 0)
			return -1;
	}
	m->answer = json_pack(
	    "{s:s}", "message", "Config updated successfully");
	return 0;
}

/* --- discounts and margins --- */

static int
get_values(struct tg_manage *m, const char *name)
{
	const char *text = NULL;

	if (tg_config_get(m->db, m->a, name, &text, m->e) < 0)
		return -1;
	m->answer = json_pack("{s:O}", "values",
	    tg_manage_json(m, text != NULL ? text : "{}"));
	return 0;
}

static int
set_values(struct tg_manage *m, const char *name, const char *what)
{
	if (set(m, name, m->body) != 0)
		return -1;
	m->answer = json_pack("{s:s, s:s, s:O}", "message",
	    tg_arena_printf(
		m->a, "Cost %s configuration updated successfully", what),
	    "status", "success", "values", m->body);
	return 0;
}

int
tg_web_discount_get(struct tg_manage *m)
{
	return get_values(m, "cost_discount_config");
}

int
tg_web_discount_set(struct tg_manage *m)
{
	return set_values(m, "cost_discount_config", "discount");
}

int
tg_web_margin_get(struct tg_manage *m)
{
	return get_values(m, "cost_margin_config");
}

int
tg_web_margin_set(struct tg_manage *m)
{
	return set_values(m, "cost_margin_config", "margin");
}
