/*
 * Looking customers and tags up: in memory first, for the same ones come
 * again and again.  Only those that are there are remembered: another
 * process may make one without touching the rules.
 */
#include "config.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/log.h"
#include "gate/parties.h"
#include "gate/rules.h"
#include "gate/stages.h"
#include "store/budgets.h"
#include "store/db.h"

#define SLOTS 1024	/* a power of two */

struct slot {
	int64_t version;
	enum tg_subject_kind kind;
	struct tg_party party;
	char name[TG_MAX_USER_NAME + 1];
};

struct tg_party_cache {
	pthread_mutex_t lock;
	struct slot slots[SLOTS];
};

struct query {
	struct tg_arena *a;
	struct tg_party_query ask;
	const char *zone;
	struct tg_party out;
};

struct tg_party_cache *
tg_party_cache_new(void)
{
	struct tg_party_cache *c = calloc(1, sizeof(*c));

	if (c != NULL)
		pthread_mutex_init(&c->lock, NULL);
	return c;
}

void
tg_party_cache_free(struct tg_party_cache *c)
{
	if (c == NULL)
		return;
	pthread_mutex_destroy(&c->lock);
	free(c);
}

/* FNV-1a. */
static struct slot *
slot_of(struct tg_party_cache *c, enum tg_subject_kind kind, const char *name)
{
	uint32_t h = 2166136261u ^ (uint32_t)kind;

	for (; *name != '\0'; name++)
		h = (h ^ (unsigned char)*name) * 16777619u;
	return &c->slots[(h ^ h >> 16) & (SLOTS - 1)];
}

static bool
recall(struct tg_party_cache *c, struct query *q)
{
	int64_t version = q->ask.version;
	struct slot *s = slot_of(c, q->ask.kind, q->ask.name);
	bool hit;

	if (version <= 0 || strlen(q->ask.name) >= sizeof(s->name))
		return false;
	pthread_mutex_lock(&c->lock);
	hit = s->version == version && s->kind == q->ask.kind &&
	    strcmp(s->name, q->ask.name) == 0;
	if (hit)
		q->out = s->party;
	pthread_mutex_unlock(&c->lock);
	return hit;
}

static void
remember(struct tg_party_cache *c, const struct query *q)
{
	int64_t version = q->ask.version;
	struct slot *s = slot_of(c, q->ask.kind, q->ask.name);

	/* What has words of its own is read anew: few have. */
	if (version <= 0 || q->out.id == 0 || q->out.region != NULL ||
	    q->out.default_model != NULL ||
	    strlen(q->ask.name) >= sizeof(s->name))
		return;
	pthread_mutex_lock(&c->lock);
	s->version = version;
	s->kind = q->ask.kind;
	s->party = q->out;
	memcpy(s->name, q->ask.name, strlen(q->ask.name) + 1);
	pthread_mutex_unlock(&c->lock);
}

static const char *
word(struct tg_arena *a, const char *settings, const char *name)
{
	struct tg_str value, text;

	if (!tg_json_get(tg_str(settings), name, &value) ||
	    tg_json_type(value) != TG_JSON_STRING ||
	    tg_json_text(a, value, &text) != 0 || text.n == 0)
		return NULL;
	return text.p;
}

static int
look(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct query *q = arg;
	struct tg_subject s;
	int rc = tg_subject_find(db, q->a, q->ask.kind, q->ask.name, &s, e);

	q->out = (struct tg_party){ .id = 0 };
	if (rc == 1)
		q->out = (struct tg_party){
			.id = s.id,
			.blocked = s.blocked,
			.region = word(
			    q->a, s.settings, "allowed_model_region"),
			.default_model =
			    word(q->a, s.settings, "default_model"),
		};
	return rc < 0 ? -1 : 0;
}

static int
make_with_budget(struct tg_db *db, struct query *q, struct tg_err *e)
{
	struct tg_subject s = {
		.kind = q->ask.kind,
		.name = q->ask.name,
		.models = "[]",
		.budget = q->ask.budget,
		.settings = "{}",
		.created_by = "default",
	};

	if (tg_subject_save(db, &s, e) != 0 ||
	    tg_rules_apply(db, q->a, TG_SCOPE_CUSTOMER, s.id, q->zone, e) != 0)
		return -1;
	q->out.id = s.id;
	return 0;
}

static int
make(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct query *q = arg;
	struct tg_budget b;
	int rc;

	if (look(db, q, e) != 0)
		return -1;
	if (q->out.id != 0)
		return 0;
	if (q->ask.budget == NULL || *q->ask.budget == '\0')
		return tg_subject_sight(db, q->ask.kind, q->ask.name, true,
		    &q->out.id, e);
	rc = tg_budget_find(db, q->a, q->ask.budget, &b, e);
	if (rc == 1)
		return make_with_budget(db, q, e);
	if (rc == 0)
		return tg_fail(e, TG_E_STORE,
		    "[customers] default_budget names the budget \"%s\", which "
		    "is not there: make it with /budget/new.",
		    q->ask.budget);
	return -1;
}

int
tg_party_find(struct tg_gate *g, struct tg_arena *a,
    const struct tg_party_query *ask, struct tg_party *out,
    struct tg_err *e)
{
	struct tg_party_cache *c = tg_gate_parties(g);
	struct query q = {
		.a = a,
		.ask = *ask,
		.zone = tg_gate_settings(g)->house.timezone,
	};

	if (!recall(c, &q)) {
		if (tg_read(tg_gate_store(g), TG_DB_MAIN, look, &q, e) != 0)
			return -1;
		if (q.out.id == 0 && ask->make &&
		    tg_write(tg_gate_store(g), TG_DB_MAIN, make, &q, e) != 0)
			return -1;
		remember(c, &q);
	}
	*out = q.out;
	return 0;
}
