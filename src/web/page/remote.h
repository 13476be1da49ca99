#ifndef TG_WEB_PAGE_REMOTE_H
#define TG_WEB_PAGE_REMOTE_H
/*
 * Whom the web server has let in (Basic, LDAP, OpenID Connect, a client's
 * certificate): REMOTE_USER, or a header of a trusted proxy, and the groups
 * of that person, as [signin] says.
 */
#include "web/page/visitor.h"

/*
 * Makes w->visitor that person; one who may not come in is w->visitor->
 * stranger.  0 also if nobody is named; -1: the database fails.
 */
int tg_remote_find(struct tg_web *w);
/*
 * The role for these groups: "owner" ..., or NULL where none of the lists
 * names one; *any: is there a list at all? Groups and lists stand between
 * commas, or between semicolons if there is one (names of LDAP have commas).
 */
const char *tg_remote_role(const struct tg_signin_conf *c,
    struct tg_str groups, bool *any);
#endif
