#ifndef TG_WEB_PAGE_ASSET_H
#define TG_WEB_PAGE_ASSET_H
/*
 * Style sheet, script and icons: compiled in, named by what is in them, so
 * that browsers keep them for good and a new version is taken at once.
 */
#include "web/routes.h"

/* "admin/assets/app.css?v=0123456789ab", below the mount; in the arena. */
const char *tg_asset_path(struct tg_web *w, const char *name);
#endif
