#include "config.h"

/* store/sessions.h: who is signed in, and who has to wait. */
#include "unit.h"

#include <stdio.h>

#include "base/clock.h"
#include "store/people.h"
#include "store/sessions.h"
#include "store_help.h"

#define SECOND INT64_C(1000000)
#define NOW (INT64_C(1800000000) * SECOND)

struct attempt {
	const char *name, *addr;
	int64_t now, wait;
};

static int
begin(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct attempt *t = arg;

	return tg_attempt_begin(db, t->name, t->addr, t->now, &t->wait, e);
}

static int
good(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct attempt *t = arg;

	return tg_attempt_good(db, t->name, t->addr, e);
}

static int
undo(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct attempt *t = arg;

	return tg_attempt_undo(db, t->name, t->addr, e);
}

static int64_t
try(struct help *h, const char *name, const char *addr, int64_t now)
{
	struct attempt t = { name, addr, now, -1 };

	assert_int_equal(
	    tg_write(h->store, TG_DB_MAIN, begin, &t, &h->e), 0);
	return t.wait;
}

static void
by_name(void **state)
{
	struct help *h = *state;
	struct attempt ann = { "ann", "10.0.0.1", 0, 0 };
	int64_t now = NOW;
	static const int waits[] = { 2, 4, 8, 16, 32, 64, 128, 256, 512, 900,
		900 };

	for (int i = 0; i < 5; i++)
		assert_int_equal(try(h, "ann", "10.0.0.1", now), 0);
	for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++) {
		char addr[32];

		/* From wherever it comes, the name has to wait. */
		(void)snprintf(addr, sizeof(addr), "10.0.1.%zu", i);
		assert_int_equal(try(h, "ann", addr, now), 0);
		assert_int_equal(
		    try(h, "ann", addr, now), waits[i] * SECOND);
		assert_int_equal(try(h, "bob", addr, now), 0);
		now += waits[i] * SECOND;
	}
	assert_int_equal(
	    tg_write(h->store, TG_DB_MAIN, good, &ann, &h->e), 0);
	for (int i = 0; i < 6; i++)
		assert_int_equal(try(h, "ann", "10.0.2.1", now), 0);
	assert_int_equal(try(h, "ann", "10.0.2.1", now), 2 * SECOND);
	/* An hour of quiet forgets all. */
	now += 3601 * SECOND;
	for (int i = 0; i < 6; i++)
		assert_int_equal(try(h, "ann", "10.0.2.1", now), 0);
}

static void
by_addr(void **state)
{
	struct help *h = *state;
	struct attempt key = { NULL, "10.0.0.2", 0, 0 };
	char name[32];

	for (int i = 0; i < 21; i++) {
		(void)snprintf(name, sizeof(name), "n%d", i);
		assert_int_equal(try(h, name, "10.0.0.1", NOW), 0);
	}
	assert_int_equal(try(h, "other", "10.0.0.1", NOW), 2 * SECOND);
	assert_int_equal(try(h, NULL, "10.0.0.1", NOW), 2 * SECOND);
	/* Many who sign in well from one address are no attack. */
	for (int i = 0; i < 50; i++) {
		assert_int_equal(try(h, NULL, "10.0.0.2", NOW), 0);
		assert_int_equal(
		    tg_write(h->store, TG_DB_MAIN, good, &key, &h->e), 0);
	}
	/* A clock that was set back holds nobody for long. */
	assert_int_equal(
	    try(h, "other", "10.0.0.1", NOW - 7200 * SECOND), 0);
}

/* A right password before a second factor does not forget wrong codes. */
static void
second_factor(void **state)
{
	struct help *h = *state;
	struct attempt ann = { "ann", "10.0.0.1", 0, 0 };

	for (int i = 0; i < 5; i++) {
		assert_int_equal(try(h, "ann", "10.0.0.1", NOW), 0);
		assert_int_equal(
		    tg_write(h->store, TG_DB_MAIN, undo, &ann, &h->e), 0);
		assert_int_equal(try(h, "ann", "10.0.0.1", NOW), 0);
	}
	assert_int_equal(try(h, "ann", "10.0.0.1", NOW), 0);
	assert_int_equal(try(h, "ann", "10.0.0.1", NOW), 2 * SECOND);
}

/* --- sessions --- */

static int
add(struct tg_db *db, void *arg, struct tg_err *e)
{
	return tg_session_add(db, arg, e);
}

static int
count(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct help *h = arg;
	struct tg_session *rows;
	size_t n;

	assert_int_equal(
	    tg_session_list(db, h->arena, 1, &rows, &n, e), 0);
	return (int)n;
}

static int
look(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct tg_session s;

	(void)arg;
	assert_int_equal(tg_session_find(db, ((struct help *)arg)->arena,
			     "t1", tg_wall_us(), &s, e),
	    1);
	assert_string_equal(s.addr, "10.0.0.1");
	assert_string_equal(s.settings, "{}");
	assert_int_equal(s.person, 1);
	return tg_session_find(db, ((struct help *)arg)->arena, "t1",
	    s.expires_at, &s, e);
}

static int
drop_others(struct tg_db *db, void *arg, struct tg_err *e)
{
	(void)arg;
	return tg_session_drop_person(db, 1, "t1", e);
}

static int
drop_person(struct tg_db *db, void *arg, struct tg_err *e)
{
	return tg_person_drop(db, arg, e);
}

static void
sessions(void **state)
{
	struct help *h = *state;
	int64_t now = tg_wall_us();
	struct tg_session s = { .token = "t1", .person = 1,
		.addr = "10.0.0.1", .agent = "test", .created_at = now,
		.seen_at = now, .expires_at = now + 60 * SECOND };

	assert_int_equal(
	    tg_person_add(h->store, "mia", "member", "x", &h->e), 0);
	assert_int_equal(tg_write(h->store, TG_DB_MAIN, add, &s, &h->e), 0);
	assert_int_equal(tg_read(h->store, TG_DB_MAIN, look, h, &h->e), 0);
	s.token = "t2";
	assert_int_equal(tg_write(h->store, TG_DB_MAIN, add, &s, &h->e), 0);
	s.token = "t3";
	s.person = 2;
	assert_int_equal(tg_write(h->store, TG_DB_MAIN, add, &s, &h->e), 0);
	assert_int_equal(tg_read(h->store, TG_DB_MAIN, count, h, &h->e), 2);
	assert_int_equal(
	    tg_write(h->store, TG_DB_MAIN, drop_others, NULL, &h->e), 0);
	assert_int_equal(tg_read(h->store, TG_DB_MAIN, count, h, &h->e), 1);
	/* Who is removed is out at once; those of others stay. */
	assert_int_equal(tg_write(h->store, TG_DB_MAIN, drop_person,
			     (void *)"mia", &h->e),
	    0);
	assert_int_equal(tg_read(h->store, TG_DB_MAIN, count, h, &h->e), 0);
	assert_int_equal(help_sql(h->dir, "tollgate.db",
			     "SELECT count(*) FROM sessions"),
	    1);
	/* What is over goes with the next one that begins. */
	help_sql(h->dir, "tollgate.db", "UPDATE sessions SET expires_at = 5");
	s.token = "t4";
	assert_int_equal(tg_write(h->store, TG_DB_MAIN, add, &s, &h->e), 0);
	assert_int_equal(help_sql(h->dir, "tollgate.db",
			     "SELECT count(*) FROM sessions"),
	    1);
}

/* --- people --- */

static int
change(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct help *h = arg;
	struct tg_person p;
	int64_t id;

	assert_int_equal(tg_person_look(db, h->arena, "ada", &p, e), 1);
	assert_int_equal(tg_person_initial(db, h->arena, &p, e), 0);
	assert_int_equal(tg_person_set_initial(db, p.id, true, e), 0);
	assert_int_equal(tg_person_initial(db, h->arena, &p, e), 1);
	assert_true(tg_person_is_initial(&p));
	assert_int_equal(tg_person_set_initial(db, p.id, false, e), 0);
	assert_int_equal(tg_person_initial(db, h->arena, &p, e), 0);
	assert_int_equal(
	    tg_person_rename(db, h->arena, p.id, "lady", e), 0);
	assert_int_equal(tg_person_look(db, h->arena, "ada", &p, e), 0);
	assert_int_equal(tg_person_look(db, h->arena, "lady", &p, e), 1);
	assert_int_equal(
	    tg_person_rename(db, h->arena, p.id, "vic", e), -1);
	assert_int_equal(e->code, TG_E_CONFLICT);
	tg_err_reset(e);
	/* A code is good once, and so are those before it. */
	assert_int_equal(
	    tg_person_set_totp(db, p.id, TG_STR("sealed"), e), 0);
	assert_int_equal(tg_person_use_step(db, p.id, 100, e), 1);
	assert_int_equal(tg_person_use_step(db, p.id, 100, e), 0);
	assert_int_equal(tg_person_use_step(db, p.id, 99, e), 0);
	assert_int_equal(tg_person_use_step(db, p.id, 101, e), 1);
	assert_int_equal(tg_person_look(db, h->arena, "lady", &p, e), 1);
	assert_int_equal(p.totp_bytes, 6);
	assert_int_equal(
	    tg_person_set_totp(db, p.id, TG_STR_NONE, e), 0);
	assert_int_equal(tg_person_look(db, h->arena, "lady", &p, e), 1);
	assert_null(p.totp);
	assert_int_equal(
	    tg_person_set_role(db, h->arena, p.id, "viewer", e), -1);
	assert_int_equal(e->code, TG_E_INVALID);
	tg_err_reset(e);
	id = p.id;
	assert_int_equal(tg_person_look(db, h->arena, "vic", &p, e), 1);
	assert_int_equal(
	    tg_person_set_role(db, h->arena, p.id, "owner", e), 0);
	return tg_person_set_role(db, h->arena, id, "viewer", e);
}

static void
people(void **state)
{
	struct help *h = *state;

	assert_int_equal(
	    tg_person_add(h->store, "ada", "owner", "x", &h->e), 0);
	assert_int_equal(
	    tg_person_add(h->store, "vic", "viewer", "x", &h->e), 0);
	assert_int_equal(
	    tg_write(h->store, TG_DB_MAIN, change, h, &h->e), 0);
	assert_int_equal(help_sql(h->dir, "tollgate.db",
			     "SELECT count(*) FROM subjects WHERE name = "
			     "'lady' AND role = 'proxy_admin_viewer'"),
	    1);
	assert_int_equal(help_sql(h->dir, "tollgate.db",
			     "SELECT count(*) FROM subjects WHERE name = "
			     "'vic' AND role = 'proxy_admin'"),
	    1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(by_name, help_new, help_free),
		cmocka_unit_test_setup_teardown(by_addr, help_new, help_free),
		cmocka_unit_test_setup_teardown(
		    second_factor, help_new, help_free),
		cmocka_unit_test_setup_teardown(
		    sessions, help_new, help_free),
		cmocka_unit_test_setup_teardown(people, help_new, help_free),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
