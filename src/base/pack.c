#include "config.h"

#include "base/pack.h"

/*
 * A compressor needs memory that is costly to set up and too large to keep
 * for every thread: a process keeps a few.
 */
#include <pthread.h>
#include <stddef.h>

#include <zstd.h>

#define LEVEL 3
#define KEPT_MAX 2
#define KEPT_BYTES (2 * 1024 * 1024)

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static ZSTD_CCtx *kept[KEPT_MAX];
static int n_kept;

static ZSTD_CCtx *take(void);
static void give(ZSTD_CCtx *c);

int
tg_pack(struct tg_buf *out, struct tg_str text)
{
	ZSTD_CCtx *c;
	size_t n;
	char *room;

	if (text.n < 2)
		return 0;
	room = tg_buf_room(out, text.n - 1);
	c = take();
	if (c == NULL || room == NULL) {
		give(c);
		return -1;
	}
	n = ZSTD_compressCCtx(c, room, text.n - 1, text.p, text.n, LEVEL);
	give(c);
	if (ZSTD_isError(n)) {
		room[0] = '\0';
		return 0;
	}
	room[n] = '\0';
	out->n += n;
	return 1;
}

static ZSTD_CCtx *
take(void)
{
	ZSTD_CCtx *c = NULL;

	pthread_mutex_lock(&lock);
	if (n_kept > 0)
		c = kept[--n_kept];
	pthread_mutex_unlock(&lock);
	return c != NULL ? c : ZSTD_createCCtx();
}

static void
give(ZSTD_CCtx *c)
{
	if (c != NULL && ZSTD_sizeof_CCtx(c) <= KEPT_BYTES) {
		pthread_mutex_lock(&lock);
		if (n_kept < KEPT_MAX) {
			kept[n_kept++] = c;
			c = NULL;
		}
		pthread_mutex_unlock(&lock);
	}
	ZSTD_freeCCtx(c);
}

int
tg_unpack(void *to, size_t n, struct tg_str packed)
{
	return ZSTD_decompress(to, n, packed.p, packed.n) == n ? 0 : -1;
}

const char *
tg_pack_library(void)
{
	return ZSTD_versionString();
}
