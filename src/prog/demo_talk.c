/*
 * A conversation of the demonstration, from its script: each call sends all
 * that was said before, as programs do.
 */
#include "config.h"

#include "prog/demo.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/id.h"
#include "gate/parties.h"
#include "store/keys.h"

#define CUSTOMERS 24
#define ARENA_BYTES (256 * 1024)

/* A conversation under way; JSON trees are its own. */
struct talk {
	struct tg_demo *d;
	struct tg_arena *a;	/* of one call */
	struct tg_demo_call call;
	json_t *messages, *tools;
	const char *thought;	/* before the next words of the model */
	int64_t at;
	uint64_t picks;		/* the words of this one */
	char session[TG_UUID_BYTES];
	char customer[32];
	int64_t known_bytes;
	int n_calls;		/* of tools, for their ids */
	bool over;
};

static int find_parties(struct talk *t, struct tg_arena *a);
static int part(struct talk *t, char what, struct tg_str text);
static int say(struct talk *t, json_t *message);
static json_t *request_of(const struct talk *t);
static json_t *answer_of(const struct talk *t, json_t *message);

/* --- words --- */

/* The word that an opening brace and its end stand for, or NULL. */
static const char *
word_at(const struct talk *t, const char *open, const char *end)
{
	struct tg_str name = { open + 1, (size_t)(end - open) - 1 };

	return tg_demo_word(name, t->picks);
}

static void
fill(struct tg_buf *out, const struct talk *t, struct tg_str text)
{
	const char *open, *end, *word;
	size_t n;

	while ((open = memchr(text.p, '{', text.n)) != NULL) {
		n = (size_t)(open - text.p);
		end = memchr(open, '}', text.n - n);
		word = end == NULL ? NULL : word_at(t, open, end);
		if (word == NULL) { /* JSON has braces too */
			(void)tg_buf_add(out, text.p, ++n);
		} else {
			(void)tg_buf_add(out, text.p, n);
			(void)tg_buf_addc(out, word);
			n = (size_t)(end + 1 - text.p);
		}
		text.p += n;
		text.n -= n;
	}
	(void)tg_buf_adds(out, text);
}

static const char *
words(struct talk *t, struct tg_str text)
{
	struct tg_buf out;
	const char *all;

	tg_buf_init(&out, ARENA_BYTES);
	fill(&out, t, text);
	all = tg_arena_copy(t->a, tg_buf_str(&out)).p;
	tg_buf_free(&out);
	return all;
}

/* --- the script --- */

/* Goes on until the next line that begins with a letter of a part. */
static struct tg_str
first_part(struct tg_str script, struct tg_str *rest)
{
	const char *end = script.p + 2;

	while ((end = strchr(end, '\n')) != NULL && end[1] != '\0' &&
	    (end[2] != ' ' || strchr("SUTCRA", end[1]) == NULL))
		end++;
	*rest = TG_STR_NONE;
	if (end == NULL)
		return (struct tg_str){ script.p + 2, script.n - 2 };
	*rest = tg_str(end + 1);
	return (struct tg_str){ script.p + 2, (size_t)(end - script.p) - 2 };
}

int
tg_demo_talk(struct tg_demo *d, const struct tg_demo_program *p, int64_t at)
{
	struct talk t = { .d = d,
		.a = tg_arena_new(ARENA_BYTES),
		.at = at,
		.call = { .program = p },
		.messages = json_array() };
	struct tg_arena *a = tg_arena_new(ARENA_BYTES);
	size_t n = 0;
	struct tg_str script, rest, line;
	int rc = find_parties(&t, a);

	while (p->scripts[n] != NULL)
		n++;
	t.picks = tg_demo_random(d, 1 << 20);
	if (p->tools != NULL)
		t.tools = tg_jtree_parse(tg_str(p->tools), &d->c->err);
	for (script = tg_str(p->scripts[tg_demo_random(d, n)]);
	     rc == 0 && !t.over && script.n > 0; script = rest) {
		line = first_part(script, &rest);
		rc = part(&t, *script.p, tg_str_trim(line));
	}
	json_decref(t.messages);
	json_decref(t.tools);
	tg_auth_release(t.call.who);
	tg_arena_free(t.a);
	tg_arena_free(a);
	return rc;
}

static int
find_model(struct talk *t)
{
	const struct tg_demo_program *p = t->call.program;
	const struct tg_demo_model *m;
	const char *name = p->models[0];

	for (int i = 1; i < 3 && p->models[i] != NULL; i++)
		if (tg_demo_random(t->d, 4) == 0)
			name = p->models[i];
	for (m = tg_demo_models; strcmp(m->name, name) != 0; m++)
		;
	t->call.model = m;
	return 0;
}

static int
find_party(struct talk *t, enum tg_subject_kind kind, const char *name,
    int64_t *id)
{
	struct tg_party_query ask = { .kind = kind, .name = name,
		.version = t->call.who->version, .make = true };
	struct tg_party party;

	if (tg_party_find(tg_app_gate(t->d->c->app), t->a, &ask, &party,
		&t->d->c->err) == -1)
		return -1;
	*id = party.id;
	return 0;
}

static int
find_parties(struct talk *t, struct tg_arena *a)
{
	const struct tg_demo_program *p = t->call.program;
	struct tg_key key;

	tg_wall_stand(t->at);
	if (tg_key_find_alias(
		t->d->store, a, p->key, &key, &t->d->c->err) != 1 ||
	    tg_who_find(t->d->store, key.token, &t->call.who,
		&t->d->c->err) != 1)
		return tg_fail(&t->d->c->err, TG_E_INTERNAL,
		    "the demonstration has no key %s", p->key);
	if (p->sessions)
		t->call.session = tg_uuid7(t->session);
	if (p->customers != NULL) {
		(void)snprintf(t->customer, sizeof(t->customer), "%s%03d",
		    p->customers, 100 + (int)tg_demo_random(t->d, CUSTOMERS));
		t->call.customer = t->customer;
		if (find_party(t, TG_SUBJECT_CUSTOMER, t->customer,
			&t->call.customer_id) == -1)
			return -1;
	}
	if (p->tag != NULL &&
	    find_party(t, TG_SUBJECT_TAG, p->tag, &t->call.tag_id) == -1)
		return -1;
	return find_model(t);
}

static json_t *
message(const char *role, const char *text)
{
	return json_pack("{s:s, s:s}", "role", role, "content", text);
}

/* "name {arguments}" */
static json_t *
tool_call(struct talk *t, struct tg_str text)
{
	const char *space = memchr(text.p, ' ', text.n);
	size_t n = space == NULL ? text.n : (size_t)(space - text.p);
	struct tg_str args = { text.p + n, text.n - n };
	const char *id = tg_arena_printf(
	    t->a, "call_%.6s%02d", t->session, ++t->n_calls);

	return json_pack("{s:s, s:n, s:[{s:s, s:s, s:{s:s%, s:s}}]}", "role",
	    "assistant", "content", "tool_calls", "id", id, "type",
	    "function", "function", "name", text.p, n, "arguments",
	    words(t, tg_str_trim(args)));
}

static json_t *
result(struct talk *t, const char *text)
{
	const json_t *before = json_array_get(
	    t->messages, json_array_size(t->messages) - 1);
	const json_t *call = json_array_get(
	    json_object_get(before, "tool_calls"), 0);

	return json_pack("{s:s, s:s*, s:s}", "role", "tool", "tool_call_id",
	    json_string_value(json_object_get(call, "id")), "content", text);
}

static int
part(struct talk *t, char what, struct tg_str raw)
{
	const char *text = words(t, raw);

	switch (what) {
	case 'S':
		return json_array_append_new(
		    t->messages, message("system", text));
	case 'U':
		/* People read before they go on. */
		if (json_array_size(t->messages) > 1)
			t->at += (int64_t)tg_demo_random(t->d, 90) * 1000000;
		return json_array_append_new(
		    t->messages, message("user", text));
	case 'R':
		return json_array_append_new(t->messages, result(t, text));
	case 'T':
		t->thought = text;
		return 0;
	case 'C':
		return say(t, tool_call(t, raw));
	default:
		return say(t, message("assistant", text));
	}
}

/* --- one call --- */

static json_t *
request_of(const struct talk *t)
{
	const struct tg_demo_call *call = &t->call;
	json_t *j;

	if (strcmp(call->model->mode, "embedding") == 0)
		return json_pack("{s:s, s:o}", "model", call->model->name,
		    "input",
		    json_incref(json_object_get(
			json_array_get(t->messages, 0), "content")));
	j = json_pack("{s:s, s:O}", "model", call->model->name, "messages",
	    t->messages);
	if (t->tools != NULL)
		(void)json_object_set(j, "tools", t->tools);
	if (call->program->stream)
		(void)json_object_set_new(j, "stream", json_true());
	tg_jtree_set_text(j, "user", call->customer);
	return j;
}

static json_t *
answer_of(const struct talk *t, json_t *message)
{
	bool calls = json_object_get(message, "tool_calls") != NULL;

	if (strcmp(t->call.model->mode, "embedding") == 0)
		return json_pack("{s:s, s:s, s:[{s:s, s:i, s:[f, f, f]}]}",
		    "object", "list", "model", t->call.model->name, "data",
		    "object", "embedding", "index", 0, "embedding", 0.0125,
		    -0.5, 0.25);
	return json_pack("{s:s, s:s, s:[{s:i, s:O, s:s}]}", "object",
	    "chat.completion", "model", t->call.model->name, "choices",
	    "index", 0, "message", message, "finish_reason",
	    calls ? "tool_calls" : "stop");
}

static int
say(struct talk *t, json_t *message)
{
	json_t *request = request_of(t), *answer;
	char *sent = tg_jtree_print(request), *back, *words;
	int64_t end_at;
	int rc;

	if (t->thought != NULL)
		(void)json_object_set_new(message, "reasoning_content",
		    json_string(t->thought));
	answer = answer_of(t, message);
	back = tg_jtree_print(answer);
	words = tg_jtree_print(message);
	t->call.at = t->at;
	t->call.request = tg_str(sent);
	t->call.answer = tg_str(back);
	t->call.known_bytes = t->known_bytes;
	t->call.thought_bytes =
	    t->thought != NULL ? (int64_t)strlen(t->thought) : 0;
	t->call.answer_bytes =
	    (int64_t)strlen(words) - t->call.thought_bytes;
	rc = tg_demo_book(t->d, t->a, &t->call, &end_at);
	t->over = rc == 0; /* who failed gives up */
	t->known_bytes = (int64_t)strlen(sent);
	t->at = end_at + 400000 + (int64_t)tg_demo_random(t->d, 3000000);
	t->thought = NULL;
	(void)json_object_del(message, "reasoning_content");
	(void)json_array_append_new(t->messages, message);
	json_decref(request);
	json_decref(answer);
	free(sent);
	free(back);
	free(words);
	tg_arena_reset(t->a);
	return rc == -1 ? -1 : 0;
}
