#ifndef TG_STORE_HEALTH_H
#define TG_STORE_HEALTH_H
/*
 * How checks of deployments went: the last TG_HEALTH_KEPT of them.  Functions
 * run inside the caller's tg_read() or tg_write().
 */
#include "base/arena.h"
#include "base/err.h"
#include "store/db.h"

#define TG_HEALTH_KEPT 2000

struct tg_health_check {
	int64_t id;
	const char *deployment, *model;
	int64_t at;
	const char *error;	/* NULL: healthy */
	int64_t took_us;
	const char *checked_by;
};
/* Sets c->id, and lets go of those that are too old. */
int tg_health_add(struct tg_db *db, struct tg_health_check *c,
    struct tg_err *e);
struct tg_health_rows {
	struct tg_health_check *rows;
	size_t n;
	int64_t total;		/* without the page */
};
enum tg_health_want { TG_HEALTH_ALL, TG_HEALTH_GOOD, TG_HEALTH_BAD };
struct tg_health_filter {
	const char *model, *deployment;	/* NULL: all */
	enum tg_health_want want;
	int64_t after, limit;
};
/* Newest first. */
int tg_health_list(struct tg_db *db, struct tg_arena *a,
    const struct tg_health_filter *f, struct tg_health_rows *out,
    struct tg_err *e);
/* The last of each deployment. */
int tg_health_latest(struct tg_db *db, struct tg_arena *a,
    struct tg_health_rows *out, struct tg_err *e);
/* Calls that are open now, in all processes. */
int tg_health_open_calls(struct tg_db *db, int64_t *n, struct tg_err *e);
#endif
