/*
 * GET /models and /models/{id}: the names this key may use, as OpenAI lists
 * them, or as Anthropic does for callers of that kind (openai-api.md 7), with
 * LiteLLM's options (litellm-compat.md 2.7).
 */
#include "config.h"

#include <stdio.h>

#include "base/clock.h"
#include "gate/rights.h"
#include "store/health.h"
#include "web/manage/rights.h"
#include "web/manage/model_info.h"

#define CREATED 1677610602	/* as the others say, when nothing is known */

struct list {
	struct tg_manage *m;
	const struct tg_who *who;	/* whose rights count; NULL: all */
	const char *team;	/* whose own models are shown, or NULL */
	json_t *data;
	bool anthropic, metadata;
	struct tg_health_rows checks;	/* none: health is not asked for */
};

static bool
wants_anthropic(struct tg_web *w)
{
	return tg_request_header(w->rq, "anthropic-version").n > 0;
}

static const char *
team_of(const struct tg_web *w)
{
	return w->self != NULL && w->self->team != NULL ?
	    w->self->team->name :
	    NULL;
}

static bool
may_use(const struct list *l, const char *model)
{
	return l->who == NULL ||
	    tg_rights_model(l->who, l->m->w->catalog, tg_str(model));
}

static json_t *
entry(const struct list *l, const char *name, const struct tg_deployment *d)
{
	int64_t created = d != NULL && d->created_at > 0 ?
	    d->created_at / 1000000 :
	    CREATED;
	char iso[TG_ISO_BYTES];
	json_t *one;

	if (l->anthropic)
		return json_pack("{s:s, s:s, s:s, s:s}", "type", "model",
		    "id", name, "display_name", name, "created_at",
		    tg_iso_time(created * 1000000, iso));
	one = json_pack("{s:s, s:s, s:I, s:s}", "id", name, "object",
	    "model", "created", (json_int_t)created, "owned_by",
	    d != NULL ? d->upstream->name : "openai");
	if (l->metadata)
		(void)json_object_set_new(
		    one, "metadata", json_pack("{s:[]}", "fallbacks"));
	return one;
}

static void
add(struct list *l, const char *name, const struct tg_deployment *d)
{
	(void)json_array_append_new(l->data, entry(l, name, d));
}

/* Unless the last check of it failed. */
static bool
is_healthy(const struct list *l, const struct tg_deployment *d)
{
	for (size_t i = 0; i < l->checks.n; i++)
		if (strcmp(l->checks.rows[i].deployment, d->id) == 0)
			return l->checks.rows[i].error == NULL;
	return true;
}

/* A name is there as long as one of its deployments is. */
static void
add_models(struct list *l)
{
	const struct tg_catalog *c = l->m->w->catalog;
	const char *before = NULL;

	for (size_t i = 0; i < c->n_deployments; i++) {
		const struct tg_deployment *d = &c->deployments[i];
		if (d->blocked || !tg_deployment_for(d, l->team) ||
		    !is_healthy(l, d) ||
		    (before != NULL && strcmp(before, d->model) == 0))
			continue;
		before = d->model;
		if (may_use(l, d->model))
			add(l, d->model, d);
	}
}

/* A group counts as one's own when one of its models is. */
static void
add_groups(struct list *l)
{
	const struct tg_catalog *c = l->m->w->catalog;
	const char *added = NULL;

	for (size_t i = 0; i < c->n_groups; i++) {
		const struct tg_group_model *g = &c->groups[i];
		if ((added != NULL && strcmp(added, g->name) == 0) ||
		    !may_use(l, g->model))
			continue;
		add(l, g->name, NULL);
		added = g->name;
	}
}

/* Names of the key's own, and of its team's, for models that it may use. */
static void
add_aliases(struct list *l, const char *settings, const char *member)
{
	json_t *all = json_object_get(tg_manage_json(l->m, settings), member);
	const char *name;
	json_t *v;

	json_object_foreach(all, name, v) {
		if (json_is_string(v) && may_use(l, json_string_value(v)))
			add(l, name, NULL);
	}
}

/* --- options --- */

static int
check_words(struct tg_manage *m)
{
	const char *kind = tg_manage_query(m, "fallback_type");
	const char *scope = tg_manage_query(m, "scope");

	if (kind != NULL && strcmp(kind, "general") != 0 &&
	    strcmp(kind, "context_window") != 0 &&
	    strcmp(kind, "content_policy") != 0)
		return tg_fail_param(m->e, TG_E_INVALID, "fallback_type",
		    "Invalid fallback_type. Must be one of: general, "
		    "context_window, content_policy");
	if (scope != NULL && strcmp(scope, "expand") != 0)
		return tg_fail_param(m->e, TG_E_INVALID, "scope",
		    "Invalid scope. Must be: expand");
	return 0;
}

/* What that team may use, for those who may see the team. */
static int
as_team(struct list *l, const char *name, struct tg_who *who,
    struct tg_subject *team)
{
	struct tg_manage *m = l->m;
	int found = tg_subject_find(
	    m->db, m->a, TG_SUBJECT_TEAM, name, team, m->e);
	int may;

	if (found == 0)
		return tg_fail_param(m->e, TG_E_NOT_FOUND, "team_id",
		    "Team not found, team_id=%s", name);
	may = found < 0 ? -1 : tg_caller_member(m, team->id);
	if (may == 0 && !m->w->caller->viewer)
		return tg_caller_deny(m, "see models of this team");
	*who = (struct tg_who){ .key = { .models = "[]", .settings = "{}" },
		.team = team };
	l->who = who;
	l->team = team->name;
	return may < 0 ? -1 : 0;
}

static int
list_all(struct list *l)
{
	bool groups = false, only = false, healthy = false;
	struct tg_manage *m = l->m;

	if (check_words(m) != 0 ||
	    tg_manage_query_bool(
		m, "include_model_access_groups", &groups) != 0 ||
	    tg_manage_query_bool(m, "only_model_access_groups", &only) != 0 ||
	    tg_manage_query_bool(m, "include_metadata", &l->metadata) != 0 ||
	    tg_manage_query_bool(m, "healthy_only", &healthy) != 0 ||
	    (healthy &&
		tg_health_latest(m->db, m->a, &l->checks, m->e) != 0))
		return -1;
	if (!only)
		add_models(l);
	if (!only && l->who != NULL && l->who->key.settings != NULL)
		add_aliases(l, l->who->key.settings, "aliases");
	if (!only && l->who != NULL && l->who->team != NULL)
		add_aliases(l, l->who->team->settings, "model_aliases");
	if (groups || only)
		add_groups(l);
	return 0;
}

static json_t *
id_of(const json_t *data, size_t i)
{
	json_t *id = json_object_get(json_array_get(data, i), "id");

	return id != NULL ? json_incref(id) : json_null();
}

int
tg_web_models(struct tg_manage *m)
{
	struct list l = { .m = m, .who = m->w->self, .data = json_array(),
		.team = team_of(m->w), .anthropic = wants_anthropic(m->w) };
	const char *team_id = tg_manage_query(m, "team_id");
	struct tg_subject team;
	struct tg_who who;
	size_t n;

	m->answer = json_pack("{s:o}", "data", l.data);
	if ((team_id != NULL && as_team(&l, team_id, &who, &team) != 0) ||
	    list_all(&l) != 0)
		return -1;
	if (!l.anthropic)
		return json_object_set_new(
		    m->answer, "object", json_string("list"));
	n = json_array_size(l.data);
	return json_object_update_new(m->answer,
	    json_pack("{s:b, s:o, s:o}", "has_more", 0, "first_id",
		id_of(l.data, 0), "last_id", id_of(l.data, n - 1)));
}

int
tg_web_model(struct tg_manage *m)
{
	struct list l = { .m = m, .who = m->w->self, .team = team_of(m->w),
		.anthropic = wants_anthropic(m->w) };
	const char *name = tg_arena_cstr(m->a, m->w->rest), *asked = name;
	const struct tg_deployment **found;
	size_t n;

	if (l.who != NULL)
		asked = tg_arena_cstr(m->a,
		    tg_rights_alias(l.who, m->a, m->w->rest));
	found = tg_catalog_find(
	    m->w->catalog, m->a, tg_str(asked), l.team, &n);
	if (n == 0 || !may_use(&l, asked)) {
		(void)snprintf(
		    m->e->ecode, sizeof(m->e->ecode), "model_not_found");
		return tg_fail_param(m->e, TG_E_NOT_FOUND, "model",
		    "The model '%s' does not exist or you do not have access "
		    "to it.",
		    name);
	}
	m->answer = entry(&l, name, found[0]);
	return 0;
}
