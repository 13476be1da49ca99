/* Forms as tables: from what was typed to a body. */
#include "config.h"

#include "base/decimal.h"
#include "web/admin/sheet_rows.h"

bool
tg_sheet_typed(const struct tg_page *p)
{
	return json_object_size(p->form) > 0;
}

const char *
tg_sheet_bad(const struct tg_page *p)
{
	const char *param =
	    json_string_value(json_object_get(p->data, "param"));

	return param != NULL ? param : "";
}

bool
tg_sheet_sent(const struct tg_page *p, const char *name)
{
	return json_object_get(p->form, name) != NULL;
}

/* --- values --- */

/* What is no number stays a text: the management API says what is wrong. */
static json_t *
read_number(const char *text)
{
	struct tg_str s = tg_str_trim(tg_str(text));
	struct tg_decimal d;
	json_t *v = NULL;

	if (s.n > 0 && *s.p == '$')
		s = tg_str_trim((struct tg_str){ s.p + 1, s.n - 1 });
	if (s.n == 0)
		return json_null();
	if (tg_decimal_parse(s, &d))
		v = json_loadb(s.p, s.n, JSON_DECODE_ANY, NULL);
	return v != NULL ? v : json_stringn(s.p, s.n);
}

static json_t *
read_list(const char *text, bool commas, bool numbers)
{
	struct tg_str rest = tg_str(text), line, piece;
	json_t *list = json_array();
	int64_t n;

	while (tg_str_cut(&rest, '\n', &line)) {
		while (tg_str_cut(&line, commas ? ',' : '\n', &piece)) {
			piece = tg_str_trim(piece);
			if (piece.n == 0)
				continue;
			(void)json_array_append_new(list,
			    numbers && tg_str_i64(piece, &n) ?
				json_integer(n) :
				json_stringn(piece.p, piece.n));
		}
	}
	return list;
}

json_t *
tg_sheet_value(const struct tg_sheet_field *d, const char *text)
{
	struct tg_str s = tg_str_trim(tg_str(text));

	if (s.n == 0)
		return json_null();
	if (d->type == TG_SHEET_MONEY || d->type == TG_SHEET_COUNT)
		return read_number(text);
	if (d->type == TG_SHEET_NAMES || d->type == TG_SHEET_NUMBERS)
		return read_list(text, true, d->type == TG_SHEET_NUMBERS);
	if (d->type == TG_SHEET_LINES)
		return read_list(text, false, false);
	return json_stringn(s.p, s.n);
}

static int
read_json(struct tg_page *p, const struct tg_sheet_field *d, const char *text,
    json_t **out)
{
	struct tg_str s = tg_str_trim(tg_str(text));
	struct tg_err why = { 0 };

	*out = s.n > 0 ? tg_jtree_parse(s, &why) : json_null();
	if (*out != NULL && (s.n == 0 || json_is_object(*out)))
		return 0;
	json_decref(*out);
	return tg_fail_param(&p->w->rq->err, TG_E_INVALID, d->name,
	    "'%s' must be a JSON object, such as {\"name\": \"value\"}.",
	    d->name);
}

/* Ticked ones and those by name; of none all may be used. */
static json_t *
read_models(struct tg_page *p, const char *name, const char *others)
{
	json_t *list = json_deep_copy(
	    tg_page_fields(p, tg_arena_printf(p->a, "%s[]", name)));
	json_t *more = read_list(others != NULL ? others : "", true, false);
	json_t *one;
	size_t i;

	if (!json_is_array(list)) {
		json_decref(list);
		list = json_array();
	}
	json_array_foreach(more, i, one) {
		if (!tg_manage_among(list, json_string_value(one)))
			(void)json_array_append(list, one);
	}
	json_decref(more);
	return list;
}

/* --- fields --- */

/* NULL without a failure: the form did not have it. */
static int
read_field(
    struct tg_page *p, const struct tg_sheet_field *d, json_t **value)
{
	const char *text = tg_page_field(p, d->name), *more;

	*value = NULL;
	if (d->type == TG_SHEET_ROWS) {
		if (tg_sheet_rows_sent(p, d))
			*value = tg_sheet_rows_read(p, d);
		return 0;
	}
	if (d->type == TG_SHEET_MODELS) {
		more = tg_arena_printf(p->a, "%s_more", d->name);
		if (tg_sheet_sent(p, more))
			*value =
			    read_models(p, d->name, tg_page_field(p, more));
		return 0;
	}
	if (!tg_sheet_sent(p, d->name))
		return 0;
	if (d->type == TG_SHEET_JSON)
		return read_json(p, d, text != NULL ? text : "", value);
	*value = tg_sheet_value(d, text != NULL ? text : "");
	return 0;
}

static bool
is_empty(const json_t *v)
{
	return json_is_null(v) ||
	    (json_is_array(v) && json_array_size(v) == 0);
}

int
tg_sheet_read(struct tg_page *p, const struct tg_sheet_group *g, bool fresh,
    json_t *body)
{
	json_t *v;

	for (const struct tg_sheet_field *d = g->fields; d->name != NULL; d++) {
		if (((d->flags & TG_SHEET_NEW) != 0 && !fresh))
			continue;
		if (read_field(p, d, &v) != 0)
			return -1;
		if (v == NULL)
			continue;
		if (fresh && is_empty(v))
			json_decref(v);
		else if (is_empty(v) && d->type != TG_SHEET_MODELS) {
			json_decref(v);
			(void)json_object_set_new(
			    body, d->name, json_null());
		} else
			(void)json_object_set_new(body, d->name, v);
	}
	return 0;
}
