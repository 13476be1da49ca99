#ifndef TG_WEB_MANAGE_ENTITY_H
#define TG_WEB_MANAGE_ENTITY_H
/*
 * What customers, organizations, projects and tags have in common: a row of
 * subjects with a budget of its own or a shared one, and settings.
 */
#include "store/accounts.h"
#include "store/subjects.h"
#include "web/manage/manage.h"
#include "web/manage/fields.h"
#include "web/manage/rights.h"
#include "web/manage/rows.h"

struct tg_manage_entity {
	enum tg_subject_kind kind;
	enum tg_scope scope;
	const char *alias_member;	/* NULL: it has none */
	/* its own members; those of a budget come with them */
	const struct tg_field *fields;
};

/*
 * What was sent goes into s (a new one: id 0, kind and name set; else as
 * found), which is stored with its promises and, where "spend" was sent, what
 * it has spent.
 */
int tg_manage_entity_save(struct tg_manage *m, const struct tg_manage_entity *t,
    struct tg_subject *s);
/*
 * Its litellm_budget_table (JSON null without one) and its figures. Kept by m;
 * NULL: cannot be read.
 */
json_t *tg_manage_entity_budget(struct tg_manage *m,
    const struct tg_manage_entity *t, const struct tg_subject *s,
    struct tg_figures *f);
/* Its settings' metadata, never NULL, with members of the table in it. */
json_t *tg_manage_entity_metadata(
    struct tg_manage *m, const struct tg_subject *s);
/* A member of the body that must be a list of names, and not empty: 422. */
int tg_manage_entity_names(struct tg_manage *m, const char *member,
    const json_t **names);
/* A new id, where the caller did not choose one. */
const char *tg_manage_entity_id(struct tg_manage *m);
#endif
