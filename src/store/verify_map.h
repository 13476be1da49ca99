#ifndef TG_STORE_VERIFY_MAP_H
#define TG_STORE_VERIFY_MAP_H
/*
 * A table of sums by two numbers, for proving the books: open addressing, on
 * the heap, as large as it needs to be.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tg_sum {
	uint64_t a, b;		/* the key */
	bool taken, met;	/* met: the reader's mark */
	int64_t v[4];
};
struct tg_sums {
	struct tg_sum *p;
	size_t n, room;
};
/* The entry of a key, made with zeros if it is not there. */
struct tg_sum *tg_sums_at(struct tg_sums *s, uint64_t a, uint64_t b);
/* The same, but NULL if it is not there. */
struct tg_sum *tg_sums_find(const struct tg_sums *s, uint64_t a, uint64_t b);
void tg_sums_free(struct tg_sums *s);
#endif
