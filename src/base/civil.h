#ifndef TG_BASE_CIVIL_H
#define TG_BASE_CIVIL_H
/*
 * Dates as numbers of days since 1970, in the Gregorian calendar, which is
 * taken to have always been.  Pure arithmetic: no zone, no locale.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct tg_date {
	int64_t year;
	int month, day;		/* from 1 */
};

int64_t tg_days_of(struct tg_date date);
struct tg_date tg_date_of(int64_t days);
/* Month from 1. */
int tg_days_in_month(int64_t year, int month);
/* "2026-01-31" at the front of *s, which is moved behind it. */
bool tg_date_read(struct tg_str *s, struct tg_date *date);
/* So many decimal digits at the front of *s, likewise. */
bool tg_digits_read(struct tg_str *s, int count, int *out);
/* Quotient and remainder towards minus infinity; d > 0. */
int64_t tg_floor_div(int64_t n, int64_t d);
int64_t tg_floor_mod(int64_t n, int64_t d);
#endif
