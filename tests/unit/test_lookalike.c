/* Names that fold to a guarded one, and those that do not. */
#include "config.h"

#include <stdio.h>

#include "llm/lookalike.h"

#include "unit.h"

static const struct {
	const char *raw, *like;
} names[] = {
	{ "model", NULL },
	{ "mod\\u0065l", NULL },	/* is that name */
	{ "Model", "model" },
	{ "MODEL", "model" },
	{ "mod\\u0045l", "model" },
	{ "models", NULL },
	{ "ModelS", "models" },
	{ "model\xC5\xBF", "models" },
	{ "\\u017ftream", "stream" },
	{ "Stream", "stream" },
	{ "stream_Options", "stream_options" },
	{ "\xC5\xBFtream_option\xC5\xBF", "stream_options" },
	{ "n", NULL },
	{ "N", "n" },
	{ "Best_Of", "best_of" },
	{ "MAX_TOKENS", "max_tokens" },
	{ "max_completion_to\xE2\x84\xAA"
	  "en\xC5\xBF",
	    "max_completion_tokens" },
	{ "modem", NULL },
	{ "mode", NULL },
	{ "", NULL },
	{ "model ", NULL },
	{ "stream_options_and_more", NULL },
	{ "\xE2\x84\xAA", NULL },
};

static void
test_names(void **state)
{
	struct tg_arena *a = tg_arena_new(1 << 16);

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char quoted[64];
		const char *like;

		(void)snprintf(quoted, sizeof(quoted), "\"%s\"", names[i].raw);
		like = tg_lookalike(a,
		    (struct tg_str){ quoted + 1, strlen(names[i].raw) });
		if (names[i].like == NULL)
			assert_null(like);
		else
			assert_string_equal(like, names[i].like);
	}
	tg_arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_names) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
