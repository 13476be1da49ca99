#ifndef TG_WEB_MANAGE_ORGANIZATION_H
#define TG_WEB_MANAGE_ORGANIZATION_H
/* Shared by the files of organizations and of projects; see those. */
#include "web/manage/entity.h"

extern const struct tg_manage_entity tg_manage_organization_entity;
/* 1 found; 0 not and no failure, unless it must be there: 404. */
int tg_organization_find(struct tg_manage *m, const char *name, bool must,
    struct tg_subject *s);
/* LiteLLM's row. Kept by m; NULL: cannot be read. */
json_t *tg_organization_row(struct tg_manage *m, const struct tg_subject *s);
/* One of its people, as info and the member routes show them; the same. */
json_t *tg_organization_member_row(struct tg_manage *m,
    const struct tg_subject *s, const struct tg_member *member);
/* A team with its keys is gone, and its projects with it. */
int tg_organization_drop_team(struct tg_manage *m,
    const struct tg_subject *team);

tg_manage_fn tg_web_organization_member_add, tg_web_organization_member_update,
    tg_web_organization_member_delete;
tg_manage_fn tg_web_project_new, tg_web_project_update, tg_web_project_delete,
    tg_web_project_info, tg_web_project_list;
#endif
