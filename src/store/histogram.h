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
#define TG_HISTOGRAM_PACKED (TG_HISTOGRAM_BUCKETS * 11)
size_t tg_histogram_pack(const struct tg_histogram *h, unsigned char *out);

/* Numbers of 7 bits a byte, the lowest first; bytes written, at most 10. */
size_t tg_varint_put(unsigned char *out, uint64_t v);
/* Moves *p on; 0 and *p = end when it is damaged. */
uint64_t tg_varint_get(const unsigned char **p, const unsigned char *end);
#endif
