/* What is answered when, by the table of faults. */
#include "config.h"

#include "web/admin/api.h"
#include "web/fault.h"

static const char *const when[TG_E__MAX] = {
	[TG_E_JSON] = N_("The body is not JSON."),
	[TG_E_EMPTY_BODY] = N_("The body is empty."),
	[TG_E_UTF8] = N_("The body is not UTF-8."),
	[TG_E_DEEP] = N_("The body's JSON is nested too deep."),
	[TG_E_INVALID] = N_("A value is wrong."),
	[TG_E_TYPE] = N_("A value is of the wrong type."),
	[TG_E_MISSING] = N_("A member is missing."),
	[TG_E_TOO_LARGE] = N_("The body is above the limit."),
	[TG_E_SLOW_BODY] = N_("The body did not come in time, or not whole."),
	[TG_E_MEDIA_TYPE] = N_("The body's Content-Type is not accepted."),
	[TG_E_NO_ROUTE] = N_("There is no such path."),
	[TG_E_METHOD] = N_("The path is there with other methods: see Allow."),
	[TG_E_NOT_FOUND] = N_("There is no such object."),
	[TG_E_CONFLICT] = N_("There is such an object already, or it is used."),
	[TG_E_UNSUPPORTED] = N_("A parameter cannot be honoured."),
	[TG_E_NO_KEY] = N_("No key was sent."),
	[TG_E_KEY_FORM] = N_("What was sent does not look like a key."),
	[TG_E_KEY_UNKNOWN] = N_("The key is not known."),
	[TG_E_KEY_EXPIRED] = N_("The key's time is over."),
	[TG_E_KEY_BLOCKED] = N_("The key is blocked."),
	[TG_E_NOT_ADMIN] = N_("The route is for administrators."),
	[TG_E_MODEL_DENIED] = N_("The key may not use this model."),
	[TG_E_ROUTE_DENIED] = N_("The key may not use this route."),
	[TG_E_ADDR_DENIED] = N_("The key may not be used from this address."),
	[TG_E_TEAM_BLOCKED] =
	    N_("The key's team, project or organization is blocked."),
	[TG_E_PERSON_BLOCKED] = N_("The key's person is blocked."),
	[TG_E_CUSTOMER_BLOCKED] = N_("The customer is blocked."),
	[TG_E_TEAM_MODEL_DENIED] = N_("The team may not use this model."),
	[TG_E_PERSON_MODEL_DENIED] = N_("The person may not use this model."),
	[TG_E_ORGANIZATION_MODEL_DENIED] =
	    N_("The organization may not use this model."),
	[TG_E_PROJECT_MODEL_DENIED] =
	    N_("The project may not use this model."),
	[TG_E_MEMBER_RIGHT] = N_("A member of the team may not do that."),
	[TG_E_FORBIDDEN] = N_("It is not yours, or not your role's to do."),
	[TG_E_FIELD_DENIED] = N_("The parameter is not for callers to send."),
	[TG_E_BUDGET] = N_("A budget does not pay for the call's worst case."),
	[TG_E_UNPRICED] =
	    N_("A budget applies, and the model has no known price."),
	[TG_E_PROVIDER_BUDGET] =
	    N_("All deployments of the model are over a budget of theirs."),
	[TG_E_RATE] = N_("Requests or tokens in a window are used up."),
	[TG_E_PARALLEL] = N_("Too many calls are under way."),
	[TG_E_QUEUE] = N_("The call waited its turn for too long."),
	[TG_E_EXISTS] = N_("There is a person of that id or address already."),
	[TG_E_MODEL_UNKNOWN] = N_("There is no model of that name."),
	[TG_E_NO_DEPLOYMENT] =
	    N_("The model is there, but nothing serves it now."),
	[TG_E_BUSY] = N_("As many calls as the gateway takes are under way."),
	[TG_E_STOPPING] = N_("The gateway is ending, or starting anew."),
	[TG_E_STORE] = N_("The database is busy, full or read-only."),
	[TG_E_INTERNAL] = N_("Something failed within the gateway."),
	[TG_E_UPSTREAM] =
	    N_("The provider answered with an error: its own status, type, "
	       "code and words."),
	[TG_E_CONNECT] = N_("The provider cannot be reached."),
	[TG_E_CONNECT_TIME] = N_("The provider did not accept in time."),
	[TG_E_FIRST_BYTE_TIME] =
	    N_("The provider did not begin to answer in time."),
	[TG_E_GAP_TIME] = N_("The provider fell silent."),
	[TG_E_TOTAL_TIME] = N_("The provider did not finish in time."),
	[TG_E_CUT] = N_("The provider's answer ended too early."),
	[TG_E_GARBAGE] = N_("The provider's answer cannot be understood."),
	[TG_E_ANSWER_TOO_LARGE] =
	    N_("The provider's answer is above the limit."),
	[TG_E_CLIENT_GONE] =
	    N_("The caller has left; it is only in the books."),
};

static json_t *
error_json(enum tg_code code, const struct tg_fault_row *r)
{
	bool is_status = r->code != NULL && strcmp(r->code, "=") == 0;
	json_t *out = json_pack("{s:s, s:i, s:i, s:s, s:s?, s:b, s:s?, s:s}",
	    "name", tg_code_name(code), "status", r->status, "old_status",
	    r->old_status, "type", r->type, "code",
	    is_status ? NULL : r->code, "code_is_status", is_status, "param",
	    r->param, "when", when[code] != NULL ? when[code] : "");

	return out;
}

json_t *
tg_api_errors(void)
{
	json_t *list = json_array();

	for (int code = TG_OK + 1; code < TG_E__MAX; code++) {
		const struct tg_fault_row *r =
		    tg_fault_row((enum tg_code)code);
		if (r != NULL)
			(void)json_array_append_new(
			    list, error_json((enum tg_code)code, r));
	}
	return list;
}
