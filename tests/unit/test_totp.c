/* One-time codes: the vectors of RFC 6238 and RFC 4648. */
#include "config.h"
#include "unit.h"

#include "base/hash.h"
#include "base/totp.h"

#define SECRET TG_STR("12345678901234567890")

/* RFC 6238, appendix B, the rows of SHA-1. */
static void
vectors(void **state)
{
	static const struct {
		int64_t at;
		const char *code;
	} rows[] = {
		{ 59, "94287082" },
		{ 1111111109, "07081804" },
		{ 1111111111, "14050471" },
		{ 1234567890, "89005924" },
		{ 2000000000, "69279037" },
		{ 20000000000, "65353130" },
	};
	char code[9];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		tg_totp_code(SECRET, rows[i].at / 30, 8, code);
		assert_string_equal(code, rows[i].code);
	}
}

static void
steps(void **state)
{
	int64_t now = 1234567890, step = now / 30;
	char code[7];

	(void)state;
	for (int d = -2; d <= 2; d++) {
		tg_totp_code(SECRET, step + d, 6, code);
		assert_int_equal(tg_totp_step(SECRET, tg_str(code), now),
		    d >= -1 && d <= 1 ? step + d : 0);
	}
	assert_int_equal(
	    tg_totp_step(SECRET, TG_STR("005 924"), now), step);
	assert_int_equal(tg_totp_step(SECRET, TG_STR("0059241"), now), 0);
	assert_int_equal(tg_totp_step(SECRET, TG_STR("00592"), now), 0);
	assert_int_equal(tg_totp_step(SECRET, TG_STR(""), now), 0);
	assert_int_equal(tg_totp_step(SECRET, TG_STR_NONE, now), 0);
}

/* RFC 4648, section 10. */
static void
base32(void **state)
{
	static const char *const rows[][2] = { { "", "" }, { "f", "MY" },
		{ "fo", "MZXQ" }, { "foo", "MZXW6" }, { "foob", "MZXW6YQ" },
		{ "fooba", "MZXW6YTB" }, { "foobar", "MZXW6YTBOI" } };
	unsigned char one[TG_TOTP_SECRET_BYTES], two[TG_TOTP_SECRET_BYTES];
	char out[TG_TOTP_SECRET_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		tg_base32(tg_str(rows[i][0]), out);
		assert_string_equal(out, rows[i][1]);
	}
	tg_totp_new(one);
	tg_totp_new(two);
	assert_memory_not_equal(one, two, sizeof(one));
	tg_base32((struct tg_str){ (char *)one, sizeof(one) }, out);
	assert_int_equal(strlen(out), TG_TOTP_SECRET_TEXT - 1);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors),
		cmocka_unit_test(steps),
		cmocka_unit_test(base32),
	};

	if (tg_crypto_init() != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
