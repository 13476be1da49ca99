/* Language, time zone, light or dark: in the person's row, or in cookies. */
#include "config.h"

#include "base/escape.h"
#include "base/zone.h"
#include "web/admin/account.h"
#include "web/admin/enter.h"
#include "web/page/cookie.h"

#define YEAR_S (365 * INT64_C(86400))

static bool is_language(const char *);
static bool is_zone(const char *);
static bool is_theme(const char *);

static const struct look {
	const char *name, *cookie;
	bool (*fits)(const char *);
} looks[] = {
	{ "language", TG_COOKIE_LANGUAGE, is_language },
	{ "zone", TG_COOKIE_ZONE, is_zone },
	{ "theme", TG_COOKIE_THEME, is_theme },
};

static bool
is_language(const char *text)
{
	for (const struct tg_words *const *w = tg_words_all(); *w != NULL;
	     w++)
		if (strcmp(tg_words_tag(*w), text) == 0)
			return true;
	return false;
}

static bool
is_zone(const char *text)
{
	return strlen(text) < TG_ZONE_BYTES &&
	    tg_zone_find(tg_str(text)) != NULL;
}

static bool
is_theme(const char *text)
{
	return strcmp(text, "light") == 0 || strcmp(text, "dark") == 0;
}

/* What was sent, "" for what shall be as the browser likes it; else NULL. */
static const char *
sent(struct tg_page *p, const struct look *l)
{
	const json_t *v = json_object_get(p->form, l->name);

	return json_string_value(json_is_array(v) ? json_array_get(v, 0) : v);
}

static int
check(struct tg_page *p)
{
	for (size_t i = 0; i < sizeof(looks) / sizeof(looks[0]); i++) {
		const char *text = sent(p, &looks[i]);

		if (text == NULL || *text == '\0' || looks[i].fits(text))
			continue;
		return tg_fail_param(&p->w->rq->err, TG_E_INVALID,
		    looks[i].name,
		    N_("This language, time zone or theme is not known. A "
		       "time zone has a name like Asia/Taipei."));
	}
	return 0;
}

static int
keep(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct tg_page *p = arg;
	struct tg_person who;
	json_t *settings;
	char *text;
	int rc = tg_person_by_id(db, p->a, p->w->visitor->account, &who, e);

	if (rc != 1)
		return rc;
	settings = tg_jtree_parse(tg_str(who.settings), e);
	if (settings == NULL)
		return -1;
	for (size_t i = 0; i < sizeof(looks) / sizeof(looks[0]); i++) {
		const char *one = sent(p, &looks[i]);

		if (one != NULL && *one == '\0')
			(void)json_object_del(settings, looks[i].name);
		else
			tg_jtree_set_text(settings, looks[i].name, one);
	}
	text = tg_jtree_print(settings);
	rc = text != NULL ? tg_person_set_settings(db, who.id, text, e) : -1;
	free(text);
	json_decref(settings);
	return rc;
}

/* A person's own choice counts for all of their browsers. */
static int
store(struct tg_page *p)
{
	struct tg_web *w = p->w;

	if (w->visitor->account != 0)
		return tg_write(
		    tg_app_store(w->app), TG_DB_MAIN, keep, p, &w->rq->err);
	for (size_t i = 0; i < sizeof(looks) / sizeof(looks[0]); i++) {
		const char *text = sent(p, &looks[i]);

		if (text != NULL)
			tg_cookie_set(w, looks[i].cookie, text, YEAR_S);
	}
	return 0;
}

int
tg_account_look(struct tg_web *w)
{
	struct tg_page *p = tg_page_open(w, "account", N_("Your account"));
	const char *here = tg_page_field(p, "here");
	const char *to = here != NULL ? tg_enter_next(here) : NULL;

	if (check(p) != 0 || store(p) != 0) {
		tg_page_close(p);
		return -1;
	}
	if (to == NULL)
		to = w->visitor->role >= TG_VISIT_MEMBER ? "admin" :
		    w->visitor->role == TG_VISIT_HOLDER  ? "me" :
							   "admin/sign-in";
	return tg_page_goto(p, NULL, "%s", to);
}
