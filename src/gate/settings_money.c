/*
 * Settings about money and limits that providers and models share.  Their
 * values are taken as they are written: gate/rules reads them.
 */
#include "config.h"

#include "gate/settings.h"
#include "store/books.h"

#define OF_MODEL "model_"
#define OF_MODEL_BYTES (sizeof(OF_MODEL) - 1)

static const char *const promise_keys[] = { "max_budget", "soft_budget",
	"budget_duration", "budget_timezone", "budget_anchor",
	"budget_thresholds", "over_budget", "unpriced", "at_budget",
	"switch_model", "switch_percent", "rpm", "tpm", "itpm", "otpm",
	"max_parallel_requests", "queue", "budget_limits", "limits", NULL };

static bool
is_promise(const char *key)
{
	for (const char *const *k = promise_keys; *k != NULL; k++)
		if (strcmp(*k, key) == 0)
			return true;
	return false;
}

int
tg_settings_promise_kind(const char *key)
{
	if (is_promise(key))
		return 3;
	return strncmp(key, OF_MODEL, OF_MODEL_BYTES) == 0 &&
		is_promise(key + OF_MODEL_BYTES) ?
	    2 :
	    0;
}

static void
pick(struct tg_arena *a, const struct tg_section *s, size_t skip,
    struct tg_section *out)
{
	struct tg_setting *list =
	    tg_arena_zero(a, (s->n + 1) * sizeof(*list));

	*out = (struct tg_section){ .name = s->name, .settings = list };
	for (size_t i = 0; i < s->n; i++) {
		const struct tg_setting *t = &s->settings[i];
		if (strncmp(t->key, OF_MODEL, skip) == 0 &&
		    is_promise(t->key + skip))
			list[out->n++] =
			    (struct tg_setting){ t->key + skip, t->value };
	}
}

void
tg_settings_promises(struct tg_arena *a, const struct tg_section *s,
    struct tg_section *own, struct tg_section *of_model)
{
	pick(a, s, 0, own);
	if (of_model != NULL)
		pick(a, s, OF_MODEL_BYTES, of_model);
}

int
tg_settings_lost(const struct tg_section *s, const char *name,
    struct tg_err *e)
{
	static const struct {
		const char *name;
		enum tg_lost_policy policy;
	} table[] = {
		{ "streamed", TG_LOST_STREAMED },
		{ "hold", TG_LOST_HOLD },
		{ "zero", TG_LOST_ZERO },
	};

	if (name == NULL)
		return TG_LOST_STREAMED;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (strcmp(table[i].name, name) == 0)
			return (int)table[i].policy;
	return tg_fail(e, TG_E_INVALID,
	    "[%s] lost = %s: wanted is streamed, hold or zero", s->name,
	    name);
}
