/* A few hundred calls of all sorts, for tests of what looks calls up. */
#ifndef TG_TESTS_LOOK_HELP_H
#define TG_TESTS_LOOK_HELP_H
#include "store_help.h"

#define LOOK_HOUR (3600 * INT64_C(1000000))
#define LOOK_DAY (24 * LOOK_HOUR)
#define LOOK_FROM (1790000000 * INT64_C(1000000) / LOOK_DAY * LOOK_DAY)

/* One call: opened, and most of them ended in some way. */
void look_call(struct help *h, uint64_t *seed);
/* Those that were left open: some end, some are lost, some come back. */
void look_late(struct help *h, uint64_t *seed);
#endif
