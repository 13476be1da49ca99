#ifndef TG_STORE_NEAR_H
#define TG_STORE_NEAR_H
/* For who looks at everything at once; inside the caller's tg_read(). */
#include "base/arena.h"
#include "store/accounts.h"
#include "store/db.h"

/* Caps of whatever scope, in their present period. */
struct tg_cap_near {
	enum tg_scope scope;
	int64_t subject;
	const char *name;		/* of the account */
	const char *period;
	int64_t cap_nano, spent_nano, held_nano;
	int64_t reset_at;		/* INT64_MAX never */
};
/*
 * The nearest to its end first; those with nothing spent are left out, and
 * where there are very many also those below their first threshold.
 */
struct tg_caps_near {
	int64_t now;
	int64_t person;		/* theirs and their keys', 0: all */
	size_t limit;
	/* out */
	struct tg_cap_near *rows;
	size_t n;
};
int tg_caps_near(struct tg_db *db, struct tg_arena *a,
    struct tg_caps_near *near, struct tg_err *e);
/* Events that wait for being told, and since when one is due. */
struct tg_behind {
	int64_t waiting, since_at;
};
int tg_outbox_behind(struct tg_db *db, struct tg_behind *b, struct tg_err *e);
/* Is the disk so full that nothing new may begin? */
bool tg_store_is_short(struct tg_store *s);
/* When the latest price was entered; 0 none was. */
int tg_prices_entered(struct tg_db *db, int64_t *at, struct tg_err *e);
#endif
