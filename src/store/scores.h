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
/*
 * What the same maker (source and key_id, without a key made_by) said under
 * the same name is replaced; id and at are set. In tg_write().
 */
int tg_score_put(struct tg_db *db, struct tg_score *s, struct tg_err *e);
int tg_score_find(struct tg_db *db, struct tg_arena *a, int64_t id,
    struct tg_score *s, struct tg_err *e);
int tg_score_drop(struct tg_db *db, int64_t id, struct tg_err *e);
int tg_score_list(struct tg_db *db, struct tg_arena *a, const char *call,
    struct tg_score **rows, size_t *n, struct tg_err *e);
/* Names that are in use, sorted; at most 200. */
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

/* Scores of calls that somebody may see. */
struct tg_score_query {
	struct tg_score_filter filter;
	const char *call;		/* NULL: of all calls */
	int64_t key_id, person;		/* whose calls, 0: all */
	int64_t from_at, to_at;		/* said when; 0: open */
	int64_t after, limit;		/* of the page */
};
struct tg_score_row {
	struct tg_score score;
	const char *model;		/* of the call */
};
/* Newest first; *total, unless it is NULL: without the page. */
int tg_score_page(struct tg_db *db, struct tg_arena *a,
    const struct tg_score_query *q, struct tg_score_row **rows, size_t *n,
    int64_t *total, struct tg_err *e);
/* By name and model. */
struct tg_score_sum {
	const char *name, *model;
	int64_t n, numbers, comments;
	double mean, min, max;		/* of the numbers, if there are any */
};
int tg_score_sums(struct tg_db *db, struct tg_arena *a,
    const struct tg_score_query *q, struct tg_score_sum **rows, size_t *n,
    struct tg_err *e);
/* The same by label too: only name, model, label and n. */
struct tg_score_label {
	const char *name, *model, *label;
	int64_t n;
};
int tg_score_labels(struct tg_db *db, struct tg_arena *a,
    const struct tg_score_query *q, struct tg_score_label **rows, size_t *n,
    struct tg_err *e);
/*
 * Is there such a call, begun and over, of that key and that person (0: of
 * any)?  1 yes, 0 no.
 */
int tg_score_call_seen(struct tg_db *db, const char *call, int64_t key_id,
    int64_t person, struct tg_err *e);
/*
 * The call whose answer has this id, among the newest 50,000 of the key, the
 * person, or (both 0) of all.  1 found, 0 not.
 */
int tg_score_call_of(struct tg_db *db, struct tg_arena *a, const char *answer,
    int64_t key_id, int64_t person, const char **call, struct tg_err *e);

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
/* Seqs of all of them, newest first; for filters. */
int tg_replay_calls(struct tg_db *db, struct tg_arena *a, int64_t limit,
    int64_t **seqs, size_t *n, struct tg_err *e);
/* Of an original, or of a run (the other NULL), oldest first. */
int tg_replay_list(struct tg_db *db, struct tg_arena *a, const char *original,
    const char *run, struct tg_replay **rows, size_t *n, struct tg_err *e);
#endif
