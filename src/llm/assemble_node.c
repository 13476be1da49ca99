/*
 * The tree of llm/assemble: its nodes, and how it is written as the answer
 * that the stream amounts to.  How nodes take what events say is
 * llm/assemble's.
 */
#include "config.h"

#include "llm/assemble_node.h"

#include <stdlib.h>

#include "base/json.h"

#define MAX_NODES 8192		/* each is looked for one by one */

static void write_items(const struct tg_assembly *as,
    const struct tg_node *list, struct tg_buf *out);
static void write_members(const struct tg_assembly *as,
    const struct tg_node *object, struct tg_buf *out);
static bool is_hidden(const struct tg_node *object, const struct tg_node *n);

struct tg_node *
tg_node_new(struct tg_assembly *as)
{
	struct tg_node *n = NULL;

	as->used += sizeof(*n);
	if (as->used <= as->max && as->nodes++ < MAX_NODES)
		n = calloc(1, sizeof(*n));
	if (n == NULL)
		as->failed = true;
	else
		tg_buf_init(&n->text, as->max);
	return n;
}

void
tg_node_insert(struct tg_node *parent, struct tg_node *n)
{
	struct tg_node **at = &parent->child;

	while (*at != NULL && (*at)->index <= n->index)
		at = &(*at)->next;
	n->next = *at;
	*at = n;
}

void
tg_node_free(struct tg_node *n)
{
	struct tg_node *next;

	for (; n != NULL; n = next) {
		next = n->next;
		tg_node_free(n->child);
		tg_buf_free(&n->text);
		free((char *)(uintptr_t)n->name.p);
		free(n);
	}
}

const struct tg_node *
tg_node_member(const struct tg_node *object, const char *name)
{
	const struct tg_node *n;

	for (n = object->child; n != NULL; n = n->next)
		if (tg_json_name_is(n->name, name))
			return n;
	return NULL;
}

void
tg_node_grow(struct tg_assembly *as, struct tg_node *n, struct tg_str more)
{
	as->used += more.n;
	if (as->used > as->max || tg_buf_adds(&n->text, more) == -1)
		as->failed = true;
}

void
tg_node_write(
    const struct tg_assembly *as, const struct tg_node *n, struct tg_buf *out)
{
	static const struct {
		const char *open, *close;
	} brackets[] = {
		[TG_NODE_RAW]		= {"", ""},
		[TG_NODE_TEXT]		= {"\"", "\""},
		[TG_NODE_ARRAY]		= {"[", "]"},
		[TG_NODE_OBJECT]	= {"{", "}"},
		[TG_NODE_LIST]		= {"[", "]"},
	};

	if (!n->seen) {
		tg_buf_addc(out, "null");
		return;
	}
	tg_buf_addc(out, brackets[n->kind].open);
	if (n->kind == TG_NODE_OBJECT)
		write_members(as, n, out);
	else if (n->kind == TG_NODE_LIST)
		write_items(as, n, out);
	else
		tg_buf_adds(out, tg_buf_str(&n->text));
	tg_buf_addc(out, brackets[n->kind].close);
}

static void
write_items(
    const struct tg_assembly *as, const struct tg_node *list,
    struct tg_buf *out)
{
	const struct tg_node *n;

	for (n = list->child; n != NULL; n = n->next) {
		if (n != list->child)
			tg_buf_byte(out, ',');
		tg_node_write(as, n, out);
	}
}

/* What streams call delta, answers call message. */
static void
write_members(const struct tg_assembly *as, const struct tg_node *object,
    struct tg_buf *out)
{
	const char *comma = "";
	const struct tg_node *n;

	if (object->inside == TG_IN_CHOICE) {
		tg_buf_printf(out, "\"index\":%lld", (long long)object->index);
		comma = ",";
	}
	for (n = object->child; n != NULL; n = n->next) {
		if (is_hidden(object, n))
			continue;
		tg_buf_addc(out, comma);
		comma = ",";
		tg_buf_byte(out, '"');
		if (n->inside == TG_IN_DELTA)
			tg_buf_addc(out, "message");
		else
			tg_buf_adds(out, n->name);
		tg_buf_addc(out, "\":");
		if (object == &as->top && tg_json_name_is(n->name, "object"))
			tg_json_quote(out, tg_str(as->dialect->answer_object));
		else
			tg_node_write(as, n, out);
	}
}

/* Some upstreams repeat what was said so far beside each delta. */
static bool
is_hidden(const struct tg_node *object, const struct tg_node *n)
{
	return n->kind == TG_NODE_SKIP ||
	    (object->inside == TG_IN_CHOICE &&
		tg_json_name_is(n->name, "message") &&
		tg_node_member(object, "delta") != NULL);
}
