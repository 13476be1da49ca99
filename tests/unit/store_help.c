#include "config.h"

#include "store_help.h"

#include "unit.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/log.h"

int
help_new(void **state)
{
	const char *tmp = getenv("TMPDIR");
	struct help *h = calloc(1, sizeof(*h));
	struct tg_store_conf conf = { .dir = h->dir, .full_sync = false,
		.busy_ms = 5000, .threads = true };

	tg_log_level_set(TG_LOG_FATAL);
	if (tg_crypto_init() == -1)
		return -1;
	snprintf(h->dir, sizeof(h->dir), "%s/tollgate-test-XXXXXX",
	    tmp != NULL ? tmp : "/tmp");
	if (mkdtemp(h->dir) == NULL)
		return -1;
	tg_err_reset(&h->e);
	h->arena = tg_arena_new(64 * 1024 * 1024);
	if (tg_store_init(&conf, &h->store, &h->e) == -1) {
		print_error("%s\n", h->e.msg);
		return -1;
	}
	*state = h;
	return 0;
}

int
help_free(void **state)
{
	struct help *h = *state;

	tg_store_close(h->store);
	tg_arena_free(h->arena);
	help_remove_tree(h->dir);
	free(h);
	return 0;
}

struct tg_store *
help_open(const char *dir, bool threads)
{
	struct tg_store_conf conf = { .dir = dir, .full_sync = false,
		.busy_ms = 5000, .threads = threads };
	struct tg_store *s;
	struct tg_err e;

	tg_err_reset(&e);
	if (tg_store_open(&conf, &s, &e) == -1)
		fail_msg("%s", e.msg);
	return s;
}

int64_t
help_sql(const char *dir, const char *file, const char *sql)
{
	sqlite3 *h;
	sqlite3_stmt *st;
	int64_t value = -1;
	int rc = SQLITE_ROW;

	assert_int_equal(sqlite3_open(help_path(dir, file), &h), SQLITE_OK);
	sqlite3_busy_timeout(h, 5000);
	while (*sql != '\0') {
		if (sqlite3_prepare_v2(h, sql, -1, &st, &sql) != SQLITE_OK)
			fail_msg("%s", sqlite3_errmsg(h));
		while (st != NULL && (rc = sqlite3_step(st)) == SQLITE_ROW)
			value = sqlite3_column_int64(st, 0);
		if (rc != SQLITE_DONE)
			fail_msg("%s", sqlite3_errmsg(h));
		sqlite3_finalize(st);
	}
	sqlite3_close(h);
	return value;
}

const char *
help_path(const char *dir, const char *name)
{
	static char paths[4][256];
	static int at;
	char *path = paths[at++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", dir, name);
	return path;
}

void
help_remove_tree(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *entry;
	char path[512];

	if (d == NULL)
		return;
	while ((entry = readdir(d)) != NULL) {
		struct stat st;

		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name);
		if (lstat(path, &st) == 0 && S_ISDIR(st.st_mode))
			help_remove_tree(path);
		else
			unlink(path);
	}
	closedir(d);
	rmdir(dir);
}

struct tg_call_row
help_call(int64_t key_id)
{
	struct tg_call_row c = {
		.attempt = 1,
		.key_id = key_id,
		.user = "someone",
		.addr = "127.0.0.1",
		.agent = "curl/7.88.1",
		.route = "chat",
		.model = "gpt-4o-mini",
		.deployment = "d1",
		.provider = "openai",
		.upstream_model = "gpt-4o-mini-2024",
		.stream = true,
		.start_at = tg_wall_us(),
		.request_bytes = 2048,
	};

	tg_uuid7(c.id);
	return c;
}

void
help_completed(struct tg_call_row *c)
{
	c->state = TG_CALL_DONE;
	c->status = 200;
	c->upstream_status = 200;
	c->upstream_id = "chatcmpl-1";
	c->finish = "stop";
	for (int i = 0; i < TG_TOK__MAX; i++)
		c->tokens[i] = i % 2 == 0 ? i * 10 : -1;
	c->reasoning_tokens = -1;
	c->cost_nano = 12345;
	c->provider_cost_nano = TG_COST_UNKNOWN;
	c->price_ids = "[1,2]";
	c->sent_us = 100;
	c->first_byte_us = 200;
	c->first_content_us = -1;
	c->end_us = 400;
	c->answer_bytes = 512;
}

int64_t
help_key(struct tg_store *s, const char *text, const char *alias)
{
	struct tg_key k = { .name = "sk-...test", .alias = alias };
	struct tg_err e;

	tg_err_reset(&e);
	tg_sha256_hex(tg_str(text), k.token);
	if (tg_key_add(s, &k, &e) == -1)
		fail_msg("%s", e.msg);
	return k.id;
}

uint64_t
help_random(uint64_t *state)
{
	uint64_t x = *state += 0x9e3779b97f4a7c15u;

	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

int
help_call_open(struct tg_store *s, struct tg_call_row *c, struct tg_err *e)
{
	struct tg_arena *a = tg_arena_new(1 << 20);
	struct tg_account_ref refs[] = { { TG_SCOPE_HOUSE, 0, "" },
		{ TG_SCOPE_KEY, c->key_id, "" } };
	struct tg_terms terms;
	struct tg_candidate candidate = { .deployment = c->deployment,
		.provider = c->provider,
		.upstream_model = c->upstream_model,
		.priced = true,
		.fixed_nano = 12345 };
	struct tg_admission ad = { .row = c, .terms = &terms,
		.candidates = &candidate, .n_candidates = 1, .choices = 1 };
	int rc;

	do {
		rc = tg_terms_find(s, a, refs, COUNT(refs), &terms, e);
		candidate.terms.version = terms.version;
		if (rc == 0)
			rc = tg_book_open(s, a, &ad, e);
	} while (rc == 0 && ad.refusal.kind == TG_REFUSED_STALE);
	tg_arena_free(a);
	return rc == 1 ? 0 : -1;
}

int
help_call_close(struct tg_store *s, const struct tg_call_row *c,
    struct tg_err *e)
{
	struct tg_arena *a = tg_arena_new(1 << 20);
	struct tg_call_row row = *c;
	struct tg_settlement st = { .row = &row, .last = true,
		.used_input = -1, .used_output = -1 };
	int rc = tg_book_settle(s, a, &st, e);

	tg_arena_free(a);
	return rc;
}
