/*
 * Differences of system prompts and of tool sets.
 */
#include "config.h"

#include "web/admin/programs.h"

#include <stdlib.h>

#include "web/admin/call.h"
#include "web/page/textdiff.h"

#define AROUND 3		/* lines of context */
#define TOOL_ROOM 4000		/* of one that came or went */
#define LINE_BYTES 40		/* that a line's tags take */

static size_t
html_bytes(const json_t *line)
{
	const json_t *text = json_object_get(line, "text"), *part;
	size_t n = LINE_BYTES, i;

	n += tg_call_html_bytes((struct tg_str){ json_string_value(text),
	    json_string_length(text) });
	json_array_foreach(json_object_get(line, "parts"), i, part) {
		text = json_object_get(part, "text");
		n += LINE_BYTES / 2 + tg_call_html_bytes((struct tg_str){
		    json_string_value(text), json_string_length(text) });
	}
	return n;
}

/* So many lines as there is room for; true: all. */
static bool
fit(json_t *diff, size_t *room)
{
	size_t i, n;

	for (i = 0; i < json_array_size(diff); i++) {
		n = html_bytes(json_array_get(diff, i));
		if (n > *room)
			break;
		*room -= n;
	}
	if (i == json_array_size(diff))
		return true;
	while (json_array_size(diff) > i)
		(void)json_array_remove(diff, json_array_size(diff) - 1);
	return false;
}

static json_t *
compare(const char *before, const char *after, size_t *room)
{
	json_t *diff = tg_textdiff(tg_str(before), tg_str(after), AROUND);
	int64_t added, gone;
	bool whole;

	tg_textdiff_count(diff, &added, &gone);
	whole = fit(diff, room);
	return json_pack("{s:o, s:I, s:I, s:b}", "diff", diff, "added",
	    (json_int_t)added, "gone", (json_int_t)gone, "cut", !whole);
}

json_t *
tg_programs_texts(const char *before, const char *after, size_t room)
{
	return compare(before, after, &room);
}

/* --- tools --- */

static json_t *
by_name(const json_t *tools)
{
	json_t *map = json_object(), *tool;
	size_t i;

	json_array_foreach(tools, i, tool) {
		const char *name =
		    json_string_value(json_object_get(tool, "name"));

		if (name != NULL)
			(void)json_object_set(map, name, tool);
	}
	return map;
}

/* What it says and takes, for reading; malloc'ed. */
static char *
text_of(const json_t *tool)
{
	const char *said =
	    json_string_value(json_object_get(tool, "description"));
	const json_t *takes = json_object_get(tool, "parameters");
	char *pretty = takes != NULL ? tg_call_pretty(takes) : NULL, *text;

	if (asprintf(&text, "%s%s%s", said != NULL ? said : "",
		said != NULL && pretty != NULL ? "\n\n" : "",
		pretty != NULL ? pretty : "") == -1)
		text = NULL;
	free(pretty);
	return text;
}

static void
add_one(json_t *list, const char *name, const json_t *tool, size_t *room)
{
	char *text = text_of(tool);
	struct tg_str s = tg_str(text != NULL ? text : "");
	size_t n = tg_call_cut(s, *room < TOOL_ROOM ? *room : TOOL_ROOM);
	size_t used = tg_call_html_bytes((struct tg_str){ s.p, n });
	json_t *o = json_object();

	tg_jtree_set_text(o, "name", name);
	(void)json_object_set_new(o, "text", json_stringn(s.p, n));
	(void)json_object_set_new(o, "cut", json_boolean(n < s.n));
	(void)json_array_append_new(list, o);
	*room -= used < *room ? used : *room;
	free(text);
}

static void
add_change(json_t *list, const char *name, const json_t *pair[2],
    size_t *room)
{
	char *texts[2] = { text_of(pair[0]), text_of(pair[1]) };
	json_t *o;

	if (texts[0] != NULL && texts[1] != NULL) {
		o = compare(texts[0], texts[1], room);
		tg_jtree_set_text(o, "name", name);
		(void)json_array_append_new(list, o);
	}
	free(texts[0]);
	free(texts[1]);
}

json_t *
tg_programs_tools(const json_t *before, const json_t *after, size_t room)
{
	json_t *old = by_name(before), *new = by_name(after), *tool;
	json_t *added = json_array(), *removed = json_array();
	json_t *changed = json_array();
	int64_t same = 0;
	const char *name;

	json_object_foreach(new, name, tool) {
		const json_t *pair[2] = { json_object_get(old, name), tool };

		if (pair[0] == NULL)
			add_one(added, name, tool, &room);
		else if (!json_equal((json_t *)pair[0], tool))
			add_change(changed, name, pair, &room);
		else
			same++;
	}
	json_object_foreach(old, name, tool)
		if (json_object_get(new, name) == NULL)
			add_one(removed, name, tool, &room);
	json_decref(old);
	json_decref(new);
	return json_pack("{s:o, s:o, s:o, s:I, s:b}", "added", added,
	    "removed", removed, "changed", changed, "same", (json_int_t)same,
	    "cut", room == 0);
}
