#ifndef TG_LLM_FAULT_READ_H
#define TG_LLM_FAULT_READ_H
/*
 * An upstream's error answer, whatever its shape, as one reason
 * (openai-api.md 2.1, 2.2; providers.md 2.26).
 */
#include "base/err.h"
#include "base/seal.h"
#include "base/str.h"

struct tg_fault_source {
	/* HTTP, or 0: from a body with status 200 or an event */
	int status;
	struct tg_str body;
	struct tg_str retry_after;	/* header: seconds or an HTTP date */
	struct tg_str retry_after_ms;	/* header, or empty */
	/* never to appear in the message, may be NULL */
	const struct tg_secret *key;
};
/*
 * Sets *e to TG_E_UPSTREAM with the mapped status, message, type, code and
 * delay; returns -1.  Keys (the configured one, and what looks like one) and
 * URLs with credentials are cut out of the message.
 */
int tg_fault_read(const struct tg_fault_source *src, struct tg_err *e);
#endif
