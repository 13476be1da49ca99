#ifndef TG_PROG_ALERT_SEND_H
#define TG_PROG_ALERT_SEND_H
/*
 * One try to tell one target of one event.
 */
#include "prog/alert.h"

enum tg_alert_result {
	TG_ALERT_TOLD,
	TG_ALERT_LATER,		/* not now: why says it, a sentence or less */
	TG_ALERT_NEVER,		/* refused for good */
	TG_ALERT_STOPPED	/* a signal waits; nobody knows how it went */
};
/*
 * Within ms.  why (of n bytes) holds no part of a URL.
 */
struct tg_alert_try {
	const struct tg_alert_target *target;
	const struct tg_event *event;
	const char *gateway;
	const struct tg_fetch_route *route;	/* proxy and certificates */
	int ms;
	char why[160];
};
enum tg_alert_result tg_alert_send(struct tg_alert_try *t);

/* alert_run.c: a program with text on its standard input. */
enum tg_alert_result tg_alert_run(struct tg_alert_try *t, char *const *argv,
    struct tg_str input);
#endif
