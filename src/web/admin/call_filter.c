/*
 * From the query to what is wanted of calls, and to what the form shows.
 */
#include "config.h"

#include "web/admin/call_filter.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/decimal.h"
#include "base/escape.h"
#include "base/money.h"
#include "store/keys.h"
#include "store/subjects.h"
#include "web/names.h"

#define MAX_QUERY 16384

struct reading {
	struct tg_manage *m;
	struct tg_page *p;
	struct tg_calls_asked *f;
	const char *name;		/* the parameter that is read */
	const char *shown;		/* what its chip says */
	json_t *form, *chips;
};
typedef int reader(struct reading *r, const char *value);

static reader read_key, read_subject, read_text, read_status, read_cost,
    read_count, read_time, read_words, read_score, read_replay;

/* In the order in which chips stand. */
static const struct param {
	const char *name, *title;
	reader *read;
	size_t at;		/* where it goes in struct tg_call_want */
	enum tg_subject_kind kind;
} params[] = {
#define AT(member) offsetof(struct tg_call_want, member)
	{ "text", N_("Text"), read_words, 0, 0 },
	{ "key", N_("Key"), read_key, AT(key_id), 0 },
	{ "person", N_("Person"), read_subject, AT(person),
	    TG_SUBJECT_PERSON },
	{ "team", N_("Team"), read_subject, AT(team), TG_SUBJECT_TEAM },
	{ "customer", N_("Customer"), read_subject, AT(customer),
	    TG_SUBJECT_CUSTOMER },
	{ "organization", N_("Organization"), read_subject, AT(organization),
	    TG_SUBJECT_ORGANIZATION },
	{ "project", N_("Project"), read_subject, AT(project),
	    TG_SUBJECT_PROJECT },
	{ "tag", N_("Tag"), read_subject, AT(tag), TG_SUBJECT_TAG },
	{ "model", N_("Model"), read_text, AT(model), 0 },
	{ "provider", N_("Provider"), read_text, AT(provider), 0 },
	{ "deployment", N_("Deployment"), read_text, AT(deployment), 0 },
	{ "route", N_("Route"), read_text, AT(route), 0 },
	{ "program", N_("Program"), read_text, AT(agent), 0 },
	{ "session", N_("Session"), read_text, AT(session), 0 },
	{ "error", N_("Error"), read_text, AT(error), 0 },
	{ "status", N_("Status"), read_status, 0, 0 },
	{ "cost_min", N_("Cost from"), read_cost, AT(min_nano), 0 },
	{ "cost_max", N_("Cost to"), read_cost, AT(max_nano), 0 },
	{ "tokens_min", N_("Tokens from"), read_count, AT(min_tokens), 0 },
	{ "tokens_max", N_("Tokens to"), read_count, AT(max_tokens), 0 },
	{ "took_min", N_("Took from"), read_time, AT(min_us), 0 },
	{ "took_max", N_("Took to"), read_time, AT(max_us), 0 },
	{ "score", N_("Score"), read_score, 0, 0 },
	{ "score_label", N_("Score's label"), read_score, 0, 0 },
	{ "score_min", N_("Score from"), read_score, 0, 0 },
	{ "score_max", N_("Score to"), read_score, 0, 0 },
	{ "replay", N_("Made again from a page"), read_replay, 0, 0 },
	/* these three are read together */
	{ "period", N_("Time"), NULL, 0, 0 },
	{ "from", N_("From"), NULL, 0, 0 },
	{ "to", N_("To"), NULL, 0, 0 },
};
#define PARAMS (sizeof(params) / sizeof(params[0]))

static bool own_alone(struct tg_page *p);
static int refuse(struct reading *r, const char *value, const char *should);
static void scope(struct reading *r);
static void show(struct reading *r, const struct param *is,
    const char *value);
static const char *query_without(struct tg_page *p, const char *without);

int
tg_call_filter_read(struct tg_manage *m, struct tg_page *p,
    struct tg_calls_asked *f)
{
	struct reading r = { .m = m, .p = p, .f = f,
		.form = json_object(), .chips = json_array() };
	const char *value;

	*f = (struct tg_calls_asked){ .query = "" };
	tg_call_want_init(&f->want);
	tg_page_set(p, "filter", r.form);
	tg_page_set(p, "chips", r.chips);
	f->viewers_own = own_alone(p);
	if (tg_span_read(p, NULL, &f->span) == -1)
		return -1;
	f->want.from_at = f->span.from_at;
	/* What began since counts as well, where a list is followed. */
	f->want.to_at = f->span.period != NULL ? 0 : f->span.to_at;
	for (size_t i = 0; i < PARAMS; i++) {
		value = tg_page_query(p, params[i].name);
		r.name = params[i].name;
		r.shown = value;
		if (value == NULL)
			continue;
		if (strcmp(params[i].name, "period") == 0)
			r.shown = tg_span_title(p, &f->span);
		if (params[i].read != NULL && params[i].read(&r, value) == -1)
			return -1;
		show(&r, &params[i], value);
	}
	(void)json_object_set_new(
	    r.form, "periods", tg_span_choices(p, &f->span));
	scope(&r);
	f->query = query_without(p, NULL);
	tg_page_set_text(p, "filter_query", f->query);
	return 0;
}

/* --- what the form and its chips show --- */

static const char *
query_without(struct tg_page *p, const char *without)
{
	const char *value, *query;
	struct tg_buf b;

	tg_buf_init(&b, MAX_QUERY);
	for (size_t i = 0; i < PARAMS; i++) {
		value = tg_page_query(p, params[i].name);
		if (without != NULL && strcmp(without, params[i].name) == 0)
			continue;
		if (value == NULL)
			continue;
		tg_buf_printf(
		    &b, "%s%s=", b.n > 0 ? "&" : "", params[i].name);
		tg_url_encode(&b, tg_str(value));
	}
	query = b.n == 0 || b.failed ? "" :
				       tg_arena_cstr(p->a, tg_buf_str(&b));
	tg_buf_free(&b);
	return query;
}

static void
show(struct reading *r, const struct param *is, const char *value)
{
	json_t *chip = json_object();

	tg_jtree_set_text(r->form, is->name, value);
	tg_jtree_set_text(chip, "title", tg_page_words(r->p, is->title));
	tg_jtree_set_text(chip, "value", r->shown);
	tg_jtree_set_text(chip, "without",
	    tg_arena_printf(
		r->p->a, "?%s", query_without(r->p, is->name)));
	(void)json_array_append_new(r->chips, chip);
}

/* --- one parameter --- */

static int
refuse(struct reading *r, const char *value, const char *should)
{
	return tg_fail_param(&r->p->w->rq->err, TG_E_INVALID, r->name,
	    "'%.60s' cannot be looked for as %s: %s.", value, r->name, should);
}

static const struct param *
param_of(const struct reading *r)
{
	for (size_t i = 0; i < PARAMS; i++)
		if (strcmp(params[i].name, r->name) == 0)
			return &params[i];
	return NULL;
}

static void *
place(struct reading *r)
{
	return (char *)&r->f->want + param_of(r)->at;
}

/* Without the quotes that say that a number is a name. */
static const char *
unquoted(struct reading *r, const char *value)
{
	struct tg_str s = tg_str(value);

	if (s.n < 2 || s.p[0] != '"' || s.p[s.n - 1] != '"')
		return value;
	return tg_arena_cstr(
	    r->p->a, (struct tg_str){ s.p + 1, s.n - 2 });
}

static int
read_key(struct reading *r, const char *value)
{
	struct tg_manage *m = r->m;
	struct tg_name shown;
	struct tg_key k;
	int64_t id;
	int rc = 0;

	if (tg_str_i64(tg_str(value), &id) && id > 0)
		rc = tg_key_get_id(m->db, m->a, id, &k, m->e);
	if (rc == 0)
		rc = tg_key_get_alias(
		    m->db, m->a, unquoted(r, value), &k, m->e);
	if (rc == 0)
		rc = tg_key_get(m->db, m->a, unquoted(r, value), &k, m->e);
	if (rc == 0)
		r->f->nothing = true;
	if (rc != 1)
		return rc;
	*(int64_t *)place(r) = k.id;
	shown = (struct tg_name){ .alias = k.alias, .title = k.name,
		.id = k.token };
	if (!r->f->viewers_own)
		r->shown = tg_name_shown(&shown);
	return 0;
}

/* Customers and tags that calls name, but nobody has entered. */
static void
by_word(struct reading *r, enum tg_subject_kind kind, const char *name)
{
	if (kind == TG_SUBJECT_CUSTOMER)
		r->f->want.user = name;
	else if (kind == TG_SUBJECT_TAG)
		r->f->want.tag_name = name;
	else
		r->f->nothing = true;
}

static int
read_subject(struct reading *r, const char *value)
{
	enum tg_subject_kind kind = param_of(r)->kind;
	struct tg_manage *m = r->m;
	struct tg_subject s;
	int64_t id;
	int rc = 0;

	if (tg_str_i64(tg_str(value), &id) && id > 0)
		rc = tg_subject_by_id(m->db, m->a, id, &s, m->e);
	if (rc == 1 && s.kind != kind)
		rc = 0;
	if (rc == 0)
		rc = tg_subject_find(
		    m->db, m->a, kind, unquoted(r, value), &s, m->e);
	if (rc == 0)
		by_word(r, kind, unquoted(r, value));
	if (rc != 1)
		return rc;
	*(int64_t *)place(r) = s.id;
	if (!r->f->viewers_own)
		r->shown = s.alias != NULL ? s.alias : s.name;
	return 0;
}

static int
read_text(struct reading *r, const char *value)
{
	*(const char **)place(r) = value;
	return 0;
}

static int
read_words(struct reading *r, const char *value)
{
	r->f->text = value;
	return 0;
}

static int
read_status(struct reading *r, const char *value)
{
	static const struct {
		const char *name;
		unsigned states;
	} names[] = {
		{ "ok", 1u << TG_CALL_DONE },
		{ "failed", 1u << TG_CALL_FAILED },
		{ "gone", 1u << TG_CALL_GONE },
		{ "lost", 1u << TG_CALL_LOST },
		{ "refused", 1u << TG_CALL_REFUSED },
		{ "open", 1u << TG_CALL_OPEN },
		{ "error", 1u << TG_CALL_FAILED | 1u << TG_CALL_LOST | 1u << TG_CALL_GONE | 1u << TG_CALL_REFUSED },
	};
	struct tg_str s = tg_str(value);
	int64_t n;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (tg_str_is(s, names[i].name)) {
			r->f->want.states = names[i].states;
			return 0;
		}
	if (s.n == 3 && tg_str_ends(s, "xx"))
		s.n = 1;
	if (!tg_str_i64(s, &n) || n < 1 || n > 599 || (n > 9 && n < 100))
		return refuse(r, value, "ok, error, refused, a number like "
		    "429, or 5xx");
	r->f->want.status = (int)n;
	return 0;
}

static int
read_cost(struct reading *r, const char *value)
{
	if (tg_nano_parse(tg_str(value), place(r)) == -1)
		return refuse(r, value, "an amount in USD like 0.05");
	return 0;
}

static int
read_count(struct reading *r, const char *value)
{
	int64_t *to = place(r);

	if (!tg_str_i64(tg_str(value), to) || *to < 0)
		return refuse(r, value, "a whole number");
	return 0;
}

static int
read_time(struct reading *r, const char *value)
{
	struct tg_decimal d;
	bool exact;

	if (!tg_decimal_parse(tg_str(value), &d) || d.minus ||
	    !tg_decimal_scaled(&d, 6, place(r), &exact))
		return refuse(r, value, "seconds like 2.5");
	return 0;
}

static int
read_score(struct reading *r, const char *value)
{
	struct tg_score_filter *s = &r->f->score;
	bool min = strcmp(r->name, "score_min") == 0;
	char *end;
	double n;

	r->f->by_score = true;
	if (strcmp(r->name, "score") == 0) {
		/* "any": of whatever name */
		s->name = strcmp(value, "any") == 0 ? NULL : value;
		return 0;
	}
	if (strcmp(r->name, "score_label") == 0) {
		s->label = value;
		return 0;
	}
	n = strtod(value, &end);
	if (*end != '\0' || !(n > -1e15 && n < 1e15))
		return refuse(r, value, "a number like 0.5");
	*(min ? &s->min : &s->max) = n;
	*(min ? &s->by_min : &s->by_max) = true;
	return 0;
}

static int
read_replay(struct reading *r, const char *value)
{
	if (strcmp(value, "yes") != 0)
		return refuse(r, value, "yes, or left out");
	r->f->by_replay = true;
	return 0;
}

/* --- whose --- */

static bool
own_alone(struct tg_page *p)
{
	int64_t person, key;

	tg_visitor_scope(p->w, &person, &key);
	return person != 0 || key != 0;
}

static void
narrow(struct reading *r, int64_t *wanted, int64_t only)
{
	if (only == 0)
		return;
	if (*wanted != 0 && *wanted != only)
		r->f->nothing = true;
	*wanted = only;
}

static void
scope(struct reading *r)
{
	int64_t person, key;

	tg_visitor_scope(r->p->w, &person, &key);
	narrow(r, &r->f->want.person, person);
	narrow(r, &r->f->want.key_id, key);
}
