/* Secrets and sealing: base/seal.h. */
#include "config.h"
#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/seal.h"

static char folder[64], path[96];

static void
write_file(const char *text, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static struct tg_seal *
open_made(void)
{
	struct tg_seal *s;
	struct tg_err e;

	tg_err_reset(&e);
	s = tg_seal_open(path, 1, &e);
	if (s == NULL)
		fail_msg("%s", e.msg);
	return s;
}

static void
test_secret(void **state)
{
	struct tg_secret s = tg_secret_new(TG_STR("sk-hidden"));

	(void)state;
	assert_str(tg_secret_reveal(&s), "sk-hidden");
	tg_secret_free(&s);
	assert_null(s.p);
	assert_int_equal(s.n, 0);
	s = tg_secret_new(TG_STR(""));
	assert_null(s.p);
	assert_int_equal(tg_secret_reveal(&s).n, 0);
	tg_secret_free(&s);
	tg_secret_free(&s);
}

static void
test_round_trip(void **state)
{
	static const struct tg_str texts[] = {TG_STR("sk-secret"), TG_STR(""),
	    TG_STR("a\0b")};
	struct tg_seal *seal = open_made();
	unsigned char *one, *two;
	struct tg_secret out;
	size_t i, n, m;

	(void)state;
	for (i = 0; i < COUNT(texts); i++) {
		assert_int_equal(tg_seal_lock(seal, texts[i], &one, &n), 0);
		assert_int_equal(tg_seal_lock(seal, texts[i], &two, &m), 0);
		assert_int_equal(n, m);
		assert_int_equal(n, texts[i].n + 40);
		assert_memory_not_equal(one, two, n);
		assert_int_equal(tg_seal_unlock(seal, one, n, &out), 0);
		assert_true(tg_str_eq(tg_secret_reveal(&out), texts[i]));
		assert_true((out.p == NULL) == (texts[i].n == 0));
		tg_secret_free(&out);
		free(one);
		free(two);
	}
	tg_seal_close(seal);
	tg_seal_close(NULL);
}

static void
test_altered(void **state)
{
	struct tg_seal *seal = open_made();
	struct tg_secret out = {NULL, 0};
	unsigned char *p;
	size_t i, n;

	(void)state;
	assert_int_equal(tg_seal_lock(seal, TG_STR("text"), &p, &n), 0);
	for (i = 0; i < n; i++) {
		p[i] ^= 1;
		assert_int_equal(tg_seal_unlock(seal, p, n, &out), -1);
		p[i] ^= 1;
		assert_int_equal(tg_seal_unlock(seal, p, i, &out), -1);
	}
	assert_int_equal(tg_seal_unlock(seal, NULL, 0, &out), -1);
	assert_null(out.p);
	free(p);
	tg_seal_close(seal);
}

static void
test_other_key(void **state)
{
	struct tg_seal *seal = open_made();
	struct tg_secret out;
	unsigned char *p;
	size_t n;

	(void)state;
	assert_int_equal(tg_seal_lock(seal, TG_STR("text"), &p, &n), 0);
	tg_seal_close(seal);
	seal = open_made();	/* the same file: still good */
	assert_int_equal(tg_seal_unlock(seal, p, n, &out), 0);
	tg_secret_free(&out);
	tg_seal_close(seal);
	unlink(path);
	seal = open_made();
	assert_int_equal(tg_seal_unlock(seal, p, n, &out), -1);
	tg_seal_close(seal);
	free(p);
}

static void
test_made_file(void **state)
{
	char first[128] = "", second[128] = "";
	struct stat st;
	mode_t mask = umask(0);
	FILE *f;

	(void)state;
	tg_seal_close(open_made());
	umask(mask);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	f = fopen(path, "r");
	assert_non_null(fgets(first, sizeof(first), f));
	fclose(f);
	assert_int_equal(strlen(first), 65);
	assert_int_equal(strspn(first, "0123456789abcdef"), 64);
	tg_seal_close(open_made());	/* is not made anew */
	f = fopen(path, "r");
	assert_non_null(fgets(second, sizeof(second), f));
	fclose(f);
	assert_string_equal(first, second);
}

static void
refused(const char *part)
{
	struct tg_err e;

	tg_err_reset(&e);
	assert_null(tg_seal_open(path, 0, &e));
	assert_int_equal(e.code, TG_E_INTERNAL);
	if (strstr(e.msg, part) == NULL || strstr(e.msg, path) == NULL)
		fail_msg("'%s' in: %s", part, e.msg);
}

#define HEX "0123456789abcdef0123456789ABCDEF" \
    "0123456789abcdef0123456789abcdef"

static void
test_refused(void **state)
{
	static const char *const wrong[] = {"", "\n", "abc", HEX "0", HEX HEX,
	    HEX "\nx", "x" HEX};
	static const mode_t modes[] = {0640, 0604, 0660, 0601, 0777};
	struct tg_err e;
	size_t i;

	(void)state;
	refused("No such file");
	for (i = 0; i < COUNT(wrong); i++) {
		write_file(wrong[i], 0600);
		refused("damaged");
	}
	for (i = 0; i < COUNT(modes); i++) {
		write_file(HEX "\n", modes[i]);
		refused("chmod 600");
	}
	write_file(HEX "\n", 0600);
	tg_seal_close(open_made());
	write_file(HEX, 0400);
	tg_seal_close(open_made());
	unlink(path);
	mkdir(path, 0700);
	refused("not a file");
	rmdir(path);
	tg_err_reset(&e);
	assert_null(tg_seal_open("/no/such/folder/key", 1, &e));
	assert_non_null(strstr(e.msg, "cannot be made"));
}

static int
setup(void **state)
{
	const char *tmp = getenv("TMPDIR");

	(void)state;
	snprintf(folder, sizeof(folder), "%.40s/tg-seal-XXXXXX",
	    tmp == NULL ? "/tmp" : tmp);
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/tollgate.key", folder);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_secret),
		cmocka_unit_test_setup_teardown(
		    test_round_trip, setup, teardown),
		cmocka_unit_test_setup_teardown(test_altered, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    test_other_key, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    test_made_file, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
	};

	if (tg_crypto_init() == -1)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
