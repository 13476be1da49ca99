#ifndef TG_PROG_ALERT_H
#define TG_PROG_ALERT_H
/*
 * Telling people of events: what stands in the outbox (store/outbox.h) is
 * posted to a URL, sent as a letter, or given to a program, as the [alert:NAME]
 * sections say.  A delivery is claimed in the transaction that finds it due,
 * so that of several janitors one sends it; one who dies over it lets it
 * become due again.  What fails for the moment is tried again after 1 and 5
 * minutes, half an hour, 2 and 12 hours, then given up.
 */
#include <stdbool.h>

#include "gate/catalog.h"
#include "store/outbox.h"

struct tg_conf;
struct tg_store;

enum tg_alert_way { TG_ALERT_URL, TG_ALERT_MAIL, TG_ALERT_COMMAND };

/* One [alert:NAME]; strings live as long as the configuration. */
struct tg_alert_target {
	const char *name;
	enum tg_alert_way way;
	const char *where;	/* URL (a secret), address, or program */
	const char *sendmail;
	const char *events;	/* kinds by commas, NULL: all */
	const struct tg_fetch_header *headers;
	size_t n_headers;
	int seconds;		/* of one try */
	bool slack;
};
/* NULL: good; else what is wrong with the section. */
const char *tg_alert_read(struct tg_arena *a, const struct tg_section *section,
    struct tg_alert_target *out);
/* What pages may show of them: no URLs, no headers. */
void tg_alerts_show(struct tg_conf *conf);
/* By its name, or NULL. */
const struct tg_alert_target *tg_alert_find(const struct tg_conf *conf,
    const char *name);

struct tg_alerts;
/* Both are borrowed and outlive it. */
struct tg_alerts *tg_alerts_new(const struct tg_conf *conf, struct tg_store *s);
void tg_alerts_free(struct tg_alerts *al);
/*
 * A slice: what is due, for some seconds at most, or until a signal waits.
 * quick: one URL's at most and a second (behind a request in CGI mode).
 * 1: more is due, 0: nothing for a while, -1: the database cannot be used
 * (said).
 */
int tg_alerts_deliver(struct tg_alerts *al, bool quick);
#endif
