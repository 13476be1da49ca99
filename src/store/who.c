#include "config.h"

#include "store/who.h"

/*
 * Who a key is, kept: a table of sets by token, each with a few places, under
 * one lock that is held for a look only.  Every look reads the rules' version
 * first; what was read under another one is read again, in the same snapshot
 * as the version.  A kept answer is one piece of memory with a count of those
 * who hold it; the table is one of them.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/inner.h"

#define SETS 512
#define WAYS 4
#define ARENA_BYTES ((size_t)4 * 1024 * 1024)
#define MAX_TEXTS 64

struct kept {
	struct tg_who who;		/* first: it is what callers have */
	struct tg_subject person, team, project, organization;
	struct tg_member member;
	int64_t until;			/* of an old token's grace; 0 none */
	atomic_int holders;
	char token[TG_SHA256_HEX];	/* by which it came */
	/* the texts stand behind it */
};

struct tg_whos {
	pthread_mutex_t lock;
	struct kept *places[SETS][WAYS];
	unsigned next;			/* way that gives way */
};

struct look {
	struct tg_whos *whos;
	const char *token;
	struct kept *found;
};

/* The texts of an answer while it is copied into one piece. */
struct texts {
	const char **at[MAX_TEXTS];
	size_t n;
	size_t bytes;
};

/* By rows instead. */
struct look_row {
	int64_t key_id, person;
	struct kept *found;
};

static struct kept *cached(struct tg_whos *w, const char *token,
    int64_t version);
static struct kept *copied(const struct kept *k);
static void keep(struct tg_whos *w, struct kept *k);
static int key_of(struct tg_db *db, struct tg_arena *a, const char *token,
    struct kept *k, struct tg_err *e);
static int look(struct tg_db *db, void *arg, struct tg_err *e);
static int look_row(struct tg_db *db, void *arg, struct tg_err *e);
static int owners(struct tg_db *db, struct tg_arena *a, struct kept *k,
    struct tg_err *e);
static int read_new(struct tg_db *db, const char *token, int64_t version,
    struct kept **out, struct tg_err *e);
static struct kept **set_of(struct tg_whos *w, const char *token);
static int subject(struct tg_db *db, struct tg_arena *a, int64_t id,
    struct tg_subject *s, struct tg_err *e);
static void text(struct texts *t, const char **at);
static void texts_of_key(struct texts *t, struct tg_key *k);
static void texts_of_subject(struct texts *t, struct tg_subject *s);

struct tg_whos *
tg_whos_new(void)
{
	struct tg_whos *w = calloc(1, sizeof(*w));

	if (w == NULL)
		tg_fatal("out of memory");
	pthread_mutex_init(&w->lock, NULL);
	return w;
}

void
tg_whos_free(struct tg_whos *w)
{
	for (int i = 0; i < SETS; i++)
		for (int j = 0; j < WAYS; j++)
			if (w->places[i][j] != NULL)
				tg_who_release(&w->places[i][j]->who);
	pthread_mutex_destroy(&w->lock);
	free(w);
}

int
tg_who_find(struct tg_store *s, const char *token, const struct tg_who **who,
    struct tg_err *e)
{
	struct look l = { .whos = s->whos, .token = token };
	int rc = tg_read(s, TG_DB_MAIN, look, &l, e);

	*who = NULL;
	if (rc == 1 && l.found->until != 0 && l.found->until <= tg_wall_us()) {
		tg_who_release(&l.found->who);
		return 0;
	}
	if (rc == 1)
		*who = &l.found->who;
	return rc;
}

void
tg_who_release(const struct tg_who *who)
{
	/* What is counted is ours, though callers may only read it. */
	struct kept *k = (struct kept *)(uintptr_t)who;

	if (k != NULL && atomic_fetch_sub(&k->holders, 1) == 1)
		free(k);
}

int
tg_who_find_row(struct tg_store *s, int64_t key_id, int64_t person,
    const struct tg_who **who, struct tg_err *e)
{
	struct look_row l = { .key_id = key_id, .person = person };
	int rc = tg_read(s, TG_DB_MAIN, look_row, &l, e);

	*who = rc == 1 ? &l.found->who : NULL;
	return rc;
}

static int
rules_version(struct tg_db *db, int64_t *version, struct tg_err *e)
{
	sqlite3_stmt *st = tg_db_stmt(db, TG_SQL_META_RULES);

	if (tg_db_step(db, st, e) != 1)
		return -1;
	*version = sqlite3_column_int64(st, 0);
	tg_db_done(st);
	tg_terms_note(db->store, *version);
	return 0;
}

static int
look(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct look *l = arg;
	int64_t version;
	int rc;

	if (rules_version(db, &version, e) != 0)
		return -1;
	l->found = cached(l->whos, l->token, version);
	if (l->found != NULL)
		return 1;
	rc = read_new(db, l->token, version, &l->found, e);
	if (rc == 1)
		keep(l->whos, l->found);
	return rc;
}

/* --- the table --- */

static struct kept **
set_of(struct tg_whos *w, const char *token)
{
	uint32_t h = 2166136261u;

	for (const char *p = token; *p != '\0'; p++)
		h = (h ^ (unsigned char)*p) * 16777619u;
	return w->places[h % SETS];
}

static struct kept *
cached(struct tg_whos *w, const char *token, int64_t version)
{
	struct kept **set = set_of(w, token), *k = NULL;

	pthread_mutex_lock(&w->lock);
	for (int i = 0; i < WAYS && k == NULL; i++)
		if (set[i] != NULL && set[i]->who.version == version &&
		    strcmp(set[i]->token, token) == 0)
			k = set[i];
	if (k != NULL)
		atomic_fetch_add(&k->holders, 1);
	pthread_mutex_unlock(&w->lock);
	return k;
}

static void
keep(struct tg_whos *w, struct kept *k)
{
	struct kept **set = set_of(w, k->token), *old;
	int at = -1;

	pthread_mutex_lock(&w->lock);
	for (int i = 0; i < WAYS; i++)
		if (set[i] != NULL && strcmp(set[i]->token, k->token) == 0)
			at = i;
	for (int i = 0; i < WAYS && at == -1; i++)
		if (set[i] == NULL || set[i]->who.version < k->who.version)
			at = i;
	if (at == -1)
		at = (int)(w->next++ % WAYS);
	old = set[at];
	atomic_fetch_add(&k->holders, 1);
	set[at] = k;
	pthread_mutex_unlock(&w->lock);
	if (old != NULL)
		tg_who_release(&old->who);
}

/* --- reading --- */

static int
read_new(struct tg_db *db, const char *token, int64_t version,
    struct kept **out, struct tg_err *e)
{
	struct tg_arena *a = tg_arena_new(ARENA_BYTES);
	struct kept *k = tg_arena_zero(a, sizeof(*k));
	int rc;

	k->who.version = version;
	rc = key_of(db, a, token, k, e);
	if (rc == 1 && owners(db, a, k, e) == -1)
		rc = -1;
	if (rc == 1) {
		snprintf(k->token, sizeof(k->token), "%s", token);
		*out = copied(k);
	}
	tg_arena_free(a);
	return rc;
}

/* 1 found, 0 not: the key, or the person as one. */
static int
row_of(struct tg_db *db, struct tg_arena *a, const struct look_row *l,
    struct kept *k, struct tg_err *e)
{
	int rc;

	if (l->key_id != 0)
		return tg_key_get_id(db, a, l->key_id, &k->who.key, e);
	rc = tg_subject_by_id(db, a, l->person, &k->person, e);
	if (rc != 1)
		return rc;
	k->who.key = (struct tg_key){ .name = "page", .models = "[]",
		.metadata = "{}", .settings = "{}", .role = TG_KEY_CALLER,
		.person = l->person };
	return k->person.kind == TG_SUBJECT_PERSON;
}

static int
look_row(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct tg_arena *a = tg_arena_new(ARENA_BYTES);
	struct look_row *l = arg;
	struct kept *k = tg_arena_zero(a, sizeof(*k));
	int rc;

	rc = rules_version(db, &k->who.version, e);
	if (rc == 0)
		rc = row_of(db, a, l, k, e);
	if (rc == 1 && owners(db, a, k, e) == -1)
		rc = -1;
	if (rc == 1)
		l->found = copied(k);
	tg_arena_free(a);
	return rc;
}

static int
key_of(struct tg_db *db, struct tg_arena *a, const char *token, struct kept *k,
    struct tg_err *e)
{
	sqlite3_stmt *st;
	int64_t id;
	int rc = tg_key_get(db, a, token, &k->who.key, e);

	if (rc != 0)
		return rc;
	st = tg_db_stmt(db, TG_SQL_KEY_ID_OF_OLD_TOKEN);
	tg_bind_text(st, 1, token);
	rc = tg_db_step(db, st, e);
	if (rc != 1)
		return rc;
	id = sqlite3_column_int64(st, 0);
	k->until = sqlite3_column_int64(st, 1);
	tg_db_done(st);
	k->who.rotated_out = true;
	if (k->until <= tg_wall_us())
		return 0;
	return tg_key_get_id(db, a, id, &k->who.key, e);
}

static int
owners(struct tg_db *db, struct tg_arena *a, struct kept *k, struct tg_err *e)
{
	const struct tg_key *key = &k->who.key;
	int64_t team = key->team, organization = key->organization;
	int rc;

	if (subject(db, a, key->person, &k->person, e) == -1 ||
	    subject(db, a, key->project, &k->project, e) == -1)
		return -1;
	if (team == 0)
		team = k->project.parent;
	if (subject(db, a, team, &k->team, e) == -1)
		return -1;
	if (organization == 0)
		organization = k->team.parent;
	if (subject(db, a, organization, &k->organization, e) == -1)
		return -1;
	if (k->team.id == 0 || k->person.id == 0)
		return 0;
	rc = tg_member_find(db, a, k->team.id, k->person.id, &k->member, e);
	return rc == -1 ? -1 : 0;
}

/* Left all zero where there is none. */
static int
subject(struct tg_db *db, struct tg_arena *a, int64_t id,
    struct tg_subject *s, struct tg_err *e)
{
	if (id == 0)
		return 0;
	return tg_subject_by_id(db, a, id, s, e) == -1 ? -1 : 0;
}

/* --- into one piece --- */

static struct kept *
copied(const struct kept *from)
{
	struct kept whole = *from, *k;
	struct texts t = { .n = 0 };
	char *p;

	texts_of_key(&t, &whole.who.key);
	texts_of_subject(&t, &whole.person);
	texts_of_subject(&t, &whole.team);
	texts_of_subject(&t, &whole.project);
	texts_of_subject(&t, &whole.organization);
	text(&t, &whole.member.role);
	text(&t, &whole.member.budget);
	text(&t, &whole.member.settings);
	k = malloc(sizeof(*k) + t.bytes);
	if (k == NULL)
		tg_fatal("out of memory");
	p = (char *)(k + 1);
	for (size_t i = 0; i < t.n; i++) {
		size_t n = strlen(*t.at[i]) + 1;

		memcpy(p, *t.at[i], n);
		*t.at[i] = p;
		p += n;
	}
	*k = whole;
	k->who.person = k->person.id != 0 ? &k->person : NULL;
	k->who.team = k->team.id != 0 ? &k->team : NULL;
	k->who.project = k->project.id != 0 ? &k->project : NULL;
	k->who.organization =
	    k->organization.id != 0 ? &k->organization : NULL;
	k->who.member = k->member.id != 0 ? &k->member : NULL;
	atomic_init(&k->holders, 1);
	return k;
}

static void
texts_of_key(struct texts *t, struct tg_key *k)
{
	text(t, &k->name);
	text(t, &k->alias);
	text(t, &k->models);
	text(t, &k->metadata);
	text(t, &k->created_by);
	text(t, &k->budget);
	text(t, &k->settings);
	text(t, &k->updated_by);
	text(t, &k->revoked_by);
}

static void
texts_of_subject(struct texts *t, struct tg_subject *s)
{
	text(t, &s->name);
	text(t, &s->alias);
	text(t, &s->email);
	text(t, &s->role);
	text(t, &s->models);
	text(t, &s->budget);
	text(t, &s->settings);
	text(t, &s->created_by);
	text(t, &s->updated_by);
}

static void
text(struct texts *t, const char **at)
{
	if (*at == NULL)
		return;
	assert(t->n < MAX_TEXTS);
	t->at[t->n++] = at;
	t->bytes += strlen(*at) + 1;
}
