/*
 * Settings on the command line.
 */
#include "config.h"

#include "prog/cmd_settings.h"

#include <errno.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/hash.h"
#include "base/limits.h"

#define MAX_NAME 256

static int read_line(struct tg_cmd *c, FILE *f, const char *from,
    const char **out);

int
tg_cmd_setting(struct tg_cmd *c, json_t *settings, unsigned section,
    const char *key, const char *value)
{
	int id = tg_conf_row_find(section, key);
	const char *guess, *wrong, *name;
	int64_t number;

	if (id == -1 || id == TG_CONF_API_KEY) {
		guess = tg_conf_key_guess(section, key);
		return tg_fail(&c->err, TG_E_INVALID,
		    "no such setting: %s%s%s%s", key,
		    guess != NULL ? "; did you mean " : "",
		    guess != NULL ? guess : "", guess != NULL ? "?" : "");
	}
	if ((strncmp(value, "env:", 4) == 0 ||
		strncmp(value, "file:", 5) == 0) &&
	    tg_cmd_secret(c, value, &value) == -1)
		return -1;
	wrong = tg_conf_value_check(&tg_conf_rows[id], value, &number);
	if (wrong != NULL)
		return tg_fail(&c->err, TG_E_INVALID, "%s %s, not \"%s\"", key,
		    wrong, tg_conf_shown(c->arena, key, value));
	name = tg_conf_key_kept(c->arena, id, key);
	if (tg_conf_rows[id].type == TG_CONF_FLAG)
		value = number ? "yes" : "no";
	else if (tg_conf_rows[id].type == TG_CONF_BYTES)
		value = tg_arena_printf(c->arena, "%lld", (long long)number);
	json_object_set_new(settings, name, tg_cmd_json_text(value));
	return 0;
}

int
tg_cmd_settings_given(struct tg_cmd *c, json_t *settings, unsigned section)
{
	struct tg_str rest, key;
	int i;

	for (i = 0; i < c->n_given; i++) {
		if (c->given[i].option->kind == TG_OPTION_TEXT &&
		    tg_cmd_setting(c, settings, section,
			c->given[i].option->member, c->given[i].value) == -1)
			return -1;
		if (strcmp(c->given[i].option->name, "--set") != 0)
			continue;
		rest = tg_str(c->given[i].value);
		if (memchr(rest.p, '=', rest.n) == NULL)
			return tg_fail(&c->err, TG_E_INVALID,
			    "--set wants KEY=VALUE, not %s", rest.p);
		(void)tg_str_cut(&rest, '=', &key);
		if (tg_cmd_setting(c, settings, section,
			tg_arena_cstr(c->arena, tg_str_trim(key)),
			tg_arena_cstr(c->arena, tg_str_trim(rest))) == -1)
			return -1;
	}
	return 0;
}

const char *
tg_cmd_provider_name_check(const char *name)
{
	static const char good[] = "abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

	if (*name == '\0' || name[strspn(name, good)] != '\0')
		return "a provider's name is made of letters, digits, "
		       "'.', '_' and '-'";
	if (strlen(name) > MAX_NAME)
		return "a provider's name has at most 256 characters";
	return NULL;
}

const char *
tg_cmd_model_name_check(const char *name)
{
	const unsigned char *p;

	if (*name == '\0')
		return "a model's name must not be empty";
	if (strlen(name) > MAX_NAME)
		return "a model's name has at most 256 bytes";
	if (!tg_utf8_valid(tg_str(name)))
		return "a model's name must be UTF-8";
	/* Also U+0080 to U+00A0, the other control characters and a blank. */
	for (p = (const unsigned char *)name; *p != '\0'; p++)
		if (*p <= ' ' || *p == 127 || (*p == 0xc2 && p[1] <= 0xa0))
			return "a model's name must hold no blanks and no "
			       "control characters";
	return NULL;
}

int
tg_cmd_secret(struct tg_cmd *c, const char *given, const char **out)
{
	FILE *f;
	int rc;

	*out = given;
	if (strncmp(given, "env:", 4) == 0) {
		*out = getenv(given + 4);
		return *out != NULL ?
		    0 :
		    tg_fail(&c->err, TG_E_INVALID,
			"environment variable %s is not set", given + 4);
	}
	if (strcmp(given, "-") == 0)
		return read_line(c, stdin, "standard input", out);
	if (strncmp(given, "file:", 5) != 0)
		return 0;
	f = fopen(given + 5, "re");
	if (f == NULL)
		return tg_fail(&c->err, TG_E_INVALID, "cannot read %s: %s",
		    given + 5, strerror(errno));
	rc = read_line(c, f, given + 5, out);
	fclose(f);
	return rc;
}

static int
read_line(struct tg_cmd *c, FILE *f, const char *from, const char **out)
{
	char line[TG_MAX_CONFIG_VALUE];
	struct termios shown, hidden;
	bool asks = isatty(fileno(f)) && tcgetattr(fileno(f), &shown) == 0;
	char *got;

	if (asks) {
		fprintf(stderr, "key (not shown): ");
		hidden = shown;
		hidden.c_lflag &= ~(tcflag_t)ECHO;
		tcsetattr(fileno(f), TCSAFLUSH, &hidden);
	}
	got = fgets(line, sizeof(line), f);
	if (asks) {
		tcsetattr(fileno(f), TCSAFLUSH, &shown);
		fputc('\n', stderr);
	}
	if (got == NULL)
		return tg_fail(&c->err, TG_E_INVALID, "%s is empty", from);
	*out = tg_arena_cstr(c->arena, tg_str_trim(tg_str(line)));
	tg_wipe(line, sizeof(line));
	return 0;
}
