#include "config.h"

/* LiteLLM's tables as views: sql/migrate/main/0003.sql. */
#include "unit.h"

#include <stdio.h>

#include <sqlite3.h>

#include "store_help.h"

static const char *const views[] = { "LiteLLM_SpendLogs",
	"LiteLLM_VerificationToken", "LiteLLM_DeletedVerificationToken",
	"LiteLLM_UserTable", "LiteLLM_TeamTable", "LiteLLM_TeamMembership",
	"LiteLLM_OrganizationTable", "LiteLLM_ProjectTable",
	"LiteLLM_BudgetTable", "LiteLLM_EndUserTable", "LiteLLM_TagTable",
	"LiteLLM_ProxyModelTable", "LiteLLM_AuditLog",
	"LiteLLM_DailyUserSpend", "LiteLLM_DailyTeamSpend",
	"LiteLLM_DailyTagSpend", "LiteLLM_DailyEndUserSpend",
	"LiteLLM_Config", "LiteLLM_CredentialsTable",
	"LiteLLM_OrganizationMembership", "LiteLLM_DailyOrganizationSpend" };

/* One of everything, and two calls of a key in a team: 1.5 and 0.25 USD. */
static const char filled[] =
    "INSERT INTO subjects (id, kind, name, alias, email, role, parent,"
    " settings, created_at, updated_at) VALUES"
    " (11, 1, 'ann', 'Ann', 'ann@x.org', 'internal_user', 0,"
    "  '{\"max_budget\":5}', 1700000000000000, 1700000000000000),"
    " (12, 2, 'red', 'The Reds', NULL, NULL, 14,"
    "  '{\"max_budget\":100,\"budget_duration\":\"30d\","
    "\"metadata\":{\"a\":1}}', 1, 1),"
    " (13, 3, 'cust', NULL, NULL, NULL, 0, '{}', 1, 1),"
    " (14, 4, 'org', NULL, NULL, NULL, 0, '{}', 1, 1),"
    " (15, 5, 'proj', NULL, NULL, NULL, 12, '{}', 1, 1),"
    " (16, 6, 'tag-a', NULL, NULL, NULL, 0, '{}', 1, 1);"
    "INSERT INTO members (id, team, person, role, created_at, updated_at)"
    " VALUES (3, 12, 11, 'admin', 1, 1), (4, 14, 11, 'org_admin', 1, 1);"
    "INSERT INTO keys (id, token, name, alias, models, metadata, role, log,"
    " blocked, created_at, updated_at, expires_at, revoked_at, person, team,"
    " settings) VALUES"
    " (21, 'hash-1', 'sk-...aaaa', 'one', '[]', '{}', 0, 0, 0, 1, 1, 0, 0,"
    "  11, 12, '{\"max_budget\":2.5,\"tpm_limit\":9}'),"
    " (22, 'hash-2', 'sk-...bbbb', 'two', '[]', '{}', 0, 0, 0, 1, 1, 0, 5,"
    "  0, 0, '{}');"
    "INSERT INTO accounts (scope, subject, name, spent_nano) VALUES"
    " (2, 21, '', 1750000000), (3, 21, 'gpt-x', 1500000000),"
    " (4, 11, '', 1750000000), (5, 12, '', 1750000000),"
    " (7, 3, '', 1750000000), (9, 14, '', 1750000000),"
    " (8, 15, '', 0), (10, 13, '', 250000000), (11, 16, '', 1500000000);"
    "INSERT INTO calls (call, attempt, state, worker, key_id, user, addr,"
    " route, model, deployment, provider, upstream_model, stream, start_at,"
    " request_bytes, status, upstream_id, input_tokens, cache_read_tokens,"
    " output_tokens, cost_nano, end_us, person, team, organization, tags)"
    " VALUES ('c1', 1, 1, 'w', 21, NULL, '::1', 'chat', 'gpt-x', 'd1', 'up',"
    "  'real', 0, 1700000000123000, 1, 200, 'chatcmpl-1', 10, 4, 6,"
    "  1500000000, 2500000, 11, 12, 14, '[\"tag-a\"]'),"
    " ('c2', 1, 2, 'w', 21, 'cust', '::1', 'embeddings', 'emb', 'd2', 'up',"
    "  'emb', 0, 1700000001000000, 1, 500, NULL, 8, 0, 0, 250000000, 1000,"
    "  11, 12, 14, NULL),"
    " ('c3', 1, 0, 'w', 21, NULL, '::1', 'chat', 'gpt-x', NULL, NULL, NULL,"
    "  0, 1700000002000000, 1, 0, NULL, NULL, NULL, NULL, NULL, NULL, 11,"
    "  12, 14, NULL);"
    "INSERT INTO rollups VALUES"
    " (1699999200000000, 0, 21, 11, 12, 3, 0, 14, 'gpt-x', 'd1', 'up',"
    "  'chat', 1, 1, 0, 10, 4, 0, 0, 0, 0, 6, 0, 0, 1500000000, 0, 0, 0, 0),"
    " (1699999200000000, 0, 21, 11, 12, 3, 0, 14, 'emb', 'd2', 'up',"
    "  'embeddings', 2, 1, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 250000000, 0, 0, 0,"
    "  0),"
    " (1699999200000000, 16, 21, 11, 12, 3, 0, 14, 'gpt-x', 'd1', 'up',"
    "  'chat', 1, 1, 0, 10, 4, 0, 0, 0, 0, 6, 0, 0, 1500000000, 0, 0, 0, 0),"
    " (1699999200000000, 13, 21, 11, 12, 3, 0, 14, 'emb', 'd2', 'up',"
    "  'embeddings', 2, 1, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 250000000, 0, 0, 0,"
    "  0);"
    "INSERT INTO budgets VALUES ('b1', '{\"max_budget\":3}', NULL, NULL, 1,"
    " 1);"
    "INSERT INTO deployments (id, model, provider, upstream_model, settings,"
    " info, sealed, created_at, updated_at) VALUES ('d1', 'gpt-x', 'up',"
    " 'real', '{}', '{}', x'5ec2e7', 1, 1);"
    "INSERT INTO audit (at, who, key_id, action, object, object_id) VALUES"
    " (1, 'master', 21, 'created', 'LiteLLM_TeamTable', 'red');"
    "INSERT INTO config VALUES ('max_budget', '5', NULL, 1);"
    "INSERT INTO credentials VALUES ('cred', '{}', '{\"api_key\":\"sk-***\"}',"
    " x'5ec2e7', NULL, NULL, 1, 1);";

/* The first column of the first row, as text. */
static void
expect(sqlite3 *h, const char *sql, const char *wanted)
{
	sqlite3_stmt *st;
	const char *text;

	if (sqlite3_prepare_v2(h, sql, -1, &st, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(h));
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	text = (const char *)sqlite3_column_text(st, 0);
	if (wanted == NULL)
		assert_null(text);
	else if (text == NULL || strcmp(text, wanted) != 0)
		fail_msg("%s: %s, not %s", sql, text, wanted);
	sqlite3_finalize(st);
}

static sqlite3 *
open_filled(struct help *h)
{
	sqlite3 *db;
	char *why = NULL;

	assert_int_equal(
	    sqlite3_open(help_path(h->dir, "tollgate.db"), &db), SQLITE_OK);
	if (sqlite3_exec(db, filled, NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s", why);
	return db;
}

/* Each can be read whole, and has rows; no secret is in any. */
static void
test_each(void **state)
{
	struct help *h = *state;
	sqlite3 *db = open_filled(h);
	sqlite3_stmt *st;
	char sql[128];
	int rc, rows;

	for (size_t i = 0; i < COUNT(views); i++) {
		snprintf(sql, sizeof(sql), "SELECT * FROM \"%s\"", views[i]);
		assert_int_equal(
		    sqlite3_prepare_v2(db, sql, -1, &st, NULL), SQLITE_OK);
		for (rows = 0; (rc = sqlite3_step(st)) == SQLITE_ROW; rows++)
			for (int c = 0; c < sqlite3_column_count(st); c++)
				assert_int_not_equal(
				    sqlite3_column_type(st, c), SQLITE_BLOB);
		if (rc != SQLITE_DONE || rows == 0)
			fail_msg("%s: %d rows, %s", views[i], rows,
			    sqlite3_errmsg(db));
		sqlite3_finalize(st);
	}
	expect(db, "SELECT count(*) FROM sqlite_schema WHERE type = 'view' "
		   "AND name LIKE 'LiteLLM%'",
	    "21");
	sqlite3_close(db);
}

static void
test_spend_logs(void **state)
{
	sqlite3 *db = open_filled(*state);

	expect(db, "SELECT sum(spend) FROM \"LiteLLM_SpendLogs\"", "1.75");
	expect(db, "SELECT count(*) FROM \"LiteLLM_SpendLogs\"", "2");
	expect(db, "SELECT \"startTime\" FROM \"LiteLLM_SpendLogs\" "
		   "WHERE request_id = 'chatcmpl-1'",
	    "2023-11-14T22:13:20.123Z");
	expect(db, "SELECT total_tokens || ' ' || prompt_tokens || ' ' || "
		   "completion_tokens || ' ' || call_type || ' ' || api_key "
		   "|| ' ' || user || ' ' || team_id || ' ' || request_tags "
		   "|| ' ' || typeof(spend) FROM \"LiteLLM_SpendLogs\" "
		   "WHERE model = 'real'",
	    "20 14 6 acompletion hash-1 ann red [\"tag-a\"] real");
	expect(db, "SELECT status || ' ' || end_user FROM "
		   "\"LiteLLM_SpendLogs\" WHERE request_id = 'c2'",
	    "failure cust");
	/* Such as people write. */
	expect(db, "SELECT round(sum(spend), 6) FROM \"LiteLLM_SpendLogs\" "
		   "WHERE \"startTime\" >= '2023-11-14' GROUP BY team_id",
	    "1.75");
	sqlite3_close(db);
}

static void
test_entities(void **state)
{
	sqlite3 *db = open_filled(*state);

	expect(db, "SELECT spend || ' ' || max_budget || ' ' || user_id || "
		   "' ' || team_id || ' ' || model_spend FROM "
		   "\"LiteLLM_VerificationToken\" WHERE key_alias = 'one'",
	    "1.75 2.5 ann red {\"gpt-x\":1.5}");
	expect(db, "SELECT count(*) FROM \"LiteLLM_VerificationToken\"", "1");
	expect(db, "SELECT key_alias FROM "
		   "\"LiteLLM_DeletedVerificationToken\"",
	    "two");
	expect(db, "SELECT teams || organization_id || spend FROM "
		   "\"LiteLLM_UserTable\" WHERE user_id = 'ann'",
	    "[\"red\"]org1.75");
	expect(db, "SELECT members || admins || spend || max_budget || "
		   "organization_id || metadata FROM \"LiteLLM_TeamTable\"",
	    "[\"ann\"][\"ann\"]1.75100org{\"a\":1}");
	expect(db, "SELECT spend FROM \"LiteLLM_TeamMembership\"", "1.75");
	expect(db, "SELECT user_id || organization_id || user_role FROM "
		   "\"LiteLLM_OrganizationMembership\"",
	    "annorgorg_admin");
	expect(db, "SELECT spend FROM \"LiteLLM_EndUserTable\"", "0.25");
	expect(db, "SELECT tag_name || spend FROM \"LiteLLM_TagTable\"",
	    "tag-a1.5");
	expect(db, "SELECT litellm_params FROM \"LiteLLM_ProxyModelTable\"",
	    "{\"model\":\"up/real\"}");
	expect(db, "SELECT credential_values FROM "
		   "\"LiteLLM_CredentialsTable\"",
	    "{\"api_key\":\"sk-***\"}");
	sqlite3_close(db);
}

static void
test_daily(void **state)
{
	sqlite3 *db = open_filled(*state);

	expect(db, "SELECT sum(spend) FROM \"LiteLLM_DailyUserSpend\"",
	    "1.75");
	expect(db, "SELECT date || ' ' || api_requests || ' ' || "
		   "successful_requests || ' ' || prompt_tokens || ' ' || "
		   "cache_read_input_tokens FROM \"LiteLLM_DailyUserSpend\" "
		   "WHERE model = 'gpt-x' AND user_id = 'ann'",
	    "2023-11-14 1 1 14 4");
	expect(db, "SELECT sum(spend) FROM \"LiteLLM_DailyTeamSpend\"",
	    "1.75");
	expect(db, "SELECT tag || spend FROM \"LiteLLM_DailyTagSpend\"",
	    "tag-a1.5");
	expect(db, "SELECT end_user_id || spend || failed_requests FROM "
		   "\"LiteLLM_DailyEndUserSpend\"",
	    "cust0.251");
	sqlite3_close(db);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    test_each, help_new, help_free),
		cmocka_unit_test_setup_teardown(
		    test_spend_logs, help_new, help_free),
		cmocka_unit_test_setup_teardown(
		    test_entities, help_new, help_free),
		cmocka_unit_test_setup_teardown(
		    test_daily, help_new, help_free),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
