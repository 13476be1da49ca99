/*
 * `tollgate ledger': the proof of the books, reports and statements.
 */
#include "config.h"

#include "prog/command.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/money.h"
#include "prog/statement.h"
#include "store/ledger.h"

#define URL_BYTES 8192
#define PAGE_BYTES (64 * 1024 * 1024)
#define MOST_COLUMNS 16

static int ask(struct tg_cmd *c, const char *path,
    const char *const (*params)[2], json_t **answer);
static void flatten(json_t *row);
static int print_csv(struct tg_cmd *c, const json_t *answer, const char *by);

/* --- verify --- */

static const char *
plural(int64_t n)
{
	return n == 1 ? "" : "s";
}

int
tg_cmd_ledger_verify(struct tg_cmd *c)
{
	struct tg_ledger_report r = { 0 };
	json_t *j;
	int rc;

	if (tg_cmd_app(c) == -1)
		return TG_EXIT_FAILED;
	rc = tg_ledger_verify(tg_cmd_store(c), &r, &c->err);
	if (rc == -1)
		return TG_EXIT_FAILED;
	if (rc == 1 && !c->json)
		return tg_cmd_fail(c, "%s (%lld difference%s)", r.first,
		    (long long)r.wrong, plural(r.wrong));
	j = json_pack("{s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:s, s:I}",
	    "agrees", rc == 0, "lines", (json_int_t)r.lines, "calls",
	    (json_int_t)r.calls, "open", (json_int_t)r.open, "accounts",
	    (json_int_t)r.accounts, "balances", (json_int_t)r.balances,
	    "total_nano", (json_int_t)r.total_nano, "head", r.head, "wrong",
	    (json_int_t)r.wrong);
	tg_jtree_set_text(j, "first", rc == 1 ? r.first : NULL);
	json_object_set_new(j, "total", tg_cmd_json_usd(r.total_nano));
	if (rc == 1) {
		(void)tg_cmd_json(c, j);
		return TG_EXIT_FAILED;
	}
	return tg_cmd_said(c, j,
	    "%lld line%s, %lld call%s (%lld open), %lld account%s and %lld "
	    "balance%s agree.\nHead: %s",
	    (long long)r.lines, plural(r.lines), (long long)r.calls,
	    plural(r.calls), (long long)r.open, (long long)r.accounts,
	    plural(r.accounts), (long long)r.balances, plural(r.balances),
	    r.head);
}

/* --- report --- */

/* GET path with the parameters that are there. */
static int
ask(struct tg_cmd *c, const char *path, const char *const (*params)[2],
    json_t **answer)
{
	struct tg_buf url;
	char sign = '?';
	int rc = -1;

	tg_buf_init(&url, URL_BYTES);
	(void)tg_buf_addc(&url, path);
	for (; (*params)[0] != NULL; params++) {
		if ((*params)[1] == NULL)
			continue;
		(void)tg_buf_printf(&url, "%c%s=", sign, (*params)[0]);
		(void)tg_url_encode(&url, tg_str((*params)[1]));
		sign = '&';
	}
	if (url.failed)
		tg_fail(&c->err, TG_E_INVALID, "the arguments are too long");
	else
		rc = tg_cmd_call(c, "GET", url.p, NULL, answer);
	tg_buf_free(&url);
	return rc;
}

static const struct {
	const char *by, *title;
	enum tg_cell cell;
} dims[] = {
	{ "day", "DAY", TG_CELL_TEXT },
	{ "key", "KEY", TG_CELL_TEXT },
	{ "person", "PERSON", TG_CELL_TEXT },
	{ "team", "TEAM", TG_CELL_TEXT },
	{ "project", "PROJECT", TG_CELL_TEXT },
	{ "organization", "ORGANIZATION", TG_CELL_TEXT },
	{ "model", "MODEL", TG_CELL_TEXT },
	{ "deployment", "DEPLOYMENT", TG_CELL_TEXT },
	{ "provider", "PROVIDER", TG_CELL_TEXT },
	{ "route", "ROUTE", TG_CELL_TEXT },
	{ "customer", "CUSTOMER", TG_CELL_TEXT },
	{ "tag", "TAG", TG_CELL_TEXT },
};
static const struct tg_column figures[] = {
	{ "CALLS", "calls", TG_CELL_NUMBER, 5 },
	{ "FAILED", "failed", TG_CELL_NUMBER, 6 },
	{ "UNPRICED", "unpriced", TG_CELL_NUMBER, 8 },
	{ "INPUT", "all_input_tokens", TG_CELL_NUMBER, 8 },
	{ "OUTPUT", "all_output_tokens", TG_CELL_NUMBER, 8 },
	{ "USD", "spend_text", TG_CELL_NUMBER, 9 },
	{ NULL, NULL, 0, 0 },
};

/* What it is by, in the order asked for, then the figures. */
static void
make_columns(const char *by, struct tg_column *columns)
{
	struct tg_str rest = tg_str(by), one;
	int n = 0;

	while (tg_str_cut(&rest, ',', &one))
		for (size_t i = 0; i < sizeof(dims) / sizeof(dims[0]); i++)
			if (tg_str_is(tg_str_trim(one), dims[i].by) &&
			    n < MOST_COLUMNS - 8)
				columns[n++] = (struct tg_column){
					dims[i].title, dims[i].by,
					dims[i].cell, 8
				};
	memcpy(columns + n, figures, sizeof(figures));
}

/* Sums of the classes, and the amount to its last digit. */
static void
flatten(json_t *row)
{
	struct tg_buf usd;

	json_object_set_new(row, "all_input_tokens",
	    json_integer(tg_statement_input(row)));
	json_object_set_new(row, "all_output_tokens",
	    json_integer(tg_statement_output(row)));
	tg_buf_init(&usd, 64);
	(void)tg_nano_print(&usd,
	    json_integer_value(json_object_get(row, "spend_nano")));
	tg_jtree_set_text(row, "spend_text", usd.p);
	tg_buf_free(&usd);
}

static int
draw(struct tg_cmd *c, const char *by, json_t *answer)
{
	struct tg_column columns[MOST_COLUMNS];
	json_t *rows = json_object_get(answer, "rows"), *row;
	json_t *total = json_object_get(answer, "total");
	size_t i;

	json_array_foreach(rows, i, row)
		flatten(row);
	flatten(total);
	make_columns(by, columns);
	tg_table_rows(c->out, rows, columns, tg_table_width(c->out));
	fprintf(c->out,
	    "\n%s to %s (%s): %lld calls, %lld tokens in, %lld out, %s USD\n",
	    json_string_value(json_object_get(answer, "from")),
	    json_string_value(json_object_get(answer, "to")),
	    json_string_value(json_object_get(answer, "zone")),
	    (long long)json_integer_value(json_object_get(total, "calls")),
	    (long long)tg_statement_input(total),
	    (long long)tg_statement_output(total),
	    json_string_value(json_object_get(total, "spend_text")));
	return TG_EXIT_GOOD;
}

int
tg_cmd_ledger_report(struct tg_cmd *c)
{
	const char *by = tg_cmd_option(c, "--by");
	const char *const params[][2] = {
		{ "by", by },
		{ "start_date", tg_cmd_option(c, "--from") },
		{ "end_date", tg_cmd_option(c, "--to") },
		{ "key", tg_cmd_option(c, "--key") },
		{ "person", tg_cmd_option(c, "--person") },
		{ "team", tg_cmd_option(c, "--team") },
		{ "customer", tg_cmd_option(c, "--customer") },
		{ "tag", tg_cmd_option(c, "--tag") },
		{ "model", tg_cmd_option(c, "--model") },
		{ "provider", tg_cmd_option(c, "--provider") },
		{ NULL, NULL },
	};
	json_t *answer;
	int rc;

	if (params[1][1] == NULL && params[2][1] != NULL)
		return tg_cmd_usage(c, "--to needs --from; without both it "
				       "is the last 30 days");
	if (ask(c, "/api/v1/report", params, &answer) == -1)
		return TG_EXIT_FAILED;
	if (c->json)
		return tg_cmd_json(c, answer);
	by = by != NULL ? by : "day";
	rc = tg_cmd_flag(c, "--csv") ? print_csv(c, answer, by) :
				       draw(c, by, answer);
	json_decref(answer);
	return rc;
}

/* --- CSV (RFC 4180) --- */

/* Names are foreign: a spreadsheet must not take one for a formula. */
static bool
is_formula(const char *text)
{
	if (*text == '-')
		return text[1] < '0' || text[1] > '9';
	return *text != '\0' && strchr("=+@\t", *text) != NULL;
}

static void
put_csv(FILE *out, const json_t *value, bool first)
{
	const char *text = json_string_value(value);

	if (!first)
		fputc(',', out);
	if (json_is_integer(value))
		fprintf(out, "%lld", (long long)json_integer_value(value));
	if (text == NULL)
		return;
	if (strpbrk(text, ",\"\r\n") == NULL) {
		fprintf(out, "%s%s", is_formula(text) ? "'" : "", text);
		return;
	}
	fputs(is_formula(text) ? "\"'" : "\"", out);
	for (; *text != '\0'; text++) {
		if (*text == '"')
			fputc('"', out);
		fputc(*text, out);
	}
	fputc('"', out);
}

static int
print_csv(struct tg_cmd *c, const json_t *answer, const char *by)
{
	struct tg_column columns[MOST_COLUMNS];
	json_t *rows = json_object_get(answer, "rows"), *row, *tokens, *v;
	const char *name;
	size_t i;
	int k;

	make_columns(by, columns);
	for (k = 0; strcmp(columns[k].member, "all_input_tokens") != 0; k++)
		fprintf(c->out, "%s%s", k > 0 ? "," : "", columns[k].member);
	tokens = json_object_get(json_object_get(answer, "total"), "tokens");
	json_object_foreach(tokens, name, v)
		fprintf(c->out, ",%s_tokens", name);
	fputs(",reasoning_tokens,spend_usd\r\n", c->out);
	json_array_foreach(rows, i, row) {
		flatten(row);
		for (k = 0;
		     strcmp(columns[k].member, "all_input_tokens") != 0; k++)
			put_csv(c->out,
			    json_object_get(row, columns[k].member), k == 0);
		tokens = json_object_get(row, "tokens");
		json_object_foreach(tokens, name, v)
			put_csv(c->out, v, false);
		put_csv(c->out, json_object_get(row, "reasoning_tokens"),
		    false);
		put_csv(c->out, json_object_get(row, "spend_text"), false);
		fputs("\r\n", c->out);
	}
	return TG_EXIT_GOOD;
}

/* --- statement --- */

static int
write_file(struct tg_cmd *c, const char *path, struct tg_str page)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	size_t done = 0;
	ssize_t n = 0;

	while (fd != -1 && done < page.n) {
		n = write(fd, page.p + done, page.n - done);
		if (n == -1 && errno != EINTR)
			break;
		done += n > 0 ? (size_t)n : 0;
	}
	if (fd == -1 || n == -1 || close(fd) == -1)
		return tg_cmd_fail(
		    c, "cannot write %s: %s", path, strerror(errno));
	return tg_cmd_said(c, json_pack("{s:s}", "file", path), "%s", path);
}

static int
print_html(struct tg_cmd *c, const char *path, const json_t *answer)
{
	struct tg_buf page;
	int rc;

	tg_buf_init(&page, PAGE_BYTES);
	if (tg_statement_html(&page, answer) == -1)
		rc = tg_cmd_fail(c, "the statement is too long for a page");
	else if (strcmp(path, "-") == 0) {
		fwrite(page.p, 1, page.n, c->out);
		rc = TG_EXIT_GOOD;
	} else
		rc = write_file(c, path, tg_buf_str(&page));
	tg_buf_free(&page);
	return rc;
}

int
tg_cmd_ledger_statement(struct tg_cmd *c)
{
	const char *html = tg_cmd_option(c, "--html");
	const char *const params[][2] = {
		{ "key", tg_cmd_option(c, "--key") },
		{ "team", tg_cmd_option(c, "--team") },
		{ "person", tg_cmd_option(c, "--person") },
		{ "customer", tg_cmd_option(c, "--customer") },
		{ "month", tg_cmd_option(c, "--month") },
		{ NULL, NULL },
	};
	json_t *answer;
	int rc, given = 0;

	for (int i = 0; i < 4; i++)
		given += params[i][1] != NULL;
	if (given != 1)
		return tg_cmd_usage(c, "give one of --key, --team, --person "
				       "and --customer");
	if (ask(c, "/api/v1/statement", params, &answer) == -1)
		return TG_EXIT_FAILED;
	if (html == NULL && c->json)
		return tg_cmd_json(c, answer);
	rc = html != NULL ? print_html(c, html, answer) :
			    draw(c, "day,model", answer);
	json_decref(answer);
	return rc;
}
