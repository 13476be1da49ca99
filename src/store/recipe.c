#include "config.h"

#include "store/recipe.h"

/* Cutting bodies, and writing and reading recipes; no database here. */
#include <stdlib.h>

#include "base/json.h"
#include "base/limits.h"
#include "base/pack.h"

#define CUT_BODY_BYTES 512	/* a smaller body is one piece of text */
#define PIECE_BYTES 64		/* smaller ones cost more than they save, */
#define FEW_PIECES 4		/* and in a short conversation */
#define FEW_PIECE_BYTES 512	/* so do these. */
#define TEXT_BYTES 512		/* shorter text between pieces stays as it is */
#define PIECES_MAX 16384
#define BODY_MAX (1LL << 30)

struct cutter {
	const char *body;
	struct tg_span *spans;
	size_t n, room;
	bool failed;
};

static void cut_items(struct cutter *c, struct tg_str array);
static void cut_members(struct cutter *c, struct tg_str object);
static void cut_value(struct cutter *c, struct tg_str value);
static void drop_small(struct cutter *c);
static int put_number(struct tg_buf *b, uint64_t value);
static int take_number(struct tg_str *s, uint64_t *value);

/* --- cutting --- */

int
tg_recipe_cut(struct tg_str body, struct tg_span **spans, size_t *n)
{
	struct cutter c = { .body = body.p };
	size_t at;

	*spans = NULL;
	*n = 0;
	if (body.n < CUT_BODY_BYTES ||
	    tg_json_check(body, TG_MAX_JSON_DEPTH, &at) != TG_JSON_GOOD ||
	    tg_json_type(body) != TG_JSON_OBJECT)
		return 0;
	cut_members(&c, body);
	if (c.failed) {
		free(c.spans);
		return -1;
	}
	if (c.n <= FEW_PIECES)
		drop_small(&c);
	*spans = c.spans;
	*n = c.n;
	return 0;
}

static void
cut_members(struct cutter *c, struct tg_str object)
{
	struct tg_json_it it = tg_json_begin(object);
	struct tg_str name, value;

	while (tg_json_member(&it, &name, &value))
		if (tg_json_name_is(name, "messages") ||
		    tg_json_name_is(name, "input") ||
		    tg_json_name_is(name, "prompt"))
			cut_items(c, value);
		else if (tg_json_name_is(name, "tools"))
			cut_value(c, value);
}

static void
cut_items(struct cutter *c, struct tg_str array)
{
	struct tg_json_it it;
	struct tg_str value;

	if (tg_json_type(array) != TG_JSON_ARRAY)
		return;
	it = tg_json_begin(array);
	while (tg_json_item(&it, &value))
		cut_value(c, value);
}

static void
cut_value(struct cutter *c, struct tg_str value)
{
	if (value.n < PIECE_BYTES || c->n == PIECES_MAX || c->failed)
		return;
	if (c->n == c->room) {
		size_t room = c->room == 0 ? 32 : c->room * 2;
		struct tg_span *more =
		    reallocarray(c->spans, room, sizeof(*more));

		if (more == NULL) {
			c->failed = true;
			return;
		}
		c->spans = more;
		c->room = room;
	}
	c->spans[c->n++] =
	    (struct tg_span){ (size_t)(value.p - c->body), value.n };
}

static void
drop_small(struct cutter *c)
{
	size_t kept = 0;

	for (size_t i = 0; i < c->n; i++)
		if (c->spans[i].n >= FEW_PIECE_BYTES)
			c->spans[kept++] = c->spans[i];
	c->n = kept;
}

/* --- writing --- */

int
tg_recipe_tail(struct tg_buf *tail, struct tg_str body,
    const struct tg_span *spans, size_t n)
{
	struct tg_buf text;
	size_t at = 0;
	int rc;

	tg_buf_init(&text, body.n + 1);
	for (size_t i = 0; i < n; i++) {
		tg_buf_add(&text, body.p + at, spans[i].at - at);
		at = spans[i].at + spans[i].n;
	}
	/* Without pieces the body itself is the text: no copy. */
	if (n > 0)
		tg_buf_add(&text, body.p + at, body.n - at);
	if (n > 0)
		body = tg_buf_str(&text);
	tg_buf_byte(tail, 1);
	put_number(tail, body.n);
	rc = n > 0 && body.n < TEXT_BYTES ? 0 : tg_pack(tail, body);
	if (rc == 0) {
		tg_buf_reset(tail);
		tg_buf_byte(tail, 0);
		put_number(tail, body.n);
		tg_buf_adds(tail, body);
	}
	if (text.failed || tail->failed)
		rc = -1;
	tg_buf_free(&text);
	return rc == -1 ? -1 : 0;
}

int
tg_recipe_write(struct tg_buf *out, const struct tg_recipe_parts *parts)
{
	size_t at = 0;
	int64_t before = 0;

	put_number(out, parts->bytes);
	put_number(out, parts->n);
	for (size_t i = 0; i < parts->n; i++) {
		int64_t step = parts->pieces[i] - before;

		put_number(out, parts->spans[i].at - at);
		put_number(out,
		    ((uint64_t)step << 1) ^ (uint64_t)(step < 0 ? -1 : 0));
		at = parts->spans[i].at + parts->spans[i].n;
		before = parts->pieces[i];
	}
	return tg_buf_adds(out, parts->tail);
}

static int
put_number(struct tg_buf *b, uint64_t value)
{
	char bytes[10];
	size_t n = 0;

	do {
		bytes[n] = (char)(value & 0x7f);
		value >>= 7;
		if (value != 0)
			bytes[n] |= (char)0x80;
		n++;
	} while (value != 0);
	return tg_buf_add(b, bytes, n);
}

/* --- reading --- */

int
tg_recipe_open(struct tg_arena *a, struct tg_str recipe, struct tg_recipe *r)
{
	uint64_t bytes, n, text_bytes, number;
	struct tg_str rest = recipe;
	char form, *text;

	if (take_number(&rest, &bytes) == -1 || bytes > BODY_MAX ||
	    take_number(&rest, &n) == -1 || n > PIECES_MAX)
		return -1;
	*r = (struct tg_recipe){ .bytes = bytes, .n = n, .ops = rest };
	for (uint64_t i = 0; i < 2 * n; i++)
		if (take_number(&rest, &number) == -1)
			return -1;
	r->ops.n -= rest.n;
	if (rest.n == 0)
		return -1;
	form = *rest.p++;
	rest.n--;
	if (take_number(&rest, &text_bytes) == -1 || text_bytes > bytes)
		return -1;
	r->text = rest;
	if (form == 0)
		return rest.n == text_bytes ? 0 : -1;
	text = tg_arena_alloc(a, text_bytes + 1);
	r->text = (struct tg_str){ text, text_bytes };
	return form == 1 ? tg_unpack(text, text_bytes, rest) : -1;
}

int
tg_recipe_next(struct tg_recipe *r, struct tg_str *gap, int64_t *piece)
{
	uint64_t bytes, step;

	if (r->n == 0)
		return 0;
	if (take_number(&r->ops, &bytes) == -1 ||
	    take_number(&r->ops, &step) == -1 || bytes > r->text.n)
		return -1;
	r->n--;
	*gap = (struct tg_str){ r->text.p, bytes };
	r->text.p += bytes;
	r->text.n -= bytes;
	/* Wraps when damaged, and then names no row. */
	r->piece = (int64_t)((uint64_t)r->piece +
	    ((step >> 1) ^ (step & 1 ? UINT64_MAX : 0)));
	*piece = r->piece;
	return 1;
}

static int
take_number(struct tg_str *s, uint64_t *value)
{
	*value = 0;
	for (unsigned int shift = 0; shift < 64 && s->n > 0; shift += 7) {
		unsigned char c = (unsigned char)*s->p++;

		s->n--;
		*value |= (uint64_t)(c & 0x7f) << shift;
		if ((c & 0x80) == 0)
			return 0;
	}
	return -1;
}
