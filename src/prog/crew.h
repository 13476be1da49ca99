#ifndef TG_PROG_CREW_H
#define TG_PROG_CREW_H
/*
 * A bounded pool of threads that serve connections, one each at a time.  It
 * grows when a connection finds nobody idle, hands work to who became idle
 * last (warm caches, and the others can go), and shrinks again.
 */
#include <stdbool.h>
#include <stddef.h>

struct tg_crew_conf {
	int max; /* threads */
	int keep; /* idle ones that stay */
	int idle_ms; /* idle longer than that, the others end */
	int queue; /* connections that may wait for a thread */
	size_t stack_bytes;
	void *arg;
	/* In the thread: what it needs for itself, before its first work. */
	void *(*begin)(void *arg);
	/* Serves and closes the connection. */
	void (*work)(void *arg, void *own, int fd);
	void (*end)(void *own);
};

struct tg_crew;
struct tg_crew *tg_crew_new(const struct tg_crew_conf *conf);
/* Takes the connection, or queues it; -1: all busy, fd is yours. */
int tg_crew_give(struct tg_crew *c, int fd);
int tg_crew_busy(struct tg_crew *c);
/* Frees the stacks of threads that have ended, and says how many. */
int tg_crew_tidy(struct tg_crew *c);
/*
 * Idle threads end now, busy ones after their work and the queue.  True when
 * all have ended within ms.
 */
bool tg_crew_stop(struct tg_crew *c, int ms);
/* shutdown(2) for the connections that are being served; what waits is shut. */
void tg_crew_cut(struct tg_crew *c, int how);
/* Only after a tg_crew_stop() that was true. */
void tg_crew_free(struct tg_crew *c);
#endif
