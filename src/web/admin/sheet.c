/*
 * Forms as tables: drawing.  A field that is asked for with nothing typed yet
 * shows what is stored, in the words in which it can be typed.
 */
#include "config.h"

#include "web/admin/sheet.h"

#include <stdio.h>
#include <stdlib.h>

#include "web/admin/sheet_rows.h"

#define AREA_LINES 3
#define CHECKS_MOST 60

static json_t *draw_field(
    struct tg_sheet *, const struct tg_sheet_field *, const json_t *);
static json_t *draw_models(struct tg_sheet *, const json_t *, const char *);

void
tg_sheet_begin(struct tg_sheet *f, struct tg_page *p, bool fresh)
{
	*f = (struct tg_sheet){ .p = p,
		.groups = json_array(),
		.options = json_object(),
		.fresh = fresh,
		.admin = p->w->caller != NULL && p->w->caller->admin };
	tg_page_set(p, "groups", f->groups);
	tg_page_set(p, "options", f->options);
	tg_page_set(p, "lists", json_array());
	tg_page_set_true(p, "fresh", fresh);
}

void
tg_sheet_option(struct tg_sheet *f, const char *field, const char *value,
    const char *title)
{
	json_t *list = json_object_get(f->options, field);

	if (list == NULL) {
		list = json_array();
		(void)json_object_set_new(f->options, field, list);
	}
	(void)json_array_append_new(list,
	    json_pack("{s:s, s:s}", "value", value, "label", title));
}

void
tg_sheet_list(struct tg_sheet *f, const char *list, json_t *names)
{
	(void)json_array_append_new(json_object_get(f->p->data, "lists"),
	    json_pack("{s:s, s:o}", "id", list, "names", names));
}

/* --- values as texts --- */

static const char *
joined(struct tg_arena *a, const json_t *list, const char *between)
{
	const char *text = "";
	size_t i;
	json_t *one;

	json_array_foreach((json_t *)list, i, one)
		text = tg_arena_printf(a, "%s%s%s", text, i > 0 ? between : "",
		    tg_sheet_text(a, one));
	return text;
}

const char *
tg_sheet_text(struct tg_arena *a, const json_t *v)
{
	const char *kept = "";
	char *text;

	switch (v != NULL ? json_typeof(v) : JSON_NULL) {
	case JSON_STRING:
		return json_string_value(v);
	case JSON_INTEGER:
		return tg_arena_printf(
		    a, "%lld", (long long)json_integer_value(v));
	case JSON_REAL:
		return tg_arena_printf(a, "%.12g", json_real_value(v));
	case JSON_TRUE:
		return "true";
	case JSON_FALSE:
		return "false";
	case JSON_OBJECT:
	case JSON_ARRAY:
		text = tg_jtree_pretty(v);
		if (text != NULL)
			kept = tg_arena_cstr(a, tg_str(text));
		free(text);
		return kept;
	case JSON_NULL:
		break;
	}
	return "";
}

static const char *
stored(struct tg_sheet *f, const struct tg_sheet_field *d, const json_t *v)
{
	struct tg_arena *a = f->p->a;

	if (v == NULL || json_is_null(v))
		return "";
	if (d->type == TG_SHEET_LINES)
		return joined(a, v, "\n");
	if (d->type == TG_SHEET_NAMES || d->type == TG_SHEET_NUMBERS)
		return json_is_array(v) ? joined(a, v, ", ") :
					  tg_sheet_text(a, v);
	if (d->type == TG_SHEET_JSON && json_object_size(v) == 0)
		return "";
	return tg_sheet_text(a, v);
}

/* --- kinds of inputs --- */

static json_t *
draw_input(const struct tg_sheet_field *d)
{
	const char *type = "text", *mode = NULL;

	if (d->type == TG_SHEET_EMAIL)
		type = "email";
	if (d->type == TG_SHEET_DATE)
		type = "date";
	if (d->type == TG_SHEET_MONEY)
		mode = "decimal";
	if (d->type == TG_SHEET_COUNT)
		mode = "numeric";
	return json_pack("{s:s, s:s?, s:s?}", "type", type, "mode", mode,
	    "list", d->list);
}

/* What is set and cannot be chosen (by a script, say) stays to be chosen. */
json_t *
tg_sheet_options(struct tg_sheet *f, const struct tg_sheet_field *d,
    const char *value)
{
	const json_t *more = json_object_get(f->options, d->name);
	const struct tg_sheet_choice *c = d->choices;
	json_t *list = json_array(), *one;
	bool found = *value == '\0';
	size_t i;

	for (; c != NULL && c->value != NULL; c++) {
		bool is = strcmp(c->value, value) == 0;
		found = found || is;
		(void)json_array_append_new(list,
		    json_pack("{s:s, s:s, s:n, s:b}", "value", c->value,
			"words", c->title, "label", "selected", is));
	}
	json_array_foreach(more, i, one) {
		const char *text =
		    json_string_value(json_object_get(one, "value"));
		bool is = strcmp(text, value) == 0;
		found = found || is;
		(void)json_array_append_new(list,
		    json_pack("{s:s, s:n, s:O, s:b}", "value", text, "words",
			"label", json_object_get(one, "label"), "selected",
			is));
	}
	if (!found)
		(void)json_array_append_new(list,
		    json_pack("{s:s, s:n, s:s, s:b}", "value", value, "words",
			"label", value, "selected", 1));
	return json_pack("{s:o}", "options", list);
}

static json_t *
draw_area(const struct tg_sheet_field *d, const char *value)
{
	int lines = AREA_LINES;

	for (const char *p = value; *p != '\0' && lines < 12; p++)
		lines += *p == '\n';
	return json_pack("{s:i, s:b}", "lines", lines, "json",
	    d->type == TG_SHEET_JSON);
}

static json_t *
draw_field(struct tg_sheet *f, const struct tg_sheet_field *d,
    const json_t *settings)
{
	const json_t *v = json_object_get(settings, d->name);
	const char *value = tg_sheet_sent(f->p, d->name) ?
	    tg_page_field(f->p, d->name) :
	    stored(f, d, v);
	const char *bad = tg_sheet_bad(f->p);
	json_t *field;

	if (value == NULL)
		value = "";
	field = json_pack("{s:s, s:s, s:s?, s:s, s:b, s:b, s:n, s:n, s:n, "
			  "s:n, s:n}",
	    "name", d->name, "title", d->title, "help", d->help, "value",
	    value, "required", (d->flags & TG_SHEET_REQUIRED) != 0, "invalid",
	    strcmp(bad, d->name) == 0, "input", "select", "area", "models",
	    "rows");
	if (d->type == TG_SHEET_CHOICE)
		(void)json_object_set_new(
		    field, "select", tg_sheet_options(f, d, value));
	else if (d->type == TG_SHEET_LINES || d->type == TG_SHEET_JSON)
		(void)json_object_set_new(field, "area", draw_area(d, value));
	else if (d->type == TG_SHEET_MODELS)
		(void)json_object_set_new(
		    field, "models", draw_models(f, v, d->name));
	else if (d->type == TG_SHEET_ROWS)
		(void)json_object_set_new(
		    field, "rows", tg_sheet_rows_draw(f, d, v));
	else
		(void)json_object_set_new(field, "input", draw_input(d));
	return field;
}

/* --- models --- */

static bool
ticked(struct tg_sheet *f, const json_t *stored, const char *name,
    const char *model)
{
	if (tg_sheet_typed(f->p))
		return tg_manage_among(
		    tg_page_fields(
			f->p, tg_arena_printf(f->p->a, "%s[]", name)),
		    model);
	return tg_manage_among(stored, model);
}

/* Those with boxes; the others stand in the text behind them. */
static json_t *
draw_models(struct tg_sheet *f, const json_t *stored, const char *name)
{
	const struct tg_catalog *c = f->p->w->catalog;
	json_t *boxes = json_array(), *seen = json_object(), *one;
	const char *more = tg_arena_printf(f->p->a, "%s_more", name);
	const char *text = "", *typed = tg_page_field(f->p, more);
	size_t i;

	for (i = 0; c != NULL && i < c->n_deployments; i++) {
		const char *model = c->deployments[i].model;
		/* Another team's own model is nobody else's business. */
		if ((!f->admin && c->deployments[i].team != NULL) ||
		    json_object_get(seen, model) != NULL ||
		    json_object_size(seen) >= CHECKS_MOST)
			continue;
		(void)json_object_set_new(seen, model, json_true());
		(void)json_array_append_new(boxes,
		    json_pack("{s:s, s:b}", "model", model, "ticked",
			ticked(f, stored, name, model)));
	}
	json_array_foreach((json_t *)stored, i, one) {
		const char *model = json_string_value(one);
		if (model != NULL && json_object_get(seen, model) == NULL)
			text = tg_arena_printf(f->p->a, "%s%s%s", text,
			    *text != '\0' ? ", " : "", model);
	}
	json_decref(seen);
	if (tg_sheet_typed(f->p))
		text = typed != NULL ? typed : "";
	return json_pack("{s:o, s:s, s:s}", "boxes", boxes, "more", more,
	    "others", text);
}

/* --- groups --- */

static bool
holds(const json_t *v)
{
	return v != NULL && !json_is_null(v) &&
	    !(json_is_array(v) && json_array_size(v) == 0) &&
	    !(json_is_object(v) && json_object_size(v) == 0) &&
	    !(json_is_string(v) && json_string_length(v) == 0);
}

void
tg_sheet_draw(struct tg_sheet *f, const struct tg_sheet_group *g,
    const json_t *settings)
{
	bool folded = (g->flags & TG_SHEET_FOLDED) != 0, open = false;
	json_t *fields = json_array();
	const char *bad = tg_sheet_bad(f->p);

	for (const struct tg_sheet_field *d = g->fields; d->name != NULL; d++) {
		if (((d->flags & TG_SHEET_ADMIN) != 0 && !f->admin) ||
		    ((d->flags & TG_SHEET_NEW) != 0 && !f->fresh))
			continue;
		/* What is set, or wrong, is to be seen. */
		open = open || strcmp(bad, d->name) == 0 ||
		    holds(json_object_get(settings, d->name));
		(void)json_array_append_new(
		    fields, draw_field(f, d, settings));
	}
	if (json_array_size(fields) == 0) {
		json_decref(fields);
		return;
	}
	(void)json_array_append_new(f->groups,
	    json_pack("{s:s, s:s?, s:b, s:b, s:o}", "legend", g->title,
		"note", g->help, "folded", folded, "open", open, "fields",
		fields));
}
