#ifndef TG_WEB_MODEL_DRAFT_H
#define TG_WEB_MODEL_DRAFT_H
/*
 * A deployment as LiteLLM's scripts describe it (model_name, litellm_params,
 * model_info), before it is a row: read over what is there already, checked,
 * stored with its prices.  What cannot be honoured is refused; what is ignored
 * is listed in docs/litellm.md.  Kept by m as far as it is JSON, else in the
 * arena.
 */
#include "gate/catalog.h"
#include "store/models.h"
#include "web/manage/manage.h"

struct tg_model_draft {
	struct tg_manage *m;
	const struct tg_catalog *catalog;	/* borrowed: which providers */
	struct tg_deployment_row old;	/* id NULL: it is a new one */
	/* made by reading */
	const json_t *given;	/* litellm_params of the body, or NULL */
	json_t *params;		/* the same over the old ones; no secrets */
	json_t *info;		/* model_info, over the old one */
	json_t *settings;	/* for row.settings */
	struct tg_str type, upstream_model;
	const char *api_key;	/* a new one, or NULL */
	const char *price_source;	/* who says the new prices, or NULL */
	int64_t price_from;		/* wall us */
	struct tg_deployment_row row;
};

/*
 * Reads m->body over d->old.  In d->row is then what tg_deployment_insert() or
 * _change() want; its prices are those that are new.
 */
int tg_model_draft_read(struct tg_model_draft *d);
/* LiteLLM's row of it, for answers and the audit. */
json_t *tg_model_row(struct tg_manage *m, const struct tg_deployment_row *row);

/* --- between its own files --- */
/* model_params.c: d->settings, type and upstream_model from d->params */
int tg_model_params_read(struct tg_model_draft *d);
/* model_prices.c: d->row.prices from what was sent */
int tg_model_prices_read(struct tg_model_draft *d);
#endif
