#ifndef TG_BASE_ZONE_RULE_H
#define TG_BASE_ZONE_RULE_H
/*
 * The rule at the end of a zone's file, for all years behind its table: a
 * POSIX TZ string with RFC 8536's hours of up to a week
 * ("CET-1CEST,M3.5.0,M10.5.0/3").
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct tg_zone_date {
	/* 'M': month, week (5: the last), weekday; 'J': day of the year
	 * from 1, leap days not counted; 0: from 0, counted */
	char form;
	int month, week, day;
	int64_t time;		/* seconds behind that midnight */
};
struct tg_zone_rule {
	int64_t standard, summer;	/* offsets, local - UTC */
	bool has_summer;
	/* of summer, each by the clock before it */
	struct tg_zone_date begin, end;
};

bool tg_zone_rule_read(struct tg_zone_rule *r, struct tg_str text);
/* The offset that the rule gives, and from when till when, as
 * tg_zone_offset(). */
int64_t tg_zone_rule_offset(const struct tg_zone_rule *r, int64_t utc,
    int64_t *since, int64_t *until);
#endif
