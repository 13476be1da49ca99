/*
 * `tollgate config': the configuration read as the gateway reads it, all
 * faults told, and written down again.
 */
#include "config.h"

#include "prog/command.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/jtree.h"
#include "gate/settings.h"

#define FAULT_BYTES (1024 * 1024)

static int tell_faults(struct tg_cmd *c, struct tg_buf *faults);
static int check_catalog(struct tg_cmd *c, size_t *models);
static int check_files(struct tg_cmd *c);
static int check_file(struct tg_cmd *c, const char *section, const char *key,
    const char *path);
static int print_text(struct tg_cmd *c, struct tg_buf *b, int rc);

int
tg_cmd_config_check(struct tg_cmd *c)
{
	struct tg_buf faults;
	size_t models = 0;
	int rc;

	tg_buf_init(&faults, FAULT_BYTES);
	rc = tg_conf_load(c->conf_file, &c->conf, &faults, &c->err);
	if (rc == -1)
		return tell_faults(c, &faults);
	tg_buf_free(&faults);
	if (check_files(c) == -1 || check_catalog(c, &models) == -1)
		return TG_EXIT_FAILED;
	if (c->json)
		return tg_cmd_json(c,
		    json_pack("{s:b, s:o, s:I}", "good", 1, "file",
			tg_cmd_json_text(c->conf->prog.file), "deployments",
			(json_int_t)models));
	if (c->conf->prog.file == NULL)
		fprintf(c->out,
		    "no configuration file, the defaults are in "
		    "force\n");
	else
		fprintf(c->out, "%s is good\n", c->conf->prog.file);
	return TG_EXIT_GOOD;
}

int
tg_cmd_config_print(struct tg_cmd *c)
{
	struct tg_buf b;
	int rc = 0;

	tg_buf_init(&b, FAULT_BYTES);
	if (tg_cmd_flag(c, "--sample"))
		rc = tg_conf_print_sample(&b);
	else if (tg_cmd_flag(c, "--manual"))
		rc = tg_conf_print_manual(&b);
	else if (tg_cmd_conf(c) == -1)
		return TG_EXIT_FAILED;
	else if (c->json)
		rc = tg_conf_print_json(c->conf, &b);
	else
		rc = tg_conf_print(c->conf, &b);
	return print_text(c, &b, rc);
}

/* All of them: the first stands in c->err too, which is for --json. */
static int
tell_faults(struct tg_cmd *c, struct tg_buf *faults)
{
	struct tg_str rest = tg_buf_str(faults), line;

	if (!c->json && faults->n > 0) {
		while (tg_str_cut(&rest, '\n', &line))
			if (line.n > 0)
				fprintf(stderr, "%.*s\n", TG_PRI(line));
		tg_err_reset(&c->err);
	}
	tg_buf_free(faults);
	return TG_EXIT_FAILED;
}

/* Providers and models have readers of their own. */
static int
check_catalog(struct tg_cmd *c, size_t *models)
{
	struct tg_catalog *catalog;

	if (tg_catalog_build(&c->conf->app.gate.catalog, NULL, NULL, &catalog,
		&c->err) == -1)
		return -1;
	*models = catalog->n_deployments;
	tg_catalog_release(catalog);
	return 0;
}

/* Only here: a gateway that runs may wait for a file to come back. */
static int
check_files(struct tg_cmd *c)
{
	static const struct {
		enum tg_conf_id id;
		const char *key;
	} files[] = { { TG_CONF_CA_FILE, "ca_file" },
		{ TG_CONF_CA_PATH, "ca_path" } };
	const struct tg_section *s;
	const char *name;
	size_t f, i;

	for (f = 0; f < sizeof(files) / sizeof(files[0]); f++) {
		if (check_file(c, "upstream", files[f].key,
			c->conf->values[files[f].id].text) == -1)
			return -1;
		for (i = 0; i < c->conf->n_providers; i++) {
			s = &c->conf->providers[i];
			name = tg_arena_printf(c->arena, "provider:%s",
			    s->name);
			if (check_file(c, name, files[f].key,
				tg_settings_get(s, files[f].key)) == -1)
				return -1;
		}
	}
	return 0;
}

static int
check_file(struct tg_cmd *c, const char *section, const char *key,
    const char *path)
{
	if (path == NULL || *path == '\0' || access(path, R_OK) == 0)
		return 0;
	return tg_fail(&c->err, TG_E_INVALID, "%s:%s:%s: cannot read %s: %s",
	    c->conf->prog.file, section, key, path, strerror(errno));
}

static int
print_text(struct tg_cmd *c, struct tg_buf *b, int rc)
{
	struct tg_err e = { 0 };
	json_t *j;

	if (rc == -1) {
		tg_buf_free(b);
		return tg_cmd_fail(c, "out of memory");
	}
	if (c->json && !tg_cmd_flag(c, "--sample") &&
	    !tg_cmd_flag(c, "--manual"))
		j = tg_jtree_parse(tg_buf_str(b), &e);
	else
		j = NULL;
	if (j == NULL && c->json)
		j = json_pack("{s:s%}", "text", b->p, b->n);
	if (j != NULL)
		rc = tg_cmd_json(c, j);
	else {
		fwrite(b->p, 1, b->n, c->out);
		rc = TG_EXIT_GOOD;
	}
	tg_buf_free(b);
	return rc;
}
