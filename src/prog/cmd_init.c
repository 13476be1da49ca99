/*
 * `tollgate init`: the data folder with all that is in it.  Each step finds
 * out whether it was done before, so that a run that was broken off is simply
 * repeated, and a second run changes nothing.  `tollgate serve` is here too.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/escape.h"
#include "base/hash.h"
#include "base/id.h"
#include "base/seal.h"
#include "prog/command.h"
#include "prog/listener.h"
#include "prog/sandbox.h"
#include "prog/serve.h"
#include "store/keys.h"
#include "store/people.h"

#define PASSWORD_LENGTH 16
#define FIRST_ALIAS "first-key"

struct init {
	struct tg_cmd *c;
	struct tg_store *store;
	const char *dir;
	const char *admin, *password; /* set: made now */
	const char *master, *first;
	const char *sample;
	bool made; /* anything at all */
};

static int check_key_file(struct init *i);
static int make_folder(struct init *i);
static int make_seal(struct init *i);
static int make_sample(struct init *i);
static int write_new(struct init *i, const char *path, struct tg_str text);
static int make_admin(struct init *i);
static int make_master(struct init *i);
static int make_first(struct init *i);
static int key_add(struct init *i, enum tg_key_role role, const char *alias,
    const char **text);
static int tell(struct init *i);

int
tg_cmd_init(struct tg_cmd *c)
{
	struct init i = { .c = c };
	struct tg_store_conf conf;
	int rc;

	umask(077);
	if (tg_cmd_conf(c) == -1)
		return TG_EXIT_FAILED;
	i.dir = c->conf->prog.data;
	conf = c->conf->app.store;
	if (check_key_file(&i) == -1 || make_folder(&i) == -1 ||
	    make_seal(&i) == -1 || make_sample(&i) == -1 ||
	    tg_store_init(&conf, &i.store, &c->err) == -1)
		return TG_EXIT_FAILED;
	rc = make_admin(&i) == -1 || make_master(&i) == -1 ||
		make_first(&i) == -1 ?
	    -1 :
	    0;
	tg_store_close(i.store);
	/* What was made before a failure is shown: it cannot be later. */
	if (rc == -1 && !i.made)
		return TG_EXIT_FAILED;
	/* Opened as a gateway does: the keys fit what they seal. */
	if (rc == 0 && tg_cmd_app(c) == -1)
		rc = -1;
	tell(&i);
	return rc == 0 ? TG_EXIT_GOOD : TG_EXIT_FAILED;
}

int
tg_cmd_serve(struct tg_cmd *c)
{
	const char *path = tg_cmd_option(c, "--socket");
	const char *workers = tg_cmd_option(c, "--workers");
	int64_t n = 0;

	if (tg_cmd_number(c, "--workers", 0, 64, &n) == -1)
		return TG_EXIT_USAGE;
	/* So that a reload keeps to it as well. */
	if (workers != NULL)
		setenv("TOLLGATE_WORKERS", workers, 1);
	if (path != NULL)
		return tg_serve_socket(c->conf_file, path);
	if (tg_listener_is_inherited())
		return tg_serve_inherited(c->conf_file);
	return tg_cmd_usage(c,
	    "give --socket PATH: descriptor 0 is no "
	    "listening socket");
}

/* A new key would open none of what the old one has sealed. */
static int
check_key_file(struct init *i)
{
	const char *key = i->c->conf->app.key_file;
	char *db = tg_arena_printf(i->c->arena, "%s/tollgate.db", i->dir);
	struct stat st;

	if (access(key, F_OK) == 0 || errno != ENOENT ||
	    stat(db, &st) == -1 || st.st_size == 0)
		return 0;
	return tg_fail(&i->c->err, TG_E_STORE,
	    "%s is there, but its key file %s is missing, and a new one would "
	    "not open what is sealed in it: put the file back from a backup, "
	    "or name it in [server] key_file",
	    db, key);
}

static int
make_folder(struct init *i)
{
	char *path = tg_arena_cstr(i->c->arena, tg_str(i->dir)), *slash;
	struct stat st;

	for (slash = path + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
		*slash = '\0';
		/* Above our folder others walk: as any program makes them. */
		if (stat(path, &st) == -1 && mkdir(path, 0755) == 0)
			(void)chmod(path, 0755);
		*slash = '/';
	}
	if (mkdir(i->dir, 0700) == 0) {
		i->made = true;
		return 0;
	}
	if (errno != EEXIST)
		return tg_fail(&i->c->err, TG_E_STORE,
		    "cannot make the data folder %s: %s (set TOLLGATE_DATA to "
		    "put it elsewhere)",
		    i->dir, strerror(errno));
	if (stat(i->dir, &st) == -1 || !S_ISDIR(st.st_mode) ||
	    access(i->dir, R_OK | W_OK | X_OK) == -1)
		return tg_fail(&i->c->err, TG_E_STORE,
		    "the data folder %s cannot be used: %s", i->dir,
		    S_ISDIR(st.st_mode) ? strerror(errno) : "not a folder");
	if (st.st_uid == geteuid() && (st.st_mode & 077) != 0 &&
	    chmod(i->dir, 0700) == -1)
		tg_warn("chmod %s", i->dir);
	return 0;
}

static int
make_seal(struct init *i)
{
	struct tg_seal *seal =
	    tg_seal_open(i->c->conf->app.key_file, 1, &i->c->err);

	if (seal == NULL)
		return -1;
	tg_seal_close(seal);
	return 0;
}

/* Not where another file is the one in force. */
static int
make_sample(struct init *i)
{
	char *path = tg_arena_printf(i->c->arena, "%s/tollgate.ini", i->dir);
	struct tg_buf text;
	int rc;

	if (i->c->conf->prog.file != NULL)
		return 0;
	tg_buf_init(&text, 1024 * 1024);
	rc = tg_conf_print_sample(&text);
	if (rc == 0)
		rc = write_new(i, path, tg_buf_str(&text));
	tg_buf_free(&text);
	if (rc == 1)
		i->sample = path;
	return rc == -1 ? -1 : 0;
}

/* 1: written, 0: it is there already. */
static int
write_new(struct init *i, const char *path, struct tg_str text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	ssize_t n;

	if (fd == -1 && errno == EEXIST)
		return 0;
	if (fd == -1)
		return tg_fail(&i->c->err, TG_E_STORE, "cannot write %s: %s",
		    path, strerror(errno));
	n = write(fd, text.p, text.n);
	if (close(fd) == -1 || n != (ssize_t)text.n) {
		unlink(path);
		return tg_fail(&i->c->err, TG_E_STORE, "cannot write %s: %s",
		    path, strerror(errno));
	}
	return 1;
}

/* Whoever signs in with the printed password may choose a better one. */
static int
expect_change(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct tg_arena *a = tg_arena_new(64 * 1024);
	struct tg_person p;
	int rc = tg_person_look(db, a, arg, &p, e);

	if (rc == 1)
		rc = tg_person_set_initial(db, p.id, true, e);
	tg_arena_free(a);
	return rc;
}

static int
make_admin(struct init *i)
{
	char password[PASSWORD_LENGTH + 1], hash[TG_PASSWORD_HASH_BYTES];
	const char *name = tg_cmd_option(i->c, "--admin");
	int64_t n;

	if (tg_person_count(i->store, &n, &i->c->err) == -1)
		return -1;
	if (n > 0)
		return 0;
	tg_random_text(password, PASSWORD_LENGTH);
	if (name == NULL || *name == '\0')
		name = "admin";
	if (tg_password_hash(tg_str(password), hash) == -1)
		return tg_fail(&i->c->err, TG_E_INTERNAL,
		    "no memory to hash a password");
	if (tg_person_add(i->store, name, "owner", hash, &i->c->err) == -1 ||
	    tg_write(i->store, TG_DB_MAIN, expect_change, (void *)name,
		&i->c->err) == -1)
		return -1;
	i->admin = name;
	i->password = tg_arena_cstr(i->c->arena, tg_str(password));
	i->made = true;
	return 0;
}

/* The configuration may bring its own; a row is made all the same, once. */
static int
make_master(struct init *i)
{
	struct tg_key *keys;
	size_t n, k;

	if (tg_key_list(i->store, i->c->arena, true, &keys, &n, &i->c->err) ==
	    -1)
		return -1;
	for (k = 0; k < n; k++)
		if (keys[k].role == TG_KEY_MASTER && keys[k].revoked_at == 0)
			return 0;
	return key_add(i, TG_KEY_MASTER, NULL, &i->master);
}

static int
make_first(struct init *i)
{
	struct tg_key *keys;
	size_t n, k;

	if (tg_key_list(i->store, i->c->arena, true, &keys, &n, &i->c->err) ==
	    -1)
		return -1;
	for (k = 0; k < n; k++)
		if (keys[k].role == TG_KEY_CALLER)
			return 0;
	return key_add(i, TG_KEY_CALLER, FIRST_ALIAS, &i->first);
}

static int
key_add(struct init *i, enum tg_key_role role, const char *alias,
    const char **text)
{
	struct tg_arena *a = i->c->arena;
	char secret[TG_KEY_BYTES];
	struct tg_key k = {
		.alias = alias,
		.models = "[]",
		.metadata = "{}",
		.created_by = "init",
		.role = role,
		.created_at = tg_wall_us(),
	};
	int rc;

	tg_key_new(secret);
	tg_sha256_hex(tg_str(secret), k.token);
	k.name = tg_arena_cstr(a, tg_mask_key(a, tg_str(secret)));
	k.updated_at = k.created_at;
	rc = role == TG_KEY_MASTER ?
	    tg_key_set_master(i->store, &k, &i->c->err) :
	    tg_key_add(i->store, &k, &i->c->err);
	if (rc == -1)
		return -1;
	*text = tg_arena_cstr(a, tg_str(secret));
	i->made = true;
	return 0;
}

static int
tell(struct init *i)
{
	FILE *out = i->c->out;

	if (i->c->json)
		return tg_cmd_json(i->c,
		    json_pack("{s:s, s:b, s:o, s:o, s:o, s:o, s:o}", "data",
			i->dir, "made", i->made ? 1 : 0, "admin",
			tg_cmd_json_text(i->admin), "password",
			tg_cmd_json_text(i->password), "master_key",
			tg_cmd_json_text(i->master), "key",
			tg_cmd_json_text(i->first), "config",
			tg_cmd_json_text(i->sample != NULL ?
				i->sample :
				i->c->conf->prog.file)));
	fprintf(out, "data folder: %s\n", i->dir);
	if (i->sample != NULL)
		fprintf(out, "configuration: %s\n", i->sample);
	if (i->admin != NULL)
		fprintf(out, "admin: %s %s\n", i->admin, i->password);
	if (i->master != NULL)
		fprintf(out, "master key: %s\n", i->master);
	if (i->first != NULL)
		fprintf(out, "key: %s\n", i->first);
	if (i->admin == NULL && i->master == NULL && i->first == NULL)
		fprintf(out,
		    "nothing to do: it was set up before; passwords "
		    "and keys are not shown again\n");
	else
		fprintf(out, "These are shown once: keep them.\n");
	return 0;
}
