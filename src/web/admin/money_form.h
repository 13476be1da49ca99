#ifndef TG_WEB_ADMIN_MONEY_FORM_H
#define TG_WEB_ADMIN_MONEY_FORM_H
/*
 * What whoever may spend is promised (gate/rules.h), as groups of a form: one
 * for keys, people, teams, customers, organizations, projects, tags and shared
 * budgets.
 */
#include "web/admin/sheet.h"

enum {
	TG_MONEY_MODELS = 1,	/* by model, too: not for tags */
	TG_MONEY_SHARED = 2,	/* may have a shared budget's name */
};
/* Inside a read. budget: the shared one's name, or NULL. -1: cannot be read. */
int tg_money_form_draw(struct tg_manage *m, struct tg_sheet *f,
    const json_t *settings, const char *budget, unsigned which);
int tg_money_form_read(
    struct tg_page *p, unsigned which, bool fresh, json_t *body);

/* How often money comes back, for other forms. */
extern const struct tg_sheet_choice tg_money_periods[];
#endif
