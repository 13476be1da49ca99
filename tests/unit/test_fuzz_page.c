/*
 * The fuzz targets of what people read over their corpus, over each beginning
 * of its files, and over mutations, the same in every run.
 */
#include "config.h"

#include "unit.h"

#include <stdlib.h>

#include "corpus.h"

#define LLVMFuzzerTestOneInput fuzz_talk
#include "../fuzz/fuzz_talk.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_markdown
#include "../fuzz/fuzz_markdown.c"
#undef LLVMFuzzerTestOneInput

#define MUTATIONS 10000
#define MAX_FILES 100
#define MAX_BYTES 4096

/* On the heap, to the byte: reading one too many is seen. */
static void
try(int (*target)(const uint8_t *, size_t), const char *p, size_t n)
{
	char *copy = malloc(n + (n == 0));

	assert_non_null(copy);
	memcpy(copy, p, n);
	target((const uint8_t *)copy, n);
	free(copy);
}

static void
run(const char *folder, int (*target)(const uint8_t *, size_t))
{
	struct tg_str files[MAX_FILES];
	size_t count, i, k, n, step;
	char text[MAX_BYTES];

	count = corpus_folder(folder, files, MAX_FILES);
	for (i = 0; i < count; i++) {
		step = files[i].n > 600 ? 37 : 1;
		for (k = 0; k < files[i].n; k += step)
			try(target, files[i].p, k);
		try(target, files[i].p, files[i].n);
	}
	for (i = 0; i < MUTATIONS; i++) {
		n = corpus_mutate(files, count, text, sizeof(text));
		try(target, text, n);
	}
	corpus_free(files, count);
}

static void
test_talk(void **state)
{
	(void)state;
	run("tests/fuzz/corpus/talk", fuzz_talk);
}

static void
test_markdown(void **state)
{
	(void)state;
	run("tests/fuzz/corpus/markdown", fuzz_markdown);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_talk),
		cmocka_unit_test(test_markdown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
