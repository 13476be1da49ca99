#include "config.h"

/*
 * Settings to caps and limits.  The same reader takes a whole object, an entry
 * of budget_limits and an entry of model_max_budget: what those do not say of
 * the manner (zone, at the cap, thresholds) the object around them does.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/period.h"
#include "gate/rules.h"
#include "gate/rules_list.h"
#include "gate/rules_value.h"

#define MAX_MARKS 16
#define DEFAULT_MARKS "50,80,95,100"
#define MINUTE 60

static const char *const at_budget[] = { "block", "warn", "switch", NULL };
static const char *const over_budget[] = { "clamp", "refuse", NULL };
static const char *const unpriced[] = { "block", "ceiling", "allow", NULL };

static const struct {
	const char *name, *other;	/* of a provider or a deployment */
	enum tg_limit_unit unit;
	int64_t window_s;
} rates[] = {
	{ "rpm_limit", "rpm", TG_LIMIT_REQUESTS, MINUTE },
	{ "tpm_limit", "tpm", TG_LIMIT_TOKENS, MINUTE },
	{ "itpm_limit", "itpm", TG_LIMIT_INPUT, MINUTE },
	{ "otpm_limit", "otpm", TG_LIMIT_OUTPUT, MINUTE },
	{ "max_parallel_requests", NULL, TG_LIMIT_PARALLEL, 0 },
};

static const json_t *either(const struct tg_rule_source *s, const char *name,
    const char *other, const struct tg_rule_level **level);
static int by_number(const void *a, const void *b);
static int read_anchor(const struct tg_rule_source *s, int n,
    struct tg_str *anchor);
static int read_extra(const struct tg_rule_source *s, struct tg_cap *c);
static int read_manner(const struct tg_rule_source *s, struct tg_cap *c);
static int read_mark(const struct tg_rule_source *s, const json_t *j,
    int64_t *mark);
static int read_marks(const struct tg_rule_source *s, struct tg_cap *c);
static int read_period(const struct tg_rule_source *s, struct tg_cap *c);
static int read_switch(const struct tg_rule_source *s, struct tg_cap *c);

/* --- money --- */

int
tg_rule_budget(const struct tg_rule_source *s, struct tg_promises *p)
{
	const struct tg_rule_level *level = NULL, *soft_level = NULL;
	const json_t *max = either(s, "max_budget", "budget_limit", &level);
	const json_t *soft =
	    tg_rule_get(s, s->own, "soft_budget", &soft_level);
	struct tg_cap c = { .cap_nano = TG_NANO_NONE,
		.soft_nano = TG_NANO_NONE };

	if (read_period(s, &c) == -1 || read_manner(s, &c) == -1 ||
	    read_extra(s, &c) == -1)
		return -1;
	if (max != NULL &&
	    tg_rule_nano(s, "max_budget", max, &c.cap_nano) == -1)
		return -1;
	if (soft != NULL &&
	    tg_rule_nano(s, "soft_budget", soft, &c.soft_nano) == -1)
		return -1;
	if (max == NULL && soft == NULL)
		return 0;
	c.origin = max != NULL ? level->origin : soft_level->origin;
	tg_rule_add_cap(s->a, p, &c);
	return 0;
}

static const json_t *
either(const struct tg_rule_source *s, const char *name, const char *other,
    const struct tg_rule_level **level)
{
	const json_t *j;

	for (int n = 1; n <= s->own; n++) {
		j = tg_rule_get(s, n, name, level);
		if (j == NULL && other != NULL)
			j = tg_rule_get(s, n, other, level);
		if (j != NULL)
			return j;
	}
	return NULL;
}

/* An anchor is of the object that names the span, or of one before it. */
static int
read_period(const struct tg_rule_source *s, struct tg_cap *c)
{
	const struct tg_rule_level *level = NULL;
	const json_t *span =
	    either(s, "budget_duration", "time_period", &level);
	const char *zone = s->zone;
	char text[TG_PERIOD_BYTES];
	struct tg_str anchor;

	if (tg_rule_text(s, TG_RULE_LEVELS, "budget_timezone", &zone) == -1)
		return -1;
	if (span == NULL) {
		c->period = "total";
		return 0;
	}
	if (!json_is_string(span))
		return tg_rule_refuse(
		    s, TG_E_TYPE, "budget_duration", "must be a string.");
	if (read_anchor(s, (int)(level - s->levels) + 1, &anchor) == -1 ||
	    tg_period_make(tg_str(json_string_value(span)), tg_str(zone),
		anchor, text, s->e) == -1)
		return -1;
	c->period = tg_arena_cstr(s->a, tg_str(text));
	return 0;
}

/* A day may be written as a number. */
static int
read_anchor(const struct tg_rule_source *s, int n, struct tg_str *anchor)
{
	const json_t *j = tg_rule_get(s, n, "budget_anchor", NULL);
	const char *text = NULL;

	if (json_is_integer(j))
		text = tg_arena_printf(
		    s->a, "%lld", (long long)json_integer_value(j));
	else if (tg_rule_text(s, n, "budget_anchor", &text) == -1)
		return -1;
	*anchor = tg_str(text);
	return 0;
}

static int
read_manner(const struct tg_rule_source *s, struct tg_cap *c)
{
	int at = TG_AT_CAP_BLOCK, over = TG_OVER_CLAMP;
	int free = TG_UNPRICED_BLOCK;

	if (tg_rule_word(s, "at_budget", at_budget, &at) == -1 ||
	    tg_rule_word(s, "over_budget", over_budget, &over) == -1 ||
	    tg_rule_word(s, "unpriced", unpriced, &free) == -1)
		return -1;
	c->at_cap = (enum tg_at_cap)at;
	c->over = (enum tg_over)over;
	c->unpriced = (enum tg_unpriced)free;
	if (read_switch(s, c) == -1)
		return -1;
	return read_marks(s, c);
}

static int
read_switch(const struct tg_rule_source *s, struct tg_cap *c)
{
	const json_t *j =
	    tg_rule_get(s, TG_RULE_LEVELS, "switch_percent", NULL);
	const char *model = NULL;
	int64_t percent = 100;

	if (tg_rule_text(s, TG_RULE_LEVELS, "switch_model", &model) == -1 ||
	    (j != NULL &&
		tg_rule_count(s, "switch_percent", j, &percent) == -1))
		return -1;
	if (percent < 1 || percent > 100)
		return tg_rule_refuse(s, TG_E_INVALID, "switch_percent",
		    "must be from 1 to 100.");
	c->switch_percent = 100;
	if (c->at_cap != TG_AT_CAP_SWITCH)
		return 0;
	if (model == NULL || *model == '\0')
		return tg_rule_refuse(s, TG_E_INVALID, "switch_model",
		    "must name the model to switch to at the cap.");
	c->switch_model = tg_arena_cstr(s->a, tg_str(model));
	c->switch_percent = (int)percent;
	return 0;
}

/* A list of numbers, or "50, 80". */
static int
read_marks(const struct tg_rule_source *s, struct tg_cap *c)
{
	const json_t *j =
	    tg_rule_get(s, TG_RULE_LEVELS, "budget_thresholds", NULL);
	int64_t marks[MAX_MARKS];
	char text[MAX_MARKS * 4 + 1] = "";
	size_t n = 0, used = 0;
	json_t *list = tg_rule_listed(j);
	const json_t *item;
	size_t i;
	int rc = 0;

	c->marks = DEFAULT_MARKS;
	if (j == NULL)
		return 0;
	json_array_foreach(list, i, item)
		if (rc == 0 && n < MAX_MARKS)
			rc = read_mark(s, item, &marks[n++]);
	if (rc == 0 && (list == NULL || json_array_size(list) > MAX_MARKS))
		rc = tg_rule_refuse(s, list == NULL ? TG_E_TYPE : TG_E_INVALID,
		    "budget_thresholds", "must be a list of percentages, at "
		    "most 16 of them.");
	json_decref(list);
	if (rc == -1)
		return -1;
	qsort(marks, n, sizeof(marks[0]), by_number);
	for (i = 0; i < n; i++)
		if (i == 0 || marks[i] != marks[i - 1])
			used += (size_t)snprintf(text + used,
			    sizeof(text) - used, "%s%d", i == 0 ? "" : ",",
			    (int)marks[i]);
	c->marks = tg_arena_cstr(s->a, tg_str(text));
	return 0;
}

static int
read_mark(const struct tg_rule_source *s, const json_t *j, int64_t *mark)
{
	if (tg_rule_count(s, "budget_thresholds", j, mark) == -1)
		return -1;
	if (*mark < 1 || *mark > 100)
		return tg_rule_refuse(s, TG_E_INVALID, "budget_thresholds",
		    "must be percentages from 1 to 100.");
	return 0;
}

static int
by_number(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* A date alone is its first moment in UTC. */
static int
read_extra(const struct tg_rule_source *s, struct tg_cap *c)
{
	const json_t *more =
	    tg_rule_get(s, s->own, "temp_budget_increase", NULL);
	const char *until = NULL;
	char day[32];

	if (tg_rule_text(s, s->own, "temp_budget_expiry", &until) == -1)
		return -1;
	if (more == NULL && until == NULL)
		return 0;
	if (more == NULL || until == NULL)
		return tg_rule_refuse(s, TG_E_INVALID,
		    more == NULL ? "temp_budget_increase" :
				   "temp_budget_expiry",
		    "is missing: temp_budget_increase and temp_budget_expiry "
		    "must be set together.");
	if (strlen(until) == 10) {
		snprintf(day, sizeof(day), "%sT00:00:00Z", until);
		until = day;
	}
	if (tg_iso_parse(tg_str(until), &c->extra_until) == -1)
		return tg_rule_refuse(s, TG_E_INVALID, "temp_budget_expiry",
		    "must be a date such as 2026-01-31T12:00:00Z.");
	return tg_rule_nano(s, "temp_budget_increase", more, &c->extra_nano);
}

/* --- rates --- */

int
tg_rule_rates(const struct tg_rule_source *s, struct tg_promises *p)
{
	struct tg_limit l;
	int64_t queue_ms;

	if (tg_rule_queue(s, &queue_ms) == -1)
		return -1;
	for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		const json_t *j =
		    either(s, rates[i].name, rates[i].other, NULL);

		if (j == NULL)
			continue;
		l = (struct tg_limit){ .unit = rates[i].unit,
			.window_s = rates[i].window_s, .queue_ms = queue_ms };
		if (tg_rule_count(s, rates[i].name, j, &l.cap) == -1)
			return -1;
		tg_rule_add_limit(s->a, p, l);
	}
	return 0;
}

int
tg_rule_queue(const struct tg_rule_source *s, int64_t *ms)
{
	const json_t *j = tg_rule_get(s, TG_RULE_LEVELS, "queue", NULL);

	*ms = 0;
	return j == NULL ? 0 : tg_rule_ms(s, "queue", j, ms);
}
