/* Templates: web/page/template.h. */
#include "config.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "web/page/format.h"
#include "web/page/template.h"
#include "web/page/template_node.h"

static struct tg_locale locale = { .zone = "", .root = "./" };
static char dir[] = "/tmp/tollgate-test-XXXXXX";
static struct tg_buf out;
static struct tg_err err;

/* A template of that text, as www/NAME.html. */
static void
write_file(const char *name, const char *text)
{
	char path[128];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s.html", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
	(void)fclose(f);
}

static int
draw(const char *text, const char *json)
{
	struct tg_template_conf conf = { .dir = dir, .locale = &locale };
	json_t *data = json_loads(json, JSON_DECODE_ANY | JSON_ALLOW_NUL,
	    NULL);
	int rc;

	assert_non_null(data);
	write_file("t", text);
	tg_buf_reset(&out);
	(void)tg_buf_addc(&out, "");
	tg_err_reset(&err);
	rc = tg_template_draw(&conf, NULL, "t", data, &out, &err);
	json_decref(data);
	return rc;
}

static void
draws(const char *text, const char *json, const char *want)
{
	if (draw(text, json) != 0)
		fail_msg("%s", err.msg);
	assert_string_equal(out.p, want);
}

static void
refuses(const char *text, const char *why)
{
	assert_int_equal(draw(text, "{}"), -1);
	if (strstr(err.msg, why) == NULL)
		fail_msg("%s, wanted: %s", err.msg, why);
}

static void
test_values(void **state)
{
	(void)state;
	draws("plain", "{}", "plain");
	draws("a {{x}} b", "{\"x\":\"<&>\"}", "a &lt;&amp;&gt; b");
	draws("{{x.y.z}}", "{\"x\":{\"y\":{\"z\":3}}}", "3");
	draws("[{{x}}{{y.z}}]", "{\"y\":1}", "[]");
	draws("{{ a }}{{b}}{{c}}{{d}}", "{\"a\":1.5,\"b\":true,"
	    "\"c\":false,\"d\":null}", "1.5truefalse");
	draws("{{x}}", "{\"x\":[1,\"<\"]}", "[1,&quot;&lt;&quot;]");
	draws("{{x}}", "{\"x\":\"a\\u0000b\"}", "a\xef\xbf\xbd"
						"b");
	draws("{{x|usd}}", "{\"x\":1234560000000}", "$1,234.56");
}

static void
test_sections(void **state)
{
	(void)state;
	draws("{{#l}}({{.}}){{/l}}", "{\"l\":[]}", "");
	draws("{{#l}}({{.}}){{/l}}", "{\"l\":[1,2,\"c\"]}", "(1)(2)(c)");
	draws("{{#l}}{{n}}{{o}};{{/l}}",
	    "{\"o\":9,\"l\":[{\"n\":1},{\"n\":2,\"o\":3}]}", "19;23;");
	draws("{{#x}}yes{{/x}}{{^x}}no{{/x}}", "{\"x\":0}", "no");
	draws("{{#x}}yes{{/x}}{{^x}}no{{/x}}", "{\"x\":\"\"}", "no");
	draws("{{#x}}yes{{/x}}{{^x}}no{{/x}}", "{\"x\":{}}", "no");
	draws("{{#x}}yes{{/x}}{{^x}}no{{/x}}", "{\"x\":false}", "no");
	draws("{{#x}}yes{{/x}}{{^x}}no{{/x}}", "{\"x\":null}", "no");
	draws("{{#x}}yes{{/x}}{{^x}}no{{/x}}", "{}", "no");
	draws("{{#x}}{{.}}{{/x}}{{^x}}no{{/x}}", "{\"x\":-1}", "-1");
	draws("{{#a.b}}{{c}}{{/a.b}}", "{\"a\":{\"b\":{\"c\":7}}}", "7");
	/* null hides what stands outside. */
	draws("{{#a}}[{{x}}]{{/a}}", "{\"x\":1,\"a\":{\"x\":null}}", "[]");
}

static void
test_lines(void **state)
{
	(void)state;
	draws("a\n{{#x}}\nb\n{{/x}}\nc\n", "{\"x\":1}", "a\nb\nc\n");
	draws("a\n  {{#x}}  \n  b\n  {{/x}}\nc", "{\"x\":1}", "a\n  b\nc");
	draws("{{! words }}\na{{! b }}\n", "{}", "a\n");
	draws("a {{#x}}b{{/x}}\n", "{\"x\":1}", "a b\n");
	draws("{{x}}\n", "{\"x\":1}", "1\n");
}

static void
test_words(void **state)
{
	(void)state;
	draws("{{_Some words}}", "{}", "Some words");
	draws("{{_Some\n\t\twords }}", "{}", "Some words");
	draws("{{_verb|Block}}", "{}", "Block");
	draws("{{_Up to {n|n} & more}}", "{\"n\":1234}",
	    "Up to 1,234 &amp; more");
	draws("{{_From {a.b} to {c}}}", "{\"a\":{\"b\":\"<\"},\"c\":1}",
	    "From &lt; to 1");
	draws("{{_n c|One call|{c|n} calls}}", "{\"c\":1}", "One call");
	draws("{{_n c|One call|{c|n} calls}}", "{\"c\":1200}",
	    "1,200 calls");
	draws("{{_n c|One call|{c} calls}}", "{\"c\":0}", "0 calls");
	draws("{{_= m}}", "{\"m\":\"Keys & more\"}", "Keys &amp; more");
	draws("<a title=\"{{_Spent {x|usd}}}\">", "{\"x\":12345678}",
	    "<a title=\"Spent $0.0123\">");
	/* A value is no pattern. */
	draws("{{x}} {{_{x}}}", "{\"x\":\"{y}\",\"y\":1}", "{y} {y}");
}

static void
test_partials(void **state)
{
	struct tg_template_conf conf = { .dir = dir, .locale = &locale };
	json_t *data = json_pack("{s:s}", "x", "v");

	(void)state;
	write_file("part", "<b>{{x}}</b>");
	draws("a\n{{>part}}\nb", "{\"x\":1}", "a\n<b>1</b>b");
	refuses("{{>nothing}}", "nothing");
	refuses("{{>t}}", "nested");
	write_file("frame", "<body>{{>content}}</body>");
	write_file("t", "<p>{{x}}</p>");
	tg_buf_reset(&out);
	tg_err_reset(&err);
	assert_int_equal(tg_template_draw(
	    &conf, "frame", "t", data, &out, &err), 0);
	assert_string_equal(out.p, "<body><p>v</p></body>");
	json_decref(data);
}

static void
test_mistakes(void **state)
{
	(void)state;
	refuses("{{#a}}", "not closed");
	refuses("{{/a}}", "not the one");
	refuses("{{#a}}{{#b}}{{/a}}{{/b}}", "not the one");
	refuses("a\nb {{x", "t.html:2: a tag is not closed");
	refuses("{{x|nothing}}", "no such filter");
	refuses("{{}}", "without a name");
	refuses("{{_n c|one}}", "wanted");
	refuses("{{_a|b|c}}", "more than one bar");
	refuses("<p", "inside a tag");
	/* What could let a value out of its place. */
	refuses("<a class={{x}}>", "quotes");
	refuses("<a {{x}}>", "quotes");
	refuses("<{{x}}>", "quotes");
	refuses("<a class=b>", "quotes");
	refuses("<a style=\"\">", "style");
	refuses("<a STYLE=\"\">", "style");
	refuses("<a onclick=\"{{x}}\">", "script");
	refuses("<script>{{x}}</script>", "script");
	refuses("<script>1</script>", "script");
	refuses("<style>b{}</style>", "style");
	refuses("<!-- {{x}} -->", "comments");
	refuses("<meta http-equiv=\"refresh\">", "not for templates");
	refuses("<a href=\"{{#a}}\">{{/a}}", "different");
	refuses("<a {{#a}}title=\"{{/a}}b\">", "different");
	refuses("<p title=\"{{>t}}\">", "inside a tag");
	refuses("<p title=\"{{x|lines}}\">", "no such filter");
	refuses("<title>{{x|lines}}</title>", "no such filter");
	refuses("a < b", "begins no tag");
}

static void
test_places(void **state)
{
	(void)state;
	draws("<a href=\"{{x}}\">", "{\"x\":\"javascript:alert(1)\"}",
	    "<a href=\"#\">");
	draws("<a href=\"{{x}}\">", "{\"x\":\"java\\nscript:alert(1)\"}",
	    "<a href=\"#\">");
	draws("<a href=\"{{x}}\">", "{\"x\":\" javascript:1\"}",
	    "<a href=\"#\">");
	draws("<a href=\"{{a}}{{b}}\">",
	    "{\"a\":\"javascript\",\"b\":\":alert(1)\"}",
	    "<a href=\"javascript#\">");
	draws("<a href=\"{{#a}}x{{/a}}{{b}}\">",
	    "{\"b\":\"javascript:alert(1)\"}", "<a href=\"#\">");
	draws("<a href=\"{{x}}\">", "{\"x\":\"data:text/html,a\"}",
	    "<a href=\"#\">");
	draws("<a href=\"{{x}}\">", "{\"x\":\"https://a.b/?c=d&e\"}",
	    "<a href=\"https://a.b/?c=d&amp;e\">");
	draws("<a href=\"{{x}}\">", "{\"x\":\"../keys?a=b:c\"}",
	    "<a href=\"../keys?a=b:c\">");
	draws("<a href=\"{{r}}keys/{{x|url}}\">",
	    "{\"r\":\"../\",\"x\":\"a:/\\\"<\"}",
	    "<a href=\"../keys/a%3A%2F%22%3C\">");
	draws("<img src=\"{{x}}\">", "{\"x\":\"https://evil/a.png\"}",
	    "<img src=\"#\">");
	draws("<img src=\"{{x}}\">", "{\"x\":\"data:image/png;base64,AA==\"}",
	    "<img src=\"data:image/png;base64,AA==\">");
	draws("<img src=\"{{x}}\">", "{\"x\":\"data:image/svg+xml,<svg>\"}",
	    "<img src=\"#\">");
	draws("<p title=\"{{x|usd}}\">{{x|usd}}", "{\"x\":12345678}",
	    "<p title=\"$0.0123\"><span title=\"$0.012345678\">$0.0123"
	    "</span>");
	draws("<option>{{x|usd}}</option>", "{\"x\":12345678}",
	    "<option>$0.0123</option>");
	draws("<option{{#x}} selected{{/x}}>", "{\"x\":1}",
	    "<option selected>");
}

/* Whatever a value is, the tags around it stay what they were. */
static const char hostile[] =
    "{{#x}}<p title=\"{{.}}\">{{.}}</p><a href=\"{{.}}\" "
    "data-x='{{.|url}}'>{{.|json}}</a><textarea>{{.}}</textarea>"
    "<i>{{.|lines}}</i><b>{{.|usd}}{{.|time}}{{.|n}}</b>{{/x}}";

static size_t
count(const struct tg_buf *b, char c)
{
	size_t n = 0;

	for (size_t i = 0; i < b->n; i++)
		n += b->p[i] == c;
	return n;
}

static void
stays(struct tg_str value)
{
	json_t *data = json_object(), *text = NULL;
	struct tg_template_conf conf = { .dir = dir, .locale = &locale };
	size_t lines = 0;

	text = json_stringn(value.p, value.n);
	if (text == NULL) { /* no UTF-8: cannot be in JSON */
		json_decref(data);
		return;
	}
	for (size_t i = 0; i + 1 < value.n; i++)
		lines += value.p[i] == '\n';
	(void)json_object_set_new(data, "x", text);
	tg_buf_reset(&out);
	tg_err_reset(&err);
	assert_int_equal(
	    tg_template_draw(&conf, NULL, "h", data, &out, &err), 0);
	if (value.n > 0) {
		assert_int_equal(count(&out, '<'), 10 + lines);
		assert_int_equal(count(&out, '>'), 10 + lines);
		assert_int_equal(count(&out, '"'), 4);
		assert_int_equal(count(&out, '\''), 2);
	}
	json_decref(data);
}

static void
test_hostile(void **state)
{
	static const char *const values[] = { "\"><script>alert(1)</script>",
		"'><img src=x onerror=alert(1)>", "</textarea><svg/onload=1>",
		"</title>", "<!--", "]]>", "&quot;", "&#x22;", "{{x}}",
		"{x}", "\xe2\x80\xae" "abc", "\" onmouseover=\"x", "`",
		"javascript:alert(1)//\"'", "\n\r\t\v" };
	uint32_t seed = 1;
	char random[64];

	(void)state;
	write_file("h", hostile);
	for (size_t i = 0; i < COUNT(values); i++)
		stays(tg_str(values[i]));
	for (int round = 0; round < 3000; round++) {
		size_t n;

		seed = seed * 1664525 + 1013904223;
		n = seed >> 16 & 31;
		for (size_t i = 0; i < n; i++) {
			static const char letters[] =
			    "<>\"'&;/=! {}|#^_{}<>\"'abc\n\t:\\";

			seed = seed * 1664525 + 1013904223;
			random[i] =
			    letters[(seed >> 16) % (sizeof(letters) - 1)];
		}
		stays((struct tg_str){ random, n });
	}
}

/* A template of random letters is drawn or refused, never more than that. */
static void
test_random_templates(void **state)
{
	static const char *const pieces[] = { "{{", "}}", "#x", "/x", "^x",
		"_", "|", "{", "}", "<a ", "href=\"", "\"", ">", "x", ".",
		"n ", ">t", "!", " ", "\n", "usd", "</a>", "=", "'" };
	struct tg_arena *a = tg_arena_new(1024 * 1024);
	uint32_t seed = 7;
	char text[512];

	(void)state;
	for (int round = 0; round < 20000; round++) {
		struct tg_template t;
		size_t n = 0;
		int count;

		seed = seed * 1664525 + 1013904223;
		count = (int)(seed >> 16 & 31);
		for (int i = 0; i < count; i++) {
			const char *piece;

			seed = seed * 1664525 + 1013904223;
			piece = pieces[(seed >> 16) % COUNT(pieces)];
			memcpy(text + n, piece, strlen(piece));
			n += strlen(piece);
		}
		tg_err_reset(&err);
		(void)tg_template_parse(
		    a, "t", (struct tg_str){ text, n }, &t, &err);
		tg_arena_reset(a);
	}
	tg_arena_free(a);
}

static void
test_all_parse(void **state)
{
	(void)state;
	tg_err_reset(&err);
	if (tg_template_check_all(&err) != 0)
		fail_msg("%s", err.msg);
}

/* A list of 50 rows in less than a millisecond. */
static void
test_speed(void **state)
{
	struct tg_template_conf conf = { .dir = NULL, .locale = &locale };
	json_t *data = json_object(), *bars = json_array();
	int64_t begin, least = INT64_MAX;

	(void)state;
	(void)json_object_set_new(data, "pager", json_pack(
	    "{s:i, s:i, s:i}", "from", 1, "to", 50, "total", 1234));
	(void)json_object_set_new(data, "root", json_string("../"));
	(void)json_object_set_new(data, "rows", bars);
	for (int i = 0; i < 50; i++)
		(void)json_array_append_new(bars, json_pack(
		    "{s:s, s:I, s:I, s:I, s:s, s:I}", "name", "Some <name>",
		    "spend", (json_int_t)i * 123456789, "at",
		    (json_int_t)1700000000000000 + i, "n",
		    (json_int_t)i * 1000, "model", "gpt-5", "id",
		    (json_int_t)i));
	write_file("speed", "<table>{{#rows}}<tr><td><a href=\"{{root}}"
	    "admin/keys/{{id}}\">{{name}}</a></td><td>{{spend|usd}}</td>"
	    "<td>{{at|time}}</td><td>{{n|short}}</td><td>{{model}}</td>"
	    "<td>{{_Since {at|ago}}}</td></tr>{{/rows}}</table>{{>pager}}");
	conf.dir = dir;
	for (int i = 0; i < 20; i++) {
		begin = tg_mono_us();
		tg_buf_reset(&out);
		assert_int_equal(tg_template_draw(
		    &conf, NULL, "speed", data, &out, &err), 0);
		if (tg_mono_us() - begin < least)
			least = tg_mono_us() - begin;
	}
	print_message("50 rows: %lld us, %zu bytes\n", (long long)least,
	    out.n);
	json_decref(data);
}

static int
setup(void **state)
{
	(void)state;
	tg_buf_init(&out, 16 * 1024 * 1024);
	locale.words = tg_words_choose(TG_STR("en"));
	locale.now = 1763700000000000;
	return mkdtemp(dir) != NULL ? 0 : -1;
}

static int
teardown(void **state)
{
	static const char *const names[] = {
		"t", "part", "frame", "h", "speed" };
	char path[128];

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		(void)snprintf(
		    path, sizeof(path), "%s/%s.html", dir, names[i]);
		(void)remove(path);
	}
	(void)remove(dir);
	tg_buf_free(&out);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_sections),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_partials),
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_random_templates),
		cmocka_unit_test(test_all_parse),
		cmocka_unit_test(test_speed),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
