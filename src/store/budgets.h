#ifndef TG_STORE_BUDGETS_H
#define TG_STORE_BUDGETS_H
/*
 * Budgets that several subjects share by name (LiteLLM's /budget): settings
 * only; what each has spent is its own.  Functions run inside the caller's
 * tg_read() or tg_write().
 */
#include "base/arena.h"
#include "base/err.h"
#include "store/db.h"

struct tg_budget {
	const char *name;
	const char *settings;	/* JSON object, LiteLLM's names */
	const char *created_by, *updated_by;
	int64_t created_at, updated_at;
};
int tg_budget_find(struct tg_db *db, struct tg_arena *a, const char *name,
    struct tg_budget *b, struct tg_err *e);
int tg_budget_save(struct tg_db *db, struct tg_budget *b, struct tg_err *e);
/* 1 removed, 0 none; TG_E_CONFLICT is not made: those linked lose it. */
int tg_budget_remove(struct tg_db *db, const char *name, struct tg_err *e);
int tg_budget_list(struct tg_db *db, struct tg_arena *a,
    struct tg_budget **rows, size_t *n, struct tg_err *e);
/* By name, but for those that were made for a single member. */
struct tg_budget_page {
	const char *like;		/* part of the name, or NULL */
	int64_t after, limit;		/* page by rows; limit 0: all */
	/* found; total: without the page */
	struct tg_budget *rows;
	size_t n;
	int64_t total;
};
int tg_budget_page(struct tg_db *db, struct tg_arena *a,
    struct tg_budget_page *page, struct tg_err *e);

/*
 * Who is linked to it: keys, subjects, members; to NULL: whoever has a budget
 * or settings, of which promises may be made.
 */
struct tg_budget_user {
	int scope;		/* enum tg_scope: KEY, MEMBER or a subject's */
	int64_t subject;
};
int tg_budget_users(struct tg_db *db, struct tg_arena *a, const char *name,
    struct tg_budget_user **rows, size_t *n, struct tg_err *e);
#endif
