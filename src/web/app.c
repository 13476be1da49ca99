/*
 * Puts the floors together for one process, and serves requests with them.
 */
#include "config.h"

#include "web/app.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/log.h"
#include "web/fault.h"
#include "web/routes.h"

#define SWEEP_EVERY_MS 5000
#define CHECKPOINT_EVERY_MS 30000
#define SEAL_CHECK "seal_check"

struct tg_app {
	struct tg_app_conf conf;
	struct tg_store *store;
	struct tg_seal *seal;
	struct tg_gate *gate;
	int64_t swept_at, checkpoint_at;
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
prune(struct tg_app *app)
{
	struct tg_err why = { 0 };
	int more = tg_body_prune(
	    app->store, &app->conf.gate.caps, &why);

	if (more < 0)
		tg_warnx("pruning failed why=\"%s\"", why.msg);
	return more > 0;
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
	more = prune(app);
	if (!quick && now >= app->checkpoint_at + CHECKPOINT_EVERY_MS) {
		if (tg_store_checkpoint(app->store, &why) != 0)
			tg_warnx("checkpoint failed why=\"%s\"", why.msg);
		app->checkpoint_at = now;
	}
	return more;
}
