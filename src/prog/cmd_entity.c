/*
 * The five verbs of every entity, by the routes of the management API.
 */
#include "config.h"

#include "prog/cmd_entity.h"

#include <ctype.h>

#include "base/clock.h"
#include "base/escape.h"
#include "base/jtree.h"

#define MAX_PAIRS 64
#define BUDGET_TABLE "litellm_budget_table"

static const char *path(struct tg_cmd *c, const char *verb);
static int said(struct tg_cmd *c, json_t *answer, const char *what);
static int change(struct tg_cmd *c, const char *verb, const char *what);
static json_t *found(struct tg_cmd *c, json_t *answer);
static void flatten(json_t *row);
static enum tg_cell cell_of(const json_t *value);
static int get_all(struct tg_cmd *c, json_t *rows);
static int get_page(struct tg_cmd *c, const char *from, json_t *rows);

int
tg_cmd_entity_create(struct tg_cmd *c)
{
	return change(c, "new", "is there");
}

int
tg_cmd_entity_update(struct tg_cmd *c)
{
	return change(c, "update", "is changed");
}

int
tg_cmd_entity_remove(struct tg_cmd *c)
{
	const struct tg_noun *noun = c->command->noun;
	json_t *answer, *body = json_object();

	json_object_set_new(body, noun->removes,
	    noun->removes_list ? json_pack("[s]", c->args[0]) :
				 json_string(c->args[0]));
	if (tg_cmd_call(c, "POST", path(c, "delete"), body, &answer) == -1)
		return TG_EXIT_FAILED;
	return said(c, answer, "is removed");
}

int
tg_cmd_entity_list(struct tg_cmd *c)
{
	json_t *rows = json_array(), *row;
	size_t i;

	if (get_all(c, rows) == -1) {
		json_decref(rows);
		return TG_EXIT_FAILED;
	}
	json_array_foreach(rows, i, row)
		flatten(row);
	return tg_cmd_rows(c, rows, c->command->noun->columns);
}

/* Whatever of the row has a value. */
int
tg_cmd_entity_show(struct tg_cmd *c)
{
	const struct tg_noun *noun = c->command->noun;
	const char *info = noun->info;
	struct tg_column columns[MAX_PAIRS + 1] = { 0 };
	json_t *answer, *row, *value;
	const char *name;
	struct tg_buf url;
	int rc, n = 0;

	tg_buf_init(&url, 4096);
	tg_buf_addc(&url, info != NULL ? info : noun->info_of);
	if (info != NULL)
		tg_url_encode(&url, tg_str(c->args[0]));
	rc = tg_cmd_call(c, info != NULL ? "GET" : "POST",
	    tg_arena_cstr(c->arena, tg_buf_str(&url)),
	    info != NULL ? NULL :
			   json_pack("{s:[s]}", noun->asks, c->args[0]),
	    &answer);
	tg_buf_free(&url);
	if (rc == -1)
		return TG_EXIT_FAILED;
	row = found(c, answer);
	if (row == NULL)
		return tg_cmd_fail(c, "no %s %s", noun->what, c->args[0]);
	json_object_foreach(row, name, value)
		if (n < MAX_PAIRS && !json_is_null(value) &&
		    (json_is_array(value) || json_is_object(value) ?
			    json_array_size(value) > 0 :
			    true))
			columns[n++] = (struct tg_column){ name, name,
				cell_of(value), 0 };
	return tg_cmd_pairs(c, row, columns);
}

static const char *
path(struct tg_cmd *c, const char *verb)
{
	return tg_arena_printf(c->arena, "%s/%s", c->command->noun->base,
	    verb);
}

static int
change(struct tg_cmd *c, const char *verb, const char *what)
{
	const struct tg_noun *noun = c->command->noun;
	json_t *body = json_object(), *answer;
	int rc;

	tg_jtree_set_text(body, noun->id, c->args[0]);
	if (noun->made_off != NULL && strcmp(verb, "new") == 0)
		json_object_set_new(body, noun->made_off, json_false());
	rc = tg_cmd_members(c, body);
	if (rc != TG_EXIT_GOOD) {
		json_decref(body);
		return rc;
	}
	if (tg_cmd_call(c, "POST", path(c, verb), body, &answer) == -1)
		return TG_EXIT_FAILED;
	return said(c, answer, what);
}

static int
said(struct tg_cmd *c, json_t *answer, const char *what)
{
	return tg_cmd_said(c, answer, "%s %s %s", c->command->noun->what,
	    c->args[0], what);
}

/* Takes the answer; the caller's row, or NULL. */
static json_t *
found(struct tg_cmd *c, json_t *answer)
{
	const struct tg_noun *noun = c->command->noun;
	json_t *row = answer;

	if (noun->row != NULL)
		row = json_object_get(answer, noun->row);
	else if (noun->row_by_id)
		row = json_object_get(answer, c->args[0]);
	else if (json_is_array(answer))
		row = json_array_get(answer, 0);
	row = json_is_object(row) ? json_incref(row) : NULL;
	json_decref(answer);
	if (row != NULL)
		flatten(row);
	return row;
}

/* A customer's or tag's limits stand in a table of their own. */
static void
flatten(json_t *row)
{
	json_t *table = json_object_get(row, BUDGET_TABLE), *value;
	const char *name;

	json_object_foreach(table, name, value) {
		json_t *old = json_object_get(row, name);

		if (old == NULL || json_is_null(old))
			json_object_set(row, name, value);
	}
	json_object_del(row, BUDGET_TABLE);
}

static enum tg_cell
cell_of(const json_t *value)
{
	int64_t us;

	if (json_is_array(value) && json_is_string(json_array_get(value, 0)))
		return TG_CELL_LIST;
	if (json_is_string(value) &&
	    isdigit((unsigned char)*json_string_value(value)) &&
	    tg_iso_parse(tg_str(json_string_value(value)), &us) == 0)
		return TG_CELL_TIME;
	return TG_CELL_TEXT;
}

static int
get_all(struct tg_cmd *c, json_t *rows)
{
	const struct tg_noun *noun = c->command->noun;
	int page, left = 1;

	if (!noun->pages)
		return get_page(c, noun->list, rows) == -1 ? -1 : 0;
	for (page = 1; left > 0; page++) {
		left = get_page(c, tg_arena_printf(c->arena, "%s&page=%d",
		    noun->list, page), rows) - page;
		if (left < -page)
			return -1;
	}
	return 0;
}

/* How many pages there are, or -1. */
static int
get_page(struct tg_cmd *c, const char *from, json_t *rows)
{
	const char *member = c->command->noun->rows;
	json_t *answer, *list;
	int pages;

	if (tg_cmd_call(c, "GET", from, NULL, &answer) == -1)
		return -1;
	list = member != NULL ? json_object_get(answer, member) : answer;
	json_array_extend(rows, list);
	pages = (int)json_integer_value(json_object_get(answer,
	    "total_pages"));
	json_decref(answer);
	return pages;
}
