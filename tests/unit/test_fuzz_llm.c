/*
 * The fuzz targets of llm over their corpus, over each beginning of its
 * files, and over mutations, the same in every run.
 */
#include "config.h"

#include "unit.h"

#include <stdlib.h>

#include "corpus.h"

#define LLVMFuzzerTestOneInput fuzz_view
#include "../fuzz/fuzz_view.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_chunk
#include "../fuzz/fuzz_chunk.c"
#undef LLVMFuzzerTestOneInput

#define MUTATIONS 20000
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
test_view(void **state)
{
	(void)state;
	run("tests/fuzz/corpus/view", fuzz_view);
}

static void
test_chunk(void **state)
{
	(void)state;
	run("tests/fuzz/corpus/chunk", fuzz_chunk);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_view),
		cmocka_unit_test(test_chunk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
