/*
 * A small reader of the HTML that templates are written in.  It knows tags,
 * attributes and quotes; entities and the content model are none of its
 * business (tests validate the pages).
 */
#include "config.h"

#include "web/page/template_place.h"

#include <stdio.h>

#define UNQUOTED "a value in a tag must stand within quotes"

static const char *step(struct tg_place_scan *, char);

const char *
tg_place_text(struct tg_place_scan *s, struct tg_str text)
{
	const char *fault = NULL;

	for (size_t i = 0; i < text.n && fault == NULL; i++)
		fault = step(s, text.p[i]);
	return fault;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool
is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	    c == '-' || c == '_' || c == ':' || (c >= 'A' && c <= 'Z');
}

static void
begin_name(struct tg_place_scan *s)
{
	s->name[0] = '\0';
}

static const char *
add_name(struct tg_place_scan *s, char c)
{
	size_t n = strlen(s->name);

	if (n + 1 == sizeof(s->name))
		return "a name of a tag or attribute is too long";
	s->name[n] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
	s->name[n + 1] = '\0';
	return NULL;
}

/* The tag is whole: what stands behind it? */
static void
end_tag(struct tg_place_scan *s)
{
	s->state = TG_SCAN_TEXT;
	if (s->closing)
		s->element[0] = '\0';
}

static void
end_tag_name(struct tg_place_scan *s)
{
	if (!s->closing)
		(void)snprintf(s->element, sizeof(s->element), "%.15s",
		    s->name);
}

static const char *
end_attr(struct tg_place_scan *s)
{
	if (strcmp(s->name, "style") == 0)
		return "no style attributes: the CSP refuses them";
	if (strncmp(s->name, "on", 2) == 0)
		return "no script in attributes: the CSP refuses it";
	if (strcmp(s->name, "srcdoc") == 0 || strcmp(s->name, "srcset") == 0 ||
	    strcmp(s->name, "http-equiv") == 0)
		return "this attribute is not for templates";
	return NULL;
}

static bool
is_element(const struct tg_place_scan *s, const char *name)
{
	return strcmp(s->element, name) == 0;
}

static const char *
step_open(struct tg_place_scan *s, char c)
{
	if (c == '!')
		s->state = TG_SCAN_INSIDE; /* <!doctype */
	else if (c == '/' && !s->closing)
		s->closing = true;
	else if (is_name(c)) {
		begin_name(s);
		s->state = TG_SCAN_NAME;
		return add_name(s, c);
	} else
		return "a < that begins no tag: write &lt;";
	return NULL;
}

/* Behind the name of tag or attribute, or between attributes. */
static const char *
step_inside(struct tg_place_scan *s, char c)
{
	bool attr = s->state == TG_SCAN_ATTR;

	if (is_name(c)) {
		if (s->state == TG_SCAN_INSIDE) {
			begin_name(s);
			s->state = TG_SCAN_ATTR;
		}
		return add_name(s, c) != NULL ? "a name is too long" :
		    strncmp(s->name, "--", 2) == 0 ?
						"no comments: use {{! }}" :
						NULL;
	}
	if (s->state == TG_SCAN_NAME)
		end_tag_name(s);
	if (attr && end_attr(s) != NULL)
		return end_attr(s);
	if (c == '>')
		end_tag(s);
	else if (c == '=' && attr)
		s->state = TG_SCAN_EQUALS;
	else if (is_blank(c) || c == '/')
		s->state = TG_SCAN_INSIDE;
	else
		return "a tag that is no HTML";
	return NULL;
}

static const char *
step(struct tg_place_scan *s, char c)
{
	switch (s->state) {
	case TG_SCAN_TEXT:
		if (c == '<') {
			s->state = TG_SCAN_OPEN;
			s->closing = false;
		} else if (!is_blank(c) &&
		    (is_element(s, "script") || is_element(s, "style")))
			return "no inline script or style: the CSP refuses it";
		return NULL;
	case TG_SCAN_OPEN:
		return step_open(s, c);
	case TG_SCAN_EQUALS:
		if (c != '"' && c != '\'')
			return "an attribute without quotes";
		s->quote = c;
		s->begun = false;
		s->quoted_depth = s->depth;
		s->state = TG_SCAN_QUOTED;
		return NULL;
	case TG_SCAN_QUOTED:
		if (c == s->quote)
			s->state = TG_SCAN_INSIDE;
		else if (s->depth == s->quoted_depth)
			s->begun = true;
		return NULL;
	default:
		return step_inside(s, c);
	}
}

static bool
is_address(const struct tg_place_scan *s)
{
	return strcmp(s->name, "href") == 0 || strcmp(s->name, "src") == 0 ||
	    strcmp(s->name, "action") == 0 ||
	    strcmp(s->name, "formaction") == 0 ||
	    strcmp(s->name, "xlink:href") == 0;
}

const char *
tg_place_value(struct tg_place_scan *s, enum tg_place *place)
{
	*place = TG_PLACE_PLAIN;
	if (s->state == TG_SCAN_QUOTED) {
		if (!s->begun && is_address(s))
			*place = strcmp(s->name, "src") == 0 ?
			    TG_PLACE_IMAGE :
			    TG_PLACE_LINK;
		return NULL;
	}
	if (s->state != TG_SCAN_TEXT)
		return UNQUOTED;
	if (is_element(s, "script") || is_element(s, "style"))
		return "no values in script or style";
	if (!is_element(s, "title") && !is_element(s, "option") &&
	    !is_element(s, "textarea"))
		*place = TG_PLACE_TEXT;
	return NULL;
}

bool
tg_place_same(const struct tg_place_scan *a, const struct tg_place_scan *b)
{
	bool tag_a = a->state != TG_SCAN_TEXT, tag_b = b->state != TG_SCAN_TEXT;
	bool quoted_a = a->state == TG_SCAN_QUOTED;
	bool quoted_b = b->state == TG_SCAN_QUOTED;

	if (quoted_a && quoted_b)
		return strcmp(a->name, b->name) == 0 && a->quote == b->quote;
	return tag_a == tag_b && quoted_a == quoted_b;
}

bool
tg_place_link_is_safe(enum tg_place place, struct tg_str url)
{
	static const char *const schemes[] = {"http:", "https:", "mailto:"};
	static const char *const images[] = {"data:image/png;base64,",
		"data:image/jpeg;base64,", "data:image/gif;base64,",
		"data:image/webp;base64,"};

	/* Browsers drop tabs and line breaks before they look. */
	for (size_t i = 0; i < url.n; i++)
		if ((unsigned char)url.p[i] < 0x20)
			return false;
	if (place == TG_PLACE_IMAGE)
		for (size_t i = 0; i < sizeof(images) / sizeof(*images); i++)
			if (tg_str_starts(url, images[i]))
				return true;
	for (size_t i = 0; i < sizeof(schemes) / sizeof(*schemes); i++)
		if (tg_str_starts(url, schemes[i]))
			return place != TG_PLACE_IMAGE;
	for (size_t i = 0; i < url.n; i++) {
		if (url.p[i] == ':')
			return false;
		if (url.p[i] == '/' || url.p[i] == '?' || url.p[i] == '#')
			return true;
	}
	return true;
}
