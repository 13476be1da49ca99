#ifndef TG_WEB_PAGE_TEXTDIFF_FIND_H
#define TG_WEB_PAGE_TEXTDIFF_FIND_H
/* Inside of the diff: what two sequences have in common. */
#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

/* One of the two: its items (lines, words), and which are in both. */
struct tg_sequence {
	struct tg_str *item;
	int *id;		/* equal items have equal ones */
	bool *kept;
	size_t n;
};
/* Room for n items, malloc'ed; -1: no memory. */
int tg_sequence_new(struct tg_sequence *s, size_t n);
void tg_sequence_free(struct tg_sequence *s);
/*
 * Sets id and kept of both (E. W. Myers, "An O(ND) Difference Algorithm",
 * 1986).  Gives up after `most` differences: what is behind is in neither.
 * -1: no memory.
 */
int tg_sequence_compare(struct tg_sequence *a, struct tg_sequence *b,
    int most);
#endif
