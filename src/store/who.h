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
	/* NULL where the key has none */
	const struct tg_subject *person, *team, *project, *organization;
	const struct tg_member *member;
	int64_t version;	/* of the rules */
	bool rotated_out;	/* came by an old token in its grace */
};
/*
 * By the token's hash in hex.  1 found (revoked keys too), 0 not, -1 cannot
 * read.  Held for the caller until tg_who_release().
 */
int tg_who_find(struct tg_store *s, const char *token,
    const struct tg_who **who, struct tg_err *e);
void tg_who_release(const struct tg_who *who);
#endif
