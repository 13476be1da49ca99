#ifndef TG_GATE_RULES_H
#define TG_GATE_RULES_H
/*
 * From settings to promises: the members of a JSON object under LiteLLM's
 * names, and ours, become caps and limits; the only place that knows them.
 *
 *	max_budget, soft_budget, budget_duration
 *	budget_limits: [{max_budget, budget_duration}]	more windows
 *	model_max_budget: {model: {max_budget | budget_limit,
 *	    budget_duration | time_period, rpm_limit, tpm_limit}}
 *	rpm_limit, tpm_limit, max_parallel_requests
 *	model_rpm_limit, model_tpm_limit: {model: n}; tag_rpm_limit: {tag: n}
 *	temp_budget_increase, temp_budget_expiry
 * ours:
 *	budget_timezone, budget_anchor
 *	over_budget: clamp | refuse;  unpriced: block | ceiling | allow
 *	at_budget: block | warn | switch; switch_model; switch_percent
 *	budget_thresholds: [50, 80, 95, 100]
 *	limits: [{unit: requests|tokens|input|output|parallel,
 *	    per: minute|hour|day|<duration>, max, queue: seconds}]
 *	queue: seconds, for rpm_limit, tpm_limit and max_parallel_requests
 *	itpm_limit, otpm_limit (LiteLLM's itpm, otpm)
 * Provider and deployment settings spell rpm, tpm, itpm, otpm, budget_limit,
 * time_period; they are read too.  null, {} and [] are as if they were not
 * there; a rate of -1 is none, of 0 refuses all.  Numbers and lists may be
 * text, as tollgate.ini has them: "10/day, 100/month" for budget_limits,
 * "1000 requests/day, 4 parallel" for limits, "50, 80" for thresholds; lists
 * also JSON in such a text.
 * budget_fallbacks: {model: [another]} makes a model's budget switch.
 * temp_budget_expiry is a date: writers turn a duration ("10d") into one.
 * Of two caps of the same period, and of two limits of the same window, the
 * lower counts.
 */
#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/jtree.h"
#include "store/accounts.h"

struct tg_model_promises {
	const char *model;
	struct tg_promises promises;
};
struct tg_rules {
	struct tg_promises own;
	/* own.caps[0] is that of max_budget, soft_budget, budget_duration */
	bool primary;
	struct tg_model_promises *models;	/* key × model, team × model */
	size_t n_models;
	struct tg_model_promises *tags;		/* key × tag: its name */
	size_t n_tags;
};

/*
 * own over shared (either may be NULL): what own does not say the shared
 * budget does; caps from it have origin "budget:NAME".  default_zone for
 * periods without one.  Fails with TG_E_INVALID or TG_E_TYPE and the member's
 * name.  In the arena.
 */
int tg_rules_read(struct tg_arena *a, const json_t *own, const json_t *shared,
    const char *shared_name, const char *default_zone, struct tg_rules *out,
    struct tg_err *e);
/*
 * Writes what a key, subject or member promises (settings and budget are
 * read from its row), its models' accounts included, inside the caller's
 * transaction.  Tags and members have no accounts for models, and only keys
 * some for tags: TG_E_UNSUPPORTED.  A removed subject promises nothing.
 */
int tg_rules_apply(struct tg_db *db, struct tg_arena *a, enum tg_scope scope,
    int64_t subject, const char *default_zone, struct tg_err *e);
/* After a shared budget was changed: everyone who is linked to it. */
int tg_rules_apply_budget(struct tg_db *db, struct tg_arena *a,
    const char *budget, const char *default_zone, struct tg_err *e);
/* After the default zone was changed: every key, subject and member. */
int tg_rules_apply_all(struct tg_db *db, const char *default_zone,
    struct tg_err *e);
#endif
