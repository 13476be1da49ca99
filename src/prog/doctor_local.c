/*
 * What can be seen on this machine: configuration, files, databases, disk,
 * clock, and whether somebody keeps house.
 */
#include "config.h"

#include "prog/doctor.h"

#include <errno.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/clock.h"
#include "prog/janitor.h"

#define BUILT_BEFORE 1735689600 /* 2025-01-01: no clock is earlier */
#define CLOCK_SLACK_S 60
#define DISK_BAD (64LL << 20)
#define DISK_LOW (512LL << 20)
#define CHECK_MAX_BYTES (256LL << 20)

static int check_config(struct tg_doctor *d);
static int check_folder(struct tg_doctor *d, struct stat *folder);
static void check_files(struct tg_doctor *d, const struct stat *folder);
static int check_file(struct tg_doctor *d, const struct stat *folder,
    const char *path);
static const char *user_name(struct tg_doctor *d, uid_t uid);
static void check_database(struct tg_doctor *d);
static void check_disk(struct tg_doctor *d);
static void check_clock(struct tg_doctor *d);
static time_t newest(struct tg_doctor *d);
static void check_janitor(struct tg_doctor *d);

void
tg_doctor_local(struct tg_doctor *d)
{
	struct stat folder;

	check_clock(d);
	if (check_config(d) == -1 || check_folder(d, &folder) == -1)
		return;
	check_files(d, &folder);
	check_disk(d);
	check_database(d);
	check_janitor(d);
}

static int
check_config(struct tg_doctor *d)
{
	struct tg_cmd *c = d->c;
	struct tg_catalog *catalog;

	if (tg_cmd_conf(c) == -1 ||
	    tg_catalog_build(&c->conf->app.gate.catalog, NULL, NULL, &catalog,
		&c->err) == -1) {
		tg_doctor_bad(d, "configuration", NULL, "%s", c->err.msg);
		return -1;
	}
	tg_catalog_release(catalog);
	if (c->conf->prog.file != NULL)
		tg_doctor_good(d, "configuration", "%s", c->conf->prog.file);
	else
		tg_doctor_good(d, "configuration",
		    "no file, the defaults are "
		    "in force");
	return 0;
}

static int
check_folder(struct tg_doctor *d, struct stat *folder)
{
	const char *dir = d->c->conf->prog.data;
	struct tg_arena *a = d->c->arena;

	if (stat(dir, folder) == -1) {
		tg_doctor_bad(d, "data folder",
		    tg_arena_printf(a, "TOLLGATE_DATA=%s tollgate init\n", dir),
		    "%s: %s", dir, strerror(errno));
		return -1;
	}
	if ((folder->st_mode & 077) != 0)
		tg_doctor_bad(d, "data folder",
		    tg_arena_printf(a, "chmod 700 %s\n", dir),
		    "%s is open to others (mode %o)", dir,
		    (unsigned)folder->st_mode & 07777);
	else if (access(dir, R_OK | W_OK | X_OK) == -1)
		tg_doctor_bad(d, "data folder", NULL,
		    "%s belongs to %s; call "
		    "this as that user",
		    dir, user_name(d, folder->st_uid));
	else
		tg_doctor_good(d, "data folder", "%s, of %s, mode %o", dir,
		    user_name(d, folder->st_uid),
		    (unsigned)folder->st_mode & 07777);
	return 0;
}

static void
check_files(struct tg_doctor *d, const struct stat *folder)
{
	static const char *const names[] = { "tollgate.db", "tollgate.db-wal",
		"tollgate.db-shm", "log.db", "log.db-wal", "log.db-shm",
		"tollgate.ini" };
	const char *dir = d->c->conf->prog.data;
	int bad = 0;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		bad += check_file(d, folder,
		    tg_arena_printf(d->c->arena, "%s/%s", dir, names[i]));
	bad += check_file(d, folder, d->c->conf->app.key_file);
	if (bad == 0)
		tg_doctor_good(d, "files", "only %s may read them",
		    user_name(d, folder->st_uid));
}

/* 1: something is wrong with it. */
static int
check_file(struct tg_doctor *d, const struct stat *folder, const char *path)
{
	struct tg_arena *a = d->c->arena;
	struct stat st;

	if (stat(path, &st) == -1)
		return 0;
	if (st.st_uid != folder->st_uid) {
		tg_doctor_bad(d, "files",
		    tg_arena_printf(a, "chown %s %s\n",
			user_name(d, folder->st_uid), path),
		    "%s belongs to %s, but the folder to %s", path,
		    user_name(d, st.st_uid), user_name(d, folder->st_uid));
		return 1;
	}
	if ((st.st_mode & 077) != 0) {
		tg_doctor_bad(d, "files",
		    tg_arena_printf(a, "chmod 600 %s\n", path),
		    "%s is open to others (mode %o)", path,
		    (unsigned)st.st_mode & 07777);
		return 1;
	}
	return 0;
}

static const char *
user_name(struct tg_doctor *d, uid_t uid)
{
	struct passwd pw, *found = NULL;
	char buf[4096];

	if (getpwuid_r(uid, &pw, buf, sizeof(buf), &found) == 0 &&
	    found != NULL)
		return tg_arena_cstr(d->c->arena, tg_str(found->pw_name));
	return tg_arena_printf(d->c->arena, "%u", (unsigned)uid);
}

/* Opening proves the schema and that the key file is the right one. */
static void
check_database(struct tg_doctor *d)
{
	struct tg_cmd *c = d->c;
	struct tg_store *store;
	int64_t bytes;

	if (tg_cmd_app(c) == -1) {
		tg_doctor_bad(d, "database", NULL, "%s", c->err.msg);
		return;
	}
	store = tg_cmd_store(c);
	if (tg_store_probe(store, &c->err) == -1) {
		tg_doctor_bad(d, "database", NULL, "cannot be written: %s",
		    c->err.msg);
		tg_err_reset(&c->err);
		return;
	}
	bytes = tg_store_bytes(store, TG_DB_MAIN) +
	    tg_store_bytes(store, TG_DB_LOG);
	if (bytes > CHECK_MAX_BYTES)
		tg_doctor_good(d, "database",
		    "can be written; %lld MiB are "
		    "too much to check here, `tollgate db check' does",
		    (long long)(bytes >> 20));
	else if (tg_store_check(store, &c->err) == -1) {
		tg_doctor_bad(d, "database", NULL, "%s", c->err.msg);
		tg_err_reset(&c->err);
	} else
		tg_doctor_good(d, "database",
		    "sound and can be written "
		    "(%lld KiB), the key file fits",
		    (long long)(bytes >> 10));
}

static void
check_disk(struct tg_doctor *d)
{
	const char *dir = d->c->conf->prog.data;
	struct statvfs fs;
	int64_t free_bytes;

	if (statvfs(dir, &fs) == -1) {
		tg_doctor_bad(d, "disk", NULL, "%s: %s", dir, strerror(errno));
		return;
	}
	free_bytes = (int64_t)fs.f_bavail * (int64_t)fs.f_frsize;
	if (free_bytes < DISK_BAD)
		tg_doctor_bad(d, "disk", NULL,
		    "only %lld MiB are free in %s: "
		    "make room, or calls are refused soon",
		    (long long)(free_bytes >> 20), dir);
	else if (free_bytes < DISK_LOW)
		tg_doctor_note(d, "disk", NULL,
		    "%lld MiB are free in %s; "
		    "[log] max_bytes bounds the log",
		    (long long)(free_bytes >> 20), dir);
	else
		tg_doctor_good(d, "disk", "%lld MiB are free",
		    (long long)(free_bytes >> 20));
}

static void
check_clock(struct tg_doctor *d)
{
	static const char lines[] = "timedatectl set-ntp true\n";
	int64_t now = tg_wall_s();
	time_t last;
	char text[TG_ISO_BYTES];

	(void)tg_iso_time(now * 1000000, text);
	if (now < BUILT_BEFORE) {
		tg_doctor_bad(d, "clock", lines,
		    "it says %s: that was before "
		    "this program was made",
		    text);
		return;
	}
	last = newest(d);
	if (last > now + CLOCK_SLACK_S)
		tg_doctor_bad(d, "clock", lines,
		    "it says %s, but the "
		    "database was written %lld s later than that: the clock "
		    "was set back",
		    text, (long long)(last - now));
	else
		tg_doctor_good(d, "clock", "%s", text);
}

/* When the database was last written; 0: never. */
static time_t
newest(struct tg_doctor *d)
{
	static const char *const names[] = { "tollgate.db", "tollgate.db-wal",
		"log.db" };
	struct tg_err ignored = { 0 };
	struct tg_conf *conf;
	struct stat st;
	time_t last = 0;
	size_t i;

	if (tg_conf_load(d->c->conf_file, &conf, NULL, &ignored) == -1)
		return 0;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (stat(tg_arena_printf(d->c->arena, "%s/%s", conf->prog.data,
			     names[i]),
			&st) == 0 &&
		    st.st_mtime > last)
			last = st.st_mtime;
	tg_conf_free(conf);
	return last;
}

static void
check_janitor(struct tg_doctor *d)
{
	const char *dir = d->c->conf->prog.data;

	if (tg_janitor_is_there(dir))
		tg_doctor_good(d, "janitor", "is at work");
	else
		tg_doctor_note(d, "janitor",
		    tg_arena_printf(d->c->arena,
			"*/5 * * * *  TOLLGATE_DATA=%s tollgate cron\n", dir),
		    "no gateway with a janitor runs on this folder now; where "
		    "there never is one (plain CGI, mod_fcgid), cron does its "
		    "work");
}
