#ifndef TG_WEB_ROUTES_H
#define TG_WEB_ROUTES_H
/*
 * The table of what can be asked for: path, method, who may.  Each path is
 * there with and without /v1, with and without a trailing slash.
 */
#include "net/request.h"
#include "web/app.h"
#include "web/fault.h"

enum tg_access {
	TG_ACCESS_PUBLIC,
	TG_ACCESS_KEY,		/* any living key; ctx->key is set */
	TG_ACCESS_ADMIN,	/* master key, or a person who may */
	TG_ACCESS_SELF,		/* the handler looks at the key itself */
	/*
	 * Pages (web/page/visitor.h): with a session of at least that role,
	 * and, for what is not GET, its CSRF token; w->visitor is set
	 */
	TG_ACCESS_VISITOR,	/* w->visitor is set, maybe of nobody */
	TG_ACCESS_HOLDER,	/* anyone signed in, by a key too */
	TG_ACCESS_PERSON,	/* members see what is theirs */
	TG_ACCESS_VIEWER,
	TG_ACCESS_EDITOR,	/* admins */
	TG_ACCESS_OWNER
};

/* What a handler gets. */
struct tg_web {
	struct tg_app *app;
	struct tg_request *rq;
	struct tg_key key;	/* of the caller, by access */
	const struct tg_who *self;	/* whose that is; NULL: no key */
	bool admin;
	bool manages;		/* its body is the management API's */
	bool admitted;		/* the route's handler has been reached */
	/* what stood for {...} in the path, decoded, in order */
	struct tg_str rest, rest2;
	const struct tg_route *route;
	struct tg_catalog *catalog;	/* see tg_web_catalog() */
	const char *who;	/* the caller's name for created_by */
	struct tg_caller *caller;	/* what it may; web/manage/rights.h */
	struct tg_visitor *visitor;	/* of pages; web/page/visitor.h */
};
/* Answers, or fails with rq->err set (-1), which is answered for it. */
typedef int tg_handler(struct tg_web *w);
/* What is done in one transaction of its own; see web/manage/manage.h. */
struct tg_manage;
typedef int tg_manage_fn(struct tg_manage *m);

struct tg_route {
	enum tg_method method;
	/*
	 * "/models/{id}" or "/key/{key}/regenerate": at the end {...} may hold
	 * slashes, else it is one segment
	 */
	const char *path;
	enum tg_access access;
	tg_handler *run;
	tg_manage_fn *fn;	/* of tg_run_...; NULL for other handlers */
	const char *help;
	enum tg_fault_form form;	/* of its failures */
};
/*
 * One table for each family of routes, each ended by a row without path;
 * NULL ends the list.  The first row that fits counts.
 */
extern const struct tg_route *const tg_route_tables[];
extern const struct tg_route tg_routes_key[], tg_routes_user[],
    tg_routes_team[], tg_routes_budget[], tg_routes_customer[],
    tg_routes_organization[], tg_routes_tag[], tg_routes_model[],
    tg_routes_provider[],
    tg_routes_credential[], tg_routes_spend[], tg_routes_global[],
    tg_routes_activity[], tg_routes_health[], tg_routes_misc[], tg_routes_me[],
    tg_routes_feedback[], tg_routes_sign_in[];

/*
 * The handlers of routes that have an fn: they run it in a transaction that
 * writes, or one that reads; _models: with w->catalog set.
 */
tg_handler tg_run_change, tg_run_look, tg_run_change_models,
    tg_run_look_models;

/* Finds the route and runs it; every failure is answered. */
void tg_routes_serve(struct tg_app *app, struct tg_request *rq);

/*
 * Sets w->catalog to the one in force, until the request ends.  Before a
 * transaction, never inside: a new one may have promises to write.
 */
int tg_web_catalog(struct tg_web *w);

/* The handlers, by file. */
tg_handler tg_web_root, tg_web_alive, tg_web_ready;
tg_handler tg_web_chat, tg_web_completions, tg_web_embeddings;
tg_manage_fn tg_web_models, tg_web_model;

/* Administration by master key, by a person (Basic), or from the command. */
int tg_access_admin(struct tg_web *w);
int tg_access_key(struct tg_web *w);
/*
 * Is the caller the master, or a person who may administer? Sets w->admin and
 * w->who.
 */
bool tg_access_is_admin(struct tg_web *w);

/* CORS headers, if the configuration and the Origin say so. */
void tg_cors_reply(struct tg_web *w);
/* Answers OPTIONS for a path with these methods ("GET, POST"). */
void tg_cors_preflight(struct tg_web *w, const char *methods);
#endif
