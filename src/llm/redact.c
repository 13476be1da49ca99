/*
 * Secrets cut out of foreign text.  Better a harmless word too many than a
 * key: the text is an error's message, and stays readable.
 */
#include "config.h"

#include "llm/redact.h"

#include <ctype.h>
#include <strings.h>

#define MARK		"[redacted]"
#define MIN_KEY		4	/* below: would cut words out of any text */
#define MIN_NAMED	8	/* right behind "key:", "Bearer" */
#define MIN_NEAR	20	/* somewhere behind "key" */
#define NEAR		40

/* The beginnings of well-known keys, and how long the whole is at least. */
static const struct {
	const char *prefix;
	size_t bytes;
} forms[] = {
	{"sk-", 7}, {"sk_", 12}, {"gsk_", 12}, {"csk-", 12}, {"xai-", 12},
	{"hf_", 12}, {"r8_", 12}, {"fw_", 12}, {"tgp_", 12}, {"nvapi-", 12},
	{"pplx-", 12}, {"ghp_", 12}, {"gho_", 12}, {"ghs_", 12},
	{"github_pat_", 20}, {"AIza", 20}, {"AKIA", 16}, {"eyJ", 24},
};

/* Words that name the token right behind them. */
static const char *const namers[] = {
	"key", "bearer", "token", "secret", "password", "authorization",
};

struct cutting {
	struct tg_str text, key;
	char *out;
	size_t n;
};

static size_t step(struct cutting *c, size_t i);
static size_t token_at(struct tg_str text, size_t i);
static bool is_secret(struct tg_str text, size_t i, size_t n);
static bool is_named(struct tg_str text, size_t i);
static bool is_mixed(struct tg_str token);
static size_t userinfo_at(struct tg_str text, size_t i);
static void put(struct cutting *c, const char *p, size_t n);

static bool
is_token_byte(char byte)
{
	return isalnum((unsigned char)byte) || byte == '_' || byte == '-' ||
	    byte == '*' || byte == '.' || byte == '\0';
}

struct tg_str
tg_redact(struct tg_arena *a, struct tg_str text, struct tg_str key)
{
	struct cutting c = {.text = text, .key = key};
	size_t i;

	if (c.key.n < MIN_KEY)
		c.key = TG_STR_NONE;
	/* A mark stands for four bytes at least. */
	c.out = tg_arena_alloc(a, text.n * 3 + sizeof(MARK));
	for (i = 0; i < text.n;)
		i = step(&c, i);
	c.out[c.n] = '\0';
	return (struct tg_str){c.out, c.n};
}

/* Takes what stands at i; returns where to go on. */
static size_t
step(struct cutting *c, size_t i)
{
	struct tg_str rest = {c->text.p + i, c->text.n - i};
	size_t n;

	if (c->key.n > 0 && rest.n >= c->key.n && *rest.p == *c->key.p &&
	    memcmp(rest.p, c->key.p, c->key.n) == 0) {
		put(c, MARK, sizeof(MARK) - 1);
		return i + c->key.n;
	}
	n = *rest.p == ':' ? userinfo_at(c->text, i) : 0;
	if (n > 0) {
		put(c, "://" MARK, sizeof("://" MARK) - 1);
		return i + n;
	}
	n = i > 0 && is_token_byte(c->text.p[i - 1]) ? 0 :
	    token_at(c->text, i);
	if (n > 0 && is_secret(c->text, i, n)) {
		put(c, MARK, sizeof(MARK) - 1);
		return i + n;
	}
	c->out[c->n++] = *rest.p;
	return i + 1;
}

/* Without the full stops at the end of a sentence. */
static size_t
token_at(struct tg_str text, size_t i)
{
	size_t end = i;

	while (end < text.n && text.p[end] != '\0' &&
	    is_token_byte(text.p[end]))
		end++;
	while (end > i && text.p[end - 1] == '.')
		end--;
	return end - i;
}

static bool
is_secret(struct tg_str text, size_t i, size_t n)
{
	struct tg_str token = {text.p + i, n}, before;
	size_t k;

	for (k = 0; k < sizeof(forms) / sizeof(*forms); k++)
		if (n >= forms[k].bytes && *token.p == *forms[k].prefix &&
		    tg_str_starts(token, forms[k].prefix))
			return true;
	if (n < MIN_NAMED || !is_mixed(token))
		return false;
	if (is_named(text, i))
		return true;
	before.n = i < NEAR ? i : NEAR;
	before.p = text.p + i - before.n;
	return n >= MIN_NEAR && tg_str_ifind(before, "key") >= 0;
}

/* key=TOKEN, "api-key": "TOKEN", Bearer TOKEN */
static bool
is_named(struct tg_str text, size_t i)
{
	size_t k, n;

	while (i > 0 && strchr(" :=\"'`", text.p[i - 1]) != NULL &&
	    text.p[i - 1] != '\0')
		i--;
	for (k = 0; k < sizeof(namers) / sizeof(*namers); k++) {
		n = strlen(namers[k]);
		if (i >= n && strncasecmp(text.p + i - n, namers[k], n) == 0)
			return true;
	}
	return false;
}

/* Letters and digits, or stars: words of a language are neither. */
static bool
is_mixed(struct tg_str token)
{
	bool letter = false, digit = false;
	size_t i;

	for (i = 0; i < token.n; i++) {
		if (token.p[i] == '*')
			return true;
		letter = letter || isalpha((unsigned char)token.p[i]);
		digit = digit || isdigit((unsigned char)token.p[i]);
	}
	return letter && digit;
}

/* "://user:password" before an '@'. */
static size_t
userinfo_at(struct tg_str text, size_t i)
{
	size_t end;

	if (text.n - i < 4 || memcmp(text.p + i, "://", 3) != 0)
		return 0;
	for (end = i + 3; end < text.n && text.p[end] != '\0'; end++) {
		if (text.p[end] == '@')
			return end > i + 3 ? end - i : 0;
		if (strchr("/ \t\r\n\"'<>?#", text.p[end]) != NULL)
			return 0;
	}
	return 0;
}

static void
put(struct cutting *c, const char *p, size_t n)
{
	memcpy(c->out + c->n, p, n);
	c->n += n;
}
