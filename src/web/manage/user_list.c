/* Users by page: /user/list. */
#include "config.h"

#include <stdlib.h>

#include "web/manage/user.h"

enum sort { BY_NONE, BY_ID, BY_EMAIL, BY_ALIAS, BY_ROLE, BY_MADE, BY_SPEND };

struct list {
	int64_t page, size;
	enum sort sort;
	bool down;
	const char *role, *email, *ids, *sso_ids;
	int64_t team;
	const char *organizations;
};
struct one {
	struct tg_subject s;
	const char *text;	/* what it is sorted by */
	int64_t number;
};

static int read_list(struct tg_manage *, struct list *);
static int gather(
    struct tg_manage *, const struct list *, struct one **, size_t *);
static json_t *row_of(struct tg_manage *, const struct tg_subject *);

int
tg_web_user_list(struct tg_manage *m)
{
	struct list l = { .page = 1, .size = 25 };
	json_t *rows = tg_manage_keep(m, json_array()), *row;
	struct one *all;
	size_t n, from, i;

	if (read_list(m, &l) != 0 || gather(m, &l, &all, &n) != 0)
		return -1;
	from = (size_t)((l.page - 1) * l.size);
	for (i = from; i < n && i < from + (size_t)l.size; i++) {
		row = row_of(m, &all[l.down ? n - 1 - i : i].s);
		if (row == NULL)
			return -1;
		(void)json_array_append(rows, row);
	}
	m->answer = json_pack("{s:O, s:I, s:I, s:I, s:I}", "users", rows,
	    "total", (json_int_t)n, "page", (json_int_t)l.page, "page_size",
	    (json_int_t)l.size, "total_pages",
	    ((json_int_t)n + l.size - 1) / l.size);
	return 0;
}

static int
read_sort(struct tg_manage *m, struct list *l)
{
	static const struct {
		const char *name;
		enum sort sort;
	} sorts[] = {
		{ "user_id", BY_ID },
		{ "user_email", BY_EMAIL },
		{ "user_alias", BY_ALIAS },
		{ "user_role", BY_ROLE },
		{ "created_at", BY_MADE },
		{ "spend", BY_SPEND },
	};
	const char *by = tg_manage_query(m, "sort_by");
	const char *order = tg_manage_query(m, "sort_order");

	l->down = order != NULL && strcmp(order, "desc") == 0;
	if (order != NULL && !l->down && strcmp(order, "asc") != 0)
		return tg_fail_param(m->e, TG_E_INVALID, "sort_order",
		    "'sort_order' must be asc or desc.");
	for (size_t i = 0; i < sizeof(sorts) / sizeof(sorts[0]); i++)
		if (by != NULL && strcmp(by, sorts[i].name) == 0)
			l->sort = sorts[i].sort;
	if (by != NULL && l->sort == BY_NONE)
		return tg_fail_param(m->e, TG_E_INVALID, "sort_by",
		    "'sort_by' must be user_id, user_email, user_alias, "
		    "user_role, created_at or spend.");
	return 0;
}

static int
read_list(struct tg_manage *m, struct list *l)
{
	const char *team = tg_manage_query(m, "team");
	struct tg_subject s;
	int rc = 0;

	if (tg_manage_query_int(m, "page", 1, 1000000, &l->page) != 0 ||
	    tg_manage_query_int(m, "page_size", 1, 100, &l->size) != 0 ||
	    read_sort(m, l) != 0)
		return -1;
	l->role = tg_manage_query(m, "role");
	l->email = tg_manage_query(m, "user_email");
	l->ids = tg_manage_query(m, "user_ids");
	l->sso_ids = tg_manage_query(m, "sso_user_ids");
	l->organizations = tg_manage_query(m, "organization_ids");
	if (team != NULL) {
		rc = tg_subject_find(
		    m->db, m->a, TG_SUBJECT_TEAM, team, &s, m->e);
		l->team = rc == 1 ? s.id : -1;
	}
	return rc < 0 ? -1 : 0;
}

/* Is it one of a list between commas? Lists that were not given fit all. */
static bool
listed(const char *commas, const char *text)
{
	struct tg_str rest = tg_str(commas), piece;

	if (commas == NULL)
		return true;
	while (text != NULL && tg_str_cut(&rest, ',', &piece))
		if (tg_str_is(tg_str_trim(piece), text))
			return true;
	return false;
}

static int
in_organization(
    struct tg_manage *m, const struct list *l, const struct tg_subject *s)
{
	struct tg_member *rows;
	const char *name;
	size_t n, i;

	if (l->organizations == NULL)
		return 1;
	if (tg_member_list(m->db, m->a, 0, s->id, &rows, &n, m->e) < 0)
		return -1;
	for (i = 0; i < n; i++) {
		if (tg_row_name(m, rows[i].team, &name) != 0)
			return -1;
		if (listed(l->organizations, name))
			return 1;
	}
	return 0;
}

static int
fits(struct tg_manage *m, const struct list *l, const struct tg_subject *s)
{
	struct tg_member row;
	int rc = 1;

	if (!listed(l->ids, s->name) ||
	    (l->email != NULL &&
		(s->email == NULL ||
		    tg_str_ifind(tg_str(s->email), l->email) < 0)))
		return 0;
	if (l->sso_ids != NULL &&
	    !listed(l->sso_ids,
		json_string_value(json_object_get(
		    tg_manage_json(m, s->settings), "sso_user_id"))))
		return 0;
	if (l->team != 0)
		rc = tg_member_find(
		    m->db, m->a, l->team, s->id, &row, m->e);
	return rc == 1 ? in_organization(m, l, s) : rc;
}

static int
set_order(struct tg_manage *m, const struct list *l, struct one *one)
{
	const struct tg_subject *s = &one->s;
	struct tg_figures f;
	const json_t *settings;

	one->text = l->sort == BY_EMAIL ? s->email :
	    l->sort == BY_ALIAS		? s->alias :
	    l->sort == BY_ROLE		? s->role :
					  s->name;
	one->number = l->sort == BY_MADE ? s->created_at : 0;
	if (l->sort != BY_SPEND)
		return 0;
	settings = tg_row_settings(m, s->settings, s->budget);
	if (settings == NULL ||
	    tg_row_figures(m, TG_SCOPE_PERSON, s->id, settings, &f) != 0)
		return -1;
	one->number = f.spent_nano;
	return 0;
}

static int
in_order(const void *a, const void *b)
{
	const struct one *x = a, *y = b;

	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	return strcmp(x->text != NULL ? x->text : "",
	    y->text != NULL ? y->text : "");
}

static int
gather(struct tg_manage *m, const struct list *l, struct one **out,
    size_t *n_out)
{
	struct tg_subject_filter f = { .kind = TG_SUBJECT_PERSON,
		.role = l->role };
	struct tg_subject *people;
	struct one *all;
	int64_t total;
	size_t n, i, kept = 0;
	int rc;

	*n_out = 0;
	if (tg_subject_list(m->db, m->a, &f, &people, &n, &total, m->e) < 0)
		return -1;
	all = tg_arena_alloc(m->a, (n + 1) * sizeof(*all));
	for (i = 0; i < n; i++) {
		rc = fits(m, l, &people[i]);
		if (rc < 0)
			return -1;
		if (rc == 0)
			continue;
		all[kept].s = people[i];
		if (set_order(m, l, &all[kept++]) != 0)
			return -1;
	}
	if (kept > 0)
		qsort(all, kept, sizeof(*all), in_order);
	*out = all;
	*n_out = kept;
	return 0;
}

static json_t *
row_of(struct tg_manage *m, const struct tg_subject *s)
{
	struct tg_key_filter f = { .person = s->id, .limit = 1 };
	json_t *row = tg_row_user(m, s, false);
	struct tg_key *keys;
	int64_t total;
	size_t n;

	if (row == NULL ||
	    tg_key_page(m->db, m->a, &f, &keys, &n, &total, m->e) < 0)
		return NULL;
	(void)json_object_set_new(row, "key_count", json_integer(total));
	return row;
}
