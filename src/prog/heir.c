/*
 * The new master is a new program run: no thread and no lock of the worker
 * comes along, only the socket, and who the web server is.
 */
#include "config.h"

#include "prog/heir.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "prog/worker.h"

#define SERVER_PID "TOLLGATE_SERVER_PID"
#define SELF "/proc/self/exe"
#define MOMENT_US 700000
#define WAIT_MS 5000

static bool is_orphan(const struct tg_worker_conf *w);
static void start(const struct tg_listener *l, const char *conf_file);

pid_t
tg_heir_server(void)
{
	const char *text = getenv(SERVER_PID);
	int64_t pid;

	if (text != NULL && tg_str_i64(tg_str(text), &pid) && pid > 1)
		return (pid_t)pid;
	pid = getppid();
	return pid > 1 ? (pid_t)pid : 0;
}

bool
tg_heir_am_i(void)
{
	return getenv(SERVER_PID) != NULL;
}

/* It may run as another user: then it is there, too. */
bool
tg_heir_server_lives(pid_t server)
{
	return kill(server, 0) == 0 || errno == EPERM;
}

void
tg_heir_see_to(const struct tg_worker_conf *w)
{
	int64_t end = tg_mono_ms() + WAIT_MS;

	if (w->listener->server == 0 || !is_orphan(w))
		return;
	if (tg_board_claim_heir(w->board)) {
		start(w->listener, w->conf_file);
		tg_board_settle_heir(w->board);
		return;
	}
	while (!tg_board_heir_settled(w->board) && tg_mono_ms() < end)
		usleep(20000);
}

/*
 * The signal comes when the thread that forked us dies; if the master has
 * others (a sanitizer's), they may live on for a moment.
 */
static bool
is_orphan(const struct tg_worker_conf *w)
{
	int looks;

	for (looks = 0; looks < 5; looks++) {
		if (getppid() != w->master)
			return true;
		usleep(4000);
	}
	return false;
}

static void
start(const struct tg_listener *l, const char *conf_file)
{
	char path[4096];
	const char *argv[] = { path, conf_file != NULL ? "-c" : NULL, conf_file,
		NULL };
	char pid[24];
	ssize_t n;
	pid_t child;

	usleep(MOMENT_US);
	if (!tg_heir_server_lives(l->server) || !tg_listener_is_there(l))
		return;
	snprintf(pid, sizeof(pid), "%d", (int)l->server);
	setenv(SERVER_PID, pid, 1);
	/* By its name, for ps(1); one that was replaced has none any more. */
	n = readlink(SELF, path, sizeof(path) - 1);
	path[n < 0 ? 0 : n] = '\0';
	child = fork();
	if (child == -1) {
		tg_warn("fork");
		return;
	}
	if (child > 0) {
		tg_warnx("the master was killed, a new one is started "
			 "pid=%d",
		    (int)child);
		return;
	}
	setsid();
	if (dup2(l->fd, STDIN_FILENO) != -1) {
		execv(path, (char *const *)(uintptr_t)argv);
		execv(SELF, (char *const *)(uintptr_t)argv);
	}
	_exit(127);
}
