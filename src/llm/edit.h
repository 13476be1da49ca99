#ifndef TG_LLM_EDIT_H
#define TG_LLM_EDIT_H
/*
 * An object's bytes written again with some members changed: what is not
 * named is copied as it came, white space included; a member that goes takes
 * its comma with it.  The members are shown in their order, each once.
 *
 *	tg_edit_begin(&ed, object, out);
 *	while (tg_json_member(&it, &name, &value))
 *		one of tg_edit_keep, _cut, _replace, _rename
 *	tg_edit_add ...
 *	return tg_edit_end(&ed);
 *
 * Owns nothing; failure (the buffer's ceiling) shows in tg_edit_end().
 */
#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"

struct tg_edit {
	struct tg_buf *out;
	const char *run;	/* what is not yet copied begins here */
	const char *end;	/* of the object */
	const char *last;	/* end of the latest member's value */
	const char *first_cut;	/* cut members at the front begin here */
	bool kept;		/* some member stayed */
};

/* object: a checked JSON object, with the white space around it. */
void tg_edit_begin(
    struct tg_edit *ed, struct tg_str object, struct tg_buf *out);
void tg_edit_keep(struct tg_edit *ed, struct tg_str name, struct tg_str value);
void tg_edit_cut(struct tg_edit *ed, struct tg_str name, struct tg_str value);
/*
 * Keeps the member's name; the value is the caller's to write into out right
 * after this.
 */
void tg_edit_replace(
    struct tg_edit *ed, struct tg_str name, struct tg_str value);
/* The member stays, but for its name. */
void tg_edit_rename(struct tg_edit *ed, struct tg_str name,
    struct tg_str value, const char *to);
/* More behind the last member: text of whole members, `"a":1`. */
void tg_edit_add(struct tg_edit *ed, struct tg_str members);
/* The rest; 0, or -1: ceiling. */
int tg_edit_end(struct tg_edit *ed);
#endif
