#ifndef TG_WEB_ADMIN_CALLS_H
#define TG_WEB_ADMIN_CALLS_H
/* The list of calls: what its page, its tail and its files share. */
#include "web/admin/call_filter.h"
#include "web/names.h"

/* One row as {{>calls_rows}} shows it; the caller's. */
json_t *tg_calls_row(struct tg_names *names, const struct tg_call_row *c);
/*
 * "words" of each row of a list made by tg_calls_row(): the first of what a
 * user said last.  Without log.db's help the route is shown.
 */
int tg_calls_words(struct tg_manage *m, json_t *rows);

tg_handler tg_calls_csv, tg_calls_jsonl;
#endif
