#ifndef TG_BASE_ZONE_H
#define TG_BASE_ZONE_H
/*
 * Time zones, without TZ and localtime(), which know one zone a process: the
 * system's zoneinfo (RFC 8536, version 2 and later) is read here, once for
 * each zone and process, and kept.  Thread-safe.  Seconds since 1970.
 */
#include <stdint.h>

#include "base/str.h"

#define TG_ZONEINFO "/usr/share/zoneinfo"
#define TG_ZONE_BYTES 64

/* Process lifetime. */
struct tg_zone;

/*
 * "", "UTC" and its like; "+05:30", "-03:00"; or a file of zoneinfo
 * ("Europe/Paris"), if that is installed.  NULL: unknown.
 */
const struct tg_zone *tg_zone_find(struct tg_str name);
/* Is this one only another name of UTC? */
int tg_zone_is_utc(const struct tg_zone *z);
/* The offset at that moment (local - UTC), and from when till when it holds:
 * *since inclusive, INT64_MIN if always; *until exclusive, INT64_MAX. */
int64_t tg_zone_offset(const struct tg_zone *z, int64_t utc, int64_t *since,
    int64_t *until);
/*
 * The first moment at which the local clock shows local, or, where that hour
 * is left out, the one at which the clock jumps over it.
 */
int64_t tg_zone_utc(const struct tg_zone *z, int64_t local);
#endif
