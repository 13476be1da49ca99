#ifndef TG_GATE_SOURCE_H
#define TG_GATE_SOURCE_H
/*
 * Where an answer comes from: an upstream on the network, or the built-in
 * echo.  Both look the same to the relay: a head, then bytes, with the clocks
 * of the deployment running and the caller watched.  Lives on the stack of
 * the relay; what it points to lives as long as the call.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "gate/gate.h"
#include "net/fetch.h"

struct tg_source {
	struct tg_request *rq;
	const struct tg_deployment *deployment;
	/* the network's */
	struct tg_fetch *fetch;
	struct tg_fetch_header *headers;
	struct tg_secret auth;	/* header line with the key, wiped at close */
	/* the echo's */
	struct tg_echo *echo;
	struct tg_str held;	/* bytes made, kept until the head was told */
	int64_t open_us, wait_until_us, last_us;
	bool headed, have_held, stalled;
};

/* body is borrowed until close.  -1: cannot be called at all. */
int tg_source_open(struct tg_source *s, struct tg_call *call,
    struct tg_str body);
/* As tg_fetch_wait(). */
enum tg_fetch_event tg_source_wait(
    struct tg_source *s, int tick_ms, struct tg_str *data);
int tg_source_status(const struct tg_source *s);
struct tg_str tg_source_header(struct tg_source *s, const char *name);
/* All header lines of the answer; of the echo none. */
struct tg_str tg_source_head(const struct tg_source *s);
/* Did anything leave for the upstream? */
bool tg_source_was_sent(const struct tg_source *s);
void tg_source_close(struct tg_source *s);
#endif
