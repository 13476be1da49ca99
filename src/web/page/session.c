#include "config.h"

#include "web/page/session.h"

/* Sessions begin here, and here it is decided how long they last. */
#include "base/clock.h"
#include "base/hash.h"
#include "base/id.h"
#include "store/sessions.h"
#include "web/page/cookie.h"

#define DAY_S INT64_C(86400)
#define IDLE_S (7 * DAY_S)
#define LONGEST_S (30 * DAY_S)
#define SECOND_US INT64_C(1000000)
#define PENDING_S 300
#define AGENT_MOST 200

static int64_t
longest_s(struct tg_web *w)
{
	int64_t s = tg_app_web(w->app)->signin.longest_s;

	return s > 0 ? s : LONGEST_S;
}

int64_t
tg_session_until(struct tg_web *w, int64_t created_at, int64_t now)
{
	int64_t idle = tg_app_web(w->app)->signin.idle_s;
	int64_t end = created_at + longest_s(w) * SECOND_US;
	int64_t until = now + (idle > 0 ? idle : IDLE_S) * SECOND_US;

	return until < end ? until : end;
}

void
tg_session_new(char text[TG_SESSION_BYTES])
{
	tg_random_text(text, TG_SESSION_BYTES - 1);
}

int
tg_session_begin(struct tg_web *w, struct tg_db *db, const char *text,
    struct tg_session *s, struct tg_err *e)
{
	struct tg_request *rq = w->rq;
	char token[TG_SHA256_HEX];
	struct tg_str agent = rq->agent;

	if (agent.n > AGENT_MOST)
		agent.n = AGENT_MOST;
	tg_sha256_hex(tg_str(text), token);
	s->token = tg_arena_cstr(rq->arena, tg_str(token));
	s->addr = tg_arena_cstr(rq->arena, rq->addr);
	s->agent = tg_arena_cstr(rq->arena, agent);
	s->created_at = s->seen_at = tg_wall_us();
	s->expires_at = tg_session_is_pending(s) ?
	    s->created_at + PENDING_S * SECOND_US :
	    tg_session_until(w, s->created_at, s->created_at);
	return tg_session_add(db, s, e);
}

bool
tg_session_is_pending(const struct tg_session *s)
{
	return s->settings != NULL &&
	    strcmp(s->settings, TG_SESSION_PENDING) == 0;
}

void
tg_session_cookie(struct tg_web *w, const char *text)
{
	tg_cookie_set(w, TG_COOKIE_SESSION, text, longest_s(w));
}

struct renew {
	struct tg_web *w;
	const char *text;
};

static int
renew(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct renew *r = arg;
	const struct tg_visitor *v = r->w->visitor;
	struct tg_session s = { .key_id = v->key_id };

	if (v->role != TG_VISIT_HOLDER)
		s.person = v->account;
	if (tg_session_drop(db, v->session, e) == -1)
		return -1;
	return tg_session_begin(r->w, db, r->text, &s, e);
}

int
tg_session_renew(struct tg_web *w)
{
	char text[TG_SESSION_BYTES];
	struct renew r = { w, text };

	if (w->visitor->session == NULL)
		return 0;
	tg_session_new(text);
	if (tg_write(tg_app_store(w->app), TG_DB_MAIN, renew, &r,
		&w->rq->err) != 0)
		return -1;
	tg_session_cookie(w, tg_arena_cstr(w->rq->arena, tg_str(text)));
	return 0;
}
