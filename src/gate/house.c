/*
 * The promises of scopes that no row of keys or subjects stands for.  They
 * are gathered, put into one text, and compared by its hash: so a start
 * writes only when a file or a row was changed.
 */
#include "config.h"

#include "gate/house.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/jtree.h"
#include "base/limits.h"
#include "gate/rules.h"
#include "store/db.h"
#include "store/setup.h"

#define DIGEST "house_promises"
#define ZONE "house_timezone"

struct promise {
	enum tg_scope scope;
	const char *name;
	struct tg_promises p;
	struct promise *next;
};

struct gathering {
	const struct tg_gate_conf *conf;
	struct tg_arena *a;
	struct promise *list;
	struct tg_buf text;
	char digest[TG_SHA256_HEX];
	const char *zone;
	struct tg_err *e;
};

static int gather(struct gathering *, const struct tg_catalog *,
    struct tg_store *);
static int write_all(struct tg_db *, void *, struct tg_err *);
static int write_house(struct gathering *, struct tg_db *, struct tg_err *);

int
tg_house_sync(const struct tg_gate_conf *conf, const struct tg_catalog *c,
    struct tg_store *s, struct tg_err *e)
{
	struct gathering g = { .conf = conf, .e = e };
	const char *known = NULL, *known_zone = NULL;
	bool same, same_zone;
	int rc = -1;

	g.a = tg_arena_new(TG_MAX_ARENA);
	tg_buf_init(&g.text, TG_MAX_ARENA);
	g.zone = conf->house.timezone != NULL ? conf->house.timezone : "";
	if (gather(&g, c, s) != 0 ||
	    tg_meta_get(s, g.a, DIGEST, &known, e) < 0 ||
	    tg_meta_get(s, g.a, ZONE, &known_zone, e) < 0)
		goto out;
	tg_sha256_hex(tg_buf_str(&g.text), g.digest);
	same = known != NULL ? strcmp(known, g.digest) == 0 : g.list == NULL;
	same_zone = known_zone != NULL && strcmp(known_zone, g.zone) == 0;
	if (same && same_zone)
		rc = 0;
	else
		rc = tg_write(s, TG_DB_MAIN, write_all, &g, e);
out:
	tg_buf_free(&g.text);
	tg_arena_free(g.a);
	return rc;
}

/* --- gathering --- */

static json_t *
tree_of(const struct tg_section *s)
{
	json_t *o = json_object();

	for (size_t i = 0; i < s->n; i++)
		(void)json_object_set_new(o, s->settings[i].key,
		    json_string(s->settings[i].value));
	return o;
}

static void
note(struct gathering *g, enum tg_scope scope, const char *name,
    const json_t *o)
{
	char *json = tg_jtree_print(o);

	(void)tg_buf_printf(&g->text, "%d %s %s\n", (int)scope, name,
	    json != NULL ? json : "");
	free(json);
}

/* What the caps of a file are called, so that pages show them as fixed. */
static void
name_origin(struct tg_promises *p, bool fixed)
{
	for (size_t i = 0; i < p->n_caps; i++)
		p->caps[i].origin = fixed ? "ini" : "own";
}

static int
add(struct gathering *g, enum tg_scope scope, const char *name,
    const json_t *o, bool fixed)
{
	struct promise *p = tg_arena_zero(g->a, sizeof(*p));
	struct tg_err why = { 0 };
	struct tg_rules rules;

	if (json_object_size(o) == 0)
		return 0;
	note(g, scope, name, o);
	if (tg_rules_read(g->a, o, NULL, NULL, g->conf->house.timezone,
		&rules, &why) != 0)
		return tg_fail(g->e, TG_E_INVALID, "[%s%s%s] %s",
		    tg_scope_name(scope), *name != '\0' ? ":" : "", name,
		    why.msg);
	*p = (struct promise){
		.scope = scope,
		.name = tg_arena_cstr(g->a, tg_str(name)),
		.p = rules.own,
		.next = g->list,
	};
	name_origin(&p->p, fixed);
	g->list = p;
	return 0;
}

static int
add_section(struct gathering *g, enum tg_scope scope, const char *name,
    const struct tg_section *s, bool fixed)
{
	json_t *o;
	int rc;

	if (s->n == 0)
		return 0;
	o = tree_of(s);
	rc = add(g, scope, name, o, fixed);
	json_decref(o);
	return rc;
}

struct set_by_api {
	struct tg_arena *a;
	json_t *o;
};

/* LiteLLM's max_budget and budget_duration, set by /config/update. */
static int
read_config(struct tg_db *db, void *arg, struct tg_err *e)
{
	static const char *const names[] = { "max_budget", "budget_duration",
		NULL };
	struct set_by_api *set = arg;
	const char *value;
	json_t *j;
	int rc;

	for (int i = 0; names[i] != NULL; i++) {
		rc = tg_config_get(db, set->a, names[i], &value, e);
		if (rc < 0)
			return -1;
		if (rc == 0 || value == NULL)
			continue;
		j = json_loads(value, JSON_DECODE_ANY, NULL);
		if (j != NULL)
			(void)json_object_set_new(set->o, names[i], j);
	}
	return 0;
}

static int
add_house(struct gathering *g, struct tg_store *s)
{
	struct set_by_api set = {
		.a = g->a,
		.o = tree_of(&g->conf->house.promises),
	};
	int rc = tg_read(s, TG_DB_MAIN, read_config, &set, g->e);

	if (rc == 0)
		rc = add(g, TG_SCOPE_HOUSE, "", set.o, true);
	json_decref(set.o);
	return rc;
}

static int
gather(struct gathering *g, const struct tg_catalog *c, struct tg_store *s)
{
	if (add_house(g, s) != 0)
		return -1;
	for (size_t i = 0; i < c->n_upstreams; i++) {
		const struct tg_upstream *u = c->upstreams[i];
		if (u->own) /* it has no name of its own */
			continue;
		if (add_section(g, TG_SCOPE_PROVIDER, u->name, &u->promises,
			u->fixed) != 0)
			return -1;
	}
	for (size_t i = 0; i < c->n_deployments; i++) {
		const struct tg_deployment *d = &c->deployments[i];
		if (add_section(g, TG_SCOPE_DEPLOYMENT, d->id, &d->promises,
			d->fixed) != 0 ||
		    add_section(g, TG_SCOPE_MODEL, d->model,
			&d->model_promises, d->fixed) != 0)
			return -1;
	}
	return 0;
}

/* --- writing --- */

static bool
is_promised(const struct gathering *g, enum tg_scope scope, const char *name)
{
	for (const struct promise *p = g->list; p != NULL; p = p->next)
		if (p->scope == scope && strcmp(p->name, name) == 0)
			return true;
	return false;
}

static int
drop_others(struct gathering *g, struct tg_db *db, enum tg_scope scope,
    struct tg_err *e)
{
	const struct tg_promises none = { 0 };
	struct tg_account *list;
	size_t n;

	if (tg_accounts_of(db, g->a, scope, 0, &list, &n, e) != 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (list[i].n_caps + list[i].n_limits > 0 &&
		    !is_promised(g, scope, list[i].name) &&
		    tg_promise_set(db, scope, 0, list[i].name, &none, e) != 0)
			return -1;
	return 0;
}

static int
write_all(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct gathering *g = arg;
	const char *known;

	if (write_house(g, db, e) != 0 ||
	    tg_meta_look(db, g->a, ZONE, &known, e) < 0)
		return -1;
	/* Another process may have been at it until now. */
	if (known != NULL && strcmp(known, g->zone) == 0)
		return 0;
	if (tg_rules_apply_all(db, g->zone, e) != 0)
		return -1;
	return tg_meta_put(db, ZONE, g->zone, e);
}

static int
write_house(struct gathering *g, struct tg_db *db, struct tg_err *e)
{
	static const enum tg_scope scopes[] = { TG_SCOPE_HOUSE,
		TG_SCOPE_PROVIDER, TG_SCOPE_MODEL, TG_SCOPE_DEPLOYMENT };

	for (size_t i = 0; i < sizeof(scopes) / sizeof(scopes[0]); i++)
		if (drop_others(g, db, scopes[i], e) != 0)
			return -1;
	for (const struct promise *p = g->list; p != NULL; p = p->next)
		if (tg_promise_set(db, p->scope, 0, p->name, &p->p, e) != 0)
			return -1;
	return tg_meta_put(db, DIGEST, g->digest, e);
}
