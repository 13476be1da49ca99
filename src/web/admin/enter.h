#ifndef TG_WEB_ADMIN_ENTER_H
#define TG_WEB_ADMIN_ENTER_H
/* Coming in: a session begins, with what is noted of it. */
#include "web/page/page.h"
#include "web/page/session.h"

/*
 * A session for this person or key (the other is NULL), and its cookie in the
 * answer; pending: a second factor is to come.  The one there was ends.  -1:
 * also for a person who is blocked or was removed.
 */
int tg_enter_person(struct tg_web *w, const struct tg_person *p,
    bool pending);
int tg_enter_key(struct tg_web *w, const struct tg_key *key);
/* A row of the audit for what a person did with their own signing in. */
int tg_enter_note(struct tg_web *w, struct tg_db *db, const char *name,
    const char *action, struct tg_err *e);
/*
 * Where somebody wanted to go: a path of pages of ours, as tg_page_goto()
 * takes it; NULL: none that we send anybody to.
 */
const char *tg_enter_next(const char *asked);
#endif
