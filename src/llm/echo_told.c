/*
 * What the echo provider is told.  Texts stay in the form in which JSON
 * writes them, views into the request where that is possible: they are
 * written into JSON again.
 */
#include "config.h"

#include "llm/echo_told.h"

#include <stddef.h>
#include <stdio.h>

#include "base/decimal.h"
#include "base/json.h"

#define HOUR_MS	((int64_t)3600 * 1000)
#define MOST	((int64_t)1000 * 1000 * 1000)

static const struct setting {
	const char *name;
	size_t offset;
	int64_t least, most;
} settings[] = {
#define SETTING(member) #member, offsetof(struct tg_echo_settings, member)
	{SETTING(delay_ms), 0, HOUR_MS},
	{SETTING(chunk_ms), 0, HOUR_MS},
	{SETTING(status), 400, 599},
	{SETTING(retry_after), 0, 86400},
	{SETTING(cut_after), -1, MOST},
	{SETTING(stall_after), -1, MOST},
	{SETTING(words), 0, 10 * 1000 * 1000},
}, usage_settings[] = {
	{SETTING(prompt_tokens), 0, INT64_MAX / 4},
	{SETTING(completion_tokens), 0, INT64_MAX / 4},
#undef SETTING
};

#define SETTINGS	(sizeof(settings) / sizeof(*settings))
#define USAGE_SETTINGS	(sizeof(usage_settings) / sizeof(*usage_settings))

/* A table of settings and what its members are called in faults. */
struct family {
	const struct setting *table;
	size_t count;
	const char *prefix;
};

static int read_member(struct tg_echo_told *t, struct tg_str name,
    struct tg_str value, struct tg_err *e);
static int read_pace(
    struct tg_echo_told *t, struct tg_str value, struct tg_err *e);
static int read_usage(
    struct tg_echo_told *t, struct tg_str value, struct tg_err *e);
static int read_setting(struct tg_echo_settings *s,
    const struct family *family, struct tg_str name, struct tg_str value,
    struct tg_err *e);
static void read_chat(
    struct tg_echo_told *t, struct tg_arena *a, struct tg_str messages);
static void read_prompts(
    struct tg_echo_told *t, struct tg_arena *a, const struct tg_view *v);
static void answer_text(
    struct tg_echo_told *t, struct tg_arena *a, const char *text);
static struct tg_str prompt_text(
    struct tg_arena *a, const struct tg_view *v, struct tg_str value);
static struct tg_str text_of(struct tg_arena *a, struct tg_str content);
static size_t join(struct tg_str parts, char *to);
static size_t blank(const char *p, const char *end);

int
tg_echo_read(struct tg_echo_told *t, struct tg_arena *a,
    const struct tg_view *v, const struct tg_echo_settings *s,
    struct tg_err *e)
{
	struct tg_json_it it = tg_json_begin(v->echo);
	struct tg_str name, value;

	*t = (struct tg_echo_told){.set = *s, .word_us = s->chunk_ms * 1000};
	if (s->tokens_per_second > 0)
		t->word_us = 1000 * 1000 / s->tokens_per_second;
	if (v->echo.n > 0 && v->dialect->id != TG_DIALECT_COMPLETIONS &&
	    tg_json_type(v->echo) != TG_JSON_OBJECT &&
	    !tg_json_is_null(v->echo))
		return tg_fail_param(e, TG_E_INVALID, "echo",
		    "Invalid 'echo': expected an object with settings of the "
		    "echo provider, such as {\"delay_ms\": 100}.");
	while (tg_json_type(v->echo) == TG_JSON_OBJECT &&
	    tg_json_member(&it, &name, &value))
		if (read_member(t, name, value, e) == -1)
			return -1;
	if (v->dialect->id == TG_DIALECT_CHAT)
		read_chat(t, a, v->input);
	else
		read_prompts(t, a, v);
	if (s->text != NULL && v->dialect->id != TG_DIALECT_EMBEDDINGS)
		answer_text(t, a, s->text);
	return 0;
}

/* Whatever was said to it. */
static void
answer_text(struct tg_echo_told *t, struct tg_arena *a, const char *text)
{
	struct tg_str quoted = tg_json_quoted(a, tg_str(text));

	for (size_t i = 0; i < t->text_count; i++)
		t->texts[i] = (struct tg_str){quoted.p + 1, quoted.n - 2};
}

bool
tg_echo_word(struct tg_str *rest, struct tg_str *word)
{
	const char *p = rest->p, *end = rest->p + rest->n, *after;
	size_t n;

	if (rest->n == 0)
		return false;
	while (p < end && (n = blank(p, end)) > 0)
		p += n;
	while (p < end && blank(p, end) == 0)
		p += *p == '\\' ? 2 : 1;
	for (after = p; after < end && (n = blank(after, end)) > 0;)
		after += n;
	if (after >= end)
		p = end;
	*word = (struct tg_str){rest->p, (size_t)(p - rest->p)};
	*rest = (struct tg_str){p, (size_t)(end - p)};
	return true;
}

int64_t
tg_echo_word_count(struct tg_str text)
{
	struct tg_str word;
	int64_t n = 0;

	while (tg_echo_word(&text, &word))
		n++;
	return n;
}

static int
read_member(struct tg_echo_told *t, struct tg_str name, struct tg_str value,
    struct tg_err *e)
{
	static const struct family family = {settings, SETTINGS, "echo"};

	if (tg_json_is_null(value))
		return 0;
	if (tg_json_name_is(name, "tokens_per_second"))
		return read_pace(t, value, e);
	if (tg_json_name_is(name, "usage"))
		return read_usage(t, value, e);
	if (read_setting(&t->set, &family, name, value, e) == -1)
		return -1;
	if (tg_json_name_is(name, "chunk_ms"))
		t->word_us = t->set.chunk_ms * 1000;
	return 0;
}

/* Fractions too: one word in two seconds is 0.5. */
static int
read_pace(struct tg_echo_told *t, struct tg_str value, struct tg_err *e)
{
	struct tg_decimal d;
	int64_t milli;
	bool exact;

	if (!tg_decimal_parse(value, &d) ||
	    !tg_decimal_scaled(&d, 3, &milli, &exact) || milli < 1)
		return tg_fail_param(e, TG_E_INVALID, "echo.tokens_per_second",
		    "Invalid 'echo.tokens_per_second': expected a number of "
		    "at least 0.001.");
	t->word_us = 1000 * 1000 * 1000 / milli;
	return 0;
}

static int
read_usage(struct tg_echo_told *t, struct tg_str value, struct tg_err *e)
{
	static const struct family family = {
		usage_settings, USAGE_SETTINGS, "echo.usage"
	};
	struct tg_json_it it = tg_json_begin(value);
	struct tg_str name, member;

	if (tg_json_type(value) != TG_JSON_OBJECT)
		return tg_fail_param(e, TG_E_INVALID, "echo.usage",
		    "Invalid 'echo.usage': expected an object with "
		    "prompt_tokens and completion_tokens.");
	while (tg_json_member(&it, &name, &member))
		if (read_setting(&t->set, &family, name, member, e) == -1)
			return -1;
	return 0;
}

static int
read_setting(struct tg_echo_settings *s, const struct family *family,
    struct tg_str name, struct tg_str value, struct tg_err *e)
{
	const struct setting *row = family->table;
	char param[64];
	int64_t v;

	snprintf(param, sizeof(param), "%s.%.*s", family->prefix,
	    (int)(name.n < 40 ? name.n : 40), name.p);
	while (row < family->table + family->count &&
	    !tg_json_name_is(name, row->name))
		row++;
	if (row == family->table + family->count)
		return tg_fail_param(e, TG_E_INVALID, param,
		    "Unknown setting '%s' of the echo provider.", param);
	if (!tg_json_i64(value, &v) || v < row->least || v > row->most)
		return tg_fail_param(e, TG_E_INVALID, param,
		    "Invalid '%s': expected an integer from %lld to %lld.",
		    param, (long long)row->least, (long long)row->most);
	*(int64_t *)(void *)((char *)s + row->offset) = v;
	return 0;
}

/* The last message of the user; without any the last of all. */
static void
read_chat(struct tg_echo_told *t, struct tg_arena *a, struct tg_str messages)
{
	struct tg_json_it it = tg_json_begin(messages);
	struct tg_str message, role, content, last = {0}, text;
	bool is_user = false;

	while (tg_json_item(&it, &message)) {
		if (!tg_json_get(message, "content", &content))
			continue;
		text = text_of(a, content);
		t->prompt_words += tg_echo_word_count(text);
		if (tg_json_get(message, "role", &role) &&
		    tg_json_text_is(role, "user")) {
			is_user = true;
			last = text;
		} else if (!is_user) {
			last = text;
		}
	}
	t->texts = tg_arena_alloc(a, sizeof(*t->texts));
	t->texts[0] = last;
	t->text_count = 1;
}

/* A string, several, or token numbers, of which only the count is told. */
static void
read_prompts(
    struct tg_echo_told *t, struct tg_arena *a, const struct tg_view *v)
{
	struct tg_json_it it = tg_json_begin(v->input), counting = it;
	bool is_one = tg_json_type(v->input) == TG_JSON_STRING;
	struct tg_str item;
	size_t count = 0, i;

	while (tg_json_item(&counting, &item)) {
		is_one = is_one || tg_json_type(item) == TG_JSON_NUMBER;
		count++;
	}
	t->text_count = is_one || count == 0 ? 1 : count;
	t->texts = tg_arena_zero(a, t->text_count * sizeof(*t->texts));
	if (is_one || count == 0)
		t->texts[0] = prompt_text(a, v, v->input);
	else
		for (i = 0; tg_json_item(&it, &item); i++)
			t->texts[i] = prompt_text(a, v, item);
	for (i = 0; i < t->text_count; i++)
		t->prompt_words += tg_echo_word_count(t->texts[i]);
}

/* For embeddings unescaped: equal texts are equal however they are spelt. */
static struct tg_str
prompt_text(
    struct tg_arena *a, const struct tg_view *v, struct tg_str value)
{
	struct tg_json_it it = tg_json_begin(value);
	struct tg_str text = TG_STR_NONE, item;
	size_t count = 0;

	if (tg_json_type(value) == TG_JSON_STRING) {
		if (v->dialect->id == TG_DIALECT_EMBEDDINGS)
			tg_json_text(a, value, &text);
		else
			tg_json_raw_text(value, &text);
		return text;
	}
	while (tg_json_item(&it, &item))
		count++;
	return tg_str(tg_arena_printf(a, "%zu tokens", count));
}

/* A string, or parts whose texts are joined; of another value "". */
static struct tg_str
text_of(struct tg_arena *a, struct tg_str content)
{
	struct tg_str text = TG_STR_NONE;
	size_t n;
	char *to;

	if (tg_json_raw_text(content, &text))
		return text;
	n = join(content, NULL);
	if (n == 0)
		return TG_STR_NONE;
	to = tg_arena_alloc(a, n);
	join(content, to);
	return (struct tg_str){to, n};
}

/* How long the texts of all parts are; written if there is where to. */
static size_t
join(struct tg_str parts, char *to)
{
	struct tg_json_it it = tg_json_begin(parts);
	struct tg_str part, value, inside;
	size_t n = 0;

	while (tg_json_item(&it, &part)) {
		if (!tg_json_get(part, "text", &value) ||
		    !tg_json_raw_text(value, &inside))
			continue;
		if (to != NULL)
			memcpy(to + n, inside.p, inside.n);
		n += inside.n;
	}
	return n;
}

/* Length of a blank in its JSON spelling, 0: none. */
static size_t
blank(const char *p, const char *end)
{
	if (*p == ' ')
		return 1;
	if (*p == '\\' && p + 1 < end && strchr("ntr", p[1]) != NULL)
		return 2;
	return 0;
}
