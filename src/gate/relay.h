#ifndef TG_GATE_RELAY_H
#define TG_GATE_RELAY_H
/*
 * The relay's own state, shared by its two ways of reading an answer:
 * stream.c and whole.c.
 */
#include <stdbool.h>
#include <stdint.h>

#include "gate/gate.h"
#include "gate/source.h"
#include "llm/assemble.h"
#include "llm/chunk.h"
#include "net/sse.h"

struct tg_relay {
	struct tg_call *call;
	struct tg_source source;
	struct tg_sse sse;
	struct tg_assembly *assembly;
	bool done;		/* [DONE] was seen */
	uint64_t seen, ended;	/* choices, as in llm/chunk.h */
	int64_t told_us;	/* progress was last told to the books */
};

/* Reads the answer to its end into call->out; -1 with the reason. */
int tg_stream_read(struct tg_relay *r);
int tg_whole_read(struct tg_relay *r);
/* What was put together of a stream goes to the log; also after a failure. */
void tg_stream_close(struct tg_relay *r);

/*
 * Next event of the source.  Keeps the caller's stream alive meanwhile; a
 * caller who left is TG_FETCH_FAILED with TG_E_CLIENT_GONE.
 */
enum tg_fetch_event tg_relay_wait(struct tg_relay *r, struct tg_str *data);
/* Facts of one object of the answer: id, usage, finish. */
void tg_relay_note(struct tg_relay *r, const struct tg_chunk *c);
/* An error object inside an answer with status 200. */
int tg_relay_fault(struct tg_relay *r, struct tg_str json);
/* What the log will keep of an error: without keys, a page only in part. */
void tg_relay_redact(struct tg_relay *r);
#endif
