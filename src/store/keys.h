#ifndef TG_STORE_KEYS_H
#define TG_STORE_KEYS_H
/*
 * Keys that we hand out: stored by their SHA-256 only.  A revoked key stays
 * as a row (its calls refer to it) and is never valid again.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/str.h"

struct tg_db;
struct tg_store;

enum tg_key_role { TG_KEY_CALLER, TG_KEY_MASTER };
enum tg_log_mode { TG_LOG_UNSET, TG_LOG_FULL, TG_LOG_NUMBERS, TG_LOG_NONE };

/* Strings live in the arena given to the reader; NULL where there is none. */
struct tg_key {
	int64_t id;		/* row, stable: what calls refer to */
	char token[TG_SHA256_HEX];
	const char *name;	/* "sk-...abcd" */
	const char *alias;	/* unique over living keys, or NULL */
	/* JSON array text of names and globs; "[]": all */
	const char *models;
	/* JSON object text, ours to keep, not to read */
	const char *metadata;
	const char *created_by;
	enum tg_key_role role;
	enum tg_log_mode log;	/* UNSET: the configured default */
	bool blocked;
	int64_t created_at, updated_at;		/* wall us */
	int64_t expires_at, revoked_at;		/* 0: never / not */
	/* 0: not yet; kept to the minute */
	int64_t last_used_at;
	/* to whom it belongs: rows of subjects, 0 none */
	int64_t person, team, project, organization;
	const char *budget;		/* name of a shared budget, or NULL */
	/* JSON object: all else, under LiteLLM's names */
	const char *settings;
	const char *updated_by, *revoked_by;
	int64_t rotated_at, rotations;
};

/*
 * These run inside the caller's tg_read() or tg_write(); those that write
 * bump the rules, so that every process sees it with its next call.
 */
/* k->id is set and its account made. TG_E_CONFLICT: alias or key exists. */
int tg_key_insert(struct tg_db *db, struct tg_key *k, struct tg_err *e);
/*
 * Everything but id, token, name, role, created_*, and what drop and rotate
 * write; updated_at is set.  Living ones only: TG_E_NOT_FOUND.
 */
int tg_key_update(struct tg_db *db, struct tg_key *k, struct tg_err *e);
/* 1 found (revoked ones too), 0 not: by hash, by id, by a living alias. */
int tg_key_get(struct tg_db *db, struct tg_arena *a, const char *token,
    struct tg_key *k, struct tg_err *e);
int tg_key_get_id(struct tg_db *db, struct tg_arena *a, int64_t id,
    struct tg_key *k, struct tg_err *e);
int tg_key_get_alias(struct tg_db *db, struct tg_arena *a, const char *alias,
    struct tg_key *k, struct tg_err *e);
/*
 * By a hash it had before a rotation; whether that still opens it is not
 * asked.
 */
int tg_key_get_old(struct tg_db *db, struct tg_arena *a, const char *token,
    struct tg_key *k, struct tg_err *e);
/* Its books stay. 1 revoked now, 0 was so or is none. */
int tg_key_drop(struct tg_db *db, int64_t id, const char *by,
    struct tg_err *e);
/*
 * A new token for the same key (k as it was read, updated_by by whom): books,
 * promises and id stay. Until grace_until (wall us, 0: no grace) the old one
 * opens it too. k has the new values then.
 */
int tg_key_rotate(struct tg_db *db, struct tg_key *k, const char *token,
    const char *name, int64_t grace_until, struct tg_err *e);
enum tg_key_state {		/* as sql/keys.sql numbers them */
	TG_KEYS_ANY,
	TG_KEYS_BLOCKED,
	TG_KEYS_EXPIRED,
	TG_KEYS_ACTIVE		/* neither */
};
/* Callers' keys; the master's is not among them. */
struct tg_key_filter {
	int64_t person, team, project, organization;	/* 0: all */
	const char *alias, *token;	/* exact, NULL: all */
	const char *like;		/* part of alias or name, NULL: all */
	const char *created_by;		/* NULL: all */
	bool revoked;			/* those deleted instead */
	bool with_revoked;		/* both */
	enum tg_key_state state;	/* of living ones */
	int64_t now;			/* wall us, where state is not ANY */
	/*
	 * "created_at" "updated_at" "key_alias" "token" "spend" "max_budget"
	 * "last_used_at"; NULL: created_at; others TG_E_INVALID
	 */
	const char *sort;
	bool ascending;
	int64_t after, limit;		/* page by rows; limit 0: all */
};
/* *total: without the page. */
int tg_key_page(struct tg_db *db, struct tg_arena *a,
    const struct tg_key_filter *f, struct tg_key **keys, size_t *n,
    int64_t *total, struct tg_err *e);

/* All, newest first, the master's included. */
int tg_key_all(struct tg_db *db, struct tg_arena *a, bool with_revoked,
    struct tg_key **keys, size_t *n, struct tg_err *e);
/* TG_E_CONFLICT: it opens a key, or did before a rotation. */
int tg_key_token_free(struct tg_db *db, const char *token, struct tg_err *e);

/* The same as transactions of their own. */
int tg_key_add(struct tg_store *s, struct tg_key *k, struct tg_err *e);
/* 1 found (revoked ones too), 0 not, -1 cannot read. By the hash in hex. */
int tg_key_find(struct tg_store *s, struct tg_arena *a, const char *token,
    struct tg_key *k, struct tg_err *e);
int tg_key_find_alias(struct tg_store *s, struct tg_arena *a, const char *alias,
    struct tg_key *k, struct tg_err *e);
int tg_key_find_id(struct tg_store *s, struct tg_arena *a, int64_t id,
    struct tg_key *k, struct tg_err *e);
int tg_key_list(struct tg_store *s, struct tg_arena *a, bool with_revoked,
    struct tg_key **keys, size_t *n, struct tg_err *e);
/* 1 revoked now, 0 no such living key. */
int tg_key_revoke(struct tg_store *s, const char *token, struct tg_err *e);
/* The living master key's token replaced by (or made) this one. */
int tg_key_set_master(struct tg_store *s, struct tg_key *k, struct tg_err *e);
/* "full" ... ; UNSET NULL */
const char *tg_log_mode_name(enum tg_log_mode m);
int tg_log_mode_parse(struct tg_str s, enum tg_log_mode *m);
#endif
