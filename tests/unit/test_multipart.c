#include "config.h"

/* net/multipart.h */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "corpus.h"
#include "net/multipart.h"

#define LLVMFuzzerTestOneInput fuzz_multipart
#include "../fuzz/fuzz_multipart.c"
#undef LLVMFuzzerTestOneInput

#define TYPE "multipart/form-data; boundary=xYz"
#define HEAD "Content-Disposition: form-data; name="
#define MUTATIONS 20000

struct want {
	const char *name, *filename, *type, *body;
};

static void
check(const char *type, const char *body, const struct want *want)
{
	struct tg_multipart m;
	struct tg_part p;

	assert_int_equal(tg_multipart_begin(&m, tg_str(type), tg_str(body)),
	    0);
	for (; want->name != NULL; want++) {
		assert_int_equal(tg_multipart_next(&m, &p), 1);
		assert_true(tg_str_is(p.name, want->name));
		assert_true(tg_str_is(p.body, want->body));
		assert_true(tg_str_eq(p.type, tg_str(want->type)));
		assert_int_equal(p.is_file, want->filename != NULL);
		assert_true(tg_str_eq(p.filename, tg_str(want->filename)));
	}
	assert_int_equal(tg_multipart_next(&m, &p), 0);
	assert_int_equal(tg_multipart_next(&m, &p), 0);
}

static void
test_good(void **state)
{
	static const struct want two[] = {
		{ "a", NULL, NULL, "one" },
		{ "b c", "x\\\".png", "image/png", "\r\n--xY\r\n" },
		{ NULL, NULL, NULL, NULL },
	};
	static const struct want empty[] = {
		{ "a", NULL, NULL, "" },
		{ "f", "", "application/octet-stream", "" },
		{ NULL, NULL, NULL, NULL },
	};
	static const struct want none[] = { { NULL, NULL, NULL, NULL } };

	(void)state;
	check(TYPE,
	    "--xYz\r\n" HEAD "\"a\"\r\n\r\none\r\n"
	    "--xYz\r\n" HEAD "\"b c\"; filename=\"x\\\".png\"\r\n"
	    "content-type: image/png\r\n\r\n\r\n--xY\r\n\r\n--xYz--\r\n",
	    two);
	check("Multipart/Form-Data; charset=utf-8; boundary=\"xYz\"",
	    "before\r\n--xYz  \r\n" HEAD "a\r\n\r\n\r\n"
	    "--xYz\r\n" HEAD "f; filename=\"\"\r\n"
	    "Content-Type: application/octet-stream\r\n\r\n\r\n"
	    "--xYz--behind", empty);
	check(TYPE, "--xYz--\r\n", none);
}

static void
test_bad_begin(void **state)
{
	static const struct {
		const char *type, *body;
	} bad[] = {
		{ "application/x-www-form-urlencoded", "--xYz--" },
		{ "multipart/form-data", "--xYz--" },
		{ "multipart/form-data; boundary=", "--" },
		{ "multipart/form-data; boundary=\"a\x01\"", "--a\x01" },
		{ "multipart/form-data; boundary=\"open", "--open" },
		{ TYPE, "" },
		{ TYPE, "--xY" },
		{ TYPE, "\n--xYz--" },
	};
	struct tg_multipart m;
	struct tg_part p;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_int_equal(tg_multipart_begin(&m, tg_str(bad[i].type),
		    tg_str(bad[i].body)), -1);
		assert_int_equal(tg_multipart_next(&m, &p), 0);
	}
}

static void
test_bad_parts(void **state)
{
	static const char *const bad[] = {
		"--xYz",
		"--xYzz\r\n" HEAD "a\r\n\r\nb\r\n--xYz--",
		"--xYz\r\n" HEAD "a\r\n\r\nno end",
		"--xYz\r\n" HEAD "a\r\n",
		"--xYz\r\n\r\nno head\r\n--xYz--",
		"--xYz\r\nContent-Disposition: form-data\r\n\r\nb\r\n--xYz--",
		"--xYz\r\nContent-Disposition: mixed; name=a\r\n\r\nb\r\n"
		"--xYz--",
		"--xYz\r\nno colon\r\n\r\nb\r\n--xYz--",
	};
	struct tg_multipart m;
	struct tg_part p;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_int_equal(
		    tg_multipart_begin(&m, TG_STR(TYPE), tg_str(bad[i])), 0);
		assert_int_equal(tg_multipart_next(&m, &p), -1);
		assert_int_equal(tg_multipart_next(&m, &p), -1);
	}
}

/* More parts than anybody means. */
static void
test_many(void **state)
{
	struct tg_multipart m;
	struct tg_part p;
	struct tg_buf b;
	int n = 0, rc;

	(void)state;
	tg_buf_init(&b, 1 << 20);
	for (int i = 0; i <= TG_MAX_PARTS; i++)
		assert_int_equal(tg_buf_addc(&b,
		    "--xYz\r\n" HEAD "a\r\n\r\n\r\n"), 0);
	assert_int_equal(tg_buf_addc(&b, "--xYz--"), 0);
	assert_int_equal(
	    tg_multipart_begin(&m, TG_STR(TYPE), tg_buf_str(&b)), 0);
	while ((rc = tg_multipart_next(&m, &p)) == 1)
		n++;
	assert_int_equal(rc, -1);
	assert_int_equal(n, TG_MAX_PARTS);
	tg_buf_free(&b);
}

static void
try(const char *p, size_t n)
{
	char *copy = malloc(n + (n == 0));

	assert_non_null(copy);
	memcpy(copy, p, n);
	fuzz_multipart((const uint8_t *)copy, n);
	free(copy);
}

static void
test_corpus(void **state)
{
	struct tg_str files[100];
	size_t count = corpus_folder(
	    "tests/fuzz/corpus/multipart", files, COUNT(files));
	char text[4096];

	(void)state;
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k <= files[i].n; k++)
			try(files[i].p, k);
	for (size_t i = 0; i < MUTATIONS; i++)
		try(text, corpus_mutate(files, count, text, sizeof(text)));
	corpus_free(files, count);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad_begin),
		cmocka_unit_test(test_bad_parts),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_corpus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
