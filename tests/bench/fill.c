/*
 * A data folder with many calls, for measuring pages and search: through the
 * store, call by call, as the gateway does it, and read by the scribe.
 *
 *	fill DIR CALLS	DIR as `tollgate init' made it; prints one line of JSON
 *			with what to look for: {"keys", "key" (a row's number,
 *			of few calls), "model" (a rare one), "call" (an id),
 *			"rare", "common", "phrase", "chinese", "absent"}
 *
 * 10,000 keys of 400 people in 40 teams over a year; ten models, one of them
 * rare.  Of ten calls six stand alone and four are a conversation; each has
 * one of 40 system prompts, and words as often as in any language: few very
 * often, most of them seldom; English, Chinese, Japanese.  The same number of
 * calls is always the same text.
 */
#include "config.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/id.h"
#include "base/log.h"
#include "gate/scribe.h"
#include "store/bodies.h"
#include "store/books.h"
#include "store/db.h"
#include "store/keys.h"
#include "store/subjects.h"
#include "store/summaries.h"

#define THREADS 8
#define KEYS 10000
#define PEOPLE 400
#define TEAMS 40
#define PROMPTS 40
#define GROUP 10		/* calls: six alone, four turns */
#define TURNS 4
#define WORDS 20000		/* of the language that is made up */
#define YEAR_US (365 * 86400 * INT64_C(1000000))
#define RARE "quetzalcoatl"
#define RARE_EVERY 100003
#define FEW_KEY 7777		/* calls a hundredth as often */
#define BODY_BYTES (256 * 1024)

struct world {
	struct tg_store *store;
	int64_t calls, begin;
	_Atomic int64_t group;	/* the next one */
	_Atomic bool done;
	int64_t keys[KEYS], people[PEOPLE], teams[TEAMS];
};

/* One call on its way. */
struct one {
	struct world *w;
	struct tg_arena *a;
	uint64_t seed;
	int64_t index;
	int key;
	const char *session;
	struct tg_buf talk;	/* the messages so far */
	struct tg_buf answer;
	const char *model;
};

static const char *const common[] = { "the", "of", "and", "to", "a", "in",
	"is", "you", "that", "it", "for", "on", "are", "with", "as", "this",
	"be", "at", "have", "from", "or", "by", "not", "but", "what", "all",
	"we", "when", "your", "can", "there", "use", "an", "each", "which",
	"how", "their", "if", "will", "other", "about", "many", "then",
	"them", "these", "so", "some", "would", "make", "like", "because",
	"time", "has", "look", "more", "write", "number", "way", "could",
	"people", "than", "first", "been", "call", "who", "now", "find",
	"long", "day", "get", "come", "made", "may", "part", "please",
	"summary", "customer", "order", "invoice", "function", "return",
	"error", "database", "server", "request", "answer", "question",
	"explain", "translate", "report", "meeting", "project", "budget",
	"library", "python", "table", "value", "string", "object", "thanks" };
static const char *const chinese[] = { "的", "是", "在", "我們", "你",
	"有", "他", "這個", "不", "了", "人", "資料", "系統", "使用", "問題",
	"請", "說明", "時間", "公司", "會議", "報告", "客戶", "訂單", "預算",
	"圖書館", "今天", "可以", "什麼", "如何", "因為", "所以", "程式",
	"伺服器", "錯誤", "翻譯", "摘要", "測試", "開發", "設計", "臺北",
	"天氣", "旅行", "學校", "老師", "學生", "醫院", "電話", "電腦", "網路",
	"檔案", "表格", "數字", "文字", "語言", "中文", "英文", "謝謝", "，",
	"。", "？" };
static const char *const japanese[] = { "です", "ます", "は", "を", "に",
	"が", "の", "データ", "システム", "質問", "説明", "会議", "報告",
	"お客様", "ください", "東京", "天気", "翻訳", "要約", "テスト", "。",
	"、", "ありがとう", "今日", "予算", "図書館" };
static const char *const models[] = { "gpt-5.2", "gpt-5.2", "gpt-5.2",
	"gpt-5-mini", "gpt-5-mini", "claude-sonnet", "claude-sonnet",
	"deepseek-chat", "llama-4" };
static const char *const agents[] = { "OpenAI/Python 2.8.1",
	"claude-cli/2.0.14 (external, cli)", "OpenAI/JS 6.9.0",
	"codex_cli_rs/0.58.0 (Debian 12; x86_64)", "curl/7.88.1" };

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static void *work(void *arg);
static void *read_all(void *arg);
static void group(struct one *o, int64_t g);
static void call(struct one *o, bool first);
static void book(struct one *o, struct tg_call_row *row);
static int make(struct tg_db *db, void *arg, struct tg_err *e);
static void words(struct one *o, struct tg_buf *b, int n);
static void prompt(struct one *o, int which);
static uint64_t chance(struct one *o, uint64_t below);
static void tell(const struct world *w);
static void die(const char *what, const struct tg_err *e)
    __attribute__((noreturn));

int
main(int argc, char **argv)
{
	static struct world w;
	struct tg_store_conf conf = { .busy_ms = 60000, .threads = true };
	pthread_t threads[THREADS], scribe;
	struct tg_err e = { 0 };

	if (argc != 3) {
		fprintf(stderr, "usage: fill DIR CALLS\n");
		return 2;
	}
	conf.dir = argv[1];
	w.calls = strtoll(argv[2], NULL, 10);
	w.begin = tg_wall_us() - YEAR_US;
	tg_log_level_set(TG_LOG_WARN);
	if (tg_crypto_init() == -1 ||
	    tg_store_init(&conf, &w.store, &e) == -1 ||
	    tg_write(w.store, TG_DB_MAIN, make, &w, &e) == -1)
		die("open", &e);
	for (int i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, work, &w) != 0)
			return 1;
	if (pthread_create(&scribe, NULL, read_all, &w) != 0)
		return 1;
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	atomic_store(&w.done, true);
	pthread_join(scribe, NULL);
	while (tg_summary_fold(w.store, true, &e) == 1)
		;
	if (tg_store_checkpoint(w.store, &e) == -1)
		die("checkpoint", &e);
	tell(&w);
	tg_store_close(w.store);
	return 0;
}

static void
die(const char *what, const struct tg_err *e)
{
	fprintf(stderr, "fill: %s: %s\n", what, e->msg);
	exit(1);
}

/* --- who calls --- */

static int
make_subject(struct tg_db *db, enum tg_subject_kind kind, int i, int64_t *id,
    struct tg_err *e)
{
	char name[64];
	struct tg_subject s = { .kind = kind, .name = name, .models = "[]",
		.settings = "{}",
		.role = kind == TG_SUBJECT_PERSON ? "internal_user" : NULL };

	snprintf(name, sizeof(name), "%s-%03d",
	    kind == TG_SUBJECT_PERSON ? "person" : "team", i);
	if (tg_subject_save(db, &s, e) == -1)
		return -1;
	*id = s.id;
	return 0;
}

static int
make(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct world *w = arg;
	char alias[64];

	for (int i = 0; i < PEOPLE; i++)
		if (make_subject(db, TG_SUBJECT_PERSON, i, &w->people[i],
			e) == -1)
			return -1;
	for (int i = 0; i < TEAMS; i++)
		if (make_subject(
			db, TG_SUBJECT_TEAM, i, &w->teams[i], e) == -1)
			return -1;
	for (int i = 0; i < KEYS; i++) {
		struct tg_key k = { .name = "sk-...fill", .alias = alias,
			.models = "[]", .metadata = "{}", .settings = "{}",
			.person = w->people[i % PEOPLE],
			.team = w->teams[i % PEOPLE % TEAMS] };

		snprintf(alias, sizeof(alias), "key-%05d", i);
		tg_sha256_hex(tg_str(alias), k.token);
		if (tg_key_insert(db, &k, e) == -1)
			return -1;
		w->keys[i] = k.id;
	}
	return 0;
}

/* --- what is said --- */

static uint64_t
mix(uint64_t x)
{
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

static uint64_t
chance(struct one *o, uint64_t below)
{
	return mix(o->seed += 0x9e3779b97f4a7c15u) % below;
}

/* Small numbers often: about as words are used. */
static uint64_t
often(struct one *o, uint64_t n)
{
	uint64_t a = chance(o, n), b = chance(o, n), c = chance(o, n);

	return a * b / n * c / n;
}

static void
made_up(struct tg_buf *b, uint64_t word)
{
	static const char *const parts[] = { "ba", "cor", "di", "fel", "gra",
		"hu", "in", "ki", "lum", "mo", "nar", "o", "pre", "qui", "ros",
		"sta", "ter", "u", "ven", "xi", "yl", "zo" };
	uint64_t x = mix(word + 1);
	int n = 2 + (int)(x % 3);

	for (int i = 0; i < n; i++) {
		tg_buf_addc(b, parts[(x >> 8) % COUNT(parts)]);
		x = mix(x);
	}
}

/* Without what JSON would want escaped. */
static void
words(struct one *o, struct tg_buf *b, int n)
{
	uint64_t tongue = mix((uint64_t)o->index / GROUP) % 100;

	for (int i = 0; i < n; i++) {
		if (tongue < 25)
			tg_buf_addc(b, chinese[often(o, COUNT(chinese))]);
		else if (tongue < 35)
			tg_buf_addc(b, japanese[often(o, COUNT(japanese))]);
		else if (chance(o, 100) < 70)
			tg_buf_addc(b, common[often(o, COUNT(common))]);
		else
			made_up(b, often(o, WORDS));
		if (tongue >= 35 || chance(o, 60) == 0)
			tg_buf_addc(b, chance(o, 12) == 0 ? ". " : " ");
	}
}

static void
prompt(struct one *o, int which)
{
	struct one own = { .seed = (uint64_t)which, .index = (which + 400) *
		    GROUP };

	tg_buf_addc(&o->talk, "{\"role\":\"system\",\"content\":\"You are a "
			      "helpful assistant. ");
	words(&own, &o->talk, 90 + which * 5);
	tg_buf_addc(&o->talk, "\"}");
}

/* --- calls --- */

static void *
work(void *arg)
{
	struct world *w = arg;
	struct one o = { .w = w, .a = tg_arena_new(4 << 20) };
	int64_t g;

	tg_buf_init(&o.talk, BODY_BYTES);
	tg_buf_init(&o.answer, BODY_BYTES);
	while ((g = atomic_fetch_add(&w->group, 1)) * GROUP < w->calls)
		group(&o, g);
	tg_buf_free(&o.talk);
	tg_buf_free(&o.answer);
	tg_arena_free(o.a);
	return NULL;
}

static void
group(struct one *o, int64_t g)
{
	for (int i = 0; i < GROUP; i++) {
		bool first = i <= GROUP - TURNS;
		char session[32];

		o->index = g * GROUP + i;
		if (o->index >= o->w->calls)
			return;
		o->seed = (uint64_t)o->index << 20;
		if (first) {
			o->key = (int)chance(o, KEYS);
			if (o->key == FEW_KEY && chance(o, 4) != 0)
				o->key = 1;
			o->model = chance(o, 5000) == 0 ?
			    "o3-deep-research" :
			    models[chance(o, COUNT(models))];
		}
		snprintf(session, sizeof(session), "session-%lld",
		    (long long)g);
		o->session =
		    i >= GROUP - TURNS && g % 2 == 0 ? session : NULL;
		call(o, first);
		tg_arena_reset(o->a);
	}
}

static void
call(struct one *o, bool first)
{
	struct tg_call_row row = { .attempt = 1 };
	struct tg_buf body, reply;
	struct tg_err e = { 0 };

	if (first) {
		tg_buf_reset(&o->talk);
		prompt(o, (int)chance(o, PROMPTS));
	} else
		tg_buf_printf(&o->talk, ",{\"role\":\"assistant\","
					"\"content\":\"%s\"}", o->answer.p);
	tg_buf_addc(&o->talk, ",{\"role\":\"user\",\"content\":\"");
	words(o, &o->talk, 12 + (int)often(o, 160));
	if (o->index % RARE_EVERY == 17)
		tg_buf_addc(&o->talk, " " RARE);
	tg_buf_addc(&o->talk, "\"}");
	tg_buf_reset(&o->answer);
	words(o, &o->answer, 25 + (int)chance(o, 120));
	tg_buf_init(&body, BODY_BYTES);
	tg_buf_init(&reply, BODY_BYTES);
	tg_buf_printf(&body, "{\"model\":\"%s\",\"messages\":[%s]}", o->model,
	    o->talk.p);
	tg_buf_printf(&reply, "{\"id\":\"chatcmpl-%lld\",\"choices\":[{"
	    "\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":"
	    "\"%s\"},\"finish_reason\":\"stop\"}],\"usage\":{"
	    "\"prompt_tokens\":500,\"completion_tokens\":200}}",
	    (long long)o->index, o->answer.p);
	row.request_bytes = (int64_t)body.n;
	row.answer_bytes = (int64_t)reply.n;
	book(o, &row);
	if (tg_body_put(o->w->store, row.id, tg_buf_str(&body),
		tg_buf_str(&reply), &e) == -1)
		die("body", &e);
	tg_buf_free(&body);
	tg_buf_free(&reply);
}

static void
who(const struct one *o, struct tg_call_row *row)
{
	const struct world *w = o->w;

	tg_uuid7(row->id);
	row->worker = tg_worker_name();
	row->key_id = w->keys[o->key];
	row->person = w->people[o->key % PEOPLE];
	row->team = w->teams[o->key % PEOPLE % TEAMS];
	row->addr = "10.0.0.7";
	row->agent = agents[o->key % (int)COUNT(agents)];
	row->route = "chat";
	row->model = row->upstream_model = row->deployment = o->model;
	row->provider = strncmp(o->model, "claude", 6) == 0 ? "anthropic" :
							      "openai";
	row->session = o->session;
	row->queued_us = -1;
	row->streamed_tokens = -1;
	row->reasoning_tokens = -1;
	row->provider_cost_nano = TG_COST_UNKNOWN;
	row->start_at = w->begin +
	    (int64_t)((double)YEAR_US * (double)o->index / (double)w->calls);
}

static void
ended(struct one *o, struct tg_call_row *row)
{
	int64_t input = row->request_bytes / 4, output = row->answer_bytes / 4;

	row->state = TG_CALL_DONE;
	row->status = row->upstream_status = 200;
	row->finish = "stop";
	if (chance(o, 50) == 0) {
		row->state = TG_CALL_FAILED;
		row->status = row->upstream_status = 500;
		row->error = "upstream: the model is overloaded";
	}
	for (int i = 0; i < TG_TOK__MAX; i++)
		row->tokens[i] = -1;
	row->tokens[TG_TOK_INPUT] = input;
	row->tokens[TG_TOK_OUTPUT] = output;
	row->cost_nano = input * 1250 + output * 10000;
	row->sent_us = 300;
	row->first_byte_us = 200000 + (int64_t)chance(o, 400000);
	row->first_content_us = row->first_byte_us + 1000;
	row->end_us = row->first_byte_us + output * 12000;
}

static void
find_terms(struct one *o, const struct tg_call_row *row,
    struct tg_terms *terms, struct tg_terms *upstream)
{
	const struct tg_account_ref refs[] = { { TG_SCOPE_HOUSE, 0, "" },
		{ TG_SCOPE_KEY, row->key_id, "" },
		{ TG_SCOPE_PERSON, row->person, "" },
		{ TG_SCOPE_TEAM, row->team, "" } };
	const struct tg_account_ref provider = { TG_SCOPE_PROVIDER, 0,
		row->provider };
	struct tg_err e = { 0 };

	if (tg_terms_find(
		o->w->store, o->a, refs, COUNT(refs), terms, &e) == -1 ||
	    tg_terms_find(o->w->store, o->a, &provider, 1, upstream, &e) ==
		-1)
		die("terms", &e);
}

static void
book(struct one *o, struct tg_call_row *row)
{
	struct tg_candidate candidate = { .priced = true,
		.fixed_nano = 300000, .output_pico = 1500000,
		.input_tokens = 600, .output_tokens = 256,
		.deployment = o->model, .upstream_model = o->model };
	struct tg_terms terms;
	struct tg_admission ad = { .row = row, .terms = &terms, .choices = 1 };
	struct tg_settlement st = { .row = row, .terms = &terms,
		.last = true };
	struct tg_err e = { 0 };

	who(o, row);
	candidate.provider = row->provider;
	find_terms(o, row, &terms, &candidate.terms);
	ad.candidates = &candidate;
	ad.n_candidates = 1;
	ad.may_clamp = true;
	if (tg_book_open(o->w->store, o->a, &ad, &e) != 1)
		die("open", &e);
	ended(o, row);
	st.candidate = &candidate.terms;
	st.used_input = row->tokens[TG_TOK_INPUT];
	st.used_output = row->tokens[TG_TOK_OUTPUT];
	if (tg_book_settle(o->w->store, o->a, &st, &e) != 0)
		die("settle", &e);
}

/* --- reading --- */

static void *
read_all(void *arg)
{
	struct world *w = arg;
	int64_t begin = tg_mono_ms();
	int more = 1;

	while (more == 1 || !atomic_load(&w->done)) {
		bool last = atomic_load(&w->done);
		struct tg_err e = { 0 };

		more = tg_scribe_then(w->store,
		    last ? INT64_MAX / 2 : tg_wall_us(), &e);
		if (more == -1)
			fprintf(stderr, "fill: scribe: %s\n", e.msg);
		if (more == 0 && last)
			break;
		if (more == 0)
			usleep(50000);
	}
	fprintf(stderr, "fill: read by the scribe in %lld s\n",
	    (long long)(tg_mono_ms() - begin) / 1000);
	return NULL;
}

static void
tell(const struct world *w)
{
	struct tg_arena *a = tg_arena_new(1 << 20);
	struct tg_call_filter f = { .state = -1, .limit = 1 };
	struct tg_call_row *rows;
	struct tg_err e = { 0 };
	size_t n;

	if (tg_call_list(w->store, a, &f, &rows, &n, &e) == -1 || n == 0)
		die("list", &e);
	printf("{\"keys\":%d,\"key\":%lld,\"model\":\"o3-deep-research\","
	    "\"call\":\"%s\",\"rare\":\"" RARE "\",\"common\":\"because\","
	    "\"phrase\":\"customer order\",\"chinese\":\"\u8cc7\u6599\","
	    "\"absent\":\"zyzzyva\"}\n", KEYS,
	    (long long)w->keys[FEW_KEY], rows[0].id);
	tg_arena_free(a);
}
