#ifndef TG_WEB_PAGE_WWW_H
#define TG_WEB_PAGE_WWW_H
/*
 * What is compiled in: www/NAME.html, www/assets/FILE and po/LANG.po.  Made
 * at build by build-aux/wwwgen.awk and build-aux/pogen.
 */
#include <stddef.h>

#include "base/arena.h"

/* Ends with a name of NULL; sorted by name. */
struct tg_www_file {
	const char *name;	/* "keys"; of an asset with its suffix */
	const char *text;
	size_t size;
};
extern const struct tg_www_file tg_www_templates[], tg_www_assets[];
extern const size_t tg_www_template_count;

/* GNU .mo files, little-endian; name: "zh_TW". */
extern const struct tg_www_file tg_www_catalogs[];

/* A file of [server] www_dir, whole. -1: it cannot be read. */
int tg_www_read(struct tg_arena *a, const char *path, struct tg_str *text);
#endif
