#ifndef TG_WEB_ME_H
#define TG_WEB_ME_H
/*
 * What the holder of a key wants to know of it: every cap and limit over it
 * with what is spent, held and left, its spending of 30 days by model and
 * day, its last calls.
 */
#include "store/accounts.h"
#include "web/spend.h"

/*
 * As members of an object that is open in s->out: "spent", "budgets",
 * "limits", "since", "by_model", "by_day", "last_calls".  key->id 0: those of
 * the person.  s->filter is set by it.
 */
int tg_me_write(struct tg_spend *s, const struct tg_key *key, int64_t person);
/* The same as an object, kept by m; NULL: could not be read. */
json_t *tg_me_facts(struct tg_manage *m, const struct tg_key *key);

/*
 * "budgets" and "limits" of accounts alone, in their order; a scope without a
 * subject is passed over, but for the house.
 */
struct tg_me_account {
	enum tg_scope scope;
	int64_t subject;
	const char *name;	/* NULL: all of the subject */
};
int tg_me_standings(struct tg_spend *s, const struct tg_me_account *list,
    size_t n);
/*
 * All that a call of this key (id 0: of this person's) is booked to: what
 * holds it back, the house at the end.  In m's arena.
 */
#define TG_ME_ACCOUNTS 14
int tg_me_accounts(struct tg_manage *m, const struct tg_key *key,
    int64_t person, struct tg_me_account list[TG_ME_ACCOUNTS]);
/* Tokens by class, under "tokens". */
void tg_me_tokens(struct tg_jw *j, const int64_t tokens[TG_TOK__MAX]);
#endif
