#include "config.h"

#include "store/accounts.h"

/*
 * Accounts and what they promise, read.  Promises are written in promises.c;
 * what is counted under them stands in balances.c and windows.c.
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "store/booking.h"

static const char *const scopes[TG_SCOPE__MAX] = {
	[TG_SCOPE_HOUSE] = "house",
	[TG_SCOPE_KEY] = "key",
	[TG_SCOPE_KEY_MODEL] = "key_model",
	[TG_SCOPE_PERSON] = "person",
	[TG_SCOPE_TEAM] = "team",
	[TG_SCOPE_TEAM_MODEL] = "team_model",
	[TG_SCOPE_MEMBER] = "member",
	[TG_SCOPE_PROJECT] = "project",
	[TG_SCOPE_ORGANIZATION] = "organization",
	[TG_SCOPE_CUSTOMER] = "customer",
	[TG_SCOPE_TAG] = "tag",
	[TG_SCOPE_MODEL] = "model",
	[TG_SCOPE_PROVIDER] = "provider",
	[TG_SCOPE_DEPLOYMENT] = "deployment",
	[TG_SCOPE_PERSON_MODEL] = "person_model",
	[TG_SCOPE_PROJECT_MODEL] = "project_model",
	[TG_SCOPE_ORGANIZATION_MODEL] = "organization_model",
	[TG_SCOPE_CUSTOMER_MODEL] = "customer_model",
	[TG_SCOPE_ORGANIZATION_MEMBER] = "organization_member",
	[TG_SCOPE_KEY_TAG] = "key_tag",
};

static const char *const units[TG_LIMIT__MAX] = {
	[TG_LIMIT_REQUESTS] = "requests",
	[TG_LIMIT_TOKENS] = "tokens",
	[TG_LIMIT_INPUT] = "input",
	[TG_LIMIT_OUTPUT] = "output",
	[TG_LIMIT_PARALLEL] = "parallel",
};

struct list {
	struct tg_arena *a;
	const struct tg_account_ref *ref;
	void *rows;
	size_t n;
};

static struct tg_account *entry(struct list *l, sqlite3_stmt *st);
static int read_accounts(struct tg_db *db, struct list *l, struct tg_err *e);
static int read_caps(struct tg_db *db, struct list *l, struct tg_err *e);
static int read_limits(struct tg_db *db, struct list *l, struct tg_err *e);
static void bind_ref(sqlite3_stmt *st, const struct tg_account_ref *ref);
static bool name_fits(const char *pattern, const char *name);
static bool tag_named(const struct tg_call_row *c, const char *name);
static bool tagged(const struct tg_call_row *c, int64_t id);

const char *
tg_scope_name(enum tg_scope s)
{
	assert(s > 0 && s < TG_SCOPE__MAX);
	return scopes[s];
}

const char *
tg_limit_unit_name(enum tg_limit_unit u)
{
	assert(u < TG_LIMIT__MAX);
	return units[u];
}

bool
tg_scope_globs(enum tg_scope s)
{
	switch (s) {
	case TG_SCOPE_KEY_MODEL:
	case TG_SCOPE_PERSON_MODEL:
	case TG_SCOPE_TEAM_MODEL:
	case TG_SCOPE_PROJECT_MODEL:
	case TG_SCOPE_ORGANIZATION_MODEL:
	case TG_SCOPE_CUSTOMER_MODEL:
	case TG_SCOPE_ORGANIZATION_MEMBER:
	case TG_SCOPE_KEY_TAG:
	case TG_SCOPE_MODEL:
		return true;
	default:
		return false;
	}
}

enum tg_scope
tg_scope_by_model(enum tg_scope s)
{
	switch (s) {
	case TG_SCOPE_KEY:
		return TG_SCOPE_KEY_MODEL;
	case TG_SCOPE_PERSON:
		return TG_SCOPE_PERSON_MODEL;
	case TG_SCOPE_TEAM:
		return TG_SCOPE_TEAM_MODEL;
	case TG_SCOPE_PROJECT:
		return TG_SCOPE_PROJECT_MODEL;
	case TG_SCOPE_ORGANIZATION:
		return TG_SCOPE_ORGANIZATION_MODEL;
	case TG_SCOPE_CUSTOMER:
		return TG_SCOPE_CUSTOMER_MODEL;
	default:
		return 0;
	}
}

bool
tg_scope_is_upstream(enum tg_scope s)
{
	return s == TG_SCOPE_PROVIDER || s == TG_SCOPE_DEPLOYMENT;
}

const char *
tg_scope_number(int64_t id, char name[TG_SCOPE_NUMBER_BYTES])
{
	(void)snprintf(
	    name, TG_SCOPE_NUMBER_BYTES, "%lld", (long long)id);
	return name;
}

/* --- whose is a call --- */

bool
tg_account_has(const struct tg_account *acc, const struct tg_call_row *c)
{
	char number[TG_SCOPE_NUMBER_BYTES];
	int64_t own[TG_SCOPE__MAX] = {
		[TG_SCOPE_KEY] = c->key_id,
		[TG_SCOPE_KEY_MODEL] = c->key_id,
		[TG_SCOPE_PERSON] = c->person,
		[TG_SCOPE_TEAM] = c->team,
		[TG_SCOPE_TEAM_MODEL] = c->team,
		[TG_SCOPE_MEMBER] = c->member,
		[TG_SCOPE_PROJECT] = c->project,
		[TG_SCOPE_ORGANIZATION] = c->organization,
		[TG_SCOPE_CUSTOMER] = c->customer,
		[TG_SCOPE_PERSON_MODEL] = c->person,
		[TG_SCOPE_PROJECT_MODEL] = c->project,
		[TG_SCOPE_ORGANIZATION_MODEL] = c->organization,
		[TG_SCOPE_CUSTOMER_MODEL] = c->customer,
	};

	switch (acc->scope) {
	case TG_SCOPE_HOUSE:
		return true;
	case TG_SCOPE_TAG:
		return tagged(c, acc->subject);
	case TG_SCOPE_ORGANIZATION_MEMBER:
		return c->person == acc->subject &&
		    strcmp(acc->name,
			tg_scope_number(c->organization, number)) == 0;
	case TG_SCOPE_KEY_TAG:
		return c->key_id == acc->subject &&
		    tag_named(c, acc->name);
	case TG_SCOPE_MODEL:
		return name_fits(acc->name, c->model);
	case TG_SCOPE_PROVIDER:
		return c->provider != NULL &&
		    strcmp(acc->name, c->provider) == 0;
	case TG_SCOPE_DEPLOYMENT:
		return c->deployment != NULL &&
		    strcmp(acc->name, c->deployment) == 0;
	default:
		if (acc->subject == 0 || own[acc->scope] != acc->subject)
			return false;
		return !tg_scope_globs(acc->scope) ||
		    name_fits(acc->name, c->model);
	}
}

static bool
name_fits(const char *pattern, const char *name)
{
	return tg_str_glob(tg_str(pattern), tg_str(name));
}

static bool
tag_named(const struct tg_call_row *c, const char *name)
{
	struct tg_json_it it = tg_json_begin(tg_str(c->tags));
	struct tg_str item;

	while (c->tags != NULL && tg_json_item(&it, &item))
		if (tg_json_text_is(item, name))
			return true;
	return false;
}

static bool
tagged(const struct tg_call_row *c, int64_t id)
{
	struct tg_ids ids = tg_ids_begin(c->tag_ids);
	int64_t tag;

	while (tg_ids_next(&ids, &tag))
		if (tag == id)
			return true;
	return false;
}

struct tg_ids
tg_ids_begin(const char *json)
{
	return (struct tg_ids){ tg_json_begin(tg_str(json)) };
}

bool
tg_ids_next(struct tg_ids *ids, int64_t *id)
{
	struct tg_str item;

	while (tg_json_item(&ids->it, &item))
		if (tg_json_i64(item, id))
			return true;
	return false;
}

/* --- reading --- */

int
tg_accounts_load(struct tg_db *db, struct tg_arena *a,
    const struct tg_account_ref *ref, struct tg_account_list *out,
    struct tg_err *e)
{
	struct list l = { .a = a, .ref = ref };
	int rc = 0;

	if (read_caps(db, &l, e) == -1 || read_limits(db, &l, e) == -1)
		rc = -1;
	*out = (struct tg_account_list){ l.rows, l.n };
	return rc;
}

static void
bind_ref(sqlite3_stmt *st, const struct tg_account_ref *ref)
{
	sqlite3_bind_int(st, 1, ref->scope);
	sqlite3_bind_int64(st, 2, ref->subject);
	tg_bind_text(st, 3, ref->name);
}

/* Of the row's account; made at first sight. */
static struct tg_account *
entry(struct list *l, sqlite3_stmt *st)
{
	struct tg_account *acc = l->rows;
	int64_t id = sqlite3_column_int64(st, 0);

	for (size_t i = 0; i < l->n; i++)
		if (acc[i].id == id)
			return &acc[i];
	acc = tg_rows_add(l->a, &l->rows, &l->n, sizeof(*acc));
	*acc = (struct tg_account){
		.id = id,
		.scope = l->ref->scope,
		.subject = l->ref->subject,
		.name = tg_col_text(l->a, st, 1),
	};
	return acc;
}

static int
read_accounts(struct tg_db *db, struct list *l, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_ACCOUNT_LIST);
	int rc;

	bind_ref(st, l->ref);
	while ((rc = tg_db_step(db, st, e)) == 1)
		entry(l, st);
	return rc;
}

static int
read_caps(struct tg_db *db, struct list *l, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_ACCOUNT_CAPS);
	struct tg_account *acc;
	void *caps = NULL;
	int rc;

	bind_ref(st, l->ref);
	while ((rc = tg_db_step(db, st, e)) == 1) {
		struct tg_cap *cap;

		acc = entry(l, st);
		if (acc->n_caps == 0)
			caps = NULL;
		cap = tg_rows_add(l->a, &caps, &acc->n_caps, sizeof(*cap));
		*cap = (struct tg_cap){
			.id = sqlite3_column_int64(st, 2),
			.origin = tg_col_text(l->a, st, 3),
			.period = tg_col_text(l->a, st, 4),
			.cap_nano = tg_col_i64(st, 5, TG_NANO_NONE),
			.soft_nano = tg_col_i64(st, 6, TG_NANO_NONE),
			.at_cap = sqlite3_column_int(st, 7),
			.over = sqlite3_column_int(st, 8),
			.unpriced = sqlite3_column_int(st, 9),
			.switch_model = tg_col_text(l->a, st, 10),
			.switch_percent = sqlite3_column_int(st, 11),
			.extra_nano = sqlite3_column_int64(st, 12),
			.extra_until = sqlite3_column_int64(st, 13),
			.marks = tg_col_text(l->a, st, 14),
		};
		acc->caps = caps;
	}
	return rc;
}

static int
read_limits(struct tg_db *db, struct list *l, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_ACCOUNT_LIMITS);
	struct tg_account *acc;
	void *limits = NULL;
	int rc;

	bind_ref(st, l->ref);
	while ((rc = tg_db_step(db, st, e)) == 1) {
		struct tg_limit *limit;

		acc = entry(l, st);
		if (acc->n_limits == 0)
			limits = NULL;
		limit = tg_rows_add(
		    l->a, &limits, &acc->n_limits, sizeof(*limit));
		*limit = (struct tg_limit){
			.id = sqlite3_column_int64(st, 2),
			.unit = sqlite3_column_int(st, 3),
			.window_s = sqlite3_column_int64(st, 4),
			.cap = sqlite3_column_int64(st, 5),
			.queue_ms = sqlite3_column_int64(st, 6),
		};
		acc->limits = limits;
	}
	return rc;
}

int
tg_accounts_of(struct tg_db *db, struct tg_arena *a, enum tg_scope scope,
    int64_t subject, struct tg_account **accounts, size_t *n, struct tg_err *e)
{
	struct tg_account_ref ref = { .scope = scope, .subject = subject };
	struct list l = { .a = a, .ref = &ref };
	int rc = 0;

	if (read_accounts(db, &l, e) == -1 || read_caps(db, &l, e) == -1 ||
	    read_limits(db, &l, e) == -1)
		rc = -1;
	*accounts = l.rows;
	*n = l.n;
	return rc;
}

int
tg_account_make(struct tg_db *db, enum tg_scope scope, int64_t subject,
    const char *name, int64_t *id, struct tg_err *e)
{
	struct tg_account_ref ref = { scope, subject,
		name != NULL ? name : "" };
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_ACCOUNT_ADD);
	int rc;

	bind_ref(st, &ref);
	if (tg_db_step(db, st, e) == -1)
		return -1;
	st = tg_db_stmt(db, TG_SQL_ACCOUNT_ID);
	bind_ref(st, &ref);
	rc = tg_db_step(db, st, e);
	if (rc == 1) {
		*id = sqlite3_column_int64(st, 0);
		tg_db_done(st);
	}
	return rc == -1 ? -1 : 0;
}

/* --- what was spent --- */

/*
 * Who has a subject of its own is counted up with each call; models,
 * providers and the house are summed.
 */
int
tg_account_spent(struct tg_db *db, enum tg_scope scope, int64_t subject,
    const char *name, int64_t *nano, struct tg_err *e)
{
	struct tg_account_ref ref = { scope, subject, name };
	struct tg_account acc = { .scope = scope, .subject = subject,
		.name = name };
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_ACCOUNT_ID);
	int64_t adjusted = 0;
	int rc;

	*nano = 0;
	bind_ref(st, &ref);
	rc = tg_db_step(db, st, e);
	if (rc == 1) {
		acc.id = sqlite3_column_int64(st, 0);
		*nano = sqlite3_column_int64(st, 1);
		tg_db_done(st);
	}
	if (rc == -1 || (subject != 0 && !tg_scope_globs(scope)))
		return rc == -1 ? -1 : 0;
	if (tg_rollup_spent(
		db, &acc, (struct tg_span){ 0, INT64_MAX }, nano, e) == -1)
		return -1;
	st = tg_db_stmt(db, TG_SQL_ACCOUNT_ADJUSTED);
	sqlite3_bind_int64(st, 1, acc.id);
	rc = tg_db_step(db, st, e);
	if (rc == 1) {
		adjusted = sqlite3_column_int64(st, 0);
		tg_db_done(st);
	}
	*nano += adjusted;
	return rc == -1 ? -1 : 0;
}

/* --- the rules' version --- */

int
tg_rules_bump(struct tg_db *db, struct tg_err *e)
{
	return tg_db_run(db, TG_SQL_RULES_BUMP, e);
}

int
tg_rules_read_version(struct tg_db *db, int64_t *version, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_META_RULES);
	int rc = tg_db_step(db, st, e);

	if (rc == 1) {
		*version = sqlite3_column_int64(st, 0);
		tg_db_done(st);
	}
	return rc == -1 ? -1 : 0;
}
