/*
 * Forms, from the bytes of a POST to a JSON object.
 */
#include "config.h"

#include "web/page/form.h"

#include "base/escape.h"
#include "net/multipart.h"

#define FIELDS_MOST 10000	/* what comes behind them is not read */

/* Read once: the check of the token is the first to ask. */
static int
read_body(struct tg_web *w)
{
	struct tg_request *rq = w->rq;

	if (rq->body.p != NULL)
		return 0;
	if (tg_multipart_is(rq->content_type))
		return tg_request_body(rq, TG_MAX_FORM_FILES);
	return tg_request_body(rq, TG_MAX_FORM);
}

/* As browsers send it: '+' is a blank. */
static struct tg_str
decoded(struct tg_arena *a, struct tg_str s)
{
	char *text = tg_arena_cstr(a, s);

	for (size_t i = 0; i < s.n; i++)
		if (text[i] == '+')
			text[i] = ' ';
	return tg_url_decode(a, (struct tg_str){ text, s.n });
}

/* Text for JSON: what is no UTF-8 or NUL cannot stand there. */
static void
add(json_t *form, const char *name, struct tg_str value)
{
	json_t *there = json_object_get(form, name), *list;
	json_t *text = json_stringn(value.p != NULL ? value.p : "", value.n);

	if (text == NULL || name[0] == '\0') {
		json_decref(text);
		return;
	}
	if (there == NULL) {
		(void)json_object_set_new(form, name, text);
		return;
	}
	if (!json_is_array(there)) {
		list = json_array();
		(void)json_array_append(list, there);
		(void)json_object_set_new(form, name, list);
		there = list;
	}
	(void)json_array_append_new(there, text);
}

static void
read_pairs(struct tg_arena *a, struct tg_str body, json_t *form)
{
	struct tg_str pair, name;
	int n = 0;

	while (n++ < FIELDS_MOST && tg_str_cut(&body, '&', &pair)) {
		if (!tg_str_cut(&pair, '=', &name))
			continue;
		add(form, tg_arena_cstr(a, decoded(a, name)),
		    decoded(a, pair));
	}
}

static void
read_parts(struct tg_arena *a, const struct tg_request *rq, json_t *form)
{
	struct tg_multipart m;
	struct tg_part part;
	int n = 0;

	if (tg_multipart_begin(
		&m, rq->content_type, tg_buf_str(&rq->body)) != 0)
		return;
	while (n++ < FIELDS_MOST && tg_multipart_next(&m, &part) == 1)
		if (!part.is_file)
			add(form, tg_arena_cstr(a, part.name), part.body);
}

json_t *
tg_form_read(struct tg_web *w)
{
	struct tg_request *rq = w->rq;
	json_t *form;

	if (read_body(w) != 0)
		return NULL;
	form = json_object();
	if (tg_multipart_is(rq->content_type))
		read_parts(rq->arena, rq, form);
	else
		read_pairs(rq->arena, tg_buf_str(&rq->body), form);
	return form;
}

const char *
tg_form_text(struct tg_web *w, const char *name)
{
	json_t *form = tg_form_read(w);
	const json_t *v = json_object_get(form, name);
	const char *text =
	    json_string_value(json_is_array(v) ? json_array_get(v, 0) : v);

	if (text != NULL)
		text = tg_arena_cstr(w->rq->arena, tg_str(text));
	json_decref(form);
	return text;
}
