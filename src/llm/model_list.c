/*
 * Lists of models: finding the list, and in each entry what providers call by
 * names of their own.
 */
#include "config.h"

#include "llm/model_list.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/escape.h"
#include "base/jtree.h"
#include "base/limits.h"

/* Members that say the same, the surest first; a dot goes one level down. */
static const char *const contexts[] = { "context_length", "context_window",
	"max_context_length", "max_model_len", "max_input_tokens",
	"limits.max_input_tokens", "top_provider.context_length",
	"metadata.context_length", "meta.n_ctx_train", NULL };
static const char *const outputs[] = { "max_completion_tokens",
	"max_output_tokens", "top_provider.max_completion_tokens",
	"limits.max_output_tokens", "metadata.max_tokens", NULL };
static const char *const visions[] = { "capabilities.vision",
	"supports_image_input", "supports_vision", NULL };
static const char *const senses[] = { "architecture.input_modalities",
	"supported_input_modalities", "input_modalities", NULL };
static const char *const tools[] = { "capabilities.function_calling",
	"supports_tools", "supports_function_calling", NULL };
static const char *const abilities[] = { "supported_parameters",
	"capabilities", "supported_features", "metadata.tags", NULL };

/* USD a token as text, or USD a million tokens as a number. */
static const struct cost {
	const char *path;
	enum tg_unit unit;
	bool million;
} costs[] = {
	{ "pricing.prompt", TG_UNIT_INPUT, false },
	{ "pricing.completion", TG_UNIT_OUTPUT, false },
	{ "pricing.input_cache_read", TG_UNIT_CACHE_READ, false },
	{ "pricing.input_cache_write", TG_UNIT_CACHE_WRITE, false },
	{ "pricing.request", TG_UNIT_CALL, false },
	{ "pricing.input", TG_UNIT_INPUT, true },
	{ "pricing.output", TG_UNIT_OUTPUT, true },
	{ "pricing.cached_input", TG_UNIT_CACHE_READ, true },
	{ "metadata.pricing.input_tokens", TG_UNIT_INPUT, true },
	{ "metadata.pricing.output_tokens", TG_UNIT_OUTPUT, true },
	{ "metadata.pricing.cache_read_tokens", TG_UNIT_CACHE_READ, true },
};

static const json_t *
at(const json_t *o, const char *path)
{
	struct tg_str rest = tg_str(path), name;
	char room[64];

	while (o != NULL && tg_str_cut(&rest, '.', &name)) {
		(void)snprintf(room, sizeof(room), "%.*s", TG_PRI(name));
		o = json_object_get(o, room);
	}
	return o;
}

static const char *
text_at(const json_t *o, const char *name)
{
	const char *text = json_string_value(json_object_get(o, name));

	return text != NULL && *text != '\0' ? text : NULL;
}

static int64_t
count(const json_t *o, const char *const *paths)
{
	for (; *paths != NULL; paths++) {
		const json_t *v = at(o, *paths);
		if (json_is_integer(v) && json_integer_value(v) > 0)
			return json_integer_value(v);
	}
	return 0;
}

static bool
holds(const json_t *list, const char *word)
{
	size_t i;
	json_t *v;

	json_array_foreach((json_t *)list, i, v) {
		if (json_is_string(v) &&
		    tg_str_ieq(tg_str(json_string_value(v)), word))
			return true;
	}
	return false;
}

/* By a truth of its own, else by a list that would name it. */
static enum tg_known_yes
said(const json_t *o, const char *const *truths, const char *const *lists,
    const char *word)
{
	for (; *truths != NULL; truths++) {
		const json_t *v = at(o, *truths);
		if (json_is_boolean(v))
			return json_is_true(v) ? TG_SAID_YES : TG_SAID_NO;
	}
	for (; *lists != NULL; lists++) {
		const json_t *v = at(o, *lists);
		if (json_is_array(v) && json_array_size(v) > 0)
			return holds(v, word) ? TG_SAID_YES : TG_SAID_NO;
	}
	return TG_NOT_SAID;
}

/* --- prices --- */

static void
read_cost(const json_t *o, const struct cost *c, struct tg_listed_model *m)
{
	const json_t *v = at(o, c->path);
	const char *text = json_string_value(v);
	char room[64];

	if (text == NULL && !json_is_number(v))
		return;
	if (text == NULL) {
		if (json_number_value(v) < 0 || json_number_value(v) > 1e6)
			return;
		(void)snprintf(room, sizeof(room), "%.12f%s",
		    json_number_value(v), c->million ? "e-6" : "");
		text = room;
	} else if (c->million)
		return;
	if (tg_pico_parse(tg_str(text), &m->pico[c->unit]) != 0)
		m->pico[c->unit] = TG_PICO_UNKNOWN;
}

/*
 * A list in USD a million has zeros for what is billed by the hour, and a
 * price of nothing for a call beside prices of tokens says nothing.
 */
static void
read_costs(const json_t *o, struct tg_listed_model *m)
{
	bool million = false;

	for (int u = 0; u < TG_UNIT__MAX; u++)
		m->pico[u] = TG_PICO_UNKNOWN;
	for (size_t i = 0; i < sizeof(costs) / sizeof(costs[0]); i++) {
		read_cost(o, &costs[i], m);
		million = million ||
		    (costs[i].million && at(o, costs[i].path) != NULL);
	}
	if (m->pico[TG_UNIT_CALL] == 0)
		m->pico[TG_UNIT_CALL] = TG_PICO_UNKNOWN;
	if (million && m->pico[TG_UNIT_INPUT] == 0 &&
	    m->pico[TG_UNIT_OUTPUT] == 0)
		m->pico[TG_UNIT_INPUT] = m->pico[TG_UNIT_OUTPUT] =
		    TG_PICO_UNKNOWN;
}

/* --- an entry --- */

/* Some name the kind; else the name tells, as people choose it. */
static void
read_mode(const json_t *o, struct tg_listed_model *m)
{
	static const char *const others[] = { "image", "audio", "video",
		"moderation", "rerank", "transcribe", "text-to-image",
		"text-to-speech", "automatic-speech-recognition", NULL };
	static const char *const words[] = { "whisper", "tts", "dall-e",
		"moderation", "gpt-image", "rerank", "sora", "realtime",
		NULL };
	const char *type = text_at(o, "type");

	m->mode = "chat";
	if (type != NULL && tg_str_ifind(tg_str(type), "embed") >= 0)
		m->mode = "embedding";
	for (int i = 0; type != NULL && others[i] != NULL; i++)
		m->other = m->other || strcmp(type, others[i]) == 0;
	if (tg_str_ifind(tg_str(m->id), "embed") >= 0)
		m->mode = "embedding";
	for (int i = 0; words[i] != NULL; i++)
		m->other =
		    m->other || tg_str_ifind(tg_str(m->id), words[i]) >= 0;
}

/* Names that could not be asked for are left out. */
static bool
is_name(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;

	if (text == NULL || strlen(text) > TG_MAX_MODEL_NAME)
		return false;
	for (; *p != '\0'; p++)
		if (*p <= ' ' || *p == 127)
			return false;
	return true;
}

static bool
read_entry(struct tg_arena *a, const json_t *o, struct tg_listed_model *m)
{
	static const char *const ids[] = { "id", "name", "model", NULL };
	const char *id = NULL, *title = text_at(o, "display_name");

	for (int i = 0; id == NULL && ids[i] != NULL; i++)
		id = text_at(o, ids[i]);
	if (!is_name(id))
		return false;
	if (title == NULL)
		title = text_at(o, "name");
	*m = (struct tg_listed_model){ .id = tg_arena_cstr(a, tg_str(id)) };
	if (title != NULL && strcmp(title, id) != 0)
		m->title = tg_arena_cstr(a, tg_str(title));
	m->max_input_tokens = count(o, contexts);
	m->max_output_tokens = count(o, outputs);
	m->vision = said(o, visions, senses, "image");
	m->tools = said(o, tools, abilities, "tools");
	read_mode(o, m);
	read_costs(o, m);
	return true;
}

/* --- the list --- */

static int
by_id(const void *x, const void *y)
{
	const struct tg_listed_model *p = x, *q = y;

	return strcmp(p->id, q->id);
}

static size_t
once(struct tg_listed_model *rows, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (kept == 0 || strcmp(rows[kept - 1].id, rows[i].id) != 0)
			rows[kept++] = rows[i];
	return kept;
}

static const json_t *
find_list(const json_t *j)
{
	static const char *const names[] = { "data", "models", "result",
		NULL };

	if (json_is_array(j))
		return j;
	for (int i = 0; names[i] != NULL; i++)
		if (json_is_array(json_object_get(j, names[i])))
			return json_object_get(j, names[i]);
	return NULL;
}

int
tg_model_list_read(struct tg_arena *a, struct tg_str json,
    struct tg_listed_model **rows, size_t *n, struct tg_err *e)
{
	struct tg_err why = { 0 };
	json_t *doc = tg_jtree_parse(json, &why);
	const json_t *list = find_list(doc);
	size_t i, most = json_array_size(list);
	json_t *one;

	*n = 0;
	if (list == NULL) {
		json_decref(doc);
		return tg_fail(e, TG_E_GARBAGE,
		    "The provider did not answer with a list of models.");
	}
	if (most > TG_MOST_LISTED)
		most = TG_MOST_LISTED;
	*rows = tg_arena_zero(a, (most + 1) * sizeof(**rows));
	json_array_foreach((json_t *)list, i, one) {
		if (*n < most && read_entry(a, one, &(*rows)[*n]))
			(*n)++;
	}
	json_decref(doc);
	if (*n > 0)
		qsort(*rows, *n, sizeof(**rows), by_id);
	*n = once(*rows, *n);
	return 0;
}
