/* Bodies to settings, settings to rows, by tables. */
#include "config.h"

#include "web/manage/fields.h"

#include "base/clock.h"
#include "base/decimal.h"
#include "base/period.h"

static int check_one(struct tg_err *, const struct tg_field *, const json_t *);
static int check_counts(
    struct tg_err *, const struct tg_field *, const json_t *);

/* null, {}, [], "" and false: nothing is asked for. */
static bool
is_empty(const json_t *v)
{
	return json_is_null(v) || json_is_false(v) ||
	    (json_is_object(v) && json_object_size(v) == 0) ||
	    (json_is_array(v) && json_array_size(v) == 0) ||
	    (json_is_string(v) && json_string_length(v) == 0);
}

/* The number or truth that a text spells, as shell scripts send it; or NULL. */
static json_t *
spelt(enum tg_field_type type, const char *text)
{
	struct tg_decimal d;

	if (type == TG_IS_BOOL && strcmp(text, "true") == 0)
		return json_true();
	if (type == TG_IS_BOOL && strcmp(text, "false") == 0)
		return json_false();
	if ((type != TG_IS_COUNT && type != TG_IS_WHOLE &&
		type != TG_IS_MONEY) ||
	    !tg_decimal_parse(tg_str(text), &d))
		return NULL;
	return json_loads(text, JSON_DECODE_ANY, NULL);
}

static void
mend(const struct tg_field *table, json_t *body)
{
	for (const struct tg_field *f = table; f->name != NULL; f++) {
		const char *text =
		    json_string_value(json_object_get(body, f->name));
		json_t *v = text != NULL ? spelt(f->type, text) : NULL;
		if (v != NULL)
			(void)json_object_set_new(body, f->name, v);
	}
}

void
tg_fields_lift(const struct tg_field *table, json_t *body)
{
	json_t *metadata = json_object_get(body, "metadata");

	mend(table, body);
	if (!json_is_object(metadata))
		return;
	mend(table, metadata);
	for (const struct tg_field *f = table; f->name != NULL; f++) {
		json_t *v = json_object_get(metadata, f->name);
		if (v == NULL || (f->flags & TG_FIELD_META) == 0)
			continue;
		if (json_object_get(body, f->name) == NULL)
			(void)json_object_set(body, f->name, v);
		(void)json_object_del(metadata, f->name);
	}
}

int
tg_fields_check(struct tg_err *e, const struct tg_field *table,
    const json_t *body)
{
	for (const struct tg_field *f = table; f->name != NULL; f++) {
		const json_t *v = json_object_get(body, f->name);
		if (v == NULL || json_is_null(v))
			continue;
		if ((f->flags & TG_FIELD_REFUSED) != 0 && !is_empty(v))
			return tg_fail_param(e, TG_E_UNSUPPORTED, f->name,
			    "This version does not enforce '%s' yet, so it "
			    "does not accept it. Leave it out.",
			    f->name);
		if (check_one(e, f, v) != 0)
			return -1;
	}
	return 0;
}

static bool
is_texts(const json_t *v)
{
	size_t i;
	json_t *one;

	json_array_foreach(v, i, one) {
		if (!json_is_string(one))
			return false;
	}
	return json_is_array(v);
}

static bool
is_whole(const json_t *v)
{
	double d = json_real_value(v);

	return json_is_integer(v) ||
	    (json_is_real(v) && d > -0x1p53 && d < 0x1p53 &&
		d == (double)(int64_t)d);
}

/* NULL: it is of the type. */
static const char *
wanted(enum tg_field_type type, const json_t *v)
{
	switch (type) {
	case TG_IS_TEXT:
		return json_is_string(v) ? NULL : "a string";
	case TG_IS_DURATION:
		return json_is_string(v) ? NULL : "a time such as '30d'";
	case TG_IS_TIME:
		return json_is_string(v) ? NULL : "a time in ISO 8601";
	case TG_IS_COUNT:
	case TG_IS_WHOLE:
		return is_whole(v) ? NULL : "a whole number";
	case TG_IS_MONEY:
		return json_is_number(v) ? NULL : "a number";
	case TG_IS_BOOL:
		return json_is_boolean(v) ? NULL : "true or false";
	case TG_IS_TEXTS:
		return is_texts(v) ? NULL : "a list of strings";
	case TG_IS_LIST:
		return json_is_array(v) ? NULL : "a list";
	case TG_IS_OBJECT:
	case TG_IS_COUNTS:
		return json_is_object(v) ? NULL : "an object";
	case TG_IS_ANY:
		break;
	}
	return NULL;
}

static int
check_time(struct tg_err *e, const struct tg_field *f, const char *text)
{
	char period[TG_PERIOD_BYTES];
	struct tg_err why = { 0 };
	int64_t n;

	if (*text == '\0')
		return 0;
	if (f->type == TG_IS_DURATION &&
	    tg_period_make(tg_str(text), TG_STR_NONE, TG_STR_NONE, period,
		&why) != 0)
		return tg_fail_param(
		    e, TG_E_INVALID, f->name, "%s", why.msg);
	if (f->type == TG_IS_TIME && tg_iso_parse(tg_str(text), &n) != 0)
		return tg_fail_param(e, TG_E_INVALID, f->name,
		    "'%s' must be a time in ISO 8601, such as "
		    "2026-01-31T12:00:00Z.",
		    f->name);
	return 0;
}

static int
check_one(struct tg_err *e, const struct tg_field *f, const json_t *v)
{
	const char *type = wanted(f->type, v);

	if (type != NULL)
		return tg_fail_param(e, TG_E_TYPE, f->name,
		    "'%s' must be %s.", f->name, type);
	if ((f->type == TG_IS_MONEY && json_number_value(v) < 0) ||
	    (f->type == TG_IS_COUNT && json_number_value(v) < -1))
		return tg_fail_param(e, TG_E_INVALID, f->name,
		    "'%s' cannot be negative.", f->name);
	if (f->type == TG_IS_COUNTS)
		return check_counts(e, f, v);
	if (json_is_string(v))
		return check_time(e, f, json_string_value(v));
	return 0;
}

static int
check_counts(
    struct tg_err *e, const struct tg_field *f, const json_t *v)
{
	struct tg_field one = { f->name, TG_IS_COUNT, 0, NULL };
	const char *name;
	json_t *n;

	json_object_foreach((json_t *)v, name, n) {
		if (check_one(e, &one, n) != 0)
			return -1;
	}
	return 0;
}

static void
store_one(json_t *settings, const char *name, json_t *v)
{
	if (v == NULL)
		return;
	if (json_is_null(v) ||
	    (json_is_string(v) && json_string_length(v) == 0))
		(void)json_object_del(settings, name);
	else
		(void)json_object_set(settings, name, v);
}

void
tg_fields_store(
    const struct tg_field *table, const json_t *body, json_t *settings)
{
	for (const struct tg_field *f = table; f->name != NULL; f++)
		if ((f->flags & TG_FIELD_OWN) == 0)
			store_one(settings, f->name,
			    json_object_get(body, f->name));
}

void
tg_fields_show(
    const struct tg_field *table, const json_t *settings, json_t *row)
{
	json_t *metadata = json_object_get(row, "metadata");

	for (const struct tg_field *f = table; f->name != NULL; f++) {
		json_t *v = json_object_get(settings, f->name);
		if ((f->flags & TG_FIELD_OWN) != 0)
			continue;
		if (v != NULL && (f->flags & TG_FIELD_META) != 0)
			(void)json_object_set(metadata, f->name, v);
		if (v != NULL && !json_is_null(v))
			(void)json_object_set(row, f->name, v);
		else if (f->unset != NULL)
			(void)json_object_set_new(row, f->name,
			    json_loads(f->unset, JSON_DECODE_ANY, NULL));
	}
}
