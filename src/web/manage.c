/*
 * Shared by the management API's routes: reading their bodies, writing their
 * answers.
 */
#include "config.h"

#include "web/manage.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/jtree.h"

static int answer(struct tg_web *, int, json_t *);

json_t *
tg_manage_body(struct tg_web *w)
{
	struct tg_request *rq = w->rq;
	json_t *j;

	w->manages = true;
	if (tg_request_body(rq, TG_MAX_MANAGE_BODY) != 0)
		return NULL;
	if (tg_str_trim(tg_buf_str(&rq->body)).n == 0)
		return json_object();
	j = tg_jtree_parse(tg_buf_str(&rq->body), &rq->err);
	if (j != NULL && !json_is_object(j)) {
		json_decref(j);
		(void)tg_fail(&rq->err, TG_E_TYPE,
		    "The body must be a JSON object.");
		return NULL;
	}
	return j;
}

int
tg_manage_send(struct tg_web *w, json_t *j)
{
	return answer(w, 200, j);
}

static int
answer(struct tg_web *w, int status, json_t *j)
{
	char *text = tg_jtree_print(j);
	int rc;

	json_decref(j);
	if (text == NULL)
		return tg_fail(&w->rq->err, TG_E_INTERNAL, "out of memory");
	rc = tg_reply_send(
	    w->rq, status, "application/json", tg_str(text));
	free(text);
	return rc;
}

/* pydantic's word for it, or NULL. */
static const char *
fault_type(enum tg_code code)
{
	switch (code) {
	case TG_E_JSON:
	case TG_E_UTF8:
	case TG_E_DEEP:
		return "json_invalid";
	case TG_E_MISSING:
		return "missing";
	case TG_E_TYPE:
		return "type_error";
	default:
		return NULL;
	}
}

bool
tg_manage_fault(struct tg_web *w)
{
	const struct tg_err *e = &w->rq->err;
	const char *type = fault_type(e->code);
	json_t *loc, *one;

	if (!w->manages || type == NULL)
		return false;
	loc = json_pack("[s]", "body");
	if (e->param[0] != '\0')
		(void)json_array_append_new(loc, json_string(e->param));
	one = json_pack("{s:s, s:o, s:s, s:n}", "type", type, "loc", loc,
	    "msg", e->msg, "input");
	return answer(w, 422, json_pack("{s:[o]}", "detail", one)) == 0;
}

json_t *
tg_manage_time(int64_t wall_us)
{
	char iso[TG_ISO_BYTES];

	if (wall_us == 0)
		return json_null();
	return json_string(tg_iso_time(wall_us, iso));
}

static bool
says_nothing(const json_t *v)
{
	return v == NULL || json_is_null(v) ||
	    (json_is_object(v) && json_object_size(v) == 0) ||
	    (json_is_array(v) && json_array_size(v) == 0) ||
	    json_is_false(v) ||
	    (json_is_string(v) && json_string_length(v) == 0);
}

int
tg_manage_refuse(struct tg_web *w, const json_t *body,
    const char *const *names)
{
	for (; *names != NULL; names++)
		if (!says_nothing(json_object_get(body, *names)))
			return tg_fail_param(&w->rq->err, TG_E_UNSUPPORTED,
			    *names,
			    "This version does not enforce '%s' yet, so it "
			    "does not accept it. Leave it out.",
			    *names);
	return 0;
}
