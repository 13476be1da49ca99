/*
 * What the programs of the demonstration say (demo.h tells the letters).
 */
#include "config.h"

#include "prog/demo.h"

#define CODE_SYSTEM \
	"S You are a careful software engineer who works in the user's " \
	"repository.\n\nRead before you write. Make the smallest change " \
	"that solves the problem, keep to the style of the code around it, " \
	"and run the tests before you say that you are done. Ask when a " \
	"request can be read in two ways.\n"

static const char *const code[] = {
	CODE_SYSTEM
	"U `{file}` goes wrong with {thing}. Please find out why and mend "
	"it.\n"
	"T I should look at the file first, then at its tests.\n"
	"C read_file {\"path\": \"src/{file}\"}\n"
	"R def total(lines):\n"
	"    amount = 0\n"
	"    for line in lines:\n"
	"        amount += round(line.price * line.count, 2)\n"
	"    return amount\n"
	"C run_command {\"command\": \"pytest -q tests/\"}\n"
	"R ..F..                                            [100%]\n"
	"FAILED tests/test_total.py::test_cents - assert 10.010000000000002 "
	"== 10.01\n"
	"1 failed, 4 passed in 0.31s\n"
	"T Floating point: every line is rounded, then the sum drifts. Use "
	"Decimal.\n"
	"C edit_file {\"path\": \"src/{file}\", \"old\": \"amount = 0\", "
	"\"new\": \"amount = Decimal(0)\"}\n"
	"R ok\n"
	"C run_command {\"command\": \"pytest -q tests/\"}\n"
	"R .....                                            [100%]\n"
	"5 passed in 0.29s\n"
	"A Mended, and all five tests pass.\n\n"
	"**Why it went wrong:** amounts were `float`s that were rounded line "
	"by line, so {thing} could end a cent off.\n\n"
	"**What I changed:** `src/{file}` adds up `Decimal`s and rounds "
	"once, at the end. Nothing else is touched.\n"
	"U Thanks. Add a test for it too, please.\n"
	"C edit_file {\"path\": \"tests/test_total.py\", \"old\": \"\", "
	"\"new\": \"def test_no_drift():\\n    assert total(lines(1000)) == "
	"Decimal('10.00')\\n\"}\n"
	"R ok\n"
	"A Added `test_no_drift`: a thousand lines of one cent make exactly "
	"10.00. It fails on the old code and passes on the new.\n",

	CODE_SYSTEM
	"U How does a request get from the socket to `{file}`? I am new "
	"here.\n"
	"C search {\"pattern\": \"listen|accept\", \"path\": \"src\"}\n"
	"R src/server.c:41: listen(fd, 128)\n"
	"src/server.c:88: accept4(fd, NULL, NULL, SOCK_CLOEXEC)\n"
	"src/{file}:12: handle(request)\n"
	"C read_file {\"path\": \"src/server.c\"}\n"
	"R static void serve(int fd)\n{\n\tstruct request *r = "
	"request_read(fd);\n\thandle(r);\n}\n"
	"A It is a short way:\n\n"
	"1. `server.c:41` listens, `server.c:88` accepts.\n"
	"2. `serve()` reads one request (`request_read`).\n"
	"3. `handle()` in `{file}` picks the route from a table.\n\n"
	"| step | file | what |\n|---|---|---|\n"
	"| accept | `server.c` | one thread each |\n"
	"| read | `request.c` | bounded at 1 MB |\n"
	"| route | `{file}` | first row that fits |\n\n"
	"Start with `{file}`: its table is the map of the whole program.\n",

	CODE_SYSTEM
	"U Upgrade us to the new logging library and make it quiet in "
	"tests.\n"
	"C search {\"pattern\": \"import log\", \"path\": \"src\"}\n"
	"R src/{file}:3: import log\nsrc/main.py:1: import log\n"
	"C edit_file {\"path\": \"src/{file}\", \"old\": \"import log\", "
	"\"new\": \"import structlog as log\"}\n"
	"R ok\n"
	"C run_command {\"command\": \"pytest -q\"}\n"
	"R 38 passed in 4.10s\n"
	"A Done: two files import `structlog` now, and the tests (38 passed) "
	"set its level to *warning*.\n",
	NULL,
};

static const char *const review[] = {
	"S You review pull requests. Answer with JSON: {\"verdict\": "
	"\"ok\" | \"change\", \"comments\": [{\"line\", \"text\"}]}.\n"
	"U diff --git a/src/{file} b/src/{file}\n"
	"--- a/src/{file}\n+++ b/src/{file}\n"
	"@@ -10,6 +10,7 @@\n def load(path):\n-    return "
	"open(path).read()\n+    with open(path, encoding='utf-8') as f:\n"
	"+        return f.read()\n"
	"A {\"verdict\": \"ok\", \"comments\": [{\"line\": 11, \"text\": "
	"\"Good: the file is closed now, and its encoding is said.\"}]}\n",

	"S You review pull requests. Answer with JSON: {\"verdict\": "
	"\"ok\" | \"change\", \"comments\": [{\"line\", \"text\"}]}.\n"
	"U diff --git a/src/{file} b/src/{file}\n"
	"@@ -31,3 +31,4 @@\n+    time.sleep({n})  # wait for {thing}\n"
	"A {\"verdict\": \"change\", \"comments\": [{\"line\": 31, \"text\": "
	"\"A fixed wait hides a race. Wait for the condition instead.\"}]}\n",
	NULL,
};

#define SHOP_SYSTEM \
	"S You answer customers of Harbour & Oak, a shop for household " \
	"goods. Be kind and short. Never promise a refund; offer to hand " \
	"over to a person. Today's delivery time is 3 to 5 days.\n"

static const char *const support[] = {
	SHOP_SYSTEM
	"U Where is my order {order}? I ordered {product} {n} days ago.\n"
	"C find_order {\"number\": \"{order}\"}\n"
	"R {\"number\": \"{order}\", \"state\": \"in transit\", \"carrier\": "
	"\"PostNord\", \"expected\": \"tomorrow\"}\n"
	"A Your order {order} ({product}) is on its way with PostNord and "
	"should be with you tomorrow. Would you like the tracking link by "
	"mail?\n"
	"U Yes please!\n"
	"A It is on its way to your inbox. Enjoy {product}!\n",

	SHOP_SYSTEM
	"U Hello, {product} arrived broken :(\n"
	"A I am sorry, that is annoying. If you send us a photo of "
	"{product}, a colleague can arrange a replacement today. Shall I "
	"hand you over?\n"
	"U Ok\n"
	"A Done: a colleague will write to you within the hour. Please keep "
	"the box until then.\n",

	SHOP_SYSTEM
	"U Do you deliver to {city}, and what does it cost?\n"
	"A Yes, we deliver to {city}. It takes 3 to 5 days and costs 6.90; "
	"from 80.00 on it is free.\n",

	SHOP_SYSTEM
	"U 請問{city}可以寄送嗎？我想買{product}。\n"
	"A 可以的！寄到{city}約需三到五天，滿額即可免運費。需要我幫您查詢庫存嗎？"
	"\n"
	"U 好，謝謝。\n"
	"A 有現貨，今天下單明天就會寄出。\n",
	NULL,
};

static const char *const translate[] = {
	"S Translate into Traditional Chinese as used in Taiwan. Keep "
	"numbers and names. Answer with the translation alone.\n"
	"U Your parcel with {product} could not be delivered. Please choose "
	"a new day within {n} days.\n"
	"A 您的包裹無法送達，請在{n}天內選擇新的送貨日期。\n",

	"S Translate into Japanese. Answer with the translation alone.\n"
	"U Thank you for your order {order}. It leaves our warehouse "
	"tomorrow morning.\n"
	"A ご注文{order}をありがとうございます。明朝、倉庫から発送いたします。\n",
	NULL,
};

static const char *const chat[] = {
	"U Explain {topic}, please, for somebody who is twelve.\n"
	"T A short explanation with one picture from daily life.\n"
	"A Good question! Let us take it step by step.\n\n"
	"1. **What we see.** Think of something you know from home.\n"
	"2. **What is behind it.** The same thing happens, only much "
	"larger.\n"
	"3. **How we know.** People measured it, again and again.\n\n"
	"> If you can explain it to a friend afterwards, you have "
	"understood it.\n\nShall I go deeper into one of these?\n"
	"U Yes, the second.\n"
	"A Gladly. Imagine the kitchen sink: what goes in must come out, or "
	"it fills up. With {topic} it is the same balance, only slower.\n",

	"U Plan {n} days in {city} with two children who like trains.\n"
	"A Here is a calm plan for {city}:\n\n"
	"- **Morning:** one big thing each day, before it gets busy.\n"
	"- **Noon:** something to eat near the station; watch the trains.\n"
	"- **Afternoon:** a park, then home early.\n\n"
	"Buy a family day pass: with {n} days it pays off from the third "
	"ride on.\n",

	"U 用三句話解釋什麼是「雜湊函數」。\n"
	"A 雜湊函數會把任意長度的資料變成固定長度的「指紋」。相同的輸入永遠得到相同"
	"的結果，稍有不同就完全不一樣。因此它常用來檢查檔案是否被更改，以及安全地儲存"
	"密碼。\n",

	"U Write a limerick about {product}.\n"
	"A There once was a person from {city},\nwhose home was remarkably "
	"pretty;\n  they sat all day long\n  and hummed a small song,\nand "
	"called it {product}'s ditty.\n",
	NULL,
};

static const char *const home[] = {
	"S You control a house. Answer in one sentence.\n"
	"U Turn on the light in the {room}.\n"
	"C light_on {\"room\": \"{room}\"}\n"
	"R ok\n"
	"A The light in the {room} is on.\n",

	"S You control a house. Answer in one sentence.\n"
	"U How warm is it in the {room}?\n"
	"C temperature {\"room\": \"{room}\"}\n"
	"R 20.{n}\n"
	"A It is 20.{n} degrees in the {room}.\n",
	NULL,
};

static const char *const notebook[] = {
	"S You are a research assistant. Quote your sources by number.\n"
	"U Summarise what is known about {topic} in five sentences, and say "
	"what is not known.\n"
	"T The user wants a balanced summary with open questions. I recall "
	"three review papers; the second contradicts the first on the size "
	"of the effect, so I should say that.\n"
	"A What is known about {topic} rests on three lines of evidence "
	"[1][2][3]. The effect itself is not in doubt [1]. Its size is: the "
	"largest study finds half of what the earlier ones did [2]. The "
	"mechanism is understood in outline [3]. **Not known** is how much "
	"of it carries over to other conditions, and whether it lasts.\n"
	"U Which experiment would settle it?\n"
	"A One that varies a single condition, is registered beforehand, "
	"and is large enough to see half of the effect reported in [2].\n",
	NULL,
};

static const char *const embed[] = {
	"U Harbour & Oak delivers to {city} within 3 to 5 days; {product} "
	"may be returned for {n} days.\nA ok\n",
	"U Order {order} held {product}; it left the warehouse after {n} "
	"hours.\nA ok\n",
	NULL,
};

#define TOOL(name, what, property) \
	"{\"type\":\"function\",\"function\":{\"name\":\"" name \
	"\",\"description\":\"" what "\",\"parameters\":{\"type\":" \
	"\"object\",\"properties\":{\"" property "\":{\"type\":\"string\"}}," \
	"\"required\":[\"" property "\"]}}}"

static const char code_tools[] = "[" TOOL("read_file",
    "Reads a file of the workspace", "path") "," TOOL("edit_file",
    "Replaces a text that stands once in a file", "path") "," TOOL(
    "run_command", "Runs a command and gives its output", "command") "," TOOL(
    "search", "Finds a pattern in files", "pattern") "]";
static const char shop_tools[] = "[" TOOL("find_order",
    "How an order stands", "number") "]";
static const char home_tools[] = "[" TOOL("light_on",
    "Turns on the light of a room", "room") "," TOOL("temperature",
    "How warm a room is, degrees Celsius", "room") "]";

const struct tg_demo_program tg_demo_programs[] = {
	{ .key = "joao-cline", .agent = "Cline/3.0.65",
	    .models = { "claude-sonnet-5", "gpt-5.6-sol" },
	    .tools = code_tools, .scripts = code, .a_day = 7, .from_hour = 7,
	    .to_hour = 17, .stream = true, .sessions = true,
	    .base_tokens = 24000 },
	{ .key = "tom-claude", .agent = "claude-cli/2.1.197 (external, cli)",
	    .models = { "claude-sonnet-5", "claude-haiku-4-5" },
	    .tools = code_tools, .scripts = code, .a_day = 5, .from_hour = 8,
	    .to_hour = 19, .stream = true, .sessions = true,
	    .base_tokens = 31000 },
	{ .key = "code-review", .agent = "OpenAI/Python 2.8.1",
	    .models = { "gpt-5.6-luna", "gpt-5.6-sol" }, .tag = "ci",
	    .scripts = review, .a_day = 14, .from_hour = 6, .to_hour = 20,
	    .base_tokens = 9500 },
	{ .key = "support-widget", .agent = "OpenAI/JS 6.49.0",
	    .models = { "gpt-5.6-luna", "gemini-2.5-flash" },
	    .customers = "c-", .tools = shop_tools, .scripts = support,
	    .a_day = 26, .weekends = true, .from_hour = 5, .to_hour = 22,
	    .stream = true, .base_tokens = 1900 },
	{ .key = "translate", .from_day = 3, .agent = "python-requests/2.32.3",
	    .models = { "gemini-2.5-flash", "gpt-5.6-luna" },
	    .tag = "nightly", .scripts = translate, .a_day = 18,
	    .from_hour = 1, .to_hour = 3, .weekends = true },
	{ .key = "open-webui", .agent = "Python/3.11 aiohttp/3.12.15",
	    .models = { "gpt-5.6-luna", "claude-haiku-4-5", "gpt-5.6-sol" },
	    .scripts = chat, .a_day = 9, .weekends = true, .from_hour = 6,
	    .to_hour = 23, .stream = true },
	{ .key = "home-assistant", .agent = "HomeAssistant/2026.11 aiohttp",
	    .models = { "qwen3-14b" }, .tools = home_tools, .scripts = home,
	    .a_day = 16, .weekends = true, .from_hour = 5, .to_hour = 23 },
	{ .key = "kenji-notebook", .from_day = 10, .agent = "langchain-openai/1.5.8",
	    .models = { "gpt-5.6-sol", "claude-sonnet-5" },
	    .scripts = notebook, .a_day = 7, .from_hour = 0, .to_hour = 10,
	    .stream = true, .base_tokens = 9000 },
	{ .key = "docs-index", .from_day = 4, .agent = "OpenAI/Python 2.8.1",
	    .models = { "text-embedding-3-small" }, .scripts = embed,
	    .tag = "nightly", .a_day = 30, .from_hour = 2, .to_hour = 4,
	    .base_tokens = 4000 },
	{ .key = NULL },
};
