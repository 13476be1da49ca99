#ifndef TG_TESTS_WIRE_HOUSE_H
#define TG_TESTS_WIRE_HOUSE_H
/*
 * A gateway for the cases: data folder, keys, and the inside of the program
 * opened the way prog/ opens it, with providers that lead to the played
 * upstream.
 */
#include "case.h"
#include "web/app.h"

struct wire_house;

/* What is in every case: $KEY, $MASTER, $SECRET ... are set in vars. */
struct wire_house *wire_house_new(struct wire_vars *vars, int port,
    int refused, int stuck);
void wire_house_free(struct wire_house *h);
/*
 * The app under these settings (text of a == conf section), opened again only
 * when they differ from the last.  NULL: why says what is wrong.
 */
struct tg_app *wire_house_app(
    struct wire_house *h, struct tg_str conf, struct tg_buf *why);
#endif
