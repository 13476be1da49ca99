#ifndef TG_WEB_MANAGE_PROVIDER_H
#define TG_WEB_MANAGE_PROVIDER_H
/*
 * Providers that the database holds, as our own part of the management API:
 * w->catalog must be set.  Secrets are sealed, and shown nowhere.
 *
 *	{"name": "local",
 *	 "settings": {"type": "openai", "base_url": "http://127.0.0.1:8000"},
 *	 "api_key": "sk-..."}
 *
 * settings are members of a [provider:NAME] section as texts, over those that
 * are there; null takes one out.  api_key: null takes it out, left out it
 * stays, unless the address has changed: a key never goes to where it was not
 * given for.
 */
#include "gate/catalog.h"
#include "web/manage/manage.h"

/* Answers {name, settings, has_key, changed, key_dropped}. */
tg_manage_fn tg_web_provider_save;
/*
 * {"name", "models": true}: with the deployments of the database that it
 * serves, else TG_E_CONFLICT while there are some. Answers {removed, models}.
 */
tg_manage_fn tg_web_provider_remove;
/*
 * A provider's settings for people: values of extra headers and what may be a
 * password within an address are masked.  Kept by m.
 */
json_t *tg_web_provider_settings(struct tg_manage *m, const char *settings);
/* Where it is set: "database", "file", "environment", "built in". */
const char *tg_web_provider_from(const struct tg_web *w,
    const struct tg_upstream *u);
#endif
