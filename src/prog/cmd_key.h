#ifndef TG_PROG_CMD_KEY_H
#define TG_PROG_CMD_KEY_H
/* Finding keys by what people call them. */
#include "prog/command.h"
#include "store/keys.h"

/*
 * By alias, row number, hash (or 8 and more characters of it), name
 * ("sk-...abcd") or the key itself; living ones first.  -1: none, or several;
 * c->err says which.
 */
int tg_cmd_key_find(struct tg_cmd *c, const char *id, struct tg_key *key);
#endif
