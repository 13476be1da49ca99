/*
 * litellm_credential_name: address and secret of a deployment from a named
 * credential of the database, where it says none of its own.
 */
#include "config.h"

#include "gate/catalog_build.h"

#include "base/jtree.h"
#include "store/setup.h"

struct find {
	struct tg_arena *a;
	const char *name;
	struct tg_credential c;
	int found;
};

static int
find(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct find *f = arg;

	f->found = tg_credential_find(db, f->a, f->name, &f->c, e);
	return f->found < 0 ? -1 : 0;
}

static const char *
text_of(struct tg_arena *a, const json_t *values, const char *name)
{
	const char *text = json_string_value(json_object_get(values, name));

	return text != NULL && *text != '\0' ?
	    tg_arena_cstr(a, tg_str(text)) :
	    NULL;
}

/* One more setting, unless it is there. */
static void
lend(struct tg_arena *a, struct tg_section *s, const char *key,
    const char *value)
{
	struct tg_setting *more;

	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->settings[i].key, key) == 0)
			return;
	if (value == NULL)
		return;
	more = tg_arena_alloc(a, (s->n + 1) * sizeof(*more));
	if (s->n > 0)
		memcpy(more, s->settings, s->n * sizeof(*more));
	more[s->n++] = (struct tg_setting){ key, value };
	s->settings = more;
}

static int
open_values(struct tg_builder *b, const struct find *f,
    struct tg_section *s, struct tg_secret *key, struct tg_err *e)
{
	struct tg_secret plain;
	const char *secret;
	json_t *values;

	if (tg_seal_unlock(b->seal, f->c.sealed, f->c.sealed_bytes,
		&plain) != 0)
		return tg_fail(e, TG_E_STORE,
		    "its credential %s cannot be opened with this key file",
		    f->name);
	values = tg_jtree_parse(tg_secret_reveal(&plain), e);
	tg_secret_free(&plain);
	if (values == NULL)
		return -1;
	lend(b->a, s, "base_url", text_of(b->a, values, "api_base"));
	lend(b->a, s, "base_url", text_of(b->a, values, "base_url"));
	secret = json_string_value(json_object_get(values, "api_key"));
	*key = tg_secret_new(tg_str(secret));
	json_decref(values);
	return 0;
}

int
tg_builder_credential(struct tg_builder *b, const char *params,
    struct tg_section *s, struct tg_secret *key, struct tg_err *e)
{
	json_t *j = params != NULL ? tg_jtree_parse(tg_str(params), e) : NULL;
	struct find f = { .a = b->a,
		.name = text_of(b->a, j, "litellm_credential_name") };

	json_decref(j);
	*key = (struct tg_secret){ NULL, 0 };
	if (f.name == NULL)
		return 0;
	if (tg_read(b->store, TG_DB_MAIN, find, &f, e) != 0)
		return -1;
	if (f.found == 0)
		return tg_fail(e, TG_E_INVALID,
		    "its credential %s is gone", f.name);
	return open_values(b, &f, s, key, e);
}
