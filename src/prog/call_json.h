#ifndef TG_PROG_CALL_JSON_H
#define TG_PROG_CALL_JSON_H
/* A row of the books as JSON, for `tollgate calls' and `tollgate call'. */
#include "prog/command.h"
#include "store/calls.h"
#include "store/keys.h"

/* Whose a call was: all keys, in the command's arena. */
struct tg_call_names {
	struct tg_key *keys;
	size_t n;
};

int tg_call_names_read(struct tg_cmd *c, struct tg_call_names *names);
/* The caller's. */
json_t *tg_call_json(const struct tg_call_row *r,
    const struct tg_call_names *names);
/*
 * All input, all output, as the provider counted it: the sums of the classes
 * that are known, null where not even fresh input (plain output) is.
 */
json_t *tg_call_input_json(const struct tg_call_row *r);
json_t *tg_call_output_json(const struct tg_call_row *r);
#endif
