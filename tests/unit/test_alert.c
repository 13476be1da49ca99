/* Alerts: sections become targets, events words, programs are run. */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "prog/alert_send.h"
#include "prog/alert_text.h"

static struct tg_arena *arena;
static struct tg_buf out;
static char script[64], got[80];

static int
setup(void **state)
{
	int fd;

	(void)state;
	arena = tg_arena_new(1 << 20);
	tg_buf_init(&out, 1 << 16);
	snprintf(script, sizeof(script), "/tmp/tollgate-alert.XXXXXX");
	fd = mkstemp(script);
	assert_true(fd >= 0);
	close(fd);
	snprintf(got, sizeof(got), "%s.got", script);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	unlink(script);
	unlink(got);
	tg_buf_free(&out);
	tg_arena_free(arena);
	return 0;
}

/* --- targets --- */

#define SECTION(...) \
	&(struct tg_section) \
	{ \
		"n", (struct tg_setting[]){ __VA_ARGS__ }, \
		    sizeof((struct tg_setting[]){ __VA_ARGS__ }) / \
		    sizeof(struct tg_setting) \
	}

static void
test_targets(void **state)
{
	struct tg_alert_target t;

	(void)state;
	assert_null(tg_alert_read(arena,
	    SECTION({ "url", "https://h/x" }, { "format", "slack" },
		{ "header.X-A", "b" }, { "seconds", "3" }),
	    &t));
	assert_int_equal(t.way, TG_ALERT_URL);
	assert_string_equal(t.where, "https://h/x");
	assert_true(t.slack);
	assert_int_equal(t.seconds, 3);
	assert_int_equal(t.n_headers, 2);
	assert_string_equal(t.headers[1].line, "X-A: b");
	assert_null(t.events);

	assert_null(
	    tg_alert_read(arena, SECTION({ "mail", "a@b" }, { "url", "" }),
		&t));
	assert_int_equal(t.way, TG_ALERT_MAIL);
	assert_string_equal(t.sendmail, "/usr/sbin/sendmail");
	assert_int_equal(t.seconds, 10);

	assert_non_null(
	    tg_alert_read(arena, SECTION({ "format", "json" }), &t));
	assert_non_null(tg_alert_read(arena,
	    SECTION({ "mail", "a@b" }, { "command", "/x" }), &t));
	assert_non_null(
	    tg_alert_read(arena, SECTION({ "command", "x" }), &t));
}

/* --- words --- */

static const struct tg_event half = { .id = 7,
	.at = 1790000000000000,
	.kind = "budget.threshold",
	.body = "{\"scope\":\"team\",\"subject\":\"t-1\",\"name\":\"\","
		"\"alias\":\"R & <D>\\nx\",\"percent\":50,"
		"\"spent_nano\":5000000001,\"cap_nano\":10000000000,"
		"\"period\":\"month\",\"period_at\":\"2026-09-01T00:00:00Z\","
		"\"reset_at\":\"2026-10-01T00:00:00Z\"}" };

static void
is(const char *text)
{
	tg_buf_byte(&out, '\0');
	assert_string_equal(out.p, text);
	tg_buf_reset(&out);
}

static void
test_json(void **state)
{
	(void)state;
	assert_int_equal(tg_alert_json(&half, "g", &out), 0);
	is("{\"event\":\"budget.threshold\",\"id\":7,"
	   "\"at\":\"2026-09-21T14:13:20.000000Z\",\"gateway\":\"g\","
	   "\"scope\":\"team\",\"subject\":\"t-1\",\"name\":\"\","
	   "\"alias\":\"R & <D>\\nx\",\"percent\":50,"
	   "\"spent_nano\":5000000001,\"cap_nano\":10000000000,"
	   "\"period\":\"month\",\"period_at\":\"2026-09-01T00:00:00Z\","
	   "\"reset_at\":\"2026-10-01T00:00:00Z\","
	   "\"spent_usd\":\"5.000000001\",\"cap_usd\":\"10\"}");
}

static void
test_line_and_slack(void **state)
{
	const struct tg_event soft = { .kind = "budget.soft",
		.body = "{\"scope\":\"house\",\"spent_nano\":2500000000,"
			"\"soft_nano\":2000000000}" };
	const struct tg_event odd = { .kind = "test", .body = "no JSON" };
	const struct tg_event left = { .kind = "budget.threshold",
		.body = "{\"scope\":\"key\",\"subject\":\"5f00\","
			"\"alias\":\"bot\",\"percent\":100,"
			"\"refused\":true,\"spent_nano\":980000000,"
			"\"held_nano\":10000000,\"cap_nano\":1000000000,"
			"\"period\":\"day @Europe/Berlin\"}" };

	(void)state;
	assert_int_equal(tg_alert_line(&half, "g", &out), 0);
	is("g: team t-1 (R & <D>?x) has spent 50 % of its budget: "
	   "$5.000000001 of $10, period month, which ends at "
	   "2026-10-01 00:00 UTC");
	assert_int_equal(tg_alert_slack(&half, "g", &out), 0);
	is("{\"text\":\"g: team t-1 (R &amp; &lt;D&gt;?x) has spent 50 % of "
	   "its budget: $5.000000001 of $10, period month, which ends at "
	   "2026-10-01 00:00 UTC\"}");
	assert_int_equal(tg_alert_line(&soft, "g", &out), 0);
	is("g: house is over its soft budget: $2.5 of $2");
	assert_int_equal(tg_alert_line(&odd, "g", &out), 0);
	is("g: this is a test, all is well");
	/* A key has its alias, and nothing is said that is not so. */
	assert_int_equal(tg_alert_line(&left, "g", &out), 0);
	is("g: key bot has calls refused that its budget does not pay for: "
	   "$0.98 spent and $0.01 held of $1, period day");
}

static void
test_letter(void **state)
{
	const char *head = "To: a@b\nSubject: [caf??] budget.threshold\nMIME-";

	(void)state;
	/* Nothing foreign gets into the head. */
	assert_int_equal(tg_alert_letter(&half, "caf\xc3\xa9", "a@b", &out),
	    0);
	assert_true(tg_str_starts(tg_buf_str(&out), head));
	assert_true(tg_str_find(tg_buf_str(&out),
			TG_STR("\n\ncaf\xc3\xa9: team t-1 (R & <D>?x) has")) >
	    0);
	assert_true(
	    tg_str_find(tg_buf_str(&out), TG_STR("\n\n{\"event\":")) > 0);
}

/* --- programs --- */

static enum tg_alert_result
run(const char *text, int ms, char why[160])
{
	struct tg_alert_target target = { .way = TG_ALERT_COMMAND,
		.where = script };
	struct tg_alert_try t = { .target = &target, .event = &half,
		.gateway = "g", .ms = ms };
	enum tg_alert_result result;
	FILE *f = fopen(script, "w");

	assert_non_null(f);
	fprintf(f, "#!/bin/sh\n%s\n", text);
	fclose(f);
	assert_int_equal(chmod(script, 0755), 0);
	result = tg_alert_send(&t);
	snprintf(why, 160, "%s", t.why);
	return result;
}

static void
test_command(void **state)
{
	int64_t begin;
	char why[160], text[512];
	FILE *f;

	(void)state;
	setenv("TOLLGATE_SECRET", "x", 1);
	assert_int_equal(run("{ env | grep -c TOLLGATE; cat; } >\"$0.got\"",
			     5000, why),
	    TG_ALERT_TOLD);
	f = fopen(got, "r");
	assert_non_null(f);
	assert_non_null(fgets(text, sizeof(text), f));
	assert_string_equal(text, "0\n");
	assert_non_null(fgets(text, sizeof(text), f));
	assert_true(strncmp(text, "{\"event\":", 9) == 0);
	fclose(f);
	unsetenv("TOLLGATE_SECRET");

	assert_int_equal(run("exit 3", 5000, why), TG_ALERT_LATER);
	assert_string_equal(why, "status 3");
	/* Its standard input unread, its children too: all end in time. */
	begin = tg_mono_ms();
	assert_int_equal(run("sleep 60 & sleep 60", 300, why), TG_ALERT_LATER);
	assert_true(tg_mono_ms() - begin < 5000);
	assert_true(strncmp(why, "not done", 8) == 0);
	assert_int_equal(run("kill -9 $$", 5000, why), TG_ALERT_LATER);
	assert_non_null(strstr(why, "signal"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_targets),
		TEST(test_json),
		TEST(test_line_and_slack),
		TEST(test_letter),
		TEST(test_command),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
