/*
 * One row a member.  What has no row belongs to the caller and the upstream.
 */
#include "config.h"

#include "llm/member.h"

#include "base/json.h"
#include "llm/price.h"

#define OURS TG_MEMBER_OURS
#define ADMIN (TG_MEMBER_OURS | TG_MEMBER_ADMIN)
#define MUTE TG_MEMBER_MUTE
#define SEARCH TG_MEMBER_SEARCH
#define MOST TG_MEMBER_MOST
#define NAME_BYTES 64
#define PRICE_NAME_LEAST 14	/* "tiered_pricing" */

struct row {
	struct tg_str name;
	unsigned flags;
};

static const struct row whole[] = {
	{TG_STR("model"), MUTE},
	{TG_STR("stream_options"), MUTE},
	{TG_STR("user"), MUTE},
	{TG_STR("safety_identifier"), MUTE},
	{TG_STR("metadata"), MUTE},
	{TG_STR("prompt_cache_key"), MUTE},
	{TG_STR("prompt_cache_retention"), MUTE},
	{TG_STR("prompt_cache_options"), MUTE},
	{TG_STR("service_tier"), MUTE},
	{TG_STR("reasoning_effort"), MUTE},
	{TG_STR("verbosity"), MUTE},
	{TG_STR("modalities"), MUTE},
	{TG_STR("audio"), MUTE},
	{TG_STR("logit_bias"), MUTE},
	{TG_STR("stop"), MUTE},
	{TG_STR("encoding_format"), MUTE},
	{TG_STR("models"), MUTE},
	{TG_STR("provider"), MUTE},
	{TG_STR("web_search_options"), SEARCH},
	{TG_STR("search_parameters"), SEARCH},
	{TG_STR("plugins"), SEARCH},
	{TG_STR("n_predict"), MOST},		/* llama.cpp */
	{TG_STR("max_new_tokens"), MOST},
	{TG_STR("max_output_tokens"), MOST},
	{TG_STR("tags"), OURS},
	{TG_STR("fallbacks"), OURS},
	{TG_STR("context_window_fallback_dict"), OURS},
	{TG_STR("num_retries"), OURS},
	{TG_STR("max_retries"), OURS},
	{TG_STR("timeout"), OURS},
	{TG_STR("request_timeout"), OURS},
	{TG_STR("stream_timeout"), OURS},
	{TG_STR("cache"), OURS},
	{TG_STR("caching"), OURS},
	{TG_STR("ttl"), OURS},
	{TG_STR("guardrails"), OURS},
	{TG_STR("policies"), OURS},
	{TG_STR("disable_global_guardrails"), OURS},
	{TG_STR("drop_params"), OURS},
	{TG_STR("additional_drop_params"), OURS},
	{TG_STR("allowed_openai_params"), OURS},
	{TG_STR("no-log"), OURS},
	{TG_STR("prompt_id"), OURS},
	{TG_STR("prompt_variables"), OURS},
	{TG_STR("prompt_label"), OURS},
	{TG_STR("prompt_version"), OURS},
	{TG_STR("priority"), OURS},
	{TG_STR("order"), OURS},
	{TG_STR("fastest_response"), OURS},
	{TG_STR("ensure_alternating_roles"), OURS},
	{TG_STR("user_continue_message"), OURS},
	{TG_STR("assistant_continue_message"), OURS},
	{TG_STR("merge_reasoning_content_in_choices"), OURS},
	{TG_STR("enable_json_schema_validation"), OURS},
	{TG_STR("extra_body"), OURS},
	{TG_STR("extra_headers"), OURS},
	{TG_STR("headers"), OURS},
	{TG_STR("cache_control_injection_points"), OURS},
	{TG_STR("vector_store_ids"), OURS},
	{TG_STR("turn_off_message_logging"), OURS},
	{TG_STR("gcs_bucket_name"), OURS},
	{TG_STR("gcs_path_service_account"), OURS},
	{TG_STR("slack_webhook_url"), OURS},
	{TG_STR("litellm_credential_name"), ADMIN},
	{TG_STR("api_key"), ADMIN},
	{TG_STR("api_base"), ADMIN},
	{TG_STR("api_version"), ADMIN},
	{TG_STR("base_url"), ADMIN},
	{TG_STR("model_list"), ADMIN},
	{TG_STR("user_config"), ADMIN},
	{TG_STR("custom_llm_provider"), ADMIN},
	{TG_STR("model_info"), ADMIN},
	{TG_STR("litellm_params"), ADMIN},
};
/* Longer names come behind: the first row that fits counts. */
static const struct row beginnings[] = {
	{TG_STR("litellm_"), OURS},
	{TG_STR("mock_"), ADMIN},
	{TG_STR("langfuse_"), OURS},
	{TG_STR("langsmith_"), OURS},
	{TG_STR("lunary_"), OURS},
	{TG_STR("arize_"), OURS},
	{TG_STR("humanloop_"), OURS},
};
static unsigned find(const struct row *rows, size_t n, struct tg_str name,
    bool beginning);
static struct tg_str plain(struct tg_str raw, char buf[NAME_BYTES]);

unsigned
tg_member_flags(struct tg_str raw_name)
{
	char buf[NAME_BYTES];
	struct tg_str name = plain(raw_name, buf);
	unsigned flags;

	flags = find(whole, sizeof(whole) / sizeof(*whole), name, false);
	if (flags == 0)
		flags = find(beginnings,
		    sizeof(beginnings) / sizeof(*beginnings), name, true);
	if (flags == 0 && name.n >= PRICE_NAME_LEAST &&
	    tg_price_litellm_like(name))
		flags = ADMIN;
	return flags;
}

struct tg_str
tg_metadata_forbidden(struct tg_str object)
{
	struct tg_json_it it = tg_json_begin(object);
	struct tg_str name, value;
	char buf[NAME_BYTES];

	while (object.n > 0 && tg_json_member(&it, &name, &value)) {
		if (tg_str_starts(plain(name, buf), "user_api_key"))
			return name;
	}
	return TG_STR_NONE;
}

bool
tg_metadata_plain(struct tg_str object)
{
	struct tg_json_it it = tg_json_begin(object);
	struct tg_str name, value;

	if (tg_json_type(object) != TG_JSON_OBJECT)
		return tg_json_is_null(object);
	while (tg_json_member(&it, &name, &value))
		if (tg_json_type(value) != TG_JSON_STRING)
			return false;
	return true;
}

static unsigned
find(const struct row *rows, size_t n, struct tg_str name, bool beginning)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (beginning ? name.n < rows[i].name.n :
				name.n != rows[i].name.n)
			continue;
		if (memcmp(name.p, rows[i].name.p, rows[i].name.n) == 0)
			return rows[i].flags;
	}
	return 0;
}

/* Some readers resolve escapes in names: what one means is what counts. */
static struct tg_str
plain(struct tg_str raw, char buf[NAME_BYTES])
{
	size_t i, n = 0;
	int k, c;

	if (raw.n == 0 || memchr(raw.p, '\\', raw.n) == NULL)
		return raw;
	for (i = 0; i < raw.n && n < NAME_BYTES; i++) {
		c = (unsigned char)raw.p[i];
		if (c == '\\' && i + 1 < raw.n && raw.p[++i] != 'u') {
			c = (unsigned char)raw.p[i];
		} else if (c == '\\' && i + 4 < raw.n) {
			for (c = 0, k = 0; k < 4; k++) {
				int d = raw.p[++i] | 32;

				c = c * 16 + (d >= 'a' ? d - 'a' + 10 : d & 15);
			}
		}
		buf[n++] = c < 128 ? (char)c : '?';
	}
	return (struct tg_str){buf, n};
}
