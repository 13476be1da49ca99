/* Foreign Markdown: page/markdown.h. */
#include "config.h"

#include "unit.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/escape.h"
#include "web/page/markdown.h"

static struct tg_buf out;

static const char *
render(struct tg_str text)
{
	tg_buf_reset(&out);
	tg_markdown(text, &out);
	assert_false(out.failed);
	return out.p;
}

#define MD(text) render(TG_STR(text))
#define BOX(html) "<div class=\"md\" dir=\"auto\">" html "</div>"
#define LINK(url, text) "<a href=\"" url "\" rel=\"noreferrer noopener\">" \
    text "</a>"

static void
test_usual(void **state)
{
	(void)state;
	assert_string_equal(MD("# Title\n\na *b* **c** `d<e` ~~f~~\ng"),
	    BOX("<p class=\"h h1\">Title</p>\n<p>a <em>b</em> "
		"<strong>c</strong> <code>d&lt;e</code> <del>f</del><br>\ng"
		"</p>\n"));
	assert_string_equal(MD("3. x\n4. y\n\n- [x] done\n- [ ] not"),
	    BOX("<ol start=\"3\"><li>x</li><li>y</li></ol>\n"
		"<ul><li>\xe2\x98\x91 done</li><li>\xe2\x98\x90 not</li>"
		"</ul>\n"));
	assert_string_equal(MD("```c\nif (a < b)\n```\n> q\n\n---\n"),
	    BOX("<pre><code>if (a &lt; b)\n</code></pre>\n<blockquote>"
		"<p>q</p>\n</blockquote>\n<hr>\n"));
	assert_string_equal(MD("|a|b|\n|---|---|\n|1|2|\n"),
	    BOX("<table><thead><tr><th scope=\"col\">a</th>"
		"<th scope=\"col\">b</th></tr></thead><tbody><tr><td>1</td>"
		"<td>2</td></tr></tbody></table>\n"));
	assert_string_equal(MD("&lt;b&gt; &amp; &#65;&#x4e2d; &nosuch; &copy;"),
	    BOX("<p>&lt;b&gt; &amp; A\xe4\xb8\xad &amp;nosuch; "
		"\xc2\xa9</p>\n"));
	assert_string_equal(MD(""), BOX(""));
}

static void
test_links(void **state)
{
	static const char *const bad[] = {
		"[x](javascript:alert(1))", "[x](JaVaScRiPt:alert(1))",
		"[x](java&#115;cript:alert(1))", "[x](javascript&colon;alert(1))",
		"[x](java&Tab;script:alert(1))", "[x](&#1;javascript:alert(1))",
		"[x](data:text/html,<script>alert(1)</script>)",
		"[x](vbscript:x)", "[x](/admin/keys)", "[x](#top)",
		"[x](//evil.example/)", "[x](ftp://a/)", "[x](file:///etc)",
		"[x]( javascript:alert(1) )", "<javascript:alert(1)>",
		"[x](http:&#10;//a)", "[x][y]\n\n[y]: javascript:alert(1)",
		"![x](javascript:alert(1))", "[x](\xe2\x80\xae" "javascript:a)",
	};

	(void)state;
	assert_string_equal(MD("[a](https://b.example/?x=1&y=\"2\")"),
	    BOX("<p>" LINK("https://b.example/?x=1&amp;y=&quot;2&quot;", "a")
		"</p>\n"));
	assert_string_equal(MD("<mailto:a@b.example> HTTP://c.example"),
	    BOX("<p>" LINK("mailto:a@b.example", "mailto:a@b.example") " "
		"HTTP://c.example</p>\n"));
	assert_string_equal(MD("![cat](https://a/b.png)"),
	    BOX("<p>" LINK("https://a/b.png", "\xe2\x96\xa3 cat")
		"</p>\n"));
	/* A picture in a link: one link. */
	assert_string_equal(MD("[![cat](https://a/b.png)](https://c/)"),
	    BOX("<p>" LINK("https://c/", "\xe2\x96\xa3 cat") "</p>\n"));
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_null(strstr(render(tg_str(bad[i])), "<a "));
}

/* Whatever stands there, the only tags are ours. */
static void
check_tags(const char *html)
{
	static const char *const tags[] = { "div", "p", "em", "strong", "code",
		"del", "ul", "ol", "li", "blockquote", "pre", "hr", "table",
		"thead", "tbody", "tr", "th", "td", "a", "br" };

	for (const char *p = strchr(html, '<'); p != NULL;
	    p = strchr(p, '<')) {
		size_t n, i;

		p += p[1] == '/' ? 2 : 1;
		n = strspn(p, "abcdefghijklmnopqrstuvwxyz");
		for (i = 0; i < COUNT(tags); i++)
			if (strlen(tags[i]) == n && memcmp(tags[i], p, n) == 0)
				break;
		assert_true(i < COUNT(tags));
		if (p[n] == ' ')
			assert_true(strncmp(p + n, " href=\"http", 11) == 0 ||
			    strncmp(p + n, " href=\"mailto:", 14) == 0 ||
			    strncmp(p + n, " class=\"", 8) == 0 ||
			    strncmp(p + n, " start=\"", 8) == 0 ||
			    strncmp(p + n, " scope=\"col\"", 12) == 0);
		else
			assert_int_equal(p[n], '>');
	}
	assert_true(tg_utf8_valid(tg_str(html)));
}

static void
test_hostile(void **state)
{
	static const char *const texts[] = {
		"<script>alert(1)</script>", "<img src=x onerror=alert(1)>",
		"a <b onclick=\"x()\">b</b>", "<!-- x --> <![CDATA[ x ]]>",
		"<svg/onload=alert(1)>", "<iframe srcdoc='<script>'>",
		"<div>\n\n*x*\n\n</div>", "</div></main><script>",
		"`</code><script>`", "```\"><script>\nx\n```",
		"```js onload=x\nx\n```", "    <script>\n",
		"| <b> |\n|---|\n| </td><script> |", "[<b>](https://a/\"><b>)",
		"[a](https://b \"title\\\" onclick=x\")",
		"<https://a/\"onmouseover=\"x>", "https://a/\"onclick=x",
		"\xe2\x80\xae" "abc \xe2\x81\xa6 x", "\xff\xfe\xc3( \xed\xa0\x80",
		"# <h1>\n===\n<x>\n---", "- - - - <li>\n1) <ol>",
		"[x]: https://a/ \"<b>\"\n\n[x] [X][] ![x]", "&lt;script&gt;",
		"&#60;script&#62;", "&#0; &#xD800; &#99999999;",
		"**<b>**_<i>_~~<s>~~", "\\<script>\\</script>",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++)
		check_tags(render(tg_str(texts[i])));
	render((struct tg_str){ "a\0<b>", 6 });
	assert_string_equal(out.p, BOX("<p>a\xef\xbf\xbd&lt;b&gt;\xef\xbf\xbd"
	    "</p>\n"));
}

/* Long and nested: in bounded time, and never out of proportion. */
static void
test_large(void **state)
{
	static const char *const bits[] = { "x", "*", "**a ", "[", "](", "![",
		"`", "<", "<a ", "&", ">", "> ", "- ", "1. ", "|", "\\", "~~",
		"_a_", "[a](b) ", "\n", "| a ", "# ", "<!-- ", "<?", "a*b_",
		"&#1", "[a]: https://b\n", "\xe4\xb8\xad", "https://a.b ",
		"    a\n", "*a_ ", "[a] " };
	struct tg_buf b;

	(void)state;
	tg_buf_init(&b, 2 << 20);
	for (size_t i = 0; i < COUNT(bits); i++)
		for (size_t most = 64000; most <= 1 << 20; most += 984576) {
			int64_t from = tg_mono_ms();

			tg_buf_reset(&b);
			while (b.n + strlen(bits[i]) <= most)
				tg_buf_addc(&b, bits[i]);
			check_tags(render(tg_buf_str(&b)));
			assert_true(tg_mono_ms() - from < 3000);
			assert_true(out.n < b.n * 13 + 9000);
		}
	tg_buf_reset(&b);
	tg_buf_addc(&b, "|");
	for (int i = 0; i < 500; i++)
		tg_buf_addc(&b, "a|");
	tg_buf_addc(&b, "\n|");
	for (int i = 0; i < 500; i++)
		tg_buf_addc(&b, "---|");
	for (int i = 0; i < 10000; i++)
		tg_buf_addc(&b, "\n|");
	check_tags(render(tg_buf_str(&b)));
	assert_true(out.n < b.n * 13 + 9000);
	tg_buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_usual),
		cmocka_unit_test(test_links),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_large),
	};
	int failed;

	tg_buf_init(&out, 64 << 20);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	tg_buf_free(&out);
	return failed;
}
