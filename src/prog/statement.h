#ifndef TG_PROG_STATEMENT_H
#define TG_PROG_STATEMENT_H
/*
 * A month's statement as a page to be printed: what GET /api/v1/statement
 * answers, drawn as plain HTML with its style inside.
 */
#include "base/buf.h"
#include "base/jtree.h"

/* -1: the buffer is too small. */
int tg_statement_html(struct tg_buf *b, const json_t *statement);
/* All input, all output of a row's "tokens". */
int64_t tg_statement_input(const json_t *row);
int64_t tg_statement_output(const json_t *row);
#endif
