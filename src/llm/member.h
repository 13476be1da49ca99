#ifndef TG_LLM_MEMBER_H
#define TG_LLM_MEMBER_H
/*
 * The members of a request that are not between caller and model alone: what
 * LiteLLM's clients send to the gateway, what only administrators may send
 * (litellm-compat.md 4.3), and what adds nothing to the prompt.
 */
#include <stdbool.h>

#include "base/str.h"

enum tg_member_flag {
	TG_MEMBER_OURS = 1,	/* never goes to an upstream */
	TG_MEMBER_ADMIN = 2,	/* of administrators only */
	TG_MEMBER_MUTE = 4,	/* the model does not see it */
	TG_MEMBER_SEARCH = 8,	/* the provider may add what it finds */
	TG_MEMBER_MOST = 16	/* some servers bound the output by it */
};

/* raw_name: between the quotes, as it stands. 0: none of these. */
unsigned tg_member_flags(struct tg_str raw_name);
/*
 * Of an object "metadata" or "litellm_metadata": the raw name of a member that
 * the gateway itself writes there, or empty.
 */
struct tg_str tg_metadata_forbidden(struct tg_str object);
/* Is a "metadata" as OpenAI takes it: strings only? */
bool tg_metadata_plain(struct tg_str object);
#endif
