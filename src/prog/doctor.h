#ifndef TG_PROG_DOCTOR_H
#define TG_PROG_DOCTOR_H
/*
 * `tollgate doctor`: what is wrong here and on the way through the web
 * server, and the lines that mend it.
 */
#include "prog/command.h"

struct tg_doctor {
	struct tg_cmd *c;
	json_t *checks; /* what was found, in order */
	int n_bad;
	/* the way through the web server */
	const char *root; /* URL without /v1 and without a slash */
	const char *key; /* to call with, or NULL */
	bool key_by_x_api_key; /* Authorization does not arrive */
	const char *server; /* its Server header, or "" */
};

/* What can be wrong with a web server's configuration. */
enum tg_doctor_fault {
	TG_DOCTOR_BUFFERS, /* keeps a streamed answer back */
	TG_DOCTOR_NO_AUTH, /* hides Authorization */
	TG_DOCTOR_SMALL_BODY, /* refuses large requests */
	TG_DOCTOR_NO_GATEWAY, /* does not reach the gateway */
	TG_DOCTOR_SILENCE, /* cuts what is silent */
	TG_DOCTOR_FAULT__MAX
};

void tg_doctor_good(struct tg_doctor *d, const char *check, const char *fmt,
    ...) __attribute__((format(printf, 3, 4)));
/* Worth knowing; no failure. */
void tg_doctor_note(struct tg_doctor *d, const char *check, const char *lines,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* lines: what to do, as it is to be typed; may be NULL. */
void tg_doctor_bad(struct tg_doctor *d, const char *check, const char *lines,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* Files, databases, disk, clock.  The app stays open in d->c if it could be. */
void tg_doctor_local(struct tg_doctor *d);
/* Through the public URL, with d->root and, if there is one, d->key. */
void tg_doctor_remote(struct tg_doctor *d);

/*
 * The lines for a server (by its Server header; an unknown one gets those of
 * all) and a fault, in the arena.
 */
const char *tg_doctor_lines(struct tg_arena *a, const char *server,
    enum tg_doctor_fault fault);
#endif
