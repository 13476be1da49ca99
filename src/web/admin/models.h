#ifndef TG_WEB_ADMIN_MODELS_H
#define TG_WEB_ADMIN_MODELS_H
/* Shared by the pages of models; routes in models.c. */
#include "gate/catalog.h"
#include "store/models.h"
#include "web/page/page.h"

/* The one that ?id= or the form's field names; NULL: 404, rq->err is set. */
const struct tg_deployment *tg_admin_model(struct tg_page *p);
/* Its row. -1: it has none (the file's, an open provider's), *m->e says so. */
int tg_admin_model_row(
    struct tg_manage *m, struct tg_page *p, struct tg_deployment_row *row);
/* "admin/models/deployment?id=..." */
const char *tg_admin_model_path(struct tg_page *p, const char *id);

/* models_form.c */
tg_handler tg_admin_model_new, tg_admin_model_create, tg_admin_model_edit,
    tg_admin_model_save;
/* models_prices.c */
tg_handler tg_admin_model_prices, tg_admin_model_prices_save;
/*
 * [{unit, above_tokens, tier, from, to, pico, call, valid_from, valid_to,
 * source, begins}]: those in force and those to come; the caller's.
 */
json_t *tg_admin_model_price_rows(const struct tg_deployment_row *row,
    const struct tg_deployment *d, int64_t now);
#endif
