#include "config.h"

/* web/page/remote.h: from groups to a role. */
#include "unit.h"

#include "web/page/remote.h"

static const struct tg_signin_conf lists = {
	.owners = "root",
	.admins = "cn=ops,ou=groups,dc=example; cn=lead,dc=example",
	.viewers = " staff , audit ",
	.members = "all",
};

static void
roles(void **state)
{
	static const struct {
		const char *groups, *role;
	} rows[] = {
		{ "root", "owner" },
		{ "all,staff,root", "owner" },
		{ "cn=ops,ou=groups,dc=example;x", "admin" },
		{ "x; cn=lead,dc=example ; staff", "admin" },
		{ "staff", "viewer" },
		{ "audit,staff", "viewer" },
		{ "all", "member" },
		{ "al", NULL },
		{ "alll", NULL },
		{ "ALL", NULL },
		{ "", NULL },
		{ ",,;", NULL },
		{ "cn=ops", NULL },
	};
	bool any;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *role =
		    tg_remote_role(&lists, tg_str(rows[i].groups), &any);

		assert_true(any);
		if (rows[i].role == NULL)
			assert_null(role);
		else
			assert_string_equal(role, rows[i].role);
	}
}

static void
none(void **state)
{
	static const struct tg_signin_conf bare = { .owners = " ",
		.viewers = "" };
	bool any = true;

	(void)state;
	assert_null(tg_remote_role(&bare, TG_STR("root"), &any));
	assert_false(any);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(roles),
		cmocka_unit_test(none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
