/*
 * /admin/alerts: who is told of events, and how it went.  Targets stand in
 * tollgate.ini; the janitor delivers what is in the outbox.
 */
#include "config.h"

#include "store/outbox.h"
#include "web/admin/admin.h"

#define PER_PAGE 50
#define LOOKED_AT 1000	/* of the newest, for the last result of a target */

/* --- deliveries --- */

static bool
is_shown(const struct tg_delivery *d)
{
	return d->error == NULL || strcmp(d->error, TG_OUTBOX_UNWANTED) != 0;
}

static json_t *
state_of(const struct tg_delivery *d)
{
	const char *word = N_("Waits"), *class = "mute";

	if (d->target == NULL)
		word = N_("Not told yet");
	else if (d->state == TG_DELIVERY_DONE) {
		word = N_("Delivered");
		class = "ok";
	} else if (d->state == TG_DELIVERY_GIVEN_UP) {
		word = N_("Given up");
		class = "bad";
	} else if (d->error != NULL) {
		word = N_("Failed, is tried again");
		class = "warn";
	}
	return json_pack("{s:s, s:s}", "word", word, "class", class);
}

/* A key's public id is a hash, which tells nobody much. */
static const char *
who_of(const json_t *body)
{
	static const char *const names[] = { "alias", "subject", "name",
		NULL };

	for (int i = 0; names[i] != NULL; i++) {
		const char *text =
		    json_string_value(json_object_get(body, names[i]));
		if (text != NULL && *text != '\0')
			return text;
	}
	return NULL;
}

static json_t *
event_json(const struct tg_event *event)
{
	struct tg_err ignored = { 0 };
	json_t *body = tg_jtree_parse(tg_str(event->body), &ignored);
	json_t *out = json_pack("{s:s, s:b, s:b, s:b, s:b, s:b}", "kind",
	    event->kind, "is_test", strcmp(event->kind, "test") == 0,
	    "is_threshold", strcmp(event->kind, "budget.threshold") == 0,
	    "is_soft", strcmp(event->kind, "budget.soft") == 0, "is_other",
	    strcmp(event->kind, "test") != 0 &&
		strncmp(event->kind, "budget.", 7) != 0,
	    "refused",
	    json_is_true(json_object_get(body, "refused")));

	tg_jtree_set_text(out, "who", who_of(body));
	tg_jtree_set_text(out, "scope",
	    json_string_value(json_object_get(body, "scope")));
	(void)json_object_set(
	    out, "percent", json_object_get(body, "percent"));
	(void)json_object_set(
	    out, "spent", json_object_get(body, "spent_nano"));
	(void)json_object_set(out, "cap", json_object_get(body, "cap_nano"));
	json_decref(body);
	return out;
}

static json_t *
delivery_json(const struct tg_delivery *d)
{
	bool waits = d->target != NULL && d->state == TG_DELIVERY_WAITING;
	json_t *out = json_pack("{s:I, s:I, s:o, s:s?, s:i, s:s?, s:b, s:o}",
	    "id", (json_int_t)d->id, "at", (json_int_t)d->event.at, "event",
	    event_json(&d->event), "target", d->target, "tries", d->tries,
	    "error", d->error, "may_retry",
	    d->target != NULL && d->state != TG_DELIVERY_DONE &&
		d->tries > 0,
	    "state", state_of(d));

	if (waits)
		(void)json_object_set_new(
		    out, "next_at", json_integer(d->next_at));
	if (d->done_at > 0)
		(void)json_object_set_new(
		    out, "done_at", json_integer(d->done_at));
	return out;
}

/* --- targets --- */

static json_t *
last_of(const struct tg_delivery *rows, size_t n, const char *target)
{
	for (size_t i = 0; i < n; i++)
		if (rows[i].target != NULL && is_shown(&rows[i]) &&
		    strcmp(rows[i].target, target) == 0)
			return delivery_json(&rows[i]);
	return json_null();
}

static json_t *
targets_of(const struct tg_web *w, const struct tg_delivery *rows, size_t n)
{
	const struct tg_web_conf *c = tg_app_web(w->app);
	json_t *list = json_array();

	for (size_t i = 0; i < c->n_alerts; i++) {
		const struct tg_web_alert *t = &c->alerts[i];
		(void)json_array_append_new(list,
		    json_pack("{s:s, s:s, s:s, s:s?, s:b, s:b, s:b, s:b, s:o}",
			"name", t->name, "way", t->way, "where", t->where,
			"events", t->events, "is_webhook",
			strcmp(t->way, "webhook") == 0, "is_slack",
			strcmp(t->way, "slack") == 0, "is_mail",
			strcmp(t->way, "mail") == 0, "is_command",
			strcmp(t->way, "command") == 0, "last",
			last_of(rows, n, t->name)));
	}
	return list;
}

static int
show(struct tg_manage *m, struct tg_page *p)
{
	int64_t after = tg_page_after(p, PER_PAGE), at = 0, shown = 0;
	json_t *list = json_array();
	struct tg_delivery *rows;
	size_t n;

	tg_page_set(p, "deliveries", list);
	if (tg_outbox_list(m->db, m->a, LOOKED_AT, &rows, &n, m->e) != 0)
		return -1;
	tg_page_set(p, "targets", targets_of(m->w, rows, n));
	for (size_t i = 0; i < n; i++) {
		if (!is_shown(&rows[i]) || at++ < after)
			continue;
		if (shown++ < PER_PAGE)
			(void)json_array_append_new(
			    list, delivery_json(&rows[i]));
	}
	tg_page_pager(p, PER_PAGE, shown < PER_PAGE ? shown : PER_PAGE, at,
	    false);
	return 0;
}

static int
list(struct tg_web *w)
{
	return tg_page_show(w, "alerts", N_("Alerts"), show);
}

/* --- doing something --- */

static int
send_test(struct tg_manage *m)
{
	const struct tg_web_conf *c = tg_app_web(m->w->app);
	const char *target;
	size_t i = 0;

	if (tg_manage_need(m, "target", &target) != 0)
		return -1;
	while (i < c->n_alerts && strcmp(c->alerts[i].name, target) != 0)
		i++;
	if (i == c->n_alerts)
		return tg_fail_param(m->e, TG_E_NOT_FOUND, "target",
		    "There is no [alert:%s] in tollgate.ini.", target);
	m->answer = json_pack("{s:s}", "target", target);
	if (tg_outbox_add(m->db, "test",
		tg_manage_print(m,
		    tg_manage_keep(m,
			json_pack("{s:s, s:s}", "message",
			    "This is a test from the alerts page.", "target",
			    target))),
		m->e) != 0)
		return -1;
	return tg_manage_audit(m, "tested", "alert", target, NULL, NULL);
}

static int
retry_now(struct tg_manage *m)
{
	int64_t id = 0;
	int rc;

	if (tg_jtree_i64(m->body, "delivery", &id, m->e) != 0)
		return -1;
	rc = tg_outbox_retry(m->db, id, m->now, m->e);
	if (rc == 0)
		return tg_fail_param(m->e, TG_E_NOT_FOUND, "delivery",
		    "It has been delivered meanwhile.");
	m->answer = json_pack("{s:I}", "delivery", (json_int_t)id);
	return rc == 1 ? 0 : -1;
}

static int
run(struct tg_web *w, tg_manage_fn *fn, const char *field, const char *done)
{
	struct tg_page *p = tg_page_open(w, "alerts", N_("Alerts"));
	const char *text = tg_page_field(p, field);
	json_t *answer, *value = json_string(text != NULL ? text : "");
	int64_t id;

	if (strcmp(field, "delivery") == 0) {
		json_decref(value);
		if (!tg_str_i64(tg_str(text), &id))
			id = 0;
		value = json_integer(id);
	}
	if (tg_page_do(p, fn, json_pack("{s:o}", field, value), &answer) != 0)
		return tg_page_refused(p, show);
	return tg_page_goto(p, done, "admin/alerts");
}

static int
test(struct tg_web *w)
{
	return run(w, send_test, "target", "sent");
}

static int
retry(struct tg_web *w)
{
	return run(w, retry_now, "delivery", "retried");
}

const struct tg_route tg_routes_admin_alerts[] = {
	{ TG_GET, "/admin/alerts", TG_ACCESS_VIEWER, list, NULL,
	    "Page: who is told of events, and how it went", TG_FAULT_ERROR },
	{ TG_POST, "/admin/alerts/test", TG_ACCESS_EDITOR, test, NULL,
	    "Page: send a test event to one target", TG_FAULT_ERROR },
	{ TG_POST, "/admin/alerts/retry", TG_ACCESS_EDITOR, retry, NULL,
	    "Page: try a delivery again now", TG_FAULT_ERROR },
	{ .path = NULL },
};
