#include "config.h"

#include "store/call_scan.h"

/* Which rows of the books are wanted; see the header. */
#include <strings.h>

#include "base/json.h"
#include "store/booking.h"

void
tg_call_want_init(struct tg_call_want *w)
{
	*w = (struct tg_call_want){
		.min_nano = TG_COST_UNKNOWN,
		.max_nano = TG_COST_UNKNOWN,
		.min_tokens = -1,
		.max_tokens = -1,
		.min_us = -1,
		.max_us = -1,
	};
}

static bool
is(int64_t wanted, int64_t n)
{
	return wanted == 0 || wanted == n;
}

static bool
same(const char *wanted, const char *text)
{
	return wanted == NULL || (text != NULL && strcmp(wanted, text) == 0);
}

static bool
part(const char *wanted, const char *text)
{
	return wanted == NULL || tg_str_ifind(tg_str(text), wanted) >= 0;
}

static bool
tagged(int64_t wanted, const char *tag_ids)
{
	struct tg_ids tags = tg_ids_begin(tag_ids);
	int64_t tag;

	if (wanted == 0)
		return true;
	while (tg_ids_next(&tags, &tag))
		if (tag == wanted)
			return true;
	return false;
}

/* Is it among the names of a JSON array? */
static bool
named(const char *wanted, const char *tags)
{
	struct tg_json_it it = tg_json_begin(tg_str(tags));
	struct tg_str value;

	if (wanted == NULL)
		return true;
	while (tags != NULL && tg_json_item(&it, &value))
		if (tg_json_text_is(value, wanted))
			return true;
	return false;
}

/* none: not known, and of the bounds: open. */
static bool
within(int64_t n, int64_t min, int64_t max, int64_t none)
{
	if (min == none && max == none)
		return true;
	return n != none && (min == none || n >= min) &&
	    (max == none || n <= max);
}

static bool
status_is(int wanted, int status)
{
	return wanted == 0 || wanted == status ||
	    (wanted < 10 && wanted == status / 100);
}

static bool
who_is(const struct tg_call_want *w, const struct tg_call_row *c)
{
	return is(w->key_id, c->key_id) && is(w->person, c->person) &&
	    is(w->team, c->team) && is(w->customer, c->customer) &&
	    is(w->organization, c->organization) &&
	    is(w->project, c->project) && tagged(w->tag, c->tag_ids) &&
	    same(w->user, c->user) && named(w->tag_name, c->tags);
}

bool
tg_call_wanted(const struct tg_call_want *w, const struct tg_call_row *c)
{
	return who_is(w, c) && same(w->model, c->model) &&
	    same(w->provider, c->provider) &&
	    same(w->deployment, c->deployment) && same(w->route, c->route) &&
	    same(w->session, c->session) && part(w->agent, c->agent) &&
	    part(w->error, c->error) &&
	    (w->states == 0 || (w->states >> c->state & 1) != 0) &&
	    status_is(w->status, c->status) &&
	    within(c->cost_nano, w->min_nano, w->max_nano, TG_COST_UNKNOWN) &&
	    within(tg_call_tokens(c), w->min_tokens, w->max_tokens, -1) &&
	    within(c->end_us, w->min_us, w->max_us, -1) &&
	    c->start_at >= w->from_at &&
	    (w->to_at == 0 || c->start_at < w->to_at);
}

int
tg_call_passes(struct tg_db *db, const struct tg_call_want *w, int64_t seq,
    struct tg_err *e)
{
	struct tg_arena *a = tg_arena_new(1024 * 1024);
	struct tg_call_row c;
	int rc = tg_call_get(db, a, seq, &c, e);

	if (rc == 1)
		rc = tg_call_wanted(w, &c);
	tg_arena_free(a);
	return rc;
}

int
tg_call_by_seq(struct tg_db *db, struct tg_arena *a, int64_t seq,
    struct tg_call_row *c, struct tg_err *e)
{
	return tg_call_get(db, a, seq, c, e);
}

int64_t
tg_call_tokens(const struct tg_call_row *c)
{
	int64_t all = -1;

	for (int i = 0; i < TG_TOK__MAX; i++)
		if (c->tokens[i] >= 0)
			all = (all < 0 ? 0 : all) + c->tokens[i];
	return all;
}

int64_t
tg_scan_value(enum tg_scan_sort sort, const struct tg_call_row *c)
{
	switch (sort) {
	case TG_SCAN_COST:
		return c->cost_nano != TG_COST_UNKNOWN ? c->cost_nano : -1;
	case TG_SCAN_TOKENS:
		return tg_call_tokens(c);
	case TG_SCAN_DURATION:
		return c->end_us;
	default:
		return 0;
	}
}
