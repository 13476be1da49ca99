/*
 * A row of the spend log.
 */
#include "config.h"

#include "web/spend_row.h"

#include <stdio.h>

#include "web/bill.h"

static void write_names(struct tg_spend *, const struct tg_call_row *);
static void write_tokens(struct tg_jw *, const struct tg_call_row *);
static void write_metadata(struct tg_spend *, const struct tg_call_row *);

static int64_t
sum(const struct tg_call_row *row, int from, int to)
{
	int64_t n = 0;

	for (int i = from; i < to; i++)
		n += row->tokens[i] > 0 ? row->tokens[i] : 0;
	return n;
}

static const char *
call_type(const struct tg_call_row *row)
{
	static const struct {
		const char *route, *type;
	} types[] = {
		{ "chat", "acompletion" },
		{ "completions", "atext_completion" },
		{ "embeddings", "aembedding" },
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (row->route != NULL &&
		    strcmp(row->route, types[i].route) == 0)
			return types[i].type;
	return row->route != NULL ? row->route : "";
}

static const char *
outcome(const struct tg_call_row *row)
{
	return row->state == TG_CALL_DONE ? "success" : "failure";
}

static int64_t
moment(const struct tg_call_row *row, int64_t after_us)
{
	return after_us < 0 ? 0 : row->start_at + after_us;
}

void
tg_spend_row(struct tg_spend *s, const struct tg_call_row *row)
{
	struct tg_jw *j = &s->out;

	tg_jw_open(j, NULL, '{');
	tg_jw_text(j, "request_id",
	    row->upstream_id != NULL && row->state == TG_CALL_DONE ?
		row->upstream_id :
		row->id);
	tg_jw_text(j, "call_type", call_type(row));
	tg_jw_nano(j, "spend",
	    row->cost_nano != TG_COST_UNKNOWN ? row->cost_nano : 0);
	write_tokens(j, row);
	tg_jw_time(j, "startTime", row->start_at);
	tg_jw_time(j, "endTime", moment(row, row->end_us));
	if (row->end_us >= 0)
		tg_jw_i64(j, "request_duration_ms", row->end_us / 1000);
	else
		tg_jw_null(j, "request_duration_ms");
	tg_jw_time(j, "completionStartTime",
	    moment(row, row->first_content_us));
	tg_jw_text(j, "model",
	    row->upstream_model != NULL ? row->upstream_model : row->model);
	tg_jw_text(j, "model_id", row->deployment);
	tg_jw_text(j, "model_group", row->model);
	tg_jw_text(j, "custom_llm_provider", row->provider);
	tg_jw_null(j, "api_base");
	write_names(s, row);
	write_metadata(s, row);
	tg_jw_text(j, "cache_hit", "False");
	tg_jw_text(j, "cache_key", "Cache OFF");
	tg_jw_json(j, "request_tags", row->tags, "[]");
	tg_jw_text(j, "end_user", row->user);
	tg_jw_text(j, "requester_ip_address", row->addr);
	tg_jw_null(j, "messages");
	tg_jw_null(j, "response");
	tg_jw_null(j, "proxy_server_request");
	tg_jw_text(j, "session_id", row->session);
	tg_jw_text(j, "status", outcome(row));
	tg_jw_null(j, "mcp_namespaced_tool_name");
	tg_jw_null(j, "agent_id");
	tg_jw_close(j, '}');
}

static void
write_tokens(struct tg_jw *j, const struct tg_call_row *row)
{
	int64_t in = sum(row, 0, TG_TOK_OUTPUT);
	int64_t out = sum(row, TG_TOK_OUTPUT, TG_TOK__MAX);

	tg_jw_i64(j, "total_tokens", in + out);
	tg_jw_i64(j, "prompt_tokens", in);
	tg_jw_i64(j, "completion_tokens", out);
}

static void
write_names(struct tg_spend *s, const struct tg_call_row *row)
{
	struct tg_names *n = s->names;
	struct tg_jw *j = &s->out;

	tg_jw_text(j, "api_key", tg_names_key(n, row->key_id)->id);
	tg_jw_text(j, "user", tg_names_subject(n, row->person)->id);
	tg_jw_text(j, "team_id", tg_names_subject(n, row->team)->id);
	tg_jw_text(j, "organization_id",
	    tg_names_subject(n, row->organization)->id);
}

/* --- metadata --- */

static void
write_error(struct tg_jw *j, const struct tg_call_row *row)
{
	char status[16];

	if (row->state == TG_CALL_DONE) {
		tg_jw_null(j, "error_information");
		return;
	}
	(void)snprintf(status, sizeof(status), "%d", row->status);
	tg_jw_open(j, "error_information", '{');
	tg_jw_text(j, "error_code", status);
	tg_jw_text(j, "error_class",
	    row->state == TG_CALL_GONE ? "ClientDisconnected" :
					 tg_call_state_name(row->state));
	tg_jw_text(j, "error_message", row->error);
	tg_jw_text(j, "llm_provider",
	    row->provider != NULL ? row->provider : "");
	tg_jw_text(j, "traceback", "");
	tg_jw_close(j, '}');
}

static void
write_usage(struct tg_jw *j, const struct tg_call_row *row)
{
	if (row->tokens[TG_TOK_INPUT] < 0) {
		tg_jw_null(j, "usage_object");
		return;
	}
	tg_jw_open(j, "usage_object", '{');
	write_tokens(j, row);
	tg_jw_open(j, "prompt_tokens_details", '{');
	tg_jw_i64(j, "cached_tokens",
	    sum(row, TG_TOK_CACHE_READ, TG_TOK_CACHE_READ + 1));
	tg_jw_i64(j, "cache_creation_tokens",
	    sum(row, TG_TOK_CACHE_WRITE, TG_TOK_CACHE_WRITE_1H + 1));
	tg_jw_i64(j, "audio_tokens",
	    sum(row, TG_TOK_AUDIO_INPUT, TG_TOK_AUDIO_INPUT + 1));
	tg_jw_i64(j, "image_tokens",
	    sum(row, TG_TOK_IMAGE_INPUT, TG_TOK_IMAGE_INPUT + 1));
	tg_jw_close(j, '}');
	tg_jw_open(j, "completion_tokens_details", '{');
	tg_jw_i64(j, "reasoning_tokens",
	    row->reasoning_tokens > 0 ? row->reasoning_tokens : 0);
	tg_jw_i64(j, "audio_tokens",
	    sum(row, TG_TOK_AUDIO_OUTPUT, TG_TOK_AUDIO_OUTPUT + 1));
	tg_jw_close(j, '}');
	tg_jw_close(j, '}');
}

static bool
is_named(const struct tg_bill_line *line, const char *part)
{
	return tg_str_find(tg_str(line->what), tg_str(part)) >= 0;
}

static void
write_breakdown(struct tg_jw *j, const struct tg_call_row *row)
{
	struct tg_bill bill;
	tg_i128 in = 0, out = 0, off = 0, margin = 0;

	if (!tg_bill_of(row, &bill)) {
		tg_jw_null(j, "cost_breakdown");
		return;
	}
	for (int i = 0; i < bill.n; i++) {
		const struct tg_bill_line *line = &bill.lines[i];
		if (is_named(line, "output"))
			out += line->amount_pico;
		else if (is_named(line, "discount"))
			off -= line->amount_pico;
		else if (is_named(line, "margin"))
			margin += line->amount_pico;
		else
			in += line->amount_pico;
	}
	tg_jw_open(j, "cost_breakdown", '{');
	tg_jw_pico(j, "input_cost", in);
	tg_jw_pico(j, "output_cost", out);
	tg_jw_i64(j, "tool_usage_cost", 0);
	tg_jw_pico(j, "original_cost", in + out);
	tg_jw_pico(j, "discount_amount", off);
	tg_jw_pico(j, "margin_total_amount", margin);
	tg_jw_nano(j, "total_cost", row->cost_nano);
	tg_jw_close(j, '}');
}

static void
write_metadata(struct tg_spend *s, const struct tg_call_row *row)
{
	struct tg_names *n = s->names;
	const struct tg_name *key = tg_names_key(n, row->key_id);
	const struct tg_name *team = tg_names_subject(n, row->team);
	struct tg_jw *j = &s->out;

	tg_jw_open(j, "metadata", '{');
	tg_jw_text(j, "user_api_key", key->id);
	tg_jw_text(j, "user_api_key_alias", key->alias);
	tg_jw_text(j, "user_api_key_user_id",
	    tg_names_subject(n, row->person)->id);
	tg_jw_text(j, "user_api_key_team_id", team->id);
	tg_jw_text(j, "user_api_key_team_alias", team->alias);
	tg_jw_text(j, "user_api_key_org_id",
	    tg_names_subject(n, row->organization)->id);
	tg_jw_text(j, "status", outcome(row));
	write_error(j, row);
	write_breakdown(j, row);
	write_usage(j, row);
	tg_jw_null(j, "spend_logs_metadata");
	tg_jw_null(j, "applied_guardrails");
	/* Ours: under which id the call is in the books, and what it held. */
	tg_jw_open(j, "tollgate", '{');
	tg_jw_text(j, "call_id", row->id);
	tg_jw_i64(j, "attempt", row->attempt);
	tg_jw_text(j, "state", tg_call_state_name(row->state));
	tg_jw_nano(j, "cost", row->cost_nano);
	tg_jw_nano(j, "provider_cost", row->provider_cost_nano);
	tg_jw_nano(j, "held", row->hold_nano);
	tg_jw_bool(j, "estimated", row->estimated);
	tg_jw_text(j, "switched_from", row->switched_from);
	tg_jw_close(j, '}');
	tg_jw_close(j, '}');
}
