#include "config.h"

/*
 * Which process serves a call.  A process is named by its number and the
 * moment it began, because numbers come again.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "store/calls.h"
#include "store/inner.h"

#define WORKER_BYTES 48
#define STARTTIME 22	/* field of /proc/PID/stat, proc(5) */

static bool start_time(long pid, unsigned long long *start);

const char *
tg_worker_name(void)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static char name[WORKER_BYTES];
	static pid_t owner;
	unsigned long long start = 0;

	pthread_mutex_lock(&lock);
	if (owner != getpid()) {
		owner = getpid();
		start_time(owner, &start);
		snprintf(name, sizeof(name), "%ld:%llu", (long)owner, start);
	}
	pthread_mutex_unlock(&lock);
	return name;
}

/* False when /proc does not tell; 0 of a process that has ended. */
static bool
start_time(long pid, unsigned long long *start)
{
	char path[40], text[1024];
	const char *p;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return false;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n <= 0)
		return false;
	text[n] = '\0';
	/* The second field is a name in parentheses that may hold anything. */
	p = strrchr(text, ')');
	/* One that nobody has waited for yet is dead all the same. */
	if (p != NULL && p[1] == ' ' && (p[2] == 'Z' || p[2] == 'X')) {
		*start = 0;
		return true;
	}
	for (int field = 2; p != NULL && field < STARTTIME; field++) {
		p = strchr(p, ' ');
		if (p != NULL)
			p++;
	}
	if (p == NULL)
		return false;
	*start = strtoull(p, NULL, 10);
	return true;
}

/*
 * A process of somebody else may hide its time of birth; then its number
 * must do.
 */
bool
tg_worker_alive(const char *worker)
{
	unsigned long long begun, start;
	char *colon;
	long pid = strtol(worker, &colon, 10);

	if (pid <= 0 || *colon != ':')
		return false;
	begun = strtoull(colon + 1, NULL, 10);
	if (begun != 0 && start_time(pid, &start))
		return start == begun;
	return kill((pid_t)pid, 0) == 0 || errno == EPERM;
}
