#ifndef TG_PROG_CONF_FILE_H
#define TG_PROG_CONF_FILE_H
/*
 * An ini file as a list of entries.  iniparser reads the values (quotes,
 * comments, continued lines); as it folds the case of all names and keeps no
 * line numbers, the names are found again in the file by a pass of our own,
 * which also refuses what iniparser would quietly misread: lines above its
 * 1,024 characters, values cut short at a ';', a key given twice.
 */
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

struct tg_ini_entry {
	const char *section; /* as spelt, without brackets, trimmed */
	const char *key; /* as spelt */
	const char *value; /* NULL: the section's own line */
	int line;
};

struct tg_ini {
	const char *path;
	struct tg_ini_entry *entries; /* in the file's order */
	size_t n;
};

/*
 * All in the arena.  -1: every fault is a line "FILE:LINE: what" in faults
 * (may be NULL), the first one also in *e.
 */
int tg_ini_read(struct tg_arena *a, const char *path, struct tg_ini *ini,
    struct tg_buf *faults, struct tg_err *e);
#endif
