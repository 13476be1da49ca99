#ifndef TG_TESTS_WIRE_SERVE_H
#define TG_TESTS_WIRE_SERVE_H
/* The way in and out: the door in memory. */
#include "case.h"
#include "web/app.h"

/* Serves a == request section; the CGI answer goes to out.  -1: why. */
int wire_serve(struct tg_app *app, struct tg_arena *a, struct tg_str request,
    struct tg_buf *out, struct tg_buf *why);
#endif
