/*
 * `tollgate demo': fills an empty data folder with a month of a made-up
 * house, for looking around and for the pictures of the manual.  People, keys
 * and models are made by the management API, calls are booked as the gate
 * books them, so that all of it adds up: `tollgate ledger verify' says so.
 */
#include "config.h"

#include "prog/demo.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/id.h"
#include "store/calls.h"
#include "store/keys.h"
#include "store/models.h"
#include "store/providers.h"

#define DAY_US (24 * 3600 * 1000000LL)
#define HOUR_US (3600 * 1000000LL)
#define DAYS 31

/* When a conversation begins. */
struct start {
	int64_t at;
	const struct tg_demo_program *program;
};

static int check_empty(struct tg_cmd *c);
static int make_models(struct tg_demo *d);
static int add_model(struct tg_demo *d, const struct tg_demo_model *m);
static int make_things(struct tg_demo *d, const struct tg_demo_thing **next,
    int64_t until);
static int tell_month(struct tg_demo *d);

int
tg_cmd_demo(struct tg_cmd *c)
{
	struct tg_demo d = { .c = c, .seed = 20260101 };
	int rc = -1;

	if (tg_cmd_conf(c) == -1)
		return TG_EXIT_FAILED;
	/* Nobody misses a month that is lost half-made. */
	c->conf->app.store.full_sync = false;
	if (tg_cmd_app(c) == -1 || check_empty(c) == -1)
		return TG_EXIT_FAILED;
	d.store = tg_cmd_store(c);
	d.now = tg_wall_us();
	d.begin = d.now - d.now % DAY_US - (DAYS - 1) * DAY_US;
	tg_wall_stand(d.begin);
	if (make_models(&d) == 0 && tell_month(&d) == 0)
		rc = 0;
	tg_wall_stand(0);
	if (rc == -1)
		return TG_EXIT_FAILED;
	while (tg_app_read(c->app, false) == 1)
		; /* as the janitor does: conversations, search, sums */
	return tg_cmd_said(c,
	    json_pack("{s:I, s:i}", "calls", (json_int_t)d.calls, "days",
		DAYS),
	    "a month of a made-up house is in the books: %lld calls; its "
	    "models are answered by the program itself",
	    (long long)d.calls);
}

uint64_t
tg_demo_random(struct tg_demo *d, uint64_t below)
{
	/* splitmix64 (Steele, Lea, Flood 2014) */
	uint64_t z = d->seed += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return below == 0 ? 0 : (z ^ z >> 31) % below;
}

/* Made-up people among real ones would be told apart by nobody. */
static int
check_empty(struct tg_cmd *c)
{
	struct tg_call_filter any = { .state = -1, .limit = 1 };
	struct tg_call_row *rows;
	struct tg_key *keys;
	size_t n, k;

	if (tg_call_list(tg_cmd_store(c), c->arena, &any, &rows, &n,
		&c->err) == -1 ||
	    tg_key_list(tg_cmd_store(c), c->arena, true, &keys, &k,
		&c->err) == -1)
		return -1;
	/* The master's and the first key are those of `init'. */
	if (n == 0 && k <= 2)
		return 0;
	return tg_fail(&c->err, TG_E_CONFLICT,
	    "%s has keys or calls of its own; the demonstration is for an "
	    "empty data folder: TOLLGATE_DATA=./demo tollgate init, then "
	    "TOLLGATE_DATA=./demo tollgate demo",
	    c->conf->prog.data);
}

/* --- models --- */

static int
make_models(struct tg_demo *d)
{
	const struct tg_demo_model *m;
	const char *last = "";

	for (m = tg_demo_models; m->name != NULL; m++) {
		struct tg_provider_row p = { .name = m->provider,
			.settings = "{\"type\": \"echo\", \"open\": \"no\"}",
			.created_at = d->begin,
			.updated_at = d->begin };

		if (strcmp(last, m->provider) != 0 &&
		    tg_provider_put(d->store, &p, &d->c->err) == -1)
			return -1;
		last = m->provider;
		if (add_model(d, m) == -1)
			return -1;
	}
	return 0;
}

static int
add_model(struct tg_demo *d, const struct tg_demo_model *m)
{
	const struct {
		const char *unit, *usd;
	} units[] = { { "input", m->input }, { "cache_read", m->cache_read },
		{ "output", m->output } };
	struct tg_price_row prices[3];
	char id[TG_UUID_BYTES];
	struct tg_deployment_row row = { .id = tg_uuid7(id),
		.model = m->name,
		.provider = m->provider,
		.upstream_model = m->name,
		.info = "{}",
		.created_by = "anna",
		.created_at = d->begin,
		.updated_at = d->begin,
		.prices = prices };

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		struct tg_price_row *p = &prices[row.n_prices];

		*p = (struct tg_price_row){ .unit = units[i].unit,
			.valid_from = d->begin };
		if (units[i].usd != NULL &&
		    tg_price_parse(tg_str(units[i].usd), &p->pico_usd) == 0)
			row.n_prices++;
	}
	row.settings = tg_arena_printf(d->c->arena,
	    "{\"mode\": \"%s\", \"echo_delay_ms\": \"%d\", "
	    "\"echo_tokens_per_second\": \"%d\"}",
	    m->mode, m->first_ms, m->tokens_per_s);
	return tg_deployment_add(d->store, &row, &d->c->err);
}

/* --- people, teams, keys --- */

static int
make_things(struct tg_demo *d, const struct tg_demo_thing **next,
    int64_t until)
{
	json_t *body, *answer = NULL;
	int rc = 0;

	for (; (*next)->path != NULL && rc == 0; (*next)++) {
		int64_t at = d->begin + (*next)->day * DAY_US;

		if (at > until)
			break;
		tg_wall_stand(at);
		body = tg_jtree_parse(tg_str((*next)->body), &d->c->err);
		if (body == NULL)
			return -1;
		rc = tg_cmd_call(d->c, "POST", (*next)->path, body, &answer);
		if (rc == 0)
			json_decref(answer);
	}
	return rc;
}

/* --- the month --- */

static int
by_time(const void *a, const void *b)
{
	const struct start *x = a, *y = b;

	return (x->at > y->at) - (x->at < y->at);
}

static bool
is_weekend(int64_t at)
{
	int64_t weekday = (at / DAY_US + 4) % 7; /* 1970 began a Thursday */

	return weekday == 0 || weekday == 6;
}

/* Some days are busier than others. */
static int
conversations(struct tg_demo *d, const struct tg_demo_program *p, int64_t day)
{
	int n = p->a_day;

	if (is_weekend(day) && !p->weekends)
		n /= 8;
	return n == 0 ? 0 : (int)tg_demo_random(d, (uint64_t)n) + (n + 1) / 2;
}

static size_t
plan_day(struct tg_demo *d, int64_t day, struct start *starts, size_t room)
{
	const struct tg_demo_program *p;
	size_t n = 0;

	for (p = tg_demo_programs; p->key != NULL; p++) {
		int hours = p->to_hour - p->from_hour;
		int64_t from = day + p->from_hour * HOUR_US;

		if (day < d->begin + p->from_day * DAY_US)
			continue;
		if (hours == 0)
			hours = 24;
		for (int i = conversations(d, p, day); i > 0 && n < room; i--)
			starts[n++] = (struct start){ from +
				    (int64_t)tg_demo_random(d,
					(uint64_t)hours * HOUR_US),
				p };
	}
	qsort(starts, n, sizeof(*starts), by_time);
	return n;
}

static int
tell_month(struct tg_demo *d)
{
	const struct tg_demo_thing *next = tg_demo_things;
	static struct start starts[1024];
	size_t n, i;

	for (int day = 0; day < DAYS; day++) {
		n = plan_day(d, d->begin + day * DAY_US, starts,
		    sizeof(starts) / sizeof(starts[0]));
		for (i = 0; i < n; i++) {
			/* What is said now must have been said before now. */
			if (starts[i].at > d->now - HOUR_US / 3)
				break;
			if (make_things(d, &next, starts[i].at) == -1 ||
			    tg_demo_talk(
				d, starts[i].program, starts[i].at) == -1)
				return -1;
		}
	}
	return make_things(d, &next, d->now);
}
