#include "config.h"

#include "store/models.h"

/* Deployments that pages and the command have added, and their prices. */
#include "base/clock.h"
#include "base/money.h"
#include "store/inner.h"

struct removal {
	const char *id;
	int changed;
};

struct list {
	struct tg_arena *a;
	int64_t now;
	struct tg_deployment_row *rows;
	size_t n;
};

static int add(struct tg_db *db, void *arg, struct tg_err *e);
static int add_prices(struct tg_db *db, const struct tg_deployment_row *d,
    int64_t number, struct tg_err *e);
static int add_price(struct tg_db *db, const struct tg_price_row *p,
    int64_t number, struct tg_err *e);
static int end_price(struct tg_db *db, const struct tg_price_row *p,
    int64_t number, struct tg_err *e);
static int insert(struct tg_db *db, const struct tg_deployment_row *d,
    struct tg_err *e);
static int list(struct tg_db *db, void *arg, struct tg_err *e);
static int list_prices(struct tg_db *db, struct list *l,
    struct tg_deployment_row *d, int64_t number, struct tg_err *e);
static int64_t load(struct tg_deployment_row *d, struct tg_arena *a,
    sqlite3_stmt *st);
static int remove_row(struct tg_db *db, void *arg, struct tg_err *e);
static int number_of(struct tg_db *db, const char *id, int64_t *number,
    struct tg_err *e);

int
tg_deployment_add(
    struct tg_store *s, const struct tg_deployment_row *d, struct tg_err *e)
{
	struct tg_deployment_row row = *d;

	return tg_write(s, TG_DB_MAIN, add, &row, e);
}

static int
add(struct tg_db *db, void *arg, struct tg_err *e)
{
	return tg_deployment_insert(db, arg, e);
}

int
tg_deployment_insert(struct tg_db *db, const struct tg_deployment_row *d,
    struct tg_err *e)
{
	int64_t number;
	int rc = number_of(db, d->id, &number, e);

	if (rc == 1)
		return tg_fail(e, TG_E_CONFLICT,
		    "A deployment with the id '%s' exists already.", d->id);
	if (rc == -1 || insert(db, d, e) == -1 ||
	    add_prices(db, d, sqlite3_last_insert_rowid(db->h), e) == -1)
		return -1;
	return tg_meta_bump(db, e);
}

/* 1 there is one of that id, 0 not. */
static int
number_of(struct tg_db *db, const char *id, int64_t *number, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_DEPLOYMENT_NUMBER);
	int rc;

	tg_bind_text(st, 1, id);
	rc = tg_db_step(db, st, e);
	if (rc != 1)
		return rc;
	*number = sqlite3_column_int64(st, 0);
	tg_db_done(st);
	return 1;
}

static int
insert(struct tg_db *db, const struct tg_deployment_row *d, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_DEPLOYMENT_ADD);

	tg_bind_text(st, 1, d->id);
	tg_bind_text(st, 2, d->model);
	tg_bind_text(st, 3, d->provider);
	tg_bind_text(st, 4, d->upstream_model);
	tg_bind_text(st, 5, d->settings != NULL ? d->settings : "{}");
	tg_bind_text(st, 6, d->info != NULL ? d->info : "{}");
	tg_bind_str(st, 7,
	    (struct tg_str){ (const char *)d->sealed, d->sealed_bytes });
	tg_bind_text(st, 8, d->created_by);
	sqlite3_bind_int64(
	    st, 9, d->created_at != 0 ? d->created_at : tg_wall_us());
	tg_bind_text(st, 10, d->params);
	return tg_db_step(db, st, e);
}

static int
change(struct tg_db *db, const struct tg_deployment_row *d, int64_t number,
    struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_DEPLOYMENT_CHANGE);

	sqlite3_bind_int64(st, 1, number);
	tg_bind_text(st, 2, d->model);
	tg_bind_text(st, 3, d->provider);
	tg_bind_text(st, 4, d->upstream_model);
	tg_bind_text(st, 5, d->settings != NULL ? d->settings : "{}");
	tg_bind_text(st, 6, d->info != NULL ? d->info : "{}");
	tg_bind_str(st, 7,
	    (struct tg_str){ (const char *)d->sealed, d->sealed_bytes });
	tg_bind_text(st, 8, d->params);
	sqlite3_bind_int(st, 9, d->blocked);
	tg_bind_text(st, 10, d->updated_by);
	sqlite3_bind_int64(st, 11, tg_wall_us());
	return tg_db_step(db, st, e);
}

int
tg_deployment_change(struct tg_db *db, const struct tg_deployment_row *d,
    struct tg_err *e)
{
	int64_t number;
	int rc = number_of(db, d->id, &number, e);

	if (rc == 0)
		return tg_fail(e, TG_E_NOT_FOUND,
		    "There is no deployment with the id '%s'.", d->id);
	if (rc == -1 || change(db, d, number, e) == -1 ||
	    add_prices(db, d, number, e) == -1)
		return -1;
	return tg_meta_bump(db, e);
}

static int
add_prices(struct tg_db *db, const struct tg_deployment_row *d,
    int64_t number, struct tg_err *e)
{
	for (size_t i = 0; i < d->n_prices; i++)
		if ((d->prices[i].pico_usd == TG_PICO_UNKNOWN ?
			    end_price(db, &d->prices[i], number, e) :
			    add_price(db, &d->prices[i], number, e)) == -1)
			return -1;
	return 0;
}

static int
add_price(struct tg_db *db, const struct tg_price_row *p, int64_t number,
    struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_PRICE_ADD);

	sqlite3_bind_int64(st, 1, number);
	tg_bind_text(st, 2, p->unit);
	sqlite3_bind_int64(st, 3, p->pico_usd);
	sqlite3_bind_int64(st, 4, p->valid_from);
	sqlite3_bind_int64(st, 5, p->valid_to);
	sqlite3_bind_int64(st, 6, p->above_tokens);
	tg_bind_text(st, 7, p->tier != NULL ? p->tier : "");
	sqlite3_bind_int(st, 8, p->utc_from);
	sqlite3_bind_int(st, 9, p->utc_to);
	tg_bind_text(st, 10, p->source);
	return tg_db_step(db, st, e);
}

static int
end_price(struct tg_db *db, const struct tg_price_row *p, int64_t number,
    struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_PRICE_END);

	sqlite3_bind_int64(st, 1, number);
	tg_bind_text(st, 2, p->unit);
	sqlite3_bind_int64(st, 3, p->above_tokens);
	tg_bind_text(st, 4, p->tier != NULL ? p->tier : "");
	sqlite3_bind_int(st, 5, p->utc_from);
	sqlite3_bind_int64(st, 6, p->valid_from);
	sqlite3_bind_int(st, 7, p->utc_to);
	return tg_db_step(db, st, e);
}

int
tg_deployment_remove(struct tg_store *s, const char *id, struct tg_err *e)
{
	struct removal r = { .id = id };

	if (tg_write(s, TG_DB_MAIN, remove_row, &r, e) == -1)
		return -1;
	return r.changed;
}

static int
remove_row(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct removal *r = arg;

	r->changed = tg_deployment_drop(db, r->id, e);
	return r->changed < 0 ? -1 : 0;
}

int
tg_deployment_drop(struct tg_db *db, const char *id, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_DEPLOYMENT_REMOVE);

	tg_bind_text(st, 1, id);
	sqlite3_bind_int64(st, 2, tg_wall_us());
	if (tg_db_step(db, st, e) == -1)
		return -1;
	if (sqlite3_changes(db->h) == 0)
		return 0;
	return tg_meta_bump(db, e) == 0 ? 1 : -1;
}

int
tg_deployment_list(struct tg_store *s, struct tg_arena *a,
    struct tg_deployment_row **rows, size_t *n, struct tg_err *e)
{
	struct list l = { .a = a, .now = tg_wall_us() };
	int rc = tg_read(s, TG_DB_MAIN, list, &l, e);

	*rows = l.rows;
	*n = l.n;
	return rc;
}

static int
list(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct list *l = arg;
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_DEPLOYMENT_LIST);
	struct tg_deployment_row *d;
	void *rows = NULL;
	int64_t number;
	int rc;

	while ((rc = tg_db_step(db, st, e)) == 1) {
		d = tg_rows_add(l->a, &rows, &l->n, sizeof(*d));
		number = load(d, l->a, st);
		rc = list_prices(db, l, d, number, e);
		if (rc == -1) {
			tg_db_done(st);
			break;
		}
	}
	l->rows = rows;
	return rc;
}

int
tg_deployment_get(struct tg_db *db, struct tg_arena *a, const char *id,
    struct tg_deployment_row *d, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_DEPLOYMENT_BY_ID);
	struct list l = { .a = a, .now = tg_wall_us() };
	int64_t number;
	int rc;

	tg_bind_text(st, 1, id);
	rc = tg_db_step(db, st, e);
	if (rc != 1)
		return rc;
	*d = (struct tg_deployment_row){ 0 };
	number = load(d, a, st);
	tg_db_done(st);
	return list_prices(db, &l, d, number, e) == -1 ? -1 : 1;
}

static int64_t
load(struct tg_deployment_row *d, struct tg_arena *a, sqlite3_stmt *st)
{
	d->id = tg_col_text(a, st, 1);
	d->model = tg_col_text(a, st, 2);
	d->provider = tg_col_text(a, st, 3);
	d->upstream_model = tg_col_text(a, st, 4);
	d->settings = tg_col_text(a, st, 5);
	d->info = tg_col_text(a, st, 6);
	d->sealed = tg_col_blob(a, st, 7, &d->sealed_bytes);
	d->created_by = tg_col_text(a, st, 8);
	d->created_at = sqlite3_column_int64(st, 9);
	d->updated_at = sqlite3_column_int64(st, 10);
	d->params = tg_col_text(a, st, 11);
	d->blocked = sqlite3_column_int(st, 12) != 0;
	d->updated_by = tg_col_text(a, st, 13);
	return sqlite3_column_int64(st, 0);
}

static void
load_price(struct tg_price_row *p, struct tg_arena *a, sqlite3_stmt *st)
{
	p->id = sqlite3_column_int64(st, 0);
	p->unit = tg_col_text(a, st, 1);
	p->pico_usd = sqlite3_column_int64(st, 2);
	p->valid_from = sqlite3_column_int64(st, 3);
	p->valid_to = sqlite3_column_int64(st, 4);
	p->above_tokens = sqlite3_column_int64(st, 5);
	p->tier = tg_col_text(a, st, 6);
	p->utc_from = sqlite3_column_int(st, 7);
	p->utc_to = sqlite3_column_int(st, 8);
	p->source = tg_col_text(a, st, 9);
}

int
tg_price_get(struct tg_db *db, struct tg_arena *a, int64_t id,
    struct tg_price_row *price, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_PRICE_GET);
	int rc;

	sqlite3_bind_int64(st, 1, id);
	rc = tg_db_step(db, st, e);
	if (rc == 1) {
		load_price(price, a, st);
		tg_db_done(st);
	}
	return rc;
}

static int
list_prices(struct tg_db *db, struct list *l, struct tg_deployment_row *d,
    int64_t number, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_PRICE_LIST);
	struct tg_price_row *p;
	void *prices = NULL;
	int rc;

	sqlite3_bind_int64(st, 1, number);
	sqlite3_bind_int64(st, 2, l->now);
	while ((rc = tg_db_step(db, st, e)) == 1) {
		p = tg_rows_add(l->a, &prices, &d->n_prices, sizeof(*p));
		load_price(p, l->a, st);
	}
	d->prices = prices;
	return rc;
}
