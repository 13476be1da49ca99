/*
 * litellm_params: "provider/name" and an address become a place to call, the
 * rest settings as they could stand in tollgate.ini.
 */
#include "config.h"

#include <stdio.h>

#include "gate/rules.h"
#include "llm/price.h"
#include "store/setup.h"
#include "web/manage/model_draft.h"

/* Promises to callers or about money that nothing here would keep. */
static const char *const refused[] = { "additional_drop_params", "tag_regex",
	"default_api_key_rpm_limit", "default_api_key_tpm_limit",
	"configurable_clientside_auth_params", "mock_tool_calls",
	"mock_timeout", "merge_reasoning_content_in_choices",
	"use_chat_completions_api", "aws_access_key_id", NULL };
/* What bounds it (gate/rules.h), under the names of tollgate.ini. */
static const char *const bounds[] = { "rpm", "tpm", "itpm", "otpm",
	"max_parallel_requests", "max_budget", "budget_duration", "queue",
	"limits", "budget_limits", NULL };
/* Any of them chosen anew chooses the place anew. */
static const char *const places[] = { "model", "api_base", "base_url",
	"api_key", "custom_llm_provider", "litellm_credential_name",
	"mock_response", NULL };

static const char *
text_of(const struct tg_model_draft *d, const char *name)
{
	const char *text = json_string_value(json_object_get(d->params, name));

	return text != NULL && *text != '\0' ? text : NULL;
}

static void
set(struct tg_model_draft *d, const char *name, const char *value)
{
	if (value != NULL)
		(void)json_object_set_new(
		    d->settings, name, json_string(value));
	else
		(void)json_object_del(d->settings, name);
}

static bool
looks_secret(const char *name)
{
	struct tg_str s = tg_str(name);

	if (strcmp(name, "api_key") == 0 || tg_price_litellm_like(s))
		return false;
	return tg_str_ifind(s, "secret") >= 0 ||
	    tg_str_ifind(s, "password") >= 0 ||
	    tg_str_ifind(s, "credentials") >= 0 ||
	    tg_str_ends(s, "_key") || tg_str_ends(s, "_token");
}

/* What is kept is shown: it must not be anybody's secret. */
static int
check_secrets(struct tg_model_draft *d)
{
	const char *name;
	json_t *v;

	json_object_foreach((json_t *)d->given, name, v) {
		if (!json_is_null(v) && looks_secret(name))
			return tg_fail_param(d->m->e, TG_E_UNSUPPORTED, name,
			    "'%s' looks like a secret that this gateway has "
			    "no use for. Leave it out.",
			    name);
	}
	return 0;
}

static int
check_texts(struct tg_model_draft *d)
{
	const char *text;

	for (int i = 0; places[i] != NULL; i++) {
		text = NULL;
		if (tg_jtree_text(d->params, places[i], &text, d->m->e) != 0)
			return -1;
	}
	text = text_of(d, "api_key");
	if (text != NULL && strncmp(text, "os.environ/", 11) == 0)
		return tg_fail_param(d->m->e, TG_E_UNSUPPORTED, "api_key",
		    "Environment variables are read from tollgate.ini only: "
		    "write `api_key = env:%s` in a [provider:NAME] section.",
		    text + 11);
	d->api_key = text != NULL ? tg_arena_cstr(d->m->a, tg_str(text)) : NULL;
	return 0;
}

/* --- where to --- */

/* "provider/name": which provider is meant, under which name there? */
static int
read_target(struct tg_model_draft *d)
{
	const char *model = text_of(d, "model");
	const char *type = text_of(d, "custom_llm_provider");
	struct tg_str rest = tg_str(model), prefix;

	if (model == NULL)
		return tg_fail_param(d->m->e, TG_E_MISSING, "model",
		    "'litellm_params.model' is missing: provider/name, such as "
		    "openai/gpt-4o-mini.");
	d->upstream_model = rest;
	if (type != NULL)
		d->type = tg_str(type);
	else if (memchr(rest.p, '/', rest.n) != NULL &&
	    tg_str_cut(&rest, '/', &prefix)) {
		d->type = prefix;
		d->upstream_model = rest;
	} else
		d->type = TG_STR("openai");
	if (d->upstream_model.n == 0)
		return tg_fail_param(d->m->e, TG_E_INVALID, "model",
		    "'litellm_params.model' names no model after the '/'.");
	return 0;
}

/* 1: the named credential has an address, 0: none is named or it has not. */
static int
read_credential(struct tg_model_draft *d)
{
	const char *name = text_of(d, "litellm_credential_name"), *base;
	struct tg_credential c;
	int found;

	if (name == NULL)
		return 0;
	found = tg_credential_find(d->m->db, d->m->a, name, &c, d->m->e);
	if (found == 0)
		return tg_fail_param(d->m->e, TG_E_INVALID,
		    "litellm_credential_name",
		    "There is no credential '%s'. Make it with /credentials.",
		    name);
	if (found < 0)
		return -1;
	base = json_string_value(json_object_get(
	    tg_manage_json(d->m, c.masked), "api_base"));
	return base != NULL && *base != '\0';
}

/* With an address, key or credential of its own, it leans on no provider. */
static int
choose_provider(struct tg_model_draft *d)
{
	const char *type = tg_arena_cstr(d->m->a, d->type);
	const char *base = text_of(d, "api_base");
	bool known = tg_known_find(d->type) != NULL;
	int has_base = read_credential(d);
	bool own;

	if (has_base < 0)
		return -1;
	if (base == NULL)
		base = text_of(d, "base_url");
	own = base != NULL || d->api_key != NULL ||
	    (d->row.sealed != NULL &&
		json_object_get(d->given, "api_key") == NULL) ||
	    text_of(d, "litellm_credential_name") != NULL;
	d->row.provider = NULL;
	if (!own && tg_catalog_upstream(d->catalog, type) != NULL) {
		d->row.provider = type;
		return 0;
	}
	if (!known && base == NULL && has_base == 0)
		return tg_fail_param(d->m->e, TG_E_INVALID, "model",
		    "There is no provider '%s'. Give 'api_base', or add it "
		    "with `tollgate provider add`.",
		    type);
	set(d, "type", known ? type : "openai");
	set(d, "base_url", base);
	if (!known) /* the slash was part of the model's name */
		d->upstream_model = tg_str(text_of(d, "model"));
	return 0;
}

/* An answer of its own instead of a call; some words are LiteLLM's magic. */
static void
choose_mock(struct tg_model_draft *d, const char *answer)
{
	static const struct {
		const char *word, *status;
	} magic[] = {
		{ "litellm.RateLimitError", "429" },
		{ "litellm.ContextWindowExceededError", "400" },
		{ "litellm.InternalServerError", "500" },
	};
	const char *status = NULL;

	for (size_t i = 0; i < sizeof(magic) / sizeof(magic[0]); i++)
		if (strcmp(answer, magic[i].word) == 0)
			status = magic[i].status;
	d->row.provider = NULL;
	set(d, "type", "echo");
	set(d, "echo_status", status);
	set(d, "echo_text", status == NULL ? answer : NULL);
	set(d, "echo_usage", "10/20");
}

static int
choose_place(struct tg_model_draft *d)
{
	static const char *const made[] = { "type", "base_url", "echo_status",
		"echo_text", "echo_usage", NULL };
	const char *mock = text_of(d, "mock_response");
	bool anew = d->old.id == NULL;

	for (int i = 0; places[i] != NULL; i++)
		anew = anew || json_object_get(d->given, places[i]) != NULL;
	if (!anew)
		return 0;
	for (int i = 0; made[i] != NULL; i++)
		set(d, made[i], NULL);
	if (read_target(d) != 0)
		return -1;
	if (mock != NULL)
		choose_mock(d, mock);
	else if (choose_provider(d) != 0)
		return -1;
	d->row.upstream_model = tg_arena_cstr(d->m->a, d->upstream_model);
	return 0;
}

/* --- the rest --- */

/* Seconds, whole or with a fraction, as LiteLLM gives them. */
static int
set_seconds(struct tg_model_draft *d, const char *from, const char *to)
{
	const json_t *v = json_object_get(d->given, from);
	char text[32];

	if (v == NULL)
		return 0;
	if (json_is_null(v)) {
		set(d, to, NULL);
		return 0;
	}
	if (!json_is_number(v) || json_number_value(v) <= 0 ||
	    json_number_value(v) > 86400)
		return tg_fail_param(d->m->e, TG_E_TYPE, from,
		    "'%s' must be a number of seconds up to 86400.", from);
	(void)snprintf(
	    text, sizeof(text), "%.0f", json_number_value(v) * 1000);
	set(d, to, text);
	return 0;
}

static int
set_count(struct tg_model_draft *d, const char *name)
{
	const json_t *v = json_object_get(d->given, name);
	int64_t n = -1;

	if (v == NULL)
		return 0;
	if (tg_jtree_i64(d->given, name, &n, d->m->e) != 0)
		return -1;
	set(d, name,
	    n < 0 ? NULL : tg_arena_printf(d->m->a, "%lld", (long long)n));
	return 0;
}

/* Ours, under the names of tollgate.ini. */
static int
set_clocks(struct tg_model_draft *d)
{
	static const char *const clocks[] = { "connect_ms", "first_byte_ms",
		"gap_ms", "total_ms", NULL };

	for (int i = 0; clocks[i] != NULL; i++)
		if (set_count(d, clocks[i]) != 0)
			return -1;
	return 0;
}

/* Their values may be secrets: they are settings, and shown nowhere. */
static int
set_headers(struct tg_model_draft *d)
{
	json_t *all = json_object_get(d->given, "extra_headers"), *v;
	const char *name;
	void *next;

	if (all == NULL)
		return 0;
	json_object_foreach_safe(d->settings, next, name, v)
	{
		if (strncmp(name, "header.", 7) == 0)
			(void)json_object_del(d->settings, name);
	}
	json_object_foreach(all, name, v) {
		if (!json_is_string(v))
			return tg_fail_param(d->m->e, TG_E_TYPE,
			    "extra_headers",
			    "The values of 'extra_headers' must be strings.");
		set(d, tg_arena_printf(d->m->a, "header.%s", name),
		    json_string_value(v));
	}
	return 0;
}

/*
 * As text, like every setting; proven to be rules first.  What the command has
 * set stays, unless something else is sent.
 */
static int
set_bounds(struct tg_model_draft *d)
{
	json_t *own = tg_manage_keep(d->m, json_object());
	struct tg_rules rules;

	for (int i = 0; bounds[i] != NULL; i++) {
		json_t *v = json_object_get(d->params, bounds[i]);
		if (v == NULL && json_object_get(d->given, bounds[i]) == NULL)
			continue;
		if (v != NULL)
			(void)json_object_set(own, bounds[i], v);
		set(d, bounds[i],
		    json_is_string(v) ? json_string_value(v) :
			v != NULL     ? tg_manage_print(d->m, v) :
					NULL);
	}
	return tg_rules_read(
	    d->m->a, own, NULL, NULL, d->m->zone, &rules, d->m->e);
}

static void
set_mode(struct tg_model_draft *d)
{
	static const char *const modes[] = { "chat", "completion",
		"embedding", NULL };
	const char *mode = json_string_value(
	    json_object_get(d->info, "mode"));

	for (int i = 0; modes[i] != NULL && mode != NULL; i++)
		if (strcmp(mode, modes[i]) == 0)
			set(d, "mode", mode);
}

/* What model_info says from now on, the command's setting says no more. */
static void
set_window(struct tg_model_draft *d)
{
	static const char *const names[] = { "max_input_tokens",
		"max_output_tokens", NULL };
	const json_t *sent = json_object_get(d->m->body, "model_info");

	for (int i = 0; names[i] != NULL; i++)
		if (json_object_get(sent, names[i]) != NULL)
			set(d, names[i], NULL);
}

int
tg_model_params_read(struct tg_model_draft *d)
{
	d->settings = tg_manage_json(
	    d->m, d->old.settings != NULL ? d->old.settings : "{}");
	if (tg_manage_refuse(d->m->w, d->given, refused) != 0)
		return tg_err_pass(d->m->e, &d->m->w->rq->err);
	if (check_secrets(d) != 0 || check_texts(d) != 0 ||
	    choose_place(d) != 0 ||
	    set_seconds(d, "timeout", "total_ms") != 0 ||
	    set_seconds(d, "stream_timeout", "first_byte_ms") != 0 ||
	    set_clocks(d) != 0 || set_count(d, "weight") != 0 || set_count(d, "order") != 0 ||
	    set_headers(d) != 0)
		return -1;
	set_mode(d);
	set_window(d);
	return set_bounds(d);
}
