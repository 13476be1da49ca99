#ifndef TG_WEB_ADMIN_KEYS_H
#define TG_WEB_ADMIN_KEYS_H
/* Pages of keys: what their files share. */
#include "web/admin/admin.h"
#include "web/manage/key.h"

/* keys.c: its row for a list, a head: kept by the caller; NULL: failed. */
json_t *tg_keys_row(struct tg_manage *m, const struct tg_key *key);
/*
 * The key of the path's number, which the visitor may see; else 404, for
 * nobody learns of others' keys. *may: change it.
 */
int tg_keys_find(struct tg_manage *m, struct tg_page *p, struct tg_key *key,
    bool *may);
/* keys_act.c: answers with the page that shows a secret, this once. */
int tg_keys_once(
    struct tg_page *p, const json_t *answer, const char *what);

tg_handler tg_keys_new, tg_keys_create, tg_keys_edit, tg_keys_update;
tg_handler tg_keys_block, tg_keys_unblock, tg_keys_ask, tg_keys_rotate,
    tg_keys_delete, tg_keys_reset;
#endif
