#ifndef TG_WEB_PAGE_WORDS_H
#define TG_WEB_PAGE_WORDS_H
/*
 * Languages: po/LANG.po, made into GNU .mo files at build (msgfmt) and
 * compiled in.  libc's gettext knows one language a process and needs the
 * system's locales, so the catalogs are read here (GNU gettext manual, "The
 * Format of GNU MO Files"); a file that is added in po/ is a language more.
 */
#include <stddef.h>

#include "base/str.h"

struct tg_words;

/*
 * Mark msgids for build-aux/pot; they are translated where they are drawn.
 * NC_: with a context; NP_: one and many, as two values.
 */
#define N_(text) text
#define NC_(context, text) text
#define NP_(one, many) one, many

/*
 * The best of what we have for a list as in Accept-Language (RFC 9110
 * 12.5.4), or for one tag ("zh-TW", "zh_Hant", "en"); never NULL: English.
 */
const struct tg_words *tg_words_choose(struct tg_str accept);
/* All languages there are; ends with NULL. English is the first. */
const struct tg_words *const *tg_words_all(void);
const char *tg_words_tag(const struct tg_words *w);	/* "zh-TW", for lang= */
const char *tg_words_title(const struct tg_words *w);	/* in itself: 正體中文 */

/* The translation, or the msgid.  Process lifetime. */
const char *tg_words_get(const struct tg_words *w, const char *msgid);
/* Of a msgid with context (the same word, two meanings). */
const char *tg_words_get_in(const struct tg_words *w, const char *context,
    const char *msgid);
const char *tg_words_plural(const struct tg_words *w, const char *one,
    const char *many, long long n);
#endif
