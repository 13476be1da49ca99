/*
 * Folds as Go does: ASCII letters, and the two letters outside of ASCII whose
 * lower case is in it.  Called for each member at the top of a request, so
 * names that cannot be meant are passed over by their length.
 */
#include "config.h"

#include "llm/lookalike.h"

#include "base/json.h"

#define SHORTEST 1	/* "n" */
/* "max_completion_tokens" with a kelvin sign and a long s */
#define LONGEST 24

static const char *const guarded[] = {
	"model",
	"models",
	"stream",
	"stream_options",
	"max_tokens",
	"max_completion_tokens",
	"n",
	"best_of",
};

/* Out has room for s.n + 1. */
static void
fold(struct tg_str s, char *out)
{
	size_t i = 0;

	while (i < s.n) {
		struct tg_str rest = { s.p + i, s.n - i };
		if (tg_str_starts(rest, "\xC5\xBF")) { /* long s */
			*out++ = 's';
			i += 2;
		} else if (tg_str_starts(rest, "\xE2\x84\xAA")) { /* kelvin */
			*out++ = 'k';
			i += 3;
		} else {
			char c = s.p[i++];
			*out++ = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
		}
	}
	*out = '\0';
}

const char *
tg_lookalike(struct tg_arena *a, struct tg_str raw_name)
{
	struct tg_str name = raw_name;
	char folded[LONGEST + 1];

	if (raw_name.n > 6 * LONGEST) /* an escape takes six bytes */
		return NULL;
	if (memchr(raw_name.p, '\\', raw_name.n) != NULL &&
	    tg_json_text(a,
		(struct tg_str){ raw_name.p - 1, raw_name.n + 2 }, &name) != 0)
		return NULL;
	if (name.n < SHORTEST || name.n > LONGEST)
		return NULL;
	fold(name, folded);
	for (size_t i = 0; i < sizeof(guarded) / sizeof(guarded[0]); i++)
		if (strcmp(folded, guarded[i]) == 0)
			return tg_str_is(name, guarded[i]) ? NULL : guarded[i];
	return NULL;
}
