/*
 * JSON answers that are written rather than built.
 */
#include "config.h"

#include "web/jwrite.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/limits.h"
#include "store/calls.h"

#define ANSWER_BYTES (256 * 1024 * 1024)
#define DIGITS 48

static void begin(struct tg_jw *, const char *);
static void decimal(struct tg_jw *, tg_i128, int);

void
tg_jw_init(struct tg_jw *j)
{
	tg_buf_init(&j->b, ANSWER_BYTES);
	j->more = false;
}

void
tg_jw_free(struct tg_jw *j)
{
	tg_buf_free(&j->b);
}

int
tg_jw_send(struct tg_jw *j, struct tg_web *w)
{
	int rc;

	if (j->b.failed)
		rc = tg_fail(&w->rq->err, TG_E_INVALID,
		    "The answer would be larger than %d MiB. Ask for less at "
		    "a time.",
		    ANSWER_BYTES / 1024 / 1024);
	else
		rc = tg_reply_send(
		    w->rq, 200, "application/json", tg_buf_str(&j->b));
	tg_jw_free(j);
	return rc;
}

static void
begin(struct tg_jw *j, const char *name)
{
	if (j->more)
		(void)tg_buf_byte(&j->b, ',');
	j->more = true;
	if (name != NULL)
		(void)tg_buf_printf(&j->b, "\"%s\":", name);
}

void
tg_jw_open(struct tg_jw *j, const char *name, char bracket)
{
	begin(j, name);
	(void)tg_buf_byte(&j->b, bracket);
	j->more = false;
}

void
tg_jw_close(struct tg_jw *j, char bracket)
{
	(void)tg_buf_byte(&j->b, bracket);
	j->more = true;
}

void
tg_jw_name(struct tg_jw *j, const char *name)
{
	begin(j, NULL);
	(void)tg_json_quote(&j->b, tg_str(name));
	(void)tg_buf_byte(&j->b, ':');
	j->more = false;
}

void
tg_jw_raw(struct tg_jw *j, const char *name, struct tg_str json)
{
	begin(j, name);
	(void)tg_buf_adds(&j->b, json);
}

void
tg_jw_json(struct tg_jw *j, const char *name, const char *text,
    const char *fallback)
{
	size_t at;

	if (text == NULL ||
	    tg_json_check(tg_str(text), TG_MAX_JSON_DEPTH, &at) !=
		TG_JSON_GOOD)
		text = fallback;
	tg_jw_raw(j, name, tg_str(text));
}

void
tg_jw_null(struct tg_jw *j, const char *name)
{
	tg_jw_raw(j, name, TG_STR("null"));
}

void
tg_jw_text(struct tg_jw *j, const char *name, const char *text)
{
	if (text == NULL) {
		tg_jw_null(j, name);
		return;
	}
	begin(j, name);
	(void)tg_json_quote(&j->b, tg_str(text));
}

void
tg_jw_bool(struct tg_jw *j, const char *name, bool yes)
{
	tg_jw_raw(j, name, yes ? TG_STR("true") : TG_STR("false"));
}

void
tg_jw_i64(struct tg_jw *j, const char *name, int64_t n)
{
	begin(j, name);
	(void)tg_buf_printf(&j->b, "%lld", (long long)n);
}

void
tg_jw_time(struct tg_jw *j, const char *name, int64_t wall_us)
{
	char iso[TG_ISO_BYTES];

	tg_jw_text(
	    j, name, wall_us != 0 ? tg_iso_time(wall_us, iso) : NULL);
}

void
tg_jw_nano(struct tg_jw *j, const char *name, int64_t nano_usd)
{
	if (nano_usd == TG_COST_UNKNOWN) {
		tg_jw_null(j, name);
		return;
	}
	begin(j, name);
	decimal(j, nano_usd, 9);
}

void
tg_jw_pico(struct tg_jw *j, const char *name, tg_i128 pico_usd)
{
	begin(j, name);
	decimal(j, pico_usd, 12);
}

void
tg_jw_milli(struct tg_jw *j, const char *name, int64_t thousandths)
{
	begin(j, name);
	decimal(j, thousandths, 3);
}

/* units * 10^-places, without zeros at the end. */
static void
decimal(struct tg_jw *j, tg_i128 units, int places)
{
	char text[DIGITS], *p = text + sizeof(text);
	bool minus = units < 0, shown = false;

	for (int i = 0; i <= places || units != 0; i++) {
		int digit = (int)(units % 10);

		digit = digit < 0 ? -digit : digit;
		units /= 10;
		if (i == places && shown)
			*--p = '.';
		shown = shown || digit != 0;
		if (shown || i >= places)
			*--p = (char)('0' + digit);
	}
	if (minus)
		*--p = '-';
	(void)tg_buf_add(&j->b, p, (size_t)(text + sizeof(text) - p));
}
