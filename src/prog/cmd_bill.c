/*
 * `tollgate call ID --bill': what each attempt of a call cost, line by line.
 */
#include "config.h"

#include "prog/command.h"

static const struct tg_column columns[] = {
	{ "WHAT", "what", TG_CELL_TEXT, 14 },
	{ "TOKENS", "tokens", TG_CELL_NUMBER, 8 },
	{ "USD EACH", "price", TG_CELL_TEXT, 14 },
	{ "PRICE ROW", "price_row", TG_CELL_NUMBER, 9 },
	{ "USD", "amount", TG_CELL_TEXT, 0 },
	{ NULL, NULL, 0, 0 },
};

/* To the last digit, not as a table rounds. */
static void
spell_out(json_t *line, const char *name)
{
	const json_t *v = json_object_get(line, name);
	char text[64];
	size_t n;

	if (!json_is_number(v))
		return;
	n = (size_t)snprintf(
	    text, sizeof(text), "%.12f", json_number_value(v));
	while (n > 0 && text[n - 1] == '0')
		text[--n] = '\0';
	if (n > 0 && text[n - 1] == '.')
		text[--n] = '\0';
	(void)json_object_set_new(line, name, json_string(text));
}

static void
draw_attempt(struct tg_cmd *c, const json_t *attempt)
{
	const json_t *bill = json_object_get(attempt, "bill");
	json_t *lines = json_object_get(bill, "lines"), *line;
	const char *note = json_string_value(json_object_get(bill, "note"));
	const char *tier = json_string_value(json_object_get(bill, "tier"));
	const char *provider =
	    json_string_value(json_object_get(attempt, "provider"));
	size_t i;

	fprintf(c->out, "Attempt %lld, %s, %s%s%s%s%s\n",
	    (long long)json_integer_value(
		json_object_get(attempt, "attempt")),
	    json_string_value(json_object_get(attempt, "state")),
	    json_string_value(json_object_get(attempt, "model")),
	    provider != NULL ? " by " : "", provider != NULL ? provider : "",
	    tier != NULL ? ", tier " : "", tier != NULL ? tier : "");
	json_array_foreach(lines, i, line) {
		spell_out(line, "price");
		spell_out(line, "amount");
	}
	if (json_array_size(lines) > 0)
		tg_table_rows(
		    c->out, lines, columns, tg_table_width(c->out));
	if (note != NULL)
		fprintf(c->out, "%s\n", note);
}

int
tg_cmd_bill(struct tg_cmd *c, const char *id)
{
	json_t *answer, *attempt;
	size_t i;

	if (tg_cmd_call(c, "GET",
		tg_arena_printf(c->arena, "/api/v1/calls/%s", id), NULL,
		&answer) == -1)
		return TG_EXIT_FAILED;
	if (c->json)
		return tg_cmd_json(c, answer);
	json_array_foreach(json_object_get(answer, "attempts"), i, attempt)
		draw_attempt(c, attempt);
	spell_out(answer, "cost");
	fprintf(c->out, "Total: %s USD\n",
	    json_string_value(json_object_get(answer, "cost")));
	json_decref(answer);
	return TG_EXIT_GOOD;
}
