#include "config.h"

/*
 * Durability that many share.  SQLite commits without waiting for the disk
 * (synchronous=NORMAL), so that the file is free for the next transaction at
 * once; nobody is told "committed" before a sync of the write-ahead log that
 * began after his commit has ended.  One sync runs at a time in a process and
 * covers all that was committed before it: a caller who comes while one runs
 * shares the next.  What is promised is what synchronous=FULL promises: that
 * too is a sync of this file after the commit's last frame.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "store/inner.h"

static int open_wal(struct tg_store *s, enum tg_db_file file);
static int run(struct tg_sync *y);

void
tg_sync_init(struct tg_sync *y)
{
	pthread_mutex_init(&y->lock, NULL);
	pthread_cond_init(&y->done, NULL);
	y->fd = -1;
}

void
tg_sync_free(struct tg_sync *y)
{
	if (y->fd >= 0)
		close(y->fd);
	pthread_mutex_destroy(&y->lock);
	pthread_cond_destroy(&y->done);
}

/* The log stays the same file as long as a connection is open: ours is. */
uint64_t
tg_sync_mark(struct tg_store *s, enum tg_db_file file)
{
	struct tg_sync *y = &s->syncs[file];
	uint64_t ticket;

	pthread_mutex_lock(&y->lock);
	if (y->fd < 0)
		y->fd = open_wal(s, file);
	ticket = ++y->written;
	pthread_mutex_unlock(&y->lock);
	return ticket;
}

int
tg_sync_wait(struct tg_store *s, enum tg_db_file file, uint64_t ticket)
{
	struct tg_sync *y = &s->syncs[file];
	int rc = 0;

	pthread_mutex_lock(&y->lock);
	while (y->synced < ticket && rc == 0) {
		if (y->busy)
			pthread_cond_wait(&y->done, &y->lock);
		else
			rc = run(y);
	}
	pthread_mutex_unlock(&y->lock);
	return rc;
}

/* With the lock held, which is given up while the disk works. */
static int
run(struct tg_sync *y)
{
	uint64_t target = y->written;
	int rc, error;

	y->busy = true;
	pthread_mutex_unlock(&y->lock);
	rc = fdatasync(y->fd);
	error = errno;
	pthread_mutex_lock(&y->lock);
	y->busy = false;
	if (rc == 0)
		y->synced = target;
	pthread_cond_broadcast(&y->done);
	errno = error;
	return rc;
}

/* Its name must be durable too, or a power cut could lose the whole log. */
static int
open_wal(struct tg_store *s, enum tg_db_file file)
{
	char *path = tg_store_path(s, tg_db_names[file], "-wal");
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	int dir = open(s->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	free(path);
	if (dir >= 0) {
		if (fsync(dir) == -1)
			tg_warn("cannot sync folder=%s", s->dir);
		close(dir);
	}
	return fd;
}
