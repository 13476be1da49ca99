#include "config.h"

/*
 * Settlements that could not be committed: kept whole and tried again, by a
 * thread that lives as long as there are any.  The row is open meanwhile and
 * its holds stand, so nothing is lost but the numbers, and these only if the
 * process dies.
 */
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <time.h>

#include "base/limits.h"
#include "base/log.h"
#include "store/booking.h"

#define LATE_MAX 4096
#define LATE_GROUP 64
#define ARENA_BYTES ((size_t)8 * 1024 * 1024)
#define FIRST_PAUSE_MS 100
#define LONGEST_PAUSE_MS 5000

/* One piece of memory: what it gives back and its texts stand behind it. */
struct late_call {
	struct tg_settle work;
	struct tg_call_row row;
	struct late_call *next;
	struct tg_give_back back[];
};

#define TEXT(member) offsetof(struct tg_call_row, member)
static const size_t texts[] = { TEXT(worker), TEXT(user), TEXT(addr),
	TEXT(agent), TEXT(route), TEXT(model), TEXT(deployment),
	TEXT(provider), TEXT(upstream_model), TEXT(error), TEXT(upstream_id),
	TEXT(finish), TEXT(price_ids), TEXT(tags), TEXT(tag_ids),
	TEXT(session), TEXT(switched_from), TEXT(tier), TEXT(bill) };
#define N_TEXTS (sizeof(texts) / sizeof(texts[0]))

struct tg_late {
	struct tg_store *store;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct late_call *first, **last;
	size_t n, dropped;
	pthread_t thread;
	bool started, running, stop;
};

/* The oldest few, taken off the list by the thread. */
struct bundle {
	struct late_call *first, **last;
	size_t n;
	struct tg_arena *a;
};

static struct late_call *copy(const struct tg_settle *st);
static void give_back(struct tg_late *l, struct bundle *b);
static void *run(void *arg);
static void start(struct tg_late *l);
static void pause_ms(struct tg_late *l, long ms);
static void take(struct tg_late *l, struct bundle *b);
static int try_bundle(struct tg_late *l, struct bundle *b);
static int write_bundle(struct tg_db *db, void *arg, struct tg_err *e);

struct tg_late *
tg_late_new(struct tg_store *s)
{
	struct tg_late *l = calloc(1, sizeof(*l));
	pthread_condattr_t attr;

	if (l == NULL)
		tg_fatal("out of memory");
	l->store = s;
	l->last = &l->first;
	pthread_mutex_init(&l->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&l->wake, &attr);
	pthread_condattr_destroy(&attr);
	return l;
}

void
tg_late_free(struct tg_late *l)
{
	struct bundle b;

	pthread_mutex_lock(&l->lock);
	l->stop = true;
	pthread_cond_signal(&l->wake);
	pthread_mutex_unlock(&l->lock);
	if (l->started)
		pthread_join(l->thread, NULL);
	/* The last chance; what fails again stays open and becomes lost. */
	for (take(l, &b); b.n > 0; take(l, &b)) {
		if (try_bundle(l, &b) == -1)
			l->dropped += b.n;
		while (b.first != NULL) {
			struct late_call *c = b.first;

			b.first = c->next;
			free(c);
		}
	}
	if (l->dropped > 0)
		tg_warnx("numbers of calls given up: %zu", l->dropped);
	pthread_cond_destroy(&l->wake);
	pthread_mutex_destroy(&l->lock);
	free(l);
}

void
tg_late_add(struct tg_late *l, const struct tg_settle *st)
{
	struct late_call *late = NULL;

	pthread_mutex_lock(&l->lock);
	if (l->n < LATE_MAX)
		late = copy(st);
	if (late == NULL) {
		if (l->dropped++ == 0)
			tg_warnx("too many calls wait to be completed in the "
			    "database: their numbers are given up");
	} else {
		*l->last = late;
		l->last = &late->next;
		if (l->n++ == 0)
			tg_warnx("calls cannot be completed in the database "
			    "now: tried again until they can");
		if (!l->running && !l->stop)
			start(l);
	}
	pthread_mutex_unlock(&l->lock);
}

size_t
tg_late_count(struct tg_late *l)
{
	size_t n;

	pthread_mutex_lock(&l->lock);
	n = l->n;
	pthread_mutex_unlock(&l->lock);
	return n;
}

/* Where a row has one of its texts. */
static const char **
text_of(struct tg_call_row *c, size_t i)
{
	return (const char **)(void *)((char *)c + texts[i]);
}

/* The terms are not kept: they are read anew. */
static struct late_call *
copy(const struct tg_settle *st)
{
	struct late_call *late;
	size_t bytes = 0, n, back = st->n_back * sizeof(*st->back);
	char *p;

	for (size_t i = 0; i < N_TEXTS; i++)
		if (*text_of(st->row, i) != NULL)
			bytes += strlen(*text_of(st->row, i)) + 1;
	late = calloc(1, sizeof(*late) + back + bytes);
	if (late == NULL)
		return NULL;
	late->row = *st->row;
	late->work = (struct tg_settle){ .row = &late->row,
		.last = st->last, .back = late->back, .n_back = st->n_back };
	if (back > 0)
		memcpy(late->back, st->back, back);
	p = (char *)late->back + back;
	for (size_t i = 0; i < N_TEXTS; i++) {
		const char **text = text_of(&late->row, i);

		if (*text == NULL)
			continue;
		n = strlen(*text) + 1;
		memcpy(p, *text, n);
		*text = p;
		p += n;
	}
	return late;
}

/* With the lock held. */
static void
start(struct tg_late *l)
{
	pthread_attr_t attr;
	sigset_t all, before;

	/* An earlier one has ended, or is about to return. */
	if (l->started)
		pthread_join(l->thread, NULL);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, TG_THREAD_STACK);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	l->started = l->running =
	    pthread_create(&l->thread, &attr, run, l) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
}

static void *
run(void *arg)
{
	struct tg_late *l = arg;
	struct bundle b;
	long ms = FIRST_PAUSE_MS;

	for (;;) {
		pause_ms(l, ms);
		take(l, &b);
		if (b.n == 0)
			return NULL;
		if (try_bundle(l, &b) == -1) {
			give_back(l, &b);
			ms = ms * 2 < LONGEST_PAUSE_MS ? ms * 2 :
							 LONGEST_PAUSE_MS;
			continue;
		}
		ms = 0;
		while (b.first != NULL) {
			struct late_call *c = b.first;

			b.first = c->next;
			free(c);
		}
	}
}

static void
pause_ms(struct tg_late *l, long ms)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	ts.tv_sec += ms / 1000;
	ts.tv_nsec += ms % 1000 * 1000000;
	if (ts.tv_nsec >= 1000000000) {
		ts.tv_sec++;
		ts.tv_nsec -= 1000000000;
	}
	pthread_mutex_lock(&l->lock);
	while (!l->stop && ms > 0 &&
	    pthread_cond_timedwait(&l->wake, &l->lock, &ts) != ETIMEDOUT)
		;
	pthread_mutex_unlock(&l->lock);
}

/* An empty bundle ends the thread, also when the store is closing. */
static void
take(struct tg_late *l, struct bundle *b)
{
	struct late_call *c;

	b->first = NULL;
	b->last = &b->first;
	b->n = 0;
	pthread_mutex_lock(&l->lock);
	while (b->n < LATE_GROUP && (c = l->first) != NULL &&
	    !(l->stop && l->running)) {
		l->first = c->next;
		c->next = NULL;
		*b->last = c;
		b->last = &c->next;
		b->n++;
	}
	if (l->first == NULL)
		l->last = &l->first;
	if (b->n == 0)
		l->running = false;
	pthread_mutex_unlock(&l->lock);
}

static void
give_back(struct tg_late *l, struct bundle *b)
{
	pthread_mutex_lock(&l->lock);
	*b->last = l->first;
	if (l->first == NULL)
		l->last = b->last;
	l->first = b->first;
	pthread_mutex_unlock(&l->lock);
}

static int
try_bundle(struct tg_late *l, struct bundle *b)
{
	struct tg_err e;
	int rc;

	tg_err_reset(&e);
	b->a = tg_arena_new(ARENA_BYTES);
	rc = tg_write(l->store, TG_DB_MAIN, write_bundle, b, &e);
	tg_arena_free(b->a);
	if (rc == -1)
		return -1;
	pthread_mutex_lock(&l->lock);
	l->n -= b->n;
	if (l->n == 0)
		tg_info("all calls are completed in the database again");
	pthread_mutex_unlock(&l->lock);
	return 0;
}

static int
write_bundle(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct bundle *b = arg;

	for (struct late_call *c = b->first; c != NULL; c = c->next) {
		c->work.a = b->a;
		if (tg_settle_run(db, &c->work, e) == -1)
			return -1;
	}
	return 0;
}
