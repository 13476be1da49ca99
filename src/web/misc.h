#ifndef TG_WEB_MISC_H
#define TG_WEB_MISC_H
/* Handlers of the routes in misc.c that stand in files of their own. */
#include "web/routes.h"

tg_manage_fn tg_web_token_counter, tg_web_openai_params;	/* utils.c */
tg_manage_fn tg_web_audit_list, tg_web_audit_one;		/* audit.c */
#endif
