#include "config.h"

/*
 * Readers: connections that are taken for microseconds, last in, first out,
 * so that few stay warm.  Made on demand up to a bound, beyond it callers
 * wait.
 */
#include "store/inner.h"

static int take(struct tg_store *s, enum tg_db_file file, struct tg_db **out,
    struct tg_err *e);
static void give(struct tg_pool *p, struct tg_db *db);

void
tg_pool_init(struct tg_pool *p)
{
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->freed, NULL);
}

void
tg_pool_free(struct tg_pool *p)
{
	struct tg_db *db;

	while ((db = p->free) != NULL) {
		p->free = db->next;
		tg_db_close(db);
	}
	pthread_cond_destroy(&p->freed);
	pthread_mutex_destroy(&p->lock);
}

int
tg_read(struct tg_store *s, enum tg_db_file file, tg_read_fn *fn, void *arg,
    struct tg_err *e)
{
	struct tg_db *db;
	struct tg_err ignored = { 0 };
	int rc;

	if (take(s, file, &db, e) == -1)
		return -1;
	rc = tg_db_run(db, TG_SQL_TXN_READ, e);
	if (rc == 0) {
		rc = fn(db, arg, e);
		/* Nothing was written, so this cannot lose anything. */
		if (tg_db_run(db, TG_SQL_TXN_COMMIT, &ignored) == -1)
			tg_db_run(db, TG_SQL_TXN_ROLLBACK, &ignored);
	}
	give(&s->pools[file], db);
	return rc;
}

static int
take(struct tg_store *s, enum tg_db_file file, struct tg_db **out,
    struct tg_err *e)
{
	struct tg_pool *p = &s->pools[file];
	int rc;

	pthread_mutex_lock(&p->lock);
	while (p->free == NULL && p->open == TG_READERS_MAX)
		pthread_cond_wait(&p->freed, &p->lock);
	*out = p->free;
	if (*out != NULL)
		p->free = (*out)->next;
	else
		p->open++;
	pthread_mutex_unlock(&p->lock);
	if (*out != NULL)
		return 0;
	rc = tg_db_open(s, file, TG_DB_READER, out, e);
	if (rc == -1) {
		pthread_mutex_lock(&p->lock);
		p->open--;
		pthread_cond_signal(&p->freed);
		pthread_mutex_unlock(&p->lock);
	}
	return rc;
}

static void
give(struct tg_pool *p, struct tg_db *db)
{
	pthread_mutex_lock(&p->lock);
	db->next = p->free;
	p->free = db;
	pthread_cond_signal(&p->freed);
	pthread_mutex_unlock(&p->lock);
}
