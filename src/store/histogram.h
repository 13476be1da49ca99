#ifndef TG_STORE_HISTOGRAM_H
#define TG_STORE_HISTOGRAM_H
/*
 * Counts of durations in buckets that grow by the fourth root of two, from
 * 1 ms to an hour: quantiles to within a tenth, and sums of them are sums.
 * Packed: varints (bucket's distance, count) of those that are not 0.
 */
#include <stddef.h>
#include <stdint.h>

#define TG_HISTOGRAM_BUCKETS 88

struct tg_histogram {
	int64_t n[TG_HISTOGRAM_BUCKETS];
};
void tg_histogram_count(struct tg_histogram *h, int64_t us);
void tg_histogram_add(struct tg_histogram *h, const struct tg_histogram *b);
/* of: parts of a thousand (500: the median), us; -1: nothing was counted. */
int64_t tg_histogram_quantile(const struct tg_histogram *h, int of);
/* Adds what is packed; damaged bytes end it. */
void tg_histogram_unpack(struct tg_histogram *h, const void *p, size_t n);
/* Bytes written, at most TG_HISTOGRAM_PACKED. */
#define TG_HISTOGRAM_PACKED (TG_HISTOGRAM_BUCKETS * 10)
size_t tg_histogram_pack(const struct tg_histogram *h, unsigned char *out);
/*
 * SQL, on every connection: hist_add(packed, us) counts one more,
 * hist_sum(packed) sums them up.
 */
struct sqlite3;
int tg_histogram_functions(struct sqlite3 *handle);
#endif
