#ifndef TG_PROG_CONF_H
#define TG_PROG_CONF_H
/*
 * The configuration in force: tollgate.ini over the built-in defaults, with
 * the environment's word before both, checked against the one table
 * (conf_table.h) and handed on as a small struct for each floor.
 */
#include <stdbool.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"
#include "prog/conf_table.h"
#include "web/app.h"

struct tg_alert_target;

/* What the processes themselves need to know. */
struct tg_prog_conf {
	const char *file; /* that was read, or NULL: none */
	const char *data; /* data folder */
	const char *name; /* of this gateway, in what it tells */
	int workers; /* 0: this process serves alone */
	int max_streams;
	int grace_ms;
	int body_ms, send_ms; /* see net/door.h */
	enum tg_log_level log_level;
};

struct tg_conf_value {
	const char *text; /* NULL: not set and no default */
	int64_t number;
	bool given; /* by file or environment */
};

struct tg_conf {
	struct tg_arena *arena;
	struct tg_conf_value values[TG_CONF__MAX];
	/* values checked, resolved */
	struct tg_section *providers, *models, *alerts;
	size_t n_providers, n_models, n_alerts;
	struct tg_alert_target *told; /* alerts as they are delivered */
	struct tg_prog_conf prog;
	struct tg_app_conf app;
};

/*
 * Reads the file that counts: `file` (option -c) or TOLLGATE_CONFIG, which must
 * exist; else $TOLLGATE_DATA/tollgate.ini, SYSCONFDIR/tollgate/tollgate.ini,
 * tollgate.ini of the default data folder.  Nothing else is opened: no data
 * folder is needed.  -1: each fault is a line "FILE:SECTION:KEY: what" in
 * faults (may be NULL), the first one in *e.  env:NAME and file:PATH are
 * resolved.
 */
int tg_conf_load(const char *file, struct tg_conf **out, struct tg_buf *faults,
    struct tg_err *e);
/* Secrets are wiped. */
void tg_conf_free(struct tg_conf *c);

/*
 * A setting as it may be shown: secrets, values of extra headers, and
 * passwords and query values inside URLs are masked.  Maybe in the arena.
 */
const char *tg_conf_shown(struct tg_arena *a, const char *key,
    const char *value);

/* The file with all defaults, commented out. */
int tg_conf_print_sample(struct tg_buf *out);
/* Rows for tollgate.ini(5), in man macros. */
int tg_conf_print_manual(struct tg_buf *out);
/* What is in force, as a file; secrets masked. */
int tg_conf_print(const struct tg_conf *c, struct tg_buf *out);
/* The same as a JSON object. */
int tg_conf_print_json(const struct tg_conf *c, struct tg_buf *out);
#endif
