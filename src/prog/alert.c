/*
 * Which delivery is next, and what becomes of it.  The words are in
 * alert_text.c, the ways in alert_send.c.
 */
#include "config.h"

#include "prog/alert.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/jtree.h"
#include "base/log.h"
#include "prog/alert_send.h"
#include "prog/conf.h"
#include "prog/sandbox.h"
#include "store/db.h"

#define SLICE_MS 5000
#define QUICK_MS 1000
#define CLAIM_MORE_US (60 * 1000000LL)	/* beyond the longest try */
#define STALE_US (24 * 3600 * 1000000LL)
#define KEPT_US (30 * 24 * 3600 * 1000000LL)
#define PRUNE_MS (3600 * 1000)
#define ARENA_BYTES (1024 * 1024)
#define AT_ONCE 64	/* decided in one transaction without being sent */

/* After the first try, the second ... */
static const int64_t pauses_s[] = { 60, 300, 1800, 7200, 43200 };

struct tg_alerts {
	const struct tg_conf *conf;
	struct tg_store *store;
	int64_t pruned_at;	/* mono ms, 0 never */
};

/* What to look for, and what was found. */
struct claim {
	const struct tg_conf *conf;
	struct tg_arena *arena;
	const char **names;	/* of the targets that may be taken */
	size_t n_names;
	struct tg_delivery *delivery;	/* NULL: none is due */
	const struct tg_alert_target *target;
};
struct outcome {
	int64_t delivery;
	const char *error;
	int64_t next_at;
};

static int take(struct tg_db *db, void *arg, struct tg_err *e);
static int take_or_drop(struct tg_db *db, struct claim *c,
    struct tg_delivery *d, struct tg_err *e);
static int note(struct tg_db *db, void *arg, struct tg_err *e);
static int prune(struct tg_db *db, void *arg, struct tg_err *e);
static void prune_now(struct tg_alerts *al);
static int deliver(struct tg_alerts *al, struct claim *c, int ms);
static void leave_out(struct claim *c);
static bool wants(const struct tg_alert_target *t,
    const struct tg_event *event);
static bool is_meant(const struct tg_alert_target *t, const char *body);

struct tg_alerts *
tg_alerts_new(const struct tg_conf *conf, struct tg_store *s)
{
	struct tg_alerts *al = calloc(1, sizeof(*al));

	if (al == NULL)
		tg_fatal("out of memory");
	al->conf = conf;
	al->store = s;
	return al;
}

void
tg_alerts_free(struct tg_alerts *al)
{
	free(al);
}

int
tg_alerts_deliver(struct tg_alerts *al, bool quick)
{
	int64_t end = tg_mono_ms() + (quick ? QUICK_MS : SLICE_MS);
	struct claim c = { .conf = al->conf };
	int rc = 0, ms;
	size_t i;

	if (!quick)
		prune_now(al);
	c.arena = tg_arena_new(ARENA_BYTES);
	c.names = tg_arena_zero(c.arena,
	    (al->conf->n_alerts + 1) * sizeof(*c.names));
	for (i = 0; i < al->conf->n_alerts; i++)
		if (!quick || al->conf->told[i].way == TG_ALERT_URL)
			c.names[c.n_names++] = al->conf->told[i].name;
	while (c.n_names > 0 && rc != -1 && !tg_signals_pending()) {
		ms = quick ? QUICK_MS : 0;
		rc = deliver(al, &c, ms);
		if (rc != 1 || quick || tg_mono_ms() >= end)
			break;
	}
	tg_arena_free(c.arena);
	return rc;
}

/* 1: something was due, 0: nothing, -1: the database. ms 0: the target's. */
static int
deliver(struct tg_alerts *al, struct claim *c, int ms)
{
	struct tg_err e = { 0 };
	struct outcome o;
	struct tg_alert_try t;
	enum tg_alert_result result;
	int tries;

	c->delivery = NULL;
	if (tg_write(al->store, TG_DB_MAIN, take, c, &e) == -1)
		goto failed;
	if (c->delivery == NULL)
		return 0;
	t = (struct tg_alert_try){ .target = c->target,
		.event = &c->delivery->event, .gateway = al->conf->prog.name,
		.route = &al->conf->app.gate.catalog.route,
		.ms = ms > 0 ? ms : c->target->seconds * 1000 };
	result = tg_alert_send(&t);
	if (result == TG_ALERT_STOPPED)
		return 1;
	tries = c->delivery->tries;
	o = (struct outcome){ .delivery = c->delivery->id };
	if (result != TG_ALERT_TOLD)
		o.error = t.why;
	if (result == TG_ALERT_LATER && tries >= 0 &&
	    (size_t)tries < sizeof(pauses_s) / sizeof(pauses_s[0]))
		o.next_at = tg_wall_us() + pauses_s[tries] * 1000000;
	if (result == TG_ALERT_TOLD)
		tg_debug("alert delivered target=%s event=%s", t.target->name,
		    t.event->kind);
	else
		tg_warnx("alert not delivered target=%s event=%s try=%d "
		    "why=\"%s\" again=%s", t.target->name, t.event->kind,
		    tries + 1, t.why, o.next_at != 0 ? "yes" : "no");
	/* The next one would meet the same silence. */
	if (result == TG_ALERT_LATER)
		leave_out(c);
	if (tg_write(al->store, TG_DB_MAIN, note, &o, &e) == -1)
		goto failed;
	return 1;
failed:
	tg_warnx("alerts failed why=\"%s\"", e.msg);
	return -1;
}

/* In the transaction: the first that is due becomes ours for a while. */
static int
take(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct claim *c = arg;
	struct tg_delivery *rows;
	int i, rc;
	size_t n;

	c->delivery = NULL;
	for (i = 0; i < AT_ONCE; i++) {
		if (tg_outbox_due(db, c->arena, c->names, c->n_names,
			tg_wall_us(), 1, &rows, &n, e) == -1)
			return -1;
		if (n == 0)
			return 0;
		rc = take_or_drop(db, c, &rows[0], e);
		if (rc != 0)
			return rc == 1 ? 0 : -1;
	}
	return 0;
}

/* 1: taken, 0: it is not to be sent at all. */
static int
take_or_drop(struct tg_db *db, struct claim *c, struct tg_delivery *d,
    struct tg_err *e)
{
	int64_t now = tg_wall_us();

	c->target = tg_alert_find(c->conf, d->target);
	if (!wants(c->target, &d->event))
		return tg_outbox_tried(db, d->id, TG_OUTBOX_UNWANTED, 0, e);
	/* A target that is new is not told old stories. */
	if (d->tries == 0 && d->event.at < now - STALE_US)
		return tg_outbox_tried(db, d->id,
		    "it was a day old before it could be sent", 0, e);
	if (tg_outbox_claim(db, d->id,
		now + c->target->seconds * 1000000LL + CLAIM_MORE_US, e) == -1)
		return -1;
	c->delivery = d;
	return 1;
}

static int
note(struct tg_db *db, void *arg, struct tg_err *e)
{
	const struct outcome *o = arg;

	return tg_outbox_tried(db, o->delivery, o->error, o->next_at, e);
}

static void
prune_now(struct tg_alerts *al)
{
	struct tg_err e = { 0 };

	if (al->pruned_at != 0 && tg_mono_ms() < al->pruned_at + PRUNE_MS)
		return;
	al->pruned_at = tg_mono_ms();
	if (tg_write(al->store, TG_DB_MAIN, prune, NULL, &e) == -1)
		tg_warnx("old alerts not pruned why=\"%s\"", e.msg);
}

static int
prune(struct tg_db *db, void *arg, struct tg_err *e)
{
	(void)arg;
	return tg_outbox_prune(db, tg_wall_us() - KEPT_US, e);
}

static void
leave_out(struct claim *c)
{
	size_t i;

	for (i = 0; i < c->n_names; i++)
		if (strcmp(c->names[i], c->target->name) == 0) {
			c->names[i] = c->names[--c->n_names];
			return;
		}
}

static bool
wants(const struct tg_alert_target *t, const struct tg_event *event)
{
	struct tg_str rest = tg_str(t->events), one;

	if (strcmp(event->kind, "test") == 0)
		return is_meant(t, event->body);
	if (t->events == NULL)
		return true;
	while (tg_str_cut(&rest, ',', &one))
		if (tg_str_is(tg_str_trim(one), event->kind))
			return true;
	return false;
}

/* A test may be of one target alone. */
static bool
is_meant(const struct tg_alert_target *t, const char *body)
{
	struct tg_err ignored = { 0 };
	json_t *j = tg_jtree_parse(tg_str(body), &ignored);
	const char *one = json_string_value(json_object_get(j, "target"));
	bool is = one == NULL || strcmp(one, t->name) == 0;

	json_decref(j);
	return is;
}
