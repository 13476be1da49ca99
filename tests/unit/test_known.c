/* The tables: llm/known.h and llm/dialect.h. */
#include "config.h"

#include "unit.h"

#include "llm/dialect.h"
#include "llm/known.h"

static void
test_rows(void **state)
{
	const struct tg_known *k, *l;
	int i, n;

	(void)state;
	assert_true(tg_known_count > 20);
	for (i = 0; i < tg_known_count; i++) {
		k = &tg_known_table[i];
		assert_ptr_equal(tg_known_find(tg_str(k->name)), k);
		assert_true(strlen(k->title) > 0);
		if (k->base_url != NULL) {
			assert_true(tg_str_starts(
			    tg_str(k->base_url), "http"));
			assert_false(tg_str_ends(tg_str(k->base_url), "/"));
		}
		/* A variable says one thing. */
		for (n = 0; n < i; n++) {
			l = &tg_known_table[n];
			if (k->key_env != NULL && l->key_env != NULL)
				assert_string_not_equal(
				    k->key_env, l->key_env);
		}
	}
	assert_null(tg_known_find(TG_STR("openA")));
	assert_null(tg_known_find(TG_STR_NONE));
}

static bool
owns(const char *provider, const char *model)
{
	const struct tg_known *k = tg_known_find(tg_str(provider));
	const char *const *glob;

	assert_non_null(k);
	for (glob = k->own_models; glob != NULL && *glob != NULL; glob++)
		if (tg_str_glob(tg_str(*glob), tg_str(model)))
			return true;
	return false;
}

static void
test_own_models(void **state)
{
	(void)state;
	assert_true(owns("openai", "gpt-4o-mini"));
	assert_true(owns("openai", "o3"));
	assert_true(owns("openai", "text-embedding-3-small"));
	assert_false(owns("openai", "echo"));
	assert_false(owns("openai", "openai/gpt-4o"));
	assert_true(owns("deepseek", "deepseek-chat"));
	assert_true(owns("xai", "grok-4"));
	assert_true(owns("mistral", "mistral-large-latest"));
	assert_false(owns("openrouter", "gpt-4o"));
	assert_true(owns("echo", "echo"));
}

static void
test_places(void **state)
{
	const struct tg_known *ollama = tg_known_find(TG_STR("ollama"));

	(void)state;
	assert_string_equal(ollama->base_url, "http://localhost:11434/v1");
	assert_string_equal(ollama->host_env, "OLLAMA_HOST");
	assert_int_equal(tg_known_find(TG_STR("echo"))->family,
	    TG_FAMILY_ECHO);
	assert_string_equal(tg_known_find(TG_STR("openrouter"))->key_env,
	    "OPENROUTER_API_KEY");
	assert_null(tg_known_find(TG_STR("custom_openai"))->base_url);
}

static void
test_dialects(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < TG_DIALECT__MAX; i++) {
		assert_int_equal(tg_dialects[i].id, i);
		assert_int_equal(tg_dialects[i].endpoint[0], '/');
		assert_non_null(tg_dialects[i].input);
		assert_non_null(tg_dialects[i].answer_object);
	}
	assert_null(tg_dialects[TG_DIALECT_EMBEDDINGS].chunk_object);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_own_models),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_dialects),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
