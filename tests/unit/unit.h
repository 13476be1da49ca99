/* What cmocka wants to be included before it, and small helpers of tests. */
#ifndef TG_TESTS_UNIT_H
#define TG_TESTS_UNIT_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/str.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

/* A view against a C string. */
static inline void
assert_str(struct tg_str view, const char *text)
{
	assert_int_equal(view.n, strlen(text));
	assert_memory_equal(view.p, text, view.n);
}
#endif
