#ifndef TG_WEB_ADMIN_API_H
#define TG_WEB_ADMIN_API_H
/*
 * The API reference, made from the tables that the program itself goes by:
 * routes (web/routes.h), members of bodies (web/manage/fields.h), faults
 * (web/fault.h).  JSON that is returned is the caller's.
 */
#include "web/page/page.h"

/* api_shapes.c: what bodies hold. */
struct tg_api_shape {
	const char *name;		/* "key" */
	const char *title;		/* a msgid */
	const char *const *paths;	/* of POST, PUT, PATCH; globs */
	const void *fields;		/* struct tg_field, or NULL */
	const void *more;		/* those that come with them, or NULL */
	const char *text;		/* a msgid, said besides, or NULL */
};
/* Of a route, or NULL. */
const struct tg_api_shape *tg_api_shape(const struct tg_route *r);
/* {name, title, text, members [{name, type, unset, meta, refused}]} */
json_t *tg_api_shape_json(const struct tg_api_shape *s);

/* api_errors.c: [{name, status, old_status, type, code, param, when}] */
json_t *tg_api_errors(void);
#endif
