/*
 * Two small things beside a call: the URL of an endpoint below a provider's
 * base URL, and a wait that a leaving caller ends.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include <errno.h>
#include <poll.h>

#include "base/arena.h"
#include "base/clock.h"
#include "net/fetch.h"

static bool has_path(struct tg_str base);
static bool sleep_until(int fd, int64_t end);

char *
tg_fetch_url(struct tg_arena *a, struct tg_str base, const char *path,
    bool add_v1)
{
	struct tg_str rest = base;
	struct tg_str query = TG_STR_NONE;
	const char *v1 = "";

	if (tg_str_cut(&rest, '?', &base))
		query = rest;
	while (tg_str_ends(base, "/"))
		base.n--;
	if (strncmp(path, "/v1/", 4) == 0 && tg_str_ends(base, "/v1"))
		path += 3;
	else if (add_v1 && !has_path(base) && strncmp(path, "/v1/", 4) != 0)
		v1 = "/v1";
	return tg_arena_printf(a, "%.*s%s%s%s%.*s", TG_PRI(base), v1, path,
	    query.n > 0 ? "?" : "", TG_PRI(query));
}

static bool
has_path(struct tg_str base)
{
	long scheme = tg_str_find(base, TG_STR("://"));

	if (scheme >= 0) {
		base.p += scheme + 3;
		base.n -= (size_t)scheme + 3;
	}
	return tg_str_find(base, TG_STR("/")) >= 0;
}

int
tg_wait_caller(struct tg_door *door, int ms)
{
	int64_t end = tg_mono_ms() + ms;
	int fd = -1;

	if (door == NULL)
		return sleep_until(-1, end) ? 0 : 1;
	for (;;) {
		if (door->ops->gone(door))
			return 0;
		fd = door->ops->watch_fd(door);
		if (!sleep_until(fd, end))
			return door->ops->gone(door) ? 0 : 1;
	}
}

/* True when the descriptor fired before. */
static bool
sleep_until(int fd, int64_t end)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	int64_t left;
	int n;

	for (;;) {
		left = end - tg_mono_ms();
		if (left <= 0)
			return false;
		n = poll(&pfd, fd >= 0, (int)left);
		if (n > 0)
			return true;
		if (n < 0 && errno != EINTR)
			return false;
	}
}
