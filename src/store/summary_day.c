#include "config.h"

#include "store/summary_day.h"

/* Packing and counting the sums of hours; see the header. */
#include <stddef.h>

#define HOUR_BYTES (12 * 10 + 2 * (TG_HISTOGRAM_PACKED + 10))

/* In the order in which they are packed. */
static const size_t places[] = {
	offsetof(struct tg_summary, calls),
	offsetof(struct tg_summary, failed),
	offsetof(struct tg_summary, refused),
	offsetof(struct tg_summary, unpriced),
	offsetof(struct tg_summary, input_tokens),
	offsetof(struct tg_summary, cached_tokens),
	offsetof(struct tg_summary, output_tokens),
	offsetof(struct tg_summary, cost_nano),
	offsetof(struct tg_summary, total_us),
	offsetof(struct tg_summary, first_us),
	offsetof(struct tg_summary, firsts),
};
#define PLACES (sizeof(places) / sizeof(places[0]))

static int64_t
value(const struct tg_summary *s, size_t i)
{
	return *(const int64_t *)(const void *)((const char *)s + places[i]);
}

static int64_t *
place(struct tg_summary *s, size_t i)
{
	return (int64_t *)(void *)((char *)s + places[i]);
}

/* --- packing --- */

static size_t
put_times(unsigned char *out, const struct tg_histogram *h)
{
	unsigned char packed[TG_HISTOGRAM_PACKED];
	size_t bytes = tg_histogram_pack(h, packed);
	size_t n = tg_varint_put(out, bytes);

	memcpy(out + n, packed, bytes);
	return n + bytes;
}

static void
put_hour(struct tg_buf *out, const struct tg_summary *s)
{
	unsigned char one[HOUR_BYTES];
	size_t n = tg_varint_put(one, (uint64_t)s->hour_at);

	for (size_t i = 0; i < PLACES; i++)
		n += tg_varint_put(one + n, (uint64_t)value(s, i));
	n += put_times(one + n, &s->total);
	n += put_times(one + n, &s->first);
	tg_buf_add(out, one, n);
}

static int
hour_of(const struct tg_call_row *c)
{
	return (int)(c->start_at / TG_HOUR_US % TG_DAY_HOURS);
}

/* Counts those of one hour; how many. */
static size_t
count_hour(struct tg_summary *s, const struct tg_call_row *const *rows,
    size_t n)
{
	size_t i = 0;

	for (; i < n && hour_of(rows[i]) == s->hour_at; i++)
		tg_summary_count(s, rows[i]);
	return i;
}

/* New hours before this one. */
static size_t
put_before(struct tg_buf *out, int hour,
    const struct tg_call_row *const *rows, size_t n)
{
	struct tg_summary s;
	size_t at = 0;

	while (at < n && hour_of(rows[at]) < hour) {
		memset(&s, 0, sizeof(s));
		s.hour_at = hour_of(rows[at]);
		at += count_hour(&s, rows + at, n - at);
		put_hour(out, &s);
	}
	return at;
}

int
tg_summary_day_add(struct tg_buf *out, struct tg_str day,
    const struct tg_call_row *const *rows, size_t n)
{
	struct tg_hours it = { (const unsigned char *)day.p, NULL, false };
	struct tg_summary s = { 0 };
	const unsigned char *from;
	size_t at = 0;

	it.end = it.p + day.n;
	while (it.p < it.end) {
		from = it.p;
		it.times = false;
		(void)tg_hours_next(&it, &s);
		at += put_before(out, (int)s.hour_at, rows + at, n - at);
		if (at == n || hour_of(rows[at]) != s.hour_at) {
			tg_buf_add(out, from, (size_t)(it.p - from));
			continue;
		}
		it.p = from;
		it.times = true;
		(void)tg_hours_next(&it, &s);
		at += count_hour(&s, rows + at, n - at);
		put_hour(out, &s);
	}
	(void)put_before(out, TG_DAY_HOURS, rows + at, n - at);
	return out->failed ? -1 : 0;
}

/* --- unpacking --- */

static void
get_times(struct tg_hours *it, struct tg_histogram *h)
{
	size_t bytes = tg_varint_get(&it->p, it->end);

	if (bytes > (size_t)(it->end - it->p))
		bytes = (size_t)(it->end - it->p);
	if (it->times) {
		memset(h, 0, sizeof(*h));
		tg_histogram_unpack(h, it->p, bytes);
	}
	it->p += bytes;
}

bool
tg_hours_next(struct tg_hours *it, struct tg_summary *s)
{
	if (it->p >= it->end)
		return false;
	s->hour_at = (int64_t)(tg_varint_get(&it->p, it->end) % TG_DAY_HOURS);
	for (size_t i = 0; i < PLACES; i++)
		*place(s, i) = (int64_t)tg_varint_get(&it->p, it->end);
	get_times(it, &s->total);
	get_times(it, &s->first);
	return true;
}

/* --- counting --- */

static int64_t
known(int64_t n)
{
	return n > 0 ? n : 0;
}

void
tg_summary_count(struct tg_summary *s, const struct tg_call_row *c)
{
	s->calls++;
	s->failed += c->state == TG_CALL_FAILED || c->state == TG_CALL_LOST;
	s->refused += c->state == TG_CALL_REFUSED;
	for (int i = 0; i < TG_TOK_OUTPUT; i++)
		s->input_tokens += known(c->tokens[i]);
	s->cached_tokens += known(c->tokens[TG_TOK_CACHE_READ]);
	s->output_tokens += known(c->tokens[TG_TOK_OUTPUT]) +
	    known(c->tokens[TG_TOK_AUDIO_OUTPUT]);
	if (c->cost_nano == TG_COST_UNKNOWN)
		s->unpriced++;
	else
		s->cost_nano += c->cost_nano;
	s->total_us += known(c->end_us);
	if (c->first_content_us >= 0) {
		s->first_us += c->first_content_us;
		s->firsts++;
	}
	if (c->state != TG_CALL_DONE)
		return;
	tg_histogram_count(&s->total, c->end_us);
	tg_histogram_count(&s->first, c->first_content_us);
}

void
tg_summary_sum(struct tg_summary *s, const struct tg_summary *b)
{
	for (size_t i = 0; i < PLACES; i++)
		*place(s, i) += value(b, i);
	tg_histogram_add(&s->total, &b->total);
	tg_histogram_add(&s->first, &b->first);
}
