#ifndef TG_WEB_ADMIN_ACCOUNT_H
#define TG_WEB_ADMIN_ACCOUNT_H
/* What the pages of one's own account share. */
#include "store/people.h"
#include "web/page/page.h"

/*
 * The visitor's own row. -1: there is none, for who comes by the web server
 * signs in there.
 */
int tg_account_find(
    struct tg_db *db, struct tg_web *w, struct tg_person *p, struct tg_err *e);
/* Is the field "current" the visitor's password? 0, or -1. */
int tg_account_prove(struct tg_page *p);

tg_handler tg_account_totp, tg_account_totp_on, tg_account_totp_off,
    tg_account_look;
#endif
