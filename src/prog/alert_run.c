/*
 * A program run for an alert: no shell, no descriptor of ours but its standard
 * input, an environment without our secrets, a process group of its own that
 * ends when the time is over.
 */
#include "config.h" /* close_range */

#include "prog/alert_send.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "prog/sandbox.h"

#define LOOK_MS 10
#define NO_PROGRAM 127

static pid_t begin(char *const *argv, int in);
static void become(char *const *argv, int in) __attribute__((noreturn));
static int feed(int fd, struct tg_str input, int64_t end_ms);
static enum tg_alert_result await(struct tg_alert_try *t, pid_t pid,
    int64_t end_ms);

enum tg_alert_result
tg_alert_run(struct tg_alert_try *t, char *const *argv, struct tg_str input)
{
	int64_t end_ms = tg_mono_ms() + t->ms;
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) == -1) {
		snprintf(t->why, sizeof(t->why), "pipe: %s", strerror(errno));
		return TG_ALERT_LATER;
	}
	pid = begin(argv, ends[0]);
	close(ends[0]);
	if (pid == -1) {
		snprintf(t->why, sizeof(t->why), "fork: %s", strerror(errno));
		close(ends[1]);
		return TG_ALERT_LATER;
	}
	/* Whoever does not read to the end may be content all the same. */
	(void)signal(SIGPIPE, SIG_IGN);
	(void)feed(ends[1], input, end_ms);
	close(ends[1]);
	return await(t, pid, end_ms);
}

static pid_t
begin(char *const *argv, int in)
{
	pid_t pid = fork();

	if (pid == 0)
		become(argv, in);
	/* Both set it: whoever comes first. */
	if (pid > 0)
		(void)setpgid(pid, pid);
	return pid;
}

/* Only what is safe after fork(). */
static void
become(char *const *argv, int in)
{
	static const char *const kept[] = { "PATH", "HOME", "LANG", "TZ",
		"USER", "LOGNAME" };
	char *env[sizeof(kept) / sizeof(kept[0]) + 1];
	size_t n = 0, i, k;
	sigset_t none;
	int null;

	for (i = 0; environ[i] != NULL; i++)
		for (k = 0; k < sizeof(kept) / sizeof(kept[0]); k++)
			if (strncmp(environ[i], kept[k], strlen(kept[k])) ==
				0 &&
			    environ[i][strlen(kept[k])] == '=' &&
			    n < sizeof(kept) / sizeof(kept[0]))
				env[n++] = environ[i];
	env[n] = NULL;
	(void)setpgid(0, 0);
	null = open("/dev/null", O_WRONLY);
	if (dup2(in, STDIN_FILENO) == -1 || dup2(null, STDOUT_FILENO) == -1)
		_exit(NO_PROGRAM);
	(void)close_range(3, ~0u, 0);
	(void)umask(022);
	(void)signal(SIGPIPE, SIG_DFL);
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	(void)execve(argv[0], argv, env);
	_exit(NO_PROGRAM);
}

static int
feed(int fd, struct tg_str input, int64_t end_ms)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	int64_t left;
	ssize_t n;

	if (fcntl(fd, F_SETFL, O_NONBLOCK) == -1)
		return -1;
	while (input.n > 0) {
		left = end_ms - tg_mono_ms();
		if (left <= 0)
			return -1;
		if (poll(&p, 1, (int)left) == -1 && errno != EINTR)
			return -1;
		n = write(fd, input.p, input.n);
		if (n == -1 && errno != EAGAIN && errno != EINTR)
			return -1;
		if (n > 0) {
			input.p += n;
			input.n -= (size_t)n;
		}
	}
	return 0;
}

static enum tg_alert_result
await(struct tg_alert_try *t, pid_t pid, int64_t end_ms)
{
	const struct timespec look = { 0, LOOK_MS * 1000000L };
	bool over = false, stop = false;
	int status = 0;
	pid_t got;

	while ((got = waitpid(pid, &status, WNOHANG)) == 0 ||
	    (got == -1 && errno == EINTR)) {
		stop = tg_signals_pending();
		over = tg_mono_ms() >= end_ms;
		if (over || stop) {
			(void)kill(-pid, SIGKILL);
			(void)waitpid(pid, &status, 0);
			break;
		}
		(void)nanosleep(&look, NULL);
	}
	if (stop)
		return TG_ALERT_STOPPED;
	if (over)
		snprintf(t->why, sizeof(t->why), "not done after %d s",
		    t->ms / 1000);
	else if (got == -1 || WIFSIGNALED(status))
		snprintf(t->why, sizeof(t->why), "the program was ended by a "
		    "signal");
	else if (WEXITSTATUS(status) == NO_PROGRAM)
		snprintf(t->why, sizeof(t->why), "status 127: there is no "
		    "such program, or it may not be run");
	else
		snprintf(t->why, sizeof(t->why), "status %d",
		    WEXITSTATUS(status));
	return !over && got == pid && WIFEXITED(status) &&
		WEXITSTATUS(status) == 0 ?
	    TG_ALERT_TOLD :
	    TG_ALERT_LATER;
}
