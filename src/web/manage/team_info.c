/* About teams: one, all, by page. */
#include "config.h"

#include <stdlib.h>

#include "web/manage/team.h"

#define KEYS_MOST 1000

static json_t *memberships(struct tg_manage *, const struct tg_subject *);
static int sees(struct tg_manage *, const struct tg_subject *);

int
tg_web_team_info(struct tg_manage *m)
{
	const char *name = tg_manage_query(m, "team_id");
	struct tg_key_filter f = { .limit = KEYS_MOST };
	json_t *row, *keys, *members, *budget;
	struct tg_subject team;
	int rc;

	if (name == NULL)
		return tg_fail_param(m->e, TG_E_MISSING, "team_id",
		    "'team_id' is missing.");
	if (tg_manage_query_int(m, "key_limit", 0, KEYS_MOST, &f.limit) != 0)
		return -1;
	rc = tg_subject_find(
	    m->db, m->a, TG_SUBJECT_TEAM, name, &team, m->e);
	if (rc == 0 && m->w->caller->viewer)
		return tg_manage_fail(m->e, TG_E_NOT_FOUND, "auth_error",
		    "team_id", "Team not found, passed team id: %s.", name);
	rc = rc == 1 ? sees(m, &team) : rc;
	if (rc <= 0)
		return rc < 0 ? -1 : tg_caller_deny(m, "see this team");
	f.team = team.id;
	row = tg_row_team(m, &team, true);
	keys = f.limit > 0 ? tg_row_keys(m, &f) :
			     tg_manage_keep(m, json_array());
	members = memberships(m, &team);
	budget = tg_row_budget(m,
	    json_string_value(json_object_get(
		tg_manage_json(m, team.settings), "team_member_budget_id")));
	if (row == NULL || keys == NULL || members == NULL || budget == NULL)
		return -1;
	(void)json_object_set(row, "team_member_budget_table", budget);
	m->answer = json_pack("{s:s, s:O, s:O, s:O}", "team_id", name,
	    "team_info", row, "keys", keys, "team_memberships", members);
	return 0;
}

/* Who manages it, is in it, or comes with a key of it. */
static int
sees(struct tg_manage *m, const struct tg_subject *team)
{
	int rc;

	if (m->w->caller->viewer || m->w->key.team == team->id)
		return 1;
	rc = tg_caller_member(m, team->id);
	return rc != 0 ? rc : tg_caller_organization(m, team->parent);
}

static json_t *
memberships(struct tg_manage *m, const struct tg_subject *team)
{
	json_t *rows = tg_manage_keep(m, json_array()), *one;
	struct tg_member *members;
	size_t n;

	if (tg_member_list(m->db, m->a, team->id, 0, &members, &n, m->e) < 0)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		one = tg_row_membership(m, &members[i]);
		if (one == NULL)
			return NULL;
		(void)json_array_append(rows, one);
	}
	return rows;
}

/* --- lists --- */

/* Whose teams: of user_id, of organization_id; of oneself, if not an admin. */
static int
narrow(struct tg_manage *m, struct tg_subject_filter *f)
{
	const char *user = tg_manage_query(m, "user_id");
	const char *organization = tg_manage_query(m, "organization_id");
	const struct tg_caller *c = m->w->caller;
	struct tg_subject s;
	int rc = 1;

	f->kind = TG_SUBJECT_TEAM;
	if (organization != NULL) {
		rc = tg_subject_find(m->db, m->a, TG_SUBJECT_ORGANIZATION,
		    organization, &s, m->e);
		f->parent = rc == 1 ? s.id : -1;
	}
	if (rc >= 0 && user != NULL) {
		rc = tg_subject_find(
		    m->db, m->a, TG_SUBJECT_PERSON, user, &s, m->e);
		f->member = rc == 1 ? s.id : -1;
	}
	if (rc < 0)
		return -1;
	if (c->viewer || (user != NULL && f->member == c->person.id))
		return 0;
	if (f->parent > 0 && user == NULL) {
		rc = tg_caller_organization(m, f->parent);
		if (rc != 0)
			return rc < 0 ? -1 : 0;
	}
	if (user != NULL || organization != NULL)
		return tg_fail(m->e, TG_E_NOT_ADMIN,
		    "Only admin users can query all teams/other teams. Your "
		    "user role=%s",
		    c->role);
	f->member = c->person.id != 0 ? c->person.id : -1;
	return 0;
}

static int
find(struct tg_manage *m, const struct tg_subject_filter *f,
    struct tg_subject **rows, size_t *n)
{
	int64_t total;

	*n = 0;
	if (f->member < 0 || f->parent < 0)
		return 0;
	return tg_subject_list(m->db, m->a, f, rows, n, &total, m->e) < 0 ?
	    -1 :
	    0;
}

int
tg_web_team_list(struct tg_manage *m)
{
	struct tg_subject_filter f = { 0 };
	json_t *rows = tg_manage_keep(m, json_array());
	struct tg_subject *teams;
	size_t n;

	if (narrow(m, &f) != 0 || find(m, &f, &teams, &n) != 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		struct tg_key_filter of = { .team = teams[i].id,
			.limit = KEYS_MOST };
		json_t *row = tg_row_team(m, &teams[i], false);
		json_t *keys = tg_row_keys(m, &of);
		json_t *members = memberships(m, &teams[i]);
		if (row == NULL || keys == NULL || members == NULL)
			return -1;
		(void)json_object_set(row, "keys", keys);
		(void)json_object_set(row, "team_memberships", members);
		(void)json_array_append(rows, row);
	}
	m->answer = json_incref(rows);
	return 0;
}

/* --- by page --- */

struct sorted {
	struct tg_subject s;
	const char *text;
	int64_t number;
};

static int
in_order(const void *a, const void *b)
{
	const struct sorted *x = a, *y = b;

	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	return strcmp(x->text != NULL ? x->text : "",
	    y->text != NULL ? y->text : "");
}

/* 1 it is to be shown, 0 not, -1 failed. */
static int
sort_one(struct tg_manage *m, struct sorted *one, const char *by)
{
	const struct tg_subject *s = &one->s;
	const char *id = tg_manage_query(m, "team_id");
	const char *alias = tg_manage_query(m, "team_alias");
	const json_t *settings;
	struct tg_figures f;

	if ((id != NULL && strcmp(id, s->name) != 0) ||
	    (alias != NULL &&
		(s->alias == NULL ||
		    tg_str_ifind(tg_str(s->alias), alias) < 0)))
		return 0;
	one->number = 0;
	one->text = strcmp(by, "team_alias") == 0 ? s->alias : s->name;
	if (strcmp(by, "created_at") == 0)
		one->number = s->created_at;
	if (strcmp(by, "spend") != 0 && strcmp(by, "max_budget") != 0)
		return 1;
	settings = tg_row_settings(m, s->settings, s->budget);
	if (settings == NULL ||
	    tg_row_figures(m, TG_SCOPE_TEAM, s->id, settings, &f) != 0)
		return -1;
	one->number = strcmp(by, "spend") == 0 ?
	    f.spent_nano :
	    (int64_t)(json_number_value(
			  json_object_get(settings, "max_budget")) *
		1e6);
	return 1;
}

static int
read_sort(struct tg_manage *m, const char **by, bool *down)
{
	static const char *const all[] = { "team_id", "team_alias",
		"created_at", "spend", "max_budget", NULL };
	const char *order = tg_manage_query(m, "sort_order");
	size_t i = 0;

	*by = tg_manage_query(m, "sort_by");
	if (*by == NULL)
		*by = "team_id";
	while (all[i] != NULL && strcmp(all[i], *by) != 0)
		i++;
	if (all[i] == NULL)
		return tg_fail_param(m->e, TG_E_INVALID, "sort_by",
		    "'sort_by' must be team_id, team_alias, created_at, "
		    "spend or max_budget.");
	*down = order != NULL && strcmp(order, "desc") == 0;
	if (order != NULL && !*down && strcmp(order, "asc") != 0)
		return tg_fail_param(m->e, TG_E_INVALID, "sort_order",
		    "'sort_order' must be asc or desc.");
	return 0;
}

static json_t *
page_row(struct tg_manage *m, const struct tg_subject *s)
{
	struct tg_key_filter f = { .team = s->id, .limit = 1 };
	json_t *row = tg_row_team(m, s, false);
	struct tg_key *keys;
	int64_t total;
	size_t n;

	if (row == NULL ||
	    tg_key_page(m->db, m->a, &f, &keys, &n, &total, m->e) < 0)
		return NULL;
	(void)json_object_set_new(row, "keys_count", json_integer(total));
	(void)json_object_set_new(row, "members_count",
	    json_integer((json_int_t)json_array_size(
		json_object_get(row, "members_with_roles"))));
	return row;
}

static int
read_filter(struct tg_manage *m, struct tg_subject_filter *f)
{
	const char *status = tg_manage_query(m, "status");

	f->like = tg_manage_query(m, "search");
	f->removed = status != NULL;
	if (status != NULL && strcmp(status, "deleted") != 0)
		return tg_fail_param(m->e, TG_E_INVALID, "status",
		    "Invalid status value. The only status is 'deleted'.");
	return narrow(m, f);
}

int
tg_web_team_page(struct tg_manage *m)
{
	struct tg_subject_filter f = { 0 };
	json_t *rows = tg_manage_keep(m, json_array()), *row;
	int64_t page = 1, size = 10;
	struct tg_subject *teams;
	struct sorted *all;
	size_t n, i, kept = 0, from;
	const char *by;
	bool down;
	int rc;

	if (tg_manage_query_int(m, "page", 1, 1000000, &page) != 0 ||
	    tg_manage_query_int(m, "page_size", 1, 100, &size) != 0 ||
	    read_sort(m, &by, &down) != 0 || read_filter(m, &f) != 0 ||
	    find(m, &f, &teams, &n) != 0)
		return -1;
	all = tg_arena_alloc(m->a, (n + 1) * sizeof(*all));
	for (i = 0; i < n; i++) {
		all[kept].s = teams[i];
		rc = sort_one(m, &all[kept], by);
		if (rc < 0)
			return -1;
		kept += (size_t)rc;
	}
	if (kept > 0)
		qsort(all, kept, sizeof(*all), in_order);
	from = (size_t)((page - 1) * size);
	for (i = from; i < kept && i < from + (size_t)size; i++) {
		row = page_row(m, &all[down ? kept - 1 - i : i].s);
		if (row == NULL)
			return -1;
		(void)json_array_append(rows, row);
	}
	m->answer = json_pack("{s:O, s:I, s:I, s:I, s:I}", "teams", rows,
	    "total", (json_int_t)kept, "page", (json_int_t)page, "page_size",
	    (json_int_t)size, "total_pages",
	    ((json_int_t)kept + size - 1) / size);
	return 0;
}
