#ifndef TG_LLM_ASSEMBLE_H
#define TG_LLM_ASSEMBLE_H
/*
 * A stream's events put together into the answer they amount to, for the
 * log.  String pieces are concatenated in their escaped form, so nothing is
 * decoded on the way: content, reasoning(_content), refusal, text, tool call
 * arguments by index; of every other member the last value that is not null
 * stays.  Memory grows with the text, not with the events.
 */
#include "base/buf.h"
#include "base/str.h"
#include "llm/dialect.h"

struct tg_assembly;
struct tg_assembly *tg_assembly_new(const struct tg_dialect *d,
    size_t max_bytes);
void tg_assembly_free(struct tg_assembly *as);
/* One event's JSON, found good by tg_chunk_read(). */
int tg_assembly_add(struct tg_assembly *as, struct tg_str json);
/*
 * The answer object so far; usage as last seen. 0, or -1: ceiling, or no event.
 */
int tg_assembly_write(const struct tg_assembly *as, struct tg_buf *out);
#endif
