/* Between the parameters of a chat request and the fields of a form. */
#include "config.h"

#include "web/admin/ask.h"

#include <math.h>
#include <stdlib.h>

enum kind { NUMBER, WHOLE, TEXT, LINES, FORMAT, TREE };

static const struct field {
	const char *name, *member;
	enum kind kind;
} fields[] = {
	{ "temperature", "temperature", NUMBER },
	{ "top_p", "top_p", NUMBER },
	{ "max_tokens", "max_completion_tokens", WHOLE },
	{ "seed", "seed", WHOLE },
	{ "reasoning_effort", "reasoning_effort", TEXT },
	{ "stop", "stop", LINES },
	{ "format", "response_format", FORMAT },
	{ "tools", "tools", TREE },
};
#define N_FIELDS (sizeof(fields) / sizeof(fields[0]))

/* The older name, which some upstreams know alone; see view.h. */
static const char old_max[] = "max_tokens";

/* --- from a request --- */

static json_t *
text_of_lines(const json_t *v)
{
	json_t *text = json_string(""), *longer, *one;
	size_t i;

	if (json_is_string(v)) {
		json_decref(text);
		return json_string(json_string_value(v));
	}
	json_array_foreach(v, i, one) {
		longer = json_sprintf("%s%s%s", json_string_value(text),
		    i > 0 ? "\n" : "",
		    json_is_string(one) ? json_string_value(one) : "");
		json_decref(text);
		text = longer;
	}
	return text;
}

static json_t *
printed(char *text)
{
	json_t *j = text != NULL ? json_string(text) : NULL;

	free(text);
	return j;
}

/* NULL: it cannot be shown in its field and stays where it is. */
static json_t *
text_of(const struct field *f, const json_t *v)
{
	const char *type;

	switch (f->kind) {
	case NUMBER:
	case WHOLE:
		return json_is_number(v) ? printed(tg_jtree_print(v)) : NULL;
	case TEXT:
		return json_is_string(v) ?
		    json_string(json_string_value(v)) : NULL;
	case LINES:
		return json_is_string(v) || json_is_array(v) ?
		    text_of_lines(v) : NULL;
	case FORMAT:
		type = json_string_value(json_object_get(v, "type"));
		return type != NULL && strcmp(type, "json_object") == 0 ?
		    json_string("json") : NULL;
	default:
		return json_is_array(v) ? printed(tg_jtree_pretty(v)) : NULL;
	}
}

json_t *
tg_ask_take(json_t *request)
{
	json_t *out = json_pack("{s:b}", "any", 1), *text;

	for (size_t i = 0; i < N_FIELDS; i++) {
		const char *member = fields[i].member;

		if (fields[i].kind == WHOLE &&
		    strcmp(fields[i].name, old_max) == 0 &&
		    json_object_get(request, member) == NULL)
			member = old_max;
		text = text_of(&fields[i], json_object_get(request, member));
		if (text == NULL)
			continue;
		(void)json_object_set_new(out, fields[i].name, text);
		(void)json_object_del(request, member);
		if (strcmp(member, old_max) == 0)
			(void)json_object_set_new(
			    out, "max_name", json_string(old_max));
	}
	return out;
}

json_t *
tg_ask_sent(struct tg_page *p)
{
	json_t *out = json_pack("{s:b}", "any", 1);

	for (size_t i = 0; i < N_FIELDS; i++)
		tg_jtree_set_text(out, fields[i].name,
		    tg_page_field(p, fields[i].name));
	tg_jtree_set_text(out, "max_name", tg_page_field(p, "max_name"));
	return out;
}

/* --- into a request --- */

json_t *
tg_ask_json(struct tg_page *p, const char *field, const char *text)
{
	struct tg_err why = { 0 };
	json_t *j = tg_jtree_parse(tg_str(text), &why);

	if (j == NULL)
		(void)tg_fail_param(&p->w->rq->err, TG_E_INVALID, field,
		    "What stands in '%s' is not JSON: %s", field, why.msg);
	return j;
}

static json_t *
bad(struct tg_page *p, const struct field *f, const char *what)
{
	(void)tg_fail_param(&p->w->rq->err, TG_E_INVALID, f->name,
	    "'%s' must be %s.", f->name, what);
	return NULL;
}

static json_t *
number(struct tg_page *p, const struct field *f, const char *text)
{
	double v;
	int64_t n;
	char *end;

	if (tg_str_i64(tg_str(text), &n))
		return json_integer(n);
	if (f->kind == WHOLE)
		return bad(p, f, "a whole number");
	v = strtod(text, &end);
	return *end == '\0' && isfinite(v) ? json_real(v) :
					     bad(p, f, "a number");
}

static json_t *
lines(const char *text)
{
	struct tg_str rest = tg_str(text), line;
	json_t *list = json_array();

	while (tg_str_cut(&rest, '\n', &line)) {
		if (line.n > 0 && line.p[line.n - 1] == '\r')
			line.n--;
		if (line.n > 0)
			(void)json_array_append_new(
			    list, json_stringn(line.p, line.n));
	}
	return list;
}

static json_t *
tree(struct tg_page *p, const struct field *f, const char *text)
{
	json_t *j = tg_ask_json(p, f->name, text);

	if (j == NULL || json_is_array(j))
		return j;
	json_decref(j);
	return bad(p, f, "a JSON array");
}

static json_t *
value_of(struct tg_page *p, const struct field *f, const char *text)
{
	switch (f->kind) {
	case NUMBER:
	case WHOLE:
		return number(p, f, text);
	case TEXT:
		return json_string(text);
	case LINES:
		return lines(text);
	case FORMAT:
		return strcmp(text, "json") == 0 ?
		    json_pack("{s:s}", "type", "json_object") :
		    bad(p, f, "empty or json");
	default:
		return tree(p, f, text);
	}
}

int
tg_ask_put(struct tg_page *p, json_t *request)
{
	bool old = tg_page_field(p, "max_name") != NULL;

	for (size_t i = 0; i < N_FIELDS; i++) {
		const char *text = tg_page_field(p, fields[i].name);
		const char *member = fields[i].member;
		json_t *v;

		if (text == NULL)
			continue;
		v = value_of(p, &fields[i], text);
		if (v == NULL)
			return -1;
		if (old && strcmp(fields[i].name, old_max) == 0)
			member = old_max;
		(void)json_object_set_new(request, member, v);
	}
	return 0;
}
