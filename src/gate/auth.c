/*
 * First stage: who is calling?  A key is looked up by its hash at every call,
 * with all it belongs to, so that a revoked one, or one of a blocked team,
 * fails the very next.  What it may do is rights'.
 */
#include "config.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/escape.h"
#include "base/json.h"
#include "base/limits.h"
#include "gate/stages.h"

/* In this order the first that is there counts (litellm-compat.md 1.4). */
static const char *const key_headers[] = {
	"x-litellm-api-key",
	"authorization",
	"api-key",
	"x-api-key",
	"x-goog-api-key",
	"ocp-apim-subscription-key",
};

/* The command, and the key of tollgate.ini: no row, nothing to look up. */
static const struct tg_who house_master = {
	.key = {
		.name = "master",
		.models = "[]",
		.metadata = "{}",
		.settings = "{}",
		.role = TG_KEY_MASTER,
	},
};

static int find_who(struct tg_gate *, struct tg_request *,
    const struct tg_who **);
static int check_state(struct tg_request *, const struct tg_who *);
static int check_key(struct tg_request *, const struct tg_key *);
static int check_addr(struct tg_request *, const struct tg_key *);
static int check_owners(struct tg_request *, const struct tg_who *);
static int by_token(struct tg_gate *, struct tg_request *, const char *,
    const struct tg_who **);
static int refuse_unknown(struct tg_request *, struct tg_str);

int
tg_auth(struct tg_call *call)
{
	struct tg_gate *g = call->gate;
	int rc;

	tg_auth_release(call->who);
	call->who = NULL;
	if (find_who(g, call->rq, &call->who) != 0)
		return -1;
	/* The catalog also says what is kept of calls. */
	tg_catalog_release(call->catalog);
	call->catalog = NULL;
	rc = tg_gate_catalog(g, &call->catalog, &call->rq->err);
	tg_call_note_who(call);
	return rc != 0 ? -1 : check_state(call->rq, call->who);
}

int
tg_auth_who(struct tg_gate *g, struct tg_request *rq,
    const struct tg_who **who)
{
	*who = NULL;
	if (find_who(g, rq, who) != 0)
		return -1;
	if (check_state(rq, *who) == 0)
		return 0;
	tg_auth_release(*who);
	*who = NULL;
	return -1;
}

int
tg_auth_token(struct tg_gate *g, struct tg_request *rq,
    const struct tg_key *key, const struct tg_who **who)
{
	if (by_token(g, rq, key->token, who) != 0)
		return -1;
	if (*who == NULL)
		return refuse_unknown(rq, tg_str(key->name));
	if (check_state(rq, *who) == 0)
		return 0;
	tg_auth_release(*who);
	*who = NULL;
	return -1;
}

void
tg_auth_release(const struct tg_who *who)
{
	if (who != NULL && who != &house_master)
		tg_who_release(who);
}

struct tg_str
tg_auth_text(struct tg_request *rq)
{
	for (size_t i = 0; i < sizeof(key_headers) / sizeof(key_headers[0]);
	     i++) {
		struct tg_str v =
		    tg_str_trim(tg_request_header(rq, key_headers[i]));
		struct tg_str scheme = { v.p, v.n < 7 ? v.n : 7 };
		if (tg_str_ieq((struct tg_str){ v.p, v.n < 6 ? v.n : 6 },
			"basic ")) /* a person's, or the web server's own */
			continue;
		if (tg_str_ieq(scheme, "bearer "))
			v = tg_str_trim((struct tg_str){ v.p + 7, v.n - 7 });
		if (v.n > 0)
			return v;
	}
	return TG_STR_NONE;
}

/* The command comes through memory, where nobody else can stand. */
bool
tg_auth_local(struct tg_request *rq)
{
	return strcmp(rq->door->ops->name, "memory") == 0 &&
	    rq->door->ops->env(rq->door, "TOLLGATE_LOCAL") != NULL;
}

/* The master key of tollgate.ini, if one is set there. */
static bool
is_ini_master(struct tg_gate *g, struct tg_str text)
{
	struct tg_str set = tg_secret_reveal(
	    &tg_gate_settings(g)->master_key);
	char a[TG_SHA256_HEX], b[TG_SHA256_HEX];

	if (set.n == 0)
		return false;
	tg_sha256_hex(set, a);
	tg_sha256_hex(text, b);
	return tg_equal_ct(tg_str(a), tg_str(b));
}

/* Who came to our pages has shown there who that is. */
static int
find_behalf(
    struct tg_gate *g, struct tg_request *rq, const struct tg_who **who)
{
	const struct tg_behalf *b = rq->behalf;
	int found = tg_who_find_row(tg_gate_store(g), b->key_id, b->person,
	    who, &rq->err);

	if (found < 0)
		return -1;
	if (found == 1 && (*who)->key.revoked_at == 0)
		return 0;
	tg_auth_release(*who);
	*who = NULL;
	return tg_fail(&rq->err, TG_E_KEY_UNKNOWN,
	    "Authentication Error, the key or the person that this page was "
	    "opened for is gone. Sign in again.");
}

static int
find_who(struct tg_gate *g, struct tg_request *rq, const struct tg_who **who)
{
	struct tg_str text = tg_auth_text(rq);
	char token[TG_SHA256_HEX];

	if (rq->behalf != NULL)
		return find_behalf(g, rq, who);
	if (tg_auth_local(rq) || (text.n > 0 && is_ini_master(g, text))) {
		*who = &house_master;
		return 0;
	}
	if (text.n == 0)
		return tg_fail(&rq->err, TG_E_NO_KEY,
		    "Authentication Error, No api key passed in. Send it as "
		    "`Authorization: Bearer sk-...` or `x-api-key: sk-...`. "
		    "If you did, the web server hides the header: with Apache "
		    "add `CGIPassAuth On`; `tollgate doctor` shows the lines.");
	if (!tg_str_starts(text, "sk-") || text.n > TG_MAX_KEY_TEXT)
		return tg_fail(&rq->err, TG_E_KEY_FORM,
		    "Authentication Error, the key received (%.*s) is not one "
		    "of this gateway's: they begin with 'sk-'. Use a key made "
		    "with `tollgate key create` or /key/generate.",
		    TG_PRI(tg_mask_key(rq->arena, text)));
	tg_sha256_hex(text, token);
	if (by_token(g, rq, token, who) != 0)
		return -1;
	return *who != NULL ?
	    0 :
	    refuse_unknown(rq, tg_mask_key(rq->arena, text));
}

/* *who NULL: no living key. */
static int
by_token(struct tg_gate *g, struct tg_request *rq, const char *token,
    const struct tg_who **who)
{
	int found;

	*who = NULL;
	found = tg_who_find(tg_gate_store(g), token, who, &rq->err);
	if (found == 1 && (*who)->key.revoked_at != 0) {
		tg_auth_release(*who);
		*who = NULL;
	}
	return found < 0 ? -1 : 0;
}

static int
refuse_unknown(struct tg_request *rq, struct tg_str masked)
{
	return tg_fail(&rq->err, TG_E_KEY_UNKNOWN,
	    "Authentication Error, Invalid proxy server token passed. Received "
	    "API Key = %.*s. It is not known here, or was revoked. Make a new "
	    "one with `tollgate key create` or /key/generate.",
	    TG_PRI(masked));
}

static int
check_state(struct tg_request *rq, const struct tg_who *who)
{
	if (who == &house_master)
		return 0;
	if (check_key(rq, &who->key) != 0 || check_addr(rq, &who->key) != 0)
		return -1;
	return check_owners(rq, who);
}

static int
check_key(struct tg_request *rq, const struct tg_key *key)
{
	char then[TG_ISO_BYTES], now[TG_ISO_BYTES];
	int64_t at = tg_wall_us();

	if (key->blocked)
		return tg_fail(&rq->err, TG_E_KEY_BLOCKED,
		    "Authentication Error, Key is blocked. Update via "
		    "`/key/unblock` if you're an admin.");
	if (key->expires_at != 0 && key->expires_at <= at)
		return tg_fail(&rq->err, TG_E_KEY_EXPIRED,
		    "Authentication Error - Expired Key. Key Expiry time %s "
		    "and current time %s. Ask for a new key.",
		    tg_iso_time(key->expires_at, then), tg_iso_time(at, now));
	return 0;
}

/* allowed_ips: addresses and CIDR ranges; none: from anywhere. */
static int
check_addr(struct tg_request *rq, const struct tg_key *key)
{
	struct tg_str list, item, text;
	struct tg_json_it it;
	bool any = false;

	if (!tg_json_get(tg_str(key->settings), "allowed_ips", &list))
		return 0;
	it = tg_json_begin(list);
	while (tg_json_item(&it, &item)) {
		any = true;
		if (tg_json_raw_text(item, &text) &&
		    tg_addr_listed(text, rq->addr) == 1)
			return 0;
	}
	if (!any)
		return 0;
	return tg_fail(&rq->err, TG_E_ADDR_DENIED,
	    "Access forbidden: IP address not allowed. This key may not be "
	    "used from %.*s.",
	    TG_PRI(rq->addr));
}

static int
check_owners(struct tg_request *rq, const struct tg_who *who)
{
	const struct {
		const struct tg_subject *s;
		const char *title, *path;
		enum tg_code code;
	} owners[] = {
		{ who->team, "Team", "/team/unblock", TG_E_TEAM_BLOCKED },
		{ who->project, "Project", "/project/update",
		    TG_E_TEAM_BLOCKED },
		{ who->organization, "Organization", "/organization/update",
		    TG_E_TEAM_BLOCKED },
		{ who->person, "User", "/user/update", TG_E_PERSON_BLOCKED },
	};

	for (size_t i = 0; i < sizeof(owners) / sizeof(owners[0]); i++) {
		if (owners[i].s == NULL)
			continue;
		if (owners[i].s->removed_at != 0)
			return tg_fail(&rq->err, owners[i].code,
			    "Authentication Error, %s=%s was deleted, and this "
			    "key belongs to it.",
			    owners[i].title, owners[i].s->name);
		if (owners[i].s->blocked)
			return tg_fail(&rq->err, owners[i].code,
			    "Authentication Error, %s=%s is blocked. Update "
			    "via `%s` if you're an admin.",
			    owners[i].title, owners[i].s->name,
			    owners[i].path);
	}
	return 0;
}
