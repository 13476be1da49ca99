#ifndef TG_WEB_MANAGE_RIGHTS_H
#define TG_WEB_MANAGE_RIGHTS_H
/*
 * Who may do what in the management API (litellm-compat.md 2.0): the master
 * key, people of the role proxy_admin and those who sign in by Basic do
 * everything; proxy_admin_viewer sees everything; the admins of a team or an
 * organization manage it; everybody else has what is theirs.
 */
#include "store/subjects.h"
#include "web/manage/manage.h"

struct tg_caller {
	bool admin;
	bool viewer;		/* sees everything; an admin does as well */
	bool may_write;		/* internal_user_viewer may not */
	const char *role;	/* LiteLLM's user_role, for messages */
	struct tg_subject person;	/* id 0: none */
};

/*
 * Finds out who came with w->key (or signed in as w->who) and sets w->caller,
 * w->admin and w->who. -1: cannot be read.
 */
int tg_caller_find(struct tg_web *w);

/* Sets w->caller and w->admin: LiteLLM's role, and whose rights (or NULL). */
void tg_caller_set(struct tg_web *w, const char *role,
    const struct tg_subject *person);

/*
 * 1 yes, 0 no, -1 cannot be read; inside the transaction of m.  team and
 * organization are rows of subjects.
 */
int tg_caller_member(struct tg_manage *m, int64_t team);
/* Admin of it, of its organization, or of everything. */
int tg_caller_team(struct tg_manage *m, const struct tg_subject *team);
int tg_caller_organization(struct tg_manage *m, int64_t organization);
/*
 * May the caller do what this route does with keys of the team?  Its admins
 * may, members as the team's team_member_permissions say.
 */
int tg_caller_team_keys(struct tg_manage *m, const struct tg_subject *team,
    const char *route);
/* See this key; change it by this route. */
int tg_caller_sees_key(struct tg_manage *m, const struct tg_key *key);
int tg_caller_changes_key(struct tg_manage *m, const struct tg_key *key,
    const char *route);
/*
 * Who runs a team makes and changes keys of its members, but not of those who
 * may do more than that: such a key would give away their rights.
 */
int tg_caller_acts_for(struct tg_manage *m, int64_t person, int64_t team);
/* See this person's data: admins, viewers, themselves. */
bool tg_caller_sees_person(struct tg_manage *m, int64_t person);

/* 401 of LiteLLM's admin routes, unless the caller is one. */
int tg_caller_need_admin(struct tg_web *w, struct tg_err *e);
/* 403, "... is not allowed to <what>." */
int tg_caller_deny(struct tg_manage *m, const char *what);
#endif
