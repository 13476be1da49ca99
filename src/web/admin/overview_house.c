/*
 * What needs somebody's eye: budgets nearest their end, models in trouble, the
 * disk, and whether the gateway itself is well.
 */
#include "config.h"

#include <stdlib.h>
#include <sys/statvfs.h>

#include "store/call_scan.h"
#include "store/near.h"
#include "web/admin/overview.h"
#include "web/names.h"

#define SECOND_US INT64_C(1000000)
#define DAY_US (24 * 3600 * SECOND_US)
#define BUDGETS 6
#define TROUBLES 8
#define LIMITED 500		/* calls with 429 that are looked at */
#define LATE_US (60 * SECOND_US)

/* --- budgets --- */

static const struct {
	const char *title, *path;
} scopes[TG_SCOPE__MAX] = {
	[TG_SCOPE_HOUSE] = { N_("House"), "budgets" },
	[TG_SCOPE_KEY] = { N_("Key"), "keys" },
	[TG_SCOPE_KEY_MODEL] = { N_("Key"), "keys" },
	[TG_SCOPE_PERSON] = { N_("Person"), "people" },
	[TG_SCOPE_PERSON_MODEL] = { N_("Person"), "people" },
	[TG_SCOPE_TEAM] = { N_("Team"), "teams" },
	[TG_SCOPE_TEAM_MODEL] = { N_("Team"), "teams" },
	[TG_SCOPE_MEMBER] = { N_("Member of a team"), NULL },
	[TG_SCOPE_PROJECT] = { N_("Project"), NULL },
	[TG_SCOPE_PROJECT_MODEL] = { N_("Project"), NULL },
	[TG_SCOPE_ORGANIZATION] = { N_("Organization"), NULL },
	[TG_SCOPE_ORGANIZATION_MODEL] = { N_("Organization"), NULL },
	[TG_SCOPE_ORGANIZATION_MEMBER] = { N_("Member of an organization"),
	    NULL },
	[TG_SCOPE_CUSTOMER] = { N_("Customer"), "customers" },
	[TG_SCOPE_CUSTOMER_MODEL] = { N_("Customer"), "customers" },
	[TG_SCOPE_TAG] = { N_("Tag"), "tags" },
	[TG_SCOPE_MODEL] = { N_("Model"), NULL },
	[TG_SCOPE_PROVIDER] = { N_("Provider"), NULL },
	[TG_SCOPE_DEPLOYMENT] = { N_("Deployment"), NULL },
};

static const char *
whose(const struct tg_cap_near *c, struct tg_names *names)
{
	if (c->subject == 0 || c->scope == TG_SCOPE_MEMBER)
		return "";
	if (c->scope == TG_SCOPE_KEY || c->scope == TG_SCOPE_KEY_MODEL)
		return tg_name_shown(tg_names_key(names, c->subject));
	return tg_name_shown(tg_names_subject(names, c->subject));
}

static json_t *
budget(const struct tg_overview *v, const struct tg_cap_near *c,
    struct tg_names *names)
{
	const char *title = scopes[c->scope].title;
	json_t *o = json_pack("{sssssss{sIsIsIss}sIsI}", "scope",
	    tg_page_words(v->p, title != NULL ? title : N_("Budget")), "name",
	    whose(c, names), "of", c->name, "bar", "spent",
	    (json_int_t)c->spent_nano, "held", (json_int_t)c->held_nano,
	    "cap", (json_int_t)c->cap_nano, "unit", "usd", "spent",
	    (json_int_t)c->spent_nano, "cap", (json_int_t)c->cap_nano);
	const char *path = scopes[c->scope].path;

	if (o != NULL && c->reset_at != INT64_MAX)
		(void)json_object_set_new(
		    o, "reset_at", json_integer(c->reset_at));
	if (path != NULL)
		tg_jtree_set_text(o, "href", c->subject != 0 ? tg_arena_printf(v->m->a, "%sadmin/%s/%lld", v->p->locale.root, path, (long long)c->subject) : tg_arena_printf(v->m->a, "%sadmin/%s", v->p->locale.root, path));
	return o;
}

int
tg_overview_budgets(struct tg_overview *v)
{
	struct tg_caps_near near = { .now = v->m->now, .limit = BUDGETS,
		.person = v->person };
	struct tg_names *names;
	json_t *list;

	if (tg_caps_near(v->m->db, v->m->a, &near, v->m->e) == -1)
		return -1;
	names = tg_names_new(v->m->db, v->m->a, v->m->e);
	list = json_array();
	for (size_t i = 0; i < near.n; i++)
		(void)json_array_append_new(
		    list, budget(v, &near.rows[i], names));
	tg_names_free(names);
	tg_page_set(v->p, "budgets", list);
	return 0;
}

/* --- models in trouble --- */

struct model {
	char *name;
	struct tg_summary now, week;	/* the last day, the week before */
	int64_t limited;
	struct model *next;
};
struct models {
	struct tg_overview *v;
	struct model *first;
	int64_t since;
};

static struct model *
model_of(struct models *all, const char *name)
{
	struct tg_arena *a = all->v->m->a;
	struct model *one;

	for (one = all->first; one != NULL; one = one->next)
		if (strcmp(one->name, name) == 0)
			return one;
	one = tg_arena_zero(a, sizeof(*one));
	one->name = tg_arena_cstr(a, tg_str(name));
	one->next = all->first;
	all->first = one;
	return one;
}

static void
add(struct tg_summary *to, const struct tg_summary *s)
{
	to->calls += s->calls;
	to->failed += s->failed;
	tg_histogram_add(&to->total, &s->total);
}

static int
add_model(const struct tg_summary *s, void *arg)
{
	struct models *all = arg;
	struct model *one = model_of(all, s->value);

	add(s->hour_at >= all->since ? &one->now : &one->week, s);
	return 0;
}

/* Who was told to come later, by the upstream. */
static int
count_limited(struct models *all)
{
	struct tg_manage *m = all->v->m;
	struct tg_call_scan s = { .limit = LIMITED, .max_us = 5000 };
	struct tg_call_want w;

	tg_call_want_init(&w);
	w.status = 429;
	w.states = 1u << TG_CALL_FAILED;
	w.from_at = all->since;
	if (tg_call_scan(m->db, m->a, &w, &s, m->e) == -1)
		return -1;
	for (size_t i = 0; i < s.n; i++)
		if (s.rows[i].model != NULL)
			model_of(all, s.rows[i].model)->limited++;
	return 0;
}

/* One in twenty failed; or it takes twice as long as in the week before. */
static json_t *
trouble(const struct model *one)
{
	const struct tg_summary *n = &one->now;
	int64_t p95 = tg_histogram_quantile(&n->total, 950);
	int64_t usual = tg_histogram_quantile(&one->week.total, 950);
	bool fails = n->failed >= 3 && n->failed * 20 >= n->calls;
	bool slow = n->calls >= 20 && one->week.calls >= 20 && usual > 0 &&
	    p95 > 2 * usual;
	json_t *o;

	if (!fails && !slow && one->limited < 3)
		return NULL;
	o = json_pack("{sssIsI}", "model", one->name, "calls",
	    (json_int_t)n->calls, "failed", (json_int_t)n->failed);
	if (n->calls > 0)
		(void)json_object_set_new(o, "share",
		    json_integer(n->failed * 10000 / n->calls));
	if (one->limited > 0)
		(void)json_object_set_new(
		    o, "limited", json_integer(one->limited));
	if (slow) {
		(void)json_object_set_new(o, "p95", json_integer(p95));
		(void)json_object_set_new(o, "usual", json_integer(usual));
	}
	return o;
}

static int
put_troubles(struct tg_overview *v)
{
	struct models all = { .v = v, .since = v->m->now - DAY_US };
	struct tg_summary_filter f = { .dim = TG_SUM_MODEL,
		.from_at = v->m->now - 8 * DAY_US };
	json_t *list = json_array(), *one;

	tg_page_set(v->p, "troubles", list);
	if (tg_summary_each(v->m->db, &f, add_model, &all, v->m->e) == -1 ||
	    count_limited(&all) == -1)
		return -1;
	for (struct model *k = all.first; k != NULL; k = k->next)
		if (json_array_size(list) < TROUBLES &&
		    (one = trouble(k)) != NULL)
			(void)json_array_append_new(list, one);
	return 0;
}

/* --- disk and health --- */

static void
put_disk(struct tg_overview *v)
{
	struct tg_store *s = tg_app_store(v->p->w->app);
	const struct tg_gate_conf *g =
	    tg_gate_settings(tg_app_gate(v->p->w->app));
	int64_t main = tg_store_bytes(s, TG_DB_MAIN);
	int64_t log = tg_store_bytes(s, TG_DB_LOG);
	json_t *disk = json_pack("{sIsI}", "main", (json_int_t)main, "log",
	    (json_int_t)log);
	struct statvfs st;

	if (g->caps.max_bytes > 0)
		(void)json_object_set_new(disk, "log_bar", json_pack(
		    "{sIsIsIss}", "spent", (json_int_t)log, "held",
		    (json_int_t)0, "cap", (json_int_t)g->caps.max_bytes,
		    "unit", "bytes"));
	if (statvfs(tg_store_dir(s), &st) == 0) {
		int64_t unit = (int64_t)st.f_frsize;
		int64_t all = (int64_t)st.f_blocks * unit;
		int64_t left = (int64_t)st.f_bavail * unit;

		(void)json_object_set_new(disk, "free", json_integer(left));
		(void)json_object_set_new(disk, "short",
		    json_boolean(left < all / 20));
	}
	tg_page_set(v->p, "disk", disk);
}

static int64_t
number_of(struct tg_overview *v, const char *name)
{
	const char *text = NULL;
	int64_t n = 0;

	if (tg_meta_look(v->m->db, v->m->a, name, &text, v->m->e) == 1 &&
	    text != NULL)
		(void)tg_str_i64(tg_str(text), &n);
	return n;
}

static int
put_health(struct tg_overview *v)
{
	int64_t seen = number_of(v, "janitor_at"), prices = 0;
	json_t *o = json_object();
	struct tg_behind b;

	tg_page_set(v->p, "health", o);
	if (tg_outbox_behind(v->m->db, &b, v->m->e) == -1 ||
	    tg_prices_entered(v->m->db, &prices, v->m->e) == -1)
		return -1;
	(void)json_object_set_new(o, "full",
	    json_boolean(tg_store_is_short(tg_app_store(v->p->w->app))));
	(void)json_object_set_new(o, "janitor_at",
	    seen > 0 ? json_integer(seen) : json_null());
	(void)json_object_set_new(o, "janitor_late",
	    json_boolean(seen < v->m->now - 2 * LATE_US));
	if (b.waiting > 0 && b.since_at < v->m->now - LATE_US)
		(void)json_object_set_new(
		    o, "behind", json_integer(b.waiting));
	if (prices > 0)
		(void)json_object_set_new(
		    o, "prices_at", json_integer(prices));
	if (v->now.unpriced > 0)
		(void)json_object_set_new(
		    o, "unpriced", json_integer(v->now.unpriced));
	return 0;
}

int
tg_overview_house(struct tg_overview *v)
{
	if (put_troubles(v) == -1 || put_health(v) == -1)
		return -1;
	put_disk(v);
	return 0;
}
