#ifndef TG_NET_MULTIPART_H
#define TG_NET_MULTIPART_H
/*
 * Forms with files, multipart/form-data (RFC 7578) as browsers send it: read
 * part by part out of a body that is there whole.  All views point into the
 * body or the content type; nothing is copied.
 */
#include <stdbool.h>

#include "base/str.h"

#define TG_MAX_PARTS 2000

struct tg_multipart {
	struct tg_str rest;	/* behind the delimiter that was read last */
	struct tg_str boundary;
	int parts;		/* read so far */
	bool ended;
};
struct tg_part {
	struct tg_str name;	/* of the field, as it stands in its quotes */
	struct tg_str filename;	/* may be empty for a file, too */
	struct tg_str type;	/* Content-Type, or empty */
	struct tg_str body;
	bool is_file;		/* it has a filename */
};

bool tg_multipart_is(struct tg_str content_type);
/* -1: no or no good boundary (RFC 2046, 5.1.1), or it is not in the body. */
int tg_multipart_begin(struct tg_multipart *m, struct tg_str content_type,
    struct tg_str body);
/*
 * 1 a part, 0 that was the last one, -1: malformed, broken off, or more than
 * TG_MAX_PARTS; then nothing more comes.
 */
int tg_multipart_next(struct tg_multipart *m, struct tg_part *part);
#endif
