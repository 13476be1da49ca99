#ifndef TG_TESTS_WIRE_CASE_H
#define TG_TESTS_WIRE_CASE_H
/*
 * A case file as sections, and what stands in them: see README beside this.
 * Everything lives in the arena of the case.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

#define WIRE_SECTIONS 64
#define WIRE_VARS 64
#define WIRE_OPS 256

struct wire_section {
	struct tg_str name, args, text;
	int line;
};

struct wire_case {
	const char *path;
	struct wire_section list[WIRE_SECTIONS];
	size_t n;
};

/* $NAME in a case; values live as long as the program or the case. */
struct wire_vars {
	struct {
		const char *name, *value;
	} list[WIRE_VARS];
	size_t n;
};

/* What the played upstream does, in order. */
enum wire_op_kind {
	WIRE_SEND,
	WIRE_PAUSE,
	WIRE_CUT,	/* the connection is reset */
	WIRE_HANG	/* nothing more until the other side closes */
};

struct wire_script {
	struct {
		enum wire_op_kind kind;
		struct tg_str bytes;
		int ms;
	} ops[WIRE_OPS];
	size_t n;
};

/* -1: not readable, or not a case; why has the reason. */
int wire_case_read(struct wire_case *c, struct tg_arena *a, const char *path,
    struct tg_buf *why);
void wire_set(struct wire_vars *v, const char *name, const char *value);
struct tg_str wire_expand(
    const struct wire_vars *v, struct tg_arena *a, struct tg_str text);
/*
 * Next line off the front, without its end; false when nothing is left.
 * *ended tells whether it had an end.
 */
bool wire_line(struct tg_str *rest, struct tg_str *line, bool *ended);
/* Next word off the front of a line. */
struct tg_str wire_word(struct tg_str *rest);
/* What comes before the first empty line, and what comes after; true if there
 * was one. */
bool wire_split(struct tg_str text, struct tg_str *head, struct tg_str *body);
/* A body with its @bytes and @repeat done; -1: another directive. */
int wire_body(struct tg_arena *a, struct tg_str text, struct tg_str *body);
/* An == upstream section. */
int wire_script_read(struct wire_script *s, struct tg_arena *a,
    struct tg_str text, struct tg_buf *why);
#endif
