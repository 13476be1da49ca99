/*
 * The table of settings written down: as the sample file, for the manual, and
 * with what is in force.
 */
#include "config.h"

#include "prog/conf.h"

#include <inttypes.h>

#include "base/json.h"

#define COLUMNS 78

static void wrap(struct tg_buf *out, const char *prefix, const char *text);
static void sample_row(struct tg_buf *out, const struct tg_conf_row *row);
static const char *range(const struct tg_conf_row *row, char *buf, size_t n);
static void manual_row(struct tg_buf *out, const struct tg_conf_row *row);
static void in_force(struct tg_buf *out, const struct tg_conf *c, int id);
static void json_section(struct tg_buf *out, const struct tg_conf *c,
    const struct tg_conf_section_row *section);
static void print_named(struct tg_buf *out, const struct tg_conf *c,
    const char *kind, const struct tg_section *list, size_t n);
static void json_named(struct tg_buf *out, const struct tg_conf *c,
    const char *name, const struct tg_section *list, size_t n);
static const char *default_of(const struct tg_conf_row *row);

int
tg_conf_print_sample(struct tg_buf *out)
{
	const struct tg_conf_section_row *section;
	int i, id;

	tg_buf_addc(out,
	    "; Tollgate's configuration: a sample with every default. What "
	    "stands behind\n; a `;` is off. tollgate.ini(5) explains it all; "
	    "`tollgate config check` reads\n; it and `tollgate config print` "
	    "shows what is in force.\n;\n; Any value may be written `env:NAME` "
	    "(from the environment) or `file:PATH`\n; (a file's first line). "
	    "Sizes take K, M and G. A value with ; or # in it\n; stands in "
	    "double quotes.\n");
	for (i = 0; i < tg_conf_sections_count; i++) {
		section = &tg_conf_sections[i];
		tg_buf_addc(out, "\n");
		wrap(out, "; ", section->help);
		if (!section->named)
			tg_buf_printf(out, "[%s]\n", section->name);
		if (section->example != NULL)
			tg_buf_addc(out, section->example);
		for (id = 0; id < TG_CONF__MAX; id++)
			if (!section->named &&
			    (tg_conf_rows[id].sections & section->bit))
				sample_row(out, &tg_conf_rows[id]);
	}
	return out->failed ? -1 : 0;
}

int
tg_conf_print_manual(struct tg_buf *out)
{
	const struct tg_conf_section_row *section;
	int i, id;

	for (i = 0; i < tg_conf_sections_count; i++) {
		section = &tg_conf_sections[i];
		tg_buf_printf(out, ".SS [%s%s]\n%s\n", section->name,
		    section->named ? ":NAME" : "", section->help);
		for (id = 0; id < TG_CONF__MAX; id++) {
			if (!(tg_conf_rows[id].sections & section->bit))
				continue;
			/* Those of [upstream] are told once, there. */
			if (section->named &&
			    (tg_conf_rows[id].sections & TG_SECTION_UPSTREAM))
				continue;
			manual_row(out, &tg_conf_rows[id]);
		}
	}
	return out->failed ? -1 : 0;
}

int
tg_conf_print(const struct tg_conf *c, struct tg_buf *out)
{
	int s, id;

	tg_buf_printf(out, "; %s\n",
	    c->prog.file != NULL ?
		c->prog.file :
		"no configuration file: these are the defaults");
	for (s = 0; s < tg_conf_sections_count; s++) {
		if (tg_conf_sections[s].named)
			continue;
		tg_buf_printf(out, "\n[%s]\n", tg_conf_sections[s].name);
		for (id = 0; id < TG_CONF__MAX; id++)
			if (tg_conf_rows[id].sections & tg_conf_sections[s].bit)
				in_force(out, c, id);
	}
	print_named(out, c, "provider", c->providers, c->n_providers);
	print_named(out, c, "model", c->models, c->n_models);
	print_named(out, c, "alert", c->alerts, c->n_alerts);
	return out->failed ? -1 : 0;
}

int
tg_conf_print_json(const struct tg_conf *c, struct tg_buf *out)
{
	int s;

	tg_buf_addc(out, "{\"file\":");
	if (c->prog.file != NULL)
		tg_json_quote(out, tg_str(c->prog.file));
	else
		tg_buf_addc(out, "null");
	for (s = 0; s < tg_conf_sections_count; s++)
		if (!tg_conf_sections[s].named)
			json_section(out, c, &tg_conf_sections[s]);
	json_named(out, c, "providers", c->providers, c->n_providers);
	json_named(out, c, "models", c->models, c->n_models);
	json_named(out, c, "alerts", c->alerts, c->n_alerts);
	tg_buf_addc(out, "}");
	return out->failed ? -1 : 0;
}

static void
wrap(struct tg_buf *out, const char *prefix, const char *text)
{
	struct tg_str rest = tg_str(text), word;
	size_t column = 0;

	while (tg_str_cut(&rest, ' ', &word)) {
		if (column > 0 && column + 1 + word.n > COLUMNS) {
			tg_buf_addc(out, "\n");
			column = 0;
		}
		if (column == 0) {
			tg_buf_addc(out, prefix);
			column = strlen(prefix);
		} else {
			tg_buf_addc(out, " ");
			column++;
		}
		tg_buf_adds(out, word);
		column += word.n;
	}
	tg_buf_addc(out, "\n");
}

static void
sample_row(struct tg_buf *out, const struct tg_conf_row *row)
{
	tg_buf_addc(out, "\n");
	wrap(out, "; ", row->help);
	if (row->choices != NULL)
		tg_buf_printf(out, "; One of %s.\n", row->choices);
	if (row->dflt_says != NULL)
		tg_buf_printf(out, "; Default: %s.\n", row->dflt_says);
	tg_buf_printf(out, "; %s =%s%s\n", row->key,
	    row->dflt != NULL && *row->dflt != '\0' ? " " : "",
	    row->dflt != NULL ? row->dflt : "");
}

static const char *
range(const struct tg_conf_row *row, char *buf, size_t n)
{
	switch (row->type) {
	case TG_CONF_TEXT:
		return "TEXT";
	case TG_CONF_SECRET:
		return "SECRET";
	case TG_CONF_PATH:
		return "PATH";
	case TG_CONF_NUMBER:
		if (row->max == INT64_MAX)
			snprintf(buf, n, "NUMBER (from %" PRId64 ")", row->min);
		else
			snprintf(buf, n, "NUMBER (%" PRId64 " to %" PRId64 ")",
			    row->min, row->max);
		return buf;
	case TG_CONF_BYTES:
		return "SIZE";
	case TG_CONF_FLAG:
		return "yes | no";
	case TG_CONF_CHOICE:
		return row->choices;
	case TG_CONF_PRICE:
		return "USD";
	}
	return "";
}

static void
manual_row(struct tg_buf *out, const struct tg_conf_row *row)
{
	char buf[80];
	const char *dflt = default_of(row);

	tg_buf_printf(out, ".TP\n.BR %s%s \" = %s\"\n%s\n", row->key,
	    row->key[strlen(row->key) - 1] == '.' ? "NAME" : "",
	    range(row, buf, sizeof(buf)), row->help);
	if (dflt != NULL)
		tg_buf_printf(out, "Default: %s.\n", dflt);
}

static const char *
default_of(const struct tg_conf_row *row)
{
	if (row->dflt_says != NULL)
		return row->dflt_says;
	if (row->dflt != NULL && *row->dflt == '\0')
		return "empty";
	return row->dflt;
}

static void
in_force(struct tg_buf *out, const struct tg_conf *c, int id)
{
	const struct tg_conf_row *row = &tg_conf_rows[id];
	const struct tg_conf_value *v = &c->values[id];

	if (v->text == NULL && row->type == TG_CONF_NUMBER &&
	    row->dflt_says != NULL) {
		tg_buf_printf(out, "; %s = %" PRId64 "\n", row->key, v->number);
		return;
	}
	if (id == TG_CONF_KEY_FILE && !v->given) {
		tg_buf_printf(out, "; %s = %s\n", row->key, c->app.key_file);
		return;
	}
	tg_buf_printf(out, "%s%s =%s%s\n", v->given ? "" : "; ", row->key,
	    v->text != NULL && *v->text != '\0' ? " " : "",
	    v->text == NULL ? "" : tg_conf_shown(c->arena, row->key, v->text));
}

static void
json_section(struct tg_buf *out, const struct tg_conf *c,
    const struct tg_conf_section_row *section)
{
	const struct tg_conf_row *row;
	const struct tg_conf_value *v;
	const char *comma = "";
	int id;

	tg_buf_printf(out, ",\"%s\":{", section->name);
	for (id = 0; id < TG_CONF__MAX; id++) {
		row = &tg_conf_rows[id];
		v = &c->values[id];
		if (!(row->sections & section->bit))
			continue;
		tg_buf_printf(out, "%s\"%s\":", comma, row->key);
		comma = ",";
		if (row->type == TG_CONF_NUMBER || row->type == TG_CONF_BYTES)
			tg_buf_printf(out, "%" PRId64, v->number);
		else if (row->type == TG_CONF_FLAG)
			tg_buf_addc(out, v->number ? "true" : "false");
		else if (id == TG_CONF_KEY_FILE)
			tg_json_quote(out, tg_str(c->app.key_file));
		else if (v->text == NULL)
			tg_buf_addc(out, "null");
		else
			tg_json_quote(out,
			    tg_str(tg_conf_shown(c->arena, row->key, v->text)));
	}
	tg_buf_addc(out, "}");
}

static void
print_named(struct tg_buf *out, const struct tg_conf *c, const char *kind,
    const struct tg_section *list, size_t n)
{
	const struct tg_setting *one;
	size_t i, k;

	for (i = 0; i < n; i++) {
		tg_buf_printf(out, "\n[%s:%s]\n", kind, list[i].name);
		for (k = 0; k < list[i].n; k++) {
			one = &list[i].settings[k];
			tg_buf_printf(out, "%s = %s\n", one->key,
			    tg_conf_shown(c->arena, one->key, one->value));
		}
	}
}

static void
json_named(struct tg_buf *out, const struct tg_conf *c, const char *name,
    const struct tg_section *list, size_t n)
{
	size_t i, k;

	tg_buf_printf(out, ",\"%s\":{", name);
	for (i = 0; i < n; i++) {
		if (i > 0)
			tg_buf_addc(out, ",");
		tg_json_quote(out, tg_str(list[i].name));
		tg_buf_addc(out, ":{");
		for (k = 0; k < list[i].n; k++) {
			if (k > 0)
				tg_buf_addc(out, ",");
			tg_json_quote(out, tg_str(list[i].settings[k].key));
			tg_buf_addc(out, ":");
			tg_json_quote(out,
			    tg_str(tg_conf_shown(c->arena,
				list[i].settings[k].key,
				list[i].settings[k].value)));
		}
		tg_buf_addc(out, "}");
	}
	tg_buf_addc(out, "}");
}
