/*
 * Where templates come from: this program, each parsed once a process, or a
 * folder, read at each use, for who edits them.
 */
#include "config.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "web/page/template.h"
#include "web/page/template_node.h"
#include "web/page/www.h"

#define MAX_PARSED (1024 * 1024)	/* bytes of one template's nodes */

/* By the place in tg_www_templates; process lifetime. */
static _Atomic(const struct tg_template *) *parsed;
static pthread_mutex_t parsing = PTHREAD_MUTEX_INITIALIZER;

static int
by_name(const void *name, const void *file)
{
	return strcmp(name, ((const struct tg_www_file *)file)->name);
}

static const struct tg_www_file *
compiled_in(const char *name)
{
	return bsearch(name, tg_www_templates, tg_www_template_count,
	    sizeof(*tg_www_templates), by_name);
}

/* With the lock held. */
static const struct tg_template *
parse_kept(const struct tg_www_file *file, struct tg_err *e)
{
	struct tg_arena *a = tg_arena_new(MAX_PARSED);
	struct tg_template *t = tg_arena_zero(a, sizeof(*t));

	if (tg_template_parse(a, file->name,
		(struct tg_str){ file->text, file->size }, t, e) == 0) {
		t->home = a;
		return t;
	}
	tg_arena_free(a);
	return NULL;
}

static const struct tg_template *
kept(const struct tg_www_file *file, struct tg_err *e)
{
	size_t at = (size_t)(file - tg_www_templates);
	const struct tg_template *t;

	(void)pthread_mutex_lock(&parsing);
	if (parsed == NULL)
		parsed = calloc(tg_www_template_count, sizeof(*parsed));
	if (parsed == NULL) {
		(void)pthread_mutex_unlock(&parsing);
		(void)tg_fail(e, TG_E_INTERNAL, "out of memory");
		return NULL;
	}
	t = atomic_load_explicit(&parsed[at], memory_order_relaxed);
	if (t == NULL) {
		t = parse_kept(file, e);
		atomic_store_explicit(&parsed[at], t, memory_order_relaxed);
	}
	(void)pthread_mutex_unlock(&parsing);
	return t;
}

static const struct tg_template *
from_folder(struct tg_arena *a, const char *dir, const char *name,
    struct tg_err *e)
{
	struct tg_template *t = tg_arena_zero(a, sizeof(*t));
	struct tg_str text;

	if (tg_www_read(a,
		tg_arena_printf(a, "%s/%s.html", dir, name), &text) != 0)
		return NULL;
	return tg_template_parse(a, name, text, t, e) == 0 ? t : NULL;
}

const struct tg_template *
tg_template_find(struct tg_arena *a, const char *dir, const char *name,
    struct tg_err *e)
{
	const struct tg_www_file *file = compiled_in(name);
	const struct tg_template *t;

	if (dir != NULL && dir[0] != '\0' && strchr(name, '/') == NULL) {
		t = from_folder(a, dir, name, e);
		if (t != NULL || e->code != TG_OK)
			return t;
	}
	if (file != NULL)
		return kept(file, e);
	(void)tg_fail(
	    e, TG_E_INTERNAL, "There is no template www/%s.html.", name);
	return NULL;
}

int
tg_www_read(struct tg_arena *a, const char *path, struct tg_str *text)
{
	FILE *f = fopen(path, "re");
	struct tg_buf b;
	char *room;
	size_t n;

	if (f == NULL)
		return -1;
	tg_buf_init(&b, MAX_PARSED);
	while ((room = tg_buf_room(&b, BUFSIZ)) != NULL &&
	    (n = fread(room, 1, BUFSIZ, f)) > 0) {
		b.n += n;
		b.p[b.n] = '\0';
	}
	(void)fclose(f);
	*text = tg_arena_copy(a, tg_buf_str(&b));
	tg_buf_free(&b);
	return 0;
}

int
tg_template_check_all(struct tg_err *e)
{
	struct tg_arena *a = tg_arena_new(MAX_PARSED);
	int rc = 0;

	for (size_t i = 0; i < tg_www_template_count && rc == 0; i++) {
		const struct tg_template *t = kept(&tg_www_templates[i], e);

		rc = t == NULL ? -1 : 0;
		for (size_t k = 0; rc == 0 && k < t->n; k++)
			if (t->nodes[k].kind == TG_NODE_PARTIAL &&
			    !tg_str_is(t->nodes[k].text, "content") &&
			    compiled_in(t->nodes[k].text.p) == NULL)
				rc = tg_fail(e, TG_E_INTERNAL,
				    "www/%s.html:%d: there is no %s.html",
				    t->name, t->nodes[k].line,
				    t->nodes[k].text.p);
	}
	tg_arena_free(a);
	return rc;
}
