/*
 * The janitor.  What there is to do is web/app's tg_app_upkeep() and telling of
 * events (alert.h); this is when.
 */
#include "config.h"

#include "prog/janitor.h"

#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/clock.h"
#include "prog/alert.h"
#include "prog/sandbox.h"
#include "prog/worker.h"

#define MORE_MS 1000
#define IDLE_MS 10000
#define READ_MS 2000

static int idle(struct tg_app *app, int ms);
static int lock_open(const char *dir, int flags);

int
tg_janitor_run(const struct tg_conf *conf)
{
	struct tg_app_conf app_conf = conf->app;
	struct tg_err e = { 0 };
	struct tg_alerts *alerts;
	struct tg_app *app;
	int lock, more, sig = 0;

	tg_log_role("janitor");
	mallopt(M_ARENA_MAX, 1);
	if (tg_app_open(&app_conf, &app, &e) == -1) {
		tg_warnx("%s", e.msg);
		return TG_EXIT_SETUP;
	}
	alerts = tg_alerts_new(conf, tg_app_store(app));
	lock = lock_open(conf->prog.data, O_CREAT);
	while (sig != SIGTERM && sig != SIGINT && sig != SIGUSR1) {
		/* Another one, of an earlier generation, may still hold it. */
		if (lock != -1)
			(void)flock(lock, LOCK_EX | LOCK_NB);
		more = tg_app_upkeep(app, false);
		if (tg_alerts_deliver(alerts, false) == 1)
			more = 1;
		if (more != 1)
			malloc_trim(0);
		sig = idle(app, more == 1 ? MORE_MS : IDLE_MS);
	}
	tg_alerts_free(alerts);
	tg_app_close(app);
	if (lock != -1)
		close(lock);
	return 0;
}

/* Calls are read in between, for those who look at what they just did. */
static int
idle(struct tg_app *app, int ms)
{
	int sig = 0;

	while (sig == 0 && ms > 0) {
		sig = tg_signals_wait(ms < READ_MS ? ms : READ_MS);
		ms -= READ_MS;
		if (sig == 0 && ms > 0)
			(void)tg_app_read(app, false);
	}
	return sig;
}

int
tg_janitor_round(const struct tg_conf *conf, struct tg_app *app, int max_ms)
{
	struct tg_alerts *alerts = tg_alerts_new(conf, tg_app_store(app));
	int64_t end = tg_mono_ms() + max_ms;
	int more, told;

	do {
		more = tg_app_upkeep(app, false);
		told = tg_alerts_deliver(alerts, false);
	} while ((more == 1 || told == 1) && tg_mono_ms() < end);
	tg_alerts_free(alerts);
	return more == -1 || told == -1 ? -1 : 0;
}

void
tg_janitor_slice(const struct tg_conf *conf, struct tg_app *app)
{
	struct tg_alerts *alerts = tg_alerts_new(conf, tg_app_store(app));

	(void)tg_app_upkeep(app, true);
	(void)tg_alerts_deliver(alerts, true);
	tg_alerts_free(alerts);
}

bool
tg_janitor_is_there(const char *dir)
{
	/* Not made here: it would belong to who asks. */
	int fd = lock_open(dir, 0);
	bool there = fd != -1 && flock(fd, LOCK_EX | LOCK_NB) == -1;

	if (fd != -1)
		close(fd);
	return there;
}

static int
lock_open(const char *dir, int flags)
{
	char path[4096];

	if (snprintf(path, sizeof(path), "%s/janitor.lock", dir) >=
	    (int)sizeof(path))
		return -1;
	return open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | flags, 0600);
}
