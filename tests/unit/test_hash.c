/* Hashing: base/hash.h, against published values. */
#include "config.h"
#include "unit.h"

#include "base/hash.h"

static void
test_sha256(void **state)
{
	char hex[TG_SHA256_HEX];

	(void)state;
	tg_sha256_hex(TG_STR_NONE, hex);
	assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb924"
	    "27ae41e4649b934ca495991b7852b855");
	tg_sha256_hex(TG_STR("abc"), hex);
	assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223"
	    "b00361a396177a9cb410ff61f20015ad");
}

/* BLAKE2b with 16 bytes of output, as Python's hashlib gives it. */
static void
test_digest(void **state)
{
	unsigned char sum[TG_DIGEST_BYTES];
	char hex[2 * TG_DIGEST_BYTES + 1];

	(void)state;
	tg_digest(TG_STR_NONE, sum);
	tg_hex(sum, sizeof(sum), hex);
	assert_string_equal(hex, "cae66941d9efbd404e4d88758ea67670");
	tg_digest(TG_STR("abc"), sum);
	tg_hex(sum, sizeof(sum), hex);
	assert_string_equal(hex, "cf4ab791c62b8d2b2109c90275287816");
}

static void
test_equal(void **state)
{
	(void)state;
	assert_true(tg_equal_ct(TG_STR("abc"), TG_STR("abc")));
	assert_true(tg_equal_ct(TG_STR_NONE, TG_STR("")));
	assert_false(tg_equal_ct(TG_STR("abc"), TG_STR("abd")));
	assert_false(tg_equal_ct(TG_STR("abc"), TG_STR("abcd")));
	assert_false(tg_equal_ct(TG_STR("a\0b"), TG_STR("a\0c")));
}

static void
test_hex_and_wipe(void **state)
{
	unsigned char bytes[] = {0x00, 0x0f, 0xa5, 0xff};
	char hex[9];

	(void)state;
	tg_hex(bytes, sizeof(bytes), hex);
	assert_string_equal(hex, "000fa5ff");
	tg_hex(bytes, 0, hex);
	assert_string_equal(hex, "");
	tg_wipe(bytes, sizeof(bytes));
	tg_hex(bytes, sizeof(bytes), hex);
	assert_string_equal(hex, "00000000");
	tg_wipe(NULL, 0);
}

static void
test_password(void **state)
{
	char one[TG_PASSWORD_HASH_BYTES], two[TG_PASSWORD_HASH_BYTES];
	char lengthy[300];

	(void)state;
	assert_int_equal(tg_password_hash(TG_STR("secret"), one), 0);
	assert_int_equal(tg_password_hash(TG_STR("secret"), two), 0);
	assert_string_not_equal(one, two);
	assert_memory_equal(one, "$argon2id$", 10);
	assert_int_equal(tg_password_verify(one, TG_STR("secret")), 0);
	assert_int_equal(tg_password_verify(two, TG_STR("secret")), 0);
	assert_int_equal(tg_password_verify(one, TG_STR("Secret")), -1);
	assert_int_equal(tg_password_verify(one, TG_STR_NONE), -1);
	assert_int_equal(tg_password_verify("", TG_STR("secret")), -1);
	assert_int_equal(tg_password_verify("nonsense", TG_STR("x")), -1);
	memset(lengthy, 'a', sizeof(lengthy) - 1);
	lengthy[sizeof(lengthy) - 1] = '\0';
	assert_int_equal(tg_password_verify(lengthy, TG_STR("x")), -1);
	assert_int_equal(tg_password_hash(TG_STR_NONE, one), 0);
	assert_int_equal(tg_password_verify(one, TG_STR_NONE), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sha256),
		cmocka_unit_test(test_digest),
		cmocka_unit_test(test_equal),
		cmocka_unit_test(test_hex_and_wipe),
		cmocka_unit_test(test_password),
	};

	if (tg_crypto_init() == -1)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
