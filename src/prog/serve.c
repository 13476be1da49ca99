/*
 * The three ways to serve: FastCGI on an inherited socket or on one of our
 * own, with master and workers or alone; and one CGI request.
 */
#include "config.h"

#include "prog/serve.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/limits.h"
#include "prog/command.h"
#include "prog/janitor.h"
#include "prog/listener.h"
#include "prog/master.h"
#include "prog/sandbox.h"
#include "prog/worker.h"
#include "web/fault.h"

static int serve(const char *conf_file, struct tg_listener *l);
static int serve_alone(struct tg_conf *conf, const char *conf_file,
    struct tg_listener *l);
static int load(const char *conf_file, struct tg_conf **conf, struct tg_err *e);
static void cgi_answer(const struct tg_conf *conf, struct tg_app *app,
    const struct tg_err *e);
static void say_why(struct tg_door *door, struct tg_arena *a,
    const struct tg_err *e);

int
tg_serve_inherited(const char *conf_file)
{
	struct tg_listener l;
	struct tg_err e = { 0 };

	if (tg_listener_inherit(&l, &e) == -1) {
		tg_warnx("%s", e.msg);
		return TG_EXIT_FAILED;
	}
	return serve(conf_file, &l);
}

int
tg_serve_socket(const char *conf_file, const char *path)
{
	struct tg_listener l;
	struct tg_err e = { 0 };

	if (tg_listener_open(&l, path, &e) == -1) {
		tg_warnx("%s", e.msg);
		return TG_EXIT_FAILED;
	}
	return serve(conf_file, &l);
}

int
tg_serve_cgi(const char *conf_file)
{
	struct tg_err e = { 0 };
	struct tg_conf *conf = NULL;
	struct tg_app *app = NULL;

	tg_log_role("cgi");
	tg_sandbox();
	if (load(conf_file, &conf, &e) == 0)
		(void)tg_app_open(&conf->app, &app, &e);
	if (app == NULL)
		tg_warnx("%s", e.msg);
	cgi_answer(conf, app, &e);
	if (app != NULL)
		tg_janitor_slice(conf, app);
	tg_app_close(app);
	tg_conf_free(conf);
	return app != NULL ? TG_EXIT_GOOD : TG_EXIT_FAILED;
}

static int
serve(const char *conf_file, struct tg_listener *l)
{
	struct tg_err e = { 0 };
	struct tg_conf *conf;
	int status;

	tg_sandbox();
	tg_signals_block();
	if (load(conf_file, &conf, &e) == -1) {
		tg_warnx("%s", e.msg);
		status = TG_EXIT_FAILED;
	} else if (conf->prog.workers == 0)
		status = serve_alone(conf, conf_file, l);
	else
		status = tg_master_run(conf, conf_file, l);
	tg_listener_close(l);
	return status;
}

static int
serve_alone(struct tg_conf *conf, const char *conf_file, struct tg_listener *l)
{
	struct tg_worker_conf w = {
		.conf = conf,
		.conf_file = conf_file,
		.listener = l,
		.board = tg_board_new(1),
	};
	int status;

	if (w.board == NULL)
		tg_fatal("out of memory");
	w.slot = tg_board_take(w.board);
	status = tg_worker_run(&w);
	tg_board_free(w.board);
	tg_conf_free(conf);
	return status;
}

static int
load(const char *conf_file, struct tg_conf **conf, struct tg_err *e)
{
	if (tg_crypto_init() == -1)
		return tg_fail(e, TG_E_INTERNAL, "libsodium cannot be set up");
	if (tg_conf_load(conf_file, conf, NULL, e) == -1)
		return -1;
	tg_log_level_set((*conf)->prog.log_level);
	return 0;
}

/* A gateway that cannot open says so in a proper answer. */
static void
cgi_answer(const struct tg_conf *conf, struct tg_app *app,
    const struct tg_err *e)
{
	struct tg_door_fcgi_conf times = { 60000, 60000 };
	struct tg_arena *a = tg_arena_new(TG_MAX_ARENA);
	struct tg_door *door;

	if (conf != NULL) {
		times.body_ms = conf->prog.body_ms;
		times.send_ms = conf->prog.send_ms;
	}
	door = tg_door_cgi_new(&times);
	if (door == NULL)
		tg_fatal("out of memory");
	if (app != NULL)
		tg_app_serve(app, door, a);
	else
		say_why(door, a, e);
	tg_arena_free(a);
}

/* The details are for the server's log: callers are not told of files. */
static void
say_why(struct tg_door *door, struct tg_arena *a, const struct tg_err *e)
{
	struct tg_request rq = { 0 };

	(void)tg_request_open(&rq, door, a);
	tg_err_reset(&rq.err);
	tg_fail(&rq.err, TG_E_STORE,
	    "The gateway cannot start (%s): the "
	    "reason stands in the web server's error log; `tollgate doctor' "
	    "shows it too.",
	    tg_code_name(e->code));
	tg_fault_send(&rq, TG_COMPAT_1_104, TG_FAULT_ERROR);
	tg_request_close(&rq);
}
