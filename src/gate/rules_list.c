#include "config.h"

#include "gate/rules_list.h"

/*
 * The members that hold several promises: budget_limits, limits, and those by
 * model.  In tollgate.ini the lists are text: "10/day, 100/month" and
 * "1000 requests/day, 4 parallel".
 */
#include <string.h>

#include "base/clock.h"

#define LONGEST_S ((int64_t)366 * 86400)

static const struct {
	const char *name;
	int64_t seconds;
} spans[] = { { "second", 1 }, { "minute", 60 }, { "hour", 3600 },
	{ "day", 86400 }, { "week", 604800 } };

static const struct {
	const char *name;
	enum tg_limit_unit unit;
} model_rates[] = { { "tag_rpm_limit", TG_LIMIT_REQUESTS },
	{ "model_rpm_limit", TG_LIMIT_REQUESTS },
	{ "model_tpm_limit", TG_LIMIT_TOKENS } };

static json_t *window_of_text(const char *text);
static void *grow(struct tg_arena *a, void *rows, size_t n, size_t bytes);
static json_t *limit_of_text(const char *text);
static int read_fallback(const struct tg_rule_source *s,
    struct tg_rule_source *inner, const char *model, json_t **made);
static int read_limit(const struct tg_rule_source *s,
    struct tg_promises *p);
static int read_model(const struct tg_rule_source *s, int level,
    const char *model, const json_t *value, struct tg_rules *out);
static int read_model_rate(const struct tg_rule_source *s, int rate,
    struct tg_rules *out);
static int read_span(const struct tg_rule_source *s, int64_t *seconds);
static int read_unit(const struct tg_rule_source *s,
    enum tg_limit_unit *unit);
static bool said_before(const struct tg_rule_source *s, int level,
    const char *member, const char *model);
static struct tg_promises *promises_of(const struct tg_rule_source *s,
    const char *model, struct tg_rules *out);
static struct tg_rule_source inside(const struct tg_rule_source *s,
    const json_t *value, const char *origin, const char *within);

/* --- putting together --- */

void
tg_rule_add_cap(struct tg_arena *a, struct tg_promises *p,
    const struct tg_cap *c)
{
	struct tg_cap *old;

	for (size_t i = 0; i < p->n_caps; i++) {
		old = &p->caps[i];
		if (strcmp(old->period, c->period) != 0)
			continue;
		if (c->cap_nano != TG_NANO_NONE &&
		    (old->cap_nano == TG_NANO_NONE ||
			c->cap_nano < old->cap_nano))
			*old = *c;
		return;
	}
	p->caps = grow(a, p->caps, p->n_caps, sizeof(*c));
	p->caps[p->n_caps++] = *c;
}

void
tg_rule_add_limit(struct tg_arena *a, struct tg_promises *p, struct tg_limit l)
{
	struct tg_limit *old;

	if (l.cap == INT64_MAX)
		return;
	for (size_t i = 0; i < p->n_limits; i++) {
		old = &p->limits[i];
		if (old->unit != l.unit || old->window_s != l.window_s)
			continue;
		if (l.cap < old->cap)
			*old = l;
		return;
	}
	p->limits = grow(a, p->limits, p->n_limits, sizeof(l));
	p->limits[p->n_limits++] = l;
}

/* Room for one more; full at each power of two. */
static void *
grow(struct tg_arena *a, void *rows, size_t n, size_t bytes)
{
	void *more;

	if (n != 0 && (n < 4 || (n & (n - 1)) != 0))
		return rows;
	more = tg_arena_zero(a, (n == 0 ? 4 : n * 2) * bytes);
	if (n != 0)
		memcpy(more, rows, n * bytes);
	return more;
}

json_t *
tg_rule_listed(const json_t *j)
{
	struct tg_str rest, piece;
	json_t *list;

	if (json_is_array(j))
		return json_incref((json_t *)(uintptr_t)j);
	if (!json_is_string(j))
		return NULL;
	if (*json_string_value(j) == '[')
		return json_loads(json_string_value(j), 0, NULL);
	list = json_array();
	rest = tg_str(json_string_value(j));
	while (tg_str_cut(&rest, ',', &piece)) {
		piece = tg_str_trim(piece);
		if (piece.n > 0)
			json_array_append_new(
			    list, json_stringn(piece.p, piece.n));
	}
	return list;
}

/* An entry's own words first, the manner of what is around it behind. */
static struct tg_rule_source
inside(const struct tg_rule_source *s, const json_t *value,
    const char *origin, const char *within)
{
	struct tg_rule_source in = *s;

	in.levels[2] = s->levels[1];
	in.levels[1] = s->levels[0];
	in.levels[0] = (struct tg_rule_level){ value, origin };
	in.own = 1;
	in.within = within;
	return in;
}

/* --- budget_limits --- */

int
tg_rule_windows(const struct tg_rule_source *s, struct tg_promises *p)
{
	static const char within[] = "budget_limits";
	const struct tg_rule_level *level = NULL;
	const json_t *j = tg_rule_get(s, s->own, within, &level);
	json_t *list = tg_rule_listed(j), *item;
	size_t i;
	int rc = 0;

	if (j != NULL && list == NULL)
		return tg_rule_refuse(s, TG_E_TYPE, within, "must be a list.");
	json_array_foreach(list, i, item) {
		json_t *made = json_is_string(item) ?
		    window_of_text(json_string_value(item)) :
		    json_incref(item);
		struct tg_rule_source in =
		    inside(s, made, level->origin, within);

		if (!json_is_object(made) ||
		    tg_rule_get(&in, 1, "max_budget", NULL) == NULL ||
		    tg_rule_get(&in, 1, "budget_duration", NULL) == NULL)
			rc = tg_rule_refuse(s, TG_E_INVALID, within,
			    "must have entries with max_budget and "
			    "budget_duration.");
		else
			rc = tg_rule_budget(&in, p);
		json_decref(made);
		if (rc == -1)
			break;
	}
	json_decref(list);
	return rc;
}

/* "10/day" */
static json_t *
window_of_text(const char *text)
{
	const char *slash = strchr(text, '/');

	if (slash == NULL)
		return NULL;
	return json_pack("{s:s%, s:s}", "max_budget", text,
	    (size_t)(slash - text), "budget_duration", slash + 1);
}

/* --- limits --- */

int
tg_rule_limits(const struct tg_rule_source *s, struct tg_promises *p)
{
	static const char within[] = "limits";
	const json_t *j = tg_rule_get(s, s->own, within, NULL);
	json_t *list = tg_rule_listed(j), *item;
	size_t i;
	int rc = 0;

	if (j != NULL && list == NULL)
		return tg_rule_refuse(s, TG_E_TYPE, within, "must be a list.");
	json_array_foreach(list, i, item) {
		json_t *made = json_is_string(item) ?
		    limit_of_text(json_string_value(item)) :
		    json_incref(item);
		struct tg_rule_source in = inside(s, made, NULL, within);

		if (!json_is_object(made))
			rc = tg_rule_refuse(s, TG_E_INVALID, within,
			    "must have entries with unit, per and max.");
		else
			rc = read_limit(&in, p);
		json_decref(made);
		if (rc == -1)
			break;
	}
	json_decref(list);
	return rc;
}

/* "1000 requests/day", "4 parallel" */
static json_t *
limit_of_text(const char *text)
{
	struct tg_str rest = tg_str(text), max, unit;

	if (!tg_str_cut(&rest, ' ', &max) || !tg_str_cut(&rest, '/', &unit))
		return NULL;
	unit = tg_str_trim(unit);
	rest = tg_str_trim(rest);
	return json_pack("{s:s%, s:s%, s:s%}", "max", max.p, max.n, "unit",
	    unit.p, unit.n, "per", rest.n > 0 ? rest.p : "", rest.n);
}

static int
read_limit(const struct tg_rule_source *s, struct tg_promises *p)
{
	const json_t *max = tg_rule_get(s, 1, "max", NULL);
	struct tg_limit l = { .window_s = 0 };

	if (max == NULL)
		return tg_rule_refuse(s, TG_E_INVALID, "max", "is missing.");
	if (read_unit(s, &l.unit) == -1 ||
	    tg_rule_count(s, "max", max, &l.cap) == -1 ||
	    tg_rule_queue(s, &l.queue_ms) == -1)
		return -1;
	if (l.unit != TG_LIMIT_PARALLEL && read_span(s, &l.window_s) == -1)
		return -1;
	tg_rule_add_limit(s->a, p, l);
	return 0;
}

static int
read_unit(const struct tg_rule_source *s, enum tg_limit_unit *unit)
{
	const char *text = "";

	if (tg_rule_text(s, 1, "unit", &text) == -1)
		return -1;
	for (int u = 0; u < TG_LIMIT__MAX; u++)
		if (strcmp(text, tg_limit_unit_name(u)) == 0) {
			*unit = u;
			return 0;
		}
	return tg_rule_refuse(s, TG_E_INVALID, "unit",
	    "must be requests, tokens, input, output or parallel.");
}

static int
read_span(const struct tg_rule_source *s, int64_t *seconds)
{
	const char *text = "";

	if (tg_rule_text(s, 1, "per", &text) == -1)
		return -1;
	for (size_t i = 0; i < sizeof(spans) / sizeof(spans[0]); i++)
		if (strcmp(text, spans[i].name) == 0) {
			*seconds = spans[i].seconds;
			return 0;
		}
	if (tg_duration_parse(tg_str(text), seconds) == -1 || *seconds < 1 ||
	    *seconds > LONGEST_S)
		return tg_rule_refuse(s, TG_E_INVALID, "per",
		    "must be second, minute, hour, day, week, or a duration "
		    "such as 90s or 12h, at most a year.");
	return 0;
}

/* --- by model --- */

int
tg_rule_models(const struct tg_rule_source *s, struct tg_rules *out)
{
	static const char member[] = "model_max_budget";
	struct tg_rules tags = { .n_models = 0 };
	const char *model;
	json_t *value;

	for (int i = 0; i < s->own; i++) {
		json_t *o = json_object_get(s->levels[i].object, member);

		if (o == NULL || json_is_null(o))
			continue;
		if (!json_is_object(o))
			return tg_rule_refuse(
			    s, TG_E_TYPE, member, "must be an object.");
		json_object_foreach(o, model, value)
			if (!json_is_null(value) &&
			    !said_before(s, i, member, model) &&
			    read_model(s, i, model, value, out) == -1)
				return -1;
	}
	if (read_model_rate(s, 0, &tags) == -1)
		return -1;
	out->tags = tags.models;
	out->n_tags = tags.n_models;
	for (int i = 1; i < 3; i++)
		if (read_model_rate(s, i, out) == -1)
			return -1;
	return 0;
}

static bool
said_before(const struct tg_rule_source *s, int level, const char *member,
    const char *model)
{
	for (int i = 0; i < level; i++) {
		const json_t *j = json_object_get(
		    json_object_get(s->levels[i].object, member), model);

		if (j != NULL && !json_is_null(j))
			return true;
	}
	return false;
}

/* A bare number is the model's budget for ever. */
static int
read_model(const struct tg_rule_source *s, int level, const char *model,
    const json_t *value, struct tg_rules *out)
{
	struct tg_promises *p = promises_of(s, model, out);
	json_t *bare = NULL, *fallback = NULL;
	struct tg_rule_source in;
	int rc = -1;

	if (!json_is_object(value))
		bare = json_pack("{s:O}", "max_budget", value);
	in = inside(s, bare != NULL ? bare : value, s->levels[level].origin,
	    "model_max_budget");
	if (read_fallback(s, &in, model, &fallback) == 0 &&
	    tg_rule_budget(&in, p) == 0 && tg_rule_windows(&in, p) == 0 &&
	    tg_rule_rates(&in, p) == 0 && tg_rule_limits(&in, p) == 0)
		rc = 0;
	json_decref(fallback);
	json_decref(bare);
	return rc;
}

/* LiteLLM's budget_fallbacks: {model: [another]} is a switch at the cap. */
static int
read_fallback(const struct tg_rule_source *s, struct tg_rule_source *inner,
    const char *model, json_t **made)
{
	static const char member[] = "budget_fallbacks";
	const json_t *all = tg_rule_get(s, s->own, member, NULL);
	const json_t *to = json_object_get(all, model);

	if (all != NULL && !json_is_object(all))
		return tg_rule_refuse(
		    s, TG_E_TYPE, member, "must be an object.");
	if (json_array_size(to) == 0 ||
	    tg_rule_get(inner, 1, "at_budget", NULL) != NULL)
		return 0;
	to = json_array_get(to, 0);
	if (!json_is_string(to))
		return tg_rule_refuse(s, TG_E_TYPE, member,
		    "must have lists of model names.");
	*made = json_pack("{s:s, s:s, s:i}", "at_budget", "switch",
	    "switch_model", json_string_value(to), "switch_percent", 100);
	inner->levels[2] = inner->levels[1];
	inner->levels[1] = (struct tg_rule_level){ *made, NULL };
	return 0;
}

static int
read_model_rate(const struct tg_rule_source *s, int rate,
    struct tg_rules *out)
{
	const char *member = model_rates[rate].name, *model;
	struct tg_limit l = { .unit = model_rates[rate].unit,
		.window_s = 60 };
	json_t *value;

	if (tg_rule_queue(s, &l.queue_ms) == -1)
		return -1;
	for (int i = 0; i < s->own; i++) {
		json_t *o = json_object_get(s->levels[i].object, member);

		if (o == NULL || json_is_null(o))
			continue;
		if (!json_is_object(o))
			return tg_rule_refuse(
			    s, TG_E_TYPE, member, "must be an object.");
		json_object_foreach(o, model, value) {
			if (json_is_null(value) ||
			    said_before(s, i, member, model))
				continue;
			if (tg_rule_count(s, member, value, &l.cap) == -1)
				return -1;
			tg_rule_add_limit(
			    s->a, promises_of(s, model, out), l);
		}
	}
	return 0;
}

static struct tg_promises *
promises_of(const struct tg_rule_source *s, const char *model,
    struct tg_rules *out)
{
	struct tg_model_promises *m;

	for (size_t i = 0; i < out->n_models; i++)
		if (strcmp(out->models[i].model, model) == 0)
			return &out->models[i].promises;
	out->models = grow(s->a, out->models, out->n_models, sizeof(*m));
	m = &out->models[out->n_models++];
	m->model = tg_arena_cstr(s->a, tg_str(model));
	return &m->promises;
}
