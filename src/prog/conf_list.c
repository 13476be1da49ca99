/*
 * All settings in force as a list, for people: what each is, what it would be
 * if nobody said, whether somebody did.  Secrets are masked here, below the
 * floor that shows them.
 */
#include "config.h"

#include "prog/conf_fill.h"

#include <inttypes.h>

static size_t
count(const struct tg_conf *c)
{
	const struct tg_section *lists[] = { c->providers, c->models,
		c->alerts };
	const size_t lengths[] = { c->n_providers, c->n_models,
		c->n_alerts };
	size_t n = 0;

	for (int s = 0; s < tg_conf_sections_count; s++)
		for (int id = 0; id < TG_CONF__MAX; id++)
			n += (tg_conf_rows[id].sections &
				 tg_conf_sections[s].bit) != 0;
	for (int l = 0; l < 3; l++)
		for (size_t i = 0; i < lengths[l]; i++)
			n += lists[l][i].n;
	return n;
}

static const char *
value_of(const struct tg_conf *c, int id)
{
	const struct tg_conf_row *row = &tg_conf_rows[id];
	const struct tg_conf_value *v = &c->values[id];

	if (v->text == NULL && row->type == TG_CONF_NUMBER &&
	    row->dflt_says != NULL)
		return tg_arena_printf(c->arena, "%" PRId64, v->number);
	if (id == TG_CONF_KEY_FILE && !v->given)
		return c->app.key_file;
	return v->text != NULL ? tg_conf_shown(c->arena, row->key, v->text) :
				 "";
}

static void
add_section(struct tg_conf *c, struct tg_web_setting *list, size_t *n,
    const struct tg_conf_section_row *section)
{
	for (int id = 0; id < TG_CONF__MAX; id++) {
		const struct tg_conf_row *row = &tg_conf_rows[id];

		if ((row->sections & section->bit) == 0)
			continue;
		list[(*n)++] = (struct tg_web_setting){
			.section = section->name,
			.key = row->key,
			.value = value_of(c, id),
			.dflt = row->dflt_says != NULL ? row->dflt_says :
							 row->dflt,
			.help = row->help,
			.given = c->values[id].given,
		};
	}
}

/* What stands in [provider:NAME] and the like, as it was written. */
static void
add_named(struct tg_conf *c, struct tg_web_setting *list, size_t *n,
    const char *kind, const struct tg_section *s)
{
	unsigned bit = 0;

	for (int i = 0; i < tg_conf_sections_count; i++)
		if (strcmp(tg_conf_sections[i].name, kind) == 0)
			bit = tg_conf_sections[i].bit;
	for (size_t i = 0; i < s->n; i++) {
		int id = tg_conf_row_find(bit, s->settings[i].key);

		list[(*n)++] = (struct tg_web_setting){
			.section = tg_arena_printf(
			    c->arena, "%s:%s", kind, s->name),
			.key = s->settings[i].key,
			.value = tg_conf_shown(c->arena, s->settings[i].key,
			    s->settings[i].value),
			.help = id >= 0 ? tg_conf_rows[id].help : "",
			.given = true,
		};
	}
}

void
tg_conf_list(struct tg_conf *c)
{
	struct tg_web_setting *list =
	    tg_arena_zero(c->arena, count(c) * sizeof(*list));
	size_t n = 0;

	for (int s = 0; s < tg_conf_sections_count; s++)
		if (!tg_conf_sections[s].named)
			add_section(c, list, &n, &tg_conf_sections[s]);
	for (size_t i = 0; i < c->n_providers; i++)
		add_named(c, list, &n, "provider", &c->providers[i]);
	for (size_t i = 0; i < c->n_models; i++)
		add_named(c, list, &n, "model", &c->models[i]);
	for (size_t i = 0; i < c->n_alerts; i++)
		add_named(c, list, &n, "alert", &c->alerts[i]);
	c->app.web.file = c->prog.file;
	c->app.web.settings = list;
	c->app.web.n_settings = n;
}
