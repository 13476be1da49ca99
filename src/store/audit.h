#ifndef TG_STORE_AUDIT_H
#define TG_STORE_AUDIT_H
/* Who changed what: a row in the transaction of the change. */
#include "base/arena.h"
#include "base/err.h"
#include "store/db.h"

struct tg_audit {
	int64_t id, at;
	const char *who;	/* "master", a person's name, a key's alias */
	int64_t key_id;		/* 0: not by a key of the table */
	const char *addr;
	const char *changed_by;	/* litellm-changed-by, or NULL */
	const char *action;	/* "created" "updated" "deleted" "blocked" ... */
	const char *object;	/* LiteLLM's table: "LiteLLM_TeamTable" ... */
	const char *object_id;
	const char *before, *after;	/* JSON without secrets, or NULL */
};
int tg_audit_add(struct tg_db *db, const struct tg_audit *a, struct tg_err *e);

struct tg_audit_filter {
	/* NULL: all; who also finds what was changed in that name */
	const char *who, *action, *object, *object_id;
	int64_t key_id;			/* 0: all */
	int64_t from_at, to_at;		/* 0: open */
	int64_t after, limit;
};
int tg_audit_list(struct tg_db *db, struct tg_arena *a,
    const struct tg_audit_filter *f, struct tg_audit **rows, size_t *n,
    int64_t *total, struct tg_err *e);
/* 1 found, 0 not. */
int tg_audit_find(struct tg_db *db, struct tg_arena *a, int64_t id,
    struct tg_audit *row, struct tg_err *e);
#endif
