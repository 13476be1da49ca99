/*
 * How somebody signs in.  An admin does not get into an owner's place by
 * giving them a password: who may do more is touched by owners alone.
 */
#include "config.h"

#include "web/admin/people.h"

#include "store/people.h"
#include "store/sessions.h"
#include "web/admin/snippets.h"
#include "web/manage/sign_in.h"

static const struct {
	const char *role, *title;
} roles[] = {
	{ "member", N_("Member: sees what is theirs") },
	{ "viewer", N_("Viewer: sees everything, changes nothing") },
	{ "admin", N_("Admin: changes everything but roles and backups") },
	{ "owner", N_("Owner: everything") },
};
#define N_ROLES (sizeof(roles) / sizeof(roles[0]))

/* --- drawing --- */

static int
rank(const char *role)
{
	for (size_t i = 0; role != NULL && i < N_ROLES; i++)
		if (strcmp(role, roles[i].role) == 0)
			return (int)i;
	return 0;
}

/* Owners touch everybody, admins those who may do less than they do. */
static bool
may_touch(const struct tg_manage *m, const char *role)
{
	return m->w->visitor->role >= TG_VISIT_OWNER ||
	    (m->w->visitor->role >= TG_VISIT_ADMIN &&
		rank(role) < rank("admin"));
}

/* 1 signs in, 0 not: then with the role of their row. */
static int
find(struct tg_manage *m, const struct tg_subject *s, struct tg_person *who)
{
	int rc = tg_person_look(m->db, m->a, s->name, who, m->e);

	if (rc != 0)
		return rc;
	*who = (struct tg_person){ .name = s->name, .role = "member",
		.password_hash = "" };
	if (s->role != NULL && strcmp(s->role, "proxy_admin") == 0)
		who->role = "admin";
	else if (s->role != NULL &&
	    strcmp(s->role, "proxy_admin_viewer") == 0)
		who->role = "viewer";
	return 0;
}

static json_t *
role_list(const char *role)
{
	json_t *list = json_array();

	for (size_t i = 0; i < N_ROLES; i++)
		(void)json_array_append_new(list,
		    json_pack("{s:s, s:s, s:b}", "value", roles[i].role,
			"words", roles[i].title, "selected",
			rank(role) == (int)i));
	return list;
}

int
tg_people_sign_in_draw(struct tg_manage *m, struct tg_page *p,
    const struct tg_subject *s)
{
	struct tg_session *sessions;
	struct tg_person who;
	size_t n = 0;
	int rc = find(m, s, &who);

	if (rc < 0 ||
	    (rc == 1 &&
		tg_session_list(
		    m->db, m->a, who.id, &sessions, &n, m->e) != 0))
		return -1;
	tg_page_set(p, "sign_in",
	    json_pack("{s:s, s:s, s:b, s:b, s:b, s:I, s:b, s:o}", "role",
		who.role, "role_words", roles[rank(who.role)].title, "known",
		rc, "password", *who.password_hash != '\0', "totp",
		who.totp != NULL, "sessions", (json_int_t)n, "may_touch",
		may_touch(m, who.role), "roles", role_list(who.role)));
	return 0;
}

/* --- handlers --- */

static int
ask(struct tg_manage *m, struct tg_page *p)
{
	struct tg_subject s;
	bool may;

	return tg_subject_open(m, p, &s, &may);
}

static json_t *
body_of(const struct tg_page *p)
{
	json_t *body = json_object();

	tg_jtree_set_text(body, "user_id", tg_subject_page_name(p));
	return body;
}

static int
change(struct tg_web *w, tg_manage_fn *fn, const char *word)
{
	struct tg_page *p =
	    tg_subject_page(w, "subject_ask", N_("Signing in"));

	if (p == NULL)
		return -1;
	if (tg_page_do(p, fn, body_of(p), NULL) != 0)
		return tg_page_refused(p, ask);
	return tg_page_goto(p, word, "admin/people/%.*s", TG_PRI(w->rest));
}

int
tg_people_role(struct tg_web *w)
{
	struct tg_page *p =
	    tg_subject_page(w, "subject_ask", N_("Signing in"));
	json_t *body;

	if (p == NULL)
		return -1;
	body = body_of(p);
	tg_jtree_set_text(body, "role", tg_page_field(p, "role"));
	if (tg_page_do(p, tg_web_sign_in_role, body, NULL) != 0)
		return tg_page_refused(p, ask);
	return tg_page_goto(p, "saved", "admin/people/%.*s", TG_PRI(w->rest));
}

int
tg_people_totp_off(struct tg_web *w)
{
	return change(w, tg_web_sign_in_totp_off, "saved");
}

int
tg_people_sign_out(struct tg_web *w)
{
	return change(w, tg_web_sign_in_sign_out, "ended");
}

/* A first password, to be handed over: shown this once. */
int
tg_people_password(struct tg_web *w)
{
	struct tg_page *p =
	    tg_subject_page(w, "person_once", N_("A first password"));
	json_t *answer;

	if (p == NULL)
		return -1;
	if (tg_page_do(p, tg_web_sign_in_password, body_of(p), &answer) != 0) {
		p->template = "subject_ask";
		return tg_page_refused(p, ask);
	}
	tg_page_set_text(p, "password",
	    json_string_value(json_object_get(answer, "password")));
	tg_page_set_text(p, "url", tg_snippets_url(p));
	return tg_page_send(p);
}
