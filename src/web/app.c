/*
 * Puts the floors together for one process, and serves requests with them.
 */
#include "config.h"

#include "web/app.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/log.h"
#include "gate/scribe.h"
#include "store/keeping.h"
#include "store/summaries.h"
#include "web/fault.h"
#include "web/routes.h"

#define SWEEP_EVERY_MS 5000
#define FOLD_EVERY_MS 20000
#define CHECKPOINT_EVERY_MS 30000
/* Of the second between two rounds: so much goes into reading calls. */
#define READ_MS 300
#define PRUNE_MS 500
#define READ_BUSY_MS 60
#define SEAL_CHECK "seal_check"
#define JANITOR_AT "janitor_at"
#define ALIVE_EVERY_US (30 * INT64_C(1000000))

struct tg_app {
	struct tg_app_conf conf;
	struct tg_store *store;
	struct tg_seal *seal;
	struct tg_gate *gate;
	int64_t since_us;
	int64_t swept_at, folded_at, checkpoint_at;
};

static int prove_seal(struct tg_app *, struct tg_err *);

int
tg_app_open(const struct tg_app_conf *conf, struct tg_app **out,
    struct tg_err *e)
{
	struct tg_app *app = calloc(1, sizeof(*app));

	if (app == NULL)
		return tg_fail(e, TG_E_INTERNAL, "out of memory");
	app->conf = *conf;
	app->since_us = tg_wall_us();
	if (tg_store_open(&conf->store, &app->store, e) != 0)
		goto fail;
	app->seal = tg_seal_open(conf->key_file, 0, e);
	if (app->seal == NULL || prove_seal(app, e) != 0 ||
	    tg_gate_open(&conf->gate, app->store, app->seal, &app->gate, e) !=
		0)
		goto fail;
	*out = app;
	return 0;
fail:
	tg_app_close(app);
	return -1;
}

void
tg_app_close(struct tg_app *app)
{
	if (app == NULL)
		return;
	tg_gate_close(app->gate);
	if (app->store != NULL)
		tg_store_close(app->store);
	if (app->seal != NULL)
		tg_seal_close(app->seal);
	free(app);
}

struct tg_store *
tg_app_store(struct tg_app *app)
{
	return app->store;
}

struct tg_gate *
tg_app_gate(struct tg_app *app)
{
	return app->gate;
}

const struct tg_web_conf *
tg_app_web(const struct tg_app *app)
{
	return &app->conf.web;
}

int64_t
tg_app_since(const struct tg_app *app)
{
	return app->since_us;
}

const struct tg_seal *
tg_app_seal(const struct tg_app *app)
{
	return app->seal;
}

/*
 * A sealed word in the database shows at start, not at a call, whether the
 * key file is the one the secrets were sealed with.
 */
static int
prove_seal(struct tg_app *app, struct tg_err *e)
{
	struct tg_arena *a = tg_arena_new(64 * 1024);
	unsigned char *sealed = NULL;
	const char *kept = NULL;
	struct tg_secret word = { NULL, 0 };
	struct tg_str raw;
	char *hex;
	size_t n;
	int rc = -1;

	if (tg_meta_get(app->store, a, SEAL_CHECK, &kept, e) < 0)
		goto out;
	if (kept == NULL) {
		if (tg_seal_lock(
			app->seal, TG_STR("tollgate"), &sealed, &n) != 0) {
			rc = tg_fail(e, TG_E_INTERNAL, "cannot seal");
			goto out;
		}
		hex = tg_arena_alloc(a, 2 * n + 1);
		tg_hex(sealed, n, hex);
		rc = tg_meta_set(app->store, SEAL_CHECK, hex, e);
		goto out;
	}
	raw = tg_unhex(a, tg_str(kept));
	if (tg_seal_unlock(app->seal, raw.p, raw.n, &word) == 0)
		rc = 0;
	else
		rc = tg_fail(e, TG_E_STORE,
		    "%s is not the key file that the secrets in %s were "
		    "sealed with. Put the right file back from a backup, or "
		    "name it in [server] key_file.",
		    app->conf.key_file, tg_store_dir(app->store));
out:
	tg_secret_free(&word);
	free(sealed);
	tg_arena_free(a);
	return rc;
}

void
tg_app_stop(struct tg_app *app)
{
	tg_gate_stop(app->gate);
}

/* --- requests --- */

void
tg_app_serve(struct tg_app *app, struct tg_door *door, struct tg_arena *a)
{
	struct tg_request rq = { 0 };
	const char *proxies = app->conf.web.trusted_proxies;

	if (tg_request_open(&rq, door, a) != 0)
		tg_fault_send(&rq, app->conf.web.compat,
		    TG_FAULT_ERROR);
	else {
		if (proxies != NULL && *proxies != '\0')
			(void)tg_request_trust(&rq, tg_str(proxies));
		tg_routes_serve(app, &rq);
	}
	tg_request_close(&rq);
	tg_arena_reset(a);
}

void
tg_app_refuse(struct tg_app *app, struct tg_door *door, struct tg_arena *a,
    enum tg_code why)
{
	struct tg_request rq = { 0 };

	(void)tg_request_open(&rq, door, a);
	if (why == TG_E_BUSY)
		(void)tg_fail(&rq.err, why,
		    "All %d streams this gateway may have open are in use. Try "
		    "again in a moment, or raise [server] max_streams.",
		    app->conf.web.max_streams);
	else
		(void)tg_fail(&rq.err, why,
		    "This gateway is about to end. Try again in a moment.");
	tg_fault_send(&rq, app->conf.web.compat,
		    TG_FAULT_ERROR);
	tg_request_close(&rq);
	tg_arena_reset(a);
}

/* --- upkeep --- */

static void
sweep(struct tg_app *app)
{
	struct tg_err why = { 0 };
	int64_t n = 0;

	if (tg_book_sweep(app->store, &n, &why) != 0)
		tg_warnx("sweep failed why=\"%s\"", why.msg);
	else if (n > 0)
		tg_info("calls of dead processes closed as lost n=%lld",
		    (long long)n);
}

static int
read_keeping(struct tg_db *db, void *arg, struct tg_err *e)
{
	return tg_keeping_get(db, arg, e);
}

void
tg_app_caps(const struct tg_app *app, const struct tg_keeping *k,
    struct tg_body_caps *caps)
{
	const struct tg_web_conf *web = &app->conf.web;
	struct tg_body_caps chosen = app->conf.gate.caps;

	*caps = chosen;
	tg_keeping_apply(k, &chosen);
	if (!web->fixed_age)
		caps->max_age_s = chosen.max_age_s;
	if (!web->fixed_rows)
		caps->max_rows = chosen.max_rows;
	if (!web->fixed_bytes)
		caps->max_bytes = chosen.max_bytes;
}

/* In short transactions, but as fast as calls can come. */
static int
prune(struct tg_app *app, bool quick)
{
	int64_t end = tg_mono_ms() + (quick ? 0 : PRUNE_MS);
	struct tg_err why = { 0 };
	struct tg_body_caps caps;
	struct tg_keeping k;
	int more = tg_read(app->store, TG_DB_MAIN, read_keeping, &k, &why);

	/* What cannot be known may not be deleted. */
	if (more == 0) {
		tg_app_caps(app, &k, &caps);
		do {
			more = tg_body_prune(app->store, &caps, &why);
		} while (more == 1 && tg_mono_ms() < end);
	}
	if (more < 0)
		tg_warnx("pruning failed why=\"%s\"", why.msg);
	return more > 0;
}

/* A few calls wait until they are worth a transaction, but not for long. */
static int
fold(struct tg_app *app, bool quick)
{
	int64_t now = tg_mono_ms();
	bool all = !quick && now >= app->folded_at + FOLD_EVERY_MS;
	struct tg_err why = { 0 };
	int more = tg_summary_fold(app->store, all, &why);

	if (more < 0)
		tg_warnx("summing up failed why=\"%s\"", why.msg);
	if (all && more == 0)
		app->folded_at = now;
	return more > 0;
}

/* Those who call come first: what is read later can wait. */
static bool
is_busy(void)
{
	double load = 0;

	return getloadavg(&load, 1) == 1 &&
	    load > (double)sysconf(_SC_NPROCESSORS_ONLN);
}

int
tg_app_read(struct tg_app *app, bool quick)
{
	int64_t end = tg_mono_ms() +
	    (quick ? 0 : is_busy() ? READ_BUSY_MS : READ_MS);
	struct tg_err why;
	int more;

	do {
		tg_err_reset(&why);
		more = tg_scribe(app->store, quick, &why);
	} while (more == 1 && tg_mono_ms() < end);
	if (more < 0)
		tg_warnx("reading calls failed why=\"%s\"", why.msg);
	return more > 0;
}

/* Pages tell when somebody last did this work. */
static void
note_alive(struct tg_app *app)
{
	struct tg_arena *a = tg_arena_new(4096);
	struct tg_err why = { 0 };
	const char *text = NULL;
	int64_t at = 0, now = tg_wall_us();

	if (tg_meta_get(app->store, a, JANITOR_AT, &text, &why) == 1 &&
	    text != NULL)
		(void)tg_str_i64(tg_str(text), &at);
	if (at < now - ALIVE_EVERY_US || at > now) {
		text = tg_arena_printf(a, "%lld", (long long)now);
		if (tg_meta_set(app->store, JANITOR_AT, text, &why) != 0)
			tg_warnx("upkeep cannot write why=\"%s\"", why.msg);
	}
	tg_arena_free(a);
}

int
tg_app_upkeep(struct tg_app *app, bool quick)
{
	struct tg_err why = { 0 };
	int64_t now = tg_mono_ms();
	int more;

	if (now >= app->swept_at + SWEEP_EVERY_MS || app->swept_at == 0) {
		sweep(app);
		app->swept_at = now;
	}
	more = prune(app, quick);
	if (fold(app, quick))
		more = 1;
	if (tg_app_read(app, quick))
		more = 1;
	note_alive(app);
	if (!quick && now >= app->checkpoint_at + CHECKPOINT_EVERY_MS) {
		if (tg_store_checkpoint(app->store, &why) != 0)
			tg_warnx("checkpoint failed why=\"%s\"", why.msg);
		app->checkpoint_at = now;
	}
	return more;
}
