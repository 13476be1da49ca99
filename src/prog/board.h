#ifndef TG_PROG_BOARD_H
#define TG_PROG_BOARD_H
/*
 * What the processes know of each other: one slot for each worker in memory
 * they share, with the number of calls it has open and what state it is in.
 * A slot is written by its worker, and emptied by the master when that has
 * died.  Slots are a cache line each.
 */
#include <stdbool.h>

struct tg_board;

enum tg_slot_state {
	TG_SLOT_FREE,
	TG_SLOT_STARTING,
	TG_SLOT_READY, /* opened everything and accepts */
	TG_SLOT_STOPPING
};

/* Before forking; NULL: no memory. */
struct tg_board *tg_board_new(int slots);
void tg_board_free(struct tg_board *b);

/* Master: a free slot, now STARTING; -1: none left. */
int tg_board_take(struct tg_board *b);
/* Master: that worker is no more. */
void tg_board_clear(struct tg_board *b, int slot);
enum tg_slot_state tg_board_state(const struct tg_board *b, int slot);
void tg_board_set_state(struct tg_board *b, int slot, enum tg_slot_state st);

/*
 * Workers fill one after another: who shares a process shares its commits to
 * the disk, so that few calls are best served together.  True when a worker
 * of a lower slot that accepts has fewer than `enough` open calls; *taken then
 * is how many connections it ever took.
 */
bool tg_board_before(const struct tg_board *b, int slot, int enough,
    unsigned long *taken);
/* This slot took a connection. */
void tg_board_took(struct tg_board *b, int slot);

/*
 * One more call in this slot, unless `max` are open in all slots together:
 * then false.  Never lets more than max through; at the very edge two who ask
 * at once may both be refused.
 */
bool tg_board_enter(struct tg_board *b, int slot, int max);
void tg_board_leave(struct tg_board *b, int slot);
int tg_board_busy(const struct tg_board *b, int slot);
int tg_board_busy_all(const struct tg_board *b);

/*
 * The master is dead: true for the first worker that asks, who sees to an heir
 * (prog/heir.h) and then says that it is settled.
 */
bool tg_board_claim_heir(struct tg_board *b);
void tg_board_settle_heir(struct tg_board *b);
bool tg_board_heir_settled(const struct tg_board *b);
#endif
