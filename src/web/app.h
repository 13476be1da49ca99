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

/* [signin]: who may come to the pages, see web/page/remote.h. */
struct tg_signin_conf {
	const char *remote_user;	/* NULL, "": off; "env"; a header */
	const char *remote_groups;	/* a variable, or a header */
	/* groups between commas (semicolons, if there is one) */
	const char *owners, *admins, *viewers, *members;
	const char *default_role;	/* of who is in none; "": turned away */
	bool create;			/* who is not known is made known */
	int64_t idle_s, longest_s;	/* of a session; 0: 7 and 30 days */
};

/* One [alert:NAME], as pages may show it. */
struct tg_web_alert {
	const char *name;
	const char *way;		/* "webhook" "slack" "mail" "command" */
	const char *where;		/* masked */
	const char *events;		/* kinds by commas, NULL: all */
};

/* A setting as it stands, for the page that shows them all. */
struct tg_web_setting {
	const char *section, *key;
	const char *value;	/* secrets masked; "" none */
	const char *dflt;	/* if nobody says, maybe in words; or NULL */
	const char *help;
	bool given;		/* by tollgate.ini or the environment */
};

struct tg_web_conf {
	const char *cors_origins;	/* "", "*", or a list by commas */
	const char *trusted_proxies;	/* CIDR list by commas */
	enum tg_compat compat;
	int budget_status;		/* of a spent budget; 0: compat's */
	int max_streams;		/* for messages and Retry-After */
	const char *www_dir;		/* of templates; "": those compiled in */
	struct tg_signin_conf signin;
	const char *file;		/* tollgate.ini, or NULL: none */
	const struct tg_web_setting *settings;
	size_t n_settings;
	/* not for pages to change: the file says how long calls are kept */
	bool fixed_age, fixed_rows, fixed_bytes;
	const struct tg_web_alert *alerts;
	size_t n_alerts;
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
/* Since when this process serves, wall us. */
int64_t tg_app_since(const struct tg_app *app);
/* How long bodies are kept now: the file's word, else a page's. */
struct tg_keeping;
void tg_app_caps(const struct tg_app *app, const struct tg_keeping *k,
    struct tg_body_caps *caps);

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
/* The part of it that reads calls that have ended; 1, 0 as above. */
int tg_app_read(struct tg_app *app, bool quick);
#endif
