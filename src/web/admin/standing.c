/* Caps and limits with their present use, for templates. */
#include "config.h"

#include "web/admin/standing.h"

#include <stdlib.h>

#include "web/names.h"

/* clang-format off */
static const char *const whose[TG_SCOPE__MAX] = {
	[TG_SCOPE_HOUSE] = N_("House"),
	[TG_SCOPE_KEY] = N_("Key"),
	[TG_SCOPE_KEY_MODEL] = N_("Key"),
	[TG_SCOPE_KEY_TAG] = N_("Key"),
	[TG_SCOPE_PERSON] = N_("Person"),
	[TG_SCOPE_PERSON_MODEL] = N_("Person"),
	[TG_SCOPE_TEAM] = N_("Team"),
	[TG_SCOPE_TEAM_MODEL] = N_("Team"),
	[TG_SCOPE_MEMBER] = N_("Person in the team"),
	[TG_SCOPE_PROJECT] = N_("Project"),
	[TG_SCOPE_PROJECT_MODEL] = N_("Project"),
	[TG_SCOPE_ORGANIZATION] = N_("Organization"),
	[TG_SCOPE_ORGANIZATION_MODEL] = N_("Organization"),
	[TG_SCOPE_ORGANIZATION_MEMBER] = N_("Person in the organization"),
	[TG_SCOPE_CUSTOMER] = N_("Customer"),
	[TG_SCOPE_CUSTOMER_MODEL] = N_("Customer"),
	[TG_SCOPE_TAG] = N_("Tag"),
};
static const struct {
	const char *span, *title, *spent;
} periods[] = {
	{ "total", N_("in all"), N_("Spent in all") },
	{ "hour", N_("this hour"), N_("Spent this hour") },
	{ "day", N_("today"), N_("Spent today") },
	{ "week", N_("this week"), N_("Spent this week") },
	{ "month", N_("this month"), N_("Spent this month") },
	{ "3mo", N_("this quarter"), N_("Spent this quarter") },
	{ "year", N_("this year"), N_("Spent this year") },
};
static const char *const at_cap[] = {
	[TG_AT_CAP_BLOCK] = N_("then calls are refused"),
	[TG_AT_CAP_WARN] = N_("it is only told"),
	[TG_AT_CAP_SWITCH] = N_("then another model answers"),
};
static const char *const units[TG_LIMIT__MAX] = {
	[TG_LIMIT_REQUESTS] = N_("Requests"),
	[TG_LIMIT_TOKENS] = N_("Tokens"),
	[TG_LIMIT_INPUT] = N_("Input tokens"),
	[TG_LIMIT_OUTPUT] = N_("Output tokens"),
	[TG_LIMIT_PARALLEL] = N_("Calls at once"),
};
static const struct {
	int64_t s;
	const char *title;
} windows[] = {
	{ 0, "" },
	{ 1, N_("in any second") },
	{ 60, N_("in any minute") },
	{ 3600, N_("in any hour") },
	{ 86400, N_("in any day") },
	{ 604800, N_("in any week") },
};
/* clang-format on */

/* --- words --- */

/* "month @Europe/Paris +15": what follows the span does not matter here. */
static void
put_period(struct tg_manage *m, const char *period, json_t *o)
{
	struct tg_str rest = tg_str(period), span;
	const char *title = NULL, *spent = N_("Spent in this period");

	(void)tg_str_cut(&rest, ' ', &span);
	for (size_t i = 0; i < sizeof(periods) / sizeof(periods[0]); i++)
		if (tg_str_is(span, periods[i].span)) {
			title = periods[i].title;
			spent = periods[i].spent;
		}
	tg_jtree_set_text(o, "spent_words", spent);
	tg_jtree_set_text(o, "period", title);
	tg_jtree_set_text(o, "span",
	    title == NULL ? tg_arena_cstr(m->a, span) : NULL);
}

static void
put_nano(json_t *o, const char *name, int64_t nano)
{
	(void)json_object_set_new(o, name,
	    nano == TG_NANO_NONE ? json_null() : json_integer(nano));
}

static int64_t
whole_cap(const struct tg_cap *cap, int64_t now)
{
	if (cap->cap_nano == TG_NANO_NONE ||
	    (cap->extra_until != 0 && now >= cap->extra_until))
		return cap->cap_nano;
	return cap->cap_nano + cap->extra_nano;
}

static void
put_cap(struct tg_manage *m, const struct tg_standing *st, json_t *o)
{
	int64_t cap = whole_cap(st->cap, m->now), left = TG_NANO_NONE;
	json_t *bar = json_null();

	if (cap != TG_NANO_NONE) {
		left = cap - st->spent_nano - st->held_nano;
		left = left < 0 ? 0 : left;
		bar = json_pack("{s:I, s:I, s:I}", "spent",
		    (json_int_t)st->spent_nano, "held",
		    (json_int_t)st->held_nano, "cap", (json_int_t)cap);
	}
	put_nano(o, "spent", st->spent_nano);
	put_nano(o, "held", st->held_nano);
	put_nano(o, "cap", cap);
	put_nano(o, "soft", st->cap->soft_nano);
	put_nano(o, "left", left);
	put_nano(o, "reset_at",
	    st->reset_at == INT64_MAX ? TG_NANO_NONE : st->reset_at);
	(void)json_object_set_new(o, "bar", bar);
	put_period(m, st->cap->period, o);
}

/* --- all of some accounts --- */

struct draw {
	struct tg_manage *m;
	struct tg_names *names;
	json_t *caps, *limits;
};

static json_t *
place(struct draw *d, const struct tg_account *a)
{
	bool of_key = a->scope == TG_SCOPE_KEY ||
	    a->scope == TG_SCOPE_KEY_MODEL || a->scope == TG_SCOPE_KEY_TAG;
	const struct tg_name *name = NULL;
	const char *shown = NULL, *model = NULL, *tag = NULL;

	if (of_key)
		name = tg_names_key(d->names, a->subject);
	else if (a->scope == TG_SCOPE_ORGANIZATION_MEMBER)
		name = tg_names_subject(
		    d->names, strtoll(a->name, NULL, 10));
	else if (a->scope != TG_SCOPE_MEMBER && a->scope != TG_SCOPE_HOUSE)
		name = tg_names_subject(d->names, a->subject);
	if (name != NULL)
		shown = tg_name_shown(name);
	if (a->scope == TG_SCOPE_KEY_TAG)
		tag = a->name;
	else if (*a->name != '\0' && a->scope != TG_SCOPE_ORGANIZATION_MEMBER)
		model = a->name;
	return json_pack("{s:s, s:s?, s:s?, s:s?}", "whose",
	    whose[a->scope] != NULL ? whose[a->scope] : N_("House"), "name",
	    shown, "model", model, "tag", tag);
}

static void
add_limit(struct draw *d, const struct tg_account *a,
    const struct tg_standing *st)
{
	const struct tg_limit *l = st->limit;
	json_t *o = place(d, a);
	const char *window = NULL;

	for (size_t i = 0; i < sizeof(windows) / sizeof(windows[0]); i++)
		if (windows[i].s == l->window_s)
			window = windows[i].title;
	(void)json_object_update_new(o,
	    json_pack("{s:s, s:s?, s:I, s:I, s:I, s:I, s:{s:I, s:i, s:I, "
		      "s:s}}",
		"unit", units[l->unit], "window",
		window != NULL && *window == '\0' ? NULL : window,
		"window_us",
		window == NULL ? (json_int_t)l->window_s * 1000000 : 0, "max",
		(json_int_t)l->cap, "used", (json_int_t)st->used, "free_us",
		(json_int_t)st->free_us, "bar", "spent",
		(json_int_t)st->used, "held", 0, "cap", (json_int_t)l->cap,
		"unit", "n"));
	(void)json_array_append_new(d->limits, o);
}

static int
add_account(struct draw *d, const struct tg_account *a)
{
	struct tg_manage *m = d->m;
	struct tg_standing *st;
	size_t n;

	if (tg_standings(m->db, m->a, a, m->now, &st, &n, m->e) != 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		json_t *o;
		if (st[i].limit != NULL) {
			add_limit(d, a, &st[i]);
			continue;
		}
		o = place(d, a);
		put_cap(m, &st[i], o);
		tg_jtree_set_text(o, "at", at_cap[st[i].cap->at_cap]);
		tg_jtree_set_text(o, "switch_model",
		    st[i].cap->switch_model);
		(void)json_array_append_new(d->caps, o);
	}
	return 0;
}

int
tg_standing_draw(struct tg_manage *m, const struct tg_me_account *list,
    size_t n, json_t *o)
{
	struct draw d = { m, tg_names_new(m->db, m->a, m->e), json_array(),
		json_array() };
	struct tg_account *accounts;
	size_t n_accounts, i, k;
	int rc = 0;

	(void)json_object_set_new(o, "caps", d.caps);
	(void)json_object_set_new(o, "limits", d.limits);
	for (i = 0; rc == 0 && i < n; i++) {
		if (list[i].subject == 0 && list[i].scope != TG_SCOPE_HOUSE)
			continue;
		rc = tg_accounts_of(m->db, m->a, list[i].scope,
		    list[i].subject, &accounts, &n_accounts, m->e);
		for (k = 0; rc == 0 && k < n_accounts; k++)
			if (list[i].name == NULL ||
			    strcmp(list[i].name, accounts[k].name) == 0)
				rc = add_account(&d, &accounts[k]);
	}
	tg_names_free(d.names);
	return rc;
}

size_t
tg_standing_accounts(enum tg_scope scope, int64_t subject,
    struct tg_me_account list[2])
{
	enum tg_scope by_model = tg_scope_by_model(scope);

	list[0] = (struct tg_me_account){ scope, subject, NULL };
	if (by_model == 0)
		return 1;
	list[1] = (struct tg_me_account){ by_model, subject, NULL };
	return 2;
}

/* --- a row --- */

/* How much of it is gone, in parts of a thousand. */
static int64_t
gone(const struct tg_standing *st, int64_t now)
{
	int64_t cap;

	if (st->cap == NULL)
		return -2;
	cap = whole_cap(st->cap, now);
	if (cap == TG_NANO_NONE)
		return -1;
	if (cap <= 0)
		return INT64_MAX;
	return (int64_t)(((double)st->spent_nano + (double)st->held_nano) *
	    1000 / (double)cap);
}

int
tg_standing_row(struct tg_manage *m, enum tg_scope scope, int64_t subject,
    json_t *row)
{
	const struct tg_standing *nearest = NULL;
	struct tg_account *accounts;
	struct tg_standing *st;
	int64_t spent;
	size_t n, i;

	put_nano(row, "cap", TG_NANO_NONE);
	if (tg_accounts_of(
		m->db, m->a, scope, subject, &accounts, &n, m->e) != 0)
		return -1;
	if (n > 0 && accounts[0].n_caps > 0 &&
	    tg_standings(m->db, m->a, &accounts[0], m->now, &st, &n, m->e) !=
		0)
		return -1;
	for (i = 0; n > 0 && accounts[0].n_caps > 0 && i < n; i++)
		if (st[i].cap != NULL &&
		    (nearest == NULL ||
			gone(&st[i], m->now) > gone(nearest, m->now)))
			nearest = &st[i];
	if (nearest != NULL) {
		put_cap(m, nearest, row);
		return 0;
	}
	if (tg_account_spent(m->db, scope, subject, "", &spent, m->e) != 0)
		return -1;
	put_nano(row, "spent", spent);
	(void)json_object_set_new(row, "bar", json_null());
	put_nano(row, "reset_at", TG_NANO_NONE);
	put_nano(row, "left", TG_NANO_NONE);
	put_period(m, "total", row);
	return 0;
}
