#ifndef TG_WEB_MANAGE_MODEL_H
#define TG_WEB_MANAGE_MODEL_H
/*
 * Deployments of the database as LiteLLM's API makes them; w->catalog must be
 * set.  Ours in the body of _new and _update, beside LiteLLM's members:
 * price_source (who says the prices), price_from (ISO time, later than now);
 * in litellm_params the clocks of tollgate.ini (connect_ms ...).
 */
#include "web/manage/manage.h"

tg_manage_fn tg_web_model_new;		/* as POST /model/new */
/* {"model_info": {"id"}}, and what is to be other; null clears */
tg_manage_fn tg_web_model_update;
tg_manage_fn tg_web_model_delete;	/* {"id"} */
tg_manage_fn tg_web_model_block, tg_web_model_unblock;	/* {"model_id"} */
#endif
