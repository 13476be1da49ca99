/*
 * /utils: how many tokens a text is, and which parameters a model takes
 * (litellm-compat.md 2.9).  The count is an estimate, and says so.
 */
#include "config.h"

#include "web/misc.h"
#include "web/manage/model_info.h"

#define BYTES_A_TOKEN 4
#define MESSAGE_TOKENS 3	/* around each message, and for the answer */

/* All text in a tree, and the names of its members where tools have them. */
static int64_t
text_bytes(const json_t *j)
{
	const char *name;
	int64_t n = 0;
	json_t *v;
	size_t i;

	if (json_is_string(j))
		return (int64_t)json_string_length(j);
	if (json_is_array(j)) {
		json_array_foreach(j, i, v) {
			n += text_bytes(v);
		}
	} else if (json_is_object(j)) {
		json_object_foreach((json_t *)j, name, v) {
			n += text_bytes(v);
		}
	}
	return n;
}

static int64_t
tokens_of(const json_t *j)
{
	return (text_bytes(j) + BYTES_A_TOKEN - 1) / BYTES_A_TOKEN;
}

static int64_t
count(struct tg_manage *m)
{
	static const char *const rest[] = { "prompt", "contents", "system",
		"tools", NULL };
	const json_t *messages = json_object_get(m->body, "messages");
	int64_t n = 0;
	json_t *one;
	size_t i;

	json_array_foreach(messages, i, one) {
		n += tokens_of(one) + MESSAGE_TOKENS;
	}
	if (n > 0)
		n += MESSAGE_TOKENS;
	for (i = 0; rest[i] != NULL; i++)
		n += tokens_of(json_object_get(m->body, rest[i]));
	return n;
}

int
tg_web_token_counter(struct tg_manage *m)
{
	const struct tg_deployment **found;
	const char *model;
	size_t n;

	if (tg_manage_need(m, "model", &model) != 0)
		return -1;
	if (!tg_manage_has(m, "messages") && !tg_manage_has(m, "prompt") &&
	    !tg_manage_has(m, "contents"))
		return tg_fail_param(m->e, TG_E_INVALID, "messages",
		    "prompt or messages or contents must be provided");
	found = tg_catalog_find(m->w->catalog, m->a, tg_str(model),
	    tg_model_team(m->w), &n);
	m->answer = json_pack("{s:I, s:s, s:s, s:s, s:n, s:b, s:n, s:n}",
	    "total_tokens", (json_int_t)count(m), "request_model", model,
	    "model_used",
	    n > 0 ? tg_deployment_model(found[0], m->a, tg_str(model)) :
		    model,
	    "tokenizer_type", "estimate", "original_response", "error", 0,
	    "error_message", "status_code");
	return 0;
}

int
tg_web_openai_params(struct tg_manage *m)
{
	const char *model = tg_manage_query(m, "model");
	const struct tg_deployment **found;
	size_t n;

	if (model == NULL)
		return tg_fail_param(
		    m->e, TG_E_MISSING, "model", "'model' is missing.");
	found = tg_catalog_find(m->w->catalog, m->a, tg_str(model),
	    tg_model_team(m->w), &n);
	if (n == 0)
		return tg_fail_param(m->e, TG_E_INVALID, "model",
		    "Could not map model=%s", model);
	m->answer = json_pack("{s:O}", "supported_openai_params",
	    tg_model_openai_params(m, found[0]->mode));
	return 0;
}
