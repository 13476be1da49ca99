/*
 * What keys, people, teams, members and budgets may be given
 * (litellm-compat.md 2.1 to 2.4); what the promises among it mean, gate/rules
 * knows.
 */
#include "config.h"

#include "web/manage/fields.h"

#define OWN TG_FIELD_OWN
#define META TG_FIELD_META
#define REFUSED TG_FIELD_REFUSED

/* clang-format off */
/* Ours, for whatever has a budget or limits: gate/rules.h. */
#define PROMISES \
	{ "budget_timezone", TG_IS_TEXT, 0, NULL }, \
	{ "budget_anchor", TG_IS_ANY, 0, NULL }, \
	{ "over_budget", TG_IS_TEXT, 0, NULL }, \
	{ "unpriced", TG_IS_TEXT, 0, NULL }, \
	{ "at_budget", TG_IS_TEXT, 0, NULL }, \
	{ "switch_model", TG_IS_TEXT, 0, NULL }, \
	{ "switch_percent", TG_IS_COUNT, 0, NULL }, \
	{ "budget_thresholds", TG_IS_LIST, 0, NULL }, \
	{ "limits", TG_IS_LIST, 0, NULL }, \
	{ "queue", TG_IS_ANY, 0, NULL }, \
	{ "itpm_limit", TG_IS_COUNT, 0, NULL }, \
	{ "otpm_limit", TG_IS_COUNT, 0, NULL }

const struct tg_field tg_fields_key[] = {
	{ "key_alias", TG_IS_TEXT, OWN, NULL },
	{ "key", TG_IS_TEXT, OWN, NULL },
	{ "duration", TG_IS_TEXT, OWN, NULL },
	{ "models", TG_IS_TEXTS, OWN, NULL },
	{ "spend", TG_IS_MONEY, OWN, NULL },
	{ "user_id", TG_IS_TEXT, OWN, NULL },
	{ "team_id", TG_IS_TEXT, OWN, NULL },
	{ "project_id", TG_IS_TEXT, OWN, NULL },
	{ "organization_id", TG_IS_TEXT, OWN, NULL },
	{ "metadata", TG_IS_OBJECT, OWN, NULL },
	{ "blocked", TG_IS_BOOL, OWN, NULL },
	{ "budget_id", TG_IS_TEXT, OWN, NULL },
	{ "log", TG_IS_TEXT, OWN, NULL },
	{ "max_budget", TG_IS_MONEY, 0, "null" },
	{ "soft_budget", TG_IS_MONEY, 0, "null" },
	{ "budget_duration", TG_IS_DURATION, 0, "null" },
	{ "budget_limits", TG_IS_LIST, 0, "null" },
	{ "model_max_budget", TG_IS_OBJECT, 0, "{}" },
	{ "budget_fallbacks", TG_IS_OBJECT, 0, "{}" },
	{ "max_parallel_requests", TG_IS_COUNT, 0, "null" },
	{ "tpm_limit", TG_IS_COUNT, 0, "null" },
	{ "rpm_limit", TG_IS_COUNT, 0, "null" },
	{ "model_rpm_limit", TG_IS_COUNTS, META, "null" },
	{ "model_tpm_limit", TG_IS_COUNTS, META, "null" },
	{ "mcp_rpm_limit", TG_IS_OBJECT, META | REFUSED, "null" },
	{ "tag_rpm_limit", TG_IS_COUNTS, META, "null" },
	{ "rpm_limit_type", TG_IS_TEXT, META, "null" },
	{ "tpm_limit_type", TG_IS_TEXT, META, "null" },
	{ "temp_budget_increase", TG_IS_MONEY, META, NULL },
	{ "temp_budget_expiry", TG_IS_TEXT, META, NULL },
	{ "throttle_on_budget_exceeded", TG_IS_BOOL, REFUSED, "null" },
	{ "agent_id", TG_IS_TEXT, 0, "null" },
	{ "allowed_cache_controls", TG_IS_TEXTS, 0, "[]" },
	{ "allowed_routes", TG_IS_TEXTS, 0, "[]" },
	{ "key_type", TG_IS_TEXT, 0, NULL },
	{ "allowed_ips", TG_IS_TEXTS, 0, NULL },
	{ "allowed_passthrough_routes", TG_IS_TEXTS, META, "null" },
	{ "allowed_vector_store_indexes", TG_IS_LIST, 0, "null" },
	{ "config", TG_IS_OBJECT, 0, "{}" },
	{ "permissions", TG_IS_OBJECT, 0, "{}" },
	{ "aliases", TG_IS_OBJECT, 0, "{}" },
	{ "object_permission", TG_IS_OBJECT, 0, "null" },
	{ "tags", TG_IS_TEXTS, META, "null" },
	{ "guardrails", TG_IS_TEXTS, META | REFUSED, "null" },
	{ "disable_global_guardrails", TG_IS_BOOL, META, "null" },
	{ "policies", TG_IS_TEXTS, META | REFUSED, "null" },
	{ "prompts", TG_IS_TEXTS, META, "null" },
	{ "enforced_params", TG_IS_TEXTS, META, "null" },
	{ "allowed_model_region", TG_IS_TEXT, 0, NULL },
	{ "router_settings", TG_IS_OBJECT, REFUSED, "null" },
	{ "access_group_ids", TG_IS_TEXTS, 0, "null" },
	{ "auto_rotate", TG_IS_BOOL, REFUSED, "false" },
	{ "rotation_interval", TG_IS_TEXT, 0, "null" },
	{ "priority", TG_IS_WHOLE, 0, NULL },
	{ "trusted_frontend", TG_IS_BOOL, 0, NULL },
	PROMISES,
	{ NULL, TG_IS_ANY, 0, NULL },
};

const struct tg_field tg_fields_user[] = {
	{ "user_id", TG_IS_TEXT, OWN, NULL },
	{ "user_email", TG_IS_TEXT, OWN, NULL },
	{ "user_alias", TG_IS_TEXT, OWN, NULL },
	{ "user_role", TG_IS_TEXT, OWN, NULL },
	{ "models", TG_IS_TEXTS, OWN, NULL },
	{ "spend", TG_IS_MONEY, OWN, NULL },
	{ "metadata", TG_IS_OBJECT, OWN, NULL },
	{ "blocked", TG_IS_BOOL, OWN, NULL },
	{ "budget_id", TG_IS_TEXT, OWN, NULL },
	{ "password", TG_IS_TEXT, OWN, NULL },
	{ "teams", TG_IS_LIST, OWN, NULL },
	{ "organizations", TG_IS_LIST, OWN, NULL },
	{ "auto_create_key", TG_IS_BOOL, OWN, NULL },
	{ "send_invite_email", TG_IS_BOOL, OWN, NULL },
	{ "team_id", TG_IS_TEXT, OWN, "null" },
	{ "sso_user_id", TG_IS_TEXT, 0, "null" },
	{ "organization_id", TG_IS_TEXT, 0, "null" },
	{ "max_budget", TG_IS_MONEY, 0, "null" },
	{ "soft_budget", TG_IS_MONEY, 0, NULL },
	{ "budget_duration", TG_IS_DURATION, 0, "null" },
	{ "budget_limits", TG_IS_LIST, 0, NULL },
	{ "model_max_budget", TG_IS_OBJECT, 0, "{}" },
	{ "budget_fallbacks", TG_IS_OBJECT, 0, NULL },
	{ "max_parallel_requests", TG_IS_COUNT, 0, "null" },
	{ "tpm_limit", TG_IS_COUNT, 0, "null" },
	{ "rpm_limit", TG_IS_COUNT, 0, "null" },
	{ "model_rpm_limit", TG_IS_COUNTS, META, NULL },
	{ "model_tpm_limit", TG_IS_COUNTS, META, NULL },
	{ "tag_rpm_limit", TG_IS_COUNTS, META | REFUSED, NULL },
	{ "temp_budget_increase", TG_IS_MONEY, META, NULL },
	{ "temp_budget_expiry", TG_IS_TEXT, META, NULL },
	{ "allowed_cache_controls", TG_IS_TEXTS, 0, "[]" },
	{ "object_permission", TG_IS_OBJECT, 0, "null" },
	{ "policies", TG_IS_TEXTS, REFUSED, "[]" },
	{ "guardrails", TG_IS_TEXTS, META | REFUSED, NULL },
	PROMISES,
	{ NULL, TG_IS_ANY, 0, NULL },
};

const struct tg_field tg_fields_team[] = {
	{ "team_id", TG_IS_TEXT, OWN, NULL },
	{ "team_alias", TG_IS_TEXT, OWN, NULL },
	{ "organization_id", TG_IS_TEXT, OWN, NULL },
	{ "models", TG_IS_TEXTS, OWN, NULL },
	{ "metadata", TG_IS_OBJECT, OWN, NULL },
	{ "blocked", TG_IS_BOOL, OWN, NULL },
	{ "spend", TG_IS_MONEY, OWN, NULL },
	{ "budget_id", TG_IS_TEXT, OWN, NULL },
	{ "members", TG_IS_TEXTS, OWN, NULL },
	{ "admins", TG_IS_TEXTS, OWN, NULL },
	{ "members_with_roles", TG_IS_LIST, OWN, NULL },
	{ "team_member_budget", TG_IS_MONEY, OWN, NULL },
	{ "team_member_budget_duration", TG_IS_DURATION, OWN, NULL },
	{ "team_member_rpm_limit", TG_IS_COUNT, OWN, NULL },
	{ "team_member_tpm_limit", TG_IS_COUNT, OWN, NULL },
	{ "team_member_key_duration", TG_IS_DURATION, META, NULL },
	{ "team_member_permissions", TG_IS_TEXTS, 0, "null" },
	{ "max_budget", TG_IS_MONEY, 0, "null" },
	{ "soft_budget", TG_IS_MONEY, 0, "null" },
	{ "budget_duration", TG_IS_DURATION, 0, "null" },
	{ "budget_limits", TG_IS_LIST, 0, "null" },
	{ "model_max_budget", TG_IS_OBJECT, 0, "{}" },
	{ "budget_fallbacks", TG_IS_OBJECT, 0, NULL },
	{ "max_parallel_requests", TG_IS_COUNT, 0, "null" },
	{ "tpm_limit", TG_IS_COUNT, 0, "null" },
	{ "rpm_limit", TG_IS_COUNT, 0, "null" },
	{ "model_rpm_limit", TG_IS_COUNTS, META, NULL },
	{ "model_tpm_limit", TG_IS_COUNTS, META, NULL },
	{ "tag_rpm_limit", TG_IS_COUNTS, META | REFUSED, NULL },
	{ "temp_budget_increase", TG_IS_MONEY, META, NULL },
	{ "temp_budget_expiry", TG_IS_TEXT, META, NULL },
	{ "mcp_rpm_limit", TG_IS_OBJECT, META | REFUSED, NULL },
	{ "rpm_limit_type", TG_IS_TEXT, META, NULL },
	{ "tpm_limit_type", TG_IS_TEXT, META, NULL },
	{ "router_settings", TG_IS_OBJECT, REFUSED, "null" },
	{ "access_group_ids", TG_IS_TEXTS, 0, "[]" },
	{ "default_team_member_models", TG_IS_TEXTS, 0, "[]" },
	{ "model_aliases", TG_IS_OBJECT, 0, NULL },
	{ "tags", TG_IS_TEXTS, META, NULL },
	{ "guardrails", TG_IS_TEXTS, META | REFUSED, NULL },
	{ "disable_global_guardrails", TG_IS_BOOL, META, NULL },
	{ "policies", TG_IS_TEXTS, META | REFUSED, "[]" },
	{ "prompts", TG_IS_TEXTS, META, NULL },
	{ "object_permission", TG_IS_OBJECT, 0, "null" },
	{ "allowed_passthrough_routes", TG_IS_TEXTS, META, NULL },
	{ "allowed_vector_store_indexes", TG_IS_LIST, 0, NULL },
	{ "secret_manager_settings", TG_IS_OBJECT, META | REFUSED, NULL },
	{ "enforced_file_expires_after", TG_IS_OBJECT, META | REFUSED, NULL },
	{ "enforced_batch_output_expires_after", TG_IS_OBJECT, META | REFUSED,
	    NULL },
	{ "log", TG_IS_TEXT, 0, NULL },
	PROMISES,
	{ NULL, TG_IS_ANY, 0, NULL },
};

/* A person in a team: LiteLLM keeps these in a budget row of its own. */
const struct tg_field tg_fields_member[] = {
	{ "team_id", TG_IS_TEXT, OWN, NULL },
	{ "user_id", TG_IS_TEXT, OWN, NULL },
	{ "user_email", TG_IS_TEXT, OWN, NULL },
	{ "role", TG_IS_TEXT, OWN, NULL },
	{ "max_budget_in_team", TG_IS_MONEY, OWN, NULL },
	{ "budget_duration", TG_IS_DURATION, OWN, NULL },
	{ "tpm_limit", TG_IS_COUNT, OWN, NULL },
	{ "rpm_limit", TG_IS_COUNT, OWN, NULL },
	{ "allowed_models", TG_IS_TEXTS, 0, "null" },
	{ NULL, TG_IS_ANY, 0, NULL },
};

#define NOT(name) { name, TG_IS_ANY, REFUSED, NULL }
const struct tg_field tg_fields_not_member[] = {
	NOT("soft_budget"), NOT("budget_limits"), NOT("model_max_budget"),
	NOT("budget_fallbacks"), NOT("temp_budget_increase"),
	NOT("temp_budget_expiry"), NOT("max_parallel_requests"),
	NOT("itpm_limit"), NOT("otpm_limit"), NOT("limits"), NOT("queue"),
	NOT("model_rpm_limit"), NOT("model_tpm_limit"),
	NOT("tag_rpm_limit"), NOT("budget_timezone"), NOT("budget_anchor"),
	NOT("budget_thresholds"), NOT("over_budget"), NOT("unpriced"),
	NOT("at_budget"), NOT("switch_model"), NOT("switch_percent"),
	{ NULL, TG_IS_ANY, 0, NULL },
};

const struct tg_field tg_fields_budget[] = {
	{ "budget_id", TG_IS_TEXT, OWN, NULL },
	{ "max_budget", TG_IS_MONEY, 0, "null" },
	{ "soft_budget", TG_IS_MONEY, 0, "null" },
	{ "max_parallel_requests", TG_IS_COUNT, 0, "null" },
	{ "tpm_limit", TG_IS_COUNT, 0, "null" },
	{ "rpm_limit", TG_IS_COUNT, 0, "null" },
	{ "model_max_budget", TG_IS_OBJECT, 0, "null" },
	{ "budget_limits", TG_IS_LIST, 0, NULL },
	{ "budget_fallbacks", TG_IS_OBJECT, 0, NULL },
	{ "model_rpm_limit", TG_IS_COUNTS, 0, NULL },
	{ "model_tpm_limit", TG_IS_COUNTS, 0, NULL },
	{ "tag_rpm_limit", TG_IS_COUNTS, REFUSED, NULL },
	{ "temp_budget_increase", TG_IS_MONEY, 0, NULL },
	{ "temp_budget_expiry", TG_IS_TEXT, 0, NULL },
	{ "budget_duration", TG_IS_DURATION, 0, "null" },
	{ "budget_reset_at", TG_IS_TIME, OWN, NULL },
	{ "allowed_models", TG_IS_TEXTS, 0, NULL },
	PROMISES,
	{ NULL, TG_IS_ANY, 0, NULL },
};
/* clang-format on */
