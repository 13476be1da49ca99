#ifndef TG_WEB_ADMIN_ERRAND_H
#define TG_WEB_ADMIN_ERRAND_H
/*
 * Calls that a page makes for who looks at it: through the gate like any
 * other, booked to that person, or to the key of a key's session.
 */
#include "base/id.h"
#include "base/jtree.h"
#include "llm/dialect.h"
#include "store/who.h"
#include "web/routes.h"

#define TG_ERRANDS_AT_ONCE 4
#define TG_ERRANDS_MAX 20

struct tg_errand {
	enum tg_dialect_id dialect;
	struct tg_str body;		/* of the request */
	const char *agent;		/* as which User-Agent */
	char id[TG_UUID_BYTES];		/* the call's; "": set to a new one */
	size_t keep_bytes;		/* of the answer */
	/* out; freed by tg_errands_free() */
	int status;
	struct tg_buf raw;		/* head and body */
	struct tg_str answer;		/* the body, in raw */
};

/*
 * Who the visitor is to the gate.  A person who never called before is
 * entered in the books first.
 */
int tg_errand_behalf(struct tg_web *w, struct tg_behalf *b);
/* The same with what they may; NULL: not known yet, thus no limits. */
int tg_errand_who(struct tg_web *w, const struct tg_who **who);

/*
 * Makes all of them, at most TG_ERRANDS_AT_ONCE at a time, and returns when
 * the last one has ended and is in the books.  -1: none was made.
 */
int tg_errands_run(struct tg_web *w, struct tg_errand *all, size_t n);
void tg_errands_free(struct tg_errand *all, size_t n);

/*
 * The models that who may ask for by this dialect: [{"name"}] by name, without
 * wildcards (*wildcards: there are some).  w->catalog is set.  The caller's.
 */
json_t *tg_errand_models(struct tg_web *w, const struct tg_who *who,
    enum tg_dialect_id dialect, bool *wildcards);
/* "chat" ..., as calls' rows have it; TG_DIALECT__MAX: another. */
enum tg_dialect_id tg_errand_dialect(const char *route);
#endif
