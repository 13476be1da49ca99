#include "config.h"

#include "store/bodies.h"

/*
 * Putting and getting bodies.  All that is slow (cutting, digests,
 * compressing what is not there yet) is done before the transaction.
 *
 * Every piece carries the latest epoch in which a body used it, every body
 * the epoch in which it came, and epochs only grow.  So a piece whose epoch is
 * before that of the oldest body left is used by none: prune.c builds on it.
 * And one that is of the epoch that still runs cannot have been pruned.
 */
#include <stdlib.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/pack.h"
#include "store/inner.h"
#include "store/recipe.h"

#define EPOCH_US (60 * 1000000LL)
#define EPOCH_BODIES 2000
#define SLACK 1024		/* what a recipe adds to the text */
#define ASK_BYTES 4096

struct piece {
	struct tg_str text;
	unsigned char digest[TG_DIGEST_BYTES];
	struct tg_buf packed;
	int form;		/* -1: not tried yet, 0 as it is, 1 zstd */
};

/* One body on its way in. */
struct side {
	struct tg_str body;
	struct tg_span *spans;
	struct piece *pieces;
	int64_t *ids, *used;	/* rows of the pieces, and their epochs */
	size_t n;
	struct tg_buf tail, recipe;
};

struct put {
	const char *call_id;
	struct side side[TG_BODY__MAX];
	int64_t now;
};

struct get {
	const char *call_id;
	enum tg_body_side side;
	struct tg_arena *a;
	struct tg_str text;
	void *pieces;		/* struct tg_body_piece, of what was put in */
	size_t n;
};

static int add_piece(struct tg_db *db, struct piece *p, int64_t *id,
    struct tg_err *e);
static int assemble(struct tg_db *db, struct get *g, struct tg_str recipe,
    struct tg_err *e);
static int damaged(struct get *g, struct tg_err *e);
static int find_piece(struct tg_db *db, const struct piece *p, int64_t *id,
    int64_t *epoch, struct tg_err *e);
static int get(struct tg_db *db, void *arg, struct tg_err *e);
static int insert(struct tg_db *db, struct put *p, int64_t epoch,
    int64_t *id, struct tg_err *e);
static bool is_worth_asking(const struct side *s);
static int known(struct tg_db *db, void *arg, struct tg_err *e);
static int next_epoch(struct tg_db *db, int64_t now, int64_t body,
    struct tg_err *e);
static int pack(struct piece *p);
static int pack_new(struct side *s);
static int piece_text(struct tg_db *db, int64_t id, struct tg_str *room,
    struct tg_err *e);
static int put(struct tg_db *db, void *arg, struct tg_err *e);
static int put_piece(struct tg_db *db, struct side *s, size_t i,
    int64_t epoch, struct tg_err *e);
static int put_side(struct tg_db *db, struct side *s, int64_t epoch,
    struct tg_err *e);
static void side_free(struct side *s);
static int side_new(struct side *s, struct tg_str body, bool cut,
    struct tg_str shared);

/* --- putting --- */

int
tg_body_put(struct tg_store *s, const char *call_id, struct tg_str request,
    struct tg_str answer, struct tg_err *e)
{
	struct tg_body body = { .side = { [TG_BODY_REQUEST] = request,
				    [TG_BODY_ANSWER] = answer } };

	return tg_body_keep(s, call_id, &body, e);
}

int
tg_body_keep(struct tg_store *s, const char *call_id,
    const struct tg_body *body, struct tg_err *e)
{
	struct put p = { .call_id = call_id, .now = tg_wall_us() };
	struct side *req = &p.side[TG_BODY_REQUEST];
	int rc = -1;

	/* Only requests repeat earlier ones: an answer stays whole. */
	for (int i = 0; i < TG_BODY__MAX; i++)
		if (side_new(&p.side[i], body->side[i], i == TG_BODY_REQUEST,
			i == TG_BODY_HEADS ? body->shared : TG_STR_NONE) == -1)
			goto no_memory;
	if (is_worth_asking(req) &&
	    tg_read(s, TG_DB_LOG, known, req, e) == -1)
		goto out;
	if (pack_new(req) == -1)
		goto no_memory;
	rc = tg_write(s, TG_DB_LOG, put, &p, e);
	goto out;
no_memory:
	tg_fail(e, TG_E_INTERNAL, "There is no memory to store a body.");
out:
	for (int i = 0; i < TG_BODY__MAX; i++)
		side_free(&p.side[i]);
	return rc;
}

/* The one piece of heads, as a span of malloc's. */
static int
span_new(struct side *s, struct tg_str shared)
{
	s->spans = malloc(sizeof(*s->spans));
	if (s->spans == NULL)
		return -1;
	s->spans[s->n++] = (struct tg_span){
		(size_t)(shared.p - s->body.p), shared.n
	};
	return 0;
}

static int
side_new(struct side *s, struct tg_str body, bool cut, struct tg_str shared)
{
	s->body = body;
	tg_buf_init(&s->tail, body.n + SLACK);
	/* A piece has at least 64 bytes and costs at most 20. */
	tg_buf_init(&s->recipe, body.n + SLACK);
	if (body.p == NULL)
		return 0;
	if ((cut && tg_recipe_cut(body, &s->spans, &s->n) == -1) ||
	    (shared.n > 0 && span_new(s, shared) == -1))
		return -1;
	s->pieces = calloc(s->n + 1, sizeof(*s->pieces));
	s->ids = calloc(s->n + 1, 2 * sizeof(*s->ids));
	if (s->pieces == NULL || s->ids == NULL)
		return -1;
	s->used = s->ids + s->n;
	for (size_t i = 0; i < s->n; i++) {
		struct piece *p = &s->pieces[i];

		p->text = (struct tg_str){ body.p + s->spans[i].at,
			s->spans[i].n };
		p->form = -1;
		tg_digest(p->text, p->digest);
		tg_buf_init(&p->packed, p->text.n + SLACK);
	}
	return tg_recipe_tail(&s->tail, body, s->spans, s->n);
}

static void
side_free(struct side *s)
{
	for (size_t i = 0; s->pieces != NULL && i < s->n; i++)
		tg_buf_free(&s->pieces[i].packed);
	free(s->pieces);
	free(s->ids);
	free(s->spans);
	tg_buf_free(&s->tail);
	tg_buf_free(&s->recipe);
}

/* A little text is compressed sooner than asked for. */
static bool
is_worth_asking(const struct side *s)
{
	size_t bytes = 0;

	for (size_t i = 0; i < s->n; i++)
		bytes += s->pieces[i].text.n;
	return bytes > ASK_BYTES;
}

static int
known(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct side *s = arg;

	for (size_t i = 0; i < s->n; i++)
		if (find_piece(db, &s->pieces[i], &s->ids[i], &s->used[i],
			e) == -1)
			return -1;
	return 0;
}

static int
pack_new(struct side *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->ids[i] == 0 && pack(&s->pieces[i]) == -1)
			return -1;
	return 0;
}

static int
pack(struct piece *p)
{
	if (p->form == -1)
		p->form = tg_pack(&p->packed, p->text);
	return p->form;
}

static int
put(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct put *p = arg;
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_PACE_GET);
	int64_t epoch, began, first, id;

	if (tg_db_step(db, st, e) != 1)
		return -1;
	epoch = sqlite3_column_int64(st, 0);
	began = sqlite3_column_int64(st, 1);
	first = sqlite3_column_int64(st, 2);
	tg_db_done(st);
	for (int i = 0; i < TG_BODY__MAX; i++)
		if (p->side[i].body.p != NULL &&
		    put_side(db, &p->side[i], epoch, e) == -1)
			return -1;
	if (insert(db, p, epoch, &id, e) == -1)
		return -1;
	if (llabs(p->now - began) < EPOCH_US && id - first < EPOCH_BODIES)
		return 0;
	return next_epoch(db, p->now, id + 1, e);
}

static int
put_side(struct tg_db *db, struct side *s, int64_t epoch, struct tg_err *e)
{
	struct tg_recipe_parts parts = { s->body.n, s->spans, s->ids, s->n,
		tg_buf_str(&s->tail) };

	for (size_t i = 0; i < s->n; i++)
		if (s->used[i] != epoch && put_piece(db, s, i, epoch, e) == -1)
			return -1;
	tg_buf_reset(&s->recipe);
	if (tg_recipe_write(&s->recipe, &parts) == -1)
		return tg_fail(e, TG_E_INTERNAL,
		    "There is no memory to store a body.");
	return 0;
}

static int
put_piece(struct tg_db *db, struct side *s, size_t i, int64_t epoch,
    struct tg_err *e)
{
	int64_t used = 0;
	sqlite3_stmt *st;

	if (find_piece(db, &s->pieces[i], &s->ids[i], &used, e) == -1)
		return -1;
	if (s->ids[i] == 0 &&
	    add_piece(db, &s->pieces[i], &s->ids[i], e) == -1)
		return -1;
	if (used == epoch)
		return 0;
	st = tg_db_stmt(db, TG_SQL_USE_PUT);
	sqlite3_bind_int64(st, 1, s->ids[i]);
	sqlite3_bind_int64(st, 2, epoch);
	return tg_db_step(db, st, e);
}

/* *id and *epoch are 0 when it is not there. */
static int
find_piece(struct tg_db *db, const struct piece *p, int64_t *id,
    int64_t *epoch, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_PIECE_FIND);
	int rc;

	*id = *epoch = 0;
	sqlite3_bind_blob(st, 1, p->digest, TG_DIGEST_BYTES, SQLITE_STATIC);
	rc = tg_db_step(db, st, e);
	if (rc == 1) {
		*id = sqlite3_column_int64(st, 0);
		*epoch = sqlite3_column_int64(st, 1);
		tg_db_done(st);
	}
	return rc == -1 ? -1 : 0;
}

static int
add_piece(struct tg_db *db, struct piece *p, int64_t *id, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_PIECE_ADD);

	/* It was there a moment ago, and was pruned since. */
	if (pack(p) == -1)
		return tg_fail(e, TG_E_INTERNAL,
		    "There is no memory to store a body.");
	sqlite3_bind_blob(st, 1, p->digest, TG_DIGEST_BYTES, SQLITE_STATIC);
	sqlite3_bind_int(st, 2, p->form);
	sqlite3_bind_int64(st, 3, (int64_t)p->text.n);
	tg_bind_str(st, 4, p->form == 1 ? tg_buf_str(&p->packed) : p->text);
	if (tg_db_step(db, st, e) == -1)
		return -1;
	*id = sqlite3_last_insert_rowid(db->h);
	return 0;
}

static int
insert(struct tg_db *db, struct put *p, int64_t epoch, int64_t *id,
    struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_BODY_PUT);

	tg_bind_text(st, 1, p->call_id);
	sqlite3_bind_int64(st, 2, epoch);
	sqlite3_bind_int64(st, 3, p->now);
	for (int i = 0; i < TG_BODY__MAX; i++)
		tg_bind_str(st, 4 + i, tg_buf_str(&p->side[i].recipe));
	sqlite3_set_last_insert_rowid(db->h, 0);
	if (tg_db_step(db, st, e) == -1)
		return -1;
	*id = sqlite3_last_insert_rowid(db->h);
	if (*id != 0)
		return 0;
	/* It was there: only a side was added. */
	st = tg_db_stmt(db, TG_SQL_BODY_ID);
	tg_bind_text(st, 1, p->call_id);
	if (tg_db_step(db, st, e) != 1)
		return -1;
	*id = sqlite3_column_int64(st, 0);
	tg_db_done(st);
	return 0;
}

static int
next_epoch(struct tg_db *db, int64_t now, int64_t body, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_PACE_NEXT);

	sqlite3_bind_int64(st, 1, now);
	sqlite3_bind_int64(st, 2, body);
	return tg_db_step(db, st, e);
}

/* --- getting --- */

int
tg_body_get(struct tg_store *s, struct tg_arena *a, const char *call_id,
    enum tg_body_side side, struct tg_str *text, struct tg_err *e)
{
	struct get g = { .call_id = call_id, .side = side, .a = a };
	int rc = tg_read(s, TG_DB_LOG, get, &g, e);

	*text = rc == 1 ? g.text : TG_STR_NONE;
	return rc;
}

int
tg_body_look(struct tg_db *db, struct tg_arena *a, struct tg_body_look *l,
    struct tg_err *e)
{
	struct get g = { .call_id = l->call_id, .side = l->side, .a = a };
	int rc = get(db, &g, e);

	l->text = rc == 1 ? g.text : TG_STR_NONE;
	l->pieces = g.pieces;
	l->n_pieces = g.n;
	return rc;
}

static int
get(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct get *g = arg;
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_BODY_GET);
	struct tg_str recipe;
	int rc;

	tg_bind_text(st, 1, g->call_id);
	rc = tg_db_step(db, st, e);
	if (rc != 1)
		return rc;
	recipe.p = tg_col_blob(g->a, st, (int)g->side, &recipe.n);
	tg_db_done(st);
	return recipe.p == NULL ? 0 : assemble(db, g, recipe, e);
}

static int
assemble(struct tg_db *db, struct get *g, struct tg_str recipe,
    struct tg_err *e)
{
	struct tg_body_piece *note;
	struct tg_recipe r;
	struct tg_str gap, room;
	const char *at;
	int64_t piece;
	char *p;
	int rc;

	if (tg_recipe_open(g->a, recipe, &r) == -1)
		return damaged(g, e);
	p = tg_arena_alloc(g->a, r.bytes + 1);
	room = (struct tg_str){ p, r.bytes };
	while ((rc = tg_recipe_next(&r, &gap, &piece)) == 1) {
		if (gap.n > room.n)
			return damaged(g, e);
		memcpy(p + r.bytes - room.n, gap.p, gap.n);
		room.p += gap.n;
		room.n -= gap.n;
		at = room.p;
		rc = piece_text(db, piece, &room, e);
		if (rc != 1)
			return rc == -1 ? -1 : damaged(g, e);
		note = tg_rows_add(g->a, &g->pieces, &g->n, sizeof(*note));
		*note = (struct tg_body_piece){ (size_t)(at - p),
			(size_t)(room.p - at), piece };
	}
	if (rc == -1 || r.text.n != room.n)
		return damaged(g, e);
	memcpy(p + r.bytes - room.n, r.text.p, r.text.n);
	p[r.bytes] = '\0';
	g->text = (struct tg_str){ p, r.bytes };
	return 1;
}

/* Puts the piece where *room begins; 1 done, 0 damaged. */
static int
piece_text(
    struct tg_db *db, int64_t id, struct tg_str *room, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_PIECE_GET);
	unsigned char digest[TG_DIGEST_BYTES];
	struct tg_str data, text;
	int rc;

	sqlite3_bind_int64(st, 1, id);
	rc = tg_db_step(db, st, e);
	if (rc != 1)
		return rc;
	data = (struct tg_str){ sqlite3_column_blob(st, 3),
		(size_t)sqlite3_column_bytes(st, 3) };
	text = (struct tg_str){ room->p,
		(size_t)sqlite3_column_int64(st, 2) };
	rc = 0;
	if (text.n > room->n)
		goto out;
	if (sqlite3_column_int(st, 1) == 1) {
		if (tg_unpack((char *)room->p, text.n, data) == -1)
			goto out;
	} else if (data.n != text.n)
		goto out;
	else
		memcpy((char *)room->p, data.p, data.n);
	tg_digest(text, digest);
	if (sqlite3_column_bytes(st, 0) == TG_DIGEST_BYTES &&
	    memcmp(digest, sqlite3_column_blob(st, 0), TG_DIGEST_BYTES) == 0) {
		room->p += text.n;
		room->n -= text.n;
		rc = 1;
	}
out:
	tg_db_done(st);
	return rc;
}

static int
damaged(struct get *g, struct tg_err *e)
{
	static const char *const names[TG_BODY__MAX] = { "request", "answer",
		"headers", "upstream's words" };

	return tg_fail(e, TG_E_STORE, "What is stored of call %s is damaged: "
	    "the %s.", g->call_id, names[g->side]);
}
