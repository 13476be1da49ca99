/* Test data out of files: see corpus.h. */
#include "config.h"

#include "corpus.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "unit.h"

static uint64_t chance(void);
static size_t change_byte(char *text, size_t n, size_t size,
    struct tg_str from);
static size_t cut_out(char *text, size_t n, size_t size, struct tg_str from);
static size_t put_in(char *text, size_t n, size_t size, struct tg_str from);

struct tg_str
corpus_file(const char *path)
{
	const char *top = getenv("srcdir");
	char full[1024], *text;
	size_t n, room = 16 << 20;
	FILE *f;

	snprintf(full, sizeof(full), "%s/%s", top == NULL ? "." : top, path);
	f = fopen(full, "rb");
	if (f == NULL)
		fail_msg("no file %s", full);
	text = malloc(room + 1);
	assert_non_null(text);
	n = fread(text, 1, room, f);
	fclose(f);
	text[n] = '\0';
	return (struct tg_str){realloc(text, n + 1), n};
}

static int
by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

size_t
corpus_folder(const char *path, struct tg_str *files, size_t max)
{
	const char *top = getenv("srcdir");
	struct dirent **entries;
	char full[1024];
	size_t count = 0;
	int i, n;

	snprintf(full, sizeof(full), "%s/%s", top == NULL ? "." : top, path);
	n = scandir(full, &entries, NULL, by_name);
	if (n < 0)
		fail_msg("no folder %s", full);
	for (i = 0; i < n; i++) {
		snprintf(full, sizeof(full), "%s/%s", path,
		    entries[i]->d_name);
		if (entries[i]->d_name[0] != '.' && count < max)
			files[count++] = corpus_file(full);
		free(entries[i]);
	}
	free(entries);
	assert_true(count > 0);
	return count;
}

void
corpus_free(struct tg_str *files, size_t count)
{
	while (count > 0)
		free((void *)(uintptr_t)files[--count].p);
}

size_t
corpus_mutate(
    const struct tg_str *files, size_t count, char *text, size_t size)
{
	static size_t (*const ways[])(
	    char *, size_t, size_t, struct tg_str) = {
		change_byte, cut_out, put_in
	};
	struct tg_str from = files[chance() % count];
	size_t edits = chance() % 4 + 1, n;

	n = from.n < size ? from.n : size;
	memcpy(text, from.p, n);
	while (edits-- > 0 && n > 0)
		n = ways[chance() % COUNT(ways)](
		    text, n, size, files[chance() % count]);
	if (n > 0 && chance() % 8 == 0)
		n = chance() % n;
	return n;
}

static uint64_t
chance(void)
{
	static uint64_t x = UINT64_C(0x9e3779b97f4a7c15);

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return x;
}

static size_t
change_byte(char *text, size_t n, size_t size, struct tg_str from)
{
	static const char likely[] =
	    "{}[]\",:\\/u019eE+-. \t\ntfn\0\x80\xc3\xff";

	(void)size;
	(void)from;
	text[chance() % n] = likely[chance() % (sizeof(likely) - 1)];
	return n;
}

static size_t
cut_out(char *text, size_t n, size_t size, struct tg_str from)
{
	size_t at = chance() % n, len = chance() % 8 + 1;

	(void)size;
	(void)from;
	if (len > n - at)
		len = n - at;
	memmove(text + at, text + at + len, n - at - len);
	return n - len;
}

static size_t
put_in(char *text, size_t n, size_t size, struct tg_str from)
{
	size_t at = chance() % n, len = chance() % 24 + 1, start;

	if (from.n < len || n + len > size)
		return n;
	start = chance() % (from.n - len + 1);
	memmove(text + at + len, text + at, n - at);
	memcpy(text + at, from.p + start, len);
	return n + len;
}
