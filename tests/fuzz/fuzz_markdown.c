/*
 * Fuzz target for web/page/markdown.h and textdiff.h, which show what callers
 * and models wrote (libFuzzer's form; tests/unit/test_fuzz_page runs the
 * corpus and mutations of it).  What must hold: the only tags are ours, links
 * lead nowhere else, and it is UTF-8; a diff has all lines of both texts.
 */
#include "config.h"

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/escape.h"
#include "web/page/markdown.h"
#include "web/page/textdiff.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
markdown_link(const char *p)
{
	assert(strncmp(p, " href=\"", 7) == 0);
	p += 7;
	assert(strncasecmp(p, "http://", 7) == 0 ||
	    strncasecmp(p, "https://", 8) == 0 ||
	    strncasecmp(p, "mailto:", 7) == 0);
	p += strcspn(p, "\"<>");
	assert(strncmp(p, "\" rel=\"noreferrer noopener\">", 28) == 0);
}

static void
markdown_tags(const char *p)
{
	static const char *const tags[] = { "div", "p", "em", "strong",
		"code", "del", "ul", "ol", "li", "blockquote", "pre", "hr",
		"table", "thead", "tbody", "tr", "th", "td", "a", "br" };

	while ((p = strchr(p, '<')) != NULL) {
		size_t n, i;
		bool ends = *++p == '/';

		p += ends;
		n = strspn(p, "abcdefghijklmnopqrstuvwxyz");
		for (i = 0; i < sizeof(tags) / sizeof(*tags); i++)
			if (strlen(tags[i]) == n && memcmp(tags[i], p, n) == 0)
				break;
		assert(i < sizeof(tags) / sizeof(*tags));
		if (n == 1 && *p == 'a' && !ends)
			markdown_link(p + n);
		else
			assert(p[n] == '>' ||
			    strncmp(p + n, " class=\"", 8) == 0 ||
			    strncmp(p + n, " start=\"", 8) == 0 ||
			    strncmp(p + n, " scope=\"col\">", 13) == 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tg_str text = { (const char *)data, size };
	struct tg_str half = { text.p, size / 2 };
	struct tg_str rest = { text.p + size / 2, size - size / 2 };
	struct tg_buf html;

	tg_buf_init(&html, size * 16 + 65536);
	tg_markdown(text, &html);
	assert(!html.failed && tg_utf8_valid(tg_buf_str(&html)));
	markdown_tags(html.p);
	tg_buf_free(&html);
	json_decref(tg_textdiff(half, rest, 3));
	json_decref(tg_textdiff(text, half, -1));
	return 0;
}
