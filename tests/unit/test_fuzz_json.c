/*
 * The fuzz target of base/json.h over its corpus and over 20,000 mutations,
 * the same in every run: pieces of the corpus changed, cut and joined.
 */
#include "config.h"
#include "unit.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "../fuzz/fuzz_json.c"

#define MUTATIONS 20000
#define MAX_FILES 100
#define MAX_BYTES 4096

static struct tg_str files[MAX_FILES];
static size_t file_count;

static uint64_t
chance(void)
{
	static uint64_t x = UINT64_C(0x9e3779b97f4a7c15);

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return x;
}

/* On the heap, to the byte: reading one too many is seen. */
static void
try(const char *p, size_t n)
{
	char *copy = malloc(n + (n == 0));

	assert_non_null(copy);
	memcpy(copy, p, n);
	LLVMFuzzerTestOneInput((const uint8_t *)copy, n);
	free(copy);
}

static void
load(const char *folder, const char *name)
{
	static char text[MAX_BYTES];
	char path[1024], *copy;
	size_t n;
	FILE *f;

	assert_true(file_count < MAX_FILES);
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "rb");
	assert_non_null(f);
	n = fread(text, 1, sizeof(text), f);
	fclose(f);
	copy = malloc(n + 1);
	assert_non_null(copy);
	memcpy(copy, text, n);
	files[file_count++] = (struct tg_str){copy, n};
}

static int
by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int
setup(void **state)
{
	const char *top = getenv("srcdir");
	struct dirent **entries;
	char folder[512];
	int i, n;

	(void)state;
	snprintf(folder, sizeof(folder), "%s/tests/fuzz/corpus/json",
	    top == NULL ? "." : top);
	n = scandir(folder, &entries, NULL, by_name);
	if (n < 0) {
		fprintf(stderr, "no corpus in %s\n", folder);
		return -1;
	}
	for (i = 0; i < n; i++) {
		if (entries[i]->d_name[0] != '.')
			load(folder, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	return file_count > 0 ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	while (file_count > 0)
		free((void *)(uintptr_t)files[--file_count].p);
	return 0;
}

static size_t
change_byte(char *text, size_t n)
{
	static const char likely[] = "{}[]\",:\\/u019eE+-. \t\ntfn\0\x80\xc3\xff";

	text[chance() % n] = likely[chance() % (sizeof(likely) - 1)];
	return n;
}

static size_t
cut_out(char *text, size_t n)
{
	size_t at = chance() % n, len = chance() % 8 + 1;

	if (len > n - at)
		len = n - at;
	memmove(text + at, text + at + len, n - at - len);
	return n - len;
}

/* A piece of any file put in at any place. */
static size_t
put_in(char *text, size_t n)
{
	struct tg_str from = files[chance() % file_count];
	size_t at = chance() % n, len = chance() % 24 + 1, start;

	if (from.n < len || n + len > MAX_BYTES)
		return n;
	start = chance() % (from.n - len + 1);
	memmove(text + at + len, text + at, n - at);
	memcpy(text + at, from.p + start, len);
	return n + len;
}

static size_t
mutate(char *text, size_t n)
{
	static size_t (*const ways[])(char *, size_t) = {
	    change_byte, cut_out, put_in};
	size_t edits = chance() % 4 + 1;

	while (edits-- > 0 && n > 0)
		n = ways[chance() % COUNT(ways)](text, n);
	if (n > 0 && chance() % 8 == 0)
		n = chance() % n;
	return n;
}

static void
test_corpus(void **state)
{
	size_t i, k;

	(void)state;
	for (i = 0; i < file_count; i++)
		for (k = 0; k <= files[i].n; k += files[i].n > 600 ? 97 : 1)
			try(files[i].p, k);
	for (i = 0; i < file_count; i++)
		try(files[i].p, files[i].n);
}

static void
test_mutations(void **state)
{
	char text[MAX_BYTES];
	size_t i, n;

	(void)state;
	for (i = 0; i < MUTATIONS; i++) {
		struct tg_str from = files[i % file_count];

		memcpy(text, from.p, from.n);
		n = mutate(text, from.n);
		try(text, n);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_corpus),
		cmocka_unit_test(test_mutations),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
