/*
 * The pool of handles, by destination.  The handle used last is taken first:
 * its connection is the likeliest to be alive, and the others grow old enough
 * to be dropped.  A second list, by age over all destinations, finds them.
 * Handles are closed outside the lock: ending a TLS connection takes time.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "net/fetch_handle.h"

#include <dirent.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"

#define BUCKETS		64
#define CA_PATH		"/etc/ssl/certs"
#define HELD_BYTES	(512 * 1024)	/* of a body, before it is handed out */
#define KEPT_BYTES	(16 * 1024)	/* of a buffer between two calls */
#define TOTAL_FACTOR	4	/* destinations' worth of idle handles */

TAILQ_HEAD(handles, tg_fetch);

struct tg_fetch_dest {
	struct tg_fetch_dest *next;
	uint64_t hash;
	int n_idle, n_busy;
	struct handles idle;	/* newest first */
	char key[];
};

struct tg_fetch_pool {
	pthread_mutex_t lock;
	int max_idle, n_idle;
	int64_t idle_ms;
	bool hashed_certs;
	struct handles by_age;	/* newest first */
	struct tg_fetch_dest *buckets[BUCKETS];
};

static bool has_hashed_certs(const char *path);
static bool is_hash_name(const char *name);
static uint64_t hash_of(const char *key);
static struct tg_fetch_dest *find_dest(struct tg_fetch_pool *p,
    const char *key, uint64_t hash);
static void forget_dest(struct tg_fetch_pool *p, struct tg_fetch_dest *d);
static void unlink_idle(struct tg_fetch_pool *p, struct tg_fetch *f);
static void collect_old(struct tg_fetch_pool *p, int64_t before,
    struct handles *old);
static void destroy_all(struct handles *old);
static struct tg_fetch *new_handle(struct tg_fetch_pool *p);
static void destroy(struct tg_fetch *f);

struct tg_fetch_pool *
tg_fetch_pool_new(int max_idle, int idle_s)
{
	struct tg_fetch_pool *p;

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return NULL;
	p = calloc(1, sizeof(*p));
	if (p == NULL)
		return NULL;
	pthread_mutex_init(&p->lock, NULL);
	p->max_idle = max_idle;
	p->idle_ms = (int64_t)idle_s * 1000;
	p->hashed_certs = has_hashed_certs(CA_PATH);
	TAILQ_INIT(&p->by_age);
	return p;
}

void
tg_fetch_pool_free(struct tg_fetch_pool *p)
{
	struct handles old = TAILQ_HEAD_INITIALIZER(old);

	if (p == NULL)
		return;
	collect_old(p, INT64_MAX, &old);
	destroy_all(&old);
	pthread_mutex_destroy(&p->lock);
	free(p);
}

void
tg_fetch_pool_sweep(struct tg_fetch_pool *p)
{
	struct handles old = TAILQ_HEAD_INITIALIZER(old);

	pthread_mutex_lock(&p->lock);
	collect_old(p, tg_mono_ms() - p->idle_ms, &old);
	pthread_mutex_unlock(&p->lock);
	destroy_all(&old);
}

const char *
tg_fetch_ca_path(const struct tg_fetch_pool *p)
{
	return p->hashed_certs ? CA_PATH : NULL;
}

struct tg_fetch *
tg_fetch_take(struct tg_fetch_pool *p, const char *key)
{
	struct handles old = TAILQ_HEAD_INITIALIZER(old);
	uint64_t hash = hash_of(key);
	struct tg_fetch_dest *d;
	struct tg_fetch *f = NULL;

	pthread_mutex_lock(&p->lock);
	collect_old(p, tg_mono_ms() - p->idle_ms, &old);
	d = find_dest(p, key, hash);
	if (d != NULL) {
		f = TAILQ_FIRST(&d->idle);
		if (f != NULL)
			unlink_idle(p, f);
		d->n_busy++;
	}
	pthread_mutex_unlock(&p->lock);
	destroy_all(&old);
	if (d == NULL)
		return NULL;
	if (f == NULL)
		f = new_handle(p);
	if (f != NULL) {
		f->dest = d;
		return f;
	}
	pthread_mutex_lock(&p->lock);
	d->n_busy--;
	forget_dest(p, d);
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

void
tg_fetch_give(struct tg_fetch *f)
{
	struct handles old = TAILQ_HEAD_INITIALIZER(old);
	struct tg_fetch_pool *p = f->pool;
	struct tg_fetch_dest *d = f->dest;
	struct tg_fetch *oldest;

	if (p->max_idle <= 0) {
		tg_fetch_drop(f);
		return;
	}
	tg_buf_shrink(&f->in, KEPT_BYTES);
	tg_buf_shrink(&f->head, KEPT_BYTES);
	pthread_mutex_lock(&p->lock);
	f->idle_since_ms = tg_mono_ms();
	TAILQ_INSERT_HEAD(&d->idle, f, by_dest);
	TAILQ_INSERT_HEAD(&p->by_age, f, by_age);
	d->n_busy--;
	d->n_idle++;
	p->n_idle++;
	oldest = NULL;
	if (d->n_idle > p->max_idle)
		oldest = TAILQ_LAST(&d->idle, handles);
	else if (p->n_idle > p->max_idle * TOTAL_FACTOR)
		oldest = TAILQ_LAST(&p->by_age, handles);
	if (oldest != NULL) {
		d = oldest->dest;
		unlink_idle(p, oldest);
		TAILQ_INSERT_HEAD(&old, oldest, by_age);
		forget_dest(p, d);
	}
	pthread_mutex_unlock(&p->lock);
	destroy_all(&old);
}

void
tg_fetch_drop(struct tg_fetch *f)
{
	struct tg_fetch_pool *p = f->pool;

	pthread_mutex_lock(&p->lock);
	f->dest->n_busy--;
	forget_dest(p, f->dest);
	pthread_mutex_unlock(&p->lock);
	destroy(f);
}

/*
 * Debian keeps its certificates hashed there; where the folder is not hashed
 * (other systems) libcurl's built-in bundle has to serve.
 */
static bool
has_hashed_certs(const char *path)
{
	const struct dirent *entry;
	bool found = false;
	DIR *dir = opendir(path);

	if (dir == NULL)
		return false;
	while (!found && (entry = readdir(dir)) != NULL)
		found = is_hash_name(entry->d_name);
	closedir(dir);
	return found;
}

/* "5ed36f99.0", as `openssl rehash' names a certificate. */
static bool
is_hash_name(const char *name)
{
	return strlen(name) == 10 &&
	    strspn(name, "0123456789abcdef") == 8 &&
	    name[8] == '.' && name[9] == '0';
}

/* FNV-1a */
static uint64_t
hash_of(const char *key)
{
	uint64_t h = 0xcbf29ce484222325;

	for (; *key != '\0'; key++)
		h = (h ^ (unsigned char)*key) * 0x100000001b3;
	return h;
}

/* Made when missing. */
static struct tg_fetch_dest *
find_dest(struct tg_fetch_pool *p, const char *key, uint64_t hash)
{
	struct tg_fetch_dest **bucket = &p->buckets[hash % BUCKETS];
	struct tg_fetch_dest *d;
	size_t n;

	for (d = *bucket; d != NULL; d = d->next) {
		if (d->hash == hash && strcmp(d->key, key) == 0)
			return d;
	}
	n = strlen(key) + 1;
	d = calloc(1, sizeof(*d) + n);
	if (d == NULL)
		return NULL;
	d->hash = hash;
	memcpy(d->key, key, n);
	TAILQ_INIT(&d->idle);
	d->next = *bucket;
	*bucket = d;
	return d;
}

/* Frees a destination that nothing uses. */
static void
forget_dest(struct tg_fetch_pool *p, struct tg_fetch_dest *d)
{
	struct tg_fetch_dest **at = &p->buckets[d->hash % BUCKETS];

	if (d->n_idle > 0 || d->n_busy > 0)
		return;
	while (*at != d)
		at = &(*at)->next;
	*at = d->next;
	free(d);
}

static void
unlink_idle(struct tg_fetch_pool *p, struct tg_fetch *f)
{
	TAILQ_REMOVE(&f->dest->idle, f, by_dest);
	TAILQ_REMOVE(&p->by_age, f, by_age);
	f->dest->n_idle--;
	p->n_idle--;
}

static void
collect_old(struct tg_fetch_pool *p, int64_t before, struct handles *old)
{
	struct tg_fetch_dest *d;
	struct tg_fetch *f;

	while ((f = TAILQ_LAST(&p->by_age, handles)) != NULL &&
	    f->idle_since_ms < before) {
		d = f->dest;
		unlink_idle(p, f);
		TAILQ_INSERT_HEAD(old, f, by_age);
		forget_dest(p, d);
	}
}

static void
destroy_all(struct handles *old)
{
	struct tg_fetch *f;

	while ((f = TAILQ_FIRST(old)) != NULL) {
		TAILQ_REMOVE(old, f, by_age);
		destroy(f);
	}
}

static struct tg_fetch *
new_handle(struct tg_fetch_pool *p)
{
	struct tg_fetch *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return NULL;
	f->pool = p;
	tg_buf_init(&f->head, TG_MAX_REQUEST_HEAD);
	tg_buf_init(&f->in, HELD_BYTES);
	f->easy = curl_easy_init();
	f->multi = curl_multi_init();
	if (f->easy == NULL || f->multi == NULL) {
		destroy(f);
		return NULL;
	}
	curl_multi_setopt(f->multi, CURLMOPT_MAXCONNECTS, 1L);
	return f;
}

static void
destroy(struct tg_fetch *f)
{
	if (f->easy != NULL)
		curl_easy_cleanup(f->easy);
	if (f->multi != NULL)
		curl_multi_cleanup(f->multi);
	tg_buf_free(&f->head);
	tg_buf_free(&f->in);
	free(f);
}

const char *
tg_fetch_library(void)
{
	return curl_version();
}
