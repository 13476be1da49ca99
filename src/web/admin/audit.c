/* /admin/audit: who changed what, with what was before and after it. */
#include "config.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/zone.h"
#include "store/audit.h"
#include "web/admin/admin.h"

#define PER_PAGE 50
#define SECOND_US INT64_C(1000000)
#define DAY_S 86400

#define FEW 4	/* changes that are not folded away */

/* LiteLLM's tables by the names that pages have for them. */
static const struct {
	const char *table, *title;
} objects[] = {
	{ "LiteLLM_VerificationToken", N_("Key") },
	{ "LiteLLM_UserTable", N_("Person") },
	{ "LiteLLM_TeamTable", N_("Team") },
	{ "LiteLLM_TeamMembership", N_("Member of a team") },
	{ "LiteLLM_EndUserTable", N_("Customer") },
	{ "LiteLLM_BudgetTable", N_("Budget") },
	{ "LiteLLM_TagTable", N_("Tag") },
	{ "LiteLLM_OrganizationTable", N_("Organization") },
	{ "LiteLLM_OrganizationMembership", N_("Member of an organization") },
	{ "LiteLLM_ProjectTable", N_("Project") },
	{ "LiteLLM_ProxyModelTable", N_("Model") },
	{ "LiteLLM_CredentialsTable", N_("Credential") },
	{ "LiteLLM_AccessGroup", N_("Access group") },
	{ "LiteLLM_Config", N_("Setting") },
	{ "alert", N_("Alert") },
	{ "person", N_("Signing in") },
	{ "backup", N_("Backup") },
};

static const struct {
	const char *action, *title;
} actions[] = {
	{ "created", N_("created") },
	{ "updated", N_("changed") },
	{ "deleted", N_("deleted") },
	{ "blocked", N_("blocked") },
	{ "unblocked", N_("unblocked") },
	{ "rotated", N_("rotated") },
	{ "tested", N_("tested") },
	{ "downloaded", N_("downloaded") },
	{ "signed_in", N_("signed in") },
	{ "signed_out", N_("signed out everywhere") },
	{ "password_changed", N_("changed the password") },
	{ "password_reset", N_("made a password") },
	{ "totp_on", N_("switched the second factor on") },
	{ "totp_off", N_("switched the second factor off") },
};

static const char *
action_of(const struct tg_page *p, const char *action)
{
	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
		if (strcmp(actions[i].action, action) == 0)
			return tg_page_words(p, actions[i].title);
	return action;
}

static const char *
title_of(const struct tg_page *p, const char *table)
{
	for (size_t i = 0; i < sizeof(objects) / sizeof(objects[0]); i++)
		if (strcmp(objects[i].table, table) == 0)
			return tg_page_words(p, objects[i].title);
	return table;
}

/* --- what has changed --- */

/* A value as one line. */
static char *
value_text(const json_t *v)
{
	return v != NULL ?
	    json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT) :
	    NULL;
}

static void
add_change(json_t *list, const char *name, const json_t *before,
    const json_t *after)
{
	json_t *row = json_object();
	char *old = value_text(before), *new = value_text(after);

	tg_jtree_set_text(row, "name", name);
	tg_jtree_set_text(row, "before", old);
	tg_jtree_set_text(row, "after", new);
	(void)json_array_append_new(list, row);
	free(old);
	free(new);
}

/* Of what was made or deleted, most of which is as always. */
static bool
says_something(const json_t *v)
{
	return v != NULL && !json_is_null(v) && !json_is_false(v) &&
	    !(json_is_number(v) && json_number_value(v) == 0) &&
	    !(json_is_object(v) && json_object_size(v) == 0) &&
	    !(json_is_array(v) && json_array_size(v) == 0);
}

/* What the row itself says. */
static bool
is_noise(const char *name)
{
	static const char *const names[] = { "token", "created_at",
		"created_by", "updated_at", "updated_by", NULL };

	for (int i = 0; names[i] != NULL; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

/* Members that differ; of what was made or deleted, all that have a value. */
static json_t *
changes(const json_t *before, const json_t *after)
{
	json_t *list = json_array(), *v, *other;
	const char *name;

	if (!json_is_object(before) && !json_is_object(after)) {
		if (says_something(before) || says_something(after))
			add_change(list, "", before, after);
		return list;
	}
	json_object_foreach((json_t *)before, name, v) {
		other = json_object_get(after, name);
		if (is_noise(name) ||
		    (other != NULL && json_equal(v, other)) ||
		    (!says_something(v) && !says_something(other)))
			continue;
		add_change(list, name, v, other);
	}
	json_object_foreach((json_t *)after, name, v) {
		if (json_object_get(before, name) == NULL &&
		    !is_noise(name) && says_something(v))
			add_change(list, name, NULL, v);
	}
	return list;
}

/* A key's hash says nothing to anybody: its alias does. */
static const char *
name_of(const struct tg_audit *a, const json_t *before, const json_t *after)
{
	const json_t *o = after != NULL && !json_is_null(after) ? after :
								  before;
	const char *alias =
	    json_string_value(json_object_get(o, "key_alias"));
	const char *masked =
	    json_string_value(json_object_get(o, "key_name"));

	if (strcmp(a->object, "LiteLLM_VerificationToken") != 0)
		return a->object_id;
	return alias != NULL ? alias :
	    masked != NULL   ? masked :
			       a->object_id;
}

static json_t *
row_of(struct tg_manage *m, struct tg_page *p, const struct tg_audit *a)
{
	json_t *before =
	    tg_manage_json(m, a->before != NULL ? a->before : "null");
	json_t *after =
	    tg_manage_json(m, a->after != NULL ? a->after : "null");
	json_t *row = json_object(), *list = changes(before, after);

	(void)json_object_set_new(row, "id", json_integer(a->id));
	(void)json_object_set_new(row, "at", json_integer(a->at));
	tg_jtree_set_text(row, "who", a->who);
	tg_jtree_set_text(row, "changed_by", a->changed_by);
	tg_jtree_set_text(row, "addr", a->addr);
	tg_jtree_set_text(row, "action", a->action);
	tg_jtree_set_text(row, "did", action_of(p, a->action));
	tg_jtree_set_text(row, "object", a->object);
	tg_jtree_set_text(row, "title", title_of(p, a->object));
	tg_jtree_set_text(row, "object_id", a->object_id);
	tg_jtree_set_text(row, "name", name_of(a, before, after));
	(void)json_object_set_new(row, "changes", list);
	(void)json_object_set_new(
	    row, "many", json_boolean(json_array_size(list) > FEW));
	(void)json_object_set_new(
	    row, "n", json_integer((json_int_t)json_array_size(list)));
	return row;
}

/* --- the list --- */

/* A day in the viewer's zone: when it begins, or when it is over. */
static int64_t
day_of(struct tg_page *p, const char *name, bool end)
{
	const char *text = tg_page_query(p, name);
	const struct tg_zone *zone = tg_zone_find(tg_str(p->locale.zone));
	int64_t at;

	if (text == NULL || zone == NULL || strlen(text) != 10 ||
	    tg_iso_parse(tg_str(tg_arena_printf(p->a, "%sT00:00:00Z", text)),
		&at) != 0)
		return 0;
	return tg_zone_utc(zone, at / SECOND_US + (end ? DAY_S : 0)) *
	    SECOND_US;
}

static void
set_asked(struct tg_page *p)
{
	static const char *const names[] = { "who", "action", "object",
		"object_id", "from", "to", NULL };
	json_t *asked = json_object();
	bool any = false;

	for (int i = 0; names[i] != NULL; i++) {
		const char *text = tg_page_query(p, names[i]);

		tg_jtree_set_text(asked, names[i], text);
		any = any || text != NULL;
	}
	tg_page_set_true(p, "filtered", any);
	tg_page_set(p, "asked", asked);
}

static void
set_choices(struct tg_page *p)
{
	const char *asked = tg_page_query(p, "object");
	const char *action = tg_page_query(p, "action");
	json_t *list = json_array(), *did = json_array();

	for (size_t i = 0; i < sizeof(objects) / sizeof(objects[0]); i++)
		(void)json_array_append_new(list,
		    json_pack("{s:s, s:s, s:b}", "value", objects[i].table,
			"title", tg_page_words(p, objects[i].title),
			"current", asked != NULL &&
			    strcmp(asked, objects[i].table) == 0));
	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
		(void)json_array_append_new(did,
		    json_pack("{s:s, s:s, s:b}", "value", actions[i].action,
			"title", tg_page_words(p, actions[i].title),
			"current", action != NULL &&
			    strcmp(action, actions[i].action) == 0));
	tg_page_set(p, "objects", list);
	tg_page_set(p, "actions", did);
}

static int
fill(struct tg_manage *m, struct tg_page *p)
{
	struct tg_audit_filter f = {
		.who = tg_page_query(p, "who"),
		.action = tg_page_query(p, "action"),
		.object = tg_page_query(p, "object"),
		.object_id = tg_page_query(p, "object_id"),
		.from_at = day_of(p, "from", false),
		.to_at = day_of(p, "to", true),
		.after = tg_page_after(p, PER_PAGE),
		.limit = PER_PAGE,
	};
	json_t *list = json_array();
	struct tg_audit *rows;
	int64_t total;
	size_t n;

	tg_page_set(p, "rows", list);
	set_asked(p);
	set_choices(p);
	if (tg_audit_list(m->db, m->a, &f, &rows, &n, &total, m->e) != 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		(void)json_array_append_new(list, row_of(m, p, &rows[i]));
	tg_page_pager(p, PER_PAGE, (int64_t)n, total, false);
	tg_page_set_true(p, "some", n > 0);
	return 0;
}

static int
show(struct tg_web *w)
{
	return tg_page_show(w, "audit", N_("Audit"), fill);
}

const struct tg_route tg_routes_admin_audit[] = {
	{ TG_GET, "/admin/audit", TG_ACCESS_VIEWER, show, NULL,
	    "Who changed what", TG_FAULT_ERROR },
	{ .path = NULL },
};
