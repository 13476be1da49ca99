/*
 * Money and limits as groups of a form.  What a form does not know (members
 * that scripts have set in a list's entries) goes through it unchanged.
 */
#include "config.h"

#include "web/admin/money_form.h"

#include "store/budgets.h"

#define BUDGETS_MOST 200

/* clang-format off */
const struct tg_sheet_choice tg_money_periods[] = {
	{ "", N_("in all, it never comes back") },
	{ "hour", N_("each hour") },
	{ "day", N_("each day") },
	{ "week", N_("each week") },
	{ "month", N_("each month") },
	{ "3mo", N_("each quarter") },
	{ "year", N_("each year") },
	{ NULL, NULL },
};
static const struct tg_sheet_choice at_budget[] = {
	{ "", N_("Not set: refuse calls") },
	{ "block", N_("Refuse calls") },
	{ "warn", N_("Let calls through and tell") },
	{ "switch", N_("Go to another model") },
	{ NULL, NULL },
};
static const struct tg_sheet_choice over_budget[] = {
	{ "", N_("Not set: shorten the answer to what is left") },
	{ "clamp", N_("Shorten the answer to what is left") },
	{ "refuse", N_("Refuse the call") },
	{ NULL, NULL },
};
static const struct tg_sheet_choice unpriced[] = {
	{ "", N_("Not set: refuse the call") },
	{ "block", N_("Refuse the call") },
	{ "ceiling", N_("Count it at the highest price") },
	{ "allow", N_("Let it through, uncounted") },
	{ NULL, NULL },
};
static const struct tg_sheet_choice units[] = {
	{ "requests", N_("requests") },
	{ "tokens", N_("tokens") },
	{ "input", N_("input tokens") },
	{ "output", N_("output tokens") },
	{ "parallel", N_("calls at once") },
	{ NULL, NULL },
};

static const struct tg_sheet_field budget_fields[] = {
	{ .name = "max_budget", .type = TG_SHEET_MONEY,
	  .title = N_("Budget in USD"),
	  .help = N_("Never more than this is spent. Empty: no budget.") },
	{ .name = "budget_duration", .type = TG_SHEET_CHOICE,
	  .title = N_("It comes back"), .choices = tg_money_periods },
	{ .name = "soft_budget", .type = TG_SHEET_MONEY,
	  .title = N_("Tell when this much is spent, in USD"),
	  .help = N_("An alert is sent; calls go on.") },
	{ .name = NULL },
};
static const struct tg_sheet_field shared_fields[] = {
	{ .name = "budget_id", .type = TG_SHEET_CHOICE,
	  .title = N_("Shared budget"), .flags = TG_SHEET_ADMIN,
	  .help = N_("Its amounts and limits apply where nothing is set "
		  "here. Everybody spends for themselves.") },
	{ .name = NULL },
};
static const struct tg_sheet_field windows[] = {
	{ .name = "max_budget", .type = TG_SHEET_MONEY,
	  .title = N_("USD") },
	{ .name = "budget_duration", .type = TG_SHEET_TEXT,
	  .title = N_("In each"), .list = "spans" },
	{ .name = NULL },
};
static const struct tg_sheet_field manner_fields[] = {
	{ .name = "at_budget", .type = TG_SHEET_CHOICE,
	  .title = N_("When the budget is spent"), .choices = at_budget,
	  .flags = TG_SHEET_ADMIN },
	{ .name = "switch_model", .type = TG_SHEET_TEXT,
	  .title = N_("The other model"), .list = "models",
	  .flags = TG_SHEET_ADMIN },
	{ .name = "switch_percent", .type = TG_SHEET_COUNT,
	  .title = N_("Go to it from so many percent on"),
	  .flags = TG_SHEET_ADMIN },
	{ .name = "over_budget", .type = TG_SHEET_CHOICE,
	  .title = N_("When a call may cost more than is left"),
	  .choices = over_budget, .flags = TG_SHEET_ADMIN },
	{ .name = "unpriced", .type = TG_SHEET_CHOICE,
	  .title = N_("When a model has no price"), .choices = unpriced,
	  .flags = TG_SHEET_ADMIN },
	{ .name = "budget_thresholds", .type = TG_SHEET_NUMBERS,
	  .title = N_("Tell at these percentages"),
	  .help = N_("Such as 50, 80, 95, 100.") },
	{ .name = "temp_budget_increase", .type = TG_SHEET_MONEY,
	  .title = N_("More for a while, in USD"), .flags = TG_SHEET_ADMIN },
	{ .name = "temp_budget_expiry", .type = TG_SHEET_TEXT,
	  .title = N_("Until"), .flags = TG_SHEET_ADMIN,
	  .help = N_("A date such as 2027-01-31, or a time from now such as "
		  "10d.") },
	{ .name = "budget_timezone", .type = TG_SHEET_TEXT,
	  .title = N_("Time zone of its calendar"), .flags = TG_SHEET_ADMIN,
	  .help = N_("Such as Europe/Paris. Empty: the house's.") },
	{ .name = "budget_anchor", .type = TG_SHEET_TEXT,
	  .title = N_("It begins on"), .flags = TG_SHEET_ADMIN,
	  .help = N_("A day of the month, of the week (1 is Monday) or of "
		  "the year, or a date. Empty: the first.") },
	{ .name = "budget_limits", .type = TG_SHEET_ROWS,
	  .title = N_("More budgets at the same time"),
	  .help = N_("All of them hold. In each: hour, day, week, month, "
		  "year, 14d, 6h and the like."),
	  .columns = windows, .flags = TG_SHEET_ADMIN },
	{ .name = NULL },
};
static const struct tg_sheet_field rate_fields[] = {
	{ .name = "rpm_limit", .type = TG_SHEET_COUNT,
	  .title = N_("Requests a minute") },
	{ .name = "tpm_limit", .type = TG_SHEET_COUNT,
	  .title = N_("Tokens a minute") },
	{ .name = "max_parallel_requests", .type = TG_SHEET_COUNT,
	  .title = N_("Calls at once") },
	{ .name = NULL },
};
static const struct tg_sheet_field limits[] = {
	{ .name = "max", .type = TG_SHEET_COUNT, .title = N_("At most") },
	{ .name = "unit", .type = TG_SHEET_CHOICE, .title = N_("Of"),
	  .choices = units },
	{ .name = "per", .type = TG_SHEET_TEXT, .title = N_("In any"),
	  .list = "spans" },
	{ .name = "queue", .type = TG_SHEET_COUNT,
	  .title = N_("Wait so many seconds") },
	{ .name = NULL },
};
static const struct tg_sheet_field window_fields[] = {
	{ .name = "itpm_limit", .type = TG_SHEET_COUNT,
	  .title = N_("Input tokens a minute") },
	{ .name = "otpm_limit", .type = TG_SHEET_COUNT,
	  .title = N_("Output tokens a minute") },
	{ .name = "queue", .type = TG_SHEET_COUNT,
	  .title = N_("Wait for a place, seconds"), .flags = TG_SHEET_ADMIN,
	  .help = N_("A call over a limit waits so long before it is "
		  "refused. Empty: not at all.") },
	{ .name = "limits", .type = TG_SHEET_ROWS,
	  .title = N_("Limits in any window"),
	  .help = N_("In any: second, minute, hour, day, week, 90s, 12h and "
		  "the like."),
	  .columns = limits, .flags = TG_SHEET_ADMIN },
	{ .name = NULL },
};
static const struct tg_sheet_field models[] = {
	{ .name = "model", .type = TG_SHEET_TEXT, .title = N_("Model"),
	  .list = "models" },
	{ .name = "max_budget", .type = TG_SHEET_MONEY,
	  .title = N_("USD") },
	{ .name = "budget_duration", .type = TG_SHEET_TEXT,
	  .title = N_("In each"), .list = "spans" },
	{ .name = "rpm_limit", .type = TG_SHEET_COUNT,
	  .title = N_("Requests a minute") },
	{ .name = "tpm_limit", .type = TG_SHEET_COUNT,
	  .title = N_("Tokens a minute") },
	{ .name = NULL },
};
static const struct tg_sheet_field model_fields[] = {
	{ .name = "by_model", .type = TG_SHEET_ROWS,
	  .title = N_("By model"), .columns = models,
	  .help = N_("A name may hold *: claude-*."),
	  .flags = TG_SHEET_ADMIN },
	{ .name = NULL },
};

static const struct tg_sheet_group budget_group = {
	.title = N_("Budget"), .fields = budget_fields };
static const struct tg_sheet_group shared_group = {
	.title = N_("Shared budget"), .fields = shared_fields,
	.flags = TG_SHEET_FOLDED };
static const struct tg_sheet_group manner_group = {
	.title = N_("At the budget's end"), .fields = manner_fields,
	.flags = TG_SHEET_FOLDED };
static const struct tg_sheet_group rate_group = {
	.title = N_("Limits"), .fields = rate_fields,
	.help = N_("In any 60 seconds, over all processes. Empty: no "
		"limit.") };
static const struct tg_sheet_group window_group = {
	.title = N_("More limits"), .fields = window_fields,
	.flags = TG_SHEET_FOLDED };
static const struct tg_sheet_group model_group = {
	.title = N_("Budgets and limits by model"), .fields = model_fields,
	.flags = TG_SHEET_FOLDED };
/* clang-format on */

/* --- by model: three objects of the API are one list here --- */

static json_t *
line_of(json_t *list, const char *model)
{
	json_t *one;
	size_t i;

	json_array_foreach(list, i, one) {
		if (strcmp(json_string_value(json_object_get(one, "model")),
			model) == 0)
			return one;
	}
	one = json_pack("{s:s}", "model", model);
	(void)json_array_append_new(list, one);
	return one;
}

static void
rename_member(json_t *o, const char *from, const char *to)
{
	json_t *v = json_object_get(o, from);

	if (v == NULL)
		return;
	if (json_object_get(o, to) == NULL)
		(void)json_object_set(o, to, v);
	(void)json_object_del(o, from);
}

static void
add_rates(json_t *list, const json_t *rates, const char *member)
{
	const char *model;
	json_t *v;

	json_object_foreach((json_t *)rates, model, v) {
		if (!json_is_null(v))
			(void)json_object_set(
			    line_of(list, model), member, v);
	}
}

static json_t *
lines_of(const json_t *settings)
{
	json_t *list = json_array(), *v, *line;
	const char *model;

	json_object_foreach(
	    json_object_get(settings, "model_max_budget"), model, v) {
		line = line_of(list, model);
		if (json_is_object(v))
			(void)json_object_update(line, v);
		else if (!json_is_null(v))
			(void)json_object_set(line, "max_budget", v);
		rename_member(line, "budget_limit", "max_budget");
		rename_member(line, "time_period", "budget_duration");
		(void)json_object_set_new(line, "model", json_string(model));
	}
	add_rates(list, json_object_get(settings, "model_rpm_limit"),
	    "rpm_limit");
	add_rates(list, json_object_get(settings, "model_tpm_limit"),
	    "tpm_limit");
	return list;
}

static void
take_rate(json_t *line, const char *member, json_t *rates, const char *model)
{
	json_t *v = json_object_get(line, member);

	if (v == NULL)
		return;
	(void)json_object_set(rates, model, v);
	(void)json_object_del(line, member);
}

static void
put_object(json_t *body, const char *name, json_t *o, bool fresh)
{
	if (json_object_size(o) > 0)
		(void)json_object_set(body, name, o);
	else if (!fresh)
		(void)json_object_set_new(body, name, json_null());
	json_decref(o);
}

static void
lines_to_body(json_t *body, bool fresh)
{
	json_t *list = json_object_get(body, "by_model"), *line;
	json_t *money = json_object(), *rpm = json_object();
	json_t *tpm = json_object();
	size_t i;

	if (list == NULL && fresh) {
		json_decref(money);
		json_decref(rpm);
		json_decref(tpm);
		return;
	}
	json_array_foreach(list, i, line) {
		const char *model =
		    json_string_value(json_object_get(line, "model"));
		if (model == NULL)
			continue;
		take_rate(line, "rpm_limit", rpm, model);
		take_rate(line, "tpm_limit", tpm, model);
		if (json_object_size(line) > 1)
			(void)json_object_set(money, model, line);
	}
	json_array_foreach(list, i, line)
		(void)json_object_del(line, "model");
	put_object(body, "model_max_budget", money, fresh);
	put_object(body, "model_rpm_limit", rpm, fresh);
	put_object(body, "model_tpm_limit", tpm, fresh);
	(void)json_object_del(body, "by_model");
}

/* --- drawing --- */

static int
list_budgets(struct tg_manage *m, struct tg_sheet *f)
{
	struct tg_budget_page page = { .limit = BUDGETS_MOST };

	if (tg_budget_page(m->db, m->a, &page, m->e) != 0)
		return -1;
	tg_sheet_option(f, "budget_id", "",
	    tg_page_words(f->p, N_("None")));
	for (size_t i = 0; i < page.n; i++)
		tg_sheet_option(f, "budget_id", page.rows[i].name,
		    page.rows[i].name);
	return 0;
}

static void
list_names(struct tg_sheet *f)
{
	const struct tg_catalog *c = f->p->w->catalog;
	json_t *names = json_array();
	const char *last = "";

	for (size_t i = 0; c != NULL && i < c->n_deployments; i++) {
		const char *model = c->deployments[i].model;
		if ((f->admin || c->deployments[i].team == NULL) &&
		    strcmp(model, last) != 0 && json_array_size(names) < 200)
			(void)json_array_append_new(
			    names, json_string(model));
		last = model;
	}
	tg_sheet_list(f, "models", names);
	tg_sheet_list(f, "spans",
	    json_pack("[s, s, s, s, s, s]", "minute", "hour", "day", "week",
		"month", "year"));
}

int
tg_money_form_draw(struct tg_manage *m, struct tg_sheet *f,
    const json_t *settings, const char *budget, unsigned which)
{
	json_t *all = json_is_object(settings) ?
	    json_copy((json_t *)settings) :
	    json_object();

	(void)tg_manage_keep(m, all);
	tg_jtree_set_text(all, "budget_id", budget);
	(void)json_object_set_new(all, "by_model", lines_of(all));
	list_names(f);
	tg_sheet_draw(f, &budget_group, all);
	tg_sheet_draw(f, &rate_group, all);
	tg_sheet_draw(f, &manner_group, all);
	tg_sheet_draw(f, &window_group, all);
	if ((which & TG_MONEY_MODELS) != 0)
		tg_sheet_draw(f, &model_group, all);
	if ((which & TG_MONEY_SHARED) == 0 || !f->admin)
		return 0;
	if (list_budgets(m, f) != 0)
		return -1;
	tg_sheet_draw(f, &shared_group, all);
	return 0;
}

int
tg_money_form_read(
    struct tg_page *p, unsigned which, bool fresh, json_t *body)
{
	if (tg_sheet_read(p, &budget_group, fresh, body) != 0 ||
	    tg_sheet_read(p, &rate_group, fresh, body) != 0 ||
	    tg_sheet_read(p, &manner_group, fresh, body) != 0 ||
	    tg_sheet_read(p, &window_group, fresh, body) != 0)
		return -1;
	if ((which & TG_MONEY_SHARED) != 0 &&
	    tg_sheet_read(p, &shared_group, fresh, body) != 0)
		return -1;
	if ((which & TG_MONEY_MODELS) == 0 ||
	    tg_sheet_read(p, &model_group, fresh, body) != 0)
		return (which & TG_MONEY_MODELS) == 0 ? 0 : -1;
	if (fresh || json_object_get(body, "by_model") != NULL)
		lines_to_body(body, fresh);
	return 0;
}
