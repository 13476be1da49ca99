#ifndef TG_WEB_SPEND_ROW_H
#define TG_WEB_SPEND_ROW_H
/*
 * A row of the books as a row of LiteLLM's spend log (litellm-compat.md 1.13):
 * numbers, never prompts or answers.
 */
#include "web/spend.h"

void tg_spend_row(struct tg_spend *s, const struct tg_call_row *row);
#endif
