/* A whole answer as a stream: tg_chunk_split() of llm/chunk.h. */
#include "config.h"

#include "unit.h"

#include "base/json.h"
#include "llm/chunk.h"

static struct tg_buf out;

static void
split(struct tg_str json, bool show_usage)
{
	struct tg_chunk c;

	tg_buf_reset(&out);
	assert_int_equal(tg_chunk_read(&c, json), 0);
	assert_int_equal(tg_chunk_split(&c, "we", show_usage, &out), 0);
}

#define HEAD "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\"," \
    "\"created\":7,\"model\":\"we\","
#define LATER HEAD "\"choices\":["

static void
test_chat(void **state)
{
	(void)state;
	split(TG_STR("{\"id\":\"c\",\"object\":\"chat.completion\","
	    "\"created\":7,\"model\":\"up\",\"citations\":[ 1,\n2],"
	    "\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\","
	    "\"content\":\"Hi\\n\",\"refusal\":null,\"tool_calls\":[{\"id\":"
	    "\"t\",\"index\":9},{\"id\":\"u\"}]},\"logprobs\":{\"a\":1},"
	    "\"finish_reason\":\"tool_calls\"}],\"usage\":{\"x\": 1}}"), true);
	assert_string_equal(out.p,
	    HEAD "\"citations\":[ 1, 2],\"choices\":[{\"index\":0,\"delta\":"
	    "{\"role\":\"assistant\",\"content\":\"\"},\"logprobs\":null,"
	    "\"finish_reason\":null}],\"usage\":null}\n\n"
	    LATER "{\"index\":0,\"delta\":{\"content\":\"Hi\\n\","
	    "\"tool_calls\":[{\"index\":0,\"id\":\"t\"},"
	    "{\"index\":1,\"id\":\"u\"}]},\"logprobs\":{\"a\":1},"
	    "\"finish_reason\":null}],\"usage\":null}\n\n"
	    LATER "{\"index\":0,\"delta\":{},\"logprobs\":null,"
	    "\"finish_reason\":\"tool_calls\"}],\"usage\":null}\n\n"
	    LATER "],\"usage\":{\"x\": 1}}\n\n");
}

static void
test_several(void **state)
{
	struct tg_str rest, line, json;
	size_t events = 0;
	struct tg_chunk c;

	(void)state;
	split(TG_STR("{\"id\":\"c\",\"choices\":[{\"message\":{\"role\":"
	    "\"assistant\",\"content\":null}},{\"index\":1,\"message\":"
	    "{\"content\":\"b\"},\"finish_reason\":null}],"
	    "\"usage\":{}}"), false);
	for (rest = tg_buf_str(&out); tg_str_cut(&rest, '\n', &line);) {
		if (line.n == 0)
			continue;
		assert_true(tg_str_starts(line, "data: "));
		json = (struct tg_str){line.p + 6, line.n - 6};
		assert_int_equal(tg_chunk_read(&c, json), 0);
		assert_int_equal(c.usage.n, 0);
		assert_int_equal(c.content, events == 3);
		assert_int_equal(c.finished, events == 1 || events == 4);
		if (c.finished)
			assert_str(c.finish, "stop");
		events++;
	}
	assert_int_equal(events, 5);
	assert_true(tg_str_find(tg_buf_str(&out), TG_STR("usage")) == -1);
}

static void
test_completion(void **state)
{
	(void)state;
	split(TG_STR("{\n\"object\":\"text_completion\",\"model\":\"up\","
	    "\"choices\":[{\"text\":\"a\",\"index\":0,\"finish_reason\":"
	    "\"stop\"}],\"usage\":{\"t\":1}}"), true);
	assert_string_equal(out.p, "data: { \"object\":\"text_completion\","
	    "\"model\":\"we\",\"choices\":[{\"text\":\"a\",\"index\":0,"
	    "\"finish_reason\":\"stop\"}]}\n\n"
	    "data: {\"object\":\"text_completion\",\"model\":\"we\","
	    "\"choices\":[],\"usage\":{\"t\":1}}\n\n");
}

static void
test_ceiling(void **state)
{
	struct tg_buf small;
	struct tg_chunk c;

	(void)state;
	tg_buf_init(&small, 40);
	assert_int_equal(tg_chunk_read(&c, TG_STR("{\"choices\":[{\"message\":"
	    "{\"content\":\"x\"}}]}")), 0);
	assert_int_equal(tg_chunk_split(&c, "m", true, &small), -1);
	tg_buf_free(&small);
}

static int
setup(void **state)
{
	(void)state;
	tg_buf_init(&out, 1 << 20);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	tg_buf_free(&out);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chat),
		cmocka_unit_test(test_several),
		cmocka_unit_test(test_completion),
		cmocka_unit_test(test_ceiling),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
