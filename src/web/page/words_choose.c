/*
 * Which language: what a browser lists (RFC 9110 12.5.4) against what we have.
 */
#include "config.h"

#include "web/page/words.h"

#define TAG_BYTES 24
#define Q_UNIT 1000

/* Regions and scripts of Chinese, and which of the two it is written in. */
static const struct {
	const char *subtag, *tag;
} chinese[] = {
	{ "hant", "zh-tw" }, { "hans", "zh-cn" }, { "tw", "zh-tw" },
	{ "hk", "zh-tw" }, { "mo", "zh-tw" }, { "cn", "zh-cn" },
	{ "sg", "zh-cn" }, { "my", "zh-cn" },
};

/* In lower case, '-' between parts; Chinese by its script. False: too long. */
static bool
plain_tag(struct tg_str s, char out[TAG_BYTES])
{
	struct tg_str rest, part;

	if (s.n == 0 || s.n >= TAG_BYTES)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		out[i] = c == '_' ? '-' :
		    c >= 'A' && c <= 'Z' ? (char)(c + 32) :
					    c;
	}
	out[s.n] = '\0';
	rest = tg_str(out);
	(void)tg_str_cut(&rest, '-', &part);
	if (!tg_str_is(part, "zh"))
		return true;
	/* The script comes before the region, and says more. */
	while (tg_str_cut(&rest, '-', &part))
		for (size_t i = 0;
		     i < sizeof(chinese) / sizeof(*chinese); i++)
			if (tg_str_is(part, chinese[i].subtag)) {
				memcpy(out, chinese[i].tag, 6);
				return true;
			}
	memcpy(out, "zh-cn", 6);
	return true;
}

/* 2: the same, 1: the same but for region and script, 0: another. */
static int
likeness(const char *a, const char *b)
{
	size_t n = strcspn(a, "-");

	if (strcmp(a, b) == 0)
		return 2;
	return n == strcspn(b, "-") && strncmp(a, b, n) == 0;
}

static const struct tg_words *
best_for(struct tg_str range)
{
	const struct tg_words *const *w = tg_words_all();
	const struct tg_words *best = NULL;
	char wanted[TAG_BYTES], have[TAG_BYTES];
	int like = 0;

	if (!plain_tag(range, wanted))
		return NULL;
	for (; *w != NULL; w++)
		if (plain_tag(tg_str(tg_words_tag(*w)), have) &&
		    likeness(wanted, have) > like) {
			like = likeness(wanted, have);
			best = *w;
		}
	return best;
}

/* ";q=0.8" in thousandths. */
static int
quality(struct tg_str s)
{
	struct tg_str part;
	int q = 0, unit = Q_UNIT;

	while (tg_str_cut(&s, ';', &part)) {
		part = tg_str_trim(part);
		if (!tg_str_starts(part, "q=") &&
		    !tg_str_starts(part, "Q="))
			continue;
		for (size_t i = 2; i < part.n && unit > 0; i++) {
			if (part.p[i] == '.')
				continue;
			if (part.p[i] < '0' || part.p[i] > '9')
				return 0;
			q += (part.p[i] - '0') * unit;
			unit /= 10;
		}
		return q;
	}
	return Q_UNIT;
}

const struct tg_words *
tg_words_choose(struct tg_str accept)
{
	const struct tg_words *best = NULL;
	struct tg_str one, range;
	int q = 0;

	while (tg_str_cut(&accept, ',', &one)) {
		const struct tg_words *w;

		if (!tg_str_cut(&one, ';', &range))
			continue;
		w = best_for(tg_str_trim(range));
		if (w != NULL && quality(one) > q) {
			q = quality(one);
			best = w;
		}
	}
	return best != NULL ? best : tg_words_all()[0];
}
