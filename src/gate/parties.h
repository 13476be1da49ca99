#ifndef TG_GATE_PARTIES_H
#define TG_GATE_PARTIES_H
/*
 * Customers and tags by name, kept per process as long as the rules stand.
 */
#include "gate/gate.h"
#include "store/subjects.h"

struct tg_party {
	int64_t id;		/* 0: not in the books */
	bool blocked;
	/* a customer's allowed_model_region and default_model, or NULL */
	const char *region, *default_model;
};

struct tg_party_cache;
struct tg_party_cache *tg_party_cache_new(void);
void tg_party_cache_free(struct tg_party_cache *c);
struct tg_party_query {
	enum tg_subject_kind kind;
	const char *name;
	/* of the rules, as the caller's key was read under; 0: not known */
	int64_t version;
	bool make;		/* one that is not there yet is made ... */
	const char *budget;	/* ... with this shared budget, or NULL */
};
int tg_party_find(struct tg_gate *g, struct tg_arena *a,
    const struct tg_party_query *ask, struct tg_party *out,
    struct tg_err *e);
#endif
