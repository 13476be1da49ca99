/*
 * Settings about prices: names that hold conditions, and percentages.  Lists of
 * budgets and limits, which gate/rules reads.
 */
#include "config.h"

#include <strings.h>

#include "base/limits.h"
#include "gate/rules.h"
#include "gate/settings.h"
#include "prog/conf_table.h"
#include "prog/conf_value.h"

const char *
tg_conf_key_kept(struct tg_arena *a, int id, const char *key)
{
	const struct tg_conf_row *row = &tg_conf_rows[id];
	size_t n = strlen(row->key);

	if (row->key[n - 1] == '.')
		return tg_arena_printf(a, "%s%s", row->key, key + n);
	/* a price's conditions stand in its name */
	return row->type == TG_CONF_PRICE && strcasecmp(key, row->key) != 0 ?
	    key :
	    row->key;
}

const char *
tg_conf_check_percent(const char *value)
{
	struct tg_setting setting = { "share", value };
	struct tg_section section = { "", &setting, 1 };
	struct tg_err ignored = { 0 };
	int64_t ppm;

	if (tg_settings_percent(
		&section, "share", TG_MOST_MARGIN, &ppm, &ignored) == 0)
		return NULL;
	return "must be a percentage of 0 to 1000, such as 5 %";
}

static bool
is_rule(const char *name, const char *value)
{
	struct tg_arena *a = tg_arena_new(TG_MAX_ARENA);
	json_t *own = json_pack("{s:s}", name, value);
	struct tg_err ignored = { 0 };
	struct tg_rules rules;
	bool good = own != NULL &&
	    tg_rules_read(a, own, NULL, NULL, NULL, &rules, &ignored) == 0;

	json_decref(own);
	tg_arena_free(a);
	return good;
}

const char *
tg_conf_check_windows(const char *value)
{
	return is_rule("budget_limits", value) ?
	    NULL :
	    "must be a list by commas such as 1/day, 20/month";
}

const char *
tg_conf_check_limits(const char *value)
{
	return is_rule("limits", value) ?
	    NULL :
	    "must be a list by commas such as 1000 requests/day, 4 parallel";
}
