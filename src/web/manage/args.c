/* What a management request says: its query, its body's texts. */
#include "config.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/escape.h"
#include "web/manage/manage.h"

const char *
tg_manage_query(struct tg_manage *m, const char *name)
{
	struct tg_str v;

	if (!tg_query_get(m->a, m->w->rq->query, name, &v) || v.n == 0)
		return NULL;
	return tg_arena_cstr(m->a, v);
}

int
tg_manage_query_int(struct tg_manage *m, const char *name, int64_t min,
    int64_t max, int64_t *out)
{
	const char *text = tg_manage_query(m, name);

	if (text == NULL)
		return 0;
	if (!tg_str_i64(tg_str(text), out) || *out < min || *out > max)
		return tg_fail_param(m->e, TG_E_TYPE, name,
		    "'%s' must be a whole number from %lld to %lld.", name,
		    (long long)min, (long long)max);
	return 0;
}

int
tg_manage_query_bool(struct tg_manage *m, const char *name, bool *out)
{
	const char *text = tg_manage_query(m, name);
	struct tg_str s = tg_str(text);

	if (text == NULL)
		return 0;
	*out = tg_str_ieq(s, "true") || tg_str_is(s, "1");
	if (!*out && !tg_str_ieq(s, "false") && !tg_str_is(s, "0"))
		return tg_fail_param(m->e, TG_E_TYPE, name,
		    "'%s' must be true or false.", name);
	return 0;
}

int
tg_manage_text(struct tg_manage *m, const char *name, const char **out)
{
	const char *text = NULL;

	*out = NULL;
	if (tg_jtree_text(m->body, name, &text, m->e) != 0)
		return -1;
	if (text != NULL && *text != '\0')
		*out = tg_arena_cstr(m->a, tg_str(text));
	return 0;
}

int
tg_manage_need(struct tg_manage *m, const char *name, const char **out)
{
	if (tg_manage_text(m, name, out) != 0)
		return -1;
	if (*out == NULL)
		return tg_fail_param(m->e, TG_E_MISSING, name,
		    "'%s' is missing.", name);
	return 0;
}

json_t *
tg_manage_copy(struct tg_manage *m, const json_t *body)
{
	return tg_manage_keep(m, json_deep_copy(body));
}

bool
tg_manage_has(const struct tg_manage *m, const char *name)
{
	return json_object_get(m->body, name) != NULL;
}

json_t *
tg_manage_json(struct tg_manage *m, const char *text)
{
	struct tg_err ignored = { 0 };
	json_t *j = text == NULL ? NULL :
				   tg_jtree_parse(tg_str(text), &ignored);

	return tg_manage_keep(m, j != NULL ? j : json_null());
}

const char *
tg_manage_print(struct tg_manage *m, const json_t *j)
{
	char *text = j != NULL ? tg_jtree_print(j) : NULL;
	const char *kept = "null";

	if (text != NULL)
		kept = tg_arena_cstr(m->a, tg_str(text));
	free(text);
	return kept;
}

void
tg_manage_expiry(const struct tg_manage *m, json_t *settings)
{
	static const char name[] = "temp_budget_expiry";
	const char *text = json_string_value(json_object_get(settings, name));
	char iso[TG_ISO_BYTES];
	int64_t s;

	if (text != NULL && tg_duration_parse(tg_str(text), &s) == 0)
		(void)json_object_set_new(settings, name,
		    json_string(tg_iso_time(m->now + s * 1000000, iso)));
}

bool
tg_manage_among(const json_t *array, const char *text)
{
	size_t i;
	json_t *one;

	json_array_foreach(array, i, one) {
		if (json_is_string(one) &&
		    strcmp(json_string_value(one), text) == 0)
			return true;
	}
	return false;
}
