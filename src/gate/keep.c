/*
 * What is kept of a call for who reads it later, where the key's log is full:
 * request and answer, the headers of three messages, and of a call in which
 * something failed who said what.  Nothing here is waited for by a caller.
 *
 *	heads	{"shared": {"request": [["accept", "*"], ["x-id"], ...],
 *		  "upstream": [...], "answer": [...]},
 *		 "request": ["7", ...], "upstream": [...], "answer": [...]}
 *	upstream {"saw": "...", "attempts": [{"attempt": 1, "status": 503,
 *		  "said": "..."}]}
 *
 * Shared is what is the same from call to call, and stored once: all names,
 * and the values but of those that differ by their nature; these stand behind,
 * in the same order.
 */
#include "config.h"

#include <ctype.h>
#include <strings.h>

#include "base/escape.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/log.h"
#include "gate/source.h"
#include "gate/stages.h"
#include "llm/redact.h"
#include "store/bodies.h"

#define HEADS_BYTES (1024 * 1024)	/* of 3 * 64 KiB, quoted */
#define ROOM_BYTES 4096		/* what most need */
#define SAID_BYTES (16 * 1024)	/* of an attempt's error */
#define NAME_BYTES 128
#define FEWEST_BYTES 7		/* shorter values hold no key */
#define MASKED "[masked]"
#define OPENING "{\"shared\":"

/* Parts of names of headers that differ from call to call. */
static const char *const own_words[] = { "id", "length", "date", "trace",
	"ratelimit", "remaining", "-ms", "cost", "spend", "cookie", "ray",
	"time", "reset", "age", "port", "call", "etag" };
/* Parts of names whose values are secrets. */
static const char *const secret_words[] = { "authorization", "auth-",
	"cookie", "password", "secret", "credential", "csrf" };
/* ... and their ends. */
static const char *const secret_ends[] = { "key", "token", "auth",
	"signature" };

struct heads {
	struct tg_call *call;
	struct tg_buf *shared, own;
	bool first_shared, first_own;
	bool ours;		/* what we said ourselves holds no secrets */
};

static void begin(struct heads *h, const char *name);
static void add(struct heads *h, struct tg_str name, struct tg_str value);
static void add_lines(struct heads *h, struct tg_str lines);
static void finish(struct heads *h);
static struct tg_str masked(struct heads *h, struct tg_str name,
    struct tg_str value);
static bool has_word(struct tg_str name, const char *const *words, size_t n);
static bool is_secret(struct tg_str name);
static void add_words(struct tg_call *call, struct tg_buf *b);
static struct tg_str provider_key(const struct tg_call *call);

static bool
is_kept(const struct tg_call *call)
{
	return call->opened && call->log == TG_LOG_FULL;
}

void
tg_keep(struct tg_call *call)
{
	struct tg_err why = { 0 };
	struct tg_body body = { 0 };
	struct tg_buf words;

	if (!is_kept(call))
		return;
	tg_buf_init(&words, HEADS_BYTES);
	add_words(call, &words);
	body.side[TG_BODY_REQUEST] = call->view.body;
	body.side[TG_BODY_ANSWER] = tg_buf_str(&call->answer);
	if (call->heads.n > 0 && !call->heads.failed) {
		body.side[TG_BODY_HEADS] = tg_buf_str(&call->heads);
		body.shared = (struct tg_str){
			call->heads.p + sizeof(OPENING) - 1,
			call->shared_bytes
		};
	}
	if (words.n > 0 && !words.failed)
		body.side[TG_BODY_UPSTREAM] = tg_buf_str(&words);
	if (tg_body_keep(tg_gate_store(call->gate), call->row.id, &body,
		&why) != 0)
		tg_warnx("request and answer not kept id=%s why=\"%s\"",
		    call->row.id, why.msg);
	tg_buf_free(&words);
}

/* --- headers --- */

void
tg_keep_source(struct tg_call *call, const struct tg_source *s)
{
	if (is_kept(call))
		call->upstream_head =
		    tg_arena_copy(call->rq->arena, tg_source_head(s));
}

void
tg_keep_heads(struct tg_call *call)
{
	struct heads h = { .call = call, .shared = &call->heads };
	struct tg_request *rq = call->rq;
	struct tg_str name, value;
	size_t i = 0;

	if (!is_kept(call))
		return;
	tg_buf_init(h.shared, HEADS_BYTES);
	tg_buf_init(&h.own, HEADS_BYTES);
	(void)tg_buf_room(h.shared, ROOM_BYTES);
	(void)tg_buf_room(&h.own, ROOM_BYTES);
	begin(&h, "request");
	while (tg_request_header_each(rq, &i, &name, &value))
		add(&h, name, value);
	begin(&h, "upstream");
	add_lines(&h, call->upstream_head);
	begin(&h, "answer");
	h.ours = true;
	add_lines(&h, tg_buf_str(&rq->head));
	add_lines(&h, rq->fields);
	finish(&h);
	tg_buf_free(&h.own);
}

static void
begin(struct heads *h, const char *name)
{
	bool first = h->shared->n == 0;

	tg_buf_printf(h->shared, "%s\"%s\":[", first ? OPENING "{" : "],",
	    name);
	tg_buf_printf(&h->own, "%s\"%s\":[", first ? "" : "],", name);
	h->first_shared = h->first_own = true;
}

static void
finish(struct heads *h)
{
	tg_buf_addc(h->shared, "]}");
	h->call->shared_bytes = h->shared->n - (sizeof(OPENING) - 1);
	tg_buf_byte(h->shared, ',');
	tg_buf_adds(h->shared, tg_buf_str(&h->own));
	tg_buf_addc(h->shared, "]}");
}

static void
add_lines(struct heads *h, struct tg_str lines)
{
	struct tg_str line, name;

	while (tg_str_cut(&lines, '\n', &line))
		if (tg_str_cut(&line, ':', &name))
			add(h, tg_str_trim(name), tg_str_trim(line));
}

/* Names as HTTP has them, whatever they were on the way. */
static void
add(struct heads *h, struct tg_str name, struct tg_str value)
{
	struct tg_arena *a = h->call->rq->arena;
	struct tg_arena_mark m = tg_arena_mark(a);
	char low[NAME_BYTES];
	bool own;

	if (name.n > sizeof(low))
		name.n = sizeof(low);
	for (size_t i = 0; i < name.n; i++)
		low[i] = name.p[i] == '_' ? '-' :
		    (char)tolower((unsigned char)name.p[i]);
	name.p = low;
	own = has_word(name, own_words,
	    sizeof(own_words) / sizeof(*own_words));
	tg_buf_addc(h->shared, h->first_shared ? "[" : ",[");
	tg_json_quote(h->shared, name);
	h->first_shared = false;
	if (!own || !h->first_own)
		tg_buf_byte(own ? &h->own : h->shared, ',');
	tg_json_quote(own ? &h->own : h->shared, masked(h, name, value));
	tg_buf_byte(h->shared, ']');
	h->first_own = h->first_own && !own;
	tg_arena_rewind(a, m);
}

/* --- secrets --- */

static struct tg_str
masked(struct heads *h, struct tg_str name, struct tg_str value)
{
	struct tg_arena *a = h->call->rq->arena;
	struct tg_str rest = value, scheme = TG_STR_NONE;

	if (!is_secret(name)) {
		if (h->ours || value.n < FEWEST_BYTES)
			return value;
		return tg_redact(a, value, provider_key(h->call));
	}
	if (has_word(name, (const char *const[]){ "cookie", "password" }, 2))
		return TG_STR(MASKED);
	if (!tg_str_cut(&rest, ' ', &scheme) || rest.n == 0) {
		rest = value;
		scheme = TG_STR_NONE;
	}
	/* What follows "Basic" is no key: its end would show a password's. */
	if (scheme.n > 0 && !tg_str_ieq(scheme, "bearer"))
		return TG_STR(MASKED);
	rest = tg_str_starts(rest, "sk-") ? tg_mask_key(a, rest) :
					    TG_STR(MASKED);
	return tg_str(tg_arena_printf(a, "%.*s%s%.*s", TG_PRI(scheme),
	    scheme.n > 0 ? " " : "", TG_PRI(rest)));
}

static bool
has_word(struct tg_str name, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (tg_str_find(name, tg_str(words[i])) >= 0)
			return true;
	return false;
}

static bool
is_secret(struct tg_str name)
{
	for (size_t i = 0; i < sizeof(secret_ends) / sizeof(*secret_ends); i++)
		if (tg_str_ends(name, secret_ends[i]))
			return true;
	return has_word(name, secret_words,
	    sizeof(secret_words) / sizeof(*secret_words));
}

static struct tg_str
provider_key(const struct tg_call *call)
{
	return call->deployment == NULL ? TG_STR_NONE :
	    tg_secret_reveal(&call->deployment->upstream->key);
}

/* --- who said what --- */

void
tg_keep_fault(struct tg_call *call, struct tg_str json)
{
	struct tg_arena *a = call->rq->arena;

	if (!is_kept(call))
		return;
	if (json.n > SAID_BYTES)
		json.n = SAID_BYTES;
	call->fault =
	    tg_arena_copy(a, tg_redact(a, json, provider_key(call)));
}

/* As another object of a list; without words none. */
static void
add_said(const struct tg_call *call, struct tg_buf *b)
{
	struct tg_str said = call->fault;

	if (said.n == 0 && !call->content)
		said = tg_buf_str(&call->answer);
	if (said.n == 0)
		return;
	if (said.n > SAID_BYTES)
		said.n = SAID_BYTES;
	tg_buf_printf(b, "%s{\"attempt\":%d,\"status\":%d,\"said\":",
	    b->n > 0 ? "," : "", call->row.attempt,
	    call->row.upstream_status);
	tg_json_quote(b, said);
	tg_buf_byte(b, '}');
}

void
tg_keep_attempt(struct tg_call *call)
{
	struct tg_buf b;

	if (!is_kept(call))
		return;
	tg_buf_init(&b, HEADS_BYTES);
	if (call->said != NULL)
		tg_buf_addc(&b, call->said);
	add_said(call, &b);
	if (b.n > 0 && !b.failed)
		call->said = tg_arena_cstr(call->rq->arena, tg_buf_str(&b));
	tg_buf_free(&b);
}

/* The error as the caller's dialect has it, whatever it came in. */
static void
add_seen(struct tg_call *call, struct tg_buf *b)
{
	struct tg_buf event;
	struct tg_str text;

	tg_buf_init(&event, HEADS_BYTES);
	if (call->hooks->event(call, &event) == 0) {
		text = tg_str_trim(tg_buf_str(&event));
		if (tg_str_starts(text, "data: "))
			text = (struct tg_str){ text.p + 6, text.n - 6 };
		tg_buf_addc(b, "\"saw\":");
		tg_json_quote(b, text);
		tg_buf_byte(b, ',');
	}
	tg_buf_free(&event);
}

static void
add_words(struct tg_call *call, struct tg_buf *b)
{
	enum tg_code code = call->rq->err.code;
	struct tg_buf list;

	if (code == TG_OK && call->said == NULL)
		return;
	tg_buf_init(&list, HEADS_BYTES);
	if (call->said != NULL)
		tg_buf_addc(&list, call->said);
	tg_buf_byte(b, '{');
	if (code != TG_OK && code != TG_E_CLIENT_GONE)
		add_seen(call, b);
	if (code != TG_OK)
		add_said(call, &list);
	tg_buf_printf(b, "\"attempts\":[%.*s]}", TG_PRI(tg_buf_str(&list)));
	tg_buf_free(&list);
}
