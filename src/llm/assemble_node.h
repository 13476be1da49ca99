#ifndef TG_LLM_ASSEMBLE_NODE_H
#define TG_LLM_ASSEMBLE_NODE_H
/*
 * The tree in which a stream is put together: nodes on the heap, owned by the
 * assembly, which counts their bytes.  Only for src/llm/assemble*.c.
 */
#include "llm/assemble.h"

#include <stdbool.h>
#include <stdint.h>

/* How a member grows. */
enum tg_node_kind {
	TG_NODE_RAW,		/* the last value that is neither null nor "" */
	TG_NODE_TEXT,		/* strings, joined in their escaped form */
	TG_NODE_ARRAY,		/* items, joined */
	TG_NODE_OBJECT,		/* members, each by its rule */
	TG_NODE_LIST,		/* objects, told apart by their index */
	TG_NODE_SKIP
};

/* Where a member stands. */
enum tg_place {
	TG_IN_TOP,
	TG_IN_CHOICE,
	TG_IN_DELTA,
	TG_IN_TOOL_CALL,
	TG_IN_FUNCTION,
	TG_IN_CUSTOM,
	TG_IN_AUDIO,
	TG_IN_LOGPROBS,
	TG_IN_NOWHERE
};

/* Lives until the assembly is freed. */
struct tg_node {
	struct tg_node *next;	/* the next member or item */
	struct tg_node *child;	/* of TG_NODE_OBJECT and TG_NODE_LIST */
	enum tg_node_kind kind;
	enum tg_place inside;
	int64_t index;		/* in a TG_NODE_LIST, else 0 */
	struct tg_str name;	/* raw, ours; empty in a TG_NODE_LIST */
	bool seen;		/* had a value that is not null */
	struct tg_buf text;	/* of RAW, TEXT and ARRAY */
};

struct tg_assembly {
	const struct tg_dialect *dialect;
	struct tg_node top;
	size_t used, max;	/* bytes, nodes included */
	size_t nodes;
	bool failed;
	bool any;
};

/* Not put anywhere yet; NULL past the ceiling, and as->failed is set. */
struct tg_node *tg_node_new(struct tg_assembly *as);
/* This node and those behind it. */
void tg_node_free(struct tg_node *n);
/* Members behind the others, items where their index belongs. */
void tg_node_insert(struct tg_node *parent, struct tg_node *n);
const struct tg_node *tg_node_member(
    const struct tg_node *object, const char *name);
/* More text; past the ceiling as->failed is set. */
void tg_node_grow(
    struct tg_assembly *as, struct tg_node *n, struct tg_str more);
/* As JSON, null where no value was seen. */
void tg_node_write(const struct tg_assembly *as, const struct tg_node *n,
    struct tg_buf *out);
#endif
