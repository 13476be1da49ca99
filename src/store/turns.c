#include "config.h"

/*
 * Processes that write the same file take turns.  SQLite only knows "busy":
 * one process that commits without pause can keep others out for seconds.
 * So who finds a file busy leaves a stamp in a page that all of them share,
 * and sleeps there; who commits wakes him, and stands back before it goes on.
 * Nothing depends on it but fairness: stamps age, sleeps end by themselves,
 * and without the page all still works.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/inner.h"

#define NAME "/tollgate.turns"
#define PAGE_BYTES 4096
#define FRESH_US 5000
#define YIELD_US 200

/* A line of the processor's cache each. */
struct turn {
	_Alignas(64) _Atomic uint32_t done;	/* counts; slept upon */
	_Atomic int64_t wanted_us;		/* monotonic; 0: by nobody */
};

struct tg_turns {
	struct turn turn[TG_DB__MAX];
};
_Static_assert(sizeof(struct tg_turns) <= PAGE_BYTES, "one page");

static void nap(long us);
static int open_page(const char *dir);

struct tg_turns *
tg_turns_open(const char *dir)
{
	int fd = open_page(dir);
	void *p;

	if (fd == -1)
		return NULL;
	p = mmap(NULL, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	return p == MAP_FAILED ? NULL : p;
}

/* A page without its disk space would end us with SIGBUS some day. */
static int
open_page(const char *dir)
{
	char *path;
	int fd, rc;

	if (asprintf(&path, "%s" NAME, dir) == -1)
		tg_fatal("out of memory");
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	free(path);
	if (fd == -1)
		return -1;
	rc = posix_fallocate(fd, 0, PAGE_BYTES);
	if (rc != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

void
tg_turns_close(struct tg_turns *t)
{
	if (t != NULL)
		munmap(t, PAGE_BYTES);
}

void
tg_turns_wait(struct tg_turns *t, enum tg_db_file file, long wait_us)
{
	struct timespec ts = { wait_us / 1000000, wait_us % 1000000 * 1000 };
	struct turn *turn;
	uint32_t done;

	if (t == NULL) {
		nap(wait_us);
		return;
	}
	turn = &t->turn[file];
	done = atomic_load(&turn->done);
	atomic_store(&turn->wanted_us, tg_mono_us());
	syscall(SYS_futex, &turn->done, FUTEX_WAIT, done, &ts, NULL, 0);
}

void
tg_turns_got(struct tg_turns *t, enum tg_db_file file)
{
	if (t != NULL && atomic_load(&t->turn[file].wanted_us) != 0)
		atomic_store(&t->turn[file].wanted_us, 0);
}

bool
tg_turns_done(struct tg_turns *t, enum tg_db_file file)
{
	struct turn *turn;
	int64_t wanted;

	if (t == NULL)
		return false;
	turn = &t->turn[file];
	wanted = atomic_load(&turn->wanted_us);
	if (wanted == 0 || tg_mono_us() - wanted > FRESH_US)
		return false;
	atomic_fetch_add(&turn->done, 1);
	syscall(SYS_futex, &turn->done, FUTEX_WAKE, 1, NULL, NULL, 0);
	return true;
}

void
tg_turns_yield(void)
{
	nap(YIELD_US);
}

static void
nap(long us)
{
	struct timespec ts = { us / 1000000, us % 1000000 * 1000 };

	nanosleep(&ts, NULL);
}
