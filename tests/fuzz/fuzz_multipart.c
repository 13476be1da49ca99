/*
 * Fuzz target for net/multipart.h (libFuzzer's form; tests/unit/test_multipart
 * runs the corpus and mutations of it).  The input is a Content-Type, a line
 * end and a body.  What must hold: every view lies in what was given, parts
 * come in order without overlap, and no part holds a delimiter.
 */
#include "config.h"

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "net/multipart.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
multipart_within(struct tg_str part, struct tg_str whole)
{
	assert(part.n == 0 ||
	    (part.p >= whole.p && part.p + part.n <= whole.p + whole.n));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tg_str body = { (const char *)data, size }, type;
	struct tg_multipart m;
	struct tg_part p;
	const char *at;
	int n = 0;

	if (memchr(body.p, '\n', body.n) == NULL)
		return 0;
	(void)tg_str_cut(&body, '\n', &type);
	if (tg_multipart_begin(&m, type, body) != 0)
		return 0;
	at = body.p;
	while (tg_multipart_next(&m, &p) == 1) {
		multipart_within(p.name, body);
		multipart_within(p.filename, body);
		multipart_within(p.type, body);
		multipart_within(p.body, body);
		assert(p.body.p >= at);
		at = p.body.p + p.body.n;
		n++;
	}
	assert(n <= TG_MAX_PARTS);
	return 0;
}
