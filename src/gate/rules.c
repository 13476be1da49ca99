#include "config.h"

#include "gate/rules.h"

/*
 * What somebody promises, from his settings and the budget he shares, into
 * the tables of caps and limits.
 */
#include <string.h>

#include "base/limits.h"
#include "gate/rules_list.h"
#include "store/budgets.h"
#include "store/keys.h"
#include "store/subjects.h"

/* For the list of millions of keys. */
#define ALL_BYTES ((size_t)256 * 1024 * 1024)

/* Whose promises are made, and what his row says. */
struct owner {
	struct tg_db *db;
	struct tg_arena *a;
	enum tg_scope scope;
	int64_t subject;
	struct tg_err *e;
	const char *settings, *budget;
	bool gone;		/* promises nothing any more */
	/* the account */
	enum tg_scope at;
	int64_t of;
	char name[TG_SCOPE_NUMBER_BYTES];
};

static int apply(const struct owner *o, const struct tg_rules *rules);
static int apply_named(const struct owner *o, enum tg_scope scope,
    const struct tg_model_promises *list, size_t n);
static int find_owner(struct owner *o);
static int read_key(struct owner *o);
static int read_member(struct owner *o);
static int read_owner(
    const struct owner *o, const char *zone, struct tg_rules *rules);
static int read_subject(struct owner *o);

int
tg_rules_read(struct tg_arena *a, const json_t *own, const json_t *shared,
    const char *shared_name, const char *default_zone, struct tg_rules *out,
    struct tg_err *e)
{
	struct tg_rule_source s = {
		.a = a,
		.levels = { { own, "own" }, { shared, NULL } },
		.own = 2,
		.zone = default_zone != NULL ? default_zone : "",
		.e = e,
	};

	if (shared != NULL)
		s.levels[1].origin =
		    tg_arena_printf(a, "budget:%s", shared_name);
	*out = (struct tg_rules){ .n_models = 0 };
	if (tg_rule_budget(&s, &out->own) == -1)
		return -1;
	out->primary = out->own.n_caps > 0;
	if (tg_rule_windows(&s, &out->own) == -1 ||
	    tg_rule_rates(&s, &out->own) == -1 ||
	    tg_rule_limits(&s, &out->own) == -1)
		return -1;
	return tg_rule_models(&s, out);
}

int
tg_rules_apply(struct tg_db *db, struct tg_arena *a, enum tg_scope scope,
    int64_t subject, const char *default_zone, struct tg_err *e)
{
	struct owner o = { .db = db, .a = a, .scope = scope,
		.subject = subject, .e = e, .at = scope, .of = subject };
	struct tg_rules rules = { .n_models = 0 };

	if (find_owner(&o) == -1 ||
	    (!o.gone && read_owner(&o, default_zone, &rules) == -1))
		return -1;
	return apply(&o, &rules);
}

int
tg_rules_apply_budget(struct tg_db *db, struct tg_arena *a,
    const char *budget, const char *default_zone, struct tg_err *e)
{
	struct tg_budget_user *users;
	size_t n;

	if (tg_budget_users(db, a, budget, &users, &n, e) == -1)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (tg_rules_apply(db, a, users[i].scope, users[i].subject,
			default_zone, e) == -1)
			return -1;
	return 0;
}

int
tg_rules_apply_all(
    struct tg_db *db, const char *default_zone, struct tg_err *e)
{
	struct tg_arena *list = tg_arena_new(ALL_BYTES), *each;
	struct tg_budget_user *all;
	size_t n;
	int rc = tg_budget_users(db, list, NULL, &all, &n, e);

	for (size_t i = 0; rc == 0 && i < n; i++) {
		each = tg_arena_new(TG_MAX_ARENA);
		rc = tg_rules_apply(
		    db, each, all[i].scope, all[i].subject, default_zone, e);
		tg_arena_free(each);
	}
	tg_arena_free(list);
	return rc;
}

/* --- what the row says --- */

static int
find_owner(struct owner *o)
{
	int rc;

	if (o->scope == TG_SCOPE_KEY)
		rc = read_key(o);
	else if (o->scope == TG_SCOPE_MEMBER)
		rc = read_member(o);
	else
		rc = read_subject(o);
	if (rc == 0)
		return tg_fail(o->e, TG_E_NOT_FOUND,
		    "There is no %s with the number %lld.",
		    tg_scope_name(o->scope), (long long)o->subject);
	return rc == -1 ? -1 : 0;
}

static int
read_key(struct owner *o)
{
	struct tg_key k;
	int rc = tg_key_get_id(o->db, o->a, o->subject, &k, o->e);

	if (rc == 1) {
		o->settings = k.settings;
		o->budget = k.budget;
	}
	return rc;
}

static int
read_member(struct owner *o)
{
	struct tg_subject of;
	struct tg_member m;
	int rc = tg_member_by_id(o->db, o->a, o->subject, &m, o->e);

	if (rc != 1)
		return rc;
	o->settings = m.settings;
	o->budget = m.budget;
	if (tg_subject_by_id(o->db, o->a, m.team, &of, o->e) == -1)
		return -1;
	if (of.kind == TG_SUBJECT_ORGANIZATION) {
		o->at = TG_SCOPE_ORGANIZATION_MEMBER;
		o->of = m.person;
		(void)tg_scope_number(m.team, o->name);
	}
	return 1;
}

static int
read_subject(struct owner *o)
{
	struct tg_subject s;
	int rc = tg_subject_by_id(o->db, o->a, o->subject, &s, o->e);

	if (rc == 1 && tg_subject_scope(s.kind) != o->scope)
		return 0;
	if (rc == 1) {
		o->settings = s.settings;
		o->budget = s.budget;
		o->gone = s.removed_at != 0;
	}
	return rc;
}

static int
read_owner(const struct owner *o, const char *zone, struct tg_rules *rules)
{
	json_t *own = NULL, *shared = NULL;
	struct tg_budget b;
	int rc = 0;

	if (o->budget != NULL)
		rc = tg_budget_find(o->db, o->a, o->budget, &b, o->e);
	if (rc == 1) {
		shared = tg_jtree_parse(tg_str(b.settings), o->e);
		rc = shared == NULL ? -1 : 0;
	}
	if (rc == 0) {
		own = tg_jtree_parse(tg_str(o->settings), o->e);
		rc = own == NULL ? -1 : 0;
	}
	if (rc == 0)
		rc = tg_rules_read(
		    o->a, own, shared, o->budget, zone, rules, o->e);
	if (rc == 0 && rules->n_models > 0 &&
	    tg_scope_by_model(o->scope) == 0)
		rc = tg_fail_param(o->e, TG_E_UNSUPPORTED, "model_max_budget",
		    "Budgets and limits by model cannot be set for tags and "
		    "members.");
	if (rc == 0 && rules->n_tags > 0 && o->scope != TG_SCOPE_KEY)
		rc = tg_fail_param(o->e, TG_E_UNSUPPORTED, "tag_rpm_limit",
		    "Limits by tag can be set for keys only.");
	json_decref(own);
	json_decref(shared);
	return rc;
}

/* --- into the tables --- */

static int
apply(const struct owner *o, const struct tg_rules *rules)
{
	enum tg_scope by_model = tg_scope_by_model(o->scope);

	if (tg_promise_set(o->db, o->at, o->of, o->name, &rules->own,
		o->e) == -1)
		return -1;
	if (by_model != 0 &&
	    apply_named(o, by_model, rules->models, rules->n_models) == -1)
		return -1;
	if (o->scope != TG_SCOPE_KEY)
		return 0;
	return apply_named(o, TG_SCOPE_KEY_TAG, rules->tags, rules->n_tags);
}

static bool
promised(const struct tg_model_promises *list, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i].model, name) == 0)
			return true;
	return false;
}

/* These, and no others of that scope. */
static int
apply_named(const struct owner *o, enum tg_scope scope,
    const struct tg_model_promises *list, size_t n)
{
	static const struct tg_promises none;
	struct tg_account *accounts;
	size_t n_accounts;

	for (size_t i = 0; i < n; i++)
		if (tg_promise_set(o->db, scope, o->subject, list[i].model,
			&list[i].promises, o->e) == -1)
			return -1;
	if (tg_accounts_of(o->db, o->a, scope, o->subject, &accounts,
		&n_accounts, o->e) == -1)
		return -1;
	for (size_t i = 0; i < n_accounts; i++)
		if (accounts[i].n_caps + accounts[i].n_limits > 0 &&
		    !promised(list, n, accounts[i].name) &&
		    tg_promise_set(o->db, scope, o->subject,
			accounts[i].name, &none, o->e) == -1)
			return -1;
	return 0;
}
