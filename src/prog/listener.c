/*
 * Where connections come from.
 */
#include "config.h"

#include "prog/listener.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/log.h"
#include "prog/heir.h"

static bool is_listening(int fd);
static void look_at_name(struct tg_listener *l);
static int clear_stale(const struct sockaddr_un *addr, struct tg_err *e);

bool
tg_listener_is_inherited(void)
{
	return is_listening(STDIN_FILENO);
}

int
tg_listener_inherit(struct tg_listener *l, struct tg_err *e)
{
	int null;

	*l = (struct tg_listener){ .fd = -1 };
	look_at_name(l);
	l->server = tg_heir_server();
	l->fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	null = open("/dev/null", O_RDONLY);
	if (l->fd == -1 || null == -1 || dup2(null, STDIN_FILENO) == -1)
		return tg_fail(e, TG_E_INTERNAL,
		    "cannot take over the listening socket: %s",
		    strerror(errno));
	close(null);
	return 0;
}

int
tg_listener_open(struct tg_listener *l, const char *path, struct tg_err *e)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	struct stat st;
	mode_t old;
	int rc;

	*l = (struct tg_listener){ .fd = -1 };
	if (strlen(path) >= sizeof(addr.sun_path))
		return tg_fail(e, TG_E_INVALID,
		    "%s: a socket's path has at most %zu characters", path,
		    sizeof(addr.sun_path) - 1);
	memcpy(addr.sun_path, path, strlen(path) + 1);
	if (clear_stale(&addr, e) == -1)
		return -1;
	l->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (l->fd == -1)
		return tg_fail(e, TG_E_INTERNAL, "socket: %s", strerror(errno));
	old = umask(0117);
	rc = bind(l->fd, (struct sockaddr *)(void *)&addr, sizeof(addr));
	umask(old);
	if (rc == -1 || listen(l->fd, TG_LISTEN_BACKLOG) == -1 ||
	    stat(path, &st) == -1) {
		tg_fail(e, TG_E_INVALID, "cannot listen on %s: %s", path,
		    strerror(errno));
		close(l->fd);
		return -1;
	}
	memcpy(l->path, path, strlen(path) + 1);
	l->own = true;
	l->dev = st.st_dev;
	l->ino = st.st_ino;
	return 0;
}

bool
tg_listener_is_there(const struct tg_listener *l)
{
	struct stat st;

	return l->path[0] != '\0' && stat(l->path, &st) == 0 &&
	    st.st_dev == l->dev && st.st_ino == l->ino;
}

void
tg_listener_close(struct tg_listener *l)
{
	if (l->own && tg_listener_is_there(l))
		unlink(l->path);
	l->own = false;
	if (l->fd != -1)
		close(l->fd);
	l->fd = -1;
}

static bool
is_listening(int fd)
{
	socklen_t n = sizeof(int);
	int on = 0;

	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &on, &n) == 0 && on;
}

/* Its path, for later; a socket of the network is warned of. */
static void
look_at_name(struct tg_listener *l)
{
	struct sockaddr_storage addr = { 0 };
	struct sockaddr_in *in = (struct sockaddr_in *)(void *)&addr;
	struct sockaddr_un *un = (struct sockaddr_un *)(void *)&addr;
	socklen_t n = sizeof(addr);
	struct stat st;

	if (getsockname(STDIN_FILENO, (struct sockaddr *)(void *)&addr, &n) ==
	    -1)
		return;
	if (addr.ss_family == AF_UNIX) {
		if (un->sun_path[0] != '/' || stat(un->sun_path, &st) == -1)
			return;
		memcpy(l->path, un->sun_path, sizeof(un->sun_path));
		l->path[sizeof(l->path) - 1] = '\0';
		l->dev = st.st_dev;
		l->ino = st.st_ino;
	} else if (addr.ss_family != AF_INET ||
	    in->sin_addr.s_addr != htonl(INADDR_LOOPBACK))
		tg_warnx("FastCGI is listening on the network: whoever reaches "
			 "that port can stop the gateway; use a Unix socket");
}

static int
clear_stale(const struct sockaddr_un *addr, struct tg_err *e)
{
	struct stat st;
	int fd, rc, why;

	if (lstat(addr->sun_path, &st) == -1)
		return 0;
	if (!S_ISSOCK(st.st_mode))
		return tg_fail(e, TG_E_INVALID,
		    "%s is there and is not a socket", addr->sun_path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1)
		return tg_fail(e, TG_E_INTERNAL, "socket: %s", strerror(errno));
	rc = connect(fd, (const struct sockaddr *)(const void *)addr,
	    sizeof(*addr));
	why = errno;
	close(fd);
	/* EAGAIN: somebody listens, and has a full backlog. */
	if (rc == 0 || why != ECONNREFUSED)
		return tg_fail(e, TG_E_CONFLICT, "%s: %s", addr->sun_path,
		    rc == 0 || why == EAGAIN ? "somebody listens there "
					       "already" :
					       strerror(why));
	if (unlink(addr->sun_path) == -1)
		return tg_fail(e, TG_E_INVALID,
		    "cannot remove the stale %s: "
		    "%s",
		    addr->sun_path, strerror(errno));
	return 0;
}
