/*
 * A row of the books as JSON.
 */
#include "config.h"

#include "prog/call_json.h"

static void set_tokens(json_t *j, const struct tg_call_row *r);
static json_t *sum(const struct tg_call_row *r, int from, int to);
static void set_ms(json_t *j, const char *name, int64_t us);

int
tg_call_names_read(struct tg_cmd *c, struct tg_call_names *names)
{
	return tg_key_list(tg_cmd_store(c), c->arena, true, &names->keys,
	    &names->n, &c->err);
}

json_t *
tg_call_json(const struct tg_call_row *r, const struct tg_call_names *names)
{
	const char *key = NULL;
	json_t *j = json_object();
	size_t i;

	for (i = 0; i < names->n; i++)
		if (names->keys[i].id == r->key_id)
			key = names->keys[i].alias != NULL ?
			    names->keys[i].alias :
			    names->keys[i].name;
	json_object_set_new(j, "id", json_string(r->id));
	json_object_set_new(j, "seq", json_integer(r->seq));
	json_object_set_new(j, "attempt", json_integer(r->attempt));
	json_object_set_new(j, "start", tg_cmd_json_time(r->start_at));
	json_object_set_new(j, "state",
	    json_string(tg_call_state_name(r->state)));
	json_object_set_new(j, "key", tg_cmd_json_text(key));
	json_object_set_new(j, "key_id", json_integer(r->key_id));
	json_object_set_new(j, "user", tg_cmd_json_text(r->user));
	json_object_set_new(j, "addr", tg_cmd_json_text(r->addr));
	json_object_set_new(j, "agent", tg_cmd_json_text(r->agent));
	json_object_set_new(j, "route", tg_cmd_json_text(r->route));
	json_object_set_new(j, "model", tg_cmd_json_text(r->model));
	json_object_set_new(j, "deployment", tg_cmd_json_text(r->deployment));
	json_object_set_new(j, "provider", tg_cmd_json_text(r->provider));
	json_object_set_new(j, "upstream_model",
	    tg_cmd_json_text(r->upstream_model));
	json_object_set_new(j, "upstream_id", tg_cmd_json_text(r->upstream_id));
	json_object_set_new(j, "stream", json_boolean(r->stream));
	json_object_set_new(j, "status", json_integer(r->status));
	json_object_set_new(j, "upstream_status",
	    json_integer(r->upstream_status));
	json_object_set_new(j, "error", tg_cmd_json_text(r->error));
	json_object_set_new(j, "finish_reason", tg_cmd_json_text(r->finish));
	set_tokens(j, r);
	json_object_set_new(j, "cost", tg_cmd_json_usd(r->cost_nano));
	json_object_set_new(j, "provider_cost",
	    tg_cmd_json_usd(r->provider_cost_nano));
	set_ms(j, "sent_ms", r->sent_us);
	set_ms(j, "first_byte_ms", r->first_byte_us);
	set_ms(j, "first_content_ms", r->first_content_us);
	set_ms(j, "total_ms", r->end_us);
	json_object_set_new(j, "request_bytes", json_integer(r->request_bytes));
	json_object_set_new(j, "answer_bytes", json_integer(r->answer_bytes));
	return j;
}

json_t *
tg_call_input_json(const struct tg_call_row *r)
{
	return sum(r, TG_TOK_INPUT, TG_TOK_IMAGE_INPUT);
}

json_t *
tg_call_output_json(const struct tg_call_row *r)
{
	return sum(r, TG_TOK_OUTPUT, TG_TOK_AUDIO_OUTPUT);
}

static json_t *
sum(const struct tg_call_row *r, int from, int to)
{
	int64_t n = 0;
	int i;

	if (r->tokens[from] < 0)
		return json_null();
	for (i = from; i <= to; i++)
		if (r->tokens[i] > 0)
			n += r->tokens[i];
	return json_integer(n);
}

static void
set_tokens(json_t *j, const struct tg_call_row *r)
{
	char name[64];
	int i;

	for (i = 0; i < TG_TOK__MAX; i++) {
		snprintf(name, sizeof(name), "%s_tokens",
		    tg_token_class_name((enum tg_token_class)i));
		json_object_set_new(j, name,
		    r->tokens[i] < 0 ? json_null() :
				       json_integer(r->tokens[i]));
	}
	json_object_set_new(j, "all_input_tokens", tg_call_input_json(r));
	json_object_set_new(j, "all_output_tokens", tg_call_output_json(r));
	json_object_set_new(j, "reasoning_tokens",
	    r->reasoning_tokens < 0 ? json_null() :
				      json_integer(r->reasoning_tokens));
}

static void
set_ms(json_t *j, const char *name, int64_t us)
{
	json_object_set_new(j, name,
	    us < 0 ? json_null() : json_real((double)us / 1000));
}
