/*
 * The CGI door.  It uses descriptors 0 and 1 and the environment, so each test
 * runs in a child process: its exit status is the number of the first line
 * that failed, 0 when all is well.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "unit.h"

#include <sys/socket.h>
#include <sys/wait.h>

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/door.h"

#define CHECK(cond) \
	do { \
		if (!(cond)) \
			_exit(__LINE__ % 251 + 1); \
	} while (0)

static const struct tg_door_fcgi_conf conf = {
	.body_ms = 300,
	.send_ms = 300,
};

struct child {
	pid_t pid;
	int in;		/* its standard input */
	int out;	/* its standard output */
};

static void
start(struct child *c, void (*run)(struct tg_door *d), const char *length)
{
	int in[2], out[2];

	assert_int_equal(pipe(in), 0);
	assert_int_equal(pipe(out), 0);
	c->pid = fork();
	assert_true(c->pid >= 0);
	if (c->pid == 0) {
		struct tg_door *d;

		dup2(in[0], 0);
		dup2(out[1], 1);
		close(in[0]);
		close(in[1]);
		close(out[0]);
		close(out[1]);
		unsetenv("CONTENT_LENGTH");
		if (length != NULL)
			setenv("CONTENT_LENGTH", length, 1);
		d = tg_door_cgi_new(&conf);
		CHECK(d != NULL);
		run(d);
		_exit(0);
	}
	close(in[0]);
	close(out[1]);
	c->in = in[1];
	c->out = out[0];
}

/* What it wrote; checks that it ended well. */
static size_t
finish(struct child *c, char *text, size_t size)
{
	size_t n = 0;
	ssize_t got;
	int status;

	if (c->in >= 0)
		close(c->in);
	while (c->out >= 0 && (got = read(c->out, text + n, size - n)) > 0)
		n += (size_t)got;
	if (c->out >= 0)
		close(c->out);
	assert_int_equal(waitpid(c->pid, &status, 0), c->pid);
	assert_int_equal(status, 0);
	return n;
}

static void
echo_body(struct tg_door *d)
{
	char text[100];
	struct pollfd pfd = { .events = POLLIN };
	long n, all = 0;

	while ((n = d->ops->read(d, text + all, sizeof(text) - 50)) > 0)
		all += n;
	CHECK(n == 0);
	CHECK(!d->ops->gone(d));
	pfd.fd = d->ops->watch_fd(d);
	CHECK(pfd.fd >= 0 && poll(&pfd, 1, 0) == 0);
	CHECK(d->ops->write(d, text, (size_t)all) == 0);
	CHECK(d->ops->flush(d) == 0);
	CHECK(d->ops->end(d) == 0);
	CHECK(d->ops->write(d, "late", 4) == -1);
	CHECK(write(1, "stray", 5) == 5);
	d->ops->finish(d);
}

static void
test_to_the_end(void **state)
{
	struct child c;
	char text[100];

	(void)state;
	start(&c, echo_body, NULL);
	assert_int_equal(write(c.in, "hel", 3), 3);
	assert_int_equal(write(c.in, "lo", 2), 2);
	close(c.in);
	c.in = -1;
	assert_int_equal(finish(&c, text, sizeof(text)), 5);
	assert_memory_equal(text, "hello", 5);
}

/* Standard input stays open behind the body. */
static void
test_length(void **state)
{
	struct child c;
	char text[100];
	ssize_t n;

	(void)state;
	start(&c, echo_body, "5");
	assert_int_equal(write(c.in, "hello", 5), 5);
	n = read(c.out, text, sizeof(text));
	assert_int_equal(n, 5);
	assert_int_equal(finish(&c, text, sizeof(text)), 0);
}

static void
broken_body(struct tg_door *d)
{
	char text[100];
	int64_t began = tg_mono_ms();
	long n;

	do
		n = d->ops->read(d, text, sizeof(text));
	while (n > 0);
	CHECK(n == -1);
	CHECK(tg_mono_ms() - began < 2000);
}

static void
test_cut_body(void **state)
{
	struct child c;
	char text[100];
	int in;

	(void)state;
	start(&c, broken_body, "9");
	assert_int_equal(write(c.in, "hello", 5), 5);
	close(c.in);
	c.in = -1;
	finish(&c, text, sizeof(text));
	/* and one that comes too slowly */
	start(&c, broken_body, NULL);
	assert_int_equal(write(c.in, "hello", 5), 5);
	in = c.in;
	c.in = -1;
	finish(&c, text, sizeof(text));
	close(in);
}

/* Waits on the descriptor as a fetch does, then tells how it was. */
static void
wait_for_leaving(struct tg_door *d)
{
	struct pollfd pfd = { .events = POLLIN };

	CHECK(!d->ops->gone(d));
	CHECK(d->ops->write(d, "x", 1) == 0);
	pfd.fd = d->ops->watch_fd(d);
	while (poll(&pfd, 1, 3000) < 0)
		;
	CHECK((pfd.revents & POLLIN) != 0);
	CHECK(d->ops->gone(d));
	d->ops->finish(d);
}

static void
test_reader_leaves(void **state)
{
	struct child c;
	char x;

	(void)state;
	start(&c, wait_for_leaving, "0");
	assert_int_equal(read(c.out, &x, 1), 1);
	close(c.out);
	c.out = -1;
	finish(&c, &x, 0);
}

static void
test_sigterm(void **state)
{
	struct child c;
	char x;

	(void)state;
	start(&c, wait_for_leaving, "0");
	assert_int_equal(read(c.out, &x, 1), 1);
	kill(c.pid, SIGTERM);
	finish(&c, &x, 0);
}

static void
write_on(struct tg_door *d)
{
	static const char piece[65536];
	int64_t began = tg_mono_ms();
	int i;

	for (i = 0; i < 100; i++) {
		if (d->ops->write(d, piece, sizeof(piece)) != 0)
			break;
	}
	CHECK(i < 100);
	CHECK(d->ops->gone(d));
	d->ops->finish(d);
	CHECK(tg_mono_ms() - began < 1500);
}

/* A reader that stalls, or that goes: neither hangs nor kills. */
static void
test_lost_reader(void **state)
{
	struct child c;
	char x;
	int status;

	(void)state;
	start(&c, write_on, "0");
	assert_int_equal(waitpid(c.pid, &status, 0), c.pid);
	assert_int_equal(status, 0);
	close(c.in);
	close(c.out);
	start(&c, write_on, "0");
	assert_int_equal(read(c.out, &x, 1), 1);
	close(c.out);
	c.out = -1;
	finish(&c, &x, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_to_the_end),
		cmocka_unit_test(test_length),
		cmocka_unit_test(test_cut_body),
		cmocka_unit_test(test_reader_leaves),
		cmocka_unit_test(test_sigterm),
		cmocka_unit_test(test_lost_reader),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
