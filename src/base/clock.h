#ifndef TG_BASE_CLOCK_H
#define TG_BASE_CLOCK_H
/*
 * Time.  Durations are measured on the monotonic clock, which no one can
 * set; dates come from the wall clock.
 */
#include <stdint.h>

#include "base/str.h"

int64_t tg_mono_us(void);
int64_t tg_mono_ms(void);
int64_t tg_wall_us(void);	/* since 1970, UTC */
int64_t tg_wall_s(void);
/*
 * From now on the wall clock of this process stands at this moment; 0: it goes
 * again.  For books that are written afterwards: `tollgate demo`.
 */
void tg_wall_stand(int64_t wall_us);
/* Microseconds since boot, suspend included: to notice a set wall clock. */
int64_t tg_boot_us(void);
/* "2026-01-31T12:00:00.123000Z"; buf of TG_ISO_BYTES. */
#define TG_ISO_BYTES 32
const char *tg_iso_time(int64_t wall_us, char *buf);
/* Reads that form (fraction and zone optional, Z or +hh:mm); -1: no date. */
int tg_iso_parse(struct tg_str s, int64_t *wall_us);
/*
 * "90", "15s", "30m", "12h", "7d", "2w", "1mo" (30 days) -> seconds; -1: not
 * a duration.
 */
int tg_duration_parse(struct tg_str s, int64_t *seconds);
#endif
