/*
 * [alert:NAME] sections, checked by the table of settings, become targets.
 */
#include "config.h"

#include <stdlib.h>

#include "base/shown.h"
#include "prog/alert.h"
#include "prog/conf.h"

static const char *value_of(const struct tg_section *s, const char *key);
static void read_headers(struct tg_arena *a, const struct tg_section *s,
    struct tg_alert_target *out);

const char *
tg_alert_read(struct tg_arena *a, const struct tg_section *s,
    struct tg_alert_target *out)
{
	static const char *const ways[] = { "url", "mail", "command" };
	const char *value, *seconds = value_of(s, "seconds");
	const char *format = value_of(s, "format");
	int n = 0, i;

	*out = (struct tg_alert_target){ .name = s->name,
		.events = value_of(s, "events"),
		.sendmail = value_of(s, "sendmail") };
	for (i = 0; i < 3; i++) {
		value = value_of(s, ways[i]);
		if (value == NULL)
			continue;
		out->where = value;
		out->way = (enum tg_alert_way)i;
		n++;
	}
	if (n != 1)
		return n == 0 ? "needs one of url, mail and command" :
				"only one of url, mail and command can be "
				"told by: write a second section";
	if (out->way == TG_ALERT_COMMAND && *out->where != '/')
		return "command needs a whole path, from / on";
	if (out->sendmail == NULL)
		out->sendmail = tg_conf_rows[TG_CONF_ALERT_SENDMAIL].dflt;
	out->seconds = (int)strtol(seconds != NULL ?
		seconds :
		tg_conf_rows[TG_CONF_ALERT_SECONDS].dflt,
	    NULL, 10);
	out->slack = format != NULL && strcmp(format, "slack") == 0;
	read_headers(a, s, out);
	return NULL;
}

void
tg_alerts_show(struct tg_conf *c)
{
	static const char *const ways[] = {
		[TG_ALERT_URL] = "webhook",
		[TG_ALERT_MAIL] = "mail",
		[TG_ALERT_COMMAND] = "command",
	};
	struct tg_web_alert *list =
	    tg_arena_zero(c->arena, (c->n_alerts + 1) * sizeof(*list));
	size_t i;

	for (i = 0; i < c->n_alerts; i++) {
		const struct tg_alert_target *t = &c->told[i];
		list[i] = (struct tg_web_alert){ .name = t->name,
			.way = t->slack ? "slack" : ways[t->way],
			.where = t->way == TG_ALERT_URL ?
			    tg_shown_host(c->arena, t->where) :
			    t->where,
			.events = t->events };
	}
	c->app.web.alerts = list;
	c->app.web.n_alerts = c->n_alerts;
}

const struct tg_alert_target *
tg_alert_find(const struct tg_conf *conf, const char *name)
{
	size_t i;

	for (i = 0; i < conf->n_alerts; i++)
		if (strcmp(conf->told[i].name, name) == 0)
			return &conf->told[i];
	return NULL;
}

/* Written without a value it is not set; the last one counts. */
static const char *
value_of(const struct tg_section *s, const char *key)
{
	const char *value = NULL;
	size_t i;

	for (i = 0; i < s->n; i++)
		if (strcmp(s->settings[i].key, key) == 0)
			value = *s->settings[i].value != '\0' ?
			    s->settings[i].value :
			    NULL;
	return value;
}

static void
read_headers(struct tg_arena *a, const struct tg_section *s,
    struct tg_alert_target *out)
{
	static const char prefix[] = "header.";
	struct tg_fetch_header *list =
	    tg_arena_zero(a, (s->n + 1) * sizeof(*list));
	size_t i;

	list[out->n_headers++].line = "Content-Type: application/json";
	for (i = 0; i < s->n; i++)
		if (strncmp(s->settings[i].key, prefix, strlen(prefix)) == 0)
			list[out->n_headers++].line = tg_arena_printf(a,
			    "%s: %s", s->settings[i].key + strlen(prefix),
			    s->settings[i].value);
	out->headers = list;
}
