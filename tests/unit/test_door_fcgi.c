/*
 * The FastCGI door, through a real libfcgi: hand-made records go in at one end
 * of a socket pair, the door works on the other.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1	/* memmem */
#endif
#include "unit.h"

#include <sys/socket.h>

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/door.h"

/* FastCGI 1.0, 8 */
enum {
	BEGIN = 1,
	ABORT = 2,
	END = 3,
	PARAMS = 4,
	STDIN = 5,
	STDOUT = 6
};

static const struct tg_door_fcgi_conf conf = {
	.body_ms = 300,
	.send_ms = 200,
};

struct pair {
	int server;	/* where the web server would be */
	int ours;	/* the door's, closed by it */
	struct tg_door *door;
};

static void
put(int fd, const void *p, size_t n)
{
	assert_int_equal(send(fd, p, n, MSG_NOSIGNAL), n);
}

static void
record(int fd, int type, const void *p, size_t n)
{
	unsigned char head[8] = {
		1,
		(unsigned char)type,
		0,
		1,
		(unsigned char)(n >> 8),
		(unsigned char)n,
	};

	put(fd, head, sizeof(head));
	if (n > 0)
		put(fd, p, n);
}

static void
param(int fd, const char *name, const char *value)
{
	char text[256];
	size_t a = strlen(name), b = strlen(value);

	text[0] = (char)a;
	text[1] = (char)b;
	memcpy(text + 2, name, a);
	memcpy(text + 2 + a, value, b);
	record(fd, PARAMS, text, 2 + a + b);
}

static void
send_begin(int fd)
{
	static const unsigned char responder[8] = { 0, 1 };

	record(fd, BEGIN, responder, sizeof(responder));
}

static void
send_head(int fd)
{
	send_begin(fd);
	param(fd, "REQUEST_METHOD", "POST");
	param(fd, "REQUEST_URI", "/v1/models");
	param(fd, "EMPTY", "");
	record(fd, PARAMS, NULL, 0);
}

static void
open_pair(struct pair *p)
{
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	p->server = fds[0];
	p->ours = fds[1];
	p->door = tg_door_fcgi_new(&conf);
	assert_non_null(p->door);
}

static void
open_request(struct pair *p)
{
	open_pair(p);
	send_head(p->server);
	assert_int_equal(tg_door_fcgi_accept(p->door, p->ours), 0);
}

static void
close_pair(struct pair *p)
{
	if (p->server >= 0)
		close(p->server);
	tg_door_fcgi_free(p->door);
}

/* Everything up to the end of the connection; the bytes of STDOUT. */
static size_t
answer(int fd, char *out, size_t size, bool *ended)
{
	static unsigned char all[1 << 20];
	size_t n = 0, at, len, used = 0;
	ssize_t got;

	while ((got = recv(fd, all + n, sizeof(all) - n, 0)) > 0)
		n += (size_t)got;
	*ended = false;
	for (at = 0; at + 8 <= n; at += 8 + len + all[at + 6]) {
		len = (size_t)all[at + 4] << 8 | all[at + 5];
		if (all[at + 1] == END)
			*ended = true;
		if (all[at + 1] != STDOUT || used + len > size)
			continue;
		memcpy(out + used, all + at + 8, len);
		used += len;
	}
	return used;
}

static void
test_round_trip(void **state)
{
	struct pair p;
	char text[200];
	bool ended;
	long n;
	int round;

	(void)state;
	open_request(&p);
	for (round = 0; round < 2; round++) {
		const struct tg_door_ops *ops = p.door->ops;

		assert_string_equal(ops->env(p.door, "REQUEST_URI"),
		    "/v1/models");
		assert_string_equal(ops->env(p.door, "EMPTY"), "");
		assert_null(ops->env(p.door, "NOTHING"));
		record(p.server, STDIN, "{\"a\":", 5);
		record(p.server, STDIN, "1}", 2);
		record(p.server, STDIN, NULL, 0);
		n = ops->read(p.door, text, sizeof(text));
		assert_int_equal(n, 7);
		assert_memory_equal(text, "{\"a\":1}", 7);
		assert_int_equal(ops->read(p.door, text, 1), 0);
		assert_int_equal(ops->watch_fd(p.door), p.ours);
		assert_false(ops->gone(p.door));
		assert_int_equal(ops->write(p.door, "Status: 200\r\n\r\n", 15),
		    0);
		assert_int_equal(ops->flush(p.door), 0);
		assert_int_equal(ops->write(p.door, "hi", 2), 0);
		assert_int_equal(ops->end(p.door), 0);
		assert_int_equal(ops->write(p.door, "late", 4), -1);
		ops->finish(p.door);
		n = (long)answer(p.server, text, sizeof(text), &ended);
		assert_true(ended);
		assert_int_equal(n, 17);
		assert_memory_equal(text, "Status: 200\r\n\r\nhi", 17);
		close(p.server);
		p.server = -1;
		if (round == 1)
			break;
		/* The same door, once more. */
		tg_door_fcgi_free(p.door);
		open_request(&p);
	}
	close_pair(&p);
}

/* One door, many requests, on whatever descriptors come. */
static void
test_reused(void **state)
{
	struct pair p;
	char text[100];
	bool ended;
	int i, fds[2];

	(void)state;
	open_pair(&p);
	close(p.server);
	close(p.ours);
	for (i = 0; i < 50; i++) {
		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
		send_head(fds[0]);
		record(fds[0], STDIN, NULL, 0);
		assert_int_equal(tg_door_fcgi_accept(p.door, fds[1]), 0);
		p.door->ops->write(p.door, "x", 1);
		p.door->ops->finish(p.door);
		assert_int_equal(answer(fds[0], text, sizeof(text), &ended), 1);
		assert_true(ended);
		close(fds[0]);
	}
	p.server = -1;
	close_pair(&p);
}

static void
test_no_request(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
	} heads[] = {
		{ "", 0 },
		{ "GET / HTTP/1.0\r\n\r\n", 18 },
		{ "\x01\x01\x00\x01\x00\x08\x00\x00\x00\x01\0\0\0\0\0\0", 16 },
		/* a parameter longer than its record, then nothing */
		{ "\x01\x01\x00\x01\x00\x08\x00\x00\x00\x01\0\0\0\0\0\0"
		    "\x01\x04\x00\x01\x00\x04\x00\x00\x50\x50" "AB", 28 },
		/* a whole parameter, then nothing */
		{ "\x01\x01\x00\x01\x00\x08\x00\x00\x00\x01\0\0\0\0\0\0"
		    "\x01\x04\x00\x01\x00\x04\x00\x00\x01\x01" "AB", 28 },
	};
	struct pair p;
	int64_t began;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(heads); i++) {
		open_pair(&p);
		if (heads[i].n > 0)
			put(p.server, heads[i].bytes, heads[i].n);
		shutdown(p.server, SHUT_WR);
		began = tg_mono_ms();
		assert_int_equal(tg_door_fcgi_accept(p.door, p.ours), -1);
		assert_true(tg_mono_ms() - began < 500);
		close_pair(&p);
	}
}

static void
test_gone(void **state)
{
	struct pollfd pfd = { .events = POLLIN };
	struct pair p;
	char c;

	(void)state;
	open_request(&p);
	assert_int_equal(p.door->ops->watch_fd(p.door), -1);
	record(p.server, STDIN, NULL, 0);
	assert_int_equal(p.door->ops->read(p.door, &c, 1), 0);
	pfd.fd = p.door->ops->watch_fd(p.door);
	assert_int_equal(poll(&pfd, 1, 0), 0);
	/* what means nothing is taken away */
	record(p.server, STDIN, "?", 1);
	assert_int_equal(poll(&pfd, 1, 0), 1);
	assert_false(p.door->ops->gone(p.door));
	assert_int_equal(poll(&pfd, 1, 0), 0);
	close(p.server);
	p.server = -1;
	assert_int_equal(poll(&pfd, 1, 1000), 1);
	assert_true(p.door->ops->gone(p.door));
	assert_int_equal(p.door->ops->write(p.door, "x", 1), 0);
	assert_int_equal(p.door->ops->flush(p.door), -1);
	assert_int_equal(p.door->ops->write(p.door, "x", 1), -1);
	p.door->ops->finish(p.door);
	close_pair(&p);
}

static void
test_abort(void **state)
{
	struct pair p;
	char c;

	(void)state;
	open_request(&p);
	record(p.server, STDIN, NULL, 0);
	assert_int_equal(p.door->ops->read(p.door, &c, 1), 0);
	record(p.server, ABORT, NULL, 0);
	assert_true(p.door->ops->gone(p.door));
	close_pair(&p);
}

static void
test_cut_body(void **state)
{
	struct pair p;
	char text[100];

	(void)state;
	open_request(&p);
	record(p.server, STDIN, "half", 4);
	shutdown(p.server, SHUT_WR);
	assert_int_equal(p.door->ops->read(p.door, text, sizeof(text)), -1);
	assert_true(p.door->ops->gone(p.door));
	close_pair(&p);
}

static void
test_slow_body(void **state)
{
	struct pair p;
	char text[100];
	int64_t began = tg_mono_ms();

	(void)state;
	open_request(&p);
	record(p.server, STDIN, "half", 4);
	assert_int_equal(p.door->ops->read(p.door, text, sizeof(text)), -1);
	assert_in_range(tg_mono_ms() - began, 250, 1500);
	/* The answer arrives although the body never ended. */
	p.door->ops->write(p.door, "no", 2);
	p.door->ops->end(p.door);
	shutdown(p.server, SHUT_WR);
	p.door->ops->finish(p.door);
	close_pair(&p);
}

static void *
upload(void *arg)
{
	static const char piece[32768];
	unsigned char head[8] = { 1, STDIN, 0, 1, 0x80, 0, 0, 0 };
	int fd = *(int *)arg;
	int i;

	for (i = 0; i < 320; i++) {
		if (send(fd, head, sizeof(head), MSG_NOSIGNAL) < 0 ||
		    send(fd, piece, sizeof(piece), MSG_NOSIGNAL) < 0)
			return NULL;
	}
	head[4] = 0;
	send(fd, head, sizeof(head), MSG_NOSIGNAL);
	return arg;
}

/* An answer before 10 MB of body is read: drained, not lost. */
static void
test_drained(void **state)
{
	struct pair p;
	pthread_t t;
	char text[100];
	bool ended;
	void *whole;

	(void)state;
	open_request(&p);
	pthread_create(&t, NULL, upload, &p.server);
	p.door->ops->write(p.door, "401", 3);
	p.door->ops->end(p.door);
	p.door->ops->finish(p.door);
	pthread_join(t, &whole);
	assert_non_null(whole);
	assert_int_equal(answer(p.server, text, sizeof(text), &ended), 3);
	assert_true(ended);
	close_pair(&p);
}

/* One byte at a time, as unbuffered servers pass it on, until it is shut. */
static void *
trickle(void *arg)
{
	static const unsigned char piece[] = { 1, STDIN, 0, 1, 0, 1, 0, 0, 1 };
	int fd = *(int *)arg;

	while (send(fd, piece, sizeof(piece), MSG_NOSIGNAL) > 0)
		usleep(50000);
	return NULL;
}

/* Never silent for body_ms, and never whole. */
static void
test_trickled_body(void **state)
{
	struct pair p;
	pthread_t t;
	char text[1000];
	int64_t began;

	(void)state;
	open_request(&p);
	pthread_create(&t, NULL, trickle, &p.server);
	began = tg_mono_ms();
	assert_int_equal(p.door->ops->read(p.door, text, sizeof(text)), -1);
	assert_in_range(tg_mono_ms() - began, 250, 1000);
	/* once too slow, always too slow: nothing is drained */
	assert_int_equal(p.door->ops->read(p.door, text, 1), -1);
	assert_int_equal(p.door->ops->end(p.door), 0);
	assert_in_range(tg_mono_ms() - began, 250, 1000);
	p.door->ops->finish(p.door);
	assert_in_range(tg_mono_ms() - began, 250, 3500);
	pthread_join(t, NULL);
	close_pair(&p);
}

/* A body asked for in pieces has no more time than one asked for whole. */
static void
test_trickled_pieces(void **state)
{
	struct pair p;
	pthread_t t;
	int64_t began;
	char c;

	(void)state;
	open_request(&p);
	tg_door_fcgi_hurry(p.door, 500);
	pthread_create(&t, NULL, trickle, &p.server);
	began = tg_mono_ms();
	while (p.door->ops->read(p.door, &c, 1) == 1)
		assert_true(tg_mono_ms() - began < 1000);
	assert_in_range(tg_mono_ms() - began, 250, 1000);
	p.door->ops->finish(p.door);
	pthread_join(t, NULL);
	close_pair(&p);
}

static void
trickled_drain(int hurry_ms, int end_ms, int gone_ms)
{
	struct pair p;
	pthread_t t;
	char text[100];
	int64_t began;
	bool ended;

	open_request(&p);
	tg_door_fcgi_hurry(p.door, hurry_ms);
	pthread_create(&t, NULL, trickle, &p.server);
	began = tg_mono_ms();
	p.door->ops->write(p.door, "401", 3);
	assert_int_equal(p.door->ops->end(p.door), 0);
	assert_in_range(tg_mono_ms() - began, end_ms - 100, end_ms + 400);
	p.door->ops->finish(p.door);
	assert_in_range(tg_mono_ms() - began, end_ms, gone_ms + 500);
	pthread_join(t, NULL);
	assert_int_equal(answer(p.server, text, sizeof(text), &ended), 3);
	assert_true(ended);
	close_pair(&p);
}

static void
test_trickled_drain(void **state)
{
	(void)state;
	trickled_drain(0, 5000, 7000);
}

static void
test_refuser(void **state)
{
	(void)state;
	trickled_drain(500, 500, 700);
}

static void
test_patience(void **state)
{
	(void)state;
	assert_int_equal(tg_door_body_ms(300, 0), 300);
	assert_int_equal(tg_door_body_ms(300, 81920), 10300);
	assert_int_equal(tg_door_body_ms(3600000, INT32_MAX), 265743999);
	assert_int_equal(tg_door_drain_ms(0, 0), 5000);
	assert_int_equal(tg_door_drain_ms(0, 65536L * 5), 5000);
	assert_int_equal(tg_door_drain_ms(0, 65536L * 10), 10000);
	assert_int_equal(tg_door_drain_ms(0, 65536L * 1000), 30000);
	assert_int_equal(tg_door_drain_ms(700, 0), 700);
	assert_int_equal(tg_door_drain_ms(700, 65536L * 1000), 700);
}

/* 10 MB, in reads that fit neither records nor libfcgi's buffer. */
static void
test_large_body(void **state)
{
	static char text[100001];
	struct pair p;
	pthread_t t;
	void *whole;
	int64_t began = tg_mono_ms();
	long n, sum = 0;

	(void)state;
	open_request(&p);
	pthread_create(&t, NULL, upload, &p.server);
	while ((n = p.door->ops->read(p.door, text, sizeof(text))) > 0)
		sum += n;
	assert_int_equal(n, 0);
	assert_int_equal(sum, 320L * 32768);
	assert_int_equal(p.door->ops->watch_fd(p.door), p.ours);
	pthread_join(t, &whole);
	assert_non_null(whole);
	assert_true(tg_mono_ms() - began < 2000);
	close_pair(&p);
}

/* A reader that stalls costs send_ms, once, not once more for each stream. */
static void
test_stalled_reader(void **state)
{
	static const char piece[65536];
	struct pair p;
	int64_t began;
	int i;

	(void)state;
	open_request(&p);
	record(p.server, STDIN, NULL, 0);
	began = tg_mono_ms();
	for (i = 0; i < 1000; i++) {
		if (p.door->ops->write(p.door, piece, sizeof(piece)) != 0)
			break;
	}
	assert_true(i < 1000);
	assert_true(p.door->ops->gone(p.door));
	p.door->ops->finish(p.door);
	assert_in_range(tg_mono_ms() - began, 150, 1000);
	close_pair(&p);
}

static volatile sig_atomic_t told;

static void
on_signal(int signo)
{
	told = signo;
}

static void
test_signals(void **state)
{
	struct sigaction sa;

	(void)state;
	sigaction(SIGTERM, NULL, &sa);
	assert_ptr_equal(sa.sa_handler, on_signal);
	sigaction(SIGUSR1, NULL, &sa);
	assert_ptr_equal(sa.sa_handler, SIG_DFL);
	sigaction(SIGPIPE, NULL, &sa);
	assert_ptr_equal(sa.sa_handler, SIG_IGN);
	raise(SIGTERM);
	assert_int_equal(told, SIGTERM);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_signals),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_reused),
		cmocka_unit_test(test_no_request),
		cmocka_unit_test(test_gone),
		cmocka_unit_test(test_abort),
		cmocka_unit_test(test_cut_body),
		cmocka_unit_test(test_slow_body),
		cmocka_unit_test(test_drained),
		cmocka_unit_test(test_trickled_body),
		cmocka_unit_test(test_trickled_pieces),
		cmocka_unit_test(test_trickled_drain),
		cmocka_unit_test(test_refuser),
		cmocka_unit_test(test_patience),
		cmocka_unit_test(test_large_body),
		cmocka_unit_test(test_stalled_reader),
	};

	signal(SIGTERM, on_signal);
	signal(SIGPIPE, SIG_DFL);
	if (tg_door_fcgi_init() != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
