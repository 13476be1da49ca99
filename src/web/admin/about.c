/* /admin/about: which program this is, and of what it is made. */
#include "config.h"

#include <sys/utsname.h>

#include "base/hash.h"
#include "base/pack.h"
#include "web/admin/admin.h"
#include "web/page/qr.h"

static void
set_libraries(struct tg_page *p)
{
	const struct {
		const char *name, *version;
	} rows[] = {
		{ "SQLite", tg_store_library() },
		{ "libcurl", tg_fetch_library() },
		{ "libsodium", tg_crypto_library() },
		{ "Zstandard", tg_pack_library() },
		{ "Jansson", JANSSON_VERSION },
		{ "libqrencode", tg_qr_library() },
	};
	json_t *list = json_array();

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		(void)json_array_append_new(list,
		    json_pack("{s:s, s:s}", "name", rows[i].name, "version",
			rows[i].version));
	tg_page_set(p, "libraries", list);
}

static int
fill(struct tg_manage *m, struct tg_page *p)
{
	struct tg_store *s = tg_app_store(p->w->app);
	struct utsname os;
	int64_t schema;

	if (tg_store_schema(m->db, &schema, m->e) != 0)
		return -1;
	tg_page_set_text(p, "version", PACKAGE_VERSION);
	tg_page_set_int(p, "schema", schema);
	tg_page_set_int(p, "main_bytes", tg_store_bytes(s, TG_DB_MAIN));
	tg_page_set_int(p, "log_bytes", tg_store_bytes(s, TG_DB_LOG));
	tg_page_set_int(p, "since", tg_app_since(p->w->app));
	if (uname(&os) == 0)
		tg_page_set_text(p, "system",
		    tg_arena_printf(p->a, "%s %s %s", os.sysname, os.release,
			os.machine));
	set_libraries(p);
	return 0;
}

static int
show(struct tg_web *w)
{
	return tg_page_show(w, "about", N_("About"), fill);
}

const struct tg_route tg_routes_admin_about[] = {
	{ TG_GET, "/admin/about", TG_ACCESS_PERSON, show, NULL,
	    "About this program", TG_FAULT_ERROR },
	{ .path = NULL },
};
