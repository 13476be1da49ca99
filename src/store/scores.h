#ifndef TG_STORE_SCORES_H
#define TG_STORE_SCORES_H
/*
 * What people and programs say of calls: name with a number, a label or a
 * comment.  A thumb is the name "thumb" with 1 or -1.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "store/db.h"

struct tg_score {
	int64_t id;
	const char *call;		/* its id */
	const char *name;		/* "thumb", "quality" ... */
	bool has_number;
	double number;
	const char *label, *comment;	/* or NULL */
	const char *source;		/* "page", "api" */
	const char *made_by;
	int64_t key_id;			/* of the API's caller */
	int64_t at, updated_at;
};
/* The same name by the same maker is replaced; id is set. In tg_write(). */
int tg_score_put(struct tg_db *db, struct tg_score *s, struct tg_err *e);
int tg_score_find(struct tg_db *db, struct tg_arena *a, int64_t id,
    struct tg_score *s, struct tg_err *e);
int tg_score_drop(struct tg_db *db, int64_t id, struct tg_err *e);
int tg_score_list(struct tg_db *db, struct tg_arena *a, const char *call,
    struct tg_score **rows, size_t *n, struct tg_err *e);
/* Names that are in use, by how often. */
int tg_score_names(struct tg_db *db, struct tg_arena *a, const char ***names,
    size_t *n, struct tg_err *e);
/* Seqs of calls with such a score, newest first; for filters. */
struct tg_score_filter {
	const char *name;		/* NULL: any */
	const char *label;
	bool by_min, by_max;
	double min, max;
};
int tg_score_calls(struct tg_db *db, struct tg_arena *a,
    const struct tg_score_filter *f, int64_t limit, int64_t **seqs, size_t *n,
    struct tg_err *e);

/* Calls made again from a page. */
struct tg_replay {
	const char *call, *original;	/* ids */
	const char *run;		/* those compared together */
	const char *made_by;
	int64_t at;
};
int tg_replay_add(struct tg_db *db, const struct tg_replay *r,
    struct tg_err *e);
/* 1 it is one, 0 not. */
int tg_replay_find(struct tg_db *db, struct tg_arena *a, const char *call,
    struct tg_replay *r, struct tg_err *e);
/* Of an original, or of a run (the other NULL), oldest first. */
int tg_replay_list(struct tg_db *db, struct tg_arena *a, const char *original,
    const char *run, struct tg_replay **rows, size_t *n, struct tg_err *e);
#endif
