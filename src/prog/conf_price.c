/*
 * Settings about prices: names that hold conditions, and percentages.
 */
#include "config.h"

#include <strings.h>

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
