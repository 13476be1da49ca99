#ifndef TG_WEB_PAGE_MARKDOWN_H
#define TG_WEB_PAGE_MARKDOWN_H
/*
 * Foreign Markdown as HTML that can do no harm: HTML in it is shown as text,
 * links lead to http, https and mailto only (rel="noreferrer noopener"),
 * pictures are links, headings are no headings of the page.
 */
#include "web/page/format_filter.h"

/*
 * Appends it within <div class="md" dir="auto">.  What is long, or would grow
 * out of proportion, stands there as plain text.
 */
void tg_markdown(struct tg_str text, struct tg_buf *out);

tg_filter_fn tg_filter_markdown;
#endif
