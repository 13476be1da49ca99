/* Customers: whom applications call for. */
#include "config.h"

#include "web/admin/subjects.h"

/* clang-format off */
static const struct tg_sheet_field who[] = {
	{ .name = "user_id", .type = TG_SHEET_TEXT, .title = N_("Id"),
	  .flags = TG_SHEET_NEW | TG_SHEET_REQUIRED,
	  .help = N_("What calls name as their \"user\".") },
	{ .name = "alias", .type = TG_SHEET_TEXT, .title = N_("Name") },
	{ .name = "default_model", .type = TG_SHEET_TEXT,
	  .title = N_("Model where a call names none"), .list = "models" },
	{ .name = NULL },
};
static const struct tg_sheet_group groups[] = {
	{ .title = N_("Customer"), .fields = who },
	{ .title = NULL },
};
/* clang-format on */

const struct tg_admin_kind tg_admin_customer = {
	.kind = TG_SUBJECT_CUSTOMER,
	.dim = TG_SUM_CUSTOMER,
	.path = "customers",
	.one = "customer",
	.title = N_("Customers"),
	.make = N_("New customer"),
	.lead = N_("End users of your applications, as calls name them."),
	.none = N_("No customers yet"),
	.add = N_("Add customer"),
	.gone = N_("Its budget and limits hold no longer. The next call that "
		   "names it makes it known again, if the house allows that."),
	.id_member = "user_id",
	.alias_member = "alias",
	.create = "/customer/new",
	.update = "/customer/update",
	.remove = "/customer/delete",
	.block = "/customer/block",
	.unblock = "/customer/unblock",
	.remove_member = "user_ids",
	.block_member = "user_ids",
	.blocks = true,
	.money = TG_MONEY_MODELS | TG_MONEY_SHARED,
	.groups = groups,
};

/* clang-format off */
const struct tg_route tg_routes_admin_customers[] = {
	TG_SUBJECT_ROUTES("/admin/customers", TG_ACCESS_VIEWER,
	    TG_ACCESS_EDITOR, TG_ACCESS_EDITOR),
	TG_SUBJECT_ROUTE("/admin/customers", TG_ACCESS_VIEWER),
	{ .path = NULL },
};
/* clang-format on */
