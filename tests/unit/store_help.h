/* A data folder for a test, and a store in it. */
#ifndef TG_TESTS_STORE_HELP_H
#define TG_TESTS_STORE_HELP_H
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "store/books.h"
#include "store/calls.h"
#include "store/db.h"
#include "store/keys.h"

struct help {
	char dir[128];
	struct tg_store *store;
	struct tg_arena *arena;
	struct tg_err e;
};

/* cmocka's setup and teardown: *state is a struct help. */
int help_new(void **state);
int help_free(void **state);
/* Another store on the same folder; fails the test if it cannot. */
struct tg_store *help_open(const char *dir, bool threads);
/* Runs SQL behind the store's back; the first column of the last row. */
int64_t help_sql(const char *dir, const char *file, const char *sql);
/* dir/name, in a buffer that the next call but three uses again. */
const char *help_path(const char *dir, const char *name);
void help_remove_tree(const char *dir);
/* A call's row, filled in like the gateway does it. */
struct tg_call_row help_call(int64_t key_id);
void help_completed(struct tg_call_row *c);
/* Into the books and out, without promises but the key's and the house's. */
int help_call_open(struct tg_store *s, struct tg_call_row *c,
    struct tg_err *e);
int help_call_close(struct tg_store *s, const struct tg_call_row *c,
    struct tg_err *e);
/* A key that exists; text is hashed. */
int64_t help_key(struct tg_store *s, const char *text, const char *alias);
/* Deterministic chance. */
uint64_t help_random(uint64_t *state);
#endif
