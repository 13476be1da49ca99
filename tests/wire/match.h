#ifndef TG_TESTS_WIRE_MATCH_H
#define TG_TESTS_WIRE_MATCH_H
/*
 * Comparing what came with what a case wants.  Each returns 0, or -1 after it
 * wrote what was expected and what came into why.
 */
#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"

int wire_match_exact(const char *what, struct tg_str want, struct tg_str got,
    struct tg_buf *why);
/*
 * JSON, order of members free.  In what is wanted, "<<any>>", "<<int>>",
 * "<<text>>", "<<time>>" (ISO), "<<like GLOB>>" stand for values, and a member
 * "..." allows more than is named.
 */
int wire_match_json(const char *what, struct tg_str want, struct tg_str got,
    struct tg_buf *why);
/*
 * The events of a stream as we write it.  A wanted line is an event's data to
 * the byte; behind "~ " as JSON, behind "? " as a glob.  Comments count only
 * when asked for: wanted as lines that begin with ':', a glob each, for one or
 * more in a row.
 */
int wire_match_sse(struct tg_str want, struct tg_str got, bool comments,
    struct tg_buf *why);
#endif
