#include "config.h"

/*
 * Between SQLite's rows and our structs.  Bound text is borrowed: it must
 * live until the statement is done with.
 */
#include <string.h>

#include "store/inner.h"

void
tg_bind_text(sqlite3_stmt *st, int i, const char *text)
{
	if (text == NULL)
		sqlite3_bind_null(st, i);
	else
		sqlite3_bind_text(st, i, text, -1, SQLITE_STATIC);
}

void
tg_bind_i64(sqlite3_stmt *st, int i, int64_t value, int64_t none)
{
	if (value == none)
		sqlite3_bind_null(st, i);
	else
		sqlite3_bind_int64(st, i, value);
}

void
tg_bind_str(sqlite3_stmt *st, int i, struct tg_str bytes)
{
	if (bytes.p == NULL)
		sqlite3_bind_null(st, i);
	else
		sqlite3_bind_blob64(st, i, bytes.p, bytes.n, SQLITE_STATIC);
}

const char *
tg_col_text(struct tg_arena *a, sqlite3_stmt *st, int i)
{
	const char *text = (const char *)sqlite3_column_text(st, i);
	struct tg_str s;

	if (text == NULL)
		return NULL;
	s = (struct tg_str){ text, (size_t)sqlite3_column_bytes(st, i) };
	return tg_arena_copy(a, s).p;
}

const void *
tg_col_blob(struct tg_arena *a, sqlite3_stmt *st, int i, size_t *bytes)
{
	const char *p = sqlite3_column_blob(st, i);

	*bytes = (size_t)sqlite3_column_bytes(st, i);
	if (p == NULL)
		return NULL;
	return tg_arena_copy(a, (struct tg_str){ p, *bytes }).p;
}

int64_t
tg_col_i64(sqlite3_stmt *st, int i, int64_t none)
{
	if (sqlite3_column_type(st, i) == SQLITE_NULL)
		return none;
	return sqlite3_column_int64(st, i);
}

void *
tg_rows_add(struct tg_arena *a, void **rows, size_t *n, size_t row_bytes)
{
	/* Full at every power of two: 0, then 16, 32, 64 ... */
	if (*n == 0 || (*n >= 16 && (*n & (*n - 1)) == 0)) {
		size_t room = *n == 0 ? 16 : *n * 2;
		void *more = tg_arena_zero(a, room * row_bytes);

		if (*n > 0)
			memcpy(more, *rows, *n * row_bytes);
		*rows = more;
	}
	return (char *)*rows + (*n)++ * row_bytes;
}
