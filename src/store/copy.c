#include "config.h"

/*
 * A copy of a database that is in use, by SQLite's backup: written beside
 * the target under another name, then renamed over it, so that a target is
 * always whole.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "store/inner.h"

static int fill(sqlite3 *from, const char *path, struct tg_err *e);
static int sync_file(const char *path);

int
tg_copy(sqlite3 *from, const char *to, struct tg_err *e)
{
	char *part;
	int fd, rc;

	if (asprintf(&part, "%s.part-%ld", to, (long)getpid()) == -1)
		tg_fatal("out of memory");
	unlink(part);
	fd = open(part, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd == -1) {
		rc = tg_fail(e, TG_E_STORE, "The copy %s cannot be made: %s.",
		    to, strerror(errno));
		free(part);
		return rc;
	}
	close(fd);
	rc = fill(from, part, e);
	if (rc == 0 && (sync_file(part) == -1 || rename(part, to) == -1))
		rc = tg_fail(e, TG_E_STORE, "The copy %s cannot be made: %s.",
		    to, strerror(errno));
	if (rc == -1)
		unlink(part);
	free(part);
	return rc;
}

static int
fill(sqlite3 *from, const char *path, struct tg_err *e)
{
	sqlite3 *h = NULL;
	sqlite3_backup *b = NULL;
	int rc;

	rc = sqlite3_open_v2(
	    path, &h, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
	/* In one step, so that no writer makes it begin again. */
	if (rc == SQLITE_OK) {
		sqlite3_exec(h, "PRAGMA synchronous=OFF", NULL, NULL, NULL);
		b = sqlite3_backup_init(h, "main", from, "main");
		if (b != NULL)
			sqlite3_backup_step(b, -1);
		sqlite3_backup_finish(b);
		rc = sqlite3_errcode(h);
	}
	if (rc != SQLITE_OK)
		tg_sqlite_fail(rc, path, sqlite3_errmsg(h), e);
	sqlite3_close(h);
	return rc == SQLITE_OK ? 0 : -1;
}

static int
sync_file(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	int rc;

	if (fd == -1)
		return -1;
	rc = fsync(fd);
	close(fd);
	return rc;
}
