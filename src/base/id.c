/*
 * Names made by chance: calls (UUID version 7, so that rows lie in the order
 * of time), keys and passwords.  All randomness is the kernel's, by
 * libsodium.
 */
#include "config.h"
#include "base/id.h"

#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

#define MS_NS 1000000
/* A wall clock set back by more than this is followed, not waited for. */
#define WAIT_TICKS ((uint64_t)10 * 1000 << 12)

static uint64_t next_tick(void);
static uint64_t wall_tick(void);

/*
 * RFC 9562 6.2, method 3: the 12 bits behind the version are the fraction of
 * the millisecond, and within a process no tick is given out twice.
 */
const char *
tg_uuid7(char out[TG_UUID_BYTES])
{
	uint64_t tick = next_tick(), tail = tg_random_u64();

	snprintf(out, TG_UUID_BYTES, "%08x-%04x-7%03x-%04x-%012llx",
	    (unsigned)(tick >> 28 & 0xffffffff),
	    (unsigned)(tick >> 12 & 0xffff),
	    (unsigned)(tick & 0xfff),
	    (unsigned)(0x8000 | (tail >> 48 & 0x3fff)),
	    (unsigned long long)(tail & 0xffffffffffff));
	return out;
}

const char *
tg_key_new(char out[TG_KEY_BYTES])
{
	out[0] = 's';
	out[1] = 'k';
	out[2] = '-';
	tg_random_text(out + 3, TG_KEY_BYTES - 1 - 3);
	return out;
}

void
tg_random_text(char *out, size_t n)
{
	static const char alphabet[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	size_t i;

	randombytes_buf(out, n);
	for (i = 0; i < n; i++)
		out[i] = alphabet[(unsigned char)out[i] & 63];
	out[n] = '\0';
}

uint64_t
tg_random_u64(void)
{
	uint64_t v;

	randombytes_buf(&v, sizeof(v));
	return v;
}

static uint64_t
next_tick(void)
{
	static _Atomic uint64_t last;
	uint64_t before = atomic_load(&last), tick;

	do {
		tick = wall_tick();
		if (before >= tick && before - tick < WAIT_TICKS)
			tick = before + 1;
	} while (!atomic_compare_exchange_weak(&last, &before, tick));
	return tick;
}

/* Wall time in 1/4096 ms. */
static uint64_t
wall_tick(void)
{
	struct timespec ts;
	uint64_t ms, rest_ns;

	clock_gettime(CLOCK_REALTIME, &ts);
	ms = (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / MS_NS;
	rest_ns = (uint64_t)ts.tv_nsec % MS_NS;
	return ms << 12 | rest_ns * 4096 / MS_NS;
}
