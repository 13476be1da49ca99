/*
 * Events in words: what a webhook, a letter or a program gets to read.
 */
#include "config.h"

#include "prog/alert_text.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/jtree.h"
#include "base/money.h"

static json_t *read_body(const struct tg_event *event);
static void add_usd(json_t *out, const json_t *body);
static const char *text_of(const json_t *body, const char *name);
static void add_amount(struct tg_buf *out, const json_t *nano);
static void add_clean(struct tg_buf *out, const char *text, bool ascii);
static void add_who(struct tg_buf *out, const json_t *body);
static void add_moment(struct tg_buf *out, const char *iso);
static void add_what(struct tg_buf *out, const char *kind,
    const json_t *body);

int
tg_alert_json(const struct tg_event *event, const char *gateway,
    struct tg_buf *out)
{
	json_t *body = read_body(event), *j;
	char at[TG_ISO_BYTES], *text;

	j = json_pack("{s:s, s:I, s:s}", "event", event->kind, "id",
	    (json_int_t)event->id, "at", tg_iso_time(event->at, at));
	tg_jtree_set_text(j, "gateway", gateway);
	json_object_update(j, body);
	add_usd(j, body);
	text = tg_jtree_print(j);
	if (text != NULL)
		tg_buf_addc(out, text);
	free(text);
	json_decref(j);
	json_decref(body);
	return text == NULL || out->failed ? -1 : 0;
}

int
tg_alert_line(const struct tg_event *event, const char *gateway,
    struct tg_buf *out)
{
	json_t *body = read_body(event);

	add_clean(out, gateway, false);
	tg_buf_addc(out, ": ");
	add_who(out, body);
	add_what(out, event->kind, body);
	json_decref(body);
	return out->failed ? -1 : 0;
}

int
tg_alert_slack(const struct tg_event *event, const char *gateway,
    struct tg_buf *out)
{
	struct tg_buf line, safe;
	size_t i;

	tg_buf_init(&line, out->max);
	tg_buf_init(&safe, out->max);
	(void)tg_alert_line(event, gateway, &line);
	for (i = 0; i < line.n; i++)
		if (line.p[i] == '&')
			tg_buf_addc(&safe, "&amp;");
		else if (line.p[i] == '<')
			tg_buf_addc(&safe, "&lt;");
		else if (line.p[i] == '>')
			tg_buf_addc(&safe, "&gt;");
		else
			tg_buf_byte(&safe, line.p[i]);
	tg_buf_addc(out, "{\"text\":");
	tg_json_quote(out, tg_buf_str(&safe));
	tg_buf_addc(out, "}");
	out->failed = out->failed || line.failed || safe.failed;
	tg_buf_free(&line);
	tg_buf_free(&safe);
	return out->failed ? -1 : 0;
}

int
tg_alert_letter(const struct tg_event *event, const char *gateway,
    const char *to, struct tg_buf *out)
{
	tg_buf_printf(out, "To: %s\nSubject: [", to);
	add_clean(out, gateway, true);
	tg_buf_printf(out,
	    "] %s\n"
	    "MIME-Version: 1.0\n"
	    "Content-Type: text/plain; charset=utf-8\n"
	    "Content-Transfer-Encoding: 8bit\n"
	    "Auto-Submitted: auto-generated\n\n",
	    event->kind);
	(void)tg_alert_line(event, gateway, out);
	tg_buf_addc(out, "\n\n");
	(void)tg_alert_json(event, gateway, out);
	tg_buf_addc(out, "\n");
	return out->failed ? -1 : 0;
}

/* Whatever stands in the row, an object comes out. */
static json_t *
read_body(const struct tg_event *event)
{
	struct tg_err ignored = { 0 };
	json_t *j = tg_jtree_parse(tg_str(event->body), &ignored);

	if (json_is_object(j))
		return j;
	json_decref(j);
	return json_object();
}

static void
add_usd(json_t *out, const json_t *body)
{
	const char *name;
	json_t *value;
	struct tg_buf b;
	char usd[64];

	json_object_foreach((json_t *)(uintptr_t)body, name, value) {
		if (!tg_str_ends(tg_str(name), "_nano") ||
		    !json_is_integer(value))
			continue;
		snprintf(usd, sizeof(usd), "%.*s_usd",
		    (int)(strlen(name) - strlen("_nano")), name);
		tg_buf_init(&b, 64);
		if (tg_nano_print(&b, json_integer_value(value)) == 0)
			tg_jtree_set_text(out, usd, b.p);
		tg_buf_free(&b);
	}
}

static const char *
text_of(const json_t *body, const char *name)
{
	const char *text = json_string_value(json_object_get(body, name));

	return text != NULL && *text != '\0' ? text : NULL;
}

static void
add_amount(struct tg_buf *out, const json_t *nano)
{
	if (json_is_integer(nano))
		(void)tg_nano_print(out, json_integer_value(nano));
	else
		tg_buf_addc(out, "?");
}

/* Names come from callers: none may begin a line of its own. */
static void
add_clean(struct tg_buf *out, const char *text, bool ascii)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < ' ' || *text == 127 ||
		    (ascii && (unsigned char)*text > 127))
			tg_buf_byte(out, '?');
		else
			tg_buf_byte(out, *text);
}

/* "team t-1 (Research)", "key build-bot": a key's hash tells nobody much. */
static void
add_who(struct tg_buf *out, const json_t *body)
{
	const char *scope = text_of(body, "scope");
	const char *who = text_of(body, "subject");
	const char *alias = text_of(body, "alias");
	const char *name = text_of(body, "name");

	if (scope != NULL && strncmp(scope, "key", 3) == 0 && alias != NULL) {
		who = alias;
		alias = NULL;
	}
	if (scope != NULL) {
		add_clean(out, scope, false);
		tg_buf_addc(out, " ");
	}
	if (who != NULL) {
		add_clean(out, who, false);
		tg_buf_addc(out, " ");
	}
	if (name != NULL) {
		add_clean(out, name, false);
		tg_buf_addc(out, " ");
	}
	if (alias != NULL) {
		tg_buf_addc(out, "(");
		add_clean(out, alias, false);
		tg_buf_addc(out, ") ");
	}
}

/* To the minute. */
static void
add_moment(struct tg_buf *out, const char *iso)
{
	if (strlen(iso) < strlen("2026-01-31T00:00") || iso[10] != 'T')
		add_clean(out, iso, false);
	else
		tg_buf_printf(out, "%.10s %.5s UTC", iso, iso + 11);
}

static void
add_what(struct tg_buf *out, const char *kind, const json_t *body)
{
	const json_t *percent = json_object_get(body, "percent");
	const char *period = text_of(body, "period");
	const char *reset = text_of(body, "reset_at");
	const json_t *cap = json_object_get(body, "cap_nano");

	bool refused = json_is_true(json_object_get(body, "refused"));

	if (refused)
		tg_buf_addc(out, "has calls refused that its budget does not "
				 "pay for: $");
	else if (json_is_integer(percent) &&
	    strcmp(kind, "budget.threshold") == 0)
		tg_buf_printf(out, "has spent %lld %% of its budget: $",
		    (long long)json_integer_value(percent));
	else if (strcmp(kind, "budget.soft") == 0)
		tg_buf_addc(out, "is over its soft budget: $");
	else if (strcmp(kind, "test") == 0) {
		tg_buf_addc(out, "this is a test, all is well");
		return;
	} else {
		add_clean(out, kind, false);
		tg_buf_addc(out, ": $");
	}
	add_amount(out, json_object_get(body, "spent_nano"));
	if (refused) {
		tg_buf_addc(out, " spent and $");
		add_amount(out, json_object_get(body, "held_nano"));
		tg_buf_addc(out, " held");
	}
	tg_buf_addc(out, " of $");
	add_amount(out, json_is_integer(cap) ? cap :
	    json_object_get(body, "soft_nano"));
	if (period != NULL)
		tg_buf_printf(out, ", period %.*s",
		    (int)strcspn(period, " "), period);
	if (reset != NULL) {
		tg_buf_addc(out, ", which ends at ");
		add_moment(out, reset);
	}
}
