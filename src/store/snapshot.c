#include "config.h"

#include "store/snapshot.h"

/* What a killed process leaves behind is swept up by the next one. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/id.h"
#include "base/log.h"
#include "store/inner.h"

#define PREFIX "download-"
#define STALE_S 86400

static void
sweep(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *entry;
	struct stat st;

	if (d == NULL)
		return;
	while ((entry = readdir(d)) != NULL)
		if (strncmp(entry->d_name, PREFIX, strlen(PREFIX)) == 0 &&
		    fstatat(dirfd(d), entry->d_name, &st,
			AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISREG(st.st_mode) &&
		    st.st_mtime < time(NULL) - STALE_S)
			(void)unlinkat(dirfd(d), entry->d_name, 0);
	closedir(d);
}

int
tg_store_snapshot(struct tg_store *s, enum tg_db_file file, int *fd,
    int64_t *bytes, struct tg_err *e)
{
	char name[sizeof(PREFIX) + 16] = PREFIX, *path;
	struct stat st;
	int rc;

	tg_random_text(name + strlen(PREFIX), 12);
	sweep(tg_store_dir(s));
	path = tg_store_path(s, name, "");
	*fd = -1;
	rc = tg_store_backup(s, file, path, e);
	if (rc == 0)
		*fd = open(path, O_RDONLY | O_CLOEXEC);
	if (rc == 0 && (*fd == -1 || fstat(*fd, &st) == -1)) {
		rc = tg_fail(e, TG_E_STORE, "The copy cannot be read: %s.",
		    strerror(errno));
		if (*fd != -1)
			close(*fd);
	}
	unlink(path);
	free(path);
	if (rc == 0)
		*bytes = st.st_size;
	return rc;
}
