/*
 * The thread pool of a worker.  One mutex; every member has a condition of its
 * own, so that exactly the one who is meant wakes up.
 *
 * Stacks are mapped here: glibc would keep those of ended threads for reuse,
 * after a burst of a thousand streams some 20 MB of them.
 */
#include "config.h"

#include "prog/crew.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"

#define GUARD_BYTES 4096

struct member {
	struct tg_crew *crew;
	struct member *prev, *next; /* in its list: idle or busy */
	pthread_t thread;
	void *stack;
	pthread_cond_t wake;
	int fd; /* -1: idle */
};

struct members {
	struct member *first;
	int n;
};

struct tg_crew {
	struct tg_crew_conf conf;
	pthread_mutex_t lock;
	pthread_cond_t all_gone;
	struct members idle, busy, ended;
	atomic_int givers; /* they may yet wake a member that has ended */
	int *queue; /* a ring of conf.queue */
	int queue_first, queue_n;
	bool stopping;
};

static int crew_grow(struct tg_crew *c, int fd);
static int member_start(struct member *m);
static void member_free(struct member *m);
static void *member_main(void *arg);
static bool member_next(struct member *m);
static bool member_idle(struct member *m);
static void put(struct members *list, struct member *m);
static void take(struct members *list, struct member *m);
static void deadline_after(struct timespec *ts, int ms);

struct tg_crew *
tg_crew_new(const struct tg_crew_conf *conf)
{
	struct tg_crew *c = calloc(1, sizeof(*c));
	pthread_condattr_t attr;

	if (c == NULL)
		return NULL;
	c->conf = *conf;
	if (conf->queue > 0) {
		c->queue = calloc((size_t)conf->queue, sizeof(*c->queue));
		if (c->queue == NULL) {
			free(c);
			return NULL;
		}
	}
	pthread_mutex_init(&c->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&c->all_gone, &attr);
	pthread_condattr_destroy(&attr);
	return c;
}

int
tg_crew_give(struct tg_crew *c, int fd)
{
	struct member *m;
	int rc = 0;

	pthread_mutex_lock(&c->lock);
	m = c->idle.first;
	if (m != NULL) {
		take(&c->idle, m);
		put(&c->busy, m);
		m->fd = fd;
		c->givers++;
	} else if (c->busy.n >= c->conf.max || crew_grow(c, fd) == -1) {
		if (c->queue_n < c->conf.queue && c->busy.n > 0) {
			c->queue[(c->queue_first + c->queue_n++) %
			    c->conf.queue] = fd;
		} else
			rc = -1;
	}
	pthread_mutex_unlock(&c->lock);
	if (m != NULL) {
		/* Woken with the lock free, it need not wait once more. */
		pthread_cond_signal(&m->wake);
		c->givers--;
	}
	return rc;
}

int
tg_crew_busy(struct tg_crew *c)
{
	int n;

	pthread_mutex_lock(&c->lock);
	n = c->busy.n + c->queue_n;
	pthread_mutex_unlock(&c->lock);
	return n;
}

int
tg_crew_tidy(struct tg_crew *c)
{
	struct member *m;
	int n;

	for (n = 0;; n++) {
		pthread_mutex_lock(&c->lock);
		m = c->ended.first;
		if (m != NULL)
			take(&c->ended, m);
		pthread_mutex_unlock(&c->lock);
		if (m == NULL)
			return n;
		pthread_join(m->thread, NULL);
		while (c->givers > 0)
			sched_yield();
		member_free(m);
	}
}

bool
tg_crew_stop(struct tg_crew *c, int ms)
{
	struct timespec ts;
	struct member *m;
	bool gone;
	int rc = 0;

	deadline_after(&ts, ms);
	pthread_mutex_lock(&c->lock);
	c->stopping = true;
	for (m = c->idle.first; m != NULL; m = m->next)
		pthread_cond_signal(&m->wake);
	while (c->idle.n + c->busy.n > 0 && rc == 0)
		rc = pthread_cond_timedwait(&c->all_gone, &c->lock, &ts);
	gone = c->idle.n + c->busy.n == 0;
	pthread_mutex_unlock(&c->lock);
	if (gone)
		(void)tg_crew_tidy(c);
	return gone;
}

/*
 * A member may be closing its descriptor right now, and the number may
 * already be another's; as everything ends at this moment, that is the worst
 * that can happen to it.
 */
void
tg_crew_cut(struct tg_crew *c, int how)
{
	struct member *m;

	pthread_mutex_lock(&c->lock);
	while (c->queue_n > 0) {
		close(c->queue[c->queue_first]);
		c->queue_first = (c->queue_first + 1) % c->conf.queue;
		c->queue_n--;
	}
	for (m = c->busy.first; m != NULL; m = m->next)
		shutdown(m->fd, how);
	pthread_mutex_unlock(&c->lock);
}

void
tg_crew_free(struct tg_crew *c)
{
	pthread_cond_destroy(&c->all_gone);
	pthread_mutex_destroy(&c->lock);
	free(c->queue);
	free(c);
}

static int
crew_grow(struct tg_crew *c, int fd)
{
	struct member *m = calloc(1, sizeof(*m));
	pthread_condattr_t clock;

	if (m == NULL)
		return -1;
	m->crew = c;
	m->fd = fd;
	pthread_condattr_init(&clock);
	pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	pthread_cond_init(&m->wake, &clock);
	pthread_condattr_destroy(&clock);
	if (member_start(m) == -1) {
		tg_warn("cannot start a thread, %d are at work", c->busy.n);
		member_free(m);
		return -1;
	}
	put(&c->busy, m);
	return 0;
}

static int
member_start(struct member *m)
{
	size_t size = m->crew->conf.stack_bytes;
	pthread_attr_t attr;

	m->stack = mmap(NULL, size + GUARD_BYTES, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK | MAP_NORESERVE, -1, 0);
	if (m->stack == MAP_FAILED) {
		m->stack = NULL;
		return -1;
	}
	if (mprotect(m->stack, GUARD_BYTES, PROT_NONE) == -1)
		return -1;
	pthread_attr_init(&attr);
	pthread_attr_setstack(&attr, (char *)m->stack + GUARD_BYTES, size);
	errno = pthread_create(&m->thread, &attr, member_main, m);
	pthread_attr_destroy(&attr);
	return errno == 0 ? 0 : -1;
}

static void
member_free(struct member *m)
{
	if (m->stack != NULL)
		munmap(m->stack, m->crew->conf.stack_bytes + GUARD_BYTES);
	pthread_cond_destroy(&m->wake);
	free(m);
}

static void *
member_main(void *arg)
{
	struct member *m = arg;
	struct tg_crew *c = m->crew;
	void *own = c->conf.begin(c->conf.arg);

	do
		c->conf.work(c->conf.arg, own, m->fd);
	while (member_next(m));
	c->conf.end(own);
	/* Counted until here: who waits for all frees what end() uses. */
	pthread_mutex_lock(&c->lock);
	take(&c->busy, m);
	put(&c->ended, m);
	if (c->idle.n + c->busy.n == 0)
		pthread_cond_broadcast(&c->all_gone);
	pthread_mutex_unlock(&c->lock);
	return NULL;
}

/* Work from the queue, or what comes while idle; false: end. */
static bool
member_next(struct member *m)
{
	struct tg_crew *c = m->crew;
	bool more = true;

	pthread_mutex_lock(&c->lock);
	if (c->queue_n > 0) {
		m->fd = c->queue[c->queue_first];
		c->queue_first = (c->queue_first + 1) % c->conf.queue;
		c->queue_n--;
	} else if (c->stopping) {
		m->fd = -1;
		more = false;
	} else
		more = member_idle(m);
	pthread_mutex_unlock(&c->lock);
	return more;
}

/* Whoever gives work moves us back to the busy ones. */
static bool
member_idle(struct member *m)
{
	struct tg_crew *c = m->crew;
	struct timespec ts;

	m->fd = -1;
	take(&c->busy, m);
	put(&c->idle, m);
	deadline_after(&ts, c->conf.idle_ms);
	while (m->fd == -1) {
		if (c->stopping)
			break;
		if (pthread_cond_timedwait(&m->wake, &c->lock, &ts) !=
			ETIMEDOUT ||
		    m->fd != -1)
			continue;
		if (c->idle.n > c->conf.keep)
			break;
		deadline_after(&ts, c->conf.idle_ms);
	}
	if (m->fd != -1)
		return true;
	take(&c->idle, m);
	put(&c->busy, m);
	return false;
}

static void
put(struct members *list, struct member *m)
{
	m->prev = NULL;
	m->next = list->first;
	if (m->next != NULL)
		m->next->prev = m;
	list->first = m;
	list->n++;
}

static void
take(struct members *list, struct member *m)
{
	if (m->prev != NULL)
		m->prev->next = m->next;
	else
		list->first = m->next;
	if (m->next != NULL)
		m->next->prev = m->prev;
	list->n--;
}

static void
deadline_after(struct timespec *ts, int ms)
{
	clock_gettime(CLOCK_MONOTONIC, ts);
	ts->tv_sec += ms / 1000;
	ts->tv_nsec += ms % 1000 * 1000000L;
	if (ts->tv_nsec >= 1000000000L) {
		ts->tv_sec++;
		ts->tv_nsec -= 1000000000L;
	}
}
