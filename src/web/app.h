#ifndef TG_WEB_APP_H
#define TG_WEB_APP_H
/*
 * The program's inside as the roof sees it: open once per process (after
 * fork), serve requests from any thread, do upkeep now and then.
 */
#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "gate/gate.h"
#include "net/door.h"
#include "store/db.h"

enum tg_compat { TG_COMPAT_1_104, TG_COMPAT_1_83 };

struct tg_web_conf {
	const char *cors_origins;	/* "", "*", or a list by commas */
	const char *trusted_proxies;	/* CIDR list by commas */
	enum tg_compat compat;
	int budget_status;		/* of a spent budget; 0: compat's */
	int max_streams;		/* for messages and Retry-After */
};

/* Filled by prog/conf; everything in it lives as long as the process. */
struct tg_app_conf {
	const char *key_file;		/* sealing key */
	struct tg_store_conf store;
	struct tg_gate_conf gate;
	struct tg_web_conf web;
};

struct tg_app;
int tg_app_open(const struct tg_app_conf *conf, struct tg_app **out,
    struct tg_err *e);
void tg_app_close(struct tg_app *app);
struct tg_store *tg_app_store(struct tg_app *app);
struct tg_gate *tg_app_gate(struct tg_app *app);
const struct tg_web_conf *tg_app_web(const struct tg_app *app);
const struct tg_seal *tg_app_seal(const struct tg_app *app);

/* Serves the door's request from head to finish; the arena is reset after. */
void tg_app_serve(struct tg_app *app, struct tg_door *door, struct tg_arena *a);
/*
 * Answers 503 with Retry-After without looking further (max_streams reached,
 * or stopping): for the acceptor's refuser.
 */
void tg_app_refuse(struct tg_app *app, struct tg_door *door, struct tg_arena *a,
    enum tg_code why);
/* Open calls are to end now; see tg_gate_stop(). */
void tg_app_stop(struct tg_app *app);
/*
 * One slice of upkeep: sweep rows of dead processes, prune bodies, bring the
 * WAL back.  1: more is to do now, 0: nothing for a while.  quick: only what
 * takes a millisecond (after a request in CGI mode).
 */
int tg_app_upkeep(struct tg_app *app, bool quick);
#endif
