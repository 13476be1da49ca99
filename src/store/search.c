#include "config.h"

#include "store/search.h"

/* Texts on their way into the index and out of it; sql/search.sql. */
#include <stdio.h>

#include "base/pack.h"
#include "store/inner.h"
#include "store/tokenizer.h"

#define SEVERAL (-1)

static void add(struct tg_buf *b, char head, struct tg_str text);
static int add_row(struct tg_db *db, int64_t id, struct tg_str said,
    struct tg_err *e);
static int run_with(struct tg_db *db, enum tg_sql name, int64_t id,
    const struct tg_str *said, struct tg_err *e);
static int set_said_by(struct tg_db *db, int64_t piece, int64_t by,
    struct tg_err *e);

/* --- making --- */

void
tg_said_facet(struct tg_buf *b, enum tg_facet kind, struct tg_str value)
{
	char head[2] = { TG_SAID_FACET, (char)kind };

	if (value.n == 0 || b->n + value.n + sizeof(head) > TG_SAID_MAX)
		return;
	tg_buf_add(b, head, 1);
	add(b, head[1], value);
}

void
tg_said_number(struct tg_buf *b, enum tg_facet kind, int64_t value)
{
	char text[32];

	if (value == 0)
		return;
	snprintf(text, sizeof(text), "%lld", (long long)value);
	tg_said_facet(b, kind, tg_str(text));
}

void
tg_said_text(struct tg_buf *b, enum tg_said_by by, struct tg_str words)
{
	words = tg_str_trim(words);
	if (words.n > 0)
		add(b, (char)by, words);
}

/* Blanks are one blank, what would begin another text is one too. */
static void
add(struct tg_buf *b, char head, struct tg_str text)
{
	bool blank = false;
	size_t from = 0;

	tg_buf_byte(b, head);
	if (b->n + text.n > TG_SAID_MAX) {
		text.n = b->n < TG_SAID_MAX ? TG_SAID_MAX - b->n : 0;
		while (text.n > 0 && (text.p[text.n] & 0xc0) == 0x80)
			text.n--;
	}
	for (size_t i = 0; i < text.n; i++) {
		bool is = (unsigned char)text.p[i] <= ' ';

		if (is && !blank && text.p[i] != ' ') {
			tg_buf_add(b, text.p + from, i - from);
			tg_buf_byte(b, ' ');
			from = i + 1;
		} else if (is && blank) {
			tg_buf_add(b, text.p + from, i - from);
			from = i + 1;
		}
		blank = is;
	}
	tg_buf_add(b, text.p + from, text.n - from);
}

bool
tg_said_next(struct tg_str *said, enum tg_said_by *by, struct tg_str *text)
{
	while (said->n > 0) {
		unsigned char head = (unsigned char)said->p[0];
		size_t n = 1;

		while (n < said->n && (unsigned char)said->p[n] >= ' ')
			n++;
		*text = (struct tg_str){ said->p + 1, n - 1 };
		said->p += n;
		said->n -= n;
		if (head >= TG_SAID_TEXT && head <= TG_SAID_OTHER) {
			*by = head;
			return true;
		}
	}
	return false;
}

/* --- in and out --- */

int
tg_said_put(struct tg_db *db, int64_t id, struct tg_buf *b, struct tg_err *e)
{
	struct tg_str said;

	tg_buf_addc(b, TG_SAID_END);
	if (b->failed)
		return tg_fail(e, TG_E_INTERNAL,
		    "There is no memory to index what was said.");
	said = tg_buf_str(b);
	if (run_with(db, TG_SQL_SAID_ADD, id, &said, e) == -1)
		return -1;
	return add_row(db, id, said, e);
}

static int
add_row(struct tg_db *db, int64_t id, struct tg_str said, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_SAID_TEXT_PUT);
	struct tg_buf packed;
	int form, rc;

	tg_buf_init(&packed, said.n + 1024);
	form = tg_pack(&packed, said);
	sqlite3_bind_int64(st, 1, id);
	sqlite3_bind_int(st, 2, form == 1);
	sqlite3_bind_int64(st, 3, (int64_t)said.n);
	tg_bind_str(st, 4, form == 1 ? tg_buf_str(&packed) : said);
	rc = tg_db_step(db, st, e);
	tg_buf_free(&packed);
	return rc;
}

int
tg_said_get(struct tg_db *db, struct tg_arena *a, int64_t id,
    struct tg_str *said, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_SAID_TEXT_GET);
	struct tg_str data;
	size_t bytes;
	char *text;
	int rc;

	*said = TG_STR_NONE;
	sqlite3_bind_int64(st, 1, id);
	rc = tg_db_step(db, st, e);
	if (rc != 1)
		return rc;
	bytes = (size_t)sqlite3_column_int64(st, 1);
	data = (struct tg_str){ sqlite3_column_blob(st, 2),
		(size_t)sqlite3_column_bytes(st, 2) };
	if (sqlite3_column_int(st, 0) == 0)
		*said = tg_arena_copy(a, data);
	else if (bytes <= 2 * TG_SAID_MAX) {
		text = tg_arena_alloc(a, bytes + 1);
		text[bytes] = '\0';
		if (tg_unpack(text, bytes, data) == 0)
			*said = (struct tg_str){ text, bytes };
	}
	tg_db_done(st);
	if (said->p == NULL)
		return tg_fail(e, TG_E_STORE, "A text of the search index is "
		    "damaged: %lld.", (long long)id);
	return 1;
}

int
tg_said_drop(struct tg_db *db, int64_t id, struct tg_err *e)
{
	struct tg_arena *a = tg_arena_new(4 * TG_SAID_MAX);
	struct tg_str said;
	int rc = tg_said_get(db, a, id, &said, e);

	if (rc == 1 && (run_with(db, TG_SQL_SAID_REMOVE, id, &said, e) == -1 ||
	    run_with(db, TG_SQL_SAID_TEXT_DELETE, id, NULL, e) == -1 ||
	    tg_db_run(db, TG_SQL_SAID_GONE, e) == -1))
		rc = -1;
	tg_arena_free(a);
	return rc;
}

static int
run_with(struct tg_db *db, enum tg_sql name, int64_t id,
    const struct tg_str *said, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, name);

	sqlite3_bind_int64(st, 1, id);
	if (said != NULL)
		sqlite3_bind_text64(st, 2, said->p, said->n, SQLITE_STATIC,
		    SQLITE_UTF8);
	return tg_db_step(db, st, e);
}

/* --- pieces --- */

int
tg_said_piece(struct tg_db *db, int64_t piece, int64_t thread, bool *first,
    struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_SAID_BY_GET);
	int64_t by = 0;
	int rc;

	*first = false;
	sqlite3_bind_int64(st, 1, piece);
	rc = tg_db_step(db, st, e);
	if (rc == -1)
		return -1;
	if (rc == 1) {
		by = sqlite3_column_int64(st, 0);
		tg_db_done(st);
	}
	if (by == thread)
		return 0;
	if (by == 0)
		return set_said_by(db, piece, thread, e) == -1 ? -1 : 1;
	*first = by != SEVERAL;
	if (*first && set_said_by(db, piece, SEVERAL, e) == -1)
		return -1;
	return 2;
}

static int
set_said_by(struct tg_db *db, int64_t piece, int64_t by, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_SAID_BY_SET);

	sqlite3_bind_int64(st, 1, piece);
	sqlite3_bind_int64(st, 2, by);
	return tg_db_step(db, st, e);
}
