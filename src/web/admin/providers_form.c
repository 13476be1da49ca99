/*
 * /admin/providers: adding one, by a form that asks only for what it needs,
 * changing and removing it.
 */
#include "config.h"

#include "base/shown.h"
#include "gate/settings.h"
#include "store/providers.h"
#include "web/admin/deployment.h"
#include "web/admin/providers.h"
#include "web/admin/sheet.h"
#include "web/manage/provider.h"

static const struct tg_sheet_choice yes_no[] = {
	{ "", N_("As usual") },
	{ "yes", N_("Yes") },
	{ "no", N_("No") },
	{ NULL, NULL },
};
static const struct tg_sheet_choice losts[] = {
	{ "", N_("As usual: what was streamed") },
	{ "streamed", N_("What was streamed") },
	{ "hold", N_("All that was held") },
	{ "zero", N_("Nothing") },
	{ NULL, NULL },
};

#define BASE_URL_HELP \
	N_("Where its API begins, such as http://127.0.0.1:8000/v1. A " \
	   "key never goes to where it was not given for: with another " \
	   "address, enter the key anew.")

/* clang-format off */
static const struct tg_sheet_field address_fields[] = {
	{ .name = "base_url", .title = N_("Base URL"), .help = BASE_URL_HELP,
	    .flags = TG_SHEET_REQUIRED },
	{ .name = NULL },
};
static const struct tg_sheet_field other_address_fields[] = {
	{ .name = "base_url", .title = N_("Base URL"), .help = BASE_URL_HELP },
	{ .name = NULL },
};
static const struct tg_sheet_group address = {
	.title = N_("Where it is"),
	.fields = address_fields,
};
static const struct tg_sheet_group other_address = {
	.title = N_("Another address"),
	.help = N_("Only where its usual address is not the one: another "
		   "region, or a proxy of yours."),
	.flags = TG_SHEET_FOLDED,
	.fields = other_address_fields,
};

static const struct tg_sheet_field limit_fields[] = {
	{ .name = "rpm", .type = TG_SHEET_COUNT,
	    .title = N_("Requests a minute"),
	    .help = N_("What your contract allows: further calls wait or go "
		       "elsewhere.") },
	{ .name = "tpm", .type = TG_SHEET_COUNT,
	    .title = N_("Tokens a minute") },
	{ .name = "max_parallel_requests", .type = TG_SHEET_COUNT,
	    .title = N_("Calls at once") },
	{ .name = "max_budget", .type = TG_SHEET_MONEY,
	    .title = N_("Budget in USD") },
	{ .name = "budget_duration", .title = N_("Budget period"),
	    .help = N_("Such as 1d, 30d or 1mo; without one it is for all "
		       "time.") },
	{ .name = NULL },
};
static const struct tg_sheet_group limits = {
	.title = N_("Limits and budget"),
	.flags = TG_SHEET_FOLDED,
	.fields = limit_fields,
};

static const struct tg_sheet_field offer_fields[] = {
	{ .name = "open", .type = TG_SHEET_CHOICE,
	    .title = N_("Open all of its models"), .choices = yes_no,
	    .help = N_("Usually each of its models can be called as "
		       "NAME/MODEL. Choose no to offer only those that you "
		       "add.") },
	{ .name = "discount", .title = N_("Discount in percent"),
	    .help = N_("Taken off all of its bills.") },
	{ .name = "margin", .title = N_("Margin in percent"),
	    .help = N_("Put on top of all of its bills.") },
	{ .name = "lost", .type = TG_SHEET_CHOICE, .choices = losts,
	    .title = N_("What a call costs whose end nobody saw") },
	{ .name = "charge_errors", .type = TG_SHEET_CHOICE,
	    .choices = yes_no,
	    .title = N_("It charges for what it refuses") },
	{ .name = NULL },
};
static const struct tg_sheet_group offer = {
	.title = N_("What is offered and charged"),
	.flags = TG_SHEET_FOLDED,
	.fields = offer_fields,
};

static const struct tg_sheet_field way_fields[] = {
	{ .name = "connect_ms", .type = TG_SHEET_COUNT,
	    .title = N_("To connect, in ms") },
	{ .name = "first_byte_ms", .type = TG_SHEET_COUNT,
	    .title = N_("To the first byte, in ms") },
	{ .name = "gap_ms", .type = TG_SHEET_COUNT,
	    .title = N_("Between pieces, in ms") },
	{ .name = "total_ms", .type = TG_SHEET_COUNT,
	    .title = N_("In all, in ms") },
	{ .name = "proxy", .title = N_("HTTP proxy") },
	{ .name = "unix_socket", .title = N_("Unix socket"),
	    .help = N_("A whole path, instead of host and port.") },
	{ .name = "ca_file", .title = N_("File of certificates"),
	    .help = N_("Of the authority that signs its certificate.") },
	{ .name = "http2", .type = TG_SHEET_CHOICE, .choices = yes_no,
	    .title = N_("HTTP/2") },
	{ .name = "headers", .type = TG_SHEET_LINES,
	    .title = N_("Extra headers"),
	    .help = N_("One a line, such as X-Team: research. Values are not "
		       "shown again; a line that is left stays.") },
	{ .name = NULL },
};
static const struct tg_sheet_group way = {
	.title = N_("Clocks, proxy, headers"),
	.flags = TG_SHEET_FOLDED,
	.fields = way_fields,
};

/* clang-format on */

/* All but the address, which comes first or last. */
static const struct tg_sheet_group *const groups[] = { &limits, &offer, &way };

/* --- drawing --- */

/* The lines of its extra headers, masked. */
static json_t *
headers_of(struct tg_page *p, const json_t *settings)
{
	json_t *lines = json_array(), *v;
	const char *name;

	json_object_foreach((json_t *)settings, name, v) {
		if (strncmp(name, "header.", 7) == 0)
			(void)json_array_append_new(lines,
			    json_string(tg_arena_printf(
				p->a, "%s: " TG_MASKED, name + 7)));
	}
	return lines;
}

static void
draw(struct tg_page *p, const struct tg_known *k, const json_t *settings,
    bool fresh)
{
	json_t *shown = json_deep_copy(settings);
	bool asks = k->base_url == NULL ||
	    json_object_get(settings, "base_url") != NULL;
	struct tg_sheet f;

	(void)json_object_set_new(shown, "headers", headers_of(p, settings));
	tg_sheet_begin(&f, p, fresh);
	if (asks)
		tg_sheet_draw(&f, &address, shown);
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		tg_sheet_draw(&f, groups[i], shown);
	if (!asks)
		tg_sheet_draw(&f, &other_address, shown);
	json_decref(shown);
	tg_page_set(p, "type",
	    json_pack("{s:s, s:s, s:s?, s:s?, s:b, s:b}", "name", k->name,
		"title", k->title, "base_url", k->base_url, "key_env",
		k->key_env, "takes_key",
		k->key_env != NULL || k->base_url == NULL, "needs_key",
		k->key_env != NULL && k->host_env == NULL));
}

/* "local", or "local-2" where that is taken. */
static const char *
free_name(struct tg_page *p, const char *name)
{
	const char *one = strcmp(name, "custom_openai") == 0 ? "local" : name;
	const char *base = one;

	for (int n = 2;
	     tg_catalog_upstream(p->w->catalog, one) != NULL && n < 100; n++)
		one = tg_arena_printf(p->a, "%s-%d", base, n);
	return one;
}

static json_t *
known_json(const struct tg_page *p, const struct tg_known *k)
{
	return json_pack("{s:s, s:s, s:b, s:b, s:b}", "name", k->name,
	    "title", k->title, "asks_address", k->base_url == NULL,
	    "asks_key", k->key_env != NULL && k->host_env == NULL, "there",
	    tg_catalog_upstream(p->w->catalog, k->name) != NULL);
}

/* First which one, then what that one needs. */
static int
show_new(struct tg_manage *m, struct tg_page *p)
{
	const char *type = tg_admin_asked(p, "type");
	const struct tg_known *k =
	    type != NULL ? tg_known_find(tg_str(type)) : NULL;
	json_t *all = json_array(), *none = json_object();

	(void)m;
	tg_page_set(p, "known", all);
	for (int i = 0; i < tg_known_count; i++)
		if (tg_known_table[i].family != TG_FAMILY_ECHO)
			(void)json_array_append_new(
			    all, known_json(p, &tg_known_table[i]));
	if (k != NULL && k->family != TG_FAMILY_ECHO) {
		tg_page_set_text(p, "given",
		    tg_page_field(p, "name") != NULL ?
			tg_page_field(p, "name") :
			free_name(p, k->name));
		draw(p, k, none, true);
	}
	json_decref(none);
	return 0;
}

int
tg_admin_provider_new(struct tg_web *w)
{
	return tg_page_show_models(
	    w, "provider_new", N_("Add a provider"), show_new);
}

/* --- reading --- */

/* "Name: value" lines; a masked value is one that stays. */
static void
read_headers(struct tg_page *p, json_t *settings, const json_t *old)
{
	const char *text = tg_page_field(p, "headers"), *name;
	struct tg_str rest = tg_str(text), line, key;
	json_t *kept = json_object(), *v;

	while (tg_str_cut(&rest, '\n', &line)) {
		if (!tg_str_cut(&line, ':', &key) || tg_str_trim(key).n == 0)
			continue;
		name = tg_arena_printf(
		    p->a, "header.%.*s", TG_PRI(tg_str_trim(key)));
		line = tg_str_trim(line);
		(void)json_object_set_new(kept, name, json_true());
		if (!tg_str_is(line, TG_MASKED))
			(void)json_object_set_new(settings, name,
			    json_stringn(line.p, line.n));
	}
	json_object_foreach((json_t *)old, name, v) {
		if (strncmp(name, "header.", 7) == 0 &&
		    json_object_get(kept, name) == NULL)
			(void)json_object_set_new(
			    settings, name, json_null());
	}
	json_decref(kept);
}

/* As texts, as they could stand in tollgate.ini. */
static void
as_texts(struct tg_page *p, json_t *settings)
{
	const char *name;
	json_t *v;
	void *next;

	json_object_foreach_safe(settings, next, name, v)
	{
		if (!json_is_null(v) && !json_is_string(v))
			(void)json_object_set_new(settings, name,
			    json_string(tg_sheet_text(p->a, v)));
	}
}

static int
read_settings(struct tg_page *p, json_t *settings, const json_t *old,
    bool fresh)
{
	if (tg_sheet_read(p, &address, fresh, settings) != 0)
		return -1;
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		if (tg_sheet_read(p, groups[i], fresh, settings) != 0)
			return -1;
	(void)json_object_del(settings, "headers");
	as_texts(p, settings);
	if (tg_sheet_sent(p, "headers"))
		read_headers(p, settings, old);
	return 0;
}

/* Runs the save; 0 when it is done. */
static int
save(struct tg_page *p, const char *name, json_t *settings)
{
	const char *key = tg_page_field(p, "api_key");
	json_t *body = json_pack("{s:s?, s:O}", "name", name, "settings",
	    settings), *answer;

	if (key != NULL)
		(void)json_object_set_new(
		    body, "api_key", json_string(key));
	else if (tg_page_field(p, "drop_key") != NULL)
		(void)json_object_set_new(body, "api_key", json_null());
	return tg_page_do(p, tg_web_provider_save, body, &answer);
}

int
tg_admin_provider_create(struct tg_web *w)
{
	struct tg_page *p;
	json_t *settings;
	const char *name, *type;
	int rc;

	if (tg_web_catalog(w) != 0)
		return -1;
	p = tg_page_open(w, "provider_new", N_("Add a provider"));
	settings = json_object();
	name = tg_page_field(p, "name");
	type = tg_admin_asked(p, "type");
	if (name != NULL && tg_catalog_upstream(w->catalog, name) != NULL)
		rc = tg_fail_param(&w->rq->err, TG_E_CONFLICT, "name",
		    "There is a provider '%s' already. Choose another name.",
		    name);
	else
		rc = read_settings(p, settings, NULL, true);
	if (type != NULL)
		(void)json_object_set_new(
		    settings, "type", json_string(type));
	if (rc == 0)
		rc = save(p, name, settings);
	json_decref(settings);
	if (rc != 0)
		return tg_page_refused(p, show_new);
	return tg_page_goto(
	    p, "created", "admin/providers/%s/models", name);
}

/* --- changing --- */

/* The row's settings, kept by m; NULL: it is not of the database. */
static json_t *
stored(struct tg_manage *m, struct tg_provider_row *row)
{
	const char *name = tg_arena_cstr(m->a, m->w->rest);
	int found = tg_provider_get(m->db, m->a, name, row, m->e);

	if (found == 1)
		return tg_manage_json(m, row->settings);
	if (found == 0)
		(void)tg_fail(m->e, TG_E_NOT_FOUND,
		    "The provider '%s' is not in the database. If it is set "
		    "in tollgate.ini, change [provider:%s] there.",
		    name, name);
	return NULL;
}

static int
show_edit(struct tg_manage *m, struct tg_page *p)
{
	struct tg_provider_row row;
	const json_t *settings = stored(m, &row);
	const char *type;
	const struct tg_known *k;

	if (settings == NULL)
		return -1;
	type = json_string_value(json_object_get(settings, "type"));
	k = tg_known_find(tg_str(type != NULL ? type : row.name));
	if (k == NULL)
		k = tg_known_find(TG_STR("custom_openai"));
	tg_page_set_text(p, "given", row.name);
	tg_page_set_true(p, "has_key", row.sealed != NULL);
	draw(p, k, settings, false);
	return 0;
}

int
tg_admin_provider_edit(struct tg_web *w)
{
	return tg_page_show_models(
	    w, "provider_edit", N_("Change a provider"), show_edit);
}

/* What is stored now, for telling which headers go. */
static int
look_up(struct tg_manage *m, struct tg_page *p)
{
	struct tg_provider_row row;
	json_t *settings = stored(m, &row);

	if (settings == NULL)
		return -1;
	tg_page_set(p, "old", json_incref(settings));
	return 0;
}

int
tg_admin_provider_save(struct tg_web *w)
{
	const char *name = tg_arena_cstr(w->rq->arena, w->rest);
	struct tg_page *p;
	json_t *settings;
	int rc;

	if (tg_web_catalog(w) != 0)
		return -1;
	p = tg_page_open(w, "provider_edit", N_("Change a provider"));
	if (tg_page_read(p, look_up) != 0) {
		tg_page_close(p);
		return -1;
	}
	settings = json_object();
	rc = read_settings(
	    p, settings, json_object_get(p->data, "old"), false);
	(void)json_object_del(p->data, "old");
	if (rc == 0)
		rc = save(p, name, settings);
	json_decref(settings);
	if (rc != 0)
		return tg_page_refused(p, show_edit);
	return tg_page_goto(p, "saved", "admin/providers/%s", name);
}

/* --- removing --- */

static json_t *
stops(const struct tg_deployment *d, bool goes_on)
{
	return json_pack("{s:s, s:s, s:b, s:b}", "id", d->id, "model",
	    d->model, "wildcard", d->wildcard, "goes_on", goes_on);
}

/* Is there another one of that name, at another provider? */
static bool
goes_on(const struct tg_catalog *c, const struct tg_deployment *d)
{
	for (size_t i = 0; i < c->n_deployments; i++)
		if (strcmp(c->deployments[i].model, d->model) == 0 &&
		    c->deployments[i].upstream != d->upstream &&
		    !c->deployments[i].blocked)
			return true;
	return false;
}

static int
show_remove(struct tg_manage *m, struct tg_page *p)
{
	const struct tg_catalog *c = m->w->catalog;
	const struct tg_upstream *u = tg_admin_provider(m->w);
	json_t *list = json_array();

	tg_page_set(p, "deployments", list);
	if (u == NULL)
		return tg_err_pass(m->e, &m->w->rq->err);
	tg_page_set(p, "provider", tg_admin_provider_json(p, u));
	for (size_t i = 0; i < c->n_deployments; i++)
		if (c->deployments[i].upstream == u)
			(void)json_array_append_new(list,
			    stops(&c->deployments[i],
				goes_on(c, &c->deployments[i])));
	return 0;
}

int
tg_admin_provider_remove(struct tg_web *w)
{
	if (tg_admin_provider(w) == NULL)
		return -1;
	return tg_page_show_models(
	    w, "provider_remove", N_("Remove a provider"), show_remove);
}

int
tg_admin_provider_removed(struct tg_web *w)
{
	const struct tg_upstream *u = tg_admin_provider(w);
	struct tg_page *p;
	json_t *answer;

	if (u == NULL)
		return -1;
	p = tg_page_open(w, "provider_remove", N_("Remove a provider"));
	if (tg_page_do(p, tg_web_provider_remove,
		json_pack("{s:s, s:b}", "name", u->name, "models", 1),
		&answer) != 0)
		return tg_page_refused(p, show_remove);
	return tg_page_goto(p, "removed", "admin/providers");
}
