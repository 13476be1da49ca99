/*
 * Members of an object changed in place, byte-preservingly: requests on their
 * way to an upstream (llm/view) and answers on their way back (llm/chunk).
 * Runs of unchanged bytes are copied whole.  Which members change is the
 * callers' business.
 */
#include "config.h"

#include "llm/edit.h"

#include <assert.h>
#include <string.h>

static void flush(struct tg_edit *ed, const char *until);
static void settle_front(struct tg_edit *ed, struct tg_str name);

void
tg_edit_begin(struct tg_edit *ed, struct tg_str object, struct tg_buf *out)
{
	const char *brace = memchr(object.p, '{', object.n);

	assert(brace != NULL);
	*ed = (struct tg_edit){
		.out = out,
		.run = object.p,
		.end = object.p + object.n,
		.last = brace + 1,
	};
}

void
tg_edit_keep(struct tg_edit *ed, struct tg_str name, struct tg_str value)
{
	settle_front(ed, name);
	ed->kept = true;
	ed->last = value.p + value.n;
}

/*
 * Behind a member that stays, a cut takes the comma before it; in front of
 * the first one that stays, the comma after it.
 */
void
tg_edit_cut(struct tg_edit *ed, struct tg_str name, struct tg_str value)
{
	const char *after = value.p + value.n;

	if (ed->kept) {
		flush(ed, ed->last);
		ed->run = after;
	} else if (ed->first_cut == NULL) {
		ed->first_cut = name.p - 1;
	}
	ed->last = after;
}

void
tg_edit_replace(struct tg_edit *ed, struct tg_str name, struct tg_str value)
{
	tg_edit_keep(ed, name, value);
	flush(ed, value.p);
	ed->run = value.p + value.n;
}

void
tg_edit_rename(struct tg_edit *ed, struct tg_str name, struct tg_str value,
    const char *to)
{
	tg_edit_keep(ed, name, value);
	flush(ed, name.p);
	tg_buf_adds(ed->out, tg_str(to));
	ed->run = name.p + name.n;
}

void
tg_edit_add(struct tg_edit *ed, struct tg_str members)
{
	if (!ed->kept && ed->first_cut != NULL) {
		flush(ed, ed->first_cut);
		ed->first_cut = NULL;
		ed->run = ed->last;
	}
	flush(ed, ed->last);
	if (ed->kept)
		tg_buf_byte(ed->out, ',');
	tg_buf_adds(ed->out, members);
	ed->kept = true;
}

int
tg_edit_end(struct tg_edit *ed)
{
	if (ed->first_cut != NULL) {
		flush(ed, ed->first_cut);
		ed->run = ed->last;
	}
	flush(ed, ed->end);
	return ed->out->failed ? -1 : 0;
}

static void
flush(struct tg_edit *ed, const char *until)
{
	if (until > ed->run)
		tg_buf_add(ed->out, ed->run, (size_t)(until - ed->run));
	ed->run = until;
}

/* The first member that stays moves up to where the first cut one stood. */
static void
settle_front(struct tg_edit *ed, struct tg_str name)
{
	if (ed->first_cut == NULL)
		return;
	flush(ed, ed->first_cut);
	ed->first_cut = NULL;
	ed->run = name.p - 1;
}
