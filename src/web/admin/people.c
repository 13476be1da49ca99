/* People: whom calls are booked to, and who signs in. */
#include "config.h"

#include "web/admin/people.h"

#include "web/manage/user.h"

/* clang-format off */
static const struct tg_sheet_field who[] = {
	{ .name = "user_id", .type = TG_SHEET_TEXT, .title = N_("Id"),
	  .flags = TG_SHEET_NEW,
	  .help = N_("What scripts know them by, and the name they sign in "
		  "with. Empty: one is made up.") },
	{ .name = "user_alias", .type = TG_SHEET_TEXT, .title = N_("Name") },
	{ .name = "user_email", .type = TG_SHEET_EMAIL,
	  .title = N_("E-mail address") },
	{ .name = "models", .type = TG_SHEET_MODELS, .title = N_("Models"),
	  .help = N_("None ticked: all.") },
	{ .name = NULL },
};
static const struct tg_sheet_field more_fields[] = {
	{ .name = "metadata", .type = TG_SHEET_JSON, .title = N_("Metadata"),
	  .help = N_("A JSON object of your own.") },
	{ .name = NULL },
};
static const struct tg_sheet_group groups[] = {
	{ .title = N_("Person"), .fields = who },
	{ .title = N_("More"), .fields = more_fields,
	  .flags = TG_SHEET_FOLDED },
	{ .title = NULL },
};
/* clang-format on */

static int
show(struct tg_manage *m, const struct tg_subject *s, json_t *settings)
{
	(void)m;
	tg_jtree_set_text(settings, "user_email", s->email);
	return 0;
}

/* A key of theirs is made on the page of keys, not by the way. */
static int
body_of(struct tg_page *p, bool fresh, json_t *body)
{
	(void)p;
	if (fresh)
		(void)json_object_set_new(
		    body, "auto_create_key", json_false());
	return 0;
}

const struct tg_admin_kind tg_admin_person = {
	.kind = TG_SUBJECT_PERSON,
	.dim = TG_SUM_PERSON,
	.path = "people",
	.one = "person",
	.title = N_("People"),
	.make = N_("New person"),
	.lead = N_("Whom calls are booked to, with all keys that are theirs. "
		   "Some of them sign in here."),
	.none = N_("No people yet"),
	.add = N_("Add person"),
	.gone = N_("Their keys stop working at once, they leave all teams "
		   "and sign in no more."),
	.id_member = "user_id",
	.alias_member = "user_alias",
	.create = "/user/new",
	.update = "/user/update",
	.remove = "/user/delete",
	.remove_member = "user_ids",
	.blocks = true,
	.of_keys = true,
	.money = TG_MONEY_MODELS | TG_MONEY_SHARED,
	.groups = groups,
	.show = show,
	.read = body_of,
	.more = tg_people_sign_in_draw,
};

/* clang-format off */
const struct tg_route tg_routes_admin_people[] = {
	TG_SUBJECT_ROUTES("/admin/people", TG_ACCESS_VIEWER,
	    TG_ACCESS_EDITOR, TG_ACCESS_EDITOR),
	{ TG_POST, "/admin/people/{id}/role", TG_ACCESS_OWNER,
	    tg_people_role, NULL, "What they may do here", TG_FAULT_ERROR },
	{ TG_POST, "/admin/people/{id}/password", TG_ACCESS_EDITOR,
	    tg_people_password, NULL, "A first password, shown once",
	    TG_FAULT_ERROR },
	{ TG_POST, "/admin/people/{id}/totp-off", TG_ACCESS_EDITOR,
	    tg_people_totp_off, NULL, "Without a second factor",
	    TG_FAULT_ERROR },
	{ TG_POST, "/admin/people/{id}/sign-out", TG_ACCESS_EDITOR,
	    tg_people_sign_out, NULL, "End all their sessions",
	    TG_FAULT_ERROR },
	TG_SUBJECT_ROUTE("/admin/people", TG_ACCESS_PERSON),
	{ .path = NULL },
};
/* clang-format on */
