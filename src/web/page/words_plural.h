#ifndef TG_WEB_PAGE_WORDS_PLURAL_H
#define TG_WEB_PAGE_WORDS_PLURAL_H
/*
 * Which plural form a number takes: the C expression of a catalog's header,
 * "n%10==1 && n%100!=11 ? 0 : 1;" (GNU gettext manual, "Plural forms").  0 for
 * what is no such expression.
 */
long tg_plural_form(const char *expression, unsigned long long n);
#endif
