#include "config.h"

/*
 * Which process serves a call, and closing the calls of those that died.  A
 * process is named by its number and the moment it began, because numbers
 * come again.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "store/calls.h"
#include "store/inner.h"

#define WORKER_BYTES 48
#define STARTTIME 22	/* field of /proc/PID/stat, proc(5) */

struct sweep {
	struct tg_arena *a;
	const char **workers;
	size_t n;
	int64_t lost;
};

static bool alive(const char *worker);
static int gather(struct tg_db *db, void *arg, struct tg_err *e);
static int lose(struct tg_db *db, void *arg, struct tg_err *e);
static bool start_time(long pid, unsigned long long *start);

const char *
tg_worker_name(void)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static char name[WORKER_BYTES];
	static pid_t owner;
	unsigned long long start = 0;

	pthread_mutex_lock(&lock);
	if (owner != getpid()) {
		owner = getpid();
		start_time(owner, &start);
		snprintf(name, sizeof(name), "%ld:%llu", (long)owner, start);
	}
	pthread_mutex_unlock(&lock);
	return name;
}

/* False when /proc does not tell. */
static bool
start_time(long pid, unsigned long long *start)
{
	char path[40], text[1024];
	const char *p;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return false;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n <= 0)
		return false;
	text[n] = '\0';
	/* The second field is a name in parentheses that may hold anything. */
	p = strrchr(text, ')');
	for (int field = 2; p != NULL && field < STARTTIME; field++) {
		p = strchr(p, ' ');
		if (p != NULL)
			p++;
	}
	if (p == NULL)
		return false;
	*start = strtoull(p, NULL, 10);
	return true;
}

int
tg_calls_sweep(struct tg_store *s, int64_t *n, struct tg_err *e)
{
	struct sweep w = { .a = tg_arena_new(TG_USED_SLOTS * 4096) };
	size_t dead = 0;
	int rc;

	*n = 0;
	rc = tg_read(s, TG_DB_MAIN, gather, &w, e);
	for (size_t i = 0; rc == 0 && i < w.n; i++)
		if (!alive(w.workers[i]))
			w.workers[dead++] = w.workers[i];
	w.n = dead;
	if (rc == 0 && dead > 0)
		rc = tg_write(s, TG_DB_MAIN, lose, &w, e);
	if (rc == 0)
		*n = w.lost;
	tg_arena_free(w.a);
	return rc;
}

static int
gather(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct sweep *w = arg;
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_CALL_WORKERS);
	void *workers = NULL;
	const char **worker;
	int rc;

	while ((rc = tg_db_step(db, st, e)) == 1) {
		worker = tg_rows_add(w->a, &workers, &w->n, sizeof(*worker));
		*worker = tg_col_text(w->a, st, 0);
	}
	w->workers = workers;
	return rc;
}

/*
 * A process of somebody else may hide its time of birth; then its number
 * must do.
 */
static bool
alive(const char *worker)
{
	unsigned long long begun, start;
	char *colon;
	long pid = strtol(worker, &colon, 10);

	if (pid <= 0 || *colon != ':')
		return false;
	begun = strtoull(colon + 1, NULL, 10);
	if (begun != 0 && start_time(pid, &start))
		return start == begun;
	return kill((pid_t)pid, 0) == 0 || errno == EPERM;
}

static int
lose(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct sweep *w = arg;
	sqlite3_stmt *st;

	w->lost = 0;
	for (size_t i = 0; i < w->n; i++) {
		st = tg_db_stmt(db, TG_SQL_CALL_LOSE);
		tg_bind_text(st, 1, w->workers[i]);
		sqlite3_bind_int(st, 2, TG_CALL_LOST);
		tg_bind_text(st, 3, "lost");
		if (tg_db_step(db, st, e) == -1)
			return -1;
		w->lost += sqlite3_changes(db->h);
	}
	return 0;
}
