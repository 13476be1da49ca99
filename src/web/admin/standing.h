#ifndef TG_WEB_ADMIN_STANDING_H
#define TG_WEB_ADMIN_STANDING_H
/*
 * What is spent, held and left under caps, and used of limits, as pages show
 * it (www/standing.html).
 */
#include "web/me.h"
#include "web/page/page.h"

/*
 * "caps" and "limits" of the accounts go into o, in their order; a scope
 * without a subject is passed over, but for the house.  Inside a read.
 */
int tg_standing_draw(struct tg_manage *m, const struct tg_me_account *list,
    size_t n, json_t *o);
/*
 * For a row of a list: "spent" (in the period of the cap that is nearest its
 * end, else in all), "cap", "held", "left", "reset_at", "bar", "period".
 */
int tg_standing_row(struct tg_manage *m, enum tg_scope scope, int64_t subject,
    json_t *row);
/* The accounts of a subject: its own, and by model where there are some. */
size_t tg_standing_accounts(enum tg_scope scope, int64_t subject,
    struct tg_me_account list[2]);
#endif
