/* Keys that end: they are revoked, their books stay. */
#include "config.h"

#include "web/manage/key.h"

static int
drop(struct tg_manage *m, const struct tg_key *key)
{
	json_t *before = tg_key_row(m, key);

	if (before == NULL ||
	    tg_key_drop(m->db, key->id, m->w->who, m->e) < 0)
		return -1;
	return tg_manage_audit(
	    m, "deleted", TG_TABLE_KEY, key->token, before, NULL);
}

/* 1 revoked, 0 no such living key. */
static int
delete_one(struct tg_manage *m, const char *given, bool by_alias)
{
	struct tg_key key;
	int rc = by_alias ?
	    tg_key_get_alias(m->db, m->a, given, &key, m->e) :
	    tg_row_find_key(m, given, &key);

	if (rc < 0)
		return -1;
	if (rc == 0 || key.revoked_at != 0)
		return 0;
	if (tg_key_mine(m, key.token, "/key/delete", &key) != 0)
		return -1;
	return drop(m, &key) == 0 ? 1 : -1;
}

static int
delete_list(
    struct tg_manage *m, const char *name, bool by_alias, json_t *deleted)
{
	const json_t *list = json_object_get(m->body, name);
	size_t i;
	json_t *one;

	if (list != NULL && !json_is_null(list) && !json_is_array(list))
		return tg_fail_param(m->e, TG_E_TYPE, name,
		    "'%s' must be a list of strings.", name);
	json_array_foreach(list, i, one) {
		int rc;

		if (!json_is_string(one))
			return tg_fail_param(m->e, TG_E_TYPE, name,
			    "'%s' must be a list of strings.", name);
		rc = delete_one(m, json_string_value(one), by_alias);
		if (rc < 0)
			return -1;
		if (rc == 1)
			(void)json_array_append(deleted, one);
	}
	return 0;
}

int
tg_web_key_delete(struct tg_manage *m)
{
	json_t *deleted = tg_manage_keep(m, json_array());

	if (!json_is_array(json_object_get(m->body, "keys")) &&
	    !json_is_array(json_object_get(m->body, "key_aliases")))
		return tg_fail_param(m->e, TG_E_MISSING, "keys",
		    "Give 'keys' or 'key_aliases', a list of strings.");
	if (delete_list(m, "keys", false, deleted) != 0 ||
	    delete_list(m, "key_aliases", true, deleted) != 0)
		return -1;
	if (json_array_size(deleted) == 0)
		return tg_manage_fail(m->e, TG_E_NOT_FOUND,
		    "internal_server_error", "keys", "No keys found");
	m->answer = json_pack("{s:O}", "deleted_keys", deleted);
	return 0;
}
