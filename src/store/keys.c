#include "config.h"

#include "store/keys.h"

/*
 * Keys by their hash: one by one.  When a key was last used is noted by
 * calls.c, within the transaction that opens a call.
 */
#include <stdio.h>

#include "base/clock.h"
#include "store/accounts.h"
#include "store/inner.h"

static const char *const log_modes[] = {
	[TG_LOG_UNSET] = NULL,
	[TG_LOG_FULL] = "full",
	[TG_LOG_NUMBERS] = "numbers",
	[TG_LOG_NONE] = "none",
};

static int alias_free(struct tg_db *db, const struct tg_key *k,
    struct tg_err *e);
static int find(struct tg_db *db, enum tg_sql name, const char *text,
    int64_t *id, struct tg_err *e);
static int insert(struct tg_db *db, struct tg_key *k, struct tg_err *e);
static void load(struct tg_key *k, struct tg_arena *a, sqlite3_stmt *st);
static void load_owner(struct tg_key *k, struct tg_arena *a, sqlite3_stmt *st);
static int not_living(struct tg_err *e);

/* --- finding --- */

int
tg_key_get(struct tg_db *db, struct tg_arena *a, const char *token,
    struct tg_key *k, struct tg_err *e)
{
	int64_t id;
	int rc = find(db, TG_SQL_KEY_ID_OF_TOKEN, token, &id, e);

	return rc == 1 ? tg_key_get_id(db, a, id, k, e) : rc;
}

int
tg_key_get_old(struct tg_db *db, struct tg_arena *a, const char *token,
    struct tg_key *k, struct tg_err *e)
{
	int64_t id;
	int rc = find(db, TG_SQL_KEY_ID_OF_OLD_TOKEN, token, &id, e);

	return rc == 1 ? tg_key_get_id(db, a, id, k, e) : rc;
}

int
tg_key_get_alias(struct tg_db *db, struct tg_arena *a, const char *alias,
    struct tg_key *k, struct tg_err *e)
{
	int64_t id;
	int rc = find(db, TG_SQL_KEY_ID_OF_ALIAS, alias, &id, e);

	return rc == 1 ? tg_key_get_id(db, a, id, k, e) : rc;
}

int
tg_key_get_id(struct tg_db *db, struct tg_arena *a, int64_t id,
    struct tg_key *k, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_KEY_BY_ID);
	int rc;

	sqlite3_bind_int64(st, 1, id);
	rc = tg_db_step(db, st, e);
	if (rc == 1) {
		load(k, a, st);
		load_owner(k, a, st);
		tg_db_done(st);
	}
	return rc;
}

static int
find(struct tg_db *db, enum tg_sql name, const char *text, int64_t *id,
    struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, name);
	int rc;

	tg_bind_text(st, 1, text);
	rc = tg_db_step(db, st, e);
	if (rc == 1) {
		*id = sqlite3_column_int64(st, 0);
		tg_db_done(st);
	}
	return rc;
}

static void
load(struct tg_key *k, struct tg_arena *a, sqlite3_stmt *st)
{
	const char *token = (const char *)sqlite3_column_text(st, 1);

	*k = (struct tg_key){
		.id = sqlite3_column_int64(st, 0),
		.name = tg_col_text(a, st, 2),
		.alias = tg_col_text(a, st, 3),
		.models = tg_col_text(a, st, 4),
		.metadata = tg_col_text(a, st, 5),
		.created_by = tg_col_text(a, st, 6),
		.role = sqlite3_column_int(st, 7),
		.log = sqlite3_column_int(st, 8),
		.blocked = sqlite3_column_int(st, 9) != 0,
		.created_at = sqlite3_column_int64(st, 10),
		.updated_at = sqlite3_column_int64(st, 11),
		.expires_at = sqlite3_column_int64(st, 12),
		.revoked_at = sqlite3_column_int64(st, 13),
		.last_used_at = sqlite3_column_int64(st, 14),
	};
	snprintf(k->token, sizeof(k->token), "%s", token != NULL ? token : "");
}

static void
load_owner(struct tg_key *k, struct tg_arena *a, sqlite3_stmt *st)
{
	k->person = sqlite3_column_int64(st, 15);
	k->team = sqlite3_column_int64(st, 16);
	k->project = sqlite3_column_int64(st, 17);
	k->organization = sqlite3_column_int64(st, 18);
	k->budget = tg_col_text(a, st, 19);
	k->settings = tg_col_text(a, st, 20);
	k->updated_by = tg_col_text(a, st, 21);
	k->revoked_by = tg_col_text(a, st, 22);
	k->rotated_at = sqlite3_column_int64(st, 23);
	k->rotations = sqlite3_column_int64(st, 24);
}

/* --- changing --- */

int
tg_key_insert(struct tg_db *db, struct tg_key *k, struct tg_err *e)
{
	int64_t account;

	k->id = 0;
	if (tg_key_token_free(db, k->token, e) == -1 ||
	    alias_free(db, k, e) == -1 || insert(db, k, e) == -1 ||
	    tg_account_make(db, TG_SCOPE_KEY, k->id, "", &account, e) == -1)
		return -1;
	return tg_rules_bump(db, e);
}

/* A token that was rotated out is as taken as one that opens a key. */
int
tg_key_token_free(struct tg_db *db, const char *token, struct tg_err *e)
{
	int64_t id;
	int rc = find(db, TG_SQL_KEY_ID_OF_TOKEN, token, &id, e);

	if (rc == 0)
		rc = find(db, TG_SQL_KEY_ID_OF_OLD_TOKEN, token, &id, e);
	if (rc == 1)
		return tg_fail_param(
		    e, TG_E_CONFLICT, "key", "This key exists already.");
	return rc;
}

static int
alias_free(struct tg_db *db, const struct tg_key *k, struct tg_err *e)
{
	int64_t id;
	int rc;

	if (k->alias == NULL)
		return 0;
	rc = find(db, TG_SQL_KEY_ID_OF_ALIAS, k->alias, &id, e);
	if (rc == 1 && id != k->id)
		return tg_fail_param(e, TG_E_CONFLICT, "key_alias",
		    "Key with alias '%s' already exists.", k->alias);
	return rc == -1 ? -1 : 0;
}

static int
insert(struct tg_db *db, struct tg_key *k, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_KEY_INSERT);
	int64_t now = tg_wall_us();
	int rc;

	if (k->created_at == 0)
		k->created_at = now;
	if (k->updated_at == 0)
		k->updated_at = k->created_at;
	tg_bind_text(st, 1, k->token);
	tg_bind_text(st, 2, k->name);
	tg_bind_text(st, 3, k->alias);
	tg_bind_text(st, 4, k->models != NULL ? k->models : "[]");
	tg_bind_text(st, 5, k->metadata != NULL ? k->metadata : "{}");
	tg_bind_text(st, 6, k->created_by);
	sqlite3_bind_int(st, 7, k->role);
	sqlite3_bind_int(st, 8, k->log);
	sqlite3_bind_int(st, 9, k->blocked);
	sqlite3_bind_int64(st, 10, k->created_at);
	sqlite3_bind_int64(st, 11, k->updated_at);
	sqlite3_bind_int64(st, 12, k->expires_at);
	sqlite3_bind_int64(st, 13, k->person);
	sqlite3_bind_int64(st, 14, k->team);
	sqlite3_bind_int64(st, 15, k->project);
	sqlite3_bind_int64(st, 16, k->organization);
	tg_bind_text(st, 17, k->budget);
	tg_bind_text(st, 18, k->settings != NULL ? k->settings : "{}");
	tg_bind_text(st, 19, k->updated_by);
	rc = tg_db_step(db, st, e);
	if (rc == 0)
		k->id = sqlite3_last_insert_rowid(db->h);
	return rc;
}

int
tg_key_update(struct tg_db *db, struct tg_key *k, struct tg_err *e)
{
	sqlite3_stmt *st;

	if (alias_free(db, k, e) == -1)
		return -1;
	k->updated_at = tg_wall_us();
	st = tg_db_stmt(db, TG_SQL_KEY_UPDATE);
	sqlite3_bind_int64(st, 1, k->id);
	tg_bind_text(st, 2, k->alias);
	tg_bind_text(st, 3, k->models != NULL ? k->models : "[]");
	tg_bind_text(st, 4, k->metadata != NULL ? k->metadata : "{}");
	sqlite3_bind_int(st, 5, k->log);
	sqlite3_bind_int(st, 6, k->blocked);
	sqlite3_bind_int64(st, 7, k->expires_at);
	sqlite3_bind_int64(st, 8, k->person);
	sqlite3_bind_int64(st, 9, k->team);
	sqlite3_bind_int64(st, 10, k->project);
	sqlite3_bind_int64(st, 11, k->organization);
	tg_bind_text(st, 12, k->budget);
	tg_bind_text(st, 13, k->settings != NULL ? k->settings : "{}");
	tg_bind_text(st, 14, k->updated_by);
	sqlite3_bind_int64(st, 15, k->updated_at);
	if (tg_db_step(db, st, e) == -1)
		return -1;
	if (sqlite3_changes(db->h) == 0)
		return not_living(e);
	return tg_rules_bump(db, e);
}

int
tg_key_drop(struct tg_db *db, int64_t id, const char *by, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_KEY_DROP);

	sqlite3_bind_int64(st, 1, id);
	sqlite3_bind_int64(st, 2, tg_wall_us());
	tg_bind_text(st, 3, by);
	if (tg_db_step(db, st, e) == -1)
		return -1;
	if (sqlite3_changes(db->h) == 0)
		return 0;
	return tg_rules_bump(db, e) == -1 ? -1 : 1;
}

int
tg_key_rotate(struct tg_db *db, struct tg_key *k, const char *token,
    const char *name, int64_t grace_until, struct tg_err *e)
{
	int64_t now = tg_wall_us();
	sqlite3_stmt *st;

	if (tg_key_token_free(db, token, e) == -1)
		return -1;
	/* The old token as it stands there: this may be a second try. */
	st = tg_db_stmt(db, TG_SQL_KEY_OLD_TOKEN);
	sqlite3_bind_int64(st, 1, k->id);
	sqlite3_bind_int64(st, 2, grace_until);
	if (tg_db_step(db, st, e) == -1)
		return -1;
	st = tg_db_stmt(db, TG_SQL_KEY_ROTATE);
	sqlite3_bind_int64(st, 1, k->id);
	tg_bind_text(st, 2, token);
	tg_bind_text(st, 3, name);
	sqlite3_bind_int64(st, 4, now);
	tg_bind_text(st, 5, k->updated_by);
	switch (tg_db_step(db, st, e)) {
	case -1:
		return -1;
	case 0:
		return not_living(e);
	}
	k->rotations = sqlite3_column_int64(st, 0);
	tg_db_done(st);
	k->rotated_at = k->updated_at = now;
	k->name = name;
	snprintf(k->token, sizeof(k->token), "%s", token);
	return tg_rules_bump(db, e);
}

static int
not_living(struct tg_err *e)
{
	return tg_fail_param(
	    e, TG_E_NOT_FOUND, "key", "There is no such living key.");
}

const char *
tg_log_mode_name(enum tg_log_mode m)
{
	return log_modes[m];
}

int
tg_log_mode_parse(struct tg_str s, enum tg_log_mode *m)
{
	for (int i = TG_LOG_FULL; i <= TG_LOG_NONE; i++)
		if (tg_str_is(s, log_modes[i])) {
			*m = i;
			return 0;
		}
	return -1;
}
