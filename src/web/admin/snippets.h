#ifndef TG_WEB_ADMIN_SNIPPETS_H
#define TG_WEB_ADMIN_SNIPPETS_H
/*
 * Ready lines for client programs, with this gateway's address and a model
 * that the key may use; www/snippets.html holds them.
 */
#include "store/keys.h"
#include "web/page/page.h"

/*
 * Sets "snippets": {url, key, model, has_messages, has_responses}. secret
 * NULL: a word to be replaced stands for it.  w->catalog may be NULL.
 */
void tg_snippets_draw(struct tg_manage *m, struct tg_page *p,
    const struct tg_key *key, const char *secret);
/* "https://example.org/llm", as the visitor came here; in the arena. */
const char *tg_snippets_url(struct tg_page *p);
#endif
