/*
 * A second factor is switched on once a code of it was shown; the secret goes
 * with the form until then, sealed and bound to the person.
 */
#include "config.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/escape.h"
#include "base/hash.h"
#include "base/totp.h"
#include "web/admin/account.h"
#include "web/admin/enter.h"
#include "web/page/session.h"

#define ISSUER "Tollgate"

/* A sealed secret as text: "ACCOUNT:" and its bytes within. */
static const char *
wrap(struct tg_page *p, const unsigned char secret[TG_TOTP_SECRET_BYTES])
{
	char *head = tg_arena_printf(
	    p->a, "%lld:", (long long)p->w->visitor->account);
	size_t n = strlen(head), sealed_bytes;
	char *plain = tg_arena_alloc(p->a, n + TG_TOTP_SECRET_BYTES), *hex;
	unsigned char *sealed;

	memcpy(plain, head, n);
	memcpy(plain + n, secret, TG_TOTP_SECRET_BYTES);
	if (tg_seal_lock(tg_app_seal(p->w->app),
		(struct tg_str){ plain, n + TG_TOTP_SECRET_BYTES }, &sealed,
		&sealed_bytes) != 0)
		return NULL;
	tg_wipe(plain, n + TG_TOTP_SECRET_BYTES);
	hex = tg_arena_alloc(p->a, 2 * sealed_bytes + 1);
	tg_hex(sealed, sealed_bytes, hex);
	free(sealed);
	return hex;
}

/* 0 and the secret, or -1: not ours, or another person's. */
static int
unwrap(struct tg_page *p, const char *text,
    unsigned char secret[TG_TOTP_SECRET_BYTES])
{
	const char *head = tg_arena_printf(
	    p->a, "%lld:", (long long)p->w->visitor->account);
	struct tg_str raw = tg_unhex(p->a, tg_str(text)), plain;
	struct tg_secret opened = { NULL, 0 };
	int rc = -1;

	if (raw.n == 0 ||
	    tg_seal_unlock(
		tg_app_seal(p->w->app), raw.p, raw.n, &opened) != 0)
		return -1;
	plain = tg_secret_reveal(&opened);
	if (tg_str_starts(plain, head) &&
	    plain.n == strlen(head) + TG_TOTP_SECRET_BYTES) {
		memcpy(secret, plain.p + strlen(head), TG_TOTP_SECRET_BYTES);
		rc = 0;
	}
	tg_secret_free(&opened);
	return rc;
}

/* As authenticator programs read it from a QR code. */
static const char *
uri_of(struct tg_page *p, const char *base32)
{
	struct tg_buf name;
	const char *uri;

	tg_buf_init(&name, 4096);
	(void)tg_url_encode(&name, tg_str(p->w->visitor->name));
	uri = tg_arena_printf(p->a,
	    "otpauth://totp/" ISSUER ":%s?secret=%s&issuer=" ISSUER,
	    name.failed || name.n == 0 ? "" : name.p, base32);
	tg_buf_free(&name);
	return uri;
}

/* In groups of four, to be typed. */
static const char *
grouped(struct tg_page *p, const char *base32)
{
	char *out = tg_arena_alloc(p->a, 2 * TG_TOTP_SECRET_TEXT), *to = out;

	for (size_t i = 0; base32[i] != '\0'; i++) {
		if (i > 0 && i % 4 == 0)
			*to++ = ' ';
		*to++ = base32[i];
	}
	*to = '\0';
	return out;
}

static int
fill(struct tg_manage *m, struct tg_page *p)
{
	const char *wrapped = tg_page_field(p, "wrapped");
	unsigned char secret[TG_TOTP_SECRET_BYTES];
	char base32[TG_TOTP_SECRET_TEXT];
	struct tg_person who;

	if (tg_account_find(m->db, p->w, &who, m->e) != 0)
		return -1;
	tg_page_set_true(p, "on", who.totp != NULL);
	if (who.totp != NULL)
		return 0;
	if (wrapped == NULL || unwrap(p, wrapped, secret) != 0) {
		tg_totp_new(secret);
		wrapped = wrap(p, secret);
	}
	tg_base32((struct tg_str){ (char *)secret, sizeof(secret) }, base32);
	tg_page_set_text(p, "wrapped", wrapped);
	tg_page_set_text(p, "secret", grouped(p, base32));
	tg_page_set_text(p, "uri", uri_of(p, base32));
	return 0;
}

int
tg_account_totp(struct tg_web *w)
{
	return tg_page_show(
	    w, "account_totp", N_("Second factor"), fill);
}

/* --- on and off --- */

struct change {
	struct tg_web *w;
	struct tg_str sealed;
	int64_t step;
};

static int
set(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct change *c = arg;
	const struct tg_visitor *v = c->w->visitor;
	bool on = c->sealed.n > 0;

	if (tg_person_set_totp(db, v->account, c->sealed, e) != 0 ||
	    (on && tg_person_use_step(db, v->account, c->step, e) < 0) ||
	    tg_session_drop_person(db, v->account, v->session, e) != 0)
		return -1;
	return tg_enter_note(
	    c->w, db, v->name, on ? "totp_on" : "totp_off", e);
}

static int
save(struct tg_page *p, struct change *c)
{
	struct tg_web *w = p->w;

	if (tg_write(tg_app_store(w->app), TG_DB_MAIN, set, c,
		&w->rq->err) != 0 ||
	    tg_session_renew(w) != 0)
		return tg_page_refused(p, fill);
	return tg_page_goto(p, "saved", "admin/account");
}

int
tg_account_totp_on(struct tg_web *w)
{
	struct tg_page *p =
	    tg_page_open(w, "account_totp", N_("Second factor"));
	const char *code = tg_page_field(p, "code");
	const char *wrapped = tg_page_field(p, "wrapped");
	unsigned char secret[TG_TOTP_SECRET_BYTES], *sealed;
	struct tg_str plain = { (char *)secret, sizeof(secret) };
	struct change c = { .w = w };
	size_t n;
	int rc;

	if (tg_account_prove(p) != 0)
		return tg_page_refused(p, fill);
	if (wrapped != NULL && unwrap(p, wrapped, secret) == 0)
		c.step = tg_totp_step(plain, tg_str(code), tg_wall_s());
	if (c.step == 0) {
		(void)tg_fail_param(&w->rq->err, TG_E_INVALID, "code",
		    N_("This code does not fit. Is the clock of your device "
		       "right? Type the one that is shown now."));
		return tg_page_refused(p, fill);
	}
	if (tg_seal_lock(tg_app_seal(w->app), plain, &sealed, &n) != 0) {
		(void)tg_fail(&w->rq->err, TG_E_INTERNAL,
		    "The secret cannot be sealed.");
		return tg_page_refused(p, fill);
	}
	tg_wipe(secret, sizeof(secret));
	c.sealed = (struct tg_str){ (char *)sealed, n };
	rc = save(p, &c);
	free(sealed);
	return rc;
}

int
tg_account_totp_off(struct tg_web *w)
{
	struct tg_page *p =
	    tg_page_open(w, "account_totp", N_("Second factor"));
	struct change c = { .w = w };

	if (tg_account_prove(p) != 0)
		return tg_page_refused(p, fill);
	return save(p, &c);
}
