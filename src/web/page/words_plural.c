/*
 * Works a plural expression out while it is read: both branches of a
 * condition are computed, one counts.
 */
#include "config.h"

#include "web/page/words_plural.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define MAX_DEPTH 32

typedef unsigned long long number;

struct reading {
	const char *p;
	number n;
	int depth;
	bool failed;
};

/* Weakest first; within a row none is the beginning of another before it. */
static const struct {
	const char *words[4];
} levels[] = {
	{ { "||" } },
	{ { "&&" } },
	{ { "==", "!=" } },
	{ { "<=", ">=", "<", ">" } },
	{ { "+", "-" } },
	{ { "*", "/", "%" } },
};
#define LEVELS ((int)(sizeof(levels) / sizeof(*levels)))

static number condition(struct reading *);

static bool
takes(struct reading *r, const char *word)
{
	size_t n = strlen(word);

	while (*r->p == ' ' || *r->p == '\t')
		r->p++;
	if (strncmp(r->p, word, n) != 0)
		return false;
	r->p += n;
	return true;
}

static number
fail(struct reading *r)
{
	r->failed = true;
	return 0;
}

static number
primary(struct reading *r)
{
	number value = 0;

	if (++r->depth > MAX_DEPTH)
		return fail(r);
	if (takes(r, "!"))
		value = primary(r) == 0;
	else if (takes(r, "(")) {
		value = condition(r);
		if (!takes(r, ")"))
			return fail(r);
	} else if (takes(r, "n"))
		value = r->n;
	else if (*r->p < '0' || *r->p > '9')
		return fail(r);
	else
		for (; *r->p >= '0' && *r->p <= '9'; r->p++)
			value = value * 10 + (number)(*r->p - '0');
	r->depth--;
	return value;
}

static number
apply(struct reading *r, const char *word, number a, number b)
{
	bool equal = word[1] == '=';

	switch (word[0]) {
	case '|':
		return a != 0 || b != 0;
	case '&':
		return a != 0 && b != 0;
	case '=':
		return a == b;
	case '!':
		return a != b;
	case '<':
		return equal ? a <= b : a < b;
	case '>':
		return equal ? a >= b : a > b;
	case '+':
		return a + b;
	case '-':
		return a - b;
	case '*':
		return a * b;
	default:
		if (b == 0)
			return fail(r);
		return word[0] == '/' ? a / b : a % b;
	}
}

/* Operators of this level and those that bind stronger. */
static number
binary(struct reading *r, int level)
{
	number value;

	if (level == LEVELS)
		return primary(r);
	value = binary(r, level + 1);
	for (size_t i = 0; i < 4 && levels[level].words[i] != NULL;)
		if (!r->failed && takes(r, levels[level].words[i])) {
			value = apply(r, levels[level].words[i], value,
			    binary(r, level + 1));
			i = 0;
		} else
			i++;
	return value;
}

static number
condition(struct reading *r)
{
	number value = binary(r, 0), yes, no;

	if (r->failed || !takes(r, "?"))
		return value;
	if (++r->depth > MAX_DEPTH)
		return fail(r);
	yes = condition(r);
	if (!takes(r, ":"))
		return fail(r);
	no = condition(r);
	r->depth--;
	return value != 0 ? yes : no;
}

long
tg_plural_form(const char *expression, unsigned long long n)
{
	struct reading r = { .p = expression, .n = n };
	number value = condition(&r);

	return r.failed || value > 100 ? 0 : (long)value;
}
