/*
 * Files of the tree as test data, and mutations of them that are the same in
 * every run.  Paths are below $srcdir, or the working directory.
 */
#ifndef TG_TESTS_CORPUS_H
#define TG_TESTS_CORPUS_H
#include <stddef.h>

#include "base/str.h"

/* malloc'ed, with a NUL that is not counted; ends the test when missing. */
struct tg_str corpus_file(const char *path);
/* All files of a folder in order of their names; returns how many. */
size_t corpus_folder(const char *path, struct tg_str *files, size_t max);
void corpus_free(struct tg_str *files, size_t count);
/*
 * Writes a changed copy of one of the files into text (size bytes): bytes
 * changed, taken out, pieces of other files put in, the end cut off.
 */
size_t corpus_mutate(
    const struct tg_str *files, size_t count, char *text, size_t size);
#endif
