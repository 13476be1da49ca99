#ifndef TG_WEB_ADMIN_CALL_H
#define TG_WEB_ADMIN_CALL_H
/*
 * The page of one call, and what the page of a session shares with it: a
 * handler gathers everything as one object of raw values, within what a page
 * may hold.
 */
#include "store/calls.h"
#include "web/names.h"
#include "web/page/page.h"

#define TG_THREAD_CALLS 10	/* on a page of a session */

/* One call while its page is made; on the handler's stack. */
struct tg_call_page {
	struct tg_manage *m;
	struct tg_page *p;
	struct tg_call_row *rows;	/* its attempts */
	size_t n;
	const struct tg_call_row *last;	/* the one that ended it */
	struct tg_names *names;
	const char *view;		/* "talk", "json" ... */
	int64_t known;		/* messages of the session's call before */
};

/* May who looks see it?  Else it is not there. */
bool tg_call_is_theirs(const struct tg_web *w, int64_t person,
    int64_t key_id);

/* --- call_facts.c: who, what, when, how much; "row", "attempts" --- */
void tg_call_facts(struct tg_call_page *c);
/* {id, shown} of a row of keys or subjects, or NULL. */
json_t *tg_call_key(struct tg_names *names, int64_t key_id);
json_t *tg_call_subject(struct tg_names *names, int64_t id);
/* Who says a turn, as people read it; a role that is not known as it is. */
const char *tg_call_role(const struct tg_page *p, const char *role);

/* How a call ended: {state, title, look (a badge's class)}. */
json_t *tg_call_state(const struct tg_call_row *row);
/* --- call_time.c: "timeline" --- */
void tg_call_time(struct tg_call_page *c);
/* --- call_bill.c: "bill" --- */
int tg_call_bill(struct tg_call_page *c);

/* --- call_talk.c: the views that read bodies --- */
int tg_call_show_talk(struct tg_call_page *c);
int tg_call_show_tools(struct tg_call_page *c);
int tg_call_show_part(struct tg_call_page *c);
/* --- call_raw.c --- */
int tg_call_show_json(struct tg_call_page *c);
int tg_call_show_heads(struct tg_call_page *c);
int tg_call_show_words(struct tg_call_page *c);	/* "said", of a failure */
/* Sends a body as it is stored. */
tg_handler tg_admin_call_body;

/* --- call_text.c: texts within a page's bounds --- */
/* Bytes of text, up to a character's end, that take at most room as HTML. */
size_t tg_call_cut(struct tg_str text, size_t room);
/* A value for reading, malloc'ed: JSON (in a text, too) with line breaks. */
char *tg_call_pretty(const json_t *value);
/* Bytes that text takes as HTML. */
size_t tg_call_html_bytes(struct tg_str text);
/*
 * Turns (of llm/talk.h) for the page: texts cut to what is left of *room,
 * "rich" where Markdown may be rendered.  where: 'q' request, 'a' answer.
 */
struct tg_call_turns {
	const json_t *from;
	size_t first;		/* how many turns there are before those */
	json_t *to;		/* a list, in the order of from */
	char where;
	const char *href;	/* of the page with all of a part, up to "part=" */
	bool plain;		/* no Markdown */
	size_t *room;		/* bytes of HTML that are left */
	size_t *pictures;	/* bytes of pictures that are left */
	int64_t known;		/* as of struct tg_call_page; -1: do not mark */
	bool only_new;		/* those that are known are left out */
};
void tg_call_turns(struct tg_page *p, const struct tg_call_turns *t);
#endif
