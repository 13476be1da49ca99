/* Names made by chance: base/id.h. */
#include "config.h"
#include "unit.h"

#include <ctype.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/id.h"

#define MANY 20000
#define THREADS 4

static void
test_uuid_form(void **state)
{
	char id[TG_UUID_BYTES];
	int64_t ms;
	int round, i;

	(void)state;
	for (round = 0; round < 1000; round++) {
		assert_ptr_equal(tg_uuid7(id), id);
		assert_int_equal(strlen(id), 36);
		for (i = 0; i < 36; i++)
			if (i == 8 || i == 13 || i == 18 || i == 23)
				assert_int_equal(id[i], '-');
			else
				assert_true(isdigit((unsigned char)id[i]) ||
				    (id[i] >= 'a' && id[i] <= 'f'));
		assert_int_equal(id[14], '7');
		assert_non_null(strchr("89ab", id[19]));
	}
	memmove(id + 8, id + 9, 4);	/* 48 bits of milliseconds */
	id[12] = '\0';
	ms = strtoll(id, NULL, 16);
	assert_true(llabs(tg_wall_us() / 1000 - ms) < 1000);
}

static void
test_uuid_order(void **state)
{
	char one[TG_UUID_BYTES], two[TG_UUID_BYTES];
	int i;

	(void)state;
	tg_uuid7(one);
	for (i = 0; i < MANY; i++) {
		tg_uuid7(two);
		assert_true(strcmp(one, two) < 0);
		memcpy(one, two, sizeof(one));
	}
}

static void *
make_many(void *arg)
{
	char *ids = arg;
	int i;

	for (i = 0; i < MANY; i++)
		tg_uuid7(ids + i * TG_UUID_BYTES);
	return NULL;
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* No two threads get the same time and tick, let alone the same id. */
static void
test_uuid_threads(void **state)
{
	static char ids[THREADS * MANY][TG_UUID_BYTES];
	pthread_t threads[THREADS];
	int i;

	(void)state;
	for (i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, make_many,
		    ids[i * MANY]), 0);
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	qsort(ids, THREADS * MANY, sizeof(*ids), by_text);
	for (i = 1; i < THREADS * MANY; i++)
		assert_true(memcmp(ids[i - 1], ids[i], 18) < 0);
}

static bool
is_url_safe(const char *text)
{
	for (; *text != '\0'; text++)
		if (!isalnum((unsigned char)*text) && *text != '-' &&
		    *text != '_')
			return false;
	return true;
}

static void
test_keys(void **state)
{
	char one[TG_KEY_BYTES], two[TG_KEY_BYTES], text[65];
	int seen[256] = {0}, i, k, kinds = 0;

	(void)state;
	assert_ptr_equal(tg_key_new(one), one);
	tg_key_new(two);
	assert_int_equal(strlen(one), 25);
	assert_memory_equal(one, "sk-", 3);
	assert_true(is_url_safe(one));
	assert_string_not_equal(one, two);
	for (i = 0; i < 200; i++) {
		tg_random_text(text, 64);
		assert_int_equal(strlen(text), 64);
		assert_true(is_url_safe(text));
		for (k = 0; k < 64; k++)
			kinds += seen[(unsigned char)text[k]]++ == 0;
	}
	assert_int_equal(kinds, 64);
	tg_random_text(text, 0);
	assert_string_equal(text, "");
	assert_true(tg_random_u64() != tg_random_u64());
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_uuid_form),
		cmocka_unit_test(test_uuid_order),
		cmocka_unit_test(test_uuid_threads),
		cmocka_unit_test(test_keys),
	};

	if (tg_crypto_init() == -1)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
