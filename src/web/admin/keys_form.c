/* Keys: the form, for a new one and for one that is there. */
#include "config.h"

#include "base/period.h"
#include "web/admin/keys.h"
#include "web/admin/money_form.h"

#define MONEY (TG_MONEY_MODELS | TG_MONEY_SHARED)
#define NAMES_MOST 200
#define DAY_US (24 * 3600 * 1000000LL)

/* clang-format off */
static const struct tg_sheet_choice logs[] = {
	{ "", N_("As the house does") },
	{ "full", N_("Everything: prompts and answers") },
	{ "numbers", N_("Numbers only: tokens, cost, times") },
	{ "none", N_("Nothing but the bill") },
	{ NULL, NULL },
};
static const struct tg_sheet_choice types[] = {
	{ "", N_("Everything") },
	{ "llm_api", N_("Calls to models only") },
	{ "management", N_("Management only") },
	{ "read_only", N_("Reading only") },
	{ NULL, NULL },
};
static const struct tg_sheet_choice trusted[] = {
	{ "", N_("No") },
	{ "true", N_("Yes: it may name the person and session it calls for") },
	{ NULL, NULL },
};
static const struct tg_sheet_field who_fields[] = {
	{ .name = "key_alias", .type = TG_SHEET_TEXT, .title = N_("Name"),
	  .help = N_("What you will know it by, such as \"ci\" or \"anna's "
		  "laptop\".") },
	{ .name = "user_id", .type = TG_SHEET_TEXT, .title = N_("Person"),
	  .list = "people", .flags = TG_SHEET_ADMIN,
	  .help = N_("Whose it is: calls count for their budget, too. "
		  "Empty: nobody's.") },
	{ .name = "team_id", .type = TG_SHEET_TEXT, .title = N_("Team"),
	  .list = "teams",
	  .help = N_("Its budget and limits apply, too.") },
	{ .name = "models", .type = TG_SHEET_MODELS, .title = N_("Models"),
	  .help = N_("None ticked: all that the person and team may use.") },
	{ .name = "expires", .type = TG_SHEET_DATE,
	  .title = N_("Last day it works"),
	  .help = N_("Empty: it works until it is deleted.") },
	{ .name = NULL },
};
static const struct tg_sheet_group who_group = {
	.title = N_("Key"), .fields = who_fields };
static const struct tg_sheet_field privacy_fields[] = {
	{ .name = "log", .type = TG_SHEET_CHOICE,
	  .title = N_("What is kept of its calls"), .choices = logs,
	  .flags = TG_SHEET_ADMIN },
	{ .name = "allowed_ips", .type = TG_SHEET_LINES,
	  .title = N_("Only from these addresses"),
	  .help = N_("One a line: 10.0.0.7, 192.168.0.0/16. Empty: from "
		  "everywhere.") },
	{ .name = "key_type", .type = TG_SHEET_CHOICE,
	  .title = N_("What it may be used for"), .choices = types,
	  .flags = TG_SHEET_NEW },
	{ .name = "allowed_routes", .type = TG_SHEET_LINES,
	  .title = N_("Only these routes"),
	  .help = N_("One a line: /v1/chat/completions, llm_api_routes. "
		  "Empty: all.") },
	{ .name = NULL },
};
static const struct tg_sheet_group privacy_group = {
	.title = N_("Privacy and where it works"), .fields = privacy_fields,
	.flags = TG_SHEET_FOLDED };
static const struct tg_sheet_field more_fields[] = {
	{ .name = "tags", .type = TG_SHEET_NAMES, .title = N_("Tags"),
	  .help = N_("Put on each of its calls; commas between.") },
	{ .name = "priority", .type = TG_SHEET_COUNT,
	  .title = N_("Place in queues"), .flags = TG_SHEET_ADMIN,
	  .help = N_("Lower numbers go first; 0 is usual.") },
	{ .name = "trusted_frontend", .type = TG_SHEET_CHOICE,
	  .title = N_("Is it a front end's?"), .choices = trusted,
	  .flags = TG_SHEET_ADMIN },
	{ .name = "aliases", .type = TG_SHEET_JSON,
	  .title = N_("Other names for models"),
	  .help = N_("A JSON object: the name asked for, and the model that "
		  "answers.") },
	{ .name = "project_id", .type = TG_SHEET_TEXT, .title = N_("Project"),
	  .flags = TG_SHEET_ADMIN },
	{ .name = "organization_id", .type = TG_SHEET_TEXT,
	  .title = N_("Organization"), .flags = TG_SHEET_ADMIN },
	{ .name = "metadata", .type = TG_SHEET_JSON, .title = N_("Metadata"),
	  .help = N_("A JSON object of your own.") },
	{ .name = NULL },
};
static const struct tg_sheet_group more_group = {
	.title = N_("More"), .fields = more_fields,
	.flags = TG_SHEET_FOLDED };
/* clang-format on */

/* --- drawing --- */

static int
list_subjects(struct tg_manage *m, struct tg_sheet *f,
    enum tg_subject_kind kind, const char *list)
{
	struct tg_subject_filter by = { .kind = kind, .limit = NAMES_MOST };
	json_t *names = json_array();
	struct tg_subject *rows;
	int64_t total;
	size_t n;

	/* Members choose among their teams. */
	if (!f->admin)
		by.member = m->w->caller->person.id;
	if (tg_subject_list(m->db, m->a, &by, &rows, &n, &total, m->e) != 0) {
		json_decref(names);
		return -1;
	}
	for (size_t i = 0; i < n; i++)
		(void)json_array_append_new(names, json_string(rows[i].name));
	tg_sheet_list(f, list, names);
	return 0;
}

static int
put_owners(
    struct tg_manage *m, const struct tg_key *key, json_t *settings)
{
	const struct {
		const char *name;
		int64_t subject;
	} owners[] = {
		{ "user_id", key->person },
		{ "team_id", key->team },
		{ "project_id", key->project },
		{ "organization_id", key->organization },
	};
	const char *name;

	for (size_t i = 0; i < sizeof(owners) / sizeof(owners[0]); i++) {
		if (tg_row_name(m, owners[i].subject, &name) != 0)
			return -1;
		tg_jtree_set_text(settings, owners[i].name, name);
	}
	return 0;
}

/* The day in the viewer's zone whose end is the key's. */
static const char *
last_day(struct tg_page *p, int64_t expires_at)
{
	char date[11];

	if (expires_at == 0 ||
	    !tg_day_of(p->locale.zone, expires_at - 1, date))
		return "";
	return tg_arena_cstr(p->a, tg_str(date));
}

/* What is stored, under the names of the form. */
static json_t *
settings_of(
    struct tg_manage *m, struct tg_page *p, const struct tg_key *key)
{
	json_t *s = json_copy(tg_manage_json(m, key->settings));

	if (!json_is_object(s)) {
		json_decref(s);
		s = json_object();
	}
	(void)tg_manage_keep(m, s);
	tg_jtree_set_text(s, "key_alias", key->alias);
	(void)json_object_set(s, "models", tg_manage_json(m, key->models));
	(void)json_object_set(
	    s, "metadata", tg_manage_json(m, key->metadata));
	tg_jtree_set_text(s, "log", tg_log_mode_name(key->log));
	tg_jtree_set_text(s, "expires", last_day(p, key->expires_at));
	return put_owners(m, key, s) == 0 ? s : NULL;
}

static int
draw(struct tg_manage *m, struct tg_page *p, const struct tg_key *key)
{
	json_t *s = settings_of(m, p, key);
	struct tg_sheet f;

	if (s == NULL)
		return -1;
	tg_sheet_begin(&f, p, key->id == 0);
	tg_page_set_text(p, "expires_was", last_day(p, key->expires_at));
	if ((f.admin &&
		list_subjects(m, &f, TG_SUBJECT_PERSON, "people") != 0) ||
	    list_subjects(m, &f, TG_SUBJECT_TEAM, "teams") != 0)
		return -1;
	tg_sheet_draw(&f, &who_group, s);
	if (tg_money_form_draw(m, &f, s, key->budget, MONEY) != 0)
		return -1;
	tg_sheet_draw(&f, &privacy_group, s);
	tg_sheet_draw(&f, &more_group, s);
	return 0;
}

static int
draw_new(struct tg_manage *m, struct tg_page *p)
{
	struct tg_key key = { .models = "[]", .metadata = "{}" };

	/* From a person's or a team's page: for that one. */
	key.person = tg_page_query_int(p, "person", 0);
	key.team = tg_page_query_int(p, "team", 0);
	tg_page_set(p, "key", json_null());
	return draw(m, p, &key);
}

static int
draw_edit(struct tg_manage *m, struct tg_page *p)
{
	struct tg_key key;
	json_t *row;
	bool may;

	if (tg_keys_find(m, p, &key, &may) != 0)
		return -1;
	if (!may)
		return tg_fail(m->e, TG_E_FORBIDDEN,
		    "This key is not yours to change.");
	row = tg_keys_row(m, &key);
	if (row == NULL)
		return -1;
	tg_page_set(p, "key", row);
	return draw(m, p, &key);
}

int
tg_keys_new(struct tg_web *w)
{
	return tg_page_show_models(
	    w, "key_form", N_("New key"), draw_new);
}

int
tg_keys_edit(struct tg_web *w)
{
	return tg_page_show_models(
	    w, "key_form", N_("Change a key"), draw_edit);
}

/* --- reading --- */

/* A date as the duration that the API takes; unchanged: nothing. */
static int
read_expiry(struct tg_page *p, bool fresh, json_t *body)
{
	const char *date = tg_page_field(p, "expires");
	const char *was = tg_page_field(p, "expires_was");
	struct tg_err *e = &p->w->rq->err;
	int64_t at;

	(void)json_object_del(body, "expires");
	if (!tg_sheet_sent(p, "expires") ||
	    strcmp(date != NULL ? date : "", was != NULL ? was : "") == 0)
		return 0;
	if (date == NULL) {
		if (!fresh)
			(void)json_object_set_new(
			    body, "duration", json_null());
		return 0;
	}
	if (!tg_day_begin(p->locale.zone, tg_str(date), &at))
		return tg_fail_param(e, TG_E_INVALID, "expires",
		    "The last day must be a date such as 2027-01-31.");
	/* Its next day's beginning; days are 23 to 25 hours. */
	at += DAY_US + DAY_US / 2;
	{
		char next[11];

		if (tg_day_of(p->locale.zone, at, next))
			(void)tg_day_begin(p->locale.zone, tg_str(next), &at);
	}
	if (at <= p->locale.now)
		return tg_fail_param(e, TG_E_INVALID, "expires",
		    "The last day is over: choose one that is to come, or "
		    "block the key.");
	(void)json_object_set_new(body, "duration",
	    json_string(tg_arena_printf(p->a, "%llds",
		(long long)((at - p->locale.now) / 1000000))));
	return 0;
}

static void
read_truth(json_t *body, const char *name)
{
	const char *text = json_string_value(json_object_get(body, name));

	if (text != NULL)
		(void)json_object_set_new(
		    body, name, json_boolean(strcmp(text, "true") == 0));
}

/* NULL: something is wrong, see w->rq->err. */
static json_t *
read_body(struct tg_page *p, bool fresh)
{
	json_t *body = json_object();

	if (tg_sheet_read(p, &who_group, fresh, body) == 0 &&
	    read_expiry(p, fresh, body) == 0 &&
	    tg_money_form_read(p, MONEY, fresh, body) == 0 &&
	    tg_sheet_read(p, &privacy_group, fresh, body) == 0 &&
	    tg_sheet_read(p, &more_group, fresh, body) == 0) {
		read_truth(body, "trusted_frontend");
		return body;
	}
	json_decref(body);
	return NULL;
}

int
tg_keys_create(struct tg_web *w)
{
	struct tg_page *p;
	json_t *body, *answer = NULL;

	if (tg_web_catalog(w) != 0 ||
	    (p = tg_page_open(w, "key_form", N_("New key"))) == NULL)
		return -1;
	body = read_body(p, true);
	if (body == NULL ||
	    tg_page_do(p, tg_web_key_generate, body, &answer) != 0)
		return tg_page_refused(p, draw_new);
	return tg_keys_once(p, answer, N_("The key is made."));
}

/* The API finds a key by its hash. */
static int
find_token(struct tg_manage *m, struct tg_page *p)
{
	struct tg_key key;
	bool may;

	if (tg_keys_find(m, p, &key, &may) != 0)
		return -1;
	tg_page_set_text(p, "token", key.token);
	return 0;
}

int
tg_keys_update(struct tg_web *w)
{
	struct tg_page *p;
	json_t *body;

	if (tg_web_catalog(w) != 0 ||
	    (p = tg_page_open(w, "key_form", N_("Change a key"))) == NULL)
		return -1;
	if (tg_page_read(p, find_token) != 0) {
		tg_page_close(p);
		return -1;
	}
	body = read_body(p, false);
	if (body == NULL)
		return tg_page_refused(p, draw_edit);
	(void)json_object_set(body, "key", json_object_get(p->data, "token"));
	if (tg_page_do(p, tg_web_key_update, body, NULL) != 0)
		return tg_page_refused(p, draw_edit);
	return tg_page_goto(
	    p, "saved", "admin/keys/%.*s", TG_PRI(w->rest));
}
