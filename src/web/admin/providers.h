#ifndef TG_WEB_ADMIN_PROVIDERS_H
#define TG_WEB_ADMIN_PROVIDERS_H
/* Shared by the pages of providers; routes in providers.c. */
#include "gate/catalog.h"
#include "web/page/page.h"

/* The one that the path names; NULL: 404, rq->err is set. */
const struct tg_upstream *tg_admin_provider(struct tg_web *w);
/* Of the catalog, but not those of one deployment alone; the caller's. */
json_t *tg_admin_provider_json(
    struct tg_page *p, const struct tg_upstream *u);

/* providers_form.c */
tg_handler tg_admin_provider_new, tg_admin_provider_create,
    tg_admin_provider_edit, tg_admin_provider_save, tg_admin_provider_remove,
    tg_admin_provider_removed;
/* providers_models.c */
tg_handler tg_admin_provider_models, tg_admin_provider_models_add;
#endif
