/*
 * Settings as they may be shown to whoever looks over a shoulder.
 */
#include "config.h"

#include "prog/conf.h"

#include "base/shown.h"

/* Extra headers often hold a key too. */
const char *
tg_conf_shown(struct tg_arena *a, const char *key, const char *value)
{
	int id = tg_conf_row_find(~0u, key);

	if (id == -1 || *value == '\0')
		return value;
	if (id == TG_CONF_HEADER || tg_conf_rows[id].type == TG_CONF_SECRET)
		return TG_MASKED;
	if (id == TG_CONF_PROXY || id == TG_CONF_BASE_URL)
		return tg_shown_url(a, value);
	return value;
}
