/*
 * What a page was asked for: parameters, the part of a list, its order.
 */
#include "config.h"

#include "web/page/page.h"

#include <stdio.h>

#include "base/escape.h"
#include "base/limits.h"

#define MAX_HREF (4 * TG_MAX_URL)
#define SHORT_LIST 9
#define MAX_PAGE_NUMBER 1000000

const char *
tg_page_query(struct tg_page *p, const char *name)
{
	struct tg_str value;

	if (!tg_query_get(p->a, p->w->rq->query, name, &value) ||
	    value.n == 0)
		return NULL;
	return tg_arena_cstr(p->a, value);
}

int64_t
tg_page_query_int(struct tg_page *p, const char *name, int64_t unset)
{
	const char *text = tg_page_query(p, name);
	int64_t n;

	return text != NULL && tg_str_i64(tg_str(text), &n) ? n : unset;
}

const char *
tg_page_field(struct tg_page *p, const char *name)
{
	const json_t *v = json_object_get(p->form, name);
	const char *text = json_string_value(
	    json_is_array(v) ? json_array_get(v, 0) : v);

	return text != NULL && text[0] != '\0' ? text : NULL;
}

const json_t *
tg_page_fields(struct tg_page *p, const char *name)
{
	json_t *v = json_object_get(p->form, name), *list;

	if (json_is_array(v))
		return v;
	list = json_array();
	if (json_is_string(v) && json_string_length(v) > 0)
		(void)json_array_append(list, v);
	(void)json_array_append_new(p->kept, list);
	return list;
}

static void
parameter(struct tg_buf *b, struct tg_str name, struct tg_str value)
{
	(void)tg_buf_byte(b, b->n == 0 ? '?' : '&');
	(void)tg_url_encode(b, name);
	(void)tg_buf_byte(b, '=');
	(void)tg_url_encode(b, value);
}

/* As a form sends it: '+' is a blank. */
static struct tg_str
decoded(struct tg_arena *a, struct tg_str s)
{
	char *text = tg_arena_cstr(a, s);

	for (size_t i = 0; i < s.n; i++)
		if (text[i] == '+')
			text[i] = ' ';
	return tg_url_decode(a, (struct tg_str){ text, s.n });
}

const char *
tg_page_href(struct tg_page *p, const char *name, const char *value)
{
	struct tg_str rest = p->w->rq->query, pair, key;
	struct tg_buf b;
	const char *href;

	tg_buf_init(&b, MAX_HREF);
	while (tg_str_cut(&rest, '&', &pair)) {
		if (!tg_str_cut(&pair, '=', &key))
			continue;
		key = decoded(p->a, key);
		/* Another filter begins at the first part of a list again. */
		if (pair.n == 0 || tg_str_is(key, name) ||
		    tg_str_is(key, "page") || tg_str_is(key, "done"))
			continue;
		parameter(&b, key, decoded(p->a, pair));
	}
	if (value != NULL)
		parameter(&b, tg_str(name), tg_str(value));
	href = b.failed || b.n == 0 ?
	    "?" :
	    tg_arena_cstr(p->a, tg_buf_str(&b));
	tg_buf_free(&b);
	return href;
}

/* --- lists --- */

static int64_t
page_number(struct tg_page *p)
{
	int64_t n = tg_page_query_int(p, "page", 1);

	return n < 1 ? 1 : n > MAX_PAGE_NUMBER ? MAX_PAGE_NUMBER :
						 n;
}

int64_t
tg_page_after(struct tg_page *p, int64_t per_page)
{
	return (page_number(p) - 1) * per_page;
}

static void
set_step(struct tg_page *p, json_t *pager, const char *name, int64_t to)
{
	char number[24];

	(void)snprintf(number, sizeof(number), "%lld", (long long)to);
	tg_jtree_set_text(pager, name,
	    tg_page_href(p, "page", to > 1 ? number : NULL));
}

void
tg_page_pager(struct tg_page *p, int64_t per_page, int64_t n, int64_t total,
    bool more)
{
	int64_t at = page_number(p), first = (at - 1) * per_page;
	json_t *pager = json_object();

	if (total >= 0)
		more = first + n < total;
	if (n > 0) {
		(void)json_object_set_new(
		    pager, "from", json_integer(first + 1));
		(void)json_object_set_new(
		    pager, "to", json_integer(first + n));
	}
	if (total >= 0)
		(void)json_object_set_new(
		    pager, "total", json_integer(total));
	if (at > 1)
		set_step(p, pager, "prev", at - 1);
	if (more)
		set_step(p, pager, "next", at + 1);
	/* A list that is seen as a whole tells its length by itself. */
	if (at > 1 || more || n > SHORT_LIST)
		tg_page_set(p, "pager", pager);
	else
		json_decref(pager);
}

/* Without the '-' of those that begin with the largest. */
static const char *
plain(const char *name)
{
	return name[0] == '-' ? name + 1 : name;
}

static const char *
known(const char *const *names, const char *wanted)
{
	for (; wanted != NULL && *names != NULL; names++)
		if (strcmp(plain(*names), plain(wanted)) == 0)
			return plain(*names);
	return NULL;
}

const char *
tg_page_sort(struct tg_page *p, const char *const *names, const char *unset,
    bool *ascending)
{
	const char *asked = tg_page_query(p, "sort");
	const char *name = known(names, asked);
	json_t *sort = json_object();

	if (name == NULL) {
		asked = unset;
		name = plain(unset);
	}
	*ascending = asked[0] != '-';
	for (; *names != NULL; names++) {
		bool is = strcmp(plain(*names), name) == 0;
		bool down = is ? *ascending : *names[0] == '-';
		json_t *one = json_object();

		tg_jtree_set_text(one, "href",
		    tg_page_href(p, "sort",
			tg_arena_printf(p->a, "%s%s", down ? "-" : "",
			    plain(*names))));
		(void)json_object_set_new(
		    one, "up", json_boolean(is && *ascending));
		(void)json_object_set_new(
		    one, "down", json_boolean(is && !*ascending));
		(void)json_object_set_new(sort, plain(*names), one);
	}
	tg_page_set(p, "sort", sort);
	return name;
}
