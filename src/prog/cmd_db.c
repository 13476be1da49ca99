/*
 * `tollgate db': the two database files.
 */
#include "config.h"

#include "prog/command.h"

#include <errno.h>
#include <unistd.h>

#include "base/clock.h"
#include "gate/scribe.h"
#include "store/scribe.h"

static const char *file_name(enum tg_db_file file);

int
tg_cmd_db_check(struct tg_cmd *c)
{
	int64_t begin = tg_mono_ms(), main_bytes, log_bytes;

	if (tg_cmd_app(c) == -1 ||
	    tg_store_check(tg_cmd_store(c), &c->err) == -1)
		return TG_EXIT_FAILED;
	main_bytes = tg_store_bytes(tg_cmd_store(c), TG_DB_MAIN);
	log_bytes = tg_store_bytes(tg_cmd_store(c), TG_DB_LOG);
	return tg_cmd_said(c,
	    json_pack("{s:b, s:s, s:I, s:I, s:I}", "good", 1, "data",
		c->conf->prog.data, "main_bytes", (json_int_t)main_bytes,
		"log_bytes", (json_int_t)log_bytes, "ms",
		(json_int_t)(tg_mono_ms() - begin)),
	    "%s: both databases are sound (%lld and %lld bytes)",
	    c->conf->prog.data, (long long)main_bytes, (long long)log_bytes);
}

int
tg_cmd_db_backup(struct tg_cmd *c)
{
	enum tg_db_file file = tg_cmd_flag(c, "--log") ? TG_DB_LOG : TG_DB_MAIN;
	const char *to = c->args[0];

	if (access(to, F_OK) == 0)
		return tg_cmd_fail(c, "%s is there already", to);
	if (tg_cmd_app(c) == -1 ||
	    tg_store_backup(tg_cmd_store(c), file, to, &c->err) == -1)
		return TG_EXIT_FAILED;
	return tg_cmd_said(c,
	    json_pack("{s:s, s:s}", "file", file_name(file), "to", to),
	    "%s is copied to %s. Keep %s with it: without that "
	    "key file the providers' secrets in it stay sealed.",
	    file_name(file), to, c->conf->app.key_file);
}

int
tg_cmd_db_vacuum(struct tg_cmd *c)
{
	int64_t before = 0, after = 0;
	int file;

	if (tg_cmd_app(c) == -1)
		return TG_EXIT_FAILED;
	for (file = 0; file < TG_DB__MAX; file++)
		before +=
		    tg_store_bytes(tg_cmd_store(c), (enum tg_db_file)file);
	if (tg_store_vacuum(tg_cmd_store(c), &c->err) == -1)
		return TG_EXIT_FAILED;
	for (file = 0; file < TG_DB__MAX; file++)
		after += tg_store_bytes(tg_cmd_store(c), (enum tg_db_file)file);
	return tg_cmd_said(c,
	    json_pack("{s:I, s:I}", "bytes_before", (json_int_t)before,
		"bytes_after", (json_int_t)after),
	    "from %lld to %lld bytes", (long long)before, (long long)after);
}

int
tg_cmd_db_reindex(struct tg_cmd *c)
{
	int64_t begin = tg_mono_ms();
	int more = 1;

	if (tg_cmd_app(c) == -1 ||
	    tg_scribe_restart(tg_cmd_store(c), &c->err) == -1)
		return TG_EXIT_FAILED;
	while (more == 1)
		more = tg_scribe(tg_cmd_store(c), false, &c->err);
	if (more == -1)
		return TG_EXIT_FAILED;
	return tg_cmd_said(c,
	    json_pack("{s:I}", "ms", (json_int_t)(tg_mono_ms() - begin)),
	    "all calls whose bodies are kept were read anew");
}

static const char *
file_name(enum tg_db_file file)
{
	return file == TG_DB_LOG ? "log.db" : "tollgate.db";
}
