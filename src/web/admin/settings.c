/*
 * /admin/settings: what tollgate.ini says and what it leaves open; of that,
 * what a page may change: how long calls are kept, how much of them, and the
 * budget of the whole house.
 */
#include "config.h"

#include "base/money.h"
#include "store/keeping.h"
#include "store/setup.h"
#include "web/admin/admin.h"
#include "web/manage/credential.h"
#include "web/manage/rights.h"

#define TABLE "LiteLLM_Config"
#define DAY_S 86400
#define MEGABYTE 1000000

static int64_t
megabytes_of(int64_t bytes)
{
	return (bytes + MEGABYTE - 1) / MEGABYTE;
}

/* --- what is shown --- */

static json_t *
setting_row(const struct tg_web_setting *s)
{
	json_t *row = json_object();

	tg_jtree_set_text(row, "key", s->key);
	tg_jtree_set_text(row, "value", s->value);
	tg_jtree_set_text(row, "default", s->dflt);
	tg_jtree_set_text(row, "help", s->help);
	(void)json_object_set_new(row, "given", json_boolean(s->given));
	return row;
}

/* In the order of the file, a group for each section. */
static json_t *
setting_groups(const struct tg_web_conf *conf)
{
	json_t *groups = json_array(), *rows = NULL;
	const char *section = "";

	for (size_t i = 0; i < conf->n_settings; i++) {
		const struct tg_web_setting *s = &conf->settings[i];

		if (rows == NULL || strcmp(section, s->section) != 0) {
			rows = json_array();
			section = s->section;
			(void)json_array_append_new(groups,
			    json_pack("{s:s, s:o}", "section", section,
				"rows", rows));
		}
		(void)json_array_append_new(rows, setting_row(s));
	}
	return groups;
}

static void
set_keeping(struct tg_page *p, const struct tg_keeping *k)
{
	const struct tg_web_conf *web = tg_app_web(p->w->app);
	const struct tg_gate_conf *gate =
	    tg_gate_settings(tg_app_gate(p->w->app));
	enum tg_log_mode log = gate->log_fixed || k->log == TG_LOG_UNSET ?
	    gate->log :
	    k->log;
	struct tg_body_caps caps;
	json_t *j = json_object();

	tg_app_caps(p->w->app, k, &caps);
	(void)json_object_set_new(
	    j, "max_age_days", json_integer(caps.max_age_s / DAY_S));
	(void)json_object_set_new(
	    j, "max_rows", json_integer(caps.max_rows));
	(void)json_object_set_new(
	    j, "max_bytes", json_integer(caps.max_bytes));
	(void)json_object_set_new(j, "max_megabytes",
	    json_integer(megabytes_of(caps.max_bytes)));
	(void)json_object_set_new(j, "fixed_age", json_boolean(web->fixed_age));
	(void)json_object_set_new(
	    j, "fixed_rows", json_boolean(web->fixed_rows));
	(void)json_object_set_new(
	    j, "fixed_bytes", json_boolean(web->fixed_bytes));
	(void)json_object_set_new(
	    j, "fixed_log", json_boolean(gate->log_fixed));
	(void)json_object_set_new(j, "full", json_boolean(log == TG_LOG_FULL));
	(void)json_object_set_new(
	    j, "numbers", json_boolean(log == TG_LOG_NUMBERS));
	(void)json_object_set_new(j, "none", json_boolean(log == TG_LOG_NONE));
	tg_page_set(p, "keeping", j);
}

/* The house's own, if the file does not say it. */
static int
set_house(struct tg_manage *m, struct tg_page *p)
{
	const struct tg_section *s =
	    &tg_gate_settings(tg_app_gate(p->w->app))->house.promises;
	const char *budget = NULL, *span = NULL;
	bool fixed = false;

	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->settings[i].key, "max_budget") == 0 ||
		    strcmp(s->settings[i].key, "budget_duration") == 0)
			fixed = true;
	if (tg_config_get(m->db, m->a, "max_budget", &budget, m->e) < 0 ||
	    tg_config_get(m->db, m->a, "budget_duration", &span, m->e) < 0)
		return -1;
	tg_page_set_true(p, "house_fixed", fixed);
	tg_page_set_text(p, "house_budget", budget);
	if (span != NULL)
		tg_page_set_text(p, "house_span",
		    json_string_value(tg_manage_json(m, span)));
	return 0;
}

static int
fill(struct tg_manage *m, struct tg_page *p)
{
	const struct tg_web_conf *conf = tg_app_web(p->w->app);
	struct tg_keeping k;

	if (tg_keeping_get(m->db, &k, m->e) != 0 || set_house(m, p) != 0)
		return -1;
	set_keeping(p, &k);
	tg_page_set_text(p, "file", conf->file);
	tg_page_set(p, "groups", setting_groups(conf));
	return 0;
}

/* log.db is another file: foreseen outside of the transaction. */
static int
set_foresight(
    struct tg_page *p, const char *name, const struct tg_body_caps *caps)
{
	struct tg_foresight f;
	json_t *j;

	if (tg_keeping_foresee(tg_app_store(p->w->app), caps, &f,
		&p->w->rq->err) != 0)
		return -1;
	j = json_pack("{s:I, s:I, s:I, s:I, s:I, s:I}", "rows",
	    (json_int_t)f.rows, "bytes", (json_int_t)f.bytes, "oldest_at",
	    (json_int_t)f.oldest_at, "gone_rows", (json_int_t)f.gone_rows,
	    "gone_bytes", (json_int_t)f.gone_bytes, "kept_from",
	    (json_int_t)f.kept_from);
	tg_page_set(p, name, j);
	return 0;
}

static int
show(struct tg_web *w)
{
	static const struct tg_body_caps none = { 0 };
	struct tg_page *p = tg_page_open(w, "settings", N_("Settings"));

	if (tg_page_read(p, fill) == 0 && set_foresight(p, "log", &none) == 0)
		return tg_page_send(p);
	tg_page_close(p);
	return -1;
}

/* --- how long calls are kept --- */

/* A whole number from a form; -1: not sent. */
static int
read_number(struct tg_page *p, const char *name, int64_t most, int64_t *n)
{
	const char *text = tg_page_field(p, name);

	*n = -1;
	if (text == NULL ||
	    (tg_str_i64(tg_str_trim(tg_str(text)), n) && *n >= 0 &&
		*n <= most))
		return 0;
	return tg_fail_param(&p->w->rq->err, TG_E_INVALID, name,
	    N_("That must be a whole number; 0 is no limit."));
}

/* Sizes are typed in MB. */
static int
read_keeping(struct tg_page *p, struct tg_keeping *k)
{
	const char *log = tg_page_field(p, "default");
	int64_t megabytes;

	*k = (struct tg_keeping){ .log = TG_LOG_UNSET };
	if (read_number(p, "max_age_days", 36500, &k->max_age_days) != 0 ||
	    read_number(p, "max_rows", INT64_C(1) << 50, &k->max_rows) != 0 ||
	    read_number(p, "max_megabytes", INT64_C(1) << 32, &megabytes) !=
		0)
		return -1;
	k->max_bytes = megabytes < 0 ? -1 : megabytes * MEGABYTE;
	if (log != NULL && tg_log_mode_parse(tg_str(log), &k->log) != 0)
		return tg_fail_param(&p->w->rq->err, TG_E_INVALID, "default",
		    N_("Keep full, numbers or none."));
	return 0;
}

struct set {
	struct tg_keeping k;
	struct tg_page *p;
};

static json_t *
as_json(const struct tg_keeping *k)
{
	const char *log = tg_log_mode_name(k->log);

	return json_pack("{s:I, s:I, s:I, s:s?}", "max_age_days",
	    (json_int_t)k->max_age_days, "max_rows", (json_int_t)k->max_rows,
	    "max_bytes", (json_int_t)k->max_bytes, "default", log);
}

/* What the form did not hold, or showed like this, stays as it was. */
static void
merge(struct tg_app *app, struct tg_keeping *k, const struct tg_keeping *old)
{
	struct tg_body_caps caps;

	tg_app_caps(app, old, &caps);
	if (k->max_age_days < 0 || k->max_age_days == caps.max_age_s / DAY_S)
		k->max_age_days = old->max_age_days;
	if (k->max_rows < 0 || k->max_rows == caps.max_rows)
		k->max_rows = old->max_rows;
	if (k->max_bytes < 0 ||
	    k->max_bytes / MEGABYTE == megabytes_of(caps.max_bytes))
		k->max_bytes = old->max_bytes;
	if (k->log == TG_LOG_UNSET)
		k->log = old->log;
}

static int
store_keeping(struct tg_manage *m)
{
	struct tg_keeping old, k;

	if (read_keeping(m->page, &k) != 0 ||
	    tg_keeping_get(m->db, &old, m->e) != 0)
		return -1;
	merge(m->w->app, &k, &old);
	if (tg_keeping_set(m->db, &k, m->w->who, m->e) != 0)
		return -1;
	m->answer = as_json(&k);
	return tg_manage_audit(m, "updated", TABLE, "log",
	    tg_manage_keep(m, as_json(&old)), m->answer);
}

/* First it is said what goes; with "sure" it is done. */
static int
keep(struct tg_web *w)
{
	struct tg_page *p = tg_page_open(w, "settings", N_("Settings"));
	struct tg_keeping k;
	struct tg_body_caps caps;
	json_t *log;

	if (read_keeping(p, &k) != 0)
		return tg_page_refused(p, fill);
	tg_app_caps(w->app, &k, &caps);
	if (tg_page_field(p, "sure") == NULL) {
		p->template = "settings_sure";
		if (tg_page_read(p, fill) != 0 ||
		    set_foresight(p, "log", &caps) != 0) {
			tg_page_close(p);
			return -1;
		}
		log = json_object_get(p->data, "log");
		if (json_integer_value(json_object_get(log, "gone_rows")) > 0) {
			tg_page_set(p, "form", json_incref(p->form));
			return tg_page_send(p);
		}
	}
	if (tg_page_do(p, store_keeping, json_object(), NULL) != 0)
		return tg_page_refused(p, fill);
	return tg_page_goto(p, "saved", "admin/settings");
}

/* --- the house's budget --- */

static int
set_budget(struct tg_web *w)
{
	struct tg_page *p = tg_page_open(w, "settings", N_("Settings"));
	const char *amount = tg_page_field(p, "max_budget");
	const char *span = tg_page_field(p, "budget_duration");
	json_t *values = json_object(), *body;
	int64_t nano;

	if (amount != NULL &&
	    (tg_nano_parse(tg_str(amount), &nano) != 0 || nano < 0))
		(void)tg_fail_param(&w->rq->err, TG_E_INVALID, "max_budget",
		    N_("The budget must be an amount in USD, such as 250 or "
		       "99.50."));
	(void)json_object_set_new(values, "max_budget",
	    amount != NULL ? json_real(strtod(amount, NULL)) : json_null());
	(void)json_object_set_new(values, "budget_duration",
	    span != NULL ? json_string(span) : json_null());
	body = json_pack("{s:o}", "litellm_settings", values);
	if (tg_page_do(p, tg_web_config_update, body, NULL) != 0)
		return tg_page_refused(p, fill);
	return tg_page_goto(p, "saved", "admin/settings");
}

const struct tg_route tg_routes_admin_settings[] = {
	{ TG_GET, "/admin/settings", TG_ACCESS_VIEWER, show, NULL, "Settings",
	    TG_FAULT_ERROR },
	{ TG_POST, "/admin/settings/log", TG_ACCESS_EDITOR, keep, NULL,
	    "How long calls are kept, and how much of them", TG_FAULT_ERROR },
	{ TG_POST, "/admin/settings/house", TG_ACCESS_EDITOR, set_budget,
	    NULL, "The budget of the whole house", TG_FAULT_ERROR },
	{ .path = NULL },
};
