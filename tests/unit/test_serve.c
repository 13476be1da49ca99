/*
 * Master, workers and janitor as they run: started on a socket, called by a
 * FastCGI client, and then mistreated.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "unit.h"

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "prog/serve.h"
#include "prog_help.h"

#define MAX_KIDS 16
#define CONFIG \
	"[server]\n" \
	"workers = 2\n" \
	"grace_seconds = 2\n" \
	"body_seconds = 1\n" \
	"max_streams = 4\n" \
	"log_level = warn\n"

static pid_t
start(const struct prog *p)
{
	pid_t pid;

	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		/* Nothing stays behind a test that failed. */
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		_exit(tg_serve_socket(NULL, p->socket));
	}
	return pid;
}

/* Waits until so many children are there, and none of those in `not`. */
static void
await_kids(pid_t master, int n, const pid_t * not, int n_not)
{
	int64_t end = tg_mono_ms() + 5000;
	pid_t kids[MAX_KIDS];
	int i, k, have, old;

	do {
		usleep(20000);
		have = prog_children(master, kids, MAX_KIDS);
		old = 0;
		for (i = 0; i < have; i++)
			for (k = 0; k < n_not; k++)
				old += kids[i] == not [k];
	} while ((have != n || old > 0) && tg_mono_ms() < end);
	assert_int_equal(have, n);
	assert_int_equal(old, 0);
}

static void
end(pid_t master)
{
	kill(master, SIGTERM);
	assert_int_equal(prog_wait(master, 5000), 0);
}

static void
test_serves(void **state)
{
	struct prog *p = *state;
	struct stat st;
	pid_t master;

	prog_config(p, CONFIG);
	master = start(p);
	assert_int_equal(prog_call(p), 200);
	await_kids(master, 3, NULL, 0);
	assert_int_equal(stat(p->socket, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0660);
	end(master);
	assert_int_equal(stat(p->socket, &st), -1);
}

static void
test_max_streams(void **state)
{
	struct prog *p = *state;
	pid_t master;
	char out[16384];
	int fds[4], i;

	prog_config(p, CONFIG);
	master = start(p);
	assert_int_equal(prog_call(p), 200);
	/* It counts until what it said is kept, which a busy disk delays. */
	usleep(700000);
	for (i = 0; i < 4; i++) {
		fds[i] = prog_connect(p->socket);
		/* Long enough for a machine that stalls now and then. */
		prog_ask(fds[i], p->key, true, "\"words\":40,\"chunk_ms\":100");
	}
	usleep(300000);
	i = prog_connect(p->socket);
	prog_ask(i, p->key, false, "\"words\":1");
	assert_int_equal(prog_answer(i, out, sizeof(out), 2000), 503);
	assert_non_null(strstr(out, "Retry-After: "));
	close(i);
	for (i = 0; i < 4; i++) {
		assert_int_equal(prog_answer(fds[i], out, sizeof(out), 15000),
		    200);
		assert_non_null(strstr(out, "[DONE]"));
		close(fds[i]);
	}
	assert_int_equal(prog_call(p), 200);
	end(master);
}

/* Silent connections cost descriptors, and end after body_seconds. */
static void
test_half_open(void **state)
{
	struct prog *p = *state;
	pid_t master, kids[MAX_KIDS];
	int fds[300], i, n, threads = 0;
	char byte;

	prog_config(p, CONFIG);
	master = start(p);
	assert_int_equal(prog_call(p), 200);
	for (i = 0; i < 300; i++) {
		fds[i] = prog_connect(p->socket);
		assert_true(fds[i] >= 0);
	}
	usleep(200000);
	n = prog_children(master, kids, MAX_KIDS);
	for (i = 0; i < n; i++)
		threads += prog_threads(kids[i]);
	assert_true(threads < 40);
	assert_int_equal(prog_call(p), 200);
	usleep(1300000);
	for (i = 0; i < 300; i++) {
		assert_int_equal(recv(fds[i], &byte, 1, MSG_DONTWAIT), 0);
		close(fds[i]);
	}
	end(master);
}

static void
test_killed_children(void **state)
{
	struct prog *p = *state;
	pid_t master, kids[MAX_KIDS];
	int i, n;

	prog_config(p, CONFIG);
	master = start(p);
	assert_int_equal(prog_call(p), 200);
	await_kids(master, 3, NULL, 0);
	n = prog_children(master, kids, MAX_KIDS);
	for (i = 0; i < n; i++)
		kill(kids[i], SIGKILL);
	await_kids(master, 3, kids, n);
	assert_int_equal(prog_call(p), 200);
	end(master);
}

/* A stream of the old generation comes to its end, new calls are served. */
static void
test_reload(void **state)
{
	struct prog *p = *state;
	pid_t master, kids[MAX_KIDS];
	char out[16384];
	int fd, n;

	prog_config(p, CONFIG);
	master = start(p);
	assert_int_equal(prog_call(p), 200);
	await_kids(master, 3, NULL, 0);
	n = prog_children(master, kids, MAX_KIDS);
	fd = prog_connect(p->socket);
	prog_ask(fd, p->key, true, "\"words\":12,\"chunk_ms\":100");
	usleep(200000);
	kill(master, SIGHUP);
	usleep(200000);
	assert_int_equal(prog_call(p), 200);
	assert_int_equal(prog_answer(fd, out, sizeof(out), 5000), 200);
	assert_non_null(strstr(out, "[DONE]"));
	close(fd);
	await_kids(master, 3, kids, n);
	end(master);
}

static void
test_bad_reload(void **state)
{
	struct prog *p = *state;
	pid_t master, kids[MAX_KIDS], after[MAX_KIDS];
	int i, k, n, kept = 0;

	prog_config(p, CONFIG);
	master = start(p);
	assert_int_equal(prog_call(p), 200);
	await_kids(master, 3, NULL, 0);
	n = prog_children(master, kids, MAX_KIDS);
	prog_config(p, "[server]\nwrokers = 2\n");
	kill(master, SIGHUP);
	usleep(100000);
	/* It reads, but no gateway can be opened with it. */
	prog_config(p, CONFIG "data = /nowhere\nkey_file = /nowhere\n");
	kill(master, SIGHUP);
	usleep(500000);
	assert_int_equal(prog_children(master, after, MAX_KIDS), n);
	for (i = 0; i < n; i++)
		for (k = 0; k < n; k++)
			kept += kids[i] == after[k];
	assert_int_equal(kept, n);
	assert_int_equal(prog_call(p), 200);
	prog_config(p, CONFIG);
	end(master);
}

static void
test_graceful(void **state)
{
	struct prog *p = *state;
	int64_t begin;
	pid_t master;
	char out[16384];
	int fd, slow;

	prog_config(p, CONFIG);
	master = start(p);
	assert_int_equal(prog_call(p), 200);
	fd = prog_connect(p->socket);
	prog_ask(fd, p->key, true, "\"words\":10,\"chunk_ms\":100");
	slow = prog_connect(p->socket);
	prog_ask(slow, p->key, true, "\"words\":100,\"chunk_ms\":100");
	usleep(200000);
	begin = tg_mono_ms();
	kill(master, SIGTERM);
	assert_int_equal(prog_answer(fd, out, sizeof(out), 5000), 200);
	assert_non_null(strstr(out, "[DONE]"));
	/* Longer than grace_seconds: cut, and not as if it were whole. */
	assert_int_equal(prog_answer(slow, out, sizeof(out), 5000), 200);
	assert_null(strstr(out, "[DONE]"));
	assert_int_equal(prog_wait(master, 5000), 0);
	assert_in_range(tg_mono_ms() - begin, 1900, 4000);
	close(fd);
	close(slow);
}

static void
test_told_twice(void **state)
{
	struct prog *p = *state;
	int64_t begin;
	pid_t master;
	int fd;

	prog_config(p, CONFIG);
	master = start(p);
	assert_int_equal(prog_call(p), 200);
	fd = prog_connect(p->socket);
	prog_ask(fd, p->key, true, "\"words\":100,\"chunk_ms\":100");
	usleep(200000);
	begin = tg_mono_ms();
	kill(master, SIGTERM);
	usleep(100000);
	kill(master, SIGTERM);
	assert_int_equal(prog_wait(master, 3000), 0);
	assert_in_range(tg_mono_ms() - begin, 0, 1000);
	close(fd);
}

/* Nobody is left behind when the master is killed. */
static void
test_killed_master(void **state)
{
	struct prog *p = *state;
	int64_t until;
	pid_t master, kids[MAX_KIDS];
	int i, n, alive;

	prog_config(p, CONFIG);
	master = start(p);
	assert_int_equal(prog_call(p), 200);
	await_kids(master, 3, NULL, 0);
	n = prog_children(master, kids, MAX_KIDS);
	kill(master, SIGKILL);
	assert_int_equal(prog_wait(master, 1000), 128 + SIGKILL);
	until = tg_mono_ms() + 5000;
	do {
		usleep(20000);
		for (alive = 0, i = 0; i < n; i++)
			alive += prog_threads(kids[i]) > 0;
	} while (alive > 0 && tg_mono_ms() < until);
	assert_int_equal(alive, 0);
	/* What it left is replaced. */
	master = start(p);
	assert_int_equal(prog_call(p), 200);
	end(master);
}

static void
test_cannot_start(void **state)
{
	struct prog *p = *state;
	pid_t first, second;

	prog_config(p, CONFIG "data = /nowhere\n");
	unsetenv("TOLLGATE_DATA");
	setenv("TOLLGATE_CONFIG", "/nowhere/tollgate.ini", 1);
	assert_int_equal(prog_wait(start(p), 3000), 1);
	unsetenv("TOLLGATE_CONFIG");
	setenv("TOLLGATE_DATA", "/nowhere", 1);
	assert_int_equal(prog_wait(start(p), 3000), 1);
	setenv("TOLLGATE_DATA", p->dir, 1);
	/* Somebody listens there already. */
	prog_config(p, CONFIG);
	first = start(p);
	assert_int_equal(prog_call(p), 200);
	second = start(p);
	assert_int_equal(prog_wait(second, 3000), 1);
	assert_int_equal(prog_call(p), 200);
	end(first);
}

/* workers = 0: one process serves, also several at a time. */
static void
test_alone(void **state)
{
	struct prog *p = *state;
	char out[16384];
	pid_t pid, kids[MAX_KIDS];
	int fd;

	prog_config(p, CONFIG);
	setenv("TOLLGATE_WORKERS", "0", 1);
	pid = start(p);
	assert_int_equal(prog_call(p), 200);
	fd = prog_connect(p->socket);
	prog_ask(fd, p->key, true, "\"words\":6,\"chunk_ms\":100");
	assert_int_equal(prog_call(p), 200);
	assert_int_equal(prog_children(pid, kids, MAX_KIDS), 0);
	kill(pid, SIGTERM);
	assert_int_equal(prog_answer(fd, out, sizeof(out), 3000), 200);
	assert_non_null(strstr(out, "[DONE]"));
	assert_int_equal(prog_wait(pid, 3000), 0);
	close(fd);
	unsetenv("TOLLGATE_WORKERS");
}

/* What lighttpd does: it makes the socket and starts the program on it. */
static pid_t
start_server(const struct prog *p)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	pid_t server, master;
	int fd;

	assert_true(strlen(p->socket) < sizeof(addr.sun_path));
	memcpy(addr.sun_path, p->socket, strlen(p->socket) + 1);
	unlink(addr.sun_path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)(void *)&addr,
			     sizeof(addr)),
	    0);
	assert_int_equal(listen(fd, 64), 0);
	fflush(NULL);
	server = fork();
	assert_true(server >= 0);
	if (server == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		master = fork();
		if (master == 0) {
			dup2(fd, STDIN_FILENO);
			close(fd);
			_exit(tg_serve_inherited(NULL));
		}
		close(fd);
		for (;;)
			pause();
	}
	close(fd);
	return server;
}

/* Serves on after its master was killed, and ends with the web server. */
static void
test_heir(void **state)
{
	struct prog *p = *state;
	int64_t until;
	pid_t server, master, kids[MAX_KIDS];
	int i, fd;

	prog_config(p, CONFIG);
	server = start_server(p);
	assert_int_equal(prog_call(p), 200);
	assert_int_equal(prog_children(server, &master, 1), 1);
	await_kids(master, 3, NULL, 0);
	(void)prog_children(master, kids, MAX_KIDS);
	kill(master, SIGKILL);
	until = tg_mono_ms() + 8000;
	do {
		assert_int_equal(prog_call(p), 200);
		usleep(50000);
		for (i = 0; i < 3 && prog_threads(kids[i]) == 0; i++)
			continue;
	} while (i < 3 && tg_mono_ms() < until);
	assert_int_equal(i, 3);
	assert_int_equal(prog_call(p), 200);
	kill(server, SIGKILL);
	assert_int_equal(prog_wait(server, 1000), 128 + SIGKILL);
	until = tg_mono_ms() + 5000;
	do {
		usleep(100000);
		fd = -1;
		if (tg_mono_ms() < until) {
			fd = prog_connect(p->socket);
			if (fd != -1)
				close(fd);
		}
	} while (fd != -1);
	assert_true(tg_mono_ms() < until);
	unlink(p->socket);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_serves),
		cmocka_unit_test(test_max_streams),
		cmocka_unit_test(test_half_open),
		cmocka_unit_test(test_killed_children),
		cmocka_unit_test(test_reload),
		cmocka_unit_test(test_bad_reload),
		cmocka_unit_test(test_graceful),
		cmocka_unit_test(test_told_twice),
		cmocka_unit_test(test_killed_master),
		cmocka_unit_test(test_cannot_start),
		cmocka_unit_test(test_alone),
		cmocka_unit_test(test_heir),
	};

	/* An heir is this program, run again. */
	if (getenv("TOLLGATE_SERVER_PID") != NULL)
		return tg_serve_inherited(NULL);
	return cmocka_run_group_tests(tests, prog_new, prog_free);
}
