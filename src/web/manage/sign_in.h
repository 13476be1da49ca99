#ifndef TG_WEB_MANAGE_SIGN_IN_H
#define TG_WEB_MANAGE_SIGN_IN_H
/*
 * Who may sign in to the pages, and as what.  Owners change it for all,
 * admins for members and viewers; the master key and the command count as an
 * owner.  Bodies name the person: {"user_id": "ann"}.
 */
#include "store/people.h"
#include "web/manage/manage.h"
#include "web/page/visitor.h"

/* What the caller may do with people who sign in; inside the transaction. */
int tg_sign_in_rank(struct tg_manage *m, enum tg_visit *rank);
/*
 * Is the caller no less than p, and an admin at all? 0, or -1 with
 * TG_E_FORBIDDEN.
 */
int tg_sign_in_may(struct tg_manage *m, const struct tg_person *p);

/*
 * _role: "role" is owner, admin, viewer or member; owners only.  _password: a
 * new one is made and answered once ("password"); it is to be changed at the
 * next sign-in, and all sessions end.  _totp_off: without a second factor from
 * now on.  _sign_out: all sessions end.
 */
tg_manage_fn tg_web_sign_in_role, tg_web_sign_in_password,
    tg_web_sign_in_totp_off, tg_web_sign_in_sign_out;
#endif
