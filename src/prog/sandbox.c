/*
 * Process-wide settings.  Linux only: prctl(2), and signals taken by
 * sigtimedwait(2) in a main thread that does nothing else.
 */
#include "config.h"

#include "prog/sandbox.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"

/* More would only make room for mistakes: two a stream, and some. */
#define MAX_DESCRIPTORS 65536

static void signals_set(sigset_t *set);

void
tg_sandbox(void)
{
	struct rlimit none = { 0, 0 }, files;

	umask(077);
	if (signal(SIGPIPE, SIG_IGN) == SIG_ERR)
		tg_warn("signal SIGPIPE");
	if (setrlimit(RLIMIT_CORE, &none) == -1)
		tg_warn("setrlimit RLIMIT_CORE");
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1)
		tg_warn("prctl PR_SET_DUMPABLE");
	if (getrlimit(RLIMIT_NOFILE, &files) == -1)
		return;
	if (files.rlim_cur < files.rlim_max &&
	    files.rlim_cur < MAX_DESCRIPTORS) {
		files.rlim_cur = files.rlim_max < MAX_DESCRIPTORS ?
		    files.rlim_max :
		    MAX_DESCRIPTORS;
		if (setrlimit(RLIMIT_NOFILE, &files) == -1)
			tg_warn("setrlimit RLIMIT_NOFILE");
	}
}

int
tg_sandbox_child(int parent, int sig)
{
	if (sig != 0 && prctl(PR_SET_PDEATHSIG, sig, 0, 0, 0) == -1)
		tg_warn("prctl PR_SET_PDEATHSIG");
	return getppid() == parent ? 0 : -1;
}

void
tg_sandbox_name(const char *name)
{
	if (prctl(PR_SET_NAME, name, 0, 0, 0) == -1)
		tg_warn("prctl PR_SET_NAME");
}

void
tg_signals_block(void)
{
	sigset_t set;

	signals_set(&set);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
}

int
tg_signals_wait(int timeout_ms)
{
	struct timespec ts = { timeout_ms / 1000,
		timeout_ms % 1000 * 1000000L };
	sigset_t set;
	int sig;

	signals_set(&set);
	if (timeout_ms < 0)
		sig = sigwaitinfo(&set, NULL);
	else
		sig = sigtimedwait(&set, NULL, &ts);
	return sig == -1 ? 0 : sig;
}

bool
tg_signals_pending(void)
{
	sigset_t set;

	return sigpending(&set) == 0 &&
	    (sigismember(&set, SIGTERM) == 1 ||
		sigismember(&set, SIGINT) == 1 ||
		sigismember(&set, SIGUSR1) == 1);
}

static void
signals_set(sigset_t *set)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGHUP, SIGUSR1,
		SIGUSR2, SIGCHLD };
	size_t i;

	sigemptyset(set);
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaddset(set, signals[i]);
}
