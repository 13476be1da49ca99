/*
 * Rights: lists of routes and models, read where they stand in the key and in
 * all it belongs to.  Each list can only narrow what the ones before allow.
 */
#include "config.h"

#include "gate/rights.h"

#include <stdio.h>

#include "base/json.h"

/* litellm-compat.md 2.0: the classes that allowed_routes may name. */
static const char *const openai_routes[] = { "/chat/completions",
	"/completions", "/embeddings", "/models", "/models/*", "/responses",
	"/responses/*", "/images/*", "/audio/*", "/moderations", "/files",
	"/files/*", "/batches", "/batches/*", "/openai/*", "/engines/*",
	NULL };
static const char *const llm_routes[] = { "/messages", "/messages/*",
	"/rerank", "/v2/rerank", "/utils/token_counter", "/api/v1/feedback",
	"/api/v1/feedback/*", NULL };
static const char *const info_routes[] = { "*/info", "*/list", "/info",
	"/models", "/models/*", "/health", "/health/*", "/key/aliases",
	"/me", "/me/*", "/api/v1/me", "/api/v1/me/*", NULL };
static const char *const management_routes[] = { "/key/*", "/v2/key/*",
	"/user/*", "/v2/user/*", "/team/*", "/v2/team/*", "/organization/*",
	"/project/*", "/customer/*", "/end_user/*", "/budget/*", "/tag/*",
	"/model/*", "/v2/model/*", "/model_group/*", "/credentials",
	"/credentials/*", "/access_group/*", "/spend/*", "/global/*",
	"/provider/*", "/config/*", "/fallback", "/fallback/*", "/audit",
	"/audit/*", "/cost/*", "/utils/*", "/cache/*", "/health/*",
	"/settings", "/api/v1/*", NULL };

static const struct {
	const char *name;
	const char *const *globs[2];
} classes[] = {
	{ "openai_routes", { openai_routes, NULL } },
	{ "llm_api_routes", { openai_routes, llm_routes } },
	{ "info_routes", { info_routes, NULL } },
	{ "management_routes", { management_routes, NULL } },
};

/* What a key_type is short for. */
static const struct {
	const char *type, *routes;
} key_types[] = {
	{ "llm_api", "[\"llm_api_routes\"]" },
	{ "management", "[\"management_routes\"]" },
	{ "read_only", "[\"info_routes\"]" },
};

static bool list_holds(const struct tg_catalog *, struct tg_str,
    struct tg_str, bool *);
static bool group_holds(const struct tg_catalog *, struct tg_str,
    struct tg_str);
static struct tg_str setting(const char *, const char *);

/* --- routes --- */

static bool
in_class(struct tg_str name, struct tg_str path, bool *is_class)
{
	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
		if (!tg_str_is(name, classes[i].name))
			continue;
		*is_class = true;
		for (int k = 0; k < 2; k++)
			for (const char *const *g = classes[i].globs[k];
			     g != NULL && *g != NULL; g++)
				if (tg_str_glob(tg_str(*g), path))
					return true;
	}
	return false;
}

static bool
route_fits(struct tg_str item, struct tg_str path)
{
	bool is_class = false;

	if (in_class(item, path, &is_class))
		return true;
	if (is_class)
		return false;
	if (tg_str_starts(item, "/v1/")) {
		item.p += 3;
		item.n -= 3;
	}
	return tg_str_glob(item, path);
}

static struct tg_str
allowed_routes(const struct tg_key *key)
{
	struct tg_str list = setting(key->settings, "allowed_routes"), item;
	struct tg_str type = setting(key->settings, "key_type");
	struct tg_json_it it = tg_json_begin(list);

	if (list.n > 0 && tg_json_item(&it, &item))
		return list;
	for (size_t i = 0; i < sizeof(key_types) / sizeof(key_types[0]); i++)
		if (type.n > 0 && tg_json_text_is(type, key_types[i].type))
			return tg_str(key_types[i].routes);
	return TG_STR("[]");
}

int
tg_rights_route(const struct tg_who *who, struct tg_str path,
    struct tg_err *e)
{
	struct tg_str list, item, text;
	struct tg_json_it it;
	bool any = false;

	if (who->key.role == TG_KEY_MASTER)
		return 0;
	list = allowed_routes(&who->key);
	it = tg_json_begin(list);
	while (tg_json_item(&it, &item)) {
		any = true;
		if (tg_json_raw_text(item, &text) && route_fits(text, path))
			return 0;
	}
	if (!any)
		return 0;
	return tg_fail(e, TG_E_ROUTE_DENIED,
	    "Virtual key is not allowed to call this route. Only allowed to "
	    "call routes: %.*s. Tried to call route: %.*s",
	    (int)(list.n < 250 ? list.n : 250), list.p,
	    (int)(path.n < 120 ? path.n : 120), path.p);
}

/* --- models --- */

/* A member of a settings object, or the empty view. */
static struct tg_str
setting(const char *settings, const char *name)
{
	struct tg_str value;

	if (settings == NULL || *settings != '{' ||
	    !tg_json_get(tg_str(settings), name, &value) ||
	    tg_json_is_null(value))
		return TG_STR_NONE;
	return value;
}

/* One of the levels that may narrow the models, with its refusal. */
struct level {
	const char *models;	/* JSON array, NULL: none */
	struct tg_str groups;	/* access_group_ids */
	enum tg_code code;
	const char *title, *name;
};

/*
 * all-team-models leaves it to the team, all-proxy-models to nobody;
 * no-default-models is a list without names.
 */
static bool
list_holds(const struct tg_catalog *c, struct tg_str list,
    struct tg_str model, bool *any)
{
	struct tg_json_it it = tg_json_begin(list);
	struct tg_str item, text;

	while (list.n > 0 && tg_json_item(&it, &item)) {
		*any = true;
		if (tg_json_raw_text(item, &text) &&
		    (tg_str_is(text, "all-proxy-models") ||
			tg_str_is(text, "all-team-models") ||
			tg_str_glob(text, model) ||
			group_holds(c, text, model)))
			return true;
	}
	return false;
}

static bool
group_holds(const struct tg_catalog *c, struct tg_str name,
    struct tg_str model)
{
	for (size_t i = 0; c != NULL && i < c->n_groups; i++) {
		if (!tg_str_is(name, c->groups[i].name))
			continue;
		if (tg_str_glob(tg_str(c->groups[i].model), model))
			return true;
	}
	return false;
}

static bool
level_holds(const struct level *l, const struct tg_catalog *c,
    struct tg_str model)
{
	struct tg_json_it it = tg_json_begin(l->groups);
	struct tg_str item, text;
	bool any = false;

	if (list_holds(c, tg_str(l->models), model, &any))
		return true;
	while (l->groups.n > 0 && tg_json_item(&it, &item)) {
		any = true;
		if (tg_json_raw_text(item, &text) &&
		    group_holds(c, text, model))
			return true;
	}
	return !any;
}

static void
subject_level(struct level *l, const struct tg_subject *s, const char *title,
    enum tg_code code)
{
	if (s == NULL)
		return;
	*l = (struct level){ s->models,
		setting(s->settings, "access_group_ids"), code, title,
		s->name };
}

/* The first level that does not hold the model, if any. */
static bool
find_bar(const struct tg_who *who, const struct tg_catalog *c,
    struct tg_str model, struct level *bar)
{
	struct level levels[5] = { {
	    .models = who->key.models,
	    .groups = setting(who->key.settings, "access_group_ids"),
	    .code = TG_E_MODEL_DENIED,
	} };
	struct tg_str member;
	bool any = false;

	if (who->key.role == TG_KEY_MASTER)
		return false;
	if (who->team == NULL || !tg_catalog_own(c, model, who->team->name))
		subject_level(
		    &levels[1], who->team, "Team", TG_E_TEAM_MODEL_DENIED);
	subject_level(&levels[2], who->project, "Project",
	    TG_E_PROJECT_MODEL_DENIED);
	subject_level(&levels[3], who->organization, "Organization",
	    TG_E_ORGANIZATION_MODEL_DENIED);
	if (who->team == NULL)
		subject_level(&levels[4], who->person, "User",
		    TG_E_PERSON_MODEL_DENIED);
	for (int i = 0; i < 5; i++)
		if (!level_holds(&levels[i], c, model)) {
			*bar = levels[i];
			return true;
		}
	member = who->member != NULL ?
	    setting(who->member->settings, "allowed_models") :
	    TG_STR_NONE;
	*bar = (struct level){ .code = TG_E_TEAM_MODEL_DENIED,
		.title = "Team member of", .name = who->team != NULL ?
		    who->team->name : "" };
	return !list_holds(c, member, model, &any) && any;
}

bool
tg_rights_model(const struct tg_who *who, const struct tg_catalog *c,
    struct tg_str model)
{
	struct level bar;

	return !find_bar(who, c, model, &bar);
}

/* Both have their place in a message. */
static struct tg_str
cut(struct tg_str s)
{
	return (struct tg_str){ s.p, s.n < 150 ? s.n : 150 };
}

/* LiteLLM 1.83 says what is allowed, in words that its clients match. */
static int
old_refusal(const struct level *bar, const struct tg_rights_ask *ask,
    struct tg_err *e)
{
	struct tg_str model = ask->model;
	const char *param = ask->param;

	if (bar->code == TG_E_MODEL_DENIED)
		return tg_fail_param(e, bar->code, param,
		    "key not allowed to access model. This key can only "
		    "access models=%.*s. Tried to access %.*s",
		    TG_PRI(cut(tg_str(bar->models))), TG_PRI(cut(model)));
	return tg_fail_param(e, bar->code, param,
	    "%s not allowed to access model. %s=%s, Model=%.*s. Allowed "
	    "%s models = %.*s",
	    bar->title, bar->title, bar->name, TG_PRI(cut(model)),
	    bar->title, TG_PRI(cut(tg_str(bar->models))));
}

int
tg_rights_use(const struct tg_who *who, const struct tg_catalog *c,
    const struct tg_rights_ask *ask, struct tg_err *e)
{
	struct level bar;

	if (!find_bar(who, c, ask->model, &bar))
		return 0;
	if (ask->old_words)
		return old_refusal(&bar, ask, e);
	if (bar.code == TG_E_MODEL_DENIED)
		return tg_fail_param(e, bar.code, ask->param,
		    "The requested model '%.*s' is not available for this API "
		    "key, or the model name is invalid. Check the models "
		    "available to you and try again.",
		    TG_PRI(ask->model));
	return tg_fail_param(e, bar.code, ask->param,
	    "%s not allowed to access model. %s=%s, Model=%.*s. Check the "
	    "models available to you and try again.",
	    bar.title, bar.title, bar.name, TG_PRI(cut(ask->model)));
}

/* --- aliases --- */

static bool
alias_in(const char *settings, const char *member, struct tg_arena *a,
    struct tg_str *model)
{
	struct tg_str map = setting(settings, member), to, text;

	if (map.n == 0 || tg_json_type(map) != TG_JSON_OBJECT ||
	    !tg_json_get(map, model->p, &to) ||
	    tg_json_type(to) != TG_JSON_STRING ||
	    tg_json_text(a, to, &text) != 0 || text.n == 0)
		return false;
	*model = text;
	return true;
}

struct tg_str
tg_rights_alias(const struct tg_who *who, struct tg_arena *a,
    struct tg_str model)
{
	if (!alias_in(who->key.settings, "aliases", a, &model) &&
	    who->team != NULL &&
	    !alias_in(who->team->settings, "model_aliases", a, &model))
		(void)alias_in(who->team->settings, "aliases", a, &model);
	return model;
}
