#ifndef TG_LLM_RETRY_AFTER_H
#define TG_LLM_RETRY_AFTER_H
/*
 * How long an upstream asks us to wait: headers first, then what its message
 * says (providers.md 1).  All in milliseconds, rounded up; -1: it does not
 * say.  Never more than 30 days.
 */
#include <stdint.h>

#include "base/str.h"

/*
 * retry-after-ms; else Retry-After, in seconds (a fraction is tolerated) or
 * as a date (RFC 9110 5.6.7, all three forms), of which the past gives 0.
 */
int64_t tg_retry_after(
    struct tg_str retry_after, struct tg_str retry_after_ms, int64_t now_s);
/* "Please try again in 7.66s", "in 6m0s", "retry after 20 seconds". */
int64_t tg_retry_hint(struct tg_str message);
#endif
