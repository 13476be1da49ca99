/* People, and sessions as sign-in makes them. */
#include "config.h"

#include "people.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/hash.h"
#include "store/keys.h"
#include "store/people.h"
#include "store/sessions.h"

#define DAY_US INT64_C(86400000000)

static const struct {
	const char *var, *name, *role;
} people[] = {
	{ "OWNER", "ada", "owner" },
	{ "VIEWER", "eve", "viewer" },
	{ "ADMIN", "bea", "admin" },
	{ "MEMBER", "mia", "member" },
	{ "SPARE", "spare", "member" },
};

static void
die(const char *what, const struct tg_err *e)
{
	(void)fprintf(stderr, "test_wire: %s: %s\n", what, e->msg);
	abort();
}

static int
add(struct tg_db *db, void *arg, struct tg_err *e)
{
	return tg_session_add(db, arg, e);
}

/* The cookie's secret is 43 characters, told by the name. */
static void
session(struct wire_vars *vars, struct tg_store *s, struct tg_arena *a,
    const char *var, struct tg_session row)
{
	const char *secret = tg_arena_printf(a,
	    "%s.........................................", var);
	const char *name = row.agent;
	char token[TG_SHA256_HEX], csrf[TG_SHA256_HEX];
	struct tg_err e = { 0 };

	secret = tg_arena_cstr(a, (struct tg_str){ secret, 43 });
	tg_sha256_hex(tg_str(secret), token);
	tg_hmac_hex(tg_str(secret),
	    tg_str(tg_arena_printf(a, "form\n%s", name)), csrf);
	row.token = token;
	row.agent = "wire";
	row.created_at = row.seen_at = tg_wall_us();
	row.expires_at = row.created_at + DAY_US;
	if (tg_write(s, TG_DB_MAIN, add, &row, &e) != 0)
		die("session", &e);
	wire_set(vars, tg_arena_printf(a, "%s_COOKIE", var),
	    tg_arena_printf(a, "tollgate_session=%s", secret));
	wire_set(vars, tg_arena_printf(a, "%s_CSRF", var),
	    tg_arena_cstr(a, tg_str(csrf)));
}

void
wire_people(
    struct wire_vars *vars, struct tg_store *s, struct tg_arena *a)
{
	char hash[TG_PASSWORD_HASH_BYTES], csrf[TG_SHA256_HEX];
	char token[TG_SHA256_HEX];
	struct tg_session row = { .addr = "192.0.2.7" };
	struct tg_err e = { 0 };
	struct tg_person p;
	struct tg_key k;

	if (tg_password_hash(TG_STR("open sesame"), hash) != 0)
		die("password", &e);
	for (size_t i = 0; i < sizeof(people) / sizeof(people[0]); i++) {
		if (tg_person_add(s, people[i].name, people[i].role, hash,
			&e) != 0 ||
		    tg_person_find(s, a, people[i].name, &p, &e) != 1)
			die("person", &e);
		row.person = p.id;
		row.agent = people[i].name;
		session(vars, s, a, people[i].var, row);
	}
	tg_hmac_hex(TG_STR("nobody....................................."),
	    TG_STR("form\n"), csrf);
	wire_set(vars, "FORM_COOKIE",
	    "tollgate_form=nobody.....................................");
	wire_set(vars, "FORM_CSRF", tg_arena_cstr(a, tg_str(csrf)));
	if (tg_key_find_alias(s, a, "normal", &k, &e) != 1)
		die("key", &e);
	row.person = 0;
	row.key_id = k.id;
	row.agent = "normal";
	session(vars, s, a, "HOLDER", row);
	/* For what ends a session of a key. */
	tg_sha256_hex(TG_STR("sk-wire-nolog-00000000007"), token);
	if (tg_key_find(s, a, token, &k, &e) != 1)
		die("key", &e);
	row.key_id = k.id;
	row.agent = k.name;
	session(vars, s, a, "TURNER", row);
}
