/* Differences of texts: page/textdiff.h. */
#include "config.h"

#include "unit.h"

#include <stdlib.h>

#include "base/clock.h"
#include "web/page/textdiff.h"
#include "web/page/textdiff_find.h"

/* " same", "-gone [marked]", "+added", "@3"; a line each. */
static const char *
told(struct tg_str before, struct tg_str after, int context)
{
	static char text[4096];
	json_t *list = tg_textdiff(before, after, context), *line, *part;
	size_t n = 0, i, k;

	text[0] = '\0';
	json_array_foreach(list, i, line) {
		const json_t *parts = json_object_get(line, "parts");
		const json_t *same = json_object_get(line, "text");

		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s",
		    json_string_value(json_object_get(line, "op")));
		if (same != NULL)
			n += (size_t)snprintf(text + n, sizeof(text) - n, "%s",
			    json_string_value(same));
		else if (parts == NULL)
			n += (size_t)snprintf(text + n, sizeof(text) - n,
			    "%d", (int)json_integer_value(
			    json_object_get(line, "lines")));
		json_array_foreach(parts, k, part)
			n += (size_t)snprintf(text + n, sizeof(text) - n,
			    json_object_get(part, "mark") != NULL ? "[%s]" :
			    "%s", json_string_value(
			    json_object_get(part, "text")));
		n += (size_t)snprintf(text + n, sizeof(text) - n, "\n");
	}
	json_decref(list);
	return text;
}

#define TOLD(a, b, context) told(TG_STR(a), TG_STR(b), context)

static void
test_lines(void **state)
{
	(void)state;
	assert_string_equal(TOLD("a\nb\nc\n", "a\nb\nc\n", 3), "");
	assert_string_equal(TOLD("a\nb", "a\nb", -1), " a\n b\n");
	assert_string_equal(TOLD("", "", 3), "");
	assert_string_equal(TOLD("", "a\n", 3), "+a\n");
	assert_string_equal(TOLD("a\n", "", 3), "-a\n");
	assert_string_equal(TOLD("a\nb\nc\n", "a\nc\n", 3), " a\n-b\n c\n");
	assert_string_equal(TOLD("a\nb\nc\na\nb\nb\na", "c\nb\na\nb\na\nc", -1),
	    "-a\n-b\n c\n+b\n a\n b\n-b\n a\n+c\n");
	assert_string_equal(TOLD("1\n2\n3\n4\n5\n6\n7\n8\n9",
	    "1\n2\n3\n4\nx\n6\n7\n8\n9", 1), "@3\n 4\n-5\n+x\n 6\n@3\n");
	/* One line is not worth leaving out. */
	assert_string_equal(TOLD("1\n2\n3\n4", "1\n2\n3\nx", 2),
	    " 1\n 2\n 3\n-4\n+x\n");
}

static void
test_words(void **state)
{
	(void)state;
	assert_string_equal(TOLD("You are a helpful assistant.\n",
	    "You are a very helpful helper.\n", 3),
	    "-You are a helpful [assistant].\n"
	    "+You are a [very ]helpful [helper].\n");
	assert_string_equal(TOLD("Nothing alike", "12345 67890 !", 3),
	    "-Nothing alike\n+12345 67890 !\n");
	assert_string_equal(TOLD("\xe4\xbd\xa0\xe5\xa5\xbd\xe5\x90\x97",
	    "\xe4\xbd\xa0\xe5\xa5\xbd\xe5\x95\x8a", 3),
	    "-\xe4\xbd\xa0\xe5\xa5\xbd[\xe5\x90\x97]\n"
	    "+\xe4\xbd\xa0\xe5\xa5\xbd[\xe5\x95\x8a]\n");
}

static size_t
common(const struct tg_sequence *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		n += s->kept[i];
	return n;
}

/* Longest common subsequence by the book. */
static size_t
longest(const char *a, const char *b)
{
	static size_t t[64][64];
	size_t n = strlen(a), m = strlen(b);

	memset(t, 0, sizeof(t));
	for (size_t i = n; i-- > 0;)
		for (size_t k = m; k-- > 0;)
			t[i][k] = a[i] == b[k] ? t[i + 1][k + 1] + 1 :
			    t[i + 1][k] > t[i][k + 1] ? t[i + 1][k] :
							t[i][k + 1];
	return t[0][0];
}

static void
letters(struct tg_sequence *s, const char *text)
{
	assert_int_equal(tg_sequence_new(s, strlen(text)), 0);
	for (; text[s->n] != '\0'; s->n++)
		s->item[s->n] = (struct tg_str){ text + s->n, 1 };
}

/* What is kept is the same in both, and the most there is. */
static void
test_shortest(void **state)
{
	unsigned seed = 1;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		char text[2][40] = { "", "" };
		struct tg_sequence s[2];
		size_t i, k;

		for (int w = 0; w < 2; w++) {
			seed = seed * 1103515245 + 12345;
			i = seed >> 16 & 31;
			while (i-- > 0) {
				seed = seed * 1103515245 + 12345;
				text[w][i] = (char)('a' + (seed >> 16) % 4);
			}
		}
		for (int w = 0; w < 2; w++)
			letters(&s[w], text[w]);
		assert_int_equal(tg_sequence_compare(&s[0], &s[1], 80), 0);
		assert_int_equal(common(&s[0]), longest(text[0], text[1]));
		for (i = k = 0; i < s[0].n; i++) {
			if (!s[0].kept[i])
				continue;
			while (!s[1].kept[k])
				k++;
			assert_int_equal(text[0][i], text[1][k]);
			k++;
		}
		assert_int_equal(common(&s[1]), common(&s[0]));
		/* Given up early: still right, if not the best. */
		memset(s[0].kept, 0, s[0].n);
		memset(s[1].kept, 0, s[1].n);
		assert_int_equal(tg_sequence_compare(&s[0], &s[1], 3), 0);
		assert_int_equal(common(&s[1]), common(&s[0]));
		tg_sequence_free(&s[0]);
		tg_sequence_free(&s[1]);
	}
}

/* Long texts with nothing in common, one line of a megabyte. */
static void
test_large(void **state)
{
	int64_t from = tg_mono_ms(), added, gone;
	struct tg_buf a, b;
	json_t *list;

	(void)state;
	tg_buf_init(&a, 8 << 20);
	tg_buf_init(&b, 8 << 20);
	for (int i = 0; i < 30000; i++) {
		tg_buf_printf(&a, "line %d of one\n", i % 700);
		tg_buf_printf(&b, "line %d of other\n", i * 7 % 900);
	}
	list = tg_textdiff(tg_buf_str(&a), tg_buf_str(&b), 3);
	tg_textdiff_count(list, &added, &gone);
	assert_int_equal(added, 20000);
	assert_int_equal(gone, 20000);
	json_decref(list);
	tg_buf_reset(&a);
	tg_buf_reset(&b);
	for (int i = 0; i < 1 << 20; i++) {
		tg_buf_byte(&a, i & 1 ? '<' : 'x');
		tg_buf_byte(&b, i & 1 ? 'x' : '<');
	}
	list = tg_textdiff(tg_buf_str(&a), tg_buf_str(&b), 3);
	assert_int_equal(json_array_size(list), 2);
	json_decref(list);
	tg_buf_free(&a);
	tg_buf_free(&b);
	assert_true(tg_mono_ms() - from < 5000);
}

static void
test_drawn(void **state)
{
	const struct tg_locale l = { .words = tg_words_all()[0] };
	json_t *list = tg_textdiff(TG_STR("a\nb\nc\nd\ne\n<b> is old\n"),
	    TG_STR("a\nb\nc\nd\ne\n<b> is new\n"), 1);
	struct tg_buf out;

	(void)state;
	tg_buf_init(&out, 4096);
	tg_filter_diff(&l, list, false, &out);
	assert_str(tg_buf_str(&out), "<pre class=\"diff\" tabindex=\"0\">"
	    "<span class=\"gap\">4 lines as before\n</span>"
	    "<span>  e\n</span>"
	    "<span class=\"gone\">- &lt;b&gt; is <del>old</del>\n</span>"
	    "<span class=\"added\">+ &lt;b&gt; is <ins>new</ins>\n</span>"
	    "</pre>");
	tg_buf_free(&out);
	json_decref(list);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_shortest),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_drawn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
