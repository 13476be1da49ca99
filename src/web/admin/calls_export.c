/*
 * What is filtered as a file: CSV, or a JSON object each line.  Rows are read
 * and sent some at a time, so that a million need no more memory than a few.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/json.h"
#include "base/log.h"
#include "base/money.h"
#include "web/admin/calls.h"

#define SLICE_ROWS 500
#define SLICE_BYTES (16 * 1024 * 1024)

struct file {
	struct tg_page *p;
	struct tg_calls_asked f;
	struct tg_names *names;		/* of this slice */
	bool csv, ended;
	int64_t after_seq;
	struct tg_buf out;
};
/* One cell: a text, or a number that is printed as it is. */
struct cell {
	const char *text;		/* NULL: none */
	bool number;
};

static struct cell cell_of(struct file *o, const struct tg_call_row *c,
    int column);

enum column {
	ID,
	ATTEMPT,
	TIME,
	STATE,
	STATUS,
	ERROR,
	KEY,
	PERSON,
	TEAM,
	CUSTOMER,
	TAGS,
	SESSION,
	PROGRAM,
	ROUTE,
	MODEL,
	PROVIDER,
	DEPLOYMENT,
	UPSTREAM_MODEL,
	STREAM,
	INPUT,
	CACHE_READ,
	CACHE_WRITE,
	OUTPUT,
	REASONING,
	COST,
	ESTIMATED,
	DURATION,
	FIRST,
	REQUEST_BYTES,
	ANSWER_BYTES,
	COLUMNS
};
static const char *const names[COLUMNS] = { "id", "attempt", "time", "state",
	"status", "error", "key", "person", "team", "customer", "tags",
	"session", "program", "route", "model", "provider", "deployment",
	"upstream_model", "stream", "input_tokens", "cache_read_tokens",
	"cache_write_tokens", "output_tokens", "reasoning_tokens", "cost_usd",
	"estimated", "duration_ms", "first_token_ms", "request_bytes",
	"answer_bytes" };

/* --- cells --- */

static struct cell
text(const char *s)
{
	return (struct cell){ s, false };
}

static struct cell
number(struct file *o, int64_t n, int64_t none)
{
	return (struct cell){
		n == none ? NULL : tg_arena_printf(o->p->a, "%" PRId64, n),
		true
	};
}

static struct cell
millis(struct file *o, int64_t us)
{
	return (struct cell){ us < 0 ? NULL : tg_arena_printf(o->p->a,
	    "%" PRId64 ".%03d", us / 1000, (int)(us % 1000)), true };
}

static struct cell
usd(struct file *o, int64_t nano)
{
	struct tg_buf b;
	const char *s;

	if (nano == TG_COST_UNKNOWN)
		return (struct cell){ NULL, true };
	tg_buf_init(&b, 64);
	tg_nano_print(&b, nano);
	s = tg_arena_cstr(o->p->a, tg_buf_str(&b));
	tg_buf_free(&b);
	return (struct cell){ s, true };
}

static struct cell
moment(struct file *o, int64_t at)
{
	json_t *j = tg_manage_time(at);
	const char *s = json_string_value(j);
	struct cell c = text(s == NULL ? NULL :
	    tg_arena_cstr(o->p->a, tg_str(s)));

	json_decref(j);
	return c;
}

static struct cell
subject(struct file *o, int64_t id)
{
	return text(id == 0 ? NULL :
	    tg_name_shown(tg_names_subject(o->names, id)));
}

static struct cell
writes(struct file *o, const struct tg_call_row *c)
{
	int64_t a = c->tokens[TG_TOK_CACHE_WRITE],
		b = c->tokens[TG_TOK_CACHE_WRITE_1H];

	if (a < 0 || b < 0)
		return number(o, a > b ? a : b, -1);
	return number(o, a + b, -1);
}

static struct cell
who_cell(struct file *o, const struct tg_call_row *c, int column)
{
	switch (column) {
	case KEY:
		return text(c->key_id == 0 ? NULL :
		    tg_name_shown(tg_names_key(o->names, c->key_id)));
	case PERSON:
		return subject(o, c->person);
	case TEAM:
		return subject(o, c->team);
	case CUSTOMER:
		return subject(o, c->customer);
	case TAGS:
		return text(c->tags);
	case SESSION:
		return text(c->session);
	case PROGRAM:
		return text(c->agent);
	case ROUTE:
		return text(c->route);
	case MODEL:
		return text(c->model);
	case PROVIDER:
		return text(c->provider);
	case DEPLOYMENT:
		return text(c->deployment);
	default:
		return text(c->upstream_model);
	}
}

static struct cell
size_cell(struct file *o, const struct tg_call_row *c, int column)
{
	switch (column) {
	case STREAM:
		return (struct cell){ c->stream ? "true" : "false", true };
	case INPUT:
		return number(o, c->tokens[TG_TOK_INPUT], -1);
	case CACHE_READ:
		return number(o, c->tokens[TG_TOK_CACHE_READ], -1);
	case CACHE_WRITE:
		return writes(o, c);
	case OUTPUT:
		return number(o, c->tokens[TG_TOK_OUTPUT], -1);
	case REASONING:
		return number(o, c->reasoning_tokens, -1);
	case COST:
		return usd(o, c->cost_nano);
	case ESTIMATED:
		return (struct cell){ c->estimated ? "true" : "false", true };
	case DURATION:
		return millis(o, c->end_us);
	case FIRST:
		return millis(o, c->first_content_us);
	case REQUEST_BYTES:
		return number(o, c->request_bytes, -1);
	default:
		return number(o, c->answer_bytes, -1);
	}
}

static struct cell
cell_of(struct file *o, const struct tg_call_row *c, int column)
{
	if (column >= STREAM)
		return size_cell(o, c, column);
	switch (column) {
	case ID:
		return text(c->id);
	case ATTEMPT:
		return number(o, c->attempt, -1);
	case TIME:
		return moment(o, c->start_at);
	case STATE:
		return text(tg_call_state_name(c->state));
	case STATUS:
		return number(o, c->status, 0);
	case ERROR:
		return text(c->error);
	default:
		return who_cell(o, c, column);
	}
}

/* --- lines --- */

/*
 * RFC 4180; and what a spreadsheet would take for a formula gets an
 * apostrophe in front.
 */
static void
csv_text(struct tg_buf *b, const char *s)
{
	tg_buf_byte(b, '"');
	if (*s != '\0' && strchr("=+-@\t\r\n", *s) != NULL)
		tg_buf_byte(b, '\'');
	for (; *s != '\0'; s++) {
		if (*s == '"')
			tg_buf_byte(b, '"');
		tg_buf_byte(b, *s);
	}
	tg_buf_byte(b, '"');
}

static void
csv_line(struct file *o, const struct tg_call_row *c)
{
	for (int i = 0; i < COLUMNS; i++) {
		struct cell cell = cell_of(o, c, i);

		if (i > 0)
			tg_buf_byte(&o->out, ',');
		if (cell.text != NULL && cell.number)
			tg_buf_addc(&o->out, cell.text);
		else if (cell.text != NULL)
			csv_text(&o->out, cell.text);
	}
	tg_buf_addc(&o->out, "\r\n");
}

static void
json_line(struct file *o, const struct tg_call_row *c)
{
	for (int i = 0; i < COLUMNS; i++) {
		struct cell cell = cell_of(o, c, i);

		tg_buf_printf(
		    &o->out, "%s\"%s\":", i == 0 ? "{" : ",", names[i]);
		if (cell.text == NULL)
			tg_buf_addc(&o->out, "null");
		else if (cell.number || i == TAGS)
			tg_buf_addc(&o->out, cell.text);
		else
			tg_json_quote(&o->out, tg_str(cell.text));
	}
	tg_buf_addc(&o->out, "}\n");
}

/* --- slices --- */

static int
ask(struct tg_manage *m, struct tg_page *p)
{
	struct file *o = p->own;

	return tg_call_filter_read(m, p, &o->f);
}

static int
slice(struct tg_manage *m, struct tg_page *p)
{
	struct file *o = p->own;
	struct tg_call_scan s = { .limit = SLICE_ROWS,
		.after_seq = o->after_seq };
	bool more;

	o->f.before_seq = o->after_seq;
	if (tg_call_filter_seqs(m, &o->f, SLICE_ROWS, &more) == -1 ||
	    tg_call_scan(m->db, m->a, &o->f.want, &s, m->e) == -1)
		return -1;
	o->names = tg_names_new(m->db, m->a, m->e);
	for (size_t i = 0; i < s.n; i++)
		(o->csv ? csv_line : json_line)(o, &s.rows[i]);
	tg_names_free(o->names);
	if (s.n > 0)
		o->after_seq = s.rows[s.n - 1].seq;
	if (s.looked_seq > 0)
		o->after_seq = s.looked_seq;
	else if (s.n == 0 && more && o->f.looked_seq > 0)
		o->after_seq = o->f.looked_seq;
	else
		o->ended = !s.more && !more;
	return o->out.failed ? tg_fail(m->e, TG_E_INTERNAL,
	    "out of memory") : 0;
}

static void
send_all(struct file *o)
{
	struct tg_request *rq = o->p->w->rq;

	while (!o->ended && !rq->broken) {
		struct tg_arena_mark mark = tg_arena_mark(o->p->a);
		int rc = tg_page_read(o->p, slice);

		tg_arena_rewind(o->p->a, mark);
		if (rc == -1) {
			/* Cut off rather than ended as if it were whole. */
			tg_warnx("export failed why=\"%s\"", rq->err.msg);
			rq->broken = true;
			return;
		}
		(void)tg_reply_write(rq, tg_buf_str(&o->out));
		tg_buf_reset(&o->out);
	}
}

static int export(struct tg_web *w, bool csv)
{
	struct tg_page *p = tg_page_open(w, "calls", N_("Calls"));
	struct file o = { .p = p, .csv = csv };
	int rc;

	p->own = &o;
	tg_buf_init(&o.out, SLICE_BYTES);
	rc = tg_page_read(p, ask);
	if (rc == 0) {
		tg_page_headers(w->rq);
		rc = tg_reply_file(w->rq, csv ? "text/csv; charset=utf-8" :
			"application/x-ndjson",
		    csv ? "calls.csv" : "calls.jsonl");
	}
	if (rc == 0) {
		o.ended = o.f.nothing;
		for (int i = 0; csv && i < COLUMNS; i++)
			tg_buf_printf(&o.out, "%s%s", names[i],
			    i + 1 < COLUMNS ? "," : "\r\n");
		(void)tg_reply_write(w->rq, tg_buf_str(&o.out));
		tg_buf_reset(&o.out);
		send_all(&o);
		(void)tg_reply_end(w->rq);
	}
	tg_buf_free(&o.out);
	tg_page_close(p);
	return rc;
}

int
tg_calls_csv(struct tg_web *w)
{
	return export(w, true);
}

int
tg_calls_jsonl(struct tg_web *w)
{
	return export(w, false);
}
