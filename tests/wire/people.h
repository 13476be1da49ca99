#ifndef TG_TESTS_WIRE_PEOPLE_H
#define TG_TESTS_WIRE_PEOPLE_H
/*
 * People who sign in, and a session of each that is open: the header line
 * "Cookie: $OWNER_COOKIE" and the field csrf=$OWNER_CSRF, the same for ADMIN,
 * VIEWER, MEMBER and HOLDER (of $KEY).
 */
#include "case.h"
#include "store/db.h"

void wire_people(struct wire_vars *vars, struct tg_store *s,
    struct tg_arena *a);
#endif
