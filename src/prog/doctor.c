/*
 * The doctor's rounds: first what can be seen here, then, with a URL, the way
 * through the web server.
 */
#include "config.h"

#include "prog/doctor.h"

#include <unistd.h>

#include "base/id.h"

#define KEY_LIFE "10m"

static void make_key(struct tg_doctor *d, const char **token);
static void revoke_key(struct tg_doctor *d, const char *token);
static const char *root_of(struct tg_cmd *c, const char *url);
static void found(struct tg_doctor *d, const char *check, const char *result,
    const char *lines, const char *text);
static int report(struct tg_doctor *d);
static bool has_data(struct tg_cmd *c);

int
tg_cmd_doctor(struct tg_cmd *c)
{
	struct tg_doctor d = { .c = c, .checks = json_array(), .server = "" };
	const char *token = NULL;

	d.key = tg_cmd_option(c, "--key");
	if (c->n_args == 1 && (d.root = root_of(c, c->args[0])) == NULL) {
		json_decref(d.checks);
		return tg_cmd_usage(c,
		    "%s is not a URL: it begins with "
		    "http:// or https://",
		    c->args[0]);
	}
	/* From another machine, with a key, there is nothing here to see. */
	if (d.root == NULL || d.key == NULL || has_data(c))
		tg_doctor_local(&d);
	if (d.root != NULL) {
		if (d.key == NULL)
			make_key(&d, &token);
		tg_doctor_remote(&d);
	}
	if (token != NULL)
		revoke_key(&d, token);
	return report(&d);
}

void
tg_doctor_good(struct tg_doctor *d, const char *check, const char *fmt, ...)
{
	const char *text;
	va_list ap;

	va_start(ap, fmt);
	text = tg_arena_vprintf(d->c->arena, fmt, ap);
	va_end(ap);
	found(d, check, "good", NULL, text);
}

void
tg_doctor_note(struct tg_doctor *d, const char *check, const char *lines,
    const char *fmt, ...)
{
	const char *text;
	va_list ap;

	va_start(ap, fmt);
	text = tg_arena_vprintf(d->c->arena, fmt, ap);
	va_end(ap);
	found(d, check, "note", lines, text);
}

void
tg_doctor_bad(struct tg_doctor *d, const char *check, const char *lines,
    const char *fmt, ...)
{
	const char *text;
	va_list ap;

	va_start(ap, fmt);
	text = tg_arena_vprintf(d->c->arena, fmt, ap);
	va_end(ap);
	found(d, check, "bad", lines, text);
	d->n_bad++;
}

/* For people at once: some checks take seconds. */
static void
found(struct tg_doctor *d, const char *check, const char *result,
    const char *lines, const char *text)
{
	struct tg_str rest = tg_str(lines), line;
	json_t *j;

	j = json_pack("{s:s, s:s, s:o, s:o}", "check", check, "result", result,
	    "message", tg_cmd_json_text(text), "lines",
	    tg_cmd_json_text(lines));
	json_array_append_new(d->checks, j);
	if (d->c->json)
		return;
	fprintf(d->c->out, "%-4s  %-14s  %s\n",
	    strcmp(result, "good") == 0    ? "ok" :
		strcmp(result, "bad") == 0 ? "FAIL" :
					     "note",
	    check, text);
	while (lines != NULL && tg_str_cut(&rest, '\n', &line))
		if (line.n > 0)
			fprintf(d->c->out, "      | %.*s\n", TG_PRI(line));
	fflush(d->c->out);
}

static int
report(struct tg_doctor *d)
{
	struct tg_cmd *c = d->c;
	int status = d->n_bad > 0 ? TG_EXIT_FAILED : TG_EXIT_GOOD;

	/* The report is what was found: a failed check is no failed command. */
	tg_err_reset(&c->err);
	if (c->json) {
		(void)tg_cmd_json(c,
		    json_pack("{s:b, s:s, s:o}", "good", d->n_bad == 0,
			"server", d->server, "checks", d->checks));
		return status;
	}
	if (d->root == NULL)
		fprintf(c->out,
		    "\nGive the public URL (tollgate doctor "
		    "http://127.0.0.1:8080) to try the way through the web "
		    "server too.\n");
	fprintf(c->out, "\n%s\n",
	    d->n_bad == 0 ? "All is well." :
			    "The lines marked FAIL need a hand.");
	json_decref(d->checks);
	return status;
}

/* With or without /v1 and slashes at the end. */
static const char *
root_of(struct tg_cmd *c, const char *url)
{
	struct tg_str s = tg_str(url);

	if (!tg_str_starts(s, "http://") && !tg_str_starts(s, "https://"))
		return NULL;
	while (tg_str_ends(s, "/"))
		s.n--;
	if (tg_str_ends(s, "/v1"))
		s.n -= 3;
	while (tg_str_ends(s, "/"))
		s.n--;
	return tg_arena_cstr(c->arena, s);
}

/* Sound or not: what is there is looked at. */
static bool
has_data(struct tg_cmd *c)
{
	bool bad_conf = tg_cmd_conf(c) == -1;

	tg_err_reset(&c->err);
	if (bad_conf)
		return true;
	return access(tg_arena_printf(c->arena, "%s/tollgate.db",
			  c->conf->prog.data),
		   F_OK) == 0;
}

/* One for this visit; without it only what needs none is looked at. */
static void
make_key(struct tg_doctor *d, const char **token)
{
	struct tg_cmd *c = d->c;
	json_t *body, *answer;
	char chance[9];

	if (c->app == NULL) {
		tg_doctor_bad(d, "key", NULL,
		    "without a database here no key "
		    "to call with can be made: give one with --key");
		return;
	}
	tg_random_text(chance, 8);
	body = json_pack("{s:s, s:s, s:[s], s:s}", "key_alias",
	    tg_arena_printf(c->arena, "doctor-%s", chance), "duration",
	    KEY_LIFE, "models", "echo", "log", "none");
	if (tg_cmd_call(c, "POST", "/key/generate", body, &answer) == -1) {
		tg_doctor_bad(d, "key", NULL,
		    "no key to call with can be "
		    "made here (%s): give one with --key",
		    c->err.msg);
		return;
	}
	d->key = tg_arena_cstr(c->arena,
	    tg_str(json_string_value(json_object_get(answer, "key"))));
	*token = tg_arena_cstr(c->arena,
	    tg_str(json_string_value(json_object_get(answer, "token"))));
	json_decref(answer);
}

static void
revoke_key(struct tg_doctor *d, const char *token)
{
	json_t *answer;

	if (tg_cmd_call(d->c, "POST", "/key/delete",
		json_pack("{s:[s]}", "keys", token), &answer) == 0)
		json_decref(answer);
	else
		tg_doctor_note(d, "key", NULL,
		    "the key made for this visit "
		    "could not be revoked (%s); it ends by itself in " KEY_LIFE,
		    d->c->err.msg);
}
