#ifndef TG_WEB_ADMIN_PEOPLE_H
#define TG_WEB_ADMIN_PEOPLE_H
/* How a person signs in, on the page of that person. */
#include "web/admin/subjects.h"

/* Sets "sign_in": {role, password, totp, sessions}, or null. */
int tg_people_sign_in_draw(struct tg_manage *m, struct tg_page *p,
    const struct tg_subject *s);
tg_handler tg_people_role, tg_people_password, tg_people_totp_off,
    tg_people_sign_out;
#endif
