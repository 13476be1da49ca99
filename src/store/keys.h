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
};

/*
 * Stores k (token, name, alias …; id is set). TG_E_CONFLICT: alias or key
 * exists.
 */
int tg_key_add(struct tg_store *s, struct tg_key *k, struct tg_err *e);
/* 1 found (revoked ones too), 0 not, -1 cannot read. By the hash in hex. */
int tg_key_find(struct tg_store *s, struct tg_arena *a, const char *token,
    struct tg_key *k, struct tg_err *e);
int tg_key_find_alias(struct tg_store *s, struct tg_arena *a, const char *alias,
    struct tg_key *k, struct tg_err *e);
int tg_key_find_id(struct tg_store *s, struct tg_arena *a, int64_t id,
    struct tg_key *k, struct tg_err *e);
/* All, newest first, in the arena. */
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
