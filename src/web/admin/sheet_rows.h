#ifndef TG_WEB_ADMIN_SHEET_ROWS_H
#define TG_WEB_ADMIN_SHEET_ROWS_H
/*
 * Lists of objects in a form: a line each, and some empty ones.  Inputs are
 * NAME_0_COLUMN ...; a line whose first column is empty is not there.  What an
 * object holds besides its columns comes back by a hidden input.  An entry
 * that is a text ("10/day") stands whole in the first column.
 */
#include "web/admin/sheet.h"

json_t *tg_sheet_rows_draw(struct tg_sheet *f, const struct tg_sheet_field *d,
    const json_t *stored);
/* A new list; NULL: a value cannot be read, w->rq->err says which. */
json_t *tg_sheet_rows_read(struct tg_page *p, const struct tg_sheet_field *d);
bool tg_sheet_rows_sent(
    const struct tg_page *p, const struct tg_sheet_field *d);

/* Shared with sheet.c and sheet_read.c. */
json_t *tg_sheet_options(struct tg_sheet *f, const struct tg_sheet_field *d,
    const char *value);
/* A typed text as the JSON that the field's type wants; "" is null. */
json_t *tg_sheet_value(const struct tg_sheet_field *d, const char *text);
#endif
