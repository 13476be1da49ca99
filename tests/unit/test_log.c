/* Diagnostics: base/log.h, by reading what lands on standard error. */
#include "config.h"
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"

static int real_stderr, reader;
static char line[8192];

static void
capture(void)
{
	int fds[2];

	fflush(stderr);
	assert_int_equal(pipe(fds), 0);
	real_stderr = dup(STDERR_FILENO);
	dup2(fds[1], STDERR_FILENO);
	close(fds[1]);
	reader = fds[0];
}

static const char *
caught(void)
{
	size_t n = 0;
	ssize_t r;

	dup2(real_stderr, STDERR_FILENO);
	close(real_stderr);
	while ((r = read(reader, line + n, sizeof(line) - 1 - n)) > 0)
		n += (size_t)r;
	line[n] = '\0';
	close(reader);
	return line;
}

/* Behind "level=x pid=n ". */
static const char *
text_of(const char *level)
{
	char head[64];

	snprintf(head, sizeof(head), "level=%s pid=%ld ", level,
	    (long)getpid());
	assert_memory_equal(line, head, strlen(head));
	return line + strlen(head);
}

static void
test_levels(void **state)
{
	(void)state;
	assert_int_equal(tg_log_level_parse("debug"), TG_LOG_DEBUG);
	assert_int_equal(tg_log_level_parse("info"), TG_LOG_INFO);
	assert_int_equal(tg_log_level_parse("warn"), TG_LOG_WARN);
	assert_int_equal(tg_log_level_parse("fatal"), -1);
	assert_int_equal(tg_log_level_parse("Info"), -1);
	assert_int_equal(tg_log_level_parse(""), -1);
	assert_int_equal(tg_log_level_parse(NULL), -1);
	capture();
	tg_log_level_set(TG_LOG_WARN);
	tg_debug("one");
	tg_info("two");
	tg_warnx("three n=%d", 3);
	tg_log_level_set(TG_LOG_DEBUG);
	caught();
	assert_string_equal(text_of("warn"), "three n=3\n");
	capture();
	tg_debug("four");
	caught();
	assert_string_equal(text_of("debug"), "four\n");
	tg_log_level_set(TG_LOG_INFO);
}

static void
test_errno(void **state)
{
	(void)state;
	capture();
	errno = ENOENT;
	tg_warn("open path=%s", "/x");
	assert_int_equal(errno, ENOENT);
	caught();
	assert_string_equal(
	    text_of("warn"), "open path=/x: No such file or directory\n");
}

static void
test_escapes(void **state)
{
	(void)state;
	capture();
	tg_info("a\nlevel=warn\r\t\x1b[31m\x7f\\ \xff \xc3\xa4 \xc2\x9b");
	caught();
	assert_string_equal(text_of("info"), "a\\nlevel=warn\\r\\t\\x1b[31m"
	    "\\x7f\\\\ \\xff \xc3\xa4 \\xc2\\x9b\n");
}

static void
test_long(void **state)
{
	static char big[10000];
	size_t n;

	(void)state;
	memset(big, '\x01', sizeof(big) - 1);
	capture();
	errno = EACCES;
	tg_warn("%s", big);
	n = strlen(caught());
	assert_true(n > 2000 && n <= 4096);
	assert_non_null(strstr(line, "...: Permission denied\n"));
	assert_ptr_equal(strchr(line, '\n'), line + n - 1);
	memset(big, 'x', sizeof(big) - 1);
	capture();
	tg_info("%s", big);
	n = strlen(caught());
	assert_true(n > 2000 && n <= 4096);
	assert_string_equal(line + n - 5, "x...\n");
}

static void
test_role(void **state)
{
	(void)state;
	tg_log_role("worker");
	capture();
	tg_info("hello");
	caught();
	assert_string_equal(text_of("info"), "role=worker hello\n");
	tg_log_role(NULL);
}

static void
test_fatal(void **state)
{
	int status = 0;
	pid_t pid;

	(void)state;
	capture();
	pid = fork();
	if (pid == 0) {
		close(reader);
		dup2(STDERR_FILENO, STDOUT_FILENO);
		tg_fatal("no way: %d", 7);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 1);
	caught();
	assert_non_null(strstr(line, "level=fatal pid="));
	assert_non_null(strstr(line, " no way: 7\n"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_levels),
		cmocka_unit_test(test_errno),
		cmocka_unit_test(test_escapes),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_role),
		cmocka_unit_test(test_fatal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
