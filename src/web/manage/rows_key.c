/* A key as /key/info and its like show it. */
#include "config.h"

#include "base/period.h"
#include "web/manage/fields.h"
#include "web/manage/rows.h"

static int put_owners(struct tg_manage *, const struct tg_key *, json_t *);
static int put_money(struct tg_manage *, const struct tg_key *,
    const json_t *, json_t *);
static void put_times(const struct tg_key *, json_t *);

/* Texts that hold JSON; what is none is the fallback. */
static void
put_json(struct tg_manage *m, json_t *row, const char *name,
    const char *text)
{
	(void)json_object_set(row, name, tg_manage_json(m, text));
}

json_t *
tg_row_key(struct tg_manage *m, const struct tg_key *key, bool models)
{
	json_t *row = tg_manage_keep(m, json_object());
	json_t *own = tg_manage_json(m, key->settings), *spent;

	tg_jtree_set_text(row, "key_name", key->name);
	tg_jtree_set_text(row, "key_alias", key->alias);
	put_json(m, row, "models", key->models);
	put_json(m, row, "metadata", key->metadata);
	tg_fields_show(tg_fields_key, own, row);
	(void)json_object_set_new(row, "object_permission_id", json_null());
	(void)json_object_set_new(row, "soft_budget_cooldown", json_false());
	(void)json_object_set_new(row, "rotation_count",
	    json_integer(key->rotations));
	/* Never blocked is null, unblocked is false. */
	(void)json_object_set(row, "blocked",
	    key->blocked ? tg_manage_keep(m, json_true()) :
			   json_object_get(own, "blocked"));
	if (json_object_get(row, "blocked") == NULL)
		(void)json_object_set_new(row, "blocked", json_null());
	tg_jtree_set_text(row, "log", tg_log_mode_name(key->log));
	put_times(key, row);
	if (put_owners(m, key, row) != 0 || put_money(m, key, own, row) != 0)
		return NULL;
	(void)json_object_set_new(row, "model_spend", json_object());
	if (!models)
		return row;
	spent = tg_row_model_spend(
	    m, TG_SCOPE_KEY, key->id, key->created_at);
	(void)json_object_set(row, "model_spend", spent);
	return spent != NULL ? row : NULL;
}

static int
put_owners(struct tg_manage *m, const struct tg_key *key, json_t *row)
{
	const struct {
		const char *name;
		int64_t subject;
	} owners[] = {
		{ "user_id", key->person },
		{ "team_id", key->team },
		{ "project_id", key->project },
		{ "organization_id", key->organization },
	};
	const char *name;

	for (size_t i = 0; i < sizeof(owners) / sizeof(owners[0]); i++) {
		if (tg_row_name(m, owners[i].subject, &name) != 0)
			return -1;
		tg_jtree_set_text(row, owners[i].name, name);
	}
	return 0;
}

/* LiteLLM tells for each of several windows when it ends. */
static void
put_resets(struct tg_manage *m, json_t *row)
{
	json_t *limits = json_object_get(row, "budget_limits"), *one, *shown;
	char period[TG_PERIOD_BYTES];
	struct tg_err ignored = { 0 };
	int64_t from, to;
	size_t i;

	if (!json_is_array(limits))
		return;
	shown = json_deep_copy(limits);
	json_array_foreach(shown, i, one) {
		const char *span = json_string_value(
		    json_object_get(one, "budget_duration"));
		if (span != NULL &&
		    tg_period_make(tg_str(span), tg_str(m->zone),
			TG_STR_NONE, period, &ignored) == 0 &&
		    tg_period_at(period, m->now, &from, &to))
			(void)json_object_set_new(one, "reset_at",
			    tg_manage_time(to == INT64_MAX ? 0 : to));
	}
	(void)json_object_set_new(row, "budget_limits", shown);
}

static int
put_money(struct tg_manage *m, const struct tg_key *key, const json_t *own,
    json_t *row)
{
	const json_t *settings = key->budget == NULL ?
	    own :
	    tg_row_settings(m, key->settings, key->budget);
	struct tg_figures f;
	json_t *budget;

	if (settings == NULL ||
	    tg_row_figures(m, TG_SCOPE_KEY, key->id, settings, &f) != 0 ||
	    (budget = tg_row_budget(m, key->budget)) == NULL)
		return -1;
	(void)json_object_set_new(
	    row, "spend", tg_manage_usd(f.spent_nano));
	(void)json_object_set_new(
	    row, "budget_reset_at", tg_manage_time(f.reset_at));
	tg_jtree_set_text(row, "budget_id", key->budget);
	(void)json_object_set(row, "litellm_budget_table", budget);
	put_resets(m, row);
	return 0;
}

static void
put_times(const struct tg_key *key, json_t *row)
{
	const struct {
		const char *name;
		int64_t at;
	} times[] = {
		{ "expires", key->expires_at },
		{ "created_at", key->created_at },
		{ "updated_at", key->updated_at },
		{ "last_active", key->last_used_at },
		{ "last_rotation_at", key->rotated_at },
		{ "key_rotation_at", 0 },
	};

	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		(void)json_object_set_new(
		    row, times[i].name, tg_manage_time(times[i].at));
	tg_jtree_set_text(row, "created_by", key->created_by);
	tg_jtree_set_text(row, "updated_by",
	    key->updated_by != NULL ? key->updated_by : key->created_by);
	if (key->revoked_at == 0)
		return;
	(void)json_object_set_new(row, "status", json_string("deleted"));
	(void)json_object_set_new(
	    row, "deleted_at", tg_manage_time(key->revoked_at));
	tg_jtree_set_text(row, "deleted_by", key->revoked_by);
}

json_t *
tg_row_keys(struct tg_manage *m, const struct tg_key_filter *f)
{
	json_t *rows = tg_manage_keep(m, json_array()), *row;
	struct tg_key *keys;
	int64_t total;
	size_t n;

	if (tg_key_page(m->db, m->a, f, &keys, &n, &total, m->e) < 0)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		row = tg_row_key(m, &keys[i], false);
		if (row == NULL)
			return NULL;
		tg_jtree_set_text(row, "token", keys[i].token);
		(void)json_array_append(rows, row);
	}
	return rows;
}
