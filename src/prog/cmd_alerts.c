/*
 * `tollgate alerts`: what was delivered, and trying a target.
 */
#include "config.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/jtree.h"
#include "prog/alert_send.h"
#include "prog/command.h"
#include "store/db.h"

#define LIMIT 100
#define MAX_LIMIT 100000

static const struct tg_column columns[] = {
	{ "AT", "at", TG_CELL_TIME, 0 },
	{ "EVENT", "event", TG_CELL_TEXT, 0 },
	{ "WHO", "who", TG_CELL_TEXT, 0 },
	{ "%", "percent", TG_CELL_NUMBER, 0 },
	{ "TOLD", "target", TG_CELL_TEXT, 0 },
	{ "STATE", "state", TG_CELL_TEXT, 0 },
	{ "TRIES", "tries", TG_CELL_NUMBER, 0 },
	{ "NEXT", "next_at", TG_CELL_TIME, 0 },
	{ "ERROR", "error", TG_CELL_TEXT, 0 },
	{ NULL, NULL, 0, 0 },
};

struct listing {
	struct tg_cmd *c;
	int64_t limit;
	struct tg_delivery *rows;
	size_t n;
};

static int list(struct tg_db *db, void *arg, struct tg_err *e);
static json_t *delivery_json(struct tg_cmd *c, const struct tg_delivery *d);
static const char *who_of(struct tg_cmd *c, const json_t *body);
static const char *state_of(const struct tg_delivery *d);

int
tg_cmd_alerts(struct tg_cmd *c)
{
	struct listing l = { .c = c, .limit = LIMIT };
	json_t *rows;
	size_t i;

	if (tg_cmd_number(c, "--limit", 1, MAX_LIMIT, &l.limit) == -1)
		return TG_EXIT_USAGE;
	if (tg_cmd_app(c) == -1 ||
	    tg_read(tg_cmd_store(c), TG_DB_MAIN, list, &l, &c->err) == -1)
		return TG_EXIT_FAILED;
	rows = json_array();
	for (i = 0; i < l.n; i++)
		json_array_append_new(rows, delivery_json(c, &l.rows[i]));
	return tg_cmd_rows(c, rows, columns);
}

/* Straight to the target: nobody else is to hear of it. */
int
tg_cmd_alerts_test(struct tg_cmd *c)
{
	struct tg_event event = { .at = tg_wall_us(), .kind = "test",
		.body = "{}" };
	struct tg_alert_try t = { .event = &event };
	bool told;

	if (tg_cmd_conf(c) == -1)
		return TG_EXIT_FAILED;
	t.target = tg_alert_find(c->conf, c->args[0]);
	if (t.target == NULL)
		return tg_cmd_fail(c,
		    "no [alert:%s] in the configuration; `tollgate config "
		    "print' shows those there are", c->args[0]);
	t.gateway = c->conf->prog.name;
	t.route = &c->conf->app.gate.catalog.route;
	t.ms = t.target->seconds * 1000;
	told = tg_alert_send(&t) == TG_ALERT_TOLD;
	if (!told)
		return tg_cmd_fail(c, "%s was not told: %s", c->args[0],
		    t.why);
	return tg_cmd_said(c,
	    json_pack("{s:s, s:b, s:s}", "target", c->args[0], "told", told,
		"answer", t.why),
	    "%s was told%s%s%s", c->args[0], *t.why != '\0' ? " (" : "",
	    t.why, *t.why != '\0' ? ")" : "");
}

static int
list(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct listing *l = arg;

	return tg_outbox_list(db, l->c->arena, l->limit, &l->rows, &l->n, e);
}

static json_t *
delivery_json(struct tg_cmd *c, const struct tg_delivery *d)
{
	struct tg_err ignored = { 0 };
	json_t *body = tg_jtree_parse(tg_str(d->event.body), &ignored), *j;
	int64_t next_at = d->state == TG_DELIVERY_WAITING ? d->next_at : 0;

	j = json_pack("{s:I, s:I, s:s, s:s, s:i}", "delivery",
	    (json_int_t)d->id, "id", (json_int_t)d->event.id, "event",
	    d->event.kind, "state", state_of(d), "tries", d->tries);
	json_object_set_new(j, "target", tg_cmd_json_text(d->target));
	json_object_set_new(j, "at", tg_cmd_json_time(d->event.at));
	json_object_set_new(j, "who", tg_cmd_json_text(who_of(c, body)));
	json_object_set(j, "percent", json_object_get(body, "percent"));
	json_object_set_new(j, "next_at", tg_cmd_json_time(next_at));
	json_object_set_new(j, "done_at", tg_cmd_json_time(d->done_at));
	json_object_set_new(j, "error", tg_cmd_json_text(d->error));
	json_object_set_new(j, "body", body != NULL ? body : json_null());
	return j;
}

/* "team research", "key_model build-bot gpt-*". */
static const char *
who_of(struct tg_cmd *c, const json_t *body)
{
	const char *members[] = { "scope", "subject", "name" };
	const char *text, *who = NULL;
	size_t i;

	text = json_string_value(json_object_get(body, "scope"));
	if (text != NULL && strncmp(text, "key", 3) == 0 &&
	    json_is_string(json_object_get(body, "alias")))
		members[1] = "alias";
	for (i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		text = json_string_value(json_object_get(body, members[i]));
		if (text != NULL && *text != '\0')
			who = tg_arena_printf(c->arena, "%s%s%s",
			    who != NULL ? who : "", who != NULL ? " " : "",
			    text);
	}
	return who;
}

static const char *
state_of(const struct tg_delivery *d)
{
	/* No [alert:NAME] is there yet, or the janitor has not looked. */
	if (d->target == NULL)
		return "untold";
	if (d->error != NULL && strcmp(d->error, TG_OUTBOX_UNWANTED) == 0)
		return "skipped";
	if (d->state == TG_DELIVERY_DONE)
		return "done";
	return d->state == TG_DELIVERY_GIVEN_UP ? "given up" : "waiting";
}
