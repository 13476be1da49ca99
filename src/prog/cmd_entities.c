/*
 * The entities, as the management API spells them and as tables show them.
 */
#include "config.h"

#include "prog/cmd_entity.h"

/* clang-format off */
#define MONEY \
	{ "BUDGET", "max_budget", TG_CELL_USD, 0 }, \
	{ "EACH", "budget_duration", TG_CELL_TEXT, 0 }, \
	{ "RPM", "rpm_limit", TG_CELL_NUMBER, 0 }, \
	{ "TPM", "tpm_limit", TG_CELL_NUMBER, 0 }
#define SPENT { "SPENT", "spend", TG_CELL_USD, 0 }
#define END { NULL, NULL, 0, 0 }

static const struct tg_column user_columns[] = {
	{ "ID", "user_id", TG_CELL_TEXT, 0 },
	{ "NAME", "user_alias", TG_CELL_TEXT, 0 },
	{ "E-MAIL", "user_email", TG_CELL_TEXT, 0 },
	{ "ROLE", "user_role", TG_CELL_TEXT, 0 },
	SPENT, MONEY, END };

static const struct tg_column team_columns[] = {
	{ "ID", "team_id", TG_CELL_TEXT, 0 },
	{ "NAME", "team_alias", TG_CELL_TEXT, 0 },
	{ "BLOCKED", "blocked", TG_CELL_TEXT, 0 },
	{ "MODELS", "models", TG_CELL_LIST, 0 },
	SPENT, MONEY, END };

static const struct tg_column customer_columns[] = {
	{ "ID", "user_id", TG_CELL_TEXT, 0 },
	{ "NAME", "alias", TG_CELL_TEXT, 0 },
	{ "BLOCKED", "blocked", TG_CELL_TEXT, 0 },
	SPENT, MONEY, END };

static const struct tg_column budget_columns[] = {
	{ "NAME", "budget_id", TG_CELL_TEXT, 0 },
	{ "SOFT", "soft_budget", TG_CELL_USD, 0 },
	MONEY, END };

static const struct tg_column tag_columns[] = {
	{ "NAME", "name", TG_CELL_TEXT, 0 },
	{ "FOR", "description", TG_CELL_TEXT, 0 },
	SPENT, MONEY, END };
/* clang-format on */

const struct tg_noun tg_noun_user = {
	.what = "person",
	.base = "/user",
	.id = "user_id",
	.made_off = "auto_create_key",
	.removes = "user_ids",
	.removes_list = true,
	.info = "/user/info?user_id=",
	.row = "user_info",
	.list = "/user/list?page_size=100",
	.pages = true,
	.rows = "users",
	.columns = user_columns,
};

const struct tg_noun tg_noun_team = {
	.what = "team",
	.base = "/team",
	.id = "team_id",
	.removes = "team_ids",
	.removes_list = true,
	.info = "/team/info?team_id=",
	.row = "team_info",
	.list = "/team/list",
	.columns = team_columns,
};

const struct tg_noun tg_noun_customer = {
	.what = "customer",
	.base = "/customer",
	.id = "user_id",
	.removes = "user_ids",
	.removes_list = true,
	.info = "/customer/info?end_user_id=",
	.list = "/customer/list",
	.columns = customer_columns,
};

const struct tg_noun tg_noun_budget = {
	.what = "budget",
	.base = "/budget",
	.id = "budget_id",
	.removes = "id",
	.info_of = "/budget/info",
	.asks = "budgets",
	.list = "/budget/list",
	.columns = budget_columns,
};

const struct tg_noun tg_noun_tag = {
	.what = "tag",
	.base = "/tag",
	.id = "name",
	.removes = "name",
	.info_of = "/tag/info",
	.asks = "names",
	.row_by_id = true,
	.list = "/tag/list",
	.columns = tag_columns,
};
