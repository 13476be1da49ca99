#include "config.h"

/* store/people.h */
#include "unit.h"

#include "store/people.h"
#include "store_help.h"

static void
test_people(void **state)
{
	struct help *h = *state;
	struct tg_person p;
	int64_t n = -1;

	assert_int_equal(tg_person_count(h->store, &n, &h->e), 0);
	assert_int_equal(n, 0);
	assert_int_equal(
	    tg_person_add(h->store, "ada", "owner", "hash1", &h->e), 0);
	assert_int_equal(
	    tg_person_find(h->store, h->arena, "ada", &p, &h->e), 1);
	assert_string_equal(p.name, "ada");
	assert_string_equal(p.role, "owner");
	assert_string_equal(p.password_hash, "hash1");
	assert_true(p.created_at > 0);
	assert_int_equal(
	    tg_person_find(h->store, h->arena, "bob", &p, &h->e), 0);
	assert_int_equal(tg_person_count(h->store, &n, &h->e), 0);
	assert_int_equal(n, 1);
	assert_int_equal(
	    tg_person_add(h->store, "ada", "viewer", "x", &h->e), -1);
	assert_int_equal(h->e.code, TG_E_CONFLICT);
}

static int64_t
count(struct help *h, const char *sql)
{
	return help_sql(h->dir, "tollgate.db", sql);
}

/* Who signs in can be booked to, and stays who he was before. */
static void
test_subjects(void **state)
{
	struct help *h = *state;

	assert_int_equal(
	    tg_person_add(h->store, "ada", "owner", "x", &h->e), 0);
	assert_int_equal(
	    tg_person_add(h->store, "vic", "viewer", "x", &h->e), 0);
	assert_int_equal(count(h, "SELECT count(*) FROM subjects WHERE "
	    "kind = 1 AND name = 'ada' AND role = 'proxy_admin'"), 1);
	assert_int_equal(count(h, "SELECT count(*) FROM subjects WHERE "
	    "kind = 1 AND name = 'vic' AND role = 'proxy_admin_viewer'"), 1);
	count(h, "INSERT INTO subjects (kind, name, role, created_at, "
	    "updated_at) VALUES (1, 'bob', 'internal_user', 1, 1)");
	assert_int_equal(
	    tg_person_add(h->store, "bob", "admin", "x", &h->e), 0);
	assert_int_equal(count(h, "SELECT count(*) FROM subjects WHERE "
	    "name = 'bob' AND role = 'internal_user'"), 1);
	assert_int_equal(count(h, "SELECT count(*) FROM subjects"), 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    test_people, help_new, help_free),
		cmocka_unit_test_setup_teardown(
		    test_subjects, help_new, help_free),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
