#include "config.h"

/* gate/scribe.h: threads, texts, programs, and what becomes of them. */
#include "unit.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "gate/scribe.h"
#include "store/bodies.h"
#include "store/inner.h"
#include "store/scribe.h"
#include "store/search.h"
#include "store/threads.h"
#include "store_help.h"

#define LATER (INT64_MAX / 2)
#define SYSTEM "{\"role\":\"system\",\"content\":\"You are a librarian.\"}"
#define TOOLS "[{\"type\":\"function\",\"function\":{\"name\":\"lend\"," \
	"\"description\":\"Lends a volume\",\"parameters\":{}}}]"

/* A call: messages as JSON without the brackets, and the answer's words. */
struct said {
	int64_t key, person;		/* person 0: the key's */
	const char *session, *agent;
	const char *messages, *tools, *answer;
	enum tg_call_state state;
	bool no_body;
	char id[TG_UUID_BYTES];		/* out */
	int64_t seq;
};

static struct tg_str
printed(struct help *h, const struct said *s)
{
	return tg_str(tg_arena_printf(h->arena,
	    "{\"model\":\"m\",\"messages\":[%s]%s%s}", s->messages,
	    s->tools != NULL ? ",\"tools\":" : "",
	    s->tools != NULL ? s->tools : ""));
}

static void
call(struct help *h, struct said *s)
{
	struct tg_call_row row = help_call(s->key);
	struct tg_str answer = tg_str(tg_arena_printf(h->arena,
	    "{\"id\":\"x\",\"choices\":[{\"message\":{\"role\":"
	    "\"assistant\",\"content\":\"%s\",\"refusal\":null}}]}",
	    s->answer));

	row.session = s->session;
	row.agent = s->agent != NULL ? s->agent : "OpenAI/Python 1.2.3";
	row.person = s->person != 0 ? s->person : s->key + 100;
	if (help_call_open(h->store, &row, &h->e) == -1)
		fail_msg("%s", h->e.msg);
	help_completed(&row);
	if (s->state != TG_CALL_OPEN)
		row.state = s->state;
	if (help_call_close(h->store, &row, &h->e) == -1)
		fail_msg("%s", h->e.msg);
	memcpy(s->id, row.id, sizeof(s->id));
	s->seq = row.seq;
	if (s->no_body)
		return;
	if (tg_body_put(h->store, row.id, printed(h, s), answer, &h->e) == -1)
		fail_msg("%s", h->e.msg);
}

static void
scribe(struct help *h)
{
	int rc;

	while ((rc = tg_scribe_then(h->store, LATER, &h->e)) == 1)
		;
	if (rc == -1)
		fail_msg("%s", h->e.msg);
}

struct look {
	struct help *h;
	const char *call;
	struct tg_thread_call c;
	struct tg_thread t;
	const char *text;
	char found[128];
};

static int
find_thread(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct look *l = arg;
	int rc = tg_thread_of(db, l->h->arena, l->call, &l->c, e);

	if (rc == 1 && l->c.thread != 0)
		rc = tg_thread_find(db, l->h->arena, l->c.thread, &l->t, e);
	return rc;
}

static struct look
thread_of(struct help *h, const struct said *s)
{
	struct look l = { .h = h, .call = s->id };

	assert_int_equal(
	    tg_read(h->store, TG_DB_LOG, find_thread, &l, &h->e), 1);
	return l;
}

static int
search(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct look *l = arg;
	struct tg_search_query q = { .text = tg_str(l->text), .limit = 10 };
	struct tg_search_hit *hits;
	size_t n, at = 0;
	bool more;

	if (tg_search(db, l->h->arena, &q, &hits, &n, &more, e) == -1)
		return -1;
	l->found[0] = '\0';
	for (size_t i = 0; i < n; i++)
		at += (size_t)snprintf(l->found + at,
		    sizeof(l->found) - at, "%s%lld", i > 0 ? " " : "",
		    (long long)hits[i].seq);
	return 0;
}

static void
finds(struct help *h, const char *text, const char *want)
{
	struct look l = { .h = h, .text = text };

	if (tg_read(h->store, TG_DB_LOG, search, &l, &h->e) == -1)
		fail_msg("%s: %s", text, h->e.msg);
	if (strcmp(l.found, want) != 0)
		fail_msg("%s: %s, not %s", text, l.found, want);
}

static int64_t
sql(struct help *h, const char *text)
{
	return help_sql(h->dir, "log.db", text);
}

/* --- threads --- */

#define USER(words) ",{\"role\":\"user\",\"content\":\"" words "\"}"
#define MODEL(words) ",{\"role\":\"assistant\",\"content\":\"" words "\"}"

static void
test_conversation(void **state)
{
	struct help *h = *state;
	struct said a = { .key = 1, .messages = SYSTEM USER("Where is it?"), .answer = "On the shelf." };
	struct said b = { .key = 1, .messages = SYSTEM USER("Where is it?") MODEL("On the shelf.") USER("Which one?"), .answer = "The third." };
	struct said c = { .key = 1, .messages = SYSTEM USER("Where is it?") MODEL("On the shelf.") USER("Which one?") MODEL("The third.") USER("Thank you"), .answer = "Welcome." };
	/* another way on from the first, and somebody else's */
	struct said d = { .key = 1, .messages = SYSTEM USER("Where is it?") MODEL("Under the shelf.") USER("Really?"), .answer = "Yes." };
	struct said other = { .key = 2, .messages = b.messages, .answer = "The fourth." };
	struct look l;

	call(h, &a);
	call(h, &b);
	scribe(h);
	call(h, &c);
	call(h, &d);
	call(h, &other);
	scribe(h);
	l = thread_of(h, &a);
	assert_int_equal(l.c.known, 0);
	assert_int_equal(l.t.calls, 4);
	assert_int_equal(l.t.failed, 0);
	assert_int_equal(l.t.cost_nano, 4 * 12345);
	assert_int_equal(l.t.person, 101);
	assert_string_equal(l.t.title, "Where is it?");
	assert_string_equal(l.t.program, "OpenAI/Python");
	assert_null(l.t.name);
	assert_int_equal(thread_of(h, &b).c.thread, l.t.id);
	assert_int_equal(thread_of(h, &b).c.known, 3);
	assert_int_equal(thread_of(h, &c).c.thread, l.t.id);
	assert_int_equal(thread_of(h, &c).c.known, 5);
	assert_int_equal(thread_of(h, &d).c.thread, l.t.id);
	assert_int_equal(thread_of(h, &d).c.known, 2);
	assert_int_not_equal(thread_of(h, &other).c.thread, l.t.id);
	assert_int_equal(thread_of(h, &other).c.known, 0);
	/* each word where it was said first */
	finds(h, "third", tg_arena_printf(h->arena, "%lld", (long long)b.seq));
	finds(h, "\"Where is it\"", tg_arena_printf(h->arena, "%lld %lld", (long long)other.seq, (long long)a.seq));
}

/* Calls of pages have no key: whose they are is said by the person alone. */
static void
test_persons(void **state)
{
	struct help *h = *state;
	struct said a = { .person = 7, .messages = SYSTEM USER("one") MODEL("two") USER("three"), .answer = "four" };
	struct said b = a, c = a, d = a;

	b.messages = SYSTEM USER("one") MODEL("two") USER("three") MODEL("four") USER("five");
	c = b;
	c.person = d.person = 8;
	d.session = "s-1";
	call(h, &a);
	call(h, &b);
	call(h, &c);
	call(h, &d);
	d.person = 7;
	call(h, &d);
	scribe(h);
	assert_int_equal(thread_of(h, &b).t.id, thread_of(h, &a).t.id);
	assert_int_equal(thread_of(h, &a).t.calls, 2);
	assert_int_equal(thread_of(h, &a).t.person, 7);
	assert_int_equal(thread_of(h, &c).t.person, 8);
	assert_int_equal(thread_of(h, &c).t.calls, 1);
	assert_int_equal(thread_of(h, &d).t.person, 7);
	assert_int_equal(thread_of(h, &d).t.calls, 1);
}

/* The same prompt again is no conversation, unless its session says so. */
static void
test_again(void **state)
{
	struct help *h = *state;
	struct said a = { .key = 1, .messages = SYSTEM USER("ping"),
		.answer = "pong" };
	struct said b = a, c = a, d = a, e = a;

	c.session = d.session = e.session = "s-1";
	e.key = 2;
	call(h, &a);
	call(h, &b);
	call(h, &c);
	call(h, &d);
	call(h, &e);
	scribe(h);
	assert_int_not_equal(
	    thread_of(h, &a).t.id, thread_of(h, &b).t.id);
	assert_int_not_equal(
	    thread_of(h, &a).t.id, thread_of(h, &c).t.id);
	assert_int_equal(thread_of(h, &c).t.id, thread_of(h, &d).t.id);
	assert_int_not_equal(
	    thread_of(h, &c).t.id, thread_of(h, &e).t.id);
	assert_string_equal(thread_of(h, &c).t.name, "s-1");
	assert_int_equal(thread_of(h, &d).c.known, 2);
}

/* Calls of which numbers alone were kept, or nothing was sent. */
static void
test_numbers(void **state)
{
	struct help *h = *state;
	struct said a = { .key = 1, .session = "s", .no_body = true };
	struct said b = { .key = 1, .no_body = true };
	struct said c = { .key = 1, .session = "s", .no_body = true,
		.state = TG_CALL_FAILED };
	struct look l = { .h = h };

	call(h, &a);
	call(h, &b);
	call(h, &c);
	/* their bodies might be on their way */
	assert_int_equal(tg_scribe(h->store, false, &h->e), 0);
	assert_int_equal(sql(h, "SELECT line FROM scribe"), 0);
	scribe(h);
	assert_int_equal(thread_of(h, &a).t.calls, 2);
	assert_int_equal(thread_of(h, &a).t.failed, 1);
	assert_null(thread_of(h, &a).t.title);
	l.call = b.id;
	assert_int_equal(
	    tg_read(h->store, TG_DB_LOG, find_thread, &l, &h->e), 0);
	assert_int_equal(sql(h, "SELECT count(*) FROM said_texts"), 0);
}

/* What earlier attempts cost counts, and what the books correct later. */
static void
test_cost(void **state)
{
	struct help *h = *state;
	const char *messages = SYSTEM USER("one");
	struct said a = { .key = 1, .session = "s", .messages = messages,
		.answer = "1" };

	call(h, &a);
	help_sql(h->dir, "tollgate.db",
	    "UPDATE calls SET attempt = 2;"
	    "INSERT INTO calls (call, attempt, state, worker, key_id, stream, "
	    "start_at, request_bytes, cost_nano, follows) SELECT call, 1, 2, "
	    "worker, key_id, 0, start_at, 0, 500, 1 FROM calls;"
	    "INSERT INTO ledger SELECT line + 1, at, 1, 2, 0, 0, 0, 500, "
	    "digest, hash FROM ledger");
	scribe(h);
	assert_int_equal(thread_of(h, &a).t.calls, 1);
	assert_int_equal(thread_of(h, &a).t.cost_nano, 12345 + 500);
	help_sql(h->dir, "tollgate.db",
	    "INSERT INTO ledger SELECT max(line) + 1, at, 3, 1, 0, 0, 0, 55, "
	    "digest, hash FROM ledger");
	scribe(h);
	assert_int_equal(thread_of(h, &a).t.calls, 1);
	assert_int_equal(thread_of(h, &a).t.cost_nano, 12345 + 500 + 55);
}

static void
test_cache_control(void **state)
{
	struct help *h = *state;
	struct said a = { .key = 1, .messages = "{\"role\":\"user\","
		"\"content\":[{\"type\":\"text\",\"text\":\"<note>\\nhello "
		"there\",\"cache_control\":{\"type\":\"ephemeral\"}}]}",
		.answer = "Hi" };
	struct said b = { .key = 1, .messages = "{\"role\":\"user\","
		"\"content\":[{\"type\":\"text\",\"text\":\"<note>\\nhello "
		"there\"}]}" MODEL("Hi") USER("More"), .answer = "No" };

	call(h, &a);
	call(h, &b);
	scribe(h);
	assert_int_equal(thread_of(h, &a).t.id, thread_of(h, &b).t.id);
	assert_int_equal(thread_of(h, &b).c.known, 2);
	assert_string_equal(thread_of(h, &a).t.title, "hello there");
}

/* --- programs, pieces --- */

static int
programs(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct look *l = arg;
	struct tg_program_filter f = { .person = l->c.seq };
	struct tg_program_text *rows;
	size_t n, at = 0;

	if (tg_program_texts(db, l->h->arena, &f, &rows, &n, e) == -1)
		return -1;
	for (size_t i = 0; i < n; i++)
		at += (size_t)snprintf(l->found + at, sizeof(l->found) - at,
		    "%s %d %lld;", rows[i].program, rows[i].kind,
		    (long long)rows[i].calls);
	return 0;
}

static void
test_programs(void **state)
{
	struct help *h = *state;
	struct said a = { .key = 1, .messages = SYSTEM USER("one"), .tools = TOOLS, .answer = "1" };
	struct said b = { .key = 2, .messages = SYSTEM USER("two"), .answer = "2", .agent = "curl/7.88" };
	struct said c = { .key = 1, .messages = SYSTEM USER("three"), .tools = TOOLS, .answer = "3" };
	struct look all = { .h = h }, one = { .h = h };

	call(h, &a);
	call(h, &b);
	call(h, &c);
	scribe(h);
	assert_int_equal(
	    tg_read(h->store, TG_DB_LOG, programs, &all, &h->e), 0);
	assert_string_equal(
	    all.found, "OpenAI/Python 1 2;OpenAI/Python 2 2;curl 1 1;");
	one.c.seq = 102;
	assert_int_equal(
	    tg_read(h->store, TG_DB_LOG, programs, &one, &h->e), 0);
	assert_string_equal(one.found, "curl 1 1;");
	finds(h, "lends", tg_arena_printf(h->arena, "%lld %lld",
	    (long long)c.seq, (long long)a.seq));
}

/* 700 letters, so that it is a piece; the same for the same word. */
static const char *
long_text(struct help *h, const char *word)
{
	const char *text = "";

	for (int i = 0; i < 60; i++)
		text = tg_arena_printf(h->arena, "%s%s number%d ", text,
		    word, i);
	return text;
}

static void
test_pieces(void **state)
{
	struct help *h = *state;
	const char *system = tg_arena_printf(h->arena,
	    "{\"role\":\"system\",\"content\":\"%s\"}",
	    long_text(h, "gazette"));
	struct said s = { .key = 1, .answer = "ok" };
	int64_t first = 0;

	for (int i = 0; i < 5; i++) {
		s.messages = tg_arena_printf(h->arena, "%s"
		    USER("question %d"), system, i);
		call(h, &s);
		if (i == 0)
			first = s.seq;
	}
	scribe(h);
	assert_int_equal(sql(h, "SELECT count(*) FROM said_texts "
				"WHERE id < 0"),
	    1);
	finds(h, "gazette", tg_arena_printf(h->arena, "%lld %lld %lld %lld %lld", (long long)first + 4, (long long)first + 3, (long long)first + 2, (long long)first + 1, (long long)first));
	finds(h, "gazette \"question 3\"", tg_arena_printf(h->arena, "%lld", (long long)first + 3));
}

/* --- what goes --- */

static void
test_prune(void **state)
{
	struct help *h = *state;
	struct tg_body_caps caps = { .max_rows = 3 };
	struct said s = { .key = 1, .answer = "okay" };
	const char *shared = long_text(h, "almanac");
	int64_t bytes, first = 0;
	int rc;

	for (int i = 0; i < 200; i++) {
		s.messages = tg_arena_printf(h->arena,
		    "{\"role\":\"system\",\"content\":\"%s\"}"
		    USER("volume%03d %s"), i < 190 ? shared : "other", i,
		    long_text(h, tg_arena_printf(h->arena, "w%dx", i)));
		s.session = i % 2 == 0 ? "even" : NULL;
		/* As if a minute had passed: pieces are of an epoch. */
		if (i == 190)
			sql(h, "UPDATE pace SET epoch = epoch + 1");
		call(h, &s);
		if (i == 0)
			first = s.seq;
	}
	scribe(h);
	finds(h, "volume007", tg_arena_printf(h->arena, "%lld",
	    (long long)first + 7));
	bytes = sql(h, "SELECT sum(length(block)) FROM said_data");
	while ((rc = tg_body_prune(h->store, &caps, &h->e)) == 1)
		;
	if (rc == -1)
		fail_msg("%s", h->e.msg);
	finds(h, "volume007", "");
	finds(h, "almanac", "");
	finds(h, "w100x", "");
	finds(h, "volume199", tg_arena_printf(h->arena, "%lld", (long long)first + 199));
	finds(h, "volume", tg_arena_printf(h->arena, "%lld %lld %lld", (long long)first + 199, (long long)first + 198, (long long)first + 197));
	assert_int_equal(sql(h, "SELECT count(*) FROM said_texts"), 3);
	assert_int_equal(sql(h, "SELECT count(*) FROM thread_calls"), 3);
	assert_int_equal(sql(h, "SELECT count(*) FROM threads"), 3);
	assert_int_equal(sql(h, "SELECT count(*) FROM programs"), 1);
	assert_true(sql(h, "SELECT sum(length(block)) FROM said_data") <
	    bytes / 10);
	assert_int_equal(tg_store_check(h->store, &h->e), 0);
}

/* A body that is gone before it was read leaves nothing. */
static void
test_gone_before(void **state)
{
	struct help *h = *state;
	struct said a = { .key = 1, .messages = SYSTEM USER("vanished"),
		.answer = "gone" };

	call(h, &a);
	sql(h, "DELETE FROM bodies");
	scribe(h);
	finds(h, "vanished", "");
	assert_int_equal(sql(h, "SELECT count(*) FROM said_texts"), 0);
}

/* One warning, and on. */
static void
test_damaged(void **state)
{
	struct help *h = *state;
	struct said a = { .key = 1, .session = "s", .messages = SYSTEM USER("broken"), .answer = "1" };
	struct said b = { .key = 1, .messages = SYSTEM USER("whole"), .answer = "2" };

	call(h, &a);
	call(h, &b);
	sql(h, "UPDATE bodies SET request = x'ffff' WHERE id = 1");
	scribe(h);
	finds(h, "broken", "");
	finds(h, "whole", tg_arena_printf(h->arena, "%lld",
	    (long long)b.seq));
	assert_int_equal(thread_of(h, &a).t.calls, 1);
}

static void
test_restart(void **state)
{
	struct help *h = *state;
	struct said s = { .key = 1, .session = "s", .answer = "ok" };

	for (int i = 0; i < 3; i++) {
		s.messages = tg_arena_printf(h->arena,
		    "{\"role\":\"system\",\"content\":\"%s\"}"
		    USER("question %d"), long_text(h, "gazette"), i);
		s.key = i + 1;
		call(h, &s);
	}
	scribe(h);
	assert_int_equal(tg_scribe_restart(h->store, &h->e), 0);
	finds(h, "gazette", "");
	scribe(h);
	finds(h, "\"question 2\" gazette", tg_arena_printf(h->arena, "%lld",
	    (long long)s.seq));
	assert_int_equal(sql(h, "SELECT count(*) FROM said_texts "
				"WHERE id < 0"), 1);
	assert_int_equal(sql(h, "SELECT sum(calls) FROM threads"), 3);
	assert_int_equal(sql(h, "SELECT sum(calls) FROM programs"), 3);
}

/* --- crashes and company --- */

static void
test_crash(void **state)
{
	struct help *h = *state;
	struct said s = { .key = 1, .answer = "fine" };
	pid_t pid;

	for (int i = 0; i < 400; i++) {
		s.messages = tg_arena_printf(h->arena,
		    SYSTEM USER("word%d %s"), i, long_text(h, "filler"));
		call(h, &s);
	}
	/* A process that is killed somewhere on its way. */
	for (int i = 0; i < 5; i++) {
		fflush(NULL);
		pid = fork();
		if (pid == 0) {
			struct tg_store *own = help_open(h->dir, false);
			struct tg_err e = { 0 };

			while (tg_scribe_then(own, LATER, &e) == 1)
				;
			_exit(0);
		}
		usleep(3000 + 12000 * i);
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, NULL, 0), pid);
	}
	scribe(h);
	assert_int_equal(sql(h, "SELECT count(*) FROM thread_calls"), 400);
	assert_int_equal(sql(h, "SELECT sum(calls) FROM threads"), 400);
	assert_int_equal(sql(h, "SELECT count(*) FROM said_texts"), 400);
	assert_int_equal(sql(h, "SELECT sum(calls) FROM programs"), 400);
	finds(h, "word399", tg_arena_printf(h->arena, "%lld",
	    (long long)s.seq));
}

static void *
read_on(void *arg)
{
	struct help *h = arg;
	struct tg_err e = { 0 };

	for (int i = 0; i < 400; i++) {
		tg_err_reset(&e);
		if (tg_scribe_then(h->store, tg_wall_us(), &e) == -1)
			return &h->e;
		usleep(500);
	}
	return NULL;
}

static void
test_company(void **state)
{
	struct help *h = *state;
	struct said s = { .key = 1, .answer = "fine" };
	pthread_t threads[2];
	void *failed;

	for (int i = 0; i < 2; i++)
		assert_int_equal(
		    pthread_create(&threads[i], NULL, read_on, h), 0);
	for (int i = 0; i < 300; i++) {
		s.messages = tg_arena_printf(h->arena,
		    SYSTEM USER("item%d"), i);
		call(h, &s);
	}
	for (int i = 0; i < 2; i++) {
		assert_int_equal(pthread_join(threads[i], &failed), 0);
		assert_null(failed);
	}
	scribe(h);
	assert_int_equal(sql(h, "SELECT count(*) FROM thread_calls"), 300);
	assert_int_equal(sql(h, "SELECT sum(calls) FROM threads"), 300);
	assert_int_equal(sql(h, "SELECT count(*) FROM said_texts"), 300);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    test_conversation, help_new, help_free),
		cmocka_unit_test_setup_teardown(
		    test_persons, help_new, help_free),
		cmocka_unit_test_setup_teardown(
		    test_again, help_new, help_free),
		cmocka_unit_test_setup_teardown(
		    test_numbers, help_new, help_free),
		cmocka_unit_test_setup_teardown(
		    test_cost, help_new, help_free),
		cmocka_unit_test_setup_teardown(
		    test_cache_control, help_new, help_free),
		cmocka_unit_test_setup_teardown(
		    test_programs, help_new, help_free),
		cmocka_unit_test_setup_teardown(
		    test_pieces, help_new, help_free),
		cmocka_unit_test_setup_teardown(
		    test_prune, help_new, help_free),
		cmocka_unit_test_setup_teardown(
		    test_gone_before, help_new, help_free),
		cmocka_unit_test_setup_teardown(
		    test_damaged, help_new, help_free),
		cmocka_unit_test_setup_teardown(
		    test_restart, help_new, help_free),
		cmocka_unit_test_setup_teardown(
		    test_crash, help_new, help_free),
		cmocka_unit_test_setup_teardown(
		    test_company, help_new, help_free),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
