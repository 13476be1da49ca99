/* What all rows have in common: names, settings, money. */
#include "config.h"

#include "web/manage/rows.h"

#include "base/period.h"
#include "store/budgets.h"
#include "store/rollups.h"
#include "web/manage/fields.h"

int
tg_row_name(struct tg_manage *m, int64_t subject, const char **name)
{
	struct tg_subject s;
	int rc;

	*name = NULL;
	if (subject == 0)
		return 0;
	rc = tg_subject_by_id(m->db, m->a, subject, &s, m->e);
	if (rc == 1)
		*name = s.name;
	return rc < 0 ? -1 : 0;
}

int
tg_row_find_key(struct tg_manage *m, const char *given, struct tg_key *key)
{
	char token[TG_SHA256_HEX];
	int rc;

	if (strncmp(given, "sk-", 3) == 0)
		tg_sha256_hex(tg_str(given), token);
	else if (strlen(given) == TG_SHA256_HEX - 1)
		memcpy(token, given, sizeof(token));
	else
		return 0;
	rc = tg_key_get(m->db, m->a, token, key, m->e);
	return rc == 0 ? tg_key_get_old(m->db, m->a, token, key, m->e) : rc;
}

/* 1 there, 0 not. */
static int
shared_settings(struct tg_manage *m, const char *name, struct tg_budget *b,
    json_t **settings)
{
	int rc = name == NULL ?
	    0 :
	    tg_budget_find(m->db, m->a, name, b, m->e);

	if (rc == 1)
		*settings = tg_manage_json(m, b->settings);
	return rc;
}

json_t *
tg_row_settings(
    struct tg_manage *m, const char *settings, const char *budget)
{
	json_t *own = tg_manage_json(m, settings), *shared = NULL, *v;
	struct tg_budget b;
	const char *name;
	int rc = shared_settings(m, budget, &b, &shared);

	if (rc < 0)
		return NULL;
	if (rc == 0 || !json_is_object(shared))
		return own;
	json_object_foreach(own, name, v) {
		if (!json_is_null(v))
			(void)json_object_set(shared, name, v);
	}
	return shared;
}

/* --- money --- */

static struct tg_str
text_of(struct tg_manage *m, const json_t *settings, const char *name)
{
	const json_t *v = json_object_get(settings, name);

	if (json_is_integer(v))
		return tg_str(tg_arena_printf(
		    m->a, "%lld", (long long)json_integer_value(v)));
	return tg_str(json_string_value(v));
}

/* The canonical period of the budget_duration; false: there is none. */
static bool
period_of(struct tg_manage *m, const json_t *settings,
    char period[TG_PERIOD_BYTES])
{
	struct tg_str span = text_of(m, settings, "budget_duration");
	struct tg_str zone = text_of(m, settings, "budget_timezone");
	struct tg_str anchor = text_of(m, settings, "budget_anchor");
	struct tg_err ignored = { 0 };

	if (zone.n == 0)
		zone = tg_str(m->zone);
	return span.n > 0 &&
	    tg_period_make(span, zone, anchor, period, &ignored) == 0;
}

/* What the cap of that period holds; spent is left alone if none does. */
static int
period_spent(struct tg_manage *m, enum tg_scope scope, int64_t subject,
    const char *period, int64_t *spent)
{
	struct tg_account *accounts;
	struct tg_standing *st;
	size_t n, i;

	if (tg_accounts_of(
		m->db, m->a, scope, subject, &accounts, &n, m->e) < 0)
		return -1;
	if (n == 0)
		return 0;
	if (tg_standings(
		m->db, m->a, &accounts[0], m->now, &st, &n, m->e) < 0)
		return -1;
	for (i = 0; i < n; i++)
		if (st[i].cap != NULL &&
		    strcmp(st[i].cap->period, period) == 0)
			*spent = st[i].spent_nano;
	return 0;
}

int
tg_row_figures(struct tg_manage *m, enum tg_scope scope, int64_t subject,
    const json_t *settings, struct tg_figures *f)
{
	char period[TG_PERIOD_BYTES];
	int64_t from;

	*f = (struct tg_figures){ 0 };
	if (tg_account_spent(m->db, scope, subject, "", &f->total_nano,
		m->e) < 0)
		return -1;
	f->spent_nano = f->total_nano;
	if (!period_of(m, settings, period))
		return 0;
	if (!tg_period_at(period, m->now, &from, &f->reset_at) ||
	    f->reset_at == INT64_MAX)
		f->reset_at = 0;
	if (!json_is_number(json_object_get(settings, "max_budget")))
		return 0;
	return period_spent(m, scope, subject, period, &f->spent_nano);
}

/* --- shared budgets --- */

json_t *
tg_row_own_budget(struct tg_manage *m, const char *name,
    const json_t *settings, const struct tg_figures *f)
{
	json_t *row = tg_manage_keep(m, json_object());

	tg_jtree_set_text(row, "budget_id", name);
	tg_fields_show(tg_fields_budget, settings, row);
	(void)json_object_set_new(
	    row, "budget_reset_at", tg_manage_time(f->reset_at));
	return row;
}

json_t *
tg_row_budget(struct tg_manage *m, const char *budget)
{
	struct tg_figures f = { 0 };
	char period[TG_PERIOD_BYTES];
	json_t *settings = NULL, *row;
	struct tg_budget b;
	int64_t from;
	int rc = shared_settings(m, budget, &b, &settings);

	if (rc <= 0)
		return rc < 0 ? NULL : tg_manage_keep(m, json_null());
	if (period_of(m, settings, period) &&
	    (!tg_period_at(period, m->now, &from, &f.reset_at) ||
		f.reset_at == INT64_MAX))
		f.reset_at = 0;
	row = tg_row_own_budget(m, b.name, settings, &f);
	(void)json_object_set_new(
	    row, "created_at", tg_manage_time(b.created_at));
	tg_jtree_set_text(row, "created_by", b.created_by);
	(void)json_object_set_new(
	    row, "updated_at", tg_manage_time(b.updated_at));
	tg_jtree_set_text(row, "updated_by", b.updated_by);
	return row;
}

/* --- by model --- */

static int
add_model(const struct tg_rollup *r, void *arg)
{
	json_t *sums = arg;
	json_int_t sum =
	    json_integer_value(json_object_get(sums, r->model));

	if (r->cost_nano != 0)
		(void)json_object_set_new(
		    sums, r->model, json_integer(sum + r->cost_nano));
	return 0;
}

json_t *
tg_row_model_spend(
    struct tg_manage *m, enum tg_scope scope, int64_t subject, int64_t from)
{
	struct tg_rollup_filter f = { .from_at = from, .to_at = m->now + 1 };
	json_t *sums = tg_manage_keep(m, json_object()), *v;
	json_t *row = tg_manage_keep(m, json_object());
	const char *model;

	/* The hour it was made in counts from its beginning. */
	f.from_at -= f.from_at % 3600000000;
	f.key_id = scope == TG_SCOPE_KEY ? subject : 0;
	f.person = scope == TG_SCOPE_PERSON ? subject : 0;
	f.team = scope == TG_SCOPE_TEAM ? subject : 0;
	f.project = scope == TG_SCOPE_PROJECT ? subject : 0;
	f.organization = scope == TG_SCOPE_ORGANIZATION ? subject : 0;
	if (scope == TG_SCOPE_CUSTOMER || scope == TG_SCOPE_TAG)
		f.facet = subject;
	if (tg_rollup_each(m->db, &f, add_model, sums, m->e) < 0)
		return NULL;
	json_object_foreach(sums, model, v)
		(void)json_object_set_new(
		    row, model, tg_manage_usd(json_integer_value(v)));
	return row;
}
