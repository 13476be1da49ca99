#ifndef TG_WEB_ADMIN_H
#define TG_WEB_ADMIN_H
/*
 * The pages' route tables, one for each family (its .c file here); each is
 * named in tg_route_tables (web/routes.c), before tg_routes_misc.
 */
#include "web/page/page.h"

/* What belongs to all pages: the assets. */
extern const struct tg_route tg_routes_admin_account[];
extern const struct tg_route tg_routes_admin_assets[];
extern const struct tg_route tg_routes_admin_set_up[];
extern const struct tg_route tg_routes_admin_sign_in[];
extern const struct tg_route tg_routes_admin_alerts[];
extern const struct tg_route tg_routes_admin_api[];
extern const struct tg_route tg_routes_admin_catalog[];
extern const struct tg_route tg_routes_admin_keys[];
extern const struct tg_route tg_routes_admin_teams[];
extern const struct tg_route tg_routes_admin_tags[];
extern const struct tg_route tg_routes_admin_people[];
extern const struct tg_route tg_routes_admin_organizations[];
extern const struct tg_route tg_routes_admin_me[];
extern const struct tg_route tg_routes_admin_customers[];
extern const struct tg_route tg_routes_admin_budgets[];
extern const struct tg_route tg_routes_admin_models[];
extern const struct tg_route tg_routes_admin_providers[];
extern const struct tg_route tg_routes_admin_dataset[];
extern const struct tg_route tg_routes_admin_playground[];
extern const struct tg_route tg_routes_admin_replay[];
extern const struct tg_route tg_routes_admin_scores[];
extern const struct tg_route tg_routes_admin_call[];
extern const struct tg_route tg_routes_admin_calls[];
extern const struct tg_route tg_routes_admin_overview[];
extern const struct tg_route tg_routes_admin_programs[];
extern const struct tg_route tg_routes_admin_threads[];
extern const struct tg_route tg_routes_admin_about[];
extern const struct tg_route tg_routes_admin_audit[];
extern const struct tg_route tg_routes_admin_backup[];
extern const struct tg_route tg_routes_admin_search[];
extern const struct tg_route tg_routes_admin_settings[];
#endif
