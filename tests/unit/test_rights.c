/* Which routes and models a key may use. */
#include "config.h"

#include "unit.h"

#include "gate/rights.h"

static struct tg_who who;
static struct tg_subject team, person, project, organization;
static struct tg_member member;
static struct tg_err err;

static struct tg_group_model groups[] = {
	{ "cheap", "mini" },
	{ "cheap", "local/*" },
	{ "dear", "big" },
};
static const struct tg_catalog catalog = {
	.groups = groups,
	.n_groups = 3,
};

static int
fresh(void **state)
{
	(void)state;
	who = (struct tg_who){ .key = { .models = "[]", .settings = "{}" } };
	team = person = project = organization = (struct tg_subject){
		.name = "x", .models = "[]", .settings = "{}"
	};
	member = (struct tg_member){ .settings = "{}" };
	tg_err_reset(&err);
	return 0;
}

static bool
may(const char *model)
{
	return tg_rights_model(&who, &catalog, tg_str(model));
}

static bool
reaches(const char *path)
{
	tg_err_reset(&err);
	return tg_rights_route(&who, tg_str(path), &err) == 0;
}

static void
test_names(void **state)
{
	(void)state;
	assert_true(may("anything"));
	who.key.models = "[\"a\",\"b-*\"]";
	assert_true(may("a"));
	assert_true(may("b-1"));
	assert_false(may("ab"));
	assert_false(may("A"));
	who.key.models = "[\"all-proxy-models\"]";
	assert_true(may("c"));
	who.key.models = "[\"no-default-models\"]";
	assert_false(may("c"));
	assert_false(may("no-default-models-x"));
}

static void
test_groups(void **state)
{
	(void)state;
	who.key.models = "[\"cheap\"]";
	assert_true(may("mini"));
	assert_true(may("local/llama"));
	assert_false(may("big"));
	who.key.models = "[]";
	who.key.settings = "{\"access_group_ids\":[\"dear\"]}";
	assert_true(may("big"));
	assert_false(may("mini"));
	who.key.models = "[\"mini\"]";
	assert_true(may("big"));
	assert_true(may("mini"));
}

static void
test_levels(void **state)
{
	(void)state;
	who.team = &team;
	who.project = &project;
	who.organization = &organization;
	team.models = "[\"a\",\"b\"]";
	who.key.models = "[\"all-team-models\"]";
	assert_true(may("a"));
	assert_false(may("c"));
	project.models = "[\"a\"]";
	assert_false(may("b"));
	organization.models = "[\"z\"]";
	assert_false(may("a"));
	organization.models = "[]";
	assert_true(may("a"));
	who.member = &member;
	member.settings = "{\"allowed_models\":[\"b\"]}";
	assert_false(may("a"));
	member.settings = "{\"allowed_models\":[]}";
	assert_true(may("a"));
}

/* A person's models hold for keys of no team. */
static void
test_person(void **state)
{
	(void)state;
	who.person = &person;
	person.models = "[\"no-default-models\"]";
	assert_false(may("a"));
	who.team = &team;
	assert_true(may("a"));
}

static void
test_reason(void **state)
{
	const struct tg_rights_ask now = {
		.model = TG_STR("m"), .param = "model"
	};
	const struct tg_rights_ask old = {
		.model = TG_STR("m"), .param = "model", .old_words = true
	};

	(void)state;
	who.key.models = "[\"a\"]";
	assert_int_equal(tg_rights_use(&who, &catalog, &now, &err), -1);
	assert_int_equal(err.code, TG_E_MODEL_DENIED);
	assert_null(strstr(err.msg, "[\"a\"]"));
	tg_err_reset(&err);
	assert_int_equal(tg_rights_use(&who, &catalog, &old, &err), -1);
	assert_non_null(strstr(err.msg, "models=[\"a\"]. Tried to access m"));
	tg_err_reset(&err);
	who.key.models = "[]";
	who.team = &team;
	team.models = "[\"a\"]";
	assert_int_equal(tg_rights_use(&who, &catalog, &now, &err), -1);
	assert_int_equal(err.code, TG_E_TEAM_MODEL_DENIED);
	assert_non_null(strstr(err.msg, "eam not allowed to access model"));
}

static void
test_master(void **state)
{
	(void)state;
	who.key.role = TG_KEY_MASTER;
	who.key.models = "[\"a\"]";
	who.key.settings = "{\"allowed_routes\":[\"/x\"]}";
	assert_true(may("b"));
	assert_true(reaches("/key/info"));
}

static void
test_routes(void **state)
{
	(void)state;
	assert_true(reaches("/anything"));
	who.key.settings = "{\"allowed_routes\":[\"openai_routes\"]}";
	assert_true(reaches("/chat/completions"));
	assert_true(reaches("/models/a/b"));
	assert_false(reaches("/messages"));
	assert_false(reaches("/key/info"));
	assert_int_equal(err.code, TG_E_ROUTE_DENIED);
	assert_non_null(strstr(err.msg, "Tried to call route: /key/info"));
	who.key.settings = "{\"allowed_routes\":[\"llm_api_routes\"]}";
	assert_true(reaches("/messages"));
	assert_true(reaches("/embeddings"));
	who.key.settings = "{\"allowed_routes\":[\"info_routes\"]}";
	assert_true(reaches("/key/info"));
	assert_true(reaches("/team/list"));
	assert_false(reaches("/key/generate"));
	who.key.settings =
	    "{\"allowed_routes\":[\"/v1/models\",\"/key/*\"]}";
	assert_true(reaches("/models"));
	assert_true(reaches("/key/generate"));
	assert_false(reaches("/user/new"));
}

static void
test_key_types(void **state)
{
	(void)state;
	who.key.settings = "{\"key_type\":\"llm_api\",\"allowed_routes\":[]}";
	assert_true(reaches("/chat/completions"));
	assert_false(reaches("/key/generate"));
	who.key.settings = "{\"key_type\":\"management\"}";
	assert_false(reaches("/chat/completions"));
	assert_true(reaches("/key/generate"));
	who.key.settings = "{\"key_type\":\"read_only\"}";
	assert_true(reaches("/user/info"));
	assert_false(reaches("/user/new"));
	who.key.settings = "{\"key_type\":\"default\"}";
	assert_true(reaches("/user/new"));
}

static void
test_aliases(void **state)
{
	struct tg_arena *a = tg_arena_new(64 * 1024);

	(void)state;
	assert_true(tg_str_is(
	    tg_rights_alias(&who, a, TG_STR("m")), "m"));
	who.team = &team;
	team.settings = "{\"model_aliases\":{\"m\":\"of-team\",\"n\":\"t\"}}";
	who.key.settings = "{\"aliases\":{\"m\":\"of-key\"}}";
	assert_true(tg_str_is(
	    tg_rights_alias(&who, a, TG_STR("m")), "of-key"));
	assert_true(tg_str_is(tg_rights_alias(&who, a, TG_STR("n")), "t"));
	who.key.settings = "{\"aliases\":null}";
	assert_true(tg_str_is(
	    tg_rights_alias(&who, a, TG_STR("m")), "of-team"));
	tg_arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_names, fresh),
		cmocka_unit_test_setup(test_groups, fresh),
		cmocka_unit_test_setup(test_levels, fresh),
		cmocka_unit_test_setup(test_person, fresh),
		cmocka_unit_test_setup(test_reason, fresh),
		cmocka_unit_test_setup(test_master, fresh),
		cmocka_unit_test_setup(test_routes, fresh),
		cmocka_unit_test_setup(test_key_types, fresh),
		cmocka_unit_test_setup(test_aliases, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
