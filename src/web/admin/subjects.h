#ifndef TG_WEB_ADMIN_SUBJECTS_H
#define TG_WEB_ADMIN_SUBJECTS_H
/*
 * People, teams, customers, organizations, projects, tags: rows of one table
 * with the same traits, so their pages are the same handlers; what differs is
 * a kind, which the path names.  Writing goes through the management API's
 * functions, found by their routes.
 */
#include "store/summaries.h"
#include "web/admin/admin.h"
#include "web/admin/money_form.h"
#include "web/manage/rights.h"
#include "web/manage/rows.h"

struct tg_admin_kind {
	enum tg_subject_kind kind;
	enum tg_sum_dim dim;		/* TG_SUM_ALL: from the rollups */
	const char *path;		/* "teams", below /admin */
	const char *one;		/* "team": of filters of other lists */
	/* msgids */
	const char *title, *make, *lead, *none, *add;
	/* what deleting one means, besides that its books stay */
	const char *gone;
	const char *id_member, *alias_member;
	/* the API's routes; block NULL: by update */
	const char *create, *update, *remove, *block, *unblock;
	/* member of remove's body; a list of names, or (single) one */
	const char *remove_member;
	const char *block_member;	/* NULL: id_member, one name */
	bool single;
	bool blocks;			/* can be blocked at all */
	bool members;			/* has people in it */
	bool of_keys;			/* keys belong to it */
	unsigned money;
	const struct tg_sheet_group *groups;	/* ended by no title */
	/* settings into what the form shows, and back; NULL: as they are */
	int (*show)(struct tg_manage *m, const struct tg_subject *s,
	    json_t *settings);
	int (*read)(struct tg_page *p, bool fresh, json_t *body);
	/* more for the page of one; NULL: nothing */
	int (*more)(struct tg_manage *m, struct tg_page *p,
	    const struct tg_subject *s);
};
extern const struct tg_admin_kind tg_admin_person, tg_admin_team,
    tg_admin_customer, tg_admin_organization, tg_admin_project, tg_admin_tag;

/* That of the route, by its path. */
const struct tg_admin_kind *tg_subject_kind_of(const struct tg_web *w);
/* The function of a route of the management API; asserts that it is there. */
tg_manage_fn *tg_manage_function(const char *path);

/* A row of a list, a head; the caller's, NULL: failed. */
json_t *tg_subject_row(struct tg_manage *m, const struct tg_admin_kind *k,
    const struct tg_subject *s);
/*
 * The one of the path's number, whom the visitor may see (else 404); its row
 * becomes "one", *may: may change it.
 */
int tg_subject_open(struct tg_manage *m, struct tg_page *p,
    struct tg_subject *s, bool *may);
/* Reads the same for a handler that writes: "name" in p->data. NULL: failed. */
struct tg_page *tg_subject_page(
    struct tg_web *w, const char *template, const char *title);
/* The name that the last one has read. */
const char *tg_subject_page_name(const struct tg_page *p);

tg_handler tg_subjects_list, tg_subjects_new, tg_subjects_create,
    tg_subjects_show, tg_subjects_edit, tg_subjects_update,
    tg_subjects_block, tg_subjects_unblock, tg_subjects_ask,
    tg_subjects_delete;
tg_handler tg_members_add, tg_members_edit, tg_members_update,
    tg_members_remove;
/* members.c: those of a team or organization, or the teams of a person. */
int tg_members_draw(struct tg_manage *m, struct tg_page *p,
    const struct tg_admin_kind *k, const struct tg_subject *s);

/* For the route table of a kind; see: who sees it, change: who writes. */
/* clang-format off */
#define TG_SUBJECT_ROUTES(base, see, make, change) \
	{ TG_GET, base, see, tg_subjects_list, NULL, "The list", \
	    TG_FAULT_ERROR }, \
	{ TG_GET, base "/new", make, tg_subjects_new, NULL, \
	    "A form for a new one", TG_FAULT_ERROR }, \
	{ TG_POST, base "/new", make, tg_subjects_create, NULL, \
	    "Make one", TG_FAULT_ERROR }, \
	{ TG_GET, base "/{id}/edit", change, tg_subjects_edit, NULL, \
	    "A form to change one", TG_FAULT_ERROR }, \
	{ TG_POST, base "/{id}/edit", change, tg_subjects_update, NULL, \
	    "Change one", TG_FAULT_ERROR }, \
	{ TG_POST, base "/{id}/block", change, tg_subjects_block, NULL, \
	    "Refuse its calls", TG_FAULT_ERROR }, \
	{ TG_POST, base "/{id}/unblock", change, tg_subjects_unblock, NULL, \
	    "Let its calls through", TG_FAULT_ERROR }, \
	{ TG_GET, base "/{id}/delete", change, tg_subjects_ask, NULL, \
	    "What deleting one means", TG_FAULT_ERROR }, \
	{ TG_POST, base "/{id}/delete", change, tg_subjects_delete, NULL, \
	    "Delete one", TG_FAULT_ERROR }
#define TG_SUBJECT_ROUTE(base, see) \
	{ TG_GET, base "/{id}", see, tg_subjects_show, NULL, "One of them", \
	    TG_FAULT_ERROR }
#define TG_MEMBER_ROUTES(base, change) \
	{ TG_POST, base "/{id}/members", change, tg_members_add, NULL, \
	    "Add a person", TG_FAULT_ERROR }, \
	{ TG_GET, base "/{id}/members/{person}", change, tg_members_edit, \
	    NULL, "A form to change a member", TG_FAULT_ERROR }, \
	{ TG_POST, base "/{id}/members/{person}/remove", change, \
	    tg_members_remove, NULL, "Take a member out", TG_FAULT_ERROR }, \
	{ TG_POST, base "/{id}/members/{person}", change, \
	    tg_members_update, NULL, "Change a member", TG_FAULT_ERROR }
/* clang-format on */
#endif
