#ifndef TG_PROG_TABLE_H
#define TG_PROG_TABLE_H
/*
 * JSON drawn for people: an array of objects as aligned columns, an object as
 * lines of "name  value".  Foreign text cannot move the cursor; on a terminal
 * lines are cut at its width.
 */
#include <stdio.h>

#include "base/jtree.h"

enum tg_cell {
	TG_CELL_TEXT,
	TG_CELL_NUMBER, /* aligned right */
	TG_CELL_TIME, /* an ISO time, shown in local time */
	TG_CELL_MS, /* milliseconds, as 0.123 s */
	TG_CELL_USD,
	TG_CELL_LIST, /* an array of strings; empty: all */
	TG_CELL_BYTES
};

struct tg_column {
	const char *title; /* NULL ends the list */
	const char *member;
	enum tg_cell cell;
	int width; /* at least, where a table grows */
};

/* width 0: as wide as it gets. */
void tg_table_rows(FILE *out, const json_t *rows,
    const struct tg_column *columns, int width);
/* One row of a table that grows, without or (row NULL) only the titles. */
void tg_table_line(FILE *out, const json_t *row,
    const struct tg_column *columns, int width);
void tg_table_pairs(FILE *out, const json_t *object,
    const struct tg_column *columns);
/* Columns of the terminal behind a stream; 0: none. */
int tg_table_width(FILE *out);
#endif
