#include "config.h"

/*
 * One writer a file, without a thread of its own: whoever finds nobody
 * leading leads.  The leader takes what waits, its own piece first, runs
 * all in one transaction and commits once; then hands the lead to the first
 * who came meanwhile, and wakes those whose pieces are committed.  So a lone
 * caller pays no change of threads, and many share one sync.
 */
#include <sched.h>
#include <time.h>

#include "base/clock.h"
#include "store/inner.h"

#define GATHER_US 1000

struct group {
	struct tg_job *jobs[TG_GROUP_MAX];
	int n;
};

static void gather(const struct tg_writer *w, enum tg_db_file file);
static void lead(struct tg_store *s, enum tg_db_file file, struct tg_job *me);
static void next_group(struct tg_writer *w, struct group *g);
static void run_group(struct tg_writer *w, struct group *g);
static bool try_group(struct tg_db *db, struct group *g, bool careful);
static bool run_pieces(struct tg_db *db, struct group *g, bool careful);
static bool run_guarded(struct tg_db *db, struct tg_job *job);
static bool run_piece(struct tg_db *db, struct tg_job *job);
static void run_alone(struct tg_db *db, struct tg_job *job);
static int begin(struct tg_db *db, struct tg_err *e);
static void roll_back(struct tg_db *db);
static void finish(struct tg_job *job, int rc, const struct tg_db *db);

void
tg_writer_init(struct tg_writer *w)
{
	pthread_mutex_init(&w->lock, NULL);
	w->tail = &w->head;
}

void
tg_writer_free(struct tg_writer *w)
{
	tg_db_close(w->db);
	pthread_mutex_destroy(&w->lock);
}

int
tg_write(struct tg_store *s, enum tg_db_file file, tg_txn_fn *fn, void *arg,
    struct tg_err *e)
{
	struct tg_job job = { .fn = fn, .arg = arg, .e = e };

	return tg_job_run(s, file, &job);
}

int
tg_job_run(struct tg_store *s, enum tg_db_file file, struct tg_job *job)
{
	struct tg_writer *w = &s->writers[file];
	bool first;

	job->next = NULL;
	job->leads = false;
	job->yields = false;
	sem_init(&job->wake, 0, 0);
	pthread_mutex_lock(&w->lock);
	*w->tail = job;
	w->tail = &job->next;
	first = !w->led;
	w->led = true;
	pthread_mutex_unlock(&w->lock);
	/* The others are woken when done, or to lead. */
	if (!first)
		while (sem_wait(&job->wake) == -1)
			;
	if (first || job->leads)
		lead(s, file, job);
	sem_destroy(&job->wake);
	if (job->rc == -1)
		tg_err_pass(job->e, &job->err);
	return job->rc;
}

/*
 * While many come, more are let into the group: those that are about to, and
 * for bodies, which nobody waits for but the threads that bring them, those of
 * the next moment too.
 */
static void
gather(const struct tg_writer *w, enum tg_db_file file)
{
	struct timespec ts = { 0, GATHER_US * 1000 };

	if (tg_mono_us() - w->done_us > 2 * GATHER_US)
		return;
	if (file == TG_DB_LOG)
		nanosleep(&ts, NULL);
	else
		sched_yield();
}

/* Called by the first of the queue. */
static void
lead(struct tg_store *s, enum tg_db_file file, struct tg_job *me)
{
	struct tg_writer *w = &s->writers[file];
	struct tg_job *heir;
	struct group g;
	bool wanted;

	if (me->yields)
		tg_turns_yield();
	else if (s->threads)
		gather(w, file);
	run_group(w, &g);
	w->done_us = tg_mono_us();
	wanted = tg_turns_done(s->turns, file);
	pthread_mutex_lock(&w->lock);
	heir = w->head;
	if (heir == NULL)
		w->led = false;
	else {
		heir->leads = true;
		heir->yields = wanted;
	}
	pthread_mutex_unlock(&w->lock);
	if (heir != NULL)
		sem_post(&heir->wake);
	for (int i = 0; i < g.n; i++)
		if (g.jobs[i] != me)
			sem_post(&g.jobs[i]->wake);
}

static void
next_group(struct tg_writer *w, struct group *g)
{
	g->n = 0;
	pthread_mutex_lock(&w->lock);
	while (w->head != NULL && g->n < TG_GROUP_MAX) {
		g->jobs[g->n++] = w->head;
		w->head = w->head->next;
	}
	if (w->head == NULL)
		w->tail = &w->head;
	pthread_mutex_unlock(&w->lock);
}

/*
 * Who comes while we wait for the file is of the group.  At first it runs in
 * good faith.  If a piece fails, all begin anew with each in a savepoint, so
 * that only it is taken back.  If the transaction itself fails, each piece
 * gets one of its own: a small one may pass where a large one did not, and
 * only those that fail are told so.
 */
static void
run_group(struct tg_writer *w, struct group *g)
{
	struct tg_err e;
	int rc;

	tg_err_reset(&e);
	rc = begin(w->db, &e);
	next_group(w, g);
	if (rc == 0) {
		if (try_group(w->db, g, false) || g->n == 1)
			return;
		rc = begin(w->db, &e);
	}
	if (rc == 0) {
		if (try_group(w->db, g, true))
			return;
		for (int i = 0; i < g->n; i++)
			run_alone(w->db, g->jobs[i]);
		return;
	}
	for (int i = 0; i < g->n; i++) {
		g->jobs[i]->err = e;
		finish(g->jobs[i], -1, w->db);
	}
}

/* In the transaction that is open; it is not, afterwards. */
static bool
try_group(struct tg_db *db, struct group *g, bool careful)
{
	struct tg_job *first = g->jobs[0];

	if (run_pieces(db, g, careful)) {
		if (tg_db_run(db, TG_SQL_TXN_COMMIT, &first->err) == 0)
			return true;
		finish(first, -1, db);
	}
	roll_back(db);
	return false;
}

/* False when the transaction cannot go on. */
static bool
run_pieces(struct tg_db *db, struct group *g, bool careful)
{
	for (int i = 0; i < g->n; i++)
		if (careful ? !run_guarded(db, g->jobs[i]) :
			      !run_piece(db, g->jobs[i]))
			return false;
	return true;
}

static bool
run_piece(struct tg_db *db, struct tg_job *job)
{
	db->code = 0;
	tg_err_reset(&job->err);
	finish(job, job->fn(db, job->arg, &job->err), db);
	return job->rc == 0;
}

static bool
run_guarded(struct tg_db *db, struct tg_job *job)
{
	struct tg_err lost;

	tg_err_reset(&lost);
	if (tg_db_run(db, TG_SQL_TXN_SAVEPOINT, &lost) == -1)
		return false;
	if (!run_piece(db, job) &&
	    (sqlite3_get_autocommit(db->h) != 0 ||
		tg_db_run(db, TG_SQL_TXN_UNDO, &lost) == -1))
		return false;
	return tg_db_run(db, TG_SQL_TXN_RELEASE, &lost) == 0;
}

static void
run_alone(struct tg_db *db, struct tg_job *job)
{
	int rc;

	tg_err_reset(&job->err);
	db->code = 0;
	rc = begin(db, &job->err);
	if (rc == 0) {
		rc = job->fn(db, job->arg, &job->err);
		if (rc >= 0)
			rc = tg_db_run(db, TG_SQL_TXN_COMMIT, &job->err);
	}
	finish(job, rc, db);
	if (rc < 0)
		roll_back(db);
}

static int
begin(struct tg_db *db, struct tg_err *e)
{
	if (tg_db_run(db, TG_SQL_TXN_WRITE, e) == -1)
		return -1;
	tg_turns_got(db->store->turns, db->file);
	return 0;
}

/* After some failures SQLite has done so by itself. */
static void
roll_back(struct tg_db *db)
{
	struct tg_err e;

	tg_err_reset(&e);
	if (sqlite3_get_autocommit(db->h) == 0)
		tg_db_run(db, TG_SQL_TXN_ROLLBACK, &e);
}

/* May come twice for a piece; the last word counts. */
static void
finish(struct tg_job *job, int rc, const struct tg_db *db)
{
	job->rc = rc < 0 ? -1 : 0;
	job->code = rc < 0 ? db->code : 0;
}
