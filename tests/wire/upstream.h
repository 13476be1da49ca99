#ifndef TG_TESTS_WIRE_UPSTREAM_H
#define TG_TESTS_WIRE_UPSTREAM_H
/*
 * An upstream on 127.0.0.1 that plays scripts, one a request, and keeps what
 * it was sent.  A thread of its own; one request at a time.
 */
#include "case.h"

#define WIRE_CALLS 8

struct wire_upstream;
/* A request as it came: head (to its empty line) and body, chunks undone. */
struct wire_sent {
	struct tg_buf head, body;
};

struct wire_upstream *wire_upstream_new(void);
void wire_upstream_free(struct wire_upstream *u);
int wire_upstream_port(const struct wire_upstream *u);
/* The scripts for the requests to come; they must stay until the next call. */
void wire_upstream_expect(
    struct wire_upstream *u, const struct wire_script *scripts, size_t n);
/* Waits until it has played what was asked for; how many requests came. */
size_t wire_upstream_done(struct wire_upstream *u);
const struct wire_sent *wire_upstream_sent(
    const struct wire_upstream *u, size_t i);
/* A port where connecting is refused, and one where it never ends. */
int wire_port_refused(void);
int wire_port_stuck(void);
#endif
