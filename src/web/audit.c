/* /audit: who changed what, newest first (litellm-compat.md 2.9). */
#include "config.h"

#include "base/clock.h"
#include "store/audit.h"
#include "store/keys.h"
#include "web/manage/rows.h"
#include "web/misc.h"

#define DAY_US INT64_C(86400000000)

static json_t *
row_of(struct tg_manage *m, const struct tg_audit *a)
{
	json_t *row = json_object();
	struct tg_key key;
	int found = 0;

	if (a->key_id != 0)
		found = tg_key_get_id(m->db, m->a, a->key_id, &key, m->e);
	if (found < 0) {
		json_decref(row);
		return NULL;
	}
	tg_jtree_set_text(row, "id",
	    tg_arena_printf(m->a, "%lld", (long long)a->id));
	(void)json_object_set_new(row, "updated_at", tg_manage_time(a->at));
	tg_jtree_set_text(row, "changed_by",
	    a->changed_by != NULL ? a->changed_by : a->who);
	tg_jtree_set_text(
	    row, "changed_by_api_key", found == 1 ? key.token : NULL);
	tg_jtree_set_text(row, "action", a->action);
	tg_jtree_set_text(row, "table_name", a->object);
	tg_jtree_set_text(row, "object_id", a->object_id);
	(void)json_object_set(row, "before_value",
	    tg_manage_json(m, a->before != NULL ? a->before : "null"));
	(void)json_object_set(row, "updated_values",
	    tg_manage_json(m, a->after != NULL ? a->after : "null"));
	tg_jtree_set_text(row, "who", a->who);
	tg_jtree_set_text(row, "address", a->addr);
	return row;
}

/* A date (the end's whole day counts) or a time; 0: not given. */
static int
read_time(struct tg_manage *m, const char *name, bool end, int64_t *at)
{
	const char *text = tg_manage_query(m, name);
	bool is_date = text != NULL && strlen(text) == 10;

	if (text == NULL)
		return 0;
	if (is_date)
		text = tg_arena_printf(m->a, "%sT00:00:00Z", text);
	if (tg_iso_parse(tg_str(text), at) != 0)
		return tg_fail_param(m->e, TG_E_INVALID, name,
		    "'%s' must be a date such as 2026-01-31, or a time.",
		    name);
	if (is_date && end)
		*at += DAY_US;
	return 0;
}

/* By sk-... or its hash; a key that is none has changed nothing. */
static int
read_key(struct tg_manage *m, struct tg_audit_filter *f)
{
	const char *given = tg_manage_query(m, "changed_by_api_key");
	struct tg_key key;
	int found;

	if (given == NULL)
		return 0;
	found = tg_row_find_key(m, given, &key);
	f->key_id = found == 1 ? key.id : -1;
	return found < 0 ? -1 : 0;
}

int
tg_web_audit_list(struct tg_manage *m)
{
	struct tg_audit_filter f = { 0 };
	struct tg_audit *rows;
	json_t *all = json_array(), *row;
	int64_t page = 1, size = 10, total;
	size_t n;

	m->answer = json_pack("{s:o}", "audit_logs", all);
	f.who = tg_manage_query(m, "changed_by");
	f.action = tg_manage_query(m, "action");
	f.object = tg_manage_query(m, "table_name");
	f.object_id = tg_manage_query(m, "object_id");
	if (tg_manage_query_int(m, "page", 1, INT32_MAX, &page) != 0 ||
	    tg_manage_query_int(m, "page_size", 1, 100, &size) != 0 ||
	    read_key(m, &f) != 0 ||
	    read_time(m, "start_date", false, &f.from_at) != 0 ||
	    read_time(m, "end_date", true, &f.to_at) != 0)
		return -1;
	f.after = (page - 1) * size;
	f.limit = size;
	if (tg_audit_list(
		m->db, m->a, &f, &rows, &n, &total, m->e) != 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		row = row_of(m, &rows[i]);
		if (row == NULL)
			return -1;
		(void)json_array_append_new(all, row);
	}
	return json_object_update_new(m->answer,
	    json_pack("{s:I, s:I, s:I, s:I}", "total", (json_int_t)total,
		"page", (json_int_t)page, "page_size", (json_int_t)size,
		"total_pages", (json_int_t)((total + size - 1) / size)));
}

int
tg_web_audit_one(struct tg_manage *m)
{
	struct tg_audit row;
	int64_t id = 0;
	int found = 0;

	if (tg_str_i64(m->w->rest, &id))
		found = tg_audit_find(m->db, m->a, id, &row, m->e);
	if (found == 0)
		return tg_fail_param(m->e, TG_E_NOT_FOUND, "id",
		    "Audit log not found, id=%.60s",
		    tg_arena_cstr(m->a, m->w->rest));
	if (found < 0)
		return -1;
	m->answer = row_of(m, &row);
	return m->answer != NULL ? 0 : -1;
}
