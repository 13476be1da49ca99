/* From the playground's form to a chat request. */
#include "config.h"

#include <stdlib.h>

#include "base/escape.h"
#include "net/multipart.h"
#include "web/admin/ask.h"
#include "web/admin/playground.h"
#include "web/page/form.h"

#define CURL_BYTES (4 * 1024 * 1024)
#define LONG_DATA 1000

/* --- the conversation --- */

static json_t *
earlier(struct tg_page *p)
{
	const char *text = tg_page_field(p, "messages");
	json_t *j = text == NULL ? json_array() :
				   tg_ask_json(p, "messages", text);

	if (j == NULL || json_is_array(j))
		return j;
	json_decref(j);
	(void)tg_fail_param(&p->w->rq->err, TG_E_INVALID, "messages",
	    N_("What stands in 'messages' must be a JSON array."));
	return NULL;
}

/* Results of tools that were called: a field for each. */
static void
add_results(struct tg_page *p, json_t *messages)
{
	const json_t *ids = tg_page_fields(p, "tool_id[]");
	const json_t *results = tg_page_fields(p, "tool_result[]");
	json_t *id;
	size_t i;

	json_array_foreach(ids, i, id) {
		const char *text =
		    json_string_value(json_array_get(results, i));

		(void)json_array_append_new(messages,
		    json_pack("{s:s, s:O, s:s}", "role", "tool",
			"tool_call_id", id, "content",
			text != NULL ? text : ""));
	}
}

static bool
is_picture(struct tg_str type)
{
	static const char *const types[] = { "image/png", "image/jpeg",
		"image/gif", "image/webp" };

	for (size_t i = 0; i < 4; i++)
		if (tg_str_ieq(type, types[i]))
			return true;
	return false;
}

static int
add_picture(struct tg_page *p, json_t *parts, const struct tg_part *file)
{
	struct tg_err *e = &p->w->rq->err;
	struct tg_buf url;

	if (!is_picture(file->type))
		return tg_fail_param(e, TG_E_INVALID, "images",
		    N_("Only PNG, JPEG, GIF and WebP pictures can be sent."));
	if (json_array_size(parts) >= TG_PLAY_PICTURES)
		return tg_fail_param(e, TG_E_INVALID, "images",
		    "At most %d pictures can be sent at once.",
		    TG_PLAY_PICTURES);
	tg_buf_init(&url, 2 * TG_MAX_FORM_FILES);
	(void)tg_buf_printf(&url, "data:%.*s;base64,", TG_PRI(file->type));
	(void)tg_base64(&url, file->body);
	(void)json_array_append_new(parts,
	    json_pack("{s:s, s:{s:s%}}", "type", "image_url", "image_url",
		"url", url.p, url.n));
	tg_buf_free(&url);
	return 0;
}

static int
read_pictures(struct tg_page *p, json_t *parts)
{
	struct tg_request *rq = p->w->rq;
	struct tg_multipart m;
	struct tg_part part;
	int rc;

	if (!tg_multipart_is(rq->content_type) ||
	    tg_multipart_begin(
		&m, rq->content_type, tg_buf_str(&rq->body)) != 0)
		return 0;
	while ((rc = tg_multipart_next(&m, &part)) == 1)
		if (tg_str_is(part.name, "images") && part.is_file &&
		    part.body.n > 0 && add_picture(p, parts, &part) != 0)
			return -1;
	return rc;
}

static int
add_user(struct tg_play *play)
{
	const char *text = tg_page_field(play->p, "user");
	json_t *parts = json_array(), *content = parts;

	if (read_pictures(play->p, parts) != 0) {
		json_decref(parts);
		return -1;
	}
	play->has_pictures = json_array_size(parts) > 0;
	if (play->has_pictures && text != NULL)
		(void)json_array_insert_new(parts, 0,
		    json_pack("{s:s, s:s}", "type", "text", "text", text));
	else if (!play->has_pictures) {
		json_decref(parts);
		content = text != NULL ? json_string(text) : NULL;
	}
	play->added = content != NULL;
	if (play->added)
		(void)json_array_append_new(play->messages,
		    json_pack("{s:s, s:o}", "role", "user", "content",
			content));
	return 0;
}

int
tg_play_read(struct tg_play *play)
{
	struct tg_page *p = play->p;
	struct tg_err *e = &p->w->rq->err;
	const char *other = tg_page_field(p, "other_model");

	play->messages = NULL;
	if (e->code != TG_OK)
		return -1;
	play->messages = earlier(p);
	if (play->messages == NULL)
		return -1;
	play->model = other != NULL ? other : tg_page_field(p, "model");
	if (play->model == NULL)
		return tg_fail_param(e, TG_E_INVALID, "model",
		    N_("No model is chosen. Choose one."));
	add_results(p, play->messages);
	if (add_user(play) != 0)
		return -1;
	if (json_array_size(play->messages) == 0)
		return tg_fail_param(e, TG_E_INVALID, "user",
		    N_("There is no message yet. Write one."));
	return 0;
}

/* --- the request --- */

json_t *
tg_play_request(struct tg_play *play)
{
	const char *system = tg_page_field(play->p, "system");
	const char *session = tg_page_field(play->p, "session");
	json_t *messages = json_copy(play->messages);
	json_t *request = json_pack("{s:s}", "model", play->model);

	if (system != NULL)
		(void)json_array_insert_new(messages, 0,
		    json_pack("{s:s, s:s}", "role", "system", "content",
			system));
	(void)json_object_set_new(request, "messages", messages);
	if (session != NULL)
		(void)json_object_set_new(
		    request, "litellm_session_id", json_string(session));
	if (tg_ask_put(play->p, request) == 0)
		return request;
	json_decref(request);
	return NULL;
}

/* --- as a command --- */

static void
shorten_data(json_t *in)
{
	const char *name;
	json_t *v;
	size_t i;

	json_array_foreach(in, i, v) {
		shorten_data(v);
	}
	json_object_foreach(in, name, v) {
		if (json_string_length(v) > LONG_DATA &&
		    strncmp(json_string_value(v), "data:", 5) == 0)
			(void)json_object_set_new(
			    in, name, json_string("data:..."));
		else
			shorten_data(v);
	}
}

const char *
tg_play_curl(struct tg_play *play, json_t *request, const char *url)
{
	json_t *copy = json_deep_copy(request);
	const char *curl;
	struct tg_buf b;
	char *text;

	(void)json_object_del(copy, "litellm_session_id");
	shorten_data(copy);
	text = tg_jtree_pretty(copy);
	json_decref(copy);
	tg_buf_init(&b, CURL_BYTES);
	(void)tg_buf_printf(&b,
	    "curl %s/v1/chat/completions \\\n"
	    "  -H \"Authorization: Bearer $TOLLGATE_KEY\" \\\n"
	    "  -H 'Content-Type: application/json' \\\n  -d ", url);
	(void)tg_shell_quote(&b, tg_str(text));
	free(text);
	curl = b.failed ? NULL : tg_arena_cstr(play->p->a, tg_buf_str(&b));
	tg_buf_free(&b);
	return curl;
}
