#include "config.h"

#include "store/terms.h"

/*
 * Terms of calls, kept in memory: a table with one place for each hash of a
 * scope and its subject, all of one version of the rules.  Whoever learns of
 * a newer version empties it.  That what is given is not outdated is proved
 * by admission, in its transaction.
 */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "store/booking.h"

#define PLACES 2048

/* The accounts of a scope and subject that promise anything. */
struct place {
	bool taken;
	enum tg_scope scope;
	int64_t subject;
	char *name;			/* "" where accounts go by globs */
	/* one piece of memory; none if they promise nothing */
	struct tg_account_list list;
};

struct tg_terms_cache {
	pthread_mutex_t lock;
	int64_t version;		/* of what is kept */
	_Atomic int64_t seen;		/* the newest anybody knows of */
	struct place places[PLACES];
};

struct find {
	struct tg_arena *a;
	const struct tg_account_ref *refs;
	size_t n;
	struct tg_account_list *lists;	/* of each ref */
	int64_t version;
};

static void add(struct tg_arena *a, const struct tg_account_ref *ref,
    const struct tg_account_list *list, struct tg_terms *out);
static size_t copy_bytes(const struct tg_account *acc);
static struct tg_account copied(char *room, const struct tg_account *acc);
static struct tg_account_list copied_list(const struct tg_account_list *list);
static void empty(struct tg_terms_cache *c);
static bool from_memory(struct tg_terms_cache *c, struct tg_arena *a,
    const struct tg_account_ref *refs, size_t n, struct tg_terms *out);
static void keep(struct tg_terms_cache *c, const struct find *f);
static void keep_one(struct tg_terms_cache *c,
    const struct tg_account_ref *ref, const struct tg_account_list *list);
static int add_key_tags(struct tg_db *db, struct tg_arena *a,
    const struct tg_call_row *c, struct tg_terms *out, struct tg_err *e);
static const char *kept_name(const struct tg_account_ref *ref);
static int load(struct tg_db *db, void *arg, struct tg_err *e);
static int load_ref(struct tg_db *db, struct tg_arena *a,
    const struct tg_account_ref *ref, struct tg_account_list *out,
    struct tg_err *e);
static bool is_at(const struct place *p, const struct tg_account_ref *ref);
static struct place *place_of(struct tg_terms_cache *c,
    const struct tg_account_ref *ref);

struct tg_terms_cache *
tg_terms_new(void)
{
	struct tg_terms_cache *c = calloc(1, sizeof(*c));

	if (c == NULL)
		tg_fatal("out of memory");
	pthread_mutex_init(&c->lock, NULL);
	return c;
}

void
tg_terms_free(struct tg_terms_cache *c)
{
	empty(c);
	pthread_mutex_destroy(&c->lock);
	free(c);
}

void
tg_terms_note(struct tg_store *s, int64_t version)
{
	_Atomic int64_t *seen = &s->terms->seen;
	int64_t before = atomic_load(seen);

	while (before < version &&
	    !atomic_compare_exchange_weak(seen, &before, version))
		;
}

bool
tg_terms_cap(const struct tg_terms *t)
{
	return tg_terms_caps(t) > 0;
}

bool
tg_terms_limit(const struct tg_terms *t)
{
	return tg_terms_limits(t) > 0;
}

/* --- finding --- */

int
tg_terms_find(struct tg_store *s, struct tg_arena *a,
    const struct tg_account_ref *refs, size_t n, struct tg_terms *out,
    struct tg_err *e)
{
	struct find f = { .a = a, .refs = refs, .n = n };

	if (from_memory(s->terms, a, refs, n, out))
		return 0;
	f.lists = tg_arena_zero(a, n * sizeof(*f.lists));
	if (tg_read(s, TG_DB_MAIN, load, &f, e) == -1)
		return -1;
	tg_terms_note(s, f.version);
	keep(s->terms, &f);
	*out = (struct tg_terms){ .version = f.version };
	for (size_t i = 0; i < n; i++)
		add(a, &refs[i], &f.lists[i], out);
	return 0;
}

/* False when anything is missing. */
static bool
from_memory(struct tg_terms_cache *c, struct tg_arena *a,
    const struct tg_account_ref *refs, size_t n, struct tg_terms *out)
{
	bool all;

	pthread_mutex_lock(&c->lock);
	*out = (struct tg_terms){ .version = c->version };
	all = c->version != 0 && c->version >= atomic_load(&c->seen);
	for (size_t i = 0; all && i < n; i++) {
		struct place *p = place_of(c, &refs[i]);

		all = is_at(p, &refs[i]);
		if (all)
			add(a, &refs[i], &p->list, out);
	}
	pthread_mutex_unlock(&c->lock);
	return all;
}

/* A tag's name is no pattern: it would be found by several tags of a call. */
static bool
fits(const struct tg_account *acc, const struct tg_account_ref *ref)
{
	if (ref->scope == TG_SCOPE_KEY_TAG)
		return strcmp(acc->name, ref->name) == 0;
	return tg_str_glob(tg_str(acc->name), tg_str(ref->name));
}

/* Copies those that fit the ref. */
static void
add(struct tg_arena *a, const struct tg_account_ref *ref,
    const struct tg_account_list *list, struct tg_terms *out)
{
	void *rows = out->accounts;
	struct tg_account *acc;

	for (size_t i = 0; i < list->n; i++) {
		const struct tg_account *from = &list->accounts[i];

		if (tg_scope_globs(ref->scope) && !fits(from, ref))
			continue;
		acc = tg_rows_add(a, &rows, &out->n, sizeof(*acc));
		*acc = copied(tg_arena_alloc(a, copy_bytes(from)), from);
	}
	out->accounts = rows;
}

static size_t
text_bytes(const char *s)
{
	return s != NULL ? strlen(s) + 1 : 0;
}

/* What a copy needs beside the struct itself, a multiple of 16. */
static size_t
copy_bytes(const struct tg_account *acc)
{
	size_t n = acc->n_caps * sizeof(*acc->caps) +
	    acc->n_limits * sizeof(*acc->limits) + text_bytes(acc->name);

	for (size_t i = 0; i < acc->n_caps; i++)
		n += text_bytes(acc->caps[i].origin) +
		    text_bytes(acc->caps[i].period) +
		    text_bytes(acc->caps[i].switch_model) +
		    text_bytes(acc->caps[i].marks);
	return (n + 15) / 16 * 16;
}

static const char *
copy_text(char **room, const char *s)
{
	size_t n = text_bytes(s);
	const char *at = *room;

	if (s == NULL)
		return NULL;
	memcpy(*room, s, n);
	*room += n;
	return at;
}

/* Numbers first, for they must be aligned. */
static struct tg_account
copied(char *room, const struct tg_account *acc)
{
	struct tg_account c = *acc;
	struct tg_cap *caps = (void *)room;
	struct tg_limit *limits = (void *)(caps + acc->n_caps);

	room = (char *)(limits + acc->n_limits);
	c.caps = caps;
	c.limits = limits;
	c.name = copy_text(&room, acc->name);
	for (size_t i = 0; i < acc->n_limits; i++)
		limits[i] = acc->limits[i];
	for (size_t i = 0; i < acc->n_caps; i++) {
		caps[i] = acc->caps[i];
		caps[i].origin = copy_text(&room, caps[i].origin);
		caps[i].period = copy_text(&room, caps[i].period);
		caps[i].switch_model = copy_text(&room, caps[i].switch_model);
		caps[i].marks = copy_text(&room, caps[i].marks);
	}
	return c;
}

static int
load(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct find *f = arg;

	if (tg_rules_read_version(db, &f->version, e) == -1)
		return -1;
	for (size_t i = 0; i < f->n; i++)
		if (load_ref(db, f->a, &f->refs[i], &f->lists[i], e) == -1)
			return -1;
	return 0;
}

static int
load_ref(struct tg_db *db, struct tg_arena *a,
    const struct tg_account_ref *ref, struct tg_account_list *out,
    struct tg_err *e)
{
	struct tg_account_ref r = *ref;

	if (tg_scope_globs(r.scope))
		r.name = NULL;
	else if (r.name == NULL)
		r.name = "";
	return tg_accounts_load(db, a, &r, out, e);
}

/* --- memory --- */

static const char *
kept_name(const struct tg_account_ref *ref)
{
	return tg_scope_globs(ref->scope) || ref->name == NULL ? "" : ref->name;
}

static struct place *
place_of(struct tg_terms_cache *c, const struct tg_account_ref *ref)
{
	uint64_t h = (uint64_t)ref->subject * 31 + (uint64_t)ref->scope;

	for (const char *p = kept_name(ref); *p != '\0'; p++)
		h = (h ^ (unsigned char)*p) * UINT64_C(0x100000001b3);
	h *= UINT64_C(0x9e3779b97f4a7c15);
	return &c->places[(h >> 32) % PLACES];
}

static bool
is_at(const struct place *p, const struct tg_account_ref *ref)
{
	return p->taken && p->scope == ref->scope &&
	    p->subject == ref->subject && strcmp(p->name, kept_name(ref)) == 0;
}

static void
clear(struct place *p)
{
	free(p->list.accounts);
	free(p->name);
	*p = (struct place){ .taken = false };
}

/* With the lock held, or when nobody else is there. */
static void
empty(struct tg_terms_cache *c)
{
	for (size_t i = 0; i < PLACES; i++)
		if (c->places[i].taken)
			clear(&c->places[i]);
}

static void
keep(struct tg_terms_cache *c, const struct find *f)
{
	pthread_mutex_lock(&c->lock);
	if (c->version < f->version) {
		empty(c);
		c->version = f->version;
	}
	for (size_t i = 0; c->version == f->version && i < f->n; i++)
		keep_one(c, &f->refs[i], &f->lists[i]);
	pthread_mutex_unlock(&c->lock);
}

static void
keep_one(struct tg_terms_cache *c, const struct tg_account_ref *ref,
    const struct tg_account_list *list)
{
	struct place *p = place_of(c, ref);

	if (is_at(p, ref))
		return;
	if (p->taken)
		clear(p);
	p->name = strdup(kept_name(ref));
	if (p->name == NULL)
		return;
	p->taken = true;
	p->scope = ref->scope;
	p->subject = ref->subject;
	p->list = copied_list(list);
}

static struct tg_account_list
copied_list(const struct tg_account_list *list)
{
	struct tg_account_list copy = { .n = list->n };
	size_t head = (list->n * sizeof(*list->accounts) + 15) / 16 * 16;
	size_t bytes = head;
	char *room;

	for (size_t i = 0; i < list->n; i++)
		bytes += copy_bytes(&list->accounts[i]);
	if (list->n == 0)
		return copy;
	room = malloc(bytes);
	if (room == NULL)
		tg_fatal("out of memory");
	copy.accounts = (void *)room;
	room += head;
	for (size_t i = 0; i < list->n; i++) {
		copy.accounts[i] = copied(room, &list->accounts[i]);
		room += copy_bytes(&list->accounts[i]);
	}
	return copy;
}

/* --- of calls in the books --- */

void
tg_call_refs(const struct tg_call_row *c, struct tg_call_refs *refs)
{
	const char *member = tg_scope_number(c->organization, refs->number);
	const struct tg_account_ref own[TG_CALL_REFS] = {
		{ TG_SCOPE_HOUSE, 0, "" },
		{ TG_SCOPE_KEY, c->key_id, "" },
		{ TG_SCOPE_KEY_MODEL, c->key_id, c->model },
		{ TG_SCOPE_PERSON, c->person, "" },
		{ TG_SCOPE_TEAM, c->team, "" },
		{ TG_SCOPE_TEAM_MODEL, c->team, c->model },
		{ TG_SCOPE_MEMBER, c->member, "" },
		{ TG_SCOPE_PROJECT, c->project, "" },
		{ TG_SCOPE_ORGANIZATION, c->organization, "" },
		{ TG_SCOPE_CUSTOMER, c->customer, "" },
		{ TG_SCOPE_PERSON_MODEL, c->person, c->model },
		{ TG_SCOPE_PROJECT_MODEL, c->project, c->model },
		{ TG_SCOPE_ORGANIZATION_MODEL, c->organization, c->model },
		{ TG_SCOPE_CUSTOMER_MODEL, c->customer, c->model },
		{ TG_SCOPE_ORGANIZATION_MEMBER,
		    c->organization != 0 ? c->person : 0, member },
		{ TG_SCOPE_MODEL, 0, c->model },
		{ TG_SCOPE_PROVIDER, 0, c->provider },
		{ TG_SCOPE_DEPLOYMENT, 0, c->deployment },
	};

	refs->n = 0;
	for (size_t i = 0; i < TG_CALL_REFS; i++)
		if (own[i].subject != 0 || own[i].scope == TG_SCOPE_HOUSE ||
		    ((own[i].scope == TG_SCOPE_MODEL ||
			 tg_scope_is_upstream(own[i].scope)) &&
			own[i].name != NULL))
			refs->list[refs->n++] = own[i];
}

int
tg_terms_of_call(struct tg_db *db, struct tg_arena *a,
    const struct tg_call_row *c, struct tg_terms *out, struct tg_err *e)
{
	struct tg_ids tags = tg_ids_begin(c->tag_ids);
	struct tg_account_ref tag = { .scope = TG_SCOPE_TAG, .name = "" };
	struct tg_account_list list;
	struct tg_call_refs refs;

	tg_call_refs(c, &refs);
	*out = (struct tg_terms){ 0 };
	if (tg_rules_read_version(db, &out->version, e) == -1)
		return -1;
	for (size_t i = 0; i < refs.n; i++) {
		if (load_ref(db, a, &refs.list[i], &list, e) == -1)
			return -1;
		add(a, &refs.list[i], &list, out);
	}
	while (tg_ids_next(&tags, &tag.subject)) {
		if (load_ref(db, a, &tag, &list, e) == -1)
			return -1;
		add(a, &tag, &list, out);
	}
	return add_key_tags(db, a, c, out, e);
}

/* What the key says of the call's tags by name. */
static int
add_key_tags(struct tg_db *db, struct tg_arena *a,
    const struct tg_call_row *c, struct tg_terms *out, struct tg_err *e)
{
	struct tg_account_ref ref = { TG_SCOPE_KEY_TAG, c->key_id, "" };
	struct tg_json_it it = tg_json_begin(tg_str(c->tags));
	struct tg_account_list list;
	struct tg_str item, name;

	if (c->tags == NULL || c->key_id == 0)
		return 0;
	if (load_ref(db, a, &ref, &list, e) == -1)
		return -1;
	while (list.n > 0 && tg_json_item(&it, &item))
		if (tg_json_text(a, item, &name) == 0) {
			ref.name = name.p;
			add(a, &ref, &list, out);
		}
	return 0;
}
