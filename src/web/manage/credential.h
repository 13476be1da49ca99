#ifndef TG_WEB_MANAGE_CREDENTIAL_H
#define TG_WEB_MANAGE_CREDENTIAL_H
/* Shared by the routes of credentials, access groups and configuration. */
#include "store/models.h"
#include "web/manage/manage.h"

/*
 * Seals plain into the arena; TG_E_INTERNAL if that cannot be done.  The
 * caller wipes plain.
 */
int tg_manage_seal(struct tg_manage *m, struct tg_str plain,
    const unsigned char **sealed, size_t *n);
/*
 * The address and secret of a deployment as the values of a credential; kept
 * by m and full of secrets.  NULL: cannot be opened.
 */
json_t *tg_manage_deployment_values(
    struct tg_manage *m, const struct tg_deployment_row *row);

tg_manage_fn tg_web_access_group_new, tg_web_access_group_update,
    tg_web_access_group_info, tg_web_access_group_list,
    tg_web_access_group_delete;
tg_manage_fn tg_web_config_update, tg_web_discount_get, tg_web_discount_set,
    tg_web_margin_get, tg_web_margin_set;
#endif
