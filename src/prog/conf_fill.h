#ifndef TG_PROG_CONF_FILL_H
#define TG_PROG_CONF_FILL_H
/* The last step of tg_conf_load(): values to the floors' own structs. */
#include "prog/conf.h"

/* c->prog and c->app from c->values; file: what was read, or NULL. */
void tg_conf_fill(struct tg_conf *c, const char *file);
/* c->app.web.settings: all of them, as the settings page shows them. */
void tg_conf_list(struct tg_conf *c);
#endif
