/*
 * Values of settings: their forms, and finding rows, sections and what was
 * probably meant by a misspelt one.
 */
#include "config.h"

#include "prog/conf_value.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/limits.h"
#include "base/money.h"
#include "base/period.h"
#include "llm/price.h"
#include "prog/conf_table.h"

#define GUESS_DISTANCE 3

/* What is wrong with a value: one thread reads a configuration. */
static char complaint[256];

static const char *number_check(const struct tg_conf_row *row,
    const char *value, int64_t *number);
static const char *bytes_check(const struct tg_conf_row *row, const char *value,
    int64_t *number);
static const char *choice_check(const struct tg_conf_row *row,
    const char *value, int64_t *number);
static const char *price_check(const char *value);
static const char *flag_check(const char *value, int64_t *number);
static int cidr_good(struct tg_str s);

int
tg_conf_row_find(unsigned section, const char *key)
{
	char unit[TG_PRICE_NAME_BYTES];
	const struct tg_conf_row *row;
	struct tg_price price;
	size_t n;
	int i;

	/* A price with conditions in its name stands for the bare one. */
	if (strncmp(key, "price_", 6) == 0 &&
	    tg_price_name_read(tg_str(key), &price)) {
		price = (struct tg_price){ .unit = price.unit };
		key = tg_price_name(&price, unit);
	}
	for (i = 0; i < TG_CONF__MAX; i++) {
		row = &tg_conf_rows[i];
		if (!(row->sections & section))
			continue;
		n = strlen(row->key);
		if (tg_str_ieq(tg_str(key), row->key))
			return i;
		if (row->key[n - 1] == '.' && strlen(key) > n &&
		    tg_str_ieq((struct tg_str){ key, n }, row->key))
			return i;
	}
	return -1;
}

const struct tg_conf_section_row *
tg_conf_section_find(struct tg_str bracket, struct tg_str *name)
{
	struct tg_str rest = bracket, kind;
	bool named = memchr(bracket.p, ':', bracket.n) != NULL;
	int i;

	*name = TG_STR_NONE;
	if (!tg_str_cut(&rest, ':', &kind))
		return NULL;
	kind = tg_str_trim(kind);
	for (i = 0; i < tg_conf_sections_count; i++)
		if (tg_str_ieq(kind, tg_conf_sections[i].name)) {
			*name = tg_str_trim(rest);
			if (tg_conf_sections[i].named != named)
				return NULL;
			if (named && name->n == 0)
				return NULL;
			return &tg_conf_sections[i];
		}
	return NULL;
}

const char *
tg_conf_key_guess(unsigned section, const char *key)
{
	const char *best = NULL;
	int i, d, least = GUESS_DISTANCE + 1;

	for (i = 0; i < TG_CONF__MAX; i++) {
		if (!(tg_conf_rows[i].sections & section))
			continue;
		d = tg_conf_distance(key, tg_conf_rows[i].key);
		if (d < least) {
			least = d;
			best = tg_conf_rows[i].key;
		}
	}
	return best;
}

const char *
tg_conf_section_guess(struct tg_str bracket)
{
	struct tg_str rest = bracket, kind;
	const char *best = NULL;
	char word[32];
	int i, d, least = GUESS_DISTANCE + 1;

	if (!tg_str_cut(&rest, ':', &kind))
		return NULL;
	snprintf(word, sizeof(word), "%.*s", TG_PRI(kind));
	for (i = 0; i < tg_conf_sections_count; i++) {
		d = tg_conf_distance(word, tg_conf_sections[i].name);
		if (d < least) {
			least = d;
			best = tg_conf_sections[i].name;
		}
	}
	return best;
}

int
tg_conf_distance(const char *a, const char *b)
{
	unsigned char row[64];
	size_t na = strlen(a), nb = strlen(b), i, j;
	unsigned char diagonal, above, least;

	if (na >= sizeof(row) || nb >= sizeof(row))
		return 9;
	for (j = 0; j <= nb; j++)
		row[j] = (unsigned char)j;
	for (i = 1; i <= na; i++) {
		diagonal = row[0];
		row[0] = (unsigned char)i;
		for (j = 1; j <= nb; j++) {
			above = row[j];
			least = (unsigned char)(diagonal +
			    (tolower((unsigned char)a[i - 1]) !=
				tolower((unsigned char)b[j - 1])));
			if (above + 1 < least)
				least = (unsigned char)(above + 1);
			if (row[j - 1] + 1 < least)
				least = (unsigned char)(row[j - 1] + 1);
			diagonal = above;
			row[j] = least;
		}
	}
	return row[nb] < 9 ? row[nb] : 9;
}

const char *
tg_conf_value_check(const struct tg_conf_row *row, const char *value,
    int64_t *number)
{
	*number = 0;
	if (strlen(value) > TG_MAX_CONFIG_VALUE)
		return "is too long";
	switch (row->type) {
	case TG_CONF_NUMBER:
		return number_check(row, value, number);
	case TG_CONF_BYTES:
		return bytes_check(row, value, number);
	case TG_CONF_CHOICE:
		return choice_check(row, value, number);
	case TG_CONF_FLAG:
		return flag_check(value, number);
	case TG_CONF_PRICE:
		return price_check(value);
	case TG_CONF_TEXT:
	case TG_CONF_PATH:
	case TG_CONF_SECRET:
		break;
	}
	return row->check != NULL ? row->check(value) : NULL;
}

static const char *
number_check(const struct tg_conf_row *row, const char *value, int64_t *number)
{
	if (tg_str_i64(tg_str(value), number) && *number >= row->min &&
	    *number <= row->max)
		return row->check != NULL ? row->check(value) : NULL;
	if (row->max == INT64_MAX)
		snprintf(complaint, sizeof(complaint),
		    "must be a whole number of at least %" PRId64, row->min);
	else
		snprintf(complaint, sizeof(complaint),
		    "must be a whole number from %" PRId64 " to %" PRId64,
		    row->min, row->max);
	return complaint;
}

static const char *
bytes_check(const struct tg_conf_row *row, const char *value, int64_t *number)
{
	static const char units[] = "KMGT";
	struct tg_str s = tg_str_trim(tg_str(value));
	const char *unit;
	int64_t n, shift = 0;

	if (s.n > 1 && (s.p[s.n - 1] == 'B' || s.p[s.n - 1] == 'b'))
		s.n--;
	unit = s.n > 0 ? strchr(units, toupper((unsigned char)s.p[s.n - 1])) :
			 NULL;
	if (unit != NULL && *unit != '\0') {
		shift = 10 * (unit - units + 1);
		s = tg_str_trim((struct tg_str){ s.p, s.n - 1 });
	}
	if (tg_str_i64(s, &n) && n >= 0 && n <= INT64_MAX >> shift) {
		*number = n << shift;
		if (*number >= row->min && *number <= row->max)
			return NULL;
	}
	snprintf(complaint, sizeof(complaint),
	    "must be a size from %" PRId64 " to %" PRId64 " bytes, such as 64M",
	    row->min, row->max);
	return complaint;
}

static const char *
choice_check(const struct tg_conf_row *row, const char *value, int64_t *number)
{
	struct tg_str rest = tg_str(row->choices), choice;

	for (*number = 0; tg_str_cut(&rest, '|', &choice); ++*number)
		if (tg_str_ieq(choice, value))
			return NULL;
	snprintf(complaint, sizeof(complaint), "must be one of %s",
	    row->choices);
	return complaint;
}

static const char *
price_check(const char *value)
{
	int64_t pico, nano;

	if (tg_price_parse(tg_str(value), &pico) == 0)
		return NULL;
	/* A number, but not one that is kept exactly. */
	if (tg_nano_parse(tg_str(value), &nano) == 0)
		return "is too fine a price: the smallest step is 0.000001 USD "
		       "(per million tokens, or per call)";
	return "must be a price in USD, such as 0.15";
}

static const char *
flag_check(const char *value, int64_t *number)
{
	static const char *const words[] = { "no", "yes", "off", "on", "false",
		"true", "0", "1" };
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (tg_str_ieq(tg_str(value), words[i])) {
			*number = (int64_t)(i & 1);
			return NULL;
		}
	return "must be yes or no";
}

const char *
tg_conf_check_origins(const char *value)
{
	struct tg_str rest = tg_str(value), one;
	long at;

	if (strcmp(value, "*") == 0)
		return NULL;
	while (tg_str_cut(&rest, ',', &one)) {
		one = tg_str_trim(one);
		if (one.n == 0)
			continue;
		at = tg_str_find(one, TG_STR("://"));
		if (at < 1 ||
		    memchr(one.p + at + 3, '/', one.n - (size_t)at - 3) != NULL)
			return "must be * or origins by commas, such as "
			       "https://chat.example.org (no path)";
	}
	return NULL;
}

const char *
tg_conf_check_cidrs(const char *value)
{
	struct tg_str rest = tg_str(value), one;

	while (tg_str_cut(&rest, ',', &one)) {
		one = tg_str_trim(one);
		if (one.n > 0 && !cidr_good(one))
			return "must be addresses by commas, such as "
			       "10.0.0.0/8, 2001:db8::/32";
	}
	return NULL;
}

static int
cidr_good(struct tg_str s)
{
	struct tg_str rest = s, host;
	unsigned char addr[16];
	char text[64];
	int64_t bits = 0, most;

	if (!tg_str_cut(&rest, '/', &host) || host.n >= sizeof(text))
		return 0;
	snprintf(text, sizeof(text), "%.*s", TG_PRI(host));
	if (inet_pton(AF_INET, text, addr) == 1)
		most = 32;
	else if (inet_pton(AF_INET6, text, addr) == 1)
		most = 128;
	else
		return 0;
	if (host.n == s.n)
		return 1;
	return tg_str_i64(rest, &bits) && bits >= 0 && bits <= most;
}

const char *
tg_conf_check_key(const char *value)
{
	if (*value == '\0')
		return NULL;
	if (strncmp(value, "sk-", 3) != 0 || strlen(value) < 8)
		return "must begin with sk- and be at least 8 characters long";
	if (strlen(value) > TG_MAX_KEY_TEXT)
		return "is too long for a key";
	return NULL;
}

const char *
tg_conf_check_url(const char *value)
{
	static const char *const schemes[] = { "http://", "https://",
		"http+unix://", "https+unix://" };
	size_t i, n;

	for (i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		n = strlen(schemes[i]);
		if (strncmp(value, schemes[i], n) == 0 && value[n] != '\0')
			return NULL;
	}
	return "must be a URL that begins with http:// or https://";
}

/* curl(1) takes HOST:PORT for an HTTP proxy; a bare word is a slip. */
const char *
tg_conf_check_proxy(const char *value)
{
	static const char *const schemes[] = { "http", "https", "socks4",
		"socks4a", "socks5", "socks5h" };
	struct tg_str s = tg_str(value), scheme;
	long at = tg_str_find(s, TG_STR("://"));
	bool good = at == -1;
	size_t i;

	if (s.n == 0)
		return NULL;
	if (at != -1) {
		scheme = (struct tg_str){ s.p, (size_t)at };
		for (i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
			good = good || tg_str_ieq(scheme, schemes[i]);
		s.p += at + 3;
		s.n -= (size_t)at + 3;
	} else if (strpbrk(value, ".:") == NULL)
		good = false;
	for (i = 0; i < s.n; i++)
		good = good && (unsigned char)s.p[i] > ' ' && s.p[i] != 127;
	if (good && s.n > 0 && *s.p != '/' && *s.p != ':')
		return NULL;
	return "must be a proxy's address, such as http://proxy.example:3128 "
	       "(or https, socks4, socks4a, socks5, socks5h)";
}

const char *
tg_conf_check_status(const char *value)
{
	int64_t n;

	if (tg_str_i64(tg_str(value), &n) && (n == 0 || (n >= 400 && n < 600)))
		return NULL;
	return "must be an HTTP status from 400 to 599, or 0 for none";
}

const char *
tg_conf_check_header(const char *value)
{
	for (; *value != '\0'; value++)
		if ((unsigned char)*value < ' ' || *value == 127)
			return "must not hold control characters";
	return NULL;
}

/* Of a variable HTTP_... callers decide; a header has a way of its own. */
const char *
tg_conf_check_remote(const char *value)
{
	if (strncmp(value, "HTTP_", 5) == 0)
		return "must not begin with HTTP_: anybody can send a header; "
		       "name the header itself, with [server] "
		       "trusted_proxies";
	for (; *value != '\0'; value++)
		if (strchr("-_", *value) == NULL && !isalnum(*value & 0xff))
			return "must be off, env, or a name of letters, "
			       "digits, - and _";
	return NULL;
}

const char *
tg_conf_check_usage(const char *value)
{
	struct tg_str rest = tg_str(value), in;
	int64_t n;

	if (tg_str_cut(&rest, '/', &in) && tg_str_i64(tg_str_trim(in), &n) &&
	    n >= 0 && tg_str_i64(tg_str_trim(rest), &n) && n >= 0)
		return NULL;
	return "must be two numbers of tokens, such as 120/45";
}

const char *
tg_conf_check_http(const char *value)
{
	if (strncmp(value, "http+", 5) != 0 && strncmp(value, "https+", 6) != 0)
		return tg_conf_check_url(value);
	return "must be a URL that begins with http:// or https://";
}

const char *
tg_conf_check_mail(const char *value)
{
	const unsigned char *p;
	const char *at = strchr(value, '@');

	/* A dash in front would be an option of sendmail(8)'s. */
	if (at == NULL || at == value || at[1] == '\0' || *value == '-')
		return "must be an address such as ops@example.org";
	for (p = (const unsigned char *)value; *p != '\0'; p++)
		if (*p <= ' ' || *p >= 127 || *p == ',' || *p == ';')
			return "must be one address, without blanks";
	return NULL;
}

const char *
tg_conf_check_events(const char *value)
{
	struct tg_str rest = tg_str(value), one;

	while (tg_str_cut(&rest, ',', &one)) {
		one = tg_str_trim(one);
		if (!tg_str_is(one, "budget.threshold") &&
		    !tg_str_is(one, "budget.soft"))
			return "must be a list by commas of budget.threshold "
			       "and budget.soft";
	}
	return NULL;
}

const char *
tg_conf_check_amount(const char *value)
{
	int64_t nano;

	if (tg_nano_parse(tg_str(value), &nano) != 0)
		return "must be USD, such as 25 or 0.50";
	return NULL;
}

const char *
tg_conf_check_span(const char *value)
{
	char period[TG_PERIOD_BYTES];
	struct tg_err e = { 0 };

	if (tg_period_make(tg_str(value), TG_STR_NONE, TG_STR_NONE, period,
		&e) != 0)
		return "must be hour, day, week, month, year, total, or such "
		       "as 30d, 12h, 1mo";
	return NULL;
}

const char *
tg_conf_check_zone(const char *value)
{
	if (*value != '\0' && !tg_zone_known(tg_str(value)))
		return "must be a time zone of this system, such as "
		       "Europe/Paris";
	return NULL;
}
