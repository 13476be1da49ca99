#include "config.h"

/* store/subjects.h: people, teams and the rest, and memberships */
#include "unit.h"

#include <stdio.h>

#include "store/subjects.h"
#include "store_help.h"

static void
run(struct help *h, tg_txn_fn *fn)
{
	tg_err_reset(&h->e);
	if (tg_write(h->store, TG_DB_MAIN, fn, h, &h->e) == -1)
		fail_msg("%s", h->e.msg);
}

static int64_t
sql(struct help *h, const char *text)
{
	return help_sql(h->dir, "tollgate.db", text);
}

static int64_t
save(struct tg_db *db, struct tg_subject s)
{
	struct tg_err e;

	tg_err_reset(&e);
	if (tg_subject_save(db, &s, &e) == -1)
		fail_msg("%s", e.msg);
	return s.id;
}

static void
refused(struct tg_db *db, struct tg_subject s, enum tg_code code,
    const char *param)
{
	struct tg_err e;

	tg_err_reset(&e);
	assert_int_equal(tg_subject_save(db, &s, &e), -1);
	assert_int_equal(e.code, code);
	assert_string_equal(e.param, param);
}

static int
round_trip(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct help *h = arg;
	struct tg_subject s, got, all = {
		.kind = TG_SUBJECT_PERSON,
		.name = "u1",
		.alias = "Una",
		.email = "una@example.org",
		.role = "internal_user",
		.parent = 7,
		.models = "[\"gpt-*\"]",
		.blocked = true,
		.budget = "small",
		.settings = "{\"max_budget\":1.5}",
		.created_by = "root",
	};
	int64_t id = save(db, all);

	assert_int_equal(tg_subject_find(
	    db, h->arena, TG_SUBJECT_PERSON, "u1", &got, e), 1);
	assert_int_equal(got.id, id);
	assert_string_equal(got.alias, "Una");
	assert_string_equal(got.email, "una@example.org");
	assert_string_equal(got.role, "internal_user");
	assert_int_equal(got.parent, 7);
	assert_string_equal(got.models, "[\"gpt-*\"]");
	assert_true(got.blocked);
	assert_string_equal(got.budget, "small");
	assert_string_equal(got.settings, "{\"max_budget\":1.5}");
	assert_string_equal(got.created_by, "root");
	assert_null(got.updated_by);
	assert_true(got.created_at > 0);
	assert_int_equal(got.updated_at, got.created_at);
	assert_int_equal(got.removed_at, 0);
	assert_int_equal(tg_person_by_email(
	    db, h->arena, "una@example.org", &s, e), 1);
	assert_int_equal(s.id, id);
	assert_int_equal(tg_person_by_email(db, h->arena, "x@y", &s, e), 0);
	assert_int_equal(tg_subject_find(
	    db, h->arena, TG_SUBJECT_TEAM, "u1", &s, e), 0);
	assert_int_equal(tg_subject_by_id(db, h->arena, 4711, &s, e), 0);
	return 0;
}

static void
test_round_trip(void **state)
{
	struct help *h = *state;
	int64_t before =
	    sql(h, "SELECT value FROM meta WHERE name = 'rules'");

	run(h, round_trip);
	assert_true(sql(h, "SELECT value FROM meta WHERE name = 'rules'") >
	    before);
	assert_int_equal(sql(h, "SELECT count(*) FROM accounts, subjects "
	    "WHERE scope = 4 AND subject = subjects.id"), 1);
}

static int
conflicts(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct help *h = arg;
	struct tg_subject one = { .kind = TG_SUBJECT_PERSON, .name = "one",
		.email = "one@x" };
	struct tg_subject two = { .kind = TG_SUBJECT_PERSON, .name = "two" };
	struct tg_subject team = { .kind = TG_SUBJECT_TEAM, .name = "one" };

	save(db, one);
	refused(db, one, TG_E_CONFLICT, "user_id");
	save(db, team);
	refused(db, team, TG_E_CONFLICT, "team_id");
	two.email = "one@x";
	refused(db, two, TG_E_CONFLICT, "user_email");
	two.email = NULL;
	two.id = save(db, two);
	/* A rename takes no name that is taken, and any other. */
	assert_int_equal(tg_subject_find(
	    db, h->arena, TG_SUBJECT_PERSON, "two", &two, e), 1);
	two.name = "one";
	refused(db, two, TG_E_CONFLICT, "user_id");
	two.name = "zwei";
	two.alias = "Zwei";
	two.updated_by = "boss";
	save(db, two);
	assert_int_equal(tg_subject_find(
	    db, h->arena, TG_SUBJECT_PERSON, "two", &one, e), 0);
	assert_int_equal(tg_subject_find(
	    db, h->arena, TG_SUBJECT_PERSON, "zwei", &one, e), 1);
	assert_int_equal(one.id, two.id);
	assert_string_equal(one.alias, "Zwei");
	assert_string_equal(one.updated_by, "boss");
	assert_int_equal(one.created_at, two.created_at);
	return 0;
}

static void
test_conflicts(void **state)
{
	run(*state, conflicts);
}

/* Gone, and another of the same name begins with nothing. */
static int
removal(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct help *h = arg;
	struct tg_subject s = { .kind = TG_SUBJECT_TEAM, .name = "t" }, old;
	struct tg_cap cap = { .origin = "own", .period = "total",
		.cap_nano = 5, .soft_nano = TG_NANO_NONE,
		.switch_percent = 100, .marks = "50" };
	struct tg_promises p = { .caps = &cap, .n_caps = 1 };
	int64_t id = save(db, s);

	assert_int_equal(
	    tg_promise_set(db, TG_SCOPE_TEAM, id, "", &p, e), 0);
	assert_int_equal(
	    tg_promise_set(db, TG_SCOPE_TEAM_MODEL, id, "m", &p, e), 0);
	assert_int_equal(tg_subject_remove(db, id, e), 0);
	assert_int_equal(tg_subject_remove(db, id, e), 0);
	assert_int_equal(tg_subject_remove(db, 4711, e), 0);
	assert_int_equal(tg_subject_find(
	    db, h->arena, TG_SUBJECT_TEAM, "t", &old, e), 0);
	assert_int_equal(tg_subject_by_id(db, h->arena, id, &old, e), 1);
	assert_true(old.removed_at > 0);
	refused(db, old, TG_E_NOT_FOUND, "team_id");
	assert_true(save(db, s) != id);
	return 0;
}

static void
test_removal(void **state)
{
	struct help *h = *state;

	run(h, removal);
	assert_int_equal(sql(h, "SELECT count(*) FROM caps"), 0);
	assert_int_equal(sql(h, "SELECT count(*) FROM accounts "
	    "WHERE scope = 5"), 2);
	assert_int_equal(sql(h, "SELECT count(*) FROM accounts "
	    "WHERE scope = 6"), 1);
}

/* A transaction may run twice: the second makes what the first has made. */
static int
twice(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct tg_subject *s = arg;

	return tg_subject_save(db, s, e);
}

static void
test_twice(void **state)
{
	struct help *h = *state;
	struct tg_subject s = { .kind = TG_SUBJECT_TAG, .name = "a" };
	struct tg_subject b = { .kind = TG_SUBJECT_TAG, .name = "b" };

	assert_int_equal(
	    tg_write(h->store, TG_DB_MAIN, twice, &s, &h->e), 0);
	sql(h, "DELETE FROM subjects");
	assert_int_equal(
	    tg_write(h->store, TG_DB_MAIN, twice, &b, &h->e), 0);
	assert_int_equal(
	    tg_write(h->store, TG_DB_MAIN, twice, &s, &h->e), 0);
	assert_int_equal(sql(h, "SELECT count(*) FROM subjects"), 2);
	assert_int_not_equal(s.id, b.id);
}

static int
sight(struct tg_db *db, void *arg, struct tg_err *e)
{
	int64_t id, again;

	(void)arg;
	assert_int_equal(tg_subject_sight(
	    db, TG_SUBJECT_CUSTOMER, "c", false, &id, e), 0);
	assert_int_equal(id, 0);
	assert_int_equal(tg_subject_sight(
	    db, TG_SUBJECT_CUSTOMER, "c", true, &id, e), 0);
	assert_true(id > 0);
	assert_int_equal(tg_subject_sight(
	    db, TG_SUBJECT_CUSTOMER, "c", false, &again, e), 0);
	assert_int_equal(again, id);
	assert_int_equal(tg_subject_sight(
	    db, TG_SUBJECT_TAG, "c", true, &again, e), 0);
	assert_int_not_equal(again, id);
	return 0;
}

static void
test_sight(void **state)
{
	struct help *h = *state;
	int64_t before =
	    sql(h, "SELECT value FROM meta WHERE name = 'rules'");

	run(h, sight);
	assert_int_equal(
	    sql(h, "SELECT value FROM meta WHERE name = 'rules'"), before);
	assert_int_equal(sql(h, "SELECT count(*) FROM accounts "
	    "WHERE scope IN (10, 11)"), 2);
}

/* --- listing --- */

static const struct page {
	struct tg_subject_filter f;
	int64_t total;
	const char *names;
} pages[] = {
	{ { .kind = TG_SUBJECT_TEAM }, 6, "a b c d e f" },
	{ { .kind = TG_SUBJECT_TEAM, .order = TG_SUBJECTS_NEWEST }, 6,
	    "c d a f b e" },
	{ { .kind = TG_SUBJECT_TEAM, .order = TG_SUBJECTS_OLDEST }, 6,
	    "e b f a d c" },
	{ { .kind = TG_SUBJECT_TEAM, .order = TG_SUBJECTS_BY_NAME_DOWN, .limit = 2 }, 6, "f e" },
	{ { .kind = TG_SUBJECT_TEAM, .order = TG_SUBJECTS_DEAREST }, 6,
	    "a b c d e f" },
	{ { .kind = TG_SUBJECT_TEAM, .order = TG_SUBJECTS_CHEAPEST }, 6,
	    "a b c d e f" },
	{ { .kind = TG_SUBJECT_TEAM, .limit = 2, .after = 2 }, 6, "c d" },
	{ { .kind = TG_SUBJECT_TEAM, .limit = 2, .after = 5 }, 6, "f" },
	{ { .kind = TG_SUBJECT_TEAM, .limit = 2, .after = 6 }, 6, "" },
	{ { .kind = TG_SUBJECT_TEAM, .like = "TEAM B" }, 1, "b" },
	{ { .kind = TG_SUBJECT_TEAM, .like = "_" }, 0, "" },
	{ { .kind = TG_SUBJECT_TEAM, .parent = 77 }, 3, "d e f" },
	{ { .kind = TG_SUBJECT_TEAM, .removed = true }, 1, "gone" },
	{ { .kind = TG_SUBJECT_PERSON }, 2, "p q" },
	{ { .kind = TG_SUBJECT_PERSON, .like = "@example" }, 1, "q" },
	{ { .kind = TG_SUBJECT_PERSON, .role = "proxy_admin" }, 1, "p" },
	{ { .kind = TG_SUBJECT_PROJECT }, 0, "" },
};

static void
show(struct tg_db *db, struct help *h, const struct page *p)
{
	struct tg_subject *rows;
	char got[128] = "";
	int64_t total;
	size_t n, used = 0;

	assert_int_equal(tg_subject_list(
	    db, h->arena, &p->f, &rows, &n, &total, &h->e), 0);
	for (size_t k = 0; k < n; k++)
		used += (size_t)snprintf(got + used, sizeof(got) - used,
		    "%s%s", k > 0 ? " " : "", rows[k].name);
	if (total != p->total || strcmp(got, p->names) != 0)
		fail_msg("wanted %s, got %s of %lld", p->names, got,
		    (long long)total);
}

static int
listing(struct tg_db *db, void *arg, struct tg_err *e)
{
	static const char *const names[] = { "e", "b", "f", "a", "d", "c" };
	struct tg_subject s = { .kind = TG_SUBJECT_TEAM };
	struct tg_member m = { .role = "user" };
	struct page mine = { .total = 2, .names = "a f" };
	struct help *h = arg;
	char alias[16];

	for (size_t i = 0; i < COUNT(names); i++) {
		s.name = names[i];
		snprintf(alias, sizeof(alias), "Team %c", 'A' + names[i][0] -
		    'a');
		s.alias = alias;
		s.parent = names[i][0] > 'c' ? 77 : 0;
		save(db, s);
	}
	s.name = "gone";
	assert_int_equal(tg_subject_remove(db, save(db, s), e), 0);
	s = (struct tg_subject){ .kind = TG_SUBJECT_PERSON, .name = "p",
		.role = "proxy_admin" };
	m.person = save(db, s);
	s = (struct tg_subject){ .kind = TG_SUBJECT_PERSON, .name = "q",
		.role = "internal_user", .email = "q@example.org" };
	save(db, s);
	for (size_t i = 0; i < COUNT(pages); i++)
		show(db, h, &pages[i]);
	for (const char *c = "af"; *c != '\0'; c++) {
		assert_int_equal(tg_subject_find(db, h->arena, TG_SUBJECT_TEAM,
		    (char[]){ *c, '\0' }, &s, e), 1);
		m.team = s.id;
		assert_int_equal(tg_member_save(db, &m, e), 0);
	}
	mine.f = (struct tg_subject_filter){ .kind = TG_SUBJECT_TEAM,
		.member = m.person };
	show(db, h, &mine);
	return 0;
}

static void
test_listing(void **state)
{
	run(*state, listing);
}

/* --- members --- */

static int64_t team_id, person_p, person_q;

static int
make_members(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct help *h = arg;
	struct tg_member m = { .role = "admin", .budget = "b",
		.settings = "{\"rpm_limit\":1}" };
	struct tg_member got, *rows;
	int64_t first;
	size_t n;

	team_id = m.team = save(db,
	    (struct tg_subject){ .kind = TG_SUBJECT_TEAM, .name = "t" });
	person_p = m.person = save(db,
	    (struct tg_subject){ .kind = TG_SUBJECT_PERSON, .name = "p" });
	person_q = save(db,
	    (struct tg_subject){ .kind = TG_SUBJECT_PERSON, .name = "q" });
	assert_int_equal(tg_member_save(db, &m, e), 0);
	first = m.id;
	assert_int_equal(
	    tg_member_find(db, h->arena, team_id, person_p, &got, e), 1);
	assert_int_equal(got.id, first);
	assert_string_equal(got.role, "admin");
	assert_string_equal(got.budget, "b");
	assert_string_equal(got.settings, "{\"rpm_limit\":1}");
	m.role = "user";
	m.budget = NULL;
	assert_int_equal(tg_member_save(db, &m, e), 0);
	assert_int_equal(m.id, first);
	assert_int_equal(tg_member_by_id(db, h->arena, first, &got, e), 1);
	assert_string_equal(got.role, "user");
	assert_null(got.budget);
	m.person = person_q;
	assert_int_equal(tg_member_save(db, &m, e), 0);
	assert_int_not_equal(m.id, first);
	assert_int_equal(
	    tg_member_list(db, h->arena, team_id, 0, &rows, &n, e), 0);
	assert_int_equal(n, 2);
	return 0;
}

static int
leave(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct help *h = arg;
	struct tg_member m, *rows;
	int64_t first;
	size_t n;

	assert_int_equal(
	    tg_member_list(db, h->arena, 0, person_q, &rows, &n, e), 0);
	assert_int_equal(n, 1);
	assert_int_equal(rows[0].team, team_id);
	/* Who comes back begins anew. */
	m = rows[0];
	first = m.id;
	assert_int_equal(tg_member_remove(db, team_id, person_q, e), 0);
	assert_int_equal(tg_member_remove(db, team_id, person_q, e), 0);
	assert_int_equal(tg_member_save(db, &m, e), 0);
	assert_int_not_equal(m.id, first);
	/* A person who goes leaves, and a team lets all go. */
	assert_int_equal(tg_subject_remove(db, person_p, e), 0);
	assert_int_equal(
	    tg_member_list(db, h->arena, team_id, 0, &rows, &n, e), 0);
	assert_int_equal(n, 1);
	assert_int_equal(tg_subject_remove(db, team_id, e), 0);
	assert_int_equal(
	    tg_member_list(db, h->arena, 0, person_q, &rows, &n, e), 0);
	assert_int_equal(n, 0);
	return 0;
}

static void
test_members(void **state)
{
	struct help *h = *state;

	run(h, make_members);
	run(h, leave);
	assert_int_equal(sql(h, "SELECT count(*) FROM accounts "
	    "WHERE scope = 7"), 3);
}

static void
test_names(void **state)
{
	(void)state;
	assert_string_equal(tg_subject_kind_name(TG_SUBJECT_PERSON), "person");
	assert_string_equal(tg_subject_kind_name(TG_SUBJECT_TAG), "tag");
	assert_int_equal(
	    tg_subject_scope(TG_SUBJECT_PROJECT), TG_SCOPE_PROJECT);
	for (int k = TG_SUBJECT_PERSON; k < TG_SUBJECT__MAX; k++)
		assert_string_equal(tg_subject_kind_name(k),
		    tg_scope_name(tg_subject_scope(k)));
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, help_new, help_free)
	const struct CMUnitTest tests[] = { T(test_round_trip),
		T(test_conflicts), T(test_removal), T(test_twice),
		T(test_sight), T(test_listing), T(test_members),
		cmocka_unit_test(test_names) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
