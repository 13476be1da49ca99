#ifndef TG_WEB_PASSWORD_H
#define TG_WEB_PASSWORD_H
/*
 * Names and passwords, for pages and for HTTP Basic: checked by Argon2id,
 * which costs on purpose, so one at a time in a process; and slower after each
 * failure, over all processes (store/sessions.h).
 */
#include "store/people.h"
#include "web/routes.h"

#define TG_PASSWORD_LEAST 8	/* characters */
#define TG_PASSWORD_MOST 1024

/*
 * By name, or by a person's e-mail. 1: it is right, and *p is set; 0: one of
 * them is wrong; -1: rq->err says why it was not looked at (TG_E_RATE: too
 * many failed, with retry_after_ms; TG_E_BUSY; TG_E_STORE).  An unknown name
 * takes as long as a known one.  Earlier failures of the name are forgotten
 * only where no second factor is to come.
 */
int tg_password_check(struct tg_web *w, const char *name,
    struct tg_str password, struct tg_person *p);
/* An attempt that is no password: a key (name NULL) or a code. 0, or -1. */
int tg_attempt_try(struct tg_web *w, const char *name);
/* It was right; for tg_write(). */
int tg_attempt_right(struct tg_web *w, struct tg_db *db, const char *name,
    struct tg_err *e);
/* Is it fit to be one?  Sets *hash in the arena. */
int tg_password_make(struct tg_arena *a, const char *password,
    const char **hash, struct tg_err *e);
#endif
