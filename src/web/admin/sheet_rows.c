/* Lists of objects in a form. */
#include "config.h"

#include "web/admin/sheet_rows.h"

#include <stdlib.h>

#define EMPTY 2
#define MOST 40

static const char *
input_name(struct tg_arena *a, const struct tg_sheet_field *d, size_t i,
    const char *column)
{
	return tg_arena_printf(a, "%s_%zu_%s", d->name, i, column);
}

bool
tg_sheet_rows_sent(const struct tg_page *p, const struct tg_sheet_field *d)
{
	return tg_sheet_sent(
	    p, input_name(p->a, d, 0, d->columns[0].name));
}

/* --- drawing --- */

static const char *
cell_text(struct tg_sheet *f, const struct tg_sheet_field *d, const char *name,
    const json_t *stored)
{
	const char *typed;

	if (tg_sheet_typed(f->p)) {
		typed = tg_page_field(f->p, name);
		return typed != NULL ? typed : "";
	}
	if (json_is_string(stored))
		return "";
	return tg_sheet_text(f->p->a, json_object_get(stored, d->name));
}

static json_t *
draw_cell(struct tg_sheet *f, const struct tg_sheet_field *d,
    const char *name, const char *value)
{
	const char *mode = d->type == TG_SHEET_MONEY ? "decimal" :
	    d->type == TG_SHEET_COUNT		    ? "numeric" :
						       NULL;

	return json_pack("{s:s, s:s, s:s, s:s?, s:s?, s:n, s:o}", "name",
	    name, "title", d->title, "value", value, "mode", mode, "list",
	    d->list, "hidden", "select",
	    d->type == TG_SHEET_CHOICE ? tg_sheet_options(f, d, value) :
					 json_null());
}

static json_t *
draw_line(struct tg_sheet *f, const struct tg_sheet_field *d, size_t i,
    const json_t *stored)
{
	struct tg_arena *a = f->p->a;
	const char *was = input_name(a, d, i, "was"), *kept = "";
	json_t *cells = json_array();
	char *text;

	for (const struct tg_sheet_field *c = d->columns; c->name != NULL;
	     c++) {
		const char *name = input_name(a, d, i, c->name);
		const char *value = cell_text(f, c, name, stored);
		if (c == d->columns && !tg_sheet_typed(f->p) &&
		    json_is_string(stored))
			value = json_string_value(stored);
		(void)json_array_append_new(
		    cells, draw_cell(f, c, name, value));
	}
	if (tg_sheet_typed(f->p)) {
		kept = tg_page_field(f->p, was);
	} else if (stored != NULL) {
		text = json_dumps(stored, JSON_COMPACT | JSON_ENCODE_ANY);
		kept = text != NULL ? tg_arena_cstr(a, tg_str(text)) : "";
		free(text);
	}
	if (kept != NULL && *kept != '\0')
		(void)json_object_set_new(json_array_get(cells, 0), "hidden",
		    json_pack("{s:s, s:s}", "name", was, "value", kept));
	return json_pack("{s:o}", "cells", cells);
}

json_t *
tg_sheet_rows_draw(struct tg_sheet *f, const struct tg_sheet_field *d,
    const json_t *stored)
{
	json_t *heads = json_array(), *lines = json_array();
	const char *first = d->columns[0].name;
	size_t n = json_array_size(stored) + EMPTY;

	if (tg_sheet_typed(f->p))
		for (n = 0; n < MOST &&
		     tg_sheet_sent(f->p, input_name(f->p->a, d, n, first));)
			n++;
	for (const struct tg_sheet_field *c = d->columns; c->name != NULL; c++)
		(void)json_array_append_new(
		    heads, json_pack("{s:s}", "head", c->title));
	for (size_t i = 0; i < n && i < MOST; i++)
		(void)json_array_append_new(lines,
		    draw_line(f, d, i, json_array_get(stored, i)));
	return json_pack("{s:o, s:o}", "heads", heads, "lines", lines);
}

/* --- reading --- */

static json_t *
read_line(struct tg_page *p, const struct tg_sheet_field *d, size_t i,
    const char *first)
{
	const char *was = tg_page_field(p, input_name(p->a, d, i, "was"));
	json_t *line =
	    was != NULL ? json_loads(was, JSON_DECODE_ANY, NULL) : NULL, *v;

	/* As it was written, as long as nobody touched it. */
	if (json_is_string(line) &&
	    strcmp(json_string_value(line), first) == 0)
		return line;
	if (!json_is_object(line)) {
		json_decref(line);
		line = json_object();
	}
	for (const struct tg_sheet_field *c = d->columns; c->name != NULL;
	     c++) {
		const char *text =
		    tg_page_field(p, input_name(p->a, d, i, c->name));
		v = tg_sheet_value(c, text != NULL ? text : "");
		if (json_is_null(v))
			(void)json_object_del(line, c->name);
		else
			(void)json_object_set(line, c->name, v);
		json_decref(v);
	}
	return line;
}

json_t *
tg_sheet_rows_read(struct tg_page *p, const struct tg_sheet_field *d)
{
	json_t *list = json_array();
	const char *name, *first;

	for (size_t i = 0; i < MOST; i++) {
		name = input_name(p->a, d, i, d->columns[0].name);
		if (!tg_sheet_sent(p, name))
			break;
		first = tg_page_field(p, name);
		if (first != NULL)
			(void)json_array_append_new(
			    list, read_line(p, d, i, first));
	}
	return list;
}
