#ifndef TG_STORE_SUBJECTS_H
#define TG_STORE_SUBJECTS_H
/*
 * Whoever a call can be booked to besides its key: people, teams and their
 * members, customers, organizations, projects, tags.  All functions run inside
 * the caller's tg_read() or tg_write(); those that write bump the rules, but
 * tg_subject_sight().  Strings live in the arena given to readers.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "store/accounts.h"
#include "store/db.h"

enum tg_subject_kind {
	TG_SUBJECT_NONE,
	TG_SUBJECT_PERSON,
	TG_SUBJECT_TEAM,
	TG_SUBJECT_CUSTOMER,
	TG_SUBJECT_ORGANIZATION,
	TG_SUBJECT_PROJECT,
	TG_SUBJECT_TAG,
	TG_SUBJECT__MAX
};
const char *tg_subject_kind_name(enum tg_subject_kind k);	/* "person" */
/* The scope of the accounts of that kind. */
enum tg_scope tg_subject_scope(enum tg_subject_kind k);

struct tg_subject {
	int64_t id;
	enum tg_subject_kind kind;
	/* the id that callers use, unique in its kind */
	const char *name;
	const char *alias;	/* title, or NULL */
	const char *email;	/* of a person, unique, or NULL */
	const char *role;	/* of a person: LiteLLM's user_role, or NULL */
	int64_t parent;		/* a team's organization, a project's team */
	const char *models;	/* JSON array of names and globs; "[]": all */
	bool blocked;
	const char *budget;	/* name of a shared budget, or NULL */
	const char *settings;	/* JSON object: all else, LiteLLM's names */
	const char *created_by, *updated_by;
	int64_t created_at, updated_at, removed_at;
};
/* 1 found, 0 not. Living ones only, but by id also removed ones. */
int tg_subject_find(struct tg_db *db, struct tg_arena *a,
    enum tg_subject_kind kind, const char *name, struct tg_subject *s,
    struct tg_err *e);
int tg_subject_by_id(struct tg_db *db, struct tg_arena *a, int64_t id,
    struct tg_subject *s, struct tg_err *e);
int tg_person_by_email(struct tg_db *db, struct tg_arena *a, const char *email,
    struct tg_subject *s, struct tg_err *e);
/*
 * Stores a new one (id 0: set, its account made) or changes one. created_at
 * and updated_at are set. TG_E_CONFLICT: name or e-mail is taken.
 */
int tg_subject_save(struct tg_db *db, struct tg_subject *s, struct tg_err *e);
/*
 * Gone from now on.  Its row and its books stay; what was promised and
 * memberships go; keys are the caller's.
 */
int tg_subject_remove(struct tg_db *db, int64_t id, struct tg_err *e);
/*
 * A customer or tag that calls name: its id and account, made if they are new
 * and make is set; *id 0: not known. May be called in any transaction.
 */
int tg_subject_sight(struct tg_db *db, enum tg_subject_kind kind,
    const char *name, bool make, int64_t *id, struct tg_err *e);

enum tg_subject_order {
	TG_SUBJECTS_BY_NAME,
	TG_SUBJECTS_BY_NAME_DOWN,
	TG_SUBJECTS_NEWEST,
	TG_SUBJECTS_OLDEST,
	TG_SUBJECTS_DEAREST,	/* by what each has spent in all */
	TG_SUBJECTS_CHEAPEST
};
struct tg_subject_filter {
	enum tg_subject_kind kind;
	int64_t parent;			/* 0: all */
	int64_t member;			/* teams of this person; 0 all */
	/* part of name, alias or e-mail, or NULL */
	const char *like;
	const char *role;		/* NULL: all */
	/* the removed instead of the living: newest first, whatever member */
	bool removed;
	int64_t after, limit;		/* page by number of rows; 0: all */
	enum tg_subject_order order;
};
/* *total: without the page. */
int tg_subject_list(struct tg_db *db, struct tg_arena *a,
    const struct tg_subject_filter *f, struct tg_subject **rows, size_t *n,
    int64_t *total, struct tg_err *e);

struct tg_member {
	int64_t id, team, person;
	const char *role;		/* "admin" "user", "org_admin" ... */
	const char *budget;
	const char *settings;		/* JSON object, LiteLLM's names */
	int64_t created_at, updated_at;
};
int tg_member_find(struct tg_db *db, struct tg_arena *a, int64_t team,
    int64_t person, struct tg_member *m, struct tg_err *e);
int tg_member_by_id(struct tg_db *db, struct tg_arena *a, int64_t id,
    struct tg_member *m, struct tg_err *e);
/* New or changed, by team and person; id is set, a new one has its account. */
int tg_member_save(struct tg_db *db, struct tg_member *m, struct tg_err *e);
/* With all that was promised; 0 also if there is none. */
int tg_member_remove(struct tg_db *db, int64_t team, int64_t person,
    struct tg_err *e);
/* Of a team, or of a person (the other is 0). */
int tg_member_list(struct tg_db *db, struct tg_arena *a, int64_t team,
    int64_t person, struct tg_member **rows, size_t *n, struct tg_err *e);
#endif
