#include "config.h"

/* store/budgets.h: budgets that several share */
#include "unit.h"

#include "store/accounts.h"
#include "store/budgets.h"
#include "store/subjects.h"
#include "store_help.h"

static void
run(struct help *h, tg_txn_fn *fn)
{
	tg_err_reset(&h->e);
	if (tg_write(h->store, TG_DB_MAIN, fn, h, &h->e) == -1)
		fail_msg("%s", h->e.msg);
}

static int
save_and_list(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct help *h = arg;
	struct tg_budget b = { .name = "b", .created_by = "root",
		.settings = "{\"max_budget\":1}" };
	struct tg_budget got, *rows;
	int64_t made;
	size_t n;

	assert_int_equal(tg_budget_find(db, h->arena, "b", &got, e), 0);
	assert_int_equal(tg_budget_save(db, &b, e), 0);
	made = b.created_at;
	assert_true(made > 0);
	b.settings = "{\"max_budget\":2}";
	b.created_by = "somebody else";
	b.updated_by = "boss";
	assert_int_equal(tg_budget_save(db, &b, e), 0);
	assert_int_equal(tg_budget_find(db, h->arena, "b", &got, e), 1);
	assert_string_equal(got.name, "b");
	assert_string_equal(got.settings, "{\"max_budget\":2}");
	assert_string_equal(got.created_by, "root");
	assert_string_equal(got.updated_by, "boss");
	assert_int_equal(got.created_at, made);
	b.name = "a";
	b.settings = NULL;
	assert_int_equal(tg_budget_save(db, &b, e), 0);
	assert_int_equal(tg_budget_list(db, h->arena, &rows, &n, e), 0);
	assert_int_equal(n, 2);
	assert_string_equal(rows[0].name, "a");
	assert_string_equal(rows[0].settings, "{}");
	assert_string_equal(rows[1].name, "b");
	return 0;
}

static int
pages(struct tg_db *db, void *arg, struct tg_err *e)
{
	static const char member[] = "0198c1f2-0000-7000-8000-000000000001";
	struct help *h = arg;
	struct tg_budget b = { .created_by = "root" };
	struct tg_budget_page page = { .limit = 2 };
	struct tg_subject team = { .kind = TG_SUBJECT_TEAM, .name = "t" };
	struct tg_subject p = { .kind = TG_SUBJECT_PERSON, .name = "p" };
	struct tg_member m = { .role = "user", .budget = member };
	const char *const names[] = { "x1", "x2", "y3", member };

	for (size_t i = 0; i < 4; i++) {
		b.name = names[i];
		assert_int_equal(tg_budget_save(db, &b, e), 0);
	}
	assert_int_equal(tg_subject_save(db, &team, e), 0);
	assert_int_equal(tg_subject_save(db, &p, e), 0);
	m.team = team.id;
	m.person = p.id;
	assert_int_equal(tg_member_save(db, &m, e), 0);
	assert_int_equal(tg_budget_page(db, h->arena, &page, e), 0);
	assert_int_equal(page.total, 3);
	assert_int_equal(page.n, 2);
	assert_string_equal(page.rows[1].name, "x2");
	page.like = "Y";
	assert_int_equal(tg_budget_page(db, h->arena, &page, e), 0);
	assert_int_equal(page.total, 1);
	assert_string_equal(page.rows[0].name, "y3");
	page = (struct tg_budget_page){ .after = 3 };
	assert_int_equal(tg_budget_page(db, h->arena, &page, e), 0);
	assert_int_equal(page.n, 0);
	return 0;
}

/* What was made for a single member is not among those to choose from. */
static void
test_pages(void **state)
{
	run(*state, pages);
}

static void
test_save(void **state)
{
	run(*state, save_and_list);
}

static bool
among(const struct tg_budget_user *rows, size_t n, int scope, int64_t id)
{
	for (size_t i = 0; i < n; i++)
		if (rows[i].scope == scope && rows[i].subject == id)
			return true;
	return false;
}

static int
users(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct help *h = arg;
	struct tg_budget b = { .name = "b" };
	struct tg_subject team = { .kind = TG_SUBJECT_TEAM, .name = "t", .budget = "b" };
	struct tg_subject person = { .kind = TG_SUBJECT_PERSON, .name = "p", .budget = "other" };
	struct tg_key key = { .token = "k1", .budget = "b" };
	struct tg_key gone = { .token = "k2", .budget = "b" };
	struct tg_member m = { .role = "user", .budget = "b" };
	struct tg_budget_user *rows;
	size_t n;

	assert_int_equal(tg_budget_save(db, &b, e), 0);
	assert_int_equal(tg_subject_save(db, &team, e), 0);
	assert_int_equal(tg_subject_save(db, &person, e), 0);
	assert_int_equal(tg_key_insert(db, &key, e), 0);
	assert_int_equal(tg_key_insert(db, &gone, e), 0);
	assert_int_equal(tg_key_drop(db, gone.id, NULL, e), 1);
	m.team = team.id;
	m.person = person.id;
	assert_int_equal(tg_member_save(db, &m, e), 0);
	assert_int_equal(
	    tg_budget_users(db, h->arena, "b", &rows, &n, e), 0);
	assert_int_equal(n, 3);
	assert_true(among(rows, n, TG_SCOPE_KEY, key.id));
	assert_true(among(rows, n, TG_SCOPE_TEAM, team.id));
	assert_true(among(rows, n, TG_SCOPE_MEMBER, m.id));
	/* Who was linked to a budget that goes is linked to none. */
	assert_int_equal(tg_budget_remove(db, "b", e), 1);
	assert_int_equal(tg_budget_remove(db, "b", e), 0);
	assert_int_equal(
	    tg_budget_users(db, h->arena, "b", &rows, &n, e), 0);
	assert_int_equal(n, 0);
	assert_int_equal(tg_key_get_id(db, h->arena, key.id, &key, e), 1);
	assert_null(key.budget);
	assert_int_equal(
	    tg_budget_users(db, h->arena, "other", &rows, &n, e), 0);
	assert_int_equal(n, 1);
	assert_int_equal(rows[0].scope, TG_SCOPE_PERSON);
	return 0;
}

static void
test_users(void **state)
{
	run(*state, users);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, help_new, help_free)
	const struct CMUnitTest tests[] = { T(test_save), T(test_pages),
		T(test_users) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
