#ifndef TG_WEB_MODEL_INFO_H
#define TG_WEB_MODEL_INFO_H
/*
 * Models as LiteLLM shows them; from the catalog (w->catalog must be there,
 * see tg_web_catalog()), without secrets.
 */
#include "gate/catalog.h"
#include "web/manage/manage.h"

/* Whose models the caller may see (tg_catalog_find()): viewers everybody's. */
const char *tg_model_team(const struct tg_web *w);
/* May the caller see it? Administrators and viewers see all. */
bool tg_model_visible(struct tg_web *w, const char *model);
/* 1 yes, 0 no; team admins see those of their teams. */
int tg_model_shown(struct tg_manage *m, const struct tg_deployment *d);
/* {model_name, litellm_params, model_info}; kept by m. */
json_t *tg_model_info_row(struct tg_manage *m, const struct tg_deployment *d);
/* Parameters of OpenAI's that a model of this mode takes; kept by m. */
json_t *tg_model_openai_params(struct tg_manage *m, const char *mode);
/* USD a token (or a call) as a number; unknown: null. */
json_t *tg_model_price(int64_t pico_usd);
/* "rpm", "tpm" ... of its litellm_params; 0: none. */
int64_t tg_model_bound(
    struct tg_manage *m, const struct tg_deployment *d, const char *name);

tg_manage_fn tg_web_model_info, tg_web_model_info_page, tg_web_model_group;
#endif
