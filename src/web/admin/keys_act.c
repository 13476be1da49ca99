/* Keys: blocked, given a new secret, counted anew, deleted. */
#include "config.h"

#include "web/admin/keys.h"

#include "web/admin/snippets.h"

/*
 * The key of the path as the API wants it; the path's number is no key of
 * its: routes that look for one in their path must not find it.
 */
static int
find(struct tg_manage *m, struct tg_page *p)
{
	struct tg_key key;
	bool may;

	if (tg_keys_find(m, p, &key, &may) != 0)
		return -1;
	tg_page_set_text(p, "token", key.token);
	return 0;
}

static struct tg_page *
open(struct tg_web *w, const char *title, json_t **body)
{
	struct tg_page *p = tg_page_open(w, "key_ask", title);

	if (p == NULL)
		return NULL;
	if (tg_page_read(p, find) != 0) {
		tg_page_close(p);
		return NULL;
	}
	*body = json_object();
	(void)json_object_set(
	    *body, "key", json_object_get(p->data, "token"));
	return p;
}

/* --- asking --- */

static int
ask(struct tg_manage *m, struct tg_page *p)
{
	struct tg_str path = tg_str(m->w->route->path);
	struct tg_key key;
	json_t *row;
	bool may;

	if (tg_keys_find(m, p, &key, &may) != 0)
		return -1;
	if (!may)
		return tg_fail(m->e, TG_E_FORBIDDEN,
		    "This key is not yours to change.");
	row = tg_keys_row(m, &key);
	if (row == NULL)
		return -1;
	tg_page_set(p, "key", row);
	tg_page_set_true(p, "rotate", tg_str_ends(path, "/rotate"));
	tg_page_set_true(p, "delete", tg_str_ends(path, "/delete"));
	tg_page_set_true(p, "reset", tg_str_ends(path, "/reset"));
	return 0;
}

int
tg_keys_ask(struct tg_web *w)
{
	return tg_page_show(w, "key_ask", N_("Are you sure?"), ask);
}

/* --- doing --- */

static int
set_blocked(struct tg_web *w, tg_manage_fn *fn, const char *done)
{
	struct tg_str id = w->rest;
	struct tg_page *p;
	json_t *body;

	p = open(w, N_("Block a key"), &body);
	if (p == NULL)
		return -1;
	if (tg_page_do(p, fn, body, NULL) != 0)
		return tg_page_refused(p, ask);
	return tg_page_goto(p, done, "admin/keys/%.*s", TG_PRI(id));
}

int
tg_keys_block(struct tg_web *w)
{
	return set_blocked(w, tg_web_key_block, "blocked");
}

int
tg_keys_unblock(struct tg_web *w)
{
	return set_blocked(w, tg_web_key_unblock, "unblocked");
}

int
tg_keys_rotate(struct tg_web *w)
{
	struct tg_str id = w->rest;
	json_t *body, *answer = NULL;
	struct tg_page *p;
	const char *grace;
	int rc;

	if (tg_web_catalog(w) != 0 ||
	    (p = open(w, N_("A new secret"), &body)) == NULL)
		return -1;
	grace = tg_page_field(p, "grace_period");
	if (grace != NULL)
		tg_jtree_set_text(body, "grace_period", grace);
	w->rest = TG_STR_NONE;
	rc = tg_page_do(p, tg_web_key_regenerate, body, &answer);
	w->rest = id;
	if (rc != 0)
		return tg_page_refused(p, ask);
	return tg_keys_once(p, answer, N_("The key has a new secret."));
}

int
tg_keys_reset(struct tg_web *w)
{
	struct tg_str id = w->rest;
	struct tg_page *p;
	json_t *body;
	int rc;

	p = open(w, N_("Count from 0"), &body);
	if (p == NULL)
		return -1;
	(void)json_object_set_new(body, "reset_to", json_integer(0));
	w->rest = tg_str(
	    json_string_value(json_object_get(p->data, "token")));
	rc = tg_page_do(p, tg_web_key_reset, body, NULL);
	w->rest = id;
	if (rc != 0)
		return tg_page_refused(p, ask);
	return tg_page_goto(p, "saved", "admin/keys/%.*s", TG_PRI(id));
}

int
tg_keys_delete(struct tg_web *w)
{
	struct tg_page *p;
	json_t *body;

	p = open(w, N_("Delete a key"), &body);
	if (p == NULL)
		return -1;
	(void)json_object_set_new(body, "keys",
	    json_pack("[O]", json_object_get(body, "key")));
	if (tg_page_do(p, tg_web_key_delete, body, NULL) != 0)
		return tg_page_refused(p, ask);
	return tg_page_goto(p, "deleted", "admin/keys");
}

/* --- shown once --- */

static int
once(struct tg_manage *m, struct tg_page *p)
{
	struct tg_key key;
	json_t *row;

	if (tg_key_given(m,
		json_string_value(json_object_get(p->data, "token")),
		&key) != 0 ||
	    (row = tg_keys_row(m, &key)) == NULL)
		return -1;
	tg_page_set(p, "key", row);
	if (json_object_get(p->data, "back") == NULL)
		tg_page_set_text(p, "back",
		    tg_arena_printf(
			m->a, "admin/keys/%lld", (long long)key.id));
	tg_snippets_draw(m, p, &key,
	    json_string_value(json_object_get(p->data, "secret")));
	return 0;
}

int
tg_keys_once(struct tg_page *p, const json_t *answer, const char *what)
{
	(void)json_object_set(
	    p->data, "secret", json_object_get(answer, "key"));
	(void)json_object_set(
	    p->data, "token", json_object_get(answer, "token"));
	tg_page_set_text(p, "what", what);
	p->template = "key_once";
	p->title = N_("Your key");
	if (tg_page_read(p, once) != 0) {
		tg_page_close(p);
		return -1;
	}
	return tg_page_send(p);
}
