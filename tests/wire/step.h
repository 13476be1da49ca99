#ifndef TG_TESTS_WIRE_STEP_H
#define TG_TESTS_WIRE_STEP_H
/* Runs one case file. */
#include "house.h"
#include "upstream.h"

/* 0, or -1 after it said on standard error what was wanted and what came. */
int wire_case_run(struct wire_house *h, struct wire_upstream *u,
    const struct wire_vars *vars, const char *path);
#endif
