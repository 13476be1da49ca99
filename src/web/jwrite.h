#ifndef TG_WEB_JWRITE_H
#define TG_WEB_JWRITE_H
/*
 * Writes a JSON answer piece by piece, without a tree: for long lists, and for
 * money, whose digits pass no floating point.  The names of members are ours;
 * name NULL: an item of an array.  What fails (memory, ceiling) is told when
 * it is sent.
 */
#include "base/buf.h"
#include "base/money.h"
#include "web/routes.h"

struct tg_jw {
	struct tg_buf b;
	bool more;		/* a comma comes before the next */
};

void tg_jw_init(struct tg_jw *j);
void tg_jw_free(struct tg_jw *j);
/* bracket: '{' or '[', and '}' or ']'. */
void tg_jw_open(struct tg_jw *j, const char *name, char bracket);
void tg_jw_close(struct tg_jw *j, char bracket);
/* A member whose name is foreign; its value comes next, with name NULL. */
void tg_jw_name(struct tg_jw *j, const char *name);
/* NULL: null; what is not UTF-8 becomes U+FFFD. */
void tg_jw_text(struct tg_jw *j, const char *name, const char *text);
void tg_jw_null(struct tg_jw *j, const char *name);
void tg_jw_bool(struct tg_jw *j, const char *name, bool yes);
void tg_jw_i64(struct tg_jw *j, const char *name, int64_t n);
/* ISO time; 0 is null. */
void tg_jw_time(struct tg_jw *j, const char *name, int64_t wall_us);
/* USD to the last digit; TG_COST_UNKNOWN is null. */
void tg_jw_nano(struct tg_jw *j, const char *name, int64_t nano_usd);
void tg_jw_pico(struct tg_jw *j, const char *name, tg_i128 pico_usd);
/* thousandths: 12345 is 12.345. */
void tg_jw_milli(struct tg_jw *j, const char *name, int64_t thousandths);
/* JSON as it is. */
void tg_jw_raw(struct tg_jw *j, const char *name, struct tg_str json);
/* Of a text that holds JSON; NULL or what is none: the fallback. */
void tg_jw_json(struct tg_jw *j, const char *name, const char *text,
    const char *fallback);

/* Sends it with 200 and frees it. */
int tg_jw_send(struct tg_jw *j, struct tg_web *w);
#endif
