/*
 * The door in memory: a request made of variables and bytes, an answer kept
 * in a buffer.  For tests and fuzzers, and for the command, which calls the
 * same handlers as a web server does.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "net/door.h"

#include <stdlib.h>

#include "base/clock.h"

/* Lives until tg_door_mem_free(). */
struct mem {
	struct tg_door door;
	const struct tg_door_mem_var *vars;
	struct tg_str body;	/* what is left of it */
	struct tg_buf *out;
	size_t keep;		/* of the answer */
	long leave_after;	/* -1: never */
	int64_t leave_at_ms;	/* 0: never */
	long written;
	bool left, ended;
};

static const char *mem_env(struct tg_door *d, const char *name);
static bool mem_env_at(struct tg_door *d, size_t i, struct tg_str *name,
    const char **value);
static long mem_read(struct tg_door *d, void *p, size_t n);
static int mem_write(struct tg_door *d, const void *p, size_t n);
static int mem_flush(struct tg_door *d);
static int mem_end(struct tg_door *d);
static int mem_watch_fd(struct tg_door *d);
static bool mem_gone(struct tg_door *d);
static void mem_finish(struct tg_door *d);
static struct mem *mem_of(struct tg_door *d);

static const struct tg_door_ops mem_ops = {
	.name = "memory",
	.env = mem_env,
	.env_at = mem_env_at,
	.read = mem_read,
	.write = mem_write,
	.flush = mem_flush,
	.end = mem_end,
	.watch_fd = mem_watch_fd,
	.gone = mem_gone,
	.finish = mem_finish,
};

struct tg_door *
tg_door_mem_new(const struct tg_door_mem_var *vars, struct tg_str body,
    struct tg_buf *out)
{
	struct mem *m = calloc(1, sizeof(*m));

	if (m == NULL)
		return NULL;
	*m = (struct mem){
		.door.ops = &mem_ops,
		.vars = vars,
		.body = body,
		.out = out,
		.keep = SIZE_MAX,
		.leave_after = -1,
	};
	return &m->door;
}

void
tg_door_mem_free(struct tg_door *d)
{
	free(mem_of(d));
}

void
tg_door_mem_keep(struct tg_door *d, size_t bytes)
{
	mem_of(d)->keep = bytes;
}

void
tg_door_mem_leave_after(struct tg_door *d, long bytes)
{
	struct mem *m = mem_of(d);

	m->leave_after = bytes;
	m->left = bytes >= 0 && m->written >= bytes;
}

void
tg_door_mem_leave_at(struct tg_door *d, int64_t mono_ms)
{
	mem_of(d)->leave_at_ms = mono_ms;
}

static struct mem *
mem_of(struct tg_door *d)
{
	return (struct mem *)(void *)d;
}

static const char *
mem_env(struct tg_door *d, const char *name)
{
	const struct tg_door_mem_var *v;

	for (v = mem_of(d)->vars; v->name != NULL; v++) {
		if (strcmp(v->name, name) == 0)
			return v->value;
	}
	return NULL;
}

static bool
mem_env_at(struct tg_door *d, size_t i, struct tg_str *name,
    const char **value)
{
	const struct tg_door_mem_var *v = mem_of(d)->vars;

	while (v->name != NULL && i > 0) {
		v++;
		i--;
	}
	if (v->name == NULL)
		return false;
	*name = tg_str(v->name);
	*value = v->value != NULL ? v->value : "";
	return true;
}

static long
mem_read(struct tg_door *d, void *p, size_t n)
{
	struct mem *m = mem_of(d);

	if (n > m->body.n)
		n = m->body.n;
	if (n > 0)
		memcpy(p, m->body.p, n);
	m->body.p += n;
	m->body.n -= n;
	return (long)n;
}

static int
mem_write(struct tg_door *d, const void *p, size_t n)
{
	struct mem *m = mem_of(d);
	size_t room = m->keep > m->out->n ? m->keep - m->out->n : 0;

	if (m->left || m->ended ||
	    tg_buf_add(m->out, p, n < room ? n : room) != 0)
		return -1;
	m->written += (long)n;
	if (m->leave_after >= 0 && m->written >= m->leave_after)
		m->left = true;
	return 0;
}

static int
mem_flush(struct tg_door *d)
{
	return mem_of(d)->left ? -1 : 0;
}

static int
mem_end(struct tg_door *d)
{
	mem_of(d)->ended = true;
	return mem_of(d)->left ? -1 : 0;
}

static int
mem_watch_fd(struct tg_door *d)
{
	(void)d;
	return -1;
}

static bool
mem_gone(struct tg_door *d)
{
	struct mem *m = mem_of(d);

	if (m->leave_at_ms != 0 && tg_mono_ms() >= m->leave_at_ms)
		m->left = true;
	return m->left;
}

static void
mem_finish(struct tg_door *d)
{
	(void)mem_end(d);
}
