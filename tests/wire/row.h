#ifndef TG_TESTS_WIRE_ROW_H
#define TG_TESTS_WIRE_ROW_H
#include "base/arena.h"
#include "base/str.h"

/* A row's fields by the names that cases use; NULL: no such name. */
struct tg_call_row;
const char *wire_row_field(const struct tg_call_row *row, struct tg_arena *a,
    struct tg_str name);
#endif
