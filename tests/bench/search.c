/*
 * What searches cost in a folder that `fill' made: each kind TIMES times, a
 * page of 25 hits, as the page asks for them.  Before each the connection is
 * as warm as the others left it.
 *
 *	search DIR TIMES	prints JSON: [{"name","hits","more","p50_us",
 *				"p95_us","cpu_us"}]; cpu_us: of the median
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/log.h"
#include "store/search.h"

#define TIMES_MAX 1000
#define HITS 25
#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static const struct tg_search_facet of_key = { TG_FACET_KEY, "7778" };
static const struct tg_search_facet of_model = { TG_FACET_MODEL,
	"o3-deep-research" };

static const struct {
	const char *name, *query;
	const struct tg_search_facet *facet;
} kinds[] = {
	{ "rare word", "quetzalcoatl", NULL },
	{ "common word", "because", NULL },
	{ "part of words", "trans", NULL },
	{ "two common words", "budget library", NULL },
	{ "phrase", "\"customer order\"", NULL },
	{ "phrase seldom said", "\"library budget meeting\"", NULL },
	{ "Chinese, two characters", "資料", NULL },
	{ "Chinese, one character", "請", NULL },
	{ "Chinese, four characters", "資料系統", NULL },
	{ "Japanese", "データ", NULL },
	{ "in system prompts", "\"helpful assistant\"", NULL },
	{ "nothing found", "zyzzyva", NULL },
	{ "nothing found, common letters", "theandingforyou", NULL },
	{ "without a word", "because -customer", NULL },
	{ "one of two", "quetzalcoatl OR invoice", NULL },
	{ "two letters", "or", NULL },
	{ "common word of a key", "because", &of_key },
	{ "common word of a rare model", "because", &of_model },
	{ "rare word of a key", "quetzalcoatl", &of_key },
};

struct ask {
	size_t kind;
	struct tg_arena *a;
	size_t n;
	bool more;
};

static int
look(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct ask *ask = arg;
	struct tg_search_query q = {
		.text = tg_str(kinds[ask->kind].query),
		.limit = HITS,
		.facets = kinds[ask->kind].facet,
		.n_facets = kinds[ask->kind].facet != NULL,
		.max_us = 10000000,
	};
	struct tg_search_hit *hits;

	return tg_search(db, ask->a, &q, &hits, &ask->n, &ask->more, e);
}

static int64_t
cpu_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return ts.tv_sec * INT64_C(1000000) + ts.tv_nsec / 1000;
}

static int
by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void
measure(struct tg_store *s, struct ask *ask, int times)
{
	static int64_t us[TIMES_MAX], cpu[TIMES_MAX];
	struct tg_err e = { 0 };

	for (int i = 0; i < times; i++) {
		int64_t begin = tg_mono_us(), used = cpu_us();

		if (tg_read(s, TG_DB_LOG, look, ask, &e) == -1) {
			fprintf(stderr, "search: %s\n", e.msg);
			exit(1);
		}
		us[i] = tg_mono_us() - begin;
		cpu[i] = cpu_us() - used;
		tg_arena_reset(ask->a);
	}
	qsort(us, (size_t)times, sizeof(*us), by_value);
	qsort(cpu, (size_t)times, sizeof(*cpu), by_value);
	printf("%s{\"name\":\"%s\",\"hits\":%zu,\"more\":%s,"
	       "\"p50_us\":%lld,\"p95_us\":%lld,\"cpu_us\":%lld}",
	    ask->kind > 0 ? ",\n" : "", kinds[ask->kind].name, ask->n,
	    ask->more ? "true" : "false", (long long)us[times / 2],
	    (long long)us[times * 95 / 100], (long long)cpu[times / 2]);
}

int
main(int argc, char **argv)
{
	struct tg_store_conf conf = { .busy_ms = 5000 };
	struct tg_err e = { 0 };
	struct ask ask = { .kind = 0 };
	struct tg_store *s;
	long times;

	if (argc != 3) {
		fprintf(stderr, "usage: search DIR TIMES\n");
		return 2;
	}
	times = strtol(argv[2], NULL, 10);
	if (times < 1 || times > TIMES_MAX)
		times = 20;
	conf.dir = argv[1];
	tg_log_level_set(TG_LOG_WARN);
	if (tg_crypto_init() == -1 || tg_store_open(&conf, &s, &e) == -1) {
		fprintf(stderr, "search: %s\n", e.msg);
		return 1;
	}
	ask.a = tg_arena_new(16 << 20);
	printf("[");
	for (; ask.kind < COUNT(kinds); ask.kind++)
		measure(s, &ask, (int)times);
	printf("]\n");
	tg_arena_free(ask.a);
	tg_store_close(s);
	return 0;
}
