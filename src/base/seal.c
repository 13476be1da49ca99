/*
 * Secrets in memory and at rest.  The key file holds 32 random bytes in hex;
 * whoever has the database but not that file has no provider's key.  Where
 * sealed bytes are kept is left to the store.
 */
#include "config.h"
#include "base/seal.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/log.h"

#define KEY_BYTES	crypto_secretbox_KEYBYTES
#define NONCE_BYTES	crypto_secretbox_NONCEBYTES
#define MAC_BYTES	crypto_secretbox_MACBYTES
#define FILE_BYTES	(2 * KEY_BYTES + 1)	/* hex and a newline */

/* Lives as long as the process. */
struct tg_seal {
	unsigned char key[KEY_BYTES];
};

static int make_file(const char *path, struct tg_err *e);
static int write_key(int fd);
static int sync_folder(const char *path);
static int read_file(struct tg_seal *s, const char *path, struct tg_err *e);
static int check_file(int fd, const char *path, struct tg_err *e);

struct tg_secret
tg_secret_new(struct tg_str s)
{
	struct tg_secret new = {NULL, 0};

	if (s.n == 0)
		return new;
	new.p = malloc(s.n + 1);
	if (new.p == NULL)
		tg_fatal("out of memory: a secret of %zu bytes", s.n);
	memcpy(new.p, s.p, s.n);
	new.p[s.n] = '\0';
	new.n = s.n;
	return new;
}

void
tg_secret_free(struct tg_secret *s)
{
	tg_wipe(s->p, s->n);
	free(s->p);
	*s = (struct tg_secret){NULL, 0};
}

struct tg_str
tg_secret_reveal(const struct tg_secret *s)
{
	return (struct tg_str){s->p, s->n};
}

struct tg_seal *
tg_seal_open(const char *path, int create, struct tg_err *e)
{
	struct tg_seal *s;

	if (create && access(path, F_OK) == -1 && errno == ENOENT &&
	    make_file(path, e) == -1)
		return NULL;
	s = calloc(1, sizeof(*s));
	if (s == NULL)
		tg_fatal("out of memory: no room for the sealing key");
	if (read_file(s, path, e) == -1) {
		tg_seal_close(s);
		return NULL;
	}
	return s;
}

void
tg_seal_close(struct tg_seal *s)
{
	if (s == NULL)
		return;
	tg_wipe(s, sizeof(*s));
	free(s);
}

int
tg_seal_lock(const struct tg_seal *s, struct tg_str plain, unsigned char **out,
    size_t *n)
{
	size_t total = NONCE_BYTES + MAC_BYTES + plain.n;
	const char *from = plain.n > 0 ? plain.p : "";
	unsigned char *p = malloc(total);

	if (p == NULL)
		return -1;
	randombytes_buf(p, NONCE_BYTES);
	crypto_secretbox_easy(p + NONCE_BYTES, (const unsigned char *)from,
	    plain.n, p, s->key);
	*out = p;
	*n = total;
	return 0;
}

int
tg_seal_unlock(const struct tg_seal *s, const void *p, size_t n,
    struct tg_secret *out)
{
	const unsigned char *nonce = p;
	struct tg_secret plain;

	if (n < NONCE_BYTES + MAC_BYTES)
		return -1;
	plain.n = n - NONCE_BYTES - MAC_BYTES;
	plain.p = calloc(1, plain.n + 1);
	if (plain.p == NULL)
		return -1;
	if (crypto_secretbox_open_easy((unsigned char *)plain.p,
	    nonce + NONCE_BYTES, n - NONCE_BYTES, nonce, s->key) != 0) {
		tg_secret_free(&plain);
		return -1;
	}
	if (plain.n == 0)
		tg_secret_free(&plain);
	*out = plain;
	return 0;
}

/* Whoever is second to make it uses the first one's. */
static int
make_file(const char *path, struct tg_err *e)
{
	int fd, bad;

	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd == -1 && errno == EEXIST)
		return 0;
	if (fd == -1)
		return tg_fail(e, TG_E_INTERNAL, "The sealing key %s cannot "
		    "be made: %s. Check the folder and its owner.",
		    path, strerror(errno));
	bad = write_key(fd);
	bad |= close(fd);
	bad |= sync_folder(path);
	if (bad) {
		unlink(path);
		return tg_fail(e, TG_E_INTERNAL, "The sealing key %s cannot "
		    "be written: %s. Is the disk full?", path, strerror(errno));
	}
	return 0;
}

static int
write_key(int fd)
{
	unsigned char key[KEY_BYTES];
	char text[FILE_BYTES + 1];
	int r = -1;

	randombytes_buf(key, sizeof(key));
	tg_hex(key, sizeof(key), text);
	text[FILE_BYTES - 1] = '\n';
	if (write(fd, text, FILE_BYTES) == FILE_BYTES && fsync(fd) == 0)
		r = 0;
	tg_wipe(key, sizeof(key));
	tg_wipe(text, sizeof(text));
	return r;
}

/* What is sealed under a key that a power cut takes away is lost. */
static int
sync_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder;
	int fd, r;

	if (slash == path)
		folder = strdup("/");
	else if (slash == NULL)
		folder = strdup(".");
	else
		folder = strndup(path, (size_t)(slash - path));
	if (folder == NULL)
		return -1;
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(folder);
	if (fd == -1)
		return -1;
	r = fsync(fd);
	close(fd);
	return r;
}

static int
read_file(struct tg_seal *s, const char *path, struct tg_err *e)
{
	char text[FILE_BYTES + 2];
	struct tg_str hex;
	ssize_t n = -1;
	size_t got = 0;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd == -1)
		return tg_fail(e, TG_E_INTERNAL, "The sealing key %s cannot be "
		    "opened: %s. Put the file back, or set key_file.",
		    path, strerror(errno));
	if (check_file(fd, path, e) == 0)
		n = read(fd, text, sizeof(text));
	close(fd);
	hex = tg_str_trim((struct tg_str){text, n > 0 ? (size_t)n : 0});
	if (hex.n != 2 * KEY_BYTES || sodium_hex2bin(s->key, KEY_BYTES, hex.p,
	    hex.n, NULL, &got, NULL) != 0 || got != KEY_BYTES)
		tg_fail(e, TG_E_INTERNAL, "The sealing key %s is damaged: it "
		    "must hold 64 hexadecimal digits. Put the right file back.",
		    path);
	tg_wipe(text, sizeof(text));
	return got == KEY_BYTES ? 0 : -1;
}

static int
check_file(int fd, const char *path, struct tg_err *e)
{
	struct stat st;

	if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode))
		return tg_fail(e, TG_E_INTERNAL,
		    "The sealing key %s is not a file.", path);
	if ((st.st_mode & 077) != 0)
		return tg_fail(e, TG_E_INTERNAL, "The sealing key %s may be "
		    "read by others: run `chmod 600 %s`.", path, path);
	return 0;
}
