/* Tags: budgets for a purpose, whoever calls. */
#include "config.h"

#include "web/admin/subjects.h"

/* clang-format off */
static const struct tg_sheet_field who[] = {
	{ .name = "name", .type = TG_SHEET_TEXT, .title = N_("Tag"),
	  .flags = TG_SHEET_NEW | TG_SHEET_REQUIRED,
	  .help = N_("As calls, keys and teams spell it.") },
	{ .name = "description", .type = TG_SHEET_TEXT,
	  .title = N_("What it is for") },
	{ .name = NULL },
};
static const struct tg_sheet_group groups[] = {
	{ .title = N_("Tag"), .fields = who },
	{ .title = NULL },
};
/* clang-format on */

const struct tg_admin_kind tg_admin_tag = {
	.kind = TG_SUBJECT_TAG,
	.dim = TG_SUM_TAG,
	.path = "tags",
	.one = "tag",
	.title = N_("Tags"),
	.make = N_("New tag"),
	.lead = N_("Words on calls, such as a project's or a job's: what is "
		   "spent under them, with budgets."),
	.none = N_("No tags yet"),
	.add = N_("Create tag"),
	.gone = N_("Its budget and limits hold no longer. The next call that "
		   "carries it makes it known again, if the house allows "
		   "that."),
	.id_member = "name",
	.create = "/tag/new",
	.update = "/tag/update",
	.remove = "/tag/delete",
	.remove_member = "name",
	.single = true,
	.money = TG_MONEY_SHARED,
	.groups = groups,
};

/* clang-format off */
const struct tg_route tg_routes_admin_tags[] = {
	TG_SUBJECT_ROUTES("/admin/tags", TG_ACCESS_VIEWER, TG_ACCESS_EDITOR,
	    TG_ACCESS_EDITOR),
	TG_SUBJECT_ROUTE("/admin/tags", TG_ACCESS_VIEWER),
	{ .path = NULL },
};
/* clang-format on */
