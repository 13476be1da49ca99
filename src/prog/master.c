/*
 * The master: one thread, one loop over signals and the next thing due.
 *
 * A generation is a configuration and the children that run with it.  There is
 * the one in force, perhaps a next one that is still starting, and children of
 * earlier ones that finish their calls.
 */
#include "config.h"

#include "prog/master.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "prog/board.h"
#include "prog/heir.h"
#include "prog/janitor.h"
#include "prog/sandbox.h"
#include "prog/worker.h"

#define SLOTS 1024
#define DELAY_MS 100
#define DELAY_MAX_MS 30000
#define GOOD_LIFE_MS 60000
/* What a child may take after its grace to settle and close. */
#define PATIENCE_MS 8000
/* The same, when told twice. */
#define HURRY_MS 2000
#define LEAVING_MAX SLOTS
#define SERVER_LOOK_MS 1000

enum role { WORKER,
	JANITOR };

struct child {
	enum role role;
	pid_t pid; /* 0: not running */
	int slot; /* of a worker */
	int delay_ms;
	int64_t born_ms, due_ms;
};

struct generation {
	struct tg_conf *conf;
	int n; /* workers, and the janitor at the end */
	bool ready; /* one of them has been serving */
	struct child child[];
};

struct leaving {
	pid_t pid;
	int slot; /* -1: the janitor */
	int64_t kill_ms;
};

struct master {
	const char *file;
	struct tg_listener *listener;
	struct tg_board *board;
	struct generation *now, *next;
	struct leaving leaving[LEAVING_MAX];
	int n_leaving;
	bool stopping;
	bool heir; /* ends with the web server */
	bool in_child; /* this is the copy in a forked child */
	int status;
};

static struct generation *generation_new(struct tg_conf *conf);
static void generation_free(struct generation *g);
static void generation_leave(struct master *m, struct generation *g);
static int startable(const struct generation *g);
static void start_due(struct master *m, struct generation *g);
static void start(struct master *m, struct generation *g, struct child *c);
static int child_main(struct master *m, struct generation *g, struct child *c,
    pid_t master);
static void on_signal(struct master *m, int sig);
static void reload(struct master *m);
static void stop(struct master *m);
static void hurry_all(struct master *m);
static void reap(struct master *m);
static bool reap_in(struct master *m, struct generation *g, pid_t pid,
    int status);
static void reap_leaving(struct master *m, pid_t pid);
static void tell_death(const struct child *c, pid_t pid, int status);
static void hopeless(struct master *m, struct generation *g);
static void promote(struct master *m);
static void lose_patience(struct master *m);
static int wait_ms(const struct master *m);
static bool over(const struct master *m);

int
tg_master_run(struct tg_conf *conf, const char *file, struct tg_listener *l)
{
	struct master m = { .file = file, .listener = l };
	int status;

	tg_log_role("master");
	m.board = tg_board_new(SLOTS);
	m.now = generation_new(conf);
	if (m.board == NULL || m.now == NULL)
		tg_fatal("out of memory");
	tg_info("starts workers=%d data=%s", conf->prog.workers,
	    conf->prog.data);
	m.heir = tg_heir_am_i() && l->server != 0;
	while (!over(&m)) {
		if (m.now != NULL)
			start_due(&m, m.now);
		if (m.next != NULL && !m.in_child)
			start_due(&m, m.next);
		if (m.in_child)
			break;
		on_signal(&m, tg_signals_wait(wait_ms(&m)));
		reap(&m);
		promote(&m);
		lose_patience(&m);
		if (m.heir && !m.stopping && !tg_heir_server_lives(l->server)) {
			tg_info("the web server has ended");
			stop(&m);
		}
	}
	status = m.status;
	if (!m.in_child)
		tg_info("ends");
	generation_free(m.now);
	generation_free(m.next);
	tg_board_free(m.board);
	return status;
}

static struct generation *
generation_new(struct tg_conf *conf)
{
	int i, n = conf->prog.workers + 1;
	struct generation *g;

	g = calloc(1, sizeof(*g) + (size_t)n * sizeof(g->child[0]));
	if (g == NULL)
		return NULL;
	g->conf = conf;
	g->n = n;
	for (i = 0; i < n; i++)
		g->child[i] = (struct child){ .slot = -1,
			.role = i == n - 1 ? JANITOR : WORKER };
	return g;
}

static void
generation_free(struct generation *g)
{
	if (g == NULL)
		return;
	tg_conf_free(g->conf);
	free(g);
}

/* Its children are told to finish; who does not in time is killed later. */
static void
generation_leave(struct master *m, struct generation *g)
{
	int64_t until = tg_mono_ms() + g->conf->prog.grace_ms + PATIENCE_MS;
	struct child *c;
	int i;

	for (i = 0; i < g->n; i++) {
		c = &g->child[i];
		if (c->pid == 0)
			continue;
		kill(c->pid, SIGTERM);
		if (m->n_leaving == LEAVING_MAX)
			kill(m->leaving[--m->n_leaving].pid, SIGKILL);
		m->leaving[m->n_leaving++] =
		    (struct leaving){ c->pid, c->slot, until };
	}
	generation_free(g);
}

/*
 * One worker first: if it cannot open what it needs, the others could not
 * either, and would only say so again.
 */
static void
start_due(struct master *m, struct generation *g)
{
	int64_t now = tg_mono_ms();
	int i;

	for (i = 0; i < startable(g) && !m->in_child; i++)
		if (g->child[i].pid == 0 && now >= g->child[i].due_ms)
			start(m, g, &g->child[i]);
}

static int
startable(const struct generation *g)
{
	return g->ready ? g->n : 1;
}

static void
start(struct master *m, struct generation *g, struct child *c)
{
	pid_t master = getpid(), pid;
	int slot = -1;

	c->due_ms = tg_mono_ms() + DELAY_MAX_MS;
	if (c->role == WORKER && (slot = tg_board_take(m->board)) == -1) {
		tg_warnx("too many workers of earlier generations are still "
			 "at work");
		return;
	}
	c->slot = slot;
	pid = fork();
	if (pid == 0) {
		m->in_child = true;
		m->status = child_main(m, g, c, master);
		return;
	}
	if (pid == -1) {
		tg_warn("fork");
		if (slot != -1)
			tg_board_clear(m->board, slot);
		return;
	}
	c->pid = pid;
	c->born_ms = tg_mono_ms();
}

static int
child_main(struct master *m, struct generation *g, struct child *c,
    pid_t master)
{
	struct tg_worker_conf w = {
		.conf = g->conf,
		.listener = m->listener,
		.conf_file = m->file,
		.board = m->board,
		.slot = c->slot,
		.master = master,
	};

	/* The master's to unlink. */
	m->listener->own = false;
	if (tg_sandbox_child(master, SIGTERM) == -1)
		return 0;
	tg_sandbox_name(c->role == WORKER ? "tollgate-worker" :
					    "tollgate-janitor");
	if (c->role == WORKER)
		return tg_worker_run(&w);
	tg_listener_close(m->listener);
	return tg_janitor_run(g->conf);
}

static void
on_signal(struct master *m, int sig)
{
	switch (sig) {
	case SIGHUP:
		if (!m->stopping)
			reload(m);
		break;
	case SIGTERM:
	case SIGINT:
	case SIGUSR1:
		if (!m->stopping)
			stop(m);
		else if (sig != SIGUSR1)
			hurry_all(m);
		break;
	default: /* SIGCHLD, SIGUSR2: something to look at */
		break;
	}
}

static void
reload(struct master *m)
{
	struct tg_conf *conf;
	struct tg_err e = { 0 };

	if (tg_conf_load(m->file, &conf, NULL, &e) == -1) {
		tg_warnx("reload refused, the old configuration stays: %s",
		    e.msg);
		return;
	}
	if (conf->prog.workers == 0) {
		tg_warnx("reload refused: workers = 0 needs a new start");
		tg_conf_free(conf);
		return;
	}
	if (m->next != NULL)
		generation_leave(m, m->next);
	m->next = generation_new(conf);
	if (m->next == NULL)
		tg_conf_free(conf);
	tg_info("reloads workers=%d", conf->prog.workers);
}

static void
stop(struct master *m)
{
	tg_info("stops, open calls may finish grace_ms=%d",
	    m->now->conf->prog.grace_ms);
	m->stopping = true;
	if (m->next != NULL)
		generation_leave(m, m->next);
	generation_leave(m, m->now);
	m->now = m->next = NULL;
	/* Who comes now shall go elsewhere, not wait for nobody. */
	tg_listener_close(m->listener);
}

/* Open calls end now, each with its last word and its row. */
static void
hurry_all(struct master *m)
{
	int64_t until = tg_mono_ms() + HURRY_MS;
	int i;

	tg_warnx("told twice: ends at once");
	for (i = 0; i < m->n_leaving; i++) {
		kill(m->leaving[i].pid, SIGUSR2);
		if (m->leaving[i].kill_ms > until)
			m->leaving[i].kill_ms = until;
	}
}

static void
reap(struct master *m)
{
	pid_t pid;
	int status;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (m->now != NULL && reap_in(m, m->now, pid, status))
			continue;
		if (m->next != NULL && reap_in(m, m->next, pid, status))
			continue;
		reap_leaving(m, pid);
	}
}

static bool
reap_in(struct master *m, struct generation *g, pid_t pid, int status)
{
	struct child *c = NULL;
	int64_t now = tg_mono_ms();
	int i;

	for (i = 0; i < g->n && c == NULL; i++)
		if (g->child[i].pid == pid)
			c = &g->child[i];
	if (c == NULL)
		return false;
	c->pid = 0;
	if (c->role == WORKER) {
		if (tg_board_state(m->board, c->slot) == TG_SLOT_READY)
			g->ready = true;
		tg_board_clear(m->board, c->slot);
		c->slot = -1;
	}
	if (c->role == WORKER && !g->ready && WIFEXITED(status) &&
	    WEXITSTATUS(status) == TG_EXIT_SETUP) {
		hopeless(m, g);
		return true;
	}
	if (c->delay_ms == 0 || now - c->born_ms >= GOOD_LIFE_MS)
		c->delay_ms = DELAY_MS;
	else if (c->delay_ms < DELAY_MAX_MS / 2)
		c->delay_ms *= 2;
	else
		c->delay_ms = DELAY_MAX_MS;
	c->due_ms = now + c->delay_ms;
	tell_death(c, pid, status);
	return true;
}

static void
reap_leaving(struct master *m, pid_t pid)
{
	int i;

	for (i = 0; i < m->n_leaving; i++)
		if (m->leaving[i].pid == pid) {
			if (m->leaving[i].slot != -1)
				tg_board_clear(m->board, m->leaving[i].slot);
			m->leaving[i] = m->leaving[--m->n_leaving];
			return;
		}
}

static void
tell_death(const struct child *c, pid_t pid, int status)
{
	const char *who = c->role == WORKER ? "worker" : "janitor";

	if (WIFSIGNALED(status))
		tg_warnx("%s died pid=%d signal=%d again_in_ms=%d", who,
		    (int)pid, WTERMSIG(status), c->delay_ms);
	else
		tg_warnx("%s ended pid=%d status=%d again_in_ms=%d", who,
		    (int)pid, WEXITSTATUS(status), c->delay_ms);
}

/* Its workers cannot even open what they need; the worker has said why. */
static void
hopeless(struct master *m, struct generation *g)
{
	if (g == m->next) {
		tg_warnx("reload failed, the old generation stays");
		generation_leave(m, g);
		m->next = NULL;
		return;
	}
	m->status = 1;
	stop(m);
}

static void
promote(struct master *m)
{
	struct generation *gens[] = { m->now, m->next };
	int i, k;

	for (k = 0; k < 2; k++)
		for (i = 0; gens[k] != NULL && i < gens[k]->n; i++)
			if (gens[k]->child[i].slot != -1 &&
			    tg_board_state(m->board, gens[k]->child[i].slot) ==
				TG_SLOT_READY)
				gens[k]->ready = true;
	if (m->next == NULL || !m->next->ready)
		return;
	tg_log_level_set(m->next->conf->prog.log_level);
	generation_leave(m, m->now);
	m->now = m->next;
	m->next = NULL;
}

static void
lose_patience(struct master *m)
{
	int64_t now = tg_mono_ms();
	int i;

	for (i = 0; i < m->n_leaving; i++) {
		if (now < m->leaving[i].kill_ms)
			continue;
		tg_warnx("does not end, is killed pid=%d",
		    (int)m->leaving[i].pid);
		kill(m->leaving[i].pid, SIGKILL);
		m->leaving[i].kill_ms = now + PATIENCE_MS;
	}
}

/* Until the next child is due, or the next one has to be killed. */
static int
wait_ms(const struct master *m)
{
	const struct generation *gens[] = { m->now, m->next };
	int64_t now = tg_mono_ms();
	int64_t next = m->heir ? now + SERVER_LOOK_MS : INT64_MAX;
	int i, k;

	for (k = 0; k < 2; k++)
		for (i = 0; gens[k] != NULL && i < startable(gens[k]); i++)
			if (gens[k]->child[i].pid == 0 &&
			    gens[k]->child[i].due_ms < next)
				next = gens[k]->child[i].due_ms;
	for (i = 0; i < m->n_leaving; i++)
		if (m->leaving[i].kill_ms < next)
			next = m->leaving[i].kill_ms;
	if (next == INT64_MAX)
		return -1;
	if (next <= now)
		return 0;
	return next - now > 60000 ? 60000 : (int)(next - now);
}

static bool
over(const struct master *m)
{
	return m->in_child || (m->stopping && m->n_leaving == 0);
}
