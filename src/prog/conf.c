/*
 * From the file's entries to the values in force.  What a setting may be is
 * in conf_table.c; how it is spelt in the file, conf_file.c; who gets it,
 * conf_fill.c.
 */
#include "config.h" /* sched_getaffinity */

#include "prog/conf.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/limits.h"
#include "prog/alert.h"
#include "prog/conf_file.h"
#include "prog/conf_fill.h"

#define CONF_BYTES (64 * 1024 * 1024)

struct load {
	struct tg_conf *conf;
	struct tg_arena *arena;
	struct tg_ini ini;
	struct tg_buf *faults;
	struct tg_err *err;
	int n_faults;
};

static void fault(struct load *l, const char *section, const char *key,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));
static int find_file(struct load *l, const char *given);
static const char *if_exists(struct load *l, const char *dir);
static void read_defaults(struct tg_conf *c);
static void read_entries(struct load *l);
static void read_entry(struct load *l, const struct tg_ini_entry *entry);
static void read_named(struct load *l, const struct tg_conf_row *row,
    const struct tg_ini_entry *entry, const char *value, int64_t number);
static struct tg_section *named_section(struct load *l,
    const struct tg_conf_section_row *kind, struct tg_str name);
static const char *resolve(struct load *l, const struct tg_ini_entry *entry,
    enum tg_conf_type type);
static const char *resolve_file(struct load *l,
    const struct tg_ini_entry *entry, const char *path);
static const char *beside_file(struct load *l, const char *path);
static void read_environment(struct load *l);
static int read_alerts(struct load *l);

int
tg_conf_load(const char *file, struct tg_conf **out, struct tg_buf *faults,
    struct tg_err *e)
{
	struct load l = { .faults = faults, .err = e };

	*out = NULL;
	l.arena = tg_arena_new(CONF_BYTES);
	l.conf = tg_arena_zero(l.arena, sizeof(*l.conf));
	l.conf->arena = l.arena;
	read_defaults(l.conf);
	if (find_file(&l, file) == -1)
		goto fail;
	if (l.ini.path != NULL) {
		if (tg_ini_read(l.arena, l.ini.path, &l.ini, faults, e) == -1)
			goto fail;
		read_entries(&l);
	}
	read_environment(&l);
	if (l.n_faults > 0)
		goto fail;
	tg_conf_fill(l.conf, l.ini.path);
	if (read_alerts(&l) == -1)
		goto fail;
	tg_alerts_show(l.conf);
	*out = l.conf;
	return 0;
fail:
	tg_conf_free(l.conf);
	return -1;
}

void
tg_conf_free(struct tg_conf *c)
{
	size_t i, k;

	if (c == NULL)
		return;
	for (i = 0; i < c->n_providers; i++)
		for (k = 0; k < c->providers[i].n; k++)
			if (strcmp(c->providers[i].settings[k].key,
				"api_key") == 0)
				tg_wipe((char *)(uintptr_t)c->providers[i]
					    .settings[k]
					    .value,
				    strlen(c->providers[i].settings[k].value));
	if (c->values[TG_CONF_MASTER_KEY].given)
		tg_wipe((char *)(uintptr_t)c->values[TG_CONF_MASTER_KEY].text,
		    strlen(c->values[TG_CONF_MASTER_KEY].text));
	tg_secret_free(&c->app.gate.master_key);
	tg_arena_free(c->arena);
}

static void
fault(struct load *l, const char *section, const char *key, const char *fmt,
    ...)
{
	const char *colon;
	char text[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	/* A fault of the section itself has no key. */
	colon = *key != '\0' ? ":" : "";
	if (l->faults != NULL)
		tg_buf_printf(l->faults, "%s:%s%s%s: %s\n", l->ini.path,
		    section, colon, key, text);
	tg_fail(l->err, TG_E_INVALID, "%s:%s%s%s: %s", l->ini.path, section,
	    colon, key, text);
	l->n_faults++;
}

static int
find_file(struct load *l, const char *given)
{
	const char *data = getenv("TOLLGATE_DATA");

	if (given == NULL)
		given = getenv("TOLLGATE_CONFIG");
	if (given != NULL && *given != '\0') {
		l->ini.path = given;
		if (access(given, R_OK) == -1)
			return tg_fail(l->err, TG_E_INVALID,
			    "cannot read the configuration %s: %s", given,
			    strerror(errno));
		return 0;
	}
	if (data != NULL && *data != '\0')
		l->ini.path = if_exists(l, data);
	if (l->ini.path == NULL)
		l->ini.path = if_exists(l, TG_SYSCONFDIR "/tollgate");
	if (l->ini.path == NULL && (data == NULL || *data == '\0'))
		l->ini.path = if_exists(l, tg_conf_rows[TG_CONF_DATA].dflt);
	return 0;
}

static const char *
if_exists(struct load *l, const char *dir)
{
	char *path = tg_arena_printf(l->arena, "%s/tollgate.ini", dir);

	/* One that cannot be read is a fault to tell, not to pass over. */
	return access(path, F_OK) == 0 ? path : NULL;
}

static void
read_defaults(struct tg_conf *c)
{
	cpu_set_t cpus;
	int i, cores = 1;

	for (i = 0; i < TG_CONF__MAX; i++) {
		c->values[i].text = tg_conf_rows[i].dflt;
		if (tg_conf_rows[i].dflt != NULL)
			(void)tg_conf_value_check(&tg_conf_rows[i],
			    tg_conf_rows[i].dflt, &c->values[i].number);
	}
	if (sched_getaffinity(0, sizeof(cpus), &cpus) == 0)
		cores = CPU_COUNT(&cpus);
	if (cores < 2)
		cores = 2;
	if (cores > tg_conf_rows[TG_CONF_WORKERS].max)
		cores = (int)tg_conf_rows[TG_CONF_WORKERS].max;
	c->values[TG_CONF_WORKERS].number = cores;
}

static void
read_entries(struct load *l)
{
	const struct tg_conf_section_row *kind;
	const struct tg_ini_entry *entry;
	const char *guess;
	struct tg_str name;
	size_t i;

	for (i = 0; i < l->ini.n; i++) {
		entry = &l->ini.entries[i];
		kind = tg_conf_section_find(tg_str(entry->section), &name);
		if (kind != NULL && entry->key == NULL && kind->named)
			(void)named_section(l, kind, name);
		if (kind != NULL && entry->key != NULL)
			read_entry(l, entry);
		if (kind != NULL || entry->key != NULL)
			continue;
		guess = tg_conf_section_guess(tg_str(entry->section));
		fault(l, entry->section, "", "no such section%s%s%s",
		    guess != NULL ? "; did you mean [" : "",
		    guess != NULL ? guess : "",
		    guess == NULL ? "" :
			tg_conf_section_find(tg_str(guess), &name) == NULL ?
				    ":NAME]?" :
				    "]?");
	}
}

static void
read_entry(struct load *l, const struct tg_ini_entry *entry)
{
	const struct tg_conf_section_row *kind;
	const char *value, *wrong, *guess;
	struct tg_str name;
	int64_t number;
	int id;

	kind = tg_conf_section_find(tg_str(entry->section), &name);
	id = tg_conf_row_find(kind->bit, entry->key);
	if (id == -1) {
		guess = tg_conf_key_guess(kind->bit, entry->key);
		fault(l, entry->section, entry->key, "no such setting%s%s%s",
		    guess != NULL ? "; did you mean " : "",
		    guess != NULL ? guess : "", guess != NULL ? "?" : "");
		return;
	}
	value = resolve(l, entry, tg_conf_rows[id].type);
	if (value == NULL)
		return;
	wrong = tg_conf_value_check(&tg_conf_rows[id], value, &number);
	if (wrong != NULL) {
		if (tg_conf_rows[id].type == TG_CONF_SECRET)
			fault(l, entry->section, entry->key, "%s", wrong);
		else
			fault(l, entry->section, entry->key, "%s, not \"%s\"",
			    wrong,
			    tg_conf_shown(l->arena, tg_conf_rows[id].key,
				value));
		return;
	}
	if (kind->named)
		read_named(l, &tg_conf_rows[id], entry, value, number);
	else
		l->conf->values[id] =
		    (struct tg_conf_value){ value, number, true };
}

/*
 * What the catalog reads is spelt one way: sizes as plain bytes, flags as yes
 * or no, choices and names of settings as in the table.
 */
static void
read_named(struct load *l, const struct tg_conf_row *row,
    const struct tg_ini_entry *entry, const char *value, int64_t number)
{
	const struct tg_conf_section_row *kind;
	struct tg_setting *setting;
	struct tg_section *section;
	struct tg_str name;

	kind = tg_conf_section_find(tg_str(entry->section), &name);
	section = named_section(l, kind, name);
	/* Room for every line of the section was made with it. */
	setting =
	    (struct tg_setting *)(uintptr_t)&section->settings[section->n++];
	setting->key = tg_conf_key_kept(
	    l->arena, (int)(row - tg_conf_rows), entry->key);
	setting->value = value;
	if (row->type == TG_CONF_FLAG)
		setting->value = number ? "yes" : "no";
	else if (row->type == TG_CONF_BYTES)
		setting->value =
		    tg_arena_printf(l->arena, "%lld", (long long)number);
}

static struct tg_section *
named_section(struct load *l, const struct tg_conf_section_row *kind,
    struct tg_str name)
{
	struct tg_conf *c = l->conf;
	struct tg_section **list = kind->bit == TG_SECTION_MODEL ? &c->models :
	    kind->bit == TG_SECTION_PROVIDER ? &c->providers : &c->alerts;
	size_t *n = kind->bit == TG_SECTION_MODEL ? &c->n_models :
	    kind->bit == TG_SECTION_PROVIDER ? &c->n_providers : &c->n_alerts;
	struct tg_section *section;
	size_t i, lines = 0;

	for (i = 0; i < *n; i++)
		if (tg_str_is(name, (*list)[i].name))
			return &(*list)[i];
	if (*list == NULL)
		*list = tg_arena_zero(l->arena, l->ini.n * sizeof(**list));
	section = &(*list)[(*n)++];
	section->name = tg_arena_cstr(l->arena, name);
	for (i = 0; i < l->ini.n; i++) {
		struct tg_str other;

		if (tg_conf_section_find(tg_str(l->ini.entries[i].section),
			&other) == kind &&
		    tg_str_eq(other, name))
			lines++;
	}
	section->settings =
	    tg_arena_zero(l->arena, lines * sizeof(*section->settings));
	return section;
}

static const char *
resolve(struct load *l, const struct tg_ini_entry *entry,
    enum tg_conf_type type)
{
	const char *value = entry->value;

	if (strncmp(value, "env:", 4) == 0) {
		value = getenv(value + 4);
		if (value == NULL)
			fault(l, entry->section, entry->key,
			    "environment variable %s is not set",
			    entry->value + 4);
		return value == NULL ? NULL :
				       tg_arena_cstr(l->arena, tg_str(value));
	}
	if (strncmp(value, "file:", 5) == 0)
		return resolve_file(l, entry, value + 5);
	if (type == TG_CONF_PATH && *value != '\0')
		return beside_file(l, value);
	return value;
}

static const char *
resolve_file(struct load *l, const struct tg_ini_entry *entry, const char *path)
{
	char line[TG_MAX_CONFIG_VALUE + 2];
	const char *value;
	FILE *f;

	path = beside_file(l, path);
	f = fopen(path, "re");
	if (f == NULL) {
		fault(l, entry->section, entry->key, "cannot read %s: %s", path,
		    strerror(errno));
		return NULL;
	}
	if (fgets(line, sizeof(line), f) == NULL) {
		fault(l, entry->section, entry->key, "%s: %s", path,
		    ferror(f) ? strerror(errno) : "is empty");
		fclose(f);
		return NULL;
	}
	fclose(f);
	value = tg_arena_cstr(l->arena, tg_str_trim(tg_str(line)));
	tg_wipe(line, sizeof(line));
	return value;
}

static const char *
beside_file(struct load *l, const char *path)
{
	const char *slash = strrchr(l->ini.path, '/');

	if (*path == '/' || slash == NULL)
		return path;
	return tg_arena_printf(l->arena, "%.*s/%s", (int)(slash - l->ini.path),
	    l->ini.path, path);
}

static void
read_environment(struct load *l)
{
	struct tg_conf_value *values = l->conf->values;
	const char *text, *wrong;
	int64_t n;

	text = getenv("TOLLGATE_DATA");
	if (text != NULL && *text != '\0')
		values[TG_CONF_DATA] = (struct tg_conf_value){
			tg_arena_cstr(l->arena, tg_str(text)), 0, true
		};
	text = getenv("TOLLGATE_WORKERS");
	if (text == NULL || *text == '\0')
		return;
	wrong = tg_conf_value_check(&tg_conf_rows[TG_CONF_WORKERS], text, &n);
	if (wrong == NULL) {
		values[TG_CONF_WORKERS] = (struct tg_conf_value){
			tg_arena_cstr(l->arena, tg_str(text)), n, true
		};
		return;
	}
	if (l->faults != NULL)
		tg_buf_printf(l->faults, "TOLLGATE_WORKERS %s, not \"%s\"\n",
		    wrong, text);
	tg_fail(l->err, TG_E_INVALID, "TOLLGATE_WORKERS %s, not \"%s\"", wrong,
	    text);
	l->n_faults++;
}

/* Each names one way to be told by, and a name for the gateway itself. */
static int
read_alerts(struct load *l)
{
	struct tg_conf *c = l->conf;
	const char *wrong;
	size_t i;

	c->told = tg_arena_zero(l->arena, (c->n_alerts + 1) *
	    sizeof(*c->told));
	for (i = 0; i < c->n_alerts; i++) {
		wrong = tg_alert_read(l->arena, &c->alerts[i], &c->told[i]);
		if (wrong != NULL)
			fault(l, tg_arena_printf(l->arena, "alert:%s",
			    c->alerts[i].name), "", "%s", wrong);
	}
	return l->n_faults > 0 ? -1 : 0;
}
