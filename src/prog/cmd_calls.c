/*
 * `tollgate calls': the books, as a table or as they grow.  One call with all
 * that is kept of it is cmd_call.c's.
 */
#include "config.h"

#include "prog/call_json.h"

#include <signal.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/jtree.h"
#include "prog/cmd_key.h"
#include "prog/sandbox.h"

#define FOLLOW_MS 300
#define ROUND_ROWS 500
#define WATCH_OPEN 4096
#define CALL_BYTES (512 * 1024 * 1024)

static const struct tg_column columns[] = {
	{ "START", "start", TG_CELL_TIME, 19 },
	{ "ID", "id", TG_CELL_TEXT, 36 },
	{ "KEY", "key", TG_CELL_TEXT, 10 },
	{ "MODEL", "model", TG_CELL_TEXT, 16 },
	{ "PROVIDER", "provider", TG_CELL_TEXT, 10 },
	{ "STATE", "state", TG_CELL_TEXT, 6 },
	{ "STATUS", "status", TG_CELL_NUMBER, 6 },
	{ "IN", "all_input_tokens", TG_CELL_NUMBER, 6 },
	{ "OUT", "all_output_tokens", TG_CELL_NUMBER, 6 },
	{ "USD", "cost", TG_CELL_USD, 9 },
	{ "FIRST", "first_content_ms", TG_CELL_MS, 8 },
	{ "TOTAL", "total_ms", TG_CELL_MS, 8 },
	{ "ERROR", "error", TG_CELL_TEXT, 0 },
	{ NULL, NULL, 0, 0 },
};

/* `calls --follow': what was seen, and what is still open. */
struct watch {
	struct tg_call_filter filter;
	struct tg_call_names *names;
	int status, state; /* wanted, see the filter */
	int64_t last; /* row number */
	int64_t open[WATCH_OPEN];
	int n_open;
};

static int read_filter(struct tg_cmd *c, struct tg_call_filter *f);
static int read_status(struct tg_cmd *c, struct tg_call_filter *f);
static int read_since(struct tg_cmd *c, struct tg_call_filter *f);
static int follow(struct tg_cmd *c, const struct tg_call_filter *f,
    struct tg_call_names *names);
static int watch_newest(struct tg_cmd *c, struct watch *w);
static int watch_round(struct tg_cmd *c, struct watch *w);
static void watch_row(struct tg_cmd *c, struct watch *w,
    const struct tg_call_row *r);

int
tg_cmd_calls(struct tg_cmd *c)
{
	struct tg_call_filter f = { .state = -1 };
	struct tg_call_row *rows;
	struct tg_call_names names;
	json_t *list;
	size_t n, i;

	if (tg_cmd_app(c) == -1 || tg_call_names_read(c, &names) == -1)
		return TG_EXIT_FAILED;
	if (read_filter(c, &f) == -1)
		return TG_EXIT_USAGE;
	if (tg_cmd_flag(c, "--follow"))
		return follow(c, &f, &names);
	if (tg_call_list(tg_cmd_store(c), c->arena, &f, &rows, &n, &c->err) ==
	    -1)
		return TG_EXIT_FAILED;
	list = json_array();
	/* The newest are asked for, and shown last. */
	for (i = n; i > 0; i--)
		json_array_append_new(list, tg_call_json(&rows[i - 1], &names));
	return tg_cmd_rows(c, list, columns);
}

static int
read_filter(struct tg_cmd *c, struct tg_call_filter *f)
{
	const char *key = tg_cmd_option(c, "--key");
	struct tg_key k;

	f->model = tg_cmd_option(c, "--model");
	f->provider = tg_cmd_option(c, "--provider");
	if (key != NULL && tg_cmd_key_find(c, key, &k) == -1)
		return -1;
	f->key_id = key != NULL ? k.id : 0;
	if (read_status(c, f) == -1 || read_since(c, f) == -1)
		return -1;
	return tg_cmd_number(c, "--limit", 1, 1000000, &f->limit);
}

static int
read_status(struct tg_cmd *c, struct tg_call_filter *f)
{
	static const struct {
		const char *word;
		int status, state;
	} words[] = {
		{ "ok", 2, -1 },
		{ "2xx", 2, -1 },
		{ "4xx", 4, -1 },
		{ "5xx", 5, -1 },
		{ "failed", 0, TG_CALL_FAILED },
		{ "open", 0, TG_CALL_OPEN },
		{ "gone", 0, TG_CALL_GONE },
		{ "lost", 0, TG_CALL_LOST },
	};
	const char *text = tg_cmd_option(c, "--status");
	int64_t n;
	size_t i;

	if (text == NULL)
		return 0;
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(text, words[i].word) == 0) {
			f->status = words[i].status;
			f->state = words[i].state;
			return 0;
		}
	if (!tg_str_i64(tg_str(text), &n) || n < 100 || n > 599)
		return tg_fail(&c->err, TG_E_INVALID,
		    "--status must be an "
		    "HTTP status, 2xx, 4xx, 5xx, ok, failed, open, gone or "
		    "lost, not %s",
		    text);
	f->status = (int)n;
	return 0;
}

static int
read_since(struct tg_cmd *c, struct tg_call_filter *f)
{
	const char *text = tg_cmd_option(c, "--since");
	int64_t s;

	if (text == NULL)
		return 0;
	if (tg_duration_parse(tg_str(text), &s) == 0) {
		f->since_at = tg_wall_us() - s * 1000000;
		return 0;
	}
	if (tg_iso_parse(tg_str(text), &f->since_at) == 0 ||
	    tg_iso_parse(tg_str(tg_arena_printf(c->arena, "%sT00:00:00Z",
			     text)),
		&f->since_at) == 0)
		return 0;
	return tg_fail(&c->err, TG_E_INVALID,
	    "--since must be a time such as "
	    "30m, 2h, 7d, 2026-01-31 or 2026-01-31T12:00:00Z, not %s",
	    text);
}

/*
 * First the newest, then each call when it is over.  Open ones are looked at
 * again by their row number; filters on how a call ended can only be asked
 * of those that have.
 */
static int
follow(struct tg_cmd *c, const struct tg_call_filter *f,
    struct tg_call_names *names)
{
	struct watch w = { .filter = *f, .names = names };
	struct tg_arena *kept = c->arena;
	int rc, sig = 0;

	w.status = f->status;
	w.state = f->state;
	w.filter.status = 0;
	w.filter.state = -1;
	if (!c->json)
		tg_table_line(c->out, NULL, columns, tg_table_width(c->out));
	rc = watch_newest(c, &w);
	tg_signals_block();
	while (rc == 0 && sig != SIGINT && sig != SIGTERM && sig != SIGHUP) {
		c->arena = tg_arena_new(CALL_BYTES);
		rc = watch_round(c, &w);
		tg_arena_free(c->arena);
		if (fflush(c->out) == EOF)
			break;
		sig = tg_signals_wait(FOLLOW_MS);
	}
	c->arena = kept;
	return rc == 0 ? TG_EXIT_GOOD : TG_EXIT_FAILED;
}

static int
watch_newest(struct tg_cmd *c, struct watch *w)
{
	struct tg_call_filter f = w->filter;
	struct tg_call_row *rows;
	size_t n;

	if (f.limit == 0)
		f.limit = 10;
	if (tg_call_list(tg_cmd_store(c), c->arena, &f, &rows, &n, &c->err) ==
	    -1)
		return -1;
	if (n > 0)
		w->last = rows[0].seq;
	for (; n > 0; n--)
		watch_row(c, w, &rows[n - 1]);
	return 0;
}

static int
watch_round(struct tg_cmd *c, struct watch *w)
{
	struct tg_call_filter f = w->filter;
	struct tg_call_row *rows;
	int i, open = w->n_open;
	size_t n, k;

	f.since_at = f.until_at = 0;
	f.oldest_first = true;
	f.limit = 1;
	w->n_open = 0;
	for (i = 0; i < open; i++) {
		f.after_seq = w->open[i] - 1;
		if (tg_call_list(tg_cmd_store(c), c->arena, &f, &rows, &n,
			&c->err) == -1)
			return -1;
		if (n == 1 && rows[0].seq == w->open[i])
			watch_row(c, w, &rows[0]);
	}
	f.after_seq = w->last;
	f.limit = ROUND_ROWS;
	if (tg_call_list(tg_cmd_store(c), c->arena, &f, &rows, &n, &c->err) ==
	    -1)
		return -1;
	for (k = 0; k < n; k++) {
		w->last = rows[k].seq;
		watch_row(c, w, &rows[k]);
	}
	return 0;
}

static void
watch_row(struct tg_cmd *c, struct watch *w, const struct tg_call_row *r)
{
	char *text;
	json_t *j;

	if (r->state == TG_CALL_OPEN && w->n_open < WATCH_OPEN) {
		w->open[w->n_open++] = r->seq;
		return;
	}
	if ((w->state != -1 && (int)r->state != w->state) ||
	    (w->status > 9 && r->status != w->status) ||
	    (w->status > 0 && w->status <= 9 && r->status / 100 != w->status))
		return;
	j = tg_call_json(r, w->names);
	if (c->json) {
		text = tg_jtree_print(j);
		fprintf(c->out, "%s\n", text != NULL ? text : "{}");
		free(text);
	} else
		tg_table_line(c->out, j, columns, tg_table_width(c->out));
	json_decref(j);
}
