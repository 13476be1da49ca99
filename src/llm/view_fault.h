#ifndef TG_LLM_VIEW_FAULT_H
#define TG_LLM_VIEW_FAULT_H
/*
 * What is wrong with a request, in the words that OpenAI's callers know; for
 * llm/view alone.
 */
#include "base/err.h"
#include "base/str.h"

/* Is it one JSON object, in UTF-8, not too deep? */
int tg_view_check(struct tg_str body, struct tg_err *e);
/* These return -1, as tg_fail() does. */
int tg_view_wrong_type(struct tg_err *e, const char *param, const char *want,
    struct tg_str value);
int tg_view_missing(struct tg_err *e, const char *param);
#endif
