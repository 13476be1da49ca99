/* From a body to a key, and back to its row. */
#include "config.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/escape.h"
#include "base/id.h"
#include "base/limits.h"
#include "web/manage/key.h"

#define KEY_LEAST 8

static int read_columns(struct tg_manage *, const json_t *, struct tg_key *);
static int read_life(struct tg_manage *, const json_t *, struct tg_key *);
static int read_owners(struct tg_manage *, const json_t *, struct tg_key *);
static int read_settings(struct tg_manage *, const json_t *, struct tg_key *);

int
tg_key_read(struct tg_manage *m, const json_t *body, struct tg_key *key)
{
	if (tg_fields_check(m->e, tg_fields_key, body) != 0 ||
	    read_columns(m, body, key) != 0 ||
	    read_life(m, body, key) != 0 ||
	    read_owners(m, body, key) != 0 ||
	    read_settings(m, body, key) != 0)
		return -1;
	key->updated_by = m->w->who;
	return 0;
}

/* A text member: 1 it was sent, *out NULL for null and "". */
static int
sent_text(struct tg_manage *m, const json_t *body, const char *name,
    const char **out)
{
	const json_t *v = json_object_get(body, name);
	const char *text = json_string_value(v);

	*out = text != NULL && *text != '\0' ?
	    tg_arena_cstr(m->a, tg_str(text)) :
	    NULL;
	return v != NULL;
}

static const char *
print_or(struct tg_manage *m, const json_t *v, const char *otherwise)
{
	return json_is_null(v) ? otherwise : tg_manage_print(m, v);
}

static int
read_log(struct tg_manage *m, const json_t *body, struct tg_key *key)
{
	const char *log;

	if (!sent_text(m, body, "log", &log))
		return 0;
	key->log = TG_LOG_UNSET;
	if (log != NULL && tg_log_mode_parse(tg_str(log), &key->log) != 0)
		return tg_fail_param(m->e, TG_E_INVALID, "log",
		    "'log' must be full, numbers or none.");
	return 0;
}

static int
read_columns(struct tg_manage *m, const json_t *body, struct tg_key *key)
{
	const json_t *v;
	const char *text;

	if (sent_text(m, body, "key_alias", &text))
		key->alias = text;
	if (sent_text(m, body, "budget_id", &text))
		key->budget = text;
	v = json_object_get(body, "models");
	if (v != NULL)
		key->models = print_or(m, v, "[]");
	v = json_object_get(body, "metadata");
	if (v != NULL)
		key->metadata = print_or(m, v, "{}");
	v = json_object_get(body, "blocked");
	if (v != NULL)
		key->blocked = json_is_true(v);
	return read_log(m, body, key);
}

/* null and "-1": for ever. */
static int
read_life(struct tg_manage *m, const json_t *body, struct tg_key *key)
{
	const char *text;
	int64_t s;

	if (!sent_text(m, body, "duration", &text))
		return 0;
	key->expires_at = 0;
	if (text == NULL || strcmp(text, "-1") == 0)
		return 0;
	if (tg_duration_parse(tg_str(text), &s) != 0 || s <= 0)
		return tg_fail_param(m->e, TG_E_INVALID, "duration",
		    "'duration' must be a time such as 30s, 30m, 12h, 30d or "
		    "1mo.");
	key->expires_at = m->now + s * 1000000;
	return 0;
}

/* --- to whom it belongs --- */

bool
tg_subject_implied(struct tg_manage *m, const struct tg_subject *s)
{
	return json_is_true(json_object_get(
	    tg_manage_json(m, s->settings), "implied"));
}

static int
imply(struct tg_manage *m, enum tg_subject_kind kind, const char *name,
    int64_t *id)
{
	struct tg_subject s = {
		.kind = kind,
		.name = name,
		.role = kind == TG_SUBJECT_PERSON ? "internal_user" : NULL,
		.models = "[]",
		.settings = "{\"implied\":true}",
		.created_by = m->w->who,
		.updated_by = m->w->who,
	};

	if (tg_subject_save(m->db, &s, m->e) != 0)
		return -1;
	*id = s.id;
	return 0;
}

int
tg_key_owner(struct tg_manage *m, enum tg_subject_kind kind,
    const char *name, int64_t *id)
{
	static const char *const members[TG_SUBJECT__MAX] = {
		[TG_SUBJECT_PERSON] = "user_id",
		[TG_SUBJECT_TEAM] = "team_id",
		[TG_SUBJECT_PROJECT] = "project_id",
		[TG_SUBJECT_ORGANIZATION] = "organization_id",
	};
	struct tg_subject s;
	int rc;

	*id = 0;
	if (name == NULL || *name == '\0')
		return 0;
	rc = tg_subject_find(m->db, m->a, kind, name, &s, m->e);
	if (rc == 1)
		*id = s.id;
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	if (m->w->caller->admin &&
	    (kind == TG_SUBJECT_PERSON || kind == TG_SUBJECT_TEAM))
		return imply(m, kind, name, id);
	return tg_manage_fail(m->e, TG_E_INVALID, NULL, members[kind],
	    "There is no %s '%s'.", tg_subject_kind_name(kind), name);
}

static int
read_owner(struct tg_manage *m, const json_t *body, const char *member,
    enum tg_subject_kind kind, int64_t *id)
{
	const char *name;

	if (!sent_text(m, body, member, &name))
		return 0;
	return tg_key_owner(m, kind, name, id);
}

/* A key of a project is one of the project's team. */
static int
join_project(struct tg_manage *m, struct tg_key *key)
{
	struct tg_subject project;
	int rc;

	if (key->project == 0)
		return 0;
	rc = tg_subject_by_id(m->db, m->a, key->project, &project, m->e);
	if (rc < 0)
		return -1;
	if (key->team == 0)
		key->team = project.parent;
	if (rc == 1 && project.parent != 0 && key->team != project.parent)
		return tg_fail_param(m->e, TG_E_INVALID, "project_id",
		    "The project '%s' belongs to another team.",
		    project.name);
	return 0;
}

static int
read_owners(struct tg_manage *m, const json_t *body, struct tg_key *key)
{
	if (read_owner(m, body, "user_id", TG_SUBJECT_PERSON,
		&key->person) != 0 ||
	    read_owner(m, body, "team_id", TG_SUBJECT_TEAM, &key->team) !=
		0 ||
	    read_owner(m, body, "project_id", TG_SUBJECT_PROJECT,
		&key->project) != 0 ||
	    read_owner(m, body, "organization_id", TG_SUBJECT_ORGANIZATION,
		&key->organization) != 0)
		return -1;
	return join_project(m, key);
}

/* --- settings --- */

static int
check_addresses(struct tg_manage *m, const json_t *settings)
{
	const json_t *list = json_object_get(settings, "allowed_ips");
	size_t i;
	json_t *one;

	json_array_foreach(list, i, one) {
		struct tg_str range =
		    tg_str_trim(tg_str(json_string_value(one)));
		if (range.n == 0 || tg_addr_listed(range, TG_STR("")) < 0)
			return tg_fail_param(m->e, TG_E_INVALID,
			    "allowed_ips",
			    "'allowed_ips' holds '%.*s', which is neither an "
			    "address nor a range such as 10.0.0.0/8.",
			    TG_PRI(range));
	}
	return 0;
}

static int
check_type(struct tg_manage *m, json_t *settings)
{
	static const struct {
		const char *type, *routes;
	} types[] = {
		{ "default", NULL },
		{ "llm_api", "llm_api_routes" },
		{ "management", "management_routes" },
		{ "read_only", "info_routes" },
	};
	const char *type =
	    json_string_value(json_object_get(settings, "key_type"));

	if (type == NULL)
		return 0;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (strcmp(type, types[i].type) != 0)
			continue;
		if (types[i].routes != NULL &&
		    json_array_size(json_object_get(
			settings, "allowed_routes")) == 0)
			(void)json_object_set_new(settings,
			    "allowed_routes",
			    json_pack("[s]", types[i].routes));
		return 0;
	}
	return tg_fail_param(m->e, TG_E_INVALID, "key_type",
	    "'key_type' must be default, llm_api, management or read_only.");
}

static int
read_settings(struct tg_manage *m, const json_t *body, struct tg_key *key)
{
	json_t *settings = tg_manage_json(m, key->settings);
	const json_t *blocked = json_object_get(body, "blocked");

	if (!json_is_object(settings))
		settings = tg_manage_keep(m, json_object());
	tg_fields_store(tg_fields_key, body, settings);
	/* Rows tell "not blocked any more" from "never was". */
	if (json_is_false(blocked) && key->id != 0)
		(void)json_object_set_new(settings, "blocked", json_false());
	tg_manage_expiry(m, settings);
	if (check_addresses(m, settings) != 0 ||
	    check_type(m, settings) != 0)
		return -1;
	key->settings = tg_manage_print(m, settings);
	return 0;
}

int
tg_key_secret(struct tg_manage *m, const json_t *body, const char *member,
    struct tg_key *key, const char **secret)
{
	if (!sent_text(m, body, member, secret) || *secret == NULL)
		*secret = tg_key_new(tg_arena_alloc(m->a, TG_KEY_BYTES));
	if (strncmp(*secret, "sk-", 3) != 0 ||
	    strlen(*secret) < KEY_LEAST || strlen(*secret) > TG_MAX_KEY_TEXT)
		return tg_fail_param(m->e, TG_E_INVALID, member,
		    "A key must begin with 'sk-' and have %d to %d "
		    "characters.",
		    KEY_LEAST, TG_MAX_KEY_TEXT);
	tg_sha256_hex(tg_str(*secret), key->token);
	key->name = tg_arena_cstr(m->a, tg_mask_key(m->a, tg_str(*secret)));
	return 0;
}
