#ifndef TG_GATE_HOUSE_H
#define TG_GATE_HOUSE_H
/*
 * What the house promises: itself, its providers, models and deployments,
 * from tollgate.ini, the API's settings and the rows of deployments, written
 * into the books' tables whenever it has changed.
 */
#include "gate/gate.h"

/*
 * When [house] timezone is another than it was, the promises of all keys,
 * subjects and members are made anew too: those without a zone follow it.
 * Nothing is written when it is as it was the last time, by any process.
 * TG_E_INVALID names the section and the setting that makes no sense.
 */
int tg_house_sync(const struct tg_gate_conf *conf,
    const struct tg_catalog *c, struct tg_store *s, struct tg_err *e);
#endif
