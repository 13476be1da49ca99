/*
 * Access groups of models for the snapshot: a name that stands in a key's
 * list of models for several.
 */
#include "config.h"

#include "base/json.h"
#include "gate/catalog_build.h"
#include "store/setup.h"

static void
add(struct tg_builder *b, struct tg_str group, struct tg_str model)
{
	struct tg_group_model *more;

	if (b->n_groups == b->cap_groups) {
		b->cap_groups = b->cap_groups != 0 ? 2 * b->cap_groups : 16;
		more = tg_arena_alloc(b->a, b->cap_groups * sizeof(*more));
		if (b->n_groups > 0)
			memcpy(more, b->groups, b->n_groups * sizeof(*more));
		b->groups = more;
	}
	b->groups[b->n_groups++] = (struct tg_group_model){
		tg_arena_cstr(b->a, group), tg_arena_cstr(b->a, model)
	};
}

static int
read_groups(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct tg_builder *b = arg;
	struct tg_access_group *rows;
	struct tg_str item, text;
	struct tg_json_it it;
	size_t n;

	if (tg_access_group_list(db, b->a, &rows, &n, e) != 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		it = tg_json_begin(tg_str(rows[i].models));
		while (tg_json_item(&it, &item))
			if (tg_json_text(b->a, item, &text) == 0)
				add(b, tg_str(rows[i].name), text);
	}
	return 0;
}

/* model_info is the caller's own JSON, checked when it was stored. */
static void
groups_of(struct tg_builder *b, const struct tg_deployment *d)
{
	struct tg_str list, item, text;
	struct tg_json_it it;

	/* A team cannot let others use what all have under the name. */
	if (d->team != NULL || d->info == NULL || *d->info != '{' ||
	    !tg_json_get(tg_str(d->info), "access_groups", &list))
		return;
	it = tg_json_begin(list);
	while (tg_json_item(&it, &item))
		if (tg_json_text(b->a, item, &text) == 0)
			add(b, text, tg_str(d->model));
}

int
tg_builder_groups(
    struct tg_builder *b, struct tg_store *store, struct tg_err *e)
{
	for (size_t i = 0; i < b->n_deps; i++)
		groups_of(b, &b->deps[i]);
	if (store == NULL)
		return 0;
	return tg_read(store, TG_DB_MAIN, read_groups, b, e);
}
