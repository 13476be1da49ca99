/*
 * Shared memory between master and workers: an anonymous mapping that forks
 * inherit.  Only the slots up to the highest one ever taken are looked at.
 */
#include "config.h"

#include "prog/board.h"

#include <stdatomic.h>
#include <stddef.h>
#include <sys/mman.h>

enum heir { HEIR_NONE,
	HEIR_CLAIMED,
	HEIR_SETTLED };

struct slot {
	_Alignas(64) atomic_int state;
	atomic_int busy;
	atomic_ulong taken;
};

struct tg_board {
	int slots;
	atomic_int used; /* slots ever taken */
	atomic_int heir; /* enum heir */
	struct slot slot[];
};

static size_t board_bytes(int slots);

struct tg_board *
tg_board_new(int slots)
{
	struct tg_board *b;

	b = mmap(NULL, board_bytes(slots), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (b == MAP_FAILED)
		return NULL;
	b->slots = slots;
	return b;
}

void
tg_board_free(struct tg_board *b)
{
	if (b != NULL)
		munmap(b, board_bytes(b->slots));
}

int
tg_board_take(struct tg_board *b)
{
	int i;

	for (i = 0; i < b->slots; i++) {
		if (b->slot[i].state != TG_SLOT_FREE)
			continue;
		b->slot[i].busy = 0;
		b->slot[i].state = TG_SLOT_STARTING;
		if (b->used < i + 1)
			b->used = i + 1;
		return i;
	}
	return -1;
}

void
tg_board_clear(struct tg_board *b, int slot)
{
	b->slot[slot].busy = 0;
	b->slot[slot].state = TG_SLOT_FREE;
}

enum tg_slot_state
tg_board_state(const struct tg_board *b, int slot)
{
	return (enum tg_slot_state)b->slot[slot].state;
}

void
tg_board_set_state(struct tg_board *b, int slot, enum tg_slot_state st)
{
	b->slot[slot].state = (int)st;
}

bool
tg_board_before(
    const struct tg_board *b, int slot, int enough, unsigned long *taken)
{
	for (int i = 0; i < slot; i++) {
		if (b->slot[i].state != TG_SLOT_READY ||
		    b->slot[i].busy >= enough)
			continue;
		*taken = b->slot[i].taken;
		return true;
	}
	return false;
}

void
tg_board_took(struct tg_board *b, int slot)
{
	b->slot[slot].taken++;
}

bool
tg_board_enter(struct tg_board *b, int slot, int max)
{
	b->slot[slot].busy++;
	if (tg_board_busy_all(b) <= max)
		return true;
	b->slot[slot].busy--;
	return false;
}

void
tg_board_leave(struct tg_board *b, int slot)
{
	b->slot[slot].busy--;
}

int
tg_board_busy(const struct tg_board *b, int slot)
{
	return b->slot[slot].busy;
}

int
tg_board_busy_all(const struct tg_board *b)
{
	int i, used = b->used, sum = 0;

	for (i = 0; i < used; i++)
		sum += b->slot[i].busy;
	return sum;
}

bool
tg_board_claim_heir(struct tg_board *b)
{
	int none = HEIR_NONE;

	return atomic_compare_exchange_strong(&b->heir, &none, HEIR_CLAIMED);
}

void
tg_board_settle_heir(struct tg_board *b)
{
	b->heir = HEIR_SETTLED;
}

bool
tg_board_heir_settled(const struct tg_board *b)
{
	return b->heir == HEIR_SETTLED;
}

static size_t
board_bytes(int slots)
{
	return offsetof(struct tg_board, slot) +
	    (size_t)slots * sizeof(struct slot);
}
