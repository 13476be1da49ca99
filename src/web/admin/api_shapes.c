/* What bodies of the management API hold, by the tables that check them. */
#include "config.h"

#include "web/admin/api.h"
#include "web/manage/fields.h"

static const char *const types[] = {
	[TG_IS_TEXT] = N_("text"),
	[TG_IS_COUNT] = N_("whole number; -1: none"),
	[TG_IS_WHOLE] = N_("whole number"),
	[TG_IS_MONEY] = N_("USD, 0 or above"),
	[TG_IS_BOOL] = N_("true or false"),
	[TG_IS_TEXTS] = N_("list of texts"),
	[TG_IS_LIST] = N_("list"),
	[TG_IS_OBJECT] = N_("object"),
	[TG_IS_COUNTS] = N_("object of whole numbers"),
	[TG_IS_DURATION] = N_("span of time, such as 30d or 1mo"),
	[TG_IS_TIME] = N_("time, ISO 8601"),
	[TG_IS_ANY] = N_("anything"),
};

/* Those that have no table of their own in the program. */
static const struct tg_field deployment[] = {
	{ "model_name", TG_IS_TEXT, 0, NULL },
	{ "litellm_params", TG_IS_OBJECT, 0, NULL },
	{ "litellm_params.model", TG_IS_TEXT, 0, NULL },
	{ "litellm_params.api_base", TG_IS_TEXT, 0, NULL },
	{ "litellm_params.api_key", TG_IS_TEXT, 0, NULL },
	{ "litellm_params.litellm_credential_name", TG_IS_TEXT, 0, NULL },
	{ "litellm_params.weight", TG_IS_COUNT, 0, "1" },
	{ "litellm_params.order", TG_IS_COUNT, 0, "0" },
	{ "litellm_params.rpm", TG_IS_COUNT, 0, NULL },
	{ "litellm_params.tpm", TG_IS_COUNT, 0, NULL },
	{ "litellm_params.max_parallel_requests", TG_IS_COUNT, 0, NULL },
	{ "litellm_params.max_budget", TG_IS_MONEY, 0, NULL },
	{ "litellm_params.budget_duration", TG_IS_DURATION, 0, NULL },
	{ "litellm_params.timeout", TG_IS_WHOLE, 0, NULL },
	{ "litellm_params.stream_timeout", TG_IS_WHOLE, 0, NULL },
	{ "litellm_params.connect_ms", TG_IS_WHOLE, 0, NULL },
	{ "litellm_params.gap_ms", TG_IS_WHOLE, 0, NULL },
	{ "litellm_params.extra_headers", TG_IS_OBJECT, 0, NULL },
	{ "litellm_params.input_cost_per_token", TG_IS_MONEY, 0, NULL },
	{ "litellm_params.output_cost_per_token", TG_IS_MONEY, 0, NULL },
	{ "model_info", TG_IS_OBJECT, 0, NULL },
	{ "model_info.id", TG_IS_TEXT, 0, NULL },
	{ "model_info.mode", TG_IS_TEXT, 0, "\"chat\"" },
	{ "model_info.max_input_tokens", TG_IS_WHOLE, 0, NULL },
	{ "model_info.max_output_tokens", TG_IS_WHOLE, 0, NULL },
	{ "model_info.team_id", TG_IS_TEXT, 0, NULL },
	{ "price_source", TG_IS_TEXT, 0, NULL },
	{ "price_from", TG_IS_TIME, 0, NULL },
	{ .name = NULL },
};
static const struct tg_field provider[] = {
	{ "name", TG_IS_TEXT, 0, NULL },
	{ "settings", TG_IS_OBJECT, 0, NULL },
	{ "api_key", TG_IS_TEXT, 0, NULL },
	{ .name = NULL },
};
static const struct tg_field credential[] = {
	{ "credential_name", TG_IS_TEXT, 0, NULL },
	{ "credential_values", TG_IS_OBJECT, 0, NULL },
	{ "credential_info", TG_IS_OBJECT, 0, "{}" },
	{ "model_id", TG_IS_TEXT, 0, NULL },
	{ .name = NULL },
};

static const char *const of_keys[] = { "/key/*generate", "/key/update",
	"/key/*/regenerate", "/key/bulk_update", NULL };
static const char *const of_people[] = { "/user/new", "/user/update",
	"/user/bulk_update", NULL };
static const char *const of_teams[] = { "/team/new", "/team/update", NULL };
static const char *const of_members[] = { "/team/member_add",
	"/team/member_update", "/team/bulk_member_add", NULL };
static const char *const of_budgets[] = { "/budget/new", "/budget/update",
	NULL };
static const char *const of_customers[] = { "/customer/new",
	"/customer/update", "/end_user/new", "/end_user/update", NULL };
static const char *const of_organizations[] = { "/organization/new",
	"/organization/update", NULL };
static const char *const of_projects[] = { "/project/new",
	"/project/update", NULL };
static const char *const of_tags[] = { "/tag/new", "/tag/update", NULL };
static const char *const of_models[] = { "/model/new", "/model/update",
	"/model/*/update", NULL };
static const char *const of_providers[] = { "/api/v1/providers", NULL };
static const char *const of_credentials[] = { "/credentials",
	"/credentials/*", NULL };

static const struct tg_api_shape shapes[] = {
	{ "key", N_("A key"), of_keys, tg_fields_key, NULL, NULL },
	{ "person", N_("A person"), of_people, tg_fields_user, NULL, NULL },
	{ "team", N_("A team"), of_teams, tg_fields_team, NULL, NULL },
	{ "member", N_("A member of a team"), of_members, tg_fields_member,
	    NULL, NULL },
	{ "budget", N_("A budget"), of_budgets, tg_fields_budget, NULL,
	    NULL },
	{ "customer", N_("A customer"), of_customers, tg_fields_customer,
	    tg_fields_budget, NULL },
	{ "organization", N_("An organization"), of_organizations,
	    tg_fields_organization, tg_fields_budget, NULL },
	{ "project", N_("A project"), of_projects, tg_fields_project,
	    tg_fields_budget, NULL },
	{ "tag", N_("A tag"), of_tags, tg_fields_tag, tg_fields_budget,
	    NULL },
	{ "deployment", N_("A deployment"), of_models, deployment, NULL,
	    N_("Prices can be given under all of LiteLLM's names, or as in "
	       "tollgate.ini (price_input, USD per million tokens).") },
	{ "provider", N_("A provider"), of_providers, provider, NULL,
	    N_("Its settings are those of a [provider:NAME] section of "
	       "tollgate.ini, as texts; null takes one out.") },
	{ "credential", N_("A credential"), of_credentials, credential, NULL,
	    NULL },
};

const struct tg_api_shape *
tg_api_shape(const struct tg_route *r)
{
	if (r->method == TG_GET || r->method == TG_DELETE)
		return NULL;
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		for (const char *const *p = shapes[i].paths; *p != NULL; p++)
			if (tg_str_glob(tg_str(*p), tg_str(r->path)))
				return &shapes[i];
	return NULL;
}

/* A member of both tables is of the first. */
static bool
is_listed(const json_t *members, const char *name)
{
	size_t i;
	json_t *m;

	json_array_foreach((json_t *)members, i, m) {
		if (strcmp(json_string_value(json_object_get(m, "name")),
			name) == 0)
			return true;
	}
	return false;
}

static void
add_members(json_t *members, const struct tg_field *f)
{
	for (; f != NULL && f->name != NULL; f++)
		if (!is_listed(members, f->name))
			(void)json_array_append_new(members,
			    json_pack("{s:s, s:s, s:s?, s:b, s:b}", "name",
				f->name, "type", types[f->type], "unset",
				f->unset, "meta",
				(f->flags & TG_FIELD_META) != 0, "refused",
				(f->flags & TG_FIELD_REFUSED) != 0));
}

json_t *
tg_api_shape_json(const struct tg_api_shape *s)
{
	json_t *members = json_array();

	add_members(members, s->fields);
	add_members(members, s->more);
	return json_pack("{s:s, s:s, s:s?, s:o}", "name", s->name, "title",
	    s->title, "text", s->text, "members", members);
}
