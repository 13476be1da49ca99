/*
 * Reads GNU .mo files: two sorted tables of texts, msgids and translations,
 * searched by halving.  The files are our own build's.
 */
#include "config.h"

#include "web/page/words.h"

#include <pthread.h>
#include <stdlib.h>

#include "web/page/words_plural.h"
#include "web/page/www.h"

#define MO_MAGIC 0x950412deU
#define MAX_LANGUAGES 64

/* Process lifetime; English has no file. */
struct tg_words {
	char tag[24];
	const char *mo;
	size_t size;
	uint32_t n, ids, texts;	/* how many, where the tables begin */
	const char *plural;	/* the expression, or NULL: n != 1 */
	int forms;
};

static struct tg_words languages[MAX_LANGUAGES] = { { .tag = "en" } };
static const struct tg_words *all[MAX_LANGUAGES + 1];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static const char *find(const struct tg_words *, const char *, const char *);

static uint32_t
word_at(const struct tg_words *w, size_t at)
{
	const unsigned char *p = (const unsigned char *)w->mo + at;

	if (at + 4 > w->size)
		return 0;
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	    (uint32_t)p[3] << 24;
}

/* "plural=n > 1 ? 1 : 0;" of the header, which is the text of "". */
static void
read_header(struct tg_words *w)
{
	const char *header = find(w, NULL, ""), *p;

	if (header == NULL)
		return;
	p = strstr(header, "nplurals=");
	if (p != NULL)
		w->forms = (int)strtol(p + 9, NULL, 10);
	p = strstr(header, "plural=");
	while (p != NULL && p > header && p[-1] == 'n') /* nplurals= */
		p = strstr(p + 1, "plural=");
	if (p != NULL && w->forms > 0)
		w->plural = p + 7;
}

static void
open_all(void)
{
	const struct tg_www_file *f = tg_www_catalogs;
	int n = 1;

	all[0] = &languages[0];
	for (; f->name != NULL && n < MAX_LANGUAGES; f++) {
		struct tg_words *w = &languages[n];

		w->mo = f->text;
		w->size = f->size;
		if (word_at(w, 0) != MO_MAGIC)
			continue;
		w->n = word_at(w, 8);
		w->ids = word_at(w, 12);
		w->texts = word_at(w, 16);
		for (size_t i = 0; i + 1 < sizeof(w->tag); i++) {
			w->tag[i] = f->name[i] == '_' ? '-' : f->name[i];
			if (f->name[i] == '\0')
				break;
		}
		read_header(w);
		all[n++] = w;
	}
}

const struct tg_words *const *
tg_words_all(void)
{
	(void)pthread_once(&once, open_all);
	return all;
}

const char *
tg_words_tag(const struct tg_words *w)
{
	return w->tag;
}

const char *
tg_words_title(const struct tg_words *w)
{
	const char *title = find(w, "this language's own name",
	    NC_("this language's own name", "English"));

	return title != NULL ? title : w->mo == NULL ? "English" :
						       w->tag;
}

/* --- looking up --- */

/* NULL: out of the file. */
static const char *
text_at(const struct tg_words *w, uint32_t table, uint32_t i)
{
	size_t length = word_at(w, table + (size_t)i * 8);
	size_t at = word_at(w, table + (size_t)i * 8 + 4);

	return at + length < w->size ? w->mo + at : NULL;
}

/* context EOT msgid against what stands in the file. */
static int
compare(const char *context, const char *msgid, const char *there)
{
	size_t n;
	int order;

	if (context == NULL)
		return strcmp(msgid, there);
	n = strlen(context);
	order = strncmp(context, there, n);
	if (order != 0)
		return order;
	if (there[n] != '\004')
		return '\004' - (unsigned char)there[n];
	return strcmp(msgid, there + n + 1);
}

static const char *
find(const struct tg_words *w, const char *context, const char *msgid)
{
	uint32_t low = 0, high = w->n;

	while (w->mo != NULL && low < high) {
		uint32_t middle = low + (high - low) / 2;
		const char *there = text_at(w, w->ids, middle);
		int order =
		    there == NULL ? -1 : compare(context, msgid, there);

		if (order == 0)
			return text_at(w, w->texts, middle);
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

const char *
tg_words_get(const struct tg_words *w, const char *msgid)
{
	return tg_words_get_in(w, NULL, msgid);
}

const char *
tg_words_get_in(const struct tg_words *w, const char *context,
    const char *msgid)
{
	const char *text = msgid[0] != '\0' ? find(w, context, msgid) : NULL;

	return text != NULL && text[0] != '\0' ? text : msgid;
}

const char *
tg_words_plural(const struct tg_words *w, const char *one, const char *many,
    long long n)
{
	const char *text = find(w, NULL, one);
	unsigned long long size = n < 0 ? -(unsigned long long)n :
					  (unsigned long long)n;
	long form;

	if (text == NULL || w->plural == NULL)
		return size == 1 ? one : many;
	form = tg_plural_form(w->plural, size);
	if (form < 0 || form >= w->forms)
		form = 0;
	for (; form > 0; form--)
		text += strlen(text) + 1;
	return text;
}
