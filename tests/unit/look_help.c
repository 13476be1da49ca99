#include "config.h"

#include "look_help.h"

#include "unit.h"

#include <stdio.h>

#define LATE 16

/* Opened and not yet settled. */
static struct tg_call_row late[LATE];
static int n_late;
static const struct help *whose;
static const char *const models[] = { "gpt-5", "gpt-5-mini", "claude", "rare" };
static const char *const places[] = { "d1", "d2", "d3", "d4" };
static const char *const providers[] = { "openai", "openai", "anthropic",
	"local" };
static const char *const sessions[] = { NULL, "s1", "s2", "s3" };
static const char *const agents[] = { NULL, "OpenAI/Python 1.2",
	"claude-cli/2.0 (external)", "curl/7.88.1" };

static int64_t
below(uint64_t *seed, int64_t n)
{
	return (int64_t)(help_random(seed) % (uint64_t)n);
}

static struct tg_call_row
some_call(uint64_t *seed)
{
	struct tg_call_row c = help_call(1 + below(seed, 5));
	size_t m = (size_t)below(seed, below(seed, 20) == 0 ? 4 : 3);

	c.start_at = LOOK_FROM + below(seed, 4 * LOOK_DAY);
	c.model = models[m];
	c.deployment = places[m];
	c.provider = providers[m];
	c.person = below(seed, 4);
	c.team = below(seed, 3);
	c.customer = below(seed, 3) == 0 ? 50 + below(seed, 3) : 0;
	c.tag_ids = below(seed, 4) == 0 ? "[60,61]" : NULL;
	c.session = sessions[below(seed, 4)];
	c.agent = agents[below(seed, 4)];
	c.route = below(seed, 9) == 0 ? "embeddings" : "chat";
	return c;
}

static void
finish(struct tg_call_row *c, uint64_t *seed)
{
	help_completed(c);
	c->end_us = below(seed, 1 << below(seed, 27)) + 1;
	c->first_content_us =
	    below(seed, 2) == 0 ? below(seed, c->end_us) : -1;
	c->tokens[TG_TOK_INPUT] = below(seed, 100000);
	c->tokens[TG_TOK_OUTPUT] = below(seed, 3000);
	c->cost_nano = below(seed, 10) == 0 ? TG_COST_UNKNOWN :
					      below(seed, 1 << 20);
	switch (below(seed, 8)) {
	case 0:
		c->state = TG_CALL_FAILED;
		c->status = below(seed, 2) == 0 ? 429 : 502;
		c->error = "upstream: Too many requests";
		break;
	case 1:
		c->state = TG_CALL_GONE;
		c->status = 499;
		break;
	default:
		break;
	}
}

void
look_call(struct help *h, uint64_t *seed)
{
	struct tg_call_row c = some_call(seed);

	if (whose != h)
		n_late = 0;
	whose = h;
	if (below(seed, 12) == 0) {
		c.status = 401;
		c.state = TG_CALL_REFUSED;
		c.cost_nano = 0;
		c.provider = c.deployment = NULL;
		for (int i = 0; i < TG_TOK__MAX; i++)
			c.tokens[i] = -1;
		c.end_us = 5;
		c.error = "key_blocked";
		assert_int_equal(tg_book_refuse(h->store, &c, &h->e), 0);
		return;
	}
	assert_int_equal(help_call_open(h->store, &c, &h->e), 0);
	finish(&c, seed);
	if (n_late < LATE && below(seed, 6) == 0)
		late[n_late++] = c;
	else
		assert_int_equal(help_call_close(h->store, &c, &h->e), 0);
}

void
look_late(struct help *h, uint64_t *seed)
{
	char sql[128];
	int64_t n;

	for (int i = 0; i < n_late; i++) {
		int64_t how = below(seed, 4);

		if (how == 0)
			continue;
		if (how >= 2) { /* its process is taken for dead */
			snprintf(sql, sizeof(sql), "UPDATE calls SET worker = "
			    "'1:1' WHERE seq = %lld AND state = 0",
			    (long long)late[i].seq);
			help_sql(h->dir, "tollgate.db", sql);
			assert_int_equal(
			    tg_book_sweep(h->store, &n, &h->e), 0);
		}
		if (how == 2)
			continue; /* it may come back the next time */
		assert_int_equal(
		    help_call_close(h->store, &late[i], &h->e), 0);
		late[i--] = late[--n_late];
	}
}
