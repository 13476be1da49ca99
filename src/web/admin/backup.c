/*
 * /admin/backup: both files of the gateway, or the small one alone, as they
 * are at one moment each, streamed to an owner.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "store/audit.h"
#include "store/snapshot.h"
#include "web/admin/admin.h"

#define PART_BYTES ((size_t)64 * 1024)
#define BLOCK 512

static int
fill(struct tg_manage *m, struct tg_page *p)
{
	struct tg_store *s = tg_app_store(p->w->app);

	(void)m;
	tg_page_set_int(p, "main_bytes", tg_store_bytes(s, TG_DB_MAIN));
	tg_page_set_int(p, "log_bytes", tg_store_bytes(s, TG_DB_LOG));
	tg_page_set_text(p, "dir", tg_store_dir(s));
	return 0;
}

static int
show(struct tg_web *w)
{
	return tg_page_show(w, "backup", N_("Backup"), fill);
}

/* --- tar (POSIX.1-1988, ustar) --- */

/* Sizes above 8 GiB are written as GNU tar does: binary, marked by a bit. */
static void
put_size(char out[12], int64_t size)
{
	if (size < INT64_C(1) << 33) {
		(void)snprintf(out, 12, "%011llo", (long long)size);
		return;
	}
	memset(out, 0, 12);
	out[0] = (char)0x80;
	for (int i = 0; i < 8; i++)
		out[11 - i] = (char)(size >> 8 * i);
}

static void
tar_head(char out[BLOCK], const char *name, int64_t size)
{
	unsigned sum = 0;

	memset(out, 0, BLOCK);
	(void)snprintf(out, 100, "%s", name);
	(void)snprintf(out + 100, 8, "%07o", 0600);
	(void)snprintf(out + 108, 8, "%07o", 0);
	(void)snprintf(out + 116, 8, "%07o", 0);
	put_size(out + 124, size);
	(void)snprintf(out + 136, 12, "%011llo", (long long)time(NULL));
	memset(out + 148, ' ', 8);
	out[156] = '0';
	memcpy(out + 257, "ustar\00000", 8);
	for (int i = 0; i < BLOCK; i++)
		sum += (unsigned char)out[i];
	(void)snprintf(out + 148, 8, "%06o", sum);
	out[155] = ' ';
}

/* --- sending --- */

/* The caller left, or the file is shorter than it was: -1. */
static int
send_file(struct tg_web *w, int fd, int64_t bytes)
{
	char *part = tg_arena_alloc(w->rq->arena, PART_BYTES);
	ssize_t n;

	while (bytes > 0) {
		n = read(fd, part, PART_BYTES);
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		if (tg_reply_write(w->rq,
			(struct tg_str){ part, (size_t)n }) != 0)
			return -1;
		bytes -= n;
	}
	return 0;
}

static int
send_member(struct tg_web *w, const char *name, int fd, int64_t bytes)
{
	static const char zeros[BLOCK];
	char head[BLOCK];
	size_t over = (size_t)(bytes % BLOCK);

	tar_head(head, name, bytes);
	if (tg_reply_write(w->rq, (struct tg_str){ head, BLOCK }) != 0 ||
	    send_file(w, fd, bytes) != 0)
		return -1;
	return over == 0 ? 0 :
			   tg_reply_write(w->rq,
			       (struct tg_str){ zeros, BLOCK - over });
}

static int64_t
member_bytes(int64_t bytes)
{
	return BLOCK + (bytes + BLOCK - 1) / BLOCK * BLOCK;
}

static int
send_both(struct tg_web *w, const int fds[2], const int64_t bytes[2])
{
	static const char end[2 * BLOCK];

	if (send_member(w, "tollgate.db", fds[0], bytes[0]) != 0 ||
	    send_member(w, "log.db", fds[1], bytes[1]) != 0)
		return -1;
	return tg_reply_write(w->rq, (struct tg_str){ end, sizeof(end) });
}

static const char *
file_name(struct tg_web *w, bool both)
{
	time_t now = time(NULL);
	struct tm tm;
	char day[16];

	(void)gmtime_r(&now, &tm);
	(void)strftime(day, sizeof(day), "%Y%m%d-%H%M", &tm);
	return tg_arena_printf(w->rq->arena, "tollgate-%s.%s", day,
	    both ? "tar" : "db");
}

/* Once the first byte is out, what goes wrong can only cut it off. */
static int
send_all(struct tg_web *w, bool both, const int fds[2],
    const int64_t bytes[2])
{
	int rc;

	/* By the length whoever takes it knows that it is whole. */
	tg_reply_header(w->rq, "Content-Length", "%lld",
	    (long long)(both ?
		    member_bytes(bytes[0]) + member_bytes(bytes[1]) +
			    2 * BLOCK :
		    bytes[0]));
	if (tg_reply_file(w->rq,
		both ? "application/x-tar" : "application/vnd.sqlite3",
		file_name(w, both)) != 0)
		return 0;
	rc = both ? send_both(w, fds, bytes) :
		    send_file(w, fds[0], bytes[0]);
	if (rc != 0) {
		tg_warnx("backup broke off");
		w->rq->broken = true;
		return 0;
	}
	(void)tg_reply_end(w->rq);
	return 0;
}

static int
note(struct tg_db *db, void *arg, struct tg_err *e)
{
	struct tg_web *w = arg;
	struct tg_audit row = {
		.who = w->who,
		.addr = tg_arena_cstr(w->rq->arena, w->rq->addr),
		.action = "downloaded",
		.object = "backup",
		.object_id = "",
	};

	return tg_audit_add(db, &row, e);
}

static int
download(struct tg_web *w)
{
	struct tg_page *p = tg_page_open(w, "backup", N_("Backup"));
	const char *which = tg_page_field(p, "which");
	bool both = which != NULL && strcmp(which, "both") == 0;
	struct tg_store *s = tg_app_store(w->app);
	int fds[2] = { -1, -1 }, rc;
	int64_t bytes[2] = { 0, 0 };

	rc = tg_write(s, TG_DB_MAIN, note, w, &w->rq->err);
	if (rc == 0)
		rc = tg_store_snapshot(
		    s, TG_DB_MAIN, &fds[0], &bytes[0], &w->rq->err);
	if (rc == 0 && both)
		rc = tg_store_snapshot(
		    s, TG_DB_LOG, &fds[1], &bytes[1], &w->rq->err);
	if (rc == 0) {
		tg_page_close(p);
		rc = send_all(w, both, fds, bytes);
	} else
		rc = tg_page_refused(p, fill);
	for (int i = 0; i < 2; i++)
		if (fds[i] != -1)
			close(fds[i]);
	return rc;
}

const struct tg_route tg_routes_admin_backup[] = {
	{ TG_GET, "/admin/backup", TG_ACCESS_OWNER, show, NULL, "Backup",
	    TG_FAULT_ERROR },
	{ TG_POST, "/admin/backup", TG_ACCESS_OWNER, download, NULL,
	    "Copies of the databases, as a download", TG_FAULT_ERROR },
	{ .path = NULL },
};
