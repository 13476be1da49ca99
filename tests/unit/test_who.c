#include "config.h"

/* store/who.h: a key with all it belongs to, kept while the rules stand */
#include "unit.h"

#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "store/who.h"
#include "store_help.h"

static struct {
	int64_t person, team, project, organization, member;
} ids;

static void
run(struct help *h, tg_txn_fn *fn)
{
	tg_err_reset(&h->e);
	if (tg_write(h->store, TG_DB_MAIN, fn, h, &h->e) == -1)
		fail_msg("%s", h->e.msg);
}

static const struct tg_who *
find(struct help *h, const char *text)
{
	const struct tg_who *who;
	char token[TG_SHA256_HEX];

	tg_sha256_hex(tg_str(text), token);
	assert_int_equal(tg_who_find(h->store, token, &who, &h->e), 1);
	return who;
}

static void
unknown(struct help *h, const char *text)
{
	const struct tg_who *who;
	char token[TG_SHA256_HEX];

	tg_sha256_hex(tg_str(text), token);
	assert_int_equal(tg_who_find(h->store, token, &who, &h->e), 0);
	assert_null(who);
}

static int
people(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct tg_subject o = { .kind = TG_SUBJECT_ORGANIZATION,
		.name = "org" };
	struct tg_subject t = { .kind = TG_SUBJECT_TEAM, .name = "team",
		.models = "[\"a\"]", .blocked = true };
	struct tg_subject r = { .kind = TG_SUBJECT_PROJECT,
		.name = "project" };
	struct tg_subject p = { .kind = TG_SUBJECT_PERSON, .name = "person",
		.role = "internal_user", .email = "p@x" };
	struct tg_member m = { .role = "admin", .settings = "{\"a\":1}" };

	(void)arg;
	assert_int_equal(tg_subject_save(db, &o, e), 0);
	t.parent = ids.organization = o.id;
	assert_int_equal(tg_subject_save(db, &t, e), 0);
	r.parent = m.team = ids.team = t.id;
	assert_int_equal(tg_subject_save(db, &r, e), 0);
	ids.project = r.id;
	assert_int_equal(tg_subject_save(db, &p, e), 0);
	m.person = ids.person = p.id;
	assert_int_equal(tg_member_save(db, &m, e), 0);
	ids.member = m.id;
	return 0;
}

static int
keys(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct tg_key bare = { .alias = "bare" };
	struct tg_key full = { .alias = "full", .name = "sk-...full",
		.models = "[\"m\"]", .settings = "{\"x\":1}",
		.person = ids.person, .project = ids.project };

	(void)arg;
	tg_sha256_hex(TG_STR("sk-bare"), bare.token);
	tg_sha256_hex(TG_STR("sk-full"), full.token);
	assert_int_equal(tg_key_insert(db, &bare, e), 0);
	assert_int_equal(tg_key_insert(db, &full, e), 0);
	return 0;
}

static void
test_whole(void **state)
{
	struct help *h = *state;
	const struct tg_who *who, *again;

	run(h, people);
	run(h, keys);
	unknown(h, "sk-none");
	who = find(h, "sk-bare");
	assert_string_equal(who->key.alias, "bare");
	assert_null(who->person);
	assert_null(who->team);
	assert_null(who->project);
	assert_null(who->organization);
	assert_null(who->member);
	assert_false(who->rotated_out);
	assert_int_equal(who->version, help_sql(h->dir, "tollgate.db",
	    "SELECT value FROM meta WHERE name = 'rules'"));
	tg_who_release(who);
	/* The project has a team, and that an organization. */
	who = find(h, "sk-full");
	assert_string_equal(who->key.name, "sk-...full");
	assert_string_equal(who->key.models, "[\"m\"]");
	assert_string_equal(who->key.settings, "{\"x\":1}");
	assert_null(who->key.budget);
	assert_string_equal(who->person->name, "person");
	assert_string_equal(who->person->email, "p@x");
	assert_string_equal(who->project->name, "project");
	assert_int_equal(who->team->id, ids.team);
	assert_string_equal(who->team->models, "[\"a\"]");
	assert_true(who->team->blocked);
	assert_string_equal(who->organization->name, "org");
	assert_int_equal(who->member->id, ids.member);
	assert_string_equal(who->member->settings, "{\"a\":1}");
	again = find(h, "sk-full");
	assert_ptr_equal(again, who);
	tg_who_release(again);
	tg_who_release(who);
	tg_who_release(NULL);
}

static int
remove_team(struct tg_db *db, void *arg, struct tg_err *e)
{
	(void)arg;
	return tg_subject_remove(db, ids.team, e);
}

/* A change is seen by the next look; who holds the old answer keeps it. */
static void
test_change(void **state)
{
	struct help *h = *state;
	struct tg_store *other = help_open(h->dir, true);
	const struct tg_who *before, *after;
	char token[TG_SHA256_HEX];

	run(h, people);
	run(h, keys);
	tg_sha256_hex(TG_STR("sk-full"), token);
	assert_int_equal(tg_who_find(other, token, &before, &h->e), 1);
	assert_int_equal(before->team->removed_at, 0);
	run(h, remove_team);
	assert_int_equal(tg_who_find(other, token, &after, &h->e), 1);
	assert_ptr_not_equal(after, before);
	assert_true(after->version > before->version);
	assert_true(after->team->removed_at > 0);
	assert_null(after->member);
	assert_int_equal(before->team->removed_at, 0);
	assert_string_equal(before->member->role, "admin");
	tg_who_release(after);
	assert_int_equal(tg_key_revoke(h->store, token, &h->e), 1);
	assert_int_equal(tg_who_find(other, token, &after, &h->e), 1);
	assert_true(after->key.revoked_at > 0);
	tg_store_close(other);
	/* Both outlive the store. */
	assert_string_equal(before->key.alias, "full");
	tg_who_release(before);
	tg_who_release(after);
}

struct rotation {
	const char *from, *to;
	int64_t until;
};

static int
rotate(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct rotation *r = arg;
	struct tg_arena *a = tg_arena_new(65536);
	char token[TG_SHA256_HEX];
	struct tg_key k;
	int rc;

	tg_sha256_hex(tg_str(r->from), token);
	rc = tg_key_get(db, a, token, &k, e);
	assert_int_equal(rc, 1);
	tg_sha256_hex(tg_str(r->to), token);
	rc = tg_key_rotate(db, &k, token, "sk-...new", r->until, e);
	tg_arena_free(a);
	return rc;
}

static void
test_rotation(void **state)
{
	struct help *h = *state;
	const struct tg_who *who, *old;
	struct rotation r = { "sk-bare", "sk-new",
		tg_wall_us() + 3600000000 };

	run(h, people);
	run(h, keys);
	assert_int_equal(
	    tg_write(h->store, TG_DB_MAIN, rotate, &r, &h->e), 0);
	who = find(h, "sk-new");
	assert_false(who->rotated_out);
	old = find(h, "sk-bare");
	assert_true(old->rotated_out);
	assert_int_equal(old->key.id, who->key.id);
	assert_string_equal(old->key.token, who->key.token);
	tg_who_release(who);
	tg_who_release(old);
	/* Grace that ends while the answer is kept. */
	r = (struct rotation){ "sk-new", "sk-newer", tg_wall_us() + 200000 };
	assert_int_equal(
	    tg_write(h->store, TG_DB_MAIN, rotate, &r, &h->e), 0);
	tg_who_release(find(h, "sk-new"));
	usleep(250000);
	unknown(h, "sk-new");
	tg_who_release(find(h, "sk-bare"));
	r = (struct rotation){ "sk-newer", "sk-newest", 0 };
	assert_int_equal(
	    tg_write(h->store, TG_DB_MAIN, rotate, &r, &h->e), 0);
	unknown(h, "sk-newer");
	tg_who_release(find(h, "sk-newest"));
}

/* --- many keys, many threads, and changes --- */

#define THREADS 4
#define LOOKS 3000
#define MANY 5000

static int
many(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct tg_key k = { .models = "[]" };
	char text[32];

	(void)arg;
	for (int i = 0; i < MANY; i++) {
		snprintf(text, sizeof(text), "sk-%d", i);
		tg_sha256_hex(tg_str(text), k.token);
		k.name = text;
		k.created_at = k.updated_at = 0;
		if (tg_key_insert(db, &k, e) == -1)
			return -1;
	}
	return 0;
}

static int
bump(struct tg_db *db, void *arg, struct tg_err *e)
{
	(void)arg;
	return tg_rules_bump(db, e);
}

static void *
looker(void *arg)
{
	struct help *h = arg;
	const struct tg_who *held[8] = { NULL }, *who;
	uint64_t seed = (uint64_t)pthread_self();
	char text[32], token[TG_SHA256_HEX];
	struct tg_err e;

	for (int i = 0; i < LOOKS; i++) {
		tg_err_reset(&e);
		snprintf(text, sizeof(text), "sk-%d",
		    (int)(help_random(&seed) % MANY));
		tg_sha256_hex(tg_str(text), token);
		if (tg_who_find(h->store, token, &who, &e) != 1 ||
		    strcmp(who->key.name, text) != 0)
			return (void *)1;
		tg_who_release(held[i % 8]);
		held[i % 8] = who;
		if (i % 100 == 0 &&
		    tg_write(h->store, TG_DB_MAIN, bump, NULL, &e) == -1)
			return (void *)1;
	}
	for (int i = 0; i < 8; i++)
		tg_who_release(held[i]);
	return NULL;
}

static void
test_threads(void **state)
{
	struct help *h = *state;
	pthread_t threads[THREADS];
	void *bad;

	run(h, many);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(
		    pthread_create(&threads[i], NULL, looker, h), 0);
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], &bad);
		assert_null(bad);
	}
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, help_new, help_free)
	const struct CMUnitTest tests[] = { T(test_whole), T(test_change),
		T(test_rotation), T(test_threads) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
