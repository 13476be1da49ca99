#ifndef TG_PROG_ROOM_H
#define TG_PROG_ROOM_H
/*
 * The waiting room: accepted connections on which nothing was said yet stay
 * here, watched by one thread, so that a thousand silent ones cost a thousand
 * descriptors and no threads.  Whoever stays silent too long is closed.
 */

struct tg_room;
typedef void tg_room_ready_fn(void *arg, int fd);

/* ready is called in the room's thread when bytes (or an end) have come. */
struct tg_room *tg_room_new(int max, int silent_ms, tg_room_ready_fn *ready,
    void *arg);
/* -1: full; the connection stays yours. */
int tg_room_add(struct tg_room *r, int fd);
int tg_room_count(const struct tg_room *r);
/* Descriptors have run out: close who has waited longest. */
void tg_room_drop_oldest(struct tg_room *r);
/* Those inside get `ms` more; then all are closed and r is freed. */
void tg_room_close(struct tg_room *r, int ms);
#endif
