/*
 * What keys made or changed by others than administrators must stay within:
 * no key promises itself more than the one it was made with, and nobody
 * raises a promise made to them.
 */
#include "config.h"

#include "base/clock.h"
#include "store/setup.h"
#include "web/manage/key.h"

/* Ours and the books': not for those who are held back by them. */
static const char *const for_admins[] = { "budget_id", "log",
	"priority", "over_budget", "unpriced", "at_budget", "switch_model",
	"switch_percent", "queue", "temp_budget_increase",
	"temp_budget_expiry", "budget_timezone", "budget_anchor",
	"budget_fallbacks", "trusted_frontend", NULL };
static const char *const numbers[] = { "max_budget", "soft_budget",
	"rpm_limit", "tpm_limit", "max_parallel_requests", "itpm_limit",
	"otpm_limit", NULL };
/* Lists and objects that must stay as they are where they hold back. */
static const char *const fixed[] = { "allowed_routes", "allowed_ips",
	"budget_limits", "model_max_budget", "model_rpm_limit",
	"model_tpm_limit", "tag_rpm_limit", "limits", "rpm_limit_type", "tpm_limit_type",
	"enforced_params", "allowed_model_region", NULL };

static int contain_numbers(struct tg_manage *, json_t *, const json_t *, bool);
static int contain_duration(
    struct tg_manage *, json_t *, const json_t *, bool);
static int contain_fixed(struct tg_manage *, json_t *, const json_t *, bool);
static int contain_models(
    struct tg_manage *, json_t *, const struct tg_key *, bool);
static int contain_life(
    struct tg_manage *, json_t *, const struct tg_key *, bool);

static bool
says(const json_t *v)
{
	return v != NULL && !json_is_null(v) &&
	    !(json_is_array(v) && json_array_size(v) == 0) &&
	    !(json_is_object(v) && json_object_size(v) == 0);
}

int
tg_key_contain(struct tg_manage *m, json_t *body,
    const struct tg_key *bound, bool fresh)
{
	const json_t *limits =
	    tg_row_settings(m, bound->settings, bound->budget);

	if (limits == NULL)
		return -1;
	for (size_t i = 0; for_admins[i] != NULL; i++)
		if (says(json_object_get(body, for_admins[i])))
			return tg_fail(m->e, TG_E_FORBIDDEN,
			    "Only an administrator may set '%s'.",
			    for_admins[i]);
	if (bound->blocked && json_is_false(json_object_get(body, "blocked")))
		return tg_caller_deny(m, "unblock this key");
	if (contain_numbers(m, body, limits, fresh) != 0 ||
	    contain_duration(m, body, limits, fresh) != 0 ||
	    contain_fixed(m, body, limits, fresh) != 0 ||
	    contain_models(m, body, bound, fresh) != 0)
		return -1;
	return contain_life(m, body, bound, fresh);
}

/* A child above its parent is LiteLLM's 400; raising one's own is 403. */
static int
above(struct tg_manage *m, const char *name, const json_t *asked,
    const json_t *own, bool fresh)
{
	if (fresh && json_is_number(asked))
		return tg_manage_fail(m->e, TG_E_INVALID, NULL, name,
		    "%s (%s) cannot exceed the caller's own %s (%s).", name,
		    tg_manage_print(m, asked), name,
		    tg_manage_print(m, own));
	return tg_fail(m->e, TG_E_FORBIDDEN,
	    "'%s' is %s: only an administrator may raise it or take it away.",
	    name, tg_manage_print(m, own));
}

static int
contain_numbers(
    struct tg_manage *m, json_t *body, const json_t *limits, bool fresh)
{
	for (size_t i = 0; numbers[i] != NULL; i++) {
		json_t *own = json_object_get(limits, numbers[i]);
		const json_t *asked = json_object_get(body, numbers[i]);
		if (!json_is_number(own) || json_number_value(own) < 0)
			continue;
		if (fresh && (asked == NULL || json_is_null(asked))) {
			(void)json_object_set(body, numbers[i], own);
			continue;
		}
		if (asked == NULL)
			continue;
		if (!json_is_number(asked) || json_number_value(asked) < 0 ||
		    json_number_value(asked) > json_number_value(own))
			return above(m, numbers[i], asked, own, fresh);
	}
	return 0;
}

static int64_t
seconds_of(const json_t *span)
{
	int64_t s;

	if (!json_is_string(span) ||
	    tg_duration_parse(tg_str(json_string_value(span)), &s) != 0)
		return 0;
	return s;
}

/* A budget that comes back sooner is a bigger one; none never comes back. */
static int
contain_duration(
    struct tg_manage *m, json_t *body, const json_t *limits, bool fresh)
{
	static const char name[] = "budget_duration";
	json_t *own = json_object_get(limits, name);
	const json_t *asked = json_object_get(body, name);

	if (!json_is_number(json_object_get(limits, "max_budget")))
		return 0;
	if (fresh && !says(asked)) {
		if (says(own))
			(void)json_object_set(body, name, own);
		return 0;
	}
	if (asked == NULL || !says(asked) ||
	    (json_is_string(own) && json_equal(asked, own)))
		return 0;
	if (says(own) && seconds_of(own) > 0 &&
	    seconds_of(asked) >= seconds_of(own))
		return 0;
	return tg_manage_fail(m->e,
	    fresh ? TG_E_INVALID : TG_E_FORBIDDEN, NULL, name,
	    "'%s' cannot be shorter than the caller's own (%s).", name,
	    tg_manage_print(m, own));
}

static int
contain_fixed(
    struct tg_manage *m, json_t *body, const json_t *limits, bool fresh)
{
	for (size_t i = 0; fixed[i] != NULL; i++) {
		json_t *own = json_object_get(limits, fixed[i]);
		const json_t *asked = json_object_get(body, fixed[i]);
		if (!says(own))
			continue;
		if (fresh && !says(asked))
			(void)json_object_set(body, fixed[i], own);
		else if (asked != NULL && !json_equal(asked, own))
			return tg_fail(m->e, TG_E_FORBIDDEN,
			    "Only an administrator may set '%s' otherwise "
			    "than it is for this key.",
			    fixed[i]);
	}
	if (says(json_object_get(limits, "allowed_routes")))
		(void)json_object_del(body, "key_type");
	return 0;
}

static bool
covers(const json_t *list, const char *model)
{
	size_t i;
	json_t *one;

	json_array_foreach(list, i, one) {
		const char *text = json_string_value(one);
		if (text != NULL &&
		    (tg_str_glob(tg_str(text), tg_str(model)) ||
			strcmp(text, "all-proxy-models") == 0))
			return true;
	}
	return false;
}

static int
contain_models(struct tg_manage *m, json_t *body,
    const struct tg_key *bound, bool fresh)
{
	json_t *own = tg_manage_json(m, bound->models), *one;
	json_t *asked = json_object_get(body, "models");
	size_t i;

	if (json_array_size(own) == 0)
		return 0;
	if (!says(asked)) {
		if (fresh)
			(void)json_object_set(body, "models", own);
		else if (asked != NULL)
			return tg_caller_deny(m, "use all models");
		return 0;
	}
	json_array_foreach(asked, i, one) {
		const char *model = json_string_value(one);
		if (model != NULL && !covers(own, model))
			return tg_fail(m->e, TG_E_FORBIDDEN,
			    "The model '%s' is not among those of the "
			    "caller's own key.",
			    model);
	}
	return 0;
}

static int
contain_life(struct tg_manage *m, json_t *body, const struct tg_key *bound,
    bool fresh)
{
	const json_t *asked = json_object_get(body, "duration");
	int64_t s, left = (bound->expires_at - m->now) / 1000000;
	const char *text = json_string_value(asked);

	if (bound->expires_at == 0 || (!fresh && asked == NULL))
		return 0;
	if (text != NULL && tg_duration_parse(tg_str(text), &s) == 0 &&
	    s <= left)
		return 0;
	if (!fresh)
		return tg_fail(m->e, TG_E_FORBIDDEN,
		    "Only an administrator may let this key live longer.");
	(void)json_object_set_new(body, "duration",
	    json_string(tg_arena_printf(
		m->a, "%llds", (long long)(left > 0 ? left : 1))));
	return 0;
}

int
tg_key_may_breed(struct tg_manage *m, const struct tg_key *key)
{
	static const enum tg_scope scopes[] = { TG_SCOPE_KEY,
		TG_SCOPE_KEY_MODEL, TG_SCOPE_KEY_TAG };
	struct tg_account *accounts;
	size_t n;

	for (size_t i = 0; i < sizeof(scopes) / sizeof(scopes[0]); i++) {
		if (tg_accounts_of(m->db, m->a, scopes[i], key->id, &accounts,
			&n, m->e) != 0)
			return -1;
		for (size_t k = 0; k < n; k++)
			if (accounts[k].n_caps + accounts[k].n_limits > 0)
				return tg_fail(m->e, TG_E_FORBIDDEN,
				    "A key with a budget or limits of its own "
				    "makes no keys: each would have them once "
				    "more. Ask an administrator, or have the "
				    "budget set for the person or team.");
	}
	return 0;
}

/* --- for everybody: settings of the house --- */

static int
config_object(struct tg_manage *m, const char *name, const json_t **out)
{
	const char *text = NULL;
	int rc = tg_config_get(m->db, m->a, name, &text, m->e);

	*out = rc == 1 ? tg_manage_json(m, text) : NULL;
	return rc < 0 ? -1 : 0;
}

/* A team may say how long its members' keys live. */
static int
team_duration(struct tg_manage *m, json_t *body)
{
	const char *name =
	    json_string_value(json_object_get(body, "team_id"));
	struct tg_subject team;
	json_t *v;
	int rc;

	if (name == NULL || says(json_object_get(body, "duration")) ||
	    !says(json_object_get(body, "user_id")))
		return 0;
	rc = tg_subject_find(
	    m->db, m->a, TG_SUBJECT_TEAM, name, &team, m->e);
	if (rc != 1)
		return rc;
	v = json_object_get(tg_manage_json(m, team.settings),
	    "team_member_key_duration");
	if (v != NULL)
		(void)json_object_set(body, "duration", v);
	return 0;
}

int
tg_key_defaults(struct tg_manage *m, json_t *body)
{
	const json_t *defaults;
	const char *name;
	json_t *v;

	if (team_duration(m, body) != 0 ||
	    config_object(m, "default_key_generate_params", &defaults) != 0)
		return -1;
	json_object_foreach((json_t *)defaults, name, v) {
		if (!says(json_object_get(body, name)))
			(void)json_object_set(body, name, v);
	}
	return 0;
}

static bool
is_above(const json_t *asked, const json_t *upper)
{
	/* Less than 0 stands for no limit. */
	if (json_is_number(asked) && json_is_number(upper))
		return json_number_value(asked) < 0 ||
		    json_number_value(asked) > json_number_value(upper);
	if (json_is_string(asked) && json_is_string(upper))
		return strcmp(json_string_value(asked), "-1") == 0 ||
		    seconds_of(asked) > seconds_of(upper);
	return false;
}

int
tg_key_upperbound(struct tg_manage *m, json_t *body)
{
	const json_t *bounds;
	const char *name;
	json_t *upper;

	if (config_object(m, "upperbound_key_generate_params", &bounds) != 0)
		return -1;
	json_object_foreach((json_t *)bounds, name, upper) {
		const json_t *asked = json_object_get(body, name);
		if (json_is_null(upper))
			continue;
		if (!says(asked))
			(void)json_object_set(body, name, upper);
		else if (is_above(asked, upper))
			return tg_manage_fail(m->e, TG_E_INVALID, NULL, name,
			    "%s is over max limit set in config - "
			    "user_value=%s; max_value=%s",
			    name, tg_manage_print(m, asked),
			    tg_manage_print(m, upper));
	}
	return 0;
}
