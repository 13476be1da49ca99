/* From a body to a person. */
#include "config.h"

#include "base/hash.h"
#include "base/id.h"
#include "base/money.h"
#include "gate/rules.h"
#include "store/people.h"
#include "store/sessions.h"
#include "web/manage/key.h"
#include "web/manage/user.h"
#include "web/page/visitor.h"
#include "web/password.h"

static const char *const roles[] = { "proxy_admin", "proxy_admin_viewer",
	"internal_user", "internal_user_viewer", "org_admin", "team",
	"customer", NULL };

static int read_settings(
    struct tg_manage *, const json_t *, struct tg_subject *);

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

static int
read_role(struct tg_manage *m, const json_t *body, struct tg_subject *s)
{
	const char *role;

	if (!sent_text(m, body, "user_role", &role) || role == NULL)
		return 0;
	for (size_t i = 0; roles[i] != NULL; i++)
		if (strcmp(roles[i], role) == 0) {
			s->role = roles[i];
			return 0;
		}
	return tg_fail_param(m->e, TG_E_TYPE, "user_role",
	    "'user_role' must be proxy_admin, proxy_admin_viewer, "
	    "internal_user or internal_user_viewer.");
}

int
tg_user_read(struct tg_manage *m, const json_t *body, struct tg_subject *s)
{
	const json_t *v;
	const char *text;

	if (tg_fields_check(m->e, tg_fields_user, body) != 0 ||
	    read_role(m, body, s) != 0)
		return -1;
	if (sent_text(m, body, "user_alias", &text))
		s->alias = text;
	if (sent_text(m, body, "user_email", &text))
		s->email = text;
	if (sent_text(m, body, "budget_id", &text))
		s->budget = text;
	v = json_object_get(body, "models");
	if (v != NULL)
		s->models = json_is_null(v) ? "[]" : tg_manage_print(m, v);
	v = json_object_get(body, "blocked");
	if (v != NULL)
		s->blocked = json_is_true(v);
	s->updated_by = m->w->who;
	return read_settings(m, body, s);
}

static int
read_settings(
    struct tg_manage *m, const json_t *body, struct tg_subject *s)
{
	json_t *settings = tg_manage_json(m, s->settings);
	json_t *metadata = json_object_get(body, "metadata");

	if (!json_is_object(settings))
		settings = tg_manage_keep(m, json_object());
	tg_fields_store(tg_fields_user, body, settings);
	tg_manage_expiry(m, settings);
	(void)json_object_del(settings, "implied");
	if (metadata != NULL)
		(void)json_object_set(settings, "metadata", metadata);
	s->settings = tg_manage_print(m, settings);
	return tg_key_promises(m, s->settings, s->budget);
}

/* --- signing in --- */

static int end_sessions(struct tg_manage *, const struct tg_subject *);

static int
store_password(
    struct tg_manage *m, const json_t *body, const struct tg_subject *s)
{
	const char *text, *hash;

	if (!sent_text(m, body, "password", &text) || text == NULL)
		return tg_person_put(m->db, s->name,
		    tg_person_role_of(s->role), NULL, m->e);
	if (tg_password_make(m->a, text, &hash, m->e) != 0)
		return -1;
	if (tg_person_put(m->db, s->name, tg_person_role_of(s->role), hash,
		m->e) != 0)
		return -1;
	return end_sessions(m, s);
}

/* Whoever signed in by the old password is out; but who sets a new one. */
static int
end_sessions(struct tg_manage *m, const struct tg_subject *s)
{
	const struct tg_visitor *v = m->w->visitor;
	struct tg_person p;

	if (tg_person_look(m->db, m->a, s->name, &p, m->e) != 1 ||
	    tg_attempt_good(m->db, p.name, NULL, m->e) != 0)
		return -1;
	return tg_session_drop_person(m->db, p.id,
	    v != NULL && v->account == p.id ? v->session : NULL, m->e);
}

int
tg_user_store(
    struct tg_manage *m, const json_t *body, struct tg_subject *s)
{
	if (tg_subject_save(m->db, s, m->e) != 0 ||
	    store_password(m, body, s) != 0)
		return -1;
	return tg_rules_apply(
	    m->db, m->a, TG_SCOPE_PERSON, s->id, m->zone, m->e);
}

int
tg_user_spend(struct tg_manage *m, const json_t *body,
    const struct tg_subject *s, enum tg_scope scope)
{
	const json_t *v = json_object_get(body, "spend");
	int64_t nano;

	if (!json_is_number(v) ||
	    (s->created_at >= m->now && json_number_value(v) <= 0))
		return 0;
	if (tg_nano_parse(tg_str(tg_manage_print(m, v)), &nano) != 0)
		return tg_fail_param(m->e, TG_E_INVALID, "spend",
		    "'spend' must be an amount in USD.");
	return tg_account_adjust(
		   m->db, scope, s->id, "", nano, true, m->e) < 0 ?
	    -1 :
	    0;
}

/* --- finding --- */

int
tg_user_given(
    struct tg_manage *m, const json_t *body, struct tg_subject *s)
{
	const char *id = NULL, *email = NULL;

	if (tg_jtree_text(body, "user_id", &id, m->e) != 0 ||
	    tg_jtree_text(body, "user_email", &email, m->e) != 0)
		return -1;
	if (id != NULL && *id != '\0')
		return tg_subject_find(
		    m->db, m->a, TG_SUBJECT_PERSON, id, s, m->e);
	if (email != NULL && *email != '\0')
		return tg_person_by_email(m->db, m->a, email, s, m->e);
	return tg_fail_param(m->e, TG_E_INVALID, "user_id",
	    "Either 'user_id' or 'user_email' is needed.");
}

int
tg_user_ensure(struct tg_manage *m, const json_t *body, const char *role,
    struct tg_subject *s)
{
	int rc = tg_user_given(m, body, s);
	const char *id, *email;

	if (rc != 0)
		return rc < 0 ? -1 : 0;
	(void)sent_text(m, body, "user_id", &id);
	(void)sent_text(m, body, "user_email", &email);
	*s = (struct tg_subject){
		.kind = TG_SUBJECT_PERSON,
		.name = id != NULL ?
		    id :
		    tg_uuid7(tg_arena_alloc(m->a, TG_UUID_BYTES)),
		.email = email,
		.role = role,
		.models = "[]",
		.settings = "{}",
		.created_by = m->w->who,
		.updated_by = m->w->who,
	};
	return tg_subject_save(m->db, s, m->e) != 0 ? -1 : 1;
}
