#ifndef TG_LLM_ECHO_TOLD_H
#define TG_LLM_ECHO_TOLD_H
/*
 * What the echo provider is told by a request: its settings and the texts it
 * answers with.  Only for src/llm/echo*.c.
 */
#include "llm/echo.h"

struct tg_echo_told {
	struct tg_echo_settings set;
	int64_t word_us;		/* between words */
	/* one text per prompt, as JSON writes it: escapes kept */
	struct tg_str *texts;
	size_t text_count;
	int64_t prompt_words;		/* in all that was said to it */
};

int tg_echo_read(struct tg_echo_told *t, struct tg_arena *a,
    const struct tg_view *v, const struct tg_echo_settings *s,
    struct tg_err *e);
/*
 * Cuts the next word off the front: the blanks before it belong to it, those
 * at the end of all to the last one.  False at the end.
 */
bool tg_echo_word(struct tg_str *rest, struct tg_str *word);
int64_t tg_echo_word_count(struct tg_str text);
#endif
