/* Teams: their people, budgets and keys. */
#include "config.h"

#include "web/admin/subjects.h"

#include "store/budgets.h"
#include "web/manage/team.h"

/* clang-format off */
static const struct tg_sheet_choice logs[] = {
	{ "", N_("As the house does") },
	{ "full", N_("Everything: prompts and answers") },
	{ "numbers", N_("Numbers only: tokens, cost, times") },
	{ "none", N_("Nothing but the bill") },
	{ NULL, NULL },
};
static const struct tg_sheet_field who[] = {
	{ .name = "team_id", .type = TG_SHEET_TEXT, .title = N_("Id"),
	  .flags = TG_SHEET_NEW,
	  .help = N_("What scripts know it by. Empty: one is made up.") },
	{ .name = "team_alias", .type = TG_SHEET_TEXT, .title = N_("Name") },
	{ .name = "organization_id", .type = TG_SHEET_TEXT,
	  .title = N_("Organization"), .flags = TG_SHEET_ADMIN,
	  .help = N_("Its id. Empty: none.") },
	{ .name = "models", .type = TG_SHEET_MODELS, .title = N_("Models"),
	  .help = N_("None ticked: all.") },
	{ .name = NULL },
};
static const struct tg_sheet_field members[] = {
	{ .name = "team_member_budget", .type = TG_SHEET_MONEY,
	  .title = N_("Budget of each in USD"),
	  .help = N_("For those who have none of their own in the team.") },
	{ .name = "team_member_budget_duration", .type = TG_SHEET_CHOICE,
	  .title = N_("It comes back"), .choices = tg_money_periods },
	{ .name = "team_member_rpm_limit", .type = TG_SHEET_COUNT,
	  .title = N_("Requests a minute of each") },
	{ .name = "team_member_tpm_limit", .type = TG_SHEET_COUNT,
	  .title = N_("Tokens a minute of each") },
	{ .name = "team_member_key_duration", .type = TG_SHEET_TEXT,
	  .title = N_("How long their keys live"),
	  .help = N_("Such as 30d. Empty: until they are deleted.") },
	{ .name = "team_member_permissions", .type = TG_SHEET_LINES,
	  .title = N_("What they may do with the team's keys"),
	  .help = N_("Routes, one a line: /key/info, /key/generate, "
		  "/key/update, /key/delete, /key/regenerate.") },
	{ .name = NULL },
};
static const struct tg_sheet_field more[] = {
	{ .name = "log", .type = TG_SHEET_CHOICE,
	  .title = N_("What is kept of its calls"), .choices = logs },
	{ .name = "tags", .type = TG_SHEET_NAMES, .title = N_("Tags"),
	  .help = N_("Put on each of its calls; commas between.") },
	{ .name = "model_aliases", .type = TG_SHEET_JSON,
	  .title = N_("Other names for models"),
	  .help = N_("A JSON object: the name asked for, and the model that "
		  "answers.") },
	{ .name = "metadata", .type = TG_SHEET_JSON, .title = N_("Metadata"),
	  .help = N_("A JSON object of your own.") },
	{ .name = NULL },
};
static const struct tg_sheet_group groups[] = {
	{ .title = N_("Team"), .fields = who },
	{ .title = N_("What each member may"), .fields = members,
	  .flags = TG_SHEET_FOLDED },
	{ .title = N_("More"), .fields = more, .flags = TG_SHEET_FOLDED },
	{ .title = NULL },
};
/* clang-format on */

/* The budget for its members is a shared one, which the team names. */
static int
show_members(struct tg_manage *m, json_t *settings)
{
	static const struct {
		const char *kept, *shown;
	} terms[] = {
		{ "max_budget", "team_member_budget" },
		{ "budget_duration", "team_member_budget_duration" },
		{ "rpm_limit", "team_member_rpm_limit" },
		{ "tpm_limit", "team_member_tpm_limit" },
	};
	const char *name = json_string_value(
	    json_object_get(settings, "team_member_budget_id"));
	struct tg_budget b;
	const json_t *kept;
	int rc;

	if (name == NULL)
		return 0;
	rc = tg_budget_find(m->db, m->a, name, &b, m->e);
	if (rc != 1)
		return rc;
	kept = tg_manage_json(m, b.settings);
	for (size_t i = 0; i < sizeof(terms) / sizeof(terms[0]); i++)
		(void)json_object_set(settings, terms[i].shown,
		    json_object_get(kept, terms[i].kept));
	return 0;
}

static int
show(struct tg_manage *m, const struct tg_subject *s, json_t *settings)
{
	const char *organization;

	if (tg_row_name(m, s->parent, &organization) != 0)
		return -1;
	tg_jtree_set_text(settings, "organization_id", organization);
	return show_members(m, settings);
}

const struct tg_admin_kind tg_admin_team = {
	.kind = TG_SUBJECT_TEAM,
	.dim = TG_SUM_TEAM,
	.path = "teams",
	.one = "team",
	.title = N_("Teams"),
	.make = N_("New team"),
	.lead = N_("People who share a budget and models. Each may have a "
		   "part of it for themselves."),
	.none = N_("No teams yet"),
	.add = N_("Create team"),
	.gone = N_("All of its keys stop working at once, and its people "
		   "leave it."),
	.id_member = "team_id",
	.alias_member = "team_alias",
	.create = "/team/new",
	.update = "/team/update",
	.remove = "/team/delete",
	.block = "/team/block",
	.unblock = "/team/unblock",
	.remove_member = "team_ids",
	.blocks = true,
	.members = true,
	.of_keys = true,
	.money = TG_MONEY_MODELS | TG_MONEY_SHARED,
	.groups = groups,
	.show = show,
};

/* clang-format off */
const struct tg_route tg_routes_admin_teams[] = {
	TG_SUBJECT_ROUTES("/admin/teams", TG_ACCESS_PERSON,
	    TG_ACCESS_PERSON, TG_ACCESS_PERSON),
	TG_MEMBER_ROUTES("/admin/teams", TG_ACCESS_PERSON),
	TG_SUBJECT_ROUTE("/admin/teams", TG_ACCESS_PERSON),
	{ .path = NULL },
};
/* clang-format on */
