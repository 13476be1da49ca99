#ifndef TG_PROG_CMD_SETTINGS_H
#define TG_PROG_CMD_SETTINGS_H
/*
 * Settings of a provider or model given as options: checked against the same
 * table as those of tollgate.ini.
 */
#include "prog/command.h"

/*
 * One setting into the object; key as in the file.  env: and file: are
 * resolved now.  -1: no such setting, or not such a value.
 */
int tg_cmd_setting(struct tg_cmd *c, json_t *settings, unsigned section,
    const char *key, const char *value);
/* All options that name a setting, and --set KEY=VALUE. */
int tg_cmd_settings_given(struct tg_cmd *c, json_t *settings, unsigned section);
/* What is wrong with a name for a provider, for a model; or NULL. */
const char *tg_cmd_provider_name_check(const char *name);
const char *tg_cmd_model_name_check(const char *name);
/* A secret: text, env:NAME, file:PATH, or - for a line of standard input. */
int tg_cmd_secret(struct tg_cmd *c, const char *given, const char **out);
#endif
