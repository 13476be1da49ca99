#ifndef TG_STORE_WHO_H
#define TG_STORE_WHO_H
/*
 * Who a key is: itself with the person, team, membership, project and
 * organization it belongs to, in one snapshot that never changes.  Kept per
 * process by token as long as the rules' version stands.
 */
#include "store/keys.h"
#include "store/subjects.h"

struct tg_who {
	struct tg_key key;
	/*
	 * NULL where the key has none; removed ones have removed_at.  A key of
	 * a project is of the project's team, a key of a team of the team's
	 * organization, also where its own row does not say so.
	 */
	const struct tg_subject *person, *team, *project, *organization;
	const struct tg_member *member;
	int64_t version;	/* of the rules */
	bool rotated_out;	/* came by an old token in its grace */
};
struct tg_store;

/*
 * By the token's hash in hex, or that of one that was rotated out and has its
 * grace.  1 found (revoked keys too), 0 not, -1 cannot read.  Held for the
 * caller until tg_who_release(), also beyond a change and from any thread.
 */
int tg_who_find(struct tg_store *s, const char *token,
    const struct tg_who **who, struct tg_err *e);
/*
 * The same for who comes to our pages: a key by its row, or with key_id 0 a
 * person without a key (row of subjects), who then is a key of id 0 and of
 * no team.  Read anew each time.
 */
int tg_who_find_row(struct tg_store *s, int64_t key_id, int64_t person,
    const struct tg_who **who, struct tg_err *e);
void tg_who_release(const struct tg_who *who);	/* may be NULL */
#endif
