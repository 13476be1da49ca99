/*
 * Settings that are prices: price_UNIT with its conditions in the name
 * (llm/price.h), and what goes off a provider's bills or on top of them.
 */
#include "config.h"

#include "base/money.h"
#include "gate/settings.h"

/* A price in pico USD a token is a millionth of what is written. */
#define PPM_PER_PERCENT 10000
#define PPM 1000000

static int read_price(const struct tg_section *, const struct tg_setting *,
    struct tg_price *, struct tg_err *);

bool
tg_settings_is_price(const char *key)
{
	struct tg_price p;

	return strncmp(key, "price_", 6) == 0 &&
	    tg_price_name_read(tg_str(key), &p);
}

int
tg_settings_prices(struct tg_arena *a, const struct tg_section *s,
    struct tg_price_list *list, struct tg_err *e)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct tg_setting *t = &s->settings[i];
		struct tg_price p = { 0 };
		if (!tg_settings_is_price(t->key))
			continue;
		if (read_price(s, t, &p, e) != 0)
			return -1;
		tg_prices_append(a, list, &p);
	}
	return 0;
}

static int
read_price(const struct tg_section *s, const struct tg_setting *t,
    struct tg_price *p, struct tg_err *e)
{
	struct tg_str value = tg_str_trim(tg_str(t->value));
	int64_t nano;

	(void)tg_price_name_read(tg_str(t->key), p);
	if (p->unit == TG_UNIT_CALL) {
		if (tg_nano_parse(value, &nano) != 0 || nano < 0 ||
		    nano > INT64_MAX / 1000)
			return tg_fail(e, TG_E_INVALID,
			    "[%s] %s = %s: wanted is USD per call, such as "
			    "0.01",
			    s->name, t->key, t->value);
		p->pico = nano * 1000;
		return 0;
	}
	if (tg_price_parse(value, &p->pico) != 0)
		return tg_fail(e, TG_E_INVALID,
		    "[%s] %s = %s: wanted is USD per million tokens, such as "
		    "0.15",
		    s->name, t->key, t->value);
	return 0;
}

void
tg_prices_append(struct tg_arena *a, struct tg_price_list *list,
    const struct tg_price *p)
{
	struct tg_price *more =
	    tg_arena_zero(a, (list->n + 1) * sizeof(*more));

	if (list->n > 0)
		memcpy(more, list->prices, list->n * sizeof(*more));
	more[list->n++] = *p;
	list->prices = more;
}

int
tg_settings_percent(const struct tg_section *s, const char *key,
    int64_t most_ppm, int64_t *ppm, struct tg_err *e)
{
	const char *text = tg_settings_get(s, key);
	struct tg_str value = tg_str_trim(tg_str(text));
	int64_t millionths;

	if (text == NULL)
		return 0;
	if (tg_str_ends(value, "%")) {
		value.n--;
		value = tg_str_trim(value);
	}
	if (tg_price_parse(value, &millionths) != 0 ||
	    millionths % (PPM / PPM_PER_PERCENT) != 0 ||
	    millionths / (PPM / PPM_PER_PERCENT) > most_ppm)
		return tg_fail(e, TG_E_INVALID,
		    "[%s] %s = %s: wanted is a percentage of 0 to %lld, such "
		    "as 5 %%",
		    s->name, key, text,
		    (long long)(most_ppm / PPM_PER_PERCENT));
	*ppm = millionths / (PPM / PPM_PER_PERCENT);
	return 0;
}
