/* Keys by page: /key/list and /key/aliases. */
#include "config.h"

#include <stdlib.h>

#include "base/clock.h"
#include "web/manage/key.h"

/* What was asked for. */
struct list {
	struct tg_key_filter f;
	int64_t page, size;
	bool full, team_keys, created_by, substring, expand_user;
	bool named;		/* those with an alias */
	const char *group, *agent;
	int64_t expires;	/* until then, 0: whenever */
};
/* What was found: all of it where a page cannot be cut in SQL. */
struct found {
	struct tg_key *keys;
	size_t n;
	int64_t total;
};

static int read_page(struct tg_manage *, struct list *);
static int read_subjects(struct tg_manage *, struct list *);
static int narrow(struct tg_manage *, struct list *);
static int find(struct tg_manage *, struct list *, struct found *);
static json_t *one_key(struct tg_manage *, const struct list *,
    const struct tg_key *);

int
tg_web_key_list(struct tg_manage *m)
{
	struct list l = { .page = 1, .size = 10 };
	json_t *rows = tg_manage_keep(m, json_array()), *row;
	struct found found;

	if (read_page(m, &l) != 0 || read_subjects(m, &l) != 0 ||
	    narrow(m, &l) != 0 || find(m, &l, &found) != 0)
		return -1;
	for (size_t i = 0; i < found.n; i++) {
		row = one_key(m, &l, &found.keys[i]);
		if (row == NULL)
			return -1;
		(void)json_array_append(rows, row);
	}
	m->answer = json_pack("{s:O, s:I, s:I, s:I}", "keys", rows,
	    "total_count", (json_int_t)found.total, "current_page",
	    (json_int_t)l.page, "total_pages",
	    (json_int_t)((found.total + l.size - 1) / l.size));
	return 0;
}

/* --- what is asked for --- */

static int
read_sort(struct tg_manage *m, struct list *l)
{
	static const char *const sorts[] = { "spend", "max_budget",
		"created_at", "updated_at", "token", "key_alias", NULL };
	const char *sort = tg_manage_query(m, "sort_by");
	const char *order = tg_manage_query(m, "sort_order");
	size_t i = 0;

	while (sort != NULL && sorts[i] != NULL &&
	    strcmp(sorts[i], sort) != 0)
		i++;
	if (sort != NULL && sorts[i] == NULL)
		return tg_fail_param(m->e, TG_E_INVALID, "sort_by",
		    "'sort_by' must be spend, max_budget, created_at, "
		    "updated_at, token or key_alias.");
	l->f.sort = sort;
	l->f.ascending = order != NULL && strcmp(order, "asc") == 0;
	if (order != NULL && !l->f.ascending && strcmp(order, "desc") != 0)
		return tg_fail_param(m->e, TG_E_INVALID, "sort_order",
		    "'sort_order' must be asc or desc.");
	return 0;
}

static int
read_state(struct tg_manage *m, struct list *l)
{
	const char *status = tg_manage_query(m, "status");
	const char *expires = tg_manage_query(m, "expires");

	l->f.revoked = status != NULL;
	if (status != NULL && strcmp(status, "deleted") != 0)
		return tg_fail_param(m->e, TG_E_INVALID, "status",
		    "Invalid status value. The only status is 'deleted'.");
	if (expires != NULL &&
	    tg_iso_parse(tg_str(expires), &l->expires) != 0)
		return tg_fail_param(m->e, TG_E_INVALID, "expires",
		    "'expires' must be a time in ISO 8601: the keys that "
		    "expire until then.");
	return 0;
}

static int
read_page(struct tg_manage *m, struct list *l)
{
	const char *expand = tg_manage_query(m, "expand");

	if (tg_manage_query_int(m, "page", 1, 1000000, &l->page) != 0 ||
	    tg_manage_query_int(m, "size", 1, 100, &l->size) != 0 ||
	    tg_manage_query_bool(m, "return_full_object", &l->full) != 0 ||
	    tg_manage_query_bool(m, "include_team_keys", &l->team_keys) !=
		0 ||
	    tg_manage_query_bool(
		m, "include_created_by_keys", &l->created_by) != 0 ||
	    tg_manage_query_bool(m, "substring_matching", &l->substring) !=
		0 ||
	    read_sort(m, l) != 0)
		return -1;
	l->expand_user = expand != NULL && strcmp(expand, "user") == 0;
	l->full = l->full || l->expand_user;
	l->group = tg_manage_query(m, "access_group_id");
	l->agent = tg_manage_query(m, "agent_id");
	return read_state(m, l);
}

/* A subject that is not known has no keys: -1 as its id. */
static int
read_subject(struct tg_manage *m, const char *name,
    enum tg_subject_kind kind, int64_t *id)
{
	const char *text = tg_manage_query(m, name);
	struct tg_subject s;
	int rc;

	if (text == NULL)
		return 0;
	rc = tg_subject_find(m->db, m->a, kind, text, &s, m->e);
	*id = rc == 1 ? s.id : -1;
	return rc < 0 ? -1 : 0;
}

static int
read_subjects(struct tg_manage *m, struct list *l)
{
	struct tg_key_filter *f = &l->f;
	const char *alias = tg_manage_query(m, "key_alias");
	const char *hash = tg_manage_query(m, "key_hash");
	char *token;

	if (l->substring)
		f->like = alias;
	else
		f->alias = alias;
	f->token = hash;
	if (hash != NULL && strncmp(hash, "sk-", 3) == 0) {
		token = tg_arena_alloc(m->a, TG_SHA256_HEX);
		tg_sha256_hex(tg_str(hash), token);
		f->token = token;
	}
	if (read_subject(m, "user_id", TG_SUBJECT_PERSON, &f->person) != 0 ||
	    read_subject(m, "team_id", TG_SUBJECT_TEAM, &f->team) != 0 ||
	    read_subject(m, "project_id", TG_SUBJECT_PROJECT, &f->project) !=
		0)
		return -1;
	return read_subject(m, "organization_id", TG_SUBJECT_ORGANIZATION,
	    &f->organization);
}

/* --- who may see which --- */

static int
runs(struct tg_manage *m, int64_t team)
{
	struct tg_subject row;
	int rc;

	if (team <= 0)
		return 0;
	rc = tg_subject_by_id(m->db, m->a, team, &row, m->e);
	if (rc != 1)
		return rc;
	return tg_caller_team_keys(m, &row, "/key/list");
}

static int
denied(struct tg_manage *m, const char *whose)
{
	return tg_manage_fail(m->e, TG_E_FORBIDDEN, "bad_request_error",
	    NULL, "You are not authorized to see the keys of this %s.",
	    whose);
}

/* Others than administrators and viewers see what is theirs. */
static int
narrow(struct tg_manage *m, struct list *l)
{
	const struct tg_caller *c = m->w->caller;
	struct tg_key_filter *f = &l->f;
	int rc;

	if (c->viewer)
		return 0;
	if (f->person != 0 && f->person != c->person.id)
		return denied(m, "user");
	if (f->organization != 0) {
		rc = tg_caller_organization(m, f->organization);
		return rc == 0 ? denied(m, "organization") : rc - 1;
	}
	if (f->team != 0) {
		rc = runs(m, f->team);
		if (rc == 0 && m->w->key.team != f->team &&
		    tg_caller_member(m, f->team) != 1)
			return denied(m, "team");
		if (rc != 0)
			return rc < 0 ? -1 : 0;
	}
	f->person = c->person.id;
	if (f->person == 0) {
		if (f->token != NULL && strcmp(f->token, m->w->key.token) != 0)
			return denied(m, "key");
		f->token = m->w->key.token;
	}
	return 0;
}

/* --- finding --- */

/* Is there something that SQL does not look at? */
static bool
is_sifted(const struct list *l)
{
	return l->named || l->expires != 0 || l->group != NULL ||
	    l->agent != NULL;
}

static bool
fits(struct tg_manage *m, const struct list *l, const struct tg_key *key)
{
	const json_t *s;
	const char *agent;

	if (l->named && key->alias == NULL)
		return false;
	if (l->group == NULL && l->agent == NULL)
		return l->expires == 0 ||
		    (key->expires_at != 0 && key->expires_at <= l->expires);
	s = tg_manage_json(m, key->settings);
	agent = json_string_value(json_object_get(s, "agent_id"));
	if (l->group != NULL &&
	    !tg_manage_among(
		json_object_get(s, "access_group_ids"), l->group))
		return false;
	if (l->agent != NULL &&
	    (agent == NULL || strcmp(agent, l->agent) != 0))
		return false;
	return l->expires == 0 ||
	    (key->expires_at != 0 && key->expires_at <= l->expires);
}

/* Appends what fits and is not there yet. */
static int
gather(struct tg_manage *m, const struct list *l,
    const struct tg_key_filter *f, struct found *found)
{
	struct tg_key *keys, *all;
	int64_t total;
	size_t n, i, j, before = found->n;

	if (tg_key_page(m->db, m->a, f, &keys, &n, &total, m->e) < 0)
		return -1;
	all = tg_arena_alloc(m->a, (found->n + n + 1) * sizeof(*all));
	if (found->n > 0)
		memcpy(all, found->keys, found->n * sizeof(*all));
	found->keys = all;
	for (i = 0; i < n; i++) {
		for (j = 0; j < before; j++)
			if (all[j].id == keys[i].id)
				break;
		if (j == before && fits(m, l, &keys[i]))
			all[found->n++] = keys[i];
	}
	return 0;
}

/* The keys of the teams that the person administers. */
static int
gather_teams(
    struct tg_manage *m, const struct list *l, struct found *found)
{
	struct tg_key_filter f = l->f;
	struct tg_member *rows;
	size_t n, i;

	if (tg_member_list(
		m->db, m->a, 0, l->f.person, &rows, &n, m->e) < 0)
		return -1;
	f.person = 0;
	for (i = 0; i < n; i++) {
		f.team = rows[i].team;
		if ((strcmp(rows[i].role, "admin") == 0) &&
		    gather(m, l, &f, found) != 0)
			return -1;
	}
	return 0;
}

static int
gather_created(
    struct tg_manage *m, const struct list *l, struct found *found)
{
	struct tg_key_filter f = l->f;

	f.person = 0;
	if (tg_row_name(m, l->f.person, &f.created_by) != 0)
		return -1;
	return f.created_by != NULL ? gather(m, l, &f, found) : 0;
}

static int
newest_first(const void *a, const void *b)
{
	const struct tg_key *x = a, *y = b;

	return x->created_at < y->created_at ? 1 :
	    x->created_at > y->created_at    ? -1 :
					       0;
}

static void
cut_page(const struct list *l, struct found *found)
{
	size_t from = (size_t)((l->page - 1) * l->size);

	found->total = (int64_t)found->n;
	if (from > found->n)
		from = found->n;
	found->keys += from;
	found->n -= from;
	if (found->n > (size_t)l->size)
		found->n = (size_t)l->size;
}

static int
find(struct tg_manage *m, struct list *l, struct found *found)
{
	bool several = l->f.person > 0 && (l->team_keys || l->created_by);

	*found = (struct found){ 0 };
	if (l->f.person < 0 || l->f.team < 0 || l->f.project < 0 ||
	    l->f.organization < 0)
		return 0;
	if (!several && !is_sifted(l)) {
		l->f.after = (l->page - 1) * l->size;
		l->f.limit = l->size;
		return tg_key_page(m->db, m->a, &l->f, &found->keys,
		    &found->n, &found->total, m->e);
	}
	if (gather(m, l, &l->f, found) != 0)
		return -1;
	if (several && l->team_keys && gather_teams(m, l, found) != 0)
		return -1;
	if (several && l->created_by && gather_created(m, l, found) != 0)
		return -1;
	if (several && l->f.sort == NULL && found->n > 0)
		qsort(found->keys, found->n, sizeof(*found->keys),
		    newest_first);
	cut_page(l, found);
	return 0;
}

static json_t *
one_key(struct tg_manage *m, const struct list *l, const struct tg_key *key)
{
	json_t *row, *user = NULL;
	struct tg_subject person;

	if (!l->full)
		return tg_manage_keep(m, json_string(key->token));
	row = tg_key_row(m, key);
	if (row == NULL || !l->expand_user)
		return row;
	if (key->person != 0 &&
	    tg_subject_by_id(m->db, m->a, key->person, &person, m->e) == 1)
		user = json_pack("{s:s, s:s?, s:s?}", "user_id", person.name,
		    "user_email", person.email, "user_alias", person.alias);
	(void)json_object_set_new(
	    row, "user", user != NULL ? user : json_null());
	return row;
}

/* --- aliases --- */

int
tg_web_key_aliases(struct tg_manage *m)
{
	struct list l = { .page = 1, .size = 50, .named = true };
	json_t *rows = tg_manage_keep(m, json_array());
	struct tg_key_filter *f = &l.f;
	struct found found;

	if (tg_manage_query_int(m, "page", 1, 1000000, &l.page) != 0 ||
	    tg_manage_query_int(m, "size", 1, 100, &l.size) != 0 ||
	    read_subject(m, "team_id", TG_SUBJECT_TEAM, &f->team) != 0)
		return -1;
	f->like = tg_manage_query(m, "search");
	f->sort = "key_alias";
	f->ascending = true;
	if (narrow(m, &l) != 0 || find(m, &l, &found) != 0)
		return -1;
	for (size_t i = 0; i < found.n; i++)
		(void)json_array_append_new(
		    rows, json_string(found.keys[i].alias));
	m->answer = json_pack("{s:O, s:I, s:I, s:I, s:I}", "aliases", rows,
	    "total_count", (json_int_t)found.total, "current_page",
	    (json_int_t)l.page, "total_pages",
	    (json_int_t)((found.total + l.size - 1) / l.size), "size",
	    (json_int_t)l.size);
	return 0;
}
