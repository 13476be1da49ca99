/*
 * The waiting room, on epoll(7).  All wait equally long, so the list in order
 * of arrival is also the list of deadlines.  Only the room's own thread takes
 * connections out; others put them in and leave wishes.
 */
#include "config.h"

#include "prog/room.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/queue.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

#define EVENTS 64
#define ROOM_STACK (64 * 1024)

struct guest {
	TAILQ_ENTRY(guest) link;
	int64_t until_ms;
	int fd;
};

struct tg_room {
	tg_room_ready_fn *ready;
	void *arg;
	pthread_t thread;
	pthread_mutex_t lock; /* over guests */
	TAILQ_HEAD(, guest)
	guests;
	atomic_int n;
	atomic_int drop; /* how many oldest ones to close */
	_Atomic int64_t end_ms; /* 0: open */
	int max, silent_ms;
	int epoll_fd, wake_fd;
};

static void *room_main(void *arg);
static int next_ms(struct tg_room *r);
static void close_late(struct tg_room *r);
static int guest_leave(struct tg_room *r, struct guest *g);
static struct guest *oldest(struct tg_room *r);
static void wake(struct tg_room *r);

struct tg_room *
tg_room_new(int max, int silent_ms, tg_room_ready_fn *ready, void *arg)
{
	struct tg_room *r = calloc(1, sizeof(*r));
	struct epoll_event ev = { .events = EPOLLIN };
	pthread_attr_t attr;

	if (r == NULL)
		return NULL;
	r->ready = ready;
	r->arg = arg;
	r->max = max;
	r->silent_ms = silent_ms;
	TAILQ_INIT(&r->guests);
	pthread_mutex_init(&r->lock, NULL);
	r->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	r->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, ROOM_STACK);
	if (r->epoll_fd == -1 || r->wake_fd == -1 ||
	    epoll_ctl(r->epoll_fd, EPOLL_CTL_ADD, r->wake_fd, &ev) == -1 ||
	    pthread_create(&r->thread, &attr, room_main, r) != 0) {
		tg_warn("waiting room");
		close(r->epoll_fd);
		close(r->wake_fd);
		free(r);
		r = NULL;
	}
	pthread_attr_destroy(&attr);
	return r;
}

int
tg_room_add(struct tg_room *r, int fd)
{
	struct epoll_event ev = { .events = EPOLLIN | EPOLLRDHUP };
	struct guest *g;

	if (r->n >= r->max || (g = malloc(sizeof(*g))) == NULL)
		return -1;
	g->fd = fd;
	g->until_ms = tg_mono_ms() + r->silent_ms;
	ev.data.ptr = g;
	pthread_mutex_lock(&r->lock);
	if (epoll_ctl(r->epoll_fd, EPOLL_CTL_ADD, fd, &ev) == -1) {
		pthread_mutex_unlock(&r->lock);
		free(g);
		return -1;
	}
	TAILQ_INSERT_TAIL(&r->guests, g, link);
	/* The thread sleeps without end while the room is empty. */
	if (r->n++ == 0)
		wake(r);
	pthread_mutex_unlock(&r->lock);
	return 0;
}

int
tg_room_count(const struct tg_room *r)
{
	return r->n;
}

void
tg_room_drop_oldest(struct tg_room *r)
{
	r->drop++;
	wake(r);
}

void
tg_room_close(struct tg_room *r, int ms)
{
	r->end_ms = tg_mono_ms() + ms;
	wake(r);
	pthread_join(r->thread, NULL);
	close(r->epoll_fd);
	close(r->wake_fd);
	pthread_mutex_destroy(&r->lock);
	free(r);
}

static void *
room_main(void *arg)
{
	struct tg_room *r = arg;
	struct epoll_event events[EVENTS];
	uint64_t count;
	int i, n;

	while (r->end_ms == 0 || r->n > 0) {
		n = epoll_wait(r->epoll_fd, events, EVENTS, next_ms(r));
		if (n == -1 && errno != EINTR) {
			tg_warn("epoll_wait");
			break;
		}
		for (i = 0; i < n; i++) {
			if (events[i].data.ptr != NULL)
				r->ready(r->arg,
				    guest_leave(r, events[i].data.ptr));
			else if (read(r->wake_fd, &count, sizeof(count)) == -1)
				continue;
		}
		close_late(r);
	}
	return NULL;
}

static int
next_ms(struct tg_room *r)
{
	struct guest *g = oldest(r);
	int64_t until, end = r->end_ms;

	if (r->drop > 0)
		return 0;
	if (g == NULL)
		return end != 0 ? 0 : -1;
	until = end != 0 && end < g->until_ms ? end : g->until_ms;
	until -= tg_mono_ms();
	return until < 0 ? 0 : (int)until + 1;
}

static void
close_late(struct tg_room *r)
{
	int64_t now = tg_mono_ms(), end = r->end_ms;
	struct guest *g;

	while ((g = oldest(r)) != NULL) {
		if (r->drop > 0)
			r->drop--;
		else if (now < g->until_ms && (end == 0 || now < end))
			return;
		close(guest_leave(r, g));
	}
	r->drop = 0;
}

static int
guest_leave(struct tg_room *r, struct guest *g)
{
	int fd = g->fd;

	pthread_mutex_lock(&r->lock);
	TAILQ_REMOVE(&r->guests, g, link);
	r->n--;
	pthread_mutex_unlock(&r->lock);
	epoll_ctl(r->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
	free(g);
	return fd;
}

static struct guest *
oldest(struct tg_room *r)
{
	struct guest *g;

	pthread_mutex_lock(&r->lock);
	g = TAILQ_FIRST(&r->guests);
	pthread_mutex_unlock(&r->lock);
	return g;
}

static void
wake(struct tg_room *r)
{
	uint64_t one = 1;

	while (write(r->wake_fd, &one, sizeof(one)) == -1 && errno == EINTR)
		continue;
}
