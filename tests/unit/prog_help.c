#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "unit.h"

#include "prog_help.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/str.h"
#include "prog/command.h"
#include "store_help.h"

enum { BEGIN = 1,
	END = 3,
	PARAMS = 4,
	STDIN = 5,
	STDOUT = 6 };

static int find_text(const char *text, const char *from, char *out,
    size_t size);
static void record(int fd, int type, const void *p, size_t n);
static void param(int fd, const char *name, const char *value);
static bool read_all(int fd, void *p, size_t n, int64_t end);
static int parent_of(pid_t pid);

int
prog_new(void **state)
{
	static const char *const init[] = { "init", NULL };
	struct prog *p = calloc(1, sizeof(*p));
	char out[4096];

	assert_non_null(p);
	snprintf(p->dir, sizeof(p->dir), "/tmp/tollgate-prog.%d.XXXXXX",
	    (int)getpid());
	assert_non_null(mkdtemp(p->dir));
	snprintf(p->socket, sizeof(p->socket), "%s/socket", p->dir);
	setenv("TOLLGATE_DATA", p->dir, 1);
	unsetenv("TOLLGATE_CONFIG");
	unsetenv("TOLLGATE_WORKERS");
	unsetenv("GATEWAY_INTERFACE");
	assert_int_equal(prog_command(out, sizeof(out), init), 0);
	assert_int_equal(find_text(out, "\nkey: ", p->key, sizeof(p->key)), 0);
	*state = p;
	return 0;
}

int
prog_free(void **state)
{
	struct prog *p = *state;

	help_remove_tree(p->dir);
	free(p);
	return 0;
}

void
prog_config(const struct prog *p, const char *text)
{
	char path[160];
	FILE *f;

	snprintf(path, sizeof(path), "%s/tollgate.ini", p->dir);
	if (text == NULL) {
		unlink(path);
		return;
	}
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

int
prog_command(char *out, size_t size, const char *const *argv)
{
	char *args[24] = { "tollgate" };
	int n = 1, status, fds[2];
	size_t used = 0;
	ssize_t got;
	pid_t pid;

	while (argv[n - 1] != NULL && n < 23) {
		args[n] = (char *)(uintptr_t)argv[n - 1];
		n++;
	}
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		dup2(fds[1], STDOUT_FILENO);
		dup2(fds[1], STDERR_FILENO);
		exit(tg_command_main(n, args));
	}
	close(fds[1]);
	for (;;) {
		char piece[4096];

		got = read(fds[0], piece, sizeof(piece));
		if (got <= 0)
			break;
		if (out != NULL && used + (size_t)got < size) {
			memcpy(out + used, piece, (size_t)got);
			used += (size_t)got;
		}
	}
	close(fds[0]);
	if (out != NULL)
		out[used] = '\0';
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int
find_text(const char *text, const char *from, char *out, size_t size)
{
	const char *at = strstr(text, from);
	size_t n;

	if (at == NULL)
		return -1;
	at += strlen(from);
	n = strcspn(at, "\n");
	if (n >= size)
		return -1;
	memcpy(out, at, n);
	out[n] = '\0';
	return 0;
}

int
prog_connect(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int64_t end = tg_mono_ms() + 1000;
	int fd;

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", path);
	for (;;) {
		fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		assert_true(fd >= 0);
		if (connect(fd, (struct sockaddr *)(void *)&addr,
			sizeof(addr)) == 0)
			return fd;
		close(fd);
		if (tg_mono_ms() >= end)
			return -1;
		usleep(5000);
	}
}

void
prog_ask(int fd, const char *key, bool stream, const char *echo)
{
	static const unsigned char responder[8] = { 0, 1 };
	char body[512], length[16], bearer[96];

	snprintf(body, sizeof(body),
	    "{\"model\":\"echo\",\"stream\":%s,\"messages\":"
	    "[{\"role\":\"user\",\"content\":\"hello\"}],\"echo\":{%s}}",
	    stream ? "true" : "false", echo);
	snprintf(length, sizeof(length), "%zu", strlen(body));
	snprintf(bearer, sizeof(bearer), "Bearer %s", key);
	record(fd, BEGIN, responder, sizeof(responder));
	param(fd, "REQUEST_METHOD", "POST");
	param(fd, "REQUEST_URI", "/v1/chat/completions");
	param(fd, "SCRIPT_NAME", "");
	param(fd, "CONTENT_TYPE", "application/json");
	param(fd, "CONTENT_LENGTH", length);
	param(fd, "HTTP_AUTHORIZATION", bearer);
	param(fd, "REMOTE_ADDR", "127.0.0.1");
	record(fd, PARAMS, NULL, 0);
	record(fd, STDIN, body, strlen(body));
	record(fd, STDIN, NULL, 0);
}

int
prog_answer(int fd, char *out, size_t size, int ms)
{
	int64_t end = tg_mono_ms() + ms, status;
	unsigned char head[8], piece[65536 + 256];
	size_t n, used = 0;

	out[0] = '\0';
	while (read_all(fd, head, sizeof(head), end)) {
		n = (size_t)head[4] << 8 | head[5];
		if (!read_all(fd, piece, n + head[6], end) || head[1] == END)
			break;
		if (head[1] != STDOUT || used + n >= size)
			continue;
		memcpy(out + used, piece, n);
		used += n;
		out[used] = '\0';
	}
	if (used == 0)
		return 0;
	if (strncmp(out, "Status: ", 8) == 0 &&
	    tg_str_i64((struct tg_str){ out + 8, 3 }, &status))
		return (int)status;
	return 200;
}

int
prog_call(const struct prog *p)
{
	char out[8192];
	int status, fd = prog_connect(p->socket);

	if (fd == -1)
		return -1;
	prog_ask(fd, p->key, false, "\"words\":1");
	status = prog_answer(fd, out, sizeof(out), 5000);
	close(fd);
	return status;
}

static void
record(int fd, int type, const void *p, size_t n)
{
	unsigned char bytes[8 + 1024] = { 1, (unsigned char)type, 0, 1,
		(unsigned char)(n >> 8), (unsigned char)n };

	assert_true(n <= 1024);
	if (n > 0)
		memcpy(bytes + 8, p, n);
	/* The other end may be gone already: the answer shows it. */
	(void)!send(fd, bytes, 8 + n, MSG_NOSIGNAL);
}

static void
param(int fd, const char *name, const char *value)
{
	char text[512];
	size_t a = strlen(name), b = strlen(value);

	assert_true(a < 128 && b < 128);
	text[0] = (char)a;
	text[1] = (char)b;
	memcpy(text + 2, name, a);
	memcpy(text + 2 + a, value, b);
	record(fd, PARAMS, text, 2 + a + b);
}

static bool
read_all(int fd, void *p, size_t n, int64_t end)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	size_t have = 0;
	int64_t left;
	ssize_t got;

	while (have < n) {
		left = end - tg_mono_ms();
		if (left <= 0 || poll(&pfd, 1, (int)left) <= 0)
			return false;
		got = recv(fd, (char *)p + have, n - have, 0);
		if (got <= 0)
			return false;
		have += (size_t)got;
	}
	return true;
}

int
prog_children(pid_t parent, pid_t *pids, int max)
{
	DIR *d = opendir("/proc");
	struct dirent *entry;
	int64_t pid;
	int n = 0;

	assert_non_null(d);
	while ((entry = readdir(d)) != NULL && n < max)
		if (tg_str_i64(tg_str(entry->d_name), &pid) &&
		    parent_of((pid_t)pid) == parent)
			pids[n++] = (pid_t)pid;
	closedir(d);
	return n;
}

/* -1: no such process, or it is dead. */
static int
parent_of(pid_t pid)
{
	char path[64], text[512], state = 'X';
	const char *behind;
	int parent = -1;
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	f = fopen(path, "re");
	if (f == NULL)
		return -1;
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = '\0';
	fclose(f);
	behind = strrchr(text, ')');
	if (behind == NULL || sscanf(behind, ") %c %d", &state, &parent) != 2)
		return -1;
	return state == 'Z' || state == 'X' ? -1 : parent;
}

int
prog_threads(pid_t pid)
{
	char path[64];
	int n = 0;
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	d = opendir(path);
	if (d == NULL)
		return 0;
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n - 2;
}

int
prog_wait(pid_t pid, int ms)
{
	int64_t end = tg_mono_ms() + ms;
	int status;

	for (;;) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			return WIFEXITED(status) ? WEXITSTATUS(status) :
						   128 + WTERMSIG(status);
		if (tg_mono_ms() >= end)
			return -1;
		usleep(5000);
	}
}
