#ifndef TG_BASE_SHOWN_H
#define TG_BASE_SHOWN_H
/* What may be shown to whoever looks over a shoulder. */
#include "base/arena.h"

#define TG_MASKED "********"

/*
 * A URL with the password and the values of its query masked; NULL stays
 * NULL.  Maybe in the arena.
 */
const char *tg_shown_url(struct tg_arena *a, const char *url);
/*
 * Of a URL that is a secret as a whole (a webhook's) only the scheme and the
 * host.
 */
const char *tg_shown_host(struct tg_arena *a, const char *url);
#endif
