#include "config.h"

#include "gate/rules_value.h"

/* Members of settings: finding them, reading numbers exactly. */
#include <stdio.h>
#include <string.h>

#define NANO_SCALE 9
#define MS_SCALE 3

static bool is_empty(const json_t *j);
static int number(const struct tg_rule_source *s, const char *name,
    const json_t *j, struct tg_decimal *d);
static bool spelt(const json_t *j, struct tg_decimal *d);

const json_t *
tg_rule_get(const struct tg_rule_source *s, int n, const char *name,
    const struct tg_rule_level **level)
{
	for (int i = 0; i < n; i++) {
		const json_t *j = json_object_get(s->levels[i].object, name);

		if (j == NULL || json_is_null(j) || is_empty(j))
			continue;
		if (level != NULL)
			*level = &s->levels[i];
		return j;
	}
	return NULL;
}

static bool
is_empty(const json_t *j)
{
	return (json_is_array(j) && json_array_size(j) == 0) ||
	    (json_is_object(j) && json_object_size(j) == 0);
}

int
tg_rule_refuse(const struct tg_rule_source *s, enum tg_code code,
    const char *name, const char *must)
{
	if (s->within == NULL)
		return tg_fail_param(s->e, code, name, "'%s' %s", name, must);
	return tg_fail_param(s->e, code, s->within, "'%s' in '%s' %s", name,
	    s->within, must);
}

/*
 * Seventeen digits are what a double has: a number that was written with
 * fewer comes back as it was, once it is rounded to nano-dollars.
 */
static bool
spelt(const json_t *j, struct tg_decimal *d)
{
	char text[48];

	if (json_is_string(j))
		return tg_decimal_parse(
		    tg_str_trim(tg_str(json_string_value(j))), d);
	if (json_is_integer(j))
		snprintf(text, sizeof(text), "%lld",
		    (long long)json_integer_value(j));
	else if (json_is_real(j))
		snprintf(text, sizeof(text), "%.17g", json_real_value(j));
	else
		return false;
	return tg_decimal_parse(tg_str(text), d);
}

static int
number(const struct tg_rule_source *s, const char *name, const json_t *j,
    struct tg_decimal *d)
{
	if (spelt(j, d))
		return 0;
	return tg_rule_refuse(s, TG_E_TYPE, name, "must be a number.");
}

int
tg_rule_nano(const struct tg_rule_source *s, const char *name,
    const json_t *j, int64_t *nano)
{
	struct tg_decimal d;
	bool exact;

	if (number(s, name, j, &d) == -1)
		return -1;
	if (d.minus && d.digits != 0)
		return tg_rule_refuse(
		    s, TG_E_INVALID, name, "must not be negative.");
	if (!tg_decimal_scaled(&d, NANO_SCALE, nano, &exact))
		return tg_rule_refuse(s, TG_E_INVALID, name,
		    "is too large: the most is 9223372036 USD.");
	return 0;
}

int
tg_rule_count(const struct tg_rule_source *s, const char *name,
    const json_t *j, int64_t *count)
{
	struct tg_decimal d;
	bool exact;

	if (number(s, name, j, &d) == -1)
		return -1;
	if (!tg_decimal_scaled(&d, 0, count, &exact))
		return tg_rule_refuse(
		    s, TG_E_INVALID, name, "is too large.");
	if (!exact)
		return tg_rule_refuse(
		    s, TG_E_TYPE, name, "must be a whole number.");
	if (*count < -1)
		return tg_rule_refuse(
		    s, TG_E_INVALID, name, "must not be negative.");
	if (*count == -1)
		*count = INT64_MAX;
	return 0;
}

int
tg_rule_ms(const struct tg_rule_source *s, const char *name, const json_t *j,
    int64_t *ms)
{
	struct tg_decimal d;
	bool exact;

	if (number(s, name, j, &d) == -1)
		return -1;
	if ((d.minus && d.digits != 0) ||
	    !tg_decimal_scaled(&d, MS_SCALE, ms, &exact) || *ms > 86400000)
		return tg_rule_refuse(s, TG_E_INVALID, name,
		    "must be seconds, from 0 to 86400.");
	return 0;
}

int
tg_rule_text(const struct tg_rule_source *s, int n, const char *name,
    const char **text)
{
	const json_t *j = tg_rule_get(s, n, name, NULL);

	if (j == NULL)
		return 0;
	if (!json_is_string(j))
		return tg_rule_refuse(
		    s, TG_E_TYPE, name, "must be a string.");
	*text = json_string_value(j);
	return 0;
}

int
tg_rule_word(const struct tg_rule_source *s, const char *name,
    const char *const *words, int *which)
{
	const char *text = NULL;
	char must[128] = "must be one of";
	size_t n = strlen(must);

	if (tg_rule_text(s, TG_RULE_LEVELS, name, &text) == -1)
		return -1;
	if (text == NULL)
		return 0;
	for (int i = 0; words[i] != NULL; i++) {
		if (strcmp(text, words[i]) == 0) {
			*which = i;
			return 0;
		}
		n += (size_t)snprintf(must + n, sizeof(must) - n, "%s %s",
		    i == 0 ? "" : ",", words[i]);
	}
	snprintf(must + n, sizeof(must) - n, ".");
	return tg_rule_refuse(s, TG_E_INVALID, name, must);
}
