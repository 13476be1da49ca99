/*
 * Tables for people.
 */
#include "config.h"

#include "prog/table.h"

#include <inttypes.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/money.h"
#include "base/utf8.h"

#define MAX_COLUMNS 20
#define TABLE_BYTES (64 * 1024 * 1024)
#define GAP 2

struct grid {
	const struct tg_column *columns;
	int n_columns, widths[MAX_COLUMNS];
	struct tg_str *cells;
};

static void grid_begin(struct grid *g);
static void grid_fill(struct grid *g, struct tg_arena *a, size_t at,
    const json_t *row);
static void put_titles(FILE *out, const struct grid *g, int width);
static void put_row(FILE *out, const struct grid *g, const struct tg_str *cells,
    int width);
static struct tg_str cell(struct tg_arena *a, const json_t *row,
    const struct tg_column *column);
static struct tg_str cell_usd(struct tg_arena *a, const json_t *value);
static struct tg_str cell_time(struct tg_arena *a, const json_t *value);
static struct tg_str cell_list(struct tg_arena *a, const json_t *value);
static struct tg_str cell_bytes(struct tg_arena *a, int64_t n);
static struct tg_str harmless(struct tg_arena *a, struct tg_str text);
static bool is_right(enum tg_cell cell);
static void put_cell(FILE *out, struct tg_str text, int width, bool right,
    int *room);
static void put_blanks(FILE *out, int n, int *room);
static int next_char(struct tg_str text, size_t *at, int *columns);
static int text_columns(struct tg_str text);

void
tg_table_rows(FILE *out, const json_t *rows, const struct tg_column *columns,
    int width)
{
	struct tg_arena *a = tg_arena_new(TABLE_BYTES);
	struct grid g = { .columns = columns };
	size_t n = json_array_size(rows), i;

	grid_begin(&g);
	g.cells =
	    tg_arena_zero(a, (n + 1) * (size_t)g.n_columns * sizeof(*g.cells));
	for (i = 0; i < n; i++)
		grid_fill(&g, a, i, json_array_get(rows, i));
	put_titles(out, &g, width);
	for (i = 0; i < n; i++)
		put_row(out, &g, &g.cells[i * (size_t)g.n_columns], width);
	tg_arena_free(a);
}

void
tg_table_line(FILE *out, const json_t *row, const struct tg_column *columns,
    int width)
{
	struct tg_arena *a = tg_arena_new(TABLE_BYTES);
	struct grid g = { .columns = columns };

	grid_begin(&g);
	if (row != NULL) {
		g.cells =
		    tg_arena_zero(a, (size_t)g.n_columns * sizeof(*g.cells));
		grid_fill(&g, a, 0, row);
		put_row(out, &g, g.cells, width);
	} else
		put_titles(out, &g, width);
	tg_arena_free(a);
}

void
tg_table_pairs(FILE *out, const json_t *object, const struct tg_column *columns)
{
	struct tg_arena *a = tg_arena_new(TABLE_BYTES);
	struct tg_str text;
	int c, width = 0;

	for (c = 0; columns[c].title != NULL; c++)
		if (text_columns(tg_str(columns[c].title)) > width)
			width = text_columns(tg_str(columns[c].title));
	for (c = 0; columns[c].title != NULL; c++) {
		text = cell(a, object, &columns[c]);
		if (text.n > 0)
			fprintf(out, "%-*s  %.*s\n", width, columns[c].title,
			    TG_PRI(text));
	}
	tg_arena_free(a);
}

int
tg_table_width(FILE *out)
{
	struct winsize ws;

	if (!isatty(fileno(out)) || ioctl(fileno(out), TIOCGWINSZ, &ws) == -1)
		return 0;
	return ws.ws_col;
}

static void
grid_begin(struct grid *g)
{
	int c, n;

	for (c = 0; g->columns[c].title != NULL && c < MAX_COLUMNS; c++) {
		n = text_columns(tg_str(g->columns[c].title));
		g->widths[c] = n > g->columns[c].width ? n :
							 g->columns[c].width;
	}
	g->n_columns = c;
}

static void
grid_fill(struct grid *g, struct tg_arena *a, size_t at, const json_t *row)
{
	struct tg_str *cells = &g->cells[at * (size_t)g->n_columns];
	int c, n;

	for (c = 0; c < g->n_columns; c++) {
		cells[c] = cell(a, row, &g->columns[c]);
		n = text_columns(cells[c]);
		if (n > g->widths[c])
			g->widths[c] = n;
	}
}

static void
put_titles(FILE *out, const struct grid *g, int width)
{
	struct tg_str titles[MAX_COLUMNS] = { { NULL, 0 } };
	int c;

	for (c = 0; c < g->n_columns; c++)
		titles[c] = tg_str(g->columns[c].title);
	put_row(out, g, titles, width);
}

static void
put_row(FILE *out, const struct grid *g, const struct tg_str *cells, int width)
{
	int room = width > 0 ? width : INT32_MAX, c;
	bool right;

	for (c = 0; c < g->n_columns; c++) {
		right = is_right(g->columns[c].cell);
		if (c > 0)
			put_blanks(out, GAP, &room);
		/* The last one needs no blanks behind it. */
		put_cell(out, cells[c],
		    c == g->n_columns - 1 && !right ? 0 : g->widths[c], right,
		    &room);
	}
	fputc('\n', out);
}

/* All of it, 0.00000137 too. */
static struct tg_str
cell_usd(struct tg_arena *a, const json_t *value)
{
	double nano = json_number_value(value) * 1e9;
	struct tg_str shown = TG_STR_NONE;
	struct tg_buf b;

	tg_buf_init(&b, 64);
	nano += nano < 0 ? -0.5 : 0.5;
	if (nano > -9e18 && nano < 9e18 &&
	    tg_nano_print(&b, (int64_t)nano) == 0)
		shown = tg_str(tg_arena_printf(a, "%.*s", (int)b.n, b.p));
	tg_buf_free(&b);
	return shown;
}

static struct tg_str
cell(struct tg_arena *a, const json_t *row, const struct tg_column *column)
{
	const json_t *value = json_object_get(row, column->member);
	struct tg_str shown;
	char *text;

	if (value == NULL || json_is_null(value))
		return TG_STR_NONE;
	switch (column->cell) {
	case TG_CELL_TIME:
		return cell_time(a, value);
	case TG_CELL_MS:
		return tg_str(tg_arena_printf(a, "%.3f s",
		    json_number_value(value) / 1000));
	case TG_CELL_USD:
		return cell_usd(a, value);
	case TG_CELL_LIST:
		return cell_list(a, value);
	case TG_CELL_BYTES:
		return cell_bytes(a, json_integer_value(value));
	case TG_CELL_TEXT:
	case TG_CELL_NUMBER:
		break;
	}
	if (json_is_string(value))
		return harmless(a,
		    (struct tg_str){ json_string_value(value),
			json_string_length(value) });
	if (json_is_boolean(value))
		return json_is_true(value) ? TG_STR("yes") : TG_STR("no");
	/* What has a fraction is money. */
	if (json_is_real(value))
		return cell_usd(a, value);
	text = json_dumps(value,
	    JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(12));
	if (text == NULL)
		return TG_STR_NONE;
	shown = harmless(a, tg_str(text));
	free(text);
	return shown;
}

static struct tg_str
cell_time(struct tg_arena *a, const json_t *value)
{
	int64_t us;
	time_t t;
	struct tm tm;
	char text[40];

	if (!json_is_string(value) ||
	    tg_iso_parse(tg_str(json_string_value(value)), &us) == -1)
		return TG_STR_NONE;
	t = (time_t)(us / 1000000);
	if (localtime_r(&t, &tm) == NULL ||
	    strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm) == 0)
		return TG_STR_NONE;
	return tg_arena_copy(a, tg_str(text));
}

static struct tg_str
cell_list(struct tg_arena *a, const json_t *value)
{
	const char *text = "";
	size_t i;
	json_t *one;

	if (json_array_size(value) == 0)
		return TG_STR("all");
	json_array_foreach(value, i, one)
		text = tg_arena_printf(a, "%s%s%s", text, i > 0 ? "," : "",
		    json_string_value(one));
	return harmless(a, tg_str(text));
}

static struct tg_str
cell_bytes(struct tg_arena *a, int64_t n)
{
	static const char units[] = "BKMGT";
	double value = (double)n;
	int unit = 0;

	while (value >= 1000 && unit < 4) {
		value /= 1024;
		unit++;
	}
	if (unit == 0)
		return tg_str(tg_arena_printf(a, "%" PRId64 " B", n));
	return tg_str(tg_arena_printf(a, "%.1f %ciB", value, units[unit]));
}

/* Control characters, and what is not UTF-8, as '?'; line ends as blanks. */
static struct tg_str
harmless(struct tg_arena *a, struct tg_str text)
{
	char *copy = tg_arena_alloc(a, text.n + 1);
	size_t i = 0, n = 0, used;

	while (i < text.n) {
		unsigned char byte = (unsigned char)text.p[i];

		used =
		    tg_utf8_one((const unsigned char *)text.p + i, text.n - i);
		if (byte == '\n' || byte == '\t')
			copy[n++] = ' ';
		else if (used == 0 || byte < ' ' || byte == 127 ||
		    (byte == 0xc2 && (unsigned char)text.p[i + 1] < 0xa0))
			copy[n++] = '?';
		else {
			memcpy(copy + n, text.p + i, used);
			n += used;
		}
		i += used > 0 ? used : 1;
	}
	copy[n] = '\0';
	return (struct tg_str){ copy, n };
}

static bool
is_right(enum tg_cell kind)
{
	return kind != TG_CELL_TEXT && kind != TG_CELL_TIME &&
	    kind != TG_CELL_LIST;
}

static void
put_cell(FILE *out, struct tg_str text, int width, bool right, int *room)
{
	int pad = width - text_columns(text), columns, length;
	size_t at = 0;

	if (right)
		put_blanks(out, pad, room);
	while (at < text.n) {
		size_t from = at;

		length = next_char(text, &at, &columns);
		if (columns > *room) {
			*room = 0;
			return;
		}
		*room -= columns;
		fwrite(text.p + from, 1, (size_t)length, out);
	}
	if (!right)
		put_blanks(out, pad, room);
}

static void
put_blanks(FILE *out, int n, int *room)
{
	for (; n > 0 && *room > 0; n--, --*room)
		fputc(' ', out);
}

/* Bytes of the character at *at, which moves on, and its columns. */
static int
next_char(struct tg_str text, size_t *at, int *columns)
{
	const unsigned char *p = (const unsigned char *)text.p + *at;
	unsigned n = tg_utf8_one(p, text.n - *at);

	if (n == 0)
		n = 1;
	*at += n;
	/* East Asian wide forms and most emoji; combining marks are rare. */
	*columns = 1;
	if (n == 4)
		*columns = p[1] >= 0x9f ? 2 : 1;
	else if (n == 3 &&
	    (p[0] == 0xe3 || (p[0] >= 0xe4 && p[0] <= 0xed) ||
		(p[0] == 0xef && p[1] >= 0xbc && p[1] <= 0xbd)))
		*columns = 2;
	return (int)n;
}

static int
text_columns(struct tg_str text)
{
	size_t at = 0;
	int columns, sum = 0;

	while (at < text.n) {
		(void)next_char(text, &at, &columns);
		sum += columns;
	}
	return sum;
}
