#ifndef TG_WEB_PAGE_SESSION_H
#define TG_WEB_PAGE_SESSION_H
/* What pages that sign people in need of sessions and visitors. */
#include "store/people.h"
#include "store/sessions.h"
#include "store/subjects.h"
#include "web/page/visitor.h"

/* w->visitor and w->caller are this person from now on. */
void tg_visitor_be(struct tg_web *w, const struct tg_person *p,
    const struct tg_subject *s);
/* "../": from this page to the mount. */
const char *tg_visitor_root(struct tg_web *w);
/* When a session that is used now ends, if it is not used again. */
int64_t tg_session_until(struct tg_web *w, int64_t created_at, int64_t now);
/*
 * Signs in: a new session of s->person (row of people) or s->key_id, with
 * s->settings; the rest is set.  Inside the caller's tg_write(); the cookie's
 * text is made before it, by tg_session_new(), and sent by the last one when
 * all is committed.
 */
#define TG_SESSION_BYTES 44
void tg_session_new(char text[TG_SESSION_BYTES]);
int tg_session_begin(struct tg_web *w, struct tg_db *db, const char *text,
    struct tg_session *s, struct tg_err *e);
void tg_session_cookie(struct tg_web *w, const char *text);
/*
 * A session that waits for the second factor: it opens nothing, and not for
 * long.
 */
#define TG_SESSION_PENDING "{\"pending\":true}"
bool tg_session_is_pending(const struct tg_session *s);
/*
 * The visitor goes on with a new session, after what ended all others: a new
 * password, a key that was rotated.  A transaction of its own.
 */
int tg_session_renew(struct tg_web *w);
#endif
