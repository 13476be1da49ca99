/*
 * Reading tollgate.ini: a pass over its lines for names and faults, then
 * iniparser for the values.
 */
#include "config.h"

#include "prog/conf_file.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <iniparser/iniparser.h>

/* iniparser 4: ASCIILINESZ, with line end and NUL. */
#define INI_LINE_MAX 1022
#define MAX_ENTRIES 20000

struct scan {
	struct tg_arena *arena;
	struct tg_ini *ini;
	struct tg_buf *faults;
	struct tg_err *err;
	size_t cap;
	const char *section; /* the one we are in, NULL before the first */
	int line; /* where the logical line begins */
	int n_faults;
};

static void fault(struct scan *s, int line, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
static void scan_file(struct scan *s, FILE *f);
static void scan_line(struct scan *s, struct tg_str line);
static void scan_section(struct scan *s, struct tg_str line);
static void scan_pair(struct scan *s, struct tg_str line);
static void check_cut(struct scan *s, struct tg_str key, struct tg_str value);
static void entry_add(struct scan *s, const char *key);
static int fill_values(struct scan *s);
static int quiet(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

int
tg_ini_read(struct tg_arena *a, const char *path, struct tg_ini *ini,
    struct tg_buf *faults, struct tg_err *e)
{
	struct scan s = { .arena = a, .ini = ini, .faults = faults, .err = e };
	FILE *f;

	*ini = (struct tg_ini){ .path = tg_arena_cstr(a, tg_str(path)) };
	f = fopen(path, "re");
	if (f == NULL)
		return tg_fail(e, TG_E_INVALID, "cannot read %s: %s", path,
		    strerror(errno));
	scan_file(&s, f);
	if (ferror(f))
		fault(&s, s.line, "cannot be read: %s", strerror(errno));
	fclose(f);
	if (s.n_faults > 0)
		return -1;
	return fill_values(&s);
}

static void
fault(struct scan *s, int line, const char *fmt, ...)
{
	char text[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (s->faults != NULL)
		tg_buf_printf(s->faults, "%s:%d: %s\n", s->ini->path, line,
		    text);
	tg_fail(s->err, TG_E_INVALID, "%s:%d: %s", s->ini->path, line, text);
	s->n_faults++;
}

/* A line that ends in '\' goes on in the next, as iniparser has it. */
static void
scan_file(struct scan *s, FILE *f)
{
	char *raw = NULL;
	size_t cap = 0;
	ssize_t got;
	struct tg_buf line;
	int number = 0;

	tg_buf_init(&line, 64 * 1024);
	while ((got = getline(&raw, &cap, f)) != -1) {
		number++;
		if (line.n == 0)
			s->line = number;
		if (memchr(raw, '\0', (size_t)got) != NULL) {
			fault(s, number, "is not a text file");
			break;
		}
		if (raw[got - 1] == '\n')
			got--;
		if (line.n + (size_t)got > INI_LINE_MAX) {
			fault(s, s->line,
			    "line too long (%zu characters, at "
			    "most %d): put a long value into a file and write "
			    "file:PATH",
			    line.n + (size_t)got, INI_LINE_MAX);
			tg_buf_reset(&line);
			continue;
		}
		while (got > 0 && isspace((unsigned char)raw[got - 1]))
			got--;
		tg_buf_add(&line, raw, (size_t)got);
		if (got > 0 && raw[got - 1] == '\\') {
			line.n--;
			continue;
		}
		scan_line(s, tg_str_trim(tg_buf_str(&line)));
		tg_buf_reset(&line);
	}
	if (line.n > 0)
		scan_line(s, tg_str_trim(tg_buf_str(&line)));
	tg_buf_free(&line);
	free(raw);
}

static void
scan_line(struct scan *s, struct tg_str line)
{
	if (line.n == 0 || line.p[0] == ';' || line.p[0] == '#')
		return;
	if (line.p[0] == '[')
		scan_section(s, line);
	else
		scan_pair(s, line);
}

static void
scan_section(struct scan *s, struct tg_str line)
{
	struct tg_str name;
	size_t i;

	if (line.p[line.n - 1] != ']' || line.n < 3) {
		fault(s, s->line,
		    "a section stands alone on its line, as in "
		    "[server]; comments need a line of their own");
		return;
	}
	name = tg_str_trim((struct tg_str){ line.p + 1, line.n - 2 });
	if (memchr(name.p, ']', name.n) != NULL) {
		fault(s, s->line, "a section's name must not hold ']'");
		return;
	}
	s->section = tg_arena_cstr(s->arena, name);
	for (i = 0; i < s->ini->n; i++)
		if (tg_str_ieq(name, s->ini->entries[i].section) &&
		    !tg_str_is(name, s->ini->entries[i].section)) {
			fault(s, s->line,
			    "[%s] and [%s] differ only in the "
			    "case of letters, which this file cannot tell "
			    "apart: keep one here and make the other with "
			    "`tollgate model add'",
			    s->section, s->ini->entries[i].section);
			return;
		}
	entry_add(s, NULL);
}

static void
scan_pair(struct scan *s, struct tg_str line)
{
	struct tg_str rest = line, key;
	size_t i;

	if (memchr(line.p, '=', line.n) == NULL) {
		fault(s, s->line, "neither [section] nor key = value: %.*s",
		    TG_PRI(line));
		return;
	}
	tg_str_cut(&rest, '=', &key);
	key = tg_str_trim(key);
	if (key.n == 0) {
		fault(s, s->line, "no key before the =");
		return;
	}
	if (s->section == NULL) {
		fault(s, s->line, "%.*s stands before any [section]",
		    TG_PRI(key));
		return;
	}
	for (i = 0; i < s->ini->n; i++)
		if (s->ini->entries[i].key != NULL &&
		    strcmp(s->ini->entries[i].section, s->section) == 0 &&
		    tg_str_ieq(key, s->ini->entries[i].key)) {
			fault(s, s->line, "[%s] %.*s stands in line %d too",
			    s->section, TG_PRI(key), s->ini->entries[i].line);
			return;
		}
	check_cut(s, key, tg_str_trim(rest));
	entry_add(s, tg_arena_cstr(s->arena, key));
}

/* A comment begins after a blank: else it was meant to be in the value. */
static void
check_cut(struct scan *s, struct tg_str key, struct tg_str value)
{
	size_t i;

	if (value.n == 0 || value.p[0] == '"' || value.p[0] == '\'')
		return;
	for (i = 1; i < value.n; i++) {
		if (value.p[i] != ';' && value.p[i] != '#')
			continue;
		if (value.p[i - 1] != ' ' && value.p[i - 1] != '\t')
			fault(s, s->line,
			    "%.*s: a value with ; or # in it "
			    "must stand in double quotes",
			    TG_PRI(key));
		return;
	}
}

static void
entry_add(struct scan *s, const char *key)
{
	struct tg_ini_entry *grown;

	if (s->ini->n == MAX_ENTRIES) {
		fault(s, s->line, "more than %d lines", MAX_ENTRIES);
		return;
	}
	if (s->ini->n == s->cap) {
		s->cap = s->cap == 0 ? 64 : 2 * s->cap;
		grown = tg_arena_alloc(s->arena, s->cap * sizeof(*grown));
		if (s->ini->n > 0)
			memcpy(grown, s->ini->entries,
			    s->ini->n * sizeof(*grown));
		s->ini->entries = grown;
	}
	s->ini->entries[s->ini->n++] = (struct tg_ini_entry){
		.section = s->section,
		.key = key,
		.line = s->line,
	};
}

static int
fill_values(struct scan *s)
{
	struct tg_ini_entry *entry;
	dictionary *d;
	const char *value;
	size_t i;

	iniparser_set_error_callback(quiet);
	d = iniparser_load(s->ini->path);
	iniparser_set_error_callback(NULL);
	if (d == NULL) {
		fault(s, s->line, "is not an ini file");
		return -1;
	}
	for (i = 0; i < s->ini->n; i++) {
		entry = &s->ini->entries[i];
		if (entry->key == NULL)
			continue;
		value = iniparser_getstring(d,
		    tg_arena_printf(s->arena, "%s:%s", entry->section,
			entry->key),
		    NULL);
		if (value == NULL)
			fault(s, entry->line, "%s: cannot be read", entry->key);
		else
			entry->value = tg_arena_cstr(s->arena, tg_str(value));
	}
	iniparser_freedict(d);
	return s->n_faults > 0 ? -1 : 0;
}

/* The first pass has said it all, with better words. */
static int
quiet(const char *fmt, ...)
{
	(void)fmt;
	return 0;
}
