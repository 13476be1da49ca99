#include "config.h"

/* Every named statement is prepared against the schema of its database. */
#include "unit.h"

#include <stdio.h>

#include <sqlite3.h>

#include "store/sql.h"
#include "store/tokenizer.h"
#include "store_help.h"

static void
prepare(const char *dir, const char *file, int db)
{
	struct tg_trigram *t;
	sqlite3 *h;
	sqlite3_stmt *st;

	assert_int_equal(sqlite3_open(help_path(dir, file), &h), SQLITE_OK);
	assert_int_equal(tg_tokenizer_register(h, &t), SQLITE_OK);
	for (int i = 0; i < TG_SQL__MAX; i++) {
		const struct tg_sql_text *text = &tg_sql_texts[i];
		const char *tail;

		assert_non_null(text->name);
		if (text->db != db)
			continue;
		if (sqlite3_prepare_v2(h, text->sql, -1, &st, &tail) !=
		    SQLITE_OK)
			fail_msg("%s: %s", text->name, sqlite3_errmsg(h));
		assert_non_null(st);
		while (*tail == '\n' || *tail == ' ')
			tail++;
		if (*tail != '\0')
			fail_msg("%s: more than one statement", text->name);
		sqlite3_finalize(st);
	}
	sqlite3_close(h);
}

static void
test_statements(void **state)
{
	struct help *h = *state;

	prepare(h->dir, "tollgate.db", TG_DB_MAIN);
	prepare(h->dir, "log.db", TG_DB_LOG);
}

/* Asked seldom, or all of the table is wanted. */
static const char *const scans[] = { "person_count", "person_initial",
	"person_owners", "provider_list",
	"deployment_list", "provider_users", "key_list", "call_newest",
	"call_oldest", "key_page_newest", "key_page_down",
	"key_page_up", "key_page_count", "subject_removed_page",
	"subject_removed_count", "budget_holders", "budget_list", "budget_page",
	"budget_page_count",
	"audit_page",
	"audit_count", "credential_list", "access_group_list",
	"health_page", "health_count", "ledger_all", "ledger_last",
	"near_caps", "near_number", "near_periods", "near_number", "near_periods",
	"outbox_list", "outbox_prune", "outbox_prune_deliveries",
	"program_people_prune", "program_prune", "program_texts_of",
	"scribe_restart_uses",
	"rollup_each_of", "rollup_each_of_key", "rollup_spent_of_key",
	"thread_aged", "score_call_of_all", "score_call_of_key", "score_count",
	"score_names", "score_page",
	"sweep_heads", "sweep_holds", "sweep_flights",
	"verify_accounts", "verify_balances", "verify_calls",
	"verify_caps", "verify_flights", "verify_holds",
	"verify_parallel", "verify_rollups", "wait_prune",
	"window_limits" };

/* What is asked a lot must not read a whole table. */
static void
test_plans(void **state)
{
	struct help *h = *state;
	struct tg_trigram *t;
	sqlite3 *db[2];
	sqlite3_stmt *st;
	char sql[4096];

	assert_int_equal(
	    sqlite3_open(help_path(h->dir, "tollgate.db"), &db[0]), SQLITE_OK);
	assert_int_equal(
	    sqlite3_open(help_path(h->dir, "log.db"), &db[1]), SQLITE_OK);
	assert_int_equal(tg_tokenizer_register(db[1], &t), SQLITE_OK);
	for (int i = 0; i < TG_SQL__MAX; i++) {
		const struct tg_sql_text *text = &tg_sql_texts[i];
		bool may = false;

		if (strncmp(text->name, "txn_", 4) == 0)
			continue;
		for (size_t k = 0; k < COUNT(scans); k++)
			may |= strcmp(text->name, scans[k]) == 0;
		snprintf(sql, sizeof(sql), "EXPLAIN QUERY PLAN %s", text->sql);
		assert_int_equal(sqlite3_prepare_v2(db[text->db], sql, -1, &st,
		    NULL), SQLITE_OK);
		while (sqlite3_step(st) == SQLITE_ROW) {
			const char *plan =
			    (const char *)sqlite3_column_text(st, 3);

			if (!may && strncmp(plan, "SCAN", 4) == 0 &&
			    strstr(plan, "INDEX") == NULL &&
			    strstr(plan, "CONSTANT") == NULL &&
			    strcmp(text->name, "call_top") != 0 &&
			    strncmp(text->name, "body_", 5) != 0)
				fail_msg("%s: %s", text->name, plan);
		}
		sqlite3_finalize(st);
	}
	sqlite3_close(db[0]);
	sqlite3_close(db[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    test_statements, help_new, help_free),
		cmocka_unit_test_setup_teardown(
		    test_plans, help_new, help_free),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
