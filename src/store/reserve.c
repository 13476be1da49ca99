#include "config.h"

/*
 * A file that only takes room beside the database.  When the disk is full it
 * is given up, so that the calls under way can still be put on the books.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/log.h"
#include "store/inner.h"

#define NAME "tollgate.reserve"
#define RESERVE_BYTES (1024 * 1024)
#define ROOMY_BYTES (64LL * 1024 * 1024)

#define NEEDED_BYTES (4LL * 1024 * 1024)

static bool has_room(const char *dir, long long bytes);

void
tg_reserve_make(struct tg_store *s)
{
	char *path = tg_store_path(s, NAME, "");
	int fd;

	if (access(path, F_OK) == -1 && has_room(s->dir, ROOMY_BYTES)) {
		fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (fd != -1) {
			if (posix_fallocate(fd, 0, RESERVE_BYTES) != 0)
				unlink(path);
			close(fd);
		}
	}
	free(path);
}

static bool
has_room(const char *dir, long long bytes)
{
	struct statvfs v;

	return statvfs(dir, &v) == 0 &&
	    (long long)v.f_bavail * (long long)v.f_frsize >= bytes;
}

void
tg_reserve_give(struct tg_store *s)
{
	char *path = tg_store_path(s, NAME, "");

	if (!has_room(s->dir, NEEDED_BYTES)) {
		atomic_store(&s->room_short, true);
		if (unlink(path) == 0)
			tg_warnx("the disk is full: gave up %s", path);
	}
	free(path);
}

bool
tg_reserve_short(struct tg_store *s)
{
	if (!atomic_load(&s->room_short))
		return false;
	if (!has_room(s->dir, NEEDED_BYTES))
		return true;
	atomic_store(&s->room_short, false);
	return false;
}
