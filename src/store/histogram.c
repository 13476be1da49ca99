#include "config.h"

#include "store/histogram.h"

/* Durations counted in buckets; see the header. */
/* 2^(1/8): from a bucket's lower end to its middle, in thousandths. */
#define MIDDLE 1091

/* The lower end of bucket i, us. */
static int64_t
lower(int i)
{
	/* 2^(k/4) ms in ns */
	static const int64_t quarters[] = { 1000000, 1189207, 1414214,
		1681793 };

	return (quarters[i % 4] << (i / 4)) / 1000;
}

static int
bucket(int64_t us)
{
	int low = 0, high = TG_HISTOGRAM_BUCKETS - 1;

	while (low < high) {
		int middle = (low + high + 1) / 2;

		if (us >= lower(middle))
			low = middle;
		else
			high = middle - 1;
	}
	return low;
}

void
tg_histogram_count(struct tg_histogram *h, int64_t us)
{
	if (us >= 0)
		h->n[bucket(us)]++;
}

void
tg_histogram_add(struct tg_histogram *h, const struct tg_histogram *b)
{
	for (int i = 0; i < TG_HISTOGRAM_BUCKETS; i++)
		h->n[i] += b->n[i];
}

int64_t
tg_histogram_quantile(const struct tg_histogram *h, int of)
{
	int64_t all = 0, rank;

	for (int i = 0; i < TG_HISTOGRAM_BUCKETS; i++)
		all += h->n[i];
	if (all <= 0)
		return -1;
	rank = (all * of + 999) / 1000;
	for (int i = 0; i < TG_HISTOGRAM_BUCKETS; i++) {
		rank -= h->n[i];
		if (rank <= 0)
			return lower(i) * MIDDLE / 1000;
	}
	return lower(TG_HISTOGRAM_BUCKETS - 1);
}

void
tg_histogram_unpack(struct tg_histogram *h, const void *p, size_t n)
{
	const unsigned char *at = p, *end;
	uint64_t i = 0, count;

	if (n == 0)
		return;
	end = at + n;
	while (at < end) {
		i += tg_varint_get(&at, end);
		count = tg_varint_get(&at, end);
		if (i >= TG_HISTOGRAM_BUCKETS)
			return;
		h->n[i] += (int64_t)count;
	}
}

size_t
tg_histogram_pack(const struct tg_histogram *h, unsigned char *out)
{
	size_t n = 0;
	int last = 0;

	for (int i = 0; i < TG_HISTOGRAM_BUCKETS; i++) {
		if (h->n[i] == 0)
			continue;
		n += tg_varint_put(out + n, (uint64_t)(i - last));
		n += tg_varint_put(out + n, (uint64_t)h->n[i]);
		last = i;
	}
	return n;
}

size_t
tg_varint_put(unsigned char *out, uint64_t v)
{
	size_t n = 0;

	while (v >= 0x80) {
		out[n++] = (unsigned char)(v | 0x80);
		v >>= 7;
	}
	out[n++] = (unsigned char)v;
	return n;
}

uint64_t
tg_varint_get(const unsigned char **p, const unsigned char *end)
{
	uint64_t v = 0;

	for (int shift = 0; *p < end && shift < 64; shift += 7) {
		unsigned char c = *(*p)++;

		v |= (uint64_t)(c & 0x7f) << shift;
		if (c < 0x80)
			return v;
	}
	*p = end;
	return 0;
}
