/* Keys: the list, and one of them. */
#include "config.h"

#include "web/admin/keys.h"

#include <stdlib.h>

#include "web/admin/standing.h"
#include "web/admin/trend.h"
#include "web/names.h"

#define PER_PAGE 50
#define SOON_US (7 * 24 * 3600 * 1000000LL)

/* --- rows --- */

static const char *
state_of(const struct tg_manage *m, const struct tg_key *key)
{
	if (key->revoked_at != 0)
		return "deleted";
	if (key->blocked)
		return "blocked";
	if (key->expires_at != 0 && key->expires_at <= m->now)
		return "expired";
	return "active";
}

static int
put_owner(struct tg_manage *m, json_t *row, const char *name, int64_t id)
{
	struct tg_subject s;
	int rc = id == 0 ? 0 : tg_subject_by_id(m->db, m->a, id, &s, m->e);

	if (rc < 0)
		return -1;
	(void)json_object_set_new(row, name,
	    rc == 0 ? json_null() :
		      json_pack("{s:I, s:s, s:s}", "id", (json_int_t)s.id,
			  "name", s.name, "shown",
			  s.alias != NULL ? s.alias : s.name));
	return 0;
}

static void
put_at(json_t *row, const char *name, int64_t at)
{
	(void)json_object_set_new(
	    row, name, at == 0 ? json_null() : json_integer(at));
}

json_t *
tg_keys_row(struct tg_manage *m, const struct tg_key *key)
{
	const char *state = state_of(m, key);
	json_t *row = json_pack("{s:I, s:s?, s:s?, s:s, s:s, s:b}", "id",
	    (json_int_t)key->id, "alias", key->alias, "masked", key->name,
	    "shown", key->alias != NULL ? key->alias : key->name, "state",
	    state, state, 1);

	put_at(row, "created_at", key->created_at);
	put_at(row, "expires_at", key->expires_at);
	put_at(row, "last_used_at", key->last_used_at);
	put_at(row, "rotated_at", key->rotated_at);
	(void)json_object_set_new(row, "ends_soon",
	    json_boolean(key->expires_at > m->now &&
		key->expires_at < m->now + SOON_US));
	if (put_owner(m, row, "person", key->person) == 0 &&
	    put_owner(m, row, "team", key->team) == 0 &&
	    put_owner(m, row, "project", key->project) == 0 &&
	    put_owner(m, row, "organization", key->organization) == 0 &&
	    tg_standing_row(m, TG_SCOPE_KEY, key->id, row) == 0)
		return row;
	json_decref(row);
	return NULL;
}

/* --- the list --- */

static const char *const sorts[] = { "key_alias", "-spend", "-last_used_at",
	"-created_at", NULL };

/* 1 may, 0 not: members see keys of teams that let them. */
static int
sees_team(struct tg_manage *m, int64_t id)
{
	struct tg_subject team;
	int rc;

	if (m->w->caller->viewer)
		return 1;
	rc = tg_subject_by_id(m->db, m->a, id, &team, m->e);
	return rc == 1 ? tg_caller_team_keys(m, &team, "/key/list") : rc;
}

/* Who does not see everything sees what is theirs. */
static int
narrow(struct tg_manage *m, struct tg_key_filter *f)
{
	int rc = f->team != 0 ? sees_team(m, f->team) : 0;

	if (rc < 0)
		return -1;
	if (rc == 1 || m->w->caller->viewer)
		return 0;
	f->person = m->w->caller->person.id;
	if (f->person == 0)
		f->person = -1;
	return 0;
}

static int
put_filter(struct tg_manage *m, struct tg_page *p,
    const struct tg_key_filter *f, const char *state)
{
	json_t *asked = json_object();

	tg_jtree_set_text(asked, "text", f->like);
	tg_jtree_set_text(asked, state != NULL ? state : "any", "1");
	tg_page_set(p, "asked", asked);
	tg_page_set_true(p, "filtered",
	    f->like != NULL || state != NULL || f->team != 0 ||
		f->project != 0 || f->organization != 0 || f->person != 0);
	/* A number that is tried out tells no name. */
	if (!m->w->caller->viewer)
		return 0;
	if (put_owner(m, asked, "team", f->team) != 0 ||
	    put_owner(m, asked, "project", f->project) != 0 ||
	    put_owner(m, asked, "organization", f->organization) != 0)
		return -1;
	return put_owner(m, asked, "person", f->person);
}

static void
read_filter(struct tg_manage *m, struct tg_page *p, struct tg_key_filter *f,
    const char **state)
{
	static const struct {
		const char *name;
		enum tg_key_state state;
	} states[] = { { "active", TG_KEYS_ACTIVE },
		{ "blocked", TG_KEYS_BLOCKED }, { "expired", TG_KEYS_EXPIRED } };
	const char *asked = tg_page_query(p, "state");

	*f = (struct tg_key_filter){
		.like = tg_page_query(p, "text"),
		.person = tg_page_query_int(p, "person", 0),
		.team = tg_page_query_int(p, "team", 0),
		.project = tg_page_query_int(p, "project", 0),
		.organization = tg_page_query_int(p, "organization", 0),
		.now = m->now,
		.limit = PER_PAGE,
		.after = tg_page_after(p, PER_PAGE),
	};
	*state = NULL;
	for (size_t i = 0; asked != NULL && i < 3; i++)
		if (strcmp(asked, states[i].name) == 0) {
			f->state = states[i].state;
			*state = asked;
		}
	if (asked != NULL && strcmp(asked, "deleted") == 0) {
		f->revoked = true;
		*state = asked;
	}
	f->sort = tg_page_sort(p, sorts, "-created_at", &f->ascending);
}

static int
list(struct tg_manage *m, struct tg_page *p)
{
	json_t *rows = json_array(), *row;
	struct tg_key_filter f;
	struct tg_key *keys;
	const char *state;
	int64_t total;
	size_t n;

	tg_page_set(p, "rows", rows);
	read_filter(m, p, &f, &state);
	if (put_filter(m, p, &f, state) != 0 || narrow(m, &f) != 0 ||
	    tg_key_page(m->db, m->a, &f, &keys, &n, &total, m->e) != 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		row = tg_keys_row(m, &keys[i]);
		if (row == NULL)
			return -1;
		(void)json_array_append_new(rows, row);
	}
	tg_page_set_true(p, "some", n > 0);
	tg_page_set_true(p, "may_make", m->w->caller->may_write);
	tg_page_pager(p, PER_PAGE, (int64_t)n, total, false);
	return 0;
}

static int
keys(struct tg_web *w)
{
	return tg_page_show(w, "keys", N_("Keys"), list);
}

/* --- one --- */

int
tg_keys_find(struct tg_manage *m, struct tg_page *p, struct tg_key *key,
    bool *may)
{
	int64_t id = 0;
	int rc = 0, changes = 0;

	(void)p;
	if (tg_str_i64(m->w->rest, &id) && id > 0)
		rc = tg_key_get_id(m->db, m->a, id, key, m->e);
	if (rc == 1)
		rc = tg_caller_sees_key(m, key);
	if (rc == 1)
		changes = tg_caller_changes_key(m, key, "/key/update");
	if (rc < 0 || changes < 0)
		return -1;
	if (rc == 0)
		return tg_fail(m->e, TG_E_NOT_FOUND,
		    "There is no such key, or it is not yours to see.");
	*may = changes == 1 && key->revoked_at == 0;
	return 0;
}

static const char *const log_words[] = {
	[TG_LOG_UNSET] = N_("As the house does"),
	[TG_LOG_FULL] = N_("Everything: prompts and answers"),
	[TG_LOG_NUMBERS] = N_("Numbers only: tokens, cost, times"),
	[TG_LOG_NONE] = N_("Nothing but the bill"),
};

static void
put_rights(struct tg_manage *m, struct tg_page *p, const struct tg_key *key)
{
	const json_t *s = tg_manage_json(m, key->settings);
	static const char *const names[] = { "allowed_ips", "allowed_routes",
		"tags", "aliases", "priority", "trusted_frontend",
		"enforced_params", NULL };
	json_t *facts = json_object();

	for (size_t i = 0; names[i] != NULL; i++)
		(void)json_object_set(
		    facts, names[i], json_object_get(s, names[i]));
	(void)json_object_set(
	    facts, "models", tg_manage_json(m, key->models));
	tg_jtree_set_text(facts, "log", tg_log_mode_name(key->log));
	tg_jtree_set_text(facts, "budget", key->budget);
	tg_jtree_set_text(facts, "created_by", key->created_by);
	if (strcmp(key->metadata, "{}") != 0)
		(void)json_object_set(
		    facts, "metadata", tg_manage_json(m, key->metadata));
	tg_page_set_text(p, "log_words", log_words[key->log]);
	tg_page_set_true(p, "has_ips",
	    json_array_size(json_object_get(facts, "allowed_ips")) > 0);
	tg_page_set_true(p, "has_routes",
	    json_array_size(json_object_get(facts, "allowed_routes")) > 0);
	tg_page_set_true(p, "has_tags",
	    json_array_size(json_object_get(facts, "tags")) > 0);
	tg_page_set(p, "facts", facts);
}

static int
one(struct tg_manage *m, struct tg_page *p)
{
	struct tg_me_account accounts[3];
	struct tg_trend trend = { .dim = TG_SUM_KEY };
	struct tg_key key;
	json_t *row;
	size_t n;
	bool may;

	if (tg_keys_find(m, p, &key, &may) != 0 ||
	    (row = tg_keys_row(m, &key)) == NULL)
		return -1;
	tg_page_set(p, "key", row);
	tg_page_set_true(p, "may_change", may);
	tg_page_set_true(p, "may_block", may && m->w->caller->admin);
	put_rights(m, p, &key);
	n = tg_standing_accounts(TG_SCOPE_KEY, key.id, accounts);
	accounts[n++] = (struct tg_me_account){ TG_SCOPE_KEY_TAG, key.id,
		NULL };
	trend.subject = key.id;
	trend.query = tg_arena_printf(m->a, "key=%lld", (long long)key.id);
	if (tg_standing_draw(m, accounts, n, p->data) != 0)
		return -1;
	return tg_trend_draw(m, p, &trend);
}

static int
key(struct tg_web *w)
{
	return tg_page_show(w, "key", N_("Key"), one);
}

/* clang-format off */
const struct tg_route tg_routes_admin_keys[] = {
	{ TG_GET, "/admin/keys", TG_ACCESS_PERSON, keys, NULL, "Keys",
	    TG_FAULT_ERROR },
	{ TG_GET, "/admin/keys/new", TG_ACCESS_PERSON, tg_keys_new, NULL,
	    "A form for a new key", TG_FAULT_ERROR },
	{ TG_POST, "/admin/keys/new", TG_ACCESS_PERSON, tg_keys_create, NULL,
	    "Make a key, shown once", TG_FAULT_ERROR },
	{ TG_GET, "/admin/keys/{id}/edit", TG_ACCESS_PERSON, tg_keys_edit,
	    NULL, "A form to change a key", TG_FAULT_ERROR },
	{ TG_POST, "/admin/keys/{id}/edit", TG_ACCESS_PERSON, tg_keys_update,
	    NULL, "Change a key", TG_FAULT_ERROR },
	{ TG_POST, "/admin/keys/{id}/block", TG_ACCESS_PERSON, tg_keys_block,
	    NULL, "Block a key", TG_FAULT_ERROR },
	{ TG_POST, "/admin/keys/{id}/unblock", TG_ACCESS_PERSON,
	    tg_keys_unblock, NULL, "Unblock a key", TG_FAULT_ERROR },
	{ TG_GET, "/admin/keys/{id}/rotate", TG_ACCESS_PERSON, tg_keys_ask,
	    NULL, "What a new secret means", TG_FAULT_ERROR },
	{ TG_POST, "/admin/keys/{id}/rotate", TG_ACCESS_PERSON,
	    tg_keys_rotate, NULL, "A new secret, shown once", TG_FAULT_ERROR },
	{ TG_GET, "/admin/keys/{id}/delete", TG_ACCESS_PERSON, tg_keys_ask,
	    NULL, "What deleting a key means", TG_FAULT_ERROR },
	{ TG_POST, "/admin/keys/{id}/delete", TG_ACCESS_PERSON,
	    tg_keys_delete, NULL, "Delete a key", TG_FAULT_ERROR },
	{ TG_GET, "/admin/keys/{id}/reset", TG_ACCESS_EDITOR, tg_keys_ask,
	    NULL, "What counting anew means", TG_FAULT_ERROR },
	{ TG_POST, "/admin/keys/{id}/reset", TG_ACCESS_EDITOR, tg_keys_reset,
	    NULL, "Count what a key has spent from 0", TG_FAULT_ERROR },
	{ TG_GET, "/admin/keys/{id}", TG_ACCESS_PERSON, key, NULL,
	    "One key", TG_FAULT_ERROR },
	{ .path = NULL },
};
/* clang-format on */
