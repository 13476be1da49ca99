#ifndef TG_WEB_PAGE_VISITOR_H
#define TG_WEB_PAGE_VISITOR_H
/*
 * Who looks at pages: a person who signed in (or whom the web server names by
 * REMOTE_USER), or the holder of a key.
 */
#include "web/routes.h"

enum tg_visit {
	TG_VISIT_NONE,
	TG_VISIT_HOLDER,	/* of a key: /me */
	TG_VISIT_MEMBER,	/* sees what is theirs */
	TG_VISIT_VIEWER,	/* sees everything */
	TG_VISIT_ADMIN,		/* changes everything ... */
	TG_VISIT_OWNER		/* ... also people's roles, backups */
};
struct tg_visitor {
	enum tg_visit role;
	const char *name;	/* people.name; a key's alias or title */
	int64_t account;	/* row of people, 0 none */
	int64_t person;		/* row of subjects, 0 none */
	int64_t key_id;		/* HOLDER's */
	const char *language;	/* chosen, or NULL: the browser's */
	const char *zone;	/* chosen, told by the script, or NULL */
	const char *theme;	/* "light", "dark", or NULL */
	char csrf[65];		/* of this session */
	bool by_server;		/* REMOTE_USER: no password, no sign-out */
	const char *settings;	/* JSON of the person's, or NULL */
	const char *session;	/* its token's hash, or NULL: no session */
	const char *stranger;	/* NONE: whom the web server let in, not we */
};

/*
 * Sets w->visitor, w->caller, w->who, w->admin (as the management API's
 * functions want them), and for a HOLDER w->self and w->key; role NONE: not
 * signed in.  -1: cannot be read.
 */
int tg_visitor_find(struct tg_web *w);
/*
 * May they come to this route?  Who is not signed in is sent to /admin/sign-in
 * (303, back to here after it; a POST or a fragment: 401), who may not sees
 * 403.  The body of a POST is read into rq->body, and it is checked for its
 * token ("csrf" field, also of multipart/form-data, or X-CSRF-Token) and for
 * where it comes from: 403 with a sentence, nothing is done.  0: go on; 1:
 * answered; -1: failed.
 */
int tg_visitor_admit(struct tg_web *w, enum tg_visit least);
/*
 * Whose calls may be seen?  *person 0: everybody's; else that person's alone
 * (with all of their keys; -1: of a person who has none); for a HOLDER *key_id
 * is set.
 */
void tg_visitor_scope(const struct tg_web *w, int64_t *person,
    int64_t *key_id);
#endif
