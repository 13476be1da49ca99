/* Organizations, which own teams; and projects, which teams own. */
#include "config.h"

#include "web/admin/subjects.h"

/* clang-format off */
static const struct tg_sheet_field organization[] = {
	{ .name = "organization_id", .type = TG_SHEET_TEXT,
	  .title = N_("Id"), .flags = TG_SHEET_NEW,
	  .help = N_("What scripts know it by. Empty: one is made up.") },
	{ .name = "organization_alias", .type = TG_SHEET_TEXT,
	  .title = N_("Name") },
	{ .name = "models", .type = TG_SHEET_MODELS, .title = N_("Models"),
	  .help = N_("None ticked: all.") },
	{ .name = NULL },
};
static const struct tg_sheet_field project[] = {
	{ .name = "project_id", .type = TG_SHEET_TEXT, .title = N_("Id"),
	  .flags = TG_SHEET_NEW,
	  .help = N_("What scripts know it by. Empty: one is made up.") },
	{ .name = "project_alias", .type = TG_SHEET_TEXT,
	  .title = N_("Name") },
	{ .name = "team_id", .type = TG_SHEET_TEXT, .title = N_("Team"),
	  .flags = TG_SHEET_REQUIRED,
	  .help = N_("The id of the team that owns it.") },
	{ .name = "description", .type = TG_SHEET_TEXT,
	  .title = N_("What it is for") },
	{ .name = "models", .type = TG_SHEET_MODELS, .title = N_("Models"),
	  .help = N_("None ticked: all.") },
	{ .name = NULL },
};
static const struct tg_sheet_field more[] = {
	{ .name = "metadata", .type = TG_SHEET_JSON, .title = N_("Metadata"),
	  .help = N_("A JSON object of your own.") },
	{ .name = NULL },
};
static const struct tg_sheet_group organization_groups[] = {
	{ .title = N_("Organization"), .fields = organization },
	{ .title = N_("More"), .fields = more, .flags = TG_SHEET_FOLDED },
	{ .title = NULL },
};
static const struct tg_sheet_group project_groups[] = {
	{ .title = N_("Project"), .fields = project },
	{ .title = N_("More"), .fields = more, .flags = TG_SHEET_FOLDED },
	{ .title = NULL },
};
/* clang-format on */

static int
show_team(struct tg_manage *m, const struct tg_subject *s, json_t *settings)
{
	const char *team;

	if (tg_row_name(m, s->parent, &team) != 0)
		return -1;
	tg_jtree_set_text(settings, "team_id", team);
	return 0;
}

const struct tg_admin_kind tg_admin_organization = {
	.kind = TG_SUBJECT_ORGANIZATION,
	.dim = TG_SUM_ALL,
	.path = "organizations",
	.one = "organization",
	.title = N_("Organizations"),
	.make = N_("New organization"),
	.lead = N_("What owns teams: a company, a department."),
	.none = N_("No organizations yet"),
	.add = N_("Create organization"),
	.gone = N_("Its teams, their projects and all of their keys go with "
		   "it."),
	.id_member = "organization_id",
	.alias_member = "organization_alias",
	.create = "/organization/new",
	.update = "/organization/update",
	.remove = "/organization/delete",
	.remove_member = "organization_ids",
	.blocks = true,
	.members = true,
	.of_keys = true,
	.money = TG_MONEY_MODELS | TG_MONEY_SHARED,
	.groups = organization_groups,
};

const struct tg_admin_kind tg_admin_project = {
	.kind = TG_SUBJECT_PROJECT,
	.dim = TG_SUM_ALL,
	.path = "projects",
	.one = "project",
	.title = N_("Projects"),
	.make = N_("New project"),
	.lead = N_("Parts of a team's work with keys, models and a budget of "
		   "their own."),
	.none = N_("No projects yet"),
	.add = N_("Create project"),
	.gone = N_("It can be deleted when it has no keys any more."),
	.id_member = "project_id",
	.alias_member = "project_alias",
	.create = "/project/new",
	.update = "/project/update",
	.remove = "/project/delete",
	.remove_member = "project_ids",
	.blocks = true,
	.of_keys = true,
	.money = TG_MONEY_MODELS | TG_MONEY_SHARED,
	.groups = project_groups,
	.show = show_team,
};

/* clang-format off */
const struct tg_route tg_routes_admin_organizations[] = {
	TG_SUBJECT_ROUTES("/admin/organizations", TG_ACCESS_VIEWER,
	    TG_ACCESS_EDITOR, TG_ACCESS_EDITOR),
	TG_MEMBER_ROUTES("/admin/organizations", TG_ACCESS_PERSON),
	TG_SUBJECT_ROUTE("/admin/organizations", TG_ACCESS_PERSON),
	TG_SUBJECT_ROUTES("/admin/projects", TG_ACCESS_VIEWER,
	    TG_ACCESS_PERSON, TG_ACCESS_PERSON),
	TG_SUBJECT_ROUTE("/admin/projects", TG_ACCESS_PERSON),
	{ .path = NULL },
};
/* clang-format on */
