#ifndef TG_PROG_DEMO_H
#define TG_PROG_DEMO_H
/*
 * What `tollgate demo` is made of: a house with its people and keys, programs
 * with what they say, and one call put into the books.
 */
#include "prog/command.h"
#include "store/who.h"

/* What is made through the management API, in order. */
struct tg_demo_thing {
	int day;		/* of the month that is told, 0 the first */
	const char *path, *body;	/* POST, JSON */
};
extern const struct tg_demo_thing tg_demo_things[];
/* Models with their prices (USD a million tokens) and how fast they are. */
struct tg_demo_model {
	const char *name, *provider, *mode;
	const char *input, *cache_read, *output;
	int first_ms, tokens_per_s;
};
extern const struct tg_demo_model tg_demo_models[];

/*
 * A program that calls: its key, its models, when, and its scripts.  A script
 * is a conversation, a letter before each part of it: S system, U user, T what
 * the model thinks, C the call of a tool ("name {arguments}"), R its result, A
 * the model's words; each C or A is a call of its own.  {words} stand for one
 * of a list (tg_demo_word()).
 */
struct tg_demo_program {
	const char *key;		/* its alias */
	const char *agent;
	const char *models[3];		/* the first mostly; NULL ends */
	const char *customers;		/* "c-": a customer each, or NULL */
	const char *tag;
	const char *tools;		/* JSON list, or NULL */
	const char *const *scripts;
	int from_day;			/* of the month: its key is there */
	int a_day;			/* conversations, on a working day */
	int from_hour, to_hour;		/* UTC; equal: all day */
	bool weekends, stream, sessions;
	int base_tokens;		/* of the prompt, besides the text */
};
extern const struct tg_demo_program tg_demo_programs[];

/* The same seed, the same month. */
struct tg_demo {
	struct tg_cmd *c;
	struct tg_store *store;
	uint64_t seed;
	int64_t now, begin;	/* wall us */
	int64_t calls;		/* made so far */
};
uint64_t tg_demo_random(struct tg_demo *d, uint64_t below);
/* What stands for {name}, the pick-th of its words; NULL: no such list. */
const char *tg_demo_word(struct tg_str name, uint64_t pick);

/* One call: what was said, and how it went. */
struct tg_demo_call {
	const struct tg_demo_program *program;
	const struct tg_demo_model *model;
	const struct tg_who *who;
	const char *session, *customer;
	int64_t customer_id, tag_id;
	int64_t at;		/* wall us */
	struct tg_str request, answer;
	int64_t known_bytes;	/* of the request: the upstream has cached */
	int64_t answer_bytes, thought_bytes;
};
/*
 * Into the books and the log, with the clock standing at its times; *end_at:
 * when it was over. 1 answered, 0 it failed or was refused, -1 with c->err.
 */
int tg_demo_book(struct tg_demo *d, struct tg_arena *a,
    const struct tg_demo_call *call, int64_t *end_at);
/* A whole conversation from that moment on. */
int tg_demo_talk(struct tg_demo *d, const struct tg_demo_program *p,
    int64_t at);
#endif
