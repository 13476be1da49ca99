/* Who serves a call, and whether that process still lives. */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "unit.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/calls.h"
#include "store/inner.h"

/* A child that says its name and stays. */
static pid_t
child(char name[64])
{
	const char *mine;
	int ends[2];
	pid_t pid;
	ssize_t n;

	assert_int_equal(pipe(ends), 0);
	pid = fork();
	assert_true(pid != -1);
	if (pid == 0) {
		mine = tg_worker_name();
		if (write(ends[1], mine, strlen(mine)) == -1)
			_exit(1);
		pause();
		_exit(0);
	}
	n = read(ends[0], name, 63);
	assert_true(n > 0);
	name[n] = '\0';
	close(ends[0]);
	close(ends[1]);
	return pid;
}

static void
test_alive(void **state)
{
	char name[64], other[64];
	siginfo_t info;
	pid_t pid;

	(void)state;
	assert_true(tg_worker_alive(tg_worker_name()));
	pid = child(name);
	assert_string_not_equal(name, tg_worker_name());
	assert_true(tg_worker_alive(name));
	/* The same number, born at another time. */
	snprintf(other, sizeof(other), "%ld:1", (long)pid);
	assert_false(tg_worker_alive(other));
	/* Dead, and nobody has waited for it yet. */
	kill(pid, SIGKILL);
	assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT),
	    0);
	assert_false(tg_worker_alive(name));
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_false(tg_worker_alive(name));
	assert_false(tg_worker_alive("nobody"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alive),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
