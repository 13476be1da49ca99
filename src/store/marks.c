#include "config.h"

#include "store/marks.h"

/* Sets of rows, stored by block; see the header. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "store/inner.h"

#define SET_BYTES (TG_MARK_BLOCK / 8)
#define SHORT_MOST (SET_BYTES / 2 - 1)

static int
low(int64_t seq)
{
	return (int)(seq % TG_MARK_BLOCK);
}

/* --- sets --- */

bool
tg_mark_has(const struct tg_mark_set *set, int64_t seq)
{
	int at = low(seq);

	return (set->words[at / 64] >> (at % 64) & 1) != 0;
}

void
tg_mark_set(struct tg_mark_set *set, int64_t seq)
{
	int at = low(seq);

	set->words[at / 64] |= UINT64_C(1) << (at % 64);
}

void
tg_mark_and(struct tg_mark_set *set, const struct tg_mark_set *other)
{
	for (int i = 0; i < TG_MARK_WORDS; i++)
		set->words[i] &= other->words[i];
}

int
tg_mark_below(const struct tg_mark_set *set, int at)
{
	uint64_t word;
	int i = at / 64;

	if (at < 0)
		return -1;
	word = set->words[i] & (~UINT64_C(0) >> (63 - at % 64));
	while (word == 0 && i > 0)
		word = set->words[--i];
	return word == 0 ? -1 : i * 64 + 63 - __builtin_clzll(word);
}

int
tg_mark_above(const struct tg_mark_set *set, int at)
{
	uint64_t word;
	int i = at / 64;

	if (at >= TG_MARK_BLOCK)
		return -1;
	word = set->words[i] & (~UINT64_C(0) << (at % 64));
	while (word == 0 && i < TG_MARK_WORDS - 1)
		word = set->words[++i];
	return word == 0 ? -1 : i * 64 + __builtin_ctzll(word);
}

void
tg_mark_size(char out[TG_MARK_SIZE], int64_t n)
{
	int octave = 0, size = 0;

	if (n < 0) {
		memcpy(out, "-", 2);
		return;
	}
	if (n > 0) {
		octave = 63 - __builtin_clzll((unsigned long long)n);
		size = 1 + 4 * octave +
		    (int)((octave >= 2 ? n >> (octave - 2) :
					 n << (2 - octave)) &
			3);
	}
	out[0] = (char)('0' + size / 100);
	out[1] = (char)('0' + size / 10 % 10);
	out[2] = (char)('0' + size % 10);
	out[3] = '\0';
}

/* --- stored --- */

static void
take(struct tg_mark_set *set, const unsigned char *p, size_t n)
{
	if (n != SET_BYTES) {
		for (size_t i = 0; i + 1 < n; i += 2)
			tg_mark_set(set, p[i] | p[i + 1] << 8);
		return;
	}
	for (int i = 0; i < TG_MARK_WORDS; i++)
		for (int b = 0; b < 8; b++)
			set->words[i] |= (uint64_t)p[i * 8 + b] << (8 * b);
}

static size_t
give(const struct tg_mark_set *set, unsigned char out[SET_BYTES])
{
	size_t all = 0, n = 0;

	for (int i = 0; i < TG_MARK_WORDS; i++)
		all += (size_t)__builtin_popcountll(set->words[i]);
	if (all > SHORT_MOST) {
		for (int i = 0; i < SET_BYTES; i++)
			out[i] = (unsigned char)(set->words[i / 8] >>
			    (8 * (i % 8)));
		return SET_BYTES;
	}
	for (int at = -1; (at = tg_mark_above(set, at + 1)) != -1;) {
		out[n++] = (unsigned char)at;
		out[n++] = (unsigned char)(at >> 8);
	}
	return n;
}

int
tg_marks_read(struct tg_db *db, const struct tg_mark_want *want,
    int64_t block, struct tg_mark_set *set, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db,
	    want->part != NULL ? TG_SQL_MARKS_PART : TG_SQL_MARKS_BETWEEN);
	int rc;

	sqlite3_bind_int(st, 1, (int)want->dim);
	sqlite3_bind_int64(st, 2, block);
	if (want->part != NULL)
		tg_bind_text(st, 3, want->part);
	else {
		tg_bind_text(st, 3, want->from);
		tg_bind_text(st, 4, want->to);
	}
	while ((rc = tg_db_step(db, st, e)) == 1)
		take(set, sqlite3_column_blob(st, 0),
		    (size_t)sqlite3_column_bytes(st, 0));
	return rc;
}

int
tg_marks_places(struct tg_db *db, struct tg_arena *a,
    const struct tg_mark_span *span, struct tg_mark_places *out,
    struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_MARKS_PLACES);
	void *list = NULL;
	int rc;

	out->n = 0;
	sqlite3_bind_int(st, 1, (int)span->dim);
	sqlite3_bind_int64(st, 2, span->first);
	sqlite3_bind_int64(st, 3, span->last);
	while ((rc = tg_db_step(db, st, e)) == 1) {
		struct tg_mark_place *p =
		    tg_rows_add(a, &list, &out->n, sizeof(*p));

		p->block = sqlite3_column_int64(st, 0);
		snprintf(p->value, sizeof(p->value), "%s",
		    (const char *)sqlite3_column_text(st, 1));
	}
	out->p = list;
	return rc;
}

/* --- writing --- */

static int
put(struct tg_db *db, const struct tg_mark_place_of *of, const void *p,
    size_t n, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_MARKS_PUT);

	sqlite3_bind_int(st, 1, (int)of->dim);
	sqlite3_bind_int64(st, 2, of->block);
	tg_bind_text(st, 3, of->value);
	sqlite3_bind_blob(st, 4, p, (int)n, SQLITE_STATIC);
	return tg_db_step(db, st, e);
}

static int
load(struct tg_db *db, const struct tg_mark_place_of *of,
    unsigned char out[SET_BYTES], size_t *n, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_MARKS_BETWEEN);
	int rc;

	*n = 0;
	sqlite3_bind_int(st, 1, (int)of->dim);
	sqlite3_bind_int64(st, 2, of->block);
	tg_bind_text(st, 3, of->value);
	tg_bind_text(st, 4, of->value);
	rc = tg_db_step(db, st, e);
	if (rc == 1) {
		*n = (size_t)sqlite3_column_bytes(st, 0);
		if (*n > SET_BYTES)
			*n = SET_BYTES;
		if (*n > 0)
			memcpy(out, sqlite3_column_blob(st, 0), *n);
		tg_db_done(st);
	}
	return rc == -1 ? -1 : 0;
}

static int
rising(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* Numbers stay numbers: those that come are mostly behind the others. */
static size_t
merge(unsigned char out[SET_BYTES], size_t n, const int64_t *seqs,
    size_t n_seqs)
{
	for (size_t i = 0; i < n_seqs; i++) {
		int at = low(seqs[i]);
		size_t to = n;

		while (to > 0 && (out[to - 2] | out[to - 1] << 8) > at)
			to -= 2;
		if (to > 0 && (out[to - 2] | out[to - 1] << 8) == at)
			continue;
		memmove(out + to + 2, out + to, n - to);
		out[to] = (unsigned char)at;
		out[to + 1] = (unsigned char)(at >> 8);
		n += 2;
	}
	return n;
}

int
tg_marks_add(struct tg_db *db, const struct tg_mark_place_of *of,
    int64_t *seqs, size_t n_seqs, struct tg_err *e)
{
	struct tg_mark_set set = { 0 };
	unsigned char out[SET_BYTES];
	size_t n;

	if (load(db, of, out, &n, e) == -1)
		return -1;
	qsort(seqs, n_seqs, sizeof(*seqs), rising);
	if (n / 2 + n_seqs <= SHORT_MOST)
		n = merge(out, n, seqs, n_seqs);
	else {
		take(&set, out, n);
		for (size_t i = 0; i < n_seqs; i++)
			tg_mark_set(&set, seqs[i]);
		n = give(&set, out);
	}
	return put(db, of, out, n, e);
}

int
tg_marks_drop(struct tg_db *db, const struct tg_mark_place_of *of,
    int64_t seq, struct tg_err *e)
{
	struct tg_mark_set set = { 0 };
	unsigned char out[SET_BYTES];
	int at = low(seq);
	size_t n;

	if (load(db, of, out, &n, e) == -1)
		return -1;
	take(&set, out, n);
	set.words[at / 64] &= ~(UINT64_C(1) << (at % 64));
	return put(db, of, out, give(&set, out), e);
}
