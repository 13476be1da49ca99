/*
 * A stream's events put together for the log: a small tree that grows with
 * the text.  Which member grows in which way is one table of rules; members
 * without a rule keep their last value.  The tree is written once, at the
 * end of the stream; storing it is the store's.
 */
#include "config.h"

#include "llm/assemble.h"

#include <stdlib.h>

#include "base/json.h"
#include "llm/assemble_node.h"

struct rule {
	enum tg_place where;
	const char *name;
	enum tg_node_kind kind;
	enum tg_place inside;	/* of TG_NODE_OBJECT and TG_NODE_LIST */
};

static const struct rule rules[] = {
	{TG_IN_TOP, "choices", TG_NODE_LIST, TG_IN_CHOICE},
	{TG_IN_CHOICE, "delta", TG_NODE_OBJECT, TG_IN_DELTA},
	{TG_IN_CHOICE, "text", TG_NODE_TEXT, TG_IN_NOWHERE},
	{TG_IN_CHOICE, "logprobs", TG_NODE_OBJECT, TG_IN_LOGPROBS},
	{TG_IN_CHOICE, "index", TG_NODE_SKIP, TG_IN_NOWHERE},
	{TG_IN_DELTA, "content", TG_NODE_TEXT, TG_IN_NOWHERE},
	{TG_IN_DELTA, "reasoning_content", TG_NODE_TEXT, TG_IN_NOWHERE},
	{TG_IN_DELTA, "reasoning", TG_NODE_TEXT, TG_IN_NOWHERE},
	{TG_IN_DELTA, "refusal", TG_NODE_TEXT, TG_IN_NOWHERE},
	{TG_IN_DELTA, "text", TG_NODE_TEXT, TG_IN_NOWHERE},
	{TG_IN_DELTA, "tool_calls", TG_NODE_LIST, TG_IN_TOOL_CALL},
	{TG_IN_DELTA, "function_call", TG_NODE_OBJECT, TG_IN_FUNCTION},
	{TG_IN_DELTA, "audio", TG_NODE_OBJECT, TG_IN_AUDIO},
	{TG_IN_DELTA, "reasoning_details", TG_NODE_ARRAY, TG_IN_NOWHERE},
	{TG_IN_DELTA, "annotations", TG_NODE_ARRAY, TG_IN_NOWHERE},
	{TG_IN_DELTA, "images", TG_NODE_ARRAY, TG_IN_NOWHERE},
	{TG_IN_DELTA, "thinking_blocks", TG_NODE_ARRAY, TG_IN_NOWHERE},
	{TG_IN_TOOL_CALL, "index", TG_NODE_SKIP, TG_IN_NOWHERE},
	{TG_IN_TOOL_CALL, "function", TG_NODE_OBJECT, TG_IN_FUNCTION},
	{TG_IN_TOOL_CALL, "custom", TG_NODE_OBJECT, TG_IN_CUSTOM},
	{TG_IN_FUNCTION, "arguments", TG_NODE_TEXT, TG_IN_NOWHERE},
	{TG_IN_CUSTOM, "input", TG_NODE_TEXT, TG_IN_NOWHERE},
	{TG_IN_AUDIO, "data", TG_NODE_TEXT, TG_IN_NOWHERE},
	{TG_IN_AUDIO, "transcript", TG_NODE_TEXT, TG_IN_NOWHERE},
	{TG_IN_LOGPROBS, "content", TG_NODE_ARRAY, TG_IN_NOWHERE},
	{TG_IN_LOGPROBS, "refusal", TG_NODE_ARRAY, TG_IN_NOWHERE},
	{TG_IN_LOGPROBS, "tokens", TG_NODE_ARRAY, TG_IN_NOWHERE},
	{TG_IN_LOGPROBS, "token_logprobs", TG_NODE_ARRAY, TG_IN_NOWHERE},
	{TG_IN_LOGPROBS, "top_logprobs", TG_NODE_ARRAY, TG_IN_NOWHERE},
	{TG_IN_LOGPROBS, "text_offset", TG_NODE_ARRAY, TG_IN_NOWHERE},
};

static void merge(
    struct tg_assembly *as, struct tg_node *object, struct tg_str value);
static void take(
    struct tg_assembly *as, struct tg_node *n, struct tg_str value);
static void take_raw(
    struct tg_assembly *as, struct tg_node *n, struct tg_str value);
static void take_text(
    struct tg_assembly *as, struct tg_node *n, struct tg_str value);
static void take_items(
    struct tg_assembly *as, struct tg_node *n, struct tg_str value);
static void take_list(
    struct tg_assembly *as, struct tg_node *list, struct tg_str value);
static struct tg_node *list_item(struct tg_assembly *as, struct tg_node *list,
    struct tg_str item, int64_t position);
static bool is_another_call(const struct tg_node *known, struct tg_str item);
static struct tg_node *call_by_id(
    const struct tg_node *list, struct tg_str item);
static int64_t next_index(const struct tg_node *list);
static struct tg_node *item_new(
    struct tg_assembly *as, struct tg_node *list, int64_t index);
static struct tg_node *member_new(
    struct tg_assembly *as, struct tg_node *object, struct tg_str name);
static const struct rule *rule_of(enum tg_place where, struct tg_str name);
static void text_to_items(struct tg_assembly *as, struct tg_node *n);

struct tg_assembly *
tg_assembly_new(const struct tg_dialect *d, size_t max_bytes)
{
	struct tg_assembly *as = calloc(1, sizeof(*as));

	if (as == NULL)
		return NULL;
	as->dialect = d;
	as->max = max_bytes;
	as->top.kind = TG_NODE_OBJECT;
	as->top.seen = true;
	as->top.inside = TG_IN_TOP;
	return as;
}

void
tg_assembly_free(struct tg_assembly *as)
{
	if (as == NULL)
		return;
	tg_node_free(as->top.child);
	free(as);
}

int
tg_assembly_add(struct tg_assembly *as, struct tg_str json)
{
	if (as->failed || tg_json_type(json) != TG_JSON_OBJECT)
		return -1;
	as->any = true;
	merge(as, &as->top, json);
	return as->failed ? -1 : 0;
}

int
tg_assembly_write(const struct tg_assembly *as, struct tg_buf *out)
{
	if (as->failed || !as->any)
		return -1;
	tg_node_write(as, &as->top, out);
	return out->failed ? -1 : 0;
}

static void
merge(struct tg_assembly *as, struct tg_node *object, struct tg_str value)
{
	struct tg_json_it it = tg_json_begin(value);
	struct tg_str name, member;
	struct tg_node *n;

	while (!as->failed && tg_json_member(&it, &name, &member)) {
		for (n = object->child; n != NULL; n = n->next)
			if (tg_str_eq(n->name, name))
				break;
		if (n == NULL)
			n = member_new(as, object, name);
		if (n != NULL)
			take(as, n, member);
	}
}

static void
take(struct tg_assembly *as, struct tg_node *n, struct tg_str value)
{
	if (tg_json_is_null(value) || n->kind == TG_NODE_SKIP)
		return;
	n->seen = true;
	switch (n->kind) {
	case TG_NODE_TEXT:
		take_text(as, n, value);
		break;
	case TG_NODE_ARRAY:
		take_items(as, n, value);
		break;
	case TG_NODE_OBJECT:
		merge(as, n, value);
		break;
	case TG_NODE_LIST:
		take_list(as, n, value);
		break;
	default:
		take_raw(as, n, value);
	}
}

/* Most members say the same in every event. */
static void
take_raw(struct tg_assembly *as, struct tg_node *n, struct tg_str value)
{
	if (tg_str_eq(tg_buf_str(&n->text), value) ||
	    (value.n == 2 && *value.p == '"' && n->text.n > 0))
		return;
	as->used -= n->text.n;
	tg_buf_reset(&n->text);
	tg_node_grow(as, n, value);
}

/* Content may be an array of parts, at some upstreams only at first. */
static void
take_text(struct tg_assembly *as, struct tg_node *n, struct tg_str value)
{
	struct tg_str inside;

	if (tg_json_raw_text(value, &inside)) {
		tg_node_grow(as, n, inside);
	} else if (tg_json_type(value) == TG_JSON_ARRAY) {
		text_to_items(as, n);
		take_items(as, n, value);
	} else if (n->text.n == 0) {
		n->kind = TG_NODE_RAW;
		take_raw(as, n, value);
	}
}

static void
take_items(struct tg_assembly *as, struct tg_node *n, struct tg_str value)
{
	struct tg_json_it it = tg_json_begin(value);
	struct tg_str item;

	if (tg_json_type(value) == TG_JSON_STRING) {
		tg_node_grow(as, n, n->text.n > 0 ?
		    TG_STR(",{\"type\":\"text\",\"text\":") :
		    TG_STR("{\"type\":\"text\",\"text\":"));
		tg_node_grow(as, n, value);
		tg_node_grow(as, n, TG_STR("}"));
		return;
	}
	while (tg_json_item(&it, &item)) {
		if (n->text.n > 0)
			tg_node_grow(as, n, TG_STR(","));
		tg_node_grow(as, n, item);
	}
}

static void
take_list(struct tg_assembly *as, struct tg_node *list, struct tg_str value)
{
	struct tg_json_it it = tg_json_begin(value);
	struct tg_str item;
	struct tg_node *n;
	int64_t i;

	for (i = 0; !as->failed && tg_json_item(&it, &item); i++) {
		if (tg_json_type(item) != TG_JSON_OBJECT)
			continue;
		n = list_item(as, list, item, i);
		if (n != NULL)
			take(as, n, item);
	}
}

/*
 * By its index.  Tool calls of some upstreams have none, or 0 in all of them:
 * then the id tells (openai-api.md 15, N6).
 */
static struct tg_node *
list_item(struct tg_assembly *as, struct tg_node *list, struct tg_str item,
    int64_t position)
{
	struct tg_str value;
	struct tg_node *n;
	int64_t index = position;

	if (tg_json_get(item, "index", &value) && tg_json_i64(value, &index)) {
		for (n = list->child; n != NULL && n->index != index;)
			n = n->next;
		if (n == NULL || !is_another_call(n, item))
			return n != NULL ? n : item_new(as, list, index);
	} else if (list->inside != TG_IN_TOOL_CALL) {
		for (n = list->child; n != NULL && n->index != index;)
			n = n->next;
		return n != NULL ? n : item_new(as, list, index);
	}
	n = call_by_id(list, item);
	return n != NULL ? n : item_new(as, list, next_index(list));
}

static bool
is_another_call(const struct tg_node *known, struct tg_str item)
{
	const struct tg_node *n = tg_node_member(known, "id");
	struct tg_str id;

	return known->inside == TG_IN_TOOL_CALL && n != NULL && n->seen &&
	    tg_json_get(item, "id", &id) && id.n > 2 &&
	    tg_json_type(id) == TG_JSON_STRING &&
	    !tg_str_eq(tg_buf_str(&n->text), id);
}

/* A piece without an id goes on with the latest call. */
static struct tg_node *
call_by_id(const struct tg_node *list, struct tg_str item)
{
	const struct tg_node *known;
	struct tg_str id;
	struct tg_node *n;

	if (!tg_json_get(item, "id", &id) || id.n <= 2 ||
	    tg_json_is_null(id)) {
		for (n = list->child; n != NULL && n->next != NULL;)
			n = n->next;
		return n;
	}
	for (n = list->child; n != NULL; n = n->next) {
		known = tg_node_member(n, "id");
		if (known != NULL && tg_str_eq(tg_buf_str(&known->text), id))
			return n;
	}
	return NULL;
}

static int64_t
next_index(const struct tg_node *list)
{
	const struct tg_node *n;
	int64_t next = 0;

	for (n = list->child; n != NULL; n = n->next)
		if (n->index >= next && n->index < INT64_MAX)
			next = n->index + 1;
	return next;
}

static struct tg_node *
item_new(struct tg_assembly *as, struct tg_node *list, int64_t index)
{
	struct tg_node *n = tg_node_new(as);

	if (n == NULL)
		return NULL;
	n->kind = TG_NODE_OBJECT;
	n->inside = list->inside;
	n->index = index;
	tg_node_insert(list, n);
	return n;
}

static struct tg_node *
member_new(struct tg_assembly *as, struct tg_node *object, struct tg_str name)
{
	const struct rule *r = rule_of(object->inside, name);
	struct tg_node *n = tg_node_new(as);
	char *copy;

	if (n == NULL)
		return NULL;
	copy = malloc(name.n + 1);
	if (copy != NULL)
		memcpy(copy, name.p, name.n);
	else
		as->failed = true;
	n->name = (struct tg_str){copy, copy != NULL ? name.n : 0};
	n->kind = r != NULL ? r->kind : TG_NODE_RAW;
	n->inside = r != NULL ? r->inside : TG_IN_NOWHERE;
	as->used += name.n;
	tg_node_insert(object, n);
	return n;
}

static const struct rule *
rule_of(enum tg_place where, struct tg_str name)
{
	size_t i;

	for (i = 0; i < sizeof(rules) / sizeof(*rules); i++)
		if (rules[i].where == where &&
		    tg_json_name_is(name, rules[i].name))
			return &rules[i];
	return NULL;
}

static void
text_to_items(struct tg_assembly *as, struct tg_node *n)
{
	struct tg_buf text = n->text;

	tg_buf_init(&n->text, as->max);
	n->kind = TG_NODE_ARRAY;
	if (text.n > 0) {
		tg_node_grow(as, n, TG_STR("{\"type\":\"text\",\"text\":\""));
		tg_node_grow(as, n, tg_buf_str(&text));
		tg_node_grow(as, n, TG_STR("\"}"));
	}
	tg_buf_free(&text);
}
