/*
 * A small table from row numbers to names: keys have even places, subjects
 * odd ones.
 */
#include "config.h"

#include "web/names.h"

#include <stdlib.h>

#include "base/log.h"
#include "store/keys.h"
#include "store/subjects.h"

#define FIRST_SLOTS 64

struct entry {
	uint64_t place;		/* id * 2, + 1 for a subject */
	struct tg_name name;
};

struct tg_names {
	struct tg_db *db;
	struct tg_arena *arena;
	struct tg_err *e;
	struct entry **slots;
	size_t size, used;
};

static const struct tg_name none;

static struct entry **slot_of(struct entry **, size_t, uint64_t);
static void grow(struct tg_names *);

struct tg_names *
tg_names_new(struct tg_db *db, struct tg_arena *a, struct tg_err *e)
{
	struct tg_names *n = tg_arena_zero(a, sizeof(*n));

	n->db = db;
	n->arena = a;
	n->e = e;
	return n;
}

void
tg_names_free(struct tg_names *n)
{
	if (n != NULL)
		free(n->slots);
}

const char *
tg_name_shown(const struct tg_name *name)
{
	if (name->alias != NULL && *name->alias != '\0')
		return name->alias;
	if (name->title != NULL)
		return name->title;
	return name->id != NULL ? name->id : "";
}

static struct entry *
find(struct tg_names *n, uint64_t place, bool *is_new)
{
	struct entry **slot;

	grow(n);
	slot = slot_of(n->slots, n->size, place);
	*is_new = *slot == NULL;
	if (*is_new) {
		*slot = tg_arena_zero(n->arena, sizeof(**slot));
		(*slot)->place = place;
		n->used++;
	}
	return *slot;
}

const struct tg_name *
tg_names_key(struct tg_names *n, int64_t key_id)
{
	struct tg_key k;
	struct entry *entry;
	bool is_new;

	entry = find(n, (uint64_t)key_id * 2, &is_new);
	if (!is_new)
		return &entry->name;
	entry->name.id = TG_NAME_OF_MASTER;
	if (key_id == 0 ||
	    tg_key_get_id(n->db, n->arena, key_id, &k, n->e) != 1)
		return &entry->name;
	entry->name = (struct tg_name){
		.id = tg_arena_cstr(n->arena, tg_str(k.token)),
		.alias = k.alias,
		.title = k.name,
		.person = k.person,
		.team = k.team,
	};
	return &entry->name;
}

const struct tg_name *
tg_names_subject(struct tg_names *n, int64_t id)
{
	struct tg_subject s;
	struct entry *entry;
	bool is_new;

	if (id <= 0)
		return &none;
	entry = find(n, (uint64_t)id * 2 + 1, &is_new);
	if (is_new &&
	    tg_subject_by_id(n->db, n->arena, id, &s, n->e) == 1) {
		entry->name.id = s.name;
		entry->name.alias = s.alias;
	}
	return &entry->name;
}

static struct entry **
slot_of(struct entry **slots, size_t size, uint64_t place)
{
	size_t at = (size_t)((place * 0x9e3779b97f4a7c15u) >> 20);

	for (at &= size - 1; slots[at] != NULL; at = (at + 1) & (size - 1))
		if (slots[at]->place == place)
			break;
	return &slots[at];
}

/* Room for one more; at most half of the slots are in use. */
static void
grow(struct tg_names *n)
{
	size_t size = n->size != 0 ? n->size * 2 : FIRST_SLOTS;
	struct entry **slots;

	if ((n->used + 1) * 2 <= n->size)
		return;
	slots = calloc(size, sizeof(struct entry *));
	if (slots == NULL)
		tg_fatal("out of memory");
	for (size_t i = 0; i < n->size; i++)
		if (n->slots[i] != NULL)
			*slot_of(slots, size, n->slots[i]->place) =
			    n->slots[i];
	free(n->slots);
	n->slots = slots;
	n->size = size;
}
